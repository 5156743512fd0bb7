"""
A forecast as a value: the year's series by service and by customer, how each came about, and how sure it is.

    expected = forecast(volumes, 2021, Month(2021, 8))
    expected.volumes                          what `rate` prices: known months, the rest as rows of `prognos`
    expected.service("EKO-LEV").year          1 143 000 fakturor
    expected.service("EKO-LEV").interval(80)  Interval(low, high)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from operator import attrgetter

from attrs import field, frozen

from .canonical import digest
from .customers import Register
from .errors import InvalidError, likely
from .extrapolation import Method
from .grouping import grouped
from .money import ZERO, exact
from .periods import Month, months_of
from .plans import Change
from .pricelist import PriceList
from .rows import Volume
from .spread import LEVELS
from .swedish import number
from .tally import Tally, add
from .volumes import Volumes

FORMAT = "prismodell.forecast/1"
SOURCE = "prognos"
ACTUAL = "utfall"
CENTRE = ""

Methods = str | Method | Mapping[str, str | Method]
Amounts = tuple[Decimal, ...]


@frozen
class Interval:
    """
    Between which quantities, or which kronor, a year is expected to end.
    """

    low: Decimal
    high: Decimal


@frozen
class Series:
    """
    A customer's use of a service in a year, or the centre's (whose `customer` is empty), in the service's
    unit: twelve `known` months as they are, and what is `expected` on top of them.

    `method` made the expected months, for a `reason`; `terms` are the numbers behind it. The intervals are of
    the year's sum, by rule of thumb where there was no earlier forecast to learn from.
    """

    customer: str
    service: str
    known: Amounts
    expected: Amounts
    method: str
    reason: str
    terms: tuple[str, ...]
    narrow: Interval
    wide: Interval
    rule_of_thumb: bool

    @property
    @exact()
    def months(self) -> Amounts:
        """
        The twelve months, known and expected together.
        """
        return tuple(known + more for known, more in zip(self.known, self.expected, strict=True))

    @property
    @exact()
    def year(self) -> Decimal:
        """
        Their sum.
        """
        return sum(self.months, ZERO)

    def interval(self, level: int = 80) -> Interval:
        """
        Where the year ends four times of five, or at the level 95 nineteen of twenty.
        """
        if level not in LEVELS:
            msg = f"the levels are {LEVELS}, not {level}"
            raise ValueError(msg)
        return self.narrow if level == LEVELS[0] else self.wide

    @exact()
    def explain(self) -> str:
        """
        How the year came about, in Swedish: one line, and those of the numbers behind it.
        """
        so_far, more = sum(self.known, ZERO), sum(self.expected, ZERO)
        whose = f"{self.service}, {self.customer}" if self.customer else self.service
        rule = " (tumregel)" if self.rule_of_thumb else ""
        lines = [
            f"{whose}: {number(so_far)} kända + {number(more)} väntade = {number(self.year)}",
            f"metod: {self.method} ({self.reason})" if self.reason else f"metod: {self.method}",
            *self.terms,
            *(
                f"{level} %: {number(each.low)} till {number(each.high)}{rule}"
                for level, each in self._levels
            ),
        ]
        return "\n  ".join(lines)

    @property
    def _levels(self) -> tuple[tuple[int, Interval], ...]:
        certain = self.wide.low == self.wide.high
        return () if certain else tuple(zip(LEVELS, (self.narrow, self.wide), strict=True))


@frozen(repr=False)
class Basis:
    """
    What a forecast was made from, to make it again with something changed.
    """

    history: Volumes | Tally
    budget: Volumes | Tally | None
    register: Register | None
    price_lists: tuple[PriceList, ...]
    method: Methods


@frozen(repr=False)
class Forecast:
    """
    A year's expected volumes at the end of the month `through`: by `services` for the centre, and by
    `customers` and service, which sum to them month by month.

    `volumes` is what `rate` takes: the known rows as they are, and what is expected as rows of the source
    `prognos`. `basis` is what it was made from; one that was read from a file has none.
    """

    year: int
    through: Month
    level: str
    methods: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]
    masked: tuple[tuple[str, Month], ...]
    services: tuple[Series, ...] = field(repr=False)
    customers: tuple[Series, ...] = field(repr=False)
    as_of: date | None = None
    basis: Basis | None = field(default=None, eq=False, repr=False)

    def service(self, code: str, customer: str = CENTRE) -> Series:
        """
        The series of a service, the centre's or one customer's. Raises `InvalidError` for one without.
        """
        for each in self.customers if customer else self.services:
            if (each.customer, each.service) == (customer, code):
                return each
        known = {each.service for each in self.services}
        what = f"prognosen har inget av {code}" + (f" för {customer}" if customer else "")
        raise InvalidError("service", what, likely(code, known) if code not in known else "")

    @exact()
    def by(self, *dimensions: str) -> dict[object, Decimal]:
        """
        Quantities of the year per customer, service or month, or per tuple of several; quantities of
        different services can only be added where they are counted in the same unit.

        Raises `ValueError` for another dimension.
        """
        groups = grouped(_months(self), dimensions, BY_MONTH)
        return {key: sum((each.quantity for each in own), ZERO) for key, own in groups.items()}

    @cached_property
    def digest(self) -> str:
        """
        SHA-256 of what the forecast says, whatever file it stands in.
        """
        return digest(self)

    @property
    def volumes(self) -> Tally:
        """
        The year's volumes, to be rated. Rows in conflict about known months are told there, and not summed.
        """
        return add(_known(self), self.expected)

    @property
    def expected(self) -> Volumes:
        """
        The expected months alone, as rows that can be written to a file.
        """
        return Volumes(
            Volume(each.customer, each.service, month, quantity, SOURCE, note=each.method)
            for each, month, known, quantity in cells(self)
            if not known
        )

    def __repr__(self) -> str:
        return f"<Forecast {self.year} through {self.through}, {len(self.services)} services>"


BY_MONTH = {name: attrgetter(name) for name in ("customer", "service", "month")}


def _months(forecast: Forecast) -> Iterator[Volume]:
    """
    Each customer's series month by month, also where it is zero.
    """
    for each in forecast.customers:
        for month, quantity in zip(months_of(forecast.year), each.months, strict=True):
            yield Volume(each.customer, each.service, month, quantity)


def cells(forecast: Forecast) -> Iterator[tuple[Series, Month, bool, Decimal]]:
    """
    What there is of each customer's series, month by month: first what is known (`True`), then what is
    expected.
    """
    for each in forecast.customers:
        for month, *both in zip(months_of(forecast.year), each.known, each.expected, strict=True):
            for known, quantity in zip((True, False), both, strict=True):
                if quantity:
                    yield each, month, known, quantity


def _known(forecast: Forecast) -> Tally:
    """
    The known months as the history has them, rows and all, and the conflicts about them, which nobody has
    decided; of a forecast that was read from a file, the sums alone.
    """
    if forecast.basis is None:
        known = (
            Volume(each.customer, each.service, month, quantity, ACTUAL)
            for each, month, known, quantity in cells(forecast)
            if known
        )
        return Volumes(known).tally()
    history, first = forecast.basis.history.tally(), Month(forecast.year, 1)
    return Tally(
        [each for each in history.entries if first <= each.month <= forecast.through],
        conflicts=tuple(
            each
            for each in history.conflicts
            if any(first <= month <= forecast.through for _, _, month in each.keys)
        ),
    )
