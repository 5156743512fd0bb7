"""
Price lists and registers as TOML that a person could have written; needs the extra `prismodell[toml]`.

A derived price list is written out in full, each price with its `origin`, so that it stands without its base.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import attrs
import tomlkit
from tomlkit.items import InlineTable, Item

from ..catalogue import DEFAULT_VAT, Area, Service
from ..customers import Agreement, Customer, Register, Subscription
from ..money import HUNDRED, ZERO
from ..periods import Month, Span
from ..pricelist import Decision, Price, PriceList, Revision
from ..tariff import AgreementPrice, Tariff, UnitPrice

Fields = dict[str, Any]


def price_list_as_toml(price_list: PriceList) -> str:
    """
    The list in full; `read_price_list` reads it back to an equal value.
    """
    document = tomlkit.document()
    document.add("price_list", _table(head_fields(price_list)))
    areas = [area_fields(area) for area in price_list.areas]
    services = [service_fields(price, price_list) for price in price_list.prices]
    return _filled(document, {"area": areas, "service": services})


def head_fields(price_list: PriceList) -> Fields:
    """
    What `[price_list]` says; `None` for what is left out.
    """
    return {
        "id": price_list.id,
        "title": price_list.title,
        "currency": price_list.currency,
        **days(price_list.span),
        "decision": _decision(price_list.decision),
    }


def area_fields(area: Area) -> Fields:
    """
    What an `[[area]]` says.
    """
    return {"code": area.code, "name": area.name}


def service_fields(price: Price, price_list: PriceList) -> Fields:
    """
    What a `[[service]]` says of a price; `None` for what is left out.
    """
    return {
        **_described(price.service),
        "price": _tariff(price.tariff),
        **(days(price.span) if price.span != price_list.span else {}),
        "origin": _origin(price, price_list.title),
    }


def register_as_toml(register: Register) -> str:
    """
    The register; `read_customers` reads it back to an equal value.
    """
    return _filled(
        tomlkit.document(),
        {
            "customer": [_customer(each) for each in register.customers],
            "agreement": [_agreement(each) for each in register.agreements],
            "subscription": [_subscription(each) for each in register.subscriptions],
        },
    )


def _filled(document: tomlkit.TOMLDocument, sections: Mapping[str, Iterable[Fields]]) -> str:
    for header, tables in sections.items():
        array = tomlkit.aot()
        for fields in tables:
            array.append(_table(fields))
        if array:
            document.add(header, array)
    return tomlkit.dumps(document)


def _table(fields: Fields) -> tomlkit.items.Table:
    table = tomlkit.table()
    for key, value in fields.items():
        if value is not None:
            table.add(key, item(value))
    return table


def item(value: Any) -> Item:
    """
    A value in one line; a Decimal with its very digits.
    """
    if isinstance(value, Decimal):
        return tomlkit.value(f"{value:f}")
    if isinstance(value, dict):
        return _inline(value)
    if isinstance(value, list):
        array = tomlkit.array()
        for each in value:
            array.append(item(each))
        return array
    made: Item = tomlkit.item(value)
    return made


def _inline(fields: Fields) -> InlineTable:
    table = tomlkit.inline_table()
    for key, value in fields.items():
        if value is not None:
            table.add(key, item(value))
    return table


def days(span: Span) -> Fields:
    """
    The first and the last day of a span.
    """
    return {"valid_from": span.start.first, "valid_to": span.last.last if span.last else None}


def _decision(decision: Decision | None) -> str | Fields | None:
    if decision is None or decision == Decision(decision.text):
        return decision.text if decision else None
    by, reference = decision.by or None, decision.reference or None
    return {"text": decision.text, "by": by, "date": decision.day, "reference": reference}


def _described(service: Service) -> Fields:
    return {
        "code": service.code,
        "name": service.name,
        "area": service.area.code,
        "kind": service.kind.value,
        "unit": service.unit,
        "plural": service.plural if service.plural != service.unit else None,
        "vat": service.vat if service.vat != DEFAULT_VAT else None,
        "coding": dict(service.coding) or None,
        "replaces": [*service.replaces] if service.replaces else None,
    }


def _origin(price: Price, title: str) -> list[Fields] | str | None:
    """
    Its stations; of one that is only a list's, which list; nothing where that is this list.
    """
    first = price.origin[0]
    if price.origin == (Revision(first.note, price.tariff),):
        return first.note if first.note != title else None
    return [
        {
            "note": revision.note,
            "percent": revision.percent,
            "base": _tariff(revision.base) if revision.base else None,
            "exact": _tariff(revision.exact) if revision.exact else None,
            "price": _tariff(revision.tariff),
        }
        for revision in price.origin
    ]


def _tariff(tariff: Tariff) -> Decimal | str | Fields:
    match tariff:
        case Tariff(model=UnitPrice(price=price, step=None)) if tariff == Tariff(tariff.model):
            return price
        case Tariff(model=AgreementPrice()) if tariff == Tariff(tariff.model):
            return AgreementPrice.tag
    bounds = {
        "included": tariff.included if tariff.included != ZERO else None,
        "minimum": tariff.minimum,
        "maximum": tariff.maximum,
    }
    return {"model": tariff.model.tag, **_figures(tariff.model), **bounds}


def _figures(value: Any) -> Fields:
    """
    The fields of a model, tier or phase, which are named as in the file.
    """
    fields = {each.name: getattr(value, each.name) for each in attrs.fields(type(value))}
    return {
        name: [_figures(each) for each in figure] if isinstance(figure, tuple) else figure
        for name, figure in fields.items()
    }


def _customer(customer: Customer) -> Fields:
    connected = customer.connected
    started = customer.span.start != Month(1, 1)
    return {
        "code": customer.code,
        "name": customer.name,
        "type": customer.type.value,
        "counterparty": customer.counterparty or None,
        "reference": customer.reference or None,
        "connected": connected.first if connected else None,
        **{key: day for key, day in days(customer.span).items() if started or key == "valid_to"},
        "successor": customer.successor,
    }


def _agreement(agreement: Agreement) -> Fields:
    free = agreement.percent == -HUNDRED
    return {
        "customer": agreement.customer,
        "service": agreement.service,
        "price": _tariff(agreement.tariff) if agreement.tariff else None,
        "percent": None if free else agreement.percent,
        "free": True if free else None,
        **days(agreement.span),
        "reference": agreement.reference or None,
    }


def _subscription(subscription: Subscription) -> Fields:
    last = subscription.span.last
    return {
        "customer": subscription.customer,
        "service": subscription.service,
        "quantity": subscription.quantity if subscription.quantity != 1 else None,
        "from": str(subscription.span.start),
        "to": str(last) if last else None,
    }
