"""
The tally of frames: `tally`. The engine groups and sums; what came out is checked and put together here.

    engine   service, month, customer, source and file as they are written → rows, credits, quantity
    here     codes in NFC, months that are months; then the rows that share their reference with another are
             fetched, and those of them that do not count are taken from the sums again

So a text is looked at once for each group, not for each row, by the functions that read a cell of a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import count, groupby, repeat
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import IntoFrame

from ..bulk import uncollected
from ..errors import ConservationError, InputError, Problem, gathered
from ..money import ZERO, exact, exact_decimal
from ..periods import Month
from ..rows import Provenance, Volume
from ..tally import Entry, Tally
from ..volumes import Volumes
from .columns import FILE, KEYS, QUANTITY, WIDEST
from .faults import bad_quantities, told
from .repeats import repeated
from .source import Source, check_unchanged, engine_errors
from .sources import sources_of
from .texts import cleaned

Progress = Callable[[str, int, int], object]

ROWS, GOOD, CREDIT, CREDITS = "rows", "good", "credit", "credits"
LARGE = 2**62
of_entry, of_origin, of_both = itemgetter(0, 1, 2), itemgetter(3, 4), itemgetter(0, 1, 2, 3, 4)


class Sum(NamedTuple):
    """
    What the rows of one service, month, customer, source and file come to.
    """

    service: str
    month: str
    customer: str
    source: str
    file: str
    rows: int
    credits: int
    quantity: Decimal


@uncollected
def tally(*frames: IntoFrame | str | Path, progress: Progress | None = None) -> Tally:
    """
    Sum the rows of frames, or of the files that paths and patterns name, per customer × service × month, as
    `Volumes.tally` does. Several are the parts of one whole, in one engine.

    `progress` is called with the name of a frame or file, its number and how many there are, when it has
    been summed; small files are summed together. Raises `InputError` with everything that is wrong in all of
    them, counted by reason with a few examples; then nothing was summed. `Tally.notices` tells of unknown
    columns and files without rows.
    """
    notices: list[Problem] = []
    problems: list[Problem] = []
    sums: list[Sum] = []
    sources = sources_of(frames, notices, problems)
    of = sum(len(source.places) for source in sources)
    done = count(1)
    for source in sources:
        with gathered(problems):
            sums += (own := summed(source))
            empty = [place for place, rows in _rows_of(source, own).items() if not rows]
            notices += [Problem(place, "inga rader") for place in empty]
        for place in source.places:
            if progress:
                progress(place, next(done), of)
    if problems:
        raise InputError(problems)
    apart = repeated(sources)
    check_unchanged(sources)
    return _tally(sums, apart, notices)


@exact()
def _tally(sums: Sequence[Sum], apart: Volumes, notices: Iterable[Problem]) -> Tally:
    """
    The tally of sums, and of the rows that share their reference with another.
    """
    uncounted = [*apart.duplicates, *(row for each in apart.conflicts for row in each.rows)]
    read = _origins(sorted(sums, key=of_origin))
    entries = _entries(sorted((*sums, *map(_taken, uncounted)), key=of_both))
    return Tally(entries, apart.tally().duplicates, apart.conflicts, read, tuple(notices))


def summed(source: Source) -> list[Sum]:
    """
    The sums of a frame, or of files that are scanned together. Raises `InputError` with everything that is
    wrong; where one of the files cannot be summed each is summed by itself, and tells what is wrong in it.
    """
    scanned = source.scanned
    if not scanned:
        return _summed(source)
    errors: tuple[type[Exception], ...] = (InputError, *engine_errors([source]))
    problems: list[Problem] = []
    try:
        sums = _summed(source)
    except errors as error:
        if len(scanned.paths) == 1:
            scanned.check(source.place, None, error)
            raise
        sums = []
        for file in scanned.alone(problems):
            with gathered(problems):
                sums += summed(file)
    else:
        counts = _rows_of(source, sums)
        if unknown := counts.keys() - scanned.paths.keys():
            msg = f"rows of {unknown}, which are no files of {source.place}"
            raise ConservationError(msg)
        for name, rows in counts.items():
            with gathered(problems):
                scanned.check(name, rows, None)
    if problems:
        raise InputError(problems)
    return sums


def _rows_of(source: Source, sums: Iterable[Sum]) -> Counter[str]:
    """
    How many rows came out of a frame, or of each of the files that it was scanned from.
    """
    rows = Counter(dict.fromkeys(source.places, 0))
    for each in sums:
        rows[each.file if source.scanned else source.place] += each.rows
    return rows


def _summed(source: Source) -> list[Sum]:
    """
    What the engine grouped, with each text as it is compared.
    """
    grouped = _grouped(source)
    rows = grouped[ROWS].to_list()
    texts: dict[str, Iterable[str]] = {}
    problems: list[Problem] = []
    for key in source.keys:
        texts[key] = written = grouped[key].to_list()
        if key != FILE or not source.scanned:  # the name of a file that was scanned stands as it is
            good, bad = cleaned(key, written)
            problems += told(source, key, bad, written, rows)
            texts[key] = [good.get(text, text) for text in written]
    if grouped[GOOD].sum() != grouped[ROWS].sum():
        problems += told(source, QUANTITY, *bad_quantities(source))
    if problems:
        raise InputError(problems)
    credits_ = grouped[CREDITS].cast(nw.Int64).to_list()
    if FILE not in texts and source.scanned:
        texts[FILE] = repeat(source.place)
    in_order = [texts.get(key, repeat("")) for key in KEYS]
    return [*map(Sum, *in_order, rows, credits_, _exact(grouped[QUANTITY]))]


def _exact(quantities: nw.Series[Any]) -> list[Decimal]:
    """
    The sums as decimals of Python's; whole numbers that are not too large come out of most engines faster.
    """
    if len(quantities) and quantities.dtype == WIDEST and quantities.abs().max() < LARGE:
        return [*map(Decimal, quantities.cast(nw.Int64).to_list())]
    return [*map(exact_decimal, quantities.to_list())]


def _grouped(source: Source) -> nw.DataFrame[Any]:
    """
    What the engine does: rows, numbers, credits and the sum for each of the texts that rows are summed by.
    """
    known = source.columns
    selected = source.frame.select(
        *(known.texts[key].alias(key) for key in source.keys), known.number.alias(QUANTITY)
    )
    return (
        selected.with_columns((nw.col(QUANTITY) < 0).cast(nw.Int64).alias(CREDIT))
        .group_by(*source.keys)
        .agg(
            nw.len().alias(ROWS),
            nw.col(QUANTITY).count().alias(GOOD),
            nw.col(CREDIT).sum().alias(CREDITS),
            nw.col(QUANTITY).sum(),
        )
        .sort(*source.keys)
        .collect()
    )


def _taken(row: Volume) -> Sum:
    """
    What takes a row from the sums.
    """
    file = row.file.name if row.file else ""
    credits_ = -1 if row.quantity < 0 else 0
    return Sum(row.service, str(row.month), row.customer, row.source, file, -1, credits_, -row.quantity)


def _entries(sums: Iterable[Sum]) -> Iterator[Entry]:
    """
    The sums of a tally, of sums in the order of their keys.
    """
    months = dict[str, Month]()
    for (service, month, customer), same in groupby(sums, key=of_entry):
        own = [*same]
        if provenance := _origins(own):
            of = months.get(month) or months.setdefault(month, Month.parse(month))
            yield Entry(service, of, customer, *_together(own), provenance)


def _together(sums: Sequence[Sum]) -> tuple[Decimal, int, int]:
    """
    The quantity, rows and credits of sums, nearly always of one.
    """
    if len(sums) == 1:
        (one,) = sums
        return one.quantity, one.rows, one.credits
    quantity = sum([each.quantity for each in sums], ZERO)
    return quantity, sum([each.rows for each in sums]), sum([each.credits for each in sums])


def _origins(sums: Sequence[Sum]) -> tuple[Provenance, ...]:
    """
    The rows of each source and file, of sums in the order of those; none of which all rows were taken.
    """
    if len(sums) == 1 and sums[0].rows > 0:
        (one,) = sums
        return (Provenance(one.source, one.file, one.rows, one.quantity),)
    found = []
    for (source, file), same in groupby(sums, key=of_origin):
        quantity, rows, _ = _together([*same])
        if rows < 0 or (quantity and not rows):
            msg = f"more rows of {source!r} {file!r} were taken away than there were"
            raise ConservationError(msg)
        if rows:
            found.append(Provenance(source, file, rows, quantity))
    return tuple(found)
