"""
Price lists from tables in workbooks and CSV files: what they say is read, and all that is wrong is told.
"""

import re
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from unicodedata import normalize

import attrs
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

import prismodell as pm
from prismodell.reading import headings, spreadsheet
from prismodell.reading.pricetable import slug
from prismodell.testing import price_lists

HEADINGS = ("Kod", "Tjänst", "Område", "Slag", "Enhet", "Pris")
FAKTURA = ("EKO-LEV", "Leverantörsfaktura", "Ekonomi", "Obligatorisk", "faktura", 22.40)
TIMME = ("EKO-TIM", "Rådgivning", "Ekonomi", "Tilläggstjänst", "timme", "enligt avtal")
YEAR = pm.Span(pm.Month(2022, 1), pm.Month(2023, 1))
EKONOMI = pm.Area("ekonomi", "Ekonomi")


def read(path: Path, sheet: str | None = None) -> pm.PriceList:
    return pm.read_price_table(
        path,
        id="lista-2022",
        title="Prislista 2022",
        valid_from=date(2022, 1, 1),
        valid_to=date(2022, 12, 31),
        sheet=sheet,
    )


def workbook(path: Path, *rows: Sequence[Any], change: Callable[[Worksheet], None] | None = None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Priser"
    for row in rows:
        sheet.append(list(row))
    if change:
        change(sheet)
    book.save(path)
    return path


def problems(path: Path, sheet: str | None = None) -> list[tuple[str, str]]:
    with pytest.raises(pm.InputError) as caught:
        read(path, sheet)
    assert all(each.fix for each in caught.value.problems)
    return [(each.place, each.what) for each in caught.value.problems]


def price(service: pm.Service, tariff: pm.Tariff, span: pm.Span = YEAR) -> pm.Price:
    return pm.Price(service, span, (pm.Revision("Prislista 2022", tariff),))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "prislista.xlsx"


def test_a_typical_table_is_read_with_its_title_passed_over(book: Path) -> None:
    workbook(book, ["Prislista 2022"], [], ["Alla priser exkl. moms"], HEADINGS, FAKTURA, [], TIMME)
    faktura = pm.Service("EKO-LEV", "Leverantörsfaktura", EKONOMI, pm.Kind.OBLIGATORY, "faktura")
    timme = pm.Service("EKO-TIM", "Rådgivning", EKONOMI, pm.Kind.SUPPLEMENTARY, "timme")
    prices = (
        price(faktura, pm.Tariff(pm.UnitPrice("22.40"))),
        price(timme, pm.Tariff(pm.AgreementPrice())),
    )

    assert pm.PriceList("lista-2022", "Prislista 2022", YEAR, prices) == read(book)
    assert () == read(book).notices


def test_columns_are_known_by_their_other_names_in_any_order_and_case(book: Path) -> None:
    workbook(
        book,
        ["ENHET", "Á-pris exkl. moms (kr)", "artikelnummer", "Benämning", "typ", "verksamhetsområde"],
        ["st", 10, 1001, "Ett", "tillägg", "Lön och pension"],
    )
    service = read(book).services[0]

    assert ("1001", pm.Area("lon-och-pension", "Lön och pension")) == (service.code, service.area)


def test_optional_columns_are_read(book: Path) -> None:
    headings = [*HEADINGS, "Enhet plural", "Moms", "Gäller från", "Gäller till", "Områdeskod"]
    first = [*FAKTURA, "fakturor", 12, date(2022, 1, 1), datetime(2022, 6, 30), "EKO"]  # noqa: DTZ001 - a cell
    later = [*FAKTURA, "fakturor", 0.06, "2022-07-01", None, "EKO"]
    workbook(book, headings, first, later, change=lambda each: setattr(each["H3"], "number_format", "0%"))
    earlier, latest = read(book).prices

    assert (pm.Month(2022, 6), Decimal(12)) == (earlier.span.last, earlier.service.vat)
    assert (pm.Month(2022, 7), Decimal(6)) == (latest.span.start, latest.service.vat)
    assert ("EKO", "fakturor") == (latest.service.area.code, latest.service.plural)


def test_headings_between_the_rows_are_the_areas_when_no_column_is(book: Path) -> None:
    rows = [(*row[:2], *row[3:]) for row in (FAKTURA, TIMME)]
    workbook(
        book, (*HEADINGS[:2], *HEADINGS[3:]), ["Fakturor"], rows[0], [], ["Stöd"], rows[1],
        change=lambda each: each.merge_cells("A2:E2"),
    )  # fmt: skip

    assert ["fakturor", "stod"] == [area.code for area in read(book).areas]


def test_a_binary_number_is_read_as_excel_shows_it(book: Path) -> None:
    workbook(book, HEADINGS, (*FAKTURA[:5], 0.1 + 0.2), ("EKO-B", *FAKTURA[1:5], 1234567.891))

    assert [Decimal("1234567.891"), Decimal("0.3")] == [
        each.tariff.model.price for each in read(book).prices if isinstance(each.tariff.model, pm.UnitPrice)
    ]


def test_a_code_keeps_the_zeros_that_its_format_shows(book: Path) -> None:
    workbook(
        book, HEADINGS, (42, *FAKTURA[1:]), change=lambda each: setattr(each["A2"], "number_format", "00000")
    )

    assert "00042" == read(book).services[0].code


@given(price_lists(pm.UnitPrice, pm.AgreementPrice), st.sampled_from([".xlsx", ";", ","]))
def test_a_list_of_unit_prices_written_as_a_table_reads_back_equal(
    tmp_path_factory: pytest.TempPathFactory, price_list: pm.PriceList, kind: str
) -> None:
    prices = [
        attrs.evolve(each, origin=(pm.Revision(price_list.title, _simple(each.tariff)),))
        for each in price_list.prices
    ]
    price_list = attrs.evolve(price_list, prices=prices)
    table = [["Rubrik"], [*HEADINGS, "Områdeskod", "Moms", "Gäller från", "Gäller till"]]
    table += [_row(each, as_text=kind != ".xlsx") for each in price_list.prices]
    if kind == ".xlsx":
        path = workbook(tmp_path_factory.mktemp("tabell") / "lista.xlsx", *table)
    else:
        path = tmp_path_factory.mktemp("tabell") / "lista.csv"
        swap = str.maketrans({".": ","} if kind == ";" else {})
        lines = [kind.join(str(cell).translate(swap) for cell in row) for row in table]
        path.write_text("\r\n".join(lines), encoding="utf-8-sig", newline="")

    assert price_list == read(path)


def _simple(tariff: pm.Tariff) -> pm.Tariff:
    model = tariff.model
    return pm.Tariff(pm.UnitPrice(model.price) if isinstance(model, pm.UnitPrice) else pm.AgreementPrice())


def _row(each: pm.Price, *, as_text: bool) -> list[Any]:
    service, model = each.service, each.tariff.model
    kind = "obligatorisk" if service.kind is pm.Kind.OBLIGATORY else "tillägg"
    price: Any = "Enligt avtal"
    if isinstance(model, pm.UnitPrice):
        price = f"{model.price:f}" if as_text else float(model.price)
    last = each.span.last
    assert last
    return [
        service.code, service.name, service.area.name, kind, service.unit, price,
        service.area.code, service.vat, each.span.start.first, last.last,
    ]  # fmt: skip


def test_every_problem_of_a_sheet_is_told_at_once_with_its_cell(book: Path) -> None:
    workbook(
        book,
        ["Prislista"],
        HEADINGS,
        (None, "Namn", "Ekonomi", "Obligatorisk", "st", 1),
        ("A", None, "Ekonomi", "frivillig", None, "22,40"),
        ("B", "Namn", "Ekonomi", "tillägg", "st", 1.2345678),
        ("C", "Namn", "Ekonomi", "tillägg", "st", -1),
        ("D", "Namn", "Ekonomi", "tillägg", "st", True),
        ("E", "Namn", "Ekonomi", "tillägg", "st", date(2022, 1, 2)),
        ("F", "Namn", "Ekonomi", "tillägg", "st", "#N/A"),
        ("G", "Namn", "Ekonomi", "tillägg", "st", "=1+1"),
        ("H", "Namn", "Ekonomi", "tillägg", "st", "ring oss"),
        ("I", "Namn", "Ekonomi", "tillägg", "st", 1),
        ("i", "Namn", "ekonomi", "tillägg", "st", 1),
        ("I", "Namn", "Ekonomi", "tillägg", "st", 1),
        ("J", "Namn", "Ekonomi", "tillägg", "st", 1, None, "lös cell"),
        (None, "Summa", None, None, None, 7),
    )

    def at(cell: str) -> str:
        return f"prislista.xlsx, blad 'Priser', cell {cell}"

    assert [
        (at("A3"), "Kod saknas"),
        (at("B4"), "Tjänst saknas"),
        (at("D4"), "okänt slag 'frivillig'"),
        (at("E4"), "Enhet saknas"),
        (at("F4"), "'22,40' är en text, inte ett tal"),
        (at("F5"), "'1.2345678' har fler än sex decimaler"),
        (at("F6"), "-1 är negativt"),
        (at("F7"), "cellen är sant eller falskt"),
        (at("F8"), "2022-01-02 är ett datum"),
        (at("F9"), "cellen har felet #N/A"),
        (at("F10"), "formeln har inget uträknat värde"),
        (at("F11"), "'ring oss' är inte ett tal"),
        (at("C13"), "området 'ekonomi' får samma kod som 'Ekonomi' på rad 3: ekonomi"),
        (at("A14"), "tjänsten I har redan ett pris 2022-01–2022-12 (rad 12)"),
        (at("H15"), "en cell under en kolumn utan rubrik är inte tom"),
        (at("A16"), "Kod saknas"),
        (at("C16"), "Område saknas"),
        (at("D16"), "Slag saknas"),
        (at("E16"), "Enhet saknas"),
    ] == problems(book)


def test_codes_that_look_alike_are_told(book: Path) -> None:
    workbook(book, HEADINGS, FAKTURA, ("eko-lev", *FAKTURA[1:]))

    assert ["koden eko-lev går att förväxla med EKO-LEV"] == [what for _, what in problems(book)]


def test_days_that_cannot_be_used_are_told_in_their_cells(book: Path) -> None:
    headings = [*HEADINGS, "Gäller från", "Gäller till"]
    workbook(
        book,
        headings,
        (*FAKTURA, date(2022, 1, 2)),
        (*FAKTURA, date(2021, 1, 1)),
        (*FAKTURA, None, date(2023, 12, 31)),
        (*FAKTURA, date(2022, 7, 1), date(2022, 6, 30)),
        (*FAKTURA, datetime(2022, 7, 1, 12)),  # noqa: DTZ001 - a cell
        (*FAKTURA, "1 juli"),
        (*FAKTURA, 44562),
    )

    assert ["G2", "G3", "H4", "H5", "G6", "G7", "G8"] == [place[-2:] for place, _ in problems(book)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], ("prislista.xlsx", "ingen av de första 20 raderna har tabellens rubriker")),
        ([HEADINGS], ("prislista.xlsx", "tabellen har inga tjänster")),
        (
            [(*HEADINGS[:5], "Priset"), FAKTURA],
            ("prislista.xlsx, blad 'Priser', rad 1", "kolumnen Pris saknas"),
        ),
        (
            [(*HEADINGS[:4], "Pris inkl. moms"), FAKTURA],
            ("prislista.xlsx, blad 'Priser', rad 1", "kolumnerna Enhet och Pris saknas"),
        ),
        (
            [(*HEADINGS, "Artikelnummer"), FAKTURA],
            ("prislista.xlsx, blad 'Priser', rad 1", "kolumnen Kod finns två gånger"),
        ),
        (
            [(*HEADINGS[:2], *HEADINGS[3:]), (*FAKTURA[:2], *FAKTURA[3:])],
            ("prislista.xlsx, blad 'Priser', rad 2", "tjänsten har inget område"),
        ),
        (
            [(*HEADINGS[:2], *HEADINGS[3:]), ["A"], (*FAKTURA[:2], *FAKTURA[3:]), ["Priserna gäller 2022"]],
            (
                "prislista.xlsx, blad 'Priser', rad 4",
                "'Priserna gäller 2022' är en rubrik utan tjänster under sig",
            ),
        ),
        (
            [HEADINGS, (*FAKTURA[:2], "–", *FAKTURA[3:])],
            ("prislista.xlsx, blad 'Priser', cell C2", "'–' ger ingen kod"),
        ),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(
    book: Path, rows: list[Sequence[Any]], expected: tuple[str, str]
) -> None:
    assert [expected] == problems(workbook(book, *rows))


def test_merged_cells_in_the_table_are_refused_and_in_its_title_are_not(book: Path) -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("A1:F1")
        sheet.merge_cells("C3:C4")

    workbook(book, ["Prislista"], HEADINGS, FAKTURA, TIMME, change=merge)

    assert [
        ("prislista.xlsx, blad 'Priser', rad 3", "cellerna C3:C4 är sammanfogade"),
        ("prislista.xlsx, blad 'Priser', cell C4", "Område saknas"),
    ] == problems(book)


def test_a_hidden_row_is_read_and_said(book: Path) -> None:
    workbook(book, HEADINGS, FAKTURA, change=lambda each: setattr(each.row_dimensions[2], "hidden", True))

    assert [pm.Problem("prislista.xlsx, blad 'Priser', rad 2", "raden är dold men läses")] == list(
        read(book).notices
    )


def test_an_unknown_column_is_said(book: Path) -> None:
    workbook(book, (*HEADINGS, "Kommentar"), (*FAKTURA, "ny"))

    assert ["kolumnen 'Kommentar' är okänd och läses inte"] == [each.what for each in read(book).notices]


def test_one_of_several_visible_sheets_must_be_chosen_and_hidden_ones_are_not_counted(book: Path) -> None:
    workbook(book, HEADINGS, FAKTURA)
    opened = openpyxl.load_workbook(book)
    opened.create_sheet("Underlag").sheet_state = "hidden"
    opened.save(book)
    assert 1 == len(read(book).prices)

    opened.create_sheet("Om")
    opened.save(book)
    assert [("prislista.xlsx", "boken har 2 synliga blad: 'Priser' och 'Om'")] == problems(book)
    assert [("prislista.xlsx", "bladet 'Prisr' finns inte")] == problems(book, "Prisr")
    assert 1 == len(read(book, "Priser").prices)


def test_a_computed_formula_is_read_by_its_value(book: Path) -> None:
    workbook(book, HEADINGS, (*FAKTURA[:5], "=20+2.4"))
    _rewrite(book, b"<v></v>", b"<v>22.4</v>")
    _rewrite(book, b"<v/>", b"<v>22.4</v>")
    _rewrite(book, b"<v />", b"<v>22.4</v>")

    assert pm.Tariff(pm.UnitPrice("22.40")) == read(book).prices[0].tariff


def _rewrite(book: Path, old: bytes, new: bytes) -> None:
    """
    Change the bytes of the first sheet.
    """
    with zipfile.ZipFile(book) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(old, new)
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in parts.items():
            written.writestr(name, content)


def test_two_rows_of_one_number_are_refused(book: Path) -> None:
    workbook(book, HEADINGS, FAKTURA, TIMME)
    _rewrite(book, b'<row r="3"', b'<row r="2"')

    assert [
        ("prislista.xlsx, xl/worksheets/sheet1.xml", "bladet har två rader med samma nummer")
    ] == problems(book)


def test_a_wrong_dimension_loses_no_row(book: Path) -> None:
    workbook(book, HEADINGS, FAKTURA, TIMME)
    _rewrite(book, b'<dimension ref="A1:F3"', b'<dimension ref="A1:F2"')

    assert 2 == len(read(book).prices)


def test_what_would_take_too_long_is_refused_before_it_is_read(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook(book, HEADINGS, FAKTURA)
    with monkeypatch.context() as lowered:
        lowered.setattr(spreadsheet, "MAX_BYTES", 10)
        assert ["filen är större än 0 MB"] == [what for _, what in problems(book)]
    with monkeypatch.context() as lowered:
        lowered.setattr(spreadsheet, "MAX_UNPACKED", 10)
        assert ["boken är större än 0 MB när den packas upp"] == [what for _, what in problems(book)]
    workbook(book, HEADINGS, FAKTURA, change=lambda each: setattr(each["A1048576"], "value", "x"))
    assert ["bladet har 1 048 576 rader, högst 20 000 går att läsa"] == [what for _, what in problems(book)]


def test_a_file_that_is_no_workbook_is_refused(book: Path) -> None:
    for content in (b"", b"PK\x03\x04", b"Kod;Pris"):
        book.write_bytes(content)
        assert [("prislista.xlsx", "filen går inte att läsa som en Excelbok")] == problems(book)
    book.write_bytes(b"\xd0\xcf\x11\xe0")
    assert [("prislista.xlsx", "filen är en äldre eller låst Excelbok")] == problems(book)
    with zipfile.ZipFile(book, "w") as empty:
        empty.writestr("a.txt", "b")
    assert [("prislista.xlsx", "filen går inte att läsa som en Excelbok")] == problems(book)


@pytest.mark.parametrize("seed", range(0, 4000, 97))
def test_a_damaged_workbook_gives_problems_and_no_other_error(book: Path, seed: int) -> None:
    workbook(book, HEADINGS, FAKTURA)
    content = bytearray(book.read_bytes())
    content[seed % len(content)] ^= 0xFF
    book.write_bytes(content)
    with suppress(pm.InputError):
        assert 1 == len(read(book).prices)


def test_a_file_of_another_kind_names_what_reads_it(tmp_path: Path) -> None:
    for name in ("lista.toml", "lista.xls"):
        (tmp_path / name).touch()
        assert [(name, "filen är ingen tabell")] == problems(tmp_path / name)
    for name in ("lista.xlsx", "lista.csv"):
        with pytest.raises(pm.InputError, match="läs den med read_price_table"):
            pm.read_price_list(tmp_path / name)


def test_a_missing_workbook_is_named_with_the_one_nearest_to_it(book: Path) -> None:
    book.touch()
    with pytest.raises(pm.InputError, match=r"menade du 'prislista\.xlsx'"):
        read(book.with_name("prislistan.xlsx"))


def test_a_head_that_is_wrong_is_refused_before_the_file_is_read(tmp_path: Path) -> None:
    with pytest.raises(pm.InvalidError, match="2022-01-02 är inte den första i en månad"):
        pm.read_price_table(
            tmp_path / "finns-inte.xlsx",
            id="a",
            title="A",
            valid_from=date(2022, 1, 2),
            valid_to=date(2022, 12, 31),
        )


def test_a_decision_may_be_a_text(book: Path) -> None:
    workbook(book, HEADINGS, FAKTURA)
    price_list = pm.read_price_table(
        book,
        id="a",
        title="A",
        valid_from=date(2022, 1, 1),
        valid_to=date(2022, 12, 31),
        decision="Nämnden 7",
    )

    assert pm.Decision("Nämnden 7") == price_list.decision


def test_a_csv_file_has_no_sheets(tmp_path: Path) -> None:
    path = tmp_path / "lista.csv"
    path.write_text("Kod", encoding="utf-8")

    assert [("lista.csv", "en CSV-fil har inga blad")] == problems(path, "Priser")


def test_a_table_from_a_workbook_can_be_written_as_toml_and_read_back(book: Path) -> None:
    price_list = read(workbook(book, HEADINGS, FAKTURA, TIMME))

    assert price_list == pm.parse_price_list(pm.render(price_list, "toml"))


def test_openpyxl_is_not_imported_with_the_library() -> None:
    import subprocess  # noqa: PLC0415 - only here
    import sys  # noqa: PLC0415

    code = "import prismodell, sys; print('openpyxl' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603

    assert "False\n" == done.stdout


def test_a_slug_is_a_code_in_plain_letters() -> None:
    assert ["lon-och-pension", "it-drift-2", ""] == [
        slug(each) for each in ("Lön och pension", "IT/drift (2)", "–")
    ]


@pytest.mark.parametrize(
    ("limit", "shown"),
    [
        (spreadsheet.MAX_BYTES // 1024**2, "10 MB"),
        (spreadsheet.MAX_UNPACKED // 1024**2, "20 MB när den packas upp"),
        (spreadsheet.MAX_ROWS, "20 000 rader"),
        (spreadsheet.MAX_COLUMNS, "200 kolumner"),
        (headings.MAX_TITLE_ROWS, "20 första raderna"),
    ],
)
def test_the_limits_of_the_docs_are_those_of_the_code(limit: int, shown: str) -> None:
    docs = (Path(__file__).resolve().parent.parent / "docs" / "FILES.md").read_text("utf-8")

    assert shown in docs
    assert f"{limit:,}".replace(",", " ") == re.match("[0-9 ]*[0-9]", shown)[0]  # type: ignore[index]  # it matches


@pytest.mark.parametrize("heading", [each for names in headings.HEADINGS.values() for each in names])
def test_every_heading_is_known_in_any_case_and_in_decomposed_letters(heading: str) -> None:
    assert headings.column_of(heading) == headings.column_of(normalize("NFD", f" {heading.upper()}: "))
    assert headings.column_of(heading)


@pytest.mark.parametrize(
    ("written", "shown_as", "told"),
    [
        (22.4 * 0.99, "#,##0.00", "cellen visar 22,18 men är 22,176"),
        (22.4, "0", "cellen visar 22 men är 22,4"),
        (145.505, '#,##0.00 "kr"', "cellen visar 145,51 men är 145,505"),
    ],
)
def test_a_price_with_more_decimals_than_its_cell_shows_is_refused(
    book: Path, written: float, shown_as: str, told: str
) -> None:
    row = [*FAKTURA]
    row[HEADINGS.index("Pris")] = written
    at = f"{'ABCDEFGH'[HEADINGS.index('Pris')]}2"
    workbook(book, HEADINGS, row, change=lambda each: setattr(each[at], "number_format", shown_as))
    assert [(f"prislista.xlsx, blad 'Priser', cell {at}", told)] == problems(book)


@pytest.mark.parametrize("shown_as", ["General", "0.00", "#,##0.00", "0.00E+00", "0.0#"])
def test_a_price_with_as_many_decimals_as_its_cell_shows_is_read(book: Path, shown_as: str) -> None:
    row = [*FAKTURA]
    row[HEADINGS.index("Pris")] = 22.4
    at = f"{'ABCDEFGH'[HEADINGS.index('Pris')]}2"
    workbook(book, HEADINGS, row, change=lambda each: setattr(each[at], "number_format", shown_as))
    assert pm.Tariff(pm.UnitPrice("22.4")) == read(book).prices[0].tariff


def test_a_price_may_say_that_it_is_in_kronor(tmp_path: Path) -> None:
    path = tmp_path / "lista.csv"
    path.write_text("Kod;Tjänst;Område;Slag;Enhet;Pris\nA;Ett;Ekonomi;Obligatorisk;st;1 234,50 kr\n", "utf-8")
    assert pm.Tariff(pm.UnitPrice("1234.50")) == read(path).prices[0].tariff


def test_a_code_that_is_a_number_with_decimals_is_refused(book: Path) -> None:
    row = [*FAKTURA]
    row[HEADINGS.index("Kod")] = 7.5
    workbook(book, HEADINGS, row)
    assert "7.5 är ett tal med decimaler" == problems(book)[0][1]


def test_a_day_in_the_place_of_a_price_is_told_as_one(book: Path) -> None:
    row = [*FAKTURA]
    row[HEADINGS.index("Pris")] = date(2022, 5, 22)
    workbook(book, HEADINGS, row)
    assert "2022-05-22 är ett datum" == problems(book)[0][1]


def test_a_period_that_is_a_text_is_refused_in_words(book: Path) -> None:
    with pytest.raises(TypeError, match="valid_from and valid_to are dates"):
        pm.read_price_table(book, id="a", title="A", valid_from="2022-01-01", valid_to=date(2022, 12, 31))  # type: ignore[arg-type]  # what a user tries
