"""
From one price list to another: percentages, new prices, additions and removals, each with its reason.

    derive(list_2021, [Change("KF: 1 % lägre", Percent(-1), Selection(kind=Kind.OBLIGATORY))], …)

A percentage moves every figure in kronor of a price (tiers, fees and bounds too; a cost passed on has none),
computed exactly and then rounded to its grid, halves away from zero. So a price of 0,50 kr or less does not
move by −1 % on an öre grid; the revision says so with both figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import attrs
from attrs import field, frozen

from .catalogue import MAX_CODE, Kind, Service, codes_of
from .errors import InvalidError, likely
from .money import HUNDRED, MICRO, ORE, Number, decimal_of, exact, exact_decimal, round_half_up
from .periods import Span
from .pricelist import Decision, Price, PriceList, Revision, price_list_notices
from .swedish import percent as percent_text
from .tariff import Tariff, kronor, map_kronor


def _kind(kind: Kind | str | None) -> Kind | None:
    known = {each.value: each for each in Kind}
    if kind is None or isinstance(kind, Kind):
        return kind
    if kind not in known:
        raise InvalidError("kind", f"{kind} är inte ett slag", likely(str(kind), known))
    return known[kind]


def _code_set(codes: Iterable[str] | None) -> frozenset[str] | None:
    return None if codes is None else frozenset(codes_of(codes) or ())


@frozen
class Selection:
    """
    Which services a change is for; all that is given must match, and nothing given means all.
    """

    kind: Kind | None = field(default=None, converter=_kind)
    area: str | None = None
    codes: frozenset[str] | None = field(default=None, converter=_code_set)

    def __contains__(self, service: Service) -> bool:
        return (
            self.kind in (None, service.kind)
            and self.area in (None, service.area.code)
            and (self.codes is None or service.code in self.codes)
        )


EVERYTHING = Selection()
SCENARIO = "-scenario"
UNROUNDED = Decimal("1e-24")  # kronor; far below what any volume could bring to an öre


def price_step(round_to: Number) -> Decimal:
    """
    The step that prices are rounded to. Raises `InvalidError` unless it is a whole number of millionths, as
    prices are.
    """
    step = decimal_of("round_to", round_to)
    with exact():
        if step >= MICRO and not step % MICRO:
            return step
    what = f"{step:f} är inte ett steg för priser, som har högst sex decimaler"
    raise InvalidError("round_to", what, "ange till exempel 0.01")


@frozen
class Percent:
    """
    All figures in kronor so many percent higher (negative: lower), then rounded to `round_to` kronor.

    Counted on the price as it is, or `from_exact`: on what it was before it was rounded the last time, so
    that a chain of lists does not drift with its roundings.
    """

    percent: Decimal = field(converter=exact_decimal)
    round_to: Decimal = field(default=ORE, converter=price_step)
    from_exact: bool = False

    def __attrs_post_init__(self) -> None:
        if self.percent <= -HUNDRED:
            raise InvalidError("percent", f"{self.percent} % lämnar inget pris kvar", "ange mer än −100")


@frozen
class NewPrice:
    """
    Another tariff.
    """

    tariff: Tariff


@frozen
class Add:
    """
    A service that the list did not have; without a span it holds as long as the list.
    """

    service: Service
    tariff: Tariff
    span: Span | None = None


@frozen
class Remove:
    """
    The service is in the list no more.
    """


@frozen
class Change:
    """
    What is done to the selected services of a list, and the reason in words.
    """

    note: str
    action: Percent | NewPrice | Add | Remove
    select: Selection = EVERYTHING


def carried(base: PriceList, span: Span) -> tuple[Price, ...]:
    """
    A list's prices in another period: what held at its start or end also holds before or after it.
    """
    moved = ((price, _moved(price.span, base.span, span)) for price in base.prices)
    return tuple(attrs.evolve(price, span=new) for price, new in moved if new)


def _moved(span: Span, old: Span, new: Span) -> Span | None:
    start = new.start if span.start <= old.start else max(span.start, new.start)
    ends = [end for end in (None if span.end == old.end else span.end, new.end) if end is not None]
    return Span(start, min(ends, default=None)) if not ends or start < min(ends) else None


@exact()
def apply(change: Change, prices: tuple[Price, ...], span: Span) -> tuple[Price, ...]:
    """
    The prices after a change. Raises `InvalidError` when it selects nothing, adds what is there, or rounds a
    lowered price above what it was (or a raised one below).
    """
    match change.action:
        case Add(service=service, tariff=tariff, span=own):
            if service.code in {price.service.code for price in prices}:
                fix = "ändra priset med select och price"
                raise InvalidError("add", f"{service.code} finns redan i listan", fix)
            return (*prices, Price(service, own or span, (Revision(change.note, tariff),)))
        case action:
            selected = [price for price in prices if price.service in change.select]
            if not selected:
                fix = "kontrollera kind, area och koder"
                raise InvalidError("select", "ändringen väljer ingen tjänst i listan", fix)
            rest = [price for price in prices if price.service not in change.select]
            if isinstance(action, Remove):
                return tuple(rest)
            return (*rest, *(_revised(price, action, change.note) for price in selected))


def _revised(price: Price, action: Percent | NewPrice, note: str) -> Price:
    if isinstance(action, NewPrice):
        revision = Revision(note, action.tariff)
    else:
        last, factor = price.origin[-1], (HUNDRED + action.percent) / HUNDRED
        base = last.exact if action.from_exact and last.exact else last.tariff
        unrounded = map_kronor(base, lambda figure: _kept(figure * factor))
        rounded = map_kronor(unrounded, lambda figure: round_half_up(figure, action.round_to))
        if base == unrounded and rounded == price.tariff:
            return price
        _check_direction(price, rounded, action)
        revision = Revision(note, rounded, action.percent, unrounded, base if base != last.tariff else None)
    return attrs.evolve(price, origin=(*price.origin, revision))


def _kept(figure: Decimal) -> Decimal:
    """
    An exact figure with so many decimals that a chain of any length can be counted on it and written down.
    """
    return round_half_up(figure, UNROUNDED) if figure % UNROUNDED else figure


def _check_direction(price: Price, new: Tariff, action: Percent) -> None:
    """
    A figure off the grid may be rounded past where it was, and an exact one lie on its other side: refused.
    """
    for before, after in zip(kronor(price.tariff), kronor(new), strict=True):
        if (after - before) * action.percent < 0:
            step = f"avrundat till {action.round_to:f} kr"
            what = f"{price.service.code}: {step} går {before:f} till {after:f}, åt fel håll"
            fix = "räkna på det avrundade priset" if action.from_exact else "ange ett finare avrundningssteg"
            raise InvalidError("from" if action.from_exact else "round_to", what, fix)


def derive(  # noqa: PLR0913 - the head of a price list, all by name
    base: PriceList,
    changes: Iterable[Change],
    *,
    id: str,  # noqa: A002 - the name of the field it sets
    title: str,
    span: Span | None = None,
    decision: Decision | None = None,
) -> PriceList:
    """
    The list that changes make of another, in their order. Raises `InvalidError` as `apply` does.
    """
    period = span or base.span
    prices = carried(base, period)
    for change in changes:
        prices = apply(change, prices, period)
    derived = PriceList(id, title, period, prices, decision, base.currency)
    return attrs.evolve(derived, notices=tuple(price_list_notices(derived, title)))


def percent_lower(percent: Number) -> Decimal:
    """
    How many percent lower something is to be. Raises `InvalidError` for what is not between 0 and 100.
    """
    by = decimal_of("percent", percent)
    if not 0 < by < HUNDRED:
        fix = "ange hur många procent lägre: 1 betyder 1 % lägre"
        raise InvalidError("percent", f"{by} är inte mellan 0 och 100", fix)
    return by


@exact()
def reduce_prices(
    price_list: PriceList,
    percent: Number,
    *,
    select: Selection = EVERYTHING,
    round_to: Decimal = ORE,
    note: str = "",
) -> PriceList:
    """
    The list with the selected services `percent` lower (1: one percent), rounded to `round_to` kronor.

    Raises `InvalidError` for a percentage that is not between 0 and 100, or when nothing is selected.
    """
    by = percent_lower(percent)
    reduction = Percent(-by, round_to)
    change = Change(note or f"{percent_text(reduction.percent)} på valda tjänster", reduction, select)
    return scenario_of(price_list, apply(change, price_list.prices, price_list.span))


def scenario_of(price_list: PriceList, prices: tuple[Price, ...]) -> PriceList:
    """
    The list with other prices, called a scenario of it.
    """
    title = f"{price_list.title.removesuffix(', scenario')}, scenario"
    made = attrs.evolve(
        price_list,
        id=f"{price_list.id.removesuffix(SCENARIO)[: MAX_CODE - len(SCENARIO)]}{SCENARIO}",
        title=title,
        prices=prices,
    )
    return attrs.evolve(made, notices=tuple(price_list_notices(made, title)))
