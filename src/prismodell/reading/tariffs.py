"""
A price as it is written in TOML: a number, the word `agreement`, or a table with a model and its keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from ..errors import InvalidError, nearest, shown
from ..money import ORE, ZERO, exact
from ..tariff import MODELS, PERIODS, AgreementPrice, Model, Phase, Tariff, Tier, UnitPrice
from .section import Section

BY_TAG: Mapping[str, type[Model]] = {model.tag: model for model in MODELS}
PER = {period: period for period in PERIODS}

# How the figures are read: as somebody wrote them, or as a change computed them.
Figure = Callable[..., Any]


def tariff_at(section: Section, key: str, figure: Figure = Section.number) -> Tariff | None:
    """
    The price under a key, which must be there.
    """
    value = section.table.get(key)
    if isinstance(value, dict):
        table = section.table_at(key)
        return None if table is None else _from_table(table, figure)
    if isinstance(value, str) and nearest(value, BY_TAG):
        return _from_word(section, key, value)
    price = figure(section, key)
    return None if price is None else section.attempt(lambda: Tariff(UnitPrice(price)))


def computed_tariff_at(section: Section, key: str) -> Tariff | None:
    """
    The price under a key, if there is one, before it was rounded: with as many decimals as that gave.
    """
    section.asked.add(key)
    return tariff_at(section, key, Section.computed_number) if key in section.table else None


def _from_word(section: Section, key: str, word: str) -> Tariff | None:
    section.asked.add(key)
    if word == AgreementPrice.tag:
        return Tariff(AgreementPrice())
    meant = nearest(word, BY_TAG)
    fix = f'skriv "{meant}"' if meant == AgreementPrice.tag else f'skriv {{ model = "{meant}", … }}'
    section.problem(key, f"{shown(word)} är inte ett pris", fix)
    return None


def _from_table(table: Section, figure: Figure) -> Tariff | None:
    model = table.choice("model", BY_TAG)
    if model is None:
        table.close(only_near=True)
        return None
    values = _KEYS[model.tag](table, figure)
    bounds = {
        "included": figure(table, "included", ZERO),
        "minimum": figure(table, "minimum", None),
        "maximum": figure(table, "maximum", None),
    }
    return table.build(lambda: Tariff(model(**values), **bounds))


def _unit(table: Section, figure: Figure) -> dict[str, Any]:
    return {"price": figure(table, "price"), "step": figure(table, "step", None)}


def _graduated(table: Section, figure: Figure) -> dict[str, Any]:
    return {**_volume(table, figure), "per": table.choice("per", PER, "month")}


def _volume(table: Section, figure: Figure) -> dict[str, Any]:
    sections = table.tables("tiers")
    tiers = tuple(_tier(each, figure) for each in sections)
    for section, tier in list(zip(sections, tiers, strict=True))[:-1]:
        if tier and tier.up_to is None:
            section.problem("", "nivån saknar up_to", "bara den sista nivån är utan slut")
    return {"tiers": tiers}


def _tier(tier: Section, figure: Figure) -> Tier | None:
    return tier.build(
        Tier,
        price=figure(tier, "price"),
        up_to=figure(tier, "up_to", None),
        fee=figure(tier, "fee", None),
    )


def _package(table: Section, figure: Figure) -> dict[str, Any]:
    return {"size": figure(table, "size"), "price": figure(table, "price")}


def _fixed(table: Section, figure: Figure) -> dict[str, Any]:
    return {"price": figure(table, "price")}


def _cost_plus(table: Section, figure: Figure) -> dict[str, Any]:
    return {"percent": figure(table, "percent", ZERO)}


def _phased(table: Section, figure: Figure) -> dict[str, Any]:
    return {"phases": tuple(_phase(each, figure) for each in table.tables("phases"))}


def _phase(phase: Section, figure: Figure) -> Phase | None:
    return phase.build(Phase, price=figure(phase, "price"), months=phase.whole("months", None))


def _shared(table: Section, figure: Figure) -> dict[str, Any]:
    total = figure(table, "total")
    if total is not None and figure is Section.number:
        table.attempt(_check_whole_ore, total)
    return {"total": total, "per": table.choice("per", PER, "month")}


@exact()
def _check_whole_ore(total: Decimal) -> None:
    if total % ORE:
        raise InvalidError("total", f"{total} kr är inte hela ören", "en delad kostnad fördelas i hela ören")


# What each model's table holds besides included, minimum and maximum.
_KEYS: Mapping[str, Callable[[Section, Figure], dict[str, Any]]] = {
    "unit": _unit,
    "graduated": _graduated,
    "volume": _volume,
    "package": _package,
    "fixed": _fixed,
    "cost_plus": _cost_plus,
    "phased": _phased,
    "shared": _shared,
    "agreement": lambda *_: {},
}
