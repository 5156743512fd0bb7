"""
What a year's volumes are expected to be: the known months as they are, the others by what is known of them.

    expected = forecast(volumes, 2021, Month(2021, 8), budget=planned, register=register)
    rating = rate(expected.volumes, prices, register)   a forecast is volumes, and is priced as all others
    print(expected.service("EKO-LEV").explain())        the method, why that one, and the numbers behind it

Each service is forecast for the centre and divided between its customers by their shares (`level="service"`),
or each customer's use is forecast by itself (`level="customer"`). Either way every level adds up exactly.

How sure it is comes from last year: the same forecast is made of it, with as many months known, and held
against what happened (see `spread`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import groupby, product
from math import ceil
from operator import itemgetter

import attrs
from attrs import field, frozen

from .arrivals import completeness, known_on
from .customers import SUBSCRIPTION_SOURCE, Register
from .errors import InvalidError, UnpricedError, shown
from .estimation import AUTOMATIC, check_method, estimated
from .expectation import CENTRE, Basis, Forecast, Interval, Methods, Series
from .extrapolation import MONTHS_A_YEAR, MOST_YEARS, Estimate, Method, Months
from .hierarchy import divided
from .money import ZERO, allocate, exact, round_half_up, to_places
from .observed import Asked, Key, Observed, Seen, months_of, observed, seen, step_of
from .periods import Month, check_month, in_force
from .plans import Change, Leave, Move, check_changes, families, flows
from .pricelist import PriceList, price_in_force
from .spread import LEVELS, Reach, around, counted, noise, reach, score, steadied
from .swedish import month as month_name
from .swedish import number
from .volumes import Tally, Volumes

WINDOW = MONTHS_A_YEAR  # the latest months that shares are of
WHOLE = Decimal(1)
NO_MONTHS = (ZERO,) * MONTHS_A_YEAR


@exact()
def forecast(  # noqa: PLR0913 - what is known, and what is told of the future
    history: Volumes | Tally,
    year: int,
    through: Month,
    *,
    method: Methods = AUTOMATIC,
    level: str = "service",
    budget: Volumes | Tally | None = None,
    register: Register | None = None,
    price_list: PriceList | Iterable[PriceList] = (),
    changes: Iterable[Change] = (),
    masked: Iterable[Month | tuple[str, Month]] = (),
    as_of: date | None = None,
) -> Forecast:
    """
    A year's volumes, of which the months to `through` are known; December of the year before, if none is.

    `history` has this year's rows and those of earlier years, of which the last three whole ones are used;
    what comes after `through` is not looked at. `method` is one name or function for all services, or a
    mapping by service; without, each series gets the one that its history allows. `budget` stands in where
    there is no history. With a `register` subscriptions are known exactly, and customers end when they do;
    with price lists nothing is expected of a service without a price. `masked` months, of a shock, are
    replaced by what was usual when others are judged by them; `("LON-UTB", Month(2020, 12))` is one
    service's. With `as_of`, the day when the rows were taken
    out, months that are still filling up are completed (see `completeness`).

    Raises `InvalidError` for a year without any known month, a `through` outside it, an unknown method or
    level; `InputError` for planned changes that cannot be (see `check_changes`).
    """
    _check(year, through, level)
    methods = _methods(method)
    lists = (price_list,) if isinstance(price_list, PriceList) else tuple(price_list)
    if as_of is not None:
        history = known_on(_rows(history), as_of)
    found = observed(history.tally())
    planned = observed(budget.tally()) if budget is not None else observed(Tally(()))
    known = through.number if through.year == year else 0
    _check_known(found, year, through)
    told = tuple(changes)
    priced = {each.code for one in lists for each in one.services}
    keys = {*found.delivered, *found.subscribed, *planned.delivered, *planned.subscribed}
    heirs = {each.code for each in register.customers} if register else set()
    check_changes(told, priced | {service for _, service in keys}, heirs | {customer for customer, _ in keys})
    hidden = frozenset(each if isinstance(each, tuple) else (CENTRE, each) for each in masked)
    asked = Asked(year, known, year - MOST_YEARS, hidden, _filled(history, as_of))
    leaves = (*_leaves(told), *_ends(register, year, told))
    task = _Task(found, planned, asked, methods, level, _moves(told), leaves, lists)
    made = [_make(unit, task) for unit in _units(task)]
    subscribed = _subscribed(found, register, through, year)
    series = _series(task, made, subscribed)
    basis = Basis(history, budget, register, lists, method)
    names = tuple(sorted((service, _name(each)) for service, each in methods.items()))
    return Forecast(
        *(year, through, level, names, told, tuple(sorted(asked.masked)), as_of, *series), basis=basis
    )


@frozen
class _Task:
    """
    What a forecast is made from: what was delivered and budgeted, what is asked of it, by which methods (by
    service; under "" for all others), at which level, and what is known of the future.
    """

    found: Observed
    planned: Observed
    asked: Asked
    methods: Mapping[str, str | Method]
    level: str
    moves: tuple[Move, ...]
    leaves: tuple[Leave, ...]
    lists: tuple[PriceList, ...]
    views: dict[tuple[Key, ...], Seen] = field(factory=dict, eq=False, repr=False)

    def seen(self, keys: tuple[Key, ...]) -> Seen:
        """
        The history of some customers' services together, looked up once.
        """
        if keys not in self.views:
            self.views[keys] = seen(self.found, keys, self.asked)
        return self.views[keys]

    def method(self, services: Iterable[str]) -> str | Method:
        """
        The method of some services that are forecast together.
        """
        named = [self.methods[each] for each in services if each in self.methods]
        return named[0] if named else self.methods[CENTRE]

    @property
    def months(self) -> tuple[Month, ...]:
        """
        The year's months.
        """
        return months_of(self.asked.year)

    def window(self, before: Iterable[Month] = ()) -> list[Month]:
        """
        The latest twelve known months, before any of the months given.
        """
        end = min([Month(self.asked.year, 1) + self.asked.known, *before])
        return [end - back for back in range(WINDOW, 0, -1)]


@frozen
class _Unit:
    """
    What is forecast as one series: some customers' use of a service, or of services that work moves between.
    """

    services: tuple[str, ...]
    keys: tuple[Key, ...]
    leaver: Leave | None = None  # one without a successor

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


@frozen
class _Made:
    """
    A unit's forecast: the estimate, what is to be said of it, and what is expected of each key by month.
    """

    unit: _Unit
    estimate: Estimate
    notes: tuple[str, ...]
    expected: Mapping[Key, Sequence[Decimal]]


# --- what is asked -----------------------------------------------------------------------------------------


def _check(year: int, through: Month, level: str) -> None:
    check_month(through, "through")
    if through.year != year and through != Month(year - 1, MONTHS_A_YEAR):
        what = f"{through} är inte en månad i {year}"
        raise InvalidError(
            "through", what, f"ange den sista kända månaden, eller {year - 1}-12 om ingen är känd"
        )
    if level not in ("service", "customer"):
        raise InvalidError("level", f"{shown(level)} är ingen nivå", 'ange "service" eller "customer"')


def _rows(history: Volumes | Tally) -> Volumes:
    if isinstance(history, Volumes):
        return history
    msg = "with as_of the history is Volumes, whose rows say when they were registered, not a Tally"
    raise TypeError(msg)


def _methods(method: Methods) -> Mapping[str, str | Method]:
    methods = {CENTRE: AUTOMATIC, **method} if isinstance(method, Mapping) else {CENTRE: method}
    for each in methods.values():
        check_method(each)
    return methods


def _name(method: str | Method) -> str:
    return method if isinstance(method, str) else f"egen metod {getattr(method, '__name__', '')}".strip()


def _check_known(found: Observed, year: int, through: Month) -> None:
    months = frozenset[Month]().union(*found.months.values())
    if through.year == year and not any(month.year == year and month <= through for month in months):
        what = f"volymerna har ingenting i {year} till och med {through}"
        fix = f"läs in årets filer, eller ange through={year - 1}-12 för en prognos utan kända månader"
        raise InvalidError("through", what, fix)


def _filled(history: Volumes | Tally, as_of: date | None) -> Mapping[tuple[str, Month], Fraction]:
    """
    The part that is reported of each service's month that is still filling up.
    """
    if as_of is None or not isinstance(history, Volumes):
        return {}
    rows = Volumes(row for row in history if row.source != SUBSCRIPTION_SOURCE)
    return {
        (each.service, each.month): each.filled
        for each in completeness(rows, as_of)
        if each.filled is not None
    }


def _moves(changes: Iterable[Change]) -> tuple[Move, ...]:
    return tuple(each for each in changes if isinstance(each, Move))


def _leaves(changes: Iterable[Change]) -> tuple[Leave, ...]:
    return tuple(each for each in changes if isinstance(each, Leave))


def _ends(register: Register | None, year: int, changes: Iterable[Change]) -> Iterator[Leave]:
    """
    The customers that by the register end before the year does.
    """
    told = {each.customer for each in _leaves(changes)}
    for each in register.customers if register else ():
        if each.span.end and each.span.end <= Month(year, MONTHS_A_YEAR) and each.code not in told:
            yield Leave(each.code, each.span.end, each.successor)


# --- the units and what is expected of them ----------------------------------------------------------------


def _units(task: _Task) -> Iterator[_Unit]:
    """
    The units in order: a service or a family of them, for all customers or for each; a customer that leaves
    nobody behind it by itself, and one that does together with its successor.
    """
    of_family = families(task.moves)
    leaving = {each.customer: each for each in task.leaves}
    groups = defaultdict[tuple[tuple[str, ...], str], set[Key]](set)
    for customer, service in {*task.found.delivered, *task.planned.delivered}:
        services = tuple(sorted(of_family.get(service, (service,))))
        leave = leaving.get(customer)
        name = (leave.successor or customer) if leave else customer
        alone = task.level == "customer" or (leave is not None and leave.successor is None)
        groups[services, name if alone else CENTRE].add((customer, service))
    for (services, name), keys in sorted(groups.items()):
        leave = leaving.get(name)
        yield _Unit(services, tuple(sorted(keys)), None if leave is None or leave.successor else leave)


def _make(unit: _Unit, task: _Task) -> _Made:
    view = task.seen(unit.keys)
    past = attrs.evolve(view.past, budget=_budget(unit, task))
    estimate = estimated(past, task.method(unit.services))
    coming = {**view.gaps, **dict(enumerate(estimate.months, task.asked.known))}
    ending, notes = _ending(unit, [task.months[at] for at in coming], task)
    quantities = [0.0 if task.months[at] in ending else quantity for at, quantity in coming.items()]
    step = min(_step(task, each) for each in unit.services)
    months = dict(zip(coming, on_grid(quantities, step), strict=True))
    expected = defaultdict[Key, list[Decimal]](lambda: [ZERO] * MONTHS_A_YEAR)
    for (origin, target), moving in _by_flow(unit, task, months, step).items():
        weights = _weights(unit, origin, task)
        each_month = [_succeeded(weights, task, task.months[at]) for at in moving]
        _add(expected, target, moving, divided([*moving.values()], each_month, step))
    for at, service in product(range(task.asked.known), unit.services):
        _add_late(expected, unit, task, service, at)
    return _Made(unit, estimate, (*view.notes, *notes), expected)


def _step(task: _Task, service: str) -> Decimal:
    return min(each.steps.get(service, WHOLE) for each in (task.found, task.planned))


def _budget(unit: _Unit, task: _Task) -> Months | None:
    if not any(key in task.planned.delivered for key in unit.keys):
        return None
    return tuple(float(task.planned.quantity(unit.keys, month)) for month in task.months)


def _ending(unit: _Unit, months: Sequence[Month], task: _Task) -> tuple[set[Month], list[str]]:
    """
    The coming months in which nothing of the unit can come, and why.
    """
    gone = {month for month in months if unit.leaver and month >= unit.leaver.start}
    unpriced = {month for month in months if not _is_priced(task.lists, unit, month)}
    notes = [str(unit.leaver)] if gone else []
    return gone | unpriced, [*notes, *(f"inget pris i {month_name(month)}" for month in sorted(unpriced)[:1])]


def _is_priced(lists: Sequence[PriceList], unit: _Unit, month: Month) -> bool:
    """
    Whether the list that holds in the month prices any of the services; where none holds, nothing is said.
    """
    return in_force(lists, month) is None or any(_has_price(lists, each, month) for each in unit.services)


def _has_price(lists: Sequence[PriceList], service: str, month: Month) -> bool:
    try:
        price_in_force(lists, service, month)
    except UnpricedError:
        return False
    return True


def on_grid(quantities: Sequence[float], step: Decimal) -> list[Decimal]:
    """
    Expected quantities as decimals: their sum rounded to the step, and divided between them by largest
    remainder.
    """
    weights = {at: to_places(Fraction(each), 6) for at, each in enumerate(quantities)}
    total = round_half_up(to_places(Fraction(sum(quantities)), 6), step)
    if not any(weights.values()):
        return [ZERO] * len(quantities)
    return [*allocate(total, weights, step).values()]


Flow = tuple[str, str]  # the service that work would have been of, and the one that it is of


def _by_flow(
    unit: _Unit, task: _Task, months: Mapping[int, Decimal], step: Decimal
) -> Mapping[Flow, dict[int, Decimal]]:
    """
    The unit's coming months by what each service would have had, and where it has gone.
    """
    if len(unit.services) == 1:
        return {(unit.services[0], unit.services[0]): dict(months)}
    shares = _family_shares(unit, task)
    moving = defaultdict[Flow, dict[int, Decimal]](dict)
    for at, quantity in months.items():
        parts = flows(shares, task.moves, task.months[at])
        named = [*sorted(parts)]
        weights = {place: to_places(parts[flow], 12) for place, flow in enumerate(named)}
        for place, share in allocate(quantity, weights, step).items():
            moving[named[place]][at] = share
    return moving


def _family_shares(unit: _Unit, task: _Task) -> Mapping[str, Fraction]:
    """
    The services' shares of their family in the last twelve months before any work began to move; where they
    had nothing, all of it is of those that work moves from.
    """
    moves = [each for each in task.moves if each.source in unit.services]
    window = task.window(each.start for each in moves)
    sums = {each: max(_sum(task.found, unit.of(each), window), ZERO) for each in unit.services}
    if not any(sums.values()):
        sources = {each.source for each in moves}
        sums = {each: Decimal(each in sources) for each in unit.services}
    whole = Fraction(sum(sums.values(), ZERO))
    return {service: Fraction(each) / whole for service, each in sums.items()}


def _sum(found: Observed, keys: Sequence[Key], months: Iterable[Month]) -> Decimal:
    return sum((found.quantity(keys, month) for month in months), ZERO)


def _weights(unit: _Unit, service: str, task: _Task) -> Mapping[str, Decimal]:
    """
    The customers' weights in a service: their volumes of the last twelve months before any of it moved, of
    its family if it had none; or what was budgeted, or ever delivered.
    """
    if len(unit.customers) == 1:
        return {unit.customers[0]: Decimal(1)}
    own = task.window(each.start for each in task.moves if each.source == service)
    ever = {month for key in unit.keys for month in task.found.delivered.get(key, ())}
    for found, keys, months in (
        (task.found, unit.of(service), own),
        (task.found, unit.keys, task.window()),
        (task.planned, unit.keys, task.months),
        (task.found, unit.keys, ever),
    ):
        weights = _customer_sums(unit, found, keys, months)
        if any(weights.values()):
            return weights
    return dict.fromkeys(unit.customers, Decimal(1))


def _customer_sums(
    unit: _Unit, found: Observed, keys: Sequence[Key], months: Iterable[Month]
) -> Mapping[str, Decimal]:
    wanted = {*months}
    sums = dict.fromkeys(unit.customers, ZERO)
    for key in keys:
        sums[key[0]] += sum(
            (each for month, each in found.delivered.get(key, {}).items() if month in wanted), ZERO
        )
    return {customer: max(quantity, ZERO) for customer, quantity in sums.items()}


def _succeeded(weights: Mapping[str, Decimal], task: _Task, month: Month) -> Mapping[str, Decimal]:
    """
    The weights in a month: a successor has also those of the one that it succeeds.
    """
    now = dict(weights)
    for leave in task.leaves:
        if leave.successor and leave.start <= month and now.get(leave.customer):
            now[leave.successor] = now.get(leave.successor, ZERO) + now[leave.customer]
            now[leave.customer] = ZERO
    return now


Expected = dict[Key, list[Decimal]]


def _add(
    expected: Expected, service: str, months: Iterable[int], parts: Iterable[Mapping[str, Decimal]]
) -> None:
    for at, shares in zip(months, parts, strict=True):
        for customer, quantity in shares.items():
            if quantity:
                expected[customer, service][at] += quantity


def _add_late(expected: Expected, unit: _Unit, task: _Task, service: str, at: int) -> None:
    """
    What a known month that is still filling up is expected to be more than it is, to those who are in it.
    """
    month = task.months[at]
    filled = task.asked.filled.get((service, month))
    reported = {
        customer: max(task.found.quantity([(customer, service)], month), ZERO) for customer in unit.customers
    }
    if filled is None or not any(reported.values()):
        return
    step = _step(task, service)
    late = Fraction(sum(reported.values(), ZERO)) * (1 / filled - 1)
    _add(expected, service, [at], divided([round_half_up(to_places(late, 6), step)], [reported], step))


def _subscribed(
    found: Observed, register: Register | None, through: Month, year: int
) -> Mapping[Key, Sequence[Decimal]]:
    """
    The coming months' subscriptions: those of the register, or without one those of the last known month.
    """
    coming = defaultdict[Key, list[Decimal]](lambda: [ZERO] * MONTHS_A_YEAR)
    months = [month for month in months_of(year) if month > through]
    if register is None:
        for key, quantities in found.subscribed.items():
            for month in months:
                coming[key][month.number - 1] = quantities.get(through, ZERO)
    elif months:
        for row in register.subscribed(months[0], months[-1]):
            coming[row.customer, row.service][row.month.number - 1] += row.quantity
    return coming


# --- the series, and how sure they are ---------------------------------------------------------------------


@frozen
class _Spread:
    """
    How many of its own noises a series may be off, at each level.
    """

    noise: float
    reach: Reach
    months: int  # that are not known

    def interval(self, level: int, year: Decimal, rest: Decimal, step: Decimal) -> Interval:
        """
        The interval of a year, the rest of which is uncertain; rounded outwards to the step.
        """
        if not rest:
            return Interval(year, year)
        spread = self.reach.of(level) * counted(self.noise, float(rest), self.months)
        below, above = (
            Decimal(ceil(to_places(Fraction(each), 6) / step)) for each in around(float(rest), spread)
        )
        return Interval(year - below * step, year + above * step)


def _series(
    task: _Task, made: Sequence[_Made], subscribed: Mapping[Key, Sequence[Decimal]]
) -> tuple[tuple[Series, ...], tuple[Series, ...]]:
    """
    The series by service for the centre, and those by customer and service that have anything in the year.
    """
    makers = defaultdict[Key, list[_Made]](list)
    for each in made:
        for key in {*each.unit.keys, *each.expected}:
            makers[key].append(each)
    every = sorted({*makers, *subscribed, *task.found.subscribed}, key=itemgetter(1, 0))
    services = {(CENTRE, code): (*own,) for code, own in groupby(every, key=itemgetter(1))}
    customers = {key: (key,) for key in every}
    last = _last_year(task)
    series = []
    for groups in (services, customers):
        spreads = _spreads(task, groups, last)
        series.append(
            [_one(name, keys, task, makers, subscribed, spreads[name]) for name, keys in groups.items()]
        )
    in_year = (each for each in series[1] if any(each.known) or any(each.expected))
    return tuple(series[0]), tuple(in_year)


def _one(  # noqa: PLR0913, PLR0917 - a series and all that it is made of
    name: Key,
    keys: Sequence[Key],
    task: _Task,
    makers: Mapping[Key, Sequence[_Made]],
    subscribed: Mapping[Key, Sequence[Decimal]],
    spread: _Spread,
) -> Series:
    made = [*{id(each): each for key in keys for each in makers.get(key, ())}.values()]
    uncertain = _months(each.expected.get(key, ()) for each in made for key in keys)
    certain = _months(subscribed.get(key, ()) for key in keys)
    known = _months(_known_months(task, key) for key in keys)
    rest = sum(uncertain, ZERO)
    year = sum((*known, *uncertain, *certain), ZERO)
    step = min(_step(task, name[1]), step_of([year]))
    narrow, wide = (spread.interval(level, year, rest, step) for level in LEVELS)
    expected = tuple(a + b for a, b in zip(uncertain, certain, strict=True))
    method, reason, terms = _how(name, task, made, sum(certain, ZERO))
    thumb = not spread.reach.scores
    return Series(*name, known, expected, method, reason, terms, narrow, wide, rule_of_thumb=thumb)


def _months(rows: Iterable[Sequence[Decimal]]) -> tuple[Decimal, ...]:
    columns = zip(NO_MONTHS, *(row for row in rows if row), strict=True)
    return tuple(sum(month, ZERO) for month in columns)


def _known_months(task: _Task, key: Key) -> list[Decimal]:
    both = task.found.delivered.get(key, {}), task.found.subscribed.get(key, {})
    known = task.months[: task.asked.known]
    return [
        sum((each.get(month, ZERO) for each in both), ZERO) if month in known else ZERO
        for month in task.months
    ]


def _how(name: Key, task: _Task, made: Sequence[_Made], certain: Decimal) -> tuple[str, str, tuple[str, ...]]:
    """
    The method, its reason, and the numbers behind it.
    """
    customer, service = name
    if not made:
        return "abonnemang", "det är känt", ()
    terms = (f"därtill abonnemang, som är kända: {number(certain)}",) if certain else ()
    own = [each for each in made if customer in ("", *each.unit.customers)] or [*made]
    largest = max(own, key=lambda each: len(each.unit.keys))
    if customer and len(largest.unit.customers) > 1:
        return "andel", f"kundens del av {service} de senaste tolv månaderna", terms
    if not customer and task.level == "customer":
        return "summa", "varje kund är beräknad för sig", terms
    estimate, notes = largest.estimate, [*largest.notes]
    if len(largest.unit.services) > 1:
        moves = [each for each in task.moves if each.source in largest.unit.services]
        notes.append(f"{' + '.join(largest.unit.services)} är beräknade ihop: {'; '.join(map(str, moves))}")
    notes += [f"därtill {each.unit.customers[0]} för sig" for each in own if each is not largest]
    return estimate.method, "; ".join([estimate.reason, *notes]), (*estimate.told, *terms)


@frozen
class _Last:
    """
    Last year's forecast with as many months known: what was asked, and what it expected of each key.
    """

    task: _Task
    expected: Mapping[Key, Decimal]


def _last_year(task: _Task) -> _Last | None:
    """
    Nothing where no series has a year before last year, or no month is left to be wrong about.
    """
    asked = attrs.evolve(task.asked, year=task.asked.year - 1, filled={})
    last = attrs.evolve(task, asked=asked, planned=observed(Tally(())), views={})
    units = [unit for unit in _units(last) if last.seen(unit.keys).past.years]
    if not units or task.asked.known == MONTHS_A_YEAR:
        return None
    expected = defaultdict[Key, Decimal](lambda: ZERO)
    for unit in units:
        for key, months in _make(unit, last).expected.items():
            expected[key] += sum(months, ZERO)
    return _Last(last, expected)


def _spreads(task: _Task, groups: Mapping[Key, Sequence[Key]], last: _Last | None) -> Mapping[Key, _Spread]:
    """
    The noise of each series, and the reach that their forecasts had last year. Services that work moves
    between have that of their family.
    """
    of_family = families(task.moves)
    by_service = defaultdict[str, list[Key]](list)
    for key in sorted(task.found.delivered):
        by_service[key[1]].append(key)
    kin = {
        name: tuple(
            key
            for service in sorted(of_family.get(name[1], (name[1],)))
            for key in (by_service[service] if name[0] == CENTRE else [(name[0], service)])
        )
        for name in groups
    }
    noises = dict(zip(kin, steadied([noise(task.seen(keys).past) for keys in kin.values()]), strict=True))
    reached = reach(_scores({*kin.values()}, task, last) if last else (), task.asked.known)
    left = MONTHS_A_YEAR - task.asked.known
    return {name: _Spread(each, reached, left) for name, each in noises.items()}


def _scores(series: Iterable[tuple[Key, ...]], task: _Task, last: _Last) -> list[float | None]:
    """
    How far off last year's forecasts were, of the series that last year is whole of.
    """
    whole = [keys for keys in sorted(series) if task.seen(keys).past.years]
    noises = steadied([noise(last.task.seen(keys).past) for keys in whole])
    rest = last.task.months[task.asked.known :]
    return [
        score(
            float(_sum(task.found, keys, rest)),
            float(sum((last.expected.get(key, ZERO) for key in keys), ZERO)),
            spread,
            len(rest),
        )
        for keys, spread in zip(whole, noises, strict=True)
    ]
