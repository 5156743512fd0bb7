"""
Price lists and registers written as TOML read back as equal values.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from prismodell.testing import price_lists, registers

ROOT = Path(__file__).resolve().parent.parent
LISTS = sorted((ROOT / "pricelists").glob("*.toml"))
PRINTABLE = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)
YEAR = pm.Span(pm.Month(2022, 1), pm.Month(2023, 1))
EKONOMI = pm.Area("ekonomi", "Ekonomi")


def one_price(service: pm.Service, *origin: pm.Revision) -> pm.PriceList:
    return pm.PriceList("lista", "Lista", YEAR, (pm.Price(service, YEAR, origin),))


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_a_shipped_price_list_reads_back_equal_with_its_origin_and_digest(path: Path) -> None:
    price_list = pm.read_price_list(path)
    text = pm.render(price_list, "toml")
    back = pm.parse_price_list(text)

    assert price_list == back
    assert price_list.digest == back.digest
    assert text == pm.render(back, "toml")


@fewer(2)
@given(price_lists())
def test_any_price_list_reads_back_equal(price_list: pm.PriceList) -> None:
    text = pm.render(price_list, "toml")

    assert price_list == pm.parse_price_list(text)
    assert text == pm.render(pm.parse_price_list(text), "toml")


@fewer(2)
@given(price_lists(pm.UnitPrice, pm.GraduatedPrice), st.sampled_from(["1", "33.3", "99.9"]))
def test_a_reduced_price_list_reads_back_with_its_exact_figures(price_list: pm.PriceList, by: str) -> None:
    reduced = pm.reduce_prices(price_list, by, note="Sänkt", round_to=Decimal("0.0001"))

    assert reduced == pm.parse_price_list(pm.render(reduced, "toml"))


@given(PRINTABLE, PRINTABLE, PRINTABLE, PRINTABLE)
def test_any_words_read_back(name: str, unit: str, note: str, decided: str) -> None:
    service = pm.Service(
        "A", name, EKONOMI, pm.Kind.OBLIGATORY, unit, coding=(("konto", note), ("x y", unit))
    )
    price_list = attrs.evolve(
        one_price(service, pm.Revision(note, pm.Tariff(pm.UnitPrice(1)))),
        decision=pm.Decision(decided, by=name, day=date(2021, 12, 1), reference=note),
    )

    assert price_list == pm.parse_price_list(pm.render(price_list, "toml"))


def test_every_field_of_a_service_reads_back() -> None:
    service = pm.Service(
        "A-1",
        'Tjänst "ett"',
        EKONOMI,
        pm.Kind.SUPPLEMENTARY,
        "timme",
        "timmar",
        Decimal("12.5"),
        (("konto", "3xxx"),),
    )
    price_list = one_price(service, pm.Revision("Lista", pm.Tariff(pm.UnitPrice("0.123456"))))

    assert service == pm.parse_price_list(pm.render(price_list, "toml")).services[0]


def test_a_price_is_written_with_its_very_digits() -> None:
    service = pm.Service("A", "Tjänst", EKONOMI, pm.Kind.OBLIGATORY, "st")
    text = pm.render(one_price(service, pm.Revision("Lista", pm.Tariff(pm.UnitPrice("0.1")))), "toml")

    assert "\nprice = 0.1\n" in text


@fewer(2)
@given(registers())
def test_any_register_reads_back_equal(register: pm.Register) -> None:
    text = pm.render(register, "toml")

    assert register == pm.parse_customers(text)
    assert text == pm.render(pm.parse_customers(text), "toml")


def test_the_example_register_reads_back_equal() -> None:
    register = pm.read_customers(ROOT / "examples" / "data" / "kunder.toml")

    assert register == pm.parse_customers(pm.render(register, "toml"))


def test_every_field_of_a_customer_an_agreement_and_a_subscription_reads_back() -> None:
    register = pm.Register(
        (
            pm.Customer(
                "K-1",
                "Åkes 'Å' \\ AB",
                pm.CustomerType.COMPANY,
                "121",
                "ZZ1234",
                pm.Month(2008, 1),
                YEAR,
                "K-2",
            ),
            pm.Customer("K-2", "Åkes arvingar", pm.CustomerType.FOUNDATION),
        ),
        (
            pm.Agreement(
                "K-1", "A", YEAR, tariff=pm.Tariff(pm.PackagePrice(10, "1.5"), 1, 2, 3), reference="a"
            ),
            pm.Agreement("K-1", "B", YEAR, percent=Decimal("-12.5")),
            pm.Agreement("K-1", "C", YEAR, percent=Decimal(-100)),
        ),
        (
            pm.Subscription("K-1", "A", YEAR, Decimal("2.5")),
            pm.Subscription("K-1", "B", pm.Span(pm.Month(2021, 3))),
        ),
    )

    assert register == pm.parse_customers(pm.render(register, "toml"))
    assert "free = true" in pm.render(register, "toml")


def test_a_file_reads_back_what_was_written(tmp_path: Path) -> None:
    price_list = pm.read_price_list(LISTS[0])

    assert price_list == pm.read_price_list(pm.write(price_list, tmp_path / "lista.toml"))
