"""
The laws of a forecast, an oracle for the whole way from rows to months, and what is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from histories import (
    APRIL,
    AUGUST,
    DECEMBER,
    NONE_KNOWN,
    SHAPE,
    ZERO,
    check,
    check_levels,
    forecast,
    histories,
    quantities,
    row,
    year,
    years,
)
from prismodell.expectation import Forecast
from prismodell.extrapolation import METHODS, Past
from test_extrapolation import plain_rest, plain_season

LEVELS = st.sampled_from(["service", "customer"])
NAMES = st.sampled_from(["automatisk", *METHODS])
BUDGET = pm.Volumes(year(2021, SHAPE, "K", "A", source="budget"))
THROUGH = st.integers(0, 8).map(lambda months: NONE_KNOWN + months)


def parts(made: Forecast) -> dict[tuple[str, str], tuple[Any, ...]]:
    """
    All of the numbers and words of the series.
    """
    series = (*made.services, *made.customers)
    return {(each.customer, each.service): attrs.astuple(each)[2:] for each in series}


# --- whatever the history ----------------------------------------------------------------------------------


@fewer(2)
@given(histories(), THROUGH, LEVELS, NAMES, st.sampled_from([None, BUDGET]))
def test_any_history_is_forecast_or_refused_with_a_sentence(
    rows: list[pm.Volume], through: pm.Month, level: str, method: str, budget: pm.Volumes | None
) -> None:
    last = pm.Month(through.year, 1)
    if [each for each in rows if last <= each.month <= through] or (through == NONE_KNOWN and budget):
        made = forecast(rows, through, method=method, level=level, budget=budget)
        check(made, rows)
        for series in made.services:
            event(series.method)
    else:
        event("refused")
        with pytest.raises(pm.InvalidError, match=f"volymerna har ingenting i {through.year}"):
            forecast(rows, through, method=method, level=level, budget=budget)


@fewer(2)
@given(histories(), THROUGH, LEVELS)
def test_what_comes_after_the_last_known_month_is_not_looked_at(
    rows: list[pm.Volume], through: pm.Month, level: str
) -> None:
    before = [each for each in rows if each.month <= through]
    assume(any(each.month.year == through.year for each in before))
    assert parts(forecast(before, through, level=level)) == parts(forecast(rows, through, level=level))


@fewer(2)
@given(histories(), LEVELS, st.randoms(use_true_random=False))
def test_the_order_of_rows_decides_nothing(rows: list[pm.Volume], level: str, chance: Any) -> None:
    assume(any(each.month.year == 2021 for each in rows))
    shuffled = [*rows]
    chance.shuffle(shuffled)
    assert forecast(rows, level=level) == forecast(shuffled, level=level)


@fewer(2)
@given(histories(), LEVELS)
def test_names_decide_nothing_but_the_names(rows: list[pm.Volume], level: str) -> None:
    assume(any(each.month.year == 2021 for each in rows))
    renamed = [attrs.evolve(row, customer=f"9{row.customer}", service=f"9{row.service}") for row in rows]
    once, again = forecast(rows, level=level), forecast(renamed, level=level)
    assert [(each.known, each.expected, each.narrow, each.wide) for each in once.customers] == [
        (each.known, each.expected, each.narrow, each.wide) for each in again.customers
    ]


@fewer(2)
@given(histories(), LEVELS)
def test_nothing_depends_on_the_callers_decimal_context(rows: list[pm.Volume], level: str) -> None:
    assume(any(each.month.year == 2021 for each in rows))
    made = forecast(rows, level=level)
    said = [each.explain() for each in made.services]
    with localcontext() as context:
        context.prec = 2
        again = forecast(rows, level=level)
        assert made == again
        assert said == [each.explain() for each in again.services]
        assert made.volumes == again.volumes


@fewer(2)
@given(histories(odd=False), LEVELS, st.integers(1, 8))
def test_a_month_more_never_changes_those_that_were_known(
    rows: list[pm.Volume], level: str, months: int
) -> None:
    before, after = (forecast(rows, NONE_KNOWN + each, level=level) for each in (months - 1, months))
    for early, late in zip(before.customers, after.customers, strict=True):
        assert early.known[: months - 1] == late.known[: months - 1]


# --- properties 17 and 18 of the design --------------------------------------------------------------------


@fewer(2)
@given(histories(odd=False), LEVELS, NAMES)
def test_at_december_the_forecast_is_the_outcome_row_for_row(
    rows: list[pm.Volume], level: str, method: str
) -> None:
    keys = sorted({(each.customer, each.service) for each in rows})
    rows = [*rows, *(each for key in keys for each in year(2021, SHAPE, *key) if each.month > AUGUST)]
    made = forecast(rows, DECEMBER, level=level, method=method)
    outcome = [each for each in pm.Volumes(rows).tally().entries if each.month.year == 2021]
    assert outcome == [*made.volumes.entries]
    assert {("utfall", "alla månader är kända")} == {
        (each.method, each.reason) for each in (*made.services, *made.customers)
    }
    assert not any(each.rule_of_thumb for each in (*made.services, *made.customers))


@fewer(2)
@given(histories(odd=False), st.sampled_from([2, 10, 1000]))
def test_scaling_a_history_scales_its_forecast(rows: list[pm.Volume], scale: int) -> None:
    scaled = [attrs.evolve(each, quantity=each.quantity * scale) for each in rows]
    once, again = forecast(rows), forecast(scaled)
    for one, other in zip(once.services, again.services, strict=True):
        if one.method == other.method:  # small volumes have another method
            event("compared")
            for a, b in zip(one.expected, other.expected, strict=True):
                assert abs(a * scale - b) <= 2 * scale  # a unit for the year, and one for the month


@pytest.mark.parametrize("level", ["service", "customer"])
@pytest.mark.parametrize("before", [1, 2, 3])
@pytest.mark.parametrize("months", [0, 1, 4, 8, 11])
def test_a_constant_series_is_forecast_as_the_constant(level: str, before: int, months: int) -> None:
    rows = years(quantities=[60] * 12, before=before, known=months) + years(
        "L", quantities=[30] * 12, before=before, known=months
    )
    made = forecast(rows, NONE_KNOWN + months, level=level)
    assert [[60] * 12, [30] * 12, [90] * 12] == [[*each.months] for each in (*made.customers, *made.services)]


@pytest.mark.parametrize("method", ["automatisk", "profil", "tillväxt", "nivå × säsong", "fjolårets rest"])
@pytest.mark.parametrize("before", [1, 2, 3])
@pytest.mark.parametrize("months", [1, 4, 8, 11])
def test_a_purely_seasonal_series_is_met_exactly(method: str, before: int, months: int) -> None:
    made = forecast(years(before=before, known=months), NONE_KNOWN + months, method=method)
    assert [*SHAPE] == [*made.service("A").months]


@pytest.mark.parametrize("level", ["service", "customer"])
def test_intervals_narrow_as_months_become_known(level: str) -> None:
    uneven = [month + (at * 5) % 7 for at, month in enumerate(SHAPE)]
    widths = []
    for months in range(3, 13):
        series = forecast([*year(2020), *year(2021, uneven)], NONE_KNOWN + months, level=level).service("A")
        widths.append((series.narrow.high - series.narrow.low, series.wide.high - series.wide.low))
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < widths[0]
    assert not any(widths[-1])


# --- an oracle of the whole way ----------------------------------------------------------------------------


@st.composite
def centres(draw: st.DrawFn) -> tuple[list[list[int]], int]:
    """
    One to three years of a service's months, all above 30, and the beginning of one.
    """
    shape = [draw(st.integers(60, 200)) for _ in range(12)]
    made = [
        [month * draw(st.integers(70, 130)) // 100 + 20 for month in shape]
        for _ in range(draw(st.integers(2, 4)))
    ]
    return made, draw(st.integers(1, 11))


def plain_forecast(before: list[list[int]], known: list[int]) -> list[int]:
    """
    The months that are left: FORECAST.md by hand, and largest remainders.
    """
    past = Past(tuple(tuple(map(float, year)) for year in before), tuple(map(float, known)))
    three = len(before) == 3
    names = (
        ("profil", "nivå × säsong", "tillväxt")
        if three
        else ("roten ur tillväxten", "nivå × säsong", "tillväxt")
    )
    rest = sum(plain_rest(name, past) for name in names) / 3
    ahead = plain_season(past)[len(known) :]
    exact = [Fraction(round(1_000_000 * rest * index / sum(ahead))) for index in ahead]  # six decimals
    total = int(Decimal(rest).quantize(Decimal(1), ROUND_HALF_UP))
    scaled = [each * total / sum(exact) for each in exact]
    floors = [int(each) for each in scaled]
    order = sorted(range(len(scaled)), key=lambda at: (floors[at] - scaled[at], at))
    return [floor + (at in order[: total - sum(floors)]) for at, floor in enumerate(floors)]


@given(centres())
def test_a_service_is_forecast_as_the_description_says(made: tuple[list[list[int]], int]) -> None:
    (*before, now), months = made
    rows = [
        each for at, quantities in enumerate(before) for each in year(2021 - len(before) + at, quantities)
    ]
    found = forecast([*rows, *year(2021, now[:months])], NONE_KNOWN + months).service("A")
    expected = plain_forecast(before, now[:months])
    assert sum(expected) == sum(found.expected)
    assert expected == [*found.expected[months:]]
    assert [*now[:months], *[0] * (12 - months)] == [*found.known]


# --- the levels --------------------------------------------------------------------------------------------


def two_customers() -> list[pm.Volume]:
    """
    One that grows and one that does not, of whole units, and halves of another service.
    """
    grown = [month * 3 // 2 for month in SHAPE]
    halves = ["10.5", *["40"] * 11]
    return [
        *years("K"),
        *years("L", known=0),
        *year(2021, grown[:8], "L"),
        *years("K", "B", quantities=halves),
    ]


@pytest.mark.parametrize("level", ["service", "customer"])
def test_whole_units_stay_whole_and_halves_are_halves(level: str) -> None:
    made = forecast(two_customers(), level=level)
    check_levels(made)
    assert not any(quantity % 1 for each in made.customers if each.service == "A" for quantity in each.months)
    assert not any(quantity % Decimal("0.5") for each in made.customers for quantity in each.months)


def test_customers_get_their_shares_or_are_forecast_by_themselves() -> None:
    shared, alone = (forecast(two_customers(), level=level) for level in ("service", "customer"))
    assert "andel" == shared.service("A", "K").method
    assert "sammanvägning" == alone.service("A", "K").method
    assert 470 == sum(alone.service("A", "K").expected)  # its own last year to the unit
    assert 470 < sum(shared.service("A", "K").expected)  # it has a part of the growth of all
    assert "summa" == alone.service("A").method


def test_a_method_may_be_given_by_service() -> None:
    made = forecast(two_customers(), method={"B": "fjolårets rest", "": "profil"})
    assert ["profil", "fjolårets rest"] == [each.method for each in made.services]
    assert (("", "profil"), ("B", "fjolårets rest")) == made.methods


def test_the_year_can_be_summed_by_its_dimensions() -> None:
    made = forecast(years() + years("L"))
    assert {"K": 1200, "L": 1200} == made.by("customer")
    assert 2 * SHAPE[11] == made.by("month")[DECEMBER]


# --- what is refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("through", "fields", "said"),
    [
        (
            pm.Month(2020, 11),
            {},
            "2020-11 är inte en månad i 2021; ange den sista kända månaden, eller 2020-12",
        ),
        (pm.Month(2022, 1), {}, "2022-01 är inte en månad i 2021"),
        (AUGUST, {"level": "kund"}, '\'kund\' är ingen nivå; ange "service" eller "customer"'),
        (AUGUST, {"method": "profilen"}, "'profilen' är ingen metod; menade du 'profil'"),
        (AUGUST, {"method": {"A": "gissa"}}, "'gissa' är ingen metod"),
        (AUGUST, {"method": {"C": "profil"}}, "tjänsten C finns varken i historik, budget eller lista"),
        (AUGUST, {"masked": [("C", AUGUST)]}, "tjänsten C finns varken i historik, budget eller lista"),
        (AUGUST, {"method": lambda _: [1.0]}, "metoden gav .* för 4 månader"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    through: pm.Month, fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(pm.InvalidError, match=said):
        forecast(years() + years("K", "B"), through, **fields)


def test_a_year_without_any_known_month_is_refused() -> None:
    with pytest.raises(
        pm.InvalidError, match="volymerna har ingenting i 2021 till och med 2021-08; läs in årets"
    ):
        forecast(years(known=0))


@pytest.mark.parametrize("fields", [{"masked": ["2020-12"]}, {"as_of": date(2021, 9, 3)}])
def test_what_is_of_another_type_is_a_mistake_of_the_program(fields: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        pm.forecast(pm.Volumes(years()).tally(), 2021, AUGUST, **fields)


def test_all_that_is_wrong_with_the_plans_is_told_at_once() -> None:
    changes = [pm.Move("A", "C", "1", AUGUST), pm.Leave("Q", AUGUST)]
    with pytest.raises(pm.InputError) as caught:
        forecast(years(), changes=changes)
    assert 2 == len(caught.value.problems)


# --- a method of one's own ---------------------------------------------------------------------------------


def twice(past: Past) -> list[float]:
    return [2 * past.known[-1]] * past.left


@pytest.mark.parametrize("level", ["service", "customer"])
def test_a_method_of_ones_own_makes_the_months(level: str) -> None:
    made = forecast(years(), method=twice, level=level)
    assert [120] * 4 == [*made.service("A").expected[8:]]
    assert (("", "egen metod twice"),) == made.methods
    assert "egen metod" == made.service("A", "K").method


@pytest.mark.parametrize(
    ("own", "error"),
    [
        (lambda past: [float("nan")] * past.left, pm.InvalidError),
        (lambda past: [-1.0] * past.left, pm.InvalidError),
        (lambda past: [1 / 0] * past.left, ZeroDivisionError),
    ],
)
def test_a_method_of_ones_own_that_fails_is_told(
    own: Callable[[Past], list[float]], error: type[Exception]
) -> None:
    with pytest.raises(error):
        forecast(years(), method=own)


def test_known_quantities_of_other_months_are_not_touched_by_a_method() -> None:
    known, expected = quantities(forecast(years(), APRIL, method=lambda past: [0.0] * past.left).service("A"))
    assert [*map(Decimal, SHAPE[:4]), *[ZERO] * 8] == known
    assert not any(expected)


def test_a_single_month_of_a_single_row_is_a_history() -> None:
    made = forecast([row(AUGUST, "0.000001")])
    check(made, [row(AUGUST, "0.000001")])
    assert "löpande takt" == made.service("A").method


def regular(services: str = "A", source: str = "system") -> list[pm.Volume]:
    return [
        pm.Volume("K", service, pm.Month(year, number), Decimal(100), source.format(year=year, number=number))
        for service in services
        for year in (2018, 2019, 2020, 2021)
        for number in range(1, 13)
    ]


def test_a_budget_of_another_year_is_refused_and_never_a_zero() -> None:
    budget = pm.Volumes([pm.Volume("K", "B", pm.Month(2020, 5), Decimal(7), "budget")])

    with pytest.raises(pm.InvalidError, match="budgeten har ingenting i 2021, bara i 2020; ge årets budget"):
        pm.forecast(pm.Volumes(regular()), 2021, pm.Month(2021, 8), budget=budget)


def test_what_was_budgeted_in_another_year_is_no_budget_of_this() -> None:
    old = pm.Volume("K", "B", pm.Month(2020, 5), Decimal(7), "budget")
    now = pm.Volume("K", "A", pm.Month(2021, 5), Decimal(7), "budget")
    rows = [*regular(), pm.Volume("K", "B", pm.Month(2021, 8), Decimal(40), "system")]

    made = pm.forecast(pm.Volumes(rows), 2021, pm.Month(2021, 8), budget=pm.Volumes([old, now]))

    assert "löpande takt" == made.service("B").method
    assert 200 == made.service("B").year


def test_a_month_of_nothing_is_no_gap_where_each_file_names_a_source_of_its_own() -> None:
    rows = [
        row
        for row in regular("AB", "fil-{year}-{number}")
        if (row.service, row.month.number) not in {("B", 3), ("B", 7)}
    ]

    sparse = pm.forecast(pm.Volumes(rows), 2021, pm.Month(2021, 8)).service("B")

    assert "rullande år" == sparse.method
    assert 1000 == sparse.year
    assert not any(sparse.expected[:8])


def test_rows_in_conflict_are_told_by_the_rating_and_not_lost() -> None:
    clash = [
        pm.Volume("K", "A", pm.Month(2021, 3), Decimal(quantity), "system", "r-1") for quantity in (5, 6)
    ]
    old = [pm.Volume("K", "A", pm.Month(2020, 3), Decimal(quantity), "system", "r-0") for quantity in (5, 6)]

    tally = pm.forecast(pm.Volumes([*regular(), *clash, *old]), 2021, pm.Month(2021, 8)).volumes

    assert ["r-1"] == [each.reference for each in tally.conflicts]
    assert tally.rows == 8 + 4 + 2  # known, expected and in conflict


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"history": [1]}, "the history is Volumes or a Tally, not"),
        ({"history": None}, "the history is Volumes or a Tally, not None"),
        ({"budget": "budget.csv"}, "the budget is Volumes or a Tally, not 'budget.csv'"),
        ({"register": "kunder.toml"}, "the register is a Register, not 'kunder.toml'"),
        ({"price_list": "lista.toml"}, "price_list is a PriceList or several, not 'l'"),
    ],
)
def test_what_is_no_value_of_the_library_is_a_type_error_in_words(given: dict[str, Any], told: str) -> None:
    arguments = {"history": pm.Volumes(regular()), **given}

    with pytest.raises(TypeError, match=told):
        pm.forecast(arguments.pop("history"), 2021, pm.Month(2021, 8), **arguments)


@pytest.mark.parametrize("nonsense", [None, "abcd", 7])
def test_a_function_that_gives_no_numbers_is_refused_in_words(nonsense: Any) -> None:
    with pytest.raises(pm.InvalidError, match=r"metoden gav .*; ge ett tal, noll eller mer, för var och en"):
        pm.forecast(pm.Volumes(regular()), 2021, pm.Month(2021, 8), method=lambda _: nonsense)
