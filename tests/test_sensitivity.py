"""
Revenue at other volumes: it is what a rating of them says, and lists meet where they are said to.
"""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from golden.documents import ROOT
from prismodell.money import ZERO, exact
from prismodell.tariff import FixedPrice, GraduatedPrice, PackagePrice, UnitPrice, VolumePrice
from prismodell.testing import Case, cases, price_lists
from test_underlag import price_list, row
from test_writing_closing import check_golden
from test_writing_pricelist import price, service
from test_writing_pricelist import price_list as list_of

OF_QUANTITY = (UnitPrice, GraduatedPrice, VolumePrice, PackagePrice, FixedPrice)
TENTHS = [Decimal(each) / 10 for each in range(1, 31)]


def one_service(tariff: pm.Tariff) -> pm.PriceList:
    """
    A list of service A alone.
    """
    return list_of(price(tariff))


def per_unit(figure: str) -> pm.PriceList:
    """
    So many kronor for each unit.
    """
    return one_service(pm.Tariff(pm.UnitPrice(figure)))


def with_fee(figure: str, fee: str) -> pm.PriceList:
    """
    So many kronor for each unit, and a fee for each month.
    """
    return one_service(pm.Tariff(pm.GraduatedPrice((pm.Tier(figure, fee=fee),))))


def volumes(*quantities: str, code: str = "A") -> pm.Volumes:
    """
    What some customers bought of a service in January.
    """
    return pm.Volumes(row(f"K-{number}", code, each) for number, each in enumerate(quantities))


def factors(found: pm.BreakEven) -> tuple[Any, ...]:
    """
    The factors at which the lists meet.
    """
    return found.factor, found.beside and found.beside.factor


# Sensitivity


@exact()
@fewer(2)
@given(cases(strangers=False), st.sampled_from([-50, -10, 0, 10, 25]))
def test_an_areas_revenue_is_that_of_its_volumes_changed_alone(case: Case, percent: int) -> None:
    assume(not case.rate().unrated)
    found = pm.sensitivity(case.volumes, [case.price_list], case.register, percents=[percent])
    for each in found.lists[0].areas:
        if any(line.price.service.area == each.area for line in case.rate().lines):
            select = pm.Selection(area=each.area.code)
            changed = pm.scale(case.volumes, case.price_list, percent, select=select)
            by_area = pm.rate(changed, case.price_list, case.register).by("area")
            assert (by_area[each.area.code],) == each.revenue
        else:
            assert (ZERO,) == each.revenue


@exact()
@fewer(2)
@given(cases(strangers=False))
def test_the_areas_of_a_list_sum_to_its_total(case: Case) -> None:
    assume(not case.rate().unrated)
    [found] = pm.sensitivity(case.volumes, [case.price_list], case.register).lists

    for place, total in enumerate(found.total):
        assert total == sum((each.revenue[place] for each in found.areas), ZERO)
    assert case.rate().total == found.total[1]


def test_two_lists_stand_side_by_side() -> None:
    found = pm.sensitivity(volumes("100"), [per_unit("2"), with_fee("1", "50")])

    assert (Decimal(-10), Decimal(0), Decimal(10)) == found.percents
    assert [[180, 200, 220], [140, 150, 160]] == [[*map(int, each.total)] for each in found.lists]


def test_volumes_without_a_price_are_refused() -> None:
    lists, what = (per_unit("2"), per_unit("1")), "1 volym saknar pris: K-0 B"
    with pytest.raises(pm.InvalidError, match=what) as raised:
        pm.sensitivity(volumes("1", code="B"), lists)
    assert "replaces" in raised.value.fix
    with pytest.raises(pm.InvalidError, match=what):
        pm.break_even(volumes("1", code="B"), *lists)


# Break-even


def slow_signs(found_for: Any, factor: Decimal) -> int:
    """
    Which of two lists brings more at a factor: the rating of the changed rows, one by one.
    """
    before, after, rows, register = found_for
    changed = pm.Volumes(
        pm.Volume(each.customer, each.service, each.month, each.quantity * factor) for each in rows
    )
    difference = pm.rate(changed, after, register).total - pm.rate(changed, before, register).total
    return (difference > 0) - (difference < 0)


@fewer(3)
@given(cases(*OF_QUANTITY, strangers=False, most=6), price_lists(*OF_QUANTITY))
def test_lists_change_places_between_the_two_points_and_at_no_tenth_nearer(
    case: Case, other: pm.PriceList
) -> None:
    rows = [
        each
        for each in case.volumes
        if each.quantity >= 1 and each.service in {one.code for one in other.services}
    ]
    rows = [pm.Volume(e.customer, e.service, e.month, e.quantity) for e in rows]
    assume(rows and not pm.rate(pm.Volumes(rows), case.price_list, case.register).unrated)
    assume(not pm.rate(pm.Volumes(rows), other, case.register).unrated)
    found = pm.break_even(pm.Volumes(rows), case.price_list, other, case.register)
    question = case.price_list, other, rows, case.register
    today = slow_signs(question, Decimal(1))

    nearest = abs(found.factor - 1) if found.factor is not None else Decimal(3)
    step = nearest // Decimal("0.1") * Decimal("0.1")
    for factor in TENTHS:
        if abs(factor - 1) < step:
            assert today == slow_signs(question, factor)
    if found.nearest and found.beside:
        assert found.nearest.difference * found.beside.difference <= 0
        assert Decimal("0.0001") == abs(found.nearest.factor - found.beside.factor)
        assert abs(found.nearest.difference) <= abs(found.beside.difference)
        for point in (found.nearest, found.beside):
            sign = (point.difference > 0) - (point.difference < 0)
            assert sign == slow_signs(question, point.factor)
    elif found.nearest:
        assert 0 == today
        assert 1 == found.factor


def test_a_fee_is_worth_its_lower_price_at_the_volume_where_both_cost_the_same() -> None:
    # 2 kr × 100 × f = 1 kr × 100 × f + 150 kr at f = 1,5
    found = pm.break_even(volumes("100"), per_unit("2"), with_fee("1", "150"))

    assert pm.Point(Decimal("1.5"), Decimal(300), Decimal(300)) == found.nearest
    assert pm.Point(Decimal(1), Decimal(200), Decimal(250)) == found.today


def test_the_meeting_below_today_is_found_too() -> None:
    # 2 × 100 × f = 100 × f + 37 at f = 0,37
    assert Decimal("0.37") == pm.break_even(volumes("100"), per_unit("2"), with_fee("1", "37")).factor


def test_of_a_meeting_on_either_side_the_nearer_is_told() -> None:
    # against 1 kr for each of 100: nothing up to 95 units, and 102 kr in all above that
    tiers = pm.Tier(0, 95), pm.Tier(0, fee=102)
    stepped = one_service(pm.Tariff(pm.VolumePrice(tiers)))

    assert Decimal("1.02") == pm.break_even(volumes("100"), per_unit("1"), stepped).factor


def test_lists_that_meet_today_meet_at_one_and_need_no_neighbour() -> None:
    assert (Decimal(1), None) == factors(pm.break_even(volumes("100"), per_unit("2"), with_fee("1", "100")))
    assert (Decimal(1), None) == factors(pm.break_even(volumes("100"), per_unit("2"), per_unit("2")))


def test_lists_that_never_meet_say_so() -> None:
    found = pm.break_even(volumes("100"), per_unit("2"), per_unit("3"))

    assert (None, None) == factors(found)
    assert pm.Point(Decimal(1), Decimal(200), Decimal(300)) == found.today


def test_where_the_lists_jump_past_one_another_a_difference_remains_on_both_sides() -> None:
    # a package of 120 for 100 kr, against 1,50 kr each: 180 and 100 kr at 120 units, 180,02 and 200 kr above
    packages = one_service(pm.Tariff(pm.PackagePrice(120, 100)))
    found = pm.break_even(volumes("100"), per_unit("1.5"), packages)

    assert (Decimal("1.2001"), Decimal("1.2")) == factors(found)
    assert found.nearest
    assert found.beside
    assert [Decimal("19.98"), Decimal(-80)] == [found.nearest.difference, found.beside.difference]


def test_only_the_selected_services_change() -> None:
    before = list_of(price("2"), price("1", of=service("B")))
    after = list_of(price(pm.Tariff(pm.GraduatedPrice((pm.Tier(1, fee=150),)))), price("1", of=service("B")))
    rows = pm.Volumes([row("K", "A", "100"), row("K", "B", "1000")])
    found = pm.break_even(rows, before, after, select=pm.Selection(codes=frozenset(["A"])))

    assert Decimal("1.5") == found.factor
    assert found.nearest
    assert 1300 == found.nearest.before == found.nearest.after


def test_services_that_the_list_after_has_merged_are_priced_together() -> None:
    # tiers count A and B as one, though only A changes: 2 × (100 f + 100) = 1 × (100 f + 100) + 250 at 1,5
    before = list_of(price("2"), price("2", of=service("B")))
    merged = service("EN", replaces=("A", "B"))
    after = list_of(price(pm.Tariff(pm.GraduatedPrice((pm.Tier(1, fee=250),))), of=merged))
    rows = pm.Volumes([row("K", "A", "100"), row("K", "B", "100")])

    assert (
        Decimal("1.5")
        == pm.break_even(rows, before, after, select=pm.Selection(codes=frozenset(["A"]))).factor
    )


def test_a_selection_without_services_or_volumes_is_refused() -> None:
    lists = per_unit("2"), per_unit("1")
    with pytest.raises(pm.InvalidError, match="X finns inte i Prislista 2022"):
        pm.break_even(volumes("1"), *lists, select=pm.Selection(codes=frozenset(["X"])))


# Tables


def test_the_tables_read_well() -> None:
    rows = pm.Volumes(
        [row("SDF-SKA", "EKO-LEV", "2431"), row("BOL-STO", "LON-SPEC", "1"), row("BOL-STO", "EKO-TIM", "1.5")]
    )
    lists = [price_list(), price_list("20", "800", "66.33", title="Enklare")]
    tables = [
        pm.sensitivity_table(pm.sensitivity(rows, lists)),
        pm.break_even_table(pm.break_even(volumes("100"), per_unit("2"), with_fee("1", "150"))),
        pm.break_even_table(pm.break_even(volumes("100"), per_unit("2"), with_fee("1", "133.333"))),
        pm.break_even_table(
            pm.break_even(volumes("100"), per_unit("1.5"), one_service(pm.Tariff(pm.PackagePrice(120, 100))))
        ),
        pm.break_even_table(pm.break_even(volumes("100"), per_unit("2"), per_unit("3"))),
        pm.break_even_table(pm.break_even(volumes("100"), per_unit("2"), per_unit("2"))),
    ]
    check_golden("andra-volymer", *tables)


def test_a_year_of_the_example_brings_as_much_as_the_rating_says() -> None:
    data = ROOT / "examples" / "data"
    prices = pm.read_price_list(ROOT / "pricelists" / "serviceforvaltningen-2022.toml")
    register = pm.read_customers(data / "kunder.toml")
    january = pm.read_volumes(data / "ekonomisystem-2022-01.csv")
    [found] = pm.sensitivity(january, [prices], register).lists

    assert pm.rate(january, prices, register).total == found.total[1]
    assert found.total[0] < found.total[1] < found.total[2]


def test_one_list_may_be_given_by_itself() -> None:
    one, alone = per_unit("2"), volumes("1")
    assert pm.sensitivity(alone, [one]) == pm.sensitivity(alone, one)
