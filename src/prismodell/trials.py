"""
A year as it was forecast, beside what it came to: of a service in its unit, and of all services in kronor.

    Trial("EKO-LEV", 2021, known=8, method="profil", …).error     -1.04, percent of the year

An error is of the whole year, its known months included, and is a fraction until it is told.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from attrs import frozen

from .errors import InvalidError, shown
from .money import exact, to_places
from .periods import MONTHS_A_YEAR
from .swedish import MONTHS

SUBSCRIPTION = "abonnemang"  # the method of what is known exactly
NOT_BEGUN = "inte påbörjad"  # of what no method has anything to go by
TERTIALS = {"T1": 4, "T2": 8}

Occasion = int | str


def months_known(occasion: Occasion) -> int:
    """
    How many months are known at an occasion: `"T1"`, `"T2"` or the number itself, 1 to 11. Raises
    `InvalidError` for another.
    """
    known = TERTIALS.get(occasion, 0) if isinstance(occasion, str) else occasion
    if not 0 < known < MONTHS_A_YEAR:
        fix = 'ange "T1", "T2" eller antalet kända månader, 1 till 11'
        raise InvalidError("occasion", f"{shown(occasion)} är inget tillfälle", fix)
    return known


def occasion_name(known: int) -> str:
    """
    An occasion in words: `T2 (augusti)`, `september`.
    """
    last = MONTHS[known - 1]
    return next((f"{name} ({last})" for name, months in TERTIALS.items() if months == known), last)


@frozen
class Trial:
    """
    A service's year as it was forecast with so many months `known`, and as it was, in the service's unit.

    `used` is the method that made it: another than the one asked for, where that could not be used. `price`
    is in kronor a unit, where one was given.
    """

    service: str
    year: int
    known: int
    method: str
    used: str
    as_asked: bool
    forecast: Decimal
    actual: Decimal
    price: Fraction | None = None

    @property
    def off(self) -> Fraction | None:
        """
        How far above the actual year the forecast was, as a part of it; `None` where that is 0.
        """
        return _off(self.forecast, self.actual)

    @property
    def error(self) -> Decimal | None:
        """
        The same in percent, with two decimals.
        """
        return in_percent(self.off)

    @property
    def judged(self) -> bool:
        """
        Whether a method is judged by it: of what had begun, is not known exactly, and came to something.
        """
        return self.used not in (SUBSCRIPTION, NOT_BEGUN) and bool(self.actual)


@frozen
class TotalTrial:
    """
    A year in kronor, of all services that have a price: as it was forecast, and as it was.
    """

    year: int
    forecast: Decimal
    actual: Decimal

    @property
    @exact()
    def difference(self) -> Decimal:
        """
        The forecast less the actual.
        """
        return self.forecast - self.actual

    @property
    def off(self) -> Fraction | None:
        """
        The difference as a part of the actual; `None` where that is 0.
        """
        return _off(self.forecast, self.actual)

    @property
    def error(self) -> Decimal | None:
        """
        The same in percent, with two decimals.
        """
        return in_percent(self.off)


def in_percent(part: Fraction | None) -> Decimal | None:
    """
    A part in percent, with two decimals.
    """
    return None if part is None else to_places(part * 100, 2)


def _off(forecast: Decimal, actual: Decimal) -> Fraction | None:
    return (Fraction(forecast) - Fraction(actual)) / abs(Fraction(actual)) if actual else None
