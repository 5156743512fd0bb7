"""
What stands in the way of billing: silent sources, underlag of another price list or of an unknown customer.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import oracle
import prismodell as pm
from effort import fewer
from prismodell.customers import SUBSCRIPTION_SOURCE
from prismodell.testing import Case, cases
from test_underlag import FEBRUARY, JANUARY, REGISTER, YEAR, price_list, rated, row

MARCH, APRIL = pm.Month(2022, 3), pm.Month(2022, 4)
NOVEMBER, DECEMBER = pm.Month(2021, 11), pm.Month(2021, 12)
LAST_YEAR = pm.Span(pm.Month(2021, 1), JANUARY)
LIST_2021 = pm.derive(price_list(), [], id="lista-2021", title="Prislista 2021", span=LAST_YEAR)

Told = tuple[str, str]


def monthly(
    customer: str, service: str, *months: pm.Month, source: str = "lön", **fields: Any
) -> list[pm.Volume]:
    return [row(customer, service, "5", month, source=source, **fields) for month in months]


OTHERS = monthly("BOL-STO", "EKO-TIM", JANUARY, FEBRUARY, MARCH, APRIL, source="ekonomi")
LON = monthly("SDF-SKA", "LON-SPEC", JANUARY, FEBRUARY)


def silent(
    rows: Iterable[pm.Volume] | pm.Rating,
    month: pm.Month = MARCH,
    issued: Iterable[pm.Underlag] = (),
    register: pm.Register = REGISTER,
) -> list[Told]:
    """
    The customers that a silent source concerns, and the place told.
    """
    rating = rows if isinstance(rows, pm.Rating) else rated(*rows, register=register)
    found = pm.obstacles(rating, month, register, issued)
    told = ((each.customer, each.problem.place) for each in found)
    return [each for each in told if each[1].startswith(("källa ", "rader utan källa "))]


IN_MARCH = [("SDF-SKA", "källa lön 2022-03")]


# A source that has gone silent


def test_a_source_that_reported_in_both_months_before_and_not_in_this_one_is_told() -> None:
    [found] = pm.obstacles(rated(*OTHERS, *LON), MARCH, REGISTER)
    assert "SDF-SKA" == found.customer
    assert str(found.problem) == (
        "källa lön 2022-03\n"
        "  rapporterade 2022-01 och 2022-02 men inte 2022-03; läs in filen; finns inget att "
        "rapportera ger du en rad med volymen 0 på en kund som gäller då"
    )
    with pytest.raises(pm.IssueError, match="källa lön 2022-03"):
        pm.issue(rated(*OTHERS, *LON), MARCH, REGISTER)


@pytest.mark.parametrize(
    "months", [[JANUARY], [FEBRUARY], [JANUARY, MARCH], [JANUARY, FEBRUARY, MARCH], [DECEMBER, FEBRUARY]]
)
def test_a_source_that_reports_now_and_then_or_has_just_begun_is_not(months: list[pm.Month]) -> None:
    assert [] == silent([*OTHERS, *monthly("SDF-SKA", "LON-SPEC", *months)])


def test_a_month_that_was_missed_is_asked_for_until_something_is_reported() -> None:
    rows = [*OTHERS, *LON]
    assert [] == silent(rows, FEBRUARY)
    assert IN_MARCH == silent(rows, APRIL)
    assert IN_MARCH == silent([*rows, *monthly("SDF-SKA", "LON-SPEC", APRIL)], APRIL)
    nothing = attrs.evolve(LON[0], month=MARCH, quantity=Decimal(0))
    assert [("SDF-SKA", "källa lön 2022-04")] == silent([*rows, nothing], APRIL)


def test_a_month_that_nobody_reported_in_has_all_its_sources_silent() -> None:
    rows = [*OTHERS[:2], *LON]
    assert [("BOL-STO", "källa ekonomi 2022-03"), *IN_MARCH] == silent(rows)


def test_a_source_without_a_name_is_one_too() -> None:
    assert [("SDF-SKA", "rader utan källa 2022-03")] == silent(
        [*OTHERS, *monthly("SDF-SKA", "LON-SPEC", JANUARY, FEBRUARY, source="")]
    )


def test_it_concerns_the_customers_of_the_month_before() -> None:
    rows = [*OTHERS, *LON, *monthly("BOL-STO", "LON-SPEC", JANUARY)]
    assert IN_MARCH == silent(rows)
    assert [("BOL-STO", "källa lön 2022-03"), *IN_MARCH] == silent(
        [*rows, *monthly("BOL-STO", "LON-SPEC", FEBRUARY)]
    )


def test_a_source_whose_services_another_one_reports_for_the_customer_has_been_replaced() -> None:
    rows = [*OTHERS, *LON, *monthly("BOL-STO", "LON-SPEC", FEBRUARY)]
    replaced = monthly("SDF-SKA", "LON-SPEC", MARCH, source="nya lön")
    assert [("BOL-STO", "källa lön 2022-03")] == silent([*rows, *replaced])
    assert [] == silent([*rows, *replaced, *monthly("BOL-STO", "LON-SPEC", MARCH, source="nya lön")])


def test_one_service_of_a_customer_that_nobody_reports_is_enough() -> None:
    rows = [*OTHERS, *LON, *monthly("SDF-SKA", "EKO-LEV", FEBRUARY)]
    assert IN_MARCH == silent([*rows, *monthly("SDF-SKA", "LON-SPEC", MARCH, source="nya lön")])


@pytest.mark.parametrize(("customer", "service"), [("SDF-SKA", "LON-SPEC"), ("BOL-STO", "EKO-LEV")])
def test_a_row_of_nothing_is_enough_to_be_heard(customer: str, service: str) -> None:
    nothing = row(customer, service, "0", MARCH, source="lön")
    assert [] == silent([*OTHERS, *LON, nothing])
    assert pm.issue(rated(*OTHERS, *LON, nothing), MARCH, REGISTER)


def test_a_source_that_has_only_a_conflict_in_the_month_is_heard() -> None:
    clash = [
        row("BOL-STO", "LON-SPEC", quantity, MARCH, source="lön", reference="r") for quantity in ("1", "2")
    ]
    assert [] == silent([*OTHERS, *LON, *clash])
    assert ["lön r"] == [
        each.problem.place for each in pm.obstacles(rated(*OTHERS, *LON, *clash), MARCH, REGISTER)
    ]


def test_a_conflict_over_the_month_is_heard_in_each_of_its_months() -> None:
    clash = [
        row("BOL-STO", "LON-SPEC", "1", month, source="lön", reference="r") for month in (FEBRUARY, MARCH)
    ]
    assert [] == silent([*OTHERS, *LON, *clash])


def test_a_source_that_has_only_rows_given_twice_in_the_month_is_heard() -> None:
    twice = monthly("BOL-STO", "LON-SPEC", MARCH, reference="r") * 2
    assert [] == silent([*OTHERS, *LON, *twice])


def test_a_conflict_counts_as_a_report_in_the_months_before() -> None:
    clash = [
        row("SDF-SKA", "LON-SPEC", quantity, FEBRUARY, source="lön", reference="r") for quantity in ("1", "2")
    ]
    assert IN_MARCH == silent([*OTHERS, *LON[:1], *clash])


def test_unrated_rows_in_the_month_are_heard() -> None:
    assert [] == silent([*OTHERS, *LON, *monthly("SDF-SKA", "LON-SPECC", MARCH)])


def test_a_source_that_reported_what_had_no_price_is_missed_too() -> None:
    assert IN_MARCH == silent([*OTHERS, *monthly("SDF-SKA", "LON-SPECC", JANUARY, FEBRUARY)])


def test_subscriptions_are_no_source_that_goes_silent() -> None:
    january_and_february = monthly(
        "SDF-SKA", "EKO-TIM", JANUARY, FEBRUARY, source=SUBSCRIPTION_SOURCE, reference=""
    )
    assert [] == silent([*OTHERS, *january_and_february])
    ending = pm.Subscription("SDF-SKA", "EKO-TIM", pm.Span(JANUARY, MARCH))
    register = attrs.evolve(REGISTER, subscriptions=(ending,))
    rows = [*OTHERS, *register.subscribed(JANUARY, MARCH)]
    assert () == pm.obstacles(rated(*rows, register=register), MARCH, register)


def test_with_hold_only_the_customers_of_the_silent_source_are_held_back() -> None:
    rating = rated(*OTHERS, *LON)
    assert ["BOL-STO"] == [each.customer.code for each in pm.issue(rating, MARCH, REGISTER, unrated="hold")]
    assert ["BOL-STO", "SDF-SKA"] == [
        each.customer.code for each in pm.issue(rating, MARCH, REGISTER, unrated="bill")
    ]


def test_a_customer_that_has_ended_misses_no_source() -> None:
    ended = attrs.evolve(REGISTER.customers[0], span=pm.Span(pm.Month(2020, 1), MARCH))
    register = attrs.evolve(REGISTER, customers=(ended, REGISTER.customers[1]))
    assert [] == silent([*OTHERS, *LON], register=register)


def test_a_service_that_has_left_the_price_list_misses_no_source() -> None:
    prices = attrs.evolve(
        price_list(),
        prices=tuple(
            attrs.evolve(each, span=pm.Span(JANUARY, MARCH)) if each.service.code == "LON-SPEC" else each
            for each in price_list().prices
        ),
    )
    assert [] == silent(rated(*OTHERS, *LON, prices=prices))


@fewer(2)
@given(cases())
def test_the_silent_sources_are_those_that_a_list_of_the_rows_shows(case: Case) -> None:
    rating = case.rate()
    read = {each.month for each in case.volumes}
    for month in YEAR:
        months = {month, *(each for each in read if each <= month)}
        expected = set[Told]().union(*(silent_by_rows(case, each) for each in months))
        event(f"silent {bool(expected)}")
        assert sorted(expected) == silent(rating, month, register=case.register)


def silent_by_rows(case: Case, month: pm.Month) -> set[Told]:
    rows = case.volumes.rows
    here = {(each.customer, each.service) for each in rows if each.month == month}
    heard = {each.source for each in rows if each.month == month}
    usual = {each.source for each in rows if each.month == month - 2} - heard

    def could_charge(row: pm.Volume, when: pm.Month) -> bool:
        customer = oracle.known(row.customer, when, case.register)
        return bool(customer and oracle.listed(row.service, when, case.price_list))

    return {
        (each.customer, f"källa {each.source} {month}" if each.source else f"rader utan källa {month}")
        for each in rows
        if each.month == month - 1 and each.source in usual and (each.customer, each.service) not in here
        if could_charge(each, month) or not could_charge(each, month - 1)
    }


def last_year(*rows: pm.Volume) -> tuple[pm.Underlag, ...]:
    """
    The underlag of November and December 2021.
    """
    rating = pm.rate(pm.Volumes(rows), LIST_2021, REGISTER)
    november = pm.issue(rating, NOVEMBER, REGISTER)
    return november + pm.issue(rating, DECEMBER, REGISTER, november)


AUTUMN = monthly("SDF-SKA", "LON-SPEC", NOVEMBER, DECEMBER) + monthly(
    "BOL-STO", "EKO-TIM", NOVEMBER, DECEMBER, source="ekonomi"
)


def test_across_new_year_the_underlag_of_last_year_tell_who_used_to_report() -> None:
    assert [("SDF-SKA", "källa lön 2022-01")] == silent(OTHERS, JANUARY, last_year(*AUTUMN))
    assert [] == silent([*OTHERS, *LON], JANUARY, last_year(*AUTUMN))
    assert [] == silent(OTHERS, JANUARY)


def test_in_february_december_is_issued_and_january_rated() -> None:
    rows = [*OTHERS, *LON[:1]]
    assert [("SDF-SKA", "källa lön 2022-02")] == silent(rows, FEBRUARY, last_year(*AUTUMN))
    assert [] == silent(rows, FEBRUARY, last_year(*AUTUMN[2:]))


def test_what_was_issued_does_not_stand_in_for_a_month_that_the_rating_has() -> None:
    # all of lön's January was withdrawn since: then it reported in one month only, and misses January
    issued = pm.issue(rated(*OTHERS, *LON), JANUARY, REGISTER)
    assert [("SDF-SKA", "källa lön 2022-01")] == silent([*OTHERS, LON[1]], MARCH, issued)


def test_a_file_that_was_billed_and_is_forgotten_stops_though_its_month_is_there() -> None:
    issued = pm.issue(rated(*OTHERS, *LON), JANUARY, REGISTER)
    forgotten = rated(*OTHERS, LON[1])
    with pytest.raises(
        pm.IssueError, match=r"källa lön 2022-01(.|\n)*är fakturerad på underlag SDF-SKA-2022-001"
    ):
        pm.issue(forgotten, FEBRUARY, REGISTER, issued)
    # a row of nothing says that it is meant
    meant = rated(*OTHERS, LON[1], attrs.evolve(LON[0], quantity=Decimal(0)))
    assert [] == silent(meant, FEBRUARY, issued)


def test_rows_credited_last_year_are_no_report() -> None:
    issued = last_year(*AUTUMN)
    rating = pm.rate(pm.Volumes([*AUTUMN[:1], *AUTUMN[2:]]), LIST_2021, REGISTER)
    [credit] = pm.issue(rating, DECEMBER, REGISTER, issued, unrated="bill")
    assert {0} == {billed.line.entry.rows for billed in credit.lines}
    assert [] == silent(OTHERS, JANUARY, [credit])


PLAN = [row("SDF-SKA", "LON-SPEC", "120", source="budget")]


def test_a_plan_is_no_source_that_goes_silent() -> None:
    twelfths = pm.preliminary(rated(*PLAN))
    rating = pm.reconcile(rated(*OTHERS), twelfths).rating
    assert [] == silent(rating, MARCH)
    assert () == pm.obstacles(rating, MARCH, REGISTER)


def test_twelfths_of_last_year_are_no_report() -> None:
    plan = pm.rate(pm.Volumes([attrs.evolve(PLAN[0], month=DECEMBER)]), LIST_2021, REGISTER)
    issued = pm.issue(pm.preliminary(plan), DECEMBER, REGISTER)
    assert 12 == sum(len(each.lines) for each in issued)
    assert [] == silent(OTHERS, JANUARY, issued)


def test_a_source_that_reported_only_on_customers_with_twelfths_is_heard() -> None:
    # lön reports on SDF-SKA, which is billed by twelfths, and until February on BOL-STO too
    rows = [*OTHERS, *monthly("SDF-SKA", "LON-SPEC", JANUARY, FEBRUARY, MARCH)]
    rows += monthly("BOL-STO", "LON-SPEC", JANUARY, FEBRUARY)
    twelfths = pm.preliminary(rated(*PLAN))
    assert [] == silent(rows)
    assert [] == silent(pm.reconcile(rated(*rows), twelfths).rating)


def test_a_source_of_settled_months_is_missed_only_for_what_is_not_on_twelfths() -> None:
    rows = [*OTHERS, *LON, *monthly("BOL-STO", "LON-SPEC", JANUARY, FEBRUARY)]
    twelfths = pm.preliminary(rated(*PLAN))
    assert [("BOL-STO", "källa lön 2022-03")] == silent(
        pm.reconcile(rated(*rows), twelfths, (), FEBRUARY).rating
    )
    assert [("BOL-STO", "källa lön 2022-03"), *IN_MARCH] == silent(
        pm.reconcile(rated(*rows), twelfths, (), MARCH).rating
    )


def test_a_silent_source_is_told_before_its_twelfths_are_settled_as_nothing() -> None:
    # the file of March is forgotten, and March settled: SDF-SKA would get its twelfth for nothing
    twelfths = pm.preliminary(rated(*PLAN))
    settled = pm.reconcile(rated(*OTHERS, *LON), twelfths, (), MARCH).rating
    assert IN_MARCH == silent(settled)


# Underlag of another price list


CHEAPER = price_list("22", "750", "66.33")


def test_a_corrected_list_that_keeps_its_id_is_no_obstacle() -> None:
    issued = pm.issue(rated(*OTHERS), JANUARY, REGISTER)
    rating = rated(*OTHERS, prices=attrs.evolve(CHEAPER, title="Prislista 2022, rättad"))
    assert () == pm.obstacles(rating, FEBRUARY, REGISTER, issued)


def test_underlag_of_another_list_are_refused_month_by_month() -> None:
    january = pm.issue(rated(*OTHERS), JANUARY, REGISTER)
    february = pm.issue(rated(*OTHERS, *LON), FEBRUARY, REGISTER, january)
    rating = rated(*OTHERS, *LON, prices=attrs.evolve(CHEAPER, id="scenario"))
    found = pm.obstacles(rating, FEBRUARY, REGISTER, january + february)
    assert [
        ("BOL-STO", "underlag BOL-STO-2022-001, price_lists", "2022-01"),
        ("BOL-STO", "underlag BOL-STO-2022-002, price_lists", "2022-02"),
        ("SDF-SKA", "underlag SDF-SKA-2022-001, price_lists", "2022-01"),
        ("SDF-SKA", "underlag SDF-SKA-2022-001, price_lists", "2022-02"),
    ] == [(each.customer, each.problem.place, each.problem.what[:7]) for each in found]
    assert "2022-01 prissattes efter lista-2022, och räknas nu efter scenario" == found[0].problem.what
    with pytest.raises(pm.IssueError, match="en rättad lista behåller sitt id"):
        pm.issue(rating, FEBRUARY, REGISTER, january + february)


def test_with_hold_only_customers_with_underlag_of_the_other_list_are_held_back() -> None:
    issued = pm.issue(rated(*OTHERS), JANUARY, REGISTER)
    rating = rated(*OTHERS, *LON, prices=attrs.evolve(price_list(), id="scenario"))
    assert ["SDF-SKA"] == [
        each.customer.code for each in pm.issue(rating, FEBRUARY, REGISTER, issued, unrated="hold")
    ]


def test_underlag_of_months_after_the_one_issued_are_no_matter() -> None:
    [only_february] = pm.issue(rated(OTHERS[1]), FEBRUARY, REGISTER)
    rating = rated(*OTHERS, prices=attrs.evolve(price_list(), id="scenario"))
    assert () == pm.obstacles(rating, JANUARY, REGISTER, [only_february])
    assert 1 == len(pm.obstacles(rating, FEBRUARY, REGISTER, [only_february]))


def test_the_list_of_another_period_is_no_matter() -> None:
    issued = last_year(*AUTUMN)
    rows = pm.Volumes([*AUTUMN, *OTHERS, *LON])
    assert () == pm.obstacles(rated(*OTHERS, *LON), JANUARY, REGISTER, issued)
    assert () == pm.obstacles(pm.rate(rows, [LIST_2021, price_list()], REGISTER), JANUARY, REGISTER, issued)
    other = attrs.evolve(LIST_2021, id="scenario-2021")
    found = pm.obstacles(pm.rate(rows, [other, price_list()], REGISTER), JANUARY, REGISTER, issued)
    assert {"2021-11", "2021-12"} == {each.problem.what[:7] for each in found}
    assert 4 == len(found)


def test_an_underlag_of_two_years_is_held_against_the_list_of_each() -> None:
    lists = [LIST_2021, price_list()]
    rows = pm.Volumes([AUTUMN[1], LON[0]])
    [document] = pm.issue(pm.rate(rows, lists, REGISTER), JANUARY, REGISTER)
    assert ["lista-2021", "lista-2022"] == [each.id for each in document.price_lists]
    assert () == pm.obstacles(pm.rate(rows, lists, REGISTER), JANUARY, REGISTER, [document])
    now = pm.rate(rows, [LIST_2021, attrs.evolve(price_list(), id="scenario")], REGISTER)
    assert ["2022-01 prissattes efter lista-2021 och lista-2022, och räknas nu efter scenario"] == [
        each.problem.what for each in pm.obstacles(now, JANUARY, REGISTER, [document])
    ]


@fewer(2)
@given(cases(strangers=False), st.sampled_from([*YEAR]), st.sampled_from([*YEAR]))
def test_whatever_was_issued_by_the_same_list_and_register_is_of_no_other(
    case: Case, month: pm.Month, until: pm.Month
) -> None:
    rating = case.rate()
    issued = pm.issue(rating, until, case.register, unrated="bill")
    dearer = pm.derive(case.price_list, [], id=case.price_list.id, title="Rättad", span=YEAR)
    again = attrs.evolve(case, price_list=dearer).rate()
    assert pm.obstacles(rating, month, case.register) == pm.obstacles(rating, month, case.register, issued)
    places = [each.problem.place for each in pm.obstacles(again, month, case.register, issued)]
    assert [] == [each for each in places if each.startswith("underlag ")]


# Underlag of a customer that the register lacks


ONLY_SKA = attrs.evolve(REGISTER, customers=REGISTER.customers[:1])


def test_an_issued_customer_that_the_register_lacks_is_named_with_the_likely_code() -> None:
    issued = pm.issue(rated(*OTHERS, *LON), JANUARY, REGISTER)
    renamed = attrs.evolve(REGISTER.customers[1], code="BOL-STOK")
    register = attrs.evolve(REGISTER, customers=(REGISTER.customers[0], renamed))
    rating = rated(*LON, *monthly("BOL-STOK", "EKO-TIM", JANUARY), register=register)
    [found] = pm.obstacles(rating, JANUARY, register, issued)
    assert ("BOL-STO", "underlag BOL-STO-2022-001, customer") == (found.customer, found.problem.place)
    assert "BOL-STO finns inte i kundregistret" in found.problem.what
    assert "'BOL-STOK'" in found.problem.fix
    with pytest.raises(pm.IssueError, match="BOL-STO finns inte i kundregistret"):
        pm.issue(rating, JANUARY, register, issued)


def test_with_hold_a_customer_that_the_register_lacks_is_not_credited_and_the_others_are_billed() -> None:
    issued = pm.issue(rated(*OTHERS), JANUARY, REGISTER)
    rating = rated(*LON, register=ONLY_SKA)
    assert ["SDF-SKA"] == [
        each.customer.code for each in pm.issue(rating, JANUARY, ONLY_SKA, issued, unrated="hold")
    ]


def test_a_customer_of_months_outside_the_lists_may_be_gone() -> None:
    issued = last_year(AUTUMN[3])
    assert {"BOL-STO"} == {each.customer.code for each in issued}
    rating = rated(*LON, register=ONLY_SKA)
    assert () == pm.obstacles(rating, JANUARY, ONLY_SKA, issued)


def test_a_customer_of_months_after_the_one_issued_is_not_missed_yet() -> None:
    issued = pm.issue(rated(OTHERS[1]), FEBRUARY, REGISTER)
    rating = rated(*LON, register=ONLY_SKA)
    assert () == pm.obstacles(rating, JANUARY, ONLY_SKA, issued)
    assert ["BOL-STO"] == [each.customer for each in pm.obstacles(rating, FEBRUARY, ONLY_SKA, issued)]


def test_one_month_within_the_lists_is_enough_to_miss_a_customer() -> None:
    lists = [LIST_2021, price_list()]
    issued = pm.issue(pm.rate(pm.Volumes([AUTUMN[3], OTHERS[0]]), lists, REGISTER), JANUARY, REGISTER)
    rating = rated(*LON, register=ONLY_SKA)
    assert ["underlag BOL-STO-2022-001, customer"] == [
        each.problem.place for each in pm.obstacles(rating, JANUARY, ONLY_SKA, issued)
    ]


def test_a_customer_that_has_ended_stays_in_the_register_and_is_no_obstacle() -> None:
    issued = pm.issue(rated(*OTHERS[:1], *LON), JANUARY, REGISTER)
    ended = attrs.evolve(REGISTER.customers[1], span=pm.Span(pm.Month(2020, 1), FEBRUARY))
    register = attrs.evolve(REGISTER, customers=(REGISTER.customers[0], ended))
    rating = rated(*OTHERS[:1], *LON, register=register)
    assert () == pm.obstacles(rating, FEBRUARY, register, issued)


def test_the_same_underlag_given_twice_is_told_once() -> None:
    issued = pm.issue(rated(*OTHERS), JANUARY, REGISTER)
    rating = rated(*LON, register=ONLY_SKA)
    assert 1 == len(pm.obstacles(rating, JANUARY, ONLY_SKA, issued * 2))
    assert Decimal(3750) == issued[0].net


def test_obstacles_take_the_earlier_underlag_as_issue_does() -> None:
    issued = pm.issue(rated(*OTHERS, *LON), JANUARY, REGISTER)
    rating = rated(*OTHERS, *LON)
    (alone, *_) = issued
    assert pm.obstacles(rating, FEBRUARY, REGISTER, [alone]) == pm.obstacles(
        rating,
        FEBRUARY,
        REGISTER,
        alone,  # type: ignore[arg-type]  # forgiven, as issue does
    )
    changed = attrs.evolve(alone, lines=alone.lines[:0])
    with pytest.raises(pm.InvalidError, match="två olika underlag har samma nummer"):
        pm.obstacles(rating, FEBRUARY, REGISTER, [alone, changed])
