"""
The tally: what rows come to per customer × service × month, which is all that pricing asks for.

    tally = volumes.tally()             in memory; `frames.tally` in a dataframe engine
    add(january, february, scenario)    tallies of other rows make one

Every row that was read is in a sum, a duplicate or in a conflict, and the numbers of each are held together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, pairwise, starmap
from operator import attrgetter, lt
from typing import Protocol

import attrs
from attrs import field, frozen

from .bulk import uncollected
from .errors import ConservationError, InvalidError, Problem
from .grouping import groups_of
from .money import exact, exact_decimal
from .periods import Month
from .rows import Conflict, Provenance, by_place, summed, totals


@frozen(order=True)
class Entry:
    """
    The sum of one customer's rows for one service and month; `credits` of the rows were negative.
    """

    service: str
    month: Month
    customer: str
    quantity: Decimal = field(converter=exact_decimal)
    rows: int
    credits: int = 0
    provenance: tuple[Provenance, ...] = ()


_key = attrgetter("service", "month", "customer")
_provenance = attrgetter("provenance")


def _sorted_entries(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """
    By service, month and customer, of which no two are alike; those that stand so already are looked at once.
    """
    found = tuple(entries)
    if all(starmap(lt, pairwise(map(_key, found)))):
        return found
    found = tuple(sorted(found, key=attrgetter("service", "month.year", "month.number", "customer")))
    for a, b in pairwise(found):
        if _key(a) == _key(b):
            msg = f"two sums of {a.customer} {a.service} {a.month}"
            raise ConservationError(msg)
    return found


def _adds_up(entry: Entry) -> bool:
    """
    Whether the rows of an entry's provenance, nearly always one, sum to it. Call it inside `exact()`.
    """
    if len(entry.provenance) == 1:
        only = entry.provenance[0]
        return only.rows == entry.rows and only.quantity == entry.quantity
    return totals(entry.provenance) == (entry.rows, entry.quantity)


@frozen(repr=False)
class Tally:
    """
    Sums per customer × service × month, by service, month and customer, and the rows that are in none; the
    notices are those of the files that they were read from. Unless it is told, what was read is all of these.

    Raises `ConservationError` for two sums of one key, and for a sum that its rows do not come to.
    """

    entries: tuple[Entry, ...] = field(converter=_sorted_entries)
    duplicates: tuple[Provenance, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    read: tuple[Provenance, ...] = field()
    notices: tuple[Problem, ...] = field(default=(), eq=False, repr=False)

    @read.default
    @exact()
    def _in_all(self) -> tuple[Provenance, ...]:
        summed_, conflicting = (map(_provenance, each) for each in (self.entries, self.conflicts))
        return summed(chain(self.duplicates, *summed_, *conflicting))

    @exact()
    def __attrs_post_init__(self) -> None:
        for entry in self.entries:
            if not _adds_up(entry):
                msg = f"the rows of {entry} do not sum to it"
                raise ConservationError(msg)

    def __repr__(self) -> str:
        return f"<Tally {len(self.entries)} sums of {self.rows} rows>"

    @property
    def rows(self) -> int:
        """
        How many rows were read.
        """
        return sum(each.rows for each in self.read)

    def tally(self) -> Tally:
        """
        Itself, so that what takes volumes takes either.
        """
        return self


class Tallied(Protocol):
    """
    What comes to a tally: volumes, or a tally.
    """

    def tally(self) -> Tally:
        """
        Its sums.
        """


@exact()
def recoded(tally: Tally, code: Callable[[str, Month], str]) -> Tally:
    """
    The tally with its sums under the codes that its services have in a month; sums that meet are added.
    """
    groups = groups_of(
        tally.entries, lambda each: (code(each.service, each.month), each.month, each.customer)
    )
    conflicts = tuple(
        attrs.evolve(each, keys=frozenset((who, code(what, when), when) for who, what, when in each.keys))
        for each in tally.conflicts
    )
    entries = [_together(*key, found) for key, found in groups.items()]
    return attrs.evolve(tally, entries=entries, conflicts=conflicts)


@uncollected
@exact()
def add(*parts: Tallied) -> Tally:
    """
    One tally of several, each of other rows: of a year's months, say, or of files summed one by one.

    It is the tally of all the rows together where no two parts have rows of one source and reference: what
    repeats a row of another part, or contradicts it, does not show in sums. A file's name that is in two of
    them is told in `Tally.notices`. Raises `InvalidError` for a part that is given twice.
    """
    if len({*map(id, parts)}) < len(parts):
        raise InvalidError("parts", "samma summor är med två gånger", "ge varje del en gång")
    tallies = [each.tally() for each in parts]
    groups = groups_of(chain.from_iterable(each.entries for each in tallies), _key)
    return Tally(
        [_together(*key, found) for key, found in groups.items()],
        summed(chain.from_iterable(each.duplicates for each in tallies)),
        tuple(sorted(chain.from_iterable(each.conflicts for each in tallies), key=_identity)),
        summed(chain.from_iterable(each.read for each in tallies)),
        tuple(dict.fromkeys([*chain.from_iterable(each.notices for each in tallies), *_in_two(tallies)])),
    )


def _in_two(tallies: Iterable[Tally]) -> Iterator[Problem]:
    """
    A notice of each file that more than one tally has rows of.
    """
    having = Counter(
        file for each in tallies for file in {origin.file for origin in each.read if origin.file}
    )
    for file in sorted(file for file, tallies_ in having.items() if tallies_ > 1):
        what = "flera av summorna har rader ur filen"
        yield Problem(file, what, "kontrollera att ingen rad är med två gånger")


def _identity(conflict: Conflict) -> tuple[object, ...]:
    return conflict.source, conflict.reference, [*map(by_place, conflict.rows)]


def _together(service: str, month: Month, customer: str, entries: Sequence[Entry]) -> Entry:
    if len(entries) == 1:
        return attrs.evolve(entries[0], service=service) if entries[0].service != service else entries[0]
    provenance = summed(each for entry in entries for each in entry.provenance)
    rows, quantity = totals(provenance)
    return Entry(service, month, customer, quantity, rows, sum(each.credits for each in entries), provenance)
