"""
Twelfths sum to the plan, and reconciliations end where the actual is.
"""

from decimal import Decimal
from fractions import Fraction
from itertools import groupby

import attrs
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from prismodell.money import ZERO, exact
from prismodell.testing import Case, cases, check_issued
from prismodell.verification import verify_all
from test_underlag import REGISTER, YEAR, price_list, row

MONTHS = [*YEAR]
JANUARY, FEBRUARY, MARCH, APRIL, DECEMBER = MONTHS[0], MONTHS[1], MONTHS[2], MONTHS[3], MONTHS[11]
PLAN = (row("SDF-SKA", "EKO-LEV", "1000"), row("SDF-SKA", "LON-SPEC", "7", MARCH))
ORE = Fraction(1, 100)


def rated(*rows: pm.Volume, prices: pm.PriceList | None = None) -> pm.Rating:
    return pm.rate(pm.Volumes(rows), prices or price_list(), REGISTER)


def every_month(customer: str, service: str, quantity: str, *months: pm.Month) -> list[pm.Volume]:
    return [row(customer, service, quantity, month) for month in months or MONTHS]


@exact()
def sums(rating: pm.Rating) -> dict[tuple[str, ...], tuple[Decimal, Decimal]]:
    return {
        key: (sum((line.amount for line in found), ZERO), sum((line.quantity for line in found), ZERO))
        for key, lines in groupby(rating.lines, lambda line: line.key[:2])
        for found in [[*lines]]
    }


def priced(rating: pm.Rating) -> pm.Rating:
    """A plan without what could not be priced."""
    waiting = rating.waiting
    return pm.Rating(
        tuple(line for line in rating.lines if line.key not in waiting), price_lists=rating.price_lists
    )


@given(cases())
def test_twelfths_sum_to_the_plan_and_are_within_an_ore_of_their_share(case: Case) -> None:
    plan = priced(case.rate())
    if not plan.lines:
        return
    twelfths = pm.preliminary(plan)

    assert sums(plan) == sums(twelfths)
    for key, lines in groupby(twelfths.lines, lambda line: line.key[:2]):
        year = Fraction(sums(plan)[key][0])
        months = [*lines]
        assert [month for month in MONTHS if month in months[0].customer.span] == [
            line.month for line in months
        ]
        assert all(abs(Fraction(line.amount) - year / len(months)) < ORE for line in months)
        event(f"uneven {len({line.amount for line in months}) > 1}, credit {year < 0}")


def test_the_first_months_have_the_ore_that_is_left_and_units_stay_whole() -> None:
    # 1 000 × 22,18 = 22 180,00; a twelfth is 1 848,333…; 4 öre are left
    lines = [line for line in pm.preliminary(rated(*PLAN)).lines if line.price.service.code == "EKO-LEV"]
    assert ["1848.34"] * 4 + ["1848.33"] * 8 == [str(line.amount) for line in lines]
    assert ["84"] * 4 + ["83"] * 8 == [str(line.quantity) for line in lines]
    assert [
        "Leverantörsfaktura · mars 2022 · Skärholmens stadsdelsförvaltning",
        "  1/12 av planerade 22 180,00 kr för 1 000 fakturor = 1 848,34 kr",
        "  pris: Prislista 2022: 22,18 kr",
        "  volym: 84 fakturor i 1 rad",
    ] == lines[2].explain().split("\n")


def test_only_the_customers_named_are_on_twelfths_though_all_share_a_cost() -> None:
    shared = attrs.evolve(
        price_list(),
        prices=tuple(
            attrs.evolve(each, origin=(pm.Revision("Delad", pm.Tariff(pm.SharedPrice("1200", "month"))),))
            for each in price_list().prices
        ),
    )
    plan = rated(row("SDF-SKA", "EKO-LEV", "3"), row("BOL-STO", "EKO-LEV", "1"), prices=shared)

    assert {("SDF-SKA", "EKO-LEV"): (Decimal("900.00"), Decimal(3))} == sums(
        pm.preliminary(plan, ["SDF-SKA"])
    )


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], "planen gäller 0 år"),
        ([*PLAN, row("SDF-SKA", "EKO-LEV", "1", pm.Month(2021, 1))], "planen har 1 post utan pris"),
        ([*PLAN, row("SDF-SKA", "EKO-LEVV", "1")], "okänd tjänst"),
    ],
)
def test_a_plan_of_no_year_or_with_something_unpriced_is_refused(rows: list[pm.Volume], told: str) -> None:
    with pytest.raises(pm.InvalidError, match=told):
        pm.preliminary(rated(*rows))


def test_a_plan_of_two_years_is_refused() -> None:
    span = pm.Span(pm.Month(2021, 1), pm.Month(2023, 1))
    long = attrs.evolve(
        price_list(), span=span, prices=tuple(attrs.evolve(p, span=span) for p in price_list().prices)
    )
    with pytest.raises(pm.InvalidError, match="planen gäller 2 år"):
        pm.preliminary(rated(*PLAN, row("SDF-SKA", "EKO-LEV", "1", pm.Month(2021, 1)), prices=long))


def test_an_unknown_customer_of_a_plan_is_refused_with_the_likely_one() -> None:
    with pytest.raises(pm.InvalidError, match=r"SDF-SKÄ finns inte i planen; menade du 'SDF-SKA'"):
        pm.preliminary(rated(*PLAN), ["SDF-SKÄ"])


def test_without_a_month_every_planned_service_is_billed_by_its_twelfth_and_all_else_by_the_rating() -> None:
    actual = rated(
        *every_month("SDF-SKA", "EKO-LEV", "90", JANUARY),
        *every_month("SDF-SKA", "EKO-TIM", "2", JANUARY),
        *every_month("BOL-STO", "EKO-LEV", "5", JANUARY),
    )
    found = pm.reconcile(actual, pm.preliminary(rated(*PLAN)))
    assert () == found.deviations
    company, administration = pm.issue(found.rating, JANUARY, REGISTER)
    assert [("EKO-LEV", "110.90")] == amounts(company)
    # 1 848,34 and a twelfth of 7 × 66,33 = 464,31: 38,70; two hours at 750
    assert [("EKO-LEV", "1848.34"), ("EKO-TIM", "1500.00"), ("LON-SPEC", "38.70")] == amounts(administration)


def amounts(document: pm.Underlag) -> list[tuple[str, str]]:
    return [(billed.line.price.service.code, str(billed.amount)) for billed in document.lines]


def test_an_area_over_the_threshold_is_settled_and_one_under_it_waits_for_the_last_reconciliation() -> None:
    twelfths = pm.preliminary(rated(*PLAN))
    rows = [*every_month("SDF-SKA", "EKO-LEV", "100"), *every_month("SDF-SKA", "LON-SPEC", "1")]
    actual = rated(*rows)
    issued: tuple[pm.Underlag, ...] = ()
    for month in (JANUARY, FEBRUARY, MARCH):
        issued += pm.issue(pm.reconcile(actual, twelfths, issued).rating, month, REGISTER, issued)
    found = pm.reconcile(actual, twelfths, issued, MARCH, Decimal(1000))
    # 3 × 100 × 22,18 = 6 654,00 against 5 545,02; 3 × 66,33 = 198,99 against 38,70 + 38,70 + 38,70
    assert [
        ("ekonomi", "6654.00", "5545.02", "1108.98", False),
        ("lon", "198.99", "116.10", "82.89", True),
    ] == [(d.area.code, str(d.rated), str(d.billed), str(d.amount), d.waits) for d in found.deviations]

    [april] = pm.issue(found.rating, APRIL, REGISTER, issued)
    assert [("EKO-LEV", "369.66")] * 3 + [("EKO-LEV", "1848.34"), ("LON-SPEC", "38.69")] == amounts(april)
    assert ("SDF-SKA-2022-001",) == april.lines[0].earlier.documents  # type: ignore[union-attr]  # a correction has it
    issued += (april,)

    again = pm.reconcile(actual, twelfths, issued, MARCH, Decimal(1000))
    assert [("0.00", True), ("82.89", True)] == [(str(d.amount), d.waits) for d in again.deviations]
    last = pm.reconcile(actual, twelfths, issued, DECEMBER)
    issued += pm.issue(last.rating, DECEMBER, REGISTER, issued)
    check_issued(actual, issued, DECEMBER)
    assert all(not each.amount for each in pm.reconcile(actual, twelfths, issued, DECEMBER).deviations)


def test_a_deviation_of_exactly_the_threshold_is_settled() -> None:
    twelfths, actual = pm.preliminary(rated(*PLAN)), rated(*every_month("SDF-SKA", "EKO-LEV", "100", JANUARY))
    found = pm.reconcile(actual, twelfths, (), JANUARY, Decimal("369.66"))
    assert [False, True] == [each.waits for each in found.deviations]


@fewer(2)
@given(st.data(), cases(strangers=False), st.sets(st.sampled_from(MONTHS), max_size=3))
def test_however_a_year_is_reconciled_issued_is_the_actual_in_the_end(
    data: st.DataObject, case: Case, settled: set[pm.Month]
) -> None:
    waiting = case.rate().waiting
    planned = pm.Volumes(v for v in case.volumes if (v.customer, v.service, v.month) not in waiting)
    plan = attrs.evolve(case, volumes=planned).rate()
    if not plan.lines or plan.waiting:
        return
    twelfths = pm.preliminary(plan)
    anchors = [pm.Volume("K-1", "T-1", month, Decimal(0)) for month in MONTHS]
    drawn = data.draw(st.lists(st.sampled_from(case.volumes.rows), unique_by=id, max_size=10))
    actual = attrs.evolve(case, volumes=pm.Volumes([*anchors, *drawn])).rate()
    threshold = data.draw(st.sampled_from([Decimal(0), Decimal(10), Decimal(10_000)]))
    issued: tuple[pm.Underlag, ...] = ()
    through = None
    for month in MONTHS:
        found = pm.reconcile(actual, twelfths, issued, through, threshold)
        documents = pm.issue(found.rating, month, case.register, issued, unrated="bill")
        issued += documents
        check_issued(found.rating, issued, month)
        assert () == verify_all(
            documents, case.price_list, pm.Volumes([*anchors, *drawn]), case.register, planned
        )
        through = month + 1 if month in settled and month < DECEMBER else through
        event(f"waits {any(each.waits and each.amount for each in found.deviations)}")
    last = pm.reconcile(actual, twelfths, issued, DECEMBER)
    issued += pm.issue(last.rating, DECEMBER, case.register, issued, unrated="bill")
    check_issued(actual, issued, DECEMBER)
    assert known(actual, actual) == known(last.rating, actual)
    assert all(not each.amount for each in pm.reconcile(actual, twelfths, issued, DECEMBER).deviations)


def known(rating: pm.Rating, actual: pm.Rating) -> list[pm.Line]:
    """The lines that do not wait for something to be put right, but for those settled as nothing."""
    return [line for line in rating.lines if line.key not in actual.waiting and line.entry.rows]


def test_a_customer_that_ends_in_the_year_is_billed_its_plan_over_the_months_that_it_has() -> None:
    old = attrs.evolve(REGISTER.customers[0], span=pm.Span(pm.Month(2010, 1), pm.Month(2022, 7)))
    register = pm.Register((old, *REGISTER.customers[1:]))
    plan = pm.rate(pm.Volumes([row("SDF-SKA", "EKO-LEV", "1000")]), price_list(), register)
    twelfths = pm.preliminary(plan)
    assert MONTHS[:6] == [line.month for line in twelfths.lines]
    assert plan.total == twelfths.total
    assert "1/6 av planerade 22 180,00 kr för 1 000 fakturor = 3 696,67 kr" in twelfths.lines[0].explain()


def test_those_not_on_twelfths_are_billed_and_refused_just_as_without() -> None:
    twelfths = pm.preliminary(rated(*PLAN))
    january = every_month("BOL-STO", "EKO-LEV", "7", JANUARY)
    issued = pm.issue(pm.reconcile(rated(*january), twelfths).rating, JANUARY, REGISTER)
    forgotten = pm.reconcile(
        rated(*every_month("BOL-STO", "EKO-LEV", "8", FEBRUARY)), twelfths, issued
    ).rating
    with pytest.raises(pm.IssueError, match="2022-01 är fakturerad men finns inte bland volymerna"):
        pm.issue(forgotten, FEBRUARY, REGISTER, issued)


def test_a_service_that_moves_to_another_area_is_not_settled_twice() -> None:
    moved = attrs.evolve(
        price_list(),
        prices=tuple(
            attrs.evolve(p, service=attrs.evolve(p.service, area=pm.Area("lon", "Lön och pension")))
            for p in price_list().prices
        ),
    )
    rows = every_month("SDF-SKA", "EKO-LEV", "83", JANUARY)
    twelfths = pm.preliminary(rated(row("SDF-SKA", "EKO-LEV", "996")))
    issued = pm.issue(pm.reconcile(rated(*rows), twelfths).rating, JANUARY, REGISTER)
    for threshold in ("0", "90", "5000"):
        found = pm.reconcile(rated(*rows, prices=moved), twelfths, issued, JANUARY, Decimal(threshold))
        assert [Decimal(0)] == [each.amount for each in found.deviations]
        keys = [line.key for line in found.rating.lines]
        assert len(keys) == len(set(keys))


def test_an_actual_of_another_year_is_refused() -> None:
    span = pm.Span(pm.Month(2021, 1), JANUARY)
    last_year = attrs.evolve(
        price_list(), span=span, prices=tuple(attrs.evolve(p, span=span) for p in price_list().prices)
    )
    actual = rated(row("SDF-SKA", "EKO-LEV", "1", pm.Month(2021, 1)), prices=last_year)
    with pytest.raises(pm.InvalidError, match="beräkningen är inte för 2022"):
        pm.reconcile(actual, pm.preliminary(rated(*PLAN)))


def test_what_is_no_twelfth_month_or_threshold_is_refused() -> None:
    actual, plan = rated(*every_month("BOL-STO", "EKO-LEV", "7", JANUARY)), rated(*PLAN)
    twelfths = pm.preliminary(plan)
    with pytest.raises(pm.InvalidError, match="raderna är inte tolftedelar"):
        pm.reconcile(actual, plan)
    with pytest.raises(pm.InvalidError, match="gränsen -1 är negativ"):
        pm.reconcile(actual, twelfths, (), JANUARY, Decimal(-1))
    with pytest.raises(TypeError, match="through is a Month"):
        pm.reconcile(actual, twelfths, (), "2022-01")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(TypeError, match="never float"):
        pm.reconcile(actual, twelfths, (), JANUARY, 0.5)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(TypeError, match="issued takes Underlag"):
        pm.issue(actual, JANUARY, REGISTER, ["januari.json"])  # type: ignore[list-item]  # wrong on purpose
    with pytest.raises(TypeError, match="month is a Month"):
        pm.accrue(actual, (), "2022-01")  # type: ignore[arg-type]  # wrong on purpose


def test_without_twelfths_there_is_nothing_to_reconcile() -> None:
    actual = rated(*every_month("BOL-STO", "EKO-LEV", "7", JANUARY))
    assert (actual, ()) == attrs.astuple(
        pm.reconcile(actual, pm.preliminary(rated(*PLAN), [])), recurse=False
    )
    with pytest.raises(TypeError, match="a list of codes"):
        pm.preliminary(rated(*PLAN), "SDF-SKA")


def test_a_reconciliation_of_another_year_is_refused() -> None:
    with pytest.raises(pm.InvalidError, match=r"through(.|\n)*till 2023-03, men tolftedelarna är för 2022"):
        pm.reconcile(rated(*PLAN), pm.preliminary(rated(*PLAN)), (), pm.Month(2023, 3))


def test_a_reconciliation_of_a_month_that_has_not_come_in_is_refused() -> None:
    actual = rated(row("SDF-SKA", "EKO-LEV", "90"), row("SDF-SKA", "EKO-LEV", "90", MARCH))
    with pytest.raises(pm.InvalidError, match="2022-02 finns inte bland volymerna"):
        pm.reconcile(actual, pm.preliminary(rated(*PLAN)), (), MARCH)


def test_what_cannot_be_priced_is_told_only_where_it_is_to_be_billed() -> None:
    twelfths = pm.preliminary(rated(*PLAN))
    ending = attrs.evolve(
        price_list(),
        prices=tuple(
            attrs.evolve(p, span=pm.Span(JANUARY, FEBRUARY)) if p.service.code == "LON-SPEC" else p
            for p in price_list().prices
        ),
    )
    actual = rated(*every_month("SDF-SKA", "LON-SPEC", "1", JANUARY, FEBRUARY), prices=ending)
    assert 1 == len(actual.unrated)
    for through, waiting in ((None, set()), (FEBRUARY, actual.waiting)):
        rating = pm.reconcile(actual, twelfths, (), through).rating
        assert (actual.unrated, waiting) == (rating.unrated, rating.waiting)
        assert bool(waiting) == bool(pm.obstacles(rating, FEBRUARY, REGISTER))
