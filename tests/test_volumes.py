from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import prismodell as pm
from prismodell.volumes import identical_rows

JANUARY = pm.Month(2022, 1)
FILES = [None, pm.File("1" * 64, "a.csv"), pm.File("2" * 64, "b.csv"), pm.File("2" * 64, "samma.csv")]
a_row = st.builds(
    pm.Volume,
    st.sampled_from(["K1", "K2"]),
    st.sampled_from(["A", "B"]),
    st.sampled_from([JANUARY, pm.Month(2022, 2)]),
    st.sampled_from([Decimal(1), Decimal("1.0"), Decimal(2), Decimal(-1)]),
    st.sampled_from(["", "ekonomisystem"]),
    st.sampled_from(["", "r1", "r2"]),
    file=st.sampled_from(FILES),
    line=st.integers(2, 4),
)
some_volumes = st.lists(a_row, max_size=8).map(pm.Volumes)


def row(quantity: int | str = 1, **fields: Any) -> pm.Volume:
    return attrs.evolve(pm.Volume("K", "A", JANUARY, Decimal(quantity), "ekonomisystem"), **fields)


@given(some_volumes, some_volumes, some_volumes)
def test_merging_is_commutative_associative_and_idempotent(
    a: pm.Volumes, b: pm.Volumes, c: pm.Volumes
) -> None:
    assert a.merge(b) == b.merge(a)
    assert a.merge(b).tally() == b.merge(a).tally()
    assert a.merge(b).merge(c) == a.merge(b.merge(c))
    assert a == a.merge(a)
    assert a.merge(b) == a.merge(b).merge(b)
    assert hash(a.merge(b)) == hash(b.merge(a))


@given(st.lists(a_row, max_size=8), st.lists(a_row, max_size=8))
def test_rows_of_different_files_are_all_kept_in_a_merge(mine: list[pm.Volume], its: list[pm.Volume]) -> None:
    a = pm.Volumes(attrs.evolve(each, file=FILES[1]) for each in mine)
    b = pm.Volumes(attrs.evolve(each, file=FILES[2]) for each in its)
    assert len(mine) + len(its) == len(a.merge(b))


def test_the_same_content_under_another_name_adds_nothing_and_has_one_name() -> None:
    a, b = (pm.Volumes([row(file=file, line=2), row(file=file, line=3)]) for file in FILES[2:])
    assert 2 == len(a.merge(b)) == len(b.merge(a))
    assert (
        {"b.csv"}
        == {each.file.name for each in a.merge(b) if each.file}
        == {each.file.name for each in b.merge(a) if each.file}
    )


def test_a_repeated_row_may_have_a_day_of_registration_and_its_like_none() -> None:
    known = row(reference="1", registered=date(2022, 1, 3))
    for rows in ([known, row(reference="1")], [row(reference="1"), known]):
        assert (known,) == pm.Volumes(rows).duplicates


@given(some_volumes)
def test_every_row_is_counted_a_duplicate_or_in_conflict(volumes: pm.Volumes) -> None:
    tally = volumes.tally()
    clashing = sum(len(conflict.rows) for conflict in volumes.conflicts)
    event(f"duplicates {bool(volumes.duplicates)}, conflicts {bool(clashing)}")
    assert len(volumes) == sum(each.rows for each in tally.entries) + len(volumes.duplicates) + clashing
    assert len(volumes) == tally.rows
    for entry in tally.entries:
        assert entry.rows == sum(each.rows for each in entry.provenance)


def test_equal_rows_of_one_reference_count_once_and_unequal_ones_not_at_all() -> None:
    equal = [row(reference="r1"), row(reference="r1"), row(reference="r1", note="en anteckning till")]
    unequal = [row(1, reference="r2"), row(2, reference="r2")]
    other_source = row(5, reference="r2", source="lönesystem")
    volumes = pm.Volumes([*equal, *unequal, other_source, row(7)])
    assert (2, 1) == (len(volumes.duplicates), len(volumes.conflicts))
    [entry] = volumes.tally().entries
    assert (Decimal(13), 3) == (entry.quantity, entry.rows)
    assert "r2" in volumes.conflicts[0].problem.place


def test_the_very_same_row_given_twice_counts_once_if_it_has_a_reference() -> None:
    referenced, bare = row(reference="r"), row()
    assert [1, 2] == [pm.Volumes([each, each]).tally().entries[0].rows for each in (referenced, bare)]
    assert 1 == len(pm.Volumes([referenced, referenced]).duplicates)


def test_a_quantity_written_with_more_zeros_is_no_conflict() -> None:
    a, b = row(reference="r"), row("1.00", reference="r")
    assert ((), 1) == (pm.Volumes([a, b]).conflicts, len(pm.Volumes([a, b]).duplicates))


def test_rows_alike_without_a_reference_all_count_and_are_told() -> None:
    alike = [row(file=FILES[1], line=line) for line in (2, 3, 9)]
    [entry] = pm.Volumes(alike).tally().entries
    assert (Decimal(3), 3) == (entry.quantity, entry.rows)
    [notice] = identical_rows([*alike, row(8)])
    assert "3 rader ur ekonomisystem" in notice.what
    assert "a.csv rad 3" in notice.fix


def test_credits_are_counted_apart() -> None:
    [entry] = pm.Volumes([row(5), row(-2), row(-1)]).tally().entries
    assert (Decimal(2), 3, 2) == (entry.quantity, entry.rows, entry.credits)


def test_an_entry_names_its_sources_files_and_first_lines() -> None:
    lines = [row(file=FILES[1], line=line) for line in (118, 4031, 7, 9)]
    manual = row(source="manuella listor")
    [entry] = pm.Volumes([*lines, manual]).tally().entries
    assert (
        pm.Provenance("ekonomisystem", "a.csv", 4, 4, (7, 9, 118)),
        pm.Provenance("manuella listor", "", 1, 1),
    ) == entry.provenance


@pytest.mark.parametrize("quantity", [1.5, 1, "1", Decimal("NaN"), None])
def test_a_row_takes_only_an_exact_quantity(quantity: object) -> None:
    with pytest.raises(TypeError, match="finite Decimal"):
        pm.Volume("K", "A", JANUARY, quantity)  # type: ignore[arg-type]  # the checker says so too


def test_a_zero_is_no_credit_and_an_absurd_quantity_no_volume() -> None:
    [entry] = pm.Volumes([row(0), row(1)]).tally().entries
    assert 0 == entry.credits
    with pytest.raises(pm.InvalidError, match="orimlig"):
        row("1E+45")


def test_rows_that_differ_in_note_or_day_are_not_alike() -> None:
    assert [] == identical_rows([row(note="a"), row(note="b"), row(registered=date(2022, 1, 1))])
    [notice] = identical_rows([row(source="", reference="r"), row(source="", reference="r")])
    assert "utan källa" in notice.what


def test_volumes_print_themselves_briefly() -> None:
    assert "<Volumes 1 rows>" == repr(pm.Volumes([row()]))
    assert "<Tally 1 sums of 1 rows>" == repr(pm.Volumes([row()]).tally())


def entry(number: int, *quantities: int, month: tuple[int, int] = (2022, 1)) -> pm.Entry:
    origins = tuple(pm.Provenance(f"källa {place}", "", 1, each) for place, each in enumerate(quantities))
    return pm.Entry("A", pm.Month(*month), f"K{number}", sum(quantities), len(quantities), provenance=origins)


def test_sums_are_put_in_order_by_their_month_and_not_by_how_it_is_written() -> None:
    months = [(2021, 12), (2022, 2), (2022, 10), (10000 - 1, 1)]
    entries = [entry(number, 1, month=month) for month in months for number in (1, 2)]
    assert tuple(entries) == pm.Tally(entries[::-1]).entries == pm.Tally(iter(entries)).entries


def test_two_sums_of_one_key_are_found_wherever_they_stand() -> None:
    entries = [entry(1, 1), entry(2, 1), entry(3, 1)]
    for place in range(4):
        with pytest.raises(pm.ConservationError, match="two sums of K2 A 2022-01"):
            pm.Tally([*entries[:place], entry(2, 7), *entries[place:]])


@pytest.mark.parametrize("quantities", [(5,), (5, -2), (5, -2, 4)])
def test_the_rows_of_any_number_of_sources_must_come_to_their_sum(quantities: tuple[int, ...]) -> None:
    right = entry(1, *quantities)
    assert (right,) == pm.Tally([right]).entries
    for wrong in ({"rows": right.rows + 1}, {"quantity": right.quantity + 1}):
        with pytest.raises(pm.ConservationError, match="do not sum"):
            pm.Tally([attrs.evolve(right, **wrong)])


@pytest.mark.parametrize("written", ["7.50", "7.5", "75E-1", "-0.0", "1E+3"])
def test_an_entry_keeps_the_shortest_form_of_its_quantity(written: str) -> None:
    quantity = pm.Entry("A", JANUARY, "K", Decimal(written), 1).quantity
    assert {"7.50": "7.5", "75E-1": "7.5", "-0.0": "0", "1E+3": "1000"}.get(written, written) == str(quantity)
    assert quantity is pm.Provenance("", "", 1, quantity).quantity
