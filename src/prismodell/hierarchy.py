"""
What is expected of a unit divided between its services and customers, so that every level adds up exactly.

    divided([Decimal(10), Decimal(11)], [{"A": Decimal(2), "B": Decimal(1)}] * 2, Decimal(1))
    [{"A": Decimal(7), "B": Decimal(3)}, {"A": Decimal(7), "B": Decimal(4)}]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from .money import ZERO, allocate, common_scale, exact_decimal, to_places
from .observed import WHOLE, Key, Observed
from .periods import MONTHS_A_YEAR, Month
from .plans import Flow, flows
from .units import Task, Unit

Expected = dict[Key, list[Decimal]]
Weights = Mapping[str, Decimal]


def spread_out(unit: Unit, task: Task, months: Mapping[int, Decimal], step: Decimal) -> tuple[Expected, str]:
    """
    A unit's months, by their number from 0, by customer and service; and what the customers' shares are of.
    """
    expected: Expected = {}
    words = ""
    for (origin, target), moving in _by_flow(unit, task, months, step).items():
        weights, words = _weights(unit, origin, task)
        each_month = [_inherited(weights, task, task.months[at]) for at in moving]
        add(expected, target, moving, divided([*moving.values()], each_month, step))
    return expected, words


def add(expected: Expected, service: str, months: Iterable[int], parts: Iterable[Weights]) -> None:
    """
    Add a service's months, by their number from 0 and by customer, to what is expected.
    """
    for at, shares in zip(months, parts, strict=True):
        for customer, quantity in shares.items():
            if quantity:
                expected.setdefault((customer, service), [ZERO] * MONTHS_A_YEAR)[at] += quantity


def divided(months: Sequence[Decimal], weights: Sequence[Weights], step: Decimal) -> list[Weights]:
    """
    Each month, a multiple of `step`, divided by its own weights, which are zero or more and not all zero.

    Months sum over the customers exactly. What rounding leaves of a month goes to those who have had least of
    their shares so far, so that a customer's year comes as near to its share as its months can, and a small
    one gets its unit at last; ties by code.
    """
    owed = defaultdict[str, Fraction](Fraction)
    return [_month(quantity, each, step, owed) for quantity, each in zip(months, weights, strict=True)]


def _month(quantity: Decimal, weights: Weights, step: Decimal, owed: dict[str, Fraction]) -> Weights:
    sharing = {customer: weight for customer, weight in weights.items() if weight}
    if len(sharing) == 1:
        return dict.fromkeys(sharing, quantity)
    scale = common_scale(sharing.values())
    parts = {customer: int(weight * scale) for customer, weight in sharing.items()}
    whole, units = sum(parts.values()), int(quantity / step)
    given = {customer: units * part // whole for customer, part in parts.items()}
    for customer, part in parts.items():
        owed[customer] += Fraction(units * part % whole, whole)
    left = units - sum(given.values())
    for customer in sorted(parts, key=lambda each: (-owed[each], each))[:left]:
        given[customer] += 1
        owed[customer] -= 1
    return {customer: steps(count, step) for customer, count in given.items()}


def steps(count: int, step: Decimal) -> Decimal:
    """
    So many steps, written as a quantity is.
    """
    return Decimal(count) if step == WHOLE else exact_decimal(count * step)


# --- between services --------------------------------------------------------------------------------------


def _by_flow(
    unit: Unit, task: Task, months: Mapping[int, Decimal], step: Decimal
) -> Mapping[Flow, Mapping[int, Decimal]]:
    """
    The unit's coming months by what each service would have had, and where it has gone.
    """
    if len(unit.services) == 1:
        return {(unit.services[0], unit.services[0]): months}
    shares = _family_shares(unit, task)
    moving = defaultdict[Flow, dict[int, Decimal]](dict)
    for at, quantity in months.items():
        parts = flows(shares, task.moves, task.months[at])
        named = [*sorted(parts)]
        weights = {place: to_places(parts[flow], 12) for place, flow in enumerate(named)}
        for place, share in allocate(quantity, weights, step).items():
            moving[named[place]][at] = share
    return moving


def _family_shares(unit: Unit, task: Task) -> Mapping[str, Fraction]:
    """
    The services' shares of their family in the last twelve months before any work began to move; where they
    had nothing, all of it is of those that work moves from.
    """
    moves = [each for each in task.moves if each.source in unit.services]
    end = task.end(each.start for each in moves)
    sums = {each: max(task.found.latest(unit.of(each), end), ZERO) for each in unit.services}
    if not any(sums.values()):
        sources = {each.source for each in moves}
        sums = {each: Decimal(each in sources) for each in unit.services}
    whole = Fraction(sum(sums.values(), ZERO))
    return {service: Fraction(each) / whole for service, each in sums.items()}


# --- between customers -------------------------------------------------------------------------------------


def _weights(unit: Unit, service: str, task: Task) -> tuple[Weights, str]:
    """
    The customers' weights in a service, and what they are: their volumes of the last twelve months before any
    of it moved, of its family if it had none; or what was budgeted, or ever delivered.
    """
    if len(unit.customers) == 1:
        return {unit.customers[0]: WHOLE}, ""
    for words, keys, quantity in _measures(unit, service, task):
        sums = dict.fromkeys(unit.customers, ZERO)
        for key in keys:
            sums[key[0]] += quantity(key)
        weights = {customer: max(each, ZERO) for customer, each in sums.items()}
        if any(weights.values()):
            return weights, words
    return dict.fromkeys(unit.customers, WHOLE), "lika med de andras"


Measure = tuple[str, Sequence[Key], Callable[[Key], Decimal]]


def _measures(unit: Unit, service: str, task: Task) -> Iterator[Measure]:
    moving = [each.start for each in task.moves if each.source == service]
    own, now = task.end(moving), task.end()
    words = "de senaste tolv månaderna"
    before = words if own == now else f"de tolv månaderna före {own}"
    yield before, unit.of(service), lambda key: task.found.latest([key], own)
    yield words, unit.keys, lambda key: task.found.latest([key], now)
    yield "i budgeten", unit.keys, lambda key: sum(task.planned.year([key], task.asked.year), ZERO)
    yield "sedan den började", unit.keys, lambda key: _ever(task.found, key)


def _ever(found: Observed, key: Key) -> Decimal:
    return sum((sum(year, ZERO) for year in found.delivered.get(key, {}).values()), ZERO)


def _inherited(weights: Weights, task: Task, month: Month) -> Weights:
    """
    The weights in a month: a successor has also those of the ones that it has succeeded, and one that has not
    begun has none of its own, unless nobody has any.
    """
    if not (task.leaves or task.starts):
        return weights
    now = defaultdict[str, Decimal](Decimal)
    for customer, weight in weights.items():
        if task.has_begun(customer, month):
            now[task.heir(customer, month)] += weight
    return now if any(now.values()) else weights
