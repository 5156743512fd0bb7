"""
The rest of a year out of what is known of it: small formulas, each of which can be said on one line.

    past = Past(years=(…, …, …), known=(84_000.0, 86_000.0, …))
    METHODS["profil"](past) →  Estimate("profil", months=(95_200.0, …), terms=("kända 704 000 är …",))

Months are of a calendar year. A method takes a `Past` and gives each of the months that are not known. The
formulas and their weights are fixed: they were chosen on some two thousand published monthly series, and
`make bench-forecast` measures them. Which one has earned trust on your own volumes, `backtest` tells.

Statistics are floats here, and nowhere else: `quantities` makes them decimals again, on the service's grid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from math import exp, log

from attrs import field, frozen

from .periods import MONTHS_A_YEAR
from .swedish import number

MOST_YEARS = 3  # more history did not help
FEW_A_MONTH = 30
SEASONED = 36  # observations, before a season is told from noise by a moving average
QUARTER = 3
ALPHAS = tuple(step / 20 for step in range(1, 20))
TIE = 1 - 1e-9  # sums that differ by less are alike: no choice hangs on a rounding

Months = tuple[float, ...]


def _latest(years: Iterable[Months]) -> tuple[Months, ...]:
    return tuple(years)[-MOST_YEARS:]


@frozen
class Past:
    """
    A series at the end of a month: its latest whole years, oldest first, the known months of this year, and
    what was budgeted for the twelve months, if anything was.
    """

    years: tuple[Months, ...] = field(converter=_latest)
    known: Months
    budget: Months | None = None

    @property
    def months(self) -> int:
        """
        How many months of the year are known.
        """
        return len(self.known)

    @property
    def left(self) -> int:
        """
        How many months are not.
        """
        return MONTHS_A_YEAR - len(self.known)

    @property
    def begun(self) -> int:
        """
        How many of the known months come before the first with any volume.
        """
        return next((at for at, month in enumerate(self.known) if month), self.months)

    @property
    def so_far(self) -> float:
        """
        The sum of the known months.
        """
        return sum(self.known)

    @property
    def last(self) -> Months:
        """
        The latest twelve months.
        """
        return (*(self.years[-1] if self.years else ()), *self.known)[-MONTHS_A_YEAR:]

    @cached_property
    def season(self) -> Months:
        """
        What each month of the year is of an average month: twelve indices that sum to twelve, none below
        zero. Even, where there is no year to tell from.

        With 36 months or more by classical decomposition, shrunk towards an even year by as much as they are
        uncertain (James and Stein, for seasons Miller and Williams 2003); with fewer, each month's part of
        its year.
        """
        observed = self.observed
        if len(observed) >= SEASONED and min(observed) > 0:
            return _shrunk(_decomposed(observed))
        charged = [[max(month, 0.0) for month in year] for year in self.years]
        parts = [_to_twelve(year) for year in charged if any(year)]
        if not parts:
            return (1.0,) * MONTHS_A_YEAR
        return tuple(map(_mean, zip(*parts, strict=True)))

    @property
    def observed(self) -> list[float]:
        """
        All months in order, those of the years and the known ones.
        """
        return [month for year in self.years for month in year] + [*self.known]


class Figure(float):
    """
    A number behind a forecast, which a term shows as a count, a factor, a share or a growth.
    """

    def __format__(self, kind: str) -> str:
        match kind:
            case "factor":
                return number(Decimal(f"{float(self):.3f}"))
            case "share":
                return f"{number(Decimal(f'{100 * self:.1f}'))} %"
            case "growth":
                percent = Decimal(f"{100 * (exp(self) - 1):.1f}")
                return f"{'+' if percent > 0 else ''}{number(percent)} %"
            case _ if abs(self) >= FEW_A_MONTH:
                return number(round(self))
            case _:
                return number(Decimal(f"{float(self):.1f}"))


Term = tuple[str, Months]  # a sentence, and the figures in it


@frozen
class Estimate:
    """
    The months that are not known, by a method; `terms` are the few numbers behind it, and `reason` why it was
    this method.
    """

    method: str
    months: Months
    terms: tuple[Term, ...] = ()
    reason: str = ""

    @cached_property
    def told(self) -> tuple[str, ...]:
        """
        The terms in words, made when asked for.
        """
        return tuple(term.format(*map(Figure, figures)) for term, figures in self.terms)


Method = Callable[[Past], Sequence[float]]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _to_twelve(indices: Sequence[float]) -> Months:
    whole = sum(indices)
    return tuple(index * MONTHS_A_YEAR / whole for index in indices)


def _decomposed(observed: Sequence[float]) -> list[list[float]]:
    """
    Each month of the year's ratios to its centred moving average of twelve months (2 × 12).
    """
    sums = [0.0, *accumulate(observed)]
    ratios: list[list[float]] = [[] for _ in range(MONTHS_A_YEAR)]
    for at in range(6, len(observed) - 6):
        twice = sums[at + 6] - sums[at - 6] + sums[at + 7] - sums[at - 5]
        ratios[at % MONTHS_A_YEAR].append(observed[at] * 2 * MONTHS_A_YEAR / twice)
    return ratios


def _shrunk(ratios: Sequence[Sequence[float]]) -> Months:
    """
    The months' mean ratios, drawn towards 1 by the share of their spread that chance explains.
    """
    indices = _to_twelve([_mean(each) for each in ratios])
    chance = _mean([*map(_variance_of_mean, ratios)])
    spread = sum((index - 1) ** 2 for index in indices)
    kept = 1 - min(1.0, (MONTHS_A_YEAR - 3) * chance / spread) if spread else 0.0
    return tuple(1 + (index - 1) * kept for index in indices)


def _variance_of_mean(values: Sequence[float]) -> float:
    count = len(values)
    if count < 2:
        return 0.0
    mean = _mean(values)
    return sum([(value - mean) ** 2 for value in values]) / (count - 1) / count


def _level(values: Sequence[float]) -> float:
    """
    The level at the end, by simple exponential smoothing from the mean of the first six; α is the one of
    0.05, 0.10, …, 0.95 with the least squared one-step error, the smallest of those that are alike.
    """
    start = _mean(values[:6])
    best, found = float("inf"), start
    for alpha in ALPHAS:
        level, squares = start, 0.0
        for value in values:
            error = value - level
            squares += error * error
            level += alpha * error
        if squares < best * TIE:
            best, found = squares, level
    return found


def _spread(total: float, past: Past) -> Months:
    """
    A total over the months that are not known, by their season; evenly, where none of them has any.
    """
    ahead = past.season[past.months :]
    whole = sum(ahead)
    return tuple(total * index / whole for index in ahead) if whole > 0 else (total / past.left,) * past.left


def _growth(now: float, then: float) -> float:
    """
    The logarithm of a growth, at most e times either way.
    """
    return max(-1.0, min(1.0, log(now / then)))


# --- the methods -------------------------------------------------------------------------------------------


def profile(past: Past) -> Estimate:
    """
    What is known ÷ the part of the year that the same months were, on average over the years.
    """
    m, known = past.months, past.so_far
    part = _mean([sum(year[:m]) / sum(year) for year in past.years])
    rest = known / part - known
    term = "kända {:} är {:share} av året, som i snitt förut: {:} återstår", (known, part, rest)
    return Estimate("profil", _spread(rest, past), (term,))


def level_by_season(past: Past) -> Estimate:
    """
    The level of the series without its season × the season of the months to come.
    """
    season = past.season
    level = _level([value / season[at % MONTHS_A_YEAR] for at, value in enumerate(past.observed)])
    ahead = season[past.months :]
    months = sum(ahead)
    term = "nivån {:} i månaden × säsongen {:factor} månader: {:} återstår", (level, months, level * months)
    return Estimate("nivå × säsong", tuple(level * index for index in ahead), (term,))


def growth_blend(past: Past) -> Estimate:
    """
    Last year's rest × a growth: a quarter of the year's so far, 0.55 of the last three months', and half of
    how much smaller a part of the year the rest was last year than it usually is.
    """
    m, last = past.months, past.years[-1]
    recent = min(QUARTER, m)
    year = _growth(past.so_far, sum(last[:m]))
    quarter = _growth(sum(past.known[m - recent :]), sum(last[m - recent : m]))
    parts = [log(sum(year[m:]) / sum(year[:m])) for year in past.years]
    usual = max(-1.0, min(1.0, _mean(parts) - parts[-1]))
    factor = exp(0.25 * year + 0.55 * quarter + 0.5 * usual)
    then = sum(last[m:])
    term = (
        "fjolårets rest {:} × {:factor} (året {:growth}, senaste månaderna {:growth}, "
        "restens del mot det vanliga {:growth}): {:} återstår"
    )
    figures = (then, factor, year, quarter, usual, then * factor)
    return Estimate("tillväxt", _spread(then * factor, past), ((term, figures),))


def root_of_growth(past: Past) -> Estimate:
    """
    Last year's rest × the square root of the year's growth so far.
    """
    m, last = past.months, past.years[-1]
    growth, then = (past.so_far / sum(last[:m])) ** 0.5, sum(last[m:])
    figures = (then, growth, then * growth)
    term = "fjolårets rest {:} × roten ur årets tillväxt {:factor}: {:} återstår", figures
    return Estimate("fjolårets rest med halv tillväxt", _spread(then * growth, past), (term,))


def remainder(past: Past) -> Estimate:
    """
    Last year's same months, as they were.
    """
    rest = past.years[-1][past.months :]
    return Estimate("fjolårets rest", rest, (("samma månader i fjol: {:}", (sum(rest),)),))


def run_rate(past: Past) -> Estimate:
    """
    The mean of the known months, from the first with any volume; nothing, where that is below zero.
    """
    since = past.known[past.begun :]
    rate = _mean(since)
    rest = max(rate, 0.0) * past.left
    term = "{:} i månaden, snittet av kända månader: {:} återstår", (rate, rest)
    return Estimate("löpande takt", (max(rate, 0.0),) * past.left, (term,))


def flat_budget(past: Past) -> Estimate:
    """
    What was budgeted for the months to come.
    """
    budget = (past.budget or ())[past.months :]
    return Estimate("budget", budget, (("budgeten för resten: {:}", (sum(budget),)),))


def rolling(past: Past) -> Estimate:
    """
    The latest twelve months × the part of the year that the coming months were, of all years together: what
    small and intermittent volumes have in them to tell; nothing, where either is below zero.
    """
    part = sum(sum(year[past.months :]) for year in past.years) / sum(map(sum, past.years))
    latest = sum(past.last)
    rest = max(latest, 0.0) * max(part, 0.0)
    term = "de senaste tolv månaderna {:} × resten av ett år {:share}: {:} återstår", (latest, part, rest)
    return Estimate("rullande år", _spread(rest, past), (term,))


def nothing(past: Past) -> Estimate:
    """
    No more this year.
    """
    return Estimate("upphörd", (0.0,) * past.left)


METHODS: Mapping[str, Callable[[Past], Estimate]] = {
    "budget": flat_budget,
    "löpande takt": run_rate,
    "fjolårets rest": remainder,
    "profil": profile,
    "tillväxt": growth_blend,
    "nivå × säsong": level_by_season,
    "rullande år": rolling,
}
