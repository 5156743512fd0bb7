"""
What is known of the future: work that moves between services, customers that leave, a new price list.

    Move("EKO-KUND-MAN", "EKO-KUND-WEBB", "0.6", Month(2021, 9), ramp=3)   20 % in September, 60 % in November
    Leave("BOL-MIC", Month(2021, 7), successor="BOL-SVB")                  the successor has its volumes
    Switch(new_list, Month(2021, 7))                                       the new prices from July

No method sees a break coming, so it is told. Services that work moves between are a family: its history is
that of the sum, which a move does not change; the family is forecast, and split by the shares of each month.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from operator import attrgetter
from typing import ClassVar

import attrs
from attrs import field, frozen
from attrs.validators import ge, instance_of

from .catalogue import code
from .errors import InputError, InvalidError, Problem, likely
from .money import HUNDRED, ZERO, Number, decimal_of, exact
from .periods import Month, Span, in_force
from .pricelist import PriceList, several
from .swedish import percent


def _share(value: Number) -> Decimal:
    share = decimal_of("share", value)
    if not 0 < share <= 1:
        raise InvalidError("share", f"{share} är inte en andel", "ange mer än 0 och högst 1: 0.25 är 25 %")
    return share


@frozen
class Move:
    """
    A `share` (0 to 1) of what one service would have had goes to another, from a month on; the share is
    reached evenly over `ramp` months.
    """

    tag: ClassVar = "move"
    source: str = field(converter=code)
    target: str = field(converter=code)
    share: Decimal = field(converter=_share)
    start: Month = field(validator=instance_of(Month))
    ramp: int = field(default=1, validator=[instance_of(int), ge(1)])

    def __attrs_post_init__(self) -> None:
        if self.source == self.target:
            raise InvalidError("target", f"{self.source} flyttas till sig själv", "ange en annan tjänst")

    def part(self, month: Month) -> Fraction:
        """
        The share that has moved in a month.
        """
        reached = min(max(month - self.start + 1, 0), self.ramp)
        return Fraction(self.share) * reached / self.ramp

    @exact()
    def __str__(self) -> str:
        over = f" över {self.ramp} månader" if self.ramp > 1 else ""
        return f"{percent(self.share * HUNDRED)} av {self.source} blir {self.target} från {self.start}{over}"


@frozen
class Leave:
    """
    A customer that has no more volumes from a month on; its `successor`, if there is one, has them instead.
    """

    tag: ClassVar = "leave"
    customer: str = field(converter=code)
    start: Month = field(validator=instance_of(Month))
    successor: str | None = field(default=None, converter=attrs.converters.optional(code))

    def __attrs_post_init__(self) -> None:
        if self.customer == self.successor:
            raise InvalidError("successor", f"{self.customer} efterträder sig själv", "ange en annan kund")

    def __str__(self) -> str:
        heir = f"; {self.successor} tar över" if self.successor else ""
        return f"{self.customer} slutar från och med {self.start}{heir}"


@frozen
class Switch:
    """
    Another price list from a month on. It changes no volumes: `price_lists` gives what to rate them with.
    """

    tag: ClassVar = "switch"
    price_list: PriceList
    start: Month = field(validator=instance_of(Month))

    def __str__(self) -> str:
        return f"{self.price_list.title} från {self.start}"


Change = Move | Leave | Switch

PRICED = "historik, budget eller lista"
REGISTERED = "historik, budget eller register"


def price_lists(lists: PriceList | Iterable[PriceList], changes: Iterable[Change]) -> tuple[PriceList, ...]:
    """
    The lists in force with the planned switches: each new one from its month to its own end, the old ones
    around it. Raises `InvalidError` for a list that does not hold in its first month.
    """
    found = [*several(lists)]
    for each in sorted((each for each in changes if isinstance(each, Switch)), key=attrgetter("start")):
        if each.start not in each.price_list.span:
            what = f"{each.price_list.title} gäller {each.price_list.span}, inte {each.start}"
            raise InvalidError("start", what, "ge listan en period som börjar senast då")
        new = _within(each.price_list, Span(each.start, each.price_list.span.end))
        before = [
            _within(old, Span(old.span.start, each.start)) for old in found if old.span.start < each.start
        ]
        after = [
            _within(old, Span(new.span.end, old.span.end))
            for old in found
            if new.span.end and (old.span.end is None or new.span.end < old.span.end)
        ]
        found = [*before, new, *after]
    return tuple(found)


def check_switched(changes: Iterable[Change], lists: Iterable[PriceList], year: int) -> None:
    """
    Raise `InvalidError` where the price lists of a rating do not have a switch that is planned in the year.
    """
    rated = [*lists]
    for each in changes:
        if isinstance(each, Switch) and each.start.year == year:
            held = in_force(rated, each.start)
            if held is not None and held.id != each.price_list.id:
                what = f"prognosen räknar med {each}, men beräkningen har {held.title} då"
                raise InvalidError("price_list", what, "prissätt med price_lists(listor, prognosens changes)")


def _within(price_list: PriceList, span: Span) -> PriceList:
    """
    The list's prices in the months of both spans.
    """
    kept = _both(price_list.span, span)
    prices = [
        attrs.evolve(each, span=_both(each.span, kept))
        for each in price_list.prices
        if each.span.overlaps(kept)
    ]
    return attrs.evolve(price_list, span=kept, prices=tuple(prices))


def _both(one: Span, other: Span) -> Span:
    ends = [each.end for each in (one, other) if each.end is not None]
    return Span(max(one.start, other.start), min(ends) if ends else None)


@exact()
def check_changes(
    changes: Sequence[Change],
    services: Iterable[str],
    customers: Iterable[str],
    ends: Sequence[Leave] = (),
    counted: Mapping[str, str] = {},
) -> None:
    """
    Raise `InputError`, with all that is wrong, for changes of unknown services or customers, that take more
    than all of a service, that move work between services `counted` in different units, or that contradict
    one another or what the register says of who `ends`.
    """
    known, told = {*services}, {*customers}
    moves = [each for each in changes if isinstance(each, Move)]
    leaves = [each for each in changes if isinstance(each, Leave)]
    if not all(isinstance(each, Change) for each in changes):
        msg = f"planned changes are Move, Leave and Switch, not {changes!r}"
        raise TypeError(msg)
    problems = [
        *_unknown("tjänsten", [(each, each.source) for each in moves], known, PRICED),
        *_unknown("tjänsten", [(each, each.target) for each in moves], known, PRICED),
        *_unknown("kunden", [(each, each.customer) for each in leaves], told, REGISTERED),
        *_unknown(
            "efterträdaren", [(each, each.successor) for each in leaves if each.successor], told, REGISTERED
        ),
        *_too_much(moves),
        *_other_units(moves, counted),
        *_contradictions(moves, leaves, ends),
    ]
    if problems:
        raise InputError(problems)


def _unknown(
    word: str, named: Iterable[tuple[Change, str]], known: set[str], where: str
) -> Iterator[Problem]:
    for change, each in named:
        if each not in known:
            yield Problem(str(change), f"{word} {each} finns varken i {where}", likely(each, known))


def _too_much(moves: Sequence[Move]) -> Iterator[Problem]:
    for source in sorted({each.source for each in moves}):
        own = [each for each in moves if each.source == source]
        whole = sum((each.share for each in own), ZERO)
        if whole > 1:
            what = f"ändringarna flyttar {percent(whole * HUNDRED)} av {source}"
            yield Problem("; ".join(map(str, own)), what, "andelarna får tillsammans vara högst 100 %")


def _other_units(moves: Sequence[Move], counted: Mapping[str, str]) -> Iterator[Problem]:
    for each in moves:
        one, other = (counted.get(service) for service in (each.source, each.target))
        if one and other and one != other:
            what = f"{each.source} räknas i {one} och {each.target} i {other}"
            yield Problem(str(each), what, "flytta bara mellan tjänster med samma enhet")


def _contradictions(
    moves: Sequence[Move], leaves: Sequence[Leave], ends: Sequence[Leave]
) -> Iterator[Problem]:
    pairs = Counter((each.source, each.target) for each in moves)
    for (source, target), count in pairs.items():
        if count > 1:
            what = f"{source} flyttas till {target} {count} gånger"
            yield Problem("planerade ändringar", what, "ange en ändring; ramp låter andelen växa")
        if (target, source) in pairs and source < target:
            what = f"{source} och {target} flyttas till varandra"
            yield Problem("planerade ändringar", what, "ange bara den ena")
    for customer, count in Counter(each.customer for each in leaves).items():
        if count > 1:
            yield Problem("planerade ändringar", f"{customer} slutar {count} gånger", "ange en av dem")
    registered = {each.customer: each for each in ends}
    for each in leaves:
        end = registered.get(each.customer, each)
        if each.start > end.start or end.successor not in {None, each.successor}:
            yield Problem(str(each), f"kundregistret säger {end}", "ta bort ändringen, eller rätta registret")
    leaving = {each.customer for each in (*leaves, *ends)}
    for each in leaves:
        if each.successor in leaving:
            what = f"efterträdaren {each.successor} slutar också"
            yield Problem(str(each), what, "ange den kund som till slut tar över")


def families(moves: Iterable[Move]) -> Mapping[str, frozenset[str]]:
    """
    The family of each service that work moves to or from.
    """
    groups: list[frozenset[str]] = []
    for each in moves:
        pair = frozenset({each.source, each.target})
        meeting = [group for group in groups if group & pair]
        groups = [group for group in groups if not group & pair] + [reduce(frozenset.union, meeting, pair)]
    return {service: group for group in groups for service in group}


Flow = tuple[str, str]  # the service that work would have been of, and the one that it is of


def flows(shares: Mapping[str, Fraction], moves: Iterable[Move], month: Month) -> Mapping[Flow, Fraction]:
    """
    How a family's month divides: by the shares that its services had before anything moved, less and plus
    what has moved by then.
    """
    parts = defaultdict[Flow, Fraction](Fraction)
    for service, share in shares.items():
        parts[service, service] = share
    for each in (each for each in moves if each.source in shares):
        moved = shares[each.source] * each.part(month)
        parts[each.source, each.source] -= moved
        parts[each.source, each.target] += moved
    return parts
