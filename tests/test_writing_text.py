"""
Tables and pages as text and as Markdown.
"""

import re
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import prismodell as pm
from golden.documents import every_model, example_month

NBSP = "\N{NO-BREAK SPACE}"
ANY_TEXT = st.text(max_size=30)


def amounts(*rows: tuple[str, str], foot: tuple[str, str] | None = None) -> pm.Table:
    """
    A table of names and kronor.
    """
    columns = (pm.Column("Kund"), pm.Column("Belopp", "kronor"))
    cells = tuple((name, Decimal(amount)) for name, amount in rows)
    return pm.Table("Belopp", columns, cells, (foot[0], Decimal(foot[1])) if foot else ())


def test_a_table_as_text_has_a_rule_below_the_headings_and_one_above_the_foot() -> None:
    table = amounts(("Stokab", "1234567.89"), ("Valnämnden", "12.5"), foot=("Summa", "1234580.39"))

    assert (
        "Belopp\n"
        "Kund              Belopp\n"
        "------------------------\n"
        "Stokab      1 234 567,89\n"
        "Valnämnden         12,50\n"
        "------------------------\n"
        "Summa       1 234 580,39\n"
    ) == pm.render(table)


def test_a_table_as_markdown_has_its_numbers_to_the_right_and_its_foot_in_bold() -> None:
    table = amounts(("Stokab", "1234.5"), foot=("Summa", "1234.5"))

    assert (
        "### Belopp\n"
        "\n"
        "| Kund      |       Belopp |\n"
        "|:----------|-------------:|\n"
        f"| Stokab    |     1{NBSP}234,50 |\n"
        f"| **Summa** | **1{NBSP}234,50** |\n"
    ) == pm.render(table, "markdown")


@pytest.mark.parametrize(
    ("expected", "kind", "cell"),
    [
        ("1 234 567,89", "kronor", Decimal("1234567.89")),
        ("0,00", "kronor", Decimal(0)),
        ("−12,50", "kronor", Decimal("-12.5")),
        ("0,000001", "number", Decimal("0.000001")),
        ("12 345 678 901 234 567,89", "kronor", Decimal("12345678901234567.89")),
        ("4 031", "number", 4031),
        ("25 %", "percent", Decimal(25)),
        ("269,3", "mnkr", Decimal("269299691.75")),
        ("269 300", "tkr", Decimal("269299691.75")),
        ("2022-01", "month", pm.Month(2022, 1)),
        ("", "kronor", None),
        ("1e5", "text", "1e5"),
        ("007", "number", "007"),
    ],
)
def test_a_cell_is_shown_as_people_read_it(expected: str, kind: str, cell: Any) -> None:
    table = pm.Table("T", (pm.Column("K"), pm.Column("Kolumn", kind)), (("rad", cell),))

    assert f"rad {expected}".split() == pm.render(table).splitlines()[-1].split()


def test_what_is_too_long_for_a_cell_goes_on_on_the_next_line() -> None:
    name = "Återskick från skanningen, inklusive påminnelser och inkasso"
    *_, first, second = pm.render(amounts((name, "1.00"))).splitlines()

    assert "Återskick från skanningen, inklusive    1,00" == first
    assert "påminnelser och inkasso" == second


def test_a_table_without_rows_is_its_headings() -> None:
    empty = pm.Table("Tomt", (pm.Column("Kund"), pm.Column("Belopp", "kronor")), ())

    assert "Tomt\nKund  Belopp\n------------\n" == pm.render(empty)
    assert pm.render(empty, "markdown").startswith("### Tomt\n\n| Kund   | Belopp   |\n|--")


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (r"a\|b", "a|b"),
        (r"EKO\_LEV", "EKO_LEV"),
        (r"\*\*fet\*\*", "**fet**"),
        (r"\<script\>", "<script>"),
        (r"\[länk\](x)", "[länk](x)"),
        (r"\`kod\`", "`kod`"),
        ("\\\\", "\\"),
        ("två rader", "två\nrader"),
    ],
)
def test_a_sign_of_markdown_is_shown_as_itself(expected: str, text: str) -> None:
    assert f"| {expected} |" in re.sub(" +", " ", pm.render(amounts((text, "1.00")), "markdown"))


def test_a_number_with_spaces_is_held_together_in_markdown() -> None:
    table = amounts(("högst 2 000,00 kr eller 5 % av 1 a", "1.00"))

    assert f"högst 2{NBSP}000,00{NBSP}kr eller 5{NBSP}% av 1 a" in pm.render(table, "markdown")


@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT), max_size=5))
def test_every_row_of_a_markdown_table_is_one_line_with_its_two_cells(rows: list[tuple[str, str]]) -> None:
    table = pm.Table("T", (pm.Column("a"), pm.Column("b")), tuple(rows))
    lines = pm.render(table, "markdown").split("\n")[2:-1]

    assert 2 + len(rows) == len(lines)
    assert {3} == {len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in lines}


@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT), max_size=5))
def test_any_texts_can_be_laid_out(rows: list[tuple[str, str]]) -> None:
    table = pm.Table("T", (pm.Column("a"), pm.Column("b")), tuple(rows), ("Summa", None))
    lines = pm.render(table).split("\n")

    assert lines[1].startswith("a")
    assert "Summa" == lines[-2]
    assert lines[2] == lines[-3]


@pytest.mark.parametrize("sign", ["\x01", "\x1b[31m", "\u200b", "\u202e"])
def test_a_sign_that_cannot_be_seen_is_shown_and_moves_no_row(sign: str) -> None:
    rows = tuple((text, "b") for text in (sign, "mellan", f"a{sign}"))
    table = pm.Table("T", (pm.Column("a"), pm.Column("b")), rows, ("Summa", None))
    lines = pm.render(table).split("\n")

    assert sign not in pm.render(table) + pm.render(table, "markdown")
    assert [True, False, True] == ["\N{REPLACEMENT CHARACTER}" in line for line in lines[3:6]]
    assert "Summa" == lines[7]


# Misuse


@pytest.mark.parametrize("cell", [1.5, float("nan"), [1], object(), True])
def test_a_cell_of_another_type_is_refused(cell: Any) -> None:
    with pytest.raises(TypeError, match="a cell is"):
        pm.Table("T", (pm.Column("a", "number"),), ((cell,),))


def test_a_cell_that_is_no_number_is_refused() -> None:
    with pytest.raises(pm.InvalidError, match="NaN är inte ett tal"):
        pm.Table("T", (pm.Column("a", "kronor"),), ((Decimal("NaN"),),))


@pytest.mark.parametrize("row", [("a",), ("a", "b", "c"), ()])
def test_a_row_or_a_foot_that_does_not_fit_the_columns_is_refused(row: tuple[str, ...]) -> None:
    columns = (pm.Column("a"), pm.Column("b"))
    with pytest.raises(pm.InvalidError, match="har inte 2 celler"):
        pm.Table("T", columns, (("a", "b"), row))
    if row:
        with pytest.raises(pm.InvalidError, match="har inte 2 celler"):
            pm.Table("T", columns, (), row)


@pytest.mark.parametrize("rows", [["ab"], "ab", ("ab",), (["a", "b"],)])
def test_rows_that_are_no_tuples_are_refused(rows: Any) -> None:
    with pytest.raises(TypeError):
        pm.Table("T", (pm.Column("a"), pm.Column("b")), rows)


def test_a_kind_of_column_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="kind"):
        pm.Column("a", "money")


@pytest.mark.parametrize("format", ["pdf", "xlsx", "txt", ""])
def test_a_format_that_a_document_does_not_have_is_refused(format: str) -> None:  # noqa: A002 - as in render
    with pytest.raises(ValueError, match="Table cannot be rendered as"):
        pm.render(amounts(), format)


def test_a_table_has_no_json_and_an_underlag_no_toml() -> None:
    with pytest.raises(ValueError, match="Table cannot be rendered as 'json'"):
        pm.render(amounts(), "json")
    with pytest.raises(ValueError, match="Underlag cannot be rendered as 'toml'"):
        pm.render(every_model()[0], "toml")


# Underlag


def test_the_month_stands_on_the_lines_only_when_some_are_of_another() -> None:
    january, february = every_model()

    assert "Månad" not in pm.render(january)
    assert "Månad" in pm.render(february)
    assert "Konsultstöd per påbörjad halvtimme (STYCK-STEG), januari 2022" in pm.render(february)


@pytest.mark.parametrize("underlag", [*every_model(), *example_month().values()], ids=repr)
def test_the_amounts_of_an_underlags_text_stand_in_one_column_and_no_line_is_wider(
    underlag: pm.Underlag,
) -> None:
    tables, _, _ = pm.render(underlag).partition("Så har beloppen räknats fram")
    widths = {len(line) for line in tables.splitlines() if re.search(r"[0-9],[0-9]{2}$", line)}

    assert 1 == len(widths)
    assert widths == {len(line) for line in tables.splitlines() if line.startswith("-")}
    assert max(widths) <= 125


def test_the_unit_price_stands_on_a_line_only_where_volume_times_price_is_the_amount() -> None:
    for underlag in [*every_model(), *example_month().values()]:
        for row in pm.underlag_lines([underlag]).rows:
            cells = dict(zip((column.title for column in pm.underlag_lines([]).columns), row, strict=True))
            price, volume, amount = cells["à-pris"], cells["volym"], cells["belopp"]
            if isinstance(price, Decimal) and isinstance(volume, Decimal):
                assert amount == pm.round_half_up(volume * price)


@pytest.mark.parametrize(
    ("expected", "type_", "vat"),
    [
        ("Ingen moms: samma juridiska person", pm.CustomerType.ADMINISTRATION, 25),
        ("Moms 25 % på 100,00 kr", pm.CustomerType.COMPANY, 25),
        ("Moms 12 % på 100,00 kr", pm.CustomerType.FOUNDATION, 12),
        ("Momsfritt: 100,00 kr", pm.CustomerType.COMPANY, 0),
    ],
)
def test_the_vat_is_told_by_rate_and_a_missing_one_by_its_reason(
    expected: str, type_: pm.CustomerType, vat: int
) -> None:
    assert expected in pm.render(simple_underlag(type_, vat))


def test_facts_that_are_not_known_are_left_out() -> None:
    text = pm.render(simple_underlag(pm.CustomerType.COMPANY, 25))

    assert "Motpart" not in text
    assert "Er referens" not in text
    assert "Motpart      399" in pm.render(every_model()[0])


def test_a_document_says_by_its_checksums_which_one_it_is() -> None:
    underlag = simple_underlag(pm.CustomerType.COMPANY, 25)
    edited = attrs.evolve(underlag, number="K-2022-002")

    assert f"Kontrollsummor: underlag {underlag.digest[:12]}, " in pm.render(underlag)
    assert underlag.digest[:12] not in pm.render(edited)


def simple_underlag(type_: pm.CustomerType, vat: int) -> pm.Underlag:
    """
    One line of 100 kronor.
    """
    service = pm.Service("A", "Tjänst", pm.Area("a", "Område"), pm.Kind.OBLIGATORY, "st", vat=Decimal(vat))
    year = pm.Span(pm.Month(2022, 1), pm.Month(2023, 1))
    price = pm.Price(service, year, (pm.Revision("Lista", pm.Tariff(pm.UnitPrice(100))),))
    january = pm.Month(2022, 1)
    rating = pm.rate(
        pm.Volumes([pm.Volume("K", "A", january, Decimal(1))]),
        pm.PriceList("l", "Lista", year, (price,)),
        register := pm.Register((pm.Customer("K", "Kunden", type_),)),
    )
    return pm.issue(rating, january, register)[0]


def test_a_summary_sums_its_columns_and_names_its_month() -> None:
    text = pm.render(pm.summary(every_model(), pm.Month(2022, 1)))

    # 203 649,50 + 8 422,42 = 212 071,92; 254 504,88 + 10 528,03 = 265 032,91
    assert text.startswith("Underlag för januari 2022\n")
    assert ["Summa", "24", "212", "071,92", "52", "960,99", "265", "032,91"] == text.splitlines()[-1].split()


def test_a_summary_of_nothing_sums_to_zero() -> None:
    assert ["Summa", "0", "0,00", "0,00", "0,00"] == pm.render(pm.summary([])).splitlines()[-1].split()
