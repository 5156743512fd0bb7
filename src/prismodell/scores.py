"""
How far off the forecasts of past years were: by method and occasion, and which method fits best.

    tried.score("profil", "T2").mean         3.12, percent of the year, on average over the series-years
    tried.best("T2").told                    the method with the least error, and what can be said for it
    for total in tried.totals("profil", "T2"): …    kronor of all services together, year by year
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from statistics import median

from attrs import frozen

from .errors import InvalidError, likely, shown
from .grouping import groups_of
from .money import ZERO, to_places
from .swedish import listing, number, percent
from .trials import Occasion, TotalTrial, Trial, in_percent, months_known, occasion_name

BASELINE = "fjolårets rest"  # what is done without a method
NEAR = Fraction(1, 100)
LEAST_SERIES_YEARS = 8  # as `spread` asks of its scores
LEAST_YEARS = 2  # the errors of one year share their causes


@frozen
class MethodScore:
    """
    How far off a method was, whichever way, over so many series-years: the median and the mean error, and how
    many were within ±1 %; all in percent. `used` counts those that it made itself.

    `total` is the mean error of the years in kronor, all services together. `None` is what cannot be told.
    """

    method: str
    known: int
    series_years: int
    used: int
    median: Decimal | None
    mean: Decimal | None
    within: Decimal | None
    total: Decimal | None

    @property
    def usable(self) -> bool:
        """
        Whether the method could be used at least every other time, so that the errors are its own.
        """
        return 0 < self.series_years <= 2 * self.used

    def beside(self, other: MethodScore | None) -> Decimal | None:
        """
        By how many percent its mean error is larger than another's, with one decimal; -40 is 40 % less.
        `None` beside itself, and where it cannot be told.
        """
        if other is None or other == self or self.mean is None or not other.mean:
            return None
        return to_places((Fraction(self.mean) / Fraction(other.mean) - 1) * 100, 1)


@frozen
class Verdict:
    """
    The method that was the least off on average at an occasion, of all services or of one.

    `baseline` is what last year's rest was off, if that was tried, could be used as often and is another;
    `nearer` in how many of the series-years the method was nearer; `years` how many years they are of.
    """

    service: str
    best: MethodScore
    baseline: MethodScore | None
    nearer: int
    years: int

    @property
    def enough(self) -> bool:
        """
        Whether there is enough to judge by: eight series-years, of two years or more.
        """
        return self.best.series_years >= LEAST_SERIES_YEARS and self.years >= LEAST_YEARS

    @property
    def doubt(self) -> str:
        """
        Why there is too little to judge by, in Swedish; nothing, where there is enough.
        """
        if self.enough:
            return ""
        if self.years < LEAST_YEARS:
            return "ett enda år är för lite att döma av"
        return f"{self._count} är för få att döma av"

    @property
    def _count(self) -> str:
        return f"{number(self.best.series_years)} {'år' if self.service else 'serieår'}"

    @property
    def told(self) -> str:
        """
        The verdict in a Swedish sentence.
        """
        best, of = self.best, f"{self.service}, " if self.service else ""
        said = f"{of}{occasion_name(best.known)}: {best.method}, {percent(best.mean or ZERO)} fel i snitt"
        if self.baseline:
            often = f"närmare i {number(self.nearer)} av {self._count}"
            said += f" mot {percent(self.baseline.mean or ZERO)} för {BASELINE} ({often})"
        return f"{said}; {self.doubt}" if self.doubt else said


@frozen(repr=False)
class Backtest:
    """
    The trials of some methods at some occasions (months known), in the years that could be tried.

    `notices` tell in Swedish which years and services could not be, and what has no price.
    """

    methods: tuple[str, ...]
    occasions: tuple[int, ...]
    years: tuple[int, ...]
    trials: tuple[Trial, ...]
    notices: tuple[str, ...] = ()

    @property
    def services(self) -> tuple[str, ...]:
        """
        The services that the methods were judged by, in order: not those that are subscribed to alone.
        """
        return tuple(sorted({each.service for each in self.trials if each.judged}))

    def tried(self, method: str, occasion: Occasion, service: str = "") -> tuple[Trial, ...]:
        """
        The trials of a method at an occasion, by year and service: of all services, or of one. Raises
        `InvalidError` for what was not tried.
        """
        known = months_known(occasion)
        if known not in self.occasions:
            fix = f"prövade är {listing([*map(occasion_name, self.occasions)])}"
            raise InvalidError("occasion", f"{occasion_name(known)} är inte prövad", fix)
        if method not in self.methods:
            raise InvalidError("method", f"{shown(method)} är inte prövad", likely(method, self.methods))
        if service and service not in self._services:
            what, fix = f"{shown(service)} är inte prövad", likely(service, self._services)
            raise InvalidError("service", what, fix)
        trials = self._services[service] if service else self.trials
        return tuple(each for each in trials if (each.method, each.known) == (method, known))

    def score(self, method: str, occasion: Occasion, service: str = "") -> MethodScore:
        """
        How far off a method was at an occasion: of all services, or of one. Raises as `tried`.
        """
        judged = [each for each in self.tried(method, occasion, service) if each.judged]
        errors = _errors(judged)
        totals = () if service else self.totals(method, occasion)
        return MethodScore(
            *(method, months_known(occasion), len(errors), sum(each.as_asked for each in judged)),
            in_percent(median(errors) if errors else None),
            in_percent(_mean(errors)),
            in_percent(_mean([Fraction(each <= NEAR) for each in errors])),
            in_percent(_mean(_errors(totals))),
        )

    def totals(self, method: str, occasion: Occasion) -> tuple[TotalTrial, ...]:
        """
        The years in kronor, of the services that have a price: also of what no method is judged by, which is
        subscribed to or had not begun. None without prices.
        """
        years = defaultdict[int, list[tuple[Fraction, Trial]]](list)
        for each in self.tried(method, occasion):
            if each.price is not None:
                years[each.year].append((each.price, each))
        return tuple(
            TotalTrial(
                year,
                _kronor((price, each.forecast) for price, each in found),
                _kronor((price, each.actual) for price, each in found),
            )
            for year, found in years.items()
        )

    def best(self, occasion: Occasion, service: str = "") -> Verdict | None:
        """
        The method that was the least off at an occasion, of those that could be used at least every other
        time, and what can be said for it; ties to the one named first. `None` where there is none. Raises as
        `tried`.
        """
        judged = {
            method: [each for each in self.tried(method, occasion, service) if each.judged]
            for method in self.methods
        }
        scores = [self.score(method, occasion, service) for method in self.methods]
        usable = [each for each in scores if each.usable]
        if not usable:
            return None
        best = min(usable, key=lambda each: sum(_errors(judged[each.method])))
        baseline = next((each for each in usable if each.method == BASELINE), best)
        pairs = zip(*(_errors(judged[each.method]) for each in (best, baseline)), strict=True)
        nearer = sum(error < other for error, other in pairs)
        years = len({each.year for each in judged[best.method]})
        return Verdict(service, best, None if baseline == best else baseline, nearer, years)

    @cached_property
    def _services(self) -> Mapping[str, Sequence[Trial]]:
        return groups_of(self.trials, lambda each: each.service)

    def __repr__(self) -> str:
        return f"<Backtest of {len(self.methods)} methods, {len(self.trials)} trials>"


def _errors(trials: Iterable[Trial] | Iterable[TotalTrial]) -> list[Fraction]:
    """
    How far off they were, whichever way, of those that came to something.
    """
    return [abs(each.off) for each in trials if each.off is not None]


def _mean(values: Sequence[Fraction]) -> Fraction | None:
    return sum(values, Fraction(0)) / len(values) if values else None


def _kronor(priced: Iterable[tuple[Fraction, Decimal]]) -> Decimal:
    """
    The sum of price × quantity, to the öre.
    """
    return to_places(sum((price * Fraction(quantity) for price, quantity in priced), Fraction(0)), 2)
