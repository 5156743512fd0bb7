"""
Which method forecasts a series, why that one, and what a method of one's own must give.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

import prismodell as pm
from prismodell.estimation import AUTOMATIC, check_method, estimated
from prismodell.extrapolation import METHODS, Past, growth_blend, level_by_season, profile, root_of_growth

YEAR = (90.0, 80.0, 100.0, 95.0, 105.0, 110.0, 60.0, 70.0, 100.0, 105.0, 110.0, 130.0)
SMALL = tuple(month / 10 for month in YEAR)
BUDGET = tuple(float(number) for number in range(12))
NONE = (0.0,) * 12


def of(*years: tuple[float, ...], known: int = 4, **fields: tuple[float, ...]) -> Past:
    return Past(years, fields.pop("now", YEAR)[:known], **fields)


def mean(*methods: object, past: Past) -> object:
    months = [method(past).months for method in methods]  # type: ignore[operator]  # each is a function
    return pytest.approx([sum(each) / len(each) for each in zip(*months, strict=True)])


def test_with_three_years_it_is_the_mean_of_profile_level_and_growth() -> None:
    past = of(YEAR, YEAR, tuple(1.1 * month for month in YEAR))
    found = estimated(past)
    assert mean(profile, level_by_season, growth_blend, past=past) == list(found.months)
    assert ("sammanvägning", "3 hela år finns") == (found.method, found.reason)
    assert ["profil", "nivå × säsong", "tillväxt"] == [term.split(":")[0] for term in found.told]


@pytest.mark.parametrize(("years", "said"), [(1, "1 helt år finns"), (2, "2 hela år finns")])
def test_with_fewer_it_is_the_mean_of_level_growth_and_half_the_growth(years: int, said: str) -> None:
    past = of(*[YEAR] * years, now=tuple(1.2 * month for month in YEAR))
    found = estimated(past)
    assert mean(level_by_season, growth_blend, root_of_growth, past=past) == list(found.months)
    assert ("sammanvägning", said) == (found.method, found.reason)


@pytest.mark.parametrize(
    ("past", "method", "reason"),
    [
        (of(YEAR, known=12), "utfall", "alla månader är kända"),
        (of(YEAR, known=0), "rullande år", "ingen månad i år är känd"),
        (of(SMALL, now=SMALL), "rullande år", "under 30 i månaden"),
        (of((0.0, *YEAR[1:])), "rullande år", "någon månad är noll"),
        (of((-1.0, *YEAR[1:])), "rullande år", "någon månad är negativ"),
        (of(YEAR, now=(90.0, *NONE)), "upphörd", "inget på tre månader, men i fjol varje månad"),
        (of(YEAR, now=NONE, known=2), "rullande år", "någon månad är noll"),
        (of((*YEAR[:2], 0.0, *YEAR[3:]), now=NONE), "rullande år", "någon månad är noll"),
        (of(budget=BUDGET, known=0), "budget", "inget helt år före, inget levererat i år"),
        (of(budget=BUDGET, known=1), "budget", "inget helt år före, en månad i år att gå efter"),
        (of(budget=BUDGET, known=2), "budget", "inget helt år före, 2 månader i år att gå efter"),
        (of(budget=BUDGET, known=3), "löpande takt", "inget helt år före, 3 månader i år att gå efter"),
        (of(known=1), "löpande takt", "inget helt år före, en månad i år att gå efter"),
        (of(now=(0.0, 0.0, 5.0, 6.0)), "löpande takt", "inget helt år före, 2 månader i år att gå efter"),
        (
            of(now=NONE),
            "ingen volym",
            "inget helt år före, inget levererat i år och ingen budget",
        ),
        (
            of(NONE, now=NONE),
            "ingen volym",
            "åren före summerar inte till något, inget levererat i år och ingen budget",
        ),
        (
            of((-9.0, *NONE[1:]), budget=BUDGET, known=2),
            "budget",
            "åren före summerar inte till något, 2 månader i år att gå efter",
        ),
    ],
)
def test_what_the_history_does_not_allow_has_its_own_method_and_sentence(
    past: Past, method: str, reason: str
) -> None:
    found = estimated(past)
    assert (method, reason) == (found.method, found.reason)
    assert past.left == len(found.months)


def test_the_budget_stands_in_month_by_month() -> None:
    assert BUDGET[1:] == estimated(of(budget=BUDGET, known=1)).months


def test_what_has_ended_has_no_more() -> None:
    assert (0.0,) * 8 == estimated(of(YEAR, now=(90.0, *NONE))).months


@pytest.mark.parametrize(
    ("method", "past", "without"),
    [
        ("budget", of(YEAR), "det finns ingen budget"),
        ("löpande takt", of(YEAR, now=NONE), "inget är levererat i år"),
        ("fjolårets rest", of(), "inget helt år före"),
        ("rullande år", of(NONE), "åren före summerar inte till något"),
        ("profil", of(), "inget helt år före"),
        ("profil", of(YEAR, known=0), "ingen månad i år är känd"),
        ("tillväxt", of((0.0, *YEAR[1:])), "någon månad är noll"),
        ("nivå × säsong", of((-1.0, *YEAR[1:])), "någon månad är negativ"),
    ],
)
def test_a_method_that_cannot_be_used_gives_way_and_that_is_said(
    method: str, past: Past, without: str
) -> None:
    instead, found = estimated(past), estimated(past, method)
    assert instead.months == found.months
    assert (instead.method, f"{method} går inte, {without}; {instead.reason}") == (found.method, found.reason)


@pytest.mark.parametrize("method", [*METHODS])
def test_a_method_that_is_asked_for_is_used(method: str) -> None:
    past = of(YEAR, YEAR, budget=BUDGET)
    found = estimated(past, method)
    assert (method, "vald") == (found.method, found.reason)
    assert METHODS[method](past).months == found.months


def test_no_month_is_expected_below_zero_and_that_is_said() -> None:
    found = estimated(of((*YEAR[:11], -40.0)), "fjolårets rest")
    assert (*YEAR[4:11], 0.0) == found.months
    assert "vald; negativa månader räknas som noll" == found.reason


def test_a_method_of_ones_own_gets_the_past_and_gives_the_months_that_are_left() -> None:
    found = estimated(of(YEAR), lambda past: [past.so_far] * past.left)
    assert ("egen metod", "vald", (365.0,) * 8) == (found.method, found.reason, found.months)


@pytest.mark.parametrize(
    "months", [[1.0] * 7, [1.0] * 9, [], [-1.0] * 8, [float("nan")] * 8, [float("inf")] * 8]
)
def test_a_method_of_ones_own_that_gives_no_volumes_is_refused(months: list[float]) -> None:
    with pytest.raises(pm.InvalidError, match=r"metoden gav .* för 8 månader; ge ett tal, noll eller mer"):
        estimated(of(YEAR), lambda _: months)


def test_what_a_method_of_ones_own_raises_is_let_through() -> None:
    def failing(past: Past) -> list[float]:
        return [past.years[7][0]]

    with pytest.raises(IndexError):
        estimated(of(YEAR), failing)


def test_a_method_of_ones_own_may_round_as_it_likes() -> None:
    thirds = estimated(of(YEAR), lambda past: [Decimal(past.so_far) / 3] * past.left)  # type: ignore[list-item]  # decimals, not floats
    assert pytest.approx([365 / 3] * 8) == list(thirds.months)


def test_an_unknown_method_is_named_with_the_likely_one() -> None:
    with pytest.raises(pm.InvalidError, match="'profill' är ingen metod; menade du 'profil'"):
        check_method("profill")


def test_what_is_no_method_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError, match=f"a method is one of {AUTOMATIC}, budget"):
        check_method(7)  # type: ignore[arg-type]  # wrong on purpose
