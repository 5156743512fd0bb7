"""
Ratings side by side: the months that are known of the newest, last year's months under this year's.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import attrs
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from prismodell.alignment import align
from prismodell.grouping import BY_MONTH
from prismodell.money import ZERO, exact
from prismodell.testing import cases, volumes
from test_comparison import SIMPLER, cleaned
from test_underlag import FEBRUARY, JANUARY, REGISTER, price_list, rated, row

MARCH = pm.Month(2022, 3)
LAST_YEAR = pm.Span(pm.Month(2021, 1), JANUARY)


def list_2021() -> pm.PriceList:
    prices = tuple(attrs.evolve(each, span=LAST_YEAR) for each in price_list().prices)
    return attrs.evolve(price_list(), id="lista-2021", span=LAST_YEAR, prices=prices)


def in_2021(*rows: pm.Volume) -> pm.Rating:
    return rated(*(attrs.evolve(each, month=each.month - 12) for each in rows), prices=list_2021())


@st.composite
def plans_and_actuals(draw: st.DrawFn) -> tuple[pm.Rating, pm.Rating]:
    """Two ratings by one list and register of any rows that have a price and do not clash."""
    case = draw(cases(strangers=False))
    other = draw(volumes(case.price_list, case.register, strangers=False))
    plan, actual = (
        cleaned(
            [attrs.evolve(each, reference="") for each in rows],
            lambda rows: pm.rate(rows, case.price_list, case.register),
        )[0]
        for rows in (case.volumes, other)
    )
    return plan, actual


@exact()
@fewer(2)
@given(plans_and_actuals())
def test_each_figure_is_the_plain_sum_of_the_lines_in_the_months_that_the_actual_has(
    both: tuple[pm.Rating, pm.Rating],
) -> None:
    plan, actual = both
    known = actual.months
    aligned = align(budget=plan, actual=actual)
    told = known <= plan.months
    event(f"budget told {told}, months {bool(known)}")
    for name, of in BY_MONTH.items():
        sums = defaultdict[object, list[Decimal]](lambda: [ZERO, ZERO])
        for place, rating in enumerate(both):
            for line in rating.lines:
                if line.month in known:
                    sums[of(line)][place] += line.amount
        figures = aligned.by(name)
        assert {key: each[1] for key, each in sums.items()} == {
            key: each.actual for key, each in figures.items()
        }
        for key, each in figures.items():
            one = key in plan.months if isinstance(key, pm.Month) else told
            assert (sums[key][0] if one else None) == each.budget
    assert actual.total == aligned.total.actual


def test_last_years_months_stand_under_this_years() -> None:
    before = in_2021(row("SDF-SKA", "EKO-LEV", "10"), row("SDF-SKA", "EKO-LEV", "30", FEBRUARY))
    actual = rated(row("SDF-SKA", "EKO-LEV", "20"))

    aligned = align(before=before, actual=actual)

    assert (JANUARY,) == aligned.months
    assert {JANUARY: pm.Figures(before=Decimal("221.80"), actual=Decimal("443.60"))} == aligned.by("month")


def test_a_side_that_has_not_read_all_the_months_has_no_sum_but_its_own_months() -> None:
    before = in_2021(row("SDF-SKA", "EKO-LEV", "30", FEBRUARY))
    actual = rated(row("SDF-SKA", "EKO-LEV", "20"), row("SDF-SKA", "EKO-LEV", "30", FEBRUARY))

    aligned = align(before=before, actual=actual)

    assert None is aligned.total.before
    assert [None, Decimal("665.40")] == [each.before for each in aligned.by("month").values()]
    assert ((JANUARY,), ()) == (aligned.unread("before"), aligned.unread("actual"))


def test_a_side_that_has_read_a_month_has_0_where_it_has_nothing() -> None:
    budget = rated(row("SDF-SKA", "EKO-LEV", "1"))
    actual = rated(row("SDF-SKA", "LON-SPEC", "1"))

    services = align(budget=budget, actual=actual).by("service")

    assert pm.Figures(budget=Decimal("22.18"), actual=ZERO) == services["EKO-LEV"]
    assert pm.Figures(budget=ZERO, actual=Decimal("66.33")) == services["LON-SPEC"]
    variance = services["LON-SPEC"].variance()
    assert variance is not None
    assert (Decimal("66.33"), None) == (variance.difference, variance.percent)


def test_only_months_up_to_the_one_named_are_compared() -> None:
    budget = rated(*(row("SDF-SKA", "EKO-LEV", "1", month) for month in (JANUARY, FEBRUARY, MARCH)))
    for through, months in ((FEBRUARY, 2), (None, 3), (pm.Month(2022, 12), 3)):
        aligned = align(through, budget=budget, forecast=budget)
        assert Decimal("22.18") * months == aligned.total.budget == aligned.total.forecast


def test_services_that_replace_others_stand_with_them() -> None:
    rows = (row("SDF-SKA", "EKO-LEV", "100"), row("SDF-SKA", "EKO-TIM", "2"))

    aligned = align(budget=rated(*rows), actual=rated(*rows, prices=SIMPLER))

    assert {"EKO": pm.Figures(budget=Decimal(3718), actual=Decimal(4080))} == aligned.by("service")


def test_what_was_delivered_is_told_where_twelfths_are_billed_instead() -> None:
    actual = rated(row("SDF-SKA", "EKO-LEV", "24"))
    twelfths = pm.preliminary(
        rated(*(row("SDF-SKA", "EKO-LEV", "12", month) for month in (JANUARY, FEBRUARY)))
    )
    reconciled = pm.reconcile(actual, twelfths, ()).rating

    aligned = align(budget=twelfths, actual=reconciled)

    assert pm.Figures(budget=Decimal("44.36"), actual=Decimal("532.32")) == aligned.total


def test_a_customer_is_as_the_newest_has_it() -> None:
    renamed = pm.Register((attrs.evolve(REGISTER.customers[0], name="Söderort"), REGISTER.customers[1]))
    rows = (row("SDF-SKA", "EKO-LEV", "1"),)
    aligned = align(budget=rated(*rows), actual=rated(*rows, register=renamed))
    assert {"Söderort"} == {each.customer.name for each in aligned.lines}


@pytest.mark.parametrize(
    ("sides", "through", "told"),
    [
        ({"actual": ["2022-01", "2021-01"]}, None, "actual: beräkningen gäller åren 2021–2022"),
        ({"budget": ["2021-01"], "actual": ["2022-01"]}, None, "actual: utfallet gäller 2022, men budgeten"),
        ({"budget": ["2022-01"]}, "2021-06", "budget: budgeten gäller 2022, men through gäller 2021"),
        ({"before": ["2022-01"], "actual": ["2022-01"]}, None, "before: föregående år gäller 2022, som inte"),
    ],
)
def test_ratings_that_are_not_of_one_year_are_refused(
    sides: dict[str, list[str]], through: str | None, told: str
) -> None:
    both = [list_2021(), price_list()]
    ratings = {
        side: pm.rate(
            pm.Volumes(row("SDF-SKA", "EKO-LEV", "1", pm.Month.parse(each)) for each in months),
            both,
            REGISTER,
        )
        for side, months in sides.items()
    }
    with pytest.raises(pm.InvalidError) as refused:
        align(pm.Month.parse(through) if through else None, **ratings)
    assert f"{refused.value.key}: {refused.value.what}".startswith(told)


def test_what_has_no_price_or_is_in_conflict_is_refused_rather_than_left_out() -> None:
    with pytest.raises(pm.InvalidError, match=r"budget\n  1 volym saknar pris"):
        align(budget=rated(row("SDF-SKA", "X", "1")), actual=rated())
    clash = [row("SDF-SKA", "EKO-LEV", each, source="ekonomi", reference="E-1") for each in ("1", "2")]
    with pytest.raises(pm.InvalidError, match=r"actual\n  rader är i konflikt, först ekonomi E-1"):
        align(actual=rated(*clash))


def test_what_is_no_rating_or_month_is_a_programmers_mistake() -> None:
    with pytest.raises(TypeError, match="budget is a Rating"):
        align(budget=pm.Volumes(()))  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(TypeError, match="through is a Month"):
        align("2022-01", actual=rated())  # type: ignore[arg-type]  # wrong on purpose


def test_nothing_beside_nothing_is_0() -> None:
    aligned = align(budget=rated(), actual=rated())
    assert (pm.Figures(budget=ZERO, actual=ZERO), (), {}) == (
        aligned.total,
        aligned.months,
        aligned.by("area"),
    )
    assert "<Alignment of budget, actual, 0 months>" == repr(aligned)
    with pytest.raises(ValueError, match="area, kind, month, not moon"):
        aligned.by("moon")
