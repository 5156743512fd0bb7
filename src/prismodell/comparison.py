"""
Two ratings of the same volumes by two price lists: who pays what, who wins and who loses.

    comparison = compare(rate(volumes, prices, register), rate(volumes, simpler, register))
    comparison.total.difference     kronor that the centre gains, 0 for a list that is revenue neutral
    comparison.by("area")           an Effect per area; they sum to the total
    comparison.losers               customers that pay more, the largest increase first

A service of one list may replace several of the other: their kronor stand side by side under its code, and
`compare(b, a)` is the negation of `compare(a, b)`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from attrs import field, frozen

from .catalogue import Service, heirs
from .customers import Customer
from .errors import InvalidError
from .grouping import grouped
from .lines import Line
from .money import HUNDRED, ZERO, decimal_of, exact, to_places
from .periods import Month
from .pricing import StepKind
from .rating import Rating, check_priced
from .swedish import number

SHOWN = 3


@frozen
class Effect:
    """
    What is paid by the two lists, in kronor excl. VAT.
    """

    before: Decimal
    after: Decimal

    @property
    @exact()
    def difference(self) -> Decimal:
        """
        After less before, in kronor: above zero is to pay more.
        """
        return self.after - self.before

    @property
    @exact()
    def percent(self) -> Decimal | None:
        """
        The difference in percent of the size of what was paid before, to one decimal; `None` where that is
        nothing.
        """
        if not self.before:
            return None
        return to_places(Fraction(self.difference) / abs(Fraction(self.before)) * 100, 1)


@frozen
class Cell:
    """
    The effect on one customer's use of one service.
    """

    customer: Customer
    service: Service
    effect: Effect


@frozen(repr=False)
class Comparison:
    """
    The effects per customer and service, ordered by their codes, and the two ratings that they are between.
    """

    before: Rating
    after: Rating
    cells: tuple[Cell, ...] = field(repr=False)

    @property
    def total(self) -> Effect:
        """
        The effect on the whole: its difference and percent are how far the lists are from revenue neutral.
        """
        return together(each.effect for each in self.cells)

    def by(self, *dimensions: str) -> dict[object, Effect]:
        """
        The effect per customer, type, service, area or kind, or per tuple of several.

        Raises `ValueError` for another dimension.
        """
        groups = grouped(self.cells, dimensions)
        return {key: together(cell.effect for cell in cells) for key, cells in groups.items()}

    @property
    def customers(self) -> tuple[tuple[Customer, Effect], ...]:
        """
        The effect on each customer, from the one that pays least more (or most less) to the one that pays
        most more.
        """
        named = {cell.customer.code: cell.customer for cell in self.cells}
        effects = self.by("customer")
        pairs = [(customer, effects[code]) for code, customer in named.items()]
        return tuple(sorted(pairs, key=lambda pair: pair[1].difference))

    @property
    def winners(self) -> tuple[tuple[Customer, Effect], ...]:
        """
        The customers that pay less, the largest reduction in kronor first.
        """
        return tuple(pair for pair in self.customers if pair[1].difference < 0)

    @property
    def losers(self) -> tuple[tuple[Customer, Effect], ...]:
        """
        The customers that pay more, the largest increase in kronor first.
        """
        more = [pair for pair in self.customers if pair[1].difference > 0]
        return tuple(sorted(more, key=lambda pair: -pair[1].difference))

    @exact()
    def moved(self, percent: Decimal | int | str) -> tuple[tuple[Customer, Effect], ...]:
        """
        The customers whose total moves by more than so many percent, either way, the most kronor first; one
        that paid nothing before and pays now moves by more than any percentage.

        Raises `InvalidError` for a negative percentage.
        """
        limit = decimal_of("percent", percent)
        if limit < 0:
            raise InvalidError("percent", f"{limit} % är negativt", "ange noll eller mer; båda hållen räknas")
        moved = [
            (customer, effect)
            for customer, effect in self.customers
            if abs(effect.difference) * HUNDRED > limit * abs(effect.before)
        ]
        return tuple(sorted(moved, key=lambda pair: -abs(pair[1].difference)))

    @property
    def largest(self) -> Cell | None:
        """
        The customer and service with the largest difference in kronor, either way; `None` if nothing differs.
        """
        differing = (cell for cell in self.cells if cell.effect.difference)
        return max(differing, key=lambda cell: abs(cell.effect.difference), default=None)

    def __repr__(self) -> str:
        return f"<Comparison {self.total.difference} kr, {len(self.cells)} cells>"


@exact()
def together(effects: Iterable[Effect]) -> Effect:
    """
    The sum of some effects.
    """
    both = [*effects]
    return Effect(sum((each.before for each in both), ZERO), sum((each.after for each in both), ZERO))


@exact()
def compare(before: Rating, after: Rating) -> Comparison:
    """
    Two ratings of the same volumes, side by side per customer and service.

    Rows in conflict are of neither: what is known of their customers and services is compared, and the rows
    are left out on both sides. Twelfths of one plan can be compared, by their year, with twelfths only.

    Raises `InvalidError` for volumes that are not the same, for any without a price, for twelfths beside
    deliveries, and for a customer of two types. A service has the area and kind of the list that begins last.
    """
    for key, rating in (("before", before), ("after", after)):
        check_priced(key, rating)
    twelfths = _are_twelfths(before, after)
    told = told_under(before, after)
    sides = [
        [(told.get(line.price.service.code, line.price.service), line) for line in rating.lines]
        for rating in (before, after)
    ]
    _check_volumes(*(_quantities(side, yearly=twelfths) for side in sides))
    customers = _customers(before, after)
    sums = defaultdict[tuple[str, str], list[Decimal]](lambda: [ZERO, ZERO])
    services: dict[str, Service] = {}
    for place, side in enumerate(sides):
        for service, line in side:
            services[service.code] = service
            sums[line.customer.code, service.code][place] += line.amount
    cells = (
        Cell(customers[customer], services[service], Effect(*amounts))
        for (customer, service), amounts in sorted(sums.items())
    )
    return Comparison(before, after, tuple(cells))


Side = Sequence[tuple[Service, Line]]
Quantities = Mapping[tuple[str, str, Month | int], Decimal]


def told_under(*ratings: Rating) -> Mapping[str, Service]:
    """
    The service that each code is told under, as the list that begins last describes it.
    """
    lists = [each for rating in ratings for each in rating.price_lists]
    # Of two that begin together any rule will do that gives the same whichever of them is before.
    in_order = sorted(lists, key=lambda each: (each.span.start, repr(each.services)))
    dated = (prices for each in in_order for prices in each.by_code.values())
    return heirs(price.service for prices in dated for price in prices)


def _are_twelfths(before: Rating, after: Rating) -> bool:
    """
    Whether both are twelfths of a plan. Raises `InvalidError` where some lines are and some are not.
    """
    found = {line.has(StepKind.TWELFTH) for rating in (before, after) for line in rating.lines}
    if len(found) > 1 or any(rating.delivered != rating.lines for rating in (before, after)):
        what = "tolftedelar av en plan kan inte jämföras med det levererade"
        raise InvalidError("after", what, "jämför två beräkningar från rate, eller två från preliminary")
    return found == {True}


def _quantities(side: Side, *, yearly: bool) -> Quantities:
    sums = defaultdict[tuple[str, str, Month | int], Decimal](lambda: ZERO)
    for service, line in side:
        when = line.month.year if yearly else line.month
        sums[line.customer.code, service.code, when] += line.quantity
    return sums


def _check_volumes(before: Quantities, after: Quantities) -> None:
    differing = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    if differing:
        differing.sort(key=lambda key: [*map(str, key)])
        shown = "; ".join(
            f"{' '.join(map(str, key))}: {_said(before.get(key))} före, {_said(after.get(key))} efter"
            for key in differing[:SHOWN]
        )
        more = f"; och {number(len(differing) - SHOWN)} till" if len(differing) > SHOWN else ""
        fix = "prissätt samma volymer med båda listorna; ersätter en tjänst andra, ange dem i dess replaces"
        raise InvalidError("after", f"volymerna är inte desamma: {shown}{more}", fix)


def _said(quantity: Decimal | None) -> str:
    return "ingen volym" if quantity is None else number(quantity)


def _customers(before: Rating, after: Rating) -> Mapping[str, Customer]:
    """
    The customers by code, as the later register has them.
    """
    was = {line.customer.code: line.customer for line in before.lines}
    now = {line.customer.code: line.customer for line in after.lines}
    for code, customer in now.items():
        if was[code].type is not customer.type:
            what = f"{code} är {was[code].type.value} före och {customer.type.value} efter"
            raise InvalidError("after", what, "prissätt båda med samma kundregister")
    return now
