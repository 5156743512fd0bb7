"""
What is expected of a unit: the months to come, those that nobody reported, and what is late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import product

import attrs
from attrs import frozen

from .customers import Register
from .estimation import estimated
from .extrapolation import Estimate
from .hierarchy import Expected, add, divided, spread_out, steps
from .money import MICRO, ZERO, round_half_up, to_places
from .observed import Key
from .periods import MONTHS_A_YEAR, Month, months_of
from .swedish import listing
from .swedish import month as month_name
from .units import Task, Unit

MILLION = int(1 / MICRO)


@frozen
class Prospect:
    """
    What is expected of a unit: the estimate, what more is to be said of it, the months of each customer and
    service, and what the customers' shares are of.
    """

    unit: Unit
    estimate: Estimate
    notes: tuple[str, ...]
    expected: Mapping[Key, Sequence[Decimal]]
    shared: str

    @cached_property
    def sums(self) -> Mapping[str, Decimal]:
        """
        What is expected of each service, of all customers together.
        """
        sums = dict.fromkeys(self.unit.services, ZERO)
        for (_, service), months in self.expected.items():
            sums[service] += sum(months, ZERO)
        return sums


def prospect(unit: Unit, task: Task) -> Prospect:
    """
    What is expected of a unit. Nothing comes to a customer that has left, or of a service without a price.
    """
    view = task.seen(unit.keys)
    budget = _budget(unit, task)
    past = attrs.evolve(view.past, budget=budget) if budget else view.past
    estimate = estimated(past, task.method(unit.services))
    if view.gaps and not past.left:
        estimate = attrs.evolve(estimate, method="uppskattning", reason="alla andra månader är kända")
    coming = {**view.gaps, **dict(enumerate(estimate.months, task.asked.known))}
    months = {at: task.months[at] for at in coming}
    closed, notes = _closed(unit, months, task)
    quantities = [0.0 if at in closed else quantity for at, quantity in coming.items()]
    step = unit.step(task)
    on_steps = dict(zip(coming, on_grid(quantities, step), strict=True))
    expected, shared = spread_out(unit, task, on_steps, step)
    for customer, service in expected:
        for at, month in months.items():
            if (service, month) in task.unpriced:
                expected[customer, service][at] = ZERO
    _add_late(expected, unit, task)
    late = [each for service in unit.services for each in task.late.get(service, ())]
    return Prospect(unit, estimate, (*view.notes, *notes, *late), expected, shared)


def _budget(unit: Unit, task: Task) -> tuple[float, ...] | None:
    planned, year = task.planned.delivered, task.asked.year
    if not any(year in planned[key] for key in unit.keys if key in planned):
        return None
    return tuple(map(float, task.planned.year(unit.keys, task.asked.year)))


def _closed(unit: Unit, months: Mapping[int, Month], task: Task) -> tuple[set[int], list[str]]:
    """
    The coming months in which nothing of the unit can come, and why.
    """
    gone = {at for at, month in months.items() if unit.leaver and month >= unit.leaver.start}
    early = {
        at for at, month in months.items() if not any(task.has_begun(each, month) for each in unit.customers)
    }
    without = [
        {at for at, month in months.items() if (service, month) in task.unpriced} for service in unit.services
    ]
    notes = [str(unit.leaver)] if gone else []
    if early:
        notes.append(f"inte kund {_when([months[at] for at in sorted(early)])}")
    for service, unpriced in zip(unit.services, without, strict=True):
        if unpriced:
            notes.append(f"{service} har inget pris {_when([months[at] for at in sorted(unpriced)])}")
    return gone | early | set.intersection(*without), notes


def _when(months: Sequence[Month]) -> str:
    named = [*map(month_name, months)]
    to_the_end = months[0].number + len(months) == MONTHS_A_YEAR + 1
    return f"från och med {named[0]}" if to_the_end and len(months) > 1 else f"i {listing(named)}"


def on_grid(quantities: Sequence[float], step: Decimal) -> list[Decimal]:
    """
    Expected quantities as decimals: their sum rounded to the step, and divided between them by largest
    remainder. None is below zero.
    """
    exact = [max(round(each * MILLION), 0) for each in quantities]
    whole, unit = sum(exact), int(step * MILLION)
    if not whole:
        return [ZERO] * len(exact)
    units = (whole + unit // 2) // unit
    parts = [divmod(units * each, whole) for each in exact]
    left = units - sum(count for count, _ in parts)
    largest = {*sorted(range(len(parts)), key=lambda at: (-parts[at][1], at))[:left]}
    return [steps(count + (at in largest), step) for at, (count, _) in enumerate(parts)]


def _add_late(expected: Expected, unit: Unit, task: Task) -> None:
    """
    Add what a known month that is still filling up is expected to be more than it is, to those who are in it.
    """
    for service, (at, month) in product(unit.services, enumerate(task.months)):
        filled, keys = task.asked.filled.get((service, month)), unit.of(service)
        if not filled:
            continue
        reported = {key[0]: max(task.found.year([key], month.year)[at], ZERO) for key in keys}
        if any(reported.values()):
            late = Fraction(sum(reported.values(), ZERO)) * (1 / filled - 1)
            step = task.step(service)
            more = round_half_up(to_places(late, 6), step)
            add(expected, service, [at], divided([more], [reported], step))


def subscribed(task: Task, register: Register | None, through: Month) -> Mapping[Key, Sequence[Decimal]]:
    """
    The coming months' subscriptions: those of the register, or without one those of the last known month. Of
    a customer that leaves, the successor has them, if there is one.
    """
    coming: Expected = {}
    months = [month for month in months_of(task.asked.year) if month > through]
    if not months:
        return coming
    rows = register.subscribed(months[0], months[-1]) if register else ()
    found = [(row.customer, row.service, row.month, row.quantity) for row in rows]
    if register is None:
        for (customer, service), years in task.found.subscribed.items():
            last = years[through.year][through.number - 1] if through.year in years else ZERO
            found += [(customer, service, month, max(last, ZERO)) for month in months]
    for customer, service, month, quantity in found:
        heir = task.heir(customer, month)
        leave = task.leaves.get(heir)
        if not leave or month < leave.start:
            coming.setdefault((heir, service), [ZERO] * MONTHS_A_YEAR)[month.number - 1] += quantity
    return coming
