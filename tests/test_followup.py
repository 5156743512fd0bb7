"""
Follow-up: what may be compared, results per post, and the two measures that a board is asked for.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prismodell as pm
from prismodell.money import exact
from test_alignment import in_2021
from test_underlag import FEBRUARY, JANUARY, rated, row

AMOUNTS = st.integers(0, 10**9)
STATEMENTS = st.builds(
    lambda income, costs: pm.Statement("År", [pm.Post("allt", "Allt", income, costs)]), AMOUNTS, AMOUNTS
)


def result(title: str, *posts: tuple[str, str, str], opening_fund: str | None = None) -> pm.Statement:
    """A statement of (code, income, costs), in millions."""
    return pm.Statement(
        title,
        [
            pm.Post(code, code.capitalize(), *(Decimal(each) * 1_000_000 for each in sums))
            for code, *sums in posts
        ],
        opening_fund=opening_fund,
    )


BUDGET = result("Budget", ("ekonomi", "75.5", "57.8"), ("namnd", "0", "53.9"), opening_fund="6600000")
ACTUAL = result("Utfall", ("namnd", "1.6", "58.5"), ("ekonomi", "80.1", "58.3"), ("sikt", "4.6", "4.6"))


def test_a_post_has_0_in_a_statement_that_does_not_have_it_and_stands_where_the_newest_has_it() -> None:
    report = pm.report(budget=BUDGET, actual=ACTUAL)

    assert ["namnd", "ekonomi", "sikt"] == [post.code for post in report.posts]
    assert pm.Figures(budget=Decimal(0), actual=Decimal(4_600_000)) == report.posts[2].costs
    assert None is report.posts[0].net.forecast
    reversed_ = pm.report(budget=ACTUAL, actual=BUDGET)
    assert ["ekonomi", "namnd", "sikt"] == [post.code for post in reversed_.posts]


def test_a_cost_above_the_budget_is_a_negative_variance() -> None:
    report = pm.report(budget=BUDGET, actual=ACTUAL)
    # 1,6 − 58,5 − (0 − 53,9) = −3,0 and 80,1 − 58,3 − (75,5 − 57,8) = 4,1
    variances = [post.net.variance() for post in report.posts]
    assert [-3_000_000, 4_100_000, 0] == [each.difference for each in variances if each]


@exact()
@given(STATEMENTS, STATEMENTS, STATEMENTS)
def test_posts_sum_to_the_result_and_variances_to_its_variance(
    budget: pm.Statement, forecast: pm.Statement, actual: pm.Statement
) -> None:
    report = pm.report(budget=budget, forecast=forecast, actual=actual)
    for side, statement in (("budget", budget), ("forecast", forecast), ("actual", actual)):
        assert statement.net == getattr(report.result.net, side)
        assert statement.costs == sum(getattr(post.costs, side) for post in report.posts)
    for plan, statement in (("budget", budget), ("forecast", forecast)):
        variance = report.result.net.variance(plan)
        assert variance is not None
        assert actual.net - statement.net == variance.difference


def test_a_figure_of_the_statements_that_one_does_not_know_is_none() -> None:
    report = pm.report(budget=BUDGET, actual=ACTUAL)
    funds = report.figures(lambda each: each.closing_fund)
    # 6,6 + (75,5 − 57,8 − 53,9) = −29,6
    assert pm.Figures(budget=Decimal(-29_600_000)) == funds
    assert None is funds.variance()


def test_ratings_and_statements_made_of_them_can_be_mixed() -> None:
    plan, actual = rated(row("SDF-SKA", "EKO-LEV", "1")), rated(row("SDF-SKA", "EKO-LEV", "2"))
    statement = pm.statement("Utfall", actual, costs={"ekonomi": 10})

    report = pm.report(budget=plan, actual=statement)

    assert {"ekonomi": pm.Figures(budget=Decimal("22.18"), actual=Decimal("44.36"))} == report.by("area")
    assert (("actual", statement),) == report.statements
    assert "<Report of 2 ratings and 1 statements>" == repr(report)


def test_a_forecast_is_compared_with_the_years_budget_and_an_actual_with_its_own_months() -> None:
    year = (row("SDF-SKA", "EKO-LEV", "1"), row("SDF-SKA", "EKO-LEV", "3", FEBRUARY))
    budget, forecast = rated(*year), rated(year[0], row("SDF-SKA", "EKO-LEV", "4", FEBRUARY))
    actual, before = rated(year[0]), in_2021(*year)

    expected = pm.report(before=before, budget=budget, forecast=forecast).revenue
    so_far = pm.report(before=before, budget=budget, forecast=forecast, actual=actual).revenue
    through = pm.report(budget=budget, forecast=forecast, through=JANUARY).revenue

    assert ((JANUARY, FEBRUARY), (JANUARY,), (JANUARY,)) == (expected.months, so_far.months, through.months)
    assert pm.Figures(Decimal("88.72"), Decimal("88.72"), Decimal("110.90")) == expected.total
    assert pm.Figures(*[Decimal("22.18")] * 4) == so_far.total
    assert pm.Figures(budget=Decimal("22.18"), forecast=Decimal("22.18")) == through.total


@pytest.mark.parametrize(
    "given_", [{}, {"actual": rated()}, {"actual": rated(), "budget": BUDGET}, {"forecast": BUDGET}]
)
def test_less_than_two_that_can_be_compared_is_refused(given_: dict[str, pm.Rating | pm.Statement]) -> None:
    with pytest.raises(pm.InvalidError, match="det finns inte två att jämföra; ge minst två av before"):
        pm.report(**given_)  # type: ignore[arg-type]  # wrong on purpose


def test_statements_cannot_be_cut_at_a_month() -> None:
    with pytest.raises(pm.InvalidError, match="kan inte delas på månader; gör dem till och med månaden"):
        pm.report(budget=BUDGET, actual=ACTUAL, through=JANUARY)


@given(STATEMENTS, STATEMENTS)
def test_the_measures_are_the_formulas_of_the_city_and_the_board(
    actual: pm.Statement, plan: pm.Statement
) -> None:
    compliance, accuracy = pm.budget_compliance(actual, plan), pm.forecast_accuracy(actual, plan)
    costs, income = Fraction(actual.costs), Fraction(actual.income)
    planned = Fraction(plan.costs)
    if not planned:
        assert pm.Measure(None, None) == compliance == accuracy
        return
    for measure, share in (
        ("costs", costs / planned),
        ("net", (costs - income + Fraction(plan.income)) / planned),
    ):
        for found, expected in ((compliance, share * 100), (accuracy, share * 100 - 100)):
            assert abs(Fraction(getattr(found, measure)) - expected) <= Fraction(1, 20)


def test_the_years_budget_compliance_is_the_one_reported_and_net_it_is_within_the_budget() -> None:
    actual, budget = (
        result("Utfall", ("allt", "270.9", "264.1")),
        result("Budget", ("allt", "256.2", "256.2")),
    )
    # 264,1 / 256,2 = 103,08 %; (264,1 − 14,7) / 256,2 = 97,35 %
    assert pm.Measure(Decimal("103.1"), Decimal("97.3")) == pm.budget_compliance(actual, budget)
    assert pm.Measure(Decimal("3.1"), Decimal("-2.7")) == pm.forecast_accuracy(actual, budget)


def test_an_outcome_that_is_the_plan_is_100_percent_and_not_off() -> None:
    assert pm.Measure(Decimal(100), Decimal(100)) == pm.budget_compliance(BUDGET, BUDGET)
    assert pm.Measure(Decimal(0), Decimal(0)) == pm.forecast_accuracy(BUDGET, BUDGET)


def test_statements_to_different_months_are_refused_as_a_report_and_as_measures() -> None:
    months = (JANUARY, FEBRUARY)
    whole = rated(*(row("SDF-SKA", "EKO-LEV", "100", month) for month in months))
    budget = pm.statement("Budget", whole, costs={"ekonomi": 10})
    actual = pm.statement("Utfall", whole, costs={"ekonomi": 5}, through=JANUARY)

    told = "Utfall går till januari och Budget till februari; gör dem för samma månader"
    with pytest.raises(pm.InvalidError, match=told):
        pm.report(budget=budget, actual=actual)
    for measure in (pm.budget_compliance, pm.forecast_accuracy):
        with pytest.raises(pm.InvalidError, match=told):
            measure(actual, budget)
