"""
How sure a forecast is: last year's, made in the same way, held against what happened.
"""

from __future__ import annotations

from decimal import Decimal
from math import exp, log, sqrt
from statistics import median, stdev

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import prismodell as pm
from histories import AUGUST, NONE_KNOWN, SHAPE, check, forecast, histories, year, years

NAMES = "ABCDEFGHIJ"


def services(jump: int = 0) -> list[pm.Volume]:
    """
    Ten services with their own noise; last year one of them was `jump` percent more than anyone could know.
    """
    rows = []
    for place, name in enumerate(NAMES, 1):
        for number in (2018, 2019, 2020, 2021):
            quantities = [
                10 * month + place * ((at * 7 + number * 5 + place) % 11 - 5)
                for at, month in enumerate(SHAPE)
            ]
            if number == 2020 and name == "A":
                quantities = [*quantities[:8], *(each * (100 + jump) // 100 for each in quantities[8:])]
            rows += year(number, quantities[: 8 if number == 2021 else 12], "K", name)
    return rows


def months(rows: list[pm.Volume], service: str) -> list[float]:
    return [
        float(each.quantity) for each in sorted(rows, key=lambda row: row.month) if each.service == service
    ]


def noise_of(values: list[float]) -> float:
    return stdev([log(values[at] / values[at - 12]) for at in range(12, len(values))]) / sqrt(2)


def plain_intervals(rows: list[pm.Volume]) -> dict[str, list[float]]:
    """
    The half-widths of the logarithm of each service's rest, at 80 and 95 %, by FORECAST.md.
    """
    last = [attrs.evolve(each) for each in rows if each.month <= pm.Month(2020, 8)]
    earlier = pm.forecast(pm.Volumes(last), 2020, pm.Month(2020, 8))

    def steadied(end: int) -> dict[str, float]:
        own = {name: noise_of(months(rows, name)[:end]) for name in NAMES}
        middle = median([each**2 for each in own.values()])
        return {name: sqrt(each**2 / 2 + middle / 2) for name, each in own.items()}

    then, now = steadied(32), steadied(44)
    scores = sorted(
        abs(log(sum(months(rows, name)[32:36]) / float(sum(earlier.service(name).expected)))) / then[name]
        for name in NAMES
    )
    return {name: [scores[8] * now[name], max(scores[9], 3.3) * now[name]] for name in NAMES}  # of ten


@pytest.mark.parametrize("jump", [0, 30])
def test_intervals_are_as_the_description_says(jump: int) -> None:
    rows = services(jump)
    made = forecast(rows)
    for name, widths in plain_intervals(rows).items():
        series = made.service(name)
        rest = float(sum(series.expected))
        for level, width in zip((80, 95), widths, strict=True):
            found = series.interval(level)
            assert pytest.approx(rest * (1 - exp(-width)), abs=1.001) == float(series.year - found.low)
            assert pytest.approx(rest * (exp(width) - 1), abs=1.001) == float(found.high - series.year)
        assert not series.rule_of_thumb


def test_one_that_was_far_off_widens_the_95_percent_of_all() -> None:
    calm, jumped = forecast(services()), forecast(services(30))
    assert calm.service("B").wide.high < jumped.service("B").wide.high


def test_a_masked_shock_is_no_error_of_the_forecast() -> None:
    shock = services(500)
    masked = [("A", pm.Month(2020, number)) for number in (9, 10, 11, 12)]
    assert forecast(shock, masked=masked).service("B").wide.high < forecast(shock).service("B").wide.high
    calm = forecast(services(), masked=masked)
    assert calm.service("B").wide == forecast(shock, masked=masked).service("B").wide


def test_a_series_without_a_whole_year_has_a_rule_of_thumb_among_those_that_have_learnt() -> None:
    made = forecast([*services(), *year(2021, [100] * 8, "K", "NY")])
    assert made.service("NY").rule_of_thumb
    assert not made.service("A").rule_of_thumb


@pytest.mark.parametrize("level", ["service", "customer"])
def test_with_one_year_it_is_by_rule_of_thumb(level: str) -> None:
    made = forecast(years(before=1) + years("L", before=1), level=level)
    assert all(each.rule_of_thumb for each in (*made.services, *made.customers))


def test_services_that_work_moves_between_have_the_noise_of_their_family() -> None:
    rows = services()
    made = forecast(rows, changes=[pm.Move("I", "J", "0.5", pm.Month(2021, 9))])
    widths = [
        float((made.service(name).narrow.high - made.service(name).year) / sum(made.service(name).expected))
        for name in "IJ"
    ]
    assert pytest.approx(widths[0], abs=0.002) == widths[1]


@settings(max_examples=30)
@given(histories(), st.integers(0, 8))
def test_series_that_hardly_vary_do_not_make_absurd_intervals(rows: list[pm.Volume], known: int) -> None:
    even = [each for name in NAMES for each in years("K", f"{name}2", quantities=[100 + len(name)] * 12)]
    made = forecast([*even, *rows], NONE_KNOWN + known)
    check(made, [*even, *rows])
    for series in made.services:
        assert series.wide.high - series.year <= 1100 * sum(series.expected) + 1


def test_a_constant_centre_has_no_width() -> None:
    made = forecast([each for name in NAMES for each in years("K", name, quantities=[100] * 12)])
    assert all(each.wide.low == each.wide.high == 1200 for each in made.services)


def test_intervals_of_small_volumes_have_the_chance_of_a_count() -> None:
    series = forecast(years(quantities=[3] * 12), AUGUST).service("A")
    off = 1.2816 / sqrt(12)
    assert Decimal(3 * 8 + 12 - 4) == series.narrow.low  # 12 × (1 − e^−0.37) is 3.7
    assert pytest.approx(36 + 12 * (exp(off) - 1), abs=1) == float(series.narrow.high)
