"""
Price lists from TOML: `read_price_list`, `parse_price_list`. The format is described in `docs/FILES.md`.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
from attrs import frozen

from ..catalogue import Area, Service
from ..customers import ALWAYS
from ..errors import InputError, Problem, look, shown
from ..periods import Span
from ..pricechanges import carried
from ..pricelist import Decision, Price, PriceList, Revision, price_list_notices
from ..tariff import Tariff
from .changes import applied, change_at
from .files import read_text
from .section import REQUIRED, Section, top_sections
from .services import Areas, alike, by_look, service_fields, span_at
from .tariffs import computed_tariff_at, tariff_at
from .toml import parse
from .words import meant

BY_HAND = 'ta bort origin, eller lägg till sist { note = "varför", price = det nya priset }'
MAX_CHAIN = 20
MAX_WORK = 300_000  # changes times prices


@frozen
class _Placed:
    """
    A price and the table that it was read from; none where it comes from the list that this one is based on.
    """

    price: Price
    section: Section | None = None

    def __str__(self) -> str:
        where = f"rad {self.section.line}" if self.section else "ur listan den bygger på"
        return f"{self.price.span} ({where})"


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


def price_list_files(path: str | Path) -> tuple[Path, ...]:
    """
    The files that a price list is read from: its own, and those of the lists that it is based on.

    Raises `InputError` as `read_price_list` does.
    """
    read_price_list(path)  # so that the chain has an end
    return tuple(_chain(Path(path)))


def _chain(path: Path) -> Iterator[Path]:
    yield path
    head = parse(read_text(path), path.name)[0]["price_list"]
    if "based_on" in head:
        yield from _chain(path.parent / head["based_on"])


def _read(path: Path, above: tuple[Path, ...]) -> PriceList:
    if path.suffix.lower() in (".csv", ".xlsx"):
        what = "filen är en tabell, inte en prislista i TOML"
        raise InputError([Problem(path.name, what, "läs den med read_price_table")])
    return _parse(read_text(path), path.name, path.parent, (*above, _real(path)))


def _parse(text: str, name: str, folder: Path | None, above: tuple[Path, ...]) -> PriceList:
    document, source = parse(text, name)
    sections = top_sections(document, source, "price_list", "area", "service", "change")
    unsure = bool(source.found) and not sections["area"]  # one of the unknown tables may be of areas
    heads = sections["price_list"]
    head = heads[0] if heads else Section({}, source, ())
    values = _described(head)
    span = values["span"] or ALWAYS  # a list without a period is refused, but all of it is checked
    base = _base(head, folder, above)
    derived = not heads or any(meant(key, ["based_on"]) for key in head.table)
    named = _areas(sections["area"], base)
    areas = None if unsure or (derived and not base) else named
    if sections["change"] and not derived:
        sections["change"][0].problem("", "det finns ingen lista att ändra", "ange based_on i [price_list]")
    prices = _changed(base, sections["change"], areas, span)
    prices = _with_own(prices, sections["service"], areas, values["title"] or "", span)
    price_list = head.build(PriceList, prices=prices, **values) if heads else None
    if source.found or price_list is None:
        raise source.error
    return attrs.evolve(price_list, notices=tuple(price_list_notices(price_list, name)))


def _described(head: Section) -> dict[str, Any]:
    return {
        "id": head.code("id"),
        "title": head.text("title"),
        "currency": head.choice("currency", {"SEK": "SEK"}, "SEK"),
        "span": _period(head),
        "decision": _decision(head),
    }


def _period(head: Section) -> Span | None:
    span: Span | None = head.span("valid_from", "valid_to", end=REQUIRED)
    return span


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
    """
    The list that this one is based on. Its problems are told too, each with its own file and line.
    """
    name = head.text("based_on", None)
    if name is None:
        return None
    if folder is None:
        fix = "ange folder=, eller läs listan från en fil"
        head.problem("based_on", "en text har ingen mapp att leta i", fix)
        return None
    path = folder / name
    if fault := _chain_fault(path, above):
        head.problem("based_on", *fault)
        return None
    try:
        return _read(path, above)
    except InputError as error:
        head.problem("based_on", f"listan {shown(name)} går inte att använda", "se nedan")
        head.source.add((*head.path, "based_on"), error.problems)
    return None


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # no such name can be a file; opening it says why
        return path


def _chain_fault(path: Path, above: tuple[Path, ...]) -> tuple[str, str] | None:
    if len(above) >= MAX_CHAIN:
        return f"listorna bygger på varandra i fler än {MAX_CHAIN} led", "skriv ut en av dem i sin helhet"
    if above and _real(path) in above:
        ring = " → ".join(each.name for each in (*above[above.index(_real(path)) :], path))
        return f"listorna bygger på varandra i en ring: {ring}", "låt en av dem stå för sig själv"
    return None


def _areas(sections: list[Section], base: PriceList | None) -> dict[str, Area]:
    """
    The areas by code. One that could not be read has its code, so that its services are not blamed.
    """
    areas = {area.code: area for area in base.areas} if base else {}
    looks = {look(code): code for code in areas}
    own: set[str] = set()
    for section in sections:
        code, name = section.code("code"), section.text("name")
        area = section.build(Area, code=code, name=name)
        if code in own:
            section.problem("code", f"området {code} finns redan", "ta bort det ena")
        elif code and not alike(section, code, looks):
            own.add(code)
            looks[look(code)] = code
            areas[code] = area or Area(code, code)
    return areas


def _changed(base: PriceList | None, sections: list[Section], areas: Areas, span: Span) -> tuple[Price, ...]:
    """
    The prices of the list that this one is based on, after its changes; none when it could not be read.
    """
    prices = _renamed(carried(base, span), areas or {}) if base else ()
    if len(sections) * len(prices) > MAX_WORK:
        fix = "skriv ut listan i sin helhet"
        sections[0].problem("", "för många ändringar i en för lång lista", fix)
        return prices
    for section in sections:
        change = change_at(section, areas, span)
        if change and base:
            prices = applied(section, change, prices, span)
    return prices


def _renamed(prices: tuple[Price, ...], areas: Mapping[str, Area]) -> tuple[Price, ...]:
    """
    The prices with their areas named as this list names them.
    """
    return tuple(
        attrs.evolve(price, service=attrs.evolve(price.service, area=areas[price.service.area.code]))
        for price in prices
    )


def _with_own(
    prices: tuple[Price, ...], sections: list[Section], areas: Areas, title: str, span: Span
) -> tuple[Price, ...]:
    """
    The list's prices with those of its own `[[service]]` tables, which may not overlap any other.
    """
    looks = by_look(prices)
    by_code: dict[str, list[_Placed]] = {}
    for price in prices:
        by_code.setdefault(price.service.code, []).append(_Placed(price))
    for section in sections:
        own = _own(section, areas, title, span)
        if own and not alike(section, own.service.code, looks):
            looks[look(own.service.code)] = own.service.code
            _place(by_code.setdefault(own.service.code, []), own, section)
    return tuple(each.price for placed in by_code.values() for each in placed)


def _place(placed: list[_Placed], price: Price, section: Section) -> None:
    """
    Put a price among the others of its service, in order of time; a problem if it overlaps one.
    """
    at = bisect(placed, price.span.start, key=lambda each: each.price.span.start)
    neighbours = placed[max(at - 1, 0) : at + 1]
    twice = next((each for each in neighbours if each.price.span.overlaps(price.span)), None)
    if twice:
        fix = "ett pris per tjänst och månad: ta bort det ena, eller ange valid_from och valid_to"
        section.problem("code", f"tjänsten {price.service.code} har redan ett pris {twice}", fix)
    else:
        placed.insert(at, _Placed(price, section))


def _own(section: Section, areas: Areas, title: str, whole: Span) -> Price | None:
    values = service_fields(section, areas)
    span = span_at(section, whole)
    origin = _origin(section, tariff_at(section, "price"), title)
    service = section.build(Service, **values)
    return Price(service, span, origin) if service and span and origin else None


def _origin(section: Section, tariff: Tariff | None, title: str) -> tuple[Revision, ...]:
    """
    How the price came about, as a derived list was written; else it starts in this list, or the one named.
    """
    if isinstance(section.table.get("origin"), str):
        note = section.text("origin")
        return (Revision(note, tariff),) if note and tariff else ()
    stations = [
        child.build(
            Revision,
            note=child.text("note"),
            tariff=tariff_at(child, "price"),
            percent=child.number("percent", None),
            exact=computed_tariff_at(child, "exact"),
            base=computed_tariff_at(child, "base"),
        )
        for child in section.tables("origin", [])
    ]
    origin = tuple(station for station in stations if station)
    if section.failed or tariff is None:
        return ()
    if origin and origin[-1].tariff != tariff:
        section.problem("origin", "det sista priset i origin är ett annat än price", BY_HAND)
    return origin or (Revision(title, tariff),)
