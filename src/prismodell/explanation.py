"""
How an amount came about, in Swedish, told from the steps that made it; nothing is computed here.

    Leverantörsfaktura, elektronisk · januari 2022 · Skärholmens stadsdelsförvaltning
      2 431 fakturor × 22,18 kr = 53 919,58 kr
      pris: Prislista 2021: 22,40 kr; −1 % (KF: lägre pris på obligatoriska tjänster) = 22,176 → 22,18 kr
      volym: 2 rader ur ekonomisystem, arenden-2022-01.csv rad 118 och 4 031
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import assert_never

from .catalogue import Service
from .pricelist import Price, Revision
from .pricing import (
    AgreementPrice,
    CostPlusPrice,
    FixedPrice,
    GraduatedPrice,
    PackagePrice,
    PhasedPrice,
    SharedPrice,
    Step,
    StepKind,
    Tariff,
    Tier,
    UnitPrice,
    VolumePrice,
)
from .swedish import kr, kronor, listing, number, percent
from .volumes import Provenance

PER = {"month": "per månad", "year": "per år"}


def explained_step(step: Step, service: Service) -> str:
    """
    One step as a sentence: `2 431 fakturor × 22,18 kr = 53 919,58 kr`.
    """
    return f"{_label(step, service)} = {kr(step.amount)}"


def _label(step: Step, service: Service) -> str:
    match step.kind:
        case StepKind.UNITS:
            return _times(step, service)
        case StepKind.TIER:
            return f"nivå {step.number}: {_times(step, service)}"
        case StepKind.PHASE:
            return f"anslutningsfas {step.number}: {_times(step, service)}"
        case StepKind.PACKAGES:
            return f"{number(_of(step.quantity))} påbörjade paket × {kr(_of(step.price))}"
        case StepKind.FEE:
            return f"fast avgift, nivå {step.number}"
        case StepKind.INCLUDED:
            return f"ingår i priset: {_units(step, service)}"
        case StepKind.COST:
            return "kostnad enligt underlag"
        case StepKind.MARK_UP:
            return f"påslag {percent(_of(step.percent))}"
        case StepKind.PORTION:
            return f"andel av delad kostnad, fördelad efter {_units(step, service)}"
        case StepKind.MINIMUM:
            return f"upp till minimibeloppet {kr(_of(step.price))}"
        case StepKind.MAXIMUM:
            return f"ned till maximibeloppet {kr(_of(step.price))}"
        case StepKind.AGREEMENT:
            return f"avtal {percent(_of(step.percent))}"
        case StepKind.ROUNDING:
            return "öresavrundning av raden"
        case _ as never:
            assert_never(never)


def _of(figure: Decimal | None) -> Decimal:
    """
    A figure that the step's kind always has.
    """
    if figure is None:
        msg = "a step without the figure its kind needs"
        raise TypeError(msg)
    return figure


def _units(step: Step, service: Service) -> str:
    quantity = _of(step.quantity)
    return f"{number(quantity)} {service.counted(quantity)}"


def _times(step: Step, service: Service) -> str:
    return f"{_units(step, service)} × {kr(_of(step.price))}"


def explained_tariff(tariff: Tariff) -> str:
    """
    A tariff in a few words: `22,40 kr`, or `till 10 000: 9,50 kr; därutöver 7,25 kr`.
    """
    words = [_model(tariff)]
    if tariff.included:
        words.append(f"{number(tariff.included)} ingår")
    if tariff.minimum is not None:
        words.append(f"minst {kr(tariff.minimum)}")
    if tariff.maximum is not None:
        words.append(f"högst {kr(tariff.maximum)}")
    return ", ".join(words)


def _model(tariff: Tariff) -> str:
    match tariff.model:
        case UnitPrice(price=price, step=step):
            return kr(price) if step is None else f"{kr(price)} (per påbörjad {number(step)})"
        case FixedPrice(price=price):
            return f"{kr(price)} per månad"
        case GraduatedPrice(tiers=tiers, per=per):
            return f"trappa {PER[per]}, {_tiers(tiers)}"
        case VolumePrice(tiers=tiers):
            return f"hela volymen, {_tiers(tiers)}"
        case PackagePrice(size=size, price=price):
            return f"{kr(price)} per påbörjade {number(size)}"
        case CostPlusPrice(percent=markup):
            return f"självkostnad med påslag {percent(markup)}" if markup else "självkostnad"
        case PhasedPrice(phases=phases):
            return "; ".join(
                f"{kr(phase.price)} i {phase.months} månader"
                if phase.months
                else f"därefter {kr(phase.price)}"
                for phase in phases
            )
        case SharedPrice(total=total, per=per):
            return f"{kr(total)} {PER[per]}, delas efter volym"
        case AgreementPrice():
            return "enligt avtal"
        case _ as never:
            assert_never(never)


def _tiers(tiers: Sequence[Tier]) -> str:
    return "; ".join(
        (f"till {number(tier.up_to)}: " if tier.up_to is not None else "därutöver " if len(tiers) > 1 else "")
        + kr(tier.price)
        + (f" och avgift {kr(tier.fee)}" if tier.fee else "")
        for tier in tiers
    )


def explained_price(price: Price) -> str:
    """
    Where a price came from: each list, change and agreement, with the exact and the rounded figure.
    """
    return "; ".join(_revision(revision) for revision in price.origin)


def _revision(revision: Revision) -> str:
    if revision.percent is None:
        return f"{revision.note}: {explained_tariff(revision.tariff)}"
    change = f"{percent(revision.percent)} ({revision.note})"
    if revision.exact is None or revision.exact == revision.tariff:
        return change if revision.exact is None else f"{change} = {explained_tariff(revision.tariff)}"
    exact = _figures(revision.exact) or explained_tariff(revision.exact)
    return f"{change} = {exact} → {explained_tariff(revision.tariff)}"


def _figures(tariff: Tariff) -> str:
    """
    The bare figure of a plain unit price, so that the unit stands once in a row of figures.
    """
    return kronor(tariff.model.price) if isinstance(tariff.model, UnitPrice) else ""


def explained_rows(provenance: Sequence[Provenance]) -> Iterator[str]:
    """
    Where the volume came from, a sentence per source and file.
    """
    for each in provenance:
        rows = "1 rad" if each.rows == 1 else f"{number(each.rows)} rader"
        origin = f" ur {each.source}" if each.source else ""
        yield f"{rows}{origin}{_lines(each)}"


def _lines(each: Provenance) -> str:
    if not each.file:
        return ""
    named = [number(line) for line in each.lines]
    if each.rows > len(named):
        return f", {each.file} rad {', '.join(named)} …"
    return f", {each.file} rad {listing(named)}"
