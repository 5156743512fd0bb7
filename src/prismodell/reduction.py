"""
Prices lowered so that what they bring is lowered by a given part: a target for the revenue, not for each
price.

    reduction = reduce_to_target(prices, volumes, 1, register, select=Selection(kind=Kind.OBLIGATORY))
    reduction.target       1 % of what the selected services bring on the volumes
    reduction.reached      never less, and as little more as the grid allows
    reduction.price_list   the new list, each price with its exact value in its origin

−1 % stamped on each price does not do that: what is rounded to an öre moves by another percentage, and a
price up to 0,50 kr not at all. Here every price gets its exact value, old × one factor, and is then put on
one of the two grid points beside it; which of the two is chosen so that the sum comes out right. A service
that is kept, or whose change is limited, lets the others carry its part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

import attrs
from attrs import frozen

from .bulk import uncollected
from .catalogue import Service, codes_of
from .customers import Register, anybody
from .errors import InvalidError, likely
from .money import HUNDRED, ORE, ZERO, Number, decimal_of, exact, exact_decimal, round_half_up
from .periods import Span
from .pricechanges import EVERYTHING, Selection, percent_lower, price_step, scenario_of
from .pricelist import Price, PriceList, Revision
from .rating import check_priced, rate
from .swedish import kr, listing
from .swedish import percent as percent_text
from .tally import Tally
from .target import ON_TARGET, Found, Target, price_key
from .tariff import Tariff, counts_the_year, map_kronor
from .volumes import Volumes
from .weighing import Weighed, weighed


@frozen
class Reduced:
    """
    One price on its way: before, its exact value and after, what it brought in kronor on the volumes, and its
    `effect`: how many kronor less it brings now, exactly.
    """

    service: Service
    span: Span
    before: Tariff
    exact: Tariff
    after: Tariff
    revenue: Decimal
    effect: Decimal


@frozen(repr=False)
class Reduction:
    """
    A lowered price list, and how near it came to its target on the volumes; in exact kronor excl. VAT.

    The figures are of quantities × prices, before any line is rounded to whole öre. `base` is what all
    selected services bring, whoever pays, and `prices` are theirs. `finer` is a grid that would come within
    one part in a hundred of the target, where `step` does not.
    """

    price_list: PriceList
    percent: Decimal
    step: Decimal
    base: Decimal
    prices: tuple[Reduced, ...]
    finer: Decimal | None = None

    @property
    @exact()
    def target(self) -> Decimal:
        """
        The kronor that were to be taken off.
        """
        return exact_decimal(self.base * self.percent / HUNDRED)

    @property
    @exact()
    def reached(self) -> Decimal:
        """
        The kronor that are taken off, never less than the target.
        """
        return exact_decimal(sum((each.effect for each in self.prices), ZERO))

    @property
    @exact()
    def gap(self) -> Decimal:
        """
        The kronor beyond the target.
        """
        return exact_decimal(self.reached - self.target)

    def __repr__(self) -> str:
        return f"<Reduction {self.percent} %: target {self.target} kr, reached {self.reached} kr>"


@uncollected
@exact()
def reduce_to_target(  # noqa: PLR0913 - what is decided of a reduction, by name
    price_list: PriceList,
    volumes: Volumes | Tally,
    percent: Number,
    register: Register | None = None,
    *,
    select: Selection = EVERYTHING,
    round_to: Number = ORE,
    keep: Iterable[str] = (),
    limits: Mapping[str, Number] | None = None,
    note: str = "",
) -> Reduction:
    """
    Lower the selected services so that they bring `percent` less on the volumes (1: one percent), and as
    little more than that as can be had by putting each price on one of the two points, in steps of `round_to`
    kronor, beside its exact value.

    `keep` names services that stay, and `limits` by how many percent a service may be lowered at most; others
    carry the rest. Costs passed on, and agreements with a price of their own, stay too. Without a register
    all pay the list's price. No price rises, or becomes zero. Raises `InvalidError` for a percentage that is
    not between 0 and 100, nothing selected, a year's ladder in a list that begins in the year, volumes
    without a price, and a target that cannot be met.
    """
    by, step = percent_lower(percent), price_step(round_to)
    tally = volumes.tally()
    payers = register or anybody(tally)
    least = _least(price_list, select, {**(limits or {}), **dict.fromkeys(codes_of(keep) or (), ZERO)})
    rating = check_priced("volumes", rate(tally, price_list, payers))
    chosen = [each for each in weighed(price_list, rating, payers) if each.price.service in select]
    _check_ladders(price_list, chosen)
    base = sum((each.revenue for each in chosen), ZERO)
    if base <= 0:
        what = "de valda tjänsterna ger ingen intäkt på volymerna"
        raise InvalidError("volumes", what, "ange volymer för dem, eller välj andra tjänster")
    stays = sum((each.unmoved if _moves(each, least) else each.revenue for each in chosen), ZERO)
    task = Target(
        tuple((each, least[each.price.service.code]) for each in chosen if _moves(each, least)),
        base * (HUNDRED - by) / HUNDRED - stays,
    )
    target, found = base * by / HUNDRED, task.solve(step)
    if found is None:
        raise _unreachable(task, step, target)
    text = note or f"Mål: {percent_text(by)} lägre intäkt av de valda tjänsterna"
    lowered = [_lowered(each, found, text) for each in chosen]
    others = tuple(each for each in price_list.prices if each.service not in select)
    changed = scenario_of(price_list, (*others, *(price for price, _ in lowered)))
    made = Reduction(changed, by, step, base, tuple(each for _, each in lowered))
    missed = made.gap * ON_TARGET > target
    return attrs.evolve(made, finer=task.finer(step, target)) if missed else made


def _check_ladders(price_list: PriceList, chosen: Iterable[Weighed]) -> None:
    """
    A year's ladder is counted from January, and a list that begins later does not have those volumes.
    """
    ladders = [each.price.service.code for each in chosen if counts_the_year(each.price.tariff.model)]
    if ladders and price_list.span.start.number > 1:
        start = price_list.span.start
        what = f"årstrappan för {listing(ladders)} räknas från januari, men listan börjar {start}"
        raise InvalidError("price_list", what, "välj bort den med select: dess tidigare volymer är inte med")


def _least(price_list: PriceList, select: Selection, limits: Mapping[str, Number]) -> Mapping[str, Decimal]:
    """
    The least factor of each selected service.
    """
    selected = {service.code for service in price_list.services if service in select}
    if not selected:
        raise InvalidError("select", "inga tjänster i listan är valda", "kontrollera kind, area och koder")
    for code in limits:
        if code not in selected:
            what = f"tjänsten {code} är inte bland de valda"
            raise InvalidError(
                "keep, limits", what, likely(code, selected) or "välj den, eller nämn den inte"
            )
    by = {code: decimal_of("limits", percent) for code, percent in limits.items()}
    for code, percent in by.items():
        if not 0 <= percent <= HUNDRED:
            what = f"{code} får sänkas med {percent} %, som inte är mellan 0 och 100"
            raise InvalidError("limits", what, "2 betyder högst 2 % lägre pris")
    return {code: 1 - by.get(code, HUNDRED) / HUNDRED for code in selected}


def _moves(each: Weighed, least: Mapping[str, Decimal]) -> bool:
    return each.moves and least[each.price.service.code] < 1


def _lowered(each: Weighed, found: Found, note: str) -> tuple[Price, Reduced]:
    """
    The price as it is now, and what was made of it.
    """
    price, before = each.price, each.price.tariff
    new = found.get(price_key(price))
    if new is None:
        return price, Reduced(price.service, price.span, before, before, before, each.revenue, ZERO)
    unrounded = map_kronor(before, lambda figure: figure * new.factor)
    revision = Revision(note, new.tariff, exact=unrounded)
    reduced = Reduced(
        price.service, price.span, before, unrounded, new.tariff, each.revenue, each.moving - new.brings
    )
    return attrs.evolve(price, origin=(*price.origin, revision)), reduced


def _unreachable(task: Target, step: Decimal, target: Decimal) -> InvalidError:
    moving = sum((each.moving for each, _ in task.prices), ZERO)
    most = moving - task.least(1, step) if task.prices else ZERO
    what = f"målet {kr(round_half_up(target))} kan inte nås: som mest {kr(round_half_up(most))}"
    finer = task.finer(step, target)
    bound = any(least > 0 for _, least in task.prices) or not task.prices
    otherwise = (
        "höj gränserna i limits, eller behåll färre tjänster med keep" if bound else "ange en lägre procent"
    )
    fix = f"ange round_to={finer}" if finer else otherwise
    return InvalidError("percent", what, fix)
