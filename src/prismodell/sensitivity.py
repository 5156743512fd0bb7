"""
How revenue follows volumes: what lists bring if volumes become others than expected, and the volumes at which
two lists bring the same.

    for one in sensitivity(volumes, [prices, simpler], register).lists:
        one.areas, one.total        kronor at −10, 0 and +10 %
    found = break_even(volumes, prices, simpler, register, select=Selection(area="kontaktcenter"))
    found.factor                    1.0832: they bring the same at 8,32 % more

All revenue is told by the one rating function; a changed volume is only other volumes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from attrs import frozen

from .bulk import uncollected
from .catalogue import Area
from .customers import Register, anybody
from .money import HUNDRED, ZERO, Number, exact, exact_decimal
from .pricechanges import EVERYTHING, Selection
from .pricelist import PriceList, several
from .rating import check_priced, rate
from .scenarios import Scenarios
from .tally import Tally
from .volumechanges import scale
from .volumes import Volumes

PERCENTS = (-10, 0, 10)
GRID = 10_000  # factors are sought in ten thousandths
LEAST, MOST = GRID // 10, 3 * GRID
STRIDE = GRID // 10


@frozen
class AreaRevenue:
    """
    What a list brings of an area, in kronor excl. VAT, at each of the percentages.
    """

    area: Area
    revenue: tuple[Decimal, ...]


@frozen
class ListRevenue:
    """
    What a list brings per area, by their codes.
    """

    price_list: PriceList
    areas: tuple[AreaRevenue, ...]
    total: tuple[Decimal, ...]


@frozen
class Sensitivity:
    """
    The revenue of some lists when volumes change by some percentages (negative: fall).

    An area's revenue hangs on its own volumes only, so each area may be read by itself.
    """

    percents: tuple[Decimal, ...]
    lists: tuple[ListRevenue, ...]


@frozen
class Point:
    """
    A factor on the selected volumes, and the kronor that all volumes then bring by two lists.
    """

    factor: Decimal
    before: Decimal
    after: Decimal

    @property
    @exact()
    def difference(self) -> Decimal:
        """
        After less before.
        """
        return self.after - self.before


@frozen
class BreakEven:
    """
    Where two lists bring the same, from `nearest` to `beside`: two neighbours on the grid of factors, between
    which the lists change places. `nearest` has the least difference; where it still has one, no factor of
    the grid brings exactly the same.

    `beside` is `None` where the lists bring the same already today, and both are where they do not meet
    between the factors 0,1 and 3.
    """

    before: PriceList
    after: PriceList
    today: Point
    nearest: Point | None = None
    beside: Point | None = None

    @property
    def factor(self) -> Decimal | None:
        """
        The factor on the selected volumes, in ten thousandths; `None` where there is none.
        """
        return self.nearest.factor if self.nearest else None


@uncollected
@exact()
def sensitivity(
    volumes: Volumes | Tally,
    price_lists: PriceList | Iterable[PriceList],
    register: Register | None = None,
    *,
    percents: Iterable[Number] = PERCENTS,
) -> Sensitivity:
    """
    What each of some lists brings when the volumes change by so many percent.

    The lists are tried one by one, each on all the volumes. Without a register all pay the list's price.
    Raises `InvalidError` for volumes without a price, and for a percentage of −100 or less.
    """
    tally, by = volumes.tally(), tuple(map(exact_decimal, percents))
    payers = register or anybody(tally)
    return Sensitivity(by, tuple(_revenue(tally, each, payers, by) for each in several(price_lists)))


def _revenue(tally: Tally, price_list: PriceList, payers: Register, by: Iterable[Decimal]) -> ListRevenue:
    ratings = [
        check_priced("volumes", rate(scale(tally, price_list, percent), price_list, payers)) for percent in by
    ]
    per_area = [rating.by("area") for rating in ratings]
    named = {area.code: area for area in price_list.areas}
    areas = tuple(
        AreaRevenue(area, tuple(each.get(code, ZERO) for each in per_area))
        for code, area in sorted(named.items())
    )
    return ListRevenue(price_list, areas, tuple(rating.total for rating in ratings))


@uncollected
@exact()
def break_even(
    volumes: Volumes | Tally,
    before: PriceList,
    after: PriceList,
    register: Register | None = None,
    *,
    select: Selection = EVERYTHING,
) -> BreakEven:
    """
    The factor on the selected volumes, nearest to today's 1, at which two lists bring the same.

    Sought in steps of a tenth outwards from 1 until the lists have changed places, and then by halving that
    step; two meetings within one tenth may so be passed over. Services are selected by the list before, and
    those not selected keep their volumes. Without a register all pay the list's price. Raises `InvalidError`
    for volumes without a price, and for a selection that has no services or no volumes.
    """
    tally = volumes.tally()
    payers = register or anybody(tally)
    for each in (before, after):
        check_priced("volumes", rate(tally, each, payers))

    def at(place: int) -> Point:
        factor = exact_decimal(Decimal(place) / GRID)
        changed = scale(tally, before, (factor - 1) * HUNDRED, select=select)
        both = Scenarios(changed, before, payers)
        return Point(factor, both.base.total, both.rate(after).total)

    today = at(GRID)
    if not today.difference:
        return BreakEven(before, after, today, today)
    meetings = [_halved(at, *places) for places in _steps(at, today)]
    found = min(meetings, key=lambda pair: abs(pair[0].factor - 1), default=(None, None))
    return BreakEven(before, after, today, *found)


def _steps(at: Callable[[int], Point], today: Point) -> list[tuple[Point, Point]]:
    """
    The first step away from today in which the lists change places: below, above, or one on either side.
    """
    last = {-1: today, 1: today}
    for distance in range(STRIDE, MOST - GRID + 1, STRIDE):
        steps = []
        for side in (-1, 1):
            if GRID + side * distance >= LEAST:
                point = at(GRID + side * distance)
                steps.append((last[side], point))
                last[side] = point
        if found := [step for step in steps if _changes_places(*step)]:
            return found
    return []


def _changes_places(near: Point, far: Point) -> bool:
    return near.difference * far.difference <= 0


def _halved(at: Callable[[int], Point], near: Point, far: Point) -> tuple[Point, Point]:
    """
    The two neighbours on the grid between which the lists change places, that with the least difference
    first.
    """
    while abs(far.factor - near.factor) * GRID > 1:
        middle = at(int((near.factor + far.factor) * GRID) // 2)
        near, far = (near, middle) if _changes_places(near, middle) else (middle, far)
    nearest, beside = sorted((near, far), key=lambda point: abs(point.difference))
    return nearest, beside
