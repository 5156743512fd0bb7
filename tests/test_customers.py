from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given

import prismodell as pm
from prismodell.testing import registers

JANUARY = pm.Month(2022, 1)
SERVICE = pm.Service(
    "A", "Tjänst", pm.Area("ekonomi", "Ekonomi"), pm.Kind.SUPPLEMENTARY, "timme", vat=Decimal(12)
)
LISTED = pm.Price(SERVICE, pm.Span(JANUARY), (pm.Revision("Prislista 2022", pm.Tariff(pm.UnitPrice(100))),))


def customer(code: str, kind: pm.CustomerType = pm.CustomerType.ADMINISTRATION) -> pm.Customer:
    return pm.Customer(code, f"Kund {code}", kind)


def test_only_other_legal_persons_pay_vat_and_the_service_sets_the_rate() -> None:
    rates = {kind: customer("K", kind).vat(SERVICE) for kind in pm.CustomerType}
    assert {
        pm.CustomerType.ADMINISTRATION: 0,
        pm.CustomerType.COMPANY: 12,
        pm.CustomerType.FOUNDATION: 12,
    } == rates
    assert Decimal(25) == attrs.evolve(SERVICE, vat=25).vat


@pytest.mark.parametrize(
    ("price", "terms"),
    [
        (Decimal(80), {"tariff": pm.Tariff(pm.UnitPrice(80))}),
        (Decimal(90), {"percent": -10}),
        (Decimal(0), {"percent": -100}),
    ],
)
def test_an_agreement_comes_before_the_list_in_its_months_only(price: Decimal, terms: dict[str, Any]) -> None:
    span = pm.Span(pm.Month(2022, 2), pm.Month(2022, 4))
    agreement = pm.Agreement("K", "A", span, reference="Avtal 7", **terms)
    register = pm.Register((customer("K"), customer("L")), (agreement,))
    year = pm.Span(JANUARY, pm.Month(2023, 1))
    price_list = pm.PriceList("lista", "Lista", year, (attrs.evolve(LISTED, span=year),))
    volumes = pm.Volumes(
        pm.Volume(code, "A", month, Decimal(1))
        for code in "KL"
        for month in pm.Span(JANUARY, pm.Month(2022, 5))
    )
    rating = pm.rate(volumes, price_list, register)
    assert [100, price, price, 100] == [line.amount for line in rating.lines if line.customer.code == "K"]
    assert [100, 100, 100, 100] == [line.amount for line in rating.lines if line.customer.code == "L"]
    assert "Avtal 7" == rating.lines[1].price.origin[-1].note


@given(registers())
def test_subscriptions_become_a_row_for_each_of_their_months(register: pm.Register) -> None:
    first, last = JANUARY, pm.Month(2022, 12)
    rows = register.subscribed(first, last)
    spans = {customer.code: customer.span for customer in register.customers}
    expected = {
        (s.customer, s.service, m, s.quantity)
        for s in register.subscriptions
        for m in s.span
        if m <= last and m in spans[s.customer]
    }
    assert expected == {(row.customer, row.service, row.month, row.quantity) for row in rows}
    assert {"abonnemang"} >= {row.source for row in rows}
    assert rows == rows.merge(register.subscribed(pm.Month(2022, 6)))
    assert not rows.conflicts


@pytest.mark.parametrize(
    ("what", "make"),
    [
        ("finns redan", lambda: pm.Register((customer("K"), customer("K")))),
        ("för lik K", lambda: pm.Register((customer("K"), customer("k")))),
        ("för lik KÅ", lambda: pm.Register((customer("KÅ"), customer("KA")))),
        (
            "finns inte",
            lambda: pm.Register((customer("K"),), (pm.Agreement("L", "A", pm.Span(JANUARY), percent=1),)),
        ),
        (
            "finns inte",
            lambda: pm.Register((customer("K"),), (), (pm.Subscription("L", "A", pm.Span(JANUARY)),)),
        ),
        (
            "har redan en rad",
            lambda: pm.Register((customer("K"),), (pm.Agreement("K", "A", pm.Span(JANUARY), percent=1),) * 2),
        ),
        ("anger inte ett pris", lambda: pm.Agreement("K", "A", pm.Span(JANUARY))),
        ("under −100", lambda: pm.Agreement("K", "A", pm.Span(JANUARY), percent=-101)),
        (
            "kan inte ha modellen shared",
            lambda: pm.Agreement("K", "A", pm.Span(JANUARY), tariff=pm.Tariff(pm.SharedPrice(1))),
        ),
        (
            "har redan en rad",
            lambda: pm.Register(
                (customer("K"),),
                tuple(
                    pm.Agreement("K", "A", pm.Span(pm.Month(2022, first), pm.Month(2022, end)), percent=1)
                    for first, end in ((1, 12), (2, 3), (4, 5))
                ),
            ),
        ),
        (
            "kan inte ha modellen agreement",
            lambda: pm.Agreement("K", "A", pm.Span(JANUARY), tariff=pm.Tariff(pm.AgreementPrice())),
        ),
        (
            "inte båda",
            lambda: pm.Agreement("K", "A", pm.Span(JANUARY), tariff=pm.Tariff(pm.UnitPrice(1), percent=-1)),
        ),
        ("är negativt", lambda: pm.Subscription("K", "A", pm.Span(JANUARY), -1)),
        ("1 och 100", lambda: attrs.evolve(SERVICE, vat="0.25")),
        ("ingen kod", lambda: customer("../K")),
        ("tom eller längre", lambda: customer("  ")),
    ],
)
def test_a_register_that_contradicts_itself_cannot_be_made(what: str, make: object) -> None:
    with pytest.raises(pm.InvalidError, match=what):
        make()  # type: ignore[operator]  # each is a function


def test_codes_are_trimmed_and_composed() -> None:
    assert "KÅ" == customer(" KA\N{COMBINING RING ABOVE} ").code


def test_values_print_themselves_briefly() -> None:
    assert "<Register 1 customers, 0 agreements>" == repr(pm.Register((customer("K"),)))
