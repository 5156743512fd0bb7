"""
Exact kronor: refuse floats, compute without loss, round at one named place, split without remainder.

Amounts are `Decimal` kronor. All arithmetic of the library runs inside `exact()`, its own decimal
context, which raises instead of rounding; only `round_half_up` rounds. So no caller's decimal context
can change an amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import (
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    FloatOperation,
    Inexact,
    InvalidOperation,
    Overflow,
    localcontext,
)
from fractions import Fraction
from typing import TypeVar

from .errors import InvalidError

ORE = Decimal("0.01")
ZERO = Decimal(0)
ZERO_KRONOR = Decimal("0.00")
HUNDRED = Decimal(100)
MICRO = Decimal("0.000001")  # quantities and prices have at most six decimals
MAX_INTEGER_DIGITS = 40
MAX_DECIMALS = 40
# What is written as exact_decimal writes it: most numbers have been through it once.
_SHORTEST = re.compile(r"(?!-0$)-?[0-9]{1,40}(\.[0-9]{0,39}[1-9])?")

_TRAPS = [InvalidOperation, DivisionByZero, Overflow, Inexact, FloatOperation]
_ROUNDING = Context(prec=400)  # quantize names its rounding; this lets it be inexact
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP, traps=_TRAPS)

Number = Decimal | int | str
K = TypeVar("K", bound=str | int)


@contextmanager
def exact() -> Iterator[None]:
    """
    The context of all the library's arithmetic; also a decorator. A result that would need rounding raises.
    """
    with localcontext(_EXACT):
        yield


def exact_decimal(value: Number) -> Decimal:
    """
    The number as written, without trailing zeros, so that equal numbers are written alike.

    Takes a `Decimal`, an `int` or a text such as `"22.40"`. Raises `TypeError` for a float or a bool, and
    `InvalidError` for what is not a finite number of reasonable length.
    """
    if type(value) is Decimal and _SHORTEST.fullmatch(str(value)):
        return value
    if type(value) not in (Decimal, int, str):
        kind = type(value).__name__
        msg = f"amounts and quantities are Decimal, int or str, never {kind}: write '{value}', not {value!r}"
        raise TypeError(msg)
    return _shortest(_parsed(value) if isinstance(value, str) else Decimal(value))


def decimal_of(key: str, value: Number) -> Decimal:
    """
    The same, of an argument: what is wrong with it is told under its name.
    """
    try:
        return exact_decimal(value)
    except InvalidError as error:
        raise InvalidError(key, error.what, error.fix) from None


def maybe_exact(value: Number | None) -> Decimal | None:
    """
    The same, of a number that may be absent.
    """
    return None if value is None else exact_decimal(value)


def _parsed(text: str) -> Decimal:
    digits = text.removeprefix("-").replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 2 * MAX_DECIMALS):
        raise InvalidError("", f"{text[:MAX_DECIMALS]!r} är inte ett tal", "skriv som 1234.50")
    return Decimal(text)


def _shortest(value: Decimal) -> Decimal:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise InvalidError("", f"{value} är inte ett tal", "skriv som 1234.50")
    if value.adjusted() >= MAX_INTEGER_DIGITS or not -MAX_DECIMALS <= exponent <= MAX_INTEGER_DIGITS:
        raise InvalidError("", f"talet är för långt: högst {MAX_INTEGER_DIGITS} siffror före kommat")
    if exponent:
        value = value.normalize(_EXACT)
        if value == value.to_integral_value():
            value = value.quantize(Decimal(1), context=_EXACT)
    return value or ZERO  # never -0


def round_half_up(amount: Decimal, step: Decimal = ORE) -> Decimal:
    """
    The multiple of `step` nearest to the amount; halves go away from zero, as Swedish invoicing does.

    >>> round_half_up(Decimal("22.176")), round_half_up(Decimal("-0.005"))
    (Decimal('22.18'), Decimal('-0.01'))
    """
    if step is ORE:
        return amount.quantize(ORE, ROUND_HALF_UP, _ROUNDING) or ZERO_KRONOR
    if step <= 0:
        raise InvalidError("round_to", f"avrundningssteget {step} är inte större än noll")
    with exact():
        nearest = (abs(amount) + step / 2) // step * step
        return -nearest if amount < 0 and nearest else nearest


def to_places(value: Fraction, places: int) -> Decimal:
    """
    The decimal nearest to a fraction, such as a percentage, to so many places; halves away from zero.

    >>> to_places(Fraction(1, 3), 2), to_places(Fraction(-1, 8), 2)
    (Decimal('0.33'), Decimal('-0.13'))
    """
    units = int(abs(value) * 10**places + Fraction(1, 2))
    return Decimal(-units if value < 0 else units).scaleb(-places)


def round_up(quantity: Decimal, step: Decimal) -> Decimal:
    """
    The quantity with each started `step` counted in full, away from zero. Call it inside `exact()`.
    """
    if not quantity % step:
        return quantity
    up = ((abs(quantity) // step + 1) * step).normalize()
    return -up if quantity < 0 else up


def common_scale(values: Iterable[Decimal]) -> int:
    """
    The power of ten that makes all of some numbers whole.
    """
    exponents = (int(value.as_tuple().exponent) for value in values)
    return int(10 ** max(0, *(-exponent for exponent in exponents)))


@exact()
def allocate(total: Decimal, weights: Mapping[K, Decimal], step: Decimal = ORE) -> dict[K, Decimal]:
    """
    Split a total by weight so that the parts sum to it exactly: the largest-remainder method.

    Every part is a multiple of `step` less than one step from its exact share; what the floors leave
    goes to the largest remainders, ties to the first key in order. Raises `InvalidError` when a weight is
    negative, when all are zero, or when the total is no multiple of the step.

    >>> allocate(Decimal(100), {"a": Decimal(1), "b": Decimal(1), "c": Decimal(1)})
    {'a': Decimal('33.34'), 'b': Decimal('33.33'), 'c': Decimal('33.33')}
    """
    if any(weight < 0 for weight in weights.values()) or not any(weights.values()):
        raise InvalidError("weights", "vikterna måste vara noll eller mer, och någon större än noll")
    if total % step:
        raise InvalidError("total", f"{total} går inte jämnt upp i steg om {step}")
    units, scale = int(abs(total) // step), common_scale(weights.values())
    integers = {key: int(weight * scale) for key, weight in weights.items()}
    whole = sum(integers.values())
    parts = {key: divmod(units * weight, whole) for key, weight in integers.items()}
    floors = {key: floor for key, (floor, _) in parts.items()}
    left = units - sum(floors.values())
    by_remainder = sorted(parts, key=lambda key: (-parts[key][1], key))
    for key in by_remainder[:left]:
        floors[key] += 1
    signed = -step if total < 0 else step
    return {key: floor * signed for key, floor in floors.items()}
