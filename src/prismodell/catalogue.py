"""
What a customer can be charged for: services, in areas, obligatory or supplementary.

    Service("EKO-LEV", "Leverantörsfaktura", Area("ekonomi", "Ekonomi"), Kind.OBLIGATORY, "faktura")
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from enum import Enum

import attrs
from attrs import field, frozen
from attrs.validators import instance_of

from .errors import InvalidError, shown
from .money import HUNDRED, exact_decimal

MAX_CODE = 64
MAX_TEXT = 300
DEFAULT_VAT = Decimal(25)


class Kind(Enum):
    """
    Decided by the city council and used by all, or bought at will (annual report 2021, Servicenämnden).
    """

    OBLIGATORY = "obligatory"
    SUPPLEMENTARY = "supplementary"


def code(text: str) -> str:
    """
    A code as it is compared: trimmed and in NFC. Raises `InvalidError` for one that cannot be a code.
    """
    cleaned = unicodedata.normalize("NFC", text.strip()[: 5 * MAX_CODE])  # longer texts take quadratic time
    if not 0 < len(cleaned) <= MAX_CODE:
        raise InvalidError("code", f"koden är tom eller längre än {MAX_CODE} tecken")
    if not all(c.isalnum() or c in "-_." for c in cleaned) or not cleaned[0].isalnum():
        raise InvalidError(
            "code", f"{shown(text)} är ingen kod", "bokstäver, siffror, bindestreck, _ och punkt"
        )
    return cleaned


def is_text(_: object, attribute: attrs.Attribute[str], value: str) -> None:
    """
    A validator: a text that can stand on a document.
    """
    if type(value) is not str:
        msg = f"{attribute.name} is a str, not {value!r}"
        raise TypeError(msg)
    if not 0 < len(value.strip()) <= MAX_TEXT or not value.isprintable():
        what = f"{shown(value)} är tom, längre än {MAX_TEXT} tecken, eller har tecken som inte syns"
        raise InvalidError(attribute.name, what)


Coding = tuple[tuple[str, str], ...]


def codes_of(codes: Iterable[str] | None) -> tuple[str, ...] | None:
    """
    Codes in order, each once. Raises `InvalidError` for a text, whose letters would be taken for codes.
    """
    if codes is None:
        return None
    if isinstance(codes, str):
        raise InvalidError("codes", f"{shown(codes)} är en text, inte flera koder", f'skriv ["{codes}"]')
    return tuple(sorted({code(each) for each in codes})) or None


@frozen
class Area:
    """
    A part of the business that services are sorted under, such as Ekonomi.
    """

    code: str = field(converter=code)
    name: str = field(validator=is_text)


@frozen
class Service:
    """
    Something a customer can be charged for, counted in `unit` (and `plural` for more than one).

    `vat` is the percent that customers outside the legal person pay; `coding` names the account and
    segments it is booked on, as the centre itself configures them. What is reported on a code that it
    `replaces` is charged as this service: a simpler list needs no other volumes.
    """

    code: str = field(converter=code)
    name: str = field(validator=is_text)
    area: Area
    kind: Kind = field(validator=instance_of(Kind))
    unit: str = field(validator=is_text)
    plural: str = field(default=attrs.Factory(lambda self: self.unit, takes_self=True), validator=is_text)
    vat: Decimal = field(default=DEFAULT_VAT, converter=exact_decimal)
    coding: Coding = ()
    replaces: tuple[str, ...] | None = field(default=None, converter=codes_of)

    def __attrs_post_init__(self) -> None:
        if self.code in (self.replaces or ()):
            raise InvalidError("replaces", f"{self.code} ersätter sig själv", "ange de koder som utgår")
        if not 0 <= self.vat <= HUNDRED or 0 < self.vat < 1:
            fix = "ange procent: 25 betyder 25 %"
            raise InvalidError("vat", f"momssatsen {self.vat} är inte 0 eller mellan 1 och 100", fix)

    def counted(self, quantity: Decimal) -> str:
        """
        The word for so many of its unit: `faktura` or `fakturor`.
        """
        return self.unit if quantity == 1 else self.plural


def heirs(services: Iterable[Service]) -> dict[str, Service]:
    """
    The service that each code is told under when several lists stand beside one another: its own, or the one
    that replaces it, whichever of the lists says so.

    Services that replace one another, directly or through a third, are one. It has the name of the one that
    none of them replaces, or of the first such code, and is described as it was given last.
    """
    given = [*services]
    newest = {service.code: service for service in given}
    groups: list[set[str]] = []
    for service in given:
        if service.replaces:
            one = {service.code, *service.replaces}
            groups = [
                *(group for group in groups if group.isdisjoint(one)),
                one.union(*(group for group in groups if not group.isdisjoint(one))),
            ]
    replaced = {each for service in given for each in service.replaces or ()}
    told = dict(newest)
    for group in groups:
        priced = group & newest.keys()
        told |= dict.fromkeys(group, newest[min(priced - replaced or priced)])
    return told
