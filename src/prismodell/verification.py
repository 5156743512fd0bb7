"""
Verification: an underlag recomputed from the inputs that it says it was made from.

    verify(underlag, prices, volumes, register)
      ()                                              it is what the inputs give
      underlag FF-TRA-2022-002, price_lists           … or exactly what differs, and which input changed
        prislistan serviceforvaltningen-2022 är en annan än då …

An underlag carries what earlier ones had charged, so it is verified alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from itertools import chain, pairwise

import attrs
from attrs import frozen

from .canonical import brief
from .customers import Customer, Register
from .errors import InvalidError, Problem, UnpricedError, nearest
from .explanation import explained_price
from .grouping import groups_of
from .issuing import by_customer, differences, lists_used, volumes_digest
from .lines import Line
from .money import exact
from .preliminary import preliminary, settled
from .pricelist import PriceList, several
from .pricing import StepKind
from .rating import Rating, rate
from .swedish import kr, number, percent
from .underlag import Billed, Charged, Underlag, charges, is_first
from .volumes import Volumes

NOTHING_PLANNED = Volumes()
PLANNED = (StepKind.TWELFTH, StepKind.SETTLED)
AS_IT_WAS = "ta fram indata som de var, eller rätta med ett nytt underlag"


def verify(
    underlag: Underlag,
    price_list: PriceList | Iterable[PriceList],
    volumes: Volumes,
    register: Register,
    plan: Volumes = NOTHING_PLANNED,
) -> tuple[Problem, ...]:
    """
    Nothing, if the inputs give this underlag; otherwise which input changed, and what differs on which line.

    `plan`: the planned volumes, of a year or more, for an underlag with preliminary twelfths. A line that
    should not be there is always found; one that is left out, on the customer's first underlag of a year: a
    later one does not say what the earlier ones had.
    """
    return verify_all([underlag], price_list, volumes, register, plan)


@exact()
def verify_all(
    documents: Iterable[Underlag],
    price_list: PriceList | Iterable[PriceList],
    volumes: Volumes,
    register: Register,
    plan: Volumes = NOTHING_PLANNED,
) -> tuple[Problem, ...]:
    """
    The same of several underlag, for which the inputs are rated once.
    """
    lists = several(price_list)
    known = tuple(documents)
    twelfths, problems = _twelfths(known, rate(plan, lists, register))
    rating = rate(volumes, lists, register)
    given = _Given(lists, register, rating, by_customer(rating.lines), twelfths)
    found = chain.from_iterable(_differences(underlag, given) for underlag in known)
    return (*problems, *found, *_charged_twice(known))


@frozen
class _Given:
    """
    The inputs, rated: the lines by customer, and the twelfths of those that have any.
    """

    lists: tuple[PriceList, ...]
    register: Register
    rating: Rating
    lines: Mapping[str, list[Line]]
    twelfths: Mapping[str, list[Line]]


def _twelfths(
    documents: Iterable[Underlag], planned: Rating
) -> tuple[Mapping[str, list[Line]], list[Problem]]:
    """
    The twelfths of the customers that have any, as far as the plan has them; and what is wrong with the plan.
    """
    on_twelfths = {each.customer.code for each in documents if any(b.line.has(*PLANNED) for b in each.lines)}
    twelfths: list[Line] = []
    try:
        for _, lines in sorted(groups_of(planned.lines, lambda line: line.month.year).items()):
            if customers := on_twelfths & {line.customer.code for line in lines}:
                year = attrs.evolve(planned, lines=tuple(lines), delivered=tuple(lines))
                twelfths += preliminary(year, customers).lines
    except InvalidError as error:
        return by_customer(()), [Problem("plan", error.what, error.fix)]
    return by_customer(twelfths), []


def _differences(underlag: Underlag, given: _Given) -> Iterator[Problem]:
    yield from _changed_lists(underlag, given.lists)
    yield from _changed_customer(underlag, given.register)
    yield from _changed_volumes(underlag, given)
    yield from _differing_lines(underlag, given)
    yield from _left_out(underlag, given)


def _charged_twice(documents: Iterable[Underlag]) -> Iterator[Problem]:
    """
    Lines of several of the underlag, of which the later does not know that the earlier charged them.
    """
    for ((_, service, month), _), numbered in charges(documents).items():
        for (before, _), (number_, billed) in pairwise(numbered):
            if before not in (billed.earlier.documents if billed.earlier else ()):
                what = f"{kr(billed.amount)} är fakturerat utan hänsyn till underlag {before}"
                yield Problem(f"underlag {number_}, {service} {month}", what, "ta med bara det som gäller")


def _changed_lists(underlag: Underlag, lists: Iterable[PriceList]) -> Iterator[Problem]:
    place = f"underlag {underlag.number}, price_lists"
    given = {each.id: each for each in lists}
    for used in underlag.price_lists:
        now = given.get(used.id)
        if now is None:
            near = nearest(used.id, given)
            yield Problem(
                place,
                f"prislistan {used.id} är inte med",
                f"ge den också; närmast av de givna är {near}" if near else "ge den också",
            )
        elif now.digest != used.digest:
            digests = f"digest {brief(used.digest)}, nu {brief(now.digest)}"
            what = f"prislistan {used.id} är en annan än då ({digests})"
            yield Problem(place, what, "ta fram den som gällde")
    stated = {(each.id, each.title) for each in underlag.price_lists}
    for each in lists_used(given.values(), underlag.lines):
        if (each.id, each.title) not in stated and all(used.id in given for used in underlag.price_lists):
            what = f"underlaget nämner inte prislistan {each.title} ({each.id})"
            yield Problem(place, what, AS_IT_WAS)


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
            said, says = (_said(value) for value in (before, after))
            what = f"kundregistret är ändrat: {each.name} {said or 'saknades'}, nu {says or 'borttaget'}"
            yield Problem(place, what, "ta fram registret som det var")


def _said(value: object) -> str:
    """
    A value of the register in its own words; nothing for one that it does not have.
    """
    return str(value.value if isinstance(value, Enum) else "" if value is None else value)


def _changed_volumes(underlag: Underlag, given: _Given) -> Iterator[Problem]:
    """
    Whether the customer's volumes are other ones; those that have lost their price may still be the same.
    """
    code = underlag.customer.code
    priced = [line.entry for line in given.lines[code]]
    unpriced = [each.entry for each in given.rating.unrated if each.entry.customer == code]
    digests = (
        volumes_digest(each for each in entries if each.month <= underlag.month)
        for entries in (priced, priced + unpriced)
    )
    if underlag.volumes_digest not in digests:
        place = f"underlag {underlag.number}, volumes_digest"
        what = "kundens volymer är inte de som underlaget räknades på"
        yield Problem(place, what, "ta fram volymfilerna som de var")


def _left_out(underlag: Underlag, given: _Given) -> Iterator[Problem]:
    """
    What a customer's first underlag of the year should have of it, and has not; others cannot tell.
    """
    if not is_first(underlag):
        return
    there = {billed.line.key for billed in underlag.lines} | given.rating.waiting
    for line in given.lines[underlag.customer.code]:
        due = line.month.year == underlag.month.year and line.month <= underlag.month
        if due and line.key not in there:
            what = f"{kr(line.amount)} är med i volymerna, men inte i underlaget"
            fix = "fakturera det som en rättelse, eller ta fram volymerna som de var"
            yield Problem(_place(underlag, line), what, fix)


def _place(underlag: Underlag, line: Line) -> str:
    return f"underlag {underlag.number}, {line.price.service.code} {line.month}"


def _differing_lines(underlag: Underlag, given: _Given) -> Iterator[Problem]:
    """
    The lines that the inputs do not give as they are.
    """
    now = {(billed.line.key, billed.vat): _for(billed, underlag) for billed in _recomputed(underlag, given)}
    rates = dict(now.keys())
    for billed in underlag.lines:
        key, place = billed.line.key, _place(underlag, billed.line)
        found = now.get((key, billed.vat))
        if found is None and key in rates:
            what = f"momsen är {percent(billed.vat)}, men indata ger {percent(rates[key])}"
            yield Problem(place, what, AS_IT_WAS)
        elif found is None:
            what = f"{kr(billed.amount)} är fakturerat, men {_why_not(billed, given)}"
            yield Problem(place, what, AS_IT_WAS)
        elif attrs.evolve(billed, reason=None) != found:
            yield Problem(place, "; ".join(_differing(billed, found, underlag)), AS_IT_WAS)


def _why_not(billed: Billed, given: _Given) -> str:
    """
    Why the inputs do not give a line.
    """
    key = billed.line.key
    unpriced = [each.what for each in given.rating.unrated if each.key == key]
    clashing = [each.problem.what for each in given.rating.conflicts if key in each.keys]
    if billed.line.has(StepKind.TWELFTH):
        return "planen har inte kundens tolftedel; ange planen som den var"
    if unpriced or clashing:
        return "; ".join(unpriced + clashing)
    return "indata ger ingen sådan rad"


def _recomputed(underlag: Underlag, given: _Given) -> Iterator[Billed]:
    """
    What the inputs say that the customer was to be billed, with the twelfths that the underlag has.
    """
    code = underlag.customer.code
    twelfths = frozenset(billed.line.key for billed in underlag.lines if billed.line.has(StepKind.TWELFTH))
    lines = [line for line in given.lines[code] if line.month <= underlag.month and line.key not in twelfths]
    lines += [line for line in given.twelfths[code] if line.key in twelfths]
    undelivered = {each.line.key for each in underlag.lines if each.line.has(StepKind.SETTLED)} - {
        x.key for x in lines
    }
    lines += [settled(line) for line in given.twelfths[code] if line.key in undelivered]
    before = {(each.line.key, each.vat): each.earlier for each in underlag.lines if each.earlier}
    return differences(lines, before, given.rating.waiting - twelfths, given.rating.months)


def _for(billed: Billed, underlag: Underlag) -> Billed:
    """
    The same for the customer as it was then: what changed about it is told once.
    """
    return attrs.evolve(billed, line=attrs.evolve(billed.line, customer=underlag.customer))


def _differing(billed: Billed, now: Billed, underlag: Underlag) -> Iterator[str]:
    """
    What is another on a line, with its causes in the words of a correction.
    """
    if billed.amount != now.amount:
        yield f"belopp {kr(billed.amount)}, men indata ger {kr(now.amount)}"
    elif billed.line.amount != now.line.amount:
        yield f"radens belopp {kr(billed.line.amount)}, men indata ger {kr(now.line.amount)}"
    charged = Charged((underlag.number,), billed.quantity, billed.amount, billed.line)
    causes = attrs.evolve(now, earlier=charged).causes()
    if billed.quantity != now.quantity and billed.line.quantity == now.line.quantity:
        yield f"volym {number(billed.quantity)}, men indata ger {number(now.quantity)}"
    yield from causes
    if not causes and billed.line.price != now.line.price:
        origins = (explained_price(each.line.price) for each in (billed, now))
        yield f"priset kom till på annat sätt: {' / nu '.join(origins)}"
    elif not causes and billed.line.entry != now.line.entry:
        yield "raderna bakom är andra"
    elif not causes and billed.line.steps != now.line.steps:
        yield "beräkningens steg är andra"
