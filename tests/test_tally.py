from __future__ import annotations

from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import prismodell as pm
from test_volumes import a_row, row

ONE_NAME = st.lists(
    a_row.filter(lambda each: each.file is None or each.file.name != "samma.csv"), max_size=12
)


def apart(rows: list[pm.Volume], parts: int) -> list[list[pm.Volume]]:
    """
    The rows in parts, those of one source and reference in the same.
    """
    of: list[list[pm.Volume]] = [[] for _ in range(parts)]
    for number, each in enumerate(rows):
        shared = len(each.reference) + sum(map(ord, each.reference)) if each.reference else number
        of[shared % parts].append(each)
    return of


@given(ONE_NAME, st.integers(1, 4))
def test_tallies_of_parts_add_to_the_tally_of_the_whole(rows: list[pm.Volume], parts: int) -> None:
    whole = pm.Volumes(rows).tally()
    assert whole == pm.add(*(pm.Volumes(part).tally() for part in apart(rows, parts)))


@given(ONE_NAME)
def test_what_was_read_is_all_that_is_kept(rows: list[pm.Volume]) -> None:
    tally = pm.Volumes(rows).tally()
    assert tally.read == pm.Tally(tally.entries, tally.duplicates, tally.conflicts).read


@given(ONE_NAME, ONE_NAME)
def test_adding_is_commutative_and_nothing_added_changes_nothing(
    a: list[pm.Volume], b: list[pm.Volume]
) -> None:
    one, other = (pm.Volumes(rows).tally() for rows in (a, b))
    assert pm.add(one, other) == pm.add(other, one)
    assert one == pm.add(one) == pm.add(one, pm.Volumes().tally())


def test_what_two_parts_say_of_one_reference_does_not_show_in_their_sums() -> None:
    first, second = (pm.Volumes([row(quantity, reference="r1")]) for quantity in (1, 2))
    assert Decimal(3) == pm.add(first.tally(), second.tally()).entries[0].quantity
    assert 1 == len(first.merge(second).tally().conflicts)


def test_a_part_that_is_given_twice_is_refused_and_a_file_in_two_parts_is_told() -> None:
    part = pm.Volumes([row()]).tally()
    with pytest.raises(pm.InvalidError, match="samma summor är med två gånger"):
        pm.add(part, pm.Volumes(), part)
    parts = [pm.Volumes([row(number, file=pm.File(str(number), "v.csv"))]) for number in (1, 2)]
    (notice,) = pm.add(*parts).notices
    assert ("v.csv", "flera av summorna har rader ur filen") == (notice.place, notice.what)
    assert () == pm.add(parts[0], pm.Volumes([row(2)]), pm.Volumes([row(3)])).notices


def test_the_notices_of_rows_follow_their_tally_each_once() -> None:
    notice = pm.Problem("a.csv", "filen har en rubrik men inga rader")
    tally = attrs.evolve(pm.Volumes([row()]), notices=(notice,)).tally()
    assert (notice,) == tally.notices == pm.add(tally, attrs.evolve(tally), pm.Volumes()).notices
