"""
Pages and tables as Swedish text and as Markdown, laid out by tabulate.

Every cell is made text here first: tabulate's own formatting prints `1234567.89` as `1.23457e+06`.
"""

from __future__ import annotations

from decimal import Decimal

from tabulate import tabulate

from ..periods import Month
from ..swedish import kronor, number, percent
from .page import Page
from .table import Cell, Column, Table


def cell_text(cell: Cell, column: Column) -> str:
    """
    A cell as people read it.
    """
    match cell, column.kind:
        case None, _:
            return ""
        case Decimal(), "kronor":
            return kronor(cell)
        case Decimal(), "percent":
            return percent(cell)
        case Decimal() | int(), _:
            return number(cell)
        case Month() | str(), _:
            return str(cell)


def table_as_text(table: Table) -> str:
    """
    The table under its title, the foot below a rule of its own.
    """
    body = _laid_out(table, "simple").split("\n")
    if table.foot:
        body.insert(-1, body[1])
    return "\n".join([table.title, *(line.rstrip() for line in body)])


def table_as_markdown(table: Table) -> str:
    """
    The table as Markdown, the foot in bold.
    """
    return f"### {_escaped(table.title)}\n\n{_laid_out(table, 'github', bold=True)}"


def _laid_out(table: Table, style: str, *, bold: bool = False) -> str:
    rows = [
        [cell_text(cell, column) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    foot = [
        cell_text(cell, column) for cell, column in zip(table.foot, table.columns, strict=bool(table.foot))
    ]
    if bold:
        rows = [[_escaped(cell) for cell in row] for row in rows]
        foot = [f"**{_escaped(cell)}**" if cell else "" for cell in foot]
    return tabulate(
        [*rows, foot] if foot else rows,
        headers=[column.title for column in table.columns],
        tablefmt=style,
        colalign=["right" if column.right else "left" for column in table.columns],
        disable_numparse=True,
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")


def page_as_text(page: Page) -> str:
    """
    The page for a terminal or a mail.
    """
    width = max((len(label) for label, _ in page.facts), default=0)
    parts = [
        f"{page.title.upper()}\n{'=' * len(page.title)}",
        "\n".join(f"{label:<{width}}  {text}" for label, text in page.facts),
        *(table_as_text(table) for table in page.tables),
    ]
    if page.notes:
        parts += [f"{page.notes_title}\n{'-' * len(page.notes_title)}", *page.notes]
    return "\n\n".join(part for part in parts if part) + "\n"


def page_as_markdown(page: Page) -> str:
    """
    The page as Markdown.
    """
    parts = [
        f"# {_escaped(page.title)}",
        "\n".join(f"* {label}: {_escaped(text)}" for label, text in page.facts),
        *(table_as_markdown(table) for table in page.tables),
    ]
    if page.notes:
        parts += [f"## {page.notes_title}", *(f"```text\n{note}\n```" for note in page.notes)]
    return "\n\n".join(part for part in parts if part) + "\n"
