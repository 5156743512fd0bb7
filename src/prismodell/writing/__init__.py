"""
Documents out: `render` gives the text of a document in a format, `write` puts it in a file.
"""

from __future__ import annotations

from pathlib import Path

from ..customers import Register
from ..pricelist import PriceList
from ..underlag import Underlag
from ..volumes import Volumes
from .closing import accruals_table, deviations_table, month_end, row_changes_table
from .csv import table_as_csv, underlag_lines, volumes_as_csv
from .files import write_atomically
from .json import underlag_as_json
from .page import Page, summary, underlag_page
from .pricelist import price_list_page
from .table import Column, Table
from .text import page_as_markdown, page_as_text, table_as_markdown, table_as_text

__all__ = [
    "Column",
    "Page",
    "Table",
    "accruals_table",
    "deviations_table",
    "month_end",
    "price_list_page",
    "render",
    "row_changes_table",
    "summary",
    "underlag_lines",
    "write",
]

Document = Underlag | Table | Page | PriceList | Register | Volumes
FORMATS = {
    ".txt": "text",
    ".md": "markdown",
    ".csv": "csv",
    ".json": "json",
    ".toml": "toml",
    ".html": "html",
}


def render(document: Document, format: str = "text") -> str:  # noqa: A002 - the word the users know
    """
    The text of a document: an underlag, a page, a price list or a table as text, markdown or html; an
    underlag or a table also as csv, an underlag as json; a price list or a register as toml; volumes as csv.

    Raises `ValueError` for a format that the document does not have.
    """
    match document, format:
        case ((Underlag() | Page() | PriceList()), "text"):
            return page_as_text(_page(document))
        case ((Underlag() | Page() | PriceList()), "markdown"):
            return page_as_markdown(_page(document))
        case ((Underlag() | Page() | PriceList() | Table()), "html"):
            return _as_html(document)
        case Underlag(), "csv":
            return table_as_csv(underlag_lines([document]))
        case Underlag(), "json":
            return underlag_as_json(document)
        case Table(), "text":
            return table_as_text(document) + "\n"
        case Table(), "markdown":
            return table_as_markdown(document) + "\n"
        case Table(), "csv":
            return table_as_csv(document)
        case Volumes(), "csv":
            return volumes_as_csv(document)
        case ((PriceList() | Register()), "toml"):
            return _as_toml(document)
        case _:
            msg = f"{type(document).__name__} cannot be rendered as {format!r}"
            raise ValueError(msg)


def _page(document: Underlag | Page | PriceList) -> Page:
    match document:
        case Underlag():
            return underlag_page(document)
        case PriceList():
            return price_list_page(document)
        case Page():
            return document


def _as_html(document: Underlag | Page | PriceList | Table) -> str:
    from .html import page_as_html, table_as_html  # noqa: PLC0415 - an extra

    return table_as_html(document) if isinstance(document, Table) else page_as_html(_page(document))


def _as_toml(document: PriceList | Register) -> str:
    from .toml import price_list_as_toml, register_as_toml  # noqa: PLC0415 - an extra

    return price_list_as_toml(document) if isinstance(document, PriceList) else register_as_toml(document)


def write(document: Document, path: str | Path) -> Path:
    """
    Write a document in the format of the file's ending (.txt .md .csv .json .toml .html), whole or not at
    all.

    Raises `ValueError` for an unknown ending, `OSError` when the file cannot be written.
    """
    file = Path(path)
    if file.suffix not in FORMATS:
        msg = f"{file.name}: the ending must be one of {', '.join(FORMATS)}"
        raise ValueError(msg)
    model = None if like is None else Path(like).read_bytes().decode("utf-8-sig")
    write_atomically(file, render(document, FORMATS[file.suffix], like=model).encode())
    return file
