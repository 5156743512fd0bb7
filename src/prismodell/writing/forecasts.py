"""
A year's forecast as a page for a controller: what it comes to beside the budget, how sure that is, and how
each service was forecast.

    print(render(outlook(forecast, rating)))             forecast_page
    print(render(forecast))                              the same without kronor
    forecast_page(outlook(…), budget, "mnkr")            with the budget beside
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from attrs import frozen

from ..catalogue import Service
from ..errors import InvalidError, likely
from ..expectation import Forecast, Interval, Series
from ..grouping import DIMENSIONS
from ..lines import Line
from ..money import ZERO, exact, to_places
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
NAMED, EXPLAINED = 3, 10
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
NOTHING = Expected(ZERO, ZERO, Interval(ZERO, ZERO), Interval(ZERO, ZERO), rule_of_thumb=False)


@frozen
class _Shown:
    """
    What is shown: a forecast, its outlook and budget, if there are any, and the unit of kronor.
    """

    forecast: Forecast
    outlook: Outlook | None
    budget: Rating | None
    unit: str

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """
        What the kronor consist of, if there are any.
        """
        return self.outlook.pieces if self.outlook else ()

    @property
    def planned(self) -> tuple[Line, ...]:
        """
        The lines of the budget, if there is one.
        """
        return self.budget.lines if self.budget else ()

    @cached_property
    def services(self) -> Mapping[str, Service]:
        """
        The services as the price lists describe them, or as those that have replaced them are described.
        """
        basis = self.forecast.basis
        lists = self.outlook.rating.price_lists if self.outlook else basis.price_lists if basis else ()
        charged = {each.code: each.service for each in self.pieces}
        return charged | {each.code: each for one in lists for each in one.services}


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
    told = (*_explained(shown), *_words(shown.forecast))
    return Page(f"Prognos {shown.forecast.year}", facts, _tables(shown), told, "", "Så är den gjord")


@exact()
def forecast_tables(
    expected: Outlook | Forecast, budget: Rating | None = None, unit: str = "tkr"
) -> tuple[Table, ...]:
    """
    Kronor per area, service and customer, and the quantities of the services and their methods; of a
    `Forecast` alone the latter two. Raises as `forecast_page`.
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


def _uncertain(series: Iterable[Series]) -> list[Series]:
    return [each for each in series if each.wide.low != each.wide.high]


# The head


def _facts(shown: _Shown) -> Iterator[tuple[str, str]]:
    yield "Kända månader", _known_months(shown.forecast)
    if estimated := [*_estimated(shown.forecast)]:
        more = f" och {len(estimated) - NAMED} till" if len(estimated) > NAMED else ""
        yield "Kända månader som saknas", f"uppskattade för {', '.join(estimated[:NAMED])}{more}"
    if shown.outlook is None:
        return
    total, money = shown.outlook.total, MONEY[shown.unit]
    yield "Intäkt", f"{money(total.year)}, varav {money(total.known)} känt och {money(total.expected)} väntat"
    if _uncertain(shown.forecast.services):
        for level in LEVELS:
            each = total.interval(level)
            bounds = f"{money(each.low)} till {money(each.high)}"
            yield f"Intervall {level} %", _marked(bounds, by_thumb=total.rule_of_thumb)
        yield "Mest osäkert", "; ".join(_least_sure(shown, shown.outlook))
    if shown.budget is not None:
        share = _share(total.year, shown.budget.total)
        of_it = f", och prognosen är {percent(share)} av den" if share is not None else ""
        yield "Budget", f"{money(shown.budget.total)}{of_it}"


def _estimated(forecast: Forecast) -> Iterator[str]:
    """
    The services of which something is expected in months that are known: nobody has reported it yet.
    """
    known = forecast.through.number if forecast.through.year == forecast.year else 0
    return (each.service for each in forecast.services if any(each.expected[:known]))


def _least_sure(shown: _Shown, outlook: Outlook) -> Iterator[str]:
    """
    The services whose 80 % is the widest in kronor, the widest first.
    """
    names = {each.service.code: each.service.name for each in outlook.pieces}
    bounds = {code: each.narrow for code, each in outlook.by("service").items()}
    unsure = [code for code, each in bounds.items() if each.low < each.high]
    for code in sorted(unsure, key=lambda code: bounds[code].low - bounds[code].high)[:NAMED]:
        low, high = map(MONEY[shown.unit], (bounds[code].low, bounds[code].high))
        yield f"{names[str(code)]} {low} till {high}"


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
    if _uncertain(forecast.services):
        yield "Observera", SHOCK


def _words(forecast: Forecast) -> Iterator[tuple[str, str]]:
    """
    What the words mean, of those that are used.
    """
    yield "Känt, Väntat", "det som är rapporterat, och det som prognosen lägger till; tillsammans året"
    uncertain = _uncertain((*forecast.services, *forecast.customers))
    if uncertain:
        yield "80 %, 95 %", INTERVALS
    if uncertain and forecast.changes:
        yield "Planerad ändring", "tas som den är sagd: hur säker den är ingår inte i intervallen"
    if any(each.rule_of_thumb for each in uncertain):
        yield "Tumregel", "det finns ingen prognos från i fjol att lära av, så intervallen är en tumregel"


def _marked(text: str, *, by_thumb: bool) -> str:
    return f"{text} (tumregel)" if by_thumb else text


def _masked(service: str, month: Month) -> str:
    return f"{month_name(month)} för {service}" if service else month_name(month)


def _share(part: Decimal, whole: Decimal) -> Decimal | None:
    return to_places(Fraction(part) / Fraction(whole) * 100, 1) if whole else None


# The tables

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
    lines: Iterable[Line | Piece] = (*shown.planned, *outlook.pieces)
    names = {DIMENSIONS[dimension](each): name(each) for each in lines}
    expected, budget = outlook.by(dimension), shown.budget.by(dimension) if shown.budget else {}
    rows: list[Row] = []
    for code in sorted(names, key=str):
        each = expected.get(code, NOTHING)
        named = _marked(names[code], by_thumb=each.rule_of_thumb)
        rows.append((str(code), named, *_amounts(each, budget.get(code, ZERO), shown)))
    planned = shown.budget.total if shown.budget else ZERO
    foot = ("Hela centret", None, *_amounts(outlook.total, planned, shown))
    heads = ("Känt", "Väntat", "Året", *BOUNDS, *(["Budget"] if shown.budget else []))
    share = [Column("% av budget", "percent")] if shown.budget else []
    columns = (Column(head), Column("Namn"), *(Column(each, UNITS[shown.unit]) for each in heads), *share)
    return Table(f"{title}, {shown.unit}", columns, tuple(rows), foot)


def _amounts(each: Expected, planned: Decimal, shown: _Shown) -> Row:
    bounds = each.narrow.low, each.narrow.high, each.wide.low, each.wide.high
    budget = (planned, _share(each.year, planned)) if shown.budget else ()
    return each.known, each.expected, each.year, *bounds, *budget


def _quantities(shown: _Shown) -> Table:
    """
    The quantities of each service, and between which they are likely to end.

    There is no sum below: what is counted in different units is not added.
    """
    rows: list[Row] = []
    for each in shown.forecast.services:
        service = shown.services.get(each.service)
        by_thumb = each.rule_of_thumb and bool(_uncertain([each]))
        named = _marked(service.name, by_thumb=by_thumb) if service else None
        sums = sum(each.known, ZERO), sum(each.expected, ZERO), each.year, each.narrow.low, each.narrow.high
        rows.append((each.service, named, *sums, service.plural if service else None))
    heads = ("Känt", "Väntat", "Året", *BOUNDS[:2])
    columns = (Column("Tjänst"), Column("Namn"), *(Column(each, "number") for each in heads))
    return Table("Volym per tjänst", (*columns, Column("Enhet")), tuple(rows))


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
    services, kronor = shown.services, defaultdict[str, Decimal](lambda: ZERO)
    for each in shown.pieces:
        kronor[each.code] += ZERO if each.known else each.amount
    coming = {each: sum(each.expected, ZERO) for each in shown.forecast.services}
    most = sorted(coming, key=lambda each: -(kronor[each.service] if shown.outlook else coming[each]))
    for series in [each for each in most if coming[each]][:EXPLAINED]:
        code, _, told = series.explain().partition(": ")
        yield f"{services[code].name} ({code})" if code in services else code, f"  {told}"
