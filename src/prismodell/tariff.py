"""
Price models as values: what a service costs, before anyone has used it.

    Tariff(GraduatedPrice((Tier("9.50", up_to=10_000), Tier("7.25"))), minimum=100)

A `Tariff` is a model and what may be laid around any model, in the order in which it applies: included units
are taken off the quantity, the model prices the rest, minimum and maximum bound the sum, and an agreement's
percentage changes what then stands. `pricing.charge` is what applies it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import Any, ClassVar, TypeVar, get_args

import attrs
from attrs import field, frozen
from attrs.validators import in_, instance_of

from .errors import InvalidError
from .money import HUNDRED, ZERO, exact, exact_decimal, maybe_exact

PERIODS = ("month", "year")


def _not_negative(_: object, attribute: attrs.Attribute[Decimal], value: Decimal | None) -> None:
    if value is not None and value < 0:
        raise InvalidError(attribute.name, f"{value} är negativt", "priser och mängder är noll eller mer")


def _positive(_: object, attribute: attrs.Attribute[Decimal], value: Decimal | None) -> None:
    if value is not None and value <= 0:
        raise InvalidError(attribute.name, f"{value} är inte större än noll", "ange ett tal över noll")


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
            raise InvalidError("percent", f"{self.percent} % är under −100 %", "ange −100 eller mer")


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
MODELS: tuple[type[Model], ...] = get_args(Model)


def counts_the_year(model: Model) -> bool:
    """
    Whether a month's price depends on what the earlier months of its year have had.
    """
    return isinstance(model, GraduatedPrice) and model.per == "year"


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
            what = f"maximum {self.maximum} är under minimum {self.minimum}"
            raise InvalidError("maximum", what, "byt plats på dem, eller ta bort det ena")
        bounded = self.included or self.minimum is not None or self.maximum is not None or self.percent
        if bounded and isinstance(self.model, SharedPrice):
            fix = "en delad kostnad ska alltid gå jämnt upp mellan kunderna"
            raise InvalidError("included", "shared kan inte ha included, minimum eller maximum", fix)
        if self.percent < -HUNDRED:
            raise InvalidError("percent", f"{self.percent} % är under −100 %", "ange −100 eller mer")


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


def kronor(value: Tariff) -> tuple[Decimal, ...]:
    """
    A tariff's prices, fees, totals and bounds, in the order in which `map_kronor` changes them.
    """
    found: list[Decimal] = []

    def noted(figure: Decimal) -> Decimal:
        found.append(figure)
        return figure

    map_kronor(value, noted)
    return tuple(found)


def with_kronor(tariff: Tariff, figures: Iterable[Decimal]) -> Tariff:
    """
    The tariff with other figures in kronor. Raises `InvalidError` where its minimum passes its maximum.
    """
    left = iter(figures)
    return map_kronor(tariff, lambda _: next(left))


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
