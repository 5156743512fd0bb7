"""
Accrual: what was delivered and not issued at a month's end, and what was issued and not delivered.

    accruals = accrue(rating, issued, Month(2022, 12), expected=rate(planned, prices, register))
    accruals.accrued, accruals.deferred     upplupna and förutbetalda intäkter, kronor excl. VAT
    accruals.lines[0]                       of one customer and service

Where the sources that report a service have not reported a month, what was expected stands in, as estimated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from attrs import frozen

from .catalogue import Service
from .customers import SUBSCRIPTION_SOURCE, Customer
from .errors import InvalidError, Problem
from .grouping import groups_of
from .lines import Line
from .money import ZERO, exact
from .periods import Month, check_month, in_force
from .pricelist import codes_in_force
from .rating import Rating
from .sources import Reported, reported
from .swedish import kr
from .underlag import Underlag, each_once


@frozen
class Accrual:
    """
    A customer's service at a month's end, in kronor excl. VAT: what was delivered, with what was `estimated`
    of months that nobody has reported yet, beside what was issued.
    """

    customer: Customer
    service: Service
    delivered: Decimal
    estimated: Decimal
    issued: Decimal

    @property
    @exact()
    def accrued(self) -> Decimal:
        """
        Delivered and not issued (upplupen intäkt).
        """
        return max(self.delivered + self.estimated - self.issued, ZERO)

    @property
    @exact()
    def deferred(self) -> Decimal:
        """
        Issued and not delivered (förutbetald intäkt).
        """
        return max(self.issued - self.delivered - self.estimated, ZERO)


@frozen
class Accruals:
    """
    The accruals at a month's end, by customer and service. What could not be priced, or was expected of a
    service that nobody reports, is in none of them: it is told in `unknown`.
    """

    month: Month
    lines: tuple[Accrual, ...]
    unknown: tuple[Problem, ...] = ()

    @property
    @exact()
    def accrued(self) -> Decimal:
        """
        The sum of what is accrued, as the balance sheet has it.
        """
        return sum((each.accrued for each in self.lines), ZERO)

    @property
    @exact()
    def deferred(self) -> Decimal:
        """
        The sum of what is deferred.
        """
        return sum((each.deferred for each in self.lines), ZERO)


@exact()
def accrue(
    rating: Rating, issued: Iterable[Underlag], month: Month, expected: Rating | None = None
) -> Accruals:
    """
    Accruals at the end of a month, of deliveries in the price lists' period up to it.

    Underlag of later months are not issued yet then, whatever they charge for. `expected` is a plan's or a
    forecast's rating: its lines stand in where no source that reports the customer's service, in any month,
    has reported in this one. Raises `InvalidError` when a month has been issued that neither rating has.
    """
    check_month(month)
    known = each_once(issued)
    documents = [document for document in known if document.month <= month]
    billed = [(billed.line, billed.amount) for document in documents for billed in document.lines]
    here = [(line, amount) for line, amount in billed if in_force(rating.price_lists, line.month)]
    standing_in, outside = _standing_in(rating, known, expected, month) if expected else ([], [])
    _check_months({line.month for line, _ in here}, rating, expected)
    sums = defaultdict[tuple[str, str], list[Decimal]](lambda: [ZERO, ZERO, ZERO])
    named: dict[tuple[str, str], Line] = {}
    delivered = [(line, line.amount) for line in rating.delivered if line.month <= month]
    estimated = [(line, line.amount) for line in standing_in]
    for column, amounts in enumerate((delivered, estimated, here)):
        for line, amount in amounts:
            if line.key not in rating.unknown:
                named.setdefault(line.key[:2], line)
                sums[line.key[:2]][column] += amount
    lines = (Accrual(named[key].customer, named[key].price.service, *sums[key]) for key in sorted(sums))
    unknown = [each.problem for each in rating.unrated if each.entry.month <= month]
    unknown += [each.problem for each in rating.conflicts if any(when <= month for _, _, when in each.keys)]
    return Accruals(month, tuple(lines), (*unknown, *outside))


def _standing_in(
    rating: Rating, issued: Iterable[Underlag], expected: Rating, month: Month
) -> tuple[list[Line], list[Problem]]:
    """
    The expected lines that none of their usual sources has reported the month of; and, of services that no
    source has ever reported, those that stay out since others have reported in the month.
    """
    sources = reported(rating, issued)
    usual = _usual_sources(sources)
    known = {line.key for line in rating.delivered} | rating.unknown
    standing_in, outside = [], []
    for line in expected.lines:
        if line.month <= month and line.key not in known and in_force(rating.price_lists, line.month):
            heard, service = sources[line.month].keys(), line.price.service.code
            codes = codes_in_force(rating.price_lists, service, line.month)
            own = {source for code in codes for source in usual.get((line.customer.code, code), ())}
            usually = own or {source for code in codes for source in usual.get(("", code), ())}
            # of a service that has no usual source, any source that reported would have
            if heard.isdisjoint(usually or heard - {SUBSCRIPTION_SOURCE}):
                standing_in.append(line)
            elif not usually:
                outside.append(line)
    return standing_in, [*_never_reported(outside)]


def _usual_sources(sources: Reported) -> Mapping[tuple[str, str], set[str]]:
    """
    The sources that have reported a customer's code in any month; those of a code for anybody are under no
    customer, and a subscription is nobody's but its own.
    """
    usual = defaultdict[tuple[str, str], set[str]](set)
    for by_source in sources.values():
        for source, keys in by_source.items():
            for customer, service in keys:
                usual[customer, service].add(source)
                if source != SUBSCRIPTION_SOURCE:
                    usual["", service].add(source)
    return usual


def _never_reported(lines: Iterable[Line]) -> Iterator[Problem]:
    for service, expected in sorted(groups_of(lines, lambda line: line.service.code).items()):
        amount = sum((line.amount for line in expected), ZERO)
        what = f"{kr(amount)} väntades, men tjänsten har aldrig rapporterats och är inte uppskattad"
        yield Problem(f"tjänst {service}", what, "är dess fil inte inläst?")


def _check_months(issued: set[Month], rating: Rating, expected: Rating | None) -> None:
    absent = sorted(issued - rating.months - (expected.months if expected else frozenset()))
    if absent:
        what = f"{absent[0]} är fakturerad men finns inte bland volymerna, och skulle bli förutbetald"
        raise InvalidError("rating", what, "läs in volymerna från årets början, eller ge de förväntade")
