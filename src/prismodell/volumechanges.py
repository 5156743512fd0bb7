"""
Other volumes to try a price list on: more or less of some services, or work that moves to another service.

    scale(volumes, prices, 10, select=Selection(area="ekonomi"))           10 % more of the area's services
    shift(volumes_2021, 1)                                                 the same a year later
    move(volumes, "EKO-LEV-MAN", "EKO-LEV", "0.25", Month(2022, 7))        a quarter of it, from July on

Volumes in, a tally out. What is changed keeps its rows, and beside them stands one row more, of the source
`scenario`, with what it was changed by: so every rating of it still accounts for each row that was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TypeVar, overload

import attrs

from .catalogue import code, heirs
from .errors import InvalidError, likely
from .money import HUNDRED, MICRO, Number, decimal_of, exact, round_half_up
from .periods import MONTHS_A_YEAR, Month, check_month
from .pricechanges import EVERYTHING, Selection
from .pricelist import PriceList
from .rows import Volume
from .tally import Entry, Tally, add, recoded
from .volumes import Volumes

SOURCE = "scenario"
Dated = TypeVar("Dated", Volume, Entry)


@exact()
def scale(
    volumes: Volumes | Tally, price_list: PriceList, percent: Number, *, select: Selection = EVERYTHING
) -> Tally:
    """
    The volumes with so many percent more (negative: less) of the selected services; of all, if none are.

    The price list tells what services there are, and which ones replace others. What a quantity changes by
    is rounded to six decimals, halves away from zero. Raises `InvalidError` for a percentage of −100 or
    less, and for a selection that has no services in the list or no volumes.
    """
    by, tally = decimal_of("percent", percent), volumes.tally()
    if by <= -HUNDRED:
        raise InvalidError("percent", f"{by} % lämnar inga volymer kvar", "ange mer än −100")
    selected = selected_entries(tally, price_list, select)
    return _with(tally, (_row(each, each.quantity * by / HUNDRED) for each in selected))


def selected_entries(tally: Tally, price_list: PriceList, select: Selection) -> Iterator[Entry]:
    """
    The sums of the selected services, also what is reported on codes that they replace.

    Raises `InvalidError` for a selection that has no services in the list or no volumes.
    """
    if select == EVERYTHING:
        return iter(tally.entries)
    told = heirs(price.service for price in price_list.prices)
    chosen = {each for each, service in told.items() if service in select}
    _check_selection(price_list, select, found=bool(chosen))
    if not any(entry.service in chosen for entry in tally.entries):
        what = "volymerna har ingen av de valda tjänsterna"
        raise InvalidError("select", what, "kontrollera urvalet, och vilka filer volymerna är lästa ur")
    return (entry for entry in tally.entries if entry.service in chosen)


def _check_selection(price_list: PriceList, select: Selection, *, found: bool) -> None:
    codes, areas = {each.code for each in price_list.services}, {each.code for each in price_list.areas}
    for each in sorted((select.codes or frozenset()) - codes):
        raise InvalidError("codes", f"{each} finns inte i {price_list.title}", likely(each, codes))
    if select.area not in {None, *areas}:
        what = f"området {select.area} finns inte i {price_list.title}"
        raise InvalidError("area", what, likely(str(select.area), areas))
    if not found:
        fix = "kontrollera kind, area och koder"
        raise InvalidError("select", f"inga tjänster i {price_list.title} är valda", fix)


@overload
def shift(volumes: Volumes, years: int) -> Volumes: ...


@overload
def shift(volumes: Tally, years: int) -> Tally: ...


def shift(volumes: Volumes | Tally, years: int) -> Volumes | Tally:
    """
    The same rows, or sums, so many years later (negative: earlier), to try a list for another year on them.
    """
    months = MONTHS_A_YEAR * years
    if isinstance(volumes, Tally):
        conflicts = tuple(
            attrs.evolve(
                each,
                rows=_later(each.rows, months),
                keys=frozenset((who, what, when + months) for who, what, when in each.keys),
            )
            for each in volumes.conflicts
        )
        return attrs.evolve(volumes, entries=_later(volumes.entries, months), conflicts=conflicts)
    return Volumes(_later(volumes, months))


def _later(dated: Iterable[Dated], months: int) -> tuple[Dated, ...]:
    return tuple(attrs.evolve(each, month=each.month + months) for each in dated)


@exact()
def move(  # noqa: PLR0913 - what is moved, where, how much and when
    volumes: Volumes | Tally,
    source: str,
    target: str,
    share: Number,
    start: Month,
    *,
    price_list: PriceList | None = None,
) -> Tally:
    """
    The volumes with a `share` (0 to 1) of one service moved to another, from a month on.

    Each customer's quantity is moved in its own month, rounded to six decimals, halves away from zero; what
    leaves one service arrives at the other, exactly. With the share 1 the rows themselves change service.
    Raises `InvalidError` for another share, for a service without volumes from that month on and, where a
    price list is given, for one that it does not have.
    """
    part, to, tally = decimal_of("share", share), code(target), volumes.tally()
    check_month(start, "start")
    if not 0 < part <= 1:
        raise InvalidError("share", f"{part} är inte en andel", "ange mer än 0 och högst 1: 0.25 är 25 %")
    if to == source:
        raise InvalidError("target", f"{source} flyttas till sig själv", "ange en annan tjänst")
    known = {*price_list.by_code, *price_list.replaced} if price_list else {to}
    if to not in known:
        raise InvalidError("target", f"{to} finns inte i listan", likely(to, known))
    leaving = _from(tally, source, start)
    if part == 1:
        return recoded(tally, lambda each, month: to if each == source and month >= start else each)
    gone = [_row(each, -each.quantity * part) for each in leaving]
    arrived = (attrs.evolve(row, service=to, quantity=-row.quantity) for row in gone)
    return _with(tally, (*gone, *arrived))


def _from(tally: Tally, source: str, start: Month) -> list[Entry]:
    of_service = [entry for entry in tally.entries if entry.service == source]
    if not of_service:
        known = {entry.service for entry in tally.entries}
        raise InvalidError("source", f"volymerna har inget av {source}", likely(source, known))
    found = [entry for entry in of_service if entry.month >= start]
    if not found:
        what = f"volymerna har inget av {source} från och med {start}"
        raise InvalidError("start", what, f"ange {of_service[-1].month} eller tidigare")
    return found


def _row(entry: Entry, quantity: Decimal) -> Volume:
    """
    What a sum changes by, as a row of its own.
    """
    return Volume(entry.customer, entry.service, entry.month, round_half_up(quantity, MICRO), SOURCE)


def _with(tally: Tally, rows: Iterable[Volume]) -> Tally:
    """
    The tally and the rows; what changes by nothing stays as it is.
    """
    return add(tally, Volumes(row for row in rows if row.quantity))
