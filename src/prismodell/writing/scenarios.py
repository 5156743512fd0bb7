"""
What a price list or a year changes, as pages to read: comparisons, complexity and variances.

    print(render(compare(before, after)))                  comparison_page
    print(render(explain_variance(budget, actual, register), "markdown"))
    print(render(complexity_table(complexity(before), complexity(after))))
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..catalogue import Kind, Service
from ..comparison import Comparison, Effect, together
from ..complexity import Complexity
from ..customers import Customer
from ..money import ZERO, exact, exact_decimal
from ..periods import Month
from ..pricelist import PriceList
from ..rating import Rating
from ..swedish import kr, listing, number, percent
from ..swedish import month as month_name
from ..variance import Effects, Variance
from .page import KIND_NAMES, Page
from .table import Cell, Column, Table

Row = tuple[Cell, ...]
NAMED = 3


@exact()
def comparison_page(comparison: Comparison, moved: Decimal | int | str = 5) -> Page:
    """
    A comparison for a controller: who wins and who loses, and the sums per customer, area, kind and service.

    Customers whose total moves by more than `moved` percent are counted and named.
    """
    limit, total = exact_decimal(moved), comparison.total
    facts = (
        ("Före", _rated_by(comparison.before)),
        ("Efter", _rated_by(comparison.after)),
        ("Volymer", _period(comparison.before)),
        ("Skillnad", _said(total)),
        (f"Ändras mer än {percent(limit)}", _named(comparison.moved(limit))),
        ("Största enskilda", _largest(comparison)),
    )
    return Page("Jämförelse av två prislistor", facts, comparison_tables(comparison), (), "")


def _rated_by(rating: Rating) -> str:
    return f"{_titles(rating.price_lists)}, {kr(rating.total)}"


def _titles(lists: Iterable[PriceList]) -> str:
    return listing([each.title for each in lists])


def _period(rating: Rating) -> str:
    months: Sequence[Month] = sorted(rating.months)
    return " – ".join(dict.fromkeys(map(month_name, (months[0], months[-1])))) if months else "inga"


def _said(effect: Effect) -> str:
    share = "" if effect.percent is None else f" ({percent(effect.percent)})"
    return f"{kr(effect.difference)}{share}" if effect.difference else "ingen: intäkten är densamma"


def _named(pairs: Sequence[tuple[Customer, Effect]]) -> str:
    """
    How many customers, and the first few with their effects.
    """
    if not pairs:
        return "ingen kund"
    shown = [f"{customer.name} {_said(effect)}" for customer, effect in pairs[:NAMED]]
    if len(pairs) > NAMED:
        shown.append(f"{number(len(pairs) - NAMED)} till")
    return f"{number(len(pairs))} {'kund' if len(pairs) == 1 else 'kunder'}: {listing(shown)}"


def _largest(comparison: Comparison) -> str:
    cell = comparison.largest
    return f"{cell.customer.name}, {cell.service.name}: {_said(cell.effect)}" if cell else "ingen"


@exact()
def comparison_tables(comparison: Comparison) -> tuple[Table, ...]:
    """
    The summary, and kronor before and after per customer (those that win most first), area, kind and service.
    """
    customers = [(each.code, each.name, effect) for each, effect in comparison.customers]
    names = _service_names(cell.service for cell in comparison.cells)
    areas = _area_names(cell.service for cell in comparison.cells)
    kinds = [(str(kind), KINDS[kind], effect) for kind, effect in comparison.by("kind").items()]
    return (
        _summary(comparison),
        _effects("Per kund", "Kund", customers, comparison.total),
        _effects("Per område", "Område", _with_names(comparison.by("area"), areas), comparison.total),
        _effects("Per slag", "Slag", kinds, comparison.total),
        _effects("Per tjänst", "Tjänst", _with_names(comparison.by("service"), names), comparison.total),
    )


@exact()
def comparison_lines(comparison: Comparison) -> Table:
    """
    A row per customer and service, for those who go on in a spreadsheet.
    """
    columns = (*OF_CELL, *EFFECT_COLUMNS)
    rows = tuple((*_of_cell(each), *_figures(each.effect)) for each in comparison.cells)
    return Table("Jämförelse per kund och tjänst", columns, rows, (*[None] * 5, *_figures(comparison.total)))


OF_CELL = (Column("Kund"), Column("Namn"), Column("Område"), Column("Tjänst"), Column("Benämning"))


def _of_cell(cell: Any) -> Row:
    service = cell.service
    return cell.customer.code, cell.customer.name, service.area.code, service.code, service.name


KINDS: Mapping[object, str] = {kind.value: KIND_NAMES[kind].capitalize() for kind in Kind}
Named = tuple[str, str, Effect]
EFFECT_COLUMNS = (
    *(Column("Före", "kronor"), Column("Efter", "kronor")),
    *(Column("Skillnad", "kronor"), Column("Procent", "percent")),
)


def _service_names(services: Iterable[Service]) -> Mapping[object, str]:
    return {service.code: service.name for service in services}


def _area_names(services: Iterable[Service]) -> Mapping[object, str]:
    return {service.area.code: service.area.name for service in services}


def _with_names(effects: Mapping[object, Effect], names: Mapping[object, str]) -> list[Named]:
    return [(str(code), names[code], effect) for code, effect in effects.items()]


def _effects(title: str, head: str, rows: Iterable[Named], total: Effect) -> Table:
    columns = (Column(head), Column("Namn"), *EFFECT_COLUMNS)
    body = tuple((code, name, *_figures(effect)) for code, name, effect in rows)
    return Table(title, columns, body, ("Summa", None, *_figures(total)))


def _figures(effect: Effect) -> Row:
    return effect.before, effect.after, effect.difference, effect.percent


def _summary(comparison: Comparison) -> Table:
    """
    How many customers pay less, more and the same, what it comes to, and how far it is from revenue neutral.
    """
    unchanged = [pair for pair in comparison.customers if not pair[1].difference]
    groups = (
        ("Betalar mindre", comparison.winners),
        ("Betalar mer", comparison.losers),
        ("Betalar lika mycket", unchanged),
    )
    columns = (Column("Kunder"), Column("Antal", "number"), *EFFECT_COLUMNS)
    rows = tuple(
        (name, len(pairs), *_figures(together(effect for _, effect in pairs))) for name, pairs in groups
    )
    foot = ("Alla", len(comparison.customers), *_figures(comparison.total))
    return Table("Vilka som vinner och förlorar", columns, rows, foot)


MEASURES = (
    ("Prissatta tjänster", "items", "tjänster"),
    ("Prismodeller i listan", "models", "modeller"),
    ("Tal i prislistan", "figures", "tal"),
    ("Tjänster som ingen köpt", "unbought", "tjänster"),
    ("Tjänster som ger 95 % av intäkten", "core", "tjänster"),
    ("Svansen: köpta tjänster som ger resten", "tail", "tjänster"),
    ("De tio största tjänsternas andel", "top_share", "% av intäkten"),
    ("Rader per underlag, medel", "lines_mean", "rader"),
    ("Rader på det längsta underlaget", "lines_max", "rader"),
    ("Tal som en kund måste känna, median", "figures_median", "tal"),
    ("Tal som en kund måste känna, flest", "figures_max", "tal"),
)


@exact()
def complexity_table(before: Complexity, after: Complexity) -> Table:
    """
    The measures of two price lists side by side, and what changed; `Complexity` says what each means.
    """
    columns = (
        *(Column("Mått"), Column("Före", "number"), Column("Efter", "number")),
        *(Column("Ändring", "number"), Column("Enhet")),
    )
    rows: list[Row] = []
    for name, measure, unit in MEASURES:
        was, now = getattr(before, measure), getattr(after, measure)
        rows.append((name, was, now, None if None in (was, now) else now - was, unit))
    return Table("Hur enkel prislistan är", columns, tuple(rows))


@exact()
def variance_page(variance: Variance) -> Page:
    """
    A variance for a controller: its largest causes in words, and the effects per area, service and customer.
    """
    total = variance.total
    facts = (
        ("Före", f"{_period(variance.before)}, {_titles(variance.before.price_lists)}, {kr(total.before)}"),
        ("Efter", f"{_period(variance.after)}, {_titles(variance.after.price_lists)}, {kr(total.after)}"),
        ("Avvikelse", _said(Effect(total.before, total.after))),
        *((f"Orsak {number}", cause) for number, cause in enumerate(variance_causes(variance), 1)),
    )
    return Page("Avvikelse", facts, variance_tables(variance), EFFECTS_TOLD, "", "Vad orden betyder")


EFFECTS_TOLD = (
    ("Volym", "vad fler eller färre enheter gör, till de gamla priserna; per tjänst all dess egen ändring"),
    ("Mix", "vad andra proportioner mellan dyra och billiga tjänster gör, i samma område, kund och enhet"),
    ("Pris", "vad de nya priserna gör, på de nya volymerna"),
    ("Nytt, Upphört", "tjänster som den ena listan inte har något pris för; en sammanslagning är båda"),
)


EFFECTS = ("Före", "Volym", "Mix", "Pris", "Nytt", "Upphört", "Avvikelse", "Efter")
MIX = EFFECTS.index("Mix")


@exact()
def variance_tables(variance: Variance) -> tuple[Table, ...]:
    """
    The effects in kronor per area, service and customer, and the quantities of the services.
    """
    services = [cell.service for cell in variance.cells]
    customers: Mapping[object, str] = {cell.customer.code: cell.customer.name for cell in variance.cells}
    names = _service_names(services)
    per_service = _variance("Avvikelse per tjänst", "Tjänst", variance, "service", names)
    return (
        _variance("Avvikelse per område", "Område", variance, "area", _area_names(services)),
        _without_mix(per_service),
        _volumes(variance),
        _variance("Avvikelse per kund", "Kund", variance, "customer", customers),
    )


def _without_mix(table: Table) -> Table:
    """
    Volume and mix as one: a service's own change of volume, whatever the others of its area did.
    """
    at = 2 + MIX
    columns = (*table.columns[:at], *table.columns[at + 1 :])
    return Table(table.title, columns, tuple(map(_joined, table.rows)), _joined(table.foot))


def _joined(row: Row) -> Row:
    at = 2 + MIX
    volume = sum((each for each in row[at - 1 : at + 1] if isinstance(each, Decimal)), ZERO)
    return (*row[: at - 1], volume, *row[at + 1 :])


@exact()
def variance_lines(variance: Variance) -> Table:
    """
    A row per customer and service, for those who go on in a spreadsheet.
    """
    quantities = (Column("Volym före", "number"), Column("Volym efter", "number"))
    columns = (*OF_CELL, *quantities, *(Column(each, "kronor") for each in EFFECTS))
    rows = tuple(
        (*_of_cell(each), each.quantity_before, each.quantity_after, *_parts(each.effects))
        for each in variance.cells
    )
    return Table("Avvikelse per kund och tjänst", columns, rows, (*[None] * 7, *_parts(variance.total)))


def _variance(
    title: str, head: str, variance: Variance, dimension: str, names: Mapping[object, str]
) -> Table:
    columns = (Column(head), Column("Namn"), *(Column(each, "kronor") for each in EFFECTS))
    effects = variance.by(dimension)
    rows: list[Row] = [(str(code), names[code], *_parts(each)) for code, each in effects.items()]
    return Table(title, columns, tuple(rows), ("Summa", None, *_parts(variance.total)))


def _parts(each: Effects) -> tuple[Decimal, ...]:
    beside = each.volume, each.mix, each.price, each.new, each.ended
    return each.before, *beside, each.variance, each.after


Quantities = Mapping[str, tuple[Service, Decimal, Decimal]]


def _quantities(variance: Variance) -> Quantities:
    """
    How much of each service before and after.
    """
    sums = defaultdict[str, list[Decimal]](lambda: [ZERO, ZERO])
    services: dict[str, Service] = {}
    for cell in variance.cells:
        services[cell.service.code] = cell.service
        sums[cell.service.code][0] += cell.quantity_before
        sums[cell.service.code][1] += cell.quantity_after
    return {code: (services[code], was, now) for code, (was, now) in sorted(sums.items())}


def _volumes(variance: Variance) -> Table:
    columns = (
        *(Column("Tjänst"), Column("Namn"), Column("Före", "number"), Column("Efter", "number")),
        *(Column("Ändring", "number"), Column("Procent", "percent"), Column("Enhet")),
    )
    rows = tuple(
        (code, service.name, was, now, now - was, Effect(was, now).percent, service.plural)
        for code, (service, was, now) in _quantities(variance).items()
    )
    return Table("Volymer per tjänst", columns, rows)


@exact()
def variance_causes(variance: Variance, most: int = 3) -> tuple[str, ...]:
    """
    The largest causes in words, each an effect on one service; volume and mix are one, since its own volume
    is what changed.
    """
    quantities = _quantities(variance)
    causes = []
    for code, effects in variance.by("service").items():
        service, was, now = quantities[str(code)]
        volume = f"{number(now)} {service.counted(now)} mot {number(was)}"
        causes += [
            (effects.volume + effects.mix, f"{service.name}, volymen: {volume}"),
            (effects.price, f"{service.name}, priset: {number(now)} {service.counted(now)} till nya priser"),
            (effects.new, f"{service.name}, ny: inget pris före"),
            (effects.ended, f"{service.name}, upphört: inget pris efter"),
        ]
    largest = sorted((each for each in causes if each[0]), key=lambda each: -abs(each[0]))[:most]
    return tuple(f"{text}, {'+' if amount > 0 else ''}{kr(amount)}" for amount, text in largest)
