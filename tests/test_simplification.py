"""Simpler lists: fewer items, the same revenue, and no customer moved further than was allowed."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from prismodell.testing import AREAS, YEAR, Case, cases

AREA = AREAS[0]
CUSTOMERS = tuple(pm.Customer(code, f"Kund {code}", pm.CustomerType.ADMINISTRATION) for code in "KLM")
REGISTER = pm.Register(CUSTOMERS)


def priced(code: str, price: str | pm.Tariff, unit: str = "faktura", **more: Any) -> pm.Price:
    kind = more.pop("kind", pm.Kind.OBLIGATORY)
    service = pm.Service(code, f"Tjänst {code}", AREA, kind, unit, **more)
    tariff = price if isinstance(price, pm.Tariff) else pm.Tariff(pm.UnitPrice(price))
    return pm.Price(service, YEAR, (pm.Revision("Prislista", tariff),))


def listed(*prices: pm.Price) -> pm.PriceList:
    return pm.PriceList("lista", "Prislista 2022", YEAR, prices)


def all_year(quantities: dict[str, tuple[int, int, int]]) -> pm.Volumes:
    """The same quantities every month, by service and customer."""
    return pm.Volumes(
        pm.Volume(code, service, month, Decimal(quantity))
        for month in YEAR
        for service, by_customer in quantities.items()
        for code, quantity in zip("KLM", by_customer, strict=True)
        if quantity
    )


@fewer(2, suppress_health_check=[HealthCheck.filter_too_much])
@given(cases(strangers=False, most=20), st.sampled_from(["0.5", "5", "60"]))
def test_every_choice_keeps_the_revenue_and_moves_no_year_past_the_limit(case: Case, limit: str) -> None:
    waiting = case.rate().waiting
    volumes = pm.Volumes(row for row in case.volumes if (row.customer, row.service, row.month) not in waiting)
    assume(volumes.rows)
    today = pm.rate(volumes, case.price_list, case.register)
    choices = pm.simplify(case.price_list, volumes, case.register, area=AREA.code, limit=limit) if any(
        area == AREA for area in case.price_list.areas
    ) else ()  # fmt: skip
    for number, choice in enumerate(choices, 1):
        simpler = pm.rate(volumes, choice.price_list, case.register)
        assert pm.compare(today, simpler) == choice.comparison
        assert len(case.price_list.services) - choice.saved == len(choice.price_list.services)
        assert choice.saved >= number
        assert choice.largest <= Decimal(limit)
        for _, effect in choice.comparison.customers:
            assert abs(effect.difference) * 100 <= Decimal(limit) * abs(effect.before)
        rounding = Decimal("0.01") * len(today.lines)
        weights = sum(abs(line.quantity) + 1 for line in simpler.lines)
        assert abs(choice.comparison.total.difference) <= rounding + Decimal("0.01") * weights


def test_services_that_cost_alike_become_one_first() -> None:
    prices = listed(priced("A", "20"), priced("B", "21"), priced("C", "90"))
    volumes = all_year({"A": (100, 10, 50), "B": (10, 100, 50), "C": (5, 5, 50)})
    first, second = pm.simplify(prices, volumes, REGISTER, area=AREA.code, limit=50)
    assert [("B-SAML", ("A", "B"))] == [(m.service.code, m.service.replaces) for m in first.mergers]
    assert (1, 2) == (first.saved, second.saved)
    assert first.largest < second.largest


def test_the_merged_price_is_what_all_units_cost_on_average() -> None:
    prices = listed(priced("A", "20"), priced("B", "30"))
    volumes = all_year({"A": (60, 60, 60), "B": (40, 40, 40)})
    (choice,) = pm.simplify(prices, volumes, REGISTER, area=AREA.code, limit=1)
    assert pm.Tariff(pm.UnitPrice("24")) == choice.mergers[0].tariff
    assert (Decimal(0), Decimal(0)) == (choice.comparison.total.difference, choice.largest)


def test_different_units_can_only_become_a_fixed_charge_whatever_is_used() -> None:
    prices = listed(priced("A", "20"), priced("B", "700", "timme"))
    volumes = all_year({"A": (35, 0, 0), "B": (1, 2, 0)})
    (choice,) = pm.simplify(prices, volumes, REGISTER, area=AREA.code, limit="0.5")
    assert pm.Tariff(pm.FixedPrice("1400"), maximum="1400") == choice.mergers[0].tariff
    assert "månad" == choice.mergers[0].service.unit
    assert {Decimal(1400)} == {line.amount for line in choice.comparison.after.lines}


def test_shared_costs_become_one_shared_cost() -> None:
    prices = listed(*(priced(code, pm.Tariff(pm.SharedPrice("12000", "year"))) for code in "AB"))
    rows = [
        pm.Volume(code, service, month, Decimal(month.number + many))
        for month in YEAR
        for service in "AB"
        for code, many in (("K", 3), ("L", 50))
    ]
    (choice,) = pm.simplify(prices, pm.Volumes(rows), REGISTER, area=AREA.code, limit=1)
    assert pm.Tariff(pm.SharedPrice("24000", "year")) == choice.mergers[0].tariff
    assert Decimal(0) == choice.comparison.total.difference


@pytest.mark.parametrize(
    "other",
    [
        priced("B", "21", kind=pm.Kind.SUPPLEMENTARY),
        priced("B", "21", vat=Decimal(12)),
        priced("B", pm.Tariff(pm.CostPlusPrice("5"))),
    ],
)
def test_another_kind_or_vat_and_a_cost_passed_on_are_not_merged(other: pm.Price) -> None:
    volumes = all_year({"A": (9, 9, 9), "B": (9, 9, 9)})
    assert () == pm.simplify(listed(priced("A", "20"), other), volumes, REGISTER, area=AREA.code, limit=90)


def test_a_service_with_an_agreement_keeps_its_own_item() -> None:
    agreement = pm.Agreement("K", "B", YEAR, percent=Decimal(-10))
    register = pm.Register(CUSTOMERS, (agreement,))
    volumes = all_year({"A": (9, 9, 9), "B": (9, 9, 9)})
    prices = listed(priced("A", "20"), priced("B", "21"))
    assert () == pm.simplify(prices, volumes, register, area=AREA.code, limit=90)


def test_a_simplified_list_can_be_simplified_again_and_replaces_all_codes_of_before() -> None:
    prices = listed(priced("A", "20"), priced("B", "21"), priced("C", "22"))
    volumes = all_year({"A": (9, 9, 9), "B": (9, 9, 9), "C": (9, 9, 9)})
    first = pm.simplify(prices, volumes, REGISTER, area=AREA.code, limit=90)[0].price_list
    (again,) = pm.simplify(first, volumes, REGISTER, area=AREA.code, limit=90)
    service = again.mergers[0].service
    assert {"A", "B", "C"} == {
        code.removesuffix("-SAML") for code in (service.code, *(service.replaces or ()))
    }
    assert {"A", "B", "C"} <= {service.code, *(service.replaces or ())}
    assert 1 == len(again.price_list.services)
    assert pm.compare(pm.rate(volumes, prices, REGISTER), again.comparison.after).total.after


def test_a_choice_is_a_list_that_can_be_written_and_read() -> None:
    prices = listed(priced("A", "20"), priced("B", "30"))
    volumes = all_year({"A": (6, 6, 6), "B": (4, 4, 4)})
    (choice,) = pm.simplify(prices, volumes, REGISTER, area=AREA.code, limit=1)
    assert choice.price_list == pm.parse_price_list(pm.render(choice.price_list, "toml"))


@pytest.mark.parametrize(
    ("how", "problem"),
    [
        ({"area": "ekonmi"}, "området ekonmi finns inte i listan; menade du 'ekonomi'?"),
        ({"limit": 0}, "0 är inte större än noll"),
        ({"round_to": "-0.01"}, "-0.01 är inte ett steg för priser"),
        ({"round_to": "0.00000007"}, "0.00000007 är inte ett steg för priser"),
        ({"volumes": all_year({"X": (1, 0, 0)})}, "12 volymer saknar pris: K X 2022-01"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_what_to_change(how: dict[str, Any], problem: str) -> None:
    given_ = {"volumes": all_year({"A": (1, 1, 1)}), "area": AREA.code, "limit": 1, **how}
    with pytest.raises(pm.InvalidError, match=re.escape(problem)):
        pm.simplify(listed(priced("A", "20")), given_.pop("volumes"), REGISTER, **given_)


def test_services_of_different_accounts_are_not_merged() -> None:
    one, other = (
        priced("A", "20", coding=(("account", "3011"),)),
        priced("B", "21", coding=(("account", "3999"),)),
    )
    volumes = all_year({"A": (9, 9, 9), "B": (9, 9, 9)})
    assert () == pm.simplify(listed(one, other), volumes, REGISTER, area=AREA.code, limit=90)


def test_a_code_that_is_taken_is_not_given_to_a_merged_item() -> None:
    taken = pm.Service("B-SAML", "Annan", AREAS[1], pm.Kind.OBLIGATORY, "st")
    prices = listed(priced("A", "20"), priced("B", "30"), pm.Price(taken, YEAR, priced("X", "5").origin))
    volumes = all_year({"A": (6, 6, 6), "B": (4, 4, 4), "B-SAML": (1, 1, 1)})
    (choice,) = pm.simplify(prices, volumes, REGISTER, area=AREA.code, limit=90)
    assert choice.mergers[0].service.code not in {"B-SAML", "A-SAML1"}
    assert len(prices.services) - 1 == len(choice.price_list.services)


def test_the_merged_price_is_the_nearest_also_where_that_brings_a_little_more() -> None:
    prices = listed(priced("A", "0.35"), priced("B", "0.40"))
    volumes = all_year({"A": (1_000, 0, 0), "B": (930, 0, 0)})  # 0.3741 on average
    (choice,) = pm.simplify(prices, volumes, REGISTER, area=AREA.code, limit=5)
    assert pm.Tariff(pm.UnitPrice("0.37")) == choice.mergers[0].tariff
    more = all_year({"A": (100, 0, 0), "B": (930, 0, 0)})  # 0.3951 on average
    (choice,) = pm.simplify(prices, more, REGISTER, area=AREA.code, limit=5)
    assert pm.Tariff(pm.UnitPrice("0.40")) == choice.mergers[0].tariff


def test_without_a_register_all_pay_the_price_of_the_list() -> None:
    prices = listed(priced("A", "20"), priced("B", "30"))
    volumes = all_year({"A": (6, 6, 6), "B": (4, 4, 4)})
    with_, without = (
        pm.simplify(prices, volumes, each, area=AREA.code, limit=1) for each in (REGISTER, None)
    )
    assert [each.price_list for each in with_] == [each.price_list for each in without]
