from __future__ import annotations

import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import oracle
from prismodell.errors import InvalidError, Reason, UnpricedError
from prismodell.money import ORE, ZERO, exact
from prismodell.periods import Month
from prismodell.pricing import Context, Step, StepKind, charge, portions, total
from prismodell.tariff import (
    AgreementPrice,
    CostPlusPrice,
    FixedPrice,
    GraduatedPrice,
    PackagePrice,
    Phase,
    PhasedPrice,
    SharedPrice,
    Tariff,
    Tier,
    UnitPrice,
    VolumePrice,
    falls,
    map_kronor,
)
from prismodell.testing import decimals, models, prices, quantities, tariffs, tiers

ALONE = (UnitPrice, GraduatedPrice, VolumePrice, PackagePrice, FixedPrice, CostPlusPrice, PhasedPrice)
MIRRORED = (UnitPrice, GraduatedPrice, VolumePrice, FixedPrice, CostPlusPrice, PhasedPrice)


@exact()
def bill(tariff: Tariff, quantity: Decimal | int, **usage: object) -> Decimal:
    return total(charge(tariff, Decimal(quantity), Context(**usage)))  # type: ignore[arg-type]  # tests name them


@given(tariffs(*ALONE), quantities(), st.lists(quantities(0, 500), max_size=3), st.integers(0, 40))
def test_each_model_charges_what_a_slow_and_obvious_count_does(
    tariff: Tariff, quantity: Decimal, earlier: list[Decimal], age: int
) -> None:
    event(type(tariff.model).__name__)
    try:
        expected = oracle.amount(tariff, Fraction(quantity), [*map(Fraction, earlier)], age)
    except oracle.NoAmount:
        with pytest.raises(UnpricedError):
            bill(tariff, quantity, earlier=earlier, age=age)
    else:
        assert expected == Fraction(bill(tariff, quantity, earlier=earlier, age=age))


@given(tariffs(*MIRRORED), quantities(), st.integers(0, 40))
def test_a_credit_is_the_mirrored_charge(tariff: Tariff, quantity: Decimal, age: int) -> None:
    if quantity or tariff.minimum is None:
        assert bill(tariff, -quantity, age=age) == -bill(tariff, quantity, age=age)


@given(st.sampled_from([PackagePrice("10", "100"), SharedPrice("100")]), quantities(-50, -1))
def test_packages_and_shared_totals_refuse_a_credit(
    model: PackagePrice | SharedPrice, quantity: Decimal
) -> None:
    with pytest.raises(UnpricedError) as refused:
        bill(Tariff(model), quantity)
    assert Reason.NEGATIVE is refused.value.reason


@given(tiers(), quantities(0))
def test_tier_units_sum_to_the_quantity_and_only_tiers_that_hold_some_take_a_fee(
    steps_of: tuple[Tier, ...], quantity: Decimal
) -> None:
    for model in (GraduatedPrice(steps_of), VolumePrice(steps_of)):
        with exact():
            steps = charge(Tariff(model), quantity)
        units = [step.quantity or ZERO for step in steps if step.kind is not StepKind.FEE]
        assert quantity == sum(units)
        holding = {step.number for step in steps if step.kind is StepKind.TIER and step.quantity}
        assert {step.number for step in steps if step.kind is StepKind.FEE} <= holding


@given(prices(), quantities())
def test_one_tier_of_either_kind_is_a_unit_price(price: Decimal, quantity: Decimal) -> None:
    unit = bill(Tariff(UnitPrice(price)), quantity)
    assert unit == bill(Tariff(GraduatedPrice((Tier(price),))), quantity)
    assert unit == bill(Tariff(VolumePrice((Tier(price),))), quantity)


@given(tiers(), quantities(0), quantities(0))
def test_a_graduated_bill_never_falls_when_usage_rises(
    steps_of: tuple[Tier, ...], a: Decimal, b: Decimal
) -> None:
    tariff = Tariff(GraduatedPrice(steps_of))
    assert bill(tariff, min(a, b)) <= bill(tariff, max(a, b))


@given(tiers())
def test_a_graduated_bill_does_not_jump_at_a_bound_but_for_the_fee(steps_of: tuple[Tier, ...]) -> None:
    model = GraduatedPrice(steps_of)
    for low, high in itertools.pairwise(steps_of):
        assert low.up_to is not None
        rise = bill(Tariff(model), low.up_to + ORE) - bill(Tariff(model), low.up_to)
        assert high.price * ORE + (high.fee or ZERO) == rise


@given(tiers(), st.lists(quantities(0, 900), min_size=1, max_size=12))
def test_a_years_tiers_charge_the_same_however_the_year_is_split(
    steps_of: tuple[Tier, ...], months: list[Decimal]
) -> None:
    tariff = Tariff(GraduatedPrice(steps_of, per="year"))
    monthly = [bill(tariff, quantity, earlier=months[:place]) for place, quantity in enumerate(months)]
    assert bill(Tariff(GraduatedPrice(steps_of)), sum(months, ZERO)) == sum(monthly)


@given(tiers())
def test_a_falling_volume_bill_is_told_with_its_bound_and_its_fall(steps_of: tuple[Tier, ...]) -> None:
    tariff = Tariff(VolumePrice(steps_of))
    told = dict(falls(steps_of))
    for low, high in itertools.pairwise(steps_of):
        assert low.up_to is not None
        step_above = bill(tariff, low.up_to) - (low.up_to * high.price + (high.fee or ZERO))
        assert (step_above if step_above > 0 else None) == told.get(low.up_to)


def test_all_of_a_volume_gets_the_price_of_its_tier() -> None:
    tariff = Tariff(VolumePrice((Tier("10", "100"), Tier("9"))))
    assert (Decimal(1000), Decimal(909)) == (bill(tariff, 100), bill(tariff, 101))
    assert [(Decimal(100), Decimal(100))] == falls(tariff.model.tiers)  # type: ignore[union-attr]  # tiers they are


@given(
    decimals(0, 1000, 2),
    st.sampled_from(["month", "year"]),
    st.dictionaries(st.sampled_from("abcdef"), quantities(-5, 50)),
)
def test_shared_parts_sum_to_the_months_total(
    total_kr: Decimal, per: str, shares: dict[str, Decimal]
) -> None:
    model = SharedPrice(total_kr, per)
    steps = portions(model, Month(2022, 3), shares)
    if any(quantity > 0 for quantity in shares.values()):
        assert {key for key, quantity in shares.items() if quantity >= 0} == set(steps)
        alone = portions(model, Month(2022, 3), {"alone": Decimal(1)})["alone"].amount
        assert {alone} == {step.price for step in steps.values()}
        assert alone == sum(step.amount for step in steps.values())
        assert {sum(step.quantity or ZERO for step in steps.values())} == {
            step.whole for step in steps.values()
        }
    else:
        assert {} == steps


@given(decimals(0, 1000, 2))
def test_a_shared_year_is_its_twelve_months_to_the_ore(total_kr: Decimal) -> None:
    model = SharedPrice(total_kr, "year")
    months = [portions(model, Month(2022, n), {"a": Decimal(1)})["a"].amount for n in range(1, 13)]
    assert total_kr == sum(months)
    assert max(months) - min(months) <= ORE


@given(models(), prices())
def test_all_figures_in_kronor_move_and_nothing_else(model: object, price: Decimal) -> None:
    tariff = Tariff(model, 0 if isinstance(model, SharedPrice) else 3)  # type: ignore[arg-type]  # a model
    moved = map_kronor(tariff, lambda _: price)
    assert tariff.included == moved.included
    assert map_kronor(moved, lambda _: ZERO) == map_kronor(tariff, lambda _: ZERO)
    assert tariff == map_kronor(tariff, lambda kronor: kronor)


def test_the_order_around_a_model_is_included_then_bounds_then_agreement() -> None:
    tariff = Tariff(UnitPrice("10"), included="5", minimum="100", maximum="500", percent="-10")
    assert Decimal(90) == bill(tariff, 7)  # 2 × 10 = 20, lifted to 100, less 10 %
    assert Decimal(180) == bill(tariff, 25)  # 20 × 10 = 200, less 10 %
    assert Decimal(450) == bill(tariff, 100)  # 95 × 10 = 950, lowered to 500, less 10 %
    with exact():
        steps = charge(tariff, Decimal(7))
    assert (
        Step(StepKind.INCLUDED, ZERO, Decimal(-5)),
        Step(StepKind.UNITS, Decimal(20), Decimal(2), Decimal(10)),
        Step(StepKind.MINIMUM, Decimal(80), price=Decimal(100)),
        Step(StepKind.AGREEMENT, Decimal(-10), percent=Decimal(-10)),
    ) == steps


def test_published_prices_by_customer_year_follow_the_months_of_connection() -> None:
    phased = Tariff(PhasedPrice((Phase("110", 12), Phase("105", 12), Phase("100"))))
    ages = [0, 11, 12, 23, 24, 240]
    assert [110, 110, 105, 105, 100, 100] == [bill(phased, 1, age=age) for age in ages]
    for age in (None, -1):
        with pytest.raises(UnpricedError, match="connected"):
            bill(phased, 1, age=age)


def test_included_units_are_taken_off_each_month_that_a_year_counts() -> None:
    tariff = Tariff(GraduatedPrice((Tier(10, up_to=10), Tier(1)), per="year"), included=5)
    # earlier 8 and 12 charge 3 and 7 units, so the tier is full: of 9, 4 are charged at 1 kr
    assert Decimal(4) == bill(tariff, 9, earlier=[Decimal(8), Decimal(12)])


def test_a_credit_is_refused_even_when_it_is_within_what_is_included() -> None:
    with pytest.raises(UnpricedError):
        bill(Tariff(PackagePrice(10, 1), included=5), -3)


def test_a_quantity_within_what_is_included_says_so() -> None:
    with exact():
        steps = charge(Tariff(UnitPrice(10), included=5), Decimal(3))
    assert [(StepKind.INCLUDED, Decimal(-3)), (StepKind.UNITS, ZERO)] == [
        (step.kind, step.quantity) for step in steps
    ]


def test_where_the_years_counter_stood_is_a_step_of_nothing() -> None:
    with exact():
        steps = charge(Tariff(GraduatedPrice((Tier(10),), "year")), Decimal(3), Context([Decimal(7)]))
    assert Step(StepKind.COUNTED, ZERO, Decimal(7)) == steps[0]


def test_a_price_that_only_agreements_have_is_no_price() -> None:
    with pytest.raises(UnpricedError) as refused:
        bill(Tariff(AgreementPrice()), 1)
    assert Reason.AGREEMENT_MISSING is refused.value.reason


@pytest.mark.parametrize(
    ("what", "make"),
    [
        ("negativt", lambda: UnitPrice("-1")),
        ("inte större än noll", lambda: UnitPrice("1", step="0")),
        ("inga nivåer", lambda: GraduatedPrice(())),
        ("sista nivån slutar", lambda: GraduatedPrice((Tier("1", "10"),))),
        ("inte är över", lambda: VolumePrice((Tier("1", "10"), Tier("1", "10"), Tier("1")))),
        ("inte är över", lambda: VolumePrice((Tier("1"), Tier("1")))),
        ("täcker inte all tid", lambda: PhasedPrice((Phase("1", 12),))),
        ("täcker inte all tid", lambda: PhasedPrice(())),
        ("täcker inte all tid", lambda: PhasedPrice((Phase("1", 0), Phase("1")))),
        ("under −100", lambda: CostPlusPrice("-101")),
        ("under −100", lambda: Tariff(UnitPrice("1"), percent="-101")),
        ("under minimum", lambda: Tariff(UnitPrice("1"), minimum="2", maximum="1")),
        ("shared kan inte", lambda: Tariff(SharedPrice("1"), included="1")),
        ("shared kan inte", lambda: Tariff(SharedPrice("1"), percent="-1")),
    ],
)
def test_a_model_that_makes_no_sense_cannot_be_made(what: str, make: object) -> None:
    with pytest.raises(InvalidError, match=what):
        make()  # type: ignore[operator]  # each is a function


def test_a_float_is_no_price() -> None:
    with pytest.raises(TypeError, match="never float"):
        UnitPrice(22.4)  # type: ignore[arg-type]  # the checker says so too
