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
from fractions import Fraction

from ..canonical import brief
from ..catalogue import Area, Kind, Service
from ..explanation import explained_tariff
from ..money import ZERO, exact
from ..periods import Span, in_force
from ..pricelist import Decision, Price, PriceList
from ..swedish import listing, percent
from ..swedish import month as month_name
from ..tariff import (
    CostPlusPrice,
    GraduatedPrice,
    Model,
    PackagePrice,
    PhasedPrice,
    Tariff,
    UnitPrice,
    VolumePrice,
    map_kronor,
)
from .page import KIND_NAMES, Page
from .table import Cell, Column, Table

Row = tuple[Cell, ...]
CHANGED: dict[type[Model], str] = {
    CostPlusPrice: "ändrat påslag",
    GraduatedPrice: "ändrad trappa",
    PackagePrice: "ändrat paket",
    PhasedPrice: "ändrade faser",
    VolumePrice: "ändrad trappa",
}


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
    yield "Gäller", _months(price_list.span)
    if price_list.decision is not None:
        yield "Beslut", _decided(price_list.decision)
    yield "Priser", "kronor exkl. moms"
    if before is not None:
        yield "Jämförs med", f"{before.title}, {_months(before.span)}"


def _decided(decision: Decision) -> str:
    day = decision.day.isoformat() if decision.day else ""
    return ", ".join(part for part in (decision.text, decision.by, day, decision.reference) if part)


def _months(span: Span) -> str:
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
    row = (_name(price, price_list, before), service.code, service.unit, _figure(price.tariff))
    if before is None:
        return row
    old = _price_before(price, before)
    return (*row, _figure(old.tariff), _change(old, price)) if old else (*row, None, "ny")


def _name(price: Price, price_list: PriceList, before: PriceList | None) -> str:
    """
    The service, what it replaces, and its months where they are not the whole list's.
    """
    replaced = _replaced(price.service, price_list, before)
    added = [
        *([f"ersätter {listing(replaced)}"] if replaced else []),
        *([_months(price.span)] if price.span != price_list.span else []),
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


def _figure(tariff: Tariff) -> Decimal | str:
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
    return service.name, service.code, service.unit, None, _figure(price.tariff), where


# Changes


def _price_before(price: Price, before: PriceList) -> Price | None:
    prices = before.by_code.get(price.service.code, ())
    return in_force(prices, price.span.start) or (prices[-1] if prices else None)


def _change(old: Price, new: Price) -> Cell:
    """
    By how many percent a price changed, or what else changed, in words.
    """
    if old.service.unit != new.service.unit:
        return f"ny enhet, förut {old.service.unit}"
    if old.tariff == new.tariff:
        return "oförändrat"
    if type(old.tariff.model) is not type(new.tariff.model):
        return "ändrad prismodell"
    was, now = (map_kronor(price.tariff, lambda _: ZERO) for price in (old, new))
    if was.model != now.model:
        return CHANGED.get(type(now.model), "ändrade villkor")
    return _percent(old.tariff, new) if was == now else "ändrade villkor"


def _figures(tariff: Tariff) -> list[Decimal]:
    """
    All its prices, fees, totals and bounds in kronor.
    """
    figures: list[Decimal] = []

    def keep(kronor: Decimal) -> Decimal:
        figures.append(kronor)
        return kronor

    map_kronor(tariff, keep)
    return figures


def _percent(old: Tariff, new: Price) -> Cell:
    pairs = [(was, now) for was, now in zip(_figures(old), _figures(new.tariff), strict=True) if was or now]
    if not all(was for was, _ in pairs):
        return "ändrat från 0 kr"
    decided = new.origin[-1].percent
    if len(pairs) > 1 and decided and _changed_by_the_last_revision(old, new):
        return decided
    changes = [_tenths(Fraction(now - was) / Fraction(was) * 100) for was, now in pairs]
    low, high = min(changes), max(changes)
    if low != high:
        return f"mellan {percent(low)} och {percent(high)}"
    return low or "mindre än 0,1 %"


def _changed_by_the_last_revision(old: Tariff, new: Price) -> bool:
    return len(new.origin) > 1 and new.origin[-2].tariff == old


def _tenths(value: Fraction) -> Decimal:
    """
    Rounded to a tenth, halves away from zero.
    """
    tenths = int(abs(value) * 10 + Fraction(1, 2))
    return Decimal(tenths if value > 0 else -tenths).scaleb(-1)


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
    if len(price.origin) < 2 or not price.origin[-1].exact or (old and old.origin == price.origin):
        return False
    was, now = (_figures(revision.tariff) for revision in price.origin[-2:])
    return any(a == b != 0 for a, b in zip(was, now, strict=True))


def _unmoved(price: Price) -> str:
    service, revision = price.service, price.origin[-1]
    change = f"{percent(revision.percent or ZERO)} ({revision.note})"
    return (
        f"  {service.name} ({service.code}): {change} = {explained_tariff(revision.tariff, revision.exact)}"
    )
