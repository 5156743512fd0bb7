"""
What became of prices that were to bring less, and which simpler lists there are to choose among.

    print(render(reduction_page(reduce_to_target(prices, volumes, 1, register))))
    print(render(choices_table(simplify(prices, volumes, register, area="ekonomi", limit=1))))
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from ..explanation import as_told, explained_tariff
from ..mergers import part_of
from ..money import exact, round_half_up, to_places
from ..reduction import Reduced, Reduction
from ..simplification import Choice
from ..swedish import kr, kronor, listing, percent
from ..tariff import Tariff, map_kronor
from .page import Page
from .pricelist import figure
from .table import Cell, Column, Table

Row = tuple[Cell, ...]
FOOT = "Intäkten är volym × pris, innan varje rad avrundas till hela ören."
MOVED = Decimal("0.5")


@exact()
def reduction_page(reduction: Reduction) -> Page:
    """
    The target and how near it the new prices come, and each price before, exactly, and after.
    """
    facts = (
        ("Tjänsternas intäkt", kr(round_half_up(reduction.base))),
        ("Mål", f"{percent(reduction.percent)}, {kr(round_half_up(reduction.target))}"),
        ("Nått", f"{_share(reduction.reached, reduction.base)}, {kr(round_half_up(reduction.reached))}"),
        ("Utöver målet", f"{kronor(reduction.gap)} kr" + _finer(reduction)),
        ("Avrundning", f"till {kr(reduction.step)}"),
    )
    title = f"Sänkning av {reduction.price_list.title.removesuffix(', scenario')}"
    return Page(title, facts, (reduction_lines(reduction),), (), FOOT)


def _finer(reduction: Reduction) -> str:
    return f"; avrundat till {kr(reduction.finer)} kommer priserna närmare" if reduction.finer else ""


def _share(part: Decimal, whole: Decimal) -> str:
    return percent(to_places(Fraction(part) / Fraction(whole) * 100, 4))


@exact()
def reduction_lines(reduction: Reduction) -> Table:
    """
    A row per price: before, exactly, and after, with what it brought and how much less it brings now.
    """
    columns = (
        *(Column("Tjänst"), Column("Kod"), Column("Före", "kronor"), Column("Exakt", "kronor")),
        Column("Efter", "kronor"),
        *(Column("Ändring %", "percent"), Column("Intäkt före", "kronor"), Column("Lägre intäkt", "kronor")),
    )
    rows = tuple(_row(each) for each in reduction.prices)
    foot = ("Summa", *[None] * 5, round_half_up(reduction.base), round_half_up(reduction.reached))
    return Table("Priserna", columns, rows, foot)


def _row(each: Reduced) -> Row:
    """
    A price before, exactly and after; one that is kept has no exact value.
    """
    changed = to_places(Fraction(-each.effect) / Fraction(each.revenue) * 100, 2) if each.revenue else None
    unrounded = figure(_told(each.exact)) if each.exact != each.before else None
    prices = figure(each.before), unrounded, figure(each.after)
    sums = round_half_up(each.revenue), round_half_up(each.effect)
    return each.service.name, each.service.code, *prices, changed, *sums


def _told(exact_tariff: Tariff) -> Tariff:
    """
    The exact figures as people compare them.
    """
    return map_kronor(exact_tariff, as_told)


@exact()
def choices_table(choices: Iterable[Choice]) -> Table:
    """
    A row per simpler list: what it merges that the one above does not, how many items it saves in all, and
    the customer that it moves most.
    """
    columns = (
        *(Column("Poster färre", "number"), Column("Nytt i steget"), Column("Intäkt", "kronor")),
        *(
            Column("Största kundeffekt %", "percent"),
            Column("För vem"),
            Column("Kunder över 0,5 %", "number"),
        ),
    )
    found = [*choices]
    rows = tuple(_choice(each, before) for before, each in pairwise([None, *found]) if each)
    return Table("Enklare prislistor att välja mellan", columns, rows)


def _choice(choice: Choice, before: Choice | None) -> Row:
    known = {frozenset(each.replaced) for each in before.mergers} if before else set()
    merged = "; ".join(
        f"{listing([service.code for service in each.replaced])} → {explained_tariff(each.tariff)}"
        for each in choice.mergers
        if frozenset(each.replaced) not in known
    )
    effects = choice.comparison.customers
    customer, _ = max(effects, key=lambda pair: part_of(pair[1].difference, pair[1].before))
    moved = len(choice.comparison.moved(MOVED))
    difference = choice.comparison.total.difference
    return choice.saved, merged, difference, choice.largest, customer.name, moved
