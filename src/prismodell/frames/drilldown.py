"""
From a line back to its rows: `rows`, a filtered frame in the engine that the user has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import IntoFrame

from ..customers import SUBSCRIPTION_SOURCE
from ..errors import InputError, Problem
from ..lines import Line, Unrated
from ..money import ZERO, exact
from ..rows import totals
from ..swedish import in_rows, number
from ..underlag import Billed
from ..volumes import Volumes
from .columns import FILE, KNOWN, QUANTITY, Frame, as_number
from .repeats import IDENTITY, clean_identity, repeated, united
from .source import Source, engine_errors
from .sources import sources_of
from .tallying import summed
from .texts import cleaned

NO_TEXT = "\n"  # no code is written so


def rows(line: Line | Unrated | Billed, *frames: IntoFrame | str | Path) -> Any:
    """
    The rows that a line, or what could not be priced, is the sum of: one frame filtered, as it is, in its own
    engine. Of several frames, or of files, the known columns as texts, with the file of each row.

    Give all that was summed: a row that repeats another, or is in conflict with it, is left out as it was
    from the sum; subscriptions stand in no frame. Raises `InputError` for frames and files that are not of
    volumes or cannot be read, and where the rows found are not those of the line.
    """
    rated = line.line if isinstance(line, Billed) else line
    problems: list[Problem] = []
    sources = sources_of(frames, [], problems)
    if problems:
        raise InputError(problems)
    try:
        frame = _rows(rated, sources)
    except engine_errors(sources):
        for each in sources:
            summed(each)  # tells what is wrong
        raise
    eager = all(each.numbered is not None for each in sources)
    return (frame.collect() if eager else frame).to_native()


def _rows(line: Line | Unrated, sources: Sequence[Source]) -> Frame:
    """
    The rows of a line, of one frame as they are, of several or of files as texts.
    """
    wanted = _wanted(line)
    alone = len(sources) == 1 and not sources[0].scanned
    found = [_of_key(each, wanted, whole=alone) for each in sources]
    frame = _counted(united(found), repeated(sources), wanted)
    _check(line, frame, sources[0].columns.number if alone else as_number(nw.String(), nw.col(QUANTITY)))
    return frame


@exact()
def _check(line: Line | Unrated, found: Frame, quantity: nw.Expr) -> None:
    """
    Raise `InputError` unless the rows found are as many as the line's own, with the same sum.
    """
    place, all_ = " ".join(map(str, line.key)), line.entry.provenance
    if sum(each.rows for each in all_) != line.entry.rows:
        raise InputError(
            [Problem(place, "är en tolftedel, som inte består av månadens rader", "se planens rader")]
        )
    own = [each for each in all_ if each.source != SUBSCRIPTION_SOURCE]
    expected, whole = totals(own), totals(all_)
    ((count, total),) = found.select(nw.len().alias("rows"), quantity.sum().alias("sum")).collect().rows()
    here = count, total or ZERO
    if here not in (expected, whole):
        said, had = (f"{in_rows(rows)} med summan {number(sum_)}" for rows, sum_ in (expected, here))
        what, fix = f"består av {said}, men här finns {had}", "ge allt som summerades, och inget annat"
        raise InputError([Problem(place, what, fix)])


def _wanted(line: Line | Unrated) -> dict[str, set[str]]:
    """
    The customer, month and services of a line: its own code, and those that it replaces.
    """
    entry = line.entry
    replaced = line.replaces if isinstance(line, Unrated) else line.service.replaces or ()
    return {"customer": {entry.customer}, "service": {entry.service, *replaced}, "month": {str(entry.month)}}


def _of_key(source: Source, wanted: dict[str, set[str]], *, whole: bool) -> Frame:
    """
    The rows of a customer, month and services, however those are written: whole, or the known columns.
    """
    known = source.columns.texts
    distinct = source.frame.select(*(known[name].alias(name) for name in wanted)).unique().collect()
    having = []
    for name, codes in wanted.items():
        good, _ = cleaned(name, distinct[name].to_list())
        meant = [written for written, clean in good.items() if clean in codes]
        having.append(known[name].is_in(meant or [NO_TEXT]))  # PyArrow does not know the type of no texts
    found = source.frame.filter(*having)
    return found if whole else found.select(*(source.text(name).alias(name) for name in KNOWN))


def _counted(found: Frame, left_out: Volumes, wanted: dict[str, set[str]]) -> Frame:
    """
    The rows without those in conflict, and with one of each that repeats another: that of the first file.
    """
    conflicts = {(each.source, each.reference) for each in left_out.conflicts}
    repeats = {(each.source, each.reference) for each in left_out.duplicates}
    of_key = {
        (row.source, row.reference)
        for row in left_out
        if row.customer in wanted["customer"]
        and row.service in wanted["service"]
        and str(row.month) in wanted["month"]
    }
    if not of_key & (conflicts | repeats):
        return found
    file = [FILE] if FILE in found.collect_schema() else []
    written = sorted(found.select(*map(_filled, [*file, *IDENTITY])).unique().collect().rows())
    identities = [(source, reference) for *_, source, reference in written]
    if of_key & conflicts:
        found = found.filter(~_one_of(each for each in identities if clean_identity(*each) in conflicts))
    if not of_key & repeats:
        return found
    double = [each for each in identities if clean_identity(*each) in repeats]
    first = {clean_identity(*each): each for each in reversed(double)}
    once = found.filter(_one_of(first.values())).unique(
        subset=IDENTITY, keep="first", order_by=file or ["reference"]
    )
    return nw.concat([found.filter(~_one_of(double)), once])


def _filled(column: str) -> nw.Expr:
    return nw.col(column).cast(nw.String).fill_null("")


def _one_of(identities: Iterable[tuple[str, str]]) -> nw.Expr:
    """
    Whether a row has one of some sources and references.
    """
    of_source = defaultdict[str, list[str]](list)
    for source, reference in identities:
        of_source[source].append(reference)
    either = [
        (_filled("source") == source) & _filled("reference").is_in(references)
        for source, references in of_source.items()
    ]
    return reduce(or_, either)
