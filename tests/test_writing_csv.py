"""
CSV for people's spreadsheets, and volumes for the library itself.
"""

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prismodell as pm
from golden.documents import every_model, example_month
from prismodell.testing import Case, cases

BOM = "\ufeff"


def read(text: str) -> list[list[str]]:
    """
    The cells as another program reads them.
    """
    return list(csv.reader(io.StringIO(text.removeprefix(BOM), newline=""), delimiter=";", strict=True))


def written(kind: str, *cells: Any) -> list[str]:
    table = pm.Table("T", (pm.Column("k", kind),), tuple((cell,) for cell in cells))
    return [row[0] if row else "" for row in read(pm.render(table, "csv"))[1:]]


def test_the_file_is_what_a_swedish_excel_opens_with_a_double_click() -> None:
    table = pm.Table("T", (pm.Column("kund"), pm.Column("belopp", "kronor")), (("Åbo", Decimal("1234.5")),))

    assert f"{BOM}kund;belopp\r\nÅbo;1234,50\r\n" == pm.render(table, "csv")


@pytest.mark.parametrize(
    ("expected", "kind", "cell"),
    [
        ("1234567,89", "kronor", Decimal("1234567.89")),
        ("-12,50", "kronor", Decimal("-12.5")),
        ("0,1235", "kronor", Decimal("0.1235")),
        ("-8,5", "number", Decimal("-8.5")),
        ("-3", "number", -3),
        ("25", "percent", Decimal(25)),
        ("-1269,3", "mnkr", Decimal(-1_269_299_691)),
        ("-1269300", "tkr", Decimal("-1269299691.75")),
        ("2022-01", "month", pm.Month(2022, 1)),
        ("", "text", None),
        ("en; två", "text", "en; två"),
        ('citat "så"', "text", 'citat "så"'),
        ("två\nrader", "text", "två\nrader"),
    ],
)
def test_a_cell_reads_back_as_it_was_meant(expected: str, kind: str, cell: Any) -> None:
    assert [expected] == written(kind, cell)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+46 8 508",
        "-5",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        "\0x",
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1",
        "\uff20x",
        '=HYPERLINK("http://x";"y")',
    ],
)
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe_first(text: str) -> None:
    assert [f"'{text}"] == written("text", text)
    assert [f"'{text}"] == written("kronor", text)


def test_a_heading_that_a_spreadsheet_would_run_gets_an_apostrophe_too() -> None:
    assert [["'=a"]] == read(pm.render(pm.Table("T", (pm.Column("=a"),), ()), "csv"))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_a_number_is_never_taken_for_a_formula_and_reads_back(number: Decimal) -> None:
    for kind in ("kronor", "number", "percent"):
        [cell] = written(kind, number)
        assert number == Decimal(cell.replace(",", "."))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=5))
def test_any_text_reads_back_but_for_the_apostrophe(texts: list[str]) -> None:
    assert texts == [
        cell[1:] if cell.startswith("'") and cell not in texts else cell for cell in written("text", *texts)
    ]


def test_the_foot_is_no_row() -> None:
    table = pm.Table("T", (pm.Column("k"), pm.Column("b", "number")), (("a", 1),), ("Summa", 1))

    assert [["k", "b"], ["a", "1"]] == read(pm.render(table, "csv"))


@pytest.mark.parametrize("underlag", [*every_model(), *example_month().values()], ids=repr)
def test_the_lines_of_an_underlag_sum_to_its_net_and_repeat_what_they_belong_to(
    underlag: pm.Underlag,
) -> None:
    head, *rows = read(pm.render(underlag, "csv"))
    lines = [dict(zip(head, row, strict=True)) for row in rows]

    assert underlag.net == sum(Decimal(line["belopp"].replace(",", ".")) for line in lines)
    assert len(underlag.lines) == len(lines)
    assert {underlag.number} == {line["underlag"] for line in lines}
    assert {(underlag.customer.code, underlag.customer.counterparty, underlag.customer.reference)} == {
        (line["kund"], line["motpart"], line["referens"]) for line in lines
    }


def test_the_lines_of_many_underlag_are_one_table() -> None:
    documents = example_month().values()

    assert sum(len(each.lines) for each in documents) == len(pm.underlag_lines(documents).rows)


def test_the_coding_of_a_service_stands_on_its_lines() -> None:
    service = pm.Service(
        "A",
        "Tjänst",
        pm.Area("a", "Område"),
        pm.Kind.SUPPLEMENTARY,
        "st",
        coding=(("konto", "3xxx"), ("verksamhet", "10")),
    )
    january = pm.Month(2022, 1)
    year = pm.Span(january, pm.Month(2023, 1))
    price = pm.Price(service, year, (pm.Revision("Lista", pm.Tariff(pm.UnitPrice(100))),))
    register = pm.Register((pm.Customer("K", "=Kunden", pm.CustomerType.COMPANY),))
    volumes = pm.Volumes([pm.Volume("K", "A", january, Decimal(1))])
    [underlag] = pm.issue(
        pm.rate(volumes, pm.PriceList("l", "Lista", year, (price,)), register), january, register
    )
    head, row = read(pm.render(underlag, "csv"))
    line = dict(zip(head, row, strict=True))

    assert "konto=3xxx, verksamhet=10" == line["kontering"]
    assert "tilläggstjänst" == line["slag"]
    assert "'=Kunden" == line["kundnamn"]


# Volumes


@given(case=cases(most=15))
def test_volumes_read_back_equal(case: Case, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = pm.write(case.volumes, tmp_path_factory.mktemp("csv") / "volymer.csv")
    if not len(case.volumes):
        return

    assert said(case.volumes) == said(pm.read_volumes(path))


def said(volumes: pm.Volumes) -> list[tuple[object, ...]]:
    """
    What the rows say, apart from where they stand.
    """
    return [
        (each.customer, each.service, each.month, each.quantity, each.source, each.reference, each.registered)
        for each in volumes
    ]


def test_every_field_of_a_row_reads_back(tmp_path: Path) -> None:
    row = pm.Volume(
        "SDF-SKÅ",
        "EKO-LEV",
        pm.Month(2022, 1),
        Decimal("-1234.500001"),
        "ekonomisystem",
        "E-1",
        date(2022, 2, 3),
        'sent, enligt "avtal"',
    )
    [back] = pm.read_volumes(pm.write(pm.Volumes([row]), tmp_path / "volymer.csv"))

    assert (*said(pm.Volumes([row])), row.note) == (*said(pm.Volumes([back])), back.note)


def test_a_machine_file_has_no_apostrophes() -> None:
    row = pm.Volume("K", "A", pm.Month(2022, 1), Decimal(-1), note="=1+1")

    assert "K,A,2022-01,-1,,,,=1+1" == pm.render(pm.Volumes([row]), "csv").splitlines()[1]
