from __future__ import annotations

from decimal import ROUND_DOWN, Context, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from prismodell.errors import InvalidError
from prismodell.money import (
    ORE,
    allocate,
    decimal_of,
    exact,
    exact_decimal,
    round_half_up,
    round_up,
    to_places,
)
from prismodell.testing import decimals

amounts = st.decimals(-(10**9), 10**9, places=6)
steps = st.sampled_from(
    [Decimal("0.01"), Decimal("0.05"), Decimal("0.5"), Decimal(1), Decimal(3), Decimal(100)]
)
weights = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), decimals(0, 500, 2), min_size=1).filter(
    lambda parts: any(parts.values())
)


@pytest.mark.parametrize(
    ("rounded", "amount"),
    [
        ("0.01", "0.005"),
        ("0.02", "0.015"),
        ("-0.01", "-0.005"),
        ("0.00", "0.004"),
        ("22.18", "22.176"),
        ("0.13", "0.125"),
    ],
)
def test_halves_are_rounded_away_from_zero(rounded: str, amount: str) -> None:
    assert rounded == str(round_half_up(Decimal(amount)))


@given(amounts, steps)
@example(Decimal("0.005"), ORE)
@example(Decimal("-0.025"), Decimal("0.05"))
def test_rounding_moves_at_most_half_a_step_onto_the_grid_and_halves_outwards(
    amount: Decimal, step: Decimal
) -> None:
    rounded = Fraction(round_half_up(amount, step))
    moved = rounded - Fraction(amount)
    assert abs(moved) <= Fraction(step) / 2
    assert (rounded / Fraction(step)).denominator == 1
    if abs(moved) == Fraction(step) / 2:
        event("a half")
        assert abs(rounded) > abs(amount)


@given(amounts, amounts, steps)
def test_rounding_is_odd_keeps_order_and_does_nothing_twice(a: Decimal, b: Decimal, step: Decimal) -> None:
    assert round_half_up(-a, step) == -round_half_up(a, step)
    assert round_half_up(round_half_up(a, step), step) == round_half_up(a, step)
    assert round_half_up(min(a, b), step) <= round_half_up(max(a, b), step)


@given(st.decimals(Decimal("-0.02"), Decimal("0.02"), places=4))
def test_a_rounded_amount_has_two_decimals_and_is_never_minus_zero(amount: Decimal) -> None:
    rounded = round_half_up(amount)
    assert -2 == rounded.as_tuple().exponent
    assert not (rounded == 0 and rounded.is_signed())


@given(decimals(-100, 100, 3), st.sampled_from([Decimal("0.5"), Decimal("0.25"), Decimal(1), Decimal(7)]))
def test_started_steps_count_in_full_away_from_zero(quantity: Decimal, step: Decimal) -> None:
    up = round_up(quantity, step)
    assert 0 <= Fraction(abs(up)) - Fraction(abs(quantity)) < Fraction(step)
    assert (Fraction(up) / Fraction(step)).denominator == 1
    assert up == -round_up(-quantity, step)


@given(st.integers(-(10**7), 10**7), weights)
@example(100, {"a": Decimal(1), "b": Decimal(1), "c": Decimal(1)})
def test_parts_sum_to_the_whole_and_differ_less_than_an_ore_from_their_share(
    ore: int, parts_by: dict[str, Decimal]
) -> None:
    total = Decimal(ore).scaleb(-2)
    parts = allocate(total, parts_by)
    whole = sum(map(Fraction, parts_by.values()), Fraction(0))
    assert Fraction(total) == sum(map(Fraction, parts.values()))
    for key, part in parts.items():
        assert abs(Fraction(part) - Fraction(total) * Fraction(parts_by[key]) / whole) < Fraction(1, 100)
        assert parts_by[key] or not part


@given(st.integers(0, 10**5), weights)
def test_parts_follow_the_size_of_weight_and_remainder_and_mirror_the_sign(
    ore: int, parts_by: dict[str, Decimal]
) -> None:
    total = Decimal(ore).scaleb(-2)
    parts = allocate(total, parts_by)
    whole = sum(map(Fraction, parts_by.values()), Fraction(0))
    share = {key: ore * Fraction(weight) / whole for key, weight in parts_by.items()}
    bumped = {key: int(parts[key] * 100) - int(share[key]) for key in parts}
    for a in parts:
        for b in parts:
            if parts_by[a] > parts_by[b]:
                assert parts[a] >= parts[b]
            if share[a] % 1 > share[b] % 1 or (share[a] % 1 == share[b] % 1 and a < b):
                assert bumped[a] >= bumped[b]
    assert {key: -part for key, part in parts.items()} == allocate(-total, parts_by)


@given(weights)
def test_the_order_of_the_weights_does_not_matter(parts_by: dict[str, Decimal]) -> None:
    backwards = dict(reversed(parts_by.items()))
    assert allocate(Decimal("10.01"), parts_by) == allocate(Decimal("10.01"), backwards)


@pytest.mark.parametrize(
    ("total", "parts_by"),
    [("1", {"a": 0}), ("1", {}), ("1", {"a": 2, "b": -1}), ("0.005", {"a": 1})],
)
def test_what_cannot_be_split_exactly_is_refused(total: str, parts_by: dict[str, int]) -> None:
    with pytest.raises(InvalidError):
        allocate(Decimal(total), {key: Decimal(weight) for key, weight in parts_by.items()})


@pytest.mark.parametrize("value", [1.5, True, None, 1 + 2j, b"1"])
def test_a_float_and_other_kinds_are_no_amounts(value: object) -> None:
    with pytest.raises(TypeError, match="Decimal, int or str"):
        exact_decimal(value)  # type: ignore[arg-type]  # the checker says so too


NO_NUMBERS = ["", "1e3", "1_000", "١٢", " 1", "+1", "1,5", "--1", "NaN", "1.2.3"]
TOO_LONG = [Decimal("1E+1000000"), Decimal("1E-1000000"), 10**50, "1" * 90]


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), *TOO_LONG, *NO_NUMBERS])
def test_what_is_no_plain_number_is_refused_at_once(value: object) -> None:
    with pytest.raises(InvalidError):
        exact_decimal(value)  # type: ignore[arg-type]  # the checker says so too


@given(amounts)
def test_equal_numbers_are_written_alike(amount: Decimal) -> None:
    padded = Decimal(f"{amount:f}0000")
    assert str(exact_decimal(amount)) == str(exact_decimal(padded)) == str(exact_decimal(f"{amount:f}"))
    assert amount == exact_decimal(amount)
    assert "E" not in str(exact_decimal(amount * 1000))


def test_amounts_of_any_length_are_rounded_exactly() -> None:
    assert Decimal("1234567890123456789012345.13") == round_half_up(Decimal("1234567890123456789012345.125"))
    assert Decimal("9" * 40) == exact_decimal("9" * 40)
    with pytest.raises(InvalidError, match="för långt"):
        exact_decimal(Decimal(10) ** 40)


def test_minus_zero_is_zero() -> None:
    assert ["0", "0"] == [str(exact_decimal(zero)) for zero in (Decimal("-0"), Decimal("-0.00"))]


def test_the_callers_decimal_context_changes_nothing() -> None:
    expected = (
        round_half_up(Decimal("123456789.125")),
        allocate(Decimal("1000000.01"), {"a": Decimal(1), "b": Decimal(2)}),
    )
    with localcontext(Context(prec=2, rounding=ROUND_DOWN)):
        shaky = (
            round_half_up(Decimal("123456789.125")),
            allocate(Decimal("1000000.01"), {"a": Decimal(1), "b": Decimal(2)}),
        )
    assert expected == shaky


def test_arithmetic_that_would_need_rounding_raises() -> None:
    with exact(), pytest.raises(ArithmeticError):
        Decimal(1) / Decimal(3)


def test_what_is_wrong_with_an_argument_is_told_under_its_name() -> None:
    with pytest.raises(InvalidError, match=r"percent\n  '1 %' är inte ett tal"):
        decimal_of("percent", "1 %")
    with pytest.raises(TypeError, match=r"never float: write '1\.5', not 1\.5"):
        decimal_of("percent", 1.5)  # type: ignore[arg-type]  # what a user tries


@given(st.fractions(-1000, 1000), st.integers(0, 6))
def test_a_fraction_is_brought_to_the_nearest_decimal_with_halves_away_from_zero(
    value: Fraction, places: int
) -> None:
    rounded = to_places(value, places)
    assert abs(Fraction(rounded) - value) <= Fraction(1, 2 * 10**places)
    assert rounded == -to_places(-value, places)
    assert Decimal("0.13") == to_places(Fraction(1, 8), 2)
