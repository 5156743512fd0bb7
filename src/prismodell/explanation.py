"""
How an amount came about, in Swedish, told from the steps that made it; nothing is computed here.

    Leverantörsfaktura, elektronisk · januari 2022 · Skärholmens stadsdelsförvaltning
      2 431 fakturor × 22,18 kr = 53 919,58 kr
      pris: Prislista 2021: 22,40 kr; −1 % (KF: lägre pris på obligatoriska tjänster) = 22,176 → 22,18 kr
      volym: 2 431 fakturor i 2 rader ur ekonomisystem, arenden-2022-01.csv rad 118 och 4 031

What is too long for a line goes on below it, further in, after a whole tier or source.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Any, assert_never

from .catalogue import Service
from .money import HUNDRED, MICRO, exact_decimal, round_half_up
from .pricelist import Price, Revision
from .pricing import Step, StepKind
from .rows import Provenance
from .swedish import in_rows, kr, kronor, listing, number, percent
from .tally import Entry
from .tariff import (
    AgreementPrice,
    CostPlusPrice,
    FixedPrice,
    GraduatedPrice,
    Model,
    PackagePrice,
    Phase,
    PhasedPrice,
    SharedPrice,
    Tariff,
    Tier,
    UnitPrice,
    VolumePrice,
)

UNCHARGED = (StepKind.COUNTED, StepKind.INCLUDED)
PER = {"month": "per månad", "year": "per år"}
HANGS_ON = (
    (StepKind.COUNTED, "räknat tidigare i år", "quantity"),
    (StepKind.PORTION, "alla kunders volym", "whole"),
    (StepKind.PHASE, "anslutningsfas", "number"),
    (StepKind.TWELFTH, "planerat belopp", "price"),
)
WIDTH = 90
FURTHER_IN = "\n" + 8 * " "
GLUE = "\0"
INNER_SPACE = re.compile(r"(?<!;) ")


def explained_steps(steps: Sequence[Step], amount: Decimal, service: Service) -> Iterator[str]:
    """
    Each step as a sentence, `2 431 fakturor × 22,18 kr = 53 919,58 kr`, and the sum where they are several.
    """
    for step in steps:
        label = _label(step, service)
        yield label if step.kind in UNCHARGED else f"{label} = {kr(step.amount)}"
    if sum(step.kind not in UNCHARGED for step in steps) != 1:
        yield f"summa = {kr(amount)}"


def _label(step: Step, service: Service) -> str:
    match step.kind:
        case StepKind.UNITS:
            return _times(step, service)
        case StepKind.TIER:
            return f"nivå {step.number}: {_times(step, service)}"
        case StepKind.PHASE:
            return f"anslutningsfas {step.number}: {_times(step, service)}"
        case StepKind.PACKAGES:
            packages = "påbörjat paket" if step.quantity == 1 else "påbörjade paket"
            return f"{number(_of(step.quantity))} {packages} × {kr(_of(step.price))}"
        case StepKind.FEE:
            return f"fast avgift, nivå {step.number}"
        case StepKind.COUNTED:
            return f"räknat tidigare i år: {_units(_of(step.quantity), service)}"
        case StepKind.INCLUDED:
            return f"{_units(_of(step.quantity).copy_abs(), service)} ingår i priset"
        case StepKind.COST:
            return "självkostnad"
        case StepKind.MARK_UP:
            return f"påslag {percent(_of(step.percent))}"
        case StepKind.PORTION:
            share = f"{number(_of(step.quantity))} av {_units(_of(step.whole), service)}"
            return f"andel av delade {kr(_of(step.price))}: {share}"
        case StepKind.TWELFTH:
            year = f"planerade {kr(_of(step.price))} för {_units(_of(step.whole), service)}"
            return f"1/{step.number} av {year}"
        case StepKind.SETTLED:
            return "planerat, men inte levererat"
        case StepKind.MINIMUM:
            return f"upp till minimibeloppet {kr(_of(step.price))}"
        case StepKind.MAXIMUM:
            return f"ned till maximibeloppet {kr(_of(step.price))}"
        case StepKind.AGREEMENT:
            return f"avtal: {_change(_of(step.percent))}"
        case StepKind.ROUNDING:
            return "öresavrundning"
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


def _units(quantity: Decimal, service: Service) -> str:
    return f"{number(quantity)} {service.counted(quantity)}"


def _times(step: Step, service: Service) -> str:
    return f"{_units(_of(step.quantity), service)} × {kr(_of(step.price))}"


def _change(by: Decimal) -> str:
    return "utan kostnad" if by == -HUNDRED else percent(by)


def explained_tariff(tariff: Tariff, exact: Tariff | None = None) -> str:
    """
    A tariff in a few words: `22,40 kr`, or `trappa per år (till 10 000: 9,50 kr; därutöver: 7,25 kr)`.

    Figures that differ from those of the `exact` tariff are told with both: `22,176 → 22,18 kr`.
    """
    before = exact or tariff
    words = [_model(tariff.model, before.model)]
    if tariff.included:
        words.append(f"{number(tariff.included)} ingår")
    if tariff.minimum is not None:
        words.append(f"minst {_kr(tariff, before, 'minimum')}")
    if tariff.maximum is not None:
        words.append(f"högst {_kr(tariff, before, 'maximum')}")
    if tariff.percent:
        words.append(f"avtal {_change(tariff.percent)}")
    return ", ".join(words)


def _kr(value: Any, before: Any, figure: str = "price") -> str:
    amount, exact = getattr(value, figure), getattr(before, figure)
    told = exact if as_told(exact) == amount else as_told(exact)
    return kr(amount) if amount == exact else f"{kronor(told)} → {kr(amount)}"


def as_told(exact: Decimal) -> Decimal:
    """
    An exact price with no more decimals than a price can have; `Revision.exact` has them all.
    """
    return exact if exact == round_half_up(exact, MICRO) else exact_decimal(round_half_up(exact, MICRO))


def _model(model: Model, before: Any) -> str:
    match model:
        case UnitPrice(step=step):
            return _kr(model, before) + (f" (per påbörjad {number(step)})" if step else "")
        case FixedPrice():
            return f"{_kr(model, before)} per månad"
        case GraduatedPrice(tiers=tiers, per=per):
            return f"trappa {PER[per]} ({_tiers(tiers, before.tiers)})"
        case VolumePrice(tiers=tiers):
            return f"efter hela volymen ({_tiers(tiers, before.tiers)})"
        case PackagePrice(size=size):
            return f"{_kr(model, before)} per påbörjat paket om {number(size)}"
        case CostPlusPrice(percent=markup):
            return f"självkostnad med påslag {percent(markup)}" if markup else "självkostnad"
        case PhasedPrice(phases=phases):
            return f"från anslutningen ({_phases(phases, before.phases)})"
        case SharedPrice(per=per):
            return f"{_kr(model, before, 'total')} {PER[per]}, delas efter volym"
        case AgreementPrice():
            return "enligt avtal"
        case _ as never:
            assert_never(never)


def _tiers(tiers: Sequence[Tier], before: Sequence[Tier]) -> str:
    return "; ".join(
        ("därutöver" if tier.up_to is None else f"till {number(tier.up_to)}")
        + f": {_kr(tier, exact)}"
        + (f" och avgift {_kr(tier, exact, 'fee')}" if tier.fee else "")
        for tier, exact in zip(tiers, before, strict=True)
    )


def _phases(phases: Sequence[Phase], before: Sequence[Phase]) -> str:
    ends = accumulate(phase.months or 0 for phase in phases)
    return "; ".join(
        (f"månad {end - phase.months + 1}–{end}" if phase.months else "därefter") + f": {_kr(phase, exact)}"
        for phase, exact, end in zip(phases, before, ends, strict=True)
    )


def explained_price(price: Price) -> str:
    """
    Where a price came from: each list, change and agreement, with the exact and the rounded figure.
    """
    revisions = [_revision(revision) for revision in price.origin]
    in_a_row = "; ".join(f"{note} {tariff}".rstrip() for note, tariff in revisions)
    if len(in_a_row) <= WIDTH:
        return in_a_row
    return f";{FURTHER_IN}".join(_stacked(note, tariff) for note, tariff in revisions)


def _revision(revision: Revision) -> tuple[str, str]:
    """
    Why the price was set or changed, and what it then was; the latter is empty where the steps tell it.
    """
    if revision.percent is None:
        return f"{revision.note}:", explained_tariff(revision.tariff, revision.exact)
    base = f" på oavrundat {explained_tariff(revision.base)}" if revision.base else ""
    change = f"{_change(revision.percent)}{base} ({revision.note})"
    if revision.exact is None:
        return f"avtal: {change}", ""
    return f"{change} =", explained_tariff(revision.tariff, revision.exact)


def _stacked(note: str, tariff: str) -> str:
    in_a_row = f"{note} {tariff}".rstrip()
    return in_a_row if len(in_a_row) <= WIDTH else f"{note}{FURTHER_IN}  {_filled(tariff, FURTHER_IN + '  ')}"


def explained_volume(quantity: Decimal, service: Service, provenance: Sequence[Provenance]) -> str:
    """
    The volume and where it came from: `136 sidor i 1 rad ur manuella listor, listor.csv rad 199`.
    """
    rows = "; ".join(_rows(each) for each in provenance)
    return _filled(f"{_units(quantity, service)}{f' i {rows}' if rows else ', inga rader'}")


def explained_changes(before: Entry, now: Entry) -> Iterator[str]:
    """
    Which rows came, went or changed between two ratings of a line, by source and file; a plan's are no one's.
    """
    was, is_ = (
        {(each.source, each.file): each for each in entry.provenance if entry.rows} for entry in (before, now)
    )
    for key in sorted(was.keys() | is_.keys()):
        old, new = was.get(key), is_.get(key)
        if old is None and new is not None:
            yield f"tillkom: {_rows(new)}"
        elif new is None and old is not None:
            yield f"utgick: {_rows(old)}"
        elif old and new and (old.rows, old.quantity) != (new.rows, new.quantity):
            yield f"ändrades{_origin(new)}: {_sum(old)} → {_sum(new)}"


def explained_step_changes(before: Sequence[Step], now: Sequence[Step]) -> Iterator[str]:
    """
    What else a price hangs on than the line's own volume, where that changed.
    """
    was, is_ = ({step.kind: step for step in steps} for steps in (before, now))
    if (StepKind.TWELFTH in was) != (StepKind.TWELFTH in is_):
        yield "tolftedel av planen → utfall" if StepKind.TWELFTH in was else "utfall → tolftedel av planen"
        return
    for kind, name, figure in HANGS_ON:
        old, new = (_figure(steps.get(kind), figure) for steps in (was, is_))
        if old != new and before and now:
            yield f"{name} {old} → {new}"


def _figure(step: Step | None, name: str) -> str:
    return number(Decimal(getattr(step, name))) if step else "inget"


def _rows(each: Provenance) -> str:
    return in_rows(each.rows) + (f" ur {each.source}" if each.source else "") + _lines(each)


def _sum(each: Provenance) -> str:
    return f"{in_rows(each.rows)}, summa {number(each.quantity)}"


def _origin(each: Provenance) -> str:
    return (f" ur {each.source}" if each.source else "") + (f", {each.file}" if each.file else "")


def _lines(each: Provenance) -> str:
    if not each.file or not each.lines:
        return f", {each.file}" if each.file else ""
    named = [number(line) for line in each.lines]
    if each.rows > len(named):
        return f", {each.file} rad {', '.join(named)} …"
    return f", {each.file} rad {listing(named)}"


def _filled(text: str, further_in: str = FURTHER_IN) -> str:
    """
    The text on as many lines as it needs, broken only after a semicolon.
    """
    glued = INNER_SPACE.sub(GLUE, text)
    lines = textwrap.wrap(glued, WIDTH, break_long_words=False, break_on_hyphens=False)
    return further_in.join(lines).replace(GLUE, " ")
