"""
A price list as its customers read it: by area, the obligatory first, beside what it cost before.

    Ekonomi, obligatoriska tjänster
    Tjänst                           Kod      Enhet    Pris   Pris i Prislista 2021       Ändring
    Inläsning av försystemsfil       EKO-FIL  post     0,35                    0,35   oförändrat
    Leverantörsfaktura, elektronisk  EKO-LEV  faktura  22,18                  22,40         −1 %

A percentage is a tenth of a percent at its finest. A tariff with several prices has one where all of them
changed alike, or where the decided change, before rounding, was the same for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ..canonical import brief
from ..catalogue import Area, Kind, Service
from ..explanation import explained_tariff
from ..money import ZERO, exact
from ..periods import Span, in_force
from ..pricediff import change, held_by_rounding
from ..pricelist import Decision, Price, PriceList
from ..swedish import listing, percent
from ..swedish import month as month_name
from ..tariff import Tariff, UnitPrice
from .page import KIND_NAMES, Page
from .table import Cell, Column, Table

Row = tuple[Cell, ...]


@exact()
def price_list_page(price_list: PriceList, before: PriceList | None = None) -> Page:
    """
    The list as a page; with the list `before` also what each service cost then, and what is gone since.

    The price before is the one in force when the new one starts, if `before` has one then, else its last.
    """
    return Page(
        price_list.title,
        tuple(_facts(price_list, before)),
        tuple(_tables(price_list, before)),
        tuple(_notes(price_list, before)),
        f"Kontrollsumma: prislista {price_list.id} {brief(price_list.digest)}",
        "Om priserna",
    )


def _facts(price_list: PriceList, before: PriceList | None) -> Iterator[tuple[str, str]]:
    yield "Gäller", months(price_list.span)
    if price_list.decision is not None:
        yield "Beslut", _decided(price_list.decision)
    yield "Priser", "kronor exkl. moms"
    if before is not None:
        yield "Jämförs med", f"{before.title}, {months(before.span)}"


def _decided(decision: Decision) -> str:
    day = decision.day.isoformat() if decision.day else ""
    return ", ".join(part for part in (decision.text, decision.by, day, decision.reference) if part)


def months(span: Span) -> str:
    """
    A span of a price list, which always ends, in words: `januari–december 2022`.
    """
    last = span.last or span.start
    if span.start == last:
        return month_name(last)
    if span.start.year == last.year:
        return f"{month_name(span.start).removesuffix(f' {last.year}')}–{month_name(last)}"
    return f"{month_name(span.start)} – {month_name(last)}"


# Tables


def _tables(price_list: PriceList, before: PriceList | None) -> Iterator[Table]:
    columns = _columns(before)
    groups = defaultdict[tuple[Area, Kind], list[Row]](list)
    for price in price_list.prices:
        groups[price.service.area, price.service.kind].append(_row(price, price_list, before))
    for area in price_list.areas:
        for kind, name in KIND_NAMES.items():  # the obligatory ones first
            if rows := groups[area, kind]:
                yield Table(f"{area.name}, {name}", columns, tuple(rows))
    if before is not None:
        yield from _gone(price_list, before, columns)


def _columns(before: PriceList | None) -> tuple[Column, ...]:
    now = (Column("Tjänst"), Column("Kod"), Column("Enhet"), Column("Pris", "kronor"))
    if before is None:
        return now
    return (*now, Column(f"Pris i {before.title}", "kronor"), Column("Ändring", "percent"))


def _row(price: Price, price_list: PriceList, before: PriceList | None) -> Row:
    service = price.service
    row = (_name(price, price_list, before), service.code, service.unit, figure(price.tariff))
    if before is None:
        return row
    old = _price_before(price, before)
    return (*row, figure(old.tariff), change(old, price)) if old else (*row, None, "ny")


def _name(price: Price, price_list: PriceList, before: PriceList | None) -> str:
    """
    The service, what it replaces, and its months where they are not the whole list's.
    """
    replaced = _replaced(price.service, price_list, before)
    added = [
        *([f"ersätter {listing(replaced)}"] if replaced else []),
        *([months(price.span)] if price.span != price_list.span else []),
    ]
    return f"{price.service.name} ({'; '.join(added)})" if added else price.service.name


def _replaced(service: Service, price_list: PriceList, before: PriceList | None) -> Sequence[str]:
    """
    The codes that the service replaces; beside a list before not those that were gone already then.
    """
    codes = service.replaces or ()
    if before is None:
        return codes
    return [code for code in codes if code in before.by_code or code in price_list.by_code]


def figure(tariff: Tariff) -> Decimal | str:
    """
    A price per unit as a number, others in words.
    """
    match tariff.model:
        case UnitPrice(price=price, step=None) if tariff == Tariff(tariff.model):
            return price
        case _:
            return explained_tariff(tariff)


def _gone(price_list: PriceList, before: PriceList, columns: tuple[Column, ...]) -> Iterator[Table]:
    """
    What the list has no more: first what another service covers now, then what is not sold at all.
    """
    last = [prices[-1] for code, prices in before.by_code.items() if code not in price_list.by_code]
    replaced = [price for price in last if price.service.code in price_list.replaced]
    ended = [price for price in last if price.service.code not in price_list.replaced]
    if replaced:
        rows = (_gone_row(price, f"ingår i {_heirs(price, price_list)}") for price in replaced)
        yield Table("Ersatta tjänster", columns, tuple(rows))
    if ended:
        yield Table("Utgår", columns, tuple(_gone_row(price, "utgår") for price in ended))


def _heirs(price: Price, price_list: PriceList) -> str:
    heirs = price_list.replaced[price.service.code]
    return listing([*dict.fromkeys(heir.service.code for heir in heirs)])


def _gone_row(price: Price, where: str) -> Row:
    service = price.service
    return service.name, service.code, service.unit, None, figure(price.tariff), where


def _price_before(price: Price, before: PriceList) -> Price | None:
    prices = before.by_code.get(price.service.code, ())
    return in_force(prices, price.span.start) or (prices[-1] if prices else None)


# Notes


def _notes(price_list: PriceList, before: PriceList | None) -> Iterator[tuple[str, str]]:
    told = [_unmoved(price) for price in price_list.prices if _is_unmoved(price, before)]
    if told:
        yield "Priser som avrundningen höll kvar, helt eller delvis", "\n".join(dict.fromkeys(told))


def _is_unmoved(price: Price, before: PriceList | None) -> bool:
    """
    Whether its last change was a percentage, new since `before`, that rounding took away from some figure.
    """
    old = _price_before(price, before) if before else None
    return held_by_rounding(price) and not (old and old.origin == price.origin)


def _unmoved(price: Price) -> str:
    service, revision = price.service, price.origin[-1]
    decided = f"{percent(revision.percent or ZERO)} ({revision.note})"
    return (
        f"  {service.name} ({service.code}): {decided} = {explained_tariff(revision.tariff, revision.exact)}"
    )
