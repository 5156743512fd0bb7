"""
The customer register from TOML: `read_customers`. The format is described in `docs/FILES.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from ..customers import ALWAYS, Agreement, Customer, CustomerType, Register, Subscription, clashes
from ..periods import Month, Span
from .files import read_text
from .section import REQUIRED, Section, top_sections
from .tariffs import tariff_at
from .toml import parse
from .words import hint

TYPES = {kind.value: kind for kind in CustomerType}
TERMS = ("price", "percent", "free")
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
    sections = top_sections(document, source, None, "customer", "agreement", "subscription")
    unsure = bool(source.found) and not sections["customer"]  # one of the unknown tables may be of customers
    if not sections["customer"] and not unsure:
        source.problem((), "", "filen har inga kunder", "lägg till [[customer]]")
    known = (
        None if unsure else {code for each in sections["customer"] if (code := each.readable_code("code"))}
    )
    customers = _made(sections["customer"], lambda section: _customer(section, known))
    agreements = _made(sections["agreement"], lambda section: _agreement(section, known))
    subscriptions = _made(sections["subscription"], lambda section: _subscription(section, known))
    values = tuple(customers.values()), tuple(agreements.values()), tuple(subscriptions.values())
    numbers = {"customer": [*customers], "agreement": [*agreements], "subscription": [*subscriptions]}
    for (table, place), (key, what, fix) in clashes(*values):
        sections[table][numbers[table][place]].problem(key, what, fix)
    if source.found:
        raise source.error
    return Register(*values)


def _made(sections: list[Section], read: Callable[[Section], T | None]) -> dict[int, T]:
    """
    The entries that could be read, by their number in the file.
    """
    return {number: made for number, each in enumerate(sections) if (made := read(each)) is not None}


def _customer(section: Section, known: set[str] | None) -> Customer | None:
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
        successor=_customer_at(section, "successor", known, None),
    )


def _customer_at(section: Section, key: str, known: set[str] | None, default: Any = REQUIRED) -> str | None:
    """
    The code of a customer, which is one that the file has, where it is sure which there are.
    """
    customer: str | None = section.code(key, default)
    if customer and known is not None and customer not in known:
        section.problem(key, f"kunden {customer} finns inte", hint(customer, known), fails=False)
    return customer


def _agreement(section: Section, known: set[str] | None) -> Agreement | None:
    given = [key for key in TERMS if key in section.table]
    values = {
        "customer": _customer_at(section, "customer", known),
        "service": section.code("service"),
        "span": section.span("valid_from", "valid_to"),
        "tariff": tariff_at(section, "price") if "price" in given else None,
        "percent": _percent(section),
        "reference": section.text("reference", ""),
    }
    section.asked.add("price")
    if len(given) > 1 or not (given or section.nearly(*TERMS)):
        what = f"avtalet anger {' och '.join(given) or 'inget pris'}"
        section.problem("", what, f"ange en av {', '.join(TERMS)}")
    return section.build(Agreement, **values)


def _percent(section: Section) -> Any:
    if section.flag("free", None) is False:
        fix = "skriv true, eller ange price eller percent"
        section.problem("free", "free = false säger ingenting", fix)
    percent = section.number("percent", None)
    return FREE if "free" in section.table else percent


def _subscription(section: Section, known: set[str] | None) -> Subscription | None:
    start, last = section.month("from"), section.month("to", None)
    if start and last and last < start:
        section.problem("to", f"perioden slutar före den börjar ({start}–{last})", "ändra from eller to")
    span = None if section.failed or not start else Span(start, last + 1 if last else None)
    return section.build(
        Subscription,
        customer=_customer_at(section, "customer", known),
        service=section.code("service"),
        span=span,
        quantity=section.number("quantity", 1),
    )
