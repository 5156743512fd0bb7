"""
Documents out: `render` gives the text of a document in a format, `write` puts it in a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..comparison import Comparison
from ..customers import Register
from ..errors import InputError, Problem
from ..expectation import Forecast
from ..extras import extra
from ..followup import Report
from ..outlook import Outlook
from ..pricelist import PriceList
from ..reduction import Reduction
from ..underlag import Underlag
from ..variance import Variance
from ..volumes import Volumes
from .arrivals import completeness_table
from .backtests import backtest_services_table, backtest_table
from .closing import accruals_table, deviations_table, month_end, row_changes_table
from .csv import table_as_csv, underlag_lines, volumes_as_csv
from .files import write_atomically
from .followup import report_lines, report_page, report_tables, volume_tables
from .forecastlines import forecast_lines
from .forecasts import forecast_page, forecast_tables
from .json import forecast_as_json, underlag_as_json
from .lists import break_even_table, diff_table, notices_table, sensitivity_table
from .page import Page, summary, underlag_page
from .pricelist import price_list_page
from .reductions import choices_table, reduction_lines, reduction_page
from .scenarios import (
    comparison_lines,
    comparison_page,
    comparison_tables,
    complexity_table,
    variance_causes,
    variance_lines,
    variance_page,
    variance_tables,
)
from .table import Column, Table
from .text import page_as_markdown, page_as_text, table_as_markdown, table_as_text
from .vintages import vintages_tables

__all__ = [
    "Column",
    "Page",
    "Table",
    "accruals_table",
    "backtest_services_table",
    "backtest_table",
    "break_even_table",
    "choices_table",
    "comparison_lines",
    "comparison_page",
    "comparison_tables",
    "completeness_table",
    "complexity_table",
    "deviations_table",
    "diff_table",
    "forecast_lines",
    "forecast_page",
    "forecast_tables",
    "month_end",
    "notices_table",
    "price_list_page",
    "reduction_lines",
    "reduction_page",
    "render",
    "report_lines",
    "report_page",
    "report_tables",
    "row_changes_table",
    "sensitivity_table",
    "summary",
    "underlag_lines",
    "variance_causes",
    "variance_lines",
    "variance_page",
    "variance_tables",
    "vintages_tables",
    "volume_tables",
    "write",
]

Paged = Underlag | PriceList | Comparison | Variance | Reduction | Report | Forecast | Outlook
Document = Paged | Page | Table | Register | Volumes
PAGES: Mapping[type[Paged], Callable[[Any], Page]] = {
    Underlag: underlag_page,
    PriceList: price_list_page,
    Comparison: comparison_page,
    Variance: variance_page,
    Reduction: reduction_page,
    Report: report_page,
    Forecast: forecast_page,
    Outlook: forecast_page,
}
LINES: Mapping[type[Document], Callable[[Any], Table]] = {
    Underlag: lambda underlag: underlag_lines([underlag]),
    Comparison: comparison_lines,
    Variance: variance_lines,
    Reduction: reduction_lines,
    Report: report_lines,
    Forecast: forecast_lines,
    Outlook: forecast_lines,
}
FORMATS = {
    ".txt": "text",
    ".md": "markdown",
    ".csv": "csv",
    ".json": "json",
    ".toml": "toml",
    ".html": "html",
}


def render(
    document: Document,
    format: str = "text",  # noqa: A002 - the word the users know
    *,
    like: str | None = None,
) -> str:
    """
    The text of a document: all but registers and volumes as text, markdown or html; all but a page, a price
    list and a register as csv; an underlag as json; a price list or a register as toml.

    With the text of a price list as `like`, another list is written into it, so that its comments stay.
    Raises `ValueError` for a format that the document does not have, `InputError` for an unusable `like`.
    """
    if like is not None:
        return _as_toml_like(document, format, like)
    if isinstance(document, Paged) and format in ("text", "markdown", "html"):
        return render(PAGES[type(document)](document), format)
    if type(document) in LINES and format == "csv":
        return render(LINES[type(document)](document), format)
    match document, format:
        case Page(), "text":
            return page_as_text(document)
        case Page(), "markdown":
            return page_as_markdown(document)
        case ((Page() | Table()), "html"):
            return _as_html(document)
        case Table(), "text":
            return table_as_text(document) + "\n"
        case Table(), "markdown":
            return table_as_markdown(document) + "\n"
        case Table(), "csv":
            return table_as_csv(document)
        case Underlag(), "json":
            return underlag_as_json(document)
        case Forecast(), "json":
            return forecast_as_json(document)
        case Volumes(), "csv":
            return volumes_as_csv(document)
        case ((PriceList() | Register()), "toml"):
            return _as_toml(document)
        case _:
            msg = f"{type(document).__name__} cannot be rendered as {format!r}"
            raise ValueError(msg)


def _as_html(document: Page | Table) -> str:
    with extra("html"):
        from .html import page_as_html, table_as_html  # noqa: PLC0415 - an extra

    return table_as_html(document) if isinstance(document, Table) else page_as_html(document)


def _as_toml(document: PriceList | Register) -> str:
    with extra("toml"):
        from .toml import price_list_as_toml, register_as_toml  # noqa: PLC0415 - an extra

    return price_list_as_toml(document) if isinstance(document, PriceList) else register_as_toml(document)


def _as_toml_like(document: Document, written: str, like: str) -> str:
    with extra("toml"):
        from .likeness import price_list_like  # noqa: PLC0415 - an extra

    if not isinstance(document, PriceList) or written != "toml":
        kind = type(document).__name__
        msg = f"only a price list as toml is written like another, not {kind} as {written!r}"
        raise ValueError(msg)
    return price_list_like(document, like)


def write(document: Document, path: str | Path, *, like: str | Path | None = None) -> Path:
    """
    Write a document in the format of the file's ending (.txt .md .csv .json .toml .html), whole or not at
    all.

    `like` names the file of a price list; another is then written into its text, so that its comments stay.
    Raises `ValueError` for an unknown ending, `OSError` when a file cannot be read or written, `InputError`
    for an unusable `like`.
    """
    file = Path(path)
    if file.suffix not in FORMATS:
        msg = f"{file.name}: the ending must be one of {', '.join(FORMATS)}"
        raise ValueError(msg)
    model = None if like is None else _text_of(Path(like))
    write_atomically(file, render(document, FORMATS[file.suffix], like=model).encode())
    return file


def _text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        fix = "spara filen med teckenkodningen UTF-8"
        raise InputError([Problem(path.name, "texten är inte UTF-8", fix)]) from None
