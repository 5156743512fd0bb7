"""
The one rating function: volumes × the price in force → lines, each with the steps that made its amount.

    rating = rate(volumes, price_list, register)
    rating.lines      one Line per customer × service × month, rounded once
    rating.unrated    what could not be priced, each with its reason
    rating.by("area")

A forecast, a budget, an invoice and a scenario differ only in what goes in here. Rows are tallied before
they are priced, so their order, split and file cannot change an amount. Each rating checks its own books:
every row read is in a line, unrated, a duplicate or in a conflict; or else `ConservationError` is raised.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import cache, cached_property
from itertools import groupby
from operator import attrgetter

from attrs import field, frozen

from .bulk import uncollected
from .customers import Customer, Register
from .errors import ConservationError, InvalidError, Problem, Reason, UnpricedError
from .explanation import explained_price, explained_steps, explained_volume
from .money import ZERO, exact, round_half_up
from .periods import Month, by_start, overlap
from .pricelist import Price, PriceList, price_in_force
from .pricing import NOTHING, Context, Step, StepKind, charge, portions, total
from .swedish import month as month_name
from .swedish import number
from .tariff import GraduatedPrice, PhasedPrice, SharedPrice, Tariff
from .volumes import Conflict, Entry, Tally, Volumes

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
                f"pris: {explained_price(self.price)}",
                f"volym: {explained_volume(self.quantity, service, self.entry.provenance)}",
            ]
        )

    def __repr__(self) -> str:
        return f"<Line {' '.join(map(str, self.key))}: {self.amount} kr>"


@frozen(repr=False)
class Unrated:
    """
    A tallied quantity without a price, and why.
    """

    entry: Entry
    reason: Reason
    what: str
    fix: str = ""

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
        rows = "1 rad" if self.entry.rows == 1 else f"{number(self.entry.rows)} rader"
        volume = f"{number(self.entry.quantity)} i {rows}"
        return Problem(
            f"{customer} {service} {month}, {volume}", f"{self.reason.value}: {self.what}", self.fix
        )

    def __repr__(self) -> str:
        return f"<Unrated {' '.join(map(str, self.key))}: {self.reason.value}>"


@frozen
class Account:
    """
    The account of rows of one source and file: all that were read with their sum, and where each of them is.
    """

    source: str
    file: str
    quantity: Decimal
    read: int
    billed: int
    unrated: int
    duplicates: int
    conflicts: int

    @property
    def balances(self) -> bool:
        """
        Whether every row read is in exactly one place.
        """
        return self.read == self.billed + self.unrated + self.duplicates + self.conflicts


DIMENSIONS: Mapping[str, Callable[[Line], object]] = {
    "customer": attrgetter("customer.code"),
    "type": attrgetter("customer.type.value"),
    "service": attrgetter("price.service.code"),
    "area": attrgetter("price.service.area.code"),
    "kind": attrgetter("price.service.kind.value"),
    "month": attrgetter("month"),
}


@frozen
class Rating:
    """
    Priced lines, ordered by customer, service and month, and everything that could not be priced.

    `delivered` are the lines of what was delivered, where some of `lines` are twelfths of a plan instead.
    """

    lines: tuple[Line, ...]
    unrated: tuple[Unrated, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    account: tuple[Account, ...] = ()
    price_lists: tuple[PriceList, ...] = field(default=(), repr=False)
    delivered: tuple[Line, ...] = field(repr=False)

    @delivered.default
    def _as_lines(self) -> tuple[Line, ...]:
        return self.lines

    @property
    @exact()
    def total(self) -> Decimal:
        """
        The sum of the lines, in kronor excl. VAT.
        """
        return sum((line.amount for line in self.lines), ZERO)

    @cached_property
    def months(self) -> frozenset[Month]:
        """
        The months that it has read anything of.
        """
        priced = {line.month for line in self.delivered}
        return frozenset(priced | {month for _, _, month in self.waiting})

    @cached_property
    def waiting(self) -> frozenset[Key]:
        """
        The customers, services and months that are not known until something is put right: unrated or in
        conflict, and so neither to be charged nor credited.
        """
        clashing = frozenset[Key]().union(*(conflict.keys for conflict in self.conflicts))
        return clashing | {each.key for each in self.unrated}

    @exact()
    def by(self, *dimensions: str) -> dict[object, Decimal]:
        """
        Kronor per value of one dimension, or per tuple of several; `DIMENSIONS` has their names.

        Raises `ValueError` for another dimension.
        """
        unknown = [name for name in dimensions if name not in DIMENSIONS]
        if unknown or not dimensions:
            msg = f"by() takes {', '.join(DIMENSIONS)}, not {', '.join(unknown) or 'nothing'}"
            raise ValueError(msg)
        of = [DIMENSIONS[name] for name in dimensions]
        sums = defaultdict[object, Decimal](lambda: ZERO)
        for line in self.lines:
            key = tuple(value(line) for value in of)
            sums[key if len(key) > 1 else key[0]] += line.amount
        return dict(sorted(sums.items(), key=lambda item: _sortable(item[0])))

    def __repr__(self) -> str:
        return f"<Rating {self.total} kr, {len(self.lines)} lines, {len(self.unrated)} unrated>"


def _sortable(key: object) -> tuple[str, ...]:
    return tuple(map(str, key)) if isinstance(key, tuple) else (str(key),)


@uncollected
@exact()
def rate(volumes: Volumes | Tally, price_list: PriceList | Iterable[PriceList], register: Register) -> Rating:
    """
    Price volumes by one price list, or by several that do not overlap, for the customers of a register.

    Prices `per = "year"` count the year's earlier months too, so give the volumes of the year so far. Raises
    `InvalidError` for overlapping lists; all else that is wrong is told in `Rating.unrated` and `.conflicts`.
    """
    tally = volumes.tally() if isinstance(volumes, Volumes) else volumes
    lists = _together([price_list] if isinstance(price_list, PriceList) else [*price_list])
    rated: Rated = []
    for _, entries in groupby(tally.entries, key=attrgetter("service")):
        rated += _service_rated(tuple(entries), lists, register)
    # The entries stand by service and month, and sorting keeps their order within each customer.
    lines = sorted((each for each in rated if isinstance(each, Line)), key=attrgetter("customer.code"))
    unrated = tuple(each for each in rated if isinstance(each, Unrated))
    account = _account(tally, lines, unrated)
    return Rating(tuple(lines), unrated, tally.conflicts, account, tuple(lists))


def _together(lists: list[PriceList]) -> list[PriceList]:
    if not lists or not all(isinstance(each, PriceList) for each in lists):
        msg = f"rate takes one or more PriceLists, not {lists!r}"
        raise TypeError(msg)
    if twice := overlap(lists):
        what = f"{twice[0].title} och {twice[1].title} gäller samtidigt"
        raise InvalidError("price_list", what, "ge prislistor vars perioder inte överlappar")
    return by_start(lists)


Rated = list[Line | Unrated]
Quantities = Mapping[tuple[str, Month], Decimal]
ASKING = (GraduatedPrice, PhasedPrice, SharedPrice)  # the models that may ask for more than a quantity


def _service_rated(entries: tuple[Entry, ...], lists: list[PriceList], register: Register) -> Rated:
    """
    The lines of one service; the quantities of earlier months are looked up only if a price asks for them.
    """

    @cache
    def reported() -> Quantities:
        return {(each.customer, each.month): each.quantity for each in entries}

    rated: Rated = []
    for _, month in groupby(entries, key=attrgetter("month")):
        rated += _month_rated(list(month), lists, register, reported)
    return rated


def _month_rated(
    entries: list[Entry], lists: list[PriceList], register: Register, reported: Callable[[], Quantities]
) -> Rated:
    """
    The lines of one service and month, which look up the listed price once.
    """
    service, month = entries[0].service, entries[0].month
    try:
        listed = price_in_force(lists, service, month)
    except UnpricedError as error:
        return [_unrated(entry, error) for entry in entries]
    parts, usual = _portions(listed, entries, register), listed.tariff
    rated: Rated = []
    for entry in entries:
        try:
            customer = register.charged(entry.customer, month)
            price = register.price(customer, listed, month)
            tariff = usual if price is listed else price.tariff
            context = NOTHING
            if isinstance(tariff.model, ASKING):
                context = _context(entry, customer, tariff, parts, reported)
            rated.append(_line(entry, customer, price, charge(tariff, entry.quantity, context)))
        except UnpricedError as error:
            rated.append(_unrated(entry, error))
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
            keys = ((entry.customer, month) for month in _earlier_months(entry.month))
            quantities = reported()
            return Context([quantities[key] for key in keys if key in quantities])
        case PhasedPrice():
            return Context(age=customer.age(entry.month))
        case SharedPrice():
            return Context(portion=parts.get(entry.customer))
        case _:
            return NOTHING


@cache
def _earlier_months(month: Month) -> tuple[Month, ...]:
    """
    The months of its year before it.
    """
    return tuple(Month(month.year, number) for number in range(1, month.number))


def _line(entry: Entry, customer: Customer, price: Price, steps: tuple[Step, ...]) -> Line:
    """
    The line, rounded: the one place where an amount is brought to whole öre.
    """
    charged = total(steps)
    amount = round_half_up(charged)
    if amount != charged:
        steps += (Step(StepKind.ROUNDING, amount - charged),)
    return Line(customer, price, entry, steps, amount)


def _unrated(entry: Entry, error: UnpricedError) -> Unrated:
    return Unrated(entry, error.reason, error.what, error.fix)


def _account(tally: Tally, lines: Sequence[Line], unrated: Sequence[Unrated]) -> tuple[Account, ...]:
    """
    The account of rows, counted from what came out and held against what was read.
    """
    places = [
        tally.read,
        (each for line in lines for each in line.entry.provenance),
        (each for one in unrated for each in one.entry.provenance),
        tally.duplicates,
        (each for conflict in tally.conflicts for each in conflict.provenance),
    ]
    counts = defaultdict[tuple[str, str], list[int]](lambda: [0] * len(places))
    sums = defaultdict[tuple[str, str], list[Decimal]](lambda: [ZERO] * len(places))
    for column, provenance in enumerate(places):
        for each in provenance:
            origin = each.source, each.file
            counts[origin][column] += each.rows
            sums[origin][column] += each.quantity
    account = tuple(
        Account(source, file, sums[source, file][0], *rows) for (source, file), rows in sorted(counts.items())
    )
    off = [
        each
        for each in account
        if not each.balances or sum(sums[each.source, each.file][1:]) != each.quantity
    ]
    if off:
        msg = f"rows or quantities were lost: {off}"
        raise ConservationError(msg)
    return account
