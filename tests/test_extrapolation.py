"""
Each formula held against the same one written plainly from its description, and against figures by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prismodell.extrapolation import (
    METHODS,
    Past,
    growth_blend,
    level_by_season,
    profile,
    remainder,
    rolling,
    root_of_growth,
    run_rate,
)

RISING = tuple(float(10 * number) for number in range(1, 13))  # 780 in all, 30 in its first two months
SHAPE = (8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 4.0, 6.0, 10.0, 11.0, 12.0, 14.0)  # 120 in all


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def close(value: float | Sequence[float]) -> object:
    return pytest.approx(value, rel=1e-9, abs=1e-9)


MONTH = st.floats(1, 1e6)
YEAR = st.tuples(*[MONTH] * 12)
UNEVEN = st.tuples(*[st.floats(0.7, 1.3)] * 12)


@st.composite
def pasts(draw: st.DrawFn, fewest: int = 1, most: int = 3, first: int = 1) -> Past:
    """
    Some years and the beginning of one: of any positive numbers, or of a level, a shape and some chance.
    """
    count, known = draw(st.integers(fewest, most)), draw(st.integers(first, 11))
    if draw(st.booleans()):
        years = [draw(YEAR) for _ in range(count + 1)]
    else:
        shape, level = draw(YEAR), draw(st.floats(0.01, 100))
        years = [
            tuple(level * month * chance for month, chance in zip(shape, draw(UNEVEN), strict=True))
            for _ in range(count + 1)
        ]
    return Past(tuple(years[:-1]), years[-1][:known])


# --- the oracles -------------------------------------------------------------------------------------------


def plain_season(past: Past) -> list[float]:
    series = [month for year in past.years for month in year] + list(past.known)
    if len(series) < 36:
        indices = [mean([year[at] / mean(year) for year in past.years]) for at in range(12)]
        return [index / mean(indices) for index in indices]
    ratios: list[list[float]] = [[] for _ in range(12)]
    for at in range(6, len(series) - 6):
        twelve = (series[at - 6] / 2 + sum(series[at - 5 : at + 6]) + series[at + 6] / 2) / 12
        ratios[at % 12].append(series[at] / twelve)
    indices = [mean(each) for each in ratios]
    indices = [index / mean(indices) for index in indices]
    chances = []
    for each in ratios:
        squares = sum((ratio - mean(each)) ** 2 for ratio in each)
        chances.append(squares / (len(each) - 1) / len(each))
    spread = sum((index - 1) ** 2 for index in indices)
    drawn = min(1.0, 9 * mean(chances) / spread) if spread else 1.0
    return [1 + (index - 1) * (1 - drawn) for index in indices]


def plain_level(values: Sequence[float]) -> float:
    best, found = float("inf"), 0.0
    for percent in range(5, 100, 5):
        alpha, level, squares = percent / 100, mean(values[:6]), 0.0
        for value in values:
            squares += (value - level) ** 2
            level = alpha * value + (1 - alpha) * level
        if squares < best * (1 - 1e-9):  # of those that are alike, the smallest α
            best, found = squares, level
    return found


def plain_rest(name: str, past: Past) -> float:
    """
    The rest of the year by a formula of FORECAST.md.
    """
    m = len(past.known)
    known, last = sum(past.known), past.years[-1] if past.years else ()
    then = sum(last[m:])
    if name == "profil":
        return known / mean([sum(year[:m]) / sum(year) for year in past.years]) - known
    if name == "nivå × säsong":
        season = plain_season(past)
        series = [month for year in past.years for month in year] + list(past.known)
        level = plain_level([value / season[at % 12] for at, value in enumerate(series)])
        return level * sum(season[m:])
    if name == "roten ur tillväxten":
        return then * sqrt(known / sum(last[:m]))
    recent = slice(max(0, m - 3), m)
    usual = mean([log(sum(year[m:]) / sum(year[:m])) for year in past.years]) - log(then / sum(last[:m]))
    growths = log(known / sum(last[:m])), log(sum(past.known[recent]) / sum(last[recent])), usual
    clipped = [max(-1.0, min(1.0, each)) for each in growths]
    return then * exp(0.25 * clipped[0] + 0.55 * clipped[1] + 0.5 * clipped[2])


def plain_months(rest: float, past: Past) -> list[float]:
    ahead = plain_season(past)[len(past.known) :]
    return [rest * index / sum(ahead) for index in ahead]


# --- the formulas ------------------------------------------------------------------------------------------


@given(pasts())
def test_the_season_is_that_of_the_description(past: Past) -> None:
    assert close(plain_season(past)) == list(past.season)


@given(pasts())
def test_a_season_sums_to_a_year_and_is_positive(past: Past) -> None:
    assert close(12.0) == sum(past.season)
    assert min(past.season) > 0


@given(pasts())
def test_the_profile_is_what_is_known_by_its_usual_part(past: Past) -> None:
    rest = plain_rest("profil", past)
    assert pytest.approx(plain_months(rest, past), rel=1e-6) == list(profile(past).months)


@given(pasts())
def test_the_level_is_that_of_the_series_without_its_season(past: Past) -> None:
    assert close(plain_rest("nivå × säsong", past)) == sum(level_by_season(past).months)


@given(pasts())
def test_the_growth_blend_is_three_clipped_growths_of_the_rest_of_last_year(past: Past) -> None:
    rest = plain_rest("tillväxt", past)
    assert close(plain_months(rest, past)) == list(growth_blend(past).months)


@given(pasts())
def test_half_the_growth_is_its_square_root(past: Past) -> None:
    rest = plain_rest("roten ur tillväxten", past)
    assert close(plain_months(rest, past)) == list(root_of_growth(past).months)


@given(pasts(first=0))
def test_the_rolling_year_is_twelve_months_by_the_part_that_is_left(past: Past) -> None:
    m = len(past.known)
    months = [*past.years[-1], *past.known][-12:]
    part = sum(sum(year[m:]) for year in past.years) / sum(sum(year) for year in past.years)
    assert close(plain_months(sum(months) * part, past)) == list(rolling(past).months)


def test_by_hand_with_twice_the_volumes_of_one_year() -> None:
    past = Past((RISING,), (20.0, 40.0))
    assert close(1500.0) == sum(profile(past).months)  # 60 / (30 / 780) − 60
    assert close(750 * 2**0.8) == sum(growth_blend(past).months)  # e to the power of (0.25 + 0.55) ln 2
    assert close(750 * 2**0.5) == sum(root_of_growth(past).months)
    assert close(list(RISING[2:])) == list(remainder(past).months)
    assert close([30.0] * 10) == list(run_rate(past).months)
    assert close(810 * 750 / 780) == sum(rolling(past).months)
    # 65 a month, then twice 130 with α 0.95: 65 → 126.75 → 129.8375; 750 / 65 months are left
    assert close(129.8375 * 750 / 65) == sum(level_by_season(past).months)


def test_a_growth_counts_at_most_e_times() -> None:
    past = Past((RISING,), (20_000.0, 40_000.0))
    assert close(750 * exp(0.8)) == sum(growth_blend(past).months)


def test_a_smaller_rest_than_usual_last_year_is_half_made_up_for() -> None:
    even = (10.0,) * 12
    front = (*[10.0] * 6, *[5.0] * 6)
    past = Past((even, front), (10.0,) * 6)
    assert close(30 * exp(0.5 * (log(0.5) / 2 - log(0.5)))) == sum(growth_blend(past).months)


def test_a_season_of_two_years_is_not_drawn_towards_an_even_one() -> None:
    other = tuple(reversed(SHAPE))
    means = [(a + b) / 20 for a, b in zip(SHAPE, other, strict=True)]
    assert close(means) == list(Past((SHAPE, other), SHAPE[:11]).season)


def test_a_season_that_is_all_chance_is_none() -> None:
    swung = [
        tuple(10.0 + swing * (-1) ** (at + year) for at in range(12)) for year in range(3) for swing in [2]
    ]
    assert close([1.0] * 12) == list(Past(tuple(swung), ()).season)


def test_a_season_is_even_without_years_and_without_volumes() -> None:
    assert (1.0,) * 12 == Past((), (5.0,)).season
    assert (1.0,) * 12 == Past(((0.0,) * 12,), ()).season


def test_a_month_of_credits_has_no_season_and_an_empty_year_tells_of_none() -> None:
    credited = (-5.0, *[1.0] * 11)
    assert close((0.0, *[12 / 11] * 11)) == Past((credited,), ()).season
    assert close(tuple(12 * month / 120 for month in SHAPE)) == Past(((0.0,) * 12, SHAPE), ()).season


def test_only_the_last_three_years_count() -> None:
    assert Past((SHAPE,) * 3, (8.0,)) == Past((RISING, *[SHAPE] * 3), (8.0,))


METHODS_OF_A_SEASON = ["fjolårets rest", "profil", "tillväxt", "nivå × säsong", "rullande år"]


@pytest.mark.parametrize("name", METHODS_OF_A_SEASON)
@pytest.mark.parametrize("years", [1, 2, 3])
@pytest.mark.parametrize("known", [1, 4, 8, 11])
def test_a_purely_seasonal_series_is_met_exactly(name: str, years: int, known: int) -> None:
    assert close(list(SHAPE[known:])) == list(METHODS[name](Past((SHAPE,) * years, SHAPE[:known])).months)


@given(st.floats(0.1, 10), st.integers(1, 11))
def test_the_profile_meets_a_seasonal_series_at_any_level(level: float, known: int) -> None:
    now = tuple(level * month for month in SHAPE)
    assert close(list(now[known:])) == list(profile(Past((SHAPE,) * 2, now[:known])).months)


@given(pasts(), st.floats(0.01, 100), st.sampled_from([*METHODS]))
def test_scaling_a_series_scales_its_months(past: Past, scale: float, name: str) -> None:
    budget = tuple(float(number) for number in range(12))
    once = METHODS[name](Past(past.years, past.known, budget))
    scaled = [tuple(scale * month for month in months) for months in (*past.years, past.known, budget)]
    twice = METHODS[name](Past(tuple(scaled[:-2]), scaled[-2], scaled[-1]))
    assert pytest.approx([scale * month for month in once.months], rel=1e-6) == list(twice.months)


@given(pasts(), st.sampled_from([*METHODS]))
def test_each_method_gives_the_months_that_are_left_and_says_how(past: Past, name: str) -> None:
    found = METHODS[name](Past(past.years, past.known, (1.0,) * 12))
    assert name == found.method
    assert 12 - len(past.known) == len(found.months)
    [said] = found.told
    assert said
    assert "{" not in said


def test_the_run_rate_is_of_the_months_since_the_first_volume() -> None:
    past = Past((), (0.0, 0.0, 30.0, 50.0))
    assert [40.0] * 8 == list(run_rate(past).months)
    assert ("40 i månaden, snittet av kända månader: 320 återstår",) == run_rate(past).told


def test_nothing_is_expected_of_more_credits_than_volumes_and_the_mean_is_told() -> None:
    assert [0.0] * 10 == list(run_rate(Past((), (10.0, -50.0))).months)
    assert ("−20 i månaden, snittet av kända månader: 0 återstår",) == run_rate(Past((), (10.0, -50.0))).told
    credited = Past(((10.0,) * 12,), (-500.0,))
    assert [0.0] * 11 == list(rolling(credited).months)


def test_figures_are_written_as_people_write_them() -> None:
    past = Past((RISING,), (20.0, 40.0))
    assert ("kända 60 är 3,8 % av året, som i snitt förut: 1 500 återstår",) == profile(past).told
    [growth] = growth_blend(past).told
    assert "fjolårets rest 750 × 1,741 (året +100 %, senaste månaderna +100 %, " in growth
    assert "restens del mot det vanliga 0 %): 1 306 återstår" in growth
