"""
Past years forecast as if they had not happened: what each method was off, counted by hand and by `forecast`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import prismodell as pm
from prismodell.estimation import AUTOMATIC
from prismodell.extrapolation import METHODS
from prismodell.money import exact
from test_underlag import REGISTER, rated, row

REMAINDER, RATE = "fjolårets rest", "löpande takt"
T2 = "T2"
NO_YEAR_BEFORE = "2019 prövas inte: det finns inget helt år före"


def year(service: str, number: int, quantities: Iterable[object], **fields: Any) -> list[pm.Volume]:
    """The months of a year, from January on."""
    return [
        row(fields.get("customer", "SDF-SKA"), service, str(quantity), pm.Month(number, month))
        for month, quantity in enumerate(quantities, 1)
    ]


def history(services: Mapping[str, Sequence[Sequence[object]]], first: int = 2019) -> list[pm.Volume]:
    """The months of some services, year by year."""
    return [
        each
        for service, years in services.items()
        for number, quantities in enumerate(years, first)
        for each in year(service, number, quantities)
    ]


# 1 200, 1 320 and 1 492 invoices; 144, 180 and 240 specifications
SMALL = history(
    {
        "EKO-LEV": [[100] * 12, [110] * 12, [121] * 8 + [131] * 4],
        "LON-SPEC": [[12] * 12, [10] * 6 + [20] * 6, [20] * 12],
    }
)


def small(*methods: Any, **options: Any) -> pm.Backtest:
    return pm.backtest(pm.Volumes(SMALL), methods or (REMAINDER, RATE), [T2], **options)


def decimals(*texts: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, texts))


def score(method: str, series_years: int, median: str, mean: str, within: str) -> pm.MethodScore:
    """At T2, without prices."""
    return pm.MethodScore(method, 8, series_years, series_years, *decimals(median, mean, within), total=None)  # type: ignore[misc]  # three decimals


def of(service: str, tried: pm.Backtest, method: str = REMAINDER, occasion: int | str = T2) -> list[pm.Trial]:
    return [*tried.tried(method, occasion, service)]


def test_the_error_of_each_year_is_that_of_the_formula_by_hand() -> None:
    tried = small()

    assert (2020, 2021) == tried.years
    # known 8 × 110 and last year's 4 × 100 of 1 320; known 8 × 121 and 4 × 110 of 1 492
    forecasts = [(each.forecast, each.actual, each.error) for each in of("EKO-LEV", tried)]
    assert [decimals("1280", "1320", "-3.03"), decimals("1408", "1492", "-5.63")] == forecasts
    # the mean of the known months × 12: 110, and 121
    assert [Decimal("0.00"), Decimal("-2.68")] == [each.error for each in of("EKO-LEV", tried, RATE)]
    # 6 × 10 and 2 × 20 known: 100 + 4 × 12 = 148 of 180, and 100 × 12 / 8 = 150
    assert decimals("148", "150") == tuple(
        of("LON-SPEC", tried, method)[0].forecast for method in (REMAINDER, RATE)
    )


def test_a_score_sums_up_the_errors_whichever_way_they_are() -> None:
    tried = small()
    # 40/1320, 84/1492, 32/180 and 0/240; and 0, 40/1492, 30/180 and 0
    expected = score(REMAINDER, 4, "4.33", "6.61", "25.00")
    assert expected == tried.score(REMAINDER, T2)
    expected = score(RATE, 4, "1.34", "4.84", "50.00")
    assert expected == tried.score(RATE, 8)
    assert Decimal("-26.8") == tried.score(RATE, T2).beside(tried.score(REMAINDER, T2))
    expected = score(REMAINDER, 2, "8.89", "8.89", "50.00")
    assert expected == tried.score(REMAINDER, T2, "LON-SPEC")


def test_the_total_is_in_kronor_at_what_a_unit_came_to_on_average() -> None:
    rating = rated(row("SDF-SKA", "EKO-LEV", "100"), row("BOL-STO", "LON-SPEC", "7"))  # 22,18 and 66,33
    tried = small(rating=rating)

    totals = tried.totals(REMAINDER, T2)
    # 40 × 22,18 + 32 × 66,33 less than 1 320 × 22,18 + 180 × 66,33; 84 × 22,18 of 1 492 × 22,18 + 240 × 66,33
    assert [(2020, Decimal("-3009.76"), Decimal("-7.30")), (2021, Decimal("-1863.12"), Decimal("-3.80"))] == [
        (each.year, each.difference, each.error) for each in totals
    ]
    assert [Decimal("41217.00"), Decimal("49011.76")] == [each.actual for each in totals]
    assert Decimal("5.55") == tried.score(REMAINDER, T2).total  # the mean of the years, whichever way
    assert (NO_YEAR_BEFORE,) == tried.notices


def test_a_service_without_a_price_is_not_in_kronor_and_that_is_said() -> None:
    tried = small(rating=rated(row("SDF-SKA", "EKO-LEV", "100"), row("SDF-SKA", "LON-SPEC", "-5")))

    assert (NO_YEAR_BEFORE, "utan pris, och inte med i kronor: LON-SPEC") == tried.notices
    assert [Decimal("-887.20")] == [each.difference for each in tried.totals(REMAINDER, T2)][:1]  # 40 × 22,18
    assert None is small().score(REMAINDER, T2).total
    assert () == small().totals(REMAINDER, T2)


def test_the_method_that_was_least_off_is_named_and_how_sure_that_is() -> None:
    verdict = small().best(T2)

    assert verdict is not None
    assert (RATE, REMAINDER, 3) == (verdict.best.method, verdict.baseline.method, verdict.nearer)  # type: ignore[union-attr]  # there is a verdict
    assert not verdict.enough
    assert verdict.told == (
        "T2 (augusti): löpande takt, 4,84 % fel i snitt mot 6,61 % för fjolårets rest "
        "(närmare i 3 av 4 serieår); 4 serieår är för få att döma av"
    )
    alone = small().best(8, "LON-SPEC")
    assert alone is not None
    assert alone.told.startswith("LON-SPEC, T2 (augusti): löpande takt, 8,33 % fel i snitt mot 8,89 % ")
    assert alone.told.endswith("(närmare i 1 av 2 år); 2 år är för få att döma av")


def test_eight_series_years_are_enough_unless_they_are_of_one_year() -> None:
    def told(services: int, years: int) -> str:
        many = {f"S-{number}": [[10 + each] * 12 for each in range(years + 1)] for number in range(services)}
        verdict = pm.backtest(pm.Volumes(history(many)), [RATE], [6]).best(6)
        return verdict.told if verdict else ""

    assert "juni: löpande takt, 0 % fel i snitt" == told(4, 2)
    assert told(3, 2).endswith("; 6 serieår är för få att döma av")
    assert told(8, 1).endswith("; ett enda år är för lite att döma av")


def test_of_methods_that_were_equally_off_the_first_is_best_and_one_that_seldom_can_be_used_never() -> None:
    same = pm.Volumes(history({"EKO-LEV": [[10] * 12] * 3}))
    for methods in ((REMAINDER, RATE), (RATE, REMAINDER)):
        verdict = pm.backtest(same, methods, [T2]).best(T2)
        assert verdict is not None
        assert methods[0] == verdict.best.method
        assert (REMAINDER != methods[0]) == (verdict.baseline is not None)

    tried = small("budget", "profil")  # there is no budget
    assert (0, 4) == (tried.score("budget", T2).used, tried.score("budget", T2).series_years)
    verdict = tried.best(T2)
    assert verdict is not None
    assert "profil" == verdict.best.method
    assert None is verdict.baseline  # which was not tried
    assert None is small("budget").best(T2)


@settings(max_examples=10)
@given(st.integers(30, 10_000), st.integers(1, 11))
def test_a_constant_series_is_met_by_every_method(level: int, known: int) -> None:
    constant = pm.Volumes(history({"EKO-LEV": [[level] * 12] * 3}))
    methods = (AUTOMATIC, *METHODS)
    tried = pm.backtest(constant, methods, [known], budget=constant)

    for each in (tried.score(method, known) for method in methods):
        assert 0 == each.mean
        assert 2 == each.used == each.series_years


QUANTITIES = st.lists(st.decimals(0, 200, places=1), min_size=36, max_size=36)


@settings(max_examples=15)
@given(QUANTITIES, QUANTITIES, st.integers(1, 11), st.sampled_from([AUTOMATIC, "profil", RATE]), st.randoms())
def test_it_is_what_forecast_says_of_what_was_known_then_in_any_order(
    one: list[Decimal], other: list[Decimal], known: int, method: str, random: Any
) -> None:
    services = {name: [each[at : at + 12] for at in (0, 12, 24)] for name, each in (("A", one), ("B", other))}
    rows = history(services)
    shuffled = random.sample(rows, len(rows))
    tried = pm.backtest(pm.Volumes(rows), [method], [known])

    assert tried == pm.backtest(pm.Volumes(shuffled), [method], [known])
    for number in tried.years:
        through = pm.Month(number, known)
        then = pm.Volumes(each for each in rows if each.month <= through)
        made = pm.forecast(then, number, through, method=method)
        for trial in tried.trials:
            if trial.year == number:
                series = made.service(trial.service)
                assert (series.year, series.method) == (trial.forecast, trial.used)
                with exact():
                    assert sum(services[trial.service][number - 2019]) == trial.actual


def test_a_year_that_is_not_whole_is_not_tried_and_that_is_said() -> None:
    until_may = year("EKO-LEV", 2022, [130] * 5)
    tried = pm.backtest(pm.Volumes([*SMALL, *until_may]), [RATE], [T2])

    assert (2020, 2021) == tried.years
    assert (
        NO_YEAR_BEFORE,
        "2022 prövas inte: juni 2022 är inte rapporterad",
    ) == tried.notices


def test_a_service_that_a_month_is_missing_of_is_left_out_of_its_years_and_that_is_said() -> None:
    def by_system(each: pm.Volume) -> pm.Volume:
        return attrs.evolve(each, source="lön" if each.service == "LON-SPEC" else "ekonomi")

    gap = [each for each in SMALL if (each.service, each.month) != ("LON-SPEC", pm.Month(2019, 3))]
    tried = pm.backtest(pm.Volumes(map(by_system, gap)), [RATE], [T2])

    assert [("EKO-LEV", 2020), ("EKO-LEV", 2021), ("LON-SPEC", 2021)] == [
        (each.service, each.year) for each in tried.trials
    ]
    left_out = "2020 prövas inte för LON-SPEC: någon månad där eller året före saknas"
    assert (NO_YEAR_BEFORE, left_out) == tried.notices


def test_a_history_that_no_year_can_be_tried_of_gives_no_figure() -> None:
    first, *_ = SMALL
    for rows, why in (
        (SMALL[:12], NO_YEAR_BEFORE),
        ([first], "2019 prövas inte: februari 2019 är inte rapporterad"),
        (
            [
                attrs.evolve(each, service=f"S-{at // 2}", source=f"{at // 2}")
                for at, each in enumerate(SMALL[:12])
            ],
            "2019 prövas inte: ingen tjänst har alla månader",
        ),
    ):
        tried = pm.backtest(pm.Volumes(rows))
        assert (why,) == tried.notices
        assert [(), (), ()] == [tried.trials, tried.years, tried.services]
        assert pm.MethodScore(RATE, 4, 0, 0, None, None, None, None) == tried.score(RATE, "T1")
        assert None is tried.best("T1")


def test_a_year_that_came_to_nothing_has_no_error_but_counts_in_kronor() -> None:
    rating = rated(row("SDF-SKA", "LON-SPEC", "1"))
    ended = pm.Volumes(history({"LON-SPEC": [[12] * 12, [0] * 12]}))
    tried = pm.backtest(ended, [REMAINDER], [T2], rating=rating)

    assert [None] == [each.error for each in tried.trials]
    assert 0 == tried.score(REMAINDER, T2).series_years
    (total,) = tried.totals(REMAINDER, T2)
    assert (Decimal("3183.84"), None) == (total.difference, total.error)  # 4 × 12 × 66,33, of nothing
    assert None is tried.score(REMAINDER, T2).total
    assert () == tried.services


def test_what_is_subscribed_to_is_in_kronor_but_no_method_is_judged_by_it() -> None:
    span = pm.Span(pm.Month(2019, 1), pm.Month(2021, 7))
    subscription = pm.Subscription("SDF-SKA", "EKO-TIM", span, Decimal(2))
    register = attrs.evolve(REGISTER, subscriptions=(subscription,))
    volumes = pm.Volumes(SMALL).merge(register.subscribed(pm.Month(2019, 1), pm.Month(2021, 12)))
    rating = rated(row("SDF-SKA", "EKO-TIM", "1"))  # 750 kronor
    tried = pm.backtest(volumes, [RATE], [T2], rating=rating, register=register)

    assert ("EKO-LEV", "LON-SPEC") == tried.services
    assert 4 == tried.score(RATE, T2).series_years
    assert [decimals("18000", "18000"), decimals("9000", "9000")] == [
        (each.forecast, each.actual) for each in tried.totals(RATE, T2)
    ]


def test_what_had_not_begun_is_missing_in_the_kronor_but_no_method_is_judged_by_it() -> None:
    new = history({"EKO-TIM": [[0] * 12, [0] * 12, [0] * 8 + [5] * 4]})
    begun = [each for each in new if each.quantity]
    rating = rated(row("SDF-SKA", "EKO-TIM", "1"))  # 750 kronor
    for rows in ([*SMALL, *begun], [*SMALL, *new]):
        tried = pm.backtest(pm.Volumes(rows), [RATE], [T2], rating=rating)
        assert [(2021, Decimal(-15_000))] == [(each.year, each.difference) for each in tried.totals(RATE, T2)]
    tried = pm.backtest(pm.Volumes([*SMALL, *begun]), [RATE, REMAINDER], [T2])
    assert "inte påbörjad" == of("EKO-TIM", tried)[0].used
    assert small().score(RATE, T2) == tried.score(RATE, T2)
    assert ("EKO-LEV", "LON-SPEC") == tried.services


def test_a_budget_is_of_its_own_year_and_without_one_the_method_gives_way() -> None:
    budget = pm.Volumes(year("EKO-LEV", 2021, [125] * 12))
    tried = pm.backtest(pm.Volumes(SMALL), ["budget"], [T2], budget=budget)

    used = [(each.year, each.forecast, each.used) for each in of("EKO-LEV", tried, "budget")]
    assert (2021, Decimal(968 + 500), "budget") == used[1]
    assert (2020, "sammanvägning") == (used[0][0], used[0][2])
    assert [False, True] == [each.as_asked for each in of("EKO-LEV", tried, "budget")]
    assert 1 == tried.score("budget", T2).used


def test_a_function_is_a_method_and_stands_under_its_name() -> None:
    def hundred_a_month(past: pm.Past) -> list[float]:
        return [100] * past.left

    tried = small(hundred_a_month)
    name = "egen metod hundred_a_month"
    assert (name,) == tried.methods
    assert [880 + 400, 968 + 400] == [each.forecast for each in of("EKO-LEV", tried, name)]
    assert tried.score(name, T2).usable


def test_customers_are_tried_one_by_one_where_the_forecast_is_made_so() -> None:
    other = [attrs.evolve(each, customer="BOL-STO", quantity=Decimal(7)) for each in SMALL]
    both = pm.Volumes([*SMALL, *other])
    tried = pm.backtest(both, [RATE, "profil"], [T2], level="customer")

    assert ["löpande takt"] * 2 == [each.used for each in of("EKO-LEV", tried, RATE)]
    # the few of the other customer were forecast too: 1 320 + 84 and 1 452 + 84
    assert [1404, 1536] == [each.forecast for each in of("EKO-LEV", tried, RATE)]
    zero = [attrs.evolve(each, quantity=Decimal(0)) if each.month.number == 5 else each for each in other]
    mixed = pm.backtest(pm.Volumes([*SMALL, *zero]), ["profil"], [T2], level="customer")
    assert {("profil + rullande år", False)} == {(each.used, each.as_asked) for each in mixed.trials}


def test_a_service_that_comes_back_is_judged_whatever_a_method_expected_of_it() -> None:
    back = history({"EKO-LEV": [[10] * 12, [10] * 12, [0] * 11 + [7]]})
    for level in ("service", "customer"):
        tried = pm.backtest(pm.Volumes(back), [REMAINDER, AUTOMATIC], [T2], level=level)
        assert [40, 0] == [tried.tried(method, T2)[1].forecast for method in tried.methods]
        assert [2, 2] == [tried.score(method, T2).series_years for method in tried.methods]
        assert 1 == getattr(tried.best(T2), "nearer", None)


def test_what_forecast_is_told_it_is_told_in_each_year() -> None:
    manual, web = [[60] * 12, [60] * 12, [60] * 8 + [10] * 4], [[40] * 12, [40] * 12, [40] * 8 + [90] * 4]
    rows = pm.Volumes(history({"EKO-LEV": manual, "LON-SPEC": web}))
    move = pm.Move("EKO-LEV", "LON-SPEC", Decimal(50) / 60, pm.Month(2021, 9))
    untold, told = (pm.backtest(rows, [RATE], [T2], changes=each) for each in ((), [move]))

    assert [0, Decimal("38.46")] == [each.error for each in of("EKO-LEV", untold, RATE)]
    assert [0, 0] == [each.error for each in of("EKO-LEV", told, RATE)]


def test_what_is_masked_is_not_judged_by_in_the_years_that_have_seen_it() -> None:
    shock = [
        each if each.month != pm.Month(2020, 2) else attrs.evolve(each, quantity=Decimal(9)) for each in SMALL
    ]
    masked: list[pm.Month | tuple[str, pm.Month]] = [("EKO-LEV", pm.Month(2020, 2)), pm.Month(2021, 12)]
    seen, hidden = (
        pm.backtest(pm.Volumes(shock), [RATE], ["T1"], masked=each).tried(RATE, 4, "EKO-LEV")[0]
        for each in ([], masked)
    )
    # (3 × 110 + 9) / 4 × 8 and 110 × 8 more than what is known
    assert decimals("1017", "1219") == (seen.forecast, hidden.forecast)


def test_every_month_may_be_an_occasion_and_the_last_ones_are_the_surest() -> None:
    tried = pm.backtest(pm.Volumes(SMALL), [REMAINDER], [*range(11, 0, -1), "T1"])

    assert tuple(range(1, 12)) == tried.occasions
    errors = [tried.score(REMAINDER, known, "EKO-LEV").mean or 0 for known in tried.occasions]
    assert errors == sorted(errors, reverse=True)
    assert tried.score(REMAINDER, "T1") == tried.score(REMAINDER, 4)


@pytest.mark.parametrize(
    ("methods", "occasions", "key", "says"),
    [
        (["profill"], [T2], "method", "menade du 'profil'"),
        (["profil", "profil"], [T2], "methods", "'profil' står två gånger"),
        (["profil"], ["T3"], "occasion", "'T3' är inget tillfälle"),
        (["profil"], [12], "occasion", "'12' är inget tillfälle"),
        (["profil"], [0], "occasion", 'ange "T1", "T2" eller antalet kända månader, 1 till 11'),
        ([], [T2], "methods", "det finns inget att pröva"),
        (["profil"], [], "methods", "ange minst en metod och ett tillfälle"),
    ],
)
def test_what_cannot_be_tried_is_refused(
    methods: list[str], occasions: list[int | str], key: str, says: str
) -> None:
    with pytest.raises(pm.InvalidError, match=says) as error:
        pm.backtest(pm.Volumes(SMALL), methods, occasions)
    assert key == error.value.key


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("profil", T2), "'profil' är inte prövad; kända är"),
        ((RATE, "T1"), r"T1 \(april\) är inte prövad; prövade är T2 \(augusti\)"),
        ((RATE, T2, "EKO-LEVV"), "'EKO-LEVV' är inte prövad; menade du 'EKO-LEV'"),
    ],
)
def test_what_was_not_tried_is_refused(asked: tuple[str, ...], says: str) -> None:
    with pytest.raises(pm.InvalidError, match=says):
        small().score(*asked)


def test_a_backtest_is_a_value_that_prints_itself_briefly() -> None:
    assert small() == small()
    assert hash(small()) == hash(small())
    assert "<Backtest of 2 methods, 8 trials>" == repr(small())
