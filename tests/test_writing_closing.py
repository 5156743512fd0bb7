"""
The tables of a month's end: their figures tie with one another, and people can read them.
"""

import os
from decimal import Decimal
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import prismodell as pm
from prismodell.money import ZERO, exact
from prismodell.testing import Case, cases
from test_preliminary import every_month, rated
from test_underlag import REGISTER, YEAR, price_list, row

MONTHS = [*YEAR]
JANUARY, FEBRUARY = MONTHS[0], MONTHS[1]


TABLES = Path(__file__).resolve().parent / "golden" / "tabeller"


def check_golden(name: str, *tables: pm.Table) -> None:
    file = TABLES / f"{name}.txt"
    written = "\n\n".join(map(pm.render, tables))
    if os.environ.get("PRISMODELL_REMAKE") == "1":
        file.parent.mkdir(exist_ok=True)
        file.write_text(written, "utf-8")
        pytest.fail(f"{file.name} is made anew: read what changed, then run without PRISMODELL_REMAKE")
    assert file.read_text("utf-8") == written


@exact()
@given(cases(), st.sampled_from(MONTHS))
def test_the_tables_say_what_the_rating_the_underlag_and_the_account_say(case: Case, month: pm.Month) -> None:
    rating = case.rate()
    issued = pm.issue(rating, month, case.register, unrated="bill")
    rows, areas, beside, corrections, rounding = pm.month_end(rating, issued, month)
    for table in (rows, areas, beside, corrections, rounding):
        pm.render(table)
        assert len(table.columns) == len(table.foot)

    read, billed, unrated, duplicates, conflicts = (int(str(figure)) for figure in rows.foot[2:7])
    assert len(case.volumes) == read == billed + unrated + duplicates + conflicts
    assert sum((each.quantity for each in case.volumes), ZERO) == rows.foot[7]
    _, rated_, estimated, billed_, accrued, deferred = areas.foot
    assert (ZERO, ZERO, ZERO) == (estimated, accrued, deferred)
    assert rated_ == billed_
    by_month = rating.by("month")
    before, now = by_month.get(month - 1, ZERO), by_month.get(month, ZERO)
    assert ("Summa", *((before, now, now - before) if month - 1 in rating.months else (now,))) == beside.foot
    exactly = sum((s.amount for line in rating.lines if line.month <= month for s in line.steps), ZERO)
    assert exactly == sum((line.amount for line in rating.lines if line.month <= month), ZERO)
    assert rounding.foot[2] == sum(
        (
            s.amount
            for line in rating.lines
            if line.month <= month
            for s in line.steps
            if "rounding" == s.kind.value
        ),
        ZERO,
    )


def test_a_months_end_reads_well() -> None:
    def from_file(name: str, *rows: pm.Volume) -> list[pm.Volume]:
        file = pm.File(name, f"{name}.csv")
        return [attrs.evolve(each, source=name, file=file, line=line) for line, each in enumerate(rows, 2)]

    january = from_file("ekonomi", row("SDF-SKA", "EKO-LEV", "100"), row("BOL-STO", "EKO-LEV", "7"))
    payroll = from_file("lön", row("SDF-SKA", "LON-SPEC", "0.5"), row("SDF-SKA", "LON-SPEK", "1"))
    was = rated(*january, payroll[0])
    issued = pm.issue(was, JANUARY, REGISTER)
    late = from_file("sent", row("SDF-SKA", "EKO-LEV", "3"), row("SDF-SKA", "EKO-LEV", "90", FEBRUARY))
    now = rated(*january, *payroll, *late)
    reasons = {("SDF-SKA", "EKO-LEV", JANUARY): "Fakturorna låg i en kö"}
    issued += pm.issue(now, FEBRUARY, REGISTER, issued, unrated="bill", reasons=reasons)
    budget = rated(*every_month("SDF-SKA", "LON-SPEC", "2"))
    # half of 66,33 is 33,165, which is rounded up to 33,17
    check_golden("manadsslut", *pm.month_end(now, issued, FEBRUARY, budget))


def test_accruals_are_listed_with_what_they_are_booked_on() -> None:
    coded = attrs.evolve(
        price_list(),
        prices=tuple(
            attrs.evolve(each, service=attrs.evolve(each.service, coding=(("account", "3611"),)))
            for each in price_list().prices
        ),
    )
    rating = rated(row("SDF-SKA", "EKO-LEV", "100"), row("BOL-STO", "EKO-TIM", "2"), prices=coded)
    [issued] = [each for each in pm.issue(rating, JANUARY, REGISTER) if each.customer.code == "BOL-STO"]

    check_golden("upplupet", pm.accruals_table(pm.accrue(rating, [issued], JANUARY)))


def test_tables_of_nothing_have_their_sums() -> None:
    empty = pm.Rating(())
    for table in (
        *pm.month_end(empty, (), JANUARY),
        pm.accruals_table(pm.accrue(empty, (), JANUARY)),
        pm.deviations_table(()),
    ):
        assert () == table.rows or "Vad avrundningen kostat" == table.title
        assert "Summa" in pm.render(table)


def test_changed_rows_say_what_they_said_before() -> None:
    before = pm.Volumes(
        [
            row("SDF-SKA", "EKO-LEV", "12", source="ekonomi", reference="E-1"),
            row("SDF-SKA", "EKO-LEV", "3", source="ekonomi", reference="E-2"),
            row("SDF-SKA", "EKO-TIM", "1.5"),
        ]
    )
    now = pm.Volumes(
        [
            row("SDF-SKA", "EKO-LEV", "15", source="ekonomi", reference="E-1"),
            row("BOL-STO", "EKO-LEV", "3", FEBRUARY, source="ekonomi", reference="E-2"),
            row("SDF-SKA", "LON-SPEC", "2", source="lön", reference="L-1"),
        ]
    )
    check_golden("andrade-rader", pm.row_changes_table(pm.row_changes(before, now)))


def test_a_reconciliation_says_what_is_settled_and_what_waits() -> None:
    plan = rated(*every_month("SDF-SKA", "EKO-LEV", "100"), *every_month("SDF-SKA", "LON-SPEC", "1"))
    actual = rated(row("SDF-SKA", "EKO-LEV", "300"), row("SDF-SKA", "LON-SPEC", "2"))
    found = pm.reconcile(actual, pm.preliminary(plan), (), JANUARY, Decimal(1000))
    check_golden("avrakning", pm.deviations_table(found.deviations))
