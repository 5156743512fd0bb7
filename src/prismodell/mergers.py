"""
Services of a list as items that could be one, and what their customers would then pay: an estimate, which
guides a search.

A merged item has one price for all units alike, a fixed charge for the months with any use, or a year's sum
that is shared by use; it is set to bring what its services brought.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property
from itertools import combinations
from typing import TypeVar

from attrs import frozen

from .catalogue import Service
from .customers import Register
from .grouping import groups_of
from .lines import Line
from .money import ZERO
from .periods import MONTHS_A_YEAR, Month
from .pricelist import PriceList
from .rating import Rating
from .tariff import AgreementPrice, CostPlusPrice, FixedPrice, SharedPrice, UnitPrice

MILLION = 10**6
ONE = Decimal(1)
Sums = Mapping[str, int]  # millionths of an öre per customer: estimates are compared in integers
Use = tuple[str, Month]  # a customer's, in a month
PARTS = 100 * 10**6  # of a krona


@frozen(eq=False)
class Form:
    """
    A way to charge for an item: by what its price is multiplied to bring the revenue, and who then pays what.
    """

    model: type[UnitPrice | FixedPrice | SharedPrice]
    weight: Decimal
    charges: Sums


@frozen(eq=False)
class Item:
    """
    Services that are one item, or could be: what each customer paid, and its units in each month.
    """

    services: tuple[Service, ...]  # the one that brings most first
    paid: Mapping[str, Decimal]
    used: Mapping[Use, Decimal]

    @cached_property
    def revenue(self) -> Decimal:
        """
        The kronor that its services bring.
        """
        return sum(self.paid.values(), ZERO)

    @cached_property
    def form(self) -> Form:
        """
        The way to charge that moves the customers least; by unit, where they come out alike.
        """
        return min(_forms(self), key=lambda form: max(map(abs, self._moved_by(form).values())))

    @cached_property
    def moves(self) -> Sums:
        """
        How many kronor more each customer pays for it as one item.
        """
        return self._moved_by(self.form) if len(self.services) > 1 else {}

    def _moved_by(self, form: Form) -> Sums:
        return {each: form.charges[each] - int(paid * PARTS) for each, paid in self.paid.items()}


K = TypeVar("K")


def _added(one: Mapping[K, Decimal], other: Mapping[K, Decimal]) -> Mapping[K, Decimal]:
    return {key: one.get(key, ZERO) + other.get(key, ZERO) for key in one.keys() | other.keys()}


def _forms(item: Item) -> Iterator[Form]:
    """
    By unit and shared, where there is one unit; and a fixed charge for the months with any use.
    """
    if len({service.unit for service in item.services}) == 1:
        yield from _weighted(UnitPrice, item, item.used)
        yield from _shared(item)
    yield from _weighted(FixedPrice, item, {key: max(min(q, ONE), -ONE) for key, q in item.used.items()})


def _weighted(
    model: type[UnitPrice | FixedPrice], item: Item, weights: Mapping[Use, Decimal]
) -> Iterator[Form]:
    whole = sum(weights.values(), ZERO)
    if whole > 0:
        each = Fraction(item.revenue) / Fraction(whole)
        yield Form(model, whole, _per_customer({key: each * Fraction(one) for key, one in weights.items()}))


def _shared(item: Item) -> Iterator[Form]:
    """
    A year's sum shared by use, if all months have some and none of it is a credit.
    """
    months = defaultdict[Month, Decimal](lambda: ZERO)
    for (_, month), units in item.used.items():
        months[month] += units
    if len(months) == MONTHS_A_YEAR and all(months.values()) and min(item.used.values()) >= 0:
        each = Fraction(item.revenue) / MONTHS_A_YEAR
        parts = {key: each * Fraction(one) / Fraction(months[key[1]]) for key, one in item.used.items()}
        yield Form(SharedPrice, ONE, _per_customer(parts))


def _per_customer(charges: Mapping[Use, Fraction]) -> Sums:
    sums = defaultdict[str, int](int)
    for (customer, _), kronor in charges.items():
        sums[customer] += int(kronor * PARTS)
    return sums


def items_of(price_list: PriceList, rating: Rating, area: str, register: Register) -> list[Item]:
    """
    The services of an area that can be merged, each an item of its own; the one that brings least first.
    """
    agreed = {agreement.service for agreement in register.agreements}
    lines = groups_of(rating.lines, lambda line: line.service.code)
    items = [
        _item(service, lines[service.code])
        for service in price_list.services
        if service.area.code == area and service.code not in agreed and _can_merge(service.code, price_list)
    ]
    return sorted((each for each in items if _is_used(each)), key=lambda item: item.revenue)


def _can_merge(service: str, price_list: PriceList) -> bool:
    """
    Whether it has one price of the list's own for all of its period.
    """
    price, *others = price_list.by_code[service]
    own = not isinstance(price.tariff.model, CostPlusPrice | AgreementPrice)
    return own and not others and price.span == price_list.span


def _item(service: Service, lines: Sequence[Line]) -> Item:
    paid = defaultdict[str, Decimal](lambda: ZERO)
    for line in lines:
        paid[line.customer.code] += line.amount
    return Item((service,), paid, {(line.customer.code, line.month): line.quantity for line in lines})


def _is_used(item: Item) -> bool:
    """
    Whether it brings something that another price could bring.
    """
    return item.revenue > 0 and any(_forms(item))


def steps(items: list[Item], paid: Mapping[object, Decimal], limit: Decimal) -> Iterator[list[Item]]:
    """
    The items with two of them as one, again and again, as long as no customer's year is moved past the limit,
    a percentage.
    """
    years = {str(customer): int(kronor * PARTS) for customer, kronor in paid.items()}
    joined = cache(_joined)
    moved: Sums = {}
    while True:
        pairs = [(one, other, both) for one, other in combinations(items, 2) if (both := joined(one, other))]
        tried = [(_moved(moved, *pair), *pair) for pair in pairs]
        if not tried:
            return
        moved, one, other, both = min(tried, key=lambda each: _most(each[0], years))
        if _most(moved, years) * 100 > limit * MILLION:
            return
        items = [*(each for each in items if each not in (one, other)), both]
        yield items


def _joined(one: Item, other: Item) -> Item | None:
    """
    Two of one kind, VAT and coding as one, if there is a way to charge for them so.
    """
    services = one.services + other.services
    if len({(service.kind, service.vat, service.coding) for service in services}) > 1:
        return None
    first, second = sorted((one, other), key=lambda item: -item.revenue)
    paid, used = _added(one.paid, other.paid), _added(one.used, other.used)
    both = Item(first.services + second.services, paid, used)
    return both if any(_forms(both)) else None


def _moved(moved: Sums, one: Item, other: Item, both: Item) -> Sums:
    """
    How many kronor more each customer pays once two items are one as well.
    """
    return {
        each: moved.get(each, 0) + both.moves.get(each, 0) - one.moves.get(each, 0) - other.moves.get(each, 0)
        for each in moved.keys() | both.moves.keys()
    }


def _most(moved: Sums, years: Mapping[str, int]) -> int:
    """
    The most that a year is moved by, in parts of a million; one of nothing, by more than any limit.
    """
    parts = (
        abs(by) * MILLION // years[each] if years[each] > 0 else by and PARTS for each, by in moved.items()
    )
    return max(parts, default=0)


def part_of(difference: Decimal | Fraction, of: Decimal) -> Fraction:
    """
    The size of a difference as a part of what it changes; of nothing, all of it.
    """
    return abs(Fraction(difference) / Fraction(of)) if of else Fraction(1 if difference else 0)
