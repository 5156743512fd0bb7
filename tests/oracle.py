"""
A slow, obvious rating to hold the library's against: fractions, loops, and nothing of its arithmetic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from prismodell.customers import Agreement, Customer, Register
from prismodell.periods import Month
from prismodell.pricelist import PriceList
from prismodell.rows import Volume
from prismodell.tariff import (
    AgreementPrice,
    CostPlusPrice,
    FixedPrice,
    GraduatedPrice,
    PackagePrice,
    PhasedPrice,
    SharedPrice,
    Tariff,
    Tier,
    UnitPrice,
    VolumePrice,
)

Key = tuple[str, str, Month]


class NoAmount(Exception):  # noqa: N818 - an answer, not an error
    """There is no price."""


def to_ore(amount: Fraction) -> Decimal:
    """Halves away from zero, on integers."""
    whole, rest = divmod(abs(amount) * 100, 1)
    ore = int(whole) + (1 if rest >= Fraction(1, 2) else 0)
    return Decimal(ore if amount >= 0 else -ore) / 100


def started(amount: Fraction, step: Fraction) -> int:
    """How many steps are started."""
    count = 0
    while count * step < amount:
        count += max(1, int((amount - count * step) / step))
    return count


def tiered(tiers: Sequence[Tier], units: Fraction) -> Fraction:
    """What a counter that stands on so many units has cost, tier by tier, fees included."""
    if units < 0:
        return -tiered(tiers, -units)
    bill, low = Fraction(0), Fraction(0)
    for tier in tiers:
        high = units if tier.up_to is None else min(units, Fraction(tier.up_to))
        if high > low:
            bill += (high - low) * Fraction(tier.price) + Fraction(tier.fee or 0)
            low = high
    return bill


def charged_units(tariff: Tariff, quantity: Fraction) -> Fraction:
    """The quantity above what is included."""
    if abs(quantity) <= tariff.included:
        return Fraction(0)
    included = Fraction(tariff.included)
    return quantity - included if quantity > 0 else quantity + included


def model_amount(
    tariff: Tariff, quantity: Fraction, earlier: Sequence[Fraction], age: int | None
) -> Fraction:
    """The amount before minimum, maximum and agreement; shared totals are not priced alone."""
    units = charged_units(tariff, quantity)
    sign = -1 if units < 0 else 1
    match tariff.model:
        case UnitPrice(price=price, step=None) | FixedPrice(price=price):
            return units * Fraction(price)
        case UnitPrice(price=price, step=Decimal() as step):
            return sign * started(abs(units), Fraction(step)) * Fraction(step) * Fraction(price)
        case GraduatedPrice(tiers=tiers, per=per):
            before = (
                sum((charged_units(tariff, q) for q in earlier), Fraction(0))
                if per == "year"
                else Fraction(0)
            )
            return tiered(tiers, before + units) - tiered(tiers, before)
        case VolumePrice(tiers=tiers):
            tier = next(t for t in tiers if t.up_to is None or abs(units) <= t.up_to)
            return units * Fraction(tier.price) + (sign * Fraction(tier.fee or 0) if units else 0)
        case PackagePrice(size=size, price=price):
            if quantity < 0:
                raise NoAmount
            return started(units, Fraction(size)) * Fraction(price)
        case CostPlusPrice(percent=percent):
            return units * (1 + Fraction(percent) / 100)
        case PhasedPrice(phases=phases):
            if age is None or age < 0:
                raise NoAmount
            by_month = [p.price for p in phases for _ in range(p.months or age + 1)]
            return units * Fraction(by_month[age])
        case _:
            raise NoAmount


def amount(tariff: Tariff, quantity: Fraction, earlier: Sequence[Fraction], age: int | None) -> Fraction:
    """The amount with minimum, maximum and an agreement's percentage."""
    bill = model_amount(tariff, quantity, earlier, age)
    sign = -1 if quantity < 0 else 1
    if tariff.minimum is not None and sign * bill < tariff.minimum:
        bill = sign * Fraction(tariff.minimum)
    if tariff.maximum is not None and sign * bill > tariff.maximum:
        bill = sign * Fraction(tariff.maximum)
    return bill * (1 + Fraction(tariff.percent) / 100)


def shares(total_ore: int, weights: dict[str, Fraction]) -> dict[str, int]:
    """Largest remainder in whole öre, ties to the first code."""
    whole = sum(weights.values())
    exact = {key: Fraction(total_ore) * weight / whole for key, weight in weights.items()}
    parts = {key: share.numerator // share.denominator for key, share in exact.items()}
    for key in sorted(exact, key=lambda key: (-(exact[key] - parts[key]), key))[
        : total_ore - sum(parts.values())
    ]:
        parts[key] += 1
    return parts


def rate(rows: Sequence[Volume], price_list: PriceList, register: Register) -> dict[Key, Decimal | None]:
    """The amount of each customer, service and month, or `None` where there is no price."""
    sums: dict[Key, Fraction] = defaultdict(Fraction)
    for row in counted(rows):
        sums[row.customer, row.service, row.month] += Fraction(row.quantity)
    return {key: one(key, sums, price_list, register) for key in sums}


def counted(rows: Sequence[Volume]) -> list[Volume]:
    """The rows that count: of those with one source and reference, one if they agree, and none if not."""
    counting = []
    for place, row in enumerate(rows):
        same = [
            (where, other)
            for where, other in enumerate(rows)
            if row.source and row.reference and (other.source, other.reference) == (row.source, row.reference)
        ]
        agree = all(
            (row.customer, row.service, row.month, row.quantity)
            == (other.customer, other.service, other.month, other.quantity)
            for _, other in same
        )
        if not same or (agree and place == same[0][0]):
            counting.append(row)
    return counting


def listed(service: str, month: Month, price_list: PriceList) -> Tariff | None:
    """The tariff in force."""
    for price in price_list.prices:
        if price.service.code == service and price.span.start <= month < (price.span.end or Month(9999, 1)):
            return price.tariff
    return None


def agreed(customer: str, service: str, month: Month, register: Register) -> Agreement | None:
    """The customer's agreement in force."""
    for each in register.agreements:
        ends = each.span.end or Month(9999, 1)
        if (each.customer, each.service) == (customer, service) and each.span.start <= month < ends:
            return each
    return None


def known(code: str, month: Month, register: Register) -> Customer | None:
    """The customer, where it can be charged."""
    for each in register.customers:
        if each.code == code and each.span.start <= month < (each.span.end or Month(9999, 1)):
            return each
    return None


def one(key: Key, sums: dict[Key, Fraction], price_list: PriceList, register: Register) -> Decimal | None:
    """One amount."""
    code, service, month = key
    tariff, customer = listed(service, month, price_list), known(code, month, register)
    if tariff is None or customer is None:
        return None
    agreement = agreed(code, service, month, register)
    if isinstance(tariff.model, SharedPrice) and not (agreement and agreement.tariff):
        return None if agreement else shared(tariff.model, key, sums, register)
    percent = agreement.percent if agreement and agreement.percent is not None else Decimal(0)
    own = agreement.tariff if agreement and agreement.tariff else None
    used = own or Tariff(tariff.model, tariff.included, tariff.minimum, tariff.maximum, percent)
    if isinstance(used.model, AgreementPrice):
        return None
    earlier = [
        sums[code, service, Month(month.year, n)]
        for n in range(1, month.number)
        if (code, service, Month(month.year, n)) in sums
    ]
    age = None
    if customer.connected:
        age = (month.year - customer.connected.year) * 12 + month.number - customer.connected.number
    try:
        return to_ore(amount(used, sums[key], earlier, age))
    except NoAmount:
        return None


def shared(model: SharedPrice, key: Key, sums: dict[Key, Fraction], register: Register) -> Decimal | None:
    """A customer's part of a shared total, among those without an agreement."""
    code, service, month = key
    weights = {
        other: quantity
        for (other, what, when), quantity in sums.items()
        if (what, when) == (service, month)
        and quantity >= 0
        and known(other, month, register)
        and not agreed(other, service, month, register)
    }
    if sums[key] < 0 or not any(weights.values()):
        return None
    total = int(model.total * 100)
    if model.per == "year":
        total = shares(total, {f"{n:02}": Fraction(1) for n in range(1, 13)})[f"{month.number:02}"]
    return Decimal(shares(total, weights)[code]) / 100
