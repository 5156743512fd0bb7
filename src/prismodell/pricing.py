"""
Price models as values, and the one function that turns a quantity into explained steps.

    charge(Tariff(GraduatedPrice((Tier("9.50", 10_000), Tier("7.25")))), Usage(Decimal(12_000)))
      tier 1: 10 000 × 9,50 = 95 000,00
      tier 2:  2 000 × 7,25 = 14 500,00

A `Tariff` is a model and what may be laid around any model, in the order in which it applies: included
units are taken off the quantity, the model prices the rest, minimum and maximum bound the sum, and an
agreement's percentage changes what then stands. Steps are exact; nothing here rounds to öre except the
split of a `shared` total, which is a split of whole öre.

A credit (negative quantity) gives the mirrored amount, except where a model refuses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from itertools import accumulate, pairwise
from typing import Any, ClassVar, TypeVar, assert_never

import attrs
from attrs import field, frozen
from attrs.validators import in_, instance_of

from .errors import InvalidError, Reason, UnpricedError
from .money import HUNDRED, ZERO, allocate, exact, exact_decimal, maybe_exact, round_up
from .periods import Month

PERIODS = ("month", "year")


def _not_negative(_: object, attribute: attrs.Attribute[Decimal], value: Decimal | None) -> None:
    if value is not None and value < 0:
        raise InvalidError(attribute.name, f"{value} är negativt", "priser och mängder är noll eller mer")


def _positive(_: object, attribute: attrs.Attribute[Decimal], value: Decimal | None) -> None:
    if value is not None and value <= 0:
        raise InvalidError(attribute.name, f"{value} är inte större än noll")


# Marks the fields that are prices in kronor, which a percentage changes.
KRONOR = {"kronor": True}


@frozen
class UnitPrice:
    """
    Each unit at the same price; with a `step`, each started step of the line's total in full.
    """

    tag: ClassVar[str] = "unit"
    price: Decimal = field(converter=exact_decimal, validator=_not_negative, metadata=KRONOR)
    step: Decimal | None = field(default=None, converter=maybe_exact, validator=_positive)


@frozen
class Tier:
    """
    A price for the units above the tier before, up to and including `up_to`; the last has no `up_to`.

    The `fee` in kronor is charged when the tier holds some of the quantity.
    """

    price: Decimal = field(converter=exact_decimal, validator=_not_negative, metadata=KRONOR)
    up_to: Decimal | None = field(default=None, converter=maybe_exact, validator=_positive)
    fee: Decimal | None = field(default=None, converter=maybe_exact, validator=_not_negative, metadata=KRONOR)


def _rising(_: object, attribute: attrs.Attribute[tuple[Tier, ...]], tiers: tuple[Tier, ...]) -> None:
    if not tiers:
        raise InvalidError(attribute.name, "inga nivåer", "ange minst en nivå")
    *closed, last = tiers
    if last.up_to is not None:
        raise InvalidError(attribute.name, f"sista nivån slutar vid {last.up_to}", "ta bort dess up_to")
    bounds = [tier.up_to for tier in closed]
    for number, (low, high) in enumerate(zip([ZERO, *bounds], bounds, strict=False), 1):
        if high is None or low is None or high <= low:
            what = f"nivå {number} slutar vid {high}, som inte är över {low}"
            raise InvalidError(
                attribute.name, what, "nivåernas up_to ska stiga, och bara den sista sakna up_to"
            )


def _as_tiers(tiers: Iterable[Tier]) -> tuple[Tier, ...]:
    return tuple(tiers)


@frozen
class GraduatedPrice:
    """
    Each part of the quantity at its own tier's price, plus the fee of each tier reached.

    With `per = "year"` the tiers count the calendar year's units, so a month's amount is what the year's
    bill rises by.
    """

    tag: ClassVar[str] = "graduated"
    tiers: tuple[Tier, ...] = field(converter=_as_tiers, validator=_rising)
    per: str = field(default="month", validator=in_(PERIODS))


@frozen
class VolumePrice:
    """
    The whole quantity at the price of the tier that it falls in, plus that tier's fee.
    """

    tag: ClassVar[str] = "volume"
    tiers: tuple[Tier, ...] = field(converter=_as_tiers, validator=_rising)


@frozen
class PackagePrice:
    """
    A price for each started package of `size` units. Refuses a negative quantity.
    """

    tag: ClassVar[str] = "package"
    size: Decimal = field(converter=exact_decimal, validator=_positive)
    price: Decimal = field(converter=exact_decimal, validator=_not_negative, metadata=KRONOR)


@frozen
class FixedPrice:
    """
    A price per month and subscription, whatever is used; the quantity counts subscriptions.
    """

    tag: ClassVar[str] = "fixed"
    price: Decimal = field(converter=exact_decimal, validator=_not_negative, metadata=KRONOR)


@frozen
class CostPlusPrice:
    """
    The quantity is a cost in kronor, passed on with a mark-up of `percent`.
    """

    tag: ClassVar[str] = "cost_plus"
    percent: Decimal = field(default=ZERO, converter=exact_decimal)

    def __attrs_post_init__(self) -> None:
        if self.percent < -HUNDRED:
            raise InvalidError("percent", f"{self.percent} % är mindre än −100 %")


@frozen
class Phase:
    """
    A price for so many `months` of connection; the last phase has no `months`.
    """

    price: Decimal = field(converter=exact_decimal, validator=_not_negative, metadata=KRONOR)
    months: int | None = None


def _phased(_: object, attribute: attrs.Attribute[tuple[Phase, ...]], phases: tuple[Phase, ...]) -> None:
    lengths = [phase.months for phase in phases]
    ended = [months for months in lengths[:-1] if type(months) is int and months > 0]
    if not lengths or lengths[-1] is not None or len(ended) < len(lengths) - 1:
        fix = "alla faser utom den sista har months, ett heltal större än noll"
        raise InvalidError(attribute.name, "faserna täcker inte all tid en gång", fix)


def _as_phases(phases: Iterable[Phase]) -> tuple[Phase, ...]:
    return tuple(phases)


@frozen
class PhasedPrice:
    """
    A price per unit that depends on how many months the customer has been connected.
    """

    tag: ClassVar[str] = "phased"
    phases: tuple[Phase, ...] = field(converter=_as_phases, validator=_phased)

    def at(self, age: int) -> tuple[int, Phase]:
        """
        The number and the phase of a customer connected for `age` whole months.
        """
        ends = accumulate(phase.months or 0 for phase in self.phases[:-1])
        number = sum(end <= age for end in ends)
        return number + 1, self.phases[number]


@frozen
class SharedPrice:
    """
    A fixed `total` per month, or per year in exact twelfths, split between customers by quantity.
    """

    tag: ClassVar[str] = "shared"
    total: Decimal = field(converter=exact_decimal, validator=_not_negative, metadata=KRONOR)
    per: str = field(default="month", validator=in_(PERIODS))

    def split(self, month: Month, quantities: Mapping[str, Decimal]) -> dict[str, Decimal]:
        """
        Each customer's part of the month's total, by largest remainder; the parts sum to it exactly.

        A customer with a negative quantity has no part. Without any quantity above zero nothing can be
        split, and the result is empty.
        """
        weights = {customer: quantity for customer, quantity in quantities.items() if quantity >= 0}
        if not any(weights.values()):
            return {}
        return allocate(self._of(month), weights)

    def _of(self, month: Month) -> Decimal:
        if self.per == "month":
            return self.total
        return allocate(self.total, dict.fromkeys(range(1, 13), Decimal(1)))[month.number]


@frozen
class AgreementPrice:
    """
    A service that the list names but does not price: only a customer's own agreement does.
    """

    tag: ClassVar[str] = "agreement"


Model = (
    UnitPrice
    | GraduatedPrice
    | VolumePrice
    | PackagePrice
    | FixedPrice
    | CostPlusPrice
    | PhasedPrice
    | SharedPrice
    | AgreementPrice
)
MODELS: tuple[type[Model], ...] = (
    UnitPrice,
    GraduatedPrice,
    VolumePrice,
    PackagePrice,
    FixedPrice,
    CostPlusPrice,
    PhasedPrice,
    SharedPrice,
    AgreementPrice,
)


@frozen
class Tariff:
    """
    A price model with its included units, minimum and maximum per line, and an agreement's percentage.
    """

    model: Model = field(validator=instance_of(MODELS))
    included: Decimal = field(default=ZERO, converter=exact_decimal, validator=_not_negative)
    minimum: Decimal | None = field(
        default=None, converter=maybe_exact, validator=_not_negative, metadata=KRONOR
    )
    maximum: Decimal | None = field(
        default=None, converter=maybe_exact, validator=_not_negative, metadata=KRONOR
    )
    percent: Decimal = field(default=ZERO, converter=exact_decimal)

    def __attrs_post_init__(self) -> None:
        if self.minimum is not None and self.maximum is not None and self.maximum < self.minimum:
            raise InvalidError("maximum", f"maximum {self.maximum} är under minimum {self.minimum}")
        bounded = self.included or self.minimum is not None or self.maximum is not None or self.percent
        if bounded and isinstance(self.model, SharedPrice):
            fix = "en delad kostnad ska alltid gå jämnt upp mellan kunderna"
            raise InvalidError("included", "shared kan inte ha included, minimum eller maximum", fix)
        if self.percent < -HUNDRED:
            raise InvalidError("percent", f"{self.percent} % är mindre än −100 %")


@frozen
class Usage:
    """
    What a price may need to know of one customer's month.

    `earlier`: the same service's quantities of the year's earlier months; `age`: whole months since the
    customer was connected; `portion`: its part, in kronor, of a shared total.
    """

    quantity: Decimal
    earlier: Sequence[Decimal] = ()
    age: int | None = None
    portion: Decimal | None = None


class StepKind(Enum):
    """
    What a step of a line is about.
    """

    INCLUDED = "included"
    UNITS = "units"
    PACKAGES = "packages"
    TIER = "tier"
    FEE = "fee"
    COST = "cost"
    MARK_UP = "mark_up"
    PHASE = "phase"
    PORTION = "portion"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    AGREEMENT = "agreement"
    ROUNDING = "rounding"


@frozen
class Step:
    """
    One step of how an amount came about: exact kronor, and the figures behind them where it has any.

    `number` is the tier or phase, counted from one; `percent` that of a mark-up or an agreement.
    """

    kind: StepKind
    amount: Decimal
    quantity: Decimal | None = None
    price: Decimal | None = None
    number: int | None = None
    percent: Decimal | None = None


def charge(tariff: Tariff, usage: Usage) -> tuple[Step, ...]:
    """
    The steps that price a quantity; their amounts sum to the exact charge. Call it inside `exact()`.

    Raises `UnpricedError` where the model refuses the quantity.
    """
    quantity = _chargeable(tariff, usage.quantity)
    steps = _model_steps(tariff, usage, quantity)
    if tariff.included and usage.quantity:
        steps = (Step(StepKind.INCLUDED, ZERO, quantity - usage.quantity), *steps)
    if tariff.minimum is not None or tariff.maximum is not None:
        steps += _bounded(tariff, usage.quantity, total(steps))
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


def _model_steps(tariff: Tariff, usage: Usage, quantity: Decimal) -> tuple[Step, ...]:
    match tariff.model:
        case UnitPrice(price=price, step=step):
            units = quantity if step is None else round_up(quantity, step)
            return (Step(StepKind.UNITS, units * price, units, price),)
        case FixedPrice(price=price):
            return (Step(StepKind.UNITS, quantity * price, quantity, price),)
        case GraduatedPrice(tiers=tiers, per=per):
            before = sum((_chargeable(tariff, q) for q in usage.earlier), ZERO) if per == "year" else ZERO
            return _graduated(tiers, before, before + quantity)
        case VolumePrice(tiers=tiers):
            return _whole_volume(tiers, quantity)
        case PackagePrice(size=size, price=price):
            _refuse_negative(quantity, "paket")
            packages = round_up(quantity, size) // size
            return (Step(StepKind.PACKAGES, packages * price, packages, price),)
        case CostPlusPrice(percent=percent):
            cost = Step(StepKind.COST, quantity, quantity)
            markup = Step(StepKind.MARK_UP, quantity * percent / HUNDRED, percent=percent)
            return (cost, markup) if percent else (cost,)
        case PhasedPrice() as phased:
            return _of_phase(phased, usage.age, quantity)
        case SharedPrice():
            _refuse_negative(quantity, "delade kostnader")
            return _portion(usage.portion, quantity)
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
        if now != was:
            units = now - was
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


def _portion(portion: Decimal | None, quantity: Decimal) -> tuple[Step, ...]:
    if portion is None:
        what = "ingen kund har någon volym i månaden, så kostnaden kan inte fördelas"
        raise UnpricedError(Reason.NOTHING_TO_SHARE, what, "rapportera minst en kunds volym")
    return (Step(StepKind.PORTION, portion, quantity),)


def _refuse_negative(quantity: Decimal, what: str) -> None:
    if quantity < 0:
        fix = "rätta volymen där den rapporterades"
        raise UnpricedError(Reason.NEGATIVE, f"{what} kan inte krediteras med en negativ volym", fix)


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


T = TypeVar("T", Tariff, Model, Tier, Phase)


@exact()
def falls(tiers: Sequence[Tier]) -> list[tuple[Decimal, Decimal]]:
    """
    Where the bill of `volume` tiers falls when usage rises: the bound, and by how many kronor.
    """
    return [
        (low.up_to, fall)
        for low, high in pairwise(tiers)
        if low.up_to is not None
        and (fall := low.up_to * (low.price - high.price) + (low.fee or ZERO) - (high.fee or ZERO)) > 0
    ]


def map_kronor(value: T, change: Callable[[Decimal], Decimal]) -> T:
    """
    The same tariff, model, tier or phase with each of its prices, fees, totals and bounds changed.
    """
    changed: dict[str, Any] = {}
    for each in attrs.fields(type(value)):
        old = getattr(value, each.name)
        if each.metadata == KRONOR and old is not None:
            changed[each.name] = change(old)
        elif isinstance(old, tuple):
            changed[each.name] = tuple(map_kronor(item, change) for item in old)
        elif isinstance(old, MODELS):
            changed[each.name] = map_kronor(old, change)
    return attrs.evolve(value, **changed)
