"""
A year's result (resultaträkning): income and costs per area, and what became of the result fund.

    actual = statement("Utfall 2021", rating, costs={"lon": "41100000", …}, others=[Post("namnd", …)])
    actual.net              kronor, before the disposition (resultat före bokslutsdisposition)
    actual.closing_fund     the opening fund and what was put into it, or taken from it

What the centre's services bring comes from a `Rating`; what they cost, and the posts that no price list has,
are given. A `Statement` can be made from posts alone, of a year or of any other period.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from attrs import Factory, field, frozen
from attrs.validators import instance_of

from .alignment import align
from .catalogue import Area, code, is_text
from .errors import InputError, InvalidError, Problem, likely
from .money import ZERO, Number, decimal_of, exact, exact_decimal
from .periods import Month
from .rating import Rating
from .swedish import MONTHS


@frozen
class Post:
    """
    The income and costs of an area, or of something outside the price list such as Nämnd och administration,
    in kronor; costs are written without a minus sign.
    """

    code: str = field(converter=code)
    name: str = field(validator=is_text)
    income: Decimal = field(default=ZERO, converter=exact_decimal)
    costs: Decimal = field(default=ZERO, converter=exact_decimal)

    def __attrs_post_init__(self) -> None:
        if self.costs < 0:
            fix = "skriv kostnader utan minustecken; det som kommit tillbaka är en intäkt"
            raise InvalidError("costs", f"kostnaden för {self.code} är negativ: {self.costs}", fix)

    @property
    @exact()
    def net(self) -> Decimal:
        """
        Income less costs.
        """
        return self.income - self.costs


def _posts(posts: Iterable[Post]) -> tuple[Post, ...]:
    return tuple(posts)


def _fund(kronor: Number | None) -> Decimal | None:
    return None if kronor is None else decimal_of("opening_fund", kronor)


def _disposition(kronor: Number) -> Decimal:
    return decimal_of("disposition", kronor)


@frozen(repr=False)
class Statement:
    """
    Posts of a period, in the order that they are shown, with the result fund (resultatfond) at its start,
    `None` when it is not known.

    The `disposition` is what of the net goes to the fund: all of it unless given; below zero it is taken from
    the fund. `rating` is what the income was priced by, if it was, and `last` the month that it goes to. All
    in kronor.
    """

    title: str = field(validator=is_text)
    posts: tuple[Post, ...] = field(converter=_posts)
    opening_fund: Decimal | None = field(default=None, converter=_fund, kw_only=True)
    disposition: Decimal = field(
        default=Factory(lambda self: self.net, takes_self=True),
        converter=_disposition,
        kw_only=True,
    )
    rating: Rating | None = field(default=None, validator=instance_of(Rating | None), kw_only=True)
    last: Month | None = field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        doubled = [each for each, times in Counter(post.code for post in self.posts).items() if times > 1]
        if doubled:
            what = f"flera poster i {self.title} har koden {', '.join(doubled)}"
            raise InvalidError("posts", what, "slå ihop dem, eller ge dem egna koder")

    @property
    @exact()
    def income(self) -> Decimal:
        """
        The sum of the posts' income.
        """
        return sum((each.income for each in self.posts), ZERO)

    @property
    @exact()
    def costs(self) -> Decimal:
        """
        The sum of the posts' costs.
        """
        return sum((each.costs for each in self.posts), ZERO)

    @property
    @exact()
    def net(self) -> Decimal:
        """
        Income less costs: the result before the disposition.
        """
        return self.income - self.costs

    @property
    @exact()
    def closing_fund(self) -> Decimal | None:
        """
        The result fund at the end; `None` when it is not known at the start.
        """
        return None if self.opening_fund is None else self.opening_fund + self.disposition

    @property
    @exact()
    def after(self) -> Decimal:
        """
        The result after the disposition: nothing, when all of it goes to the fund.
        """
        return self.net - self.disposition

    def __repr__(self) -> str:
        return f"<Statement {self.title}: {self.income} − {self.costs} = {self.net} kr>"


def statement(  # noqa: PLR0913 - what a result consists of, by name
    title: str,
    rating: Rating,
    *,
    costs: Mapping[str, Number],
    others: Iterable[Post] = (),
    opening_fund: Number | None = None,
    disposition: Number | None = None,
    through: Month | None = None,
) -> Statement:
    """
    A statement whose areas have the revenue of a rating's deliveries, up to a month if one is named, and the
    costs given by area code, in that order; after them stand the `others`, which no price list has.

    Raises `InputError` with all that is wrong: costs of an unknown area, an area with revenue whose cost is
    not said (write 0 for none), an other post that has an area's code. Raises `InvalidError` for a rating
    with anything unpriced or in conflict, or of more than one year.
    """
    aligned, areas = align(through, actual=rating), _areas(rating)
    brought = {str(area): figures.actual or ZERO for area, figures in aligned.by("area").items()}
    given = [(code(key), decimal_of(f"costs[{key!r}]", amount)) for key, amount in costs.items()]
    extra = [*others]
    if problems := [*_problems([area for area, _ in given], extra, areas, brought)]:
        raise InputError(problems)
    posts = (Post(area, areas[area].name, brought.get(area, ZERO), amount) for area, amount in given)
    to_fund = {} if disposition is None else {"disposition": disposition}
    last = max(aligned.months, default=None)
    return Statement(title, (*posts, *extra), opening_fund=opening_fund, rating=rating, last=last, **to_fund)


def check_periods(statements: Iterable[Statement]) -> None:
    """
    Raise `InvalidError` for statements that go to different months of their years: the costs of a whole year
    cannot be held against those of a part of one.
    """
    dated = {each.last.number: each for each in statements if each.last}
    if len(dated) > 1:
        (first, early), *_, (last, late) = sorted(dated.items())
        what = f"{early.title} går till {MONTHS[first - 1]} och {late.title} till {MONTHS[last - 1]}"
        raise InvalidError(
            "report", what, "gör dem för samma månader, med through och de månadernas kostnader"
        )


def _areas(rating: Rating) -> dict[str, Area]:
    """
    The areas by code, as the newest price list names them.
    """
    listed = [area for prices in rating.price_lists for area in prices.areas]
    return {area.code: area for area in (*(line.service.area for line in rating.lines), *listed)}


def _problems(
    given: list[str], others: list[Post], areas: Mapping[str, Area], brought: Mapping[str, Decimal]
) -> Iterator[Problem]:
    for each, times in Counter(given).items():
        if times > 1:
            yield Problem(f"costs, '{each}'", "området har flera kostnader", "summera dem till en")
        if each not in areas:
            what = "inget område i prislistan heter så"
            fix = likely(each, areas) or "ge det som inte är ett område som en Post i others"
            yield Problem(f"costs, '{each}'", what, fix)
    for each in sorted(brought.keys() - set(given)):
        what = f"{areas[each].name} har intäkter, men ingen kostnad är angiven"
        yield Problem(f"costs, '{each}'", what, "ange 0 om det inte kostat något")
    for post in others:
        if post.code in areas:
            what = f"{post.name} har samma kod som ett område i prislistan"
            yield Problem(f"others, '{post.code}'", what, "ge områdets kostnad i costs, eller en annan kod")
