"""
How numbers, amounts and months are written in Swedish: `1 234,50 kr`, `−1 %`, `januari 2022`.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .money import exact, round_half_up
from .periods import Month

TENTH = Decimal("0.1")
ONE = Decimal(1)
MINUS = "\N{MINUS SIGN}"
MONTHS = "januari februari mars april maj juni juli augusti september oktober november december".split()  # noqa: SIM905 - one row to read


def number(value: Decimal | int) -> str:
    """
    A quantity, with the decimals it needs: `2 431`, `−12,5`.
    """
    # copy_abs, since abs() rounds in the caller's decimal context
    digits = f"{value.copy_abs():,f}" if isinstance(value, Decimal) else f"{abs(value):,}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return (MINUS if value < 0 else "") + digits.replace(",", " ").replace(".", ",")


def in_rows(count: int) -> str:
    """
    `1 rad`, `2 431 rader`.
    """
    return "1 rad" if count == 1 else f"{number(count)} rader"


def kronor(amount: Decimal) -> str:
    """
    An amount or a price with at least two decimals, without its unit: `53 919,58`, `22,176`.
    """
    text = number(amount)
    whole, _, decimals = text.partition(",")
    return f"{whole},{decimals:0<2}"


def kr(amount: Decimal) -> str:
    """
    An amount with its unit: `53 919,58 kr`.
    """
    return f"{kronor(amount)} kr"


@exact()
def mnkr(amount: Decimal) -> str:
    """
    An amount in millions of kronor, rounded to one decimal: `55,0`.
    """
    text = number(round_half_up(amount.scaleb(-6), TENTH))
    return text if "," in text else f"{text},0"


@exact()
def tkr(amount: Decimal) -> str:
    """
    An amount in thousands of kronor, rounded to whole ones: `55 000`.
    """
    return number(round_half_up(amount.scaleb(-3), ONE))


def percent(value: Decimal) -> str:
    """
    A percentage: `−1 %`.
    """
    return f"{number(value)} %"


def month(value: Month) -> str:
    """
    A month in words: `januari 2022`.
    """
    return f"{MONTHS[value.number - 1]} {value.year}"


def listing(words: Sequence[str]) -> str:
    """
    Words in a row: `a, b och c`.
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} och {words[-1]}"
