"""
Ratings set beside one another: last year's, the budget's, the forecast's and the actual's, month by month.

    aligned = align(None, before=last_year, budget=plan, actual=delivered)
    aligned.months                       the months that are compared: those the newest rating has read
    aligned.by("area")["ekonomi"]        Figures in kronor: .before .budget .forecast .actual

Only deliveries count, never twelfths in place of them. Last year's months stand under this year's, and what
is charged as another service now stands with that one. A rating that was given has 0 where it has nothing,
and no figure at all (`None`) for months that it has not read: half a year is never compared with a whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from attrs import frozen

from .catalogue import Service
from .comparison import Effect, told_under
from .customers import Customer
from .errors import InvalidError
from .grouping import BY_MONTH, grouped
from .lines import Line
from .money import ZERO, exact
from .periods import MONTHS_A_YEAR, Month, check_month
from .rating import Rating, check_whole

SIDES = ("before", "budget", "forecast", "actual")  # what is known least first
SAID = {"before": "föregående år", "budget": "budgeten", "forecast": "prognosen", "actual": "utfallet"}


@frozen
class Figures:
    """
    The same figure of last year, the budget, the forecast and the actual; `None` for one that is not given,
    or cannot be told.
    """

    before: Decimal | None = None
    budget: Decimal | None = None
    forecast: Decimal | None = None
    actual: Decimal | None = None

    def variance(self, plan: str = "budget", outcome: str = "actual") -> Effect | None:
        """
        How far one of them is from another: the actual less the budget, unless others are named. `None`
        where either is missing.
        """
        planned, happened = getattr(self, plan), getattr(self, outcome)
        return None if planned is None or happened is None else Effect(planned, happened)


@frozen
class Placed:
    """
    A line in its place: the side that it is of, and the customer, service and month that it is told under.
    """

    side: str
    customer: Customer
    service: Service
    month: Month
    line: Line


Measured = Callable[[Sequence[Line]], Decimal | None]


@exact()
def revenue(lines: Iterable[Line]) -> Decimal:
    """
    The sum of some lines, in kronor excl. VAT.
    """
    return sum((line.amount for line in lines), ZERO)


@frozen(repr=False)
class Alignment:
    """
    The lines of the months compared, and which of this year's months each side has `read`.
    """

    months: tuple[Month, ...]
    read: tuple[tuple[str, frozenset[Month]], ...]
    lines: tuple[Placed, ...]

    @property
    def sides(self) -> tuple[str, ...]:
        """
        The sides that were given, the newest last: the one that the others are compared with.
        """
        return tuple(side for side, _ in self.read)

    def by(self, *dimensions: str, of: Measured = revenue) -> dict[object, Figures]:
        """
        Kronor per customer, type, service, area, kind or month, or per tuple of several; or another measure
        `of` the lines. Raises `ValueError` for another dimension.
        """
        groups = grouped(self.lines, dimensions, BY_MONTH)
        return {
            key: self._figures(lines, {each.month for each in lines} if "month" in dimensions else None, of)
            for key, lines in groups.items()
        }

    @property
    def total(self) -> Figures:
        """
        Kronor of all that is compared.
        """
        return self._figures(self.lines, None, revenue)

    def unread(self, side: str) -> tuple[Month, ...]:
        """
        The months compared that a side has read nothing of.
        """
        return tuple(month for month in self.months if month not in dict(self.read)[side])

    def _figures(self, lines: Iterable[Placed], months: Collection[Month] | None, of: Measured) -> Figures:
        parts = defaultdict[str, list[Line]](list)
        for each in lines:
            parts[each.side].append(each.line)
        compared = frozenset(self.months if months is None else months)
        whole = (side for side, read in self.read if compared <= read)
        return Figures(**{side: of(parts[side]) for side in whole})

    def __repr__(self) -> str:
        return f"<Alignment of {', '.join(self.sides)}, {len(self.months)} months>"


def align(through: Month | None = None, **ratings: Rating | None) -> Alignment:
    """
    Set ratings beside one another, by the side that each is of, up to a month.

    The months compared are those that the newest rating has read, and so the year of a plan, or the months
    that are known of an actual. Raises `InvalidError` for ratings with anything unpriced or in conflict, or
    not of one year, which is the year of `through`; and for a `before` that is no earlier year.
    """
    given = {side: rating for side in SIDES if (rating := ratings.get(side)) is not None}
    for side, rating in given.items():
        _check(side, rating)
    years = {side: _year(side, rating) for side, rating in given.items() if rating.months}
    shift = _check_years(years, through)
    moved = {side: shift if side == "before" else 0 for side in given}
    read = {side: frozenset(month + moved[side] for month in each.months) for side, each in given.items()}
    newest = [*read.values()][-1] if read else frozenset()
    months = frozenset(month for month in newest if through is None or month <= through)
    told = told_under(*given.values())
    customers = {line.customer.code: line.customer for each in given.values() for line in each.delivered}
    placed = (
        Placed(
            side,
            customers[line.customer.code],
            told.get(line.service.code, line.service),
            line.month + moved[side] if moved[side] else line.month,
            line,
        )
        for side, rating in given.items()
        for line in rating.delivered
    )
    return Alignment(tuple(sorted(months)), (*read.items(),), tuple(p for p in placed if p.month in months))


def _check(side: str, rating: Rating) -> None:
    if not isinstance(rating, Rating):
        msg = f"{side} is a Rating, not {rating!r}"
        raise TypeError(msg)
    check_whole(side, rating)


def _year(side: str, rating: Rating) -> int:
    years = {month.year for month in rating.months}
    if len(years) > 1:
        what = f"beräkningen gäller åren {min(years)}–{max(years)}, och ett år följs upp åt gången"
        raise InvalidError(side, what, "ge volymerna för ett kalenderår")
    return next(iter(years))


def _check_years(years: Mapping[str, int], through: Month | None) -> int:
    """
    By how many months last year's are moved. Raises `InvalidError` for sides that are not of one year.
    """
    this = {side: year for side, year in years.items() if side != "before"}
    if through is not None:
        check_month(through, "through")
        this = {"through": through.year, **this}
    first, year = next(iter(this.items()), ("", 0))
    for side, other in this.items():
        if other != year:
            what = f"{SAID[side]} gäller {other}, men {SAID.get(first, first)} gäller {year}"
            raise InvalidError(side, what, "jämför samma år; ett tidigare år ges som before")
    if not this or "before" not in years:
        return 0
    if years["before"] >= year:
        what = f"{SAID['before']} gäller {years['before']}, som inte är före {year}"
        raise InvalidError("before", what, "ge ett tidigare års beräkning, eller ge den som budget")
    return MONTHS_A_YEAR * (year - years["before"])
