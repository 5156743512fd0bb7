"""
Months divided between customers: exactly, by their shares, and to nobody who has none.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import event, given
from hypothesis import strategies as st

from prismodell.hierarchy import divided

STEPS = st.sampled_from([Decimal(1), Decimal("0.5"), Decimal("0.01")])
WEIGHTS = st.dictionaries(st.sampled_from("ABCDEF"), st.integers(0, 50).map(Decimal), min_size=1).filter(
    lambda weights: any(weights.values())
)


def of(*numbers: int) -> list[Decimal]:
    return [Decimal(number) for number in numbers]


@given(st.lists(st.tuples(st.integers(0, 400), WEIGHTS), max_size=12), STEPS)
def test_months_sum_over_the_customers_on_the_grid(
    months: list[tuple[int, dict[str, Decimal]]], step: Decimal
) -> None:
    quantities = [count * step for count, _ in months]
    found = divided(quantities, [weights for _, weights in months], step)
    assert quantities == [sum(each.values()) for each in found]
    for (_, weights), shares in zip(months, found, strict=True):
        assert all(quantity >= 0 and not quantity % step for quantity in shares.values())
        assert all(weights[customer] for customer, quantity in shares.items() if quantity)


@given(st.lists(st.integers(0, 60).map(Decimal), min_size=1, max_size=12), WEIGHTS)
def test_a_year_comes_as_near_to_each_share_as_whole_months_can(
    months: list[Decimal], weights: dict[str, Decimal]
) -> None:
    found = divided(months, [weights] * len(months), Decimal(1))
    whole = sum(weights.values())
    for customer, weight in weights.items():
        share = Fraction(sum(months)) * Fraction(weight) / Fraction(whole)
        given = sum(each.get(customer, Decimal(0)) for each in found)
        event("not a whole number" if share % 1 else "a whole number")
        assert abs(Fraction(given) - share) < 2


def test_by_hand_a_small_customer_gets_its_unit_at_last() -> None:
    weights = {"A": Decimal(9), "B": Decimal(1)}
    found = divided(of(1, 1, 1, 1, 1, 1, 1, 1, 1, 1), [weights] * 10, Decimal(1))
    assert of(0, 0, 0, 0, 0, 1, 0, 0, 0, 0) == [each["B"] for each in found]


def test_by_hand_as_the_docstring_says() -> None:
    assert [
        {"A": Decimal(7), "B": Decimal(3)},
        {"A": Decimal(7), "B": Decimal(4)},
    ] == divided(of(10, 11), [{"A": Decimal(2), "B": Decimal(1)}] * 2, Decimal(1))


def test_who_has_left_gets_no_unit_that_was_owed() -> None:
    before, after = {"A": Decimal(1), "B": Decimal(2)}, {"A": Decimal(0), "B": Decimal(3), "C": Decimal(3)}
    found = divided(of(1, 1, 1, 1), [before, after, after, after], Decimal(1))
    assert [Decimal(0)] * 3 == [each.get("A", Decimal(0)) for each in found[1:]]


@given(st.lists(st.integers(0, 60).map(Decimal), min_size=1, max_size=6), WEIGHTS)
def test_the_order_of_the_customers_decides_nothing(
    months: list[Decimal], weights: dict[str, Decimal]
) -> None:
    turned = dict(reversed([*weights.items()]))
    assert divided(months, [weights] * len(months), Decimal(1)) == divided(
        months, [turned] * len(months), Decimal(1)
    )
