"""
Numbers, amounts and months as Swedish readers write them.
"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prismodell import Month, swedish

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4)


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ("0", Decimal(0)),
        ("0", Decimal("-0.00")),
        ("2 431", Decimal(2431)),
        ("2 431", 2431),
        ("−1 000 000", -1_000_000),
        ("5", Decimal("5.0")),
        ("−12,5", Decimal("-12.50")),
        ("1 234 567,000001", Decimal("1234567.000001")),
    ],
)
def test_a_number_has_spaces_between_thousands_and_the_decimals_it_needs(
    expected: str, value: Decimal | int
) -> None:
    assert expected == swedish.number(value)


@pytest.mark.parametrize(
    ("expected", "amount"),
    [
        ("0,00", "0"),
        ("9,50", "9.5"),
        ("22,176", "22.176"),
        ("53 919,58", "53919.58"),
        ("−0,05", "-0.05"),
        ("1 000,00", "1000.00"),
    ],
)
def test_kronor_have_at_least_two_decimals(expected: str, amount: str) -> None:
    assert expected == swedish.kronor(Decimal(amount))
    assert f"{expected} kr" == swedish.kr(Decimal(amount))


@pytest.mark.parametrize(
    ("expected", "amount"),
    [
        ("55,0", "54999977"),
        ("0,1", "50000"),
        ("0,0", "49999.99"),
        ("−0,1", "-50000"),
        ("1 234,6", "1234567890"),
    ],
)
def test_mnkr_have_one_decimal_and_halves_go_away_from_zero(expected: str, amount: str) -> None:
    assert expected == swedish.mnkr(Decimal(amount))


@pytest.mark.parametrize(
    ("expected", "amount"),
    [
        ("54 999", "54999499.99"),
        ("55 000", "54999500"),
        ("0", "499.99"),
        ("0", "-499.99"),
        ("−1", "-500"),
    ],
)
def test_tkr_are_whole_and_halves_go_away_from_zero(expected: str, amount: str) -> None:
    assert expected == swedish.tkr(Decimal(amount))


def test_a_percentage_has_a_space_before_its_sign() -> None:
    assert "−1 %" == swedish.percent(Decimal("-1.0"))
    assert "2,5 %" == swedish.percent(Decimal("2.5"))


def test_the_months_have_their_swedish_names() -> None:
    names = [swedish.month(Month(2022, number)) for number in (1, 5, 8, 12)]

    assert ["januari 2022", "maj 2022", "augusti 2022", "december 2022"] == names


def test_the_last_two_words_of_a_list_have_och_between_them() -> None:
    assert "" == swedish.listing([])
    assert "a" == swedish.listing(["a"])
    assert "a, b och c" == swedish.listing(["a", "b", "c"])


@given(DECIMALS)
def test_a_number_can_be_read_back_exactly(value: Decimal) -> None:
    plain = swedish.number(value).replace(" ", "").replace(",", ".").replace(swedish.MINUS, "-")

    assert value == Decimal(plain)


@given(DECIMALS, st.integers(0, 6))
def test_equal_numbers_are_written_alike_however_many_zeros_they_carry(value: Decimal, zeros: int) -> None:
    padded = Decimal(f"{value:f}{'' if '.' in f'{value:f}' else '.'}{'0' * zeros}")

    assert value == padded
    assert swedish.number(value) == swedish.number(padded)
    assert swedish.kronor(value) == swedish.kronor(padded)
