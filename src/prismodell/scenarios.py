"""
The same volumes by one price list after another, for those who try many.

    scenarios = Scenarios(volumes, prices, register)
    for lower in candidates:
        print(scenarios.rate(lower).total - scenarios.base.total)

A scenario is another price list and nothing more. What it gives is what `rate` gives; the lines of a service
whose prices are those of the first list are only not made again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from operator import attrgetter

import attrs
from attrs import field, frozen

from .bulk import uncollected
from .customers import Register
from .lines import Line, Rated, service_lines
from .money import exact
from .pricelist import PriceList
from .rating import Rating, in_order, rate
from .tally import Entry, Tally
from .volumes import Volumes


def _tally(volumes: Volumes | Tally) -> Tally:
    return volumes.tally()


def _lists(price_list: PriceList | Iterable[PriceList]) -> tuple[PriceList, ...]:
    return tuple(in_order(price_list))


@frozen(eq=False)
class Scenarios:
    """
    Volumes and a register, with the price list (or lists) that scenarios are tried against.
    """

    volumes: Tally = field(converter=_tally, repr=False)
    price_lists: tuple[PriceList, ...] = field(converter=_lists)
    register: Register

    @cached_property
    def base(self) -> Rating:
        """
        The rating by the first list.
        """
        return rate(self.volumes, self.price_lists, self.register)

    @uncollected
    @exact()
    def rate(self, price_list: PriceList | Iterable[PriceList]) -> Rating:
        """
        The rating by another list, or by several that do not overlap. Raises as `rate` does.
        """
        lists = in_order(price_list)
        rated = self._changed(lists)
        if rated is None or any(len(lines) != len(self._places[service]) for service, lines in rated.items()):
            return rate(self.volumes, lists, self.register)
        lines = [*self.base.lines]
        for service, changed in rated.items():
            for place, line in zip(self._places[service], changed, strict=True):
                lines[place] = line
        return attrs.evolve(self.base, lines=tuple(lines), delivered=tuple(lines), price_lists=tuple(lists))

    def _changed(self, lists: Sequence[PriceList]) -> Mapping[str, list[Line]] | None:
        """
        The lines of the services whose prices are others than by the first list, in the order of a rating.

        None can be told from the others where the periods or the codes differ, or where some are unrated.
        """
        alike = [each.span for each in self.price_lists] == [each.span for each in lists]
        if not alike or self.base.unrated or any(each.replaced for each in (*lists, *self.price_lists)):
            return None
        both = [*zip(self.price_lists, lists, strict=True)]
        return {
            service: _in_order(service_lines(entries, lists, self.register))
            for service, entries in self._entries.items()
            if any(old.by_code.get(service) != new.by_code.get(service) for old, new in both)
        }

    @cached_property
    def _entries(self) -> Mapping[str, tuple[Entry, ...]]:
        services = groupby(self.volumes.entries, key=attrgetter("service"))
        return {service: tuple(entries) for service, entries in services}

    @cached_property
    def _places(self) -> Mapping[str, list[int]]:
        """
        Where the lines of each service stand in the first rating.
        """
        places = defaultdict[str, list[int]](list)
        for place, line in enumerate(self.base.lines):
            places[line.price.service.code].append(place)
        return places


def _in_order(rated: Rated) -> list[Line]:
    """
    The lines of one service as they stand in a rating; what is unrated is left out, and so missed.
    """
    return sorted((each for each in rated if isinstance(each, Line)), key=attrgetter("customer.code"))
