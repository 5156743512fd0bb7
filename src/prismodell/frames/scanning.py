"""
Files as frames: Parquet and CSV, scanned by DuckDB.

DuckDB takes no longer than Polars for the same sums in about half the memory, it raises where a sum would
overflow, and it puts on disk what memory cannot hold: see docs/DECISIONS.md for what was measured.

A CSV file's header is read by the reader of `read_volumes`, and its lines and the marks between its columns
are counted apart from the engine. Where the engine cannot read a file, refuses rows of it, or finds others
than were counted, that reader goes through the file too, and says what is wrong and where.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from glob import escape, has_magic
from glob import glob as matching
from pathlib import Path
from tempfile import gettempdir

import duckdb

from ..errors import InputError, Problem
from ..reading.columns import COLUMNS
from ..reading.files import unreadable
from ..reading.volumes import Layout, named, read_layout, read_through
from .columns import QUANTITY
from .source import Check, Scanned, Source, digest_of, source_of

Connection = duckdb.DuckDBPyConnection

PARQUET = ".parquet"
CHUNK = 1 << 20
SPACES = " \u00a0\u202f"
# As reading.cells: the numbers of a semicolon file.
WITH_COMMA = (
    "-?([0-9]{1,12}|"
    + "|".join(f"[0-9]{{1,3}}({space}[0-9]{{3}}){{1,3}}" for space in SPACES)
    + ")(,[0-9]{1,6})?"
)


def files_of(
    patterns: Sequence[str | Path], notices: list[Problem], problems: list[Problem]
) -> Iterator[Source]:
    """
    The files that paths and patterns name; what is wrong is added to the problems.
    """
    # A connection of our own: neither its settings nor its threads are those of the user's.
    spill = str(Path(gettempdir()) / "prismodell")
    connection = duckdb.connect(config={"temp_directory": spill})
    for path, name in _without_copies(named(_paths(patterns, problems)), notices, problems):
        try:
            yield _file(connection, path, name, notices)
        except InputError as error:
            problems += error.problems


def _paths(patterns: Sequence[str | Path], problems: list[Problem]) -> list[Path]:
    """
    The files that patterns match, each once. A `Path` is no pattern, and a text is none where it is a file.
    """
    found: dict[Path, None] = {}
    for each in patterns:
        path = Path(each)
        if isinstance(each, Path) or not has_magic(each) or path.is_file():
            found[path] = None
            continue
        matches = sorted(matching(each, recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
        found |= dict.fromkeys(map(Path, matches))
        if not matches:
            problems.append(Problem(each, "inga filer passar mönstret", "kontrollera sökvägen"))
    return [*found]


def _without_copies(
    files: Sequence[tuple[Path, str]], notices: list[Problem], problems: list[Problem]
) -> Iterator[tuple[Path, str]]:
    """
    The files that can be opened, without those that have the content of another: files of one size are
    compared by their digests.
    """
    sizes = defaultdict[int, list[tuple[Path, str]]](list)
    for path, name in files:
        try:
            with path.open("rb"):
                sizes[path.stat().st_size].append((path, name))
        except OSError as error:
            problems.append(unreadable(path, error))
    for same in sizes.values():
        read: dict[str, str] = {}
        for path, name in same:
            digest = digest_of(path) if len(same) > 1 else ""
            if digest in read:
                notices.append(Problem(name, f"samma innehåll som {read[digest]}", "filen räknas en gång"))
            else:
                read[digest] = name
                yield path, name


def _file(connection: Connection, path: Path, name: str, notices: list[Problem]) -> Source:
    """
    A file as a source. Raises `InputError`.
    """
    stamp = _stamp(path)
    try:
        if path.suffix.lower() == PARQUET:
            relation, check = _parquet(connection, path, name)
        else:
            relation, check = _csv(connection, path, name, notices)
            notices = []  # those of its columns have been told
        unchanged = partial(_check_unchanged, path, name, stamp)
        return source_of(relation, name, notices, Scanned(path, (duckdb.Error,), check, unchanged))
    except duckdb.Error as error:
        raise InputError([_unreadable(name, error)]) from None


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _check_unchanged(path: Path, name: str, stamp: tuple[int, int]) -> None:
    """
    Raise `InputError` where a file is not what it was when it was opened: it is read more than once.
    """
    if _stamp(path) != stamp:
        raise InputError([Problem(name, "filen ändrades medan den lästes", "summera den igen")])


def _parquet(connection: Connection, path: Path, name: str) -> tuple[duckdb.DuckDBPyRelation, Check]:
    # The folder's name says nothing: a column is what the file holds.
    relation = connection.read_parquet(escape(str(path.absolute())), hive_partitioning=False)
    ((rows,),) = relation.aggregate("count(*)").fetchall()
    return relation, partial(_check_parquet, name, rows)


def _check_parquet(name: str, expected: int, rows: int | None, error: Exception | None) -> None:
    if isinstance(error, duckdb.Error):
        raise InputError([_unreadable(name, error)]) from None
    if rows is not None and rows != expected:
        what = f"filen säger sig ha {expected} rader, men {rows} kom ut"
        raise InputError([Problem(name, what, "filen är skadad: hämta den igen")])


def _unreadable(name: str, error: Exception) -> Problem:
    what = f"DuckDB kan inte läsa filen: {str(error).splitlines()[0]}"
    return Problem(name, what, "kontrollera filen, eller hämta den igen")


def _csv(
    connection: Connection, path: Path, name: str, notices: list[Problem]
) -> tuple[duckdb.DuckDBPyRelation, Check]:
    """
    A CSV file as texts, with the numbers of a semicolon file written as those of a comma file.
    """
    layout, line = read_layout(path, name, notices)
    places = [f"c{number}" for number, _ in enumerate(layout.names)]
    relation = connection.read_csv(
        escape(str(path.absolute())),
        header=False,
        skiprows=line,
        delimiter=layout.delimiter,
        quotechar='"',
        escapechar='"',
        auto_detect=False,
        columns=dict.fromkeys(places, "VARCHAR"),
        null_padding=False,
        strict_mode=True,
        encoding="utf-8",
        compression="none",
        hive_partitioning=False,
    )
    at = dict(zip(layout.names, places, strict=True))
    unnamed = " OR ".join(f"{places[place]} <> ''" for place in layout.unnamed)
    number = _with_point(at[QUANTITY]) if layout.delimiter == ";" else at[QUANTITY]
    chosen = {name: at[name] for name in COLUMNS if name in at}
    chosen[QUANTITY] = f"CASE WHEN {unnamed} THEN 'x' ELSE {number} END" if unnamed else number
    blank = " OR ".join(f"trim({each}) <> ''" for each in places)
    relation = relation.filter(blank).project(", ".join(f"{each} AS {name}" for name, each in chosen.items()))
    return relation, partial(_check_csv, path, name, partial(_looks_like, path, layout, line))


def _with_point(column: str) -> str:
    """
    A number with a decimal comma as one with a decimal point, and as no number what was none.
    """
    without_spaces = f"translate({column}, ',{SPACES}', '.')"
    return f"CASE WHEN regexp_full_match({column}, '{WITH_COMMA}') THEN {without_spaces} ELSE 'x' END"


def _check_csv(
    path: Path, name: str, holds: Callable[[int], bool], rows: int | None, error: Exception | None
) -> None:
    """
    Raise `InputError` with what is wrong in the file, and where, unless all its rows came out.
    """
    if rows is not None and holds(rows):
        return
    expected, problems = read_through(path, name)
    if problems:
        raise InputError(problems)
    if rows != expected:
        what = f"DuckDB läser {'inte alla' if error else rows} av filens {expected} rader"
        raise InputError([Problem(name, what, "läs den med read_volumes")]) from error


def _looks_like(path: Path, layout: Layout, header: int, rows: int) -> bool:
    """
    Whether a file has a line for each of so many rows, and the marks between its columns that those must
    have: counted as bytes, so that no reader of cells has a say in it.
    """
    mark, counts, last = layout.delimiter.encode(), Counter[bytes](), b""
    with path.open("rb") as binary:
        while chunk := binary.read(CHUNK):
            counts[b"\n"] += chunk.count(b"\n")
            counts[mark] += chunk.count(mark)
            if b"\r" in chunk or last == b"\r":
                counts[b"\r"] += chunk.count(b"\r")
                counts[b"\r\n"] += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
            last = chunk[-1:]
    lines = counts[b"\n"] + (last not in (b"\n", b""))
    marks = (rows + 1) * (len(layout.names) - 1)
    return lines - header == rows and counts[mark] == marks and counts[b"\r"] == counts[b"\r\n"]
