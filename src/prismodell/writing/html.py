"""
Pages and tables as HTML documents that stand by themselves: in a browser, on a phone, on paper; needs the
extra `prismodell[html]`.

Cells read as in the other formats, since the same function makes them text. What the template is given is
text and nothing else; it escapes all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from ..catalogue import MAX_CODE
from .page import Page
from .table import Cell, Column, Table
from .text import cell_text, held_together, note_lines

TEXT = Column("")
Shown = tuple[str, str]  # a cell: its text, and the class that says how it stands


def page_as_html(page: Page) -> str:
    """
    The page as a whole document.
    """
    return _template().render(
        title=_text(page.title),
        heading=True,
        facts=[(_text(label), _text(text)) for label, text in page.facts],
        tables=[_table(table) for table in page.tables],
        notes_title=_text(page.notes_title),
        notes=[(_text(title), _lines(steps)) for title, steps in page.notes],
        foot=_text(page.foot),
    )


def table_as_html(table: Table) -> str:
    """
    The table as a whole document, with its title as caption.
    """
    return _template().render(
        title=_text(table.title),
        heading=False,
        facts=[],
        tables=[_table(table)],
        notes_title="",
        notes=[],
        foot="",
    )


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string(files(__package__).joinpath("page.html.jinja").read_text("utf-8"))


def _table(table: Table) -> dict[str, object]:
    return {
        "caption": _text(table.title),
        "columns": [(_text(column.title), "right" if column.right else "left") for column in table.columns],
        "rows": [_row(row, table.columns) for row in table.rows],
        "foot": _row(table.foot, table.columns) if table.foot else [],
    }


def _row(row: Sequence[Cell], columns: Sequence[Column]) -> list[Shown]:
    return [_cell(cell, column) for cell, column in zip(row, columns, strict=True)]


def _cell(cell: Cell, column: Column) -> Shown:
    """
    Figures stand to the right and are not broken, nor are codes; words among figures stand to the right too.
    """
    text = _text(cell, column)
    if column.right:
        return text, "right" if isinstance(cell, str) else "figure"
    return text, "whole" if "-" in text and " " not in text and len(text) <= MAX_CODE else "left"


def _text(cell: Cell, column: Column = TEXT) -> str:
    return held_together(" ".join(cell_text(cell, column).split()))


def _lines(steps: str) -> list[Shown]:
    return [(_text(line), "below" if below else "line") for line, below in note_lines(steps)]
