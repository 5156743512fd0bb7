"""
A tally as series: what is reported, which years are whole, and what is filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prismodell as pm
from prismodell.customers import SUBSCRIPTION_SOURCE
from prismodell.observed import STEPS, Asked, Observed, Seen, observed, seen, step_of

KEY = ("K", "A")
SHAPE = (8, 9, 10, 11, 12, 13, 4, 6, 10, 11, 12, 14)


def month(year: int, number: int) -> pm.Month:
    return pm.Month(year, number)


def row(
    when: pm.Month, quantity: int | str = 10, key: tuple[str, str] = KEY, source: str = "system"
) -> pm.Volume:
    return pm.Volume(*key, when, Decimal(quantity), source)


def year(number: int, quantities: Iterable[int] = SHAPE, **fields: Any) -> list[pm.Volume]:
    return [row(month(number, at), quantity, **fields) for at, quantity in enumerate(quantities, 1)]


def found(*rows: pm.Volume, through: pm.Month | None = None) -> Observed:
    return observed(pm.Volumes(rows).tally(), through)


def look(
    *rows: pm.Volume,
    known: int = 4,
    keys: tuple[tuple[str, str], ...] = (KEY,),
    masked: Iterable[tuple[str, pm.Month]] = (),
    filled: Mapping[tuple[str, pm.Month], Fraction] | None = None,
) -> Seen:
    return seen(found(*rows), keys, Asked(2021, known, 2018, frozenset(masked), filled or {}))


def floats(quantities: Iterable[int]) -> tuple[float, ...]:
    return tuple(map(float, quantities))


# --- what a tally holds ------------------------------------------------------------------------------------


def test_months_are_summed_over_customers() -> None:
    held = found(row(month(2021, 2)), row(month(2021, 2), 5, ("L", "A")), row(month(2020, 2), 7))
    assert [Decimal(each) for each in (0, 15, *[0] * 10)] == [*held.year([KEY, ("L", "A")], 2021)]
    assert [Decimal(0)] * 12 == [*held.year([("X", "A")], 2021)]


def test_the_latest_twelve_months_run_over_the_new_year() -> None:
    held = found(*year(2020), *year(2021))
    for number in range(1, 13):
        assert sum(SHAPE) == held.latest([KEY], month(2021, number))
    assert Decimal(8) == found(row(month(2021, 1), 8)).latest([KEY], month(2021, 2))
    assert Decimal(0) == found(row(month(2021, 1), 8)).latest([KEY], month(2021, 1))


def test_a_subscription_is_told_from_a_delivery_in_the_same_month() -> None:
    held = found(row(month(2021, 1), 3), row(month(2021, 1), 2, source=SUBSCRIPTION_SOURCE))
    assert Decimal(3) == held.delivered[KEY][2021][0]
    assert Decimal(2) == held.subscribed[KEY][2021][0]
    only = found(row(month(2021, 1), 2, source=SUBSCRIPTION_SOURCE))
    assert not only.delivered
    assert not only.reported


def test_what_comes_after_the_last_month_is_not_there() -> None:
    early, late = year(2020), year(2021, [*SHAPE[:11], 5])
    assert found(*early, *late[:4]) == found(*early, *late, through=month(2021, 4))


@given(
    st.lists(
        st.sampled_from([1, 3, "0.5", "1.5", "0.25", "0.1", "0.3", "2.05", "0.000001", 0, -2]), min_size=1
    )
)
def test_all_quantities_of_a_service_are_multiples_of_its_step(quantities: list[int | str]) -> None:
    rows = [row(month(2020, 1), each, (f"K{number}", "A")) for number, each in enumerate(quantities)]
    step = found(*rows).steps["A"]
    assert not any(Decimal(each) % step for each in quantities)
    assert not [each for each in STEPS if each > step and not any(Decimal(q) % each for q in quantities)]
    assert step == step_of(map(Decimal, quantities))


def test_a_service_is_reported_when_any_of_its_sources_is() -> None:
    other = ("L", "B")
    held = found(
        row(month(2021, 1)), row(month(2021, 2), key=other), row(month(2021, 3), key=other, source="annan")
    )
    assert frozenset({month(2021, 1), month(2021, 2)}) == held.reported["A"]
    assert frozenset({month(2021, 1), month(2021, 2), month(2021, 3)}) == held.reported["B"]


# --- whole years -------------------------------------------------------------------------------------------


def test_whole_years_are_the_past_and_the_known_months_are_as_they_are() -> None:
    history = look(*year(2018), *year(2019), *year(2020), *year(2021))
    assert (floats(SHAPE),) * 3 == history.past.years
    assert floats(SHAPE[:4]) == history.past.known
    assert ({}, ()) == (history.gaps, history.notes)


def test_a_gap_in_a_year_before_is_what_it_usually_is_and_said() -> None:
    rows = [*year(2018), *year(2019), *year(2020), *year(2021)]
    history = look(*(each for each in rows if each.month != month(2019, 7)))
    assert (floats(SHAPE),) * 3 == history.past.years
    assert ("juli 2019 är inte rapporterad och är uppskattad",) == history.notes


def test_a_year_with_more_gaps_than_months_is_left_out_with_those_before_it() -> None:
    rows = [*year(2018), *year(2019), *year(2020), *year(2021)]
    half, most = (
        look(*(each for each in rows if each.month not in {month(2019, at) for at in range(3, 3 + gaps)}))
        for gaps in (6, 7)
    )
    assert (3, 1) == (len(half.past.years), len(most.past.years))
    assert ("2019 räknas inte: 7 månader är inte rapporterade, den första mars 2019",) == most.notes


def test_the_year_that_a_series_began_in_is_left_out() -> None:
    others = [each for number in (2018, 2019, 2020, 2021) for each in year(number, key=("L", "B"))]
    history = look(*others, *year(2020)[9:], *year(2021)[:4])
    assert () == history.past.years
    assert ("2020 räknas inte: började i oktober 2020",) == history.notes


def test_a_year_whose_first_months_always_are_empty_is_whole() -> None:
    summer = [0] * 5 + [100, 200, 50] + [0] * 4
    others = [each for number in (2019, 2020, 2021) for each in year(number, key=("L", "B"))]
    rows = [each for number in (2019, 2020) for each in year(number, summer) if each.quantity]
    history = look(*others, *rows)
    assert (floats(summer),) * 2 == history.past.years
    assert () == history.notes


def test_a_month_without_rows_of_a_service_is_nothing_where_its_source_reported_another() -> None:
    others = [each for number in (2020, 2021) for each in year(number, key=("L", "B"))]
    history = look(*others, *(each for each in year(2020) if each.month.number != 7), row(month(2021, 1)))
    assert 0.0 == history.past.years[0][6]
    assert (10.0, 0.0, 0.0, 0.0) == history.past.known
    assert not history.gaps


# --- what is filled in -------------------------------------------------------------------------------------


def test_a_known_month_that_nobody_reported_is_what_it_usually_is_of_the_others() -> None:
    now = [each for each in year(2021, [2 * each for each in SHAPE]) if each.month.number != 2]
    history = look(*year(2020), *now)
    assert floats(2 * each for each in SHAPE[:4]) == pytest.approx(history.past.known)
    assert [1] == [*history.gaps]
    assert pytest.approx(18.0) == history.gaps[1]
    assert ("februari 2021 är inte rapporterad och är uppskattad",) == history.notes


def test_several_such_months_are_told_together() -> None:
    history = look(*year(2020), *year(2021)[:2])
    assert {2: 10.0, 3: 11.0} == history.gaps
    assert ("mars 2021 och april 2021 är inte rapporterade och är uppskattade",) == history.notes


def test_nothing_is_missing_of_the_months_before_a_service_with_its_own_source_began() -> None:
    others = [each for number in (2020, 2021) for each in year(number, key=("L", "B"), source="annan")]
    history = look(*others, *year(2021)[2:4])
    assert (0.0, 0.0, 10.0, 11.0) == history.past.known
    assert not history.gaps


def test_nothing_is_missing_of_what_ended_before_last_year() -> None:
    others = [
        each for number in (2018, 2019, 2020, 2021) for each in year(number, key=("L", "B"), source="annan")
    ]
    history = look(*others, *year(2018))
    assert ((), {}) == (history.past.years, history.gaps)
    assert (0.0,) * 4 == history.past.known


def test_a_masked_month_of_this_year_is_what_was_usual() -> None:
    history = look(*year(2020), *year(2021, [8, 900, 10, 11]), masked=[("A", month(2021, 2))])
    assert pytest.approx(floats(SHAPE[:4])) == history.past.known
    assert not history.gaps
    assert ("februari 2021 är undantagen",) == history.notes


def test_masked_months_of_earlier_years_are_filled_from_the_years_that_have_them() -> None:
    shock = [*SHAPE[:11], 999]
    masked = [("", month(2020, 12)), ("A", month(2019, 1))]
    history = look(
        *year(2018), *year(2019, [777, *SHAPE[1:]]), *year(2020, shock), *year(2021), masked=masked
    )
    assert pytest.approx(floats(SHAPE)) == history.past.years[1]
    assert pytest.approx(floats(SHAPE)) == history.past.years[2]
    assert ("januari 2019 och december 2020 är undantagna",) == history.notes


def test_the_only_year_with_a_masked_month_has_the_mean_of_the_others() -> None:
    history = look(*year(2020, [*[10] * 11, 999]), *year(2021), masked=[("A", month(2020, 12))])
    assert (10.0,) * 12 == history.past.years[0]


def test_another_service_is_not_masked() -> None:
    history = look(*year(2020), *year(2021), masked=[("B", month(2021, 2)), ("", month(2021, 9))])
    assert floats(SHAPE[:4]) == history.past.known
    assert () == history.notes


def test_where_all_is_hidden_it_is_the_mean_of_the_years_or_as_it_is() -> None:
    hidden = [("", month(2021, 1))]
    assert (8.0,) == look(*year(2020), *year(2021, [500]), known=1, masked=hidden).past.known
    assert (500.0,) == look(*year(2021, [500]), known=1, masked=hidden).past.known


def test_a_month_that_is_filling_up_is_what_it_is_expected_to_end_at() -> None:
    history = look(*year(2020), *year(2021), filled={("A", month(2021, 4)): Fraction(1, 2)})
    assert (8.0, 9.0, 10.0, 22.0) == history.past.known
    assert not history.gaps


def test_a_month_that_nothing_is_known_of_yet_is_as_one_that_nobody_reported() -> None:
    rows = [*year(2020), *year(2021)[:3], *year(2020, key=("L", "B")), *year(2021, key=("L", "B"))]
    history = look(*rows, filled={("A", month(2021, 4)): Fraction(0)})
    assert [3] == [*history.gaps]
    assert pytest.approx(11.0) == history.gaps[3]
