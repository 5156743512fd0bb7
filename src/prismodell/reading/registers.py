"""
The customer register from TOML: `read_customers`. The format is described in `docs/FILES.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from ..customers import ALWAYS, Agreement, Customer, CustomerType, Register, Subscription, faults
from ..errors import InputError, Problem
from ..periods import Month, Span
from .pricelists import tariff_at
from .toml import Section, parse, read_text, top_sections

TYPES = {kind.value: kind for kind in CustomerType}
FREE = -100
T = TypeVar("T")


def read_customers(path: str | Path) -> Register:
    """
    Read customers, agreements and subscriptions. Raises `InputError` with every problem of the file.
    """
    file = Path(path)
    return parse_customers(read_text(file), file.name)


def parse_customers(text: str, name: str = "kunder") -> Register:
    """
    Read a register from a text. Raises `InputError`.
    """
    document, source = parse(text, name)
    problems: list[Problem] = []
    sections = top_sections(document, source, problems, None, "customer", "agreement", "subscription")
    customers = _made(sections["customer"], _customer)
    agreements = _made(sections["agreement"], _agreement)
    subscriptions = _made(sections["subscription"], _subscription)
    values = tuple(customers.values()), tuple(agreements.values()), tuple(subscriptions.values())
    numbers = {"customer": [*customers], "agreement": [*agreements], "subscription": [*subscriptions]}
    unread = {str(each.table.get("code")) for each in sections["customer"] if each.failed}
    for (table, place), (key, what, fix) in faults(*values).items():
        section = sections[table][numbers[table][place]]
        if section.table.get("customer") not in unread:
            section.problem(key, what, fix)
    if not sections["customer"]:
        problems.append(Problem(f"{name}:1", "filen har inga kunder", "lägg till [[customer]]"))
    if problems:
        raise InputError(problems)
    return Register(*values)


def _made(sections: list[Section], read: Callable[[Section], T | None]) -> dict[int, T]:
    """
    The entries that could be read, by their number in the file.
    """
    return {number: made for number, each in enumerate(sections) if (made := read(each)) is not None}


def _customer(section: Section) -> Customer | None:
    connected = section.day("connected", None)
    return section.build(
        Customer,
        code=section.code("code"),
        name=section.text("name"),
        type=section.choice("type", TYPES),
        counterparty=section.text("counterparty", ""),
        reference=section.text("reference", ""),
        connected=Month.of(connected) if connected else None,
        span=section.span("valid_from", "valid_to", ALWAYS),
    )


def _agreement(section: Section) -> Agreement | None:
    given = [key for key in ("price", "percent", "free") if key in section.table]
    if len(given) != 1:
        what = f"avtalet anger {' och '.join(given) or 'inget pris'}"
        section.problem("price", what, "ange en av price, percent och free")
    return section.build(
        Agreement,
        customer=section.code("customer"),
        service=section.code("service"),
        span=section.span("valid_from", "valid_to"),
        tariff=tariff_at(section, "price") if "price" in section.table else None,
        percent=_percent(section),
        reference=section.text("reference", ""),
    )


def _percent(section: Section) -> Any:
    if "free" in section.table:
        if section.flag("free") is False:
            section.problem(
                "free", "free = false säger ingenting", "skriv true, eller ange price eller percent"
            )
        return FREE
    return section.number("percent", None)


def _subscription(section: Section) -> Subscription | None:
    start, last = section.month("from"), section.month("to", None)
    span = section.attempt(Span, start, last + 1 if last else None) if start else None
    return section.build(
        Subscription,
        customer=section.code("customer"),
        service=section.code("service"),
        span=span,
        quantity=section.number("quantity", 1),
    )
