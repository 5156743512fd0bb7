"""
What is on an underlag's page, and on a summary of many: headings, facts, tables and explanations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from attrs import frozen

from ..canonical import brief
from ..catalogue import Kind
from ..customers import CustomerType
from ..money import ZERO, exact
from ..periods import Month
from ..pricing import StepKind
from ..swedish import kr, listing, percent
from ..swedish import month as month_name
from ..underlag import Billed, Group, Underlag, Vat
from .table import Cell, Column, Table

KIND_NAMES = {Kind.OBLIGATORY: "obligatoriska tjänster", Kind.SUPPLEMENTARY: "tilläggstjänster"}


@frozen
class Page:
    """
    A document to read: its title, its head of facts, its tables, and notes, such as how amounts came about.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    notes: tuple[tuple[str, str], ...]
    foot: str
    notes_title: str = "Så har beloppen räknats fram"


def underlag_page(underlag: Underlag) -> Page:
    """
    An underlag as its customer reads it.
    """
    customer = underlag.customer
    facts = [
        ("Kund", f"{customer.name} ({customer.code})"),
        ("Motpart", customer.counterparty),
        ("Er referens", customer.reference),
        ("Avser", month_name(underlag.month)),
        ("Prislista", listing([each.title for each in underlag.price_lists])),
    ]
    return Page(
        f"Faktureringsunderlag {underlag.number}",
        tuple((label, text) for label, text in facts if text),
        (*(_group(group, underlag) for group in underlag.groups), _sums(underlag)),
        tuple(_note(billed, underlag) for billed in underlag.lines),
        f"Kontrollsummor: {', '.join(_digests(underlag))}",
    )


def _note(billed: Billed, underlag: Underlag) -> tuple[str, str]:
    """
    The explanation under its service; the month stands only where it is another than the document's.
    """
    service, month = billed.line.price.service, billed.line.month
    late = f", {month_name(month)}" if month != underlag.month else ""
    _, _, steps = billed.explain().partition("\n")
    return f"{service.name} ({service.code}){late}", steps


def _digests(underlag: Underlag) -> Iterator[str]:
    """
    What tells whether this document, its price lists and its volumes are the ones that another has.
    """
    yield f"underlag {brief(underlag.digest)}"
    yield from (f"prislista {each.id} {brief(each.digest)}" for each in underlag.price_lists)
    yield f"volymer {brief(underlag.volumes_digest)}"


def _group(group: Group, underlag: Underlag) -> Table:
    """
    A table of one area and kind; the month of delivery stands on the lines only where some are of another.
    """
    late = any(billed.line.month != underlag.month for billed in underlag.lines)
    columns = (
        Column("Tjänst"),
        Column("Kod"),
        *([Column("Månad", "month")] if late else []),
        Column("Volym", "number"),
        Column("Enhet"),
        Column("À-pris", "kronor"),
        Column("Belopp", "kronor"),
    )
    rows = tuple(_row(billed, late=late) for billed in group.lines)
    foot = ("Summa", *[None] * (len(columns) - 2), group.amount)
    return Table(f"{group.area.name}, {KIND_NAMES[group.kind]}", columns, rows, foot)


def _row(billed: Billed, *, late: bool) -> tuple[Cell, ...]:
    service = billed.line.price.service
    name = f"{service.name} (rättelse)" if billed.earlier else service.name
    figures = (billed.quantity, service.counted(billed.quantity), unit_price(billed), billed.amount)
    return name, service.code, *([billed.line.month] if late else []), *figures


def unit_price(billed: Billed) -> Decimal | None:
    """
    The price per unit, where volume × price is the amount; the others are explained below the tables.
    """
    steps = [step for step in billed.line.steps if step.kind not in (StepKind.ROUNDING, StepKind.COUNTED)]
    alone = len(steps) == 1 and steps[0].kind not in (StepKind.PORTION, StepKind.TWELFTH)
    return steps[0].price if alone and steps[0].quantity == billed.quantity else None


def _sums(underlag: Underlag) -> Table:
    rows = (("Summa exkl. moms", underlag.net), *((_vat(vat, underlag), vat.amount) for vat in underlag.vat))
    columns = (Column(""), Column("Kronor", "kronor"))
    to_do = "Att betala" if underlag.gross >= 0 else "Att kreditera"
    return Table("Summering", columns, rows, (to_do, underlag.gross))


def _vat(vat: Vat, underlag: Underlag) -> str:
    if vat.percent:
        return f"Moms {percent(vat.percent)} på {kr(vat.net)}"
    if underlag.customer.type is CustomerType.ADMINISTRATION:
        return "Ingen moms: samma juridiska person"
    return f"Momsfritt: {kr(vat.net)}"


@exact()
def summary(documents: Iterable[Underlag], month: Month | None = None) -> Table:
    """
    A row per underlag with its lines, net, VAT and gross, and their sums.
    """
    rows: list[SummaryRow] = [
        (each.number, each.customer.name, len(each.lines), each.net, each.gross - each.net, each.gross)
        for each in documents
    ]
    columns = (
        Column("Underlag"),
        Column("Kund"),
        Column("Rader", "number"),
        Column("Exkl. moms", "kronor"),
        Column("Moms", "kronor"),
        Column("Att betala", "kronor"),
    )
    title = f"Underlag för {month_name(month)}" if month else "Underlag"
    return Table(
        title, columns, tuple(rows), ("Summa", None, sum(row[2] for row in rows), *_column_sums(rows))
    )


SummaryRow = tuple[str, str, int, Decimal, Decimal, Decimal]


def _column_sums(rows: Sequence[SummaryRow]) -> tuple[Decimal, Decimal, Decimal]:
    nets, vats, grosses = ([row[3] for row in rows], [row[4] for row in rows], [row[5] for row in rows])
    return sum(nets, ZERO), sum(vats, ZERO), sum(grosses, ZERO)
