"""
Issuing: what a rating says, minus what was already issued.

    january = issue(rating, Month(2022, 1), register)
    february = issue(rating, Month(2022, 2), register, issued=january)

The normal month, late volumes, a corrected price, another VAT rate and a credit are this one difference: once
issued, issued = rated, to the öre, and issuing again gives nothing. So the rating must cover every month that
has been issued in the period of its price lists: rate the year so far, not the month alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

import attrs
from attrs import frozen

from .bulk import uncollected
from .canonical import digest
from .customers import SUBSCRIPTION_SOURCE, Customer, Register
from .errors import IssueError, Problem, UnpricedError, likely
from .money import ZERO, exact
from .periods import Month, in_force
from .pricelist import PriceList
from .rating import Line, Rating
from .tariff import SharedPrice
from .underlag import Billed, Charged, ListUsed, Underlag

POLICIES = ("refuse", "hold", "bill")
Key = tuple[str, str, Month]
AtRate = tuple[Key, Decimal]


@frozen(order=True)
class Obstacle:
    """
    Something that stands in the way of billing a customer.
    """

    customer: str
    problem: Problem


@uncollected
@exact()
def issue(
    rating: Rating,
    month: Month,
    register: Register,
    issued: Iterable[Underlag] = (),
    unrated: str = "refuse",
) -> tuple[Underlag, ...]:
    """
    The underlag of every customer with anything to bill up to and including a month, by customer code.

    `issued`: all underlag issued before; the same one given twice counts once. While anything stands in the
    way (see `obstacles`) it raises `IssueError` with all of it; `unrated="hold"` holds back the customers
    concerned instead, and `unrated="bill"` bills all lines that nothing stands in the way of.
    """
    if type(month) is not Month:
        msg = f"month is a Month, such as Month(2022, 1), not {month!r}"
        raise TypeError(msg)
    if unrated not in POLICIES:
        msg = f"unrated must be one of {', '.join(POLICIES)}, not {unrated!r}"
        raise ValueError(msg)
    earlier = tuple(dict.fromkeys(issued))
    _check_numbers(earlier)
    found = obstacles(rating, month, register, earlier)
    if found and unrated == "refuse":
        raise IssueError(dict.fromkeys(each.problem for each in found))
    held = {each.customer for each in found} if unrated == "hold" else set()
    rated = _by_customer(rating.lines, month)
    numbers = defaultdict[str, list[str]](list)
    for document in earlier:
        numbers[document.customer.code].append(document.number)
    return tuple(
        Underlag(
            number=_next_number(f"{code}-{month.year}", numbers[code]),
            customer=lines[0].line.customer,
            month=month,
            lines=lines,
            price_lists=_lists_used(rating.price_lists, lines),
            volumes_digest=volumes_digest(rated[code]),
        )
        for code, lines in sorted(_billed(rating, month, register, earlier).items())
        if code not in held
    )


def _by_customer(lines: Iterable[Line], month: Month) -> Mapping[str, list[Line]]:
    by_customer = defaultdict[str, list[Line]](list)
    for line in lines:
        if line.month <= month:
            by_customer[line.customer.code].append(line)
    return by_customer


def _check_numbers(earlier: Sequence[Underlag]) -> None:
    seen: dict[str, Underlag] = {}
    twice = [each.number for each in earlier if seen.setdefault(each.number, each) is not each]
    if twice:
        what, fix = "två olika underlag har samma nummer", "ange de underlag som faktiskt skickades"
        raise IssueError([Problem(f"underlag {number}", what, fix) for number in twice])


def _next_number(series: str, numbers: Iterable[str]) -> str:
    """
    One more than the largest number of the customer's year.
    """
    used = (re.fullmatch(rf"{re.escape(series)}-([0-9]+)", number) for number in numbers)
    return f"{series}-{max((int(serial[1]) for serial in used if serial), default=0) + 1:03}"


def _billed(
    rating: Rating, month: Month, register: Register, earlier: Iterable[Underlag]
) -> dict[str, tuple[Billed, ...]]:
    """
    Per customer, what is rated up to the month less what was issued, at each VAT rate, where the two differ.
    """
    waiting = _waiting(rating)
    charged = _charged(earlier, month)
    rated = {(line.key, line.vat): line for line in rating.lines if line.month <= month}
    months = _months(rating)
    gone = {
        (key, vat): _nothing(before.line)
        for (key, vat), before in charged.items()
        if (key, vat) not in rated and key[2] in months
    }
    billed = defaultdict[str, list[Billed]](list)
    for (key, vat), line in sorted({**rated, **gone}.items()):
        if key not in waiting and (difference := _difference(line, vat, charged.get((key, vat)))):
            billed[key[0]].append(difference)
    return {code: _for_customer(_now(code, lines, register), lines) for code, lines in billed.items()}


def _difference(line: Line, vat: Decimal, before: Charged | None) -> Billed | None:
    if before is None:
        return Billed(line, line.quantity, line.amount, vat)
    quantity, amount = line.quantity - before.quantity, line.amount - before.amount
    return Billed(line, quantity, amount, vat, before) if quantity or amount else None


def _charged(earlier: Iterable[Underlag], month: Month) -> dict[AtRate, Charged]:
    """
    What earlier underlag charged for each line up to the month, at each VAT rate.
    """
    charged: dict[AtRate, Charged] = {}
    for document in sorted(earlier, key=lambda each: (each.month, each.number)):
        for billed in document.lines:
            if billed.line.month <= month:
                at_rate = billed.line.key, billed.vat
                before = charged.get(at_rate, Charged((), ZERO, ZERO, billed.line))
                charged[at_rate] = Charged(
                    (*before.documents, document.number),
                    before.quantity + billed.quantity,
                    before.amount + billed.amount,
                    billed.line,
                )
    return charged


def _months(rating: Rating) -> set[Month]:
    """
    The months that the rating has anything to say of.
    """
    conflicts = {row.month for conflict in rating.conflicts for row in conflict.rows}
    return {line.month for line in rating.lines} | {each.entry.month for each in rating.unrated} | conflicts


def _waiting(rating: Rating) -> set[Key]:
    """
    The lines that are not known until something is put right: neither charged nor credited.
    """
    conflicts = (row for conflict in rating.conflicts for row in conflict.rows)
    return {each.key for each in rating.unrated} | {
        (row.customer, row.service, row.month) for row in conflicts
    }


def _nothing(line: Line) -> Line:
    """
    The line of volumes that were charged and are there no more.
    """
    entry = attrs.evolve(line.entry, quantity=ZERO, rows=0, credits=0, provenance=())
    return attrs.evolve(line, entry=entry, steps=(), amount=ZERO)


def _now(code: str, lines: Iterable[Billed], register: Register) -> Customer:
    """
    The customer as it is now, also for lines that were charged when it had another name.
    """
    try:
        return register.customer(code)
    except UnpricedError:
        return next(iter(lines)).line.customer


def _for_customer(customer: Customer, lines: Iterable[Billed]) -> tuple[Billed, ...]:
    return tuple(
        each
        if each.line.customer == customer
        else attrs.evolve(each, line=attrs.evolve(each.line, customer=customer))
        for each in lines
    )


def _lists_used(lists: Iterable[PriceList], lines: Iterable[Billed]) -> tuple[ListUsed, ...]:
    months = {billed.line.month for billed in lines}
    used = (each for each in lists if any(month in each.span for month in months))
    return tuple(ListUsed(each.id, each.title, each.digest) for each in used)


def volumes_digest(lines: Iterable[Line]) -> str:
    """
    The digest of the volumes that one customer's lines were priced from.
    """
    return digest(
        tuple((line.price.service.code, line.month, line.quantity, line.entry.rows) for line in lines)
    )


@exact()
def obstacles(
    rating: Rating, month: Month, register: Register, issued: Iterable[Underlag] = ()
) -> tuple[Obstacle, ...]:
    """
    What stands in the way of issuing up to a month, each with the customer that it concerns.

    What is unrated or in conflict, with those who share a cost with it; agreements on unknown services;
    subscriptions that never became volumes; and issued months that the rating leaves out.
    """
    sharing = _sharing(rating)
    found = [
        *_unrated(rating, month, sharing),
        *_conflicts(rating, month, sharing),
        *_unheard_agreements(rating, month, register),
        *_missing_subscriptions(rating, month, register),
        *_months_left_out(rating, month, issued),
    ]
    return tuple(sorted({Obstacle(customer, problem) for customer, problem in found}))


Found = Iterator[tuple[str, Problem]]
Sharing = Mapping[tuple[str, Month], set[str]]


def _sharing(rating: Rating) -> Sharing:
    """
    The customers that share each service's cost in a month: what one of them is to pay hangs on the others.
    """
    sharing = defaultdict[tuple[str, Month], set[str]](set)
    for line in rating.lines:
        if isinstance(line.price.tariff.model, SharedPrice):
            sharing[line.price.service.code, line.month].add(line.customer.code)
    return sharing


def _unrated(rating: Rating, month: Month, sharing: Sharing) -> Found:
    for unrated in rating.unrated:
        entry = unrated.entry
        if entry.month <= month:
            for customer in {entry.customer} | sharing.get((entry.service, entry.month), set()):
                yield customer, unrated.problem


def _conflicts(rating: Rating, month: Month, sharing: Sharing) -> Found:
    for conflict in rating.conflicts:
        for row in conflict.rows:
            if row.month <= month:
                for customer in {row.customer} | sharing.get((row.service, row.month), set()):
                    yield customer, conflict.problem


def _unheard_agreements(rating: Rating, month: Month, register: Register) -> Found:
    """
    Agreements in force on services that the month's price list does not have: a mistyped code, most likely.
    """
    current = in_force(rating.price_lists, month)
    if current is None:
        return
    known = {service.code for service in current.services}
    for agreement in register.agreements:
        if month in agreement.span and agreement.service not in known:
            place = f"avtal {agreement.customer} {agreement.service}"
            what = f"tjänsten finns inte i {current.title}, så avtalet har ingen verkan"
            yield agreement.customer, Problem(place, what, likely(agreement.service, known))


def _missing_subscriptions(rating: Rating, month: Month, register: Register) -> Found:
    """
    Subscriptions that never became volumes, of the month and of those before it that the rating has.
    """
    entries = [(line.key, line.entry.provenance) for line in rating.lines]
    entries += [(each.key, each.entry.provenance) for each in rating.unrated]
    here = {key for key, rows in entries if any(each.source == SUBSCRIPTION_SOURCE for each in rows)}
    months = sorted({month, *(each for each in _months(rating) if each <= month)})
    for missed in months:
        for each in register.active(missed):
            if (each.customer, each.service, missed) not in here:
                place = f"abonnemang {each.customer} {each.service} {missed}"
                fix = "lägg till volymerna: volumes.merge(register.subscribed(första, sista))"
                yield each.customer, Problem(place, "abonnemanget finns inte bland de beräknade raderna", fix)


def _months_left_out(rating: Rating, month: Month, issued: Iterable[Underlag]) -> Found:
    """
    Months that have been issued, lie in the price lists' period, and are missing from the rating altogether.
    """
    here = _months(rating)
    for document in issued:
        for when in sorted({billed.line.month for billed in document.lines}):
            if when <= month and when not in here and in_force(rating.price_lists, when):
                what = f"{when} är fakturerad men finns inte bland volymerna, och skulle krediteras"
                fix = "läs in volymerna från årets början"
                yield document.customer.code, Problem(f"underlag {document.number}", what, fix)
