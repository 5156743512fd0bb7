"""
Volumes from CSV files: `read_volumes`. The format is described in `docs/FILES.md`.

A file is streamed row by row. A row is tried as a whole, which is fast; only a row that fails is looked at
cell by cell, so that each of its faults is told. Files are known by their content: the same content under
two names is read once and said.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from attrs import frozen

from ..bulk import uncollected
from ..errors import InputError, InvalidError, Problem, gathered
from ..periods import Month
from ..rows import File, Volume
from ..volumes import Volumes, identical_rows
from .cells import code, day, number_with_comma, number_with_point, text, word
from .columns import COLUMNS, HEADER_FIX, MAX_COLUMNS, column_notices, faults_of_columns, known_columns
from .control import Held, control_problems
from .files import check_start, unreadable
from .lines import Lines

DELIMITERS = {",": "komma", ";": "semikolon"}
FOREIGN = {"\t": "tabb", "|": "lodstreck"}

MONTH = re.compile("[0-9]{4}-[0-9]{2}")
UNDECODED = re.compile("[\udc80-\udcff]")
MAX_BYTES = 8 * 1024**3


@uncollected
def read_volumes(
    *paths: str | Path, encoding: str = "utf-8", control: str | Path | Iterable[str | Path] = ()
) -> Volumes:
    """
    Read the rows of any number of CSV files. `control` names files that say how many rows each should hold
    and their sum; then all of them are checked.

    Raises `InputError` with every problem of all the files, or for no file at all; then nothing was read.
    `Volumes.notices` tells what may be worth a look: unknown columns, references without a source, rows
    exactly alike, a file without rows or given twice.
    """
    controls = (control,) if isinstance(control, str | Path) else tuple(control)
    if not paths and not controls:
        raise InputError([Problem("read_volumes", "inga filer", "kontrollera mappen och namnen")])
    problems: list[Problem] = []
    notices: list[Problem] = []
    read: dict[str, str] = {}
    held: dict[str, Held] = {}
    rows: list[Volume] = []
    for path, name in named(paths):
        first, told = len(rows), len(problems)
        held.setdefault(name, Held(name))
        try:
            file = _file(path, name)
            if file.digest in read:
                what = f"samma innehåll som {read[file.digest]}"
                notices.append(Problem(name, what, "filen räknas en gång"))
                held[name] = held[read[file.digest]]
                continue
            read[file.digest] = name
            rows += _read(path, file, encoding, problems, notices)
            held[name] = Held(name, range(first, len(rows)), _lines_of(problems[told:]))
        except OSError as error:
            problems.append(unreadable(path, error))
        except InputError as error:
            problems += error.problems
    problems += control_problems(named(controls), held, rows)
    if problems:
        raise InputError(problems)
    return Volumes(rows, (*notices, *identical_rows(rows)))


def _lines_of(problems: Iterable[Problem]) -> int:
    """
    On how many lines the problems of a file are.
    """
    return len({problem.place.partition(", kolumn ")[0] for problem in problems})


def named(paths: Sequence[str | Path]) -> list[tuple[Path, str]]:
    """
    The files in the order of their names; those that share a name are called by the end of their paths.
    """
    files = sorted(map(Path, paths), key=lambda each: (each.name, str(each)))
    same = Counter(path.name for path in dict.fromkeys(files))
    return [(path, path.name if same[path.name] == 1 else _told_apart(path, files)) for path in files]


def _told_apart(path: Path, files: Sequence[Path]) -> str:
    """
    As much of the end of a path as no other file with its name shares.
    """
    others = [each for each in files if each.name == path.name and each != path]
    for length in range(2, len(path.parts)):
        end = path.parts[-length:]
        if all(other.parts[-length:] != end for other in others):
            return "/".join(end)
    return path.as_posix()


def _file(path: Path, name: str) -> File:
    if path.suffix.lower() in (".xlsx", ".xls", ".parquet"):
        what = f"filer av slaget {path.suffix} läses inte här"
        parquet = path.suffix.lower() == ".parquet"
        fix = "summera den med prismodell.frames.tally" if parquet else "spara bladet som CSV UTF-8"
        raise InputError([Problem(name, what, fix)])
    with path.open("rb") as binary:
        size = binary.seek(0, io.SEEK_END)
        if size > MAX_BYTES:
            raise InputError([Problem(name, f"filen är större än {MAX_BYTES // 1024**3} GB", "dela den")])
        binary.seek(0)
        check_start(name, binary.read(4), "spara den som CSV UTF-8")
        binary.seek(0)
        return File(hashlib.file_digest(binary, "sha256").hexdigest(), name)


def _read(
    path: Path, file: File, encoding: str, problems: list[Problem], notices: list[Problem]
) -> list[Volume]:
    """
    The rows of one file; what is wrong is added to the problems.
    """
    with _lines(path, file.name, encoding, problems) as lines:
        layout, cells = _started(lines, notices)
        rows = list(_rows(cells, layout, lines, file))
    if not rows:
        notices.append(no_rows(file.name))
    return rows


def no_rows(name: str) -> Problem:
    """
    The notice of a file that has nothing but its header.
    """
    return Problem(name, "filen har en rubrik men inga rader")


@contextmanager
def _lines(path: Path, name: str, encoding: str, problems: list[Problem]) -> Iterator[Lines]:
    """
    The lines of a file while it is open. Raises `InputError` where its text is in another encoding.
    """
    found = codecs.lookup(encoding).name
    codec = "utf-8-sig" if found == "utf-8" else found
    try:
        with path.open("rb") as binary, io.TextIOWrapper(binary, codec, "surrogateescape", "") as source:
            yield Lines(source, name, found, problems)
    except UnicodeError:
        raise InputError([Problem(name, f"texten är inte {found}", "ange filens teckenkodning")]) from None


def read_layout(path: Path, name: str, notices: list[Problem]) -> tuple[Layout, int]:
    """
    What a file's header says, for another reader of its rows, and on which line the header stands.
    """
    problems: list[Problem] = []
    with path.open("rb") as binary:
        check_start(name, binary.read(4), "spara den som CSV UTF-8; en Parquetfil ska heta .parquet")
    with _lines(path, name, "utf-8", problems) as lines:
        try:
            layout, _ = _started(lines, notices)
        except InputError as error:
            raise InputError([*problems, *error.problems]) from None
        return layout, lines.number


def read_through(path: Path, name: str) -> tuple[int, list[Problem]]:
    """
    How many rows a file has that are volumes, and all that is wrong with the others; nothing is kept.
    """
    problems: list[Problem] = []
    rows = 0
    with gathered(problems), _lines(path, name, "utf-8", problems) as lines:
        layout, cells = _started(lines, [])
        rows = sum(1 for _ in _rows(cells, layout, lines, File("", name)))
    return rows, problems


def _started(lines: Lines, notices: list[Problem]) -> tuple[Layout, Iterator[list[str]]]:
    """
    The layout that the header says, and the rows after it. Raises `InputError` when it says none.
    """
    known = len(lines.problems)
    header = lines.header()
    if not header:
        told = len(lines.problems) > known
        raise InputError([] if told else [Problem(lines.name, "filen är tom", HEADER_FIX)])
    place = f"{lines.name}:{lines.number}"
    delimiter = _delimiter(header, place)
    known = len(lines.problems)
    rows = lines.rows(delimiter)
    names = _names(next(rows, []))
    if len(lines.problems) > known:
        raise InputError([])  # the header is no row of cells, which has been told
    if faults := [*faults_of_columns(names, header.strip())]:
        raise InputError([Problem(place, what, fix) for what, fix in faults])
    notices += column_notices(place, names)
    return Layout(tuple(names), delimiter), rows


@frozen
class Layout:
    """
    How a file's columns stand, and what they are set apart by.
    """

    names: tuple[str, ...]
    delimiter: str

    @cached_property
    def at(self) -> tuple[int, ...]:
        """
        The place of each of COLUMNS, one past the last for an absent one.
        """
        return tuple(self.names.index(each) if each in self.names else len(self.names) for each in COLUMNS)

    @cached_property
    def unnamed(self) -> tuple[int, ...]:
        """
        The places of the columns without a name, which must be empty.
        """
        return tuple(place for place, each in enumerate(self.names) if not each)

    @property
    def number(self) -> Callable[[str], Decimal]:
        """
        How its numbers are read.
        """
        return number_with_point if self.delimiter == "," else number_with_comma


def _delimiter(header: str, place: str) -> str:
    """
    What the header's columns are set apart by. Raises `InputError` for another mark than comma and semicolon.
    """
    known = {
        mark: known_columns(_names(header.split(mark)[:MAX_COLUMNS])) for mark in (*DELIMITERS, *FOREIGN)
    }
    best = max(known, key=lambda mark: known[mark])
    if best in FOREIGN:
        what = f"kolumnerna skiljs åt med {FOREIGN[best]}"
        fix = "spara filen med komma eller semikolon mellan kolumnerna"
        raise InputError([Problem(place, what, fix)])
    return best


def _names(cells: Sequence[str]) -> list[str]:
    return [cell.strip().strip('"') for cell in cells]


def _rows(rows: Iterator[list[str]], layout: Layout, lines: Lines, file: File) -> Iterator[Volume]:
    """
    A file's rows; every row that is not empty becomes a volume or problems.
    """
    customer, service, month, quantity, source, reference, registered, note = layout.at
    number, width, unnamed = layout.number, len(layout.names), layout.unnamed
    for cells in rows:
        if len(lines.taken) > 1 and _swallows(lines.taken[1:], layout):
            what = "en text inom citattecken tar med sig rader som ser ut som egna"
            lines.problem(what, "avsluta texten med citattecken på samma rad")
            lines.give_back()
            continue
        if len(cells) == width and not (unnamed and any(cells[place] for place in unnamed)):
            cells.append("")  # what an absent column holds
            try:
                row = Volume(
                    code(cells[customer]),
                    code(cells[service]),
                    Month.parse(cells[month]),
                    number(cells[quantity]),
                    word(cells[source]),
                    text(cells[reference]),
                    day(cells[registered]),
                    word(cells[note]),
                    file,
                    lines.number,
                )
            except InvalidError:
                if any(map(str.strip, cells)):
                    _tell_faults(cells, layout, lines)
            else:
                yield row
        elif any(map(str.strip, cells)):
            lines.problem(*_misshapen(cells, layout))


def _swallows(later: list[str], layout: Layout) -> bool:
    """
    Whether the later lines of a row hold one that has a month in its place: a quote was not closed in time.
    """
    month = layout.at[COLUMNS.index("month")]
    cells = (line.rstrip("\r\n").split(layout.delimiter) for line in later)
    return any(len(each) > month and MONTH.fullmatch(each[month].strip('"')) for each in cells)


def _misshapen(cells: list[str], layout: Layout) -> tuple[str, str]:
    """
    What is wrong with a row whose cells are not those of the header, and the fix.
    """
    in_comma_file = layout.delimiter == ","
    if len(cells) == len(layout.names):
        fix = "ge kolumnen ett namn" + ("; i en kommafil har tal decimalpunkt" if in_comma_file else "")
        return "en cell under en kolumn utan namn är inte tom", fix
    what = f"raden har {len(cells)} {'cell' if len(cells) == 1 else 'celler'}, rubriken {len(layout.names)}"
    if len(cells) < len(layout.names):
        return what, "skriv alla kolumner, även de tomma"
    if in_comma_file:
        return what, "i en kommafil har tal decimalpunkt, och text med komma står inom citattecken"
    return what, "text med semikolon i ska stå inom citattecken"


def _tell_faults(cells: list[str], layout: Layout, lines: Lines) -> None:
    """
    Tell everything that is wrong with the cells of a row, but what could not be decoded, which has been told.
    """
    keys: list[Callable[[str], object]] = [code, code, Month.parse, layout.number]
    texts: list[Callable[[str], object]] = [text, text, day, text]
    for column, where, check in zip(COLUMNS, layout.at, keys + texts, strict=True):
        try:
            check(cells[where])
        except InvalidError as error:
            if not UNDECODED.search(cells[where]):
                lines.problem(error.what, error.fix, column)
