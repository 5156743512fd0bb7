"""
CSV as a Swedish Excel reads it: semicolon, decimal comma, BOM, CRLF; and volumes as the library reads them.

A text cell that a spreadsheet would take for a formula is written with an apostrophe first (OWASP, CSV
injection); numbers never are.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from ..catalogue import Kind
from ..swedish import MINUS, mnkr, tkr
from ..underlag import Underlag
from ..volumes import Volumes
from .page import unit_price
from .table import Cell, Column, Table

BOM = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
ROUNDED: Mapping[str, Callable[[Decimal], str]] = {"tkr": tkr, "mnkr": mnkr}  # to what the column shows
KIND = {Kind.OBLIGATORY: "obligatorisk tjänst", Kind.SUPPLEMENTARY: "tilläggstjänst"}
UNDERLAG_COLUMNS = (
    Column("underlag"),
    Column("kund"),
    Column("kundnamn"),
    Column("motpart"),
    Column("referens"),
    Column("tjänst"),
    Column("tjänstenamn"),
    Column("område"),
    Column("slag"),
    Column("månad", "month"),
    Column("volym", "number"),
    Column("enhet"),
    Column("à-pris", "kronor"),
    Column("belopp", "kronor"),
    Column("momssats", "percent"),
    Column("kontering"),
    Column("volymrader", "number"),
    Column("prislista"),
)


def underlag_lines(documents: Iterable[Underlag]) -> Table:
    """
    The lines of any number of underlag, one row each, as an accounting system takes them in.
    """
    return Table("Underlagsrader", UNDERLAG_COLUMNS, tuple(row for each in documents for row in _lines(each)))


def _lines(underlag: Underlag) -> Iterable[tuple[Cell, ...]]:
    customer = underlag.customer
    lists = ", ".join(each.id for each in underlag.price_lists)
    for billed in underlag.lines:
        line, service = billed.line, billed.line.price.service
        coding = ", ".join(f"{key}={value}" for key, value in service.coding)
        yield (
            *(underlag.number, customer.code, customer.name, customer.counterparty, customer.reference),
            *(service.code, service.name, service.area.name, KIND[service.kind]),
            *(line.month, billed.quantity, service.unit, unit_price(billed), billed.amount),
            *(billed.vat, coding, line.entry.rows, lists),
        )


def table_as_csv(table: Table) -> str:
    """
    The table's rows under its headings; the foot is not a row and is left out.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([_cell(column.title, column) for column in table.columns])
    for row in table.rows:
        writer.writerow([_cell(cell, column) for cell, column in zip(row, table.columns, strict=True)])
    return BOM + out.getvalue()


def _cell(cell: Cell, column: Column) -> str:
    match cell:
        case None:
            return ""
        case str():
            return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
        case Decimal() if column.kind == "kronor":
            whole, _, decimals = f"{cell:f}".partition(".")
            return f"{whole},{decimals:0<2}"
        case Decimal() if column.kind in ROUNDED:
            return ROUNDED[column.kind](cell).replace(" ", "").replace(MINUS, "-")
        case Decimal():
            return f"{cell:f}".replace(".", ",")
        case _:
            return str(cell)


def volumes_as_csv(volumes: Volumes) -> str:
    """
    The rows as `read_volumes` takes them: comma, decimal point, every column.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["customer", "service", "month", "quantity", "source", "reference", "registered", "note"])
    for row in volumes:
        registered = row.registered.isoformat() if row.registered else ""
        quantity = f"{row.quantity:f}"
        key = [row.customer, row.service, row.month, quantity]
        writer.writerow([*key, row.source, row.reference, registered, row.note])
    return out.getvalue()
