"""
Rows that share their source and reference with another: fetched, and judged as rows in memory.

The engine finds which references stand more than once, over all frames together. Those with a source or a
reference that may be written in another way too (spaces around it, letters in pieces) are fetched as well,
and what they are the same as; so it is `Volumes` that decides what a duplicate and a conflict is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from tempfile import gettempdir

import narwhals.stable.v2 as nw

from ..errors import InputError, InvalidError, Problem, shown
from ..money import exact_decimal
from ..periods import Month
from ..reading.cells import code, day, text, word
from ..rows import File, Volume
from ..swedish import in_rows
from ..volumes import Volumes
from .columns import FILE, KNOWN, Frame
from .faults import EXAMPLES, also
from .source import Source, check_unchanged, engine_errors
from .texts import month

IDENTITY = ["source", "reference"]
ODD = r"[^ -~À-ÿ]|^ | $"  # what trimming or NFC may change
NUMBERED = "prismodell frame"
Row = tuple[str, ...]


def repeated(sources: Sequence[Source]) -> Volumes:
    """
    The rows of frames that share a source and reference with another. Raises `InputError` where one of them
    has a note or a day of registration that cannot be one.
    """
    having = [each for each in sources if {*IDENTITY} <= each.columns.texts.keys()]
    if not having:
        return Volumes()
    try:
        found = _found(having)
    except engine_errors(having) as error:
        check_unchanged(having)
        what = f"DuckDB kan inte jämföra dem: {str(error).splitlines()[0]}"
        fix = f"frigör minne, eller plats i {gettempdir()}"
        raise InputError([Problem("filernas referenser", what, fix)]) from error
    return Volumes(_volumes(having, found))


def _found(having: Sequence[Source]) -> list[Row]:
    """
    The rows that may share their reference with another, as texts, each with the place of its source.
    """
    suspects = _suspects(united([_identified(each, IDENTITY) for each in having]))
    if not len(suspects.head(1).collect()):
        return []
    texts = united(
        [_identified(each, KNOWN).with_columns(nw.lit(at).alias(NUMBERED)) for at, each in enumerate(having)]
    )
    found = texts.join(suspects, on=IDENTITY, how="semi").select(*KNOWN, NUMBERED).collect().rows()
    return found + _written_otherwise(texts, found)


def united(frames: Sequence[Frame]) -> Frame:
    """
    Frames one below the other, two and two: a chain of a thousand files is too deep for an engine.
    """
    while len(frames) > 1:
        frames = [nw.concat(frames[at : at + 2]) for at in range(0, len(frames), 2)]
    return frames[0]


def _identified(source: Source, names: Iterable[str]) -> Frame:
    """
    The rows that have both a source and a reference, as texts.
    """
    known = source.columns.texts
    texts = source.frame.select(*(known.get(name, nw.lit("")).alias(name) for name in names))
    return texts.filter(nw.col("source") != "", nw.col("reference") != "")


def _suspects(identities: Frame) -> Frame:
    """
    The sources and references that stand more than once, or may be written in more than one way.
    """
    counted = identities.group_by(*IDENTITY).agg(nw.len().alias("rows"))
    odd = nw.col("source").str.contains(ODD) | nw.col("reference").str.contains(ODD)
    return counted.filter((nw.col("rows") > 1) | odd).select(*IDENTITY)


def _written_otherwise(texts: Frame, found: Sequence[Row]) -> list[Row]:
    """
    The rows whose reference stands once as it is, but is what a reference that was found is when cleaned.
    """
    source, reference = KNOWN.index("source"), KNOWN.index("reference")
    had = {(row[source], row[reference]) for row in found}
    sought = {clean_identity(*each) for each in had} - had
    references = sorted({reference for _, reference in sought} - {""})
    if not references:
        return []
    others = texts.filter(nw.col("reference").is_in(references)).select(*KNOWN, NUMBERED).collect().rows()
    return [row for row in others if (row[source], row[reference]) in sought]


def clean_identity(source: str, reference: str) -> tuple[str, str]:
    """
    A source and reference as they are compared; as they are written, where they cannot be either.
    """
    try:
        return word(source), text(reference)
    except InvalidError:
        return source, reference


def _volumes(sources: Sequence[Source], found: Iterable[Row]) -> Iterator[Volume]:
    """
    The rows as volumes.
    """
    faults = defaultdict[tuple[str, str, str], list[str]](list)
    file = cache(lambda at, name: sources[at].file(name))  # a file is hashed once
    for *texts, at in found:
        row = dict(zip(KNOWN, texts, strict=True))
        try:
            yield _volume(row, file(int(at), row[FILE]))
        except InvalidError as error:
            place = row[FILE] if sources[int(at)].scanned else sources[int(at)].place
            faults[place, error.what, error.fix].append(shown(f"{row['source']} {row['reference']}"))
    if faults:
        raise InputError(
            Problem(place, f"{in_rows(len(same))}: {what}", also(fix, same[:EXAMPLES]))
            for (place, what, fix), same in faults.items()
        )


def _volume(row: dict[str, str], file: File | None) -> Volume:
    return Volume(
        code(row["customer"]),
        code(row["service"]),
        Month.parse(month(row["month"])),
        exact_decimal(row["quantity"]),
        word(row["source"]),
        text(row["reference"]),
        day(row["registered"]),
        word(row["note"]),
        file,
    )
