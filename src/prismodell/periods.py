"""
Months, tertials and half-open spans of months: prices change on the first of a month, and only then.

    Month(2022, 1) + 1 == Month(2022, 2)          Month(2022, 1) in Span(Month(2022, 1), Month(2023, 1))
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache, lru_cache
from itertools import pairwise
from typing import Protocol, TypeVar, overload

from attrs import field, frozen
from attrs.validators import ge, instance_of, le
from dateutil.relativedelta import relativedelta

from .errors import InvalidError, shown

MONTHS_A_YEAR = 12
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


@frozen(cache_hash=True)
class Month:
    """
    A calendar month. Months are ordered and can be counted with: `Month(2022, 3) - Month(2022, 1) == 2`.
    """

    year: int = field(validator=[instance_of(int), ge(1), le(9999)])
    number: int = field(validator=[instance_of(int), ge(1), le(MONTHS_A_YEAR)])

    @classmethod
    def parse(cls, text: str) -> Month:
        """
        Read `2022-01`, and nothing else. Raises `InvalidError`.
        """
        return _parse_month(text)

    @classmethod
    def of(cls, day: date) -> Month:
        """
        The month that a day is in.
        """
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """
        Its first day.
        """
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """
        Its last day.
        """
        return self.first + relativedelta(day=31)

    @property
    def days(self) -> int:
        """
        How many days it has.
        """
        return self.last.day

    def __add__(self, months: int) -> Month:
        return Month.of(self.first + relativedelta(months=months))

    @overload
    def __sub__(self, other: Month) -> int: ...
    @overload
    def __sub__(self, other: int) -> Month: ...
    def __sub__(self, other: Month | int) -> int | Month:
        if isinstance(other, int):
            return self + -other
        return (self.year - other.year) * 12 + self.number - other.number

    # The order is written out: months are compared for every line, and attrs' own is ten times as slow.
    def __lt__(self, other: Month) -> bool:
        return (self.year, self.number) < (other.year, other.number)

    def __le__(self, other: Month) -> bool:
        return (self.year, self.number) <= (other.year, other.number)

    def __gt__(self, other: Month) -> bool:
        return other < self

    def __ge__(self, other: Month) -> bool:
        return other <= self

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


@lru_cache(maxsize=2400)
def _parse_month(text: str) -> Month:
    if not _MONTH.fullmatch(text) or not 1 <= int(text[5:]) <= 12 or text[:4] == "0000":
        raise InvalidError("month", f"{shown(text)} är inte en månad", "skriv som 2022-01")
    return Month(int(text[:4]), int(text[5:]))


@cache
def months_of(year: int) -> tuple[Month, ...]:
    """
    The twelve months of a year.
    """
    return tuple(Month(year, number) for number in range(1, MONTHS_A_YEAR + 1))


@frozen(order=True)
class Tertial:
    """
    A third of a year: T1 January-April, T2 May-August, T3 September-December.
    """

    year: int
    number: int = field(validator=[instance_of(int), ge(1), le(3)])

    @classmethod
    def of(cls, month: Month) -> Tertial:
        """
        The tertial that a month is in.
        """
        return cls(month.year, (month.number + 3) // 4)

    @property
    def span(self) -> Span:
        """
        Its four months.
        """
        start = Month(self.year, self.number * 4 - 3)
        return Span(start, start + 4)

    def __str__(self) -> str:
        return f"T{self.number} {self.year}"


BEGINNING = Month(1, 1)


@frozen
class Span:
    """
    The months from `start` up to but not including `end`; without an end it runs on.
    """

    start: Month
    end: Month | None = None

    def __attrs_post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise InvalidError("valid_to", f"perioden slutar före den börjar ({self})")

    @classmethod
    def of_days(cls, first: date, last: date | None) -> Span:
        """
        The span of two inclusive days, which must be the first and the last day of a month.
        """
        start = Month.of(first)
        if first != start.first:
            raise InvalidError("valid_from", f"{first} är inte den första i en månad", f"skriv {start.first}")
        if last is None:
            return cls(start)
        end = Month.of(last)
        if last != end.last:
            raise InvalidError("valid_to", f"{last} är inte den sista i en månad", f"skriv {end.last}")
        return cls(start, end + 1)

    @property
    def last(self) -> Month | None:
        """
        The last month in it; `None` when it runs on.
        """
        return None if self.end is None else self.end - 1

    def __contains__(self, month: Month) -> bool:
        return self.start <= month and (self.end is None or month < self.end)

    def __iter__(self) -> Iterator[Month]:
        month = self.start
        while month in self:
            yield month
            month += 1

    def overlaps(self, other: Span) -> bool:
        """
        Whether any month is in both.
        """
        return self.start in other or other.start in self

    def within(self, other: Span) -> bool:
        """
        Whether all its months are in the other.
        """
        ends = other.end is None or (self.end is not None and self.end <= other.end)
        return other.start <= self.start and ends

    def __str__(self) -> str:
        if self.last is None:
            return f"från och med {self.start}"
        if self.start == BEGINNING:
            return f"till och med {self.last}"
        return str(self.start) if self.start == self.last else f"{self.start}–{self.last}"


class Dated(Protocol):
    """
    Anything that holds in a span of months.
    """

    @property
    def span(self) -> Span:
        """
        The months in which it holds.
        """


D = TypeVar("D", bound=Dated)


def in_force(values: Iterable[D], month: Month) -> D | None:
    """
    The value whose span has the month in it, of values that do not overlap.
    """
    return next((value for value in values if month in value.span), None)


def by_start(values: Iterable[D]) -> list[D]:
    """
    The values, the earliest first.
    """
    return sorted(values, key=lambda value: value.span.start)


def overlap(values: Iterable[D]) -> tuple[D, D] | None:
    """
    Two neighbours in time that hold in the same month, if there are any.
    """
    return next(((a, b) for a, b in pairwise(by_start(values)) if a.span.overlaps(b.span)), None)


def gaps(values: Sequence[D]) -> list[tuple[Month, Month]]:
    """
    The first and the last month of each hole between the values.
    """
    return [
        (a.span.end, b.span.start - 1)
        for a, b in pairwise(by_start(values))
        if a.span.end is not None and a.span.end < b.span.start
    ]


def check_month(value: object, name: str = "month") -> None:
    """
    Raise `TypeError` for what is no month.
    """
    if type(value) is not Month:
        msg = f"{name} is a Month, such as Month(2022, 1), not {value!r}"
        raise TypeError(msg)
