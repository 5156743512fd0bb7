"""
Preliminary billing: a twelfth of the planned year each month, settled later against what was delivered.

    twelfths = preliminary(rate(planned, prices, register))
    march = reconcile(rating, twelfths, issued)                                # nothing settled yet
    april = reconcile(rating, twelfths, issued, Month(2022, 3), Decimal(100_000))
    april.deviations                        per customer and area: rated, billed, and whether it waits
    issue(april.rating, Month(2022, 4), register, issued)

The plan's services are billed to its customers by twelfths, all else by the rating. A reconciliation replaces
the twelfths up to a month by the rating, so that `issue` bills the difference; it needs no way of its own. An
area whose deviation is below the threshold stays as it was billed, until a later reconciliation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain, groupby

import attrs
from attrs import frozen

from .catalogue import Area
from .customers import Customer
from .errors import InvalidError, likely
from .issuing import nothing
from .lines import Key, Line
from .money import MICRO, ZERO, ZERO_KRONOR, allocate, exact, exact_decimal
from .periods import Month, check_month, in_force, months_of
from .pricing import Step, StepKind
from .rating import Rating
from .rows import summed
from .tally import Entry
from .underlag import Underlag, charged, each_once

ONE = Decimal(1)


@exact()
def preliminary(rating: Rating, customers: Collection[str] | None = None) -> Rating:
    """
    A planned year's rating as exact twelfths: per customer and service, twelve lines that sum to the year; of
    all the plan's customers, or of those named. The plan has the others too, where costs are shared.

    Each is within an öre of the exact twelfth (largest remainder, the first months first), whatever month the
    plan has the volume in; a customer that comes or ends in the year is billed over the months that it has.
    Raises `InvalidError` for a plan of more than one year, or with anything unpriced.
    """
    if unpriced := [*(each.problem for each in rating.unrated), *(each.problem for each in rating.conflicts)]:
        posts = "1 post" if len(unpriced) == 1 else f"{len(unpriced)} poster"
        what = f"planen har {posts} utan pris, först {unpriced[0].place}: {unpriced[0].what}"
        raise InvalidError("rating", what, "rätta planen")
    years = {line.month.year for line in rating.lines}
    if len(years) != 1:
        what = f"planen gäller {len(years)} år, och tolftedelar görs av ett"
        raise InvalidError("rating", what, "ge volymerna för ett kalenderår")
    if isinstance(customers, str):
        msg = f"customers is a list of codes, not {customers!r}"
        raise TypeError(msg)
    known = {line.customer.code for line in rating.lines}
    for absent in sorted(set(known if customers is None else customers) - known):
        raise InvalidError("customers", f"kunden {absent} finns inte i planen", likely(absent, known))
    chosen = (line for line in rating.lines if customers is None or line.customer.code in customers)
    lines = groupby(chosen, key=lambda line: line.key[:2])
    twelfths = (line for _, planned in lines for line in _twelfths([*planned], *years))
    return Rating(tuple(twelfths), price_lists=rating.price_lists)


def _twelfths(planned: list[Line], year: int) -> Iterator[Line]:
    """
    The planned lines of one customer and service, spread evenly over the months that the customer has of the
    year: twelve, unless it came or ended in it. Quantities in whole units if the year's is.
    """
    total = sum((line.amount for line in planned), ZERO)
    whole = sum((line.quantity for line in planned), ZERO)
    customer, service = planned[0].customer, planned[0].price.service.code
    rows = summed(chain.from_iterable(line.entry.provenance for line in planned))
    months = [month for month in months_of(year) if month in customer.span]
    evenly = dict.fromkeys((month.number for month in months), ONE)
    amounts, quantities = allocate(total, evenly), allocate(whole, evenly, MICRO if whole % ONE else ONE)
    prices = {line.month: line.price for line in planned}
    for month in months:
        amount, quantity = amounts[month.number], quantities[month.number]
        # The plan's rows say where the figure came from; none of them is this month's own.
        entry = Entry(service, month, customer.code, quantity, rows=0, provenance=rows)
        step = Step(StepKind.TWELFTH, amount, entry.quantity, total, len(months), whole=exact_decimal(whole))
        yield Line(customer, prices.get(month, planned[0].price), entry, (step,), amount)


@frozen
class Deviation:
    """
    What a customer's area was rated at up to the month of reconciliation, beside what was billed for it by
    earlier underlag and by twelfths yet to be issued, in kronor; one that `waits` stays as it was billed.
    """

    customer: Customer
    area: Area
    rated: Decimal
    billed: Decimal
    waits: bool

    @property
    @exact()
    def amount(self) -> Decimal:
        """
        Rated less billed: above zero the customer has more to pay.
        """
        return self.rated - self.billed


@frozen
class Reconciliation:
    """
    A rating to issue, in which the actual has taken the place of twelfths, and how far the two were apart.
    """

    rating: Rating
    deviations: tuple[Deviation, ...]


@exact()
def reconcile(
    actual: Rating,
    twelfths: Rating,
    issued: Iterable[Underlag] = (),
    through: Month | None = None,
    threshold: Decimal = ZERO,
) -> Reconciliation:
    """
    Settle the twelfths up to and including a month against the actual rating; none of them without a month.

    Areas that deviate less than the threshold (kronor, per customer) wait: they stay as issued, or by their
    twelfth. With the threshold 0 nothing waits, so that after the year's last reconciliation issued = actual.
    Raises `InvalidError` for a month of another year, or one that the actual rating has nothing of.
    """
    if not twelfths.lines:
        return Reconciliation(actual, ())
    limit, year = _checked(threshold), twelfths.lines[0].month.year
    _check_twelfths(twelfths, year, actual)
    if through is not None:
        check_month(through, "through")
        _check_months(through, year, actual)
    planned = frozenset(line.key[:2] for line in twelfths.lines)
    as_issued = _as_issued(issued, planned, year)
    billed = {line.key: line for line in twelfths.lines} | as_issued
    mine = {line.key: line for line in actual.lines if line.key[:2] in planned and line.month.year == year}
    areas = {line.price.service.code: line.price.service.area for line in (*billed.values(), *mine.values())}
    settled_to = through or Month(year - 1, 12)
    deviations = _deviations((mine, billed), areas, actual.waiting, settled_to, limit)
    done = {(each.customer.code, each.area.code) for each in deviations if not each.waits}

    def replaced(key: Key) -> bool:
        return key[2] <= settled_to and ((key[0], areas[key[1]].code) in done or key in actual.waiting)

    lines = [line for line in actual.lines if line.key not in mine or replaced(line.key)]
    lines += [line for key, line in billed.items() if not replaced(key)]
    # What was planned and not delivered is settled too: as nothing, which is billed, and so remembered.
    undelivered = billed.keys() - as_issued.keys() - mine.keys() - actual.waiting
    lines += [settled(billed[key]) for key in undelivered if replaced(key)]
    in_order = tuple(sorted(lines, key=lambda line: line.key))
    return Reconciliation(attrs.evolve(actual, lines=in_order, delivered=actual.delivered), deviations)


def settled(line: Line) -> Line:
    """
    The line of what was planned and not delivered.
    """
    return attrs.evolve(nothing(line), steps=(Step(StepKind.SETTLED, ZERO_KRONOR),))


def _checked(threshold: Decimal) -> Decimal:
    limit = exact_decimal(threshold)
    if limit < 0:
        raise InvalidError("threshold", f"gränsen {limit} är negativ", "ange kronor, 0 eller mer")
    return limit


def _check_twelfths(twelfths: Rating, year: int, actual: Rating) -> None:
    if not all(line.has(StepKind.TWELFTH) for line in twelfths.lines):
        raise InvalidError("twelfths", "raderna är inte tolftedelar", "ange preliminary(planen)")
    if not any(in_force(actual.price_lists, month) for month in months_of(year)):
        what = f"beräkningen är inte för {year}, som tolftedelarna"
        raise InvalidError("actual", what, f"ange volymer för {year}")


def _check_months(through: Month, year: int, actual: Rating) -> None:
    if through.year != year:
        what = f"avräkningen gäller till {through}, men tolftedelarna är för {year}"
        raise InvalidError("through", what, f"ange en månad i {year}")
    absent = [month for month in months_of(year) if month <= through and month not in actual.months]
    if absent:
        what = f"{absent[0]} finns inte bland volymerna, och dess tolftedelar skulle krediteras"
        raise InvalidError("actual", what, f"läs in den, eller ange en månad före {absent[0]}")


def _as_issued(issued: Iterable[Underlag], planned: frozenset[tuple[str, str]], year: int) -> dict[Key, Line]:
    """
    The planned lines of the year as they were issued last.
    """
    return {
        key: was.line
        for (key, vat), was in charged(each_once(issued), Month(year, 12)).items()
        if key[:2] in planned and key[2].year == year and was.line.vat == vat
    }


def _deviations(
    sides: tuple[Mapping[Key, Line], Mapping[Key, Line]],
    areas: Mapping[str, Area],
    waiting: frozenset[Key],
    through: Month,
    threshold: Decimal,
) -> tuple[Deviation, ...]:
    """
    By customer and the service's area now; what cannot be priced until it is put right is outside both sums.
    """
    groups = defaultdict[tuple[str, str], tuple[list[Line], list[Line]]](lambda: ([], []))
    for side, lines in enumerate(sides):
        for key, line in lines.items():
            if line.month <= through and key not in waiting:
                groups[key[0], areas[key[1]].code][side].append(line)
    named = {area.code: area for area in areas.values()}
    return tuple(_deviation(*both, named[area], threshold) for (_, area), both in sorted(groups.items()))


def _deviation(actual: list[Line], billed: list[Line], area: Area, threshold: Decimal) -> Deviation:
    rated, before = (sum((line.amount for line in lines), ZERO) for lines in (actual, billed))
    return Deviation((actual or billed)[0].customer, area, rated, before, abs(rated - before) < threshold)
