"""
Why the outcome is not the budget, or this year not the last: volume, mix, price, new and ended services.

    variance = explain_variance(rate(budget, prices, register), rate(actual, prices, register), register)
    variance.total.variance         kronor: after less before
    variance.by("area")["ekonomi"]  its Effects, which sum to it
    variance.middle                 the Rating of what was delivered, at the prices before

    volumes before × prices before  →  volumes after × prices before  →  volumes after × prices after
             before                 +   volume, mix (and ended)        +   price (and new)     = after

All three are made by `rate`, so the effects sum exactly for every price model. They are told per customer
and service:

* **volume**: the cell's kronor before × the change in the quantity of its group, which is the customer's
  services in the area that are counted in the same unit, in whole öre;
* **mix**: the rest of what the new volumes cost at the old prices. It is what moved between services within
  the group (and sums to nothing over it, when the units cost the same), and what moved between tiers,
  started packages and months within a service;
* **price**: what those volumes cost more at the new prices;
* **new** and **ended**: all of what has no price by the old lists, or none by the new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import chain
from operator import attrgetter

import attrs
from attrs import field, frozen

from .catalogue import Service, heirs
from .customers import Customer, Register
from .errors import InvalidError, Reason
from .grouping import grouped
from .lines import Line, Unrated
from .money import ZERO, exact, to_places
from .periods import BEGINNING, MONTHS_A_YEAR, Month, Span, in_force
from .pricelist import PriceList, code_in_force, is_priced
from .pricing import StepKind
from .rating import Rating, check_priced, rate
from .tally import Tally, recoded

# Why the old lists may leave a new volume unpriced although nothing is wrong: they have no price for it.
UNPRICED_BEFORE = frozenset(
    {
        Reason.UNKNOWN_SERVICE,
        Reason.NO_PRICE,
        Reason.AGREEMENT_MISSING,
        Reason.AGREEMENT_UNUSABLE,
        Reason.NEGATIVE,
        Reason.NOT_CONNECTED,
        Reason.NOTHING_TO_SHARE,
    }
)


@frozen
class Effects:
    """
    A variance and what it consists of, in kronor excl. VAT: before + volume + mix + price + new + ended =
    after, exactly. `middle` is what of the new volumes the old lists price, at their prices.
    """

    before: Decimal
    middle: Decimal
    after: Decimal
    volume: Decimal
    new: Decimal
    ended: Decimal

    @property
    @exact()
    def variance(self) -> Decimal:
        """
        After less before.
        """
        return self.after - self.before

    @property
    @exact()
    def mix(self) -> Decimal:
        """
        What the new volumes cost at the old prices beyond the effect of their number.
        """
        return self.middle - self.before - self.ended - self.volume

    @property
    @exact()
    def price(self) -> Decimal:
        """
        What the new volumes cost more at the new prices, of those that both price.
        """
        return self.after - self.new - self.middle


@frozen
class Cell:
    """
    One customer's use of one service, with the quantities before and after in the service's unit.
    """

    customer: Customer
    service: Service
    quantity_before: Decimal
    quantity_after: Decimal
    effects: Effects


@frozen(repr=False)
class Variance:
    """
    The effects per customer and service, ordered by their codes, and the three ratings that they are between.
    """

    before: Rating
    middle: Rating
    after: Rating
    cells: tuple[Cell, ...] = field(repr=False)

    @property
    def total(self) -> Effects:
        """
        The effects of the whole.
        """
        return _sum(each.effects for each in self.cells)

    def by(self, *dimensions: str) -> dict[object, Effects]:
        """
        The effects per customer, type, service, area or kind, or per tuple of several.

        Raises `ValueError` for another dimension.
        """
        groups = grouped(self.cells, dimensions)
        return {key: _sum(cell.effects for cell in cells) for key, cells in groups.items()}

    def __repr__(self) -> str:
        return f"<Variance {self.total.variance} kr, {len(self.cells)} cells>"


@exact()
def _sum(effects: Iterable[Effects]) -> Effects:
    rows = [attrs.astuple(each) for each in effects]
    return Effects(*(sum((row[place] for row in rows), ZERO) for place in range(6)))


@exact()
def explain_variance(before: Rating, after: Rating, register: Register) -> Variance:
    """
    What each effect did between two ratings of deliveries, with the register that `after` was made with.

    Where they have no month in common, the prices before are moved to the same months of the later year, and
    the register's agreements with them: what was agreed in May holds in May. A customer's age is its own, so
    a new phase of a phased price is a volume effect. Rows in conflict are in neither.

    What the old lists have no price to use for (an unknown service, a month without one, a credit that a
    model refuses, a customer not connected, …) is new, all of it. Where a new list merges services that the
    old one priced apart, the merged volumes have no old price: the cell of the one that replaces them shows
    the old ones as ended and the whole of it as new. One that replaces a single service has its price.

    Raises `InvalidError` for anything unpriced in either rating, for twelfths of a plan, and where the lists
    before do not reach, or the register does not have, what was delivered.
    """
    for key, rating in (("before", before), ("after", after)):
        _check(key, rating)
    years = _years_between(before, after)
    lists = [_later_list(each, years) for each in before.price_lists]
    code = _code_before(lists, after.price_lists)
    middle = rate(recoded(_tally(after), code), lists, _later_agreements(register, years))
    for each in middle.unrated:
        _check_reason(each)
    without = {each.key for each in middle.unrated}
    new = [each for each in after.delivered if (each.key[0], code(*each.key[1:]), each.month) in without]
    goes_on = _going_on(lists, after.price_lists, years, code)
    return Variance(before, middle, after, tuple(_cells(before, middle, after, new, goes_on)))


def _check(key: str, rating: Rating) -> None:
    """
    Raise `InvalidError` for what is no rating of deliveries that are all priced.
    """
    check_priced(key, rating)
    if not rating.price_lists or any(line.has(StepKind.TWELFTH) for line in rating.delivered):
        what = "beräkningen är inte av volymer med en prislista, utan till exempel tolftedelar av en plan"
        raise InvalidError(key, what, "ange en beräkning från rate")


def _check_reason(unrated: Unrated) -> None:
    if unrated.reason is Reason.OUTSIDE_PERIOD:
        what = f"prislistan före har inga priser för samma månad: {unrated.problem.place}"
        raise InvalidError("before", what, "jämför samma månader, eller ge beräkningen före fler prislistor")
    if unrated.reason not in UNPRICED_BEFORE:
        what = f"{unrated.problem.place}: {unrated.what}"
        raise InvalidError("register", what, "ange det kundregister som beräkningen efter gjordes med")


def _years_between(before: Rating, after: Rating) -> int:
    if not before.months.isdisjoint(after.months):
        return 0
    first = (min(each.months, default=each.price_lists[0].span.start) for each in (before, after))
    was, now = (month.year for month in first)
    return now - was


Coded = Callable[[str, Month], str]


def _replaced(lists: Iterable[PriceList]) -> Mapping[str, set[str]]:
    """
    The codes that each service of some lists replaces in any of them.
    """
    replaced = defaultdict[str, set[str]](set)
    for price in chain.from_iterable(each.prices for each in lists):
        replaced[price.service.code] |= {*(price.service.replaces or ())}
    return replaced


def _code_before(old: Sequence[PriceList], new: Sequence[PriceList]) -> Coded:
    """
    The code that what is delivered had in the old lists in a month: a service that they did not have then,
    and that replaces but one that they had, is that one under another name.
    """
    replaced = _replaced(new)

    def code(service: str, month: Month) -> str:
        current = in_force(old, month)
        if current and not in_force(current.by_code.get(service, ()), month):
            had = [each for each in replaced[service] if in_force(current.by_code.get(each, ()), month)]
            if len(had) == 1:
                return had[0]
        return code_in_force(old, service, month)

    return code


def _tally(rating: Rating) -> Tally:
    """
    What was delivered, to be rated again.
    """
    return Tally(line.entry for line in rating.delivered)


def _later(span: Span, years: int) -> Span:
    """
    The same months so many years later; what has always held, always has.
    """
    months = MONTHS_A_YEAR * years
    start = span.start if span.start == BEGINNING else span.start + months
    return Span(start, None if span.end is None else span.end + months)


def _later_list(price_list: PriceList, years: int) -> PriceList:
    """
    Not `pricechanges.carried`: a price that changed in July changes in July, not at the turn of the year.
    """
    prices = tuple(attrs.evolve(each, span=_later(each.span, years)) for each in price_list.prices)
    return attrs.evolve(price_list, span=_later(price_list.span, years), prices=prices)


def _later_agreements(register: Register, years: int) -> Register:
    agreements = (attrs.evolve(each, span=_later(each.span, years)) for each in register.agreements)
    return attrs.evolve(register, agreements=tuple(agreements))


CellKey = tuple[str, str]
Group = tuple[str, str, str]
KEPT, RERATED = 5, 6  # the columns of the quantities that both prices hold for


def _cells(
    before: Rating, middle: Rating, after: Rating, new: Sequence[Line], goes_on: Callable[[Line], bool]
) -> Iterator[Cell]:
    """
    The cells, from what each line adds to the figures of its own.
    """
    told = _told(before, after)
    was: tuple[list[Line], list[Line]] = [], []  # ended and kept
    for line in before.delivered:
        was[goes_on(line)].append(line)
    amounts = before.delivered, middle.lines, after.delivered, new, was[False]
    quantities = was[True], middle.lines, before.delivered, after.delivered
    columns = [*((lines, AMOUNT) for lines in amounts), *((lines, QUANTITY) for lines in quantities)]
    sums = defaultdict[CellKey, list[Decimal]](lambda: [ZERO] * len(columns))
    named: dict[CellKey, tuple[Customer, Service]] = {}
    for place, (lines, figure) in enumerate(columns):
        for line in lines:
            service = told[line.price.service.code]
            key = line.customer.code, service.code
            named[key] = line.customer, service
            sums[key][place] += figure(line)
    growth = _growth(sums, named)
    for key, (paid, rerated, now, fresh, gone, *_, units_before, units_after) in sorted(sums.items()):
        volume = _volume(paid - gone, rerated, growth[_group(*named[key])])
        effects = Effects(paid, rerated, now, volume, fresh, -gone)
        yield Cell(*named[key], units_before, units_after, effects)


AMOUNT: Callable[[Line], Decimal] = attrgetter("amount")
QUANTITY: Callable[[Line], Decimal] = attrgetter("quantity")


def _told(before: Rating, after: Rating) -> Mapping[str, Service]:
    """
    The service that each code is told under, as the lists after describe it where they have it.
    """
    lists = (*before.price_lists, *after.price_lists)
    dated = (prices for each in lists for prices in each.by_code.values())
    return heirs(price.service for prices in dated for price in prices)


def _going_on(
    old: Sequence[PriceList], new: Sequence[PriceList], years: int, code: Coded
) -> Callable[[Line], bool]:
    """
    Whether what a line charged for has a price by both the old and the new lists so many years later, under
    its own code, one that it replaces or one that replaces it. What the new lists do not reach, they do not
    end.
    """

    @cache
    def in_both(service: str, month: Month) -> bool:
        heir = code_in_force(new, service, month)
        return is_priced(new, heir, month) and is_priced(old, code(heir, month), month)

    replaced = _replaced(new)

    def goes_on(line: Line) -> bool:
        service, month = line.service, line.month + MONTHS_A_YEAR * years
        heirs_ = (heir for heir, codes in replaced.items() if service.code in codes)
        codes = chain((service.code, *(service.replaces or ())), heirs_)
        return in_force(new, month) is None or any(in_both(each, month) for each in codes)

    return goes_on


def _group(customer: Customer, service: Service) -> Group:
    """
    What the quantities of a cell can be added to: those of the customer in the area, in the same unit.
    """
    return customer.code, service.area.code, service.unit


def _growth(
    sums: Mapping[CellKey, Sequence[Decimal]], named: Mapping[CellKey, tuple[Customer, Service]]
) -> Mapping[Group, Fraction | None]:
    """
    By how much of itself the quantity of each group grew; `None` from nothing, or between credits.
    """
    units = defaultdict[Group, list[Decimal]](lambda: [ZERO, ZERO])
    for key, figures in sums.items():
        for side, column in enumerate((KEPT, RERATED)):
            units[_group(*named[key])][side] += figures[column]
    return {
        group: Fraction(now) / Fraction(was) - 1 if was > 0 and now >= 0 else None
        for group, (was, now) in units.items()
    }


def _volume(kept: Decimal, rerated: Decimal, growth: Fraction | None) -> Decimal:
    """
    The volume effect on kronor that go on: all of the change where the group's growth cannot be told.
    """
    if growth is None:
        return rerated - kept
    return to_places(Fraction(kept) * growth, 2)
