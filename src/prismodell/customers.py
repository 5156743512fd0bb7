"""
Customers, their own agreements, and their subscriptions.

An agreement is laid over the list's price and comes before it; a subscription is volumes:

    register.price(customer, listed, month)      the listed price, or the customer's own
    register.subscribed(january, december)       Volumes, one row per subscription and month
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from functools import cached_property

import attrs
from attrs import field, frozen
from attrs.validators import instance_of

from .catalogue import Service, code, is_text
from .errors import FEW, InvalidError, Problem, Reason, UnpricedError, likely, look
from .money import HUNDRED, ZERO, exact_decimal, maybe_exact
from .periods import BEGINNING, Month, Span, in_force
from .pricelist import Price, Revision
from .rows import Volume
from .tally import Tally
from .tariff import AgreementPrice, SharedPrice, Tariff
from .volumes import Volumes

SUBSCRIPTION_SOURCE = "abonnemang"
CORRECT_ONE = "rätta volymerna eller kundregistret"
ALWAYS = Span(BEGINNING)


def _maybe_code(value: str | None) -> str | None:
    return None if value is None else code(value)


class CustomerType(Enum):
    """
    Administrations are the same legal person as the seller; companies and foundations are not.
    """

    ADMINISTRATION = "administration"
    COMPANY = "company"
    FOUNDATION = "foundation"


@frozen
class Customer:
    """
    A customer; `connected` is the month from which phased prices count, `span` when it can be charged,
    and `successor` the customer that took over after its end.
    """

    code: str = field(converter=code)
    name: str = field(validator=is_text)
    type: CustomerType = field(validator=instance_of(CustomerType))
    counterparty: str = ""
    reference: str = ""
    connected: Month | None = None
    span: Span = ALWAYS
    successor: str | None = field(default=None, converter=_maybe_code)

    def vat(self, service: Service) -> Decimal:
        """
        The percent of VAT: none within the legal person (no supply takes place), else the service's own.
        """
        return ZERO if self.type is CustomerType.ADMINISTRATION else service.vat

    def age(self, month: Month) -> int | None:
        """
        Whole months from the connection to the month; `None` when it is not known.
        """
        return None if self.connected is None else month - self.connected


@frozen
class Agreement:
    """
    One customer's own price for a service: a tariff, or a percentage on the listed one (−100: free).
    """

    customer: str = field(converter=code)
    service: str = field(converter=code)
    span: Span
    tariff: Tariff | None = None
    percent: Decimal | None = field(default=None, converter=maybe_exact)
    reference: str = ""

    def __attrs_post_init__(self) -> None:
        if (self.tariff is None) == (self.percent is None):
            raise InvalidError("price", "avtalet anger inte ett pris", "ange en av price, percent och free")
        if self.tariff and self.tariff.percent:
            raise InvalidError(
                "percent", "avtalets pris har en procentsats", "ange price eller percent, inte båda"
            )
        if self.tariff and isinstance(self.tariff.model, SharedPrice | AgreementPrice):
            raise InvalidError(
                "price", f"ett avtal kan inte ha modellen {self.tariff.model.tag}", "ange ett eget pris"
            )
        if self.percent is not None and self.percent < -HUNDRED:
            raise InvalidError("percent", f"{self.percent} % är under −100 %", "ange −100 eller mer")

    def over(self, listed: Price) -> Price:
        """
        The customer's price. Raises `UnpricedError` where a percentage is laid on a shared total.
        """
        if self.tariff is None and isinstance(listed.tariff.model, AgreementPrice):
            what = f"avtalet för {self.customer} ger procent på ett pris som listan inte anger"
            raise UnpricedError(Reason.AGREEMENT_UNUSABLE, what, "ange price i avtalet")
        if self.tariff is None and isinstance(listed.tariff.model, SharedPrice):
            what = f"avtalet för {self.customer} ger procent på en delad kostnad"
            fix = "ge kunden ett eget pris i stället; övriga delar då på hela summan"
            raise UnpricedError(Reason.AGREEMENT_UNUSABLE, what, fix)
        tariff = self.tariff or attrs.evolve(listed.tariff, percent=self.percent or ZERO)
        note = self.reference or "Avtal"
        return attrs.evolve(listed, origin=(*listed.origin, Revision(note, tariff, self.percent)))


@frozen
class Subscription:
    """
    A service charged every month of a span.
    """

    customer: str = field(converter=code)
    service: str = field(converter=code)
    span: Span
    quantity: Decimal = field(default=Decimal(1), converter=exact_decimal)

    def __attrs_post_init__(self) -> None:
        if self.quantity < 0:
            raise InvalidError("quantity", f"antalet {self.quantity} är negativt", "ange noll eller mer")

    def volume(self, month: Month) -> Volume:
        """
        The subscription's row for a month.
        """
        reference = f"{self.customer} {self.service} {month}"
        return Volume(self.customer, self.service, month, self.quantity, SUBSCRIPTION_SOURCE, reference)


@frozen
class Register:
    """
    The customers with their agreements and subscriptions.
    """

    customers: tuple[Customer, ...] = field(validator=instance_of(tuple))
    agreements: tuple[Agreement, ...] = field(default=(), validator=instance_of(tuple))
    subscriptions: tuple[Subscription, ...] = field(default=(), validator=instance_of(tuple))
    notices: tuple[Problem, ...] = field(default=(), eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        values = self.customers, self.agreements, self.subscriptions
        for _, (key, what, fix) in (*clashes(*values), *strangers(*values)):
            raise InvalidError(key, what, fix)

    def customer(self, customer: str) -> Customer:
        """
        The customer with a code. Raises `UnpricedError` for an unknown one, with the likely meaning.
        """
        try:
            return self.by_code[customer]
        except KeyError:
            what = f"{customer} finns inte i kundregistret"
            fix = likely(customer, self.by_code) or CORRECT_ONE
            raise UnpricedError(Reason.UNKNOWN_CUSTOMER, what, fix) from None

    def charged(self, customer: str, month: Month) -> Customer:
        """
        The customer, if it can be charged in the month. Raises `UnpricedError` otherwise, with its successor.
        """
        found = self.by_code.get(customer) or self.customer(customer)
        if month not in found.span:
            what = f"{found.name} gäller {found.span}, inte {month}"
            heir = self.heir(found, month)
            right = f"efterträdaren {heir.code} ({heir.name})" if heir else "rätt kund"
            raise UnpricedError(Reason.CUSTOMER_NOT_VALID, what, f"rapportera volymen på {right}")
        return found

    def chargeable(self, month: Month) -> Mapping[str, Customer]:
        """
        All customers that can be charged in the month, by code.
        """
        found = self._chargeable.get(month)
        if found is None:
            found = {code: each for code, each in self.by_code.items() if month in each.span}
            found = found if len(found) < len(self.by_code) else self.by_code  # one dict for most months
            self._chargeable[month] = found
        return found

    def heir(self, customer: Customer, month: Month) -> Customer | None:
        """
        The first in the chain of successors that holds in a month after the customer's end.
        """
        if month < customer.span.start:
            return None
        while customer.successor and month not in customer.span:
            customer = self.by_code[customer.successor]
        return customer if month in customer.span else None

    def price(self, customer: Customer, listed: Price, month: Month) -> Price:
        """
        The customer's own price in the month where it has one, else the listed one.
        """
        agreements = self.agreed(listed.service.code).get(customer.code)
        agreement = in_force(agreements, month) if agreements else None
        return agreement.over(listed) if agreement else listed

    def agreed(self, service: str) -> Mapping[str, tuple[Agreement, ...]]:
        """
        The agreements on a service, by customer.
        """
        return self._agreements.get(service, {})

    def subscribed(self, first: Month, last: Month | None = None) -> Volumes:
        """
        The subscriptions' volumes from `first` to `last`, inclusive; of the one month by default.
        """
        months = Span(first, (last or first) + 1)
        return Volumes(each.volume(month) for month in months for each in self.active(month))

    def active(self, month: Month) -> Iterator[Subscription]:
        """
        The subscriptions of a month; a customer's end with it.
        """
        for each in self.subscriptions:
            if month in each.span and month in self.by_code[each.customer].span:
                yield each

    @cached_property
    def by_code(self) -> Mapping[str, Customer]:
        """
        The customers by their codes.
        """
        return {customer.code: customer for customer in self.customers}

    @cached_property
    def _chargeable(self) -> dict[Month, Mapping[str, Customer]]:
        return {}

    @cached_property
    def _agreements(self) -> Mapping[str, Mapping[str, tuple[Agreement, ...]]]:
        found = defaultdict[str, defaultdict[str, tuple[Agreement, ...]]](lambda: defaultdict(tuple))
        for agreement in self.agreements:
            found[agreement.service][agreement.customer] += (agreement,)
        return {service: dict(agreed) for service, agreed in found.items()}

    def __repr__(self) -> str:
        return f"<Register {len(self.customers)} customers, {len(self.agreements)} agreements>"


def anybody(tally: Tally) -> Register:
    """
    A register of nothing but the codes of a tally's customers, for which everyone pays the list's price.

    Raises `InvalidError` for codes that cannot stand in one register.
    """
    codes = sorted({entry.customer for entry in tally.entries})
    return Register(tuple(Customer(each, each, CustomerType.ADMINISTRATION) for each in codes))


Fault = tuple[str, str, str]
Found = Iterator[tuple[tuple[str, int], Fault]]


def clashes(
    customers: tuple[Customer, ...],
    agreements: tuple[Agreement, ...],
    subscriptions: tuple[Subscription, ...],
) -> list[tuple[tuple[str, int], Fault]]:
    """
    What contradicts itself in a register: each (table, number) with its (key, what, fix).
    """
    return [
        *_alike(customers),
        *_endless(customers),
        *_rings(customers),
        *_overlapping("agreement", agreements),
        *_overlapping("subscription", subscriptions),
    ]


def strangers(
    customers: tuple[Customer, ...],
    agreements: tuple[Agreement, ...],
    subscriptions: tuple[Subscription, ...],
) -> list[tuple[tuple[str, int], Fault]]:
    """
    The customers that a register names but does not have, told as clashes are.
    """
    known = {customer.code for customer in customers}
    return [
        *_unknown("customer", "successor", [each.successor for each in customers], known),
        *_unknown("agreement", "customer", [each.customer for each in agreements], known),
        *_unknown("subscription", "customer", [each.customer for each in subscriptions], known),
    ]


def _alike(customers: tuple[Customer, ...]) -> Found:
    seen: dict[str, Customer] = {}
    for number, customer in enumerate(customers):
        other = seen.setdefault(look(customer.code), customer)
        if other is not customer:
            same = customer.code == other.code
            what = f"koden {customer.code} {'finns redan' if same else f'är för lik {other.code}'}"
            fix = (
                "ta bort den ena"
                if same
                else "koderna ska skilja sig åt i mer än skiftläge, accenter och alfabet"
            )
            yield ("customer", number), ("code", what, fix)


def _endless(customers: tuple[Customer, ...]) -> Found:
    for number, customer in enumerate(customers):
        if customer.successor and customer.span.end is None:
            what = "kunden har en efterträdare men inget slut"
            yield ("customer", number), ("successor", what, "ange valid_to, kundens sista dag")


def _rings(customers: tuple[Customer, ...]) -> Found:
    """
    The successors that come back to where they began; each ring once.
    """
    successors = {customer.code: customer.successor for customer in customers if customer.successor}
    numbers = {customer.code: number for number, customer in enumerate(customers)}
    seen: set[str] = set()
    for first in numbers:
        at, trail = first, dict[str, None]()  # in the order of succession
        while at in successors and at not in seen:
            seen.add(at)
            trail[at] = None
            at = successors[at]
        if at in trail:
            ring = [*trail]
            yield ("customer", numbers[at]), ("successor", *_ring_fault(ring[ring.index(at) :]))


def _ring_fault(ring: list[str]) -> tuple[str, str]:
    if len(ring) == 1:
        return "kunden är sin egen efterträdare", "ange den kund som tar över, eller ta bort nyckeln"
    shown = ring if len(ring) <= FEW else [*ring[:FEW], "…"]
    what = f"efterträdarna går i en ring: {' → '.join([*shown, ring[0]])}"
    return what, "ta bort successor på den kund som finns kvar"


def _unknown(table: str, key: str, codes: Iterable[str | None], known: set[str]) -> Found:
    for number, each in enumerate(codes):
        if each is not None and each not in known:
            yield (table, number), (key, f"kunden {each} finns inte", likely(each, known))


Terms = Sequence[Agreement | Subscription]


def _overlapping(table: str, terms: Terms) -> Found:
    """
    The terms that hold in a month where another of the same customer and service does.
    """
    longest: dict[tuple[str, str], Agreement | Subscription] = {}
    for number, term in sorted(enumerate(terms), key=lambda each: each[1].span.start):
        other = longest.get((term.customer, term.service))
        if other and other.span.overlaps(term.span):
            what = f"{term.customer} har redan en rad för {term.service} som gäller {other.span}"
            yield (table, number), ("service", what, "perioderna får inte överlappa")
        if other is None or _runs_longer(term.span, other.span):
            longest[term.customer, term.service] = term


def _runs_longer(span: Span, other: Span) -> bool:
    return other.end is not None and (span.end is None or span.end > other.end)
