"""
A table of typed cells, which many small writers can show: text, Markdown, CSV.

    Table("Januari 2022", (Column("Kund"), Column("Belopp", "kronor")), (("SDF-SKA", Decimal("1234.50")),))
"""

from __future__ import annotations

from decimal import Decimal

from attrs import field, frozen
from attrs.validators import in_, instance_of

from ..errors import InvalidError
from ..periods import Month

KINDS = ("text", "number", "kronor", "tkr", "mnkr", "percent", "month")
Cell = str | int | Decimal | Month | None
CELLS = (str, int, Decimal, Month, type(None))


@frozen
class Column:
    """
    A column's heading, and what its cells are: text, number, kronor, percent or month.

    The cells of `tkr` and `mnkr` are kronor too, shown in whole thousands, and in millions with one decimal.
    """

    title: str
    kind: str = field(default="text", validator=in_(KINDS))

    @property
    def right(self) -> bool:
        """
        Whether its cells stand to the right.
        """
        return self.kind in ("number", "kronor", "tkr", "mnkr", "percent")


@frozen
class Table:
    """
    Rows of cells under columns; `foot` is a last row set apart, such as a sum. `None` is an empty cell.

    Raises `TypeError` for a cell of another type, a float above all, and `InvalidError` for a row that does
    not fit the columns.
    """

    title: str
    columns: tuple[Column, ...] = field(validator=instance_of(tuple))
    rows: tuple[tuple[Cell, ...], ...] = field(validator=instance_of(tuple))
    foot: tuple[Cell, ...] = field(default=(), validator=instance_of(tuple))

    def __attrs_post_init__(self) -> None:
        for row in (*self.rows, *([self.foot] if self.foot else [])):
            _check_cells(row)
            if len(row) != len(self.columns):
                raise InvalidError("rows", f"raden {row!r} har inte {len(self.columns)} celler")


def _check_cells(row: object) -> None:
    if type(row) is not tuple:
        msg = f"a row is a tuple of cells, not {row!r}"
        raise TypeError(msg)
    for cell in row:
        if type(cell) not in CELLS:
            msg = f"a cell is a str, int, Decimal, Month or None, not {cell!r}"
            raise TypeError(msg)
        if type(cell) is Decimal and not cell.is_finite():
            raise InvalidError("rows", f"{cell} är inte ett tal")
