"""
What TOML gives, as the values that are wanted, and how it is shown in messages.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from ..catalogue import code
from ..errors import InvalidError, shown
from ..money import MAX_DECIMALS, exact_decimal
from .numbers import no_number
from .toml import Literal

TOO_LARGE = 10**15
NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
LONG_NUMBER = re.compile(rf"-?[0-9]{{1,14}}(\.[0-9]{{1,{MAX_DECIMALS}}})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def displayed(value: object) -> str:
    """
    What was found, for a message, as it is written in TOML.
    """
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value) if abs(value) < TOO_LARGE else "ett mycket stort tal"
        case list():
            return "listan [ … ]"
        case dict():
            return "tabellen { … }"
        case _:
            return shown(value) if type(value) is str else shown(value).strip("'")


def as_wanted(value: object, kind: type) -> str:
    """
    The fix for a value that is not of the wanted kind, where it is plain what was meant.
    """
    text = type(value) is str
    if kind is date:
        return "ta bort citattecknen" if text and DAY.fullmatch(str(value)) else "skriv som 2022-01-01"
    if kind is str:
        plain = isinstance(value, bool | Literal | date) or (type(value) is int and abs(value) < TOO_LARGE)
        return f'skriv "{displayed(value)}"' if plain else ""
    if kind in (int, bool):
        return "ta bort citattecknen" if text else "skriv utan decimaler" if type(value) is Literal else ""
    return f"skriv [{shown(value)}]".replace("'", '"') if kind is list and text else ""


def filled_code(text: str) -> str:
    """
    A code as it is compared. Raises `InvalidError` for one that is empty or cannot be a code.
    """
    if not text.strip():
        raise InvalidError("code", "koden är tom", "skriv en kod")
    return code(text)


def exact_number(value: object) -> Decimal:
    """
    A TOML number as a Decimal. Raises `InvalidError` for anything else, `nan`, `inf` and `1e3` included.
    """
    if type(value) is str:
        digits = value.strip().replace(",", ".")
        fix = f"skriv {digits} utan citattecken" if NUMBER.fullmatch(digits) else "skriv som 1234.50"
        raise InvalidError("", f"{shown(value)} är en text, inte ett tal", fix)
    digits = displayed(value)
    if type(value) not in (int, Literal) or not digits.strip("+-").startswith(tuple("0123456789")):
        raise InvalidError("", f"{digits} är inte ett tal", "skriv som 1234.50")
    if not NUMBER.fullmatch(digits):
        raise no_number(digits, "ett tal som går att använda", "skriv som 1234.50")
    return exact_decimal(digits)


def computed_number(value: object) -> Decimal:
    """
    As `exact_number`, but with more decimals.
    """
    if type(value) is Literal and LONG_NUMBER.fullmatch(value):
        return exact_decimal(str(value))
    return exact_number(value)
