"""
What a year is expected to bring in: a forecast's volumes, rated as all others, and how sure the sum is.

    expected = outlook(forecast, rate(forecast.volumes, prices, register))
    expected.total.year                   kronor: what is known, and what is expected on top of it
    expected.by("area")["ekonomi"]        Expected: .known .expected .year .interval(80)

Only what is not known is uncertain. A series may end so many units below and above its forecast (see
`spread`); in kronor that is h, the units × what the expected ones cost on average, as they were rated with
tiers, minimum and all. A group of series may end H off: H² = ρ (Σh)² + (1 − ρ) Σh².

A subscription has no such units, and a cost that is shared has no such kronor: more units change what each
customer pays of it and not what it comes to, so a group's h of it is taken × the part that others pay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property, partial
from math import ceil

from attrs import field, frozen

from .bulk import uncollected
from .catalogue import Service
from .customers import Customer
from .errors import InvalidError
from .expectation import CENTRE, Forecast, Interval, Series, cells
from .grouping import DIMENSIONS, grouped
from .lines import Key, Line
from .money import ORE, ZERO, exact, to_places
from .periods import Month
from .plans import check_switched
from .pricelist import PriceList, code_in_force
from .pricing import StepKind
from .rating import Rating, check_whole
from .spread import LEVELS, portfolio
from .swedish import number

OF_CUSTOMERS = frozenset({"customer", "type"})  # the dimensions that tell customers apart


@frozen
class Expected:
    """
    What a year comes to, in kronor excl. VAT: what is `known`, what is `expected` on top of it, and where the
    sum may end; by rule of thumb where there was, for most of it, no earlier forecast to learn from.
    """

    known: Decimal
    expected: Decimal
    narrow: Interval
    wide: Interval
    rule_of_thumb: bool

    @property
    @exact()
    def year(self) -> Decimal:
        """
        Known and expected together.
        """
        return self.known + self.expected

    def interval(self, level: int = 80) -> Interval:
        """
        Where the year ends four times of five, or at the level 95 nineteen of twenty. Raises `ValueError` for
        another.
        """
        if level not in LEVELS:
            msg = f"the levels are {LEVELS}, not {level}"
            raise ValueError(msg)
        return self.narrow if level == LEVELS[0] else self.wide


@frozen
class Piece:
    """
    The known or the expected part of a line: a quantity of the series `code`, and what it comes to; `shared`,
    if that is a part of a total which stays the same.
    """

    customer: Customer
    service: Service
    month: Month
    code: str
    known: bool
    quantity: Decimal
    amount: Decimal
    shared: bool


@frozen(repr=False)
class Outlook:
    """
    A forecast and its rating, and the pieces that the lines of the rating are of, in their order.
    """

    forecast: Forecast
    rating: Rating
    pieces: tuple[Piece, ...] = field(repr=False)

    @property
    def total(self) -> Expected:
        """
        The whole year's.
        """
        return self._expected(self.pieces, of_customers=False)

    def by(self, *dimensions: str) -> dict[object, Expected]:
        """
        The year per customer, type, service, area or kind, or per tuple of several. Where customers are told
        apart it is as sure as their own series are, and otherwise as the centre's.

        Raises `ValueError` for another dimension.
        """
        of_customers = not OF_CUSTOMERS.isdisjoint(dimensions)
        groups = grouped(self.pieces, dimensions, DIMENSIONS)
        return {key: self._expected(own, of_customers=of_customers) for key, own in groups.items()}

    @exact()
    def _expected(self, pieces: Sequence[Piece], *, of_customers: bool) -> Expected:
        known, expected = (_sum(pieces, known=each) for each in (True, False))
        year = known + expected
        prices = self._prices(pieces, of_customers=of_customers)
        narrow, wide = (_around(year, prices, level) for level in LEVELS)
        return Expected(known, expected, narrow, wide, _by_thumb(prices))

    def _prices(self, pieces: Iterable[Piece], *, of_customers: bool) -> Prices:
        """
        Each series behind the pieces, and what a unit more of it would bring to them on average.
        """
        kronor = defaultdict[tuple[str, str], Fraction](Fraction)
        coming = [each for each in pieces if not each.known]
        own, whole = _of_totals(coming), self._shared
        for each in coming:
            name = each.customer.code if of_customers else CENTRE
            kronor[name, each.code] += Fraction(each.amount)
            if each.shared and each.amount:
                kronor[name, each.code] -= Fraction(each.amount * own[each.code]) / Fraction(whole[each.code])
        found = ((self._series[name], amount) for name, amount in kronor.items())
        return [(series, amount / Fraction(sum(series.expected, ZERO))) for series, amount in found]

    @cached_property
    def _series(self) -> Mapping[tuple[str, str], Series]:
        every = (*self.forecast.services, *self.forecast.customers)
        return {(each.customer, each.service): each for each in every}

    @cached_property
    def _shared(self) -> Mapping[str, Decimal]:
        return _of_totals(each for each in self.pieces if not each.known)

    def __repr__(self) -> str:
        return f"<Outlook {self.forecast.year} through {self.forecast.through}, {self.total.year} kr>"


@exact()
def _sum(pieces: Iterable[Piece], *, known: bool) -> Decimal:
    return sum((each.amount for each in pieces if each.known is known), ZERO)


@exact()
def _of_totals(pieces: Iterable[Piece]) -> Mapping[str, Decimal]:
    """
    What of each series' kronor is parts of a shared total.
    """
    sums = defaultdict[str, Decimal](lambda: ZERO)
    for each in pieces:
        if each.shared:
            sums[each.code] += each.amount
    return sums


Prices = Sequence[tuple[Series, Fraction]]


def _by_thumb(prices: Prices) -> bool:
    """
    Whether most of what is uncertain is by rule of thumb.
    """
    widths = {True: Fraction(0), False: Fraction(0)}
    for series, price in prices:
        widths[series.rule_of_thumb] += Fraction(series.wide.high - series.wide.low) * price
    return widths[True] > widths[False]


def _around(year: Decimal, prices: Prices, level: int) -> Interval:
    """
    The interval of a sum; here, and only here, it is rounded: outwards, to whole öre.
    """
    below, above = [], []
    for series, price in prices:
        each = series.interval(level)
        below.append(float(Fraction(series.year - each.low) * price))
        above.append(float(Fraction(each.high - series.year) * price))
    down, up = (ceil(to_places(Fraction(portfolio(widths)), 6) / ORE) * ORE for widths in (below, above))
    return Interval(year - down, year + up)


@uncollected
@exact()
def outlook(forecast: Forecast, rating: Rating) -> Outlook:
    """
    What a forecast brings in by its rating, `rate(forecast.volumes, …)`: exact sums, which are the rating's,
    and intervals.

    A line of a month that is not all known is divided by quantity. Raises `InvalidError` for a rating with
    anything unpriced or in conflict, of other quantities than the forecast's, or without a price list that it
    counts on.
    """
    check_whole("rating", rating)
    check_switched(forecast.changes, rating.price_lists, forecast.year)
    parts = _parts(forecast, rating.price_lists)
    _check_same(parts, rating)
    pieces = (piece for line in rating.lines for piece in _pieces(line, parts.get(line.key, ())))
    return Outlook(forecast, rating, tuple(pieces))


Part = tuple[str, bool, Decimal]  # a series' service, whether it is known, and how much
Parts = Mapping[Key, Sequence[Part]]


def _parts(forecast: Forecast, lists: Sequence[PriceList]) -> Parts:
    """
    The forecast's quantities by the line that they are charged on, which is that of the service that has
    replaced theirs, if one has.
    """
    parts = defaultdict[Key, list[Part]](list)
    charged = cache(partial(code_in_force, lists))
    for each, month, known, quantity in cells(forecast):
        parts[each.customer, charged(each.service, month), month].append((each.service, known, quantity))
    return parts


def _check_same(parts: Parts, rating: Rating) -> None:
    forecast = {key: _whole(own) for key, own in parts.items()}
    rated = {line.key: line.quantity for line in rating.lines}
    for key in sorted({*forecast, *rated}):
        planned, found = forecast.get(key, ZERO), rated.get(key, ZERO)
        if planned != found:
            name = " ".join(map(str, key))
            what = f"{name} är {number(found)} i beräkningen, men {number(planned)} i prognosen"
            fix = "beräkna prognosens egna volymer: rate(prognos.volumes, …)"
            raise InvalidError("rating", what, fix)


def _whole(parts: Sequence[Part]) -> Decimal:
    return sum((quantity for _, _, quantity in parts), ZERO)


def _pieces(line: Line, parts: Sequence[Part]) -> Iterator[Piece]:
    """
    A line's amount by its parts, each within an öre of its share; what is charged for no quantity is known.
    """
    whole, shared = _whole(parts), line.has(StepKind.PORTION)
    told = line.customer, line.service, line.month
    if not whole:
        yield Piece(*told, line.service.code, known=True, quantity=ZERO, amount=line.amount, shared=shared)
        return
    counted = charged = ZERO
    for code, known, quantity in parts:
        counted += quantity
        all_of_it = counted == whole  # and so in whole öre already
        so_far = line.amount if all_of_it else to_places(Fraction(line.amount * counted) / Fraction(whole), 2)
        yield Piece(*told, code, known, quantity, so_far - charged, shared)
        charged = so_far
