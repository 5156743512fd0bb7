"""
A tally as series: the quantities of each customer and service by year, and where something was not reported.

    found = observed(volumes.tally())
    found.year(keys, 2021)       the twelve months of some customers' services together
    seen(found, keys, asked)     the `Past` of that sum, and what had to be filled in

A month of a service is reported when any of the sources that ever report the service has a row in it, of any
service: so a month of nothing is told from a file that is missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import product

from attrs import frozen

from .customers import SUBSCRIPTION_SOURCE
from .extrapolation import Months, Past
from .money import ZERO, exact
from .periods import MONTHS_A_YEAR, Month, months_of
from .swedish import listing
from .swedish import month as month_name
from .tally import Entry, Tally

Key = tuple[str, str]  # customer and service
Year = Sequence[Decimal]  # its twelve months
Years = Mapping[Key, Mapping[int, Year]]
WHOLE = Decimal(1)
STEPS = (
    WHOLE,
    *map(Decimal, ["0.5", "0.25", "0.1", "0.05", "0.01", "0.001", "0.0001", "0.00001", "0.000001"]),
)
MOST_GAPS = MONTHS_A_YEAR // 2  # with more, a year says too little of what it misses
UNREPORTED = ("är inte rapporterad och är uppskattad", "är inte rapporterade och är uppskattade")
MASKED = ("är undantagen", "är undantagna")
NOTHING = (ZERO,) * MONTHS_A_YEAR


@frozen
class Observed:
    """
    Quantities by customer and service, then year: what was delivered, and what was subscribed to; when each
    delivery `begun`; the months in which each service was `reported`, and its `steps`: the coarsest that all
    its quantities are multiples of, such as 1 or 0.5.
    """

    delivered: Years
    subscribed: Years
    begun: Mapping[Key, Month]
    reported: Mapping[str, frozenset[Month]]
    steps: Mapping[str, Decimal]

    def year(self, keys: Iterable[Key], year: int) -> Year:
        """
        What was delivered of some customers' services in the twelve months of a year.
        """
        found = self.delivered
        return total([found[key][year] for key in keys if key in found and year in found[key]])

    def latest(self, keys: Iterable[Key], end: Month) -> Decimal:
        """
        What was delivered of some customers' services in the twelve months before one.
        """
        wanted, before = [*keys], end.number - 1
        months = (*self.year(wanted, end.year - 1)[before:], *self.year(wanted, end.year)[:before])
        return sum(months, ZERO)


def total(years: Sequence[Year]) -> Year:
    """
    Years added month by month.
    """
    if len(years) < 2:
        return years[0] if years else NOTHING
    return [sum(month, ZERO) for month in zip(*years, strict=True)]


def step_of(quantities: Iterable[Decimal]) -> Decimal:
    """
    The coarsest step that all of some quantities are multiples of.
    """
    given = {*quantities}
    return next(step for step in STEPS if not any(quantity % step for quantity in given))


@exact()
def observed(tally: Tally, through: Month | None = None) -> Observed:
    """
    The series of a tally, of what comes after `through` nothing. A subscription is told from a delivery by
    its source.
    """
    delivered = defaultdict[Key, dict[int, list[Decimal]]](dict)
    subscribed = defaultdict[Key, dict[int, list[Decimal]]](dict)
    begun: dict[Key, Month] = {}
    sources = defaultdict[str, set[str]](set)
    months = defaultdict[str, set[int]](set)  # of each source, counted: it is faster than by Month
    steps: dict[str, Decimal] = {}
    last = _count(through) if through else float("inf")
    for entry in tally.entries:  # by service, then month
        if (count := _count(entry.month)) > last:
            continue
        key = entry.customer, entry.service
        own, others = _parted(entry)
        if own is not None:
            _put(subscribed[key], entry.month, own)
        if own is None or others:
            quantity = entry.quantity if own is None else entry.quantity - own
            _put(delivered[key], entry.month, quantity)
            begun.setdefault(key, entry.month)
            step = steps.setdefault(entry.service, WHOLE)
            if quantity % step:
                steps[entry.service] = step_of([quantity, step])
        for source in others:
            sources[entry.service].add(source)
            months[source].add(count)
    return Observed(delivered, subscribed, begun, _reported(sources, months), steps)


def _count(month: Month) -> int:
    return month.year * MONTHS_A_YEAR + month.number - 1


def _parted(entry: Entry) -> tuple[Decimal | None, list[str]]:
    """
    What of an entry is a subscription, if any of it is, and the sources of the rest.
    """
    others = [each.source for each in entry.provenance if each.source != SUBSCRIPTION_SOURCE]
    if len(others) == len(entry.provenance):
        return None, others
    own = (each.quantity for each in entry.provenance if each.source == SUBSCRIPTION_SOURCE)
    return sum(own, ZERO), others


def _put(years: dict[int, list[Decimal]], month: Month, quantity: Decimal) -> None:
    if month.year not in years:
        years[month.year] = [ZERO] * MONTHS_A_YEAR
    years[month.year][month.number - 1] = quantity


def _reported(
    sources: Mapping[str, AbstractSet[str]], months: Mapping[str, AbstractSet[int]]
) -> Mapping[str, frozenset[Month]]:
    """
    The months in which any source of a service has reported. Sources that have reported but once, as where
    each month's file has a name of its own, are taken to be one.
    """
    once = {source for source, own in months.items() if len(own) == 1}
    together = {}
    for each in {*map(frozenset, sources.values())}:
        reporting = each | once if each & once else each
        counts = set[int]().union(*(months[source] for source in reporting))
        together[each] = frozenset(
            months_of(count // MONTHS_A_YEAR)[count % MONTHS_A_YEAR] for count in counts
        )
    return {service: together[frozenset(each)] for service, each in sources.items()}


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
    months to look away from (of a service, or of all under ""), and of those that are still filling up the
    part that is reported; zero, where something is missing that nothing is known of yet.
    """

    year: int
    known: int
    oldest: int
    masked: frozenset[tuple[str, Month]] = frozenset()
    filled: Mapping[tuple[str, Month], Fraction] = {}


@lru_cache
def _unreported(reported: frozenset[Month], year: int) -> frozenset[int]:
    """
    The months of a year that are not among the reported, by their number from 0.
    """
    return frozenset(at for at, month in enumerate(months_of(year)) if month not in reported)


def seen(found: Observed, keys: Sequence[Key], asked: Asked) -> Seen:
    """
    The history of some customers' services together, as it is asked for.

    Only whole years count, back from the last one: a year of which less than half was reported, and those
    before it, are left out, and so is the year that the series began in, unless it had all of its months. A
    masked month, and one that nobody reported since the series began, is taken to be what it usually is of
    the year's other months.
    """
    begun = min((found.begun[key] for key in keys if key in found.begun), default=None)
    if begun is None:
        return Seen(Past((), (0.0,) * asked.known), {}, ())
    series = _Series(found, keys, asked, begun)
    known = series.quantities(asked.year)[: asked.known]
    years, why = _whole_years(series, known)
    gaps = {year: series.gaps(year) for year in (*years, asked.year)}
    missing = {at for at in gaps[asked.year] if at < asked.known}
    if not years and not any(known):
        missing = set()  # it has ended: not even last year is whole
    gaps[asked.year] = missing
    masked = {year: series.masked(year) for year in gaps}
    usual = _unmasked(years, {year: masked[year] | gaps[year] for year in years})
    filled = _filled(known, missing | masked[asked.year], usual)
    notes = [
        *why,
        *_said([each for each in _numbered(gaps) if each < (asked.year, asked.known)], *UNREPORTED),
        *_said([each for each in _numbered(masked) if each < (asked.year, asked.known)], *MASKED),
    ]
    return Seen(Past(usual, filled), {at: filled[at] for at in sorted(missing)}, tuple(notes))


@frozen
class _Series:
    """
    Some customers' services together in a history, since the month that they `begun`.
    """

    found: Observed
    keys: Sequence[Key]
    asked: Asked
    begun: Month

    @cached_property
    def services(self) -> frozenset[str]:
        """
        The services of the keys.
        """
        return frozenset(service for _, service in self.keys)

    def quantities(self, year: int) -> Months:
        """
        A year's months, those that are still filling up as they are expected to end.
        """
        quantities = [*map(float, self.found.year(self.keys, year))]
        for service, at, part in self._filling(year):
            own = self.found.year((key for key in self.keys if key[1] == service), year)[at]
            quantities[at] += float(own) * float(1 / part - 1) if part else 0.0
        return tuple(quantities)

    def _filling(self, year: int) -> Iterator[tuple[str, int, Fraction]]:
        """
        The services' months that are still filling up, by their number from 0, and the part that is reported.
        """
        for service, (at, month) in product(sorted(self.services), enumerate(months_of(year))):
            if (service, month) in self.asked.filled:
                yield service, at, self.asked.filled[service, month]

    def gaps(self, year: int) -> set[int]:
        """
        The months that nobody reported since it began.
        """
        first = self.begun - months_of(year)[0]
        return {at for at in self.missing(year) if at >= first}

    def missing(self, year: int) -> frozenset[int]:
        """
        The months that nobody reported, by their number from 0.
        """
        return frozenset.intersection(*[self._missing(service, year) for service in self.services])

    def _missing(self, service: str, year: int) -> frozenset[int]:
        unknown = [at for each, at, part in self._filling(year) if each == service and not part]
        return _unreported(self.found.reported.get(service, frozenset()), year).union(unknown)

    def masked(self, year: int) -> set[int]:
        """
        The months to look away from, by their number from 0: where any of the services is masked.
        """
        if not self.asked.masked:
            return set()
        services = {"", *self.services}
        return {
            month.number - 1 for each, month in self.asked.masked if month.year == year and each in services
        }


def _whole_years(series: _Series, known: Months) -> tuple[dict[int, Months], list[str]]:
    """
    The whole years, oldest first, and why there are no more of them.
    """
    years: dict[int, Months] = {}
    for year in range(series.asked.year - 1, series.asked.oldest - 1, -1):
        if year < series.begun.year:
            break
        if why := _broken(series, year, [known, *years.values()]):
            return years, [f"{year} räknas inte: {why}"]
        years = {year: series.quantities(year), **years}
    return years, []


def _broken(series: _Series, year: int, later: Sequence[Months]) -> str:
    """
    Why a year is not whole; nothing, if it is. One whose first months are empty is, if they always are.
    """
    first = max(series.begun - months_of(year)[0], 0)
    if first and (max(map(len, later)) < first or any(any(each[:first]) for each in later)):
        return f"började i {month_name(series.begun)}"
    gaps = series.gaps(year)
    if len(gaps) <= MOST_GAPS:
        return ""
    return f"{len(gaps)} månader är inte rapporterade, den första {month_name(months_of(year)[min(gaps)])}"


def _numbered(hidden: Mapping[int, AbstractSet[int]]) -> list[tuple[int, int]]:
    return [(year, at) for year, some in sorted(hidden.items()) for at in sorted(some)]


def _said(months: Sequence[tuple[int, int]], one: str, several: str) -> Iterator[str]:
    """
    What is to be said of some months, if there are any, in the singular or the plural.
    """
    if months:
        named = listing([month_name(months_of(year)[at]) for year, at in months])
        yield f"{named} {one if len(months) == 1 else several}"


def _unmasked(years: Mapping[int, Months], masked: Mapping[int, AbstractSet[int]]) -> tuple[Months, ...]:
    """
    The years with each masked month filled from the years that have it.
    """
    if not any(masked.values()):
        return tuple(years.values())
    found = []
    for year, months in years.items():
        others = [each for each in years if not masked[each] & masked[year]]
        aside = set[int]().union(*(masked[each] for each in others))
        found.append(_filled(months, masked[year], [years[each] for each in others], aside))
    return tuple(found)


def _filled(
    months: Months,
    hidden: AbstractSet[int],
    years: Sequence[Months],
    aside: AbstractSet[int] = frozenset(),
) -> Months:
    """
    The months with each hidden one replaced by what it usually is of the others, but for those set aside: by
    the years that have it, or else as their mean. Where there are no others, they stand as they are, or as
    the years' mean.
    """
    if not hidden:
        return months
    shown = [at for at in range(len(months)) if at not in hidden and at not in aside]
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
