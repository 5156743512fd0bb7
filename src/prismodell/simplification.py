"""
Fewer items in a price list: which services of an area could be one, and what that costs the customers.

    for choice in simplify(prices, volumes, register, area="ekonomi", limit="0.5"):
        choice.saved         items fewer than today
        choice.largest       percent that the customer's year changes by, for whom it changes most
        choice.price_list    an ordinary price list, whose merged items replace the codes of today
        choice.comparison    against today's list, on the same volumes

A merged item has one price for all units alike, a fixed charge for the months in which something was bought,
or a sum for the year that is shared by use; it is set to bring what its services brought. At each step the
two items are merged whose merging moves no customer's year by more than it must, so that the choices are a
row from a little simpler to much simpler. What guides the steps is an estimate; what is told of each choice
is rated.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain, count
from math import ceil
from textwrap import shorten

import attrs
from attrs import frozen

from .bulk import uncollected
from .catalogue import MAX_CODE, MAX_TEXT, Service
from .choosing import choose
from .comparison import Comparison, compare
from .customers import Register, anybody
from .errors import InvalidError, likely
from .mergers import Item, items_of, part_of, steps
from .money import ORE, ZERO, Number, common_scale, decimal_of, exact
from .pricechanges import price_step, scenario_of
from .pricelist import Price, PriceList, Revision
from .rating import check_priced, rate
from .swedish import listing
from .tally import Tally
from .tariff import FixedPrice, SharedPrice, Tariff, UnitPrice
from .volumes import Volumes

MERGED, AND_MORE = "-SAML", " m.m."


@frozen
class Merger:
    """
    An item of a simpler list, and the services that it replaces, the one that brings most first.
    """

    service: Service
    tariff: Tariff
    replaced: tuple[Service, ...]


@frozen(repr=False)
class Choice:
    """
    A simpler list, with what was merged in it and how it compares with today's.
    """

    price_list: PriceList
    mergers: tuple[Merger, ...]
    comparison: Comparison

    @property
    def saved(self) -> int:
        """
        How many items fewer it has.
        """
        return sum(len(each.replaced) - 1 for each in self.mergers)

    @property
    @exact()
    def largest(self) -> Decimal:
        """
        By how many percent the year changes for the customer for whom it changes most, to two decimals, up.
        """
        changes = (part_of(effect.difference, effect.before) for _, effect in self.comparison.customers)
        return Decimal(ceil(max(changes, default=Fraction(0)) * 10_000)).scaleb(-2)

    def __repr__(self) -> str:
        return f"<Choice {self.saved} items saved, {self.largest} % at most>"


@uncollected
@exact()
def simplify(  # noqa: PLR0913 - what is decided of a simplification, by name
    price_list: PriceList,
    volumes: Volumes | Tally,
    register: Register | None = None,
    *,
    area: str,
    limit: Number,
    round_to: Number = ORE,
) -> tuple[Choice, ...]:
    """
    Simpler lists, each with one item fewer in the area than the one before, that change no customer's year by
    more than `limit` percent and bring what today's list brings, but for the rounding of the new prices.

    `volumes` are a year's. Services are merged within their area, kind and VAT; those without use, with
    agreements, that pass on a cost, or that change price in the year stay. Without a register all pay the
    list's price. Raises `InvalidError` for an
    unknown area, a limit that is not above zero, and volumes without a price.
    """
    most, step = decimal_of("limit", limit), price_step(round_to)
    if most <= 0:
        raise InvalidError("limit", f"{most} är inte större än noll", "1 betyder att ett år får ändras 1 %")
    areas = {each.code for each in price_list.areas}
    if area not in areas:
        raise InvalidError("area", f"området {area} finns inte i listan", likely(area, areas))
    tally = volumes.tally()
    payers = register or anybody(tally)
    today = check_priced("volumes", rate(tally, price_list, payers))
    items, choices = items_of(price_list, today, area, payers), []
    for merged in steps(items, today.by("customer"), most):
        mergers = _mergers([item for item in merged if len(item.services) > 1], price_list, step)
        simpler = _simpler(price_list, mergers)
        choices.append(Choice(simpler, mergers, compare(today, rate(tally, simpler, payers))))
    return tuple(each for each in choices if each.largest <= most)


def _mergers(items: Sequence[Item], price_list: PriceList, step: Decimal) -> tuple[Merger, ...]:
    """
    The merged items with their prices, which bring together what the services brought, as nearly as prices on
    the grid can.
    """
    near = [_near(item, step) for item in items]
    pairs = zip(items, near, strict=True)
    brings = [[item.form.weight * price for price in prices] for item, prices in pairs]
    most = sum((item.revenue for item in items), ZERO)
    scale = common_scale([most, *chain(*brings)])
    places = _nearest([[int(each * scale) for each in values] for values in brings], int(most * scale))
    chosen = [prices[place] for prices, place in zip(near, places, strict=True)]
    taken = {*price_list.by_code, *price_list.replaced}
    mergers: list[Merger] = []
    for item, price in zip(items, chosen, strict=True):
        mergers.append(_merger(item, price, taken - {each.code for each in item.services}))
        taken.add(mergers[-1].service.code)
    return tuple(mergers)


def _nearest(options: Sequence[Sequence[int]], whole: int) -> Sequence[int]:
    """
    Which option of each to take so that they come as near the whole as they can, below or above it.
    """
    below, above = choose(options, whole), choose([[-each for each in values] for values in options], -whole)
    sums = [sum(values[at] for values, at in zip(options, way, strict=True)) for way in (below, above)]
    return below if whole - sums[0] <= sums[1] - whole else above


def _near(item: Item, step: Decimal) -> list[Decimal]:
    """
    The prices on the grid beside the one that brings exactly what was brought.
    """
    if item.form.model is SharedPrice:
        return [item.revenue]
    low = item.revenue // (item.form.weight * step) * step
    return [low, low + step]


def _merger(item: Item, price: Decimal, taken: Collection[str]) -> Merger:
    first, *others = item.services
    codes = {each.code for each in item.services}.union(*(each.replaces or () for each in item.services))
    stem = first.code.removesuffix(MERGED)[: MAX_CODE - 2 * len(MERGED)]
    numbered = (f"{stem}{MERGED}{number or ''}" for number in count())
    code = next(each for each in numbered if each not in taken)
    alike = all(each.unit == first.unit for each in others)
    unit, plural = (first.unit, first.plural) if alike else ("månad", "månader")
    name = f"{first.name.removesuffix(AND_MORE)[: MAX_TEXT - len(AND_MORE)]}{AND_MORE}"
    service = attrs.evolve(
        first, code=code, name=name, unit=unit, plural=plural, replaces=tuple(codes - {code})
    )
    return Merger(service, _tariff(item.form.model, price), item.services)


def _tariff(model: type[UnitPrice | FixedPrice | SharedPrice], price: Decimal) -> Tariff:
    if model is FixedPrice:
        return Tariff(FixedPrice(price), maximum=price)  # whatever the use, once a month
    return Tariff(SharedPrice(price, "year") if model is SharedPrice else UnitPrice(price))


def _simpler(price_list: PriceList, mergers: Sequence[Merger]) -> PriceList:
    replaced = {service.code for each in mergers for service in each.replaced}
    kept = (price for price in price_list.prices if price.service.code not in replaced)
    new = (Price(each.service, price_list.span, (Revision(_note(each), each.tariff),)) for each in mergers)
    return scenario_of(price_list, (*kept, *new))


def _note(merger: Merger) -> str:
    note = f"Ersätter {listing([each.code for each in merger.replaced])} till samma intäkt"
    return shorten(note, MAX_TEXT, placeholder=" …")
