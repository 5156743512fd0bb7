from __future__ import annotations

import pickle
from decimal import Decimal

import attrs
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import prismodell as pm
from prismodell.pricelist import price_list_notices
from prismodell.testing import YEAR, price_lists

AREA = pm.Area("ekonomi", "Ekonomi")


def priced(code: str, span: pm.Span, price: str = "1") -> pm.Price:
    service = pm.Service(code, f"Tjänst {code}", AREA, pm.Kind.OBLIGATORY, "styck")
    return pm.Price(service, span, (pm.Revision("Lista", pm.Tariff(pm.UnitPrice(price))),))


def listed(*prices: pm.Price) -> pm.PriceList:
    return pm.PriceList("lista", "Lista", YEAR, prices)


@given(price_lists(), st.data())
def test_a_service_has_at_most_one_price_in_a_month_and_none_is_told(
    price_list: pm.PriceList, data: st.DataObject
) -> None:
    edges = [
        edge + shift
        for price in price_list.prices
        for edge in (price.span.start, price.span.end)
        if edge
        for shift in (-1, 0, 1)
    ]
    month = data.draw(st.sampled_from(edges))
    for service in price_list.services:
        holding = [price for price in price_list.prices if price.service == service and month in price.span]
        event(f"{len(holding)} prices")
        if holding:
            assert holding == [price_list.price(service.code, month)]
        else:
            with pytest.raises(pm.UnpricedError) as told:
                price_list.price(service.code, month)
            expected = pm.Reason.NO_PRICE if month in YEAR else pm.Reason.OUTSIDE_PERIOD
            assert expected is told.value.reason


@pytest.mark.parametrize(
    ("what", "make"),
    [
        (
            "två priser samtidigt",
            lambda: listed(priced("A", YEAR), priced("A", pm.Span(pm.Month(2022, 12), YEAR.end))),
        ),
        ("utanför prislistans", lambda: listed(priced("A", pm.Span(pm.Month(2021, 12), YEAR.end)))),
        ("utanför prislistans", lambda: listed(priced("A", pm.Span(YEAR.start)))),
        ("saknar slut", lambda: pm.PriceList("lista", "Lista", pm.Span(YEAR.start), ())),
        ("tom eller längre|är tom", lambda: pm.PriceList("lista", "", YEAR, ())),
        (
            "inte är hela ören",
            lambda: listed(
                attrs.evolve(
                    priced("A", YEAR), origin=(pm.Revision("L", pm.Tariff(pm.SharedPrice("0.005"))),)
                )
            ),
        ),
    ],
)
def test_a_list_that_contradicts_itself_cannot_be_made(what: str, make: object) -> None:
    with pytest.raises(pm.InvalidError, match=what):
        make()  # type: ignore[operator]  # each is a function


@given(price_lists())
def test_the_digest_follows_what_the_list_means(price_list: pm.PriceList) -> None:
    backwards = attrs.evolve(price_list, prices=tuple(reversed(price_list.prices)))
    assert price_list.digest == backwards.digest
    assert price_list.digest == pickle.loads(pickle.dumps(price_list)).digest  # noqa: S301 - our own bytes
    assert price_list.digest != attrs.evolve(price_list, title="En annan").digest
    dearer = attrs.evolve(
        price_list.prices[0], origin=(pm.Revision("Prislista", pm.Tariff(pm.UnitPrice("1.234567"))),)
    )
    assert price_list.digest != attrs.evolve(price_list, prices=(dearer, *price_list.prices[1:])).digest


def test_digits_padded_with_zeros_mean_the_same() -> None:
    assert listed(priced("A", YEAR, "22.4")).digest == listed(priced("A", YEAR, "22.40")).digest


def test_gaps_and_falling_bills_are_noticed() -> None:
    early, late = pm.Span(YEAR.start, pm.Month(2022, 3)), pm.Span(pm.Month(2022, 5), YEAR.end)
    falling = pm.Tariff(pm.VolumePrice((pm.Tier(10, up_to=100), pm.Tier(9))))
    volume = attrs.evolve(priced("B", YEAR), origin=(pm.Revision("Lista", falling),))
    notices = price_list_notices(listed(priced("A", early), priced("A", late), volume), "lista.toml")
    assert ["A saknar pris 2022-03–2022-04", "B: notan sjunker med 100,00 kr när volymen passerar 100"] == [
        notice.what for notice in notices
    ]


def test_a_service_that_moves_to_another_area_keeps_its_order_in_time() -> None:
    turn, other = pm.Month(2022, 7), pm.Area("a-omradet", "Annat område")
    late = attrs.evolve(
        priced("A", pm.Span(turn, YEAR.end)), service=attrs.evolve(priced("A", YEAR).service, area=other)
    )
    price_list = listed(late, priced("A", pm.Span(YEAR.start, turn)))
    assert [YEAR.start, turn] == [price.span.start for price in price_list.by_code["A"]]
    assert {AREA, other} == {*price_list.areas}
    assert price_list == pm.parse_price_list(pm.render(price_list, "toml"))


def test_a_percentage_is_no_part_of_a_lists_price() -> None:
    discounted = pm.Revision("Lista", pm.Tariff(pm.UnitPrice(1), percent=-10))
    with pytest.raises(pm.InvalidError, match="procentsats på priset"):
        listed(attrs.evolve(priced("A", YEAR), origin=(discounted,)))


def test_a_list_prints_itself_briefly_and_knows_its_areas() -> None:
    price_list = listed(priced("B", YEAR), priced("A", YEAR))
    assert "<PriceList lista 2022-01–2022-12, 2 services>" == repr(price_list)
    assert ["A", "B"] == [service.code for service in price_list.services]
    assert (AREA,) == price_list.areas
    assert ("2022-01-01", "2022-12-31") == (str(price_list.valid_from), str(price_list.valid_to))
    assert Decimal(1) == price_list.price("A", YEAR.start).tariff.model.price  # type: ignore[union-attr]  # a unit price
