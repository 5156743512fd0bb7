"""
How sure a forecast is, by how far off last year's would have been with as many months known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import attrs
from attrs import frozen

from .expectation import Interval
from .hierarchy import steps
from .money import ZERO, exact_decimal
from .observed import WHOLE, Key, observed
from .prospects import MILLION, prospect
from .spread import Reach, around, reach, score, steadied
from .tally import Tally
from .units import ALL, Task, units

Groups = Mapping[Key, Sequence[Key]]  # the keys that a series is the sum of


@frozen
class Certainty:
    """
    How many of its own noises a series may be off, at each level, with so many months left.
    """

    noise: float
    reach: Reach
    months: int

    @property
    def rule_of_thumb(self) -> bool:
        """
        Whether there was no earlier forecast to learn from.
        """
        return not self.reach.scores

    def interval(self, level: int, year: Decimal, rest: Decimal, step: Decimal) -> Interval:
        """
        The interval of a year, the rest of which is uncertain; rounded outwards to the step.
        """
        if not rest:
            return Interval(year, year)
        off = self.reach.of(level, self.noise, float(rest), self.months)
        below, above = (_outwards(each, step) for each in around(float(rest), off))
        ends = year - min(below, rest), year + above
        return Interval(*(ends if step == WHOLE else map(exact_decimal, ends)))


def _outwards(quantity: float, step: Decimal) -> Decimal:
    return steps(-(-round(quantity * MILLION) // int(step * MILLION)), step)


@frozen
class Certainties:
    """
    Last year's forecast with as many months known, to judge this year's by: what was asked, and what the rest
    of each key was expected to be.
    """

    task: Task
    last: Task
    expected: Mapping[Key, Decimal]

    def of(self, groups: Groups) -> Mapping[Key, Certainty]:
        """
        The certainty of each series of a level. Services that work moves between have that of their family; a
        series without any whole year, of which nothing is learnt, at least that of the rule of thumb.
        """
        task, kin = self.task, _kin(groups, self.task)
        noises = dict(zip(kin, steadied([task.noise(keys) for keys in kin.values()]), strict=True))
        learnt = reach(self._scores({*kin.values()}), task.asked.known)
        thumb = reach((), task.asked.known)
        unlearnt = Reach(max(learnt.narrow, thumb.narrow), max(learnt.wide, thumb.wide), 0)
        return {
            name: Certainty(noise, learnt if task.seen(kin[name]).past.years else unlearnt, task.left)
            for name, noise in noises.items()
        }

    def _scores(self, series: Iterable[tuple[Key, ...]]) -> list[float | None]:
        """
        How far off last year's forecasts were, of the series that last year is whole of.
        """
        known, months = self.task.asked.known, self.task.left
        whole = [keys for keys in sorted(series) if self.task.seen(keys).past.years] if self.expected else []
        noises = steadied([self.last.noise(keys) for keys in whole])
        return [
            score(sum(self.task.seen(keys).past.years[-1][known:]), self._expected(keys), noise, months)
            for keys, noise in zip(whole, noises, strict=True)
        ]

    def _expected(self, keys: Iterable[Key]) -> float:
        return float(sum((self.expected.get(key, ZERO) for key in keys), ZERO))


def _kin(groups: Groups, task: Task) -> Mapping[Key, tuple[Key, ...]]:
    """
    The keys of each series, with those of the services that work moves between.
    """
    of_service = defaultdict[str, list[Key]](list)
    for key in sorted(task.found.delivered):
        of_service[key[1]].append(key)
    return {
        (customer, service): tuple(
            key
            for each in sorted(task.families.get(service, (service,)))
            for key in (of_service[each] if customer == ALL else [(customer, each)])
        )
        for customer, service in groups
    }


def certainties(task: Task) -> Certainties:
    """
    What last year's forecast expected, of the units that have a year before last year; nothing, where no
    month is left to be wrong about.
    """
    asked = attrs.evolve(task.asked, year=task.asked.year - 1, filled={})
    last = attrs.evolve(
        task, asked=asked, planned=observed(Tally(())), unpriced=frozenset(), late={}, views={}, noises={}
    )
    expected = defaultdict[Key, Decimal](lambda: ZERO)
    for unit in units(last) if task.left else ():
        if last.seen(unit.keys).past.years:
            for key, months in prospect(unit, last).expected.items():
                expected[key] += sum(months, ZERO)
    return Certainties(task, last, expected)
