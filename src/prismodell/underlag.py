"""
Issuing: what a rating says, minus what was already issued, as one invoicing basis per customer.

    january = issue(rating, Month(2022, 1), register)
    february = issue(rating, Month(2022, 2), register, issued=january)

The normal month, late volumes, a corrected price and a credit are this one difference: once issued, issued =
rated, to the öre, and issuing again gives nothing. An issued underlag is never changed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property

import attrs
from attrs import field, frozen

from .bulk import uncollected
from .canonical import digest
from .catalogue import Area, Kind
from .customers import Customer, Register
from .errors import IssueError, Problem, likely
from .money import HUNDRED, ZERO, exact, exact_decimal, round_half_up
from .periods import Month, in_force
from .pricelist import PriceList
from .rating import Line, Rating
from .swedish import kr

POLICIES = ("refuse", "hold", "bill")
Key = tuple[str, str, Month]


@frozen
class ListUsed:
    """
    A price list that an underlag was priced by.
    """

    id: str
    title: str
    digest: str


@frozen
class Billed:
    """
    What an underlag charges for a line: the line as rated now, less what earlier underlag charged for it.
    """

    line: Line
    quantity: Decimal = field(converter=exact_decimal)
    amount: Decimal

    @property
    def corrects(self) -> bool:
        """
        Whether an earlier underlag charged for the same service and month.
        """
        return (self.quantity, self.amount) != (self.line.quantity, self.line.amount)

    @exact()
    def explain(self) -> str:
        """
        How the amount came about, step by step, in Swedish.
        """
        text = self.line.explain()
        if self.corrects:
            before = self.line.amount - self.amount
            text += f"\n  rättelse: {kr(self.line.amount)} − tidigare {kr(before)} = {kr(self.amount)}"
        return text


@frozen
class Group:
    """
    The lines of one area and kind, with their sum in kronor excl. VAT.
    """

    area: Area
    kind: Kind
    lines: tuple[Billed, ...]
    amount: Decimal


@frozen
class Vat:
    """
    The VAT of one rate: percent, the kronor it is computed on, and the VAT, rounded once.
    """

    percent: Decimal
    net: Decimal
    amount: Decimal


def _on_page(lines: Iterable[Billed]) -> tuple[Billed, ...]:
    """
    The lines by area, obligatory services first, then by code and month.
    """
    return tuple(sorted(lines, key=_place))


def _place(billed: Billed) -> tuple[str, str, str, Month]:
    service = billed.line.price.service
    return service.area.code, service.kind.value, service.code, billed.line.month


@frozen
class Underlag:
    """
    One customer's invoicing basis (faktureringsunderlag) for one month; amounts in kronor.

    `number` is unique, and serial per customer and year. `volumes` is the digest of the customer's tallied
    volumes that the amounts were computed from.
    """

    number: str
    customer: Customer
    month: Month
    lines: tuple[Billed, ...] = field(converter=_on_page)
    price_lists: tuple[ListUsed, ...]
    volumes: str

    @cached_property
    @exact()
    def groups(self) -> tuple[Group, ...]:
        """
        The lines by area, obligatory services first.
        """
        by_group = defaultdict[tuple[Area, Kind], list[Billed]](list)
        for billed in self.lines:
            service = billed.line.price.service
            by_group[service.area, service.kind].append(billed)
        return tuple(Group(area, kind, tuple(lines), _sum(lines)) for (area, kind), lines in by_group.items())

    @cached_property
    @exact()
    def net(self) -> Decimal:
        """
        The sum excl. VAT.
        """
        return _sum(self.lines)

    @cached_property
    @exact()
    def vat(self) -> tuple[Vat, ...]:
        """
        The VAT, computed once per rate on the rate's sum.
        """
        nets = defaultdict[Decimal, Decimal](lambda: ZERO)
        for billed in self.lines:
            nets[billed.line.vat] += billed.amount
        return tuple(
            Vat(rate, net, round_half_up(net * rate / HUNDRED)) for rate, net in sorted(nets.items())
        )

    @cached_property
    @exact()
    def gross(self) -> Decimal:
        """
        The sum incl. VAT.
        """
        return self.net + sum((vat.amount for vat in self.vat), ZERO)

    @cached_property
    def digest(self) -> str:
        """
        SHA-256 of the whole document; another when anything in it is another.
        """
        return digest(self)

    def __repr__(self) -> str:
        return f"<Underlag {self.number} {self.net} kr, {len(self.lines)} lines>"


def _sum(lines: Iterable[Billed]) -> Decimal:
    return sum((billed.amount for billed in lines), ZERO)


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

    `issued`: all underlag issued before. While anything up to the month is unrated, in conflict or
    missing, it raises `IssueError` with everything that stands in the way; `unrated="hold"` holds back the
    customers concerned instead, and `unrated="bill"` bills what could be rated.
    """
    if unrated not in POLICIES:
        msg = f"unrated must be one of {', '.join(POLICIES)}, not {unrated!r}"
        raise ValueError(msg)
    obstacles = list(_obstacles(rating, month, register))
    if obstacles and unrated == "refuse":
        how = Problem("issue(…)", "välj hur du går vidare", 'rätta, eller ange unrated="hold" eller "bill"')
        raise IssueError([*(problem for _, problem in obstacles), how])
    held = {customer for customer, _ in obstacles} if unrated == "hold" else set()
    earlier = tuple(issued)
    serials = Counter((each.customer.code, each.month.year) for each in earlier)
    billed = _billed(rating, month, earlier)
    rated = defaultdict[str, list[Line]](list)
    for line in rating.lines:
        if line.month <= month:
            rated[line.customer.code].append(line)
    return tuple(
        Underlag(
            number=f"{customer}-{month.year}-{serials[customer, month.year] + 1:03}",
            customer=lines[0].line.customer,
            month=month,
            lines=lines,
            price_lists=_lists_used(rating.price_lists, lines),
            volumes=_volume_digest(rated[customer]),
        )
        for customer, lines in sorted(billed.items())
        if customer not in held
    )


def _billed(rating: Rating, month: Month, earlier: Sequence[Underlag]) -> dict[str, tuple[Billed, ...]]:
    """
    Per customer, what is rated up to the month less what was issued, where the two differ.
    """
    charged = _charged(earlier, month)
    rated = {line.key: line for line in rating.lines if line.month <= month}
    known = rated.keys() | {each.key for each in rating.unrated}
    gone = {key: _nothing(lines[-1].line) for key, lines in charged.items() if key not in known}
    billed = defaultdict[str, list[Billed]](list)
    for key, line in sorted({**rated, **gone}.items()):
        before = charged.get(key)
        if before is None:
            billed[line.customer.code].append(Billed(line, line.quantity, line.amount))
            continue
        quantity = line.quantity - sum((each.quantity for each in before), ZERO)
        amount = line.amount - _sum(before)
        if quantity or amount:
            billed[line.customer.code].append(Billed(line, quantity, amount))
    return {customer: tuple(lines) for customer, lines in billed.items()}


def _charged(earlier: Iterable[Underlag], month: Month) -> Mapping[Key, list[Billed]]:
    """
    What earlier underlag charged for each line up to the month, the latest document last.
    """
    charged = defaultdict[Key, list[Billed]](list)
    for document in sorted(earlier, key=lambda each: (each.month, each.number)):
        for billed in document.lines:
            if billed.line.month <= month:
                charged[billed.line.key].append(billed)
    return charged


def _nothing(line: Line) -> Line:
    """
    The line of volumes that were charged and are there no more.
    """
    return attrs.evolve(line, quantity=ZERO, steps=(), amount=ZERO, rows=0, credits=0, provenance=())


def _lists_used(lists: Iterable[PriceList], lines: Iterable[Billed]) -> tuple[ListUsed, ...]:
    months = {billed.line.month for billed in lines}
    return tuple(
        ListUsed(each.id, each.title, each.digest)
        for each in lists
        if any(month in each.span for month in months)
    )


def _volume_digest(lines: Iterable[Line]) -> str:
    return digest(tuple((line.price.service.code, line.month, line.quantity, line.rows) for line in lines))


def _obstacles(rating: Rating, month: Month, register: Register) -> Iterator[tuple[str, Problem]]:
    """
    What stands in the way of issuing, each with the customer that it concerns.
    """
    for unrated in rating.unrated:
        if unrated.entry.month <= month:
            yield unrated.entry.customer, unrated.problem
    for conflict in rating.conflicts:
        for row in conflict.rows:
            if row.month <= month:
                yield row.customer, conflict.problem
    yield from _unheard_agreements(rating, month, register)
    yield from _missing_subscriptions(rating, month, register)


def _unheard_agreements(rating: Rating, month: Month, register: Register) -> Iterator[tuple[str, Problem]]:
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


def _missing_subscriptions(rating: Rating, month: Month, register: Register) -> Iterator[tuple[str, Problem]]:
    """
    Subscriptions of the month that never became volumes.
    """
    here = {line.key for line in rating.lines} | {each.key for each in rating.unrated}
    for each in register.subscriptions:
        if month in each.span and (each.customer, each.service, month) not in here:
            place = f"abonnemang {each.customer} {each.service} {month}"
            fix = "lägg till volymerna: volumes.merge(register.subscribed(månad))"
            yield each.customer, Problem(place, "abonnemanget finns inte bland de beräknade raderna", fix)
