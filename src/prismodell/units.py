"""
What is forecast as one series: a service, or services that work moves between, of all customers or of some.

A customer that leaves nobody behind it is forecast by itself, so that the others are not judged by it; one
that does is forecast together with those that succeed it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property

from attrs import field, frozen

from .extrapolation import Method
from .observed import STEPS, WHOLE, Asked, Key, Observed, Seen, seen, step_of
from .periods import MONTHS_A_YEAR, Month, months_of
from .plans import Leave, Move, families
from .spread import noise

ALL = ""  # the customer, or the service, of what is of all of them


@frozen
class Task:
    """
    What a forecast is made from: what was delivered and budgeted, what is asked of it, by which methods (by
    service; under "" for all others), at which level, and what is known of the future: the moves, who leaves
    and starts and when, which services have no price in which months, and what is to be said of months that
    are filling up.
    """

    found: Observed
    planned: Observed
    asked: Asked
    methods: Mapping[str, str | Method]
    level: str
    moves: tuple[Move, ...] = ()
    leaves: Mapping[str, Leave] = {}
    starts: Mapping[str, Month] = {}
    unpriced: frozenset[tuple[str, Month]] = frozenset()
    late: Mapping[str, tuple[str, ...]] = {}
    views: dict[tuple[Key, ...], Seen] = field(factory=dict, eq=False, repr=False)
    noises: dict[tuple[Key, ...], float | None] = field(factory=dict, eq=False, repr=False)

    def seen(self, keys: tuple[Key, ...]) -> Seen:
        """
        The history of some customers' services together, looked up once.
        """
        if keys not in self.views:
            self.views[keys] = seen(self.found, keys, self.asked)
        return self.views[keys]

    def noise(self, keys: tuple[Key, ...]) -> float | None:
        """
        The noise of that history, reckoned once.
        """
        if keys not in self.noises:
            self.noises[keys] = noise(self.seen(keys).past)
        return self.noises[keys]

    def method(self, services: Iterable[str]) -> str | Method:
        """
        The method of some services that are forecast together.
        """
        named = [self.methods[each] for each in services if each in self.methods]
        return named[0] if named else self.methods[ALL]

    @property
    def months(self) -> tuple[Month, ...]:
        """
        The year's months.
        """
        return months_of(self.asked.year)

    @property
    def left(self) -> int:
        """
        How many of them are not known.
        """
        return MONTHS_A_YEAR - self.asked.known

    def end(self, before: Iterable[Month] = ()) -> Month:
        """
        The first month that is not known, or the first of those given, if that is earlier.
        """
        return min([self.first, *before])

    @cached_property
    def first(self) -> Month:
        """
        The first month that is not known.
        """
        return self.months[0] + self.asked.known

    def heir(self, customer: str, month: Month | None = None) -> str:
        """
        Who has a customer's volumes in a month, or in the end: itself, or the last that has succeeded it.
        """
        leave = self.leaves.get(customer)
        while leave and leave.successor and (month is None or leave.start <= month):
            customer = leave.successor
            leave = self.leaves.get(customer)
        return customer

    def has_begun(self, customer: str, month: Month) -> bool:
        """
        Whether the register has a customer in a month or before it, or says nothing of its start.
        """
        return self.starts.get(customer, month) <= month

    def step(self, service: str) -> Decimal:
        """
        The step that all that was delivered and budgeted of a service is a multiple of.
        """
        delivered, planned = (each.steps.get(service, WHOLE) for each in (self.found, self.planned))
        return delivered if delivered == planned else step_of([delivered, planned])

    @cached_property
    def families(self) -> Mapping[str, frozenset[str]]:
        """
        The services that each is forecast together with, of those that work moves between.
        """
        return families(self.moves)


@frozen
class Unit:
    """
    Some customers' use of a service, or of services that work moves between; `leaver` is the one customer
    that it is of, if that leaves nobody behind it.
    """

    services: tuple[str, ...]
    keys: tuple[Key, ...]
    leaver: Leave | None = None

    @cached_property
    def customers(self) -> tuple[str, ...]:
        """
        The customers, in order.
        """
        return tuple(sorted({customer for customer, _ in self.keys}))

    def of(self, service: str) -> list[Key]:
        """
        The keys of one of its services.
        """
        return [key for key in self.keys if key[1] == service]

    def step(self, task: Task) -> Decimal:
        """
        The finest step that the quantities of all its services may have.
        """
        steps = {task.step(each) for each in self.services}
        if len(steps) == 1:
            return steps.pop()
        return next((step for step in reversed(STEPS) if not any(step % each for each in steps)), WHOLE)


def units(task: Task) -> Iterator[Unit]:
    """
    The units in order of service.
    """
    groups = defaultdict[tuple[tuple[str, ...], str], list[Key]](list)
    for key in sorted({*task.found.delivered, *task.planned.delivered}):
        customer, service = key
        last = task.heir(customer)
        alone = task.level == "customer" or last in task.leaves
        together = tuple(sorted(task.families.get(service, (service,))))
        groups[together, last if alone else ALL].append(key)
    for (services, customer), keys in sorted(groups.items()):
        yield Unit(services, tuple(keys), task.leaves.get(customer))
