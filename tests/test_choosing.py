"""Choosing options whose sum comes as near a limit as it can, against all combinations."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from effort import fewer
from prismodell.choosing import choose

OPTIONS = st.lists(st.lists(st.integers(0, 60), min_size=1, max_size=4), max_size=7)


def total(options: Sequence[Sequence[int]], chosen: Sequence[int]) -> int:
    return sum(values[place] for values, place in zip(options, chosen, strict=True))


def best(options: Sequence[Sequence[int]], most: int) -> int:
    return max(sum(way) for way in product(*options) if sum(way) <= most)


@given(OPTIONS, st.integers(0, 200))
def test_few_items_are_chosen_as_well_as_by_trying_all_combinations(
    options: list[list[int]], room: int
) -> None:
    most = sum(map(min, options)) + room
    assert best(options, most) == total(options, choose(options, most))


@given(st.lists(st.integers(1, 10**6), min_size=10, max_size=14), st.floats(0, 1))
def test_fourteen_items_of_two_options_are_chosen_exactly(gains: list[int], part: float) -> None:
    options = [[0, gain] for gain in gains]
    most = int(sum(gains) * part)
    assert best(options, most) == total(options, choose(options, most))


@fewer(2)
@given(st.integers(0, 2**32), st.floats(0.05, 0.95))
def test_a_hundred_and_fifty_items_of_many_sizes_come_within_the_smallest_of_them(
    seed: int, part: float
) -> None:
    rng = random.Random(seed)  # noqa: S311 - a seeded example, not a secret
    options = [[0, int(10 ** rng.uniform(0, 6))] for _ in range(150)]
    most = int(sum(gain for _, gain in options) * part)
    left = most - total(options, choose(options, most))
    assert 0 <= left <= min(gain for _, gain in options)


def test_the_search_stops_once_it_is_near_enough() -> None:
    options = [[0, 2**n] for n in range(60)]
    assert 0 == 2**59 + 1 - total(options, choose(options, 2**59 + 1, enough=0))
    assert 1 >= 2**59 + 1 - total(options, choose(options, 2**59 + 1, enough=1))


def test_large_options_are_weighed_against_one_another() -> None:
    """Taking 1 000 first leaves 998 that nothing fills; 999 twice does."""
    options = [[0, 1_000], [0, 999], [0, 999], *([0, 0] for _ in range(24))]
    assert 1_998 == total(options, choose(options, 1_998))


def test_a_limit_below_the_least_options_is_refused() -> None:
    with pytest.raises(ValueError, match="pass the limit by 3"):
        choose([[5, 9], [8]], 10)


def test_nothing_to_choose_is_chosen() -> None:
    assert () == choose([], 0)
