"""
Files as frames: Parquet and CSV, scanned by DuckDB.

DuckDB takes as long as Polars for the same sums in a fraction of the memory, it raises where a sum would
overflow, and it puts on disk what memory cannot hold: see docs/DECISIONS.md for what was measured.

A CSV file's header is read by the reader of `read_volumes`, and its lines are counted apart from the engine.
Where the engine cannot read a file, refuses rows of it, or finds another number of rows than there are
lines, that reader goes through the file too, and says what is wrong and where.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from glob import escape, has_magic
from glob import glob as matching
from pathlib import Path

import duckdb
from narwhals.stable.v2.typing import IntoFrame

from ..errors import InputError, Problem
from ..reading.columns import COLUMNS
from ..reading.files import unreadable
from ..reading.volumes import Layout, named, read_layout, read_through
from .columns import QUANTITY
from .source import Scanned, Source, source_of

PARQUET = ".parquet"
CHUNK = 1 << 20
SPACES = " \u00a0\u202f"
# As reading.cells: the numbers of a semicolon file.
WITH_COMMA = (
    "-?([0-9]{1,12}|"
    + "|".join(f"[0-9]{{1,3}}({space}[0-9]{{3}}){{1,3}}" for space in SPACES)
    + ")(,[0-9]{1,6})?"
)


def scan(*patterns: str | Path) -> dict[str, duckdb.DuckDBPyRelation]:
    """
    The files that paths and patterns name, each by the name that a tally calls it, as frames of DuckDB.

    Raises `InputError` for files that do not exist or have other columns than volumes.
    """
    notices: list[Problem] = []
    problems: list[Problem] = []
    sources = sources_of(patterns, notices, problems)
    if problems:
        raise InputError(problems)
    return {source.place: source.frame.to_native() for source in sources}


def sources_of(
    frames: Sequence[IntoFrame | str | Path], notices: list[Problem], problems: list[Problem]
) -> list[Source]:
    """
    Frames, and the files that paths and patterns name; what is wrong is added to the problems.
    """
    patterns = [each for each in frames if isinstance(each, str | Path)]
    natives = [each for each in frames if not isinstance(each, str | Path)]
    makers: list[Callable[[], Source]] = [
        partial(source_of, native, f"ram {number}" if len(natives) > 1 else "ramen", notices)
        for number, native in enumerate(natives, 1)
    ]
    paths = _without_copies(named(_paths(patterns, problems)), notices, problems)
    makers += [partial(_file, path, name, notices) for path, name in paths]
    sources = []
    for make in makers:
        try:
            sources.append(make())
        except InputError as error:
            problems += error.problems
    return sources


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
        read: dict[bytes, str] = {}
        for path, name in same:
            digest = _digest(path) if len(same) > 1 else b""
            if digest in read:
                notices.append(Problem(name, f"samma innehåll som {read[digest]}", "filen räknas en gång"))
            else:
                read[digest] = name
                yield path, name


def _digest(path: Path) -> bytes:
    with path.open("rb") as binary:
        return hashlib.file_digest(binary, "sha256").digest()


def _file(path: Path, name: str, notices: list[Problem]) -> Source:
    """
    A file as a source. Raises `InputError`.
    """
    if path.suffix.lower() == PARQUET:
        return _parquet(path, name, notices)
    layout, line = read_layout(path, name, notices)
    own: list[Problem] = []  # the notices of its columns are those of its header
    return source_of(
        _csv(path, layout, line),
        name,
        own,
        Scanned(path, (duckdb.Error,), partial(_check_csv, path, name, line)),
    )


def _parquet(path: Path, name: str, notices: list[Problem]) -> Source:
    try:
        relation = duckdb.read_parquet(escape(str(path)))
        ((rows,),) = relation.aggregate("count(*)").fetchall()
    except duckdb.Error as error:
        raise InputError([_unreadable(name, error)]) from None
    scanned = Scanned(path, (duckdb.Error,), partial(_check_parquet, name, rows))
    return source_of(relation, name, notices, scanned)


def _check_parquet(name: str, expected: int, rows: int | None, error: Exception | None) -> None:
    if isinstance(error, duckdb.Error):
        raise InputError([_unreadable(name, error)]) from None
    if rows is not None and rows != expected:
        what = f"filen säger sig ha {expected} rader, men {rows} kom ut"
        raise InputError([Problem(name, what, "filen är skadad: hämta den igen")])


def _unreadable(name: str, error: Exception) -> Problem:
    return Problem(name, f"DuckDB kan inte läsa filen: {str(error).splitlines()[0]}", "hämta den igen")


def _csv(path: Path, layout: Layout, line: int) -> duckdb.DuckDBPyRelation:
    """
    A CSV file as texts, with the numbers of a semicolon file written as those of a comma file.
    """
    names = [each or f"prismodell {number}" for number, each in enumerate(layout.names)]
    relation = duckdb.read_csv(
        escape(str(path)),
        header=False,
        skiprows=line,
        delimiter=layout.delimiter,
        quotechar='"',
        escapechar='"',
        auto_detect=False,
        columns=dict.fromkeys(names, "VARCHAR"),
        null_padding=False,
        strict_mode=True,
        encoding="utf-8",
    )
    columns = [_quoted(each) for each in names]
    unnamed = " OR ".join(f"{columns[place]} <> ''" for place in layout.unnamed)
    number = _with_point() if layout.delimiter == ";" else QUANTITY
    quantity = f"CASE WHEN {unnamed} THEN 'x' ELSE {number} END" if unnamed else number
    chosen = [
        f"{quantity} AS {QUANTITY}" if name == QUANTITY else _quoted(name)
        for name in COLUMNS
        if name in layout.names
    ]
    blank = " OR ".join(f"trim({each}) <> ''" for each in columns)
    return relation.filter(blank).project(", ".join(chosen))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _with_point() -> str:
    """
    A number with a decimal comma as one with a decimal point, and as no number what was none.
    """
    without_spaces = f"translate({QUANTITY}, ',{SPACES}', '.')"
    return f"CASE WHEN regexp_full_match({QUANTITY}, '{WITH_COMMA}') THEN {without_spaces} ELSE 'x' END"


def _check_csv(path: Path, name: str, header: int, rows: int | None, error: Exception | None) -> None:
    """
    Raise `InputError` with what is wrong in the file, and where, unless all its rows came out.
    """
    if rows is not None and rows == _lines(path) - header:
        return
    expected, problems = read_through(path, name)
    if problems:
        raise InputError(problems)
    if rows != expected:
        what = f"DuckDB läser {'inte alla' if error else rows} av filens {expected} rader"
        raise InputError([Problem(name, what, "läs den med read_volumes")]) from error


def _lines(path: Path) -> int:
    """
    The lines of a file, counted without an engine; its last one may lack a line end.
    """
    count, last = 0, b"\n"
    with path.open("rb") as binary:
        while chunk := binary.read(CHUNK):
            count += chunk.count(b"\n")
            last = chunk[-1:]
    return count + (last != b"\n")
