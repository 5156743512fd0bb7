"""
A target for what some prices may bring, and the prices on a grid that meet it.

Every price gets its exact value, old × one factor, and is then put on one of the two grid points beside it.
The factor is solved first, exactly, with what limits stop taken out; then which of the points, by `choosing`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain, groupby, product
from operator import attrgetter

from attrs import frozen

from .choosing import choose
from .money import MICRO, ORE, ZERO, common_scale
from .periods import Month
from .pricelist import Price
from .tariff import SharedPrice, Tariff, kronor, with_kronor
from .weighing import Weighed

FACTORS = 10**12  # a factor has twelve decimals: of a billion kronor less than an öre
ON_TARGET = 100  # a gap of at most one part in so many of what is to be taken off is on target
MOST_APART = 6  # figures of a bounded price that can go both ways, each combination of which is priced


@frozen(eq=False)
class _Option:
    """
    Some figures of a price on the grid, what they bring in kronor, and how far they are from their exact
    values.
    """

    figures: Mapping[int, Decimal]
    brings: Decimal
    off: Decimal


@frozen(eq=False)
class New:
    """
    What became of a price that moves: the factor, the tariff and what that brings, in kronor.
    """

    factor: Decimal
    tariff: Tariff
    brings: Decimal


Options = Sequence[_Option]
Found = Mapping[tuple[str, Month], New]


def brought(found: Found) -> Decimal:
    """
    The kronor that new prices bring together.
    """
    return sum((each.brings for each in found.values()), ZERO)


def price_key(price: Price) -> tuple[str, Month]:
    """
    What there is one price of in a list: a service, from a month.
    """
    return price.service.code, price.span.start


@frozen(eq=False)
class Target:
    """
    The prices that move, each with the least factor allowed, and the most kronor that they may bring
    together.
    """

    prices: tuple[tuple[Weighed, Decimal], ...]
    most: Decimal

    def solve(self, step: Decimal) -> Found | None:
        """
        The prices on a grid that bring at most that; none where there are no such prices.

        The factor is the one that meets the target exactly or, where the grid and the limits do not let it be
        met from there, the nearest below from which they do.
        """
        factor = self._factor()
        if not factor or not self._within(1, step):
            return None
        low = 1
        while not self._within(factor, step) and factor - low > 1:
            middle = (low + factor) // 2
            low, factor = (middle, factor) if self._within(middle, step) else (low, middle)
        return self._chosen(factor if self._within(factor, step) else low, step)

    def _factor(self) -> int | None:
        """
        To how many parts of `FACTORS` all must come, where limits stop some, to bring `most` unrounded.
        """
        free, left = [*self.prices], Fraction(self.most)
        while True:
            moving = sum(Fraction(each.moving) for each, _ in free)
            if not moving or left < 0:
                return None
            stopped = [pair for pair in free if pair[1] > left / moving]
            if not stopped:
                return int(left / moving * FACTORS)
            left -= sum(Fraction(each.moving * least) for each, least in stopped)
            free = [pair for pair in free if pair not in stopped]

    def finer(self, step: Decimal, off: Decimal) -> Decimal | None:
        """
        The first of finer and finer grids that takes `off` kronor off, or nearly so.
        """
        while (step := step / 10) >= MICRO and not step % MICRO:
            found = self.solve(step)
            if found is not None and (self.most - brought(found)) * ON_TARGET <= off:
                return step
        return None

    def least(self, factor: int, step: Decimal) -> Decimal:
        """
        The kronor that the prices bring if each is put on the lower of its grid points.
        """
        return sum((min(o.brings for o in options) for _, _, options in self._parts(factor, step)), ZERO)

    def _within(self, factor: int, step: Decimal) -> bool:
        return self.least(factor, step) <= self.most

    def _parts(self, factor: int, step: Decimal) -> Iterator[tuple[Weighed, Decimal, Options]]:
        for each, least in self.prices:
            mine = max(Decimal(factor) / FACTORS, least)
            for options in _parts_of(each, mine, least, step):
                yield each, mine, _worth_choosing(options)

    def _chosen(self, factor: int, step: Decimal) -> Found:
        parts = [*self._parts(factor, step)]
        brings = [[option.brings for option in options] for _, _, options in parts]
        scale = common_scale([self.most, *chain(*brings)])
        whole = [[int(each * scale) for each in values] for values in brings]
        places = choose(whole, int(self.most * scale), enough=int(ORE * scale))
        figures = {price_key(each.price): [*kronor(each.price.tariff)] for each, _ in self.prices}
        sums = defaultdict[tuple[str, Month], Decimal](lambda: ZERO)
        for (each, _, options), place in zip(parts, places, strict=True):
            sums[price_key(each.price)] += options[place].brings
            for at, figure in options[place].figures.items():
                figures[price_key(each.price)][at] = figure
        factors = {price_key(each.price): mine for each, mine, _ in parts}
        return {
            key: New(factors[key], with_kronor(each.price.tariff, figures[key]), sums[key])
            for each, _ in self.prices
            for key in [price_key(each.price)]
        }


def _parts_of(each: Weighed, factor: Decimal, least: Decimal, step: Decimal) -> Iterator[Options]:
    """
    What can be chosen of a price: each of its figures by itself, or all at once where they do not add up.
    """
    old, tariff = kronor(each.price.tariff), each.price.tariff
    # a shared total is split in whole öre
    grid = ORE if isinstance(tariff.model, SharedPrice) and step % ORE else step
    near = [_neighbours(figure, factor, least, grid) for figure in old]
    if each.adds_up:
        for place, (figure, weight) in enumerate(zip(old, each.weights, strict=True)):
            yield [_Option({place: new}, weight * new, abs(new - figure * factor)) for new in near[place]]
    else:
        yield [_all_at_once(each, new, factor) for new in _combined(tariff, near)]


def _neighbours(figure: Decimal, factor: Decimal, least: Decimal, step: Decimal) -> list[Decimal]:
    """
    The grid points beside the exact value, neither below its limit nor free of charge; the old price in the
    place of one above it.
    """
    exact_value = figure * factor
    low = exact_value // step * step
    points = [low] if low == exact_value else [low, min(low + step, figure)]
    return [each for each in points if each >= figure * least and (each or not figure)] or [figure]


def _combined(tariff: Tariff, near: Sequence[Sequence[Decimal]]) -> Iterator[tuple[Decimal, ...]]:
    """
    The figures in all combinations where minimum and maximum can meet; of many figures, the model's go down
    or up together.
    """
    bounds = sum(each is not None for each in (tariff.minimum, tariff.maximum))
    of_model = len(near) - bounds
    ways: Iterable[tuple[Decimal, ...]] = product(*near)
    if sum(len(points) > 1 for points in near) > MOST_APART:
        sides = ([points[at] for points in near[:of_model]] for at in (0, -1))
        ways = ((*side, *rest) for side in sides for rest in product(*near[of_model:]))
    for new in ways:
        if bounds < 2 or new[-2] <= new[-1]:
            yield new


def _all_at_once(each: Weighed, new: Sequence[Decimal], factor: Decimal) -> _Option:
    off = sum((abs(a - b * factor) for a, b in zip(new, kronor(each.price.tariff), strict=True)), ZERO)
    brings = each.brings(with_kronor(each.price.tariff, new)) - each.unmoved
    return _Option(dict(enumerate(new)), brings, off)


def _worth_choosing(options: Options) -> Options:
    """
    Of those that bring the same, the one nearest to the exact value; halves away from zero.
    """
    by_worth = sorted(options, key=lambda each: (each.brings, each.off, -sum(each.figures.values())))
    return [next(same) for _, same in groupby(by_worth, key=attrgetter("brings"))]
