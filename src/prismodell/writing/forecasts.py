"""
A year's forecast as a page for a controller: what it comes to beside the budget, how sure that is, and how
each service was forecast.

    print(render(outlook(forecast, rating)))             forecast_page
    print(render(forecast))                              the same without kronor
    forecast_page(outlook(…), budget, "mnkr")            with the budget beside
    write(outlook(…), "prognos.csv")                     forecast_lines: a row per customer, service and month
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from attrs import frozen

from ..catalogue import Service
from ..errors import InvalidError, likely
from ..expectation import Forecast, Series
from ..grouping import DIMENSIONS
from ..lines import Line
from ..money import ZERO, exact, to_places
from ..observed import months_of
from ..outlook import Expected, Outlook, Piece
from ..periods import Month
from ..rating import Rating, check_priced
from ..spread import LEVELS
from ..swedish import kr, listing, mnkr, percent, tkr
from ..swedish import month as month_name
from .page import Page
from .results import UNITS
from .table import Cell, Column, Table

Row = tuple[Cell, ...]
MONEY: Mapping[str, Callable[[Decimal], str]] = {
    "kr": kr,
    "tkr": lambda amount: f"{tkr(amount)} tkr",
    "mnkr": lambda amount: f"{mnkr(amount)} mnkr",
}
EXPLAINED = 10
LEVEL = {
    "service": "varje tjänst är beräknad för hela centret och delad på kunderna",
    "customer": "varje kund är beräknad för sig",
}
SHOCK = (
    "intervallen bygger på hur fel prognosen hade varit i fjol. Ett år med en chock, som en pandemi eller en "
    "regel som ingen berättat om, håller de inte: i april 2020 höll 95-procentiga intervall i 75 % av fallen"
)
INTERVALS = (
    "mellan de gränserna slutar året fyra gånger av fem, och nitton av tjugo. Det kända är säkert; det är "
    "resten av året som kan bli fel. Gränser går inte att lägga ihop: en summa är säkrare än sina delar, men "
    "inte så mycket som om delarna inte hade gemensamma orsaker"
)
TOLD = (
    ("Känt, Väntat", "det som är rapporterat, och det som prognosen lägger till; tillsammans året"),
    ("80 %, 95 %", INTERVALS),
)
THUMB = "Tumregel", "det finns ingen prognos från i fjol att lära av, så intervallen är en tumregel"


@frozen
class _Shown:
    """
    What is shown: a forecast, its outlook and budget, if there are any, and the unit of kronor.
    """

    forecast: Forecast
    outlook: Outlook | None
    budget: Rating | None
    unit: str


@exact()
def forecast_page(expected: Outlook | Forecast, budget: Rating | None = None, unit: str = "tkr") -> Page:
    """
    A forecast for a controller, with the budget's rating beside it if that is given, in kr, tkr or mnkr; of
    a `Forecast` alone the quantities.

    Raises `InvalidError` for a budget with anything unpriced or of another year, or without an outlook to
    stand beside; and for another unit.
    """
    shown = _shown(expected, budget, unit)
    facts = (*_facts(shown), *_plans(shown.forecast))
    told = [*_explained(shown), *(TOLD if _uncertain(shown.forecast) else ()), *_thumb(shown.forecast)]
    return Page(f"Prognos {shown.forecast.year}", facts, _tables(shown), tuple(told), "", "Så är den gjord")


@exact()
def forecast_tables(
    expected: Outlook | Forecast, budget: Rating | None = None, unit: str = "tkr"
) -> tuple[Table, ...]:
    """
    Kronor per area and customer, and the quantities of each service with its method; of a `Forecast` alone
    the quantities. Raises as `forecast_page`.
    """
    return _tables(_shown(expected, budget, unit))


def _shown(expected: Outlook | Forecast, budget: Rating | None, unit: str) -> _Shown:
    if unit not in UNITS:
        raise InvalidError("unit", f"{unit!r} är ingen enhet", likely(unit, UNITS))
    outlook = expected if isinstance(expected, Outlook) else None
    forecast = expected if isinstance(expected, Forecast) else expected.forecast
    if budget is not None:
        _check_budget(budget, forecast.year, outlook)
    return _Shown(forecast, outlook, budget, unit)


def _check_budget(budget: Rating, year: int, outlook: Outlook | None) -> None:
    check_priced("budget", budget)
    if outlook is None:
        what = "prognosen har inga kronor att jämföra budgeten med"
        raise InvalidError("budget", what, "ge outlook(prognos, rate(prognos.volumes, …))")
    if other := sorted({month.year for month in budget.months} - {year}):
        raise InvalidError("budget", f"budgeten gäller {other[0]}, men prognosen {year}", "ge årets budget")


def _uncertain(forecast: Forecast) -> bool:
    return any(series.wide.low != series.wide.high for series in forecast.services)


def _by_thumb(series: Iterable[Series]) -> bool:
    return any(each.rule_of_thumb and each.wide.low != each.wide.high for each in series)


def _thumb(forecast: Forecast) -> Iterator[tuple[str, str]]:
    if _by_thumb((*forecast.services, *forecast.customers)):
        yield THUMB


# The head


def _facts(shown: _Shown) -> Iterator[tuple[str, str]]:
    yield "Kända månader", _known_months(shown.forecast)
    if shown.outlook is None:
        return
    total, money = shown.outlook.total, MONEY[shown.unit]
    yield "Intäkt", f"{money(total.year)}, varav {money(total.known)} känt och {money(total.expected)} väntat"
    if _uncertain(shown.forecast):
        for level in LEVELS:
            each = total.interval(level)
            thumb = " (tumregel)" if total.rule_of_thumb else ""
            yield f"Intervall {level} %", f"{money(each.low)} till {money(each.high)}{thumb}"
    if shown.budget is not None:
        share = _share(total.year, shown.budget.total)
        of_it = f", och prognosen är {percent(share)} av den" if share is not None else ""
        yield "Budget", f"{money(shown.budget.total)}{of_it}"


def _known_months(forecast: Forecast) -> str:
    first = Month(forecast.year, 1)
    if forecast.through < first:
        return "ingen"
    return " – ".join(dict.fromkeys(map(month_name, (first, forecast.through))))


def _plans(forecast: Forecast) -> Iterator[tuple[str, str]]:
    """
    How it was made, and what was told of the future.
    """
    yield "Nivå", LEVEL[forecast.level]
    if forecast.as_of is not None:
        yield "Uttaget", f"{forecast.as_of}; sena månader är uppräknade till vad de väntas bli"
    yield from (("Planerad ändring", str(each)) for each in forecast.changes)
    if forecast.masked:
        yield "Undantaget", listing([_masked(*each) for each in forecast.masked])
    if _uncertain(forecast):
        yield "Observera", SHOCK


def _masked(service: str, month: Month) -> str:
    return f"{month_name(month)} för {service}" if service else month_name(month)


def _share(part: Decimal, whole: Decimal) -> Decimal | None:
    return to_places(Fraction(part) / Fraction(whole) * 100, 1) if whole else None


# The tables

SERVICES = Column("Tjänst"), Column("Namn")
OF: Mapping[str, tuple[str, str, Callable[[Piece | Line], str]]] = {
    "area": ("Område", "Intäkt per område", lambda each: each.service.area.name),
    "service": ("Tjänst", "Intäkt per tjänst", lambda each: each.service.name),
    "customer": ("Kund", "Intäkt per kund", lambda each: each.customer.name),
}
BOUNDS = tuple(f"{level} % {way}" for level in LEVELS for way in ("från", "till"))


def _tables(shown: _Shown) -> tuple[Table, ...]:
    how = _quantities(shown), _reasons(shown.forecast)
    if shown.outlook is None:
        return how
    areas, services, customers = (_revenue(dimension, shown, shown.outlook) for dimension in OF)
    return areas, services, *how, customers


def _revenue(dimension: str, shown: _Shown, outlook: Outlook) -> Table:
    """
    Kronor by one dimension: known, expected and the year, between which amounts, and the budget's.
    """
    head, title, name = OF[dimension]
    lines: Iterable[Piece | Line] = (*(shown.budget.lines if shown.budget else ()), *outlook.pieces)
    names = {DIMENSIONS[dimension](each): name(each) for each in lines}
    expected, budget = outlook.by(dimension), shown.budget.by(dimension) if shown.budget else {}
    rows = tuple(
        (str(code), names[code], *_amounts(expected.get(code), budget.get(code, ZERO), shown))
        for code in sorted(names, key=str)
    )
    planned = shown.budget.total if shown.budget else ZERO
    foot = ("Hela centret", None, *_amounts(outlook.total, planned, shown))
    heads = ("Känt", "Väntat", "Året", *BOUNDS, *(["Budget"] if shown.budget else []))
    share = [Column("% av budget", "percent")] if shown.budget else []
    columns = (Column(head), Column("Namn"), *(Column(each, UNITS[shown.unit]) for each in heads), *share)
    return Table(f"{title}, {shown.unit}", columns, rows, foot)


def _amounts(each: Expected | None, planned: Decimal, shown: _Shown) -> Row:
    """
    A row's amounts; where only the budget has anything, nothing is expected.
    """
    year = each.year if each else ZERO
    bounds = [bound for level in LEVELS for bound in _bounds(each, level)]
    budget = (planned, _share(year, planned)) if shown.budget else ()
    return each.known if each else ZERO, each.expected if each else ZERO, year, *bounds, *budget


def _bounds(each: Expected | None, level: int) -> tuple[Decimal, Decimal]:
    return (each.interval(level).low, each.interval(level).high) if each else (ZERO, ZERO)


def _quantities(shown: _Shown) -> Table:
    """
    The quantities of each service, and between which they are likely to end.

    There is no sum below: what is counted in different units is not added.
    """
    services = _described(shown)
    rows = tuple(
        (
            *(each.service, services[each.service].name if each.service in services else ""),
            *(sum(each.known, ZERO), sum(each.expected, ZERO), each.year, each.narrow.low, each.narrow.high),
            services[each.service].plural if each.service in services else "",
        )
        for each in shown.forecast.services
    )
    heads = ("Känt", "Väntat", "Året", *BOUNDS[:2])
    columns = (*SERVICES, *(Column(each, "number") for each in heads), Column("Enhet"))
    return Table("Volym per tjänst", columns, rows)


def _described(shown: _Shown) -> Mapping[str, Service]:
    """
    The services as the price lists describe them, or as those that have replaced them are described.
    """
    basis, outlook = shown.forecast.basis, shown.outlook
    lists = outlook.rating.price_lists if outlook else basis.price_lists if basis else ()
    charged = {each.code: each.service for each in (outlook.pieces if outlook else ())}
    return charged | {each.code: each for one in lists for each in one.services}


def _reasons(forecast: Forecast) -> Table:
    """
    Each method and why it was used, with the services that it was used for.
    """
    services = defaultdict[tuple[str, str], list[str]](list)
    for each in forecast.services:
        services[each.method, each.reason].append(each.service)
    columns = Column("Metod"), Column("Antal", "number"), Column("Därför att"), Column("Tjänster")
    rows = (
        (method, len(codes), reason, ", ".join(codes)) for (method, reason), codes in sorted(services.items())
    )
    return Table("Så är tjänsterna beräknade", columns, tuple(rows))


def _explained(shown: _Shown) -> Iterator[tuple[str, str]]:
    """
    The services of which most is expected, in kronor where there are any, with the numbers behind them.
    """
    services = _described(shown)
    kronor = defaultdict[str, Decimal](lambda: ZERO)
    for each in shown.outlook.pieces if shown.outlook else ():
        kronor[each.code] += ZERO if each.known else each.amount
    coming = {each: sum(each.expected, ZERO) for each in shown.forecast.services}
    most = sorted(coming, key=lambda each: -(kronor[each.service] if shown.outlook else coming[each]))
    for series in [each for each in most if coming[each]][:EXPLAINED]:
        code, _, told = series.explain().partition(": ")
        yield f"{services[code].name} ({code})" if code in services else code, f"  {told}"


# For a spreadsheet

STATUS = {True: "känt", False: "väntat"}


@exact()
def forecast_lines(expected: Outlook | Forecast) -> Table:
    """
    A row per customer, service and month for what is known of it, and one for what is expected, for those who
    go on in a spreadsheet; of a `Forecast` alone without kronor.
    """
    rows = _cells(expected) if isinstance(expected, Forecast) else _pieces(expected)
    texts = ("Kund", "Tjänst") if isinstance(expected, Forecast) else NAMED
    units = () if isinstance(expected, Forecast) else (Column("Enhet"), Column("Kronor", "kronor"))
    columns = (
        *map(Column, texts),
        *(Column("Månad", "month"), Column("Känt eller väntat"), Column("Volym", "number")),
        *(*units, Column("Metod")),
    )
    return Table("Prognos per kund, tjänst och månad", columns, tuple(rows))


NAMED = ("Kund", "Namn", "Område", "Tjänst", "Benämning")


def _cells(forecast: Forecast) -> Iterator[Row]:
    methods = _methods(forecast)
    for each in forecast.customers:
        key = each.customer, each.service
        for month, *both in zip(months_of(forecast.year), each.known, each.expected, strict=True):
            for known, quantity in zip(STATUS, both, strict=True):
                if quantity:
                    yield *key, month, STATUS[known], quantity, "" if known else methods[key]


def _pieces(outlook: Outlook) -> Iterator[Row]:
    methods = _methods(outlook.forecast)
    for each in outlook.pieces:
        customer, service = each.customer, each.service
        named = customer.code, customer.name, service.area.code, service.code, service.name
        method = "" if each.known else methods[customer.code, each.code]
        amount = service.counted(each.quantity), each.amount
        yield *named, each.month, STATUS[each.known], each.quantity, *amount, method


def _methods(forecast: Forecast) -> Mapping[tuple[str, str], str]:
    """
    The method of each customer's series; of a part, with that of the whole.
    """
    whole = {each.service: each.method for each in forecast.services}
    return {
        (each.customer, each.service): f"andel, {whole[each.service]}"
        if each.method == "andel"
        else each.method
        for each in forecast.customers
    }
