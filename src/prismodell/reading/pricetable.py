"""
Price lists from tables such as people keep in Excel: `read_price_table`, of `.xlsx` and `.csv`.

    Prislista 2022, Ekonomi                                        a title, which is passed over
    Kod       Tjänst              Slag          Enhet     Pris
    Fakturor                                                       a heading: the area of what is below it
    EKO-LEV   Leverantörsfaktura  Obligatorisk  faktura   22,40
    EKO-TIM   Rådgivning          Tillägg       timme     enligt avtal

Every row below the headings is a price, a heading of an area, empty, or a problem.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import attrs
from attrs import define, field

from ..catalogue import DEFAULT_VAT, Area, Kind, Service
from ..errors import InputError, InvalidError, Problem, look, shown
from ..extras import extra
from ..periods import Span
from ..pricelist import Decision, Price, PriceList, Revision, price_list_notices
from ..tariff import AgreementPrice, Tariff, UnitPrice
from .cells import number_with_comma, number_with_point
from .files import read_text, unreadable
from .grid import Cell, Fault, Grid, Row, code_of, day_of, number_of, percent_of, words
from .headings import HEADINGS, MAX_TITLE_ROWS, column_of, columns_of, headed, plain
from .lines import Lines
from .services import ALIKE
from .words import hint

MAX_PROBLEMS = 1000

KINDS = {
    "obligatorisk": Kind.OBLIGATORY,
    "obligatory": Kind.OBLIGATORY,
    "tilläggstjänst": Kind.SUPPLEMENTARY,
    "tillägg": Kind.SUPPLEMENTARY,
    "supplementary": Kind.SUPPLEMENTARY,
}
AGREED = {"enligt avtal", "enl. avtal", "enl avtal", "avtal", "agreement"}
DELIMITERS: Mapping[str, Callable[[str], Decimal]] = {";": number_with_comma, ",": number_with_point}

T = TypeVar("T")


def read_price_table(  # noqa: PLR0913 - the head of a price list, all by name
    path: str | Path,
    *,
    id: str,  # noqa: A002 - the name of the field it sets
    title: str,
    valid_from: date,
    valid_to: date,
    decision: Decision | str | None = None,
    sheet: str | None = None,
) -> PriceList:
    """
    Read a price list from the table in a sheet of a workbook, or in a CSV file: unit prices, and services
    whose price is in agreements only. What a table does not say is given: the list's head.

    An area that has no code in the table gets one from its name: `lon-och-pension`. Raises `InputError` with
    every problem of the table, each with its cell, and `InvalidError` for a head that is wrong.
    """
    for day in (valid_from, valid_to):
        if not isinstance(day, date):
            msg = f"valid_from and valid_to are dates, such as date(2022, 1, 31), not {day!r}"
            raise TypeError(msg)
    span = Span.of_days(valid_from, valid_to)
    decided = Decision(decision) if isinstance(decision, str) else decision
    empty = PriceList(id, title, span, (), decided)
    file = Path(path)
    grid = _grid(file, sheet)
    table = _Table(grid, *headed(grid, file.name), title, span)
    prices = table.prices()
    if not prices and not table.problems:
        table.problems.append(
            Problem(file.name, "tabellen har inga tjänster", "kontrollera att det är rätt blad")
        )
    if table.problems:
        raise InputError(table.problems)
    price_list = attrs.evolve(empty, prices=tuple(prices))
    notices = (*table.notices, *price_list_notices(price_list, file.name))
    return attrs.evolve(price_list, notices=notices)


def _grid(path: Path, sheet: str | None) -> Grid:
    try:
        path.open("rb").close()
    except OSError as error:
        raise InputError([unreadable(path, error)]) from None
    match path.suffix.lower():
        case ".xlsx":
            with extra("excel"):
                from .spreadsheet import sheet_grid  # noqa: PLC0415 - an extra

            return sheet_grid(path, sheet)
        case ".csv" if sheet is None:
            return _csv_grid(path)
        case ".csv":
            raise InputError([Problem(path.name, "en CSV-fil har inga blad", "ta bort sheet")])
        case ".toml":
            raise InputError([Problem(path.name, "filen är ingen tabell", "läs den med read_price_list")])
        case _:
            raise InputError([Problem(path.name, "filen är ingen tabell", "spara den som .xlsx eller .csv")])


def _csv_grid(path: Path) -> Grid:
    """
    The rows of a CSV file: with semicolons and decimal commas, or commas and decimal points.
    """
    source = read_text(path, "CSV")
    first = source.split("\n")[:MAX_TITLE_ROWS]
    delimiter = max(DELIMITERS, key=lambda mark: max(len(columns_of(line.split(mark))) for line in first))
    problems: list[Problem] = []
    lines = Lines(io.StringIO(source, newline=""), path.name, "utf-8", problems)
    lines.header()  # so that Excel's sep=; is passed over
    rows = tuple(Row(lines.number, tuple(cells)) for cells in lines.rows(delimiter))

    def place(row: int, column: int | None, heading: str) -> str:
        return f"{path.name}:{row}" + (f", kolumn {heading}" if column is not None else "")

    return Grid(rows, place, DELIMITERS[delimiter], problems, even=True)


@define
class _Table:
    """
    A table being read, with what was found so far.
    """

    grid: Grid
    headings: Row
    rows: tuple[Row, ...]
    title: str
    span: Span
    problems: list[Problem] = field(factory=list)
    notices: list[Problem] = field(factory=list)
    at: dict[str, int] = field(factory=dict)
    heading: Row | None = None  # the newest heading of an area, and whether it has services
    in_use: bool = True
    areas: dict[str, tuple[Area, int]] = field(factory=dict)
    looks: dict[str, str] = field(factory=dict)
    placed: dict[str, list[tuple[Price, int]]] = field(factory=dict)

    def prices(self) -> list[Price]:
        """
        The prices of all rows; of rows with problems none.
        """
        self.problems += self.grid.problems
        self._findcolumns_of()
        self._check_merged()
        prices = []
        for row in self.rows:
            if len(self.problems) >= MAX_PROBLEMS:
                self._tell(row, None, f"fler än {MAX_PROBLEMS} fel", "läsningen avbröts här")
                break
            if row.filled and not self._is_heading(row):
                price = self._price(row)
                prices += [price] if price else []
        self._check_heading()
        return prices

    def _tell(self, row: Row, column: str | None, what: str, fix: str) -> None:
        at = None if column is None else self.at.get(column)
        name = HEADINGS[column][0] if column else ""
        if at is not None and isinstance(heading := self.headings.cells[at], str):
            name = heading.strip()
        self.problems.append(Problem(self.grid.place(row.number, at, name), what, fix))

    def _findcolumns_of(self) -> None:
        for at, cell in enumerate(self.headings.cells):
            column = column_of(cell)
            if column in self.at:
                what = f"kolumnen {HEADINGS[column][0]} finns två gånger"
                self._tell(self.headings, None, what, "ta bort den ena")
            elif column:
                self.at[column] = at
            elif at in self.headings.filled:
                place = self.grid.place(self.headings.number, at, str(cell))
                self.notices.append(Problem(place, f"kolumnen {shown(cell)} är okänd och läses inte"))
        if "area_code" in self.at and "area" not in self.at:
            self._tell(self.headings, None, "Områdeskod finns men inte Område", "lägg till kolumnen Område")

    def _check_merged(self) -> None:
        """
        Refuse cells that are one, from the headings on, but for a heading of an area across the table.
        """
        alone = {row.number for row in self.rows if self._alone(row)}
        for first, last, cells in self.grid.merged:
            if last >= self.headings.number and not (first == last and first in alone):
                place = self.grid.place(max(first, self.headings.number), None, "")
                fix = "dela upp dem, och skriv värdet i varje cell"
                self.problems.append(Problem(place, f"cellerna {cells} är sammanfogade", fix))

    def _alone(self, row: Row) -> bool:
        """
        Whether only its first cell is filled, with a text.
        """
        first = min(self.at.values())
        return row.filled == [first] and isinstance(row.cells[first], str)

    def _is_heading(self, row: Row) -> bool:
        if "area" in self.at or not self._alone(row):
            return False
        self._check_heading()
        self.heading, self.in_use = row, False
        return True

    def _check_heading(self) -> None:
        if self.heading and not self.in_use:
            cell = self.heading.cells[min(self.at.values())]
            what = f"{shown(cell)} är en rubrik utan tjänster under sig"
            self._tell(self.heading, None, what, "ta bort raden, eller fyll i den om den är en tjänst")

    def _cell(self, row: Row, column: str) -> Cell:
        at = self.at.get(column, len(row.cells))
        return row.cells[at] if at < len(row.cells) else ""

    def _read(self, row: Row, column: str, read: Callable[[Cell], T], *, empty: Any = None) -> T | Any:
        """
        The value of a cell, or `empty`; an empty cell without one is a problem, and gives `None` as all do.
        """
        cell = self._cell(row, column)
        try:
            if isinstance(cell, str) and not cell.strip():
                if empty is None:
                    fix = (
                        "ta bort raden om den är en summa eller en anteckning"
                        if column == "code"
                        else "fyll i den"
                    )
                    raise InvalidError("", f"{HEADINGS[column][0]} saknas", fix)  # noqa: TRY301 - told below
                return empty
            return read(cell)
        except InvalidError as error:
            self._tell(row, column, error.what, error.fix)
            return None

    def _price(self, row: Row) -> Price | None:
        """
        The price of a row, or problems.
        """
        told = len(self.problems)
        self._check_width(row)
        values: dict[str, Any] = {
            "code": self._read(row, "code", code_of),
            "name": self._read(row, "name", words),
            "area": self._area(row),
            "kind": self._read(row, "kind", _kind),
            "unit": self._read(row, "unit", words),
        }
        tariff = self._read(row, "price", self._tariff)
        values["plural"] = self._read(row, "plural", words, empty=values["unit"] or "")
        values["vat"] = self._read(row, "vat", self._percent, empty=DEFAULT_VAT)
        span = self._span(row)
        if row.number in self.grid.hidden:
            self.notices.append(Problem(self.grid.place(row.number, None, ""), "raden är dold men läses"))
        if len(self.problems) > told or span is None:
            return None
        try:
            price = Price(Service(**values), span, (Revision(self.title, tariff),))
        except InvalidError as error:
            self._tell(row, error.key if error.key in self.at else None, error.what, error.fix)
            return None
        return price if self._is_new(row, price) else None

    def _check_width(self, row: Row) -> None:
        width = len(self.headings.cells)
        if self.grid.even and len(row.cells) != width:
            what = (
                f"raden har {len(row.cells)} {'cell' if len(row.cells) == 1 else 'celler'}, rubriken {width}"
            )
            fix = "skriv alla kolumner, även de tomma; text med skiljetecken i ska stå inom citattecken"
            self._tell(row, None, what, fix)
            return
        unnamed = [at for at in row.filled if at not in self.headings.filled]
        if unnamed:
            what = "en cell under en kolumn utan rubrik är inte tom"
            place = self.grid.place(row.number, unnamed[0], "utan rubrik")
            self.problems.append(Problem(place, what, "ge kolumnen en rubrik, eller töm cellen"))

    def _tariff(self, cell: Cell) -> Tariff:
        if plain(cell) in AGREED:
            return Tariff(AgreementPrice())
        return Tariff(UnitPrice(number_of(cell, self.grid.number)))

    def _percent(self, cell: Cell) -> Decimal:
        return percent_of(cell, self.grid.number)

    def _span(self, row: Row) -> Span | None:
        told = len(self.problems)
        whole = self.span.last
        first: Any = self._read(row, "valid_from", day_of, empty=self.span.start.first)
        last: Any = self._read(row, "valid_to", day_of, empty=whole.last if whole else date.max)
        if len(self.problems) > told:
            return None
        try:
            span = Span.of_days(first, last)
        except InvalidError as error:
            column = error.key if error.key in self.at else "valid_from"
            self._tell(row, column, error.what, error.fix or "ändra datumen")
            return None
        if not span.within(self.span):
            column = "valid_from" if span.start < self.span.start else "valid_to"
            self._tell(
                row, column, f"tjänsten gäller {span}, utanför prislistans {self.span}", "ändra datumen"
            )
            return None
        return span

    def _area(self, row: Row) -> Area | None:
        """
        The area of a row: what its column says, or the heading above it.
        """
        self.in_use = True
        if "area" in self.at:
            name = self._read(row, "area", words)
        elif self.heading is None:
            self._tell(
                row, None, "tjänsten har inget område", "lägg till kolumnen Område, eller en rubrikrad"
            )
            return None
        else:
            name = words(self.heading.cells[min(self.at.values())])
        code = self._read(row, "area_code", code_of, empty=slug(name or "-")) if name else None
        if not code:
            if name and not slug(name):
                self._tell(row, "area", f"{shown(name)} ger ingen kod", "lägg till kolumnen Områdeskod")
            return None
        area, line = self.areas.setdefault(code, (Area(code, name), row.number))
        if area.name != name:
            what = f"området {shown(name)} får samma kod som {shown(area.name)} på rad {line}: {code}"
            self._tell(row, "area", what, "skriv dem lika, eller ge dem var sin kod i kolumnen Områdeskod")
            return None
        return area

    def _is_new(self, row: Row, price: Price) -> bool:
        """
        Whether no other row has a price of the service in the same months, or a code that looks like its own.
        """
        code = price.service.code
        other = self.looks.setdefault(look(code), code)
        if other != code:
            self._tell(row, "code", f"koden {code} går att förväxla med {other}", ALIKE)
            return False
        twice = next((each for each in self.placed.get(code, []) if each[0].span.overlaps(price.span)), None)
        if twice:
            what = f"tjänsten {code} har redan ett pris {twice[0].span} (rad {twice[1]})"
            fix = "ett pris per tjänst och månad: ta bort det ena, eller ange Gäller från och Gäller till"
            self._tell(row, "code", what, fix)
            return False
        self.placed.setdefault(code, []).append((price, row.number))
        return True


def _kind(cell: Cell) -> Kind:
    if isinstance(cell, Fault):
        raise InvalidError("", cell.what, cell.fix)
    if plain(cell) in KINDS:
        return KINDS[plain(cell)]
    fix = hint(plain(cell), ["obligatorisk", "tilläggstjänst", "tillägg"])
    raise InvalidError("", f"okänt slag {shown(cell)}", fix or "skriv obligatorisk eller tillägg")


def slug(name: str) -> str:
    """
    A code from a name.

    >>> slug("Lön och pension")
    'lon-och-pension'
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
