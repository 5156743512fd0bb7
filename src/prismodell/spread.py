"""
How far off a forecast may be: honest intervals, out of how far off last year's was.

    noise(past)               how uneven a series is, month on the same month the year before
    reach(scores, months)     how many such noises 80 and 95 % of the forecasts stay within
    portfolio(half_widths)    the half-width of a sum, whose parts share a cause

Only what is not known is uncertain: a year is its known months + the rest × exp(± reach × noise). The scores
are pooled over all series (conformal prediction), so nothing is assumed of how errors are distributed. How
often it holds on published series, `make bench-forecast` measures.

Of small volumes, under 30 a month, the months tell little but chance, and the chance of a count is known: it
is added by itself, and is neither learnt from them nor multiplied by what others were off.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import ceil, exp, hypot, log, sqrt
from statistics import median

from attrs import frozen

from .extrapolation import FEW_A_MONTH, Past

LEVELS = (80, 95)
SHARED = 0.2  # the part of the variance that the parts of a portfolio have in common
LEAST_SCORES = 8
LEAST_RATIOS = 3
# With one year of history there is no forecast to have been wrong; measured: (months known, 80 %, 95 %).
THUMB = ((4, 2.5, 5.0), (8, 1.9, 3.3))
CHANCE = (1.2816, 1.9600)  # of a normal distribution, 80 and 95 % are within so many standard deviations
EVEN = 1e-9  # a noise below this is rounding alone
MOST = 1.0  # the most that a logarithm is taken to be off, as a growth is at most: e times either way


@frozen
class Reach:
    """
    Within how many noises of the point 80 and 95 % lie, out of so many scores; of none, by rule of thumb.
    """

    narrow: float
    wide: float
    scores: int

    def of(self, level: int, noise: float, rest: float, months: int) -> float:
        """
        How far off the logarithm of a rest may be at a level, 80 or 95: so many months of it, of a series
        with such a noise. Where it is under 30 a month, with the chance of a count too: 1/√n of it.
        """
        place = LEVELS.index(level)
        learnt = (self.narrow, self.wide)[place] * noise
        return learnt if rest >= FEW_A_MONTH * months else hypot(learnt, CHANCE[place] / sqrt(rest))


def noise(past: Past) -> float | None:
    """
    The standard deviation of the logarithms of the months' ratios to the same months the year before, ÷ √2.

    `None` where fewer than three can be told, and for less than 30 a month, which tell of chance alone.
    """
    if not past.last or sum(past.last) < FEW_A_MONTH * len(past.last):
        return None
    years = (*past.years, past.known)
    ratios = [
        log(now / then)
        for before, after in pairwise(years)
        for then, now in zip(before, after, strict=False)  # this year's months so far
        if now > 0 and then > 0
    ]
    if len(ratios) < LEAST_RATIOS:
        return None
    mean = sum(ratios) / len(ratios)
    return sqrt(sum([(ratio - mean) ** 2 for ratio in ratios]) / (len(ratios) - 1) / 2)


def steadied(noises: Sequence[float | None]) -> list[float]:
    """
    Each series' noise, half of its square out of the median one; the median for a series without.
    """
    known = [each for each in noises if each is not None]
    middle = median(each**2 for each in known) if known else 0.0
    return [sqrt((middle if each is None else each**2) / 2 + middle / 2) for each in noises]


def score(actual: float, forecast: float, noise: float, months: int) -> float | None:
    """
    How many noises off a forecast of the rest of a year was, so many months of it; `None` where it cannot be
    told, or is of small volumes.
    """
    if actual <= 0 or forecast < FEW_A_MONTH * months or noise < EVEN:
        return None
    return abs(log(actual / forecast)) / noise


def reach(scores: Iterable[float | None], months: int) -> Reach:
    """
    The reach that so many months known have, out of last year's scores with as many.

    With fewer than eight it is the rule of thumb; so is the 95 % of fewer than 19, if it is wider than the
    largest score.
    """
    known = sorted(each for each in scores if each is not None)
    narrow, wide = _thumb(months)
    if len(known) < LEAST_SCORES:
        return Reach(narrow, wide, 0)
    return Reach(_quantile(known, LEVELS[0], narrow), _quantile(known, LEVELS[1], wide), len(known))


def _quantile(scores: Sequence[float], level: int, thumb: float) -> float:
    """
    The ⌈(n + 1) × level⌉-th smallest of n scores.
    """
    rank = ceil((len(scores) + 1) * level / 100)
    return scores[rank - 1] if rank <= len(scores) else max(scores[-1], thumb)


def _thumb(months: int) -> tuple[float, float]:
    (first, *wide), (second, *narrow) = THUMB
    part = min(max((months - first) / (second - first), 0.0), 1.0)
    a, b = (then + part * (now - then) for then, now in zip(wide, narrow, strict=True))
    return a, b


def around(rest: float, spread: float) -> tuple[float, float]:
    """
    How far below and above an expected rest it may come, where its logarithm may be off by so much; by a
    thousand times at the most.
    """
    spread = min(spread, MOST)
    return rest * (1 - exp(-spread)), rest * (exp(spread) - 1)


def portfolio(half_widths: Iterable[float]) -> float:
    """
    The half-width of a sum: H² = ρ (Σh)² + (1 − ρ) Σh², with ρ = 0.2. Errors share a cause, and do not
    average out as independent ones would.
    """
    widths = [*half_widths]
    return sqrt(SHARED * sum(widths) ** 2 + (1 - SHARED) * sum(width**2 for width in widths))
