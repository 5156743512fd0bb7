"""
Services as they are described in TOML, in a list's own `[[service]]` tables and in what a change adds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..catalogue import DEFAULT_VAT, Area, Kind
from ..errors import look
from ..periods import Span
from ..pricelist import Price
from .section import REQUIRED, Section

KINDS = {kind.value: kind for kind in Kind}
ALIKE = "koderna ska skilja sig åt i mer än skiftläge, accenter och alfabet"

# The areas by code; none when the list that they stand in could not be read.
Areas = Mapping[str, Area] | None


def service_fields(section: Section, areas: Areas) -> dict[str, Any]:
    """
    The fields of a `Service`, checked; unknown keys are left for the table's own `build`.
    """
    unit = section.text("unit")
    return {
        "code": section.code("code"),
        "name": section.text("name"),
        "area": area_at(section, areas),
        "kind": section.choice("kind", KINDS),
        "unit": unit,
        "plural": section.text("plural", unit),
        "vat": section.number("vat", DEFAULT_VAT),
        "coding": _coding(section),
        "replaces": section.codes("replaces") or None,
    }


def area_at(section: Section, areas: Areas, default: Any = REQUIRED) -> Area | None:
    """
    The area that is named; any will do where it is not known which there are.
    """
    if areas is not None:
        found: Area | None = section.choice("area", areas, default)
        return found
    code = section.code("area", default)
    return None if code is None else Area(code, code)


def _coding(section: Section) -> tuple[tuple[str, str], ...]:
    table = section.table_at("coding")
    if table is None:
        return ()
    return tuple(sorted((key, str(table.text(key))) for key in table.table))


def span_at(section: Section, whole: Span) -> Span | None:
    """
    The span of a service, within that of the list; all of it where nothing is said.
    """
    span: Span | None = section.span("valid_from", "valid_to", whole)
    if span and not span.within(whole):
        key = "valid_from" if span.start < whole.start or "valid_to" not in section.table else "valid_to"
        section.problem(key, f"tjänsten gäller {span}, utanför prislistans {whole}", "ändra datumen")
        return None
    return span


def by_look(prices: Iterable[Price]) -> dict[str, str]:
    """
    The codes of the services, by what they look like.
    """
    return {look(price.service.code): price.service.code for price in prices}


def alike(section: Section, code: str, looks: Mapping[str, str]) -> bool:
    """
    Whether the code could be taken for another's; a problem if so.
    """
    other = looks.get(look(code), code)
    if other != code:
        section.problem("code", f"koden {code} går att förväxla med {other}", ALIKE)
    return other != code
