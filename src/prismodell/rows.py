"""
Rows: a quantity that was reported, the file it was read from, and what some rows come to.

    Volume("SDF-SKA", "EKO-LEV", Month(2022, 1), Decimal(118), "ekonomisystem", "F-2022-01")
    provenance_of(rows)   each source and file that they came from: how many, their sum, the first few lines
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from heapq import nsmallest
from operator import attrgetter

from attrs import field, frozen

from .errors import InvalidError, Problem
from .grouping import groups_of
from .money import MAX_INTEGER_DIGITS, ZERO, exact, exact_decimal
from .periods import Month

MAX_LINES_NAMED = 3


@frozen(cache_hash=True)
class File:
    """
    A file that rows were read from. It is its content: the name is only what it was called.
    """

    digest: str
    name: str = field(eq=False)


@frozen
class Volume:
    """
    One reported row: a quantity of a service, delivered to a customer in a month. Negative is a credit.

    `source` and `reference` identify the row in the system it came from; `registered` is the day that system
    recorded it, which never decides the month. `file` and `line` say where it was read, if it was, with
    line 0 where only the file is known.
    """

    customer: str
    service: str
    month: Month
    quantity: Decimal
    source: str = ""
    reference: str = ""
    registered: date | None = None
    note: str = ""
    file: File | None = None
    line: int = 0

    def __attrs_post_init__(self) -> None:
        if (
            type(self.quantity) is not Decimal
            or type(self.month) is not Month
            or not self.quantity.is_finite()
        ):
            msg = f"a Volume takes a Month and a finite Decimal, not {self.month!r} and {self.quantity!r}"
            raise TypeError(msg)
        if abs(self.quantity.adjusted()) >= MAX_INTEGER_DIGITS:
            raise InvalidError("quantity", f"volymen {self.quantity} är orimlig", "kontrollera talet")

    @property
    def place(self) -> str:
        """
        Where the row stands: `arenden-2022-01.csv rad 118`.
        """
        if self.file:
            return f"{self.file.name} rad {self.line}" if self.line else self.file.name
        return self.source or "egen rad"


@frozen(order=True)
class Provenance:
    """
    Where some rows came from: their source, file, number and sum, and the line numbers of the first few.
    """

    source: str
    file: str
    rows: int
    quantity: Decimal = field(converter=exact_decimal)
    lines: tuple[int, ...] = ()


@frozen
class Conflict:
    """
    Rows with the same source and reference that say different things; none of them counts. The `keys` are the
    customers, services and months that they are charged for: their own, where no service replaces theirs.
    """

    source: str
    reference: str
    rows: tuple[Volume, ...]
    keys: frozenset[tuple[str, str, Month]] = field()

    @keys.default
    def _as_reported(self) -> frozenset[tuple[str, str, Month]]:
        return frozenset((row.customer, row.service, row.month) for row in self.rows)

    @property
    @exact()
    def provenance(self) -> tuple[Provenance, ...]:
        """
        Where its rows came from.
        """
        return provenance_of(self.rows)

    @property
    def problem(self) -> Problem:
        """
        The conflict in words.
        """
        places = ", ".join(
            f"{row.place}: {row.customer} {row.service} {row.month} {row.quantity:f}" for row in self.rows
        )
        what = f"olika rader med samma referens: {places}"
        return Problem(f"{self.source} {self.reference}", what, "ta bort den rad som är fel")


def said(row: Volume) -> tuple[str, str, Month, Decimal]:
    """
    What two rows with the same source and reference must agree about.
    """
    return row.customer, row.service, row.month, row.quantity


def by_place(row: Volume) -> tuple[object, ...]:
    """
    By place, and by what they say where they have none: the order they were read in decides nothing.
    """
    file = (row.file.name, row.file.digest) if row.file else ("", "")
    return *file, row.line, *said(row), row.registered or date.min, row.note


def totals(provenance: Sequence[Provenance]) -> tuple[int, Decimal]:
    """
    The number of rows and their sum. Call it inside `exact()`.
    """
    return sum([each.rows for each in provenance]), sum([each.quantity for each in provenance], ZERO)


def by_origin(provenance: Iterable[Provenance]) -> Mapping[tuple[str, str], Sequence[Provenance]]:
    """
    Those of each source and file.
    """
    return groups_of(provenance, attrgetter("source", "file"))


def summed(provenance: Iterable[Provenance]) -> tuple[Provenance, ...]:
    """
    One of each source and file, with all its rows.
    """
    return tuple(
        Provenance(
            source,
            file,
            *totals(found),
            tuple(nsmallest(MAX_LINES_NAMED, (line for each in found for line in each.lines))),
        )
        for (source, file), found in sorted(by_origin(provenance).items())
    )


def provenance_of(rows: Iterable[Volume]) -> tuple[Provenance, ...]:
    """
    The rows counted and summed by source and file, with the first few line numbers of each.
    """
    groups = defaultdict[tuple[str, File | None], list[Volume]](list)
    for row in rows:
        groups[row.source, row.file].append(row)
    found = [_origin(source, file, own) for (source, file), own in groups.items()]
    return tuple(sorted(found) if len(found) > 1 else found)


def _origin(source: str, file: File | None, rows: list[Volume]) -> Provenance:
    # Rows come in the order of their lines, nearly always, and then sorting only looks at them.
    lines = sorted([row.line for row in rows])[:MAX_LINES_NAMED] if file and rows[0].line else ()
    quantity = sum([row.quantity for row in rows], ZERO)
    return Provenance(source, file.name if file else "", len(rows), quantity, tuple(lines))
