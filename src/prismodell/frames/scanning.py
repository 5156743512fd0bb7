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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from glob import escape, has_magic
from glob import glob as matching
from os.path import realpath
from pathlib import Path
from tempfile import gettempdir
from typing import NamedTuple
from uuid import uuid4

import duckdb
from attrs import field, frozen

from ..errors import InputError, Problem, gathered
from ..reading.columns import COLUMNS, column_notices
from ..reading.files import unreadable
from ..reading.volumes import Layout, named, read_layout, read_through
from .columns import FILE, KNOWN, QUANTITY
from .source import Scanned, Source, digest_of, source_of

Connection = duckdb.DuckDBPyConnection
Relation = duckdb.DuckDBPyRelation

PATH = "prismodell path"
MEMORY = 125  # megabytes for each thread, which DuckDB needs at least; more makes nothing faster
TOGETHER = 128 * 1024**2  # bytes of files in one query
PARQUET = ".parquet"
MAGIC = b"PAR1"  # how a Parquet file begins and ends
CHUNK = 1 << 20
SPACES = " \u00a0\u202f"
# As reading.cells: the numbers of a semicolon file.
WITH_COMMA = (
    "-?([0-9]{1,12}|"
    + "|".join(f"[0-9]{{1,3}}({space}[0-9]{{3}}){{1,3}}" for space in SPACES)
    + ")(,[0-9]{1,6})?"
)


class Opened(NamedTuple):
    """
    A file, what it is called, and its size and time of change when it was opened.
    """

    path: Path
    name: str
    size: int
    changed: int


def files_of(
    patterns: Sequence[str | Path], notices: list[Problem], problems: list[Problem]
) -> Iterator[Source]:
    """
    The files that paths and patterns name, those of one layout together as long as they are small; what is
    wrong is added to the problems.
    """
    connection = _connected()
    alike = defaultdict[Parquet | Csv, list[Opened]](list)
    for file in _opened(named(_paths(patterns, problems)), notices, problems):
        with gathered(problems):
            alike[_layout(connection, file, notices)].append(file)
    for layout, files in alike.items():
        for batch in _batches(files):
            yield from _sources(layout, batch, problems)


def _connected() -> Connection:
    """
    A connection of our own: its settings are not those of the user's. What does not fit in memory is put in
    a folder of its own, which DuckDB takes away.
    """
    connection = duckdb.connect(config={"temp_directory": str(Path(gettempdir()) / f"prismodell-{uuid4()}")})
    ((threads,),) = connection.execute("SELECT current_setting('threads')").fetchall()
    connection.execute(f"SET memory_limit = '{threads * MEMORY}MB'")
    return connection


def _batches(files: Sequence[Opened]) -> Iterator[list[Opened]]:
    """
    The files in their order, as many together as are not larger than one query should be.
    """
    batch, size = list[Opened](), 0
    for file in files:
        if batch and size + file.size > TOGETHER:
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += file.size
    yield batch


def _layout(connection: Connection, file: Opened, notices: list[Problem]) -> Parquet | Csv:
    """
    What a file has in common with others that can be read with it. Raises `InputError`.
    """
    if file.path.suffix.lower() != PARQUET:
        return Csv(connection, *read_layout(file.path, file.name, notices))
    with file.path.open("rb") as binary:
        start = binary.read(len(MAGIC))
        binary.seek(max(0, file.size - len(MAGIC)))
        if not start == binary.read() == MAGIC:
            fix = "hämta den igen; är den text ska den heta .csv"
            raise InputError([Problem(file.name, "filen är ingen Parquetfil, eller avbruten", fix)])
    with _readable(file.name):
        relation = connection.sql(_parquet([file]))
        columns = dict(zip(relation.columns, map(str, relation.types), strict=True))
        del columns[PATH]
        schema = "SELECT name, coalesce(num_children, 0) FROM parquet_schema(?)"
        written = _outermost(connection.execute(schema, [_literally(file.path)]).fetchall())
    times = Counter(name.lower() for name in written)
    if doubled := [name for name in written if times[name.lower()] > 1]:
        what = f"flera kolumner heter {doubled[0]}"
        fix = "ta bort alla utom en; stora och små bokstäver räknas som samma"
        raise InputError([Problem(file.name, what, fix)])
    notices += column_notices(file.name, written, KNOWN)
    return Parquet(connection, tuple(columns.items()))


def _outermost(schema: Sequence[tuple[str, int]]) -> list[str]:
    """
    The names of the columns in a Parquet file's schema, in which each stands before what it consists of.
    """
    (_, columns), *parts = schema
    names: list[str] = []
    left = [columns]  # of the root's, and of those of each that is not whole yet
    for name, children in parts:
        if len(left) == 1:
            names.append(name)
        left[-1] -= 1
        left.append(children)
        while left and not left[-1]:
            left.pop()
    return names


def _sources(layout: Parquet | Csv, files: Sequence[Opened], problems: list[Problem]) -> Iterator[Source]:
    """
    Files of one layout as one source; each as one where something is wrong, which is told of each.
    """
    try:
        yield _source(layout, files)
    except InputError as error:
        if len(files) == 1:
            problems += error.problems
        else:
            yield from _alone(layout, files, problems)


def _alone(layout: Parquet | Csv, files: Sequence[Opened], problems: list[Problem]) -> Iterator[Source]:
    for file in files:
        yield from _sources(layout, [file], problems)


def _source(layout: Parquet | Csv, files: Sequence[Opened]) -> Source:
    """
    Files of one layout as one source. Raises `InputError`.
    """
    paths = {file.name: file.path for file in files}
    scanned = Scanned(
        paths,
        (duckdb.Error,),
        partial(_check, layout, paths),
        partial(_check_unchanged, files),
        partial(_alone, layout, files),
    )
    place = f"{len(files)} filer" if len(files) > 1 else files[0].name
    with _readable(place):
        return source_of(layout.relation(files), place, [], scanned)


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


def _opened(
    files: Iterable[tuple[Path, str]], notices: list[Problem], problems: list[Problem]
) -> Iterator[Opened]:
    """
    The files that can be opened, without those that have the content of another: files of one size are
    compared by their digests.
    """
    found = []
    for path, name in files:
        try:
            with path.open("rb"):
                found.append(Opened(path, name, *_stamp(path)))
        except OSError as error:
            problems.append(unreadable(path, error))
    sizes = Counter(file.size for file in found)
    read: dict[str, str] = {}
    for file in found:
        if sizes[file.size] > 1:
            first = read.setdefault(digest_of(file.path), file.name)
            if first != file.name:
                notices.append(Problem(file.name, f"samma innehåll som {first}", "filen räknas en gång"))
                continue
        yield file


def _stamp(path: Path) -> tuple[int, int]:
    """
    The size of a file and when it was changed; nothing of one that is gone.
    """
    if not path.exists():
        return 0, 0
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _check(
    layout: Parquet | Csv, paths: Mapping[str, Path], name: str, rows: int | None, error: Exception | None
) -> None:
    """
    Raise `InputError` unless all rows of a file came out.
    """
    if isinstance(error, duckdb.OutOfMemoryException):
        what = "minnet räcker inte till summorna"
        fix = f"frigör plats i {gettempdir()}, eller ge färre filer åt gången"
        raise InputError([Problem(name, what, fix)]) from error
    layout.check(paths[name], name, rows, error)


def _check_unchanged(files: Iterable[Opened]) -> None:
    """
    Raise `InputError` where a file is not what it was when it was opened: it is read more than once.
    """
    if changed := [file.name for file in files if _stamp(file.path) != (file.size, file.changed)]:
        raise InputError(
            Problem(name, "filen ändrades medan den lästes", "summera den igen") for name in changed
        )


def _quoted(text: str) -> str:
    """
    A text in SQL.
    """
    return "'" + text.replace("'", "''") + "'"


def _name(files: Sequence[Opened], path: str) -> str:
    """
    The name of the file of a path, in SQL.
    """
    if len(files) == 1:
        return _quoted(files[0].name)
    names = (f"{_quoted(realpath(file.path))}: {_quoted(file.name)}" for file in files)
    return f"(MAP {{{', '.join(names)}}})[{path}]"


def _literally(path: Path) -> str:
    """
    The path of a file, as DuckDB's pattern of only that; without links and `..`, which DuckDB would follow in
    another way than the system does.
    """
    return escape(realpath(path))


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """
    What DuckDB raises for a file that it cannot read is an `InputError` that tells it.
    """
    try:
        yield
    except duckdb.Error as error:
        what = f"DuckDB kan inte läsa filen: {str(error).splitlines()[0]}"
        raise InputError([Problem(name, what, "kontrollera filen, eller hämta den igen")]) from None


def _parquet(files: Iterable[Opened]) -> str:
    """
    The rows of Parquet files, in SQL, each with the path of its file.
    """
    paths = ", ".join(_quoted(_literally(file.path)) for file in files)
    # The folder's name says nothing: a column is what the file holds.
    return f"FROM read_parquet([{paths}], hive_partitioning = false, filename = '{PATH}')"


@frozen
class Parquet:
    """
    The names and types of the columns that Parquet files have.
    """

    connection: Connection = field(eq=False)
    columns: tuple[tuple[str, str], ...]

    def relation(self, files: Sequence[Opened]) -> Relation:
        """
        Their rows, each with the name of its file.
        """
        others = [name for name, _ in self.columns if name.lower() == FILE]
        without = ", ".join(f'"{name}"' for name in (PATH, *others))
        name = _name(files, f'"{PATH}"')
        return self.connection.sql(f"SELECT * EXCLUDE ({without}), {name} AS {FILE} {_parquet(files)}")

    def check(self, path: Path, name: str, rows: int | None, error: Exception | None) -> None:
        """
        Raise `InputError` unless all rows of a file came out, or something else is wrong with it.
        """
        said = "SELECT num_rows FROM parquet_file_metadata(?)"
        with _readable(name):
            if error:
                raise error
            ((expected,),) = self.connection.execute(said, [_literally(path)]).fetchall()
        if rows is not None and rows != expected:
            what = f"filen säger sig ha {expected} rader, men {rows} kom ut"
            raise InputError([Problem(name, what, "filen är skadad: hämta den igen")])


@frozen
class Csv:
    """
    The layout of CSV files, and on which line their header stands.
    """

    connection: Connection = field(eq=False)
    layout: Layout
    header: int

    def relation(self, files: Sequence[Opened]) -> Relation:
        """
        Their rows as texts, with the numbers of a semicolon file written as those of a comma file.
        """
        layout = self.layout
        places = [f"c{number}" for number, _ in enumerate(layout.names)]
        relation = self.connection.read_csv(
            [_literally(file.path) for file in files],
            header=False,
            skiprows=self.header,
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
            filename=True,
        )
        at = dict(zip(layout.names, places, strict=True))
        unnamed = " OR ".join(f"{places[place]} <> ''" for place in layout.unnamed)
        number = _with_point(at[QUANTITY]) if layout.delimiter == ";" else at[QUANTITY]
        chosen = {name: at[name] for name in COLUMNS if name in at}
        chosen[QUANTITY] = f"CASE WHEN {unnamed} THEN 'x' ELSE {number} END" if unnamed else number
        chosen[FILE] = _name(files, "filename")
        blank = " OR ".join(f"trim({each}) <> ''" for each in places)
        return relation.filter(blank).project(", ".join(f"{each} AS {name}" for name, each in chosen.items()))

    def check(self, path: Path, name: str, rows: int | None, error: Exception | None) -> None:
        """
        Raise `InputError` with what is wrong in a file, and where, unless all its rows came out.
        """
        if rows is not None and _looks_like(path, self.layout, self.header, rows):
            return
        expected, problems = read_through(path, name)
        if problems:
            raise InputError(problems)
        if rows != expected:
            what = f"DuckDB läser {'inte alla' if error else rows} av filens {expected} rader"
            fix = "läs den med read_volumes; kanske är radsluten av flera slag, eller rader bara blanksteg"
            raise InputError([Problem(name, what, fix)]) from error


def _with_point(column: str) -> str:
    """
    A number with a decimal comma as one with a decimal point, and as no number what was none.
    """
    without_spaces = f"translate({column}, ',{SPACES}', '.')"
    return f"CASE WHEN regexp_full_match({column}, '{WITH_COMMA}') THEN {without_spaces} ELSE 'x' END"


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
