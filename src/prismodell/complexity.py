"""
How complicated a price list is on the volumes of a year, in a few figures that can stand side by side.

    was, now = complexity(rate(volumes, prices, register)), complexity(rate(volumes, simpler, register))
    was.items, now.items            212 and 64 priced items
    was.core                        31 of them bring 95 % of the revenue
    was.figures_median              58 numbers that a customer must know to predict its month
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from statistics import median_low

import attrs
from attrs import frozen

from .money import ZERO, exact, to_places
from .periods import by_start
from .rating import Rating
from .tariff import MODELS, Phase, Tariff, Tier

CORE = Fraction(95, 100)
TOP = 10
PARTS = (Tariff, Tier, Phase, *MODELS)


@frozen
class Complexity:
    """
    The measures of one or more price lists on some volumes. What could not be priced counts in none of them.
    """

    items: int
    """
    Services that have a price in the lists: what someone must keep, decide and explain.
    """
    models: int
    """
    Price models among them (unit, graduated, …): kinds of rule to understand before any figure.
    """
    figures: int
    """
    Numbers in their newest prices (prices, bounds, fees, sizes, …): what is decided each year.
    """
    unbought: int
    """
    Items that nobody used in the months rated: kept for nothing.
    """
    core: int
    """
    Items needed for 95 % of the revenue, the largest first: where the prices matter.
    """
    tail: int
    """
    Items used that bring the last 5 % ("svansen"): work for little revenue.
    """
    top_share: Decimal | None
    """
    Percent of the revenue in the ten largest items, to one decimal; `None` without revenue. How concentrated
    it is.
    """
    lines_mean: Decimal | None
    """
    Lines per underlag, that is customer and month, on average, to one decimal; `None` without any. How long a
    document its reader gets.
    """
    lines_max: int
    """
    Lines on the longest underlag.
    """
    figures_median: int
    """
    Numbers that a customer must know to predict a month: all of the newest prices, its own agreements among
    them, of the services that it uses. At least half of the customers need no more than this.
    """
    figures_max: int
    """
    The same, for the customer that needs the most.
    """


@exact()
def complexity(rating: Rating) -> Complexity:
    """
    The measures of the price lists that a rating was made by, on its volumes.
    """
    newest = {price.service.code: price for each in rating.price_lists for price in by_start(each.prices)}
    revenue = sorted(rating.by("service").values(), reverse=True) if rating.lines else []
    core, lines = _core(revenue), Counter((line.customer.code, line.month) for line in rating.lines)
    used = {(line.customer.code, line.price.service.code): line.price for line in rating.lines}
    needed = Counter[str]()
    for (customer, _), price in used.items():
        needed[customer] += figures(price.tariff)
    return Complexity(
        items=len(newest),
        models=len({price.tariff.model.tag for price in newest.values()}),
        figures=sum(figures(price.tariff) for price in newest.values()),
        unbought=len(newest.keys() - {service for _, service in used}),
        core=core,
        tail=len(revenue) - core,
        top_share=_tenths(100 * sum(revenue[:TOP], ZERO), sum(revenue, ZERO)),
        lines_mean=_tenths(Decimal(lines.total()), Decimal(len(lines))),
        lines_max=max(lines.values(), default=0),
        figures_median=median_low(needed.values()) if needed else 0,
        figures_max=max(needed.values(), default=0),
    )


def _core(revenue: Sequence[Decimal]) -> int:
    """
    How many of the largest are needed for the share of the whole that the core brings.
    """
    enough = CORE * Fraction(sum(revenue, ZERO))
    return next(
        (count for count, so_far in enumerate(accumulate(revenue, initial=ZERO)) if so_far >= enough), 0
    )


def _tenths(part: Decimal, whole: Decimal) -> Decimal | None:
    """
    Their quotient to one decimal, halves up; neither is negative, or there is none.
    """
    if whole <= 0:
        return None
    return to_places(Fraction(part) / Fraction(whole), 1)


def figures(value: object) -> int:
    """
    How many numbers a tariff, or a part of one, states: those that are left at their default are not stated.
    """
    if isinstance(value, tuple):
        return sum(map(figures, value))
    if isinstance(value, PARTS):
        stated = ((getattr(value, each.name), each.default) for each in attrs.fields(type(value)))
        return sum(figures(mine) for mine, default in stated if mine != default)
    return 1 if isinstance(value, Decimal | int) else 0
