"""
What each price of a list weighs on some volumes: how many kronor it brings, and how they follow its figures.

    for each in weighed(price_list, rating, register):
        each.revenue            what the price brings, exactly
        each.weights            what one krona more on each of its figures would bring
        each.brings(tariff)     what another tariff in its place would bring

All of it is told by the one rating function, in exact kronor before lines are rounded to whole öre.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property

import attrs
from attrs import frozen

from .customers import Register
from .grouping import groups_of
from .lines import Line, service_lines
from .money import ZERO, exact
from .pricelist import Price, PriceList, Revision
from .rating import Rating
from .tally import Entry
from .tariff import CostPlusPrice, SharedPrice, Tariff, kronor, map_kronor, with_kronor


@frozen(eq=False)
class Weighed:
    """
    A price of a list, with the lines that it made of some volumes.
    """

    price: Price
    price_list: PriceList
    lines: tuple[Line, ...]
    entries: tuple[Entry, ...]
    replaced: tuple[Entry, ...]  # of the codes that its service replaced in the year
    register: Register

    @property
    def moves(self) -> bool:
        """
        Whether it has figures in kronor of its own; a cost that is passed on has not, nor has an agreement.
        """
        return bool(kronor(self.price.tariff)) and not isinstance(self.price.tariff.model, CostPlusPrice)

    @cached_property
    @exact()
    def revenue(self) -> Decimal:
        """
        The exact kronor that it brings.
        """
        return sum((line.charge for line in self.lines), ZERO)

    @cached_property
    @exact()
    def unmoved(self) -> Decimal:
        """
        What the price brings whatever its figures, from customers with a price of their own.
        """
        if all(line.price is self.price for line in self.lines):
            return ZERO
        return self.brings(map_kronor(self.price.tariff, lambda _: ZERO))

    @property
    @exact()
    def moving(self) -> Decimal:
        """
        What it brings that follows its figures.
        """
        return self.revenue - self.unmoved

    @property
    def adds_up(self) -> bool:
        """
        Whether the revenue is a sum over the figures; it is not where some bound others, or are split in öre.
        """
        tariff = self.price.tariff
        bounded = tariff.minimum is not None or tariff.maximum is not None
        return not bounded and not isinstance(tariff.model, SharedPrice)

    @cached_property
    @exact()
    def weights(self) -> tuple[Decimal, ...]:
        """
        What each krona of each figure brings, where the revenue adds up of them.
        """
        figures = kronor(self.price.tariff)
        if len(figures) == 1 and figures[0]:
            return (self.moving / figures[0],)
        ones = ([Decimal(place == at) for place in range(len(figures))] for at in range(len(figures)))
        return tuple(self.brings(with_kronor(self.price.tariff, one)) - self.unmoved for one in ones)

    @exact()
    def brings(self, tariff: Tariff) -> Decimal:
        """
        The exact kronor that another tariff in its place would bring.
        """
        price = attrs.evolve(self.price, origin=(Revision(self.price.origin[-1].note, tariff),))
        dated = self.price_list.by_code[self.price.service.code]
        prices = tuple(price if each is self.price else each for each in dated)
        alone = PriceList(self.price_list.id, self.price_list.title, self.price_list.span, prices)
        lines = service_lines(self.entries, [alone], self.register, self.replaced)
        return sum(
            (each.charge for each in lines if isinstance(each, Line) and each.month in price.span), ZERO
        )


def weighed(price_list: PriceList, rating: Rating, register: Register) -> Iterator[Weighed]:
    """
    The prices of a list, with what they made of the volumes of a rating by it.
    """
    by_service = groups_of(rating.lines, lambda line: line.service.code)
    for price in price_list.prices:
        of_service = by_service[price.service.code]
        lines = tuple(line for line in of_service if line.month in price.span)
        old = [line for code in price.service.replaces or () for line in by_service[code]]
        yield Weighed(price, price_list, lines, _entries(of_service), _entries(old), register)


def _entries(lines: Sequence[Line]) -> tuple[Entry, ...]:
    return tuple(sorted((line.entry for line in lines), key=lambda entry: (entry.month, entry.customer)))
