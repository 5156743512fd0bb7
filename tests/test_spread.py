"""
Intervals: each of their formulas written plainly, figures by hand, and what they may never do.
"""

from __future__ import annotations

from math import ceil, exp, inf, isfinite, log, sqrt
from statistics import median, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prismodell.extrapolation import Past
from prismodell.spread import Reach, around, noise, portfolio, reach, score, steadied
from test_extrapolation import pasts

EVEN = (100.0,) * 12
LARGE = st.floats(100, 1e6)
LEVELS = st.sampled_from([80, 95])


def close(value: float) -> object:
    return pytest.approx(value, rel=1e-9, abs=1e-12)


@given(st.lists(st.tuples(*[LARGE] * 12), min_size=2, max_size=3), st.integers(0, 11))
def test_noise_is_the_deviation_of_the_months_growth_on_last_year(
    years: list[tuple[float, ...]], known: int
) -> None:
    *before, now = years
    past = Past(tuple(before), now[:known])
    months = [month for year in before for month in year] + list(now[:known])
    ratios = [log(months[at] / months[at - 12]) for at in range(12, len(months))]
    expected = stdev(ratios) / sqrt(2) if len(ratios) >= 3 else None
    assert expected is None or close(expected) == noise(past)
    assert (expected is None) == (noise(past) is None)


def test_noise_by_hand() -> None:
    now = (100 * exp(0.1), 100.0, 100 * exp(-0.1))
    assert close(0.1 / sqrt(2)) == noise(Past((EVEN,), now))


@pytest.mark.parametrize(
    "past",
    [
        Past((), ()),
        Past((EVEN,), ()),
        Past((EVEN,), EVEN[:2]),
        Past(((29.0,) * 12,) * 3, ()),
        Past((), EVEN[:5]),
    ],
    ids=["nothing", "no month to compare", "two months", "under 30 a month", "no year before"],
)
def test_noise_is_not_told_of_too_little(past: Past) -> None:
    assert noise(past) is None


def test_credits_and_empty_months_have_no_growth() -> None:
    assert noise(Past((EVEN,), (100.0, 0.0, -5.0, 100.0))) is None
    assert close(0.0) == noise(Past((EVEN,), (100.0, 0.0, -5.0, 100.0, 100.0)))


@given(st.lists(st.one_of(st.none(), st.floats(0, 3)), max_size=9))
def test_a_noise_is_steadied_by_the_median_one(noises: list[float | None]) -> None:
    known = [each for each in noises if each is not None]
    middle = median([each * each for each in known]) if known else 0.0
    plain = [sqrt(0.5 * (middle if each is None else each * each) + 0.5 * middle) for each in noises]
    assert pytest.approx(plain) == steadied(noises)


@given(st.lists(st.floats(0, 20), max_size=60), st.integers(0, 11))
def test_the_reach_is_a_rank_of_the_scores(scores: list[float], months: int) -> None:
    found, thumb = reach(scores, months), reach([], months)
    n = len(scores)
    if n < 8:
        assert thumb == found
        return
    ranked = [*sorted(scores), inf]
    for level, value, rule in ((80, found.narrow, thumb.narrow), (95, found.wide, thumb.wide)):
        rank = ceil((n + 1) * level / 100)
        assert (ranked[rank - 1] if rank <= n else max(rule, *scores)) == value
    assert n == found.scores
    assert found.narrow <= found.wide


def test_the_reach_by_hand() -> None:
    nineteen = [float(number) for number in range(1, 20)]
    assert Reach(16.0, 19.0, 19) == reach([None, *reversed(nineteen)], 8)  # the 16th and the 19th
    assert Reach(8.0, 9.0, 9) == reach(nineteen[:9], 8)  # 95 % of ten is beyond the ninth
    assert Reach(0.8, 3.3, 8) == reach([each / 10 for each in nineteen[:8]], 8)  # as is the rule of thumb


@pytest.mark.parametrize(
    ("months", "narrow", "wide"),
    [(0, 2.5, 5.0), (4, 2.5, 5.0), (6, 2.2, 4.15), (8, 1.9, 3.3), (11, 1.9, 3.3)],
)
def test_without_scores_it_is_the_rule_of_thumb(months: int, narrow: float, wide: float) -> None:
    found = reach([1.0] * 7, months)
    assert (close(narrow), close(wide), 0) == (found.narrow, found.wide, found.scores)


def test_a_score_is_how_many_noises_off_it_was() -> None:
    assert close(2.0) == score(1000 * exp(0.2), 1000.0, 0.1, 4)
    assert close(2.0) == score(1000 * exp(-0.2), 1000.0, 0.1, 4)


@pytest.mark.parametrize(
    ("actual", "forecast", "noise"),
    [(0.0, 1000.0, 0.1), (-5.0, 1000.0, 0.1), (1000.0, 119.0, 0.1), (1e3, 1e3, 0.0)],
)
def test_there_is_no_score_of_nothing_of_small_volumes_and_without_noise(
    actual: float, forecast: float, noise: float
) -> None:
    assert score(actual, forecast, noise, 4) is None


def test_small_volumes_have_the_chance_of_a_count_besides() -> None:
    found = Reach(2.0, 4.0, 20)
    assert close(0.2) == found.of(80, 0.1, 120.0, 4)
    assert close(sqrt(0.2**2 + 1.2816**2 / 100)) == found.of(80, 0.1, 100.0, 4)
    assert close(sqrt(0.4**2 + 1.96**2 / 100)) == found.of(95, 0.1, 100.0, 4)


@given(st.floats(0.000001, 1e12), st.floats(0, 1e6))
def test_a_rest_stays_above_zero_and_within_reason(rest: float, spread: float) -> None:
    below, above = around(rest, spread)
    assert 0 <= below <= rest
    assert below <= above < 1100 * rest
    assert isfinite(above)


def test_a_rest_by_hand() -> None:
    below, above = around(100.0, log(2))
    assert (close(50.0), close(100.0)) == (below, above)


@given(LEVELS, st.floats(0, 1), st.floats(1, 1e6), st.integers(1, 11), st.floats(1.01, 3))
def test_an_interval_narrows_as_less_is_left(
    level: int, noise: float, month: float, months: int, more: float
) -> None:
    found = Reach(1.5, 3.0, 20)
    less = found.of(level, noise, month * months, months)
    wider = found.of(level, noise, month * more * (months + 1), months + 1)
    widths = [around(month * months, less), around(month * more * (months + 1), wider)]
    if month >= 30:
        assert widths[0] <= widths[1]


@given(st.lists(st.floats(0, 1e6), max_size=40))
def test_a_portfolio_is_between_independence_and_the_sum(widths: list[float]) -> None:
    found = portfolio(widths)
    assert close(sqrt(0.2 * sum(widths) ** 2 + 0.8 * sum(each * each for each in widths))) == found
    slack = 1e-9 * (1 + sum(widths))
    assert sqrt(sum(each * each for each in widths)) - slack <= found <= sum(widths) + slack


def test_a_portfolio_by_hand() -> None:
    assert close(10.0) == portfolio([10.0])
    assert close(sqrt(0.2 * 49 + 0.8 * 25)) == portfolio([3.0, 4.0])
    assert 0.0 == portfolio([])


@given(pasts(), st.floats(0.5, 20))
def test_noise_has_no_scale(past: Past, scale: float) -> None:
    scaled = Past(
        tuple(tuple(scale * m for m in year) for year in past.years), tuple(scale * m for m in past.known)
    )
    once, again = noise(past), noise(scaled)
    assert once is None or again is None or pytest.approx(once, abs=1e-9) == again
