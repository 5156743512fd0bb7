"""
What moved a forecast, as tables: in all, by area, and the services that it moved most.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from ..money import ZERO, exact
from ..periods import Month
from ..swedish import month as month_name
from ..vintages import Shift, Vintages
from .table import Column, Table

EFFECTS = (
    ("outcome", "Månader som blivit kända"),
    ("reassessed", "Resten omprövad"),
    ("planned", "Planerade ändringar"),
    ("method", "Metod"),
    ("price", "Pris"),
)


@exact()
def vintages_tables(vintages: Vintages, most: int = 10) -> tuple[Table, ...]:
    """
    Three tables: the whole, per area, and per service, so many of them, the most moved first.
    """
    services = {line.service for rating in vintages.ratings for line in rating.lines}
    names = {each.code: each.name for each in services}
    areas = {each.area.code: each.area.name for each in services}
    moved = sorted(vintages.by("service").items(), key=lambda each: -abs(each[1].difference))
    moved = [(code, shift) for code, shift in moved[:most] if shift.difference]
    return (
        _whole(vintages),
        _by("Per område", "Område", [(areas[str(code)], each) for code, each in vintages.by("area").items()]),
        _by("Mest ändrade tjänster", "Tjänst", [(names[str(code)], each) for code, each in moved], "Av dem"),
    )


def _whole(vintages: Vintages) -> Table:
    total = vintages.total
    rows = [(f"Prognosen {_when(vintages.before.through)}", total.before)]
    rows += [(title, getattr(total, effect)) for effect, title in EFFECTS]
    title = f"Vad som flyttat prognosen för {vintages.after.year}"
    columns = (Column(""), Column("Kronor", "kronor"))
    return Table(title, columns, tuple(rows), (f"Prognosen {_when(vintages.after.through)}", total.after))


def _when(through: Month) -> str:
    return f"vid utgången av {month_name(through)}"


def _by(title: str, what: str, rows: Iterable[tuple[str, Shift]], total: str = "Summa") -> Table:
    """
    What each effect did to each of something, with the sums below.
    """
    titles = ("Före", *(each for _, each in EFFECTS), "Efter", "Ändring")
    columns = (Column(what), *(Column(each, "kronor") for each in titles))
    named = [(name, (*attrs.astuple(shift), shift.difference)) for name, shift in rows]
    sums = (sum((figures[place] for _, figures in named), ZERO) for place in range(len(titles)))
    return Table(title, columns, tuple((name, *figures) for name, figures in named), (total, *sums))
