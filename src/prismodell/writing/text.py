"""
Pages and tables as Swedish text and as Markdown, laid out by tabulate.

Every cell is made text here first: tabulate's own formatting prints `1234567.89` as `1.23457e+06`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice, zip_longest
from textwrap import wrap

from ..swedish import kronor, mnkr, number, percent, tkr
from .page import Page
from .table import Cell, Column, Table

HIDDEN = "\N{REPLACEMENT CHARACTER}"
WIDEST_CELL = 44
FURTHER_IN = re.compile(r"\n {6,}")  # what is less far in is a line of its own
CORRECTION = 4 * " "
SPACE_IN_NUMBER = re.compile(r"(?<=[0-9]) (?=[0-9]|kr\b|%)")
MARKDOWN_SIGN = re.compile(r"[\\`*_\[\]<>|~&]")


def cell_text(cell: Cell, column: Column) -> str:
    """
    A cell as people read it; a sign that cannot be seen, which a terminal might obey, as a sign that can.
    """
    match cell, column.kind:
        case None, _:
            return ""
        case Decimal(), "kronor":
            return kronor(cell)
        case Decimal(), "tkr":
            return tkr(cell)
        case Decimal(), "mnkr":
            return mnkr(cell)
        case Decimal(), "percent":
            return percent(cell)
        case Decimal() | int(), _:
            return number(cell)
        case _:
            return "".join(c if c.isprintable() or c.isspace() else HIDDEN for c in str(cell))


def table_as_text(table: Table) -> str:
    """
    The table under its title, with a rule below the headings and one above the foot.
    """
    return tables_as_text([table])[0]


def tables_as_text(tables: Sequence[Table]) -> list[str]:
    """
    The tables with their columns in line, as on a printed page; a narrow table keeps its first and last ones.
    """
    widest = max((table.columns for table in tables), key=len, default=())
    parts = [[_rows_as_text(rows, len(widest)) for rows in _parts(table)] for table in tables]
    laid_out = _laid_out([row for table in parts for rows in table for row in rows], widest, "plain")
    lines = iter(laid_out.split("\n"))
    ruler = "-" * max(map(len, laid_out.split("\n")))
    texts = []
    for table, rows in zip(tables, parts, strict=True):
        head, body, foot = ([line.rstrip() for line in islice(lines, len(part))] for part in rows)
        texts.append("\n".join([table.title, *head, ruler, *body, *([ruler, *foot] if foot else [])]))
    return texts


def _alike(tables: Iterable[Table]) -> list[list[Table]]:
    """
    The tables in runs whose columns can stand in line: words to the left in all, figures to the right.
    """
    runs: list[list[Table]] = []
    for table in tables:
        if runs and all(_stand_alike(table.columns, other.columns) for other in runs[-1]):
            runs[-1].append(table)
        else:
            runs.append([table])
    return runs


def _stand_alike(one: Sequence[Column], other: Sequence[Column]) -> bool:
    pairs = [*zip(one[:-1], other[:-1], strict=False), *zip(one[-1:], other[-1:], strict=False)]
    return all(a.right == b.right for a, b in pairs)


def _parts(table: Table) -> tuple[list[list[str]], list[list[str]], list[list[str]]]:
    """
    The headings, the rows and the foot, as texts.
    """
    foot = [table.foot] if table.foot else []
    return (
        [[column.title for column in table.columns]],
        [_texts(row, table) for row in table.rows],
        [_texts(row, table) for row in foot],
    )


def _texts(row: Sequence[Cell], table: Table) -> list[str]:
    return [cell_text(cell, column) for cell, column in zip(row, table.columns, strict=True)]


def _rows_as_text(rows: Iterable[list[str]], columns: int) -> list[tuple[str, ...]]:
    """
    The rows with cells enough, and with what is too long for a cell on rows below.
    """
    spread = ([*row[:-1], *[""] * (columns - len(row)), row[-1]] for row in rows)
    cells = ([wrap(cell, WIDEST_CELL) or [""] for cell in row] for row in spread)
    return [below for row in cells for below in zip_longest(*row, fillvalue="")]


def _laid_out(
    rows: Sequence[Sequence[str]], columns: Sequence[Column], style: str, headers: Sequence[str] = ()
) -> str:
    from tabulate import tabulate  # noqa: PLC0415 - slow to import, and only writers need it

    return tabulate(
        rows,
        headers=headers,
        tablefmt=style,
        colalign=["right" if column.right else "left" for column in columns],
        disable_numparse=True,
    )


def table_as_markdown(table: Table) -> str:
    """
    The table as Markdown, the foot in bold.
    """
    (head,), body, foot = _parts(table)
    rows = [[_markdown(cell) for cell in row] for row in body]
    rows += [[f"**{_markdown(cell)}**" if cell else "" for cell in row] for row in foot]
    laid_out = _laid_out(rows, table.columns, "pipe", [_markdown(title) for title in head])
    return f"### {_markdown(table.title)}\n\n{laid_out}"


def _markdown(text: str) -> str:
    """
    The text on one line, Markdown's own signs escaped, and numbers held together.
    """
    return held_together(MARKDOWN_SIGN.sub(r"\\\g<0>", " ".join(text.splitlines())))


def held_together(text: str) -> str:
    """
    The text with its numbers unbroken, where lines are broken by what shows it.
    """
    return SPACE_IN_NUMBER.sub("\N{NO-BREAK SPACE}", text)


def page_as_text(page: Page) -> str:
    """
    The page for a terminal or a mail.
    """
    width = max((len(label) for label, _ in page.facts), default=0)
    parts = [
        f"{page.title.upper()}\n{'=' * len(page.title)}",
        "\n".join(f"{label:<{width}}  {text}" for label, text in page.facts),
        *(text for tables in _alike(page.tables) for text in tables_as_text(tables)),
        f"{page.notes_title}\n{'-' * len(page.notes_title)}" if page.notes else "",
        *(f"{title}\n{steps}" for title, steps in page.notes),
        page.foot,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def page_as_markdown(page: Page) -> str:
    """
    The page as Markdown.
    """
    parts = [
        f"# {_markdown(page.title)}",
        "\n".join(f"* {label}: {_markdown(text)}" for label, text in page.facts),
        *(table_as_markdown(table) for table in page.tables),
        f"## {_markdown(page.notes_title)}" if page.notes else "",
        *(f"**{_markdown(title)}**\n\n{_bullets(steps)}" for title, steps in page.notes),
        _markdown(page.foot),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _bullets(steps: str) -> str:
    """
    A bullet for each line, those of a correction below it.
    """
    return "\n".join(f"{'  ' if below else ''}* {_markdown(line)}" for line, below in note_lines(steps))


def note_lines(steps: str) -> list[tuple[str, bool]]:
    """
    The lines of a note, what goes on further in joined to its line, and whether each is below a correction.
    """
    lines = FURTHER_IN.sub(" ", steps).split("\n")
    return [(line.strip(), line.startswith(CORRECTION)) for line in lines]
