"""
A sheet as rows of cells, wherever it comes from, and its cells as the values that are wanted.

A cell is a text, a number, a day, or a `Fault`: what it holds instead, told only where the cell is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal

from attrs import field, frozen

from ..catalogue import MAX_TEXT
from ..errors import InvalidError, Problem, shown
from .cells import day, number_with_comma, text
from .numbers import no_number
from .values import NUMBER, filled_code

NO_NUMBER = "skriv ett tal; är det lagrat som text i Excel, gör om det till tal"


@frozen
class Fault:
    """
    A cell that cannot be used: what is wrong with it, and the fix.
    """

    what: str
    fix: str


Cell = str | Decimal | date | Fault


@frozen
class Row:
    """
    A row by its number in the file.
    """

    number: int
    cells: tuple[Cell, ...]

    @property
    def filled(self) -> list[int]:
        """
        Where its cells are not empty.
        """
        return [at for at, cell in enumerate(self.cells) if not isinstance(cell, str) or cell.strip()]


@frozen
class Grid:
    """
    The rows of a sheet. `place` names a row, or one of its cells when told the cell's number and heading.

    `number` reads a number that is a text. In an `even` grid all rows have as many cells. `hidden` are the
    rows that are not shown, and `merged` the ranges of cells that are one, by their first and last rows.
    """

    rows: tuple[Row, ...]
    place: Callable[[int, int | None, str], str]
    number: Callable[[str], Decimal]
    problems: list[Problem] = field(factory=list)
    even: bool = False
    hidden: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, str], ...] = ()


def words(cell: Cell) -> str:
    """
    A text that can stand on a document; empty for an empty cell.
    """
    found = text(_written(cell))
    if len(found) > MAX_TEXT:
        raise InvalidError("", f"texten är längre än {MAX_TEXT} tecken", "korta den")
    return found


def code_of(cell: Cell) -> str:
    """
    A code; a whole number is one.
    """
    if isinstance(cell, Decimal) and cell % 1:
        raise InvalidError("", f"{cell:f} är ett tal med decimaler", "skriv koden som text")
    return filled_code(text(_written(cell)))


def day_of(cell: Cell) -> date | None:
    """
    A day; `None` for an empty cell.
    """
    return cell if isinstance(cell, date) else day(_written(cell).strip())


def number_of(cell: Cell, read: Callable[[str], Decimal]) -> Decimal:
    """
    A number with at most twelve digits and six decimals; in kronor, if that is said.
    """
    if isinstance(cell, date):
        raise InvalidError("", f"{cell} är ett datum", "skriv ett tal, och formatera cellen som Tal")
    if not isinstance(cell, Decimal):
        return read(_written(cell).strip().removesuffix("kr").rstrip())
    digits = f"{cell:f}"
    if not NUMBER.fullmatch(digits):
        raise no_number(digits, "ett tal som går att använda", NO_NUMBER)
    return cell


def percent_of(cell: Cell, read: Callable[[str], Decimal]) -> Decimal:
    """
    A percentage, with or without its sign.
    """
    if not isinstance(cell, str) or not cell.strip().endswith("%"):
        return number_of(cell, read)
    reader = number_with_comma if read is no_text_number else read
    return reader(cell.strip().removesuffix("%").strip())


def no_text_number(cell: str) -> Decimal:
    """
    Refuse a text where numbers are numbers.
    """
    with suppress(ArithmeticError):
        if (
            "%" not in cell
            and Decimal(cell.replace(",", ".").replace(" ", "").replace("\u00a0", "")).is_finite()
        ):
            raise InvalidError("", f"{shown(cell)} är en text, inte ett tal", NO_NUMBER)
    raise no_number(cell, "ett tal", NO_NUMBER)


def _written(cell: Cell) -> str:
    match cell:
        case Fault(what=what, fix=fix):
            raise InvalidError("", what, fix)
        case Decimal():
            return f"{cell:f}"
        case date():
            raise InvalidError("", f"{cell} är ett datum", "gör om cellen till text och skriv om den")
        case _:
            return cell
