"""
What is expected where the history does not tell: each fallback with its sentence, through `forecast`.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import prismodell as pm
from histories import APRIL, AUGUST, DECEMBER, JANUARY, NONE_KNOWN, SHAPE, check, forecast, row, year, years
from prismodell.customers import SUBSCRIPTION_SOURCE
from prismodell.expectation import Series
from prismodell.periods import Span
from prismodell.prospects import on_grid

OTHERS = years("L", "B")  # another service of the same source, so that a month without rows is nothing
BUDGET = pm.Volumes(year(2021, [7] * 12, source="budget"))
WHOLE = Span(pm.Month(2021, 1), pm.Month(2022, 1))


def of(rows: list[pm.Volume], through: pm.Month = AUGUST, **fields: Any) -> Series:
    made = forecast([*OTHERS, *rows], through, **fields)
    check(made, [*OTHERS, *rows])
    return made.service("A")


def rest(series: Series) -> list[Decimal]:
    return [*series.expected]


# --- the grid ----------------------------------------------------------------------------------------------


@given(
    st.lists(st.floats(-1e3, 1e9), min_size=1, max_size=12),
    st.sampled_from([Decimal(each) for each in ("1", "0.5", "0.25", "0.01", "0.000001")]),
)
def test_months_on_the_grid_sum_to_the_rounded_year(months: list[float], step: Decimal) -> None:
    found = on_grid(months, step)
    exact = [max(Fraction(each), Fraction(0)) for each in months]
    assert not any(quantity % step for quantity in found)
    assert abs(Fraction(sum(found)) - sum(exact)) <= Fraction(step) / 2 + len(months) * Fraction(1, 10**6)
    if sum(exact):
        scale = Fraction(sum(found)) / sum(exact)
        for quantity, each in zip(found, exact, strict=True):
            assert abs(Fraction(quantity) - each * scale) < Fraction(step) + Fraction(1, 10**5)


def test_months_on_the_grid_by_hand() -> None:
    assert [2, 1, 1] == on_grid([1.2, 1.2, 1.2], Decimal(1))  # 3.6 is 4; equal remainders, the first month
    assert [Decimal("1.5"), Decimal(1), Decimal(1)] == on_grid([1.2, 1.2, 1.2], Decimal("0.5"))
    assert [0, 3] == on_grid([-5.0, 2.5], Decimal(1))
    assert [0, 0] == on_grid([0.1, 0.1], Decimal(1))


# --- without history ---------------------------------------------------------------------------------------


def test_a_service_in_the_budget_only_is_the_budget() -> None:
    series = of([], budget=BUDGET)
    assert [0] * 8 + [7] * 4 == rest(series)
    assert ("budget", "inget helt år före, inget levererat i år") == (series.method, series.reason)
    assert ("budgeten för resten: 28",) == series.terms
    assert series.rule_of_thumb


def test_a_customer_in_the_budget_only_has_nothing_of_a_service_with_history() -> None:
    planned = pm.Volumes(year(2021, [7] * 12, "Ny", source="budget"))
    made = forecast(years() + years("L"), budget=planned)
    assert [*SHAPE[8:]] * 2 == [*made.service("A", "K").expected[8:], *made.service("A", "L").expected[8:]]
    assert "Ny" not in {each.customer for each in made.customers}
    alone = forecast(years() + years("L"), budget=planned, level="customer").service("A", "Ny")
    assert [0] * 8 + [7] * 4 == rest(alone)


def test_a_budget_is_divided_between_its_customers_and_says_so() -> None:
    planned = pm.Volumes(year(2021, [2] * 12) + year(2021, [1] * 12, "L"))
    made = forecast(OTHERS, budget=planned)
    assert [2] * 4 == [*made.service("A", "K").expected[8:]]
    assert ("andel", "kundens del av A i budgeten") == (
        made.service("A", "K").method,
        made.service("A", "K").reason,
    )


def test_what_began_this_year_goes_on_at_its_rate() -> None:
    series = of([row(pm.Month(2021, at), 30) for at in (6, 7, 8)])
    assert [0] * 8 + [30] * 4 == rest(series)
    assert ("löpande takt", "inget helt år före, 3 månader i år att gå efter") == (
        series.method,
        series.reason,
    )


def test_what_began_this_year_in_a_file_of_its_own_has_no_months_missing() -> None:
    series = of([row(pm.Month(2021, at), 30, source="nytt system") for at in (5, 6, 7, 8)])
    assert [0] * 8 + [30] * 4 == rest(series)


def test_what_began_late_last_year_has_no_whole_year_and_says_so() -> None:
    series = of([row(pm.Month(2020, 11), 30), row(pm.Month(2020, 12), 30), *year(2021, [30] * 8)])
    assert [30] * 4 == rest(series)[8:]
    assert (
        "inget helt år före, 8 månader i år att gå efter; 2020 räknas inte: började i november 2020"
    ) == series.reason


# --- small volumes, zeros, credits, and what has ended -----------------------------------------------------


def test_small_volumes_are_a_rolling_year() -> None:
    series = of(years(quantities=[2, 0, 1, 3] * 3))
    assert [2, 0, 1, 3] == rest(series)[8:]
    assert ("rullande år", "någon månad är noll") == (series.method, series.reason)
    few = of(years(quantities=[2, 1, 1, 3] * 3))
    assert ("rullande år", "under 30 i månaden") == (few.method, few.reason)


def test_what_has_ended_has_no_more_and_says_so() -> None:
    series = of([each for each in years() if each.month < pm.Month(2021, 6)])
    assert not any(rest(series))
    assert ("upphörd", "inget på tre månader, men i fjol varje månad") == (series.method, series.reason)
    assert series.year == series.wide.low == series.wide.high


def test_a_season_that_is_over_has_no_more_and_says_so() -> None:
    series = of(years(quantities=[0] * 5 + [100, 200, 50] + [0] * 4))
    assert not any(rest(series))
    assert ("de senaste tolv månaderna 350 × resten av ett år 0 %: 0 återstår",) == series.terms


def test_history_with_a_negative_total_is_said_and_the_rate_is_used() -> None:
    series = of(years(quantities=[-5] * 12))
    assert not any(rest(series))
    assert "åren före summerar inte till något, 8 månader i år att gå efter" == series.reason
    assert ("−5 i månaden, snittet av kända månader: 0 återstår",) == series.terms


def test_credits_last_year_are_not_expected_again() -> None:
    quantities = [*SHAPE[:11], -200]
    series = of(years(quantities=quantities), method="fjolårets rest")
    assert [*SHAPE[8:11], 0] == rest(series)[8:]
    assert "vald; negativa månader räknas som noll" == series.reason
    assert 0 == rest(of(years(quantities=quantities)))[11]


# --- months that are missing -------------------------------------------------------------------------------


def test_a_month_that_nobody_reported_is_expected_and_said() -> None:
    made = forecast([each for each in years() if each.month != pm.Month(2021, 3)])
    series = made.service("A")
    assert [0, 0, 100] == rest(series)[:3]
    assert [*SHAPE[8:]] == rest(series)[8:]
    assert 0 == series.known[2]
    assert "3 hela år finns; mars 2021 är inte rapporterad och är uppskattad" == series.reason


def test_a_month_missing_at_december_is_expected_too() -> None:
    series = forecast(
        [each for each in years(known=12) if each.month != pm.Month(2021, 3)], DECEMBER
    ).service("A")
    assert 100 == sum(rest(series))
    assert (
        "uppskattning",
        "alla andra månader är kända; mars 2021 är inte rapporterad och är uppskattad",
    ) == (
        series.method,
        series.reason,
    )


def test_a_year_with_a_missing_month_counts_with_the_month_estimated_and_said() -> None:
    series = forecast([each for each in years() if each.month != pm.Month(2019, 3)]).service("A")
    assert [*SHAPE[8:]] == rest(series)[8:]
    assert "3 hela år finns; mars 2019 är inte rapporterad och är uppskattad" == series.reason


def test_next_year_is_forecast_in_september_of_what_there_is() -> None:
    made = pm.forecast(pm.Volumes(years()), 2022, DECEMBER)
    whole = pm.forecast(pm.Volumes(years(known=12)), 2022, DECEMBER)
    assert whole.service("A").year == made.service("A").year > 0
    assert "september 2021, oktober 2021, november 2021 och december 2021" in made.service("A").reason


@pytest.mark.parametrize("masked", [[pm.Month(2020, 12)], [("A", pm.Month(2020, 12))]])
def test_a_masked_month_does_not_count(masked: list[Any]) -> None:
    shock = [
        attrs.evolve(each, quantity=each.quantity * 9) if each.month == NONE_KNOWN else each
        for each in years()
    ]
    series = of(shock, masked=masked)
    assert [*SHAPE[8:]] == rest(series)[8:]
    assert "3 hela år finns; december 2020 är undantagen" == series.reason
    assert SHAPE[11] < rest(of(shock))[11]
    assert rest(of(shock)) == rest(of(shock, masked=[("B", pm.Month(2020, 12))]))


def test_a_masked_known_month_stays_as_it_is() -> None:
    shock = [attrs.evolve(each, quantity=Decimal(999)) if each.month == APRIL else each for each in years()]
    series = of(shock, masked=[("A", APRIL)])
    assert 999 == series.known[3]
    assert [*SHAPE[8:]] == rest(series)[8:]


@pytest.mark.parametrize("level", ["service", "customer"])
def test_with_no_month_known_it_is_a_rolling_year(level: str) -> None:
    made = forecast(years() + OTHERS, NONE_KNOWN, level=level)
    check(made, years() + OTHERS)
    assert [*SHAPE] == rest(made.service("A"))
    assert ("rullande år", "ingen månad i år är känd") == (
        made.service("A", "K").method,
        made.service("A", "K").reason,
    )


# --- late months -------------------------------------------------------------------------------------------


def registered(rows: list[pm.Volume]) -> list[pm.Volume]:
    """
    Each month half known on its last day, and the rest ten days later.
    """
    halves = [attrs.evolve(each, quantity=each.quantity / 2) for each in rows]
    return [
        attrs.evolve(half, registered=half.month.last + timedelta(days))
        for half in halves
        for days in (0, 10)
    ]


def late(rows: list[pm.Volume], as_of: date = date(2021, 9, 3), **fields: Any) -> Series:
    return pm.forecast(pm.Volumes(registered(rows)), 2021, AUGUST, as_of=as_of, **fields).service("A")


def test_a_month_that_is_filling_up_is_completed_as_earlier_ones_were() -> None:
    series = late(years())
    assert 30 == series.known[7]
    assert [30, *SHAPE[8:]] == rest(series)[7:]
    said = "augusti 2021 är till 50 % rapporterad 3 dagar efter månadens slut, om den fylls på som"
    assert said in series.reason


def test_a_month_is_whole_when_its_days_have_passed() -> None:
    series = late(years(), date(2021, 9, 25))
    assert [60, 0] == [series.known[7], rest(series)[7]]


def test_a_late_month_of_the_year_before_is_completed_too() -> None:
    rows = registered(years(known=0))
    made = pm.forecast(pm.Volumes(rows), 2021, NONE_KNOWN, as_of=date(2021, 1, 3))
    assert [*SHAPE] == rest(made.service("A"))


def test_a_month_with_nothing_yet_is_expected_as_one_that_nobody_reported() -> None:
    rows = [each for each in years() if each.month != AUGUST] + OTHERS
    series = late(rows)
    assert 60 == rest(series)[7]
    assert "augusti 2021 är inte rapporterad och är uppskattad" in series.reason
    assert "augusti 2021 har inget rapporterat 3 dagar efter månadens slut" in series.reason
    assert "upphörd" != series.method


def test_rows_registered_later_are_not_known() -> None:
    rows = registered(years())
    seen = [each for each in rows if each.registered and each.registered <= date(2021, 9, 3)]
    one, other = (
        pm.forecast(pm.Volumes(each), 2021, AUGUST, as_of=date(2021, 9, 3)) for each in (rows, seen)
    )
    assert one == other


# --- prices ------------------------------------------------------------------------------------------------


def price_list(*spans: Span, service: str = "A") -> pm.PriceList:
    priced = pm.Service(service, "Tjänst", pm.Area("e", "Ekonomi"), pm.Kind.OBLIGATORY, "styck")
    revision = pm.Revision("Prislista", pm.Tariff(pm.UnitPrice(Decimal(1))))
    return pm.PriceList(
        "p-2021", "Prislista 2021", WHOLE, tuple(pm.Price(priced, each, (revision,)) for each in spans)
    )


@pytest.mark.parametrize(
    ("spans", "expected", "said"),
    [
        ([WHOLE], [100, 110, 120, 140], ""),
        ([Span(JANUARY, pm.Month(2021, 10))], [100, 0, 0, 0], "; A har inget pris från och med oktober 2021"),
        ([Span(JANUARY, DECEMBER)], [100, 110, 120, 0], "; A har inget pris i december 2021"),
        (
            [Span(JANUARY, pm.Month(2021, 9)), Span(pm.Month(2021, 11), DECEMBER)],
            [0, 0, 120, 0],
            "; A har inget pris i september 2021, oktober 2021 och december 2021",
        ),
    ],
)
def test_nothing_is_expected_in_a_month_without_a_price(
    spans: list[Span], expected: list[int], said: str
) -> None:
    series = of(years(), price_list=price_list(*spans))
    assert expected == rest(series)[8:]
    assert f"3 hela år finns{said}" == series.reason


def test_a_month_that_no_list_holds_in_is_not_judged() -> None:
    short = attrs.evolve(price_list(), span=Span(JANUARY, pm.Month(2021, 10)))
    assert [0, 110, 120, 140] == rest(of(years(), price_list=short))[8:]


def test_a_planned_price_list_tells_which_services_there_are() -> None:
    new = attrs.evolve(price_list(WHOLE), id="ny", title="Ny prislista")
    series = of(years(), price_list=price_list(), changes=[pm.Switch(new, pm.Month(2021, 11))])
    assert [0, 0, 120, 140] == rest(series)[8:]


# --- subscriptions -----------------------------------------------------------------------------------------


def subscribed(quantity: str = "2", known: int = 8) -> list[pm.Volume]:
    return year(2021, [quantity] * known, source=SUBSCRIPTION_SOURCE)


def register(*subscriptions: pm.Subscription, **ends: pm.Month) -> pm.Register:
    customers = tuple(
        pm.Customer(code, code, pm.CustomerType.ADMINISTRATION, span=Span(pm.Month(2000, 1), ends.get(code)))
        for code in ("K", "L")
    )
    return pm.Register(customers, (), subscriptions)


def test_a_subscription_is_as_in_the_last_known_month_without_a_register() -> None:
    series = of(subscribed())
    assert [0] * 8 + [2] * 4 == rest(series)
    assert ("abonnemang", "som i augusti 2021") == (series.method, series.reason)
    assert 24 == series.wide.low == series.wide.high
    assert not series.rule_of_thumb


def test_a_subscription_is_known_by_the_register() -> None:
    terms = register(pm.Subscription("K", "A", Span(JANUARY, pm.Month(2021, 11)), Decimal("2.5")))
    series = of(subscribed("2.5"), register=terms)
    assert [Decimal("2.5")] * 2 + [0, 0] == rest(series)[8:]
    assert ("abonnemang", "enligt registret") == (series.method, series.reason)


def test_a_history_of_subscriptions_alone_is_one() -> None:
    made = forecast(subscribed())
    check(made, subscribed())
    assert 24 == made.service("A").year


def test_a_subscription_and_ordinary_volumes_of_one_service_are_added() -> None:
    terms = register(pm.Subscription("K", "A", WHOLE, Decimal(2)))
    series = of([*years(), *subscribed()], register=terms)
    assert [each + 2 for each in SHAPE] == [*series.months]
    assert "sammanvägning" == series.method
    assert "därtill abonnemang, enligt registret: 8" == series.terms[-1]
    assert series.wide.low >= sum(series.known) + 8


def test_a_subscription_ends_with_the_one_that_leaves_or_goes_to_its_successor() -> None:
    leaving = pm.Leave("K", pm.Month(2021, 11))
    rows = [*OTHERS, *subscribed()]
    made = forecast(rows, changes=[leaving])
    assert [2, 2, 0, 0] == rest(made.service("A", "K"))[8:]
    heirs = forecast(rows, changes=[attrs.evolve(leaving, successor="L")])
    assert [2, 2, 0, 0] == rest(heirs.service("A", "K"))[8:]
    assert [0, 0, 2, 2] == rest(heirs.service("A", "L"))[8:]
