"""
Follow-up: last year, budget, forecast and actual side by side, with what the actual is off by.

    followed = report(budget=plan, actual=delivered)         ratings, or statements, or some of each
    followed.by("area")["ekonomi"].variance()                Effect: .difference and .percent
    followed.posts[0].net.variance()                         of statements: the budgetavvikelse of an area
    budget_compliance(actual, budget).costs                  103.1, percent

A variance is the actual less the plan; that of a result is of the net, so a cost above the budget lowers it
(Servicenämndens verksamhetsberättelse 2021, Uppföljning av driftbudget).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter

from attrs import frozen

from .alignment import SIDES, Alignment, Figures, align
from .errors import InvalidError
from .money import ZERO, exact, to_places
from .periods import Month
from .rating import Rating
from .statement import Post, Statement, check_periods

Side = Statement | Rating


@frozen
class PostFigures:
    """
    The income and the costs of a post, in kronor, of each statement that was given; 0 where one of them does
    not have it.
    """

    code: str
    name: str
    income: Figures
    costs: Figures

    @property
    @exact()
    def net(self) -> Figures:
        """
        Income less costs.
        """
        pairs = ((side, getattr(self.income, side), getattr(self.costs, side)) for side in SIDES)
        return Figures(**{side: came - went for side, came, went in pairs if came is not None})


@frozen(repr=False)
class Report:
    """
    What is followed up: `revenue`, the ratings side by side; and the `statements`, by side, the newest last.
    """

    revenue: Alignment
    statements: tuple[tuple[str, Statement], ...]

    def by(self, *dimensions: str) -> dict[object, Figures]:
        """
        Revenue in kronor per customer, type, service, area, kind or month, or per tuple of several, of the
        months compared. Raises `ValueError` for another dimension.
        """
        return self.revenue.by(*dimensions)

    @property
    def posts(self) -> tuple[PostFigures, ...]:
        """
        The posts of the statements in the order of the newest; after them those that only the others have.
        """
        newest_first = [statement for _, statement in reversed(self.statements)]
        named: dict[str, Post] = {}
        for post in (post for statement in newest_first for post in statement.posts):
            named.setdefault(post.code, post)
        return tuple(self._post(post) for post in named.values())

    @property
    def result(self) -> PostFigures:
        """
        The sum of the posts.
        """
        income, costs = self.figures(attrgetter("income")), self.figures(attrgetter("costs"))
        return PostFigures("", "Resultat före bokslutsdisposition", income, costs)

    def figures(self, of: Callable[[Statement], Decimal | None]) -> Figures:
        """
        A figure of each statement, such as `lambda each: each.closing_fund`.
        """
        return Figures(**{side: of(statement) for side, statement in self.statements})

    def _post(self, post: Post) -> PostFigures:
        found = {
            side: next((each for each in statement.posts if each.code == post.code), None)
            for side, statement in self.statements
        }
        income = {side: each.income if each else ZERO for side, each in found.items()}
        costs = {side: each.costs if each else ZERO for side, each in found.items()}
        return PostFigures(post.code, post.name, Figures(**income), Figures(**costs))

    def __repr__(self) -> str:
        return f"<Report of {len(self.revenue.sides)} ratings and {len(self.statements)} statements>"


def report(
    *,
    before: Side | None = None,
    budget: Side | None = None,
    forecast: Side | None = None,
    actual: Side | None = None,
    through: Month | None = None,
) -> Report:
    """
    Two or more of last year, budget, forecast and actual, side by side: revenue where they are ratings or
    statements made of ratings, and results where they are statements.

    Revenue is compared in the months up to `through` that the newest rating has read: an actual up to August
    is compared with the budget's months up to August, a forecast without an actual with the year. Statements
    are of the period that they were made for, which must be the same. Raises `InvalidError` where less than
    two can be compared, and as `align` does.
    """
    given = {"before": before, "budget": budget, "forecast": forecast, "actual": actual}
    ratings = {side: each.rating if isinstance(each, Statement) else each for side, each in given.items()}
    statements = tuple((side, each) for side, each in given.items() if isinstance(each, Statement))
    check_periods(each for _, each in statements)
    rated = sum(each is not None for each in ratings.values())
    if max(rated, len(statements)) < 2:
        fix = "ge minst två av before, budget, forecast och actual, båda beräkningar eller resultaträkningar"
        raise InvalidError("report", "det finns inte två att jämföra", fix)
    if rated < 2 and through is not None:
        what = "resultaträkningar gäller den period de gjorts för och kan inte delas på månader"
        raise InvalidError("through", what, "gör dem till och med månaden, eller utelämna through")
    revenue = align(through, **ratings) if rated > 1 else align()
    return Report(revenue, statements)


@frozen
class Measure:
    """
    A measure of a whole statement against a plan, in percent with one decimal: of the costs alone, as the
    city measures it, and net, as the board asks (Servicenämndens verksamhetsberättelse 2021). `None` where
    the plan has no costs.
    """

    costs: Decimal | None
    net: Decimal | None


@exact()
def budget_compliance(actual: Statement, budget: Statement) -> Measure:
    """
    Actual costs in percent of the budget's (budgetföljsamhet): 100 is to the krona, above it is more.

    Net are the costs less the income beyond the budget's: what is spent of the income that it brought is
    within the budget. It is the same before and after the disposition, which is of income alone.
    """
    return _measure(actual, budget, beyond=0)


@exact()
def forecast_accuracy(actual: Statement, forecast: Statement) -> Measure:
    """
    By how many percent of the forecast's costs the actual ones are above it (prognossäkerhet), below zero
    when they are less; net as in `budget_compliance`.
    """
    return _measure(actual, forecast, beyond=100)


def _measure(actual: Statement, plan: Statement, beyond: int) -> Measure:
    check_periods([plan, actual])
    net = actual.costs - (actual.income - plan.income)
    return Measure(_percent(actual.costs, plan.costs, beyond), _percent(net, plan.costs, beyond))


def _percent(part: Decimal, whole: Decimal, beyond: int) -> Decimal | None:
    return to_places(Fraction(part) / Fraction(whole) * 100 - beyond, 1) if whole else None
