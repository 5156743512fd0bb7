"""
Follow-up and volume statistics as tables, laid out as the annual report has them.

    print(render(report(budget=plan, actual=delivered)))     report_page
    for table in report_tables(report(…), "tkr"): …          kr, tkr or mnkr, of exact kronor
    for table in volume_tables(volume_statistics(actual)): …
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter

from ..alignment import Alignment, Figures, Placed
from ..errors import InvalidError, likely
from ..followup import Report
from ..grouping import BY_MONTH
from ..money import exact
from ..periods import Month
from ..swedish import kr, listing
from ..swedish import month as month_name
from ..volumestatistics import ServiceVolume, VolumeStatistics
from .page import KIND_NAMES, Page
from .results import UNITS, of_sides, post_lines, result_notes, result_tables
from .table import Cell, Column, Table

Row = tuple[Cell, ...]
HEADS = {"before": "Föregående år", "budget": "Budget", "forecast": "Prognos", "actual": "Utfall"}
PLANS = {"budget": "Mot budget", "forecast": "Mot prognos", "before": "Mot föregående år"}


@exact()
def report_page(report: Report, unit: str = "mnkr") -> Page:
    """
    A follow-up for a controller, in kr, tkr or mnkr: results, the two measures and revenue.
    """
    facts = [*(_revenue_facts(report.revenue) if report.revenue.sides else [])]
    if report.statements:
        facts.append(("Resultaträkningar", listing([each.title for _, each in report.statements])))
    told = (*result_notes(report), *(REVENUE_TOLD if report.revenue.sides else ()))
    return Page("Uppföljning", tuple(facts), report_tables(report, unit), told, "", "Vad orden betyder")


REVENUE_TOLD = (
    ("Intäkt", "det levererade, volym × pris; 0 där budgeten, prognosen eller utfallet inget har"),
    ("Tom cell", "det finns inget att jämföra med, eller rader saknas för någon av månaderna"),
)


def _revenue_facts(revenue: Alignment) -> Iterator[tuple[str, str]]:
    yield "Intäkter för", _period(revenue.months)
    for side in revenue.sides:
        total, unread = getattr(revenue.total, side), revenue.unread(side)
        missing = f"saknar rader för {listing([month_name(each) for each in unread])}"
        yield HEADS[side], missing if unread else kr(total)


def _period(months: Sequence[Month]) -> str:
    return " – ".join(dict.fromkeys(map(month_name, (months[0], months[-1])))) if months else "ingen månad"


@exact()
def report_tables(report: Report, unit: str = "mnkr") -> tuple[Table, ...]:
    """
    The tables of a follow-up, as far as there is something to compare: the results of two years, the result
    per area, the follow-up of the budget with the result fund, the measures, and revenue.

    `unit` is kr, tkr or mnkr: how they are shown. Raises `InvalidError` for another.
    """
    if unit not in UNITS:
        raise InvalidError("unit", f"{unit!r} är ingen enhet", likely(unit, UNITS))
    return (
        *result_tables(report, unit),
        *(_revenue_tables(report.revenue, unit) if report.revenue.sides else ()),
    )


# Revenue

TOLD: Mapping[str, tuple[str, str, Callable[[Placed], str]]] = {
    "area": ("Område", "Intäkt per område", attrgetter("service.area.name")),
    "kind": ("Slag", "Intäkt per slag", lambda each: KIND_NAMES[each.service.kind].capitalize()),
    "service": ("Tjänst", "Intäkt per tjänst", attrgetter("service.name")),
    "customer": ("Kund", "Intäkt per kund", attrgetter("customer.name")),
    "month": ("Månad", "Intäkt per månad", lambda each: month_name(each.month)),
}


def _revenue_tables(revenue: Alignment, unit: str) -> Iterator[Table]:
    """
    Revenue per area, kind, service, customer and month, with the exact sum of each.
    """
    columns = _revenue_columns(revenue, unit)
    foot = ("Summa", None, *_figures(revenue.total, revenue))
    for dimension, (head, title, name) in TOLD.items():
        names = {BY_MONTH[dimension](each): name(each) for each in revenue.lines}
        found = revenue.by(dimension).items()
        rows = tuple((str(key), names[key], *_figures(figures, revenue)) for key, figures in found)
        yield Table(f"{title}, {unit}", (Column(head), Column("Namn"), *columns), rows, foot)


def _compared(sides: Sequence[str]) -> tuple[str, ...]:
    """
    The sides that the newest is compared with, the most asked for first.
    """
    return tuple(plan for plan in PLANS if plan in sides[:-1])


def _revenue_columns(revenue: Alignment, unit: str) -> tuple[Column, ...]:
    amounts = (Column(HEADS[side], UNITS[unit]) for side in revenue.sides)
    return (*amounts, *_variance_columns(revenue.sides, UNITS[unit]))


def _variance_columns(sides: Sequence[str], kind: str) -> Iterator[Column]:
    for plan in _compared(sides):
        yield Column(PLANS[plan], kind)
        yield Column(f"{PLANS[plan]} %", "percent")


def _figures(figures: Figures, revenue: Alignment) -> Row:
    """
    The figures of each side, and how far the newest is from the others in kronor and percent.
    """
    return (*of_sides(figures, revenue.sides), *_variances(figures, revenue.sides))


def _variances(figures: Figures, sides: Sequence[str]) -> Iterator[Cell]:
    for plan in _compared(sides):
        effect = figures.variance(plan, sides[-1])
        yield from (effect.difference, effect.percent) if effect else (None, None)


@exact()
def report_lines(report: Report) -> Table:
    """
    A row per customer, service and month with its revenue, for those who go on in a spreadsheet; of
    statements without ratings, a row per post. In kronor.
    """
    return _cells(report.revenue) if report.revenue.sides else post_lines(report)


def _cells(revenue: Alignment) -> Table:
    texts = ("Kund", "Namn", "Område", "Tjänst", "Benämning")
    columns = (*map(Column, texts), Column("Månad", "month"), *_revenue_columns(revenue, "kr"))
    named = {(each.customer.code, each.service.code, each.month): each for each in revenue.lines}
    rows = tuple(
        (*_told(named[key]), *_figures(figures, revenue))
        for key, figures in revenue.by("customer", "service", "month").items()
        if isinstance(key, tuple)
    )
    foot = (*[None] * 6, *_figures(revenue.total, revenue))
    return Table("Uppföljning per kund, tjänst och månad", columns, rows, foot)


def _told(placed: Placed) -> Row:
    customer, service = placed.customer, placed.service
    return customer.code, customer.name, service.area.code, service.code, service.name, placed.month


# Volumes


@exact()
def volume_tables(statistics: VolumeStatistics) -> tuple[Table, Table]:
    """
    The volumes of the services so far in the year, and month by month, beside last year's and the budget's.

    There is no sum below: what is counted in different units is not added.
    """
    heads, tail = (Column("Tjänst"), Column("Namn")), (*_volume_columns(statistics.sides), Column("Enhet"))
    sides = statistics.sides
    services = tuple((*_service(each), *_volume(each, sides)) for each in statistics.services)
    monthly = tuple((*_service(each), each.month, *_volume(each, sides)) for each in statistics.monthly)
    title = f"Volymer per tjänst, {_period(statistics.months)}"
    by_month = (*heads, Column("Månad", "month"), *tail)
    return Table(title, (*heads, *tail), services), Table("Volymer per tjänst och månad", by_month, monthly)


def _volume_columns(sides: Sequence[str]) -> Iterator[Column]:
    yield from (Column(HEADS[side], "number") for side in sides)
    yield from (Column(f"{PLANS[plan]} %", "percent") for plan in _compared(sides))


def _service(each: ServiceVolume) -> Row:
    return each.service.code, each.service.name


def _volume(each: ServiceVolume, sides: Sequence[str]) -> Row:
    effects = (each.quantity.variance(plan) for plan in _compared(sides))
    shares = (effect.percent if effect else None for effect in effects)
    return (*of_sides(each.quantity, sides), *shares, each.service.plural)
