"""
Price lists from TOML: `read_price_list`, `parse_price_list`. The format is described in `docs/FILES.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs

from ..catalogue import DEFAULT_VAT, Area, Kind, Service
from ..errors import InputError, Problem, likely
from ..money import ORE, ZERO
from ..periods import Month, Span, overlap
from ..pricechanges import Add, Change, NewPrice, Percent, Remove, Selection, apply, carried
from ..pricelist import Decision, Price, PriceList, Revision, price_list_notices
from ..pricing import MODELS, PERIODS, AgreementPrice, Model, Phase, Tariff, Tier, UnitPrice
from .toml import Section, parse, read_text, top_sections

KINDS = {kind.value: kind for kind in Kind}
BY_TAG: Mapping[str, type[Model]] = {model.tag: model for model in MODELS}
EVER = Span(Month(1, 1), Month(9999, 12))
PER = {period: period for period in PERIODS}


def read_price_list(path: str | Path) -> PriceList:
    """
    Read a price list and the lists that it is based on.

    Raises `InputError` with every problem of the file, each with its line.
    """
    return _read(Path(path), ())


def parse_price_list(text: str, folder: str | Path | None = None) -> PriceList:
    """
    Read a price list from a text; `based_on` is looked for in `folder`. Raises `InputError`.
    """
    return _parse(text, "prislista", Path(folder) if folder is not None else None, ())


def _read(path: Path, above: tuple[Path, ...]) -> PriceList:
    return _parse(read_text(path), path.name, path.parent, (*above, path.resolve()))


def _parse(text: str, name: str, folder: Path | None, above: tuple[Path, ...]) -> PriceList:
    document, source = parse(text, name)
    problems: list[Problem] = []
    sections = top_sections(document, source, problems, "price_list", "area", "service", "change")
    if not sections["price_list"]:
        raise InputError(
            [*problems, Problem(f"{name}:1", "tabellen [price_list] saknas", "börja filen med den")]
        )
    [head] = sections["price_list"]
    values = _head(head)
    base = _base(head, folder, above)
    span = values["span"] or EVER  # a list without a period is refused, but all of it is checked
    areas = _areas(sections["area"], base)
    prices = carried(base, span) if base else ()
    for section in sections["change"]:
        change = _change(section, areas, span)
        if change and base:
            prices = section.attempt(apply, change, prices, span) or prices
    if sections["change"] and "based_on" not in head.table:
        sections["change"][0].problem("", "det finns ingen lista att ändra", "ange based_on i [price_list]")
    prices = _with_own(prices, sections["service"], areas, values["title"] or "", span)
    price_list = head.build(PriceList, prices=prices, **values)
    if problems or price_list is None:
        raise InputError(problems)
    return attrs.evolve(price_list, notices=tuple(price_list_notices(price_list, name)))


def _head(head: Section) -> dict[str, Any]:
    return {
        "id": head.code("id"),
        "title": head.text("title"),
        "currency": head.choice("currency", {"SEK": "SEK"}, "SEK"),
        "span": _period(head),
        "decision": _decision(head),
    }


def _period(head: Section) -> Span | None:
    start, end = head.day("valid_from"), head.day("valid_to")
    return head.attempt(Span.of_days, start, end) if start and end else None


def _decision(head: Section) -> Decision | None:
    if not isinstance(head.table.get("decision"), dict):
        text = head.text("decision", None)
        return Decision(text) if text else None
    table = head.table_at("decision")
    return (
        None
        if table is None
        else table.build(
            Decision,
            text=table.text("text"),
            by=table.text("by", ""),
            day=table.day("date", None),
            reference=table.text("reference", ""),
        )
    )


def _base(head: Section, folder: Path | None, above: tuple[Path, ...]) -> PriceList | None:
    name = head.text("based_on", None)
    if name is None:
        return None
    path = (folder or Path()) / name
    if folder is None:
        head.problem(
            "based_on", "en text har ingen mapp att leta i", "ange folder=, eller läs listan från en fil"
        )
    elif not path.is_file():
        near = likely(name, {each.name for each in folder.glob("*.toml")})
        head.problem("based_on", f"filen {name} finns inte", near)
    elif path.resolve() in above:
        chain = " → ".join(each.name for each in (*above, path))
        head.problem("based_on", f"listorna bygger på varandra i en ring: {chain}", "bryt ringen")
    else:
        try:
            return _read(path, above)
        except InputError as error:
            head.problem("based_on", f"{name} har {len(error.problems)} fel", "rätta dem först")
            head.problems += error.problems
    return None


def _areas(sections: list[Section], base: PriceList | None) -> dict[str, Area]:
    areas = {area.code: area for area in base.areas} if base else {}
    own: set[str] = set()
    for section in sections:
        area = section.build(Area, code=section.code("code"), name=section.text("name"))
        if area and area.code in own:
            section.problem("code", f"området {area.code} finns redan", "ta bort det ena")
        elif area:
            own.add(area.code)
            areas[area.code] = area
    return areas


def _service(section: Section, areas: Mapping[str, Area]) -> dict[str, Any]:
    """
    The fields of a `Service`, checked; unknown keys are left for the table's own `build`.
    """
    unit = section.text("unit")
    return {
        "code": section.code("code"),
        "name": section.text("name"),
        "area": section.choice("area", areas),
        "kind": section.choice("kind", KINDS),
        "unit": unit,
        "plural": section.text("plural", unit),
        "vat": section.number("vat", DEFAULT_VAT),
        "coding": _coding(section),
    }


def _coding(section: Section) -> tuple[tuple[str, str], ...]:
    table = section.table_at("coding")
    if table is None:
        return ()
    return tuple(sorted((key, str(table.text(key))) for key in table.table))


def _with_own(
    prices: tuple[Price, ...], sections: list[Section], areas: Mapping[str, Area], title: str, span: Span
) -> tuple[Price, ...]:
    """
    The list's prices with those of its own `[[service]]` tables, which may not overlap any other.
    """
    for section in sections:
        values = _service(section, areas)
        own_span = section.span("valid_from", "valid_to", span)
        origin = _origin(section, tariff_at(section, "price"), title)
        service = section.build(Service, **values)
        if service is None or not own_span or not origin:
            continue
        price = Price(service, own_span, origin)
        if not own_span.within(span):
            section.problem("valid_from", f"gäller {own_span}, utanför prislistans {span}", "ändra datumen")
        elif twice := overlap([*(each for each in prices if each.service.code == service.code), price]):
            what = f"tjänsten {service.code} har redan ett pris {twice[0].span}"
            fix = "ett pris per tjänst och månad: ta bort det ena, eller ange valid_from och valid_to"
            section.problem("code", what, fix)
        else:
            prices = (*prices, price)
    return prices


def _origin(section: Section, tariff: Tariff | None, title: str) -> tuple[Revision, ...]:
    """
    How the price came about, as a derived list was written; else it starts in this list.
    """
    stations = [
        child.build(
            Revision,
            note=child.text("note"),
            tariff=tariff_at(child, "price"),
            percent=child.number("percent", None),
            exact=_exact_at(child),
        )
        for child in section.tables("origin", [])
    ]
    if section.failed or tariff is None:
        return ()
    origin = tuple(station for station in stations if station)
    if origin and origin[-1].tariff != tariff:
        section.problem("origin", "det sista priset i origin är ett annat än price", "rätta det ena")
    return origin or (Revision(title, tariff),)


def _exact_at(section: Section) -> Tariff | None:
    return tariff_at(section, "exact") if "exact" in section.table else section.text("exact", None)


def tariff_at(section: Section, key: str) -> Tariff | None:
    """
    The price under a key: a number, `"agreement"`, or a table with a model.
    """
    value = section.table.get(key)
    if isinstance(value, dict):
        table = section.table_at(key)
        return None if table is None else _tariff(table)
    if value == AgreementPrice.tag and section.text(key):
        return Tariff(AgreementPrice())
    price = section.number(key)
    return None if price is None else section.attempt(lambda: Tariff(UnitPrice(price)))


def _tariff(table: Section) -> Tariff | None:
    model = table.choice("model", BY_TAG)
    if model is None:
        return None
    values = _KEYS[model.tag](table)
    bounds = {
        "included": table.number("included", ZERO),
        "minimum": table.number("minimum", None),
        "maximum": table.number("maximum", None),
    }
    return table.build(lambda **_: Tariff(model(**values), **bounds))


def _tiers(table: Section) -> tuple[Tier | None, ...]:
    return tuple(
        tier.build(
            Tier,
            price=tier.number("price"),
            up_to=tier.number("up_to", None),
            fee=tier.number("fee", None),
        )
        for tier in table.tables("tiers")
    )


def _phases(table: Section) -> tuple[Phase | None, ...]:
    return tuple(
        phase.build(Phase, price=phase.number("price"), months=phase.whole("months", None))
        for phase in table.tables("phases")
    )


# What each model's table holds besides included, minimum and maximum.
_KEYS: Mapping[str, Callable[[Section], dict[str, Any]]] = {
    "unit": lambda table: {"price": table.number("price"), "step": table.number("step", None)},
    "graduated": lambda table: {"tiers": _tiers(table), "per": table.choice("per", PER, "month")},
    "volume": lambda table: {"tiers": _tiers(table)},
    "package": lambda table: {"size": table.number("size"), "price": table.number("price")},
    "fixed": lambda table: {"price": table.number("price")},
    "cost_plus": lambda table: {"percent": table.number("percent", ZERO)},
    "phased": lambda table: {"phases": _phases(table)},
    "shared": lambda table: {"total": table.number("total"), "per": table.choice("per", PER, "month")},
    "agreement": lambda _: {},
}


def _change(section: Section, areas: Mapping[str, Area], span: Span) -> Change | None:
    note = section.text("note")
    select = _selection(section.table_at("select"))
    given = [key for key in ("percent", "price", "add", "remove") if key in section.table]
    if len(given) != 1:
        what = f"ändringen anger {' och '.join(given) or 'ingenting'}"
        section.problem("", what, "ange en av percent, price, add och remove")
        return None
    if (given == ["add"]) == ("select" in section.table):
        wanted = (
            "add tar ingen select" if given == ["add"] else "ange select: vilka tjänster ändringen gäller"
        )
        section.problem("select", "select och ändringen passar inte ihop", wanted)
    action = _ACTIONS[given[0]](section, areas, span)
    return section.build(Change, note=note, action=action, select=select or Selection())


def _selection(table: Section | None) -> Selection | None:
    if table is None:
        return None
    one, several = table.code("code", None), table.codes("codes")
    codes = {one, *several} - {None} if not (one and several) else {one} & {*several}
    return table.build(
        Selection,
        kind=table.choice("kind", KINDS, None),
        area=table.text("area", None),
        codes=frozenset(codes) if {"code", "codes"} & table.table.keys() else None,
    )


def _added(section: Section, areas: Mapping[str, Area], span: Span) -> Add | None:
    table = section.table_at("add")
    if table is None:
        return None
    values = _service(table, areas)
    tariff = tariff_at(table, "price")
    own_span = table.span("valid_from", "valid_to", span)
    service = table.build(Service, **values)
    return Add(service, tariff, own_span) if service and tariff else None


def _percent(section: Section) -> Percent | None:
    by, to = section.number("percent"), section.number("round_to", ORE)
    return None if by is None or to is None else section.attempt(Percent, by, to)


def _new_price(section: Section) -> NewPrice | None:
    tariff = tariff_at(section, "price")
    return None if tariff is None else NewPrice(tariff)


def _removal(section: Section) -> Remove | None:
    if section.flag("remove") is False:
        section.problem("remove", "remove = false säger ingenting", "skriv true, eller ta bort ändringen")
    return Remove()


_ACTIONS: Mapping[str, Callable[[Section, Mapping[str, Area], Span], object]] = {
    "percent": lambda section, *_: _percent(section),
    "price": lambda section, *_: _new_price(section),
    "add": _added,
    "remove": lambda section, *_: _removal(section),
}
