"""
Which rows came, went or changed between two sets of volumes, row by row.

    row_changes(archived, volumes)
      (<RowChange ekonomisystem E22-118: 12 → 15>, …)

A row with a source and a reference is known by them; any other by all that it says.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import zip_longest

from attrs import frozen

from .periods import Month
from .rows import Volume, by_place, said
from .volumes import Volumes


@frozen(repr=False)
class RowChange:
    """
    A row that came (no `before`), went (no `now`), or says something else than it did.
    """

    before: Volume | None
    now: Volume | None

    @property
    def row(self) -> Volume:
        """
        The row as it is now, or as it last was.
        """
        row = self.now or self.before
        if row is None:
            msg = "a change of no row"
            raise TypeError(msg)
        return row

    def __repr__(self) -> str:
        was, now = (f"{row.quantity:f}" if row else "–" for row in (self.before, self.now))
        return f"<RowChange {self.row.source} {self.row.reference}: {was} → {now}>"


Said = tuple[str, str, Month, Decimal]
Identity = tuple[object, ...]


def row_changes(before: Volumes, now: Volumes) -> tuple[RowChange, ...]:
    """
    The changes by source, reference and what the rows say; where a row was read is no part of that.
    """
    sides = _by_identity(before), _by_identity(now)
    return tuple(
        change
        for identity in sorted(sides[0].keys() | sides[1].keys())
        for change in _changes(sides[0].get(identity, []), sides[1].get(identity, []))
    )


def _by_identity(rows: Iterable[Volume]) -> dict[Identity, list[Volume]]:
    found = defaultdict[Identity, list[Volume]](list)
    for row in sorted(rows, key=by_place):
        own = () if row.source and row.reference else said(row)
        found[row.source, row.reference, *own].append(row)
    return found


def _changes(before: list[Volume], now: list[Volume]) -> Iterator[RowChange]:
    """
    The rows of one identity that do not say the same on both sides, in pairs as far as they go.
    """
    was, is_ = Counter(map(said, before)), Counter(map(said, now))
    for old, new in zip_longest(_last(was - is_, before), _last(is_ - was, now)):
        yield RowChange(old, new)


def _last(left: Counter[Said], rows: Iterable[Volume]) -> Iterator[Volume]:
    """
    The last rows that say each thing, as many as were counted.
    """
    for each, count in sorted(left.items()):
        yield from [row for row in rows if said(row) == each][-count:]
