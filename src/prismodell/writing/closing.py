"""
The sums that people check at a month's end, as tables.

    for table in month_end(rating, issued, Month(2022, 3)):
        print(render(table))
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import TypeVar

from ..accrual import Accrual, Accruals, accrue
from ..catalogue import Area
from ..lines import Line
from ..money import ZERO, exact
from ..periods import Month
from ..preliminary import Deviation
from ..pricing import StepKind
from ..rating import Account, Rating
from ..rowchanges import RowChange
from ..rows import Volume
from ..swedish import month as month_name
from ..swedish import number
from ..underlag import Billed, Underlag, each_once
from .table import Cell, Column, Table

Row = tuple[Cell, ...]
T = TypeVar("T")


@exact()
def month_end(
    rating: Rating, issued: Iterable[Underlag], month: Month, expected: Rating | None = None
) -> tuple[Table, ...]:
    """
    Where every row read is; kronor per area: rated, issued, accrued; what the month's underlag correct; the
    month beside the one before; and what rounding cost.

    `rating` is the actual one, `issued` all underlag so far, and `expected` as for `accrue`.
    """
    documents = each_once(issued)
    accruals = accrue(rating, documents, month, expected)
    return (
        _rows_by_source(rating.account),
        _kronor_by_area(accruals),
        _beside_last_month(rating, month),
        _corrections([each for each in documents if each.month == month]),
        _rounding([line for line in rating.lines if line.month <= month]),
    )


def _rows_by_source(account: Iterable[Account]) -> Table:
    """
    The account of rows by source; `Rating.account` has it by file too.
    """
    titles = ("Filer", "Lästa rader", "Prissatta", "Utan pris", "Dubbletter", "I konflikt", "Volym")
    columns = (Column("Källa"), *(Column(title, "number") for title in titles))
    by_source = groupby(account, attrgetter("source"))  # an account is in the order of its sources
    rows = [(source, *_counts([*files])) for source, files in by_source]
    sums = [sum((row[place] for row in rows), ZERO) for place in range(1, len(columns))]
    return Table("Rader per källa", columns, tuple(rows), ("Summa", *sums))


def _counts(files: Sequence[Account]) -> tuple[int | Decimal, ...]:
    figures = [
        (
            1 if each.file else 0,
            each.read,
            each.billed,
            each.unrated,
            each.duplicates,
            each.conflicts,
            each.quantity,
        )
        for each in files
    ]
    return tuple(sum(column, ZERO) for column in zip(*figures, strict=True))


def _summed(title: str, columns: Sequence[str], rows: Iterable[tuple[str, Sequence[Decimal]]]) -> Table:
    """
    A table of kronor by name, with its sums below.
    """
    body = [*rows]
    sums = [sum((amounts[place] for _, amounts in body), ZERO) for place in range(len(columns) - 1)]
    heads = (Column(columns[0]), *(Column(each, "kronor") for each in columns[1:]))
    return Table(title, heads, tuple((name, *amounts) for name, amounts in body), ("Summa", *sums))


AMOUNTS = ("Beräknat", "Uppskattat", "Fakturerat", "Upplupet", "Förutbetalt")


def _kronor_by_area(accruals: Accruals) -> Table:
    areas = defaultdict[Area, list[Accrual]](list)
    for each in accruals.lines:
        areas[each.service.area].append(each)
    title = f"Kronor per område till och med {month_name(accruals.month)}"
    rows = ((area.name, _amounts(lines)) for area, lines in _by_code(areas))
    return _summed(title, ("Område", *AMOUNTS), rows)


def _amounts(accruals: Sequence[Accrual]) -> list[Decimal]:
    each = [(one.delivered, one.estimated, one.issued, one.accrued, one.deferred) for one in accruals]
    return [sum(column, ZERO) for column in zip(*each, strict=True)]


def _by_code(areas: Mapping[Area, T]) -> list[tuple[Area, T]]:
    return sorted(areas.items(), key=lambda each: each[0].code)


def _beside_last_month(rating: Rating, month: Month) -> Table:
    """
    The month by area, beside the one before if the rating has it.
    """
    before, title = month - 1, month_name(month).capitalize()
    areas = defaultdict[Area, dict[Month, Decimal]](lambda: defaultdict(lambda: ZERO))
    for line in rating.lines:
        if line.month in (before, month):
            areas[line.price.service.area][line.month] += line.amount
    if before not in rating.months:
        alone = ((area.name, (was[month],)) for area, was in _by_code(areas))
        return _summed(f"{title}, beräknat", ("Område", title), alone)
    titles = ("Område", month_name(before).capitalize(), title, "Ändring")
    rows = ((area.name, (was[before], was[month], was[month] - was[before])) for area, was in _by_code(areas))
    return _summed(f"{title} mot {month_name(before)}, beräknat", titles, rows)


def _corrections(documents: Iterable[Underlag]) -> Table:
    columns = (
        *(Column("Underlag"), Column("Tjänst"), Column("Leverans", "month")),
        *(Column("Tidigare", "kronor"), Column("Nu", "kronor"), Column("Skillnad", "kronor")),
        Column("Varför"),
    )
    corrections = [
        (document, billed) for document in documents for billed in document.lines if billed.earlier
    ]
    rows = tuple(_correction(document.number, billed) for document, billed in corrections)
    total = sum((billed.amount for _, billed in corrections), ZERO)
    foot = ("Summa", None, None, None, None, total, None)
    return Table("Rättelser på månadens underlag", columns, rows, foot)


def _correction(document: str, billed: Billed) -> Row:
    was = billed.earlier.amount if billed.earlier else ZERO
    why = "; ".join([*([billed.reason] if billed.reason else []), *billed.causes()])
    service, month = billed.line.price.service.code, billed.line.month
    return document, service, month, was, was + billed.amount, billed.amount, why


def _rounding(lines: Sequence[Line]) -> Table:
    steps = [step.amount for line in lines for step in line.steps if step.kind is StepKind.ROUNDING]
    columns = (Column("Öresavrundning"), Column("Rader", "number"), Column("Kronor", "number"))
    ups, downs = [each for each in steps if each > 0], [each for each in steps if each < 0]
    rows = (
        ("uppåt", len(ups), sum(ups, ZERO)),
        ("nedåt", len(downs), sum(downs, ZERO)),
        ("ingen", len(lines) - len(steps), ZERO),
    )
    return Table("Vad avrundningen kostat", columns, rows, ("Summa", len(lines), sum(steps, ZERO)))


@exact()
def accruals_table(accruals: Accruals) -> Table:
    """
    The accruals by customer and service, with what an accountant books them on; only those above zero.
    """
    titles = ("Kund", "Namn", "Motpart", "Tjänst", "Kontering")
    columns = (*map(Column, titles), *(Column(title, "kronor") for title in AMOUNTS))
    lines = [each for each in accruals.lines if each.accrued or each.deferred]
    rows = tuple((*_named(each), *_amounts([each])) for each in lines)
    sums = _amounts(lines) if lines else [ZERO] * len(AMOUNTS)
    title = f"Upplupna och förutbetalda intäkter vid utgången av {month_name(accruals.month)}"
    return Table(title, columns, rows, ("Summa", *[None] * 4, *sums))


def _named(accrual: Accrual) -> Row:
    customer, service = accrual.customer, accrual.service
    coding = ", ".join(f"{key}={value}" for key, value in service.coding)
    return customer.code, customer.name, customer.counterparty, service.code, coding


@exact()
def deviations_table(deviations: Iterable[Deviation]) -> Table:
    """
    What a reconciliation found, by customer and area.
    """
    columns = (
        *(Column("Kund"), Column("Område"), Column("Beräknat", "kronor"), Column("Debiterat", "kronor")),
        *(Column("Avvikelse", "kronor"), Column("Åtgärd")),
    )
    found = [*deviations]
    rows = tuple(
        (
            *(each.customer.name, each.area.name, each.rated, each.billed, each.amount),
            ("väntar" if each.waits else "regleras") if each.amount else "",
        )
        for each in found
    )
    sums = (sum(amounts, ZERO) for amounts in zip(*(row[2:5] for row in rows), strict=True))
    foot = ("Summa", None, *(sums if rows else [ZERO] * 3), None)
    return Table("Avräkning mot preliminär debitering", columns, rows, foot)


def row_changes_table(changes: Iterable[RowChange]) -> Table:
    """
    The rows that came, went or changed.
    """
    titles = ("Källa", "Referens", "Kund", "Tjänst")
    columns = (*map(Column, titles), Column("Månad", "month"), Column("Före"), Column("Nu"), Column("Var"))
    rows = tuple(
        (
            *(each.row.source, each.row.reference, each.row.customer, each.row.service, each.row.month),
            *(_quantity(each.before, each.row), _quantity(each.now, each.row), each.row.place),
        )
        for each in changes
    )
    return Table("Ändrade volymrader", columns, rows)


def _quantity(row: Volume | None, other: Volume) -> str:
    """
    What a row said: its quantity, and what else it says differently than the row that it became.
    """
    if row is None:
        return "saknas"
    said = ((row.customer, other.customer), (row.service, other.service), (row.month, other.month))
    return " ".join([number(row.quantity), *(str(mine) for mine, its in said if mine != its)])
