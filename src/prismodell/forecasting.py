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

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import islice

from .arrivals import Completeness, completeness, known_on
from .bulk import uncollected
from .customers import SUBSCRIPTION_SOURCE, Register
from .errors import InvalidError, likely, shown
from .estimation import AUTOMATIC, check_method
from .expectation import Basis, Forecast, Methods
from .extrapolation import MOST_YEARS, Method
from .money import exact
from .observed import Asked, Observed, observed
from .periods import MONTHS_A_YEAR, Month, check_month, in_force, months_of
from .plans import Change, Leave, Move, Switch, check_changes, price_lists
from .pricelist import PriceList, code_in_force, is_priced, several
from .prospects import prospect, subscribed
from .rows import Conflict
from .series import parts, series
from .swedish import listing, number
from .swedish import month as month_name
from .tally import Tally
from .units import ALL, Task, units
from .volumes import Volumes


@uncollected
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
    there is no history. With a `register` subscriptions are known exactly, and customers start and end when
    they do; with price lists nothing is expected of a service without a price. `masked` months, of a shock,
    are replaced by what was usual when others are judged by them; `("LON-UTB", Month(2020, 12))` is one
    service's. With `as_of`, the day when the rows were taken out, months that are still filling up are
    completed (see `completeness`).

    Raises `InvalidError` for a year without any known month, a `through` outside it, a budget of other years,
    an unknown method or level, and a method or a masked month of an unknown service; `InputError` for planned
    changes that cannot be (see `check_changes`).
    """
    _check(year, through, level)
    methods = _methods(method)
    lists = several(price_list)
    _check_types(history, budget, register, lists)
    told, hidden = tuple(changes), [each if isinstance(each, tuple) else (ALL, each) for each in masked]
    if as_of is not None:
        history = known_on(_rows(history), as_of)
    tally = history.tally()
    found = observed(tally, through)
    planned = observed(budget.tally() if budget is not None else Tally(()))
    _check_known(found, planned, year, through)
    ends = _ends(register, year)
    services = _check_told(found, planned, lists, register, told, ends)
    _check_services("method", methods, services)
    _check_services("masked", dict(hidden), services)
    for _, month in hidden:
        check_month(month, "masked")
    late = [each for each in _late(history, as_of) if each.month <= through]
    known = through.number if through.year == year else 0
    coming_lists = price_lists(lists, told)
    moves = [each for each in told if isinstance(each, Move)]
    task = Task(
        found,
        planned,
        Asked(year, known, year - MOST_YEARS, frozenset(hidden), _filled(late)),
        methods,
        level,
        (*moves, *_renamed(found, coming_lists, moves, year)),
        {each.customer: each for each in (*ends, *told) if isinstance(each, Leave)},
        {each.code: each.span.start for each in register.customers} if register else {},
        frozenset(_unpriced(coming_lists, services, year)),
        _said(late, [each for each in tally.conflicts if any(when <= through for _, _, when in each.keys)]),
    )
    certain = "enligt registret" if register else f"som i {month_name(through)}"
    coming = subscribed(task, register, through)
    made = parts(task, [prospect(unit, task) for unit in units(task)], coming, certain)
    names = tuple(sorted((service, _name(each)) for service, each in methods.items()))
    return Forecast(
        *(year, through, level, names, told, tuple(sorted(task.asked.masked)), *series(made)),
        as_of=as_of,
        basis=Basis(history, budget, register, lists, method),
    )


def _check(year: int, through: Month, level: str) -> None:
    check_month(through, "through")
    if type(year) is not int:
        msg = f"the year is an int such as 2021, not {year!r}"
        raise TypeError(msg)
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
    methods = {ALL: AUTOMATIC, **method} if isinstance(method, Mapping) else {ALL: method}
    for each in methods.values():
        check_method(each)
    return methods


def _name(method: str | Method) -> str:
    return method if isinstance(method, str) else f"egen metod {getattr(method, '__name__', '')}".strip()


def _check_types(history: object, budget: object, register: object, lists: Iterable[object]) -> None:
    for name, value in (("history", history), ("budget", budget)):
        if not isinstance(value, Volumes | Tally | None) or (name, value) == ("history", None):
            msg = f"the {name} is Volumes or a Tally, not {value!r}"
            raise TypeError(msg)
    if not isinstance(register, Register | None):
        msg = f"the register is a Register, not {register!r}"
        raise TypeError(msg)
    for each in lists:
        if not isinstance(each, PriceList):
            msg = f"price_list is a PriceList or several, not {each!r}"
            raise TypeError(msg)


def _check_known(found: Observed, planned: Observed, year: int, through: Month) -> None:
    years = {known for each in (found.delivered, found.subscribed) for own in each.values() for known in own}
    if through.year == year and year not in years:
        what = f"volymerna har ingenting i {year} till och med {through}"
        fix = f"läs in årets filer, eller ange through={year - 1}-12 för en prognos utan kända månader"
        raise InvalidError("through", what, fix)
    if through.year != year and through.year not in years and not planned.delivered:
        what = f"volymerna har ingenting i {through.year} att gå efter"
        raise InvalidError("history", what, "läs in fjolårets filer, eller ge en budget")
    budgeted = {
        known for each in (planned.delivered, planned.subscribed) for own in each.values() for known in own
    }
    if budgeted and year not in budgeted:
        what = f"budgeten har ingenting i {year}, bara i {listing([*map(str, sorted(budgeted))])}"
        raise InvalidError("budget", what, "ge årets budget, eller utelämna den")


def _check_told(  # noqa: PLR0913, PLR0917 - all that says which services and customers there are
    found: Observed,
    planned: Observed,
    lists: Sequence[PriceList],
    register: Register | None,
    told: Sequence[Change],
    ends: Sequence[Leave],
) -> frozenset[str]:
    """
    The services that there are. Raises `InputError` for changes that cannot be.
    """
    keys = {*found.delivered, *found.subscribed, *planned.delivered, *planned.subscribed}
    new = [each.price_list for each in told if isinstance(each, Switch)]
    services = {service for _, service in keys} | {
        each.code for one in (*lists, *new) for each in one.services
    }
    registered = {*register.by_code} if register else set[str]()
    counted = {each.code: each.unit for one in (*lists, *new) for each in one.services}
    check_changes(told, services, registered | {customer for customer, _ in keys}, ends, counted)
    return frozenset(services)


def _check_services(key: str, named: Iterable[str], known: frozenset[str]) -> None:
    for each in named:
        if each != ALL and each not in known:
            what = f"tjänsten {each} finns varken i historik, budget eller lista"
            raise InvalidError(key, what, likely(each, known))


def _late(history: Volumes | Tally, as_of: date | None) -> tuple[Completeness, ...]:
    """
    The months that are still filling up.
    """
    if as_of is None or not isinstance(history, Volumes):
        return ()
    return completeness(Volumes(row for row in history if row.source != SUBSCRIPTION_SOURCE), as_of)


def _filled(late: Iterable[Completeness]) -> Mapping[tuple[str, Month], Fraction]:
    """
    The part that is reported of each service's late month, where it can be said; zero, where nothing is.
    """
    return {
        (each.service, each.month): each.filled or Fraction(0)
        for each in late
        if each.filled is not None or not each.reported
    }


def _said(late: Iterable[Completeness], conflicts: Iterable[Conflict]) -> Mapping[str, tuple[str, ...]]:
    """
    What is to be said of each service's known months.
    """
    said = defaultdict[str, tuple[str, ...]](tuple)
    for each in late:
        said[each.service] += (each.why,)
    clashing = Counter(service for each in conflicts for service in {service for _, service, _ in each.keys})
    for service, count in clashing.items():
        said[service] += (f"{number(count)} {'konflikt' if count == 1 else 'konflikter'} räknas inte",)
    return said


def _renamed(found: Observed, lists: Sequence[PriceList], moves: Iterable[Move], year: int) -> Iterator[Move]:
    """
    Services that another replaces in the year, by the lists, where that one has begun to be reported under
    its own code: all of theirs goes there, unless something else is told of either.
    """
    reported = {service for _, service in found.delivered}
    free = reported - {each.source for each in moves}
    for service in sorted(free):
        codes = ((code_in_force(lists, service, month), month) for month in months_of(year))
        heirs = ((code, month) for code, month in codes if code != service)
        for heir, month in islice(heirs, 1):
            if heir in free:
                yield Move(service, heir, 1, month)


def _ends(register: Register | None, year: int) -> list[Leave]:
    """
    The customers that by the register end before the year does.
    """
    customers = register.customers if register else ()
    last = Month(year, MONTHS_A_YEAR)
    return [
        Leave(each.code, each.span.end, each.successor)
        for each in customers
        if each.span.end and each.span.end <= last
    ]


def _unpriced(lists: Sequence[PriceList], services: Iterable[str], year: int) -> Iterator[tuple[str, Month]]:
    """
    The services without a price in a month, of the year's months in which a list is in force.
    """
    for month in months_of(year):
        if in_force(lists, month):
            yield from ((each, month) for each in services if not is_priced(lists, each, month))
