"""
What price lists differ in, what is odd in one, and what they bring on other volumes, as tables.

    print(render(diff_table(diff(list_2021, list_2022))))
    print(render(notices_table(lint(prices, volumes, register))))
    print(render(sensitivity_table(sensitivity(volumes, [prices, simpler], register))))
    print(render(break_even_table(break_even(volumes, prices, simpler, register))))
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from ..catalogue import Area, Kind
from ..errors import Problem
from ..money import HUNDRED, exact
from ..pricediff import PriceChange, PriceListDiff, Redescribed, ServiceDiff, Told
from ..sensitivity import BreakEven, ListRevenue, Point, Sensitivity
from ..swedish import listing, percent
from .page import KIND_NAMES
from .pricelist import figure, months
from .table import Cell, Column, Table

Row = tuple[Cell, ...]
PARTS: Mapping[str, str] = {
    "name": "namn",
    "area": "område",
    "kind": "slag",
    "unit": "enhet",
    "plural": "enhet i plural",
    "vat": "moms",
    "coding": "kontering",
    "replaces": "ersätter",
}


@exact()
def diff_table(diff: PriceListDiff) -> Table:
    """
    What differs, service by service: what it is called, and its prices with the change and the reason.
    """
    columns = (
        *(Column("Tjänst"), Column("Vad"), Column("Före", "kronor"), Column("Efter", "kronor")),
        *(Column("Ändring %", "percent"), Column("Varför")),
    )
    rows = tuple(row for each in diff.services for row in _differences(each, diff))
    return Table(f"Skillnader mellan {diff.before.title} och {diff.after.title}", columns, rows)


def _differences(each: ServiceDiff, diff: PriceListDiff) -> Iterator[Row]:
    name = f"{each.code} {each.service.name}"
    for part in each.described:
        yield name, PARTS[part.part], *_texts(part), None, ""
    for price in each.prices:
        yield name, _what(price, each, diff), *_prices(price), price.change, "; ".join(price.reasons)
    if not each.prices and not each.described:
        yield name, "ny" if each.after else "utgår", None, None, None, ""


def _texts(part: Redescribed) -> tuple[str, str]:
    return _told(part.before), _told(part.after)


def _told(value: Told) -> str:
    match value:
        case None | ():
            return "inget"
        case Area():
            return f"{value.name} ({value.code})"
        case Kind():
            return KIND_NAMES[value]
        case Decimal():
            return percent(value)
        case tuple():
            return listing([each if isinstance(each, str) else "=".join(each) for each in value])
        case _:
            return value


def _what(price: PriceChange, each: ServiceDiff, diff: PriceListDiff) -> str:
    """
    What a price shows: that it is another, or that the service is new or gone, in its months where those are
    not a whole list's.
    """
    if price.before and price.after:
        what = "pris"
    elif price.after:
        what = f"ny, förut i {price.instead}" if price.instead else "ny" if not each.before else "nytt pris"
    else:
        what = f"ingår i {price.instead}" if price.instead else "utgår"
    replaced = price.after.service.replaces if price.after and not price.before else None
    added = [f"ersätter {listing(replaced)}"] if replaced else []
    added += [months(price.span)] if price.span not in (diff.before.span, diff.after.span) else []
    return f"{what} ({'; '.join(added)})" if added else what


def _prices(price: PriceChange) -> tuple[Cell, Cell]:
    before, after = (figure(each.tariff) if each else None for each in (price.before, price.after))
    return before, after


def notices_table(notices: Iterable[Problem]) -> Table:
    """
    Notices with their places and fixes, such as those of `lint`.
    """
    columns = (Column("Var"), Column("Vad"), Column("Åtgärd"))
    return Table("Att se över", columns, tuple((each.place, each.what, each.fix) for each in notices))


@exact()
def sensitivity_table(sensitivity: Sensitivity) -> Table:
    """
    Kronor per area at each percentage of its volumes, list by list, and the sums if all areas change alike.
    """
    columns = (
        *(Column("Område"), Column("Prislista")),
        *(Column(_volumes(by), "kronor") for by in sensitivity.percents),
    )
    areas = {each.area.code: each.area.name for one in sensitivity.lists for each in one.areas}
    rows = [row for code, name in sorted(areas.items()) for row in _of_area(code, name, sensitivity.lists)]
    rows += [("Alla områden", one.price_list.title, *one.total) for one in sensitivity.lists]
    return Table("Intäkt vid andra volymer", columns, tuple(rows))


def _volumes(by: Decimal) -> str:
    return f"{'+' if by > 0 else ''}{percent(by)}" if by else "Oförändrat"


def _of_area(code: str, name: str, lists: Iterable[ListRevenue]) -> Iterator[Row]:
    for one in lists:
        for area in one.areas:
            if area.area.code == code:
                yield name, one.price_list.title, *area.revenue


@exact()
def break_even_table(found: BreakEven) -> Table:
    """
    The two lists at today's volumes and where they bring the same, which may be between two of the rows.
    """
    columns = (
        *(Column("Volymer"), Column("Av dagens", "percent"), Column("Före", "kronor")),
        *(Column("Efter", "kronor"), Column("Skillnad", "kronor")),
    )
    rows = [_point("I dag", found.today)]
    if found.nearest and found.nearest != found.today:
        rows.append(_point("Lika mycket" if not found.nearest.difference else "Närmast", found.nearest))
    if found.nearest and found.nearest.difference and found.beside:
        rows.append(_point("Bredvid", found.beside))
    title = f"Volymen då {found.before.title} (före) och {found.after.title} (efter) ger lika mycket"
    missing = "" if found.nearest else ": ingen mellan 10 % och 300 % av dagens"
    return Table(title + missing, columns, tuple(rows))


def _point(name: str, point: Point) -> Row:
    return name, point.factor * HUNDRED, point.before, point.after, point.difference
