"""
The series of a forecast: what is known and what is expected of each service and each customer's use of it,
how it came about, and how sure it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

import attrs
from attrs import frozen

from .certainty import Certainties, Certainty, certainties
from .expectation import CENTRE, Amounts, Series
from .money import ZERO, exact_decimal
from .observed import NOTHING, WHOLE, Key, Year, total
from .prospects import Prospect
from .spread import LEVELS
from .swedish import listing, number
from .units import Task

SUBSCRIPTION = "abonnemang"


@frozen
class Parts:
    """
    What the series are made of: the prospects of each key, and its subscriptions to come, which are known by
    what `certain` says.
    """

    task: Task
    prospects: Mapping[Key, Sequence[Prospect]]
    subscribed: Mapping[Key, Year]
    certain: str

    def of(self, keys: Iterable[Key]) -> list[Prospect]:
        """
        The prospects of some keys, each once.
        """
        return [*{id(each): each for key in keys for each in self.prospects.get(key, ())}.values()]


def parts(task: Task, prospects: Iterable[Prospect], subscribed: Mapping[Key, Year], certain: str) -> Parts:
    """
    The prospects, sorted by the keys that they are of.
    """
    of_key = defaultdict[Key, list[Prospect]](list)
    for each in prospects:
        for key in {*each.unit.keys, *each.expected}:
            of_key[key].append(each)
    return Parts(task, of_key, subscribed, certain)


def series(made: Parts) -> tuple[tuple[Series, ...], tuple[Series, ...]]:
    """
    The series by service for the centre, and those by customer and service that have anything in the year.
    """
    every = sorted({*made.prospects, *made.subscribed, *made.task.found.subscribed}, key=itemgetter(1, 0))
    services = {(CENTRE, code): (*own,) for code, own in groupby(every, key=itemgetter(1))}
    customers = {key: (key,) for key in every}
    learnt = certainties(made.task)
    centre = _of_level(services, made, learnt, {})
    alone = {
        keys: each for each, keys in zip(centre, services.values(), strict=True) if _is_alone(keys, made)
    }
    each = _of_level(customers, made, learnt, alone)
    return centre, tuple(one for one in each if any(one.known) or any(one.expected))


def _of_level(
    groups: Mapping[Key, tuple[Key, ...]],
    made: Parts,
    learnt: Certainties,
    alone: Mapping[tuple[Key, ...], Series],
) -> tuple[Series, ...]:
    """
    The series of a level; of one customer that is alone on its service, the service's own.
    """
    certainty = learnt.of(groups)
    return tuple(
        attrs.evolve(alone[keys], customer=name[0])
        if keys in alone
        else _one(name, keys, made, certainty[name])
        for name, keys in groups.items()
    )


def _is_alone(keys: tuple[Key, ...], made: Parts) -> bool:
    return (
        made.task.level == "service"
        and [each.unit.keys for each in made.of(keys)] == [keys]
        and len(keys) == 1
    )


def _one(name: Key, keys: Sequence[Key], made: Parts, certainty: Certainty) -> Series:
    task, prospects = made.task, made.of(keys)
    uncertain = total([each.expected[key] for each in prospects for key in keys if key in each.expected])
    subscribed = total([made.subscribed[key] for key in keys if key in made.subscribed])
    known = (*_known(task, keys)[: task.asked.known], *NOTHING[task.asked.known :])
    rest, certain = sum(uncertain, ZERO), sum(subscribed, ZERO)
    year = exact_decimal(sum(known, rest + certain))
    step = task.step(name[1])
    narrow, wide = (certainty.interval(level, year, rest, step) for level in LEVELS)
    method, reason, terms = _how(name, made, prospects, rest, certain)
    expected, thumb = _written(total([uncertain, subscribed])), bool(rest) and certainty.rule_of_thumb
    return Series(*name, _written(known), expected, method, reason, terms, narrow, wide, rule_of_thumb=thumb)


def _known(task: Task, keys: Iterable[Key]) -> Year:
    found, year = task.found, task.asked.year
    both = (found.delivered, found.subscribed)
    return total([each[key][year] for each in both for key in keys if year in each.get(key, ())])


def _written(months: Iterable[Decimal]) -> Amounts:
    """
    The months with the decimals that they need, as all quantities are written.
    """
    return tuple(each if each.same_quantum(WHOLE) else exact_decimal(each) for each in months)


How = tuple[str, str, tuple[str, ...]]


def _how(name: Key, made: Parts, prospects: Sequence[Prospect], rest: Decimal, certain: Decimal) -> How:
    """
    The method, its reason, and the numbers behind it.
    """
    customer, service = name
    terms = (f"därtill abonnemang, {made.certain}: {number(certain)}",) if certain else ()
    if not made.task.left and not rest:
        return "utfall", "alla månader är kända", ()
    if not prospects:
        return SUBSCRIPTION, made.certain, ()
    main = max(prospects, key=lambda each: len(each.unit.keys))
    if customer and main.unit.customers != (customer,):
        return "andel", _share(service, main, rest), (*_part(rest, main.sums[service], service), *terms)
    if not customer and made.task.level == "customer":
        why = "" if rest else f", och inget väntas: {'; '.join(sorted({*map(_reason, prospects)}))}"
        return "summa", f"varje kund är beräknad för sig{why}", terms
    alone = [f"därtill {', '.join(each.unit.customers)} för sig" for each in prospects if each is not main]
    why = "; ".join([_reason(main), *_together(main, made.task), *alone])
    services = main.unit.services
    part = _part(main.sums[service], sum(main.sums.values(), ZERO), listing(services)) if services[1:] else ()
    return main.estimate.method, why, (*main.estimate.told, *part, *terms)


def _part(own: Decimal, of: Decimal, what: str) -> tuple[str, ...]:
    """
    What of something expected together is one's own, if any is.
    """
    return (f"{number(own)} av de {number(of)} som väntas av {what}",) if own else ()


def _reason(each: Prospect) -> str:
    return "; ".join([each.estimate.reason, *each.notes])


def _together(each: Prospect, task: Task) -> list[str]:
    """
    That services are forecast together, and the moves between them.
    """
    services = each.unit.services
    moves = [str(move) for move in task.moves if move.source in services]
    return [f"{listing(services)} är beräknade ihop: {'; '.join(moves)}"] if moves else []


def _share(service: str, each: Prospect, rest: Decimal) -> str:
    whose = f"kundens del av {service} {each.shared}".strip()
    return whose if rest else f"{whose} är noll, eller för liten för en hel enhet"
