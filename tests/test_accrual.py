"""
What was delivered and not issued, and what was issued and not delivered, at a month's end.
"""

from decimal import Decimal

import attrs
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from prismodell.money import ZERO, exact
from prismodell.testing import Case, cases
from test_preliminary import every_month, rated
from test_underlag import REGISTER, YEAR, price_list, row

MONTHS = [*YEAR]
JANUARY, FEBRUARY, MARCH, DECEMBER = MONTHS[0], MONTHS[1], MONTHS[2], MONTHS[11]


def figures(accruals: pm.Accruals) -> list[tuple[str, ...]]:
    return [
        (
            each.service.code,
            *(f"{a:.2f}" for a in (each.delivered, each.estimated, each.issued, each.accrued, each.deferred)),
        )
        for each in accruals.lines
    ]


def from_source(source: str, *rows: pm.Volume) -> list[pm.Volume]:
    return [attrs.evolve(each, source=source) for each in rows]


@exact()
@fewer(2)
@given(cases(), st.sampled_from(MONTHS), st.sampled_from(MONTHS))
def test_delivered_is_issued_plus_accrued_less_deferred(
    case: Case, billed: pm.Month, month: pm.Month
) -> None:
    rating = case.rate()
    issued = pm.issue(rating, billed, case.register, unrated="bill")
    accruals = pm.accrue(rating, issued, month)
    for each in accruals.lines:
        assert each.delivered == each.issued + each.accrued - each.deferred
        assert not (each.accrued and each.deferred)
        event(f"accrued {each.accrued > 0}, deferred {each.deferred > 0}")
    known = [line for line in rating.lines if line.month <= month and line.key not in rating.waiting]
    assert sum((line.amount for line in known), ZERO) == sum((a.delivered for a in accruals.lines), ZERO)
    assert bool(accruals.unknown) == any(when <= month for _, _, when in rating.waiting)
    if month >= billed:
        fully = pm.issue(rating, month, case.register, issued, unrated="bill")
        settled = pm.accrue(rating, (*issued, *fully), month)
        assert (ZERO, ZERO) == (settled.accrued, settled.deferred)


def test_underlag_of_later_months_are_not_issued_yet() -> None:
    rating = rated(*every_month("SDF-SKA", "EKO-LEV", "10", JANUARY, FEBRUARY))
    january = pm.issue(rating, JANUARY, REGISTER)
    issued = (*january, *pm.issue(rating, FEBRUARY, REGISTER, january))

    assert [("EKO-LEV", "221.80", "0.00", "221.80", "0.00", "0.00")] == figures(
        pm.accrue(rating, issued, JANUARY)
    )
    assert [("EKO-LEV", "443.60", "0.00", "221.80", "221.80", "0.00")] == figures(
        pm.accrue(rating, january, FEBRUARY)
    )
    assert figures(pm.accrue(rating, issued, FEBRUARY)) == figures(
        pm.accrue(rating, (*issued, *january), FEBRUARY)  # the same underlag given twice counts once
    )


def test_a_correction_issued_in_a_later_month_is_accrued_until_then() -> None:
    was = rated(row("SDF-SKA", "EKO-LEV", "10"))
    now = rated(row("SDF-SKA", "EKO-LEV", "10"), row("SDF-SKA", "EKO-LEV", "1", note="sen"))
    january = pm.issue(was, JANUARY, REGISTER)
    issued = (*january, *pm.issue(now, FEBRUARY, REGISTER, january))

    assert Decimal("22.18") == pm.accrue(now, issued, JANUARY).accrued
    assert Decimal(0) == pm.accrue(now, issued, FEBRUARY).accrued


def test_a_source_that_has_not_reported_is_estimated_and_one_that_has_is_not() -> None:
    reported = [
        *from_source("ekonomi", *every_month("SDF-SKA", "EKO-LEV", "10", JANUARY, FEBRUARY)),
        *from_source("lön", *every_month("SDF-SKA", "LON-SPEC", "2", JANUARY)),
    ]
    expected = rated(
        *every_month("SDF-SKA", "EKO-LEV", "11"),
        *every_month("BOL-STO", "EKO-LEV", "3"),  # ekonomi has reported February, so this is nought
        *every_month("SDF-SKA", "LON-SPEC", "2"),
    )
    rating = rated(*reported)
    issued = pm.issue(rating, JANUARY, REGISTER)
    assert [
        ("EKO-LEV", "443.60", "0.00", "221.80", "221.80", "0.00"),
        ("LON-SPEC", "132.66", "132.66", "132.66", "132.66", "0.00"),
    ] == figures(pm.accrue(rating, issued, FEBRUARY, expected))


def test_a_service_that_was_never_reported_is_estimated_only_while_nobody_has_reported() -> None:
    expected = rated(*every_month("SDF-SKA", "EKO-TIM", "2"), *every_month("SDF-SKA", "EKO-LEV", "1"))
    rating = rated(*from_source("ekonomi", row("SDF-SKA", "EKO-LEV", "10")))

    nobody = pm.accrue(rated(), (), JANUARY, expected)
    assert [
        ("EKO-LEV", "0.00", "22.18", "0.00", "22.18", "0.00"),
        ("EKO-TIM", "0.00", "1500.00", "0.00", "1500.00", "0.00"),
    ] == (figures(nobody))
    somebody = pm.accrue(rating, (), JANUARY, expected)
    assert [("EKO-LEV", "221.80", "0.00", "0.00", "221.80", "0.00")] == figures(somebody)
    assert ["1 500,00 kr väntades, men tjänsten har aldrig rapporterats och är inte uppskattad"] == [
        each.what for each in somebody.unknown
    ]


def test_twelfths_over_what_was_delivered_are_deferred() -> None:
    plan = rated(*every_month("SDF-SKA", "EKO-LEV", "12"))
    actual = rated(row("SDF-SKA", "EKO-LEV", "10"))
    issued = pm.issue(pm.reconcile(actual, pm.preliminary(plan)).rating, JANUARY, REGISTER)
    accruals = pm.accrue(actual, issued, JANUARY)

    assert [("EKO-LEV", "221.80", "0.00", "266.16", "0.00", "44.36")] == figures(accruals)
    assert (Decimal(0), Decimal("44.36")) == (accruals.accrued, accruals.deferred)


def test_a_month_issued_that_neither_rating_has_is_refused_and_one_that_is_expected_is_not() -> None:
    plan = rated(*every_month("SDF-SKA", "EKO-LEV", "12"))
    actual, twelfths = rated(*every_month("SDF-SKA", "EKO-LEV", "10", JANUARY)), pm.preliminary(plan)
    january = pm.issue(pm.reconcile(actual, twelfths).rating, JANUARY, REGISTER)
    issued = january + pm.issue(pm.reconcile(actual, twelfths, january).rating, FEBRUARY, REGISTER, january)

    with pytest.raises(pm.InvalidError, match="2022-02 är fakturerad men finns inte bland volymerna"):
        pm.accrue(actual, issued, FEBRUARY)
    # 10 × 22,18 and, expected, 12 × 22,18 against two twelfths of 3 193,92
    assert [("EKO-LEV", "221.80", "266.16", "532.32", "0.00", "44.36")] == figures(
        pm.accrue(actual, issued, FEBRUARY, plan)
    )


def test_last_years_underlag_are_no_matter_of_this_years_price_list() -> None:
    span = pm.Span(pm.Month(2021, 1), JANUARY)
    prices = price_list()
    last_year = attrs.evolve(
        prices, id="lista-2021", span=span, prices=tuple(attrs.evolve(p, span=span) for p in prices.prices)
    )
    before = pm.Month(2021, 12)
    december = pm.issue(rated(row("SDF-SKA", "EKO-LEV", "7", before), prices=last_year), before, REGISTER)
    rating = rated(row("SDF-SKA", "EKO-LEV", "10"))

    assert [("EKO-LEV", "221.80", "0.00", "0.00", "221.80", "0.00")] == figures(
        pm.accrue(rating, december, JANUARY)
    )


def test_what_was_delivered_is_not_estimated_too_nor_is_a_subscription() -> None:
    subscribed = attrs.evolve(
        REGISTER, subscriptions=(pm.Subscription("SDF-SKA", "EKO-TIM", pm.Span(JANUARY)),)
    )
    rows = [*from_source("ekonomi", *every_month("BOL-STO", "EKO-LEV", "1", JANUARY, FEBRUARY))]
    volumes = pm.Volumes(rows).merge(subscribed.subscribed(JANUARY, FEBRUARY))
    rating = pm.rate(volumes, price_list(), subscribed)
    assert rating.total == pm.accrue(rating, (), FEBRUARY, rating).accrued


def test_of_two_sources_of_a_service_the_silent_ones_customers_are_estimated() -> None:
    s1 = from_source("s1", *every_month("SDF-SKA", "EKO-LEV", "1", JANUARY, FEBRUARY))
    s2 = from_source("s2", *every_month("BOL-STO", "EKO-LEV", "4", JANUARY))
    expected = rated(*every_month("SDF-SKA", "EKO-LEV", "1"), *every_month("BOL-STO", "EKO-LEV", "4"))
    found = pm.accrue(rated(*s1, *s2), (), FEBRUARY, expected)
    assert {"SDF-SKA": Decimal(0), "BOL-STO": Decimal("88.72")} == {
        each.customer.code: each.estimated for each in found.lines
    }


def test_what_is_expected_outside_the_price_lists_period_is_not_estimated() -> None:
    span = pm.Span(pm.Month(2021, 1), pm.Month(2023, 1))
    long = attrs.evolve(
        price_list(), span=span, prices=tuple(attrs.evolve(p, span=span) for p in price_list().prices)
    )
    expected = rated(row("SDF-SKA", "EKO-LEV", "5", pm.Month(2021, 12)), prices=long)
    rating = rated(row("SDF-SKA", "EKO-LEV", "10"))
    assert Decimal("221.80") == pm.accrue(rating, (), JANUARY, expected).accrued
