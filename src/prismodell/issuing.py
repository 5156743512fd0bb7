"""
Issuing: what a rating says, minus what was already issued.

    january = issue(rating, Month(2022, 1), register)
    february = issue(rating, Month(2022, 2), register, issued=january)

The normal month, late volumes, a corrected price, another VAT rate and a credit are this one difference: once
issued, issued = rated, to the öre, and issuing again gives nothing. So the rating must cover every month that
has been issued in the period of its price lists: rate the year so far, not the month alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain, groupby
from types import MappingProxyType

import attrs

from .bulk import uncollected
from .canonical import digest
from .customers import Customer, Register
from .errors import IssueError, Problem
from .grouping import groups_of
from .lines import Key, Line
from .money import ZERO, ZERO_KRONOR, exact
from .obstacles import obstacles_to
from .periods import Month, check_month
from .pricelist import PriceList
from .rating import Rating
from .tally import Entry
from .underlag import AtRate, Billed, Charged, ListUsed, Underlag, charged, each_once, numbered, serial_of

POLICIES = ("refuse", "hold", "bill")
NO_REASONS: Mapping[Key, str] = MappingProxyType({})


@uncollected
@exact()
def issue(  # noqa: PLR0913 - what is billed, to whom, since when, and the two things a person decides
    rating: Rating,
    month: Month,
    register: Register,
    issued: Iterable[Underlag] = (),
    unrated: str = "refuse",
    *,
    reasons: Mapping[Key, str] = NO_REASONS,
) -> tuple[Underlag, ...]:
    """
    The underlag of every customer with anything to bill up to and including a month, by customer code.

    `issued`: all underlag issued before; the same one given twice counts once. While anything stands in the
    way (see `obstacles`) it raises `IssueError` with all of it; `unrated="hold"` holds back the customers
    concerned instead, and `unrated="bill"` bills all lines that nothing stands in the way of. `reasons`: why
    lines are corrected, in words, by customer, service and month of delivery; one that no line has ever been
    corrected for raises `IssueError`.

    What is returned is a draft, and a preview is this very call; underlag are issued when they are kept.
    """
    check_month(month)
    if unrated not in POLICIES:
        msg = f"unrated must be one of {', '.join(POLICIES)}, not {unrated!r}"
        raise ValueError(msg)
    earlier = each_once(issued)
    rated = by_customer(line for line in rating.lines if line.month <= month)
    before = charged(earlier, month)
    owed = _owed(rated, before, rating, register)
    _check_reasons(reasons, owed, earlier)
    found = obstacles_to(rating, month, register, earlier, before)
    if found and unrated == "refuse":
        raise IssueError(dict.fromkeys(each.problem for each in found))
    delivered = by_customer(line for line in rating.delivered if line.month <= month)
    held = {each.customer for each in found} if unrated == "hold" else set()
    last = Counter[str]()
    for document in earlier:
        code = document.customer.code
        last[code] = max(last[code], serial_of(document.number, code, month.year))
    return tuple(
        Underlag(
            number=numbered(code, month.year, last[code] + 1),
            customer=lines[0].line.customer,
            month=month,
            lines=_with_reasons(lines, reasons, earlier),
            price_lists=lists_used(rating.price_lists, lines),
            volumes_digest=volumes_digest(line.entry for line in delivered[code]),
        )
        for code, lines in sorted(owed.items())
        if code not in held
    )


def by_customer(lines: Iterable[Line]) -> Mapping[str, list[Line]]:
    """
    The lines of each customer, by its code.
    """
    return groups_of(lines, lambda line: line.customer.code)


def _owed(
    rated: Mapping[str, list[Line]], before: Mapping[AtRate, Charged], rating: Rating, register: Register
) -> dict[str, tuple[Billed, ...]]:
    """
    What is to be billed, per customer of the register: to others nothing is sent, not even a credit.
    """
    lines = chain.from_iterable(rated.values())
    found = groupby(differences(lines, before, rating.waiting, rating.months), lambda each: each.line.key[0])
    customers = register.by_code
    return {code: _for_customer(customers[code], billed) for code, billed in found if code in customers}


def _check_reasons(
    reasons: Mapping[Key, str], owed: Mapping[str, Iterable[Billed]], earlier: Iterable[Underlag]
) -> None:
    """
    Each reason belongs to a correction, of now or of before; one that does not would be lost.
    """
    lines = chain(*owed.values(), *(document.lines for document in earlier))
    corrected = {billed.line.key for billed in lines if billed.earlier} if reasons else set()
    what, fix = "orsaken hör inte till någon rättelse", "kontrollera kund, tjänst och leveransmånad"
    lost = [Problem(f"orsak {' '.join(map(str, key))}", what, fix) for key in reasons if key not in corrected]
    if lost:
        raise IssueError(lost)


def _with_reasons(
    lines: tuple[Billed, ...], reasons: Mapping[Key, str], earlier: Iterable[Underlag]
) -> tuple[Billed, ...]:
    """
    The corrections with their reasons; one that has been given for the line before is of that correction.
    """
    if not reasons:
        return lines
    given = {(billed.line.key, billed.reason) for document in earlier for billed in document.lines}
    return tuple(
        attrs.evolve(billed, reason=reasons[key])
        if billed.earlier and (key := billed.line.key) in reasons and (key, reasons[key]) not in given
        else billed
        for billed in lines
    )


def differences(
    lines: Iterable[Line], before: Mapping[AtRate, Charged], waiting: frozenset[Key], months: frozenset[Month]
) -> Iterator[Billed]:
    """
    What is rated less what was charged before, at each VAT rate, where the two differ; by key and rate.

    What is waiting is neither charged nor credited; nothing is credited in other months than the rating's.
    """
    rated = {(line.key, line.vat): line for line in lines}
    gone = {
        (key, vat): nothing(was.line)
        for (key, vat), was in before.items()
        if (key, vat) not in rated and key[2] in months
    }
    for (key, vat), line in sorted({**rated, **gone}.items()):
        if key not in waiting and (difference := _difference(line, vat, before.get((key, vat)))):
            yield difference


def _difference(line: Line, vat: Decimal, before: Charged | None) -> Billed | None:
    if before is None:
        return Billed(line, line.quantity, line.amount, vat)
    quantity, amount = line.quantity - before.quantity, line.amount - before.amount
    return Billed(line, quantity, amount, vat, before) if quantity or amount else None


def nothing(line: Line) -> Line:
    """
    The line of volumes that were charged and are there no more.
    """
    entry = attrs.evolve(line.entry, quantity=ZERO, rows=0, credits=0, provenance=())
    return attrs.evolve(line, entry=entry, steps=(), amount=ZERO_KRONOR)


def _for_customer(customer: Customer, lines: Iterable[Billed]) -> tuple[Billed, ...]:
    return tuple(
        each
        if each.line.customer == customer
        else attrs.evolve(each, line=attrs.evolve(each.line, customer=customer))
        for each in lines
    )


def lists_used(lists: Iterable[PriceList], lines: Iterable[Billed]) -> tuple[ListUsed, ...]:
    """
    The price lists that hold in the lines' months.
    """
    months = {billed.line.month for billed in lines}
    used = (each for each in lists if any(month in each.span for month in months))
    return tuple(ListUsed(each.id, each.title, each.digest) for each in used)


def volumes_digest(entries: Iterable[Entry]) -> str:
    """
    The digest of the volumes that one customer's lines were priced from.
    """
    ordered = sorted(entries, key=lambda each: (each.service, each.month))
    return digest(tuple((each.service, each.month, each.quantity, each.rows) for each in ordered))
