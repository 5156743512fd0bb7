"""
Volumes: how much of which service which customer got in which month, and where each row came from.

Rows are summed per customer × service × month (the tally) before anything is priced. Two rows with the same
source and reference are the same row: equal ones count once (the others are duplicates), unequal ones are a
conflict and count not at all until someone decides. Every row ends in exactly one of these places.

    Volumes((row, row, …)).tally()  →  Tally(entries, duplicates, conflicts)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from heapq import nsmallest
from itertools import chain, pairwise, starmap
from operator import attrgetter, lt

import attrs
from attrs import field, frozen

from .bulk import uncollected
from .errors import ConservationError, InvalidError, Problem
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


@frozen
class Conflict:
    """
    Rows with the same source and reference that say different things; none of them counts.
    """

    source: str
    reference: str
    rows: tuple[Volume, ...]

    @property
    def keys(self) -> frozenset[tuple[str, str, Month]]:
        """
        The customers, services and months that its rows are of.
        """
        return frozenset((row.customer, row.service, row.month) for row in self.rows)

    @property
    @exact()
    def provenance(self) -> tuple[Provenance, ...]:
        """
        Where its rows came from.
        """
        return _provenance(self.rows)

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


_key = attrgetter("service", "month", "customer")


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
    notices are those of the files that they were read from.

    Raises `ConservationError` for two sums of one key, and for a sum that its rows do not come to.
    """

    entries: tuple[Entry, ...] = field(converter=_sorted_entries)
    duplicates: tuple[Provenance, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    read: tuple[Provenance, ...] = ()
    notices: tuple[Problem, ...] = field(default=(), eq=False, repr=False)

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


@exact()
def recoded(tally: Tally, code: Callable[[str, Month], str]) -> Tally:
    """
    The tally with its sums under the codes that its services have in a month; sums that meet are added.
    """
    groups = defaultdict[tuple[str, Month, str], list[Entry]](list)
    for entry in tally.entries:
        groups[code(entry.service, entry.month), entry.month, entry.customer].append(entry)
    conflicts = tuple(
        attrs.evolve(
            each, rows=tuple(attrs.evolve(row, service=code(row.service, row.month)) for row in each.rows)
        )
        for each in tally.conflicts
    )
    entries = [_together(*key, found) for key, found in groups.items()]
    return attrs.evolve(tally, entries=entries, conflicts=conflicts)


@uncollected
@exact()
def add(*parts: Volumes | Tally) -> Tally:
    """
    One tally of several, each of other rows: of a year's months, say, or of files summed one by one.

    It is the tally of all the rows together where no two parts have rows of one source and reference: what
    repeats a row of another part, or contradicts it, does not show in sums. A file's name that is in two of
    them is told in `Tally.notices`. Raises `InvalidError` for a part that is given twice.
    """
    if len({*map(id, parts)}) < len(parts):
        raise InvalidError("parts", "samma summor är med två gånger", "ge varje del en gång")
    tallies = [each.tally() for each in parts]
    groups = defaultdict[tuple[str, Month, str], list[Entry]](list)
    for each in tallies:
        for entry in each.entries:
            groups[entry.service, entry.month, entry.customer].append(entry)
    return Tally(
        [_together(*key, found) for key, found in groups.items()],
        _summed(chain.from_iterable(each.duplicates for each in tallies)),
        tuple(sorted(chain.from_iterable(each.conflicts for each in tallies), key=_identity)),
        _summed(chain.from_iterable(each.read for each in tallies)),
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
    return conflict.source, conflict.reference, [*map(_order, conflict.rows)]


def _together(service: str, month: Month, customer: str, entries: Sequence[Entry]) -> Entry:
    if len(entries) == 1:
        return attrs.evolve(entries[0], service=service) if entries[0].service != service else entries[0]
    provenance = _summed(each for entry in entries for each in entry.provenance)
    quantity = sum((each.quantity for each in entries), ZERO)
    rows, credits_ = sum(each.rows for each in entries), sum(each.credits for each in entries)
    return Entry(service, month, customer, quantity, rows, credits_, provenance)


def totals(provenance: Sequence[Provenance]) -> tuple[int, Decimal]:
    """
    The number of rows and their sum. Call it inside `exact()`.
    """
    return sum([each.rows for each in provenance]), sum([each.quantity for each in provenance], ZERO)


def by_origin(provenance: Iterable[Provenance]) -> Mapping[tuple[str, str], Sequence[Provenance]]:
    """
    Those of each source and file.
    """
    origins = defaultdict[tuple[str, str], list[Provenance]](list)
    for each in provenance:
        origins[each.source, each.file].append(each)
    return origins


def _summed(provenance: Iterable[Provenance]) -> tuple[Provenance, ...]:
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
            if len({_said(row) for row in rows}) == 1:
                first, *others = sorted(rows, key=_order)
                counted.append(first)
                duplicates += others
            else:
                conflicts.append(Conflict(source, reference, tuple(sorted(rows, key=_order))))
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
        return Tally(entries, _provenance(duplicates), conflicts, _provenance(self.rows), self.notices)


def identical_rows(rows: Iterable[Volume]) -> list[Problem]:
    """
    A notice per source for rows without a reference that are exactly alike; each counts.
    """
    alike = defaultdict[tuple[object, ...], list[Volume]](list)
    for row in rows:
        if not (row.source and row.reference):
            alike[row.source, *_said(row), row.registered, row.note].append(row)
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


def _said(row: Volume) -> tuple[str, str, Month, Decimal]:
    return row.customer, row.service, row.month, row.quantity


def _order(row: Volume) -> tuple[object, ...]:
    """
    By place, and by what they say where they have none: the order they were read in decides nothing.
    """
    file = (row.file.name, row.file.digest) if row.file else ("", "")
    return *file, row.line, *_said(row), row.registered or date.min, row.note


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
    provenance = _provenance(rows)
    quantity = provenance[0].quantity if len(provenance) == 1 else sum((row.quantity for row in rows), ZERO)
    credits_ = sum([row.quantity < 0 for row in rows])
    return Entry(service, month, customer, quantity, len(rows), credits_, provenance)


def _provenance(rows: Iterable[Volume]) -> tuple[Provenance, ...]:
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
