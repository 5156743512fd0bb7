"""
What two price lists differ in: services that are new, gone or replaced, what they are called, and prices.

    for service in diff(list_2021, list_2022).services:
        for price in service.prices:
            print(service.code, price.change, price.reasons)    EKO-LEV −1 ('KF: 1 % lägre pris …',)

Lists of the same period are compared month by month. Of lists of different periods, the earlier one's last
prices stand beside the prices of the later one. `diff(b, a)` mirrors `diff(a, b)`, and `diff(a, a)` is empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from attrs import field, frozen

from .catalogue import Area, Coding, Kind, Service
from .money import ZERO, exact, to_places
from .periods import Month, Span, in_force
from .pricelist import Price, PriceList
from .swedish import percent
from .tariff import (
    CostPlusPrice,
    GraduatedPrice,
    Model,
    PackagePrice,
    PhasedPrice,
    Tariff,
    VolumePrice,
    kronor,
    map_kronor,
)

CHANGED: dict[type[Model], str] = {
    CostPlusPrice: "ändrat påslag",
    GraduatedPrice: "ändrad trappa",
    PackagePrice: "ändrat paket",
    PhasedPrice: "ändrade faser",
    VolumePrice: "ändrad trappa",
}
DESCRIPTION = ("name", "area", "kind", "unit", "plural", "vat", "coding", "replaces")
Told = str | Area | Kind | Decimal | Coding | tuple[str, ...] | None


@frozen
class Redescribed:
    """
    A part of a service's description that differs, by the name of its field.
    """

    part: str
    before: Told
    after: Told


@frozen
class PriceChange:
    """
    A service's prices in some months; `None` for a list without one, where `instead` may name the code of
    the service that replaces it there.
    """

    span: Span
    before: Price | None
    after: Price | None
    instead: str | None = None

    @property
    def change(self) -> Decimal | str | None:
        """
        By how many percent the price changed, or in words what did; `None` where one list has no price.
        """
        return change(self.before, self.after) if self.before and self.after else None

    @property
    def reasons(self) -> tuple[str, ...]:
        """
        The notes of the revisions that the price after has and the one before has not.
        """
        was, now = (each.origin if each else () for each in (self.before, self.after))
        shared = next((at for at, pair in enumerate(zip(was, now, strict=False)) if pair[0] != pair[1]), None)
        new = now[min(len(was), len(now)) if shared is None else shared :]
        return tuple(dict.fromkeys(revision.note for revision in new))


@frozen
class ServiceDiff:
    """
    What differs about one service, in its newest descriptions; `None` in the list that does not have it.
    """

    before: Service | None
    after: Service | None
    described: tuple[Redescribed, ...]
    prices: tuple[PriceChange, ...]

    @property
    def service(self) -> Service:
        """
        The service as it is after, or was before.
        """
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def code(self) -> str:
        """
        Its code.
        """
        return self.service.code


@frozen(repr=False)
class PriceListDiff:
    """
    Two price lists, and the services that differ, by code.
    """

    before: PriceList = field(repr=False)
    after: PriceList = field(repr=False)
    services: tuple[ServiceDiff, ...]

    @property
    def new(self) -> tuple[Service, ...]:
        """
        The services that only the list after has.
        """
        return tuple(each.after for each in self.services if each.after and not each.before)

    @property
    def gone(self) -> tuple[Service, ...]:
        """
        The services that only the list before has.
        """
        return tuple(each.before for each in self.services if each.before and not each.after)

    def __repr__(self) -> str:
        return f"<PriceListDiff {self.before.id} → {self.after.id}, {len(self.services)} services>"


@exact()
def diff(before: PriceList, after: PriceList) -> PriceListDiff:
    """
    What differs between two lists: the months from the later one's start on, in which a list that has ended
    stands with its last prices.
    """
    codes = sorted(before.by_code.keys() | after.by_code.keys())
    found = (_of_service(code, before, after) for code in codes)
    return PriceListDiff(before, after, tuple(each for each in found if _differs(each)))


def _differs(each: ServiceDiff) -> bool:
    return bool(each.described or each.prices) or None in (each.before, each.after)


def _of_service(code: str, before: PriceList, after: PriceList) -> ServiceDiff:
    described: dict[Redescribed, None] = {}
    prices = []
    for span in _parts(code, before, after):
        was, now = (_at(each, each.by_code.get(code, ()), span.start) for each in (before, after))
        if was and now:
            described |= dict.fromkeys(_redescribed(was.service, now.service))
        if (was and was.tariff) != (now and now.tariff):
            lacking = before if was is None else after if now is None else None
            heir = _at(lacking, lacking.replaced.get(code, ()), span.start) if lacking else None
            prices.append(PriceChange(span, was, now, heir.service.code if heir else None))
    return ServiceDiff(_newest(before, code), _newest(after, code), tuple(described), tuple(prices))


def _newest(price_list: PriceList, code: str) -> Service | None:
    return price_list.by_code[code][-1].service if code in price_list.by_code else None


def _parts(code: str, before: PriceList, after: PriceList) -> Iterator[Span]:
    """
    The months that are compared, in parts within which neither list changes what it says of a code.
    """
    lists = before, after
    start, end = max(each.span.start for each in lists), max(_ends(each.span) for each in lists)
    spans = [each.span for each in lists]
    spans += [price.span for each in lists for price in each.by_code.get(code, ())]
    spans += [price.span for each in lists for price in each.replaced.get(code, ())]
    turns = {month for span in spans for month in (span.start, _ends(span)) if start < month < end}
    for first, next_ in pairwise([start, *sorted(turns), end]):
        yield Span(first, next_)


def _ends(span: Span) -> Month:
    """
    The month after the last; a price list has an end, and so have its prices.
    """
    assert span.end is not None
    return span.end


def _at(price_list: PriceList, prices: Sequence[Price], month: Month) -> Price | None:
    """
    The one of a list's prices that is in force, or the last of them when the list has ended.
    """
    if prices and month not in price_list.span:
        return prices[-1]
    return in_force(prices, month)


def _redescribed(before: Service, after: Service) -> Iterator[Redescribed]:
    as_unit = (before.plural, after.plural) == (before.unit, after.unit)
    for part in DESCRIPTION:
        was, now = getattr(before, part), getattr(after, part)
        if was != now and not (part == "plural" and as_unit):
            yield Redescribed(part, was, now)


# One price beside another


@exact()
def change(before: Price, after: Price) -> Decimal | str:
    """
    By how many percent a price changed, to a tenth, or what else changed, in words.

    A tariff with several prices has a percentage where all of them changed alike, or where the decided
    change, before rounding, was the same for all.
    """
    if before.service.unit != after.service.unit:
        return f"ny enhet, förut {before.service.unit}"
    if before.tariff == after.tariff:
        return "oförändrat"
    if type(before.tariff.model) is not type(after.tariff.model):
        return "ändrad prismodell"
    was, now = (map_kronor(price.tariff, lambda _: ZERO) for price in (before, after))
    if was.model != now.model:
        return CHANGED.get(type(now.model), "ändrade villkor")
    return _percent(before.tariff, after) if was == now else "ändrade villkor"


def _percent(old: Tariff, new: Price) -> Decimal | str:
    pairs = [(was, now) for was, now in zip(kronor(old), kronor(new.tariff), strict=True) if was or now]
    if not all(was for was, _ in pairs):
        return "ändrat från 0 kr"
    decided = new.origin[-1].percent
    if len(pairs) > 1 and decided and _changed_by_the_last_revision(old, new):
        return decided
    changes = [to_places(Fraction(now - was) / Fraction(was) * 100, 1) for was, now in pairs]
    low, high = min(changes), max(changes)
    if low != high:
        return f"mellan {percent(low)} och {percent(high)}"
    return low or "mindre än 0,1 %"


def _changed_by_the_last_revision(old: Tariff, new: Price) -> bool:
    return len(new.origin) > 1 and new.origin[-2].tariff == old


def held_by_rounding(price: Price) -> bool:
    """
    Whether its last change was a percentage that rounding took away from some figure.
    """
    if len(price.origin) < 2 or not price.origin[-1].exact or price.origin[-1].percent is None:
        return False
    was, now = (kronor(revision.tariff) for revision in price.origin[-2:])
    return any(a == b != 0 for a, b in zip(was, now, strict=True))
