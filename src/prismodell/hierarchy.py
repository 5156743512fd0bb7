"""
A service's months divided between its customers, so that every level adds up exactly.

    divided([Decimal(10), Decimal(11)], {"A": Decimal(2), "B": Decimal(1)})
    [{"A": Decimal(7), "B": Decimal(3)}, {"A": Decimal(7), "B": Decimal(4)}]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from .money import common_scale, exact


@exact()
def divided(
    months: Sequence[Decimal], weights: Sequence[Mapping[str, Decimal]], step: Decimal
) -> list[dict[str, Decimal]]:
    """
    Each month, a multiple of `step`, divided by its own weights, which are zero or more and not all zero.

    Months sum over the customers exactly. What rounding leaves of a month goes to those who have had least of
    their shares so far, so that a customer's year comes as near to its share as its months can, and a small
    one gets its unit at last; ties by code.
    """
    owed: dict[str, Fraction] = {}
    return [_month(quantity, each, step, owed) for quantity, each in zip(months, weights, strict=True)]


def _month(
    quantity: Decimal, weights: Mapping[str, Decimal], step: Decimal, owed: dict[str, Fraction]
) -> dict[str, Decimal]:
    scale = common_scale(weights.values())
    parts = {customer: int(weight * scale) for customer, weight in weights.items()}
    whole, units = sum(parts.values()), int(quantity / step)
    given = {customer: units * part // whole for customer, part in parts.items()}
    for customer, part in parts.items():
        owed[customer] = owed.get(customer, Fraction(0)) + Fraction(units * part % whole, whole)
    left = units - sum(given.values())
    for customer in sorted(parts, key=lambda each: (-owed[each], each))[:left]:
        given[customer] += 1
        owed[customer] -= 1
    return {customer: count * step for customer, count in given.items()}
