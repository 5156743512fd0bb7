"""
Verification: an underlag recomputed from the inputs that it says it was made from.

    verify(underlag, prices, volumes, register)
      ()                                              it is what the inputs give
      underlag FF-TRA-2022-002, price_lists           … or exactly what differs, and which input changed
        prislistan serviceforvaltningen-2022 är ändrad …

An underlag carries what earlier ones had charged, so it is verified alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

import attrs

from .canonical import brief
from .customers import Customer, Register
from .errors import Problem, UnpricedError, likely
from .issuing import differences, volumes_digest
from .money import exact
from .preliminary import preliminary
from .pricelist import PriceList
from .pricing import StepKind
from .rating import Line, Rating, rate
from .swedish import kr, number
from .underlag import Billed, Charged, Underlag
from .volumes import Volumes

AtRate = tuple[str, str, Decimal]


def verify(
    underlag: Underlag,
    price_list: PriceList | Iterable[PriceList],
    volumes: Volumes,
    register: Register,
    plan: Volumes | None = None,
) -> tuple[Problem, ...]:
    """
    Nothing, if the inputs give this underlag; otherwise which input changed, and what differs on which line.

    `plan`: the planned volumes, for an underlag with preliminary twelfths. What must be there and is not is
    found as long as the volumes are the very same; what should not be there is always found.
    """
    return verify_all([underlag], price_list, volumes, register, plan)


@exact()
def verify_all(
    documents: Iterable[Underlag],
    price_list: PriceList | Iterable[PriceList],
    volumes: Volumes,
    register: Register,
    plan: Volumes | None = None,
) -> tuple[Problem, ...]:
    """
    The same of several underlag, for which the inputs are rated once.
    """
    lists = [price_list] if isinstance(price_list, PriceList) else [*price_list]
    actual = rate(volumes, lists, register)
    twelfths = preliminary(rate(plan, lists, register)) if plan else None
    return tuple(
        problem
        for underlag in documents
        for problem in (
            *_changed_lists(underlag, lists),
            *_changed_customer(underlag, register),
            *_changed_volumes(underlag, actual, twelfths),
            *_differing_lines(underlag, _as_then(underlag, actual, twelfths), register),
        )
    )


def _as_then(underlag: Underlag, actual: Rating, twelfths: Rating | None) -> Rating:
    """
    The actual rating, but with the twelfths that the underlag has.
    """
    preliminary_keys = {billed.line.key for billed in underlag.lines if _is_twelfth(billed.line)}
    lines = [line for line in actual.lines if line.key not in preliminary_keys]
    lines += [line for line in twelfths.lines if line.key in preliminary_keys] if twelfths else []
    unrated = tuple(each for each in actual.unrated if each.key not in preliminary_keys)
    return attrs.evolve(actual, lines=tuple(lines), unrated=unrated)


def _is_twelfth(line: Line) -> bool:
    return any(step.kind is StepKind.TWELFTH for step in line.steps)


def _changed_lists(underlag: Underlag, lists: Iterable[PriceList]) -> Iterator[Problem]:
    given = {each.id: each.digest for each in lists}
    place = f"underlag {underlag.number}, price_lists"
    for used in underlag.price_lists:
        if used.id not in given:
            fix = likely(used.id, given)
            yield Problem(place, f"prislistan {used.id} är inte med", fix)
        elif given[used.id] != used.digest:
            now = brief(given[used.id])
            what = f"prislistan {used.id} är ändrad: digest {brief(used.digest)}, nu {now}"
            yield Problem(place, what, "ta fram listan som den var")


def _changed_customer(underlag: Underlag, register: Register) -> Iterator[Problem]:
    was = underlag.customer
    place = f"underlag {underlag.number}, customer"
    try:
        now = register.customer(was.code)
    except UnpricedError as error:
        yield Problem(place, error.what, error.fix)
        return
    for each in attrs.fields(Customer):
        before, after = getattr(was, each.name), getattr(now, each.name)
        if before != after:
            what = f"kundregistret är ändrat: {each.name} var {before}, nu {after}"
            yield Problem(place, what, "ta fram registret som det var")


def _changed_volumes(underlag: Underlag, actual: Rating, twelfths: Rating | None) -> Iterator[Problem]:
    """
    Whether the customer's volumes are other ones; not said of those on twelfths, whose lines tell.
    """
    code = underlag.customer.code
    if twelfths and any(line.customer.code == code for line in twelfths.lines):
        return
    mine = [line for line in actual.lines if line.customer.code == code and line.month <= underlag.month]
    if volumes_digest(mine) == underlag.volumes_digest:
        return
    place = f"underlag {underlag.number}, volumes_digest"
    what = "kundens volymer är inte de som underlaget räknades på"
    yield Problem(place, what, "ta fram volymfilerna som de var")
    there = {billed.line.key for billed in underlag.lines}
    for line in mine:
        if line.month == underlag.month and line.key not in there:
            yield Problem(
                _place(underlag, line), f"{kr(line.amount)} är med i volymerna, men inte i underlaget"
            )


def _place(underlag: Underlag, line: Line) -> str:
    return f"underlag {underlag.number}, {line.price.service.code} {line.month}"


def _differing_lines(underlag: Underlag, rating: Rating, register: Register) -> Iterator[Problem]:
    """
    The lines that the inputs do not give as they are.
    """
    before = {
        (billed.line.key, billed.vat): billed.earlier
        for billed in underlag.lines
        if billed.earlier is not None
    }
    found = differences(rating, underlag.month, register, before)
    given = {
        (billed.line.key, billed.vat): _for(billed, underlag)
        for billed in found.get(underlag.customer.code, ())
    }
    unpriced = {each.key: each.problem for each in rating.unrated}
    for billed in underlag.lines:
        key = billed.line.key
        now = given.get((key, billed.vat))
        if now is None:
            told = unpriced.get(key)
            what = f"{told.what}" if told else "indata ger ingen sådan rad"
            yield Problem(_place(underlag, billed.line), f"{kr(billed.amount)} är fakturerat, men {what}")
        elif attrs.evolve(billed, reason=None) != now:
            yield Problem(_place(underlag, billed.line), "; ".join(_differing(billed, now, underlag)))


def _for(billed: Billed, underlag: Underlag) -> Billed:
    """
    The same for the customer as it was then: what changed about it is told once.
    """
    return attrs.evolve(billed, line=attrs.evolve(billed.line, customer=underlag.customer))


def _differing(billed: Billed, now: Billed, underlag: Underlag) -> Iterator[str]:
    """
    What is another on a line, in the words of a correction.
    """
    if billed.amount != now.amount:
        yield f"belopp {kr(billed.amount)}, men indata ger {kr(now.amount)}"
    if billed.quantity != now.quantity:
        yield f"volym {number(billed.quantity)}, men indata ger {number(now.quantity)}"
    charged = Charged((underlag.number,), billed.quantity, billed.amount, billed.line)
    yield from attrs.evolve(now, earlier=charged).causes()
    if billed.line.price != now.line.price:
        yield "priset har ett annat ursprung"
    if billed.line.steps != now.line.steps:
        yield "beräkningens steg är andra"
    if billed.line.entry != now.line.entry:
        yield "raderna bakom är andra"
