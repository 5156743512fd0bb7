"""
A priced line, and what could not be priced: what one customer owes for one service in one month.

    line.amount      53 919,58 kr
    line.steps       the exact steps that sum to it
    line.explain()   the same in words, with where the price and the volume came from
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import cache
from itertools import groupby
from operator import attrgetter

from attrs import frozen

from .catalogue import Service
from .customers import Customer, Register
from .errors import Problem, Reason, UnpricedError
from .explanation import explained_price, explained_steps, explained_volume
from .money import ZERO, exact, round_half_up
from .periods import Month
from .pricelist import Price, PriceList, price_in_force
from .pricing import NOTHING, Context, Step, StepKind, charge, portions, total
from .swedish import in_rows, listing, number
from .swedish import month as month_name
from .tally import Entry
from .tariff import GraduatedPrice, PhasedPrice, SharedPrice, Tariff

Key = tuple[str, str, Month]  # a customer's and a service's code, and the month of delivery


@frozen(repr=False)
class Line:
    """
    What one customer owes for one service in one month: the steps, and the amount in kronor excl. VAT.
    """

    customer: Customer
    price: Price
    entry: Entry
    steps: tuple[Step, ...]
    amount: Decimal

    @property
    def service(self) -> Service:
        """
        What it is charged for.
        """
        return self.price.service

    @property
    def month(self) -> Month:
        """
        The month of delivery.
        """
        return self.entry.month

    @property
    def quantity(self) -> Decimal:
        """
        The sum of the rows.
        """
        return self.entry.quantity

    @property
    def key(self) -> Key:
        """
        What there is at most one line of: customer, service and month.
        """
        return self.customer.code, self.price.service.code, self.month

    @property
    def vat(self) -> Decimal:
        """
        The percent of VAT on the amount.
        """
        return self.customer.vat(self.price.service)

    @property
    def charge(self) -> Decimal:
        """
        The exact kronor, before the amount was brought to whole öre.
        """
        if not self.has(StepKind.ROUNDING):
            return self.amount
        with exact():
            return self.amount - self.steps[-1].amount  # the last step, see _line

    def has(self, *kinds: StepKind) -> bool:
        """
        Whether a step of one of the kinds made the amount.
        """
        return any(step.kind in kinds for step in self.steps)

    def explain(self) -> str:
        """
        How the amount came about, step by step, in Swedish.
        """
        service = self.price.service
        return "\n  ".join(
            [
                f"{service.name} · {month_name(self.month)} · {self.customer.name}",
                *explained_steps(self.steps, self.amount, service),
                *([f"ersätter: {listing(service.replaces)}"] if service.replaces else []),
                f"pris: {explained_price(self.price)}",
                f"volym: {explained_volume(self.quantity, service, self.entry.provenance)}",
            ]
        )

    def __repr__(self) -> str:
        return f"<Line {' '.join(map(str, self.key))}: {self.amount} kr>"


@frozen(repr=False)
class Unrated:
    """
    A tallied quantity without a price, and why; it is of the codes that the service replaces, too.
    """

    entry: Entry
    reason: Reason
    what: str
    fix: str = ""
    replaces: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """
        Its customer, service and month, as codes.
        """
        return self.entry.customer, self.entry.service, self.entry.month

    @property
    def problem(self) -> Problem:
        """
        The same in words.
        """
        customer, service, month = self.key
        volume = f"{number(self.entry.quantity)} i {in_rows(self.entry.rows)}"
        replaced = f" (ersätter {listing(self.replaces)})" if self.replaces else ""
        return Problem(
            f"{customer} {service}{replaced} {month}, {volume}", f"{self.reason.value}: {self.what}", self.fix
        )

    def __repr__(self) -> str:
        return f"<Unrated {' '.join(map(str, self.key))}: {self.reason.value}>"


Rated = list[Line | Unrated]
Quantities = Mapping[str, Mapping[Month, Decimal]]  # of a service, by customer
ASKING = (GraduatedPrice, PhasedPrice, SharedPrice)  # the models that may ask for more than a quantity


def service_lines(
    entries: tuple[Entry, ...],
    lists: Sequence[PriceList],
    register: Register,
    replaced: Sequence[Entry] = (),
) -> Rated:
    """
    The lines of one service; the quantities of earlier months are looked up only if a price asks for them.

    `replaced` are the entries of the codes that it replaces, of the months before it did: a year's tiers
    count on from them.
    """

    @cache
    def reported() -> Quantities:
        quantities = defaultdict[str, defaultdict[Month, Decimal]](lambda: defaultdict(lambda: ZERO))
        for each in (*entries, *replaced):
            quantities[each.customer][each.month] += each.quantity
        return quantities

    rated: Rated = []
    for _, month in groupby(entries, key=attrgetter("month")):
        rated += _month_lines(list(month), lists, register, reported)
    return rated


def _month_lines(
    entries: list[Entry], lists: Sequence[PriceList], register: Register, reported: Callable[[], Quantities]
) -> Rated:
    """
    The lines of one service and month, which look up its price, customers and agreements once.
    """
    service, month = entries[0].service, entries[0].month
    try:
        listed = price_in_force(lists, service, month)
    except UnpricedError as error:
        return [_unrated(entry, error) for entry in entries]
    parts, usual = _portions(listed, entries, register), listed.tariff
    chargeable, agreed = register.chargeable(month), register.agreed(listed.service.code)
    rated: Rated = []
    for entry in entries:
        try:
            customer = chargeable.get(entry.customer) or register.charged(entry.customer, month)
            price = register.price(customer, listed, month) if entry.customer in agreed else listed
            tariff = usual if price is listed else price.tariff
            context = NOTHING
            if isinstance(tariff.model, ASKING):
                context = _context(entry, customer, tariff, parts, reported)
            rated.append(_line(entry, customer, price, charge(tariff, entry.quantity, context)))
        except UnpricedError as error:
            rated.append(_unrated(entry, error, listed.service.replaces or ()))
    return rated


def _portions(listed: Price, entries: list[Entry], register: Register) -> Mapping[str, Step]:
    """
    Each customer's part of a shared price; those with an agreement of their own are outside the split.
    """
    if not isinstance(listed.tariff.model, SharedPrice):
        return {}
    sharing: dict[str, Decimal] = {}
    for entry in entries:
        with suppress(UnpricedError):
            customer = register.charged(entry.customer, entry.month)
            if register.price(customer, listed, entry.month) is listed:
                sharing[entry.customer] = entry.quantity
    return portions(listed.tariff.model, entries[0].month, sharing)


def _context(
    entry: Entry,
    customer: Customer,
    tariff: Tariff,
    parts: Mapping[str, Step],
    reported: Callable[[], Quantities],
) -> Context:
    match tariff.model:
        case GraduatedPrice(per="year"):
            of, months = entry.month, reported()[entry.customer].items()
            return Context(
                [each for month, each in months if month.year == of.year and month.number < of.number]
            )
        case PhasedPrice():
            return Context(age=customer.age(entry.month))
        case SharedPrice():
            return Context(portion=parts.get(entry.customer))
        case _:
            return NOTHING


def _line(entry: Entry, customer: Customer, price: Price, steps: tuple[Step, ...]) -> Line:
    """
    The line, rounded: the one place where an amount is brought to whole öre.
    """
    charged = total(steps)
    amount = round_half_up(charged)
    if amount != charged:
        steps += (Step(StepKind.ROUNDING, amount - charged),)
    return Line(customer, price, entry, steps, amount)


def _unrated(entry: Entry, error: UnpricedError, replaces: tuple[str, ...] = ()) -> Unrated:
    return Unrated(entry, error.reason, error.what, error.fix, replaces)
