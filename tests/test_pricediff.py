"""
Differences between price lists: they are what billing would see, and turned around they are each other's.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from prismodell.testing import price_lists
from test_writing_closing import check_golden
from test_writing_pricelist import (
    FIRST_HALF,
    SECOND_HALF,
    YEAR_2021,
    YEAR_2022,
    example_lists,
    last_year,
    lowered,
    price,
    price_list,
    service,
    tiers,
)

NEXT = pm.Span(pm.Month(2022, 4), pm.Month(2023, 4))
OTHERS = st.sampled_from([YEAR_2022, YEAR_2021, NEXT]).flatmap(lambda span: price_lists(span=span))
both_lists = st.tuples(price_lists(), OTHERS)


def mirrored(found: pm.PriceListDiff) -> pm.PriceListDiff:
    """
    The same with before and after in each other's places.
    """

    def turned(each: Any) -> Any:
        return attrs.evolve(each, before=each.after, after=each.before)

    after: pm.PriceListDiff = turned(found)
    services = tuple(
        attrs.evolve(
            turned(each),
            described=tuple(map(turned, each.described)),
            prices=tuple(map(turned, each.prices)),
        )
        for each in found.services
    )
    return attrs.evolve(after, services=services)


def said(found: pm.PriceListDiff) -> list[tuple[Any, ...]]:
    """
    What it says of each service and price.
    """
    return [
        (each.code, str(price.span), price.change, price.reasons)
        for each in found.services
        for price in each.prices
    ]


def parts(found: pm.PriceListDiff) -> list[tuple[Any, ...]]:
    """
    What it says of descriptions.
    """
    return [(each.part, each.before, each.after) for one in found.services for each in one.described]


def tariff_in(price_list: pm.PriceList, code: str, month: pm.Month) -> pm.Tariff | None:
    """
    The tariff in force, if there is one.
    """
    try:
        return price_list.price(code, month).tariff
    except pm.UnpricedError:
        return None


def codes(lists: Iterable[pm.PriceList]) -> set[str]:
    """
    The codes of their services.
    """
    return {each.code for one in lists for each in one.services}


# Laws


@given(price_lists())
def test_a_list_differs_in_nothing_from_itself(listed: pm.PriceList) -> None:
    assert () == pm.diff(listed, listed).services


@fewer(2)
@given(both_lists)
def test_differences_turned_around_are_those_of_the_lists_turned_around(
    lists: tuple[pm.PriceList, pm.PriceList],
) -> None:
    a, b = lists

    assert mirrored(pm.diff(a, b)) == pm.diff(b, a)


@given(price_lists(), price_lists())
def test_the_months_told_are_those_in_which_the_lists_of_one_year_price_differently(
    before: pm.PriceList, after: pm.PriceList
) -> None:
    told = {
        (each.code, month)
        for each in pm.diff(before, after).services
        for p in each.prices
        for month in p.span
    }
    differing = {
        (code, month)
        for code in codes([before, after])
        for month in YEAR_2022
        if tariff_in(before, code, month) != tariff_in(after, code, month)
    }

    assert differing == told


@fewer(2)
@given(both_lists)
def test_what_only_one_list_has_is_new_or_gone(lists: tuple[pm.PriceList, pm.PriceList]) -> None:
    before, after = lists
    found = pm.diff(before, after)

    assert codes([after]) - codes([before]) == {each.code for each in found.new}
    assert codes([before]) - codes([after]) == {each.code for each in found.gone}


@fewer(2)
@given(both_lists)
def test_the_prices_told_are_those_of_the_lists_and_no_month_is_told_twice(
    lists: tuple[pm.PriceList, pm.PriceList],
) -> None:
    before, after = lists
    for each in pm.diff(before, after).services:
        months = [month for price in each.prices for month in price.span]
        assert len(set(months)) == len(months)
        for one in each.prices:
            assert one.before is None or one.before in before.prices
            assert one.after is None or one.after in after.prices
            assert one.before or one.after


# Prices


def test_a_years_new_prices_are_told_with_their_percent_and_reason() -> None:
    found = said(pm.diff(*example_lists()))
    reason = ("KF: 1 % lägre pris på obligatoriska tjänster",)
    by_code = {code: rest for code, _, *rest in found}

    assert [Decimal(-1), reason] == by_code["EKO-LEV"]
    assert [Decimal(-1), reason] == by_code["EKO-KUND"]  # a tariff of several prices
    assert ["ändrad prismodell", ("Ingår i ordinarie utbud från 2022",)] == by_code["REK-PB"]
    assert "EKO-FIL" not in by_code  # rounding held it
    assert {"2022-01–2022-12"} == {span for _, span, *_ in found}


def test_the_later_lists_prices_stand_beside_the_last_of_the_earlier_one() -> None:
    before = price_list(
        price("10", pm.Span(pm.Month(2021, 1), pm.Month(2021, 7))),
        price("12", pm.Span(pm.Month(2021, 7), pm.Month(2022, 1))),
        year=2021,
    )
    after = price_list(price("12", FIRST_HALF), price("15", SECOND_HALF))

    assert [("A", "2022-07–2022-12", Decimal(25), ("Lista",))] == said(pm.diff(before, after))


def test_months_in_which_only_the_list_before_changes_are_told() -> None:
    before = price_list(price("10", FIRST_HALF), price("12", SECOND_HALF))

    assert [("A", "2022-07–2022-12", Decimal("-16.7"), ("Lista",))] == said(
        pm.diff(before, price_list(price("10")))
    )


def test_a_gap_is_told_as_months_without_a_price() -> None:
    [(code, span, change, reasons)] = said(
        pm.diff(price_list(price("10")), price_list(price("10", FIRST_HALF)))
    )

    assert ("A", "2022-07–2022-12", None, ()) == (code, span, change, reasons)


def test_a_list_that_has_ended_goes_on_with_its_last_prices() -> None:
    old = pm.PriceList("g", "Gammal", YEAR_2022, (price("10", FIRST_HALF), price("12", SECOND_HALF)))
    new = pm.PriceList("n", "Ny", NEXT, (price("11", NEXT),))

    assert [
        ("A", "2022-04–2022-06", Decimal(10)),
        ("A", "2022-07–2022-12", Decimal("-8.3")),
        ("A", "2023-01–2023-03", Decimal("-8.3")),
    ] == [each[:3] for each in said(pm.diff(old, new))]


def test_reasons_are_the_notes_that_came_after() -> None:
    first = last_year("22.40")
    second = lowered(first)
    third = pm.derive(
        second,
        [
            pm.Change("Nytt avtal", pm.NewPrice(pm.Tariff(pm.UnitPrice(21)))),
            pm.Change("KF", pm.Percent("-1")),
        ],
        id="l",
        title="Lista",
    )

    assert [("KF", "Nytt avtal"), ("Nytt avtal", "KF")] == [
        said(pm.diff(first, third))[0][3],
        said(pm.diff(second, third))[0][3],
    ]


# Services


def test_what_is_new_has_all_its_reasons_and_what_is_gone_its_last_price() -> None:
    found = pm.diff(
        price_list(price("7", YEAR_2021, service("GAMMAL")), year=2021),
        price_list(price("5", of=service("NY"), note="Beslut")),
    )

    assert [("GAMMAL", None, ()), ("NY", None, ("Beslut",))] == [(c, p, why) for c, _, p, why in said(found)]
    assert (["NY"], ["GAMMAL"]) == ([s.code for s in found.new], [s.code for s in found.gone])


def test_a_service_that_is_gone_names_the_one_that_replaces_it() -> None:
    one = service("EN", replaces=("X", "Y"))
    before = price_list(*(price("7", YEAR_2021, service(code)) for code in "XYZ"), year=2021)
    after = price_list(price("6", of=one))

    def instead(found: pm.PriceListDiff) -> dict[str, str | None]:
        return {each.code: each.prices[0].instead for each in found.services}

    expected = {"EN": None, "X": "EN", "Y": "EN", "Z": None}
    assert expected == instead(pm.diff(before, after))
    assert expected == instead(pm.diff(after, before))


def test_what_is_replaced_in_the_middle_of_the_year_is_gone_from_then_on() -> None:
    one = service("EN", replaces=("A",))
    found = pm.diff(last_year("7"), price_list(price("7", FIRST_HALF), price("6", SECOND_HALF, one)))
    gone = found.services[0].prices

    assert [("2022-07–2022-12", "EN")] == [(str(each.span), each.instead) for each in gone]
    assert () == found.gone


def test_a_service_whose_months_are_outside_those_compared_is_gone_all_the_same() -> None:
    early = pm.PriceList(
        "t", "Tidig", YEAR_2022, (price("1", pm.Span(pm.Month(2022, 1), pm.Month(2022, 3))),)
    )
    late = pm.PriceList("s", "Sen", SECOND_HALF, ())

    assert ["A"] == [each.code for each in pm.diff(early, late).gone]
    assert [()] == [each.prices for each in pm.diff(early, late).services]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("name", "Annat namn"),
        ("area", pm.Area("b", "Annat område")),
        ("kind", pm.Kind.SUPPLEMENTARY),
        ("unit", "blankett"),
        ("plural", "fakturor"),
        ("vat", Decimal(12)),
        ("coding", (("account", "3611"),)),
        ("replaces", ("B",)),
    ],
)
def test_each_part_of_a_description_that_changes_is_told_once(part: str, value: Any) -> None:
    other = attrs.evolve(service(), **{part: value})
    before = price_list(price("1", FIRST_HALF), price("1", SECOND_HALF))
    found = pm.diff(before, price_list(price("1", of=other)))

    assert (part, getattr(service(), part), value) in parts(found)
    assert len(parts(found)) == len(set(parts(found)))
    assert [] == said(found)


def test_a_vat_that_only_the_first_months_had_is_told() -> None:
    other = attrs.evolve(service(), vat=Decimal(12))
    before = price_list(price("1", FIRST_HALF, other), price("1", SECOND_HALF))

    assert [("vat", Decimal(12), Decimal(25))] == parts(pm.diff(before, price_list(price("1"))))


def test_differences_print_themselves_briefly() -> None:
    assert "<PriceListDiff lista-2021 → lista-2022, 1 services>" == repr(
        pm.diff(last_year("1"), price_list(price("2")))
    )


# Table


def test_the_differences_of_two_lists_read_well() -> None:
    heir = service("EN", replaces=("X", "Y"))
    before = price_list(
        *(price("7", YEAR_2021, service(code)) for code in ("X", "Y", "Z")),
        price("22.40", YEAR_2021, service("LEV")),
        price(tiers("10", "5"), YEAR_2021, service("TRAPPA")),
        price("4", YEAR_2021, service("NAMN")),
        price("0.35", YEAR_2021, service("FIL")),
        year=2021,
    )
    renamed = attrs.evolve(
        service("NAMN", unit="ärende"),
        name="Nytt namn",
        area=pm.Area("b", "Annat område"),
        kind=pm.Kind.SUPPLEMENTARY,
        vat=Decimal(12),
        coding=(("account", "3611"), ("project", "1")),
    )
    after = pm.derive(
        before,
        [
            pm.Change(
                "KF: 1 % lägre", pm.Percent("-1"), pm.Selection(codes=frozenset(["LEV", "TRAPPA", "FIL"]))
            ),
            pm.Change("Förenkling", pm.Remove(), pm.Selection(codes=frozenset(["X", "Y", "Z", "NAMN"]))),
            pm.Change("Förenkling", pm.Add(heir, pm.Tariff(pm.UnitPrice(6)))),
            pm.Change("Ny", pm.Add(renamed, pm.Tariff(pm.UnitPrice(5)))),
            pm.Change("Avtal", pm.Add(service("HÖST"), pm.Tariff(pm.UnitPrice(9)), SECOND_HALF)),
        ],
        id="lista-2022",
        title="Prislista 2022",
        span=YEAR_2022,
    )
    there, back = pm.diff(before, after), pm.diff(after, before)
    check_golden("prisskillnader", pm.diff_table(there), pm.diff_table(back))


def test_the_table_of_the_example_lists_has_a_row_for_each_difference() -> None:
    found = pm.diff(*example_lists())

    assert sum(len(each.prices) + len(each.described) for each in found.services) == len(
        pm.diff_table(found).rows
    )


def test_a_service_outside_the_months_compared_has_a_row_of_its_own() -> None:
    early = pm.PriceList(
        "t", "Tidig", YEAR_2022, (price("1", pm.Span(pm.Month(2022, 1), pm.Month(2022, 3))),)
    )
    late = pm.PriceList("s", "Sen", SECOND_HALF, ())

    assert [("A Tjänst A", "utgår")] == [row[:2] for row in pm.diff_table(pm.diff(early, late)).rows]
    assert [("A Tjänst A", "ny")] == [row[:2] for row in pm.diff_table(pm.diff(late, early)).rows]


def test_a_price_in_some_months_of_a_known_service_is_no_new_service() -> None:
    table = pm.diff_table(pm.diff(price_list(price("1", FIRST_HALF)), price_list(price("1"))))

    assert ["nytt pris (juli–december 2022)"] == [row[1] for row in table.rows]
