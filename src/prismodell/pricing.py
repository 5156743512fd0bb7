"""
The one function that turns a quantity into explained steps.

    charge(Tariff(GraduatedPrice((Tier("9.50", up_to=10_000), Tier("7.25")))), Decimal(12_000))
      tier 1: 10 000 × 9,50 = 95 000,00
      tier 2:  2 000 × 7,25 = 14 500,00

Steps are exact; nothing here rounds to öre except the split of a `shared` total, which is a split of whole
öre. A credit (negative quantity) gives the mirrored amount, except where a model refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import assert_never

from attrs import frozen

from .errors import Reason, UnpricedError
from .money import HUNDRED, ZERO, allocate, exact, exact_decimal, round_up
from .periods import Month
from .tariff import (
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


class StepKind(Enum):
    """
    What a step of a line is about.
    """

    INCLUDED = "included"
    COUNTED = "counted"
    UNITS = "units"
    PACKAGES = "packages"
    TIER = "tier"
    FEE = "fee"
    COST = "cost"
    MARK_UP = "mark_up"
    PHASE = "phase"
    PORTION = "portion"
    TWELFTH = "twelfth"
    SETTLED = "settled"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    AGREEMENT = "agreement"
    ROUNDING = "rounding"


@frozen
class Step:
    """
    One step of how an amount came about: exact kronor, and the figures behind them where it has any.

    `number` is the tier or phase, counted from one; `percent` that of a mark-up or an agreement; `whole` the
    sum of all customers' quantities, by which the total in `price` was shared. A twelfth's `price` and
    `whole` are the planned year's kronor and quantity, its `number` the months that they are spread over.
    """

    kind: StepKind
    amount: Decimal
    quantity: Decimal | None = None
    price: Decimal | None = None
    number: int | None = None
    percent: Decimal | None = None
    whole: Decimal | None = None


@frozen
class Context:
    """
    What some prices need to know besides the month's quantity.

    `earlier`: the same service's quantities of the year's earlier months; `age`: whole months since the
    customer was connected; `portion`: its step of a shared total, from `portions`.
    """

    earlier: Sequence[Decimal] = ()
    age: int | None = None
    portion: Step | None = None


NOTHING = Context()
WITHOUT_CREDIT = (PackagePrice, SharedPrice)
UNITS = StepKind.UNITS  # Python 3.11 takes as long to find a member of an enum as to multiply two Decimals


def charge(tariff: Tariff, quantity: Decimal, context: Context = NOTHING) -> tuple[Step, ...]:
    """
    The steps that price a quantity; their amounts sum to the exact charge. Call it inside `exact()`.

    Raises `UnpricedError` where the model refuses the quantity.
    """
    if isinstance(tariff.model, WITHOUT_CREDIT) and quantity < 0:
        what = f"en negativ volym kan inte krediteras med prismodellen {tariff.model.tag}"
        raise UnpricedError(Reason.NEGATIVE, what, "rätta volymen där den rapporterades")
    units = _chargeable(tariff, quantity) if tariff.included else quantity
    steps = _model_steps(tariff, units, context)
    if tariff.included and quantity:
        steps = (Step(StepKind.INCLUDED, ZERO, exact_decimal(units - quantity)), *steps)
    if tariff.minimum is not None or tariff.maximum is not None:
        steps += _bounded(tariff, quantity, total(steps))
    if tariff.percent:
        change = total(steps) * tariff.percent / HUNDRED
        steps += (Step(StepKind.AGREEMENT, change, percent=tariff.percent),)
    return steps


def total(steps: Sequence[Step]) -> Decimal:
    """
    The exact sum of the steps.
    """
    return steps[0].amount if len(steps) == 1 else sum((step.amount for step in steps), ZERO)


def _chargeable(tariff: Tariff, quantity: Decimal) -> Decimal:
    if not tariff.included:
        return quantity
    above = max(abs(quantity) - tariff.included, ZERO)
    return -above if quantity < 0 else above


def _model_steps(tariff: Tariff, quantity: Decimal, context: Context) -> tuple[Step, ...]:
    match tariff.model:
        case UnitPrice() as unit:
            units = quantity if unit.step is None else round_up(quantity, unit.step)
            return (Step(UNITS, units * unit.price, units, unit.price),)
        case FixedPrice(price=price):
            return (Step(UNITS, quantity * price, quantity, price),)
        case GraduatedPrice(tiers=tiers, per=per):
            before = sum((_chargeable(tariff, q) for q in context.earlier), ZERO) if per == "year" else ZERO
            steps = _graduated(tiers, before, before + quantity)
            return (Step(StepKind.COUNTED, ZERO, exact_decimal(before)), *steps) if before else steps
        case VolumePrice(tiers=tiers):
            return _whole_volume(tiers, quantity)
        case PackagePrice(size=size, price=price):
            packages = round_up(quantity, size) // size
            return (Step(StepKind.PACKAGES, packages * price, packages, price),)
        case CostPlusPrice(percent=percent):
            cost = Step(StepKind.COST, quantity, quantity)
            markup = Step(StepKind.MARK_UP, quantity * percent / HUNDRED, percent=percent)
            return (cost, markup) if percent else (cost,)
        case PhasedPrice() as phased:
            return _of_phase(phased, context.age, quantity)
        case SharedPrice():
            return (_portion(context.portion),)
        case AgreementPrice():
            fix = "lägg till ett avtal för kunden, eller ett pris i listan"
            raise UnpricedError(Reason.AGREEMENT_MISSING, "prislistan anger inget pris för tjänsten", fix)
        case _ as never:
            assert_never(never)


def _bounds(tiers: Sequence[Tier]) -> list[tuple[int, Tier, Decimal]]:
    """
    Each tier with its number and the quantity that it starts above.
    """
    starts = [ZERO, *(tier.up_to for tier in tiers if tier.up_to is not None)]
    return [(number, tier, start) for number, (tier, start) in enumerate(zip(tiers, starts, strict=True), 1)]


def _held(tier: Tier, start: Decimal, quantity: Decimal) -> Decimal:
    """
    How much of a quantity a tier holds; a negative quantity is held as the mirrored one.
    """
    size = abs(quantity)
    units = max((size if tier.up_to is None else min(size, tier.up_to)) - start, ZERO)
    return -units if quantity < 0 else units


def _fee(tier: Tier, held: Decimal) -> Decimal:
    fee = tier.fee or ZERO
    return fee if held > 0 else -fee if held < 0 else ZERO


def _graduated(tiers: Sequence[Tier], before: Decimal, after: Decimal) -> tuple[Step, ...]:
    """
    What each tier's bill rises by when the counter goes from `before` to `after`.
    """
    steps: list[Step] = []
    for number, tier, start in _bounds(tiers):
        was, now = _held(tier, start, before), _held(tier, start, after)
        if now == was:
            continue
        units = (now - was).normalize()
        steps.append(Step(StepKind.TIER, units * tier.price, units, tier.price, number))
        fee = _fee(tier, now) - _fee(tier, was)
        if fee:
            steps.append(Step(StepKind.FEE, fee, number=number))
    return tuple(steps) or (Step(StepKind.UNITS, ZERO, ZERO, tiers[0].price),)


def _whole_volume(tiers: Sequence[Tier], quantity: Decimal) -> tuple[Step, ...]:
    size = abs(quantity)
    number, tier = next(
        (number, tier) for number, tier in enumerate(tiers, 1) if tier.up_to is None or size <= tier.up_to
    )
    step = Step(StepKind.TIER, quantity * tier.price, quantity, tier.price, number)
    fee = _fee(tier, quantity)
    return (step, Step(StepKind.FEE, fee, number=number)) if fee else (step,)


def _of_phase(phased: PhasedPrice, age: int | None, quantity: Decimal) -> tuple[Step, ...]:
    if age is None or age < 0:
        what = "priset beror på hur länge kunden varit ansluten, men den var inte ansluten den månaden"
        raise UnpricedError(Reason.NOT_CONNECTED, what, "ange kundens connected i kundregistret")
    number, phase = phased.at(age)
    return (Step(StepKind.PHASE, quantity * phase.price, quantity, phase.price, number),)


def _portion(portion: Step | None) -> Step:
    if portion is None:
        what = "ingen kund har någon volym i månaden, så kostnaden kan inte fördelas"
        raise UnpricedError(Reason.NOTHING_TO_SHARE, what, "rapportera minst en kunds volym")
    return portion


@exact()
def portions(shared: SharedPrice, month: Month, quantities: Mapping[str, Decimal]) -> dict[str, Step]:
    """
    Each customer's part of the month's total, by largest remainder; the parts sum to it exactly.

    A customer with a negative quantity has no part. Without any quantity above zero nothing can be split,
    and the result is empty.
    """
    weights = {customer: quantity for customer, quantity in quantities.items() if quantity >= 0}
    whole = exact_decimal(sum(weights.values(), ZERO))
    if not whole:
        return {}
    total = _of_month(shared, month)
    return {
        customer: Step(StepKind.PORTION, part, weights[customer], total, whole=whole)
        for customer, part in allocate(total, weights).items()
    }


def _of_month(shared: SharedPrice, month: Month) -> Decimal:
    """
    The month's total: of a year's, an exact twelfth.
    """
    if shared.per == "month":
        return shared.total
    return allocate(shared.total, dict.fromkeys(range(1, 13), Decimal(1)))[month.number]


def _bounded(tariff: Tariff, quantity: Decimal, amount: Decimal) -> tuple[Step, ...]:
    """
    The step that lifts an amount to the minimum or lowers it to the maximum; a credit's is mirrored.
    """
    sign = Decimal(-1) if quantity < 0 else Decimal(1)
    size = sign * amount
    if tariff.minimum is not None and size < tariff.minimum:
        return (Step(StepKind.MINIMUM, sign * (tariff.minimum - size), price=tariff.minimum),)
    if tariff.maximum is not None and size > tariff.maximum:
        return (Step(StepKind.MAXIMUM, sign * (tariff.maximum - size), price=tariff.maximum),)
    return ()
