"""
Verification: an underlag recomputed from the inputs that it says it was made from.

    verify(underlag, prices, volumes, register)
      ()                                              it is what the inputs give
      underlag FF-TRA-2022-002, price_lists           … or exactly what differs, and which input changed
        prislistan serviceforvaltningen-2022 är ändrad …

An underlag carries what earlier ones had charged, so it is verified alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import attrs
from attrs import frozen

from .canonical import brief
from .customers import Customer, Register
from .errors import Problem, UnpricedError, likely
from .issuing import differences, nothing, volumes_digest
from .money import exact
from .preliminary import preliminary
from .pricelist import PriceList
from .pricing import StepKind
from .rating import Key, Line, Rating, rate
from .swedish import kr, number
from .underlag import Billed, Charged, Underlag
from .volumes import Volumes

NOTHING_PLANNED = Volumes()


def verify(
    underlag: Underlag,
    price_list: PriceList | Iterable[PriceList],
    volumes: Volumes,
    register: Register,
    plan: Volumes = NOTHING_PLANNED,
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
    plan: Volumes = NOTHING_PLANNED,
) -> tuple[Problem, ...]:
    """
    The same of several underlag, for which the inputs are rated once.
    """
    lists = [price_list] if isinstance(price_list, PriceList) else [*price_list]
    rating, known = rate(volumes, lists, register), tuple(documents)
    twelfths = _twelfths(known, rate(plan, lists, register))
    given = _Given(lists, register, rating, _by_customer(rating.lines), _by_customer(twelfths))
    return tuple(problem for underlag in known for problem in _differences(underlag, given))


def _twelfths(documents: Iterable[Underlag], planned: Rating) -> tuple[Line, ...]:
    """
    The twelfths of the customers that have any, as far as the plan has those customers.
    """
    on_twelfths = {
        each.customer.code for each in documents if _twelfths_of(each) or _settled_as_nothing(each)
    }
    customers = on_twelfths & {line.customer.code for line in planned.lines}
    return preliminary(planned, customers).lines if customers else ()


@frozen
class _Given:
    """
    The inputs, rated: the lines and the twelfths by customer.
    """

    lists: list[PriceList]
    register: Register
    rating: Rating
    lines: Mapping[str, list[Line]]
    twelfths: Mapping[str, list[Line]]


def _by_customer(lines: Iterable[Line]) -> Mapping[str, list[Line]]:
    found = defaultdict[str, list[Line]](list)
    for line in lines:
        found[line.customer.code].append(line)
    return found


def _differences(underlag: Underlag, given: _Given) -> Iterator[Problem]:
    yield from _changed_lists(underlag, given.lists)
    yield from _changed_customer(underlag, given.register)
    yield from _changed_volumes(underlag, given)
    yield from _differing_lines(underlag, given)


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


def _changed_volumes(underlag: Underlag, given: _Given) -> Iterator[Problem]:
    """
    Whether the customer's volumes are other ones, and what of the month they have that was not billed.
    """
    code = underlag.customer.code
    mine = [line for line in given.lines[code] if line.month <= underlag.month]
    if volumes_digest(mine) == underlag.volumes_digest:
        return
    place = f"underlag {underlag.number}, volumes_digest"
    what = "kundens volymer är inte de som underlaget räknades på"
    yield Problem(place, what, "ta fram volymfilerna som de var")
    there = {billed.line.key for billed in underlag.lines}
    for line in mine:
        if line.month == underlag.month and line.key not in there:
            what = f"{kr(line.amount)} är med i volymerna, men inte i underlaget"
            yield Problem(_place(underlag, line), what)


def _place(underlag: Underlag, line: Line) -> str:
    return f"underlag {underlag.number}, {line.price.service.code} {line.month}"


def _differing_lines(underlag: Underlag, given: _Given) -> Iterator[Problem]:
    """
    The lines that the inputs do not give as they are.
    """
    now = {(billed.line.key, billed.vat): _for(billed, underlag) for billed in _recomputed(underlag, given)}
    unpriced = {
        each.key: each.what for each in given.rating.unrated if each.key not in _twelfths_of(underlag)
    }
    for billed in underlag.lines:
        key = billed.line.key
        found = now.get((key, billed.vat))
        if found is None:
            why = unpriced.get(key, "indata ger ingen sådan rad")
            yield Problem(_place(underlag, billed.line), f"{kr(billed.amount)} är fakturerat, men {why}")
        elif attrs.evolve(billed, reason=None) != found:
            yield Problem(_place(underlag, billed.line), "; ".join(_differing(billed, found, underlag)))


def _recomputed(underlag: Underlag, given: _Given) -> Iterator[Billed]:
    """
    What the inputs say that the customer was to be billed, with the twelfths that the underlag has.
    """
    code, twelfths = underlag.customer.code, _twelfths_of(underlag)
    lines = [line for line in given.lines[code] if line.month <= underlag.month and line.key not in twelfths]
    lines += [line for line in given.twelfths[code] if line.key in twelfths]
    undelivered = _settled_as_nothing(underlag) - {line.key for line in lines}
    lines += [nothing(line) for line in given.twelfths[code] if line.key in undelivered]
    before = {(each.line.key, each.vat): each.earlier for each in underlag.lines if each.earlier}
    return differences(lines, before, given.rating.waiting - twelfths, given.rating.months)


def _twelfths_of(underlag: Underlag) -> frozenset[Key]:
    return frozenset(billed.line.key for billed in underlag.lines if _is_twelfth(billed.line))


def _settled_as_nothing(underlag: Underlag) -> frozenset[Key]:
    """
    What was planned, not delivered, and settled before its twelfth was issued: nothing, by no steps.
    """
    return frozenset(
        billed.line.key for billed in underlag.lines if not (billed.line.steps or billed.earlier)
    )


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
