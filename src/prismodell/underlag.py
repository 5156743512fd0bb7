"""
Underlag: one customer's invoicing basis for one month, every amount of it explained.

    underlag.lines[0].explain()     how an amount came about
    underlag.net, .vat, .gross      kronor; VAT once per rate, on the rate's sum

An issued underlag is never changed: what comes later is a difference, on another underlag (see `issuing`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from attrs import field, frozen
from attrs.validators import optional

from .canonical import digest
from .catalogue import Area, Kind, is_text
from .customers import Customer
from .errors import InvalidError
from .explanation import explained_changes, explained_step_changes, explained_tariff
from .grouping import groups_of
from .lines import Key, Line
from .money import HUNDRED, ZERO, exact, exact_decimal, round_half_up
from .periods import Month
from .swedish import kr, listing, number, percent

FORMAT = "prismodell.underlag/2"


@frozen
class ListUsed:
    """
    A price list that an underlag was priced by.
    """

    id: str
    title: str
    digest: str


@frozen
class Charged:
    """
    What earlier underlag charged for a line at one VAT rate: their numbers and sums, and the line as it was.
    """

    documents: tuple[str, ...]
    quantity: Decimal = field(converter=exact_decimal)
    amount: Decimal
    line: Line


@frozen(repr=False)
class Billed:
    """
    What an underlag charges for a line: the line as rated now, less what earlier underlag charged for it.

    `vat` is the percent that it is charged at. A line that was charged for before is a correction, and
    `earlier` says by which underlag; `reason` is why, in somebody's words.
    """

    line: Line
    quantity: Decimal = field(converter=exact_decimal)
    amount: Decimal
    vat: Decimal = field(converter=exact_decimal)
    earlier: Charged | None = None
    reason: str | None = field(default=None, validator=optional(is_text))

    def explain(self) -> str:
        """
        How the amount came about, step by step, in Swedish.
        """
        text = self.line.explain()
        if self.earlier is None:
            return text
        return "\n".join(
            [
                text,
                f"  rättelse av {listing(self.earlier.documents)}:",
                f"    {kr(self.line.amount)} − tidigare {kr(self.earlier.amount)} = {kr(self.amount)}",
                *(f"    {cause}" for cause in self.causes()),
                *([f"    orsak: {self.reason}"] if self.reason else []),
            ]
        )

    def causes(self) -> tuple[str, ...]:
        """
        Why a correction differs from what was charged: the volume, its rows, the price and the VAT rate.
        """
        if self.earlier is None:
            return ()
        before, now = self.earlier.line, self.line
        if self.vat != now.vat:  # the same rows are charged at another rate, on a line of its own
            return (f"moms {percent(self.vat)} → {percent(now.vat)}",)
        causes = [*explained_changes(before.entry, now.entry)]
        if before.quantity != now.quantity:
            causes.insert(0, f"volym {number(before.quantity)} → {number(now.quantity)}")
        old, new = explained_tariff(before.price.tariff), explained_tariff(now.price.tariff)
        if old != new:
            causes.append(f"pris {old} → {new}")
        causes += explained_step_changes(before.steps, now.steps)
        return tuple(causes)

    def __repr__(self) -> str:
        return f"<Billed {' '.join(map(str, self.line.key))}: {self.amount} kr>"


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


def _place(billed: Billed) -> tuple[str, str, str, Month, Decimal]:
    service = billed.line.price.service
    return service.area.code, service.kind.value, service.code, billed.line.month, billed.vat


@frozen
class Underlag:
    """
    One customer's invoicing basis (faktureringsunderlag) for one month; amounts in kronor.

    `number` is unique, and serial per customer and year. `volumes_digest` is that of the customer's
    tallied volumes, which the amounts were computed from.
    """

    number: str
    customer: Customer
    month: Month
    lines: tuple[Billed, ...] = field(converter=_on_page)
    price_lists: tuple[ListUsed, ...]
    volumes_digest: str

    def __attrs_post_init__(self) -> None:
        if any(billed.line.customer != self.customer for billed in self.lines):
            raise InvalidError(
                "lines", f"underlag {self.number} har rader för en annan kund än {self.customer.code}"
            )
        for a, b in pairwise(self.lines):  # in order, so that two of a kind stand together
            if (a.line.key, a.vat) == (b.line.key, b.vat):
                what = f"underlag {self.number} har två rader för {' '.join(map(str, a.line.key))}"
                raise InvalidError("lines", what, "ta bort den ena")

    @cached_property
    @exact()
    def groups(self) -> tuple[Group, ...]:
        """
        The lines by area, obligatory services first.
        """
        groups = groups_of(self.lines, lambda each: (each.line.service.area, each.line.service.kind))
        return tuple(Group(area, kind, tuple(lines), _sum(lines)) for (area, kind), lines in groups.items())

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
            nets[billed.vat] += billed.amount
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


AtRate = tuple[Key, Decimal]  # a line, and the percent of VAT that it was charged at


def charged(earlier: Iterable[Underlag], month: Month) -> dict[AtRate, Charged]:
    """
    What earlier underlag charged for each line up to the month, at each VAT rate, and the line as it then
    was.
    """
    return {at_rate: _summed(each) for at_rate, each in charges(earlier).items() if at_rate[0][2] <= month}


def charges(documents: Iterable[Underlag]) -> dict[AtRate, list[tuple[str, Billed]]]:
    """
    How each line was charged at each VAT rate: the numbers of the underlag and what each says, in order.
    """
    found = defaultdict[AtRate, list[tuple[str, Billed]]](list)
    for document in documents:
        for billed in document.lines:
            found[billed.line.key, billed.vat].append((document.number, billed))
    return {at_rate: sorted(numbered, key=_in_order) for at_rate, numbered in found.items()}


def _in_order(numbered: tuple[str, Billed]) -> tuple[int, str]:
    """
    In which order a line was charged: each time it corrects one underlag more. An earlier month may be issued
    again after a later one, so neither months nor numbers tell.
    """
    number, billed = numbered
    return len(billed.earlier.documents) if billed.earlier else 0, number


def _summed(numbered: Sequence[tuple[str, Billed]]) -> Charged:
    _, last = numbered[-1]
    return Charged(
        tuple(number for number, _ in numbered),
        sum((billed.quantity for _, billed in numbered), ZERO),
        sum((billed.amount for _, billed in numbered), ZERO),
        last.line,
    )


def numbered(customer: str, year: int, serial: int) -> str:
    """
    The number of a customer's underlag, of so many in the year.
    """
    return f"{customer}-{year}-{serial:03}"


def serial_of(number: str, customer: str, year: int) -> int:
    """
    Which of the customer's underlag of the year a number is of, from 1; 0 for a number of another series.
    """
    serial = re.fullmatch(rf"{re.escape(customer)}-{year}-([0-9]{{1,9}})", number)
    return int(serial[1]) if serial else 0


def is_first(underlag: Underlag) -> bool:
    """
    Whether it is the customer's first of its year.
    """
    return underlag.number.endswith(f"-{underlag.month.year}-001")


def each_once(documents: Iterable[Underlag]) -> tuple[Underlag, ...]:
    """
    The underlag without those given twice. Raises `InvalidError` for different ones with one number.
    """
    found: dict[str, Underlag] = {}
    documents = (documents,) if isinstance(documents, Underlag) else tuple(documents)
    for each in documents:
        if type(each) is not Underlag:
            msg = f"issued takes Underlag, as read_underlag gives them, not {each!r}"
            raise TypeError(msg)
    differ = [each.number for each in documents if found.setdefault(each.number, each) != each]
    if differ:
        what = f"två olika underlag har samma nummer: {', '.join(sorted(set(differ)))}"
        raise InvalidError("number", what, "ange de underlag som faktiskt skickades")
    return tuple(found.values())
