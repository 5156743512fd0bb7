"""
Volumes: how much of which service which customer got in which month, and where each row came from.

Rows are summed per customer × service × month (the tally) before anything is priced. Two rows with the same
source and reference are the same row: equal ones count once (the others are duplicates), unequal ones are a
conflict and count not at all until someone decides. Every row ends in exactly one of these places.

    Volumes((row, row, …)).tally()  →  Tally(entries, duplicates, conflicts)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import attrs
from attrs import field, frozen

from .bulk import uncollected
from .errors import Problem
from .money import ZERO, exact
from .periods import Month
from .rows import Conflict, File, Volume, by_place, provenance_of, said
from .tally import Entry, Tally


def _as_tuple(rows: Iterable[Volume]) -> tuple[Volume, ...]:
    return tuple(rows)


def _as_multiset(rows: tuple[Volume, ...]) -> frozenset[tuple[Volume, int]]:
    return frozenset(Counter(rows).items())


@frozen
class Volumes:
    """
    Rows from any number of sources, in the order they were read; the order is not part of the value.
    """

    rows: tuple[Volume, ...] = field(default=(), converter=_as_tuple, eq=_as_multiset)
    notices: tuple[Problem, ...] = field(default=(), eq=False, repr=False)

    def __iter__(self) -> Iterator[Volume]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<Volumes {len(self)} rows>"

    def merge(self, other: Volumes) -> Volumes:
        """
        The rows of both. A row that stands in both is one row: the same place of the same file, or, for rows
        from no file, all fields alike. So merging again adds nothing.
        """
        notices = tuple(dict.fromkeys((*self.notices, *other.notices)))
        mine, its = ({row.file for row in each} for each in (self, other))
        if mine.isdisjoint(its):
            return Volumes(self.rows + other.rows, notices)
        names = _first_names((*self, *other))
        both = Counter(_renamed(self, names)) | Counter(_renamed(other, names))
        return Volumes(both.elements(), notices)

    @property
    def counted(self) -> Sequence[Volume]:
        """
        The rows that are summed: all but the duplicates and those in conflict.
        """
        return self._sorted_out[0]

    @property
    def duplicates(self) -> tuple[Volume, ...]:
        """
        Rows that repeat another row's source and reference, and say the same; they are not counted.
        """
        return self._sorted_out[1]

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """
        Rows that share a source and reference but say different things.
        """
        return self._sorted_out[2]

    @cached_property
    def _sorted_out(self) -> tuple[Sequence[Volume], tuple[Volume, ...], tuple[Conflict, ...]]:
        """
        The rows that count, the duplicates, and the conflicts: every row is in one of them.
        """
        repeated = _repeated(self.rows)
        if not repeated:
            return self.rows, (), ()
        counted = [row for row in self.rows if (row.source, row.reference) not in repeated]
        duplicates: list[Volume] = []
        conflicts: list[Conflict] = []
        for (source, reference), rows in sorted(repeated.items()):
            if len({said(row) for row in rows}) == 1:
                first, *others = sorted(rows, key=by_place)
                counted.append(first)
                duplicates += others
            else:
                conflicts.append(Conflict(source, reference, tuple(sorted(rows, key=by_place))))
        return counted, tuple(duplicates), tuple(conflicts)

    @uncollected
    @exact()
    def tally(self) -> Tally:
        """
        Sum the rows per customer × service × month. The order of rows and files does not matter.
        """
        counted, duplicates, conflicts = self._sorted_out
        groups = defaultdict[tuple[str, Month, str], list[Volume]](list)
        for row in counted:
            groups[row.service, row.month, row.customer].append(row)
        entries = [_entry(*key, rows) for key, rows in groups.items()]
        return Tally(entries, provenance_of(duplicates), conflicts, provenance_of(self.rows), self.notices)


def identical_rows(rows: Iterable[Volume]) -> list[Problem]:
    """
    A notice per source for rows without a reference that are exactly alike; each counts.
    """
    alike = defaultdict[tuple[object, ...], list[Volume]](list)
    for row in rows:
        if not (row.source and row.reference):
            alike[row.source, *said(row), row.registered, row.note].append(row)
    by_source = defaultdict[str, list[list[Volume]]](list)
    for group in alike.values():
        if len(group) > 1:
            by_source[group[0].source].append(group)
    fix = "ge raderna source och reference, så räknas samma en gång"
    return [
        Problem(
            groups[0][0].place,
            f"{sum(map(len, groups))} rader {_of_source(source)} är exakt lika och räknas alla",
            f"till exempel även {groups[0][1].place}; {fix}",
        )
        for source, groups in sorted(by_source.items())
    ]


def _of_source(source: str) -> str:
    return f"ur {source}" if source else "utan källa"


def _repeated(rows: Iterable[Volume]) -> dict[tuple[str, str], list[Volume]]:
    """
    The rows of each source and reference that stands more than once.
    """
    seen = defaultdict[str, dict[str, Volume]](dict)
    repeated: dict[tuple[str, str], list[Volume]] = {}
    for row in rows:
        if row.source and row.reference:
            firsts = seen[row.source]
            if row.reference in firsts:
                repeated.setdefault((row.source, row.reference), [firsts[row.reference]]).append(row)
            else:
                firsts[row.reference] = row
    return repeated


def _entry(service: str, month: Month, customer: str, rows: Sequence[Volume]) -> Entry:
    provenance = provenance_of(rows)
    quantity = provenance[0].quantity if len(provenance) == 1 else sum((row.quantity for row in rows), ZERO)
    credits_ = sum([row.quantity < 0 for row in rows])
    return Entry(service, month, customer, quantity, len(rows), credits_, provenance)


def _first_names(rows: Iterable[Volume]) -> dict[str, File]:
    """
    One name for each content, the first in alphabetical order, whichever of the two had it.
    """
    named = {(row.file.digest, row.file.name): row.file for row in rows if row.file}
    return {digest: file for (digest, _), file in sorted(named.items(), reverse=True)}


def _renamed(rows: Iterable[Volume], names: dict[str, File]) -> Iterator[Volume]:
    for row in rows:
        if row.file and names[row.file.digest].name != row.file.name:
            yield attrs.evolve(row, file=names[row.file.digest])
        else:
            yield row
