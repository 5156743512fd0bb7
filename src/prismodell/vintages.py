"""
Two forecasts of one year, made at different times, or a forecast and what happened: what moved it.

    spring, autumn = read_forecast("prognos-2021-04.json"), forecast(volumes, 2021, Month(2021, 8), …)
    vintages = explain_vintages(spring, autumn, prices, register)
    vintages.total.difference        kronor: the later less the earlier, and what it consists of
    vintages.by("area")["ekonomi"]   its Shift, which sums to it

The earlier forecast becomes the later one in five steps, each of which is rated, so they sum exactly:

    the earlier  → its known months as they came     outcome
                 → the rest, forecast anew           reassessed: by the earlier's method and plans
                 → what has been planned since       planned
                 → another method, level or budget   method
                 → other price lists                 price       = the later
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import chain, pairwise

import attrs
from attrs import field, frozen

from .customers import Register
from .errors import InvalidError
from .estimation import AUTOMATIC
from .expectation import Basis, Forecast, Methods
from .extrapolation import METHODS
from .forecasting import forecast
from .grouping import sortable
from .money import ZERO, exact
from .periods import Span
from .plans import Leave, check_switched, price_lists
from .pricelist import PriceList, several
from .rating import Rating, check_priced, rate
from .tally import Tally, add
from .volumes import Volumes

UNTOLD = "den tidigare prognosens egen metod är inte känd, så metodens effekt är en del av omprövningen"


@frozen
class Shift:
    """
    What a forecast came to before and after, in kronor excl. VAT, and what moved it: before + outcome +
    reassessed + planned + method + price = after, exactly.
    """

    before: Decimal
    outcome: Decimal
    reassessed: Decimal
    planned: Decimal
    method: Decimal
    price: Decimal
    after: Decimal

    @property
    @exact()
    def difference(self) -> Decimal:
        """
        After less before.
        """
        return self.after - self.before


@frozen(repr=False)
class Vintages:
    """
    The two forecasts, the ratings from the one to the other, and what could not be told apart.
    """

    before: Forecast
    after: Forecast
    ratings: tuple[Rating, ...] = field(repr=False)
    notices: tuple[str, ...] = ()

    @property
    def total(self) -> Shift:
        """
        What moved the whole.
        """
        return _shift([rating.total for rating in self.ratings])

    @exact()
    def by(self, *dimensions: str) -> dict[object, Shift]:
        """
        What moved each customer, type, service, area, kind or month, or tuple of several.

        Raises `ValueError` for another dimension.
        """
        sums = [rating.by(*dimensions) for rating in self.ratings]
        keys = sorted({*chain.from_iterable(sums)}, key=sortable)
        return {key: _shift([each.get(key, ZERO) for each in sums]) for key in keys}

    def __repr__(self) -> str:
        return f"<Vintages {self.before.through} → {self.after.through}, {self.total.difference} kr>"


@exact()
def _shift(sums: Sequence[Decimal]) -> Shift:
    outcome, reassessed, planned, method, price = (now - was for was, now in pairwise(sums))
    return Shift(sums[0], outcome, reassessed, planned, method, price, sums[-1])


@exact()
def explain_vintages(
    before: Forecast,
    after: Forecast,
    price_list: PriceList | Iterable[PriceList],
    register: Register,
    *,
    price_list_before: PriceList | Iterable[PriceList] | None = None,
) -> Vintages:
    """
    What moved an earlier forecast to a later one of the same year; at December that is what happened.

    The price lists are the later's, with any planned switch laid in by `price_lists`. The earlier's are
    `price_list_before`; without, the same with the switches that the earlier had planned. A function that
    made a forecast cannot be read from a file: its effect is then a part of what was reassessed, and a notice
    says so.

    Raises `InvalidError` for forecasts of different years or in the wrong order, for a later one that was
    read from a file (it has to be made again), and for anything without a price.
    """
    basis, now = _check(before, after), several(price_list)
    check_switched(after.changes, now, after.year)
    then = price_lists(now, before.changes) if price_list_before is None else several(price_list_before)
    known = _method(before)
    method = basis.method if known is None else known
    again, planned = (_again(before, after, basis, method, plans) for plans in (before, after))
    volumes = (before.volumes, _with_outcome(before, after), again, planned, after.volumes)
    ratings = [check_priced("before", rate(volumes[0], then, register))]
    ratings += [check_priced("after", rate(each, then, register)) for each in volumes[1:]]
    last = ratings[-1] if then == now else check_priced("after", rate(volumes[-1], now, register))
    ratings.append(last)
    notices = (UNTOLD,) if known is None else ()
    return Vintages(before, after, tuple(ratings), notices)


def _check(before: Forecast, after: Forecast) -> Basis:
    if before.year != after.year:
        what = f"prognoserna gäller {before.year} och {after.year}"
        raise InvalidError("after", what, "jämför två prognoser för samma år")
    if after.through < before.through:
        what = f"den senare går till och med {after.through} och den tidigare till och med {before.through}"
        raise InvalidError("after", what, "byt plats på dem")
    if after.basis is None:
        what = "den senare prognosen är läst ur en fil och kan inte göras om"
        raise InvalidError("after", what, "gör den igen med forecast, av samma volymer")
    return after.basis


def _method(before: Forecast) -> Methods | None:
    """
    How the earlier was made; `None` where it was by functions that a file cannot tell.
    """
    if before.basis:
        return before.basis.method
    named = dict(before.methods)
    return named if all(each in METHODS or each == AUTOMATIC for each in named.values()) else None


def _with_outcome(before: Forecast, after: Forecast) -> Tally:
    """
    The later's volumes in the months that it knows, and the earlier's expectations of the others.
    """
    known = Tally(entry for entry in after.volumes.entries if entry.month <= after.through)
    return add(known, Volumes(row for row in before.expected if row.month > after.through))


def _again(before: Forecast, after: Forecast, basis: Basis, method: Methods, plans: Forecast) -> Tally:
    """
    The later forecast made as the earlier was, with what either of them had planned.
    """
    return forecast(
        basis.history,
        after.year,
        after.through,
        method=method,
        level=before.level,
        budget=basis.budget,
        register=basis.register and _as_planned(basis.register, plans),
        price_list=basis.price_lists,
        changes=plans.changes,
        masked=plans.masked,
        as_of=after.as_of,
    ).volumes


def _as_planned(register: Register, plans: Forecast) -> Register:
    """
    The register before it said anything of those who were planned to leave.
    """
    leaving = {each.customer for each in plans.changes if isinstance(each, Leave)}
    customers = (
        attrs.evolve(each, span=Span(each.span.start), successor=None) if each.code in leaving else each
        for each in register.customers
    )
    return attrs.evolve(register, customers=tuple(customers))
