"""
Which rows came, went or changed, held against a plain strike-out list.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Context, Decimal, localcontext

import attrs
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import prismodell as pm
from test_underlag import FEBRUARY, JANUARY, row

FILES = pm.File("d1", "ekonomi.csv"), pm.File("d2", "lön.csv")
QUANTITIES = [Decimal(number) for number in ("1", "1.0", "1E+1", "10", "2", "-1", "0", "0.00", "9")]
BARE = st.builds(
    pm.Volume,
    st.sampled_from(["SDF-SKA", "BOL-STO"]),
    st.sampled_from(["EKO-LEV", "EKO-TIM"]),
    st.sampled_from([JANUARY, FEBRUARY]),
    st.sampled_from(QUANTITIES),
    st.sampled_from(["ekonomi", "lön", ""]),
    st.sampled_from(["", "", "r1", "r2"]),
)
NOTED = st.builds(attrs.evolve, BARE, note=st.sampled_from(["", "sen"]))
SIDES = st.lists(BARE, max_size=12)

Said = tuple[str, str, str, str, pm.Month, Decimal]


def said(row: pm.Volume) -> Said:
    return row.source, row.reference, row.customer, row.service, row.month, row.quantity


def changes(before: list[pm.Volume], now: list[pm.Volume]) -> tuple[pm.RowChange, ...]:
    return pm.row_changes(pm.Volumes(before), pm.Volumes(now))


def texts(before: list[pm.Volume], now: list[pm.Volume]) -> list[str]:
    return [repr(change) for change in changes(before, now)]


def keyed(quantity: str, reference: str = "r1") -> pm.Volume:
    return row("SDF-SKA", "EKO-LEV", quantity, source="ekonomi", reference=reference)


def struck_out(before: list[pm.Volume], now: list[pm.Volume]) -> tuple[Counter[Said], Counter[Said]]:
    """
    What is left of each side when every row has struck out one on the other side that says the same.
    """
    left = [said(each) for each in now]
    gone = []
    for each in before:
        if said(each) in left:
            left.remove(said(each))
        else:
            gone.append(said(each))
    return Counter(gone), Counter(left)


@given(SIDES, SIDES, st.lists(st.integers(0, 11)))
def test_the_changes_are_what_is_left_when_like_rows_have_struck_each_other_out(
    before: list[pm.Volume], now: list[pm.Volume], kept: list[int]
) -> None:
    now = [*now, *(before[place] for place in kept if place < len(before))]
    gone, came = struck_out(before, now)
    found = changes(before, now)

    assert gone == Counter(said(each.before) for each in found if each.before)
    assert came == Counter(said(each.now) for each in found if each.now)
    event(f"pairs {any(each.before and each.now for each in found)}, none {not found}")


@given(SIDES, SIDES)
def test_a_row_pairs_with_the_one_it_became_by_source_and_reference_and_by_nothing_else(
    before: list[pm.Volume], now: list[pm.Volume]
) -> None:
    found = changes(before, now)
    for each in found:
        if each.before and each.now:
            assert each.before.source
            assert each.before.reference
            assert said(each.before)[:2] == said(each.now)[:2]
            assert said(each.before) != said(each.now)
    gone, came = ({said(row)[:2] for row in side if row} for side in _unpaired(found))
    assert not [key for key in gone & came if all(key)], "a keyed row went, and another came in its place"


def _unpaired(found: tuple[pm.RowChange, ...]) -> tuple[list[pm.Volume | None], list[pm.Volume | None]]:
    return [each.before for each in found if not each.now], [each.now for each in found if not each.before]


@given(SIDES, SIDES)
def test_seen_from_the_other_side_what_came_went(before: list[pm.Volume], now: list[pm.Volume]) -> None:
    assert [(each.before, each.now) for each in changes(before, now)] == [
        (each.now, each.before) for each in changes(now, before)
    ]


@given(SIDES, SIDES)
def test_the_changes_come_to_the_difference_of_the_sums(
    before: list[pm.Volume], now: list[pm.Volume]
) -> None:
    sums = Counter[tuple[str, str, pm.Month]]()
    for sign, rows in (
        (1, [each.now for each in changes(before, now)]),
        (-1, [each.before for each in changes(before, now)]),
        (-1, now),
        (1, before),
    ):
        for each in rows:
            if each:
                sums[each.customer, each.service, each.month] += sign * int(each.quantity)
    assert not any(sums.values())


@given(st.data(), SIDES)
def test_neither_order_nor_file_nor_day_nor_note_is_a_change(
    data: st.DataObject, rows: list[pm.Volume]
) -> None:
    moved = [
        attrs.evolve(
            each,
            file=data.draw(st.sampled_from(FILES)),
            line=data.draw(st.integers(1, 9)),
            registered=data.draw(st.sampled_from([None, date(2022, 1, 31)])),
            note=data.draw(st.sampled_from(["", "sen"])),
        )
        for each in data.draw(st.permutations(rows))
    ]
    assert () == changes(rows, rows) == changes(rows, moved) == changes(moved, rows)


@given(st.data(), st.lists(NOTED, max_size=8), st.lists(NOTED, max_size=8))
def test_the_order_of_rows_with_notes_changes_nothing(
    data: st.DataObject, before: list[pm.Volume], now: list[pm.Volume]
) -> None:
    was, is_ = data.draw(st.permutations(before)), data.draw(st.permutations(now))
    assert changes(before, now) == changes(was, is_)


@given(st.data(), SIDES, SIDES)
def test_the_order_of_bare_rows_changes_nothing(
    data: st.DataObject, before: list[pm.Volume], now: list[pm.Volume]
) -> None:
    was, is_ = data.draw(st.permutations(before)), data.draw(st.permutations(now))
    assert [(_said(each.before), _said(each.now)) for each in changes(before, now)] == [
        (_said(each.before), _said(each.now)) for each in changes(was, is_)
    ]


def _said(row: pm.Volume | None) -> Said | None:
    return said(row) if row else None


@given(st.data())
def test_the_order_of_rows_read_from_files_changes_nothing(data: st.DataObject) -> None:
    rows = [
        attrs.evolve(each, file=FILES[0], line=line)
        for line, each in enumerate(data.draw(st.lists(BARE, max_size=8)), 2)
    ]
    assert changes(rows, []) == changes(data.draw(st.permutations(rows)), [])


def test_each_of_several_like_rows_is_named_by_its_own_place() -> None:
    twins = [row("SDF-SKA", "EKO-LEV", "5", file=FILES[0], line=line) for line in (3, 7)]
    assert ["ekonomi.csv rad 3", "ekonomi.csv rad 7"] == sorted(each.row.place for each in changes(twins, []))


def test_a_row_of_one_reference_is_told_with_what_it_said_and_says() -> None:
    assert ["<RowChange ekonomi r1: 12 → 15>"] == texts([keyed("12")], [keyed("15")])
    assert ["<RowChange ekonomi r1: 12 → –>"] == texts([keyed("12")], [])
    assert ["<RowChange ekonomi r1: – → 12>"] == texts([], [keyed("12")])


@pytest.mark.parametrize(
    "fields", [{"customer": "BOL-STO"}, {"service": "EKO-TIM"}, {"month": FEBRUARY}], ids=str
)
def test_another_customer_service_or_month_of_one_reference_is_a_change(fields: dict[str, object]) -> None:
    before, now = keyed("12"), attrs.evolve(keyed("12"), **fields)  # type: ignore[arg-type]  # any field
    assert [(before, now)] == [(each.before, each.now) for each in changes([before], [now])]


def test_one_reference_in_two_sources_is_two_rows() -> None:
    other = attrs.evolve(keyed("12"), source="lön")
    assert ["<RowChange ekonomi r1: 12 → –>", "<RowChange lön r1: – → 12>"] == texts([keyed("12")], [other])


def test_a_reference_without_a_source_is_no_key() -> None:
    before, now = (row("SDF-SKA", "EKO-LEV", quantity, reference="r1") for quantity in ("1", "2"))
    assert ["<RowChange  r1: 1 → –>", "<RowChange  r1: – → 2>"] == texts([before], [now])


def test_doubled_rows_without_a_reference_are_counted() -> None:
    twin = row("SDF-SKA", "EKO-LEV", "5", source="ekonomi")
    assert [] == texts([twin, twin], [twin, twin])
    assert ["<RowChange ekonomi : 5 → –>"] == texts([twin, twin], [twin])
    assert 2 * ["<RowChange ekonomi : – → 5>"] == texts([twin], 3 * [twin])


def test_of_a_conflict_only_the_row_that_was_taken_away_is_told() -> None:
    clash = [keyed("5"), keyed("6")]
    assert ["<RowChange ekonomi r1: 6 → –>"] == texts(clash, [keyed("5")])
    assert ["<RowChange ekonomi r1: 6 → 7>"] == texts(clash, [keyed("7"), keyed("5")])


def test_the_row_of_a_change_is_the_newest_there_is() -> None:
    changed, gone = changes([keyed("1"), keyed("3", "r2")], [keyed("2")])
    assert (keyed("2"), keyed("3", "r2")) == (changed.row, gone.row)
    with pytest.raises(TypeError, match="a change of no row"):
        _ = pm.RowChange(None, None).row


def test_a_quantity_is_its_value_not_its_digits() -> None:
    assert [] == texts([keyed("1.50")], [keyed("1.5")])
    assert [] == texts([row("SDF-SKA", "EKO-LEV", "1E+1")], [row("SDF-SKA", "EKO-LEV", "10.0")])
    assert [] == texts([keyed("0")], [keyed("0.000")])


def test_minus_nothing_is_nothing() -> None:
    assert [] == texts([keyed("0")], [keyed("-0")])


def test_a_change_in_the_last_of_many_digits_is_a_change() -> None:
    before, now = "1" * 30, "1" * 29 + "2"
    assert [f"<RowChange ekonomi r1: {before} → {now}>"] == texts([keyed(before)], [keyed(now)])


def test_the_callers_decimal_context_hides_no_change() -> None:
    with localcontext(Context(prec=1)):
        assert ["<RowChange ekonomi r1: 12 → 14>"] == texts([keyed("12")], [keyed("14")])
