"""
The cells of a row of volumes as values. Each function takes a cell and raises `InvalidError` for a bad one.

Most cells repeat, so the values of the latest are remembered.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import lru_cache

from ..errors import InvalidError, shown
from ..money import exact_decimal
from .numbers import no_number
from .values import filled_code

MAX_CELL = 1000

COMMA_FILE = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
SEMICOLON_FILE = re.compile(
    r"-?([0-9]{1,12}|[0-9]{1,3}(?P<space>[ \u00a0\u202f])[0-9]{3}((?P=space)[0-9]{3}){0,2})(,[0-9]{1,6})?"
)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SPACES = re.compile(r"\r\n|\s")


@lru_cache(maxsize=65_536)
def code(cell: str) -> str:
    """
    A customer's or a service's code.
    """
    _check_length(cell)
    return filled_code(cell)


def text(cell: str) -> str:
    """
    A text in NFC and trimmed; tabs, line breaks and no-break spaces count as spaces.
    """
    _check_length(cell)
    if not (cell.isascii() and cell.isprintable()):
        cell = SPACES.sub(" ", unicodedata.normalize("NFC", cell))
        if not cell.isprintable():
            raise InvalidError("", f"{shown(cell)} har tecken som inte syns", "ta bort dem")
    return cell.strip()


word = lru_cache(maxsize=65_536)(text)


def _check_length(cell: str) -> None:
    if len(cell) > MAX_CELL:
        raise _too_long()


def _too_long() -> InvalidError:
    return InvalidError("", f"cellen är längre än {MAX_CELL} tecken", "korta den")


@lru_cache(maxsize=4096)
def day(cell: str) -> date | None:
    """
    A day written `2022-02-03`, and nothing else; `None` for an empty cell.
    """
    if not cell:
        return None
    with suppress(ValueError):
        if DAY.fullmatch(cell):
            return date.fromisoformat(cell)
    raise InvalidError("", f"{shown(cell)} är inte en dag", "skriv som 2022-02-03")


@lru_cache(maxsize=65_536)
def number_with_point(cell: str) -> Decimal:
    """
    A number in a comma file: `1234.50`.
    """
    if not COMMA_FILE.fullmatch(cell):
        raise number_fault(cell, "decimalpunkt", "i en kommafil skrivs tal som 1234.50, utan mellanrum")
    return exact_decimal(cell)


@lru_cache(maxsize=65_536)
def number_with_comma(cell: str) -> Decimal:
    """
    A number in a semicolon file: `1234,50` or `1 234,50`.
    """
    if not SEMICOLON_FILE.fullmatch(cell):
        raise number_fault(cell, "decimalkomma", "i en semikolonfil skrivs tal som 1234,50 eller 1 234,50")
    return exact_decimal(re.sub("[ \u00a0\u202f]", "", cell).replace(",", "."))


def number_fault(cell: str, mark: str, fix: str) -> InvalidError:
    """
    What is wrong with a cell that holds no number, and the fix where nothing closer is known.
    """
    if not cell.strip():
        return InvalidError("", "volymen saknas", "skriv ett tal, 0 om inget levererades")
    if len(cell) > MAX_CELL:
        return _too_long()
    return no_number(cell, f"ett tal med {mark}", fix)
