from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import event, given

import prismodell as pm
from prismodell.canonical import plain
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


def succeeded(code: str, first: int, end: int | None, successor: str | None = None) -> pm.Customer:
    span = pm.Span(pm.Month(first, 1), pm.Month(end, 1) if end else None)
    return attrs.evolve(customer(code), span=span, successor=successor)


@pytest.mark.parametrize(
    ("year", "fix"),
    [
        (2019, "rapportera volymen på rätt kund"),
        (2021, "rapportera volymen på efterträdaren B (Kund B)"),
        (2022, "rapportera volymen på efterträdaren C (Kund C)"),
        (2023, "rapportera volymen på rätt kund"),
        (2024, "rapportera volymen på efterträdaren D (Kund D)"),
    ],
)
def test_a_volume_after_a_customers_end_names_the_successor_of_its_month(year: int, fix: str) -> None:
    register = pm.Register(
        (
            succeeded("A", 2020, 2021, "B"),
            succeeded("B", 2021, 2022, "C"),
            succeeded("C", 2022, 2023, "D"),
            succeeded("D", 2024, None),
        )
    )
    with pytest.raises(pm.UnpricedError) as caught:
        register.charged("A", pm.Month(year, 1))
    assert (pm.Reason.CUSTOMER_NOT_VALID, fix) == (caught.value.reason, caught.value.fix)


def test_a_customer_that_ends_without_a_successor_names_none() -> None:
    register = pm.Register((succeeded("A", 2020, 2021), customer("B")))
    with pytest.raises(pm.UnpricedError, match="rapportera volymen på rätt kund"):
        register.charged("A", JANUARY)


@given(registers())
def test_the_successor_that_is_named_can_be_charged(register: pm.Register) -> None:
    for each in register.customers:
        for month in pm.Span(JANUARY, pm.Month(2023, 1)):
            try:
                register.charged(each.code, month)
            except pm.UnpricedError as error:
                named = error.fix.partition("efterträdaren ")[2].partition(" ")[0]
                event(f"a successor is named: {bool(named)}")
                if named:
                    register.charged(named, month)


def test_a_customer_without_a_successor_has_the_plain_form_that_it_always_had() -> None:
    assert {"code", "name", "type", "counterparty", "reference", "span"} == plain(customer("K")).keys()
    assert "L" == plain(attrs.evolve(customer("K"), successor="L"))["successor"]


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
        ("kunden L finns inte", lambda: pm.Register((succeeded("K", 2021, 2022, "L"),))),
        ("inget slut", lambda: pm.Register((succeeded("K", 2021, None, "L"), customer("L")))),
        ("sin egen efterträdare", lambda: pm.Register((succeeded("K", 2021, 2022, "K"),))),
        (
            "ring: L → M → L",
            lambda: pm.Register(
                (
                    succeeded("K", 2021, 2022, "L"),
                    succeeded("L", 2021, 2022, "M"),
                    succeeded("M", 2021, 2022, "L"),
                )
            ),
        ),
        ("ingen kod", lambda: succeeded("K", 2021, 2022, "../L")),
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
