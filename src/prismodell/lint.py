"""
What is odd in a price list, and what is odd in it on some volumes: notices, never errors.

    for notice in lint(prices, volumes, register):
        print(notice)

    serviceforvaltningen-2022, EKO-FIL
      −1 % (KF: 1 % lägre pris på obligatoriska tjänster) flyttar inte priset: 0,3465 → 0,35 kr; …

By itself a list tells of prices of nothing, tiers that cannot matter, gaps, bills that fall, and percentages
that rounding took away. Volumes tell what nobody buys or reaches, what has no price, and what a percentage
came to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from .bulk import uncollected
from .catalogue import Service
from .customers import Register, anybody
from .errors import Problem, Reason
from .explanation import explained_tariff
from .lines import Line, Unrated
from .money import HUNDRED, ZERO, exact, round_half_up, to_places
from .periods import Month
from .pricediff import held_by_rounding
from .pricelist import Price, PriceList, price_list_notices
from .pricing import StepKind
from .rating import Rating, rate
from .swedish import in_rows, kr, listing, number, percent
from .tally import Tally
from .tariff import (
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
    counts_the_year,
    kronor,
)
from .volumes import Volumes
from .weighing import Weighed, weighed

TOLERANCE = Fraction(5, 1000)  # of a percentage point


@uncollected
@exact()
def lint(
    price_list: PriceList, volumes: Volumes | Tally | None = None, register: Register | None = None
) -> tuple[Problem, ...]:
    """
    The notices on a list, and on how it meets some volumes; each with its place and, where there is one, the
    fix. Without a register all pay the list's price.
    """
    notices = [*_of_list(price_list)]
    if volumes is not None:
        tally = volumes.tally()
        payers = register or anybody(tally)
        notices += _on_volumes(price_list, rate(tally, price_list, payers), payers)
    return tuple(notices)


def _of_list(price_list: PriceList) -> Iterator[Problem]:
    yield from price_list_notices(price_list, price_list.id)
    for price in price_list.prices:
        yield from _told(price_list, price, [*_free(price), *_idle_tiers(price), *_held(price)])
    yield from _alike(price_list)


def _on_volumes(price_list: PriceList, rating: Rating, register: Register) -> Iterator[Problem]:
    yield from _unrated(price_list, rating)
    yield from _unbought(price_list, rating, register)
    prices = [*weighed(price_list, rating, register)]
    for each in prices:
        lines = [line for line in each.lines if line.price is each.price]  # not those of agreements
        found = [*_unreached(each.price, lines), *_large_package(each.price, lines)]
        yield from _told(price_list, each.price, found)
    yield from _missed_percentages(price_list, prices)


def _told(price_list: PriceList, price: Price, found: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    """
    What is found of a price, with its months where they are not the whole list's.
    """
    when = "" if price.span == price_list.span else f" ({price.span})"
    for what, fix in found:
        yield Problem(f"{price_list.id}, {price.service.code}", f"{what}{when}", fix)


# A price by itself

Found = Iterator[tuple[str, str]]  # what, and the fix


def _free(price: Price) -> Found:
    """
    Prices of 0 kr, which are seldom meant; but a tier may be all fee, and a price all minimum.
    """
    tariff, fix = price.tariff, "ange priset; är det gratis på riktigt behöver det inte räknas"
    if tariff.maximum == 0:
        yield "maximibeloppet är 0 kr: ingen betalar något", "ta bort maximum, eller höj det"
    if tariff.minimum:
        return
    match tariff.model:
        case UnitPrice(price=each) | PackagePrice(price=each) | FixedPrice(price=each) if not each:
            yield "priset är 0 kr", fix
        case SharedPrice(total=each) if not each:
            yield "summan att dela är 0 kr", fix
        case CostPlusPrice(percent=markup) if markup == -HUNDRED:
            yield "påslaget är −100 %: ingen betalar något", fix
        case GraduatedPrice(tiers=tiers) | VolumePrice(tiers=tiers):
            free = [place for place, tier in enumerate(tiers, 1) if not tier.price and not tier.fee]
            yield from ((f"nivå {number(place)} har priset 0 kr", fix) for place in free)
        case PhasedPrice(phases=phases):
            free = [place for place, phase in enumerate(phases, 1) if not phase.price]
            yield from ((f"fas {number(place)} har priset 0 kr", fix) for place in free)
        case _:
            return


def _idle_tiers(price: Price) -> Found:
    """
    Tiers that change no bill: priced as the one before, or where the minimum or the maximum always decides.
    """
    model = price.tariff.model
    if not isinstance(model, GraduatedPrice | VolumePrice):
        return
    whole = isinstance(model, VolumePrice)
    for place, (low, high) in enumerate(pairwise(model.tiers), 2):
        fee = (low.fee or ZERO) if whole else ZERO  # of parts, a fee is added to those before it
        if low.price == high.price and (high.fee or ZERO) == fee:
            yield f"nivå {place} har samma pris som nivå {place - 1}", "slå ihop nivåerna"
    if isinstance(model, VolumePrice) or model.per == "month":
        yield from _hidden_tiers(price.tariff, model.tiers, whole=whole)


def _hidden_tiers(tariff: Tariff, tiers: Sequence[Tier], *, whole: bool) -> Found:
    """
    Tiers whose amounts never come below the maximum, or, of the whole volume, above the minimum: a tier of
    parts is in the amounts of all tiers above it.
    """
    for place, (least, most) in enumerate(_amounts(tiers, whole=whole), 1):
        if tariff.maximum and least >= tariff.maximum:
            what = f"nivå {place} börjar på {kr(least)}, inte under maximibeloppet {kr(tariff.maximum)}"
            yield f"{what}: den märks aldrig", "ta bort nivån, eller höj maximum"
        if whole and tariff.minimum and most is not None and most <= tariff.minimum:
            what = f"nivå {place} ger högst {kr(most)}, inte över minimibeloppet {kr(tariff.minimum)}"
            yield f"{what}: den märks aldrig", "ta bort nivån, eller sänk minimum"


def _amounts(tiers: Sequence[Tier], *, whole: bool) -> Iterator[tuple[Decimal, Decimal | None]]:
    """
    What the smallest and the largest quantity of each tier cost, without minimum and maximum; the last tier
    has no largest.
    """
    start, below = ZERO, ZERO
    for tier in tiers:
        least = (start * tier.price if whole else below) + (tier.fee or ZERO)
        most = None if tier.up_to is None else least + (tier.up_to - start) * tier.price
        yield least, most
        start, below = tier.up_to or start, most or ZERO


def _held(price: Price) -> Found:
    """
    A percentage, the last thing decided, that rounding took away.
    """
    if held_by_rounding(price):
        before, last = price.origin[-2:]
        pairs = zip(kronor(before.tariff), kronor(last.tariff), strict=True)
        part = "" if all(was == now for was, now in pairs) else "hela "
        decided = f"{_percent(Fraction(last.percent or ZERO))} ({last.note})"
        what = f"{decided} flyttar inte {part}priset: {explained_tariff(last.tariff, last.exact)}"
        yield what, "ange ett finare round_to, eller ett mål för summan med reduce_to_target"


def _alike(price_list: PriceList) -> Iterator[Problem]:
    """
    Services that only their names tell apart.
    """
    groups = defaultdict[object, list[Service]](list)
    for prices in price_list.by_code.values():
        service = prices[-1].service
        if any(kronor(price.tariff) for price in prices):
            same = service.area, service.kind, service.unit, service.vat, service.coding
            groups[same, tuple((price.span, price.tariff) for price in prices)].append(service)
    for services in groups.values():
        if len(services) > 1:
            others = listing([each.code for each in services[1:]])
            what = f"samma pris, enhet, område och slag som {others}"
            yield Problem(f"{price_list.id}, {services[0].code}", what, "de kan bli en tjänst, med replaces")


# A price on volumes


def _unrated(price_list: PriceList, rating: Rating) -> Iterator[Problem]:
    """
    What has no price, by service and reason; what is outside the list's period all together.
    """
    groups = defaultdict[tuple[Reason, str], list[Unrated]](list)
    for each in rating.unrated:
        code = "" if each.reason is Reason.OUTSIDE_PERIOD else each.entry.service
        groups[each.reason, code].append(each)
    for (reason, code), found in sorted(groups.items(), key=lambda group: (group[0][1], group[0][0].value)):
        rows = sum(each.entry.rows for each in found)
        told = [in_rows(rows)]
        if code:
            told.append(f"volym {number(sum((each.entry.quantity for each in found), ZERO))}")
        told.append(_months(each.entry.month for each in found))
        place = f"{price_list.id}, {code}" if code else price_list.id
        yield Problem(place, f"{reason.value}, {', '.join(told)}: {found[0].what}", found[0].fix)


def _months(months: Iterable[Month]) -> str:
    found = sorted(months)
    return "–".join(dict.fromkeys(f"{month}" for month in (found[0], found[-1])))


def _unbought(price_list: PriceList, rating: Rating, register: Register) -> Iterator[Problem]:
    """
    Services that nobody bought, reported in a conflict, or subscribes to.
    """
    entries = [*(line.entry for line in rating.lines), *(each.entry for each in rating.unrated)]
    bought = {entry.service for entry in entries if entry.quantity}
    bought |= {service for conflict in rating.conflicts for _, service, _ in conflict.keys}
    bought |= {each.service for each in register.subscriptions}
    if not entries:
        return
    period = f" {_months(entry.month for entry in entries)}"
    for service in price_list.services:
        if service.code not in bought:
            fix = "ta bort den, eller låt en annan tjänst ersätta den med replaces"
            yield Problem(f"{price_list.id}, {service.code}", f"ingen köpte den{period}", fix)


def _unreached(price: Price, lines: Sequence[Line]) -> Found:
    """
    Tiers that no customer's quantity comes to; where none comes to any, that is no matter of the tiers.
    """
    model = price.tariff.model
    steps = [step for line in lines for step in line.steps if step.kind is StepKind.TIER and step.quantity]
    if not isinstance(model, GraduatedPrice | VolumePrice) or not steps:
        return
    reached, most = {step.number for step in steps}, max(map(_counted, lines))
    per = "per år" if counts_the_year(model) else "per månad"
    largest = f"som mest {number(most)} {price.service.counted(most)} {per}"
    starts = [ZERO, *(tier.up_to for tier in model.tiers if tier.up_to is not None)]
    for place, (tier, start) in enumerate(zip(model.tiers, starts, strict=True), 1):
        if place not in reached:
            till = "" if tier.up_to is None else f" till {number(tier.up_to)}"
            what = f"nivå {place} (över {number(start)}{till}) nås av ingen: {largest}"
            yield what, "ta bort nivån, eller flytta gränsen"


def _counted(line: Line) -> Decimal:
    """
    What its tiers had counted after the line, a credit's as the mirrored one.
    """
    counted = (StepKind.COUNTED, StepKind.TIER)
    return abs(sum((step.quantity or ZERO for step in line.steps if step.kind in counted), ZERO))


def _large_package(price: Price, lines: Sequence[Line]) -> Found:
    """
    A package of which nobody needs more than half in a month.
    """
    most = max((line.quantity for line in lines), default=ZERO)
    if isinstance(price.tariff.model, PackagePrice) and 0 < most <= price.tariff.model.size / 2:
        what = f"paketet rymmer {number(price.tariff.model.size)}: som mest köptes {number(most)} på en månad"
        yield what, "minska paketet, eller ta betalt per styck"


def _missed_percentages(price_list: PriceList, prices: Iterable[Weighed]) -> Iterator[Problem]:
    """
    Percentages that are another one in what the prices bring, by more than half a hundredth of a point.
    """
    groups = defaultdict[tuple[str, Decimal], list[Weighed]](list)
    for each in prices:
        last = each.price.origin[-1]
        if last.percent is not None and last.exact is not None and len(each.price.origin) > 1:
            groups[last.note, last.percent].append(each)
    for (note, decided), group in groups.items():
        before = sum((each.brings(each.price.origin[-2].tariff) for each in group), ZERO)
        by = sum((each.revenue for each in group), ZERO) - before
        if before and abs(Fraction(by) / Fraction(before) * 100 - Fraction(decided)) > TOLERANCE:
            came_to = _percent(Fraction(by) / Fraction(before) * 100)
            amounts = " av ".join(kr(round_half_up(amount)) for amount in (by, before))
            what = f"{_percent(Fraction(decided))} ({note}) är {came_to} på volymerna: {amounts}"
            yield Problem(price_list.id, what, "ange målet för summan, med reduce_to_target")


def _percent(value: Fraction) -> str:
    return percent(to_places(value, 3))
