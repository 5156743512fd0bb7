from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given

import prismodell as pm
from prismodell.testing import Case, cases, check_issued, check_rating

JANUARY = pm.Month(2022, 1)
LINE_LAWS: dict[str, dict[str, Any]] = {
    "an amount is not its steps": {"amount": Decimal("1.00")},
    "not in whole öre": {"amount": Decimal(2), "steps": (pm.Step(pm.StepKind.UNITS, Decimal(2)),)},
    "minus zero": {"amount": Decimal("-0.00"), "steps": ()},
}


def example() -> tuple[pm.Volumes, pm.Rating, pm.Register]:
    service = pm.Service("A", "Tjänst", pm.Area("ekonomi", "Ekonomi"), pm.Kind.OBLIGATORY, "styck")
    span = pm.Span(JANUARY, pm.Month(2023, 1))
    price = pm.Price(service, span, (pm.Revision("Lista", pm.Tariff(pm.UnitPrice(2))),))
    register = pm.Register((pm.Customer("K", "Kund", pm.CustomerType.COMPANY),))
    volumes = pm.Volumes([pm.Volume("K", "A", JANUARY, Decimal(1))])
    return volumes, pm.rate(volumes, pm.PriceList("l", "Lista", span, (price,)), register), register


@pytest.mark.parametrize("law", LINE_LAWS)
def test_a_rating_that_breaks_a_law_is_caught(law: str) -> None:
    volumes, rating, _ = example()
    check_rating(volumes, rating)
    broken = attrs.evolve(rating, lines=(attrs.evolve(rating.lines[0], **LINE_LAWS[law]),))
    with pytest.raises(AssertionError, match=law):
        check_rating(volumes, broken)


def test_a_row_that_is_nowhere_is_caught() -> None:
    volumes, rating, _ = example()
    with pytest.raises(AssertionError, match="in no place"):
        check_rating(pm.Volumes([*volumes, *volumes]), rating)


def test_two_lines_of_one_key_are_caught() -> None:
    volumes, rating, _ = example()
    twice = attrs.evolve(rating, lines=rating.lines * 2)
    with pytest.raises(AssertionError, match="two lines"):
        check_rating(pm.Volumes([*volumes, *volumes]), twice)


def test_money_issued_twice_or_not_at_all_is_caught() -> None:
    _, rating, register = example()
    issued = pm.issue(rating, JANUARY, register)
    check_issued(rating, issued, JANUARY)
    for wrong in ((), issued * 2):
        with pytest.raises(AssertionError, match="issued and rated differ"):
            check_issued(rating, wrong, JANUARY)


@given(cases(pm.UnitPrice, strangers=False))
def test_a_case_can_be_kept_to_some_models_and_without_strangers(case: Case) -> None:
    rating = case.rate()
    assert {"unit"} >= {price.tariff.model.tag for price in case.price_list.prices}
    # an agreement's own price may be packages, which refuse a credit
    expected = {pm.Reason.NO_PRICE, pm.Reason.CUSTOMER_NOT_VALID, pm.Reason.NEGATIVE}
    assert expected >= {each.reason for each in rating.unrated}
