"""
The `[[change]]` tables of a price list: what is done to the list that it is based on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..catalogue import Service
from ..money import ORE
from ..periods import Span
from ..pricechanges import Add, Change, NewPrice, Percent, Remove, Selection, apply
from ..pricelist import Price
from .section import Section
from .services import KINDS, Areas, alike, area_at, by_look, service_fields, span_at
from .tariffs import tariff_at
from .words import hint

FROM = {"rounded": False, "exact": True}


def change_at(section: Section, areas: Areas, span: Span) -> Change | None:
    """
    The change of a table, which must have one action.
    """
    note = section.text("note")
    given = [key for key in _ACTIONS if key in section.table]
    if len(given) != 1:
        section.asked |= {*_ACTIONS, "select", "round_to", "from"}
        if given or not section.nearly(*_ACTIONS):
            what = f"ändringen anger {' och '.join(given) or 'ingenting att göra'}"
            section.problem("", what, f"ange en av {', '.join(_ACTIONS)}")
        section.close()
        return None
    select = _selected(section, given[0], areas)
    action = _ACTIONS[given[0]](section, areas, span)
    return section.build(Change, note=note, action=action, select=select or Selection())


def applied(section: Section, change: Change, prices: tuple[Price, ...], span: Span) -> tuple[Price, ...]:
    """
    The prices after the change; those before it, where it says something wrong of the list.
    """
    if isinstance(change.action, Add):
        unusable = alike(section.child("add", {}), change.action.service.code, by_look(prices))
    else:
        unusable = _unknown_codes(section, change.select, prices)
    made = None if unusable else section.attempt(apply, change, prices, span)
    return prices if made is None else made


def _unknown_codes(section: Section, select: Selection, prices: tuple[Price, ...]) -> bool:
    known = {price.service.code for price in prices}
    unknown = sorted((select.codes or frozenset()) - known)
    for code in unknown:
        section.problem("select", f"tjänsten {code} finns inte i listan", hint(code, known))
    return bool(unknown)


def _selected(section: Section, action: str, areas: Areas) -> Selection | None:
    if action == "add":
        section.asked.add("select")
        if "select" in section.table:
            section.problem("select", "add lägger till en tjänst och väljer ingen", "ta bort select")
        return None
    if "select" not in section.table:
        section.problem("", "ändringen säger inte vilka tjänster den gäller", 'ange select = { code = "…" }')
        return None
    table = section.table_at("select")
    return None if table is None else _selection(table, areas)


def _selection(table: Section, areas: Areas) -> Selection | None:
    codes = {"code": {table.code("code", None)}, "codes": {*table.codes("codes")}}
    given = [codes[key] for key in codes if key in table.table]
    area = area_at(table, areas, None)
    return table.build(
        Selection,
        kind=table.choice("kind", KINDS, None),
        area=area and area.code,
        codes=set.intersection(*given) if given else None,
    )


def _percent(section: Section, *_: object) -> Percent | None:
    by, to = section.number("percent"), section.number("round_to", ORE)
    from_exact = section.choice("from", FROM, default=False)
    return None if None in (by, to, from_exact) else section.attempt(Percent, by, to, from_exact)


def _new_price(section: Section, *_: object) -> NewPrice | None:
    tariff = tariff_at(section, "price")
    return None if tariff is None else NewPrice(tariff)


def _added(section: Section, areas: Areas, span: Span) -> Add | None:
    table = section.table_at("add")
    if table is None:
        return None
    values = service_fields(table, areas)
    tariff = tariff_at(table, "price")
    own_span = span_at(table, span)
    service = table.build(Service, **values)
    return Add(service, tariff, own_span) if service and tariff and own_span else None


def _removal(section: Section, *_: object) -> Remove:
    if section.flag("remove") is False:
        section.problem("remove", "remove = false säger ingenting", "skriv true, eller ta bort ändringen")
    return Remove()


_ACTIONS: Mapping[str, Callable[[Section, Areas, Span], Any]] = {
    "percent": _percent,
    "price": _new_price,
    "add": _added,
    "remove": _removal,
}
