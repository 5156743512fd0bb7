"""
A sheet of an Excel workbook as a grid; needs the extra `prismodell[excel]`.

What Excel shows is what is read: its numbers are binary, and it shows their first 15 digits. What would be
lost without a word is refused: a formula never computed, a row that stands twice, a sheet not chosen.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ..errors import InputError, Problem, shown
from ..money import round_half_up
from ..swedish import listing
from ..swedish import number as swedish_number
from .files import unreadable
from .grid import Cell, Fault, Grid, Row, no_text_number
from .words import hint

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 20 * 1024 * 1024
MAX_PARTS = 1000
MAX_ROWS = 20_000
MAX_COLUMNS = 200

ROW = re.compile(rb'<(?:\w+:)?row\s(?:[^>]*?\s)?r="([0-9]+)"')
ZEROS = re.compile(r"0{2,}")
DECIMALS = re.compile(r"^[^;\"]*?0(?:\.(0+))?(?![.0#?/E])")  # of what is shown of a positive number
ERRORS = (
    AttributeError,
    EOFError,
    IndexError,
    InvalidFileException,
    KeyError,
    NotImplementedError,  # what openpyxl does not read, and says so
    RuntimeError,
    SyntaxError,  # the XML parser's
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


def sheet_grid(path: Path, sheet: str | None) -> Grid:
    """
    The named sheet of a workbook, or its only visible one. Raises `InputError`.
    """
    try:
        _check_size(path)
        values, formulas = _opened(path, computed=True), _opened(path, computed=False)
    except OSError as error:
        raise InputError([unreadable(path, error)]) from None
    except ERRORS:
        fix = "öppna den i Excel och spara den igen som Excel-arbetsbok (.xlsx)"
        raise InputError([Problem(path.name, "filen går inte att läsa som en Excelbok", fix)]) from None
    title = _chosen(values, path.name, sheet)
    return _grid(values[title], formulas[title], path.name)


def _check_size(path: Path) -> None:
    """
    Refuse what is no workbook, or would take too long, before it is unpacked.
    """
    with path.open("rb") as file:
        start = file.read(4)
        size = file.seek(0, 2)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        fix = "ta bort lösenordet, och spara den som Excel-arbetsbok (.xlsx)"
        raise InputError([Problem(path.name, "filen är en äldre eller låst Excelbok", fix)])
    fix = "spara bladet med priserna i en egen bok"
    if size > MAX_BYTES:
        raise InputError([Problem(path.name, f"filen är större än {MAX_BYTES // 1024**2} MB", fix)])
    with zipfile.ZipFile(path) as book:
        parts = book.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            what = f"boken är större än {MAX_UNPACKED // 1024**2} MB när den packas upp"
            raise InputError([Problem(path.name, what, fix)])
        for part in parts:
            if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                _check_rows(book.read(part), f"{path.name}, {part.filename}")


def _check_rows(xml: bytes, place: str) -> None:
    """
    Refuse a sheet that has two rows of one number, of which the first would be lost.
    """
    numbers = ROW.findall(xml)
    if len(numbers) != len({*numbers}):
        fix = "öppna boken i Excel och spara den igen"
        raise InputError([Problem(place, "bladet har två rader med samma nummer", fix)])


def _opened(path: Path, *, computed: bool) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is not shown in cells, such as drop-down lists
        return openpyxl.load_workbook(path, data_only=computed, keep_links=False)


def _chosen(book: Workbook, name: str, sheet: str | None) -> str:
    titles = [each.title for each in book.worksheets]
    visible = [each.title for each in book.worksheets if each.sheet_state == "visible"]
    if sheet is None and len(visible) == 1:
        return visible[0]
    if sheet in titles:
        return str(sheet)
    if sheet is None:
        what = f"boken har {len(visible)} synliga blad: {listing([shown(each) for each in visible])}"
        fix = f"ange ett av dem, sheet={shown((visible or titles)[0])}" if titles else "kontrollera boken"
        raise InputError([Problem(name, what if visible else "boken har inget synligt blad", fix)])
    raise InputError([Problem(name, f"bladet {shown(sheet)} finns inte", hint(sheet, titles))])


def _grid(sheet: Worksheet, formulas: Worksheet, name: str) -> Grid:
    def place(row: int, column: int | None, _: str) -> str:
        where = f"rad {row}" if column is None else f"cell {get_column_letter(column + 1)}{row}"
        return f"{name}, blad {shown(sheet.title)}, {where}"

    rows, columns = sheet.max_row or 0, sheet.max_column or 0
    for count, most, noun in ((rows, MAX_ROWS, "rader"), (columns, MAX_COLUMNS, "kolumner")):
        if count > most:
            what = f"bladet har {swedish_number(count)} {noun}, högst {swedish_number(most)} går att läsa"
            fix = f"ta bort tomma {noun} efter tabellen, också de som bara är formaterade"
            raise InputError([Problem(f"{name}, blad {shown(sheet.title)}", what, fix)])
    return Grid(
        tuple(_rows(sheet, formulas)),
        place,
        no_text_number,
        hidden=frozenset(at for at, each in sheet.row_dimensions.items() if each.hidden),
        merged=tuple((each.min_row, each.max_row, str(each.coord)) for each in sheet.merged_cells.ranges),
    )


def _rows(sheet: Worksheet, formulas: Worksheet) -> Iterator[Row]:
    pairs = zip(sheet.iter_rows(), formulas.iter_rows(), strict=True)
    for number, (cells, written) in enumerate(pairs, sheet.min_row):
        empty = [""] * (sheet.min_column - 1)
        yield Row(number, (*empty, *map(_cell, cells, written)))


def _cell(cell: Any, written: Any) -> Cell:
    value = cell.value
    if value is None:
        if written.value is None:
            return ""
        fix = "öppna boken i Excel, låt den räkna, och spara den"
        return Fault("formeln har inget uträknat värde", fix)
    if cell.data_type == "e":
        return Fault(f"cellen har felet {value}", "rätta formeln")
    match value:
        case bool():
            return Fault("cellen är sant eller falskt", "skriv en text eller ett tal")
        case int() | float():
            return _number(value, str(cell.number_format))
        case datetime():
            return (
                value.date()
                if value.time() == time()
                else Fault(f"{value} har ett klockslag", "skriv en dag")
            )
        case date():
            return value
        case str():
            return value
        case _:
            return Fault(f"cellen har värdet {shown(value)}", "skriv en text eller ett tal")


def _number(value: float, shown_as: str) -> Cell:
    """
    A number as it is shown: 15 digits, a percentage as a text, and with the zeros of a format like 0000. One
    that is shown with fewer decimals than it has is a fault: nobody has seen what it is.
    """
    number = Decimal(f"{value:.15g}")
    places = DECIMALS.search(shown_as)
    if places and not set(shown_as) & set("%E"):
        seen = round_half_up(number, Decimal(1).scaleb(-len(places[1] or "")))
        if seen != number:
            what = f"cellen visar {swedish_number(seen)} men är {swedish_number(number)}"
            return Fault(what, "avrunda talet i Excel, eller visa alla decimaler")
    if "%" in shown_as:
        return f"{(number * 100).normalize():f} %".replace(".", ",")
    if ZEROS.fullmatch(shown_as) and number == int(number) >= 0:
        return f"{int(number):0{len(shown_as)}}"
    return number
