"""
Volumes from CSV files: `read_volumes`. The format is described in `docs/FILES.md`.

A file is streamed row by row. A row is tried as a whole, which is fast; only a row that fails is looked at
cell by cell, so that each of its faults is told. Files are known by their content: the same content under
two names is read once and said.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from attrs import frozen

from ..catalogue import code
from ..errors import InputError, InvalidError, Problem, nearest, shown
from ..money import exact_decimal
from ..periods import Month
from ..volumes import File, Volume, Volumes, identical_rows

REQUIRED = ("customer", "service", "month", "quantity")
OPTIONAL = ("source", "reference", "registered", "note")
COLUMNS = REQUIRED + OPTIONAL
DELIMITERS = {",": "komma", ";": "semikolon"}

MAX_BYTES = 8 * 1024**3
MAX_CELL = 1000
MAX_PROBLEMS = 10_000

COMMA_FILE = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
SEMICOLON_FILE = re.compile(
    r"-?([0-9]{1,12}|[0-9]{1,3}(?P<space>[ \u00a0\u202f])[0-9]{3}((?P=space)[0-9]{3}){0,2})(,[0-9]{1,6})?"
)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_volumes(*paths: str | Path, encoding: str = "utf-8") -> Volumes:
    """
    Read the rows of any number of CSV files.

    Raises `InputError` with every problem of all the files; then nothing was read. `Volumes.notices` tells
    what may be worth a look: unknown columns, rows exactly alike, a file given twice.
    """
    problems: list[Problem] = []
    notices: list[Problem] = []
    names: dict[str, str] = {}
    rows: list[Volume] = []
    for path in sorted(map(Path, paths), key=lambda each: (each.name, str(each))):
        try:
            file = _file(path)
            if file.digest in names:
                notices.append(
                    Problem(path.name, f"samma innehåll som {names[file.digest]}", "filen räknas en gång")
                )
                continue
            names[file.digest] = file.name
            rows += _read(path, file, encoding, problems, notices)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return Volumes(rows, (*notices, *identical_rows(rows)))


def _file(path: Path) -> File:
    if path.suffix.lower() in (".xlsx", ".xls", ".parquet"):
        fix = "spara bladet som CSV UTF-8"
        raise InputError([Problem(path.name, f"{path.suffix}-filer kan inte läsas ännu", fix)])
    try:
        with path.open("rb") as binary:
            size = binary.seek(0, io.SEEK_END)
            binary.seek(0)
            _check_start(path.name, size, binary.read(4))
            binary.seek(0)
            return File(hashlib.file_digest(binary, "sha256").hexdigest(), path.name)
    except OSError as error:
        what = f"filen går inte att läsa ({error.strerror})"
        raise InputError([Problem(str(path), what, "kontrollera sökvägen")]) from None


def _check_start(name: str, size: int, start: bytes) -> None:
    if size == 0:
        raise InputError([Problem(name, "filen är tom", f"första raden ska vara {','.join(REQUIRED)}")])
    if size > MAX_BYTES:
        raise InputError([Problem(name, f"filen är större än {MAX_BYTES} byte", "dela den")])
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError([Problem(name, "filen är UTF-16", "spara om den som CSV UTF-8")])
    if start == b"PK\x03\x04":
        raise InputError([Problem(name, "filen är en Excelbok eller zip, inte CSV", "spara som CSV UTF-8")])


@frozen
class _Layout:
    """
    How a file's columns stand: `at` has the place of each of COLUMNS, one past the last for an absent one.
    """

    delimiter: str
    width: int
    at: tuple[int, ...]
    number: Callable[[str], Decimal]


def _read(
    path: Path, file: File, encoding: str, problems: list[Problem], notices: list[Problem]
) -> list[Volume]:
    """
    The rows of one file; what is wrong is added to the problems.
    """
    codec = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
    with path.open("rb") as binary, io.TextIOWrapper(binary, codec, newline="") as text:
        try:
            layout = _layout(file.name, text.readline(10 * MAX_CELL), notices)
            return list(
                _rows(csv.reader(text, delimiter=layout.delimiter, strict=True), layout, file, problems)
            )
        except UnicodeDecodeError:
            problems.append(_not_decoded(path, codec))
        except InputError as error:
            problems += error.problems
    return []


def _layout(name: str, header: str, notices: list[Problem]) -> _Layout:
    """
    The layout that a header line says. Raises `InputError` for missing, doubled and nearly known columns.
    """
    delimiter = max(DELIMITERS, key=lambda each: len({*_names(header, each)} & {*COLUMNS}))
    names = _names(header, delimiter)
    unknown = [each for each in names if each not in COLUMNS]
    if faults := [*_column_faults(header, names), *_misspelt(unknown)]:
        raise InputError([Problem(f"{name}:1", what, fix) for what, fix in faults])
    notices += [Problem(f"{name}:1", f"kolumnen {shown(each)} är okänd och läses inte") for each in unknown]
    at = tuple(names.index(column) if column in names else len(names) for column in COLUMNS)
    return _Layout(delimiter, len(names), at, _with_point if delimiter == "," else _with_comma)


def _column_faults(header: str, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for column in COLUMNS:
        if names.count(column) > 1:
            yield f"kolumnen {column} finns {names.count(column)} gånger", "ta bort den ena"
        elif column in REQUIRED and column not in names:
            yield f"kolumnen {column} saknas", _missing(header, names)


def _misspelt(unknown: Sequence[str]) -> Iterator[tuple[str, str]]:
    for each in unknown:
        if meant := nearest(each, COLUMNS):
            yield f"okänd kolumn {shown(each)}", f"menade du {shown(meant)}?"


def _names(header: str, delimiter: str) -> list[str]:
    return [each.strip().strip('"') for each in header.rstrip("\r\n").split(delimiter)]


def _missing(header: str, names: Sequence[str]) -> str:
    if len(names) == 1:
        return "kolumnerna ska skiljas åt med komma eller semikolon" + (
            ", inte tabb" if "\t" in header else ""
        )
    return f"första raden ska ha {', '.join(REQUIRED)}"


def _rows(reader: Any, layout: _Layout, file: File, problems: list[Problem]) -> Iterator[Volume]:
    """
    A file's rows. A quoted cell may run over several lines: a row's number is that of its first.
    """
    customer, service, month, quantity, source, reference, registered, note = layout.at
    number, width, line = layout.number, layout.width, 2
    known = len(problems)
    try:
        for cells in reader:
            start, line = line, reader.line_num + 2
            if len(cells) == width:
                cells.append("")
                with suppress(InvalidError):
                    yield Volume(
                        _code(cells[customer]),
                        _code(cells[service]),
                        Month.parse(cells[month]),
                        number(cells[quantity]),
                        _word(cells[source]),
                        _text(cells[reference]),
                        _day(cells[registered]),
                        _word(cells[note]),
                        file,
                        start,
                    )
                    continue
            if any(cells):
                problems += _faults(cells, layout, f"{file.name}:{start}")
            if len(problems) - known > MAX_PROBLEMS:
                problems.append(
                    Problem(f"{file.name}:{line}", f"fler än {MAX_PROBLEMS} fel", "läsningen avbröts här")
                )
                return
    except csv.Error as error:
        place = f"{file.name}:{line}"
        problems.append(
            Problem(place, f"raden går inte att dela i celler ({error})", "kontrollera citattecknen")
        )


def _faults(cells: list[str], layout: _Layout, place: str) -> Iterator[Problem]:
    """
    Everything that is wrong with a row.
    """
    if len(cells) not in (layout.width, layout.width + 1) or (len(cells) > layout.width and cells[-1]):
        what = f"raden har {len(cells)} celler, rubriken {layout.width}"
        fix = "skriv decimaltal med punkt, eller spara filen med semikolon" if layout.delimiter == "," else ""
        yield Problem(place, what, fix or "kontrollera semikolon i texterna")
        return
    cells = [*cells, ""][: layout.width + 1]
    keys: list[Callable[[str], object]] = [_code, _code, Month.parse, layout.number]
    texts: list[Callable[[str], object]] = [_text, _text, _day, _text]
    for column, where, check in zip(COLUMNS, layout.at, keys + texts, strict=True):
        try:
            check(cells[where])
        except InvalidError as error:
            yield Problem(f"{place}, kolumn {column}", error.what, error.fix)


_code = lru_cache(maxsize=65_536)(code)


def _text(cell: str) -> str:
    stripped = cell.strip()
    if len(stripped) > MAX_CELL:
        raise InvalidError("", f"cellen är längre än {MAX_CELL} tecken", "korta den")
    if not stripped.isprintable():
        raise InvalidError("", f"cellen har tecken som inte kan skrivas ut: {shown(stripped)}", "ta bort dem")
    return stripped


_word = lru_cache(maxsize=65_536)(_text)


@lru_cache(maxsize=4096)
def _day(cell: str) -> date | None:
    if not cell:
        return None
    with suppress(ValueError):
        if DAY.fullmatch(cell):
            return date.fromisoformat(cell)
    raise InvalidError("", f"{shown(cell)} är inte en dag", "skriv som 2022-02-03")


@lru_cache(maxsize=65_536)
def _with_point(cell: str) -> Decimal:
    if not COMMA_FILE.fullmatch(cell):
        raise _no_number(cell, "punkt", "i en kommafil skrivs tal som 1234.50, utan mellanrum")
    return exact_decimal(cell)


@lru_cache(maxsize=65_536)
def _with_comma(cell: str) -> Decimal:
    if not SEMICOLON_FILE.fullmatch(cell):
        raise _no_number(cell, "komma", "i en semikolonfil skrivs tal som 1234,50 eller 1 234,50")
    return exact_decimal(re.sub("[ \u00a0\u202f]", "", cell).replace(",", "."))


def _no_number(cell: str, mark: str, fix: str) -> InvalidError:
    """
    What is wrong with a number, said as closely as can be.
    """
    digits = cell.strip().lstrip("+-")
    if not digits:
        return InvalidError("", "volymen saknas", "skriv ett tal, 0 om inget levererades")
    if not digits.isascii() and any(c.isdigit() and not c.isascii() for c in digits):
        return InvalidError("", f"{shown(cell)} har siffror som inte är 0-9", fix)
    decimals = re.fullmatch(r"[0-9 ]+[.,]([0-9]+)", digits)
    if decimals and len(decimals[1]) > 6:
        return InvalidError("", f"{shown(cell)} har fler än sex decimaler", "avrunda där volymen mäts")
    if re.fullmatch(r"[0-9]+[eE][+-]?[0-9]+", digits):
        return InvalidError(
            "", f"{shown(cell)} är skrivet i exponentform", "skriv ut siffrorna; i Excel: cellformat Tal"
        )
    return InvalidError("", f"{shown(cell)} är inte ett tal med decimal{mark}", fix)


def _not_decoded(path: Path, codec: str) -> Problem:
    """
    The line of the first byte that is not text in the encoding.
    """
    with path.open("rb") as binary:
        for number, line in enumerate(binary, 1):
            try:
                line.decode(codec)
            except UnicodeDecodeError:
                fix = 'i Excel: Spara som, CSV UTF-8; eller ange encoding="cp1252" om filen är det'
                return Problem(
                    f"{path.name}:{number}", f"texten är inte {codec.removesuffix('-sig').upper()}", fix
                )
    return Problem(path.name, f"texten är inte {codec}", "spara om filen som UTF-8")
