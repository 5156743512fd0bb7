"""
Volume statistics: how much of each service, month by month, this year beside the last and the budget.

    statistics = volume_statistics(actual, before=last_year, budget=plan)
    statistics[0].quantity.variance("before")      Effect: .difference and .percent

The quantities are those that were priced, of the very lines that were billed: there is no second count.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from attrs import frozen

from .alignment import Figures, align
from .catalogue import Service
from .lines import Line
from .money import ZERO, exact
from .periods import Month
from .rating import Rating


@frozen
class ServiceVolume:
    """
    The quantity of a service in a month, in its unit; without a month, in all of them together.
    """

    service: Service
    month: Month | None
    quantity: Figures


@frozen(repr=False)
class VolumeStatistics:
    """
    The volumes per service of all the `months` together, and of each of them, of the sides that were given.
    """

    sides: tuple[str, ...]
    months: tuple[Month, ...]
    services: tuple[ServiceVolume, ...]
    monthly: tuple[ServiceVolume, ...]

    def __repr__(self) -> str:
        return f"<VolumeStatistics of {len(self.services)} services, {len(self.months)} months>"


def volume_statistics(
    actual: Rating,
    *,
    before: Rating | None = None,
    budget: Rating | None = None,
    through: Month | None = None,
) -> VolumeStatistics:
    """
    The volumes of the actual year up to a month, or as far as it is known, beside last year's same months and
    the budget's. Services that replace others are one, where they are counted in one unit.

    Raises `InvalidError` as `align` does.
    """
    aligned = align(through, before=before, budget=budget, actual=actual)
    services = {each.service.code: each.service for each in aligned.lines}
    together = aligned.by("service", of=quantity)
    monthly = aligned.by("service", "month", of=quantity)
    return VolumeStatistics(
        aligned.sides,
        aligned.months,
        tuple(ServiceVolume(service, None, together[code]) for code, service in sorted(services.items())),
        tuple(
            ServiceVolume(service, month, monthly[code, month])
            for code, service in sorted(services.items())
            for month in aligned.months
            if (code, month) in monthly
        ),
    )


@exact()
def quantity(lines: Sequence[Line]) -> Decimal | None:
    """
    The sum of the lines' quantities; `None` where they are counted in several units.
    """
    if len({line.service.unit for line in lines}) > 1:
        return None
    return sum((line.quantity for line in lines), ZERO)
