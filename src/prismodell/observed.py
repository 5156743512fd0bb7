"""
A tally as series: the quantities of each customer and service by month, and where something was not reported.

    found = observed(volumes.tally())
    found.quantity(keys, month)          the sum of some customers' services in a month
    seen(found, keys, asked)             the `Past` of that sum, and what had to be filled in

A month of a service is reported when any of the sources that ever report the service has a row in it, of any
service: so a month of nothing is told from a file that is missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property

from attrs import frozen

from .customers import SUBSCRIPTION_SOURCE
from .extrapolation import MONTHS_A_YEAR, Months, Past
from .money import ZERO, exact
from .periods import Month
from .swedish import month as month_name
from .volumes import Entry, Tally

Key = tuple[str, str]  # customer and service
STEPS = tuple(
    map(Decimal, ["1", "0.5", "0.25", "0.1", "0.05", "0.01", "0.001", "0.0001", "0.00001", "0.000001"])
)


@frozen
class Observed:
    """
    Quantities by customer and service, then month: what was delivered, and what was subscribed to.
    """

    delivered: Mapping[Key, Mapping[Month, Decimal]]
    subscribed: Mapping[Key, Mapping[Month, Decimal]]
    sources: Mapping[str, frozenset[str]]  # that report a service
    months: Mapping[str, frozenset[Month]]  # in which a source has reported

    def quantity(self, keys: Iterable[Key], month: Month) -> Decimal:
        """
        What was delivered of some customers' services in a month.
        """
        found = self.delivered
        return sum((found[key].get(month, ZERO) for key in keys if key in found), ZERO)

    @cached_property
    def reported(self) -> Mapping[str, frozenset[Month]]:
        """
        The months in which any source of a service has reported.
        """
        return {
            service: frozenset[Month]().union(*(self.months[source] for source in sources))
            for service, sources in self.sources.items()
        }

    @cached_property
    def steps(self) -> Mapping[str, Decimal]:
        """
        The coarsest step that all quantities of a service are multiples of, such as 1 or 0.5.
        """
        found = dict.fromkeys(self.sources, STEPS[0])
        for (_, service), months in self.delivered.items():
            found[service] = min(found[service], step_of(months.values()))
        return found


@exact()
def step_of(quantities: Iterable[Decimal]) -> Decimal:
    """
    The coarsest step that all of some quantities are multiples of.
    """
    given = {*quantities}
    return next(step for step in STEPS if not any(quantity % step for quantity in given))


@exact()
def observed(tally: Tally) -> Observed:
    """
    The series of a tally. A subscription is told from a delivery by its source.
    """
    delivered = defaultdict[Key, dict[Month, Decimal]](dict)
    subscribed = defaultdict[Key, dict[Month, Decimal]](dict)
    sources = defaultdict[str, set[str]](set)
    months = defaultdict[str, set[Month]](set)
    for entry in tally.entries:
        own = _subscribed(entry)
        if own is not None:
            subscribed[entry.customer, entry.service][entry.month] = own
        if own is None or len(entry.provenance) > 1:
            delivered[entry.customer, entry.service][entry.month] = entry.quantity - (own or ZERO)
            for each in entry.provenance:
                if each.source != SUBSCRIPTION_SOURCE:
                    sources[entry.service].add(each.source)
                    months[each.source].add(entry.month)
    return Observed(
        delivered,
        subscribed,
        {service: frozenset(each) for service, each in sources.items()},
        {source: frozenset(each) for source, each in months.items()},
    )


def _subscribed(entry: Entry) -> Decimal | None:
    own = [each.quantity for each in entry.provenance if each.source == SUBSCRIPTION_SOURCE]
    return sum(own, ZERO) if own else None


@frozen
class Seen:
    """
    A series as it is forecast: its `past`, the known months that nobody reported (`gaps`, by their number
    from 0, with what they are taken to be), and what is to be said of the history.
    """

    past: Past
    gaps: Mapping[int, float]
    notes: tuple[str, ...]


@frozen
class Asked:
    """
    What is asked of a history: a year, how many of its months are known, the first year to look at, the
    months to look away from (of a service, or of all under ""), and the part that is reported of those that
    are still filling up.
    """

    year: int
    known: int
    oldest: int
    masked: frozenset[tuple[str, Month]] = frozenset()
    filled: Mapping[tuple[str, Month], Fraction] = {}


@cache
def months_of(year: int) -> tuple[Month, ...]:
    """
    The twelve months of a year.
    """
    return tuple(Month(year, number) for number in range(1, MONTHS_A_YEAR + 1))


def seen(found: Observed, keys: Sequence[Key], asked: Asked) -> Seen:
    """
    The history of some customers' services together, as it is asked for.

    Only whole years count, back from the last one: a year with a month that nobody reported, and those before
    it, are left out, and so is the year that the series began in, unless it had all of its months. A masked
    month, and a known one that nobody reported, is taken to be what it usually is of the year's other months.
    """
    services = {service for _, service in keys}
    reported = frozenset[Month]().union(*(found.reported.get(service, frozenset()) for service in services))
    now = months_of(asked.year)[: asked.known]
    known = [_delivered(found, keys, month, asked) for month in now]
    years, notes = _whole_years(found, keys, asked, reported, known)
    missing = {at for at, month in enumerate(now) if month not in reported}
    if not any(known) and not years:
        missing = set()  # of what has not begun, nothing is missing
    masked = _masked(keys, now, asked)
    usual = _filled(known, missing | masked, years)
    notes += [f"{month_name(now[at])} är inte rapporterad och är uppskattad" for at in sorted(missing)]
    notes += [f"{month_name(now[at])} är undantagen" for at in sorted(masked - missing)]
    return Seen(Past(years, usual), {at: usual[at] for at in sorted(missing)}, tuple(notes))


def _delivered(found: Observed, keys: Iterable[Key], month: Month, asked: Asked) -> float:
    """
    A month's quantity, that of a month which is still filling up as it is expected to end.
    """
    if not asked.filled:
        return float(found.quantity(keys, month))
    parts = (
        Fraction(found.quantity([key], month)) / asked.filled.get((key[1], month), Fraction(1))
        for key in keys
    )
    return float(sum(parts))


def _whole_years(
    found: Observed, keys: Sequence[Key], asked: Asked, reported: frozenset[Month], known: Sequence[float]
) -> tuple[tuple[Months, ...], list[str]]:
    years: list[tuple[int, Months]] = []
    notes: list[str] = []
    begun = min((min(found.delivered[key]) for key in keys if found.delivered.get(key)), default=None)
    for year in range(asked.year - 1, asked.oldest - 1, -1):
        months = months_of(year)
        if begun is None or months[-1] < begun:
            break
        quantities = tuple(_delivered(found, keys, month, asked) for month in months)
        if why := _broken(months, begun, reported, [known, *(each for _, each in years)]):
            notes.append(f"{year} räknas inte: {why}")
            break
        years.append((year, quantities))
    years.reverse()
    hidden = [_masked(keys, months_of(year), asked) for year, _ in years]
    return _unmasked([months for _, months in years], hidden), notes


def _broken(
    months: Sequence[Month], begun: Month, reported: frozenset[Month], later: Sequence[Sequence[float]]
) -> str:
    """
    Why a year is not whole; nothing, if it is. One whose first months are empty is, if they always are.
    """
    first = max(begun - months[0], 0)
    tellable = max(map(len, later)) >= first
    if first and (not tellable or any(any(each[:first]) for each in later)):
        return f"började i {month_name(begun)}"
    missing = [month for at, month in enumerate(months) if at >= first and month not in reported]
    return f"{month_name(missing[0])} är inte rapporterad" if missing else ""


def _masked(keys: Iterable[Key], months: Sequence[Month], asked: Asked) -> set[int]:
    """
    The months to look away from, by their number from 0: where any of the services is masked.
    """
    services = {"", *(service for _, service in keys)} if asked.masked else ()
    return {at for at, month in enumerate(months) for each in services if (each, month) in asked.masked}


def _unmasked(years: Sequence[Months], hidden: Sequence[set[int]]) -> tuple[Months, ...]:
    """
    The years with each masked month filled from the years that have none.
    """
    whole = [months for months, masked in zip(years, hidden, strict=True) if not masked]
    return tuple(_filled(months, masked, whole) for months, masked in zip(years, hidden, strict=True))


def _filled(months: Sequence[float], hidden: set[int], years: Sequence[Months]) -> Months:
    """
    The months with each hidden one replaced by what it usually is of the others: by the years that have them
    all, or else as their mean. Where all are hidden, they stand as they are, or as the years' mean.
    """
    if not hidden:
        return tuple(months)
    shown = [at for at in range(len(months)) if at not in hidden]
    usual = sum(year[at] for year in years for at in shown)
    if usual > 0:
        scale = sum(months[at] for at in shown) / usual
    elif years and not shown:
        scale = 1 / len(years)
    else:
        mean = sum(months[at] for at in shown) / len(shown) if shown else None
        return tuple(mean if at in hidden and mean is not None else month for at, month in enumerate(months))
    return tuple(
        scale * sum(year[at] for year in years) if at in hidden else month for at, month in enumerate(months)
    )
