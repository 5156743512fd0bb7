"""
The headings of a table of prices, in Swedish: which row they are, and which column each of them names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from ..errors import InputError, Problem, shown
from ..swedish import listing
from .grid import Cell, Grid, Row
from .words import meant

MAX_TITLE_ROWS = 20

# The columns, and what their headings say in Swedish; the first is the one that messages use.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "code": ("Kod", "Artikelnummer", "Artikelnr", "Tjänstekod"),
    "name": ("Tjänst", "Benämning", "Namn"),
    "kind": ("Slag", "Typ"),
    "unit": ("Enhet",),
    "price": (
        "Pris",
        "Á-pris",
        "À-pris",
        "A-pris",
        "Pris exkl. moms",
        "Á-pris exkl. moms",
        "À-pris exkl. moms",
    ),
    "area": ("Område", "Verksamhetsområde"),
    "area_code": ("Områdeskod",),
    "plural": ("Enhet plural", "Plural"),
    "vat": ("Moms", "Momssats"),
    "valid_from": ("Gäller från", "Giltig från", "Gäller fr.o.m."),
    "valid_to": ("Gäller till", "Giltig till", "Gäller t.o.m."),
}
REQUIRED = ("code", "name", "kind", "unit", "price")
IN_KRONOR = re.compile(r"\s*[(,]?\s*\b(kr|sek|kronor)\b\.?\)?$")


def column_of(cell: Cell) -> str | None:
    """
    The column that a heading names.
    """
    heading = IN_KRONOR.sub("", plain(cell).rstrip(":*")).strip()
    return _BY_HEADING.get(heading)


def plain(cell: Cell) -> str:
    """
    A text as it is compared: without case, and with single spaces; empty for what is no text.
    """
    return (
        " ".join(unicodedata.normalize("NFC", cell).casefold().strip(' "').split())
        if isinstance(cell, str)
        else ""
    )


_BY_HEADING = {plain(heading): column for column, names in HEADINGS.items() for heading in (*names, column)}


def columns_of(cells: Sequence[Cell]) -> set[str]:
    """
    The columns that a row of headings has.
    """
    return {column for column in map(column_of, cells) if column}


def headed(grid: Grid, name: str) -> tuple[Row, tuple[Row, ...]]:
    """
    The row of headings, the first with all the columns that must be there, and the rows below it.
    """
    first = grid.rows[:MAX_TITLE_ROWS]
    for number, row in enumerate(first):
        if columns_of(row.cells) >= {*REQUIRED}:
            return row, grid.rows[number + 1 :]
    best = max(first, key=lambda row: len(columns_of(row.cells)), default=None)
    known = columns_of(best.cells) if best else set()
    fix = f"rubrikerna ska vara {listing([HEADINGS[each][0] for each in REQUIRED])}"
    if best is None or len(known) < 2:  # one may be a word in a title
        what = f"ingen av de första {MAX_TITLE_ROWS} raderna har tabellens rubriker"
        raise InputError([*grid.problems, Problem(name, what, fix)])
    missing = [HEADINGS[each][0] for each in REQUIRED if each not in known]
    others = [
        str(cell) for cell in best.cells if isinstance(cell, str) and cell.strip() and not column_of(cell)
    ]
    near = [f"{shown(each)} är kanske {meant(each, missing)}" for each in others if meant(each, missing)]
    what = f"{'kolumnen' if len(missing) == 1 else 'kolumnerna'} {listing(missing)} saknas"
    place = grid.place(best.number, None, "")
    raise InputError([*grid.problems, Problem(place, what, "; ".join(near) or fix)])
