"""
A price list: the price in force for a service in a month, and where each price came from.

    price = price_list.price("EKO-LEV", Month(2022, 1))
    price.tariff   →  22,18 kr per faktura
    price.origin   →  Prislista 2021: 22,40;  −1 % (KF: lägre pris …): 22,176 → 22,18

For every service and month there is at most one price. Two are refused when the list is made; none is
an `UnpricedError` that names the nearest dates, never a zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property

from attrs import field, frozen
from attrs.validators import instance_of, min_len

from . import swedish
from .canonical import digest
from .catalogue import Area, Service, code, is_text
from .errors import InvalidError, Problem, Reason, UnpricedError, likely
from .money import ORE, exact
from .periods import Month, Span, by_start, gaps, in_force, overlap
from .tariff import SharedPrice, Tariff, VolumePrice, falls

PRICE_IT = "ge tjänsten ett pris, eller ange dess kod i replaces på den som ersätter den"


@frozen
class Decision:
    """
    Who decided the prices, and where it can be read.
    """

    text: str
    by: str = ""
    day: date | None = None
    reference: str = ""


@frozen
class Revision:
    """
    One station on the way to a price: what a list, a change or an agreement made of it, and why.

    `exact` is the tariff before rounding, where a percentage was applied; `base` is what the percentage was
    counted on, where that is not the tariff of the revision before but the exact one behind it.
    """

    note: str
    tariff: Tariff
    percent: Decimal | None = None
    exact: Tariff | None = None
    base: Tariff | None = None


@frozen
class Price:
    """
    What a service costs in a span of months, with all the revisions that led there, the first first.
    """

    service: Service
    span: Span
    origin: tuple[Revision, ...] = field(validator=min_len(1))

    @property
    def tariff(self) -> Tariff:
        """
        The tariff in force: the last revision's.
        """
        return self.origin[-1].tariff


def _in_order(prices: Iterable[Price]) -> tuple[Price, ...]:
    return tuple(sorted(prices, key=lambda p: (p.service.area.code, p.service.code, p.span.start)))


@frozen
class PriceList:
    """
    The prices decided for a period, in kronor excl. VAT.

    `notices` are what a reader of the file may want to know; they are not part of the value.
    """

    id: str = field(converter=code)
    title: str = field(validator=is_text)
    span: Span = field(validator=instance_of(Span))
    prices: tuple[Price, ...] = field(converter=_in_order)
    decision: Decision | None = None
    currency: str = "SEK"
    notices: tuple[Problem, ...] = field(default=(), eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if self.span.end is None:
            raise InvalidError("valid_to", "prislistan saknar slut", "ange valid_to")
        for price in self.prices:
            if not price.span.within(self.span):
                what = f"{price.service.code} gäller {price.span}, utanför prislistans {self.span}"
                raise InvalidError("valid_from", what)
            _check_tariff(price)
        for service, prices in self.by_code.items():
            if twice := overlap(prices):
                what = f"{service} har två priser samtidigt: {twice[0].span} och {twice[1].span}"
                raise InvalidError("valid_from", what, "ett pris per tjänst och månad")
        for old, prices in self.replaced.items():
            if twice := overlap([*prices, *self.by_code.get(old, ())]):
                priced = " och ".join(sorted({each.service.code for each in twice}))
                what = f"det som rapporteras på {old} har två priser samtidigt, i {priced}"
                raise InvalidError("replaces", what, "ta bort den ersatta tjänsten, eller koden ur replaces")

    @property
    def valid_from(self) -> date:
        """
        The first day of its period.
        """
        return self.span.start.first

    @property
    def valid_to(self) -> date:
        """
        The last day of its period.
        """
        return self._last.last

    @property
    def _last(self) -> Month:
        last = self.span.last
        if last is None:
            msg = "a price list has an end"
            raise TypeError(msg)
        return last

    @property
    def services(self) -> tuple[Service, ...]:
        """
        The services of the list, by area and code; the newest description of each.
        """
        return tuple(prices[-1].service for prices in self.by_code.values())

    @property
    def areas(self) -> tuple[Area, ...]:
        """
        The areas that the services are sorted under.
        """
        return tuple(dict.fromkeys(price.service.area for price in self.prices))

    @cached_property
    def digest(self) -> str:
        """
        SHA-256 of what the list means: not of its comments, the order of its keys, or how digits are padded.
        """
        return digest(self)

    def price(self, service: str, month: Month) -> Price:
        """
        The price in force. Raises `UnpricedError` where there is none, naming the nearest dates.
        """
        return price_in_force([self], service, month)

    @cached_property
    def by_code(self) -> Mapping[str, tuple[Price, ...]]:
        """
        The prices of each service, the earliest first.
        """
        prices = defaultdict[str, list[Price]](list)
        for price in self.prices:
            prices[price.service.code].append(price)
        return {service: tuple(by_start(dated)) for service, dated in prices.items()}

    @cached_property
    def replaced(self) -> Mapping[str, tuple[Price, ...]]:
        """
        The prices of the services that replace a code, the earliest first.
        """
        prices = defaultdict[str, list[Price]](list)
        for price in self.prices:
            for each in price.service.replaces or ():
                prices[each].append(price)
        return {each: tuple(by_start(dated)) for each, dated in prices.items()}

    def __repr__(self) -> str:
        return f"<PriceList {self.id} {self.span}, {len(self.services)} services>"


@exact()
def _check_tariff(price: Price) -> None:
    """
    A shared total is split in whole öre, so it must consist of them; a percentage is for agreements only.
    """
    model = price.tariff.model
    if price.tariff.percent:
        what = f"{price.service.code} har en procentsats på priset i listan"
        raise InvalidError("percent", what, "räkna om priset, eller lägg procenten i ett avtal")
    if isinstance(model, SharedPrice) and model.total % ORE:
        what = f"{price.service.code} delar {model.total} kr, som inte är hela ören"
        raise InvalidError("total", what, "runda summan till ören")


def code_in_force(lists: Sequence[PriceList], service: str, month: Month) -> str:
    """
    The code that a reported service is charged under in a month: its own, or that of one which replaces it.
    """
    current = in_force(lists, month)
    heir = in_force(current.replaced.get(service, ()), month) if current else None
    return heir.service.code if heir else service


def codes_in_force(lists: Sequence[PriceList], service: str, month: Month) -> frozenset[str]:
    """
    The codes that are charged as a service in a month: its own, and those that it replaces.
    """
    current = in_force(lists, month)
    price = in_force(current.by_code.get(service, ()), month) if current else None
    return frozenset({service, *(price.service.replaces or ())} if price else {service})


def several(price_list: PriceList | Iterable[PriceList]) -> tuple[PriceList, ...]:
    """
    One price list, or more, as more.
    """
    return (price_list,) if isinstance(price_list, PriceList) else tuple(price_list)


def is_priced(lists: Sequence[PriceList], service: str, month: Month) -> bool:
    """
    Whether a service has a price in a month.
    """
    try:
        price_in_force(lists, service, month)
    except UnpricedError:
        return False
    return True


def price_in_force(lists: Sequence[PriceList], service: str, month: Month) -> Price:
    """
    The price of a service in a month, of lists that do not overlap; its own, or of the one that replaces it.

    Raises `UnpricedError` for none.
    """
    current = in_force(lists, month)
    if current is None:
        periods = swedish.listing([f"{each.title} ({each.span})" for each in by_start(lists)])
        what = f"{month} är utanför {periods}"
        raise UnpricedError(Reason.OUTSIDE_PERIOD, what, "lägg till prislistan för månaden")
    prices = current.by_code.get(service, ()) + current.replaced.get(service, ())
    if not prices:
        fix = likely(service, {each.code for each in current.services}) or PRICE_IT
        raise UnpricedError(Reason.UNKNOWN_SERVICE, f"{service} finns inte i {current.title}", fix)
    price = in_force(prices, month)
    if price is None:
        spans = swedish.listing([str(each.span) for each in prices])
        what = f"{service} har inget pris i {month}; priser finns för {spans}"
        raise UnpricedError(Reason.NO_PRICE, what, "fyll luckan i prislistan")
    return price


def price_list_notices(price_list: PriceList, place: str) -> list[Problem]:
    """
    What is allowed but seldom meant: gaps in a service's validity, bills that fall when usage rises.
    """
    notices = []
    for prices in price_list.by_code.values():
        service = prices[0].service.code
        notices += [
            Problem(place, f"{service} saknar pris {Span(first, last + 1)}", "volymer då blir oprissatta")
            for first, last in gaps(by_start([*prices, *price_list.replaced.get(service, ())]))
        ]
        for price in prices:
            if isinstance(price.tariff.model, VolumePrice):
                notices += [Problem(place, _fall(service, *each)) for each in falls(price.tariff.model.tiers)]
    return notices


def _fall(service: str, bound: Decimal, by: Decimal) -> str:
    return f"{service}: notan sjunker med {swedish.kr(by)} när volymen passerar {swedish.number(bound)}"
