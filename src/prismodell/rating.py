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

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property, partial
from itertools import chain, groupby
from operator import attrgetter, itemgetter

from attrs import field, frozen

from .bulk import uncollected
from .customers import CORRECT_ONE, Register
from .errors import ConservationError, InvalidError, Reason
from .grouping import BY_MONTH, grouped, groups_of
from .lines import Key, Line, Rated, Unrated, service_lines
from .money import ZERO, exact
from .periods import Month, by_start, overlap
from .pricelist import PRICE_IT, PriceList, code_in_force, codes_in_force, several
from .pricing import StepKind
from .rows import Conflict, Provenance, by_origin, totals
from .swedish import number
from .tally import Tally, recoded
from .tariff import SharedPrice
from .volumes import Volumes


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


SHOWN = 3
FIXES = {
    Reason.UNKNOWN_SERVICE: PRICE_IT,
    Reason.UNKNOWN_CUSTOMER: CORRECT_ONE,
    Reason.OUTSIDE_PERIOD: "ge volymer för listans period; shift(volymer, 1) flyttar dem ett år",
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
        return frozenset(priced | {month for _, _, month in self.unknown})

    @cached_property
    def unknown(self) -> frozenset[Key]:
        """
        The customers, services and months whose deliveries are not known until something is put right:
        unrated or in conflict; under the codes that the service replaces, either.
        """
        clashing = frozenset[Key]().union(*(conflict.keys for conflict in self.conflicts))
        return frozenset(
            (customer, code, month)
            for customer, service, month in clashing | {each.key for each in self.unrated}
            for code in codes_in_force(self.price_lists, service, month)
        )

    @cached_property
    def waiting(self) -> frozenset[Key]:
        """
        Those that are neither to be charged nor credited until then: all but the twelfths of services whose
        cost nobody else shares.
        """
        if not self.unknown:
            return self.unknown
        twelfths = {line.key for line in self.lines if line.has(StepKind.TWELFTH)}
        return self.unknown - {key for key in twelfths if key[1:] not in self.sharing}

    @cached_property
    def sharing(self) -> Mapping[tuple[str, Month], frozenset[str]]:
        """
        The customers that share each service's cost in a month: what one of them is to pay hangs on the
        volumes of the others, but for one that pays a twelfth of its plan.
        """
        shared = groups_of(
            (
                line.key
                for line in self.lines
                if isinstance(line.price.tariff.model, SharedPrice) and not line.has(StepKind.TWELFTH)
            ),
            itemgetter(1, 2),
        )
        return {cost: frozenset(customer for customer, _, _ in keys) for cost, keys in shared.items()}

    @exact()
    def by(self, *dimensions: str) -> dict[object, Decimal]:
        """
        Kronor per customer, type, service, area, kind or month, or per tuple of several.

        Raises `ValueError` for another dimension.
        """
        groups = grouped(self.lines, dimensions, BY_MONTH)
        return {key: sum((line.amount for line in lines), ZERO) for key, lines in groups.items()}

    def __repr__(self) -> str:
        return f"<Rating {self.total} kr, {len(self.lines)} lines, {len(self.unrated)} unrated>"


@uncollected
@exact()
def rate(volumes: Volumes | Tally, price_list: PriceList | Iterable[PriceList], register: Register) -> Rating:
    """
    Price volumes by one price list, or by several that do not overlap, for the customers of a register.

    Prices `per = "year"` count the year's earlier months too, so give the volumes of the year so far. Raises
    `InvalidError` for overlapping lists; all else that is wrong is told in `Rating.unrated` and `.conflicts`.
    """
    lists = in_order(price_list)
    tally = _as_listed(volumes.tally(), lists)
    services = {key: tuple(all_) for key, all_ in groupby(tally.entries, key=attrgetter("service"))}
    rated: Rated = []
    for service, entries in services.items():
        old = chain.from_iterable(services.get(code, ()) for code in _replaced_by(service, lists))
        rated += service_lines(entries, lists, register, tuple(old))
    lines = [each for each in rated if isinstance(each, Line)]
    unrated = tuple(each for each in rated if isinstance(each, Unrated))
    account = _account(tally, lines, unrated)
    # The entries stand by service and month, and sorting keeps their order within each customer.
    lines.sort(key=attrgetter("customer.code"))
    return Rating(tuple(lines), unrated, tally.conflicts, account, tuple(lists))


def in_order(price_list: PriceList | Iterable[PriceList]) -> list[PriceList]:
    """
    One or more price lists, the earliest first. Raises `InvalidError` when two hold in the same month.
    """
    lists = several(price_list)
    if not lists or not all(isinstance(each, PriceList) for each in lists):
        msg = f"rate takes one or more PriceLists, not {lists!r}"
        raise TypeError(msg)
    if twice := overlap(lists):
        what = f"{twice[0].title} och {twice[1].title} gäller samtidigt"
        raise InvalidError("price_list", what, "ge prislistor vars perioder inte överlappar")
    return by_start(lists)


def _replaced_by(service: str, lists: Sequence[PriceList]) -> set[str]:
    """
    The codes that a service replaces in any month.
    """
    prices = (price for each in lists for price in each.by_code.get(service, ()))
    return {code for price in prices for code in price.service.replaces or ()}


def _as_listed(tally: Tally, lists: Sequence[PriceList]) -> Tally:
    """
    The tally with what is reported on a replaced code under the service that replaces it.
    """
    if not any(each.replaced for each in lists):
        return tally
    return recoded(tally, partial(code_in_force, lists))


def check_priced(key: str, rating: Rating) -> Rating:
    """
    A rating, all of which has a price. Raises `InvalidError` where some has none, with the first few.
    """
    if rating.unrated:
        count = len(rating.unrated)
        shown = [f"{each.problem.place} ({_why(each)})" for each in rating.unrated[:SHOWN]]
        shown += [f"och {number(count - SHOWN)} till"] if count > SHOWN else []
        what = f"{number(count)} {'volym' if count == 1 else 'volymer'} saknar pris: {'; '.join(shown)}"
        first = rating.unrated[0]
        raise InvalidError(key, what, FIXES.get(first.reason, first.fix))
    return rating


def check_whole(key: str, rating: Rating) -> None:
    """
    Raise `InvalidError` where some of a rating has no price or is in conflict, and so is in no sum.
    """
    check_priced(key, rating)
    if rating.conflicts:
        what = f"rader är i konflikt, först {rating.conflicts[0].problem.place}"
        raise InvalidError(key, what, "avgör vilken av dem som gäller: annars saknas intäkten utan att synas")


def _why(unrated: Unrated) -> str:
    meant = unrated.fix.startswith("menade du")
    return f"{unrated.reason.value}, {unrated.fix}" if meant else unrated.reason.value


def _account(tally: Tally, lines: Sequence[Line], unrated: Sequence[Unrated]) -> tuple[Account, ...]:
    """
    The account of rows, counted from what came out and held against what was read.
    """
    places = [
        tally.read,
        chain.from_iterable(line.entry.provenance for line in lines),
        chain.from_iterable(one.entry.provenance for one in unrated),
        tally.duplicates,
        (each for conflict in tally.conflicts for each in conflict.provenance),
    ]
    found = [_counted(provenance) for provenance in places]
    account: list[Account] = []
    off: list[Account] = []
    for origin in sorted(set().union(*found)):
        counts, sums = zip(*(each.get(origin, (0, ZERO)) for each in found), strict=True)
        account.append(Account(*origin, sums[0], *counts))
        if not account[-1].balances or sum(sums[1:]) != sums[0]:
            off.append(account[-1])
    if off:
        msg = f"rows or quantities were lost: {off}"
        raise ConservationError(msg)
    return tuple(account)


def _counted(provenance: Iterable[Provenance]) -> dict[tuple[str, str], tuple[int, Decimal]]:
    """
    The number of rows of each source and file, and their sum.
    """
    return {origin: totals(own) for origin, own in by_origin(provenance).items()}
