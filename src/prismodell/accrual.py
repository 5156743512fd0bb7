"""
Accrual: what was delivered and not issued at a month's end, and what was issued and not delivered.

    accruals = accrue(rating, issued, Month(2022, 12), expected=rate(planned, prices, register))
    accruals.accrued, accruals.deferred     upplupna and förutbetalda intäkter, kronor excl. VAT
    accruals.lines[0]                       of one customer and service

Where a service's report for a month has not come in at all, what was expected stands in, as estimated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from attrs import frozen

from .catalogue import Service
from .customers import Customer
from .errors import InvalidError, Problem
from .money import ZERO, exact
from .periods import Month, in_force
from .rating import Line, Rating
from .underlag import Underlag


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
    The accruals at a month's end, by customer and service. What could not be priced is in none of them: it is
    told in `unknown`.
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
    forecast's rating: its lines stand in for a service in a month that the rating says nothing of. Raises
    `InvalidError` when a month has been issued that neither of them has.
    """
    documents = [document for document in dict.fromkeys(issued) if document.month <= month]
    billed = [(billed.line, billed.amount) for document in documents for billed in document.lines]
    here = [(line, amount) for line, amount in billed if in_force(rating.price_lists, line.month)]
    standing_in = [*_standing_in(rating, expected, month)] if expected else []
    _check_months({line.month for line, _ in here}, rating, expected)
    sums = defaultdict[tuple[str, str], list[Decimal]](lambda: [ZERO, ZERO, ZERO])
    named: dict[tuple[str, str], Line] = {}
    delivered = [(line, line.amount) for line in rating.lines if line.month <= month]
    estimated = [(line, line.amount) for line in standing_in]
    for column, amounts in enumerate((delivered, estimated, here)):
        for line, amount in amounts:
            if line.key not in rating.waiting:
                named.setdefault(line.key[:2], line)
                sums[line.key[:2]][column] += amount
    lines = (Accrual(named[key].customer, named[key].price.service, *sums[key]) for key in sorted(sums))
    unknown = [each.problem for each in rating.unrated if each.entry.month <= month]
    unknown += [each.problem for each in rating.conflicts if any(row.month <= month for row in each.rows)]
    return Accruals(month, tuple(lines), tuple(unknown))


def _standing_in(rating: Rating, expected: Rating, month: Month) -> Iterator[Line]:
    """
    The expected lines of services and months that the rating says nothing of.
    """
    keys = {line.key for line in rating.lines} | rating.waiting
    reported = {(service, when) for _, service, when in keys}
    for line in expected.lines:
        if line.month <= month and (line.price.service.code, line.month) not in reported:
            yield line


def _check_months(issued: set[Month], rating: Rating, expected: Rating | None) -> None:
    absent = sorted(issued - rating.months - (expected.months if expected else frozenset()))
    if absent:
        what = f"{absent[0]} är fakturerad men finns inte bland volymerna, och skulle bli förutbetald"
        raise InvalidError("rating", what, "läs in volymerna från årets början, eller ge de förväntade")
