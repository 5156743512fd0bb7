"""
TOML tables as checked values: a `Section` hands them out one key at a time and collects every problem.

Numbers are taken digit for digit as written, never through a binary float. A key that nobody asked for
is an error that names the nearest key that somebody did.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from attrs import define, field, frozen

from ..catalogue import code
from ..errors import InputError, InvalidError, Problem, likely, shown
from ..periods import Month, Span

MAX_BYTES = 2 * 1024 * 1024
MAX_DOTS = 200
NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")

T = TypeVar("T")
E = TypeVar("E", bound=Enum)
REQUIRED: Any = object()


class Literal(str):
    """
    A TOML float as it was written.
    """

    __slots__ = ()


@frozen
class Source:
    """
    The text of a TOML file, for finding the line of a key in its n-th table.
    """

    name: str
    lines: tuple[str, ...]

    def line(self, header: str, index: int, key: str = "") -> int:
        """
        The number of the line where the key stands, or else of its table's header.
        """
        starts = [
            n for n, line in enumerate(self.lines) if re.match(rf"\s*\[+\s*{re.escape(header)}\s*\]+", line)
        ]
        if index >= len(starts):
            return 1
        for n in range(starts[index] + 1, len(self.lines)):
            if re.match(r"\s*\[", self.lines[n]):
                break
            if key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[.=]", self.lines[n]):
                return n + 1
        return starts[index] + 1


@define
class Section:
    """
    One table being read. `path` is where it is inside its header's table, such as `price.tiers[1]`.
    """

    table: Mapping[str, Any]
    source: Source
    problems: list[Problem]
    header: str
    index: int = 0
    label: str = ""
    path: str = ""
    failed: bool = False
    parent: Section | None = None
    asked: set[str] = field(factory=set)

    def problem(self, key: str, what: str, fix: str = "") -> None:
        """
        Note that a key of this table is wrong.
        """
        dotted = ".".join(part for part in (self.path, key) if part)
        top = re.split(r"[.\[]", dotted)[0]
        place = f"{self.source.name}:{self.source.line(self.header, self.index, top)}: {self.label}"
        self.problems.append(Problem(f"{place}, nyckel '{dotted}'" if dotted else place, what, fix))
        self._fail()

    def _fail(self) -> None:
        self.failed = True
        if self.parent:
            self.parent._fail()  # noqa: SLF001 - another Section

    def _take(self, key: str, default: Any) -> Any:
        self.asked.add(key)
        if key in self.table:
            return self.table[key]
        if default is REQUIRED:
            near = [each for each in self.table if each not in self.asked]
            self.problem(key, "nyckeln saknas", likely(key, near) if near else "lägg till den")
            return None
        return default

    def _typed(self, key: str, default: Any, kind: type, wanted: str) -> Any:
        value = self._take(key, default)
        if key not in self.table or type(value) is kind:
            return value
        self.problem(key, f"{shown(value)} är inte {wanted}", _as_wanted(value, kind))
        return None

    def text(self, key: str, default: Any = REQUIRED) -> Any:
        """
        A text.
        """
        return self._typed(key, default, str, "en text inom citattecken")

    def day(self, key: str, default: Any = REQUIRED) -> Any:
        """
        A date.
        """
        return self._typed(key, default, date, "ett datum som 2022-01-01")

    def flag(self, key: str, default: Any = REQUIRED) -> Any:
        """
        True or false.
        """
        return self._typed(key, default, bool, "true eller false")

    def whole(self, key: str, default: Any = REQUIRED) -> Any:
        """
        A whole number.
        """
        return self._typed(key, default, int, "ett heltal")

    def code(self, key: str, default: Any = REQUIRED) -> Any:
        """
        A code, trimmed and in NFC.
        """
        return self._converted(key, self.text(key, default), code)

    def month(self, key: str, default: Any = REQUIRED) -> Any:
        """
        A month written as a text: `"2022-01"`.
        """
        return self._converted(key, self.text(key, default), Month.parse)

    def _converted(self, key: str, value: Any, convert: Callable[[str], Any]) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return convert(value)
        except InvalidError as error:
            self.problem(key, error.what, error.fix)
            return None

    def number(self, key: str, default: Any = REQUIRED) -> Any:
        """
        A number, exactly as written: at most twelve digits and six decimals.
        """
        value = self._take(key, default)
        if key not in self.table:
            return value
        try:
            return exact_number(value)
        except InvalidError as error:
            self.problem(key, error.what, error.fix)
            return None

    def choice(self, key: str, options: Mapping[str, T], default: Any = REQUIRED) -> T | Any:
        """
        One of some words.
        """
        word = self.text(key, default)
        if key not in self.table or word is None or word in options:
            return options.get(word, word)
        self.problem(key, f"{shown(word)} är okänt", likely(word, options))
        return None

    def span(self, first: str, last: str, within: Span | None = None) -> Any:
        """
        The span of two inclusive days; where one is not given, that of `within` instead.
        """
        start = self.day(first, within.start.first if within else REQUIRED)
        end = self.day(last, within.last.last if within and within.last else None)
        return self.attempt(Span.of_days, start, end) if start else None

    def attempt(self, make: Callable[..., T], *values: Any) -> T | None:
        """
        Make a value; what it says against itself becomes a problem of this table.
        """
        try:
            return make(*values)
        except InvalidError as error:
            self.problem(error.key, error.what, error.fix)
            return None

    def child(self, key: str, table: Mapping[str, Any], number: int | None = None) -> Section:
        """
        A table inside this one.
        """
        step = key if number is None else f"{key}[{number}]"
        path = f"{self.path}.{step}" if self.path else step
        return Section(
            table, self.source, self.problems, self.header, self.index, self.label, path, parent=self
        )

    def table_at(self, key: str) -> Section | None:
        """
        The table under a key, if there is one.
        """
        table = self._typed(key, None, dict, "en tabell { … }")
        return None if table is None else self.child(key, table)

    def codes(self, key: str) -> list[str]:
        """
        A list of codes; empty when it is not there.
        """
        found = self._typed(key, [], list, "en lista") or []
        for each in found:
            if type(each) is not str:
                self.problem(key, f"{shown(each)} är inte en kod", "skriv koderna inom citattecken")
        return [converted for each in found if (converted := self._converted(key, each, code)) is not None]

    def tables(self, key: str, default: Any = REQUIRED) -> list[Section]:
        """
        The tables of a list: `tiers = [ { … }, { … } ]`.
        """
        found = self._typed(key, default, list, "en lista [ { … }, … ]") or []
        children = []
        for number, table in enumerate(found, 1):
            if isinstance(table, dict):
                children.append(self.child(key, table, number))
            else:
                self.problem(key, f"{shown(table)} är inte en tabell", "skriv { … }")
        return children

    def build(self, make: Callable[..., T], **values: Any) -> T | None:
        """
        Make the value of this table, unless something in it was wrong; unknown keys are.
        """
        for key in self.table:
            if key not in self.asked:
                self.problem(key, "okänd nyckel", likely(key, self.asked))
        return None if self.failed else self.attempt(lambda: make(**values))


def _as_wanted(value: object, kind: type) -> str:
    if kind is str:
        return f'skriv "{value}"' if type(value) in (int, Literal, date) else ""
    return "ta bort citattecknen" if type(value) is str else ""


def exact_number(value: object) -> Decimal:
    """
    A TOML number as a Decimal. Raises `InvalidError` for anything else, `nan`, `inf` and `1e3` included.
    """
    if type(value) is str:
        fix = "ta bort citattecknen" if NUMBER.fullmatch(value) else "skriv som 1234.50"
        raise InvalidError("", f"{shown(value)} är en text, inte ett tal", fix)
    if type(value) not in (int, Literal):
        raise InvalidError("", f"{shown(value)} är inte ett tal", "skriv som 1234.50")
    digits = str(value) if type(value) is Literal or abs(value) < 10**15 else "för stort"  # type: ignore[arg-type]  # an int here
    if not NUMBER.fullmatch(digits):
        raise InvalidError(
            "", f"{shown(digits)} går inte att använda", "högst tolv siffror, punkt och sex decimaler"
        )
    return Decimal(digits)


def read_text(path: Path) -> str:
    """
    The text of a UTF-8 file of reasonable size. Raises `InputError`.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(
            [Problem(str(path), f"filen går inte att läsa ({error.strerror})", "kontrollera sökvägen")]
        ) from None
    if len(raw) > MAX_BYTES:
        raise InputError([Problem(path.name, f"filen är större än {MAX_BYTES} byte")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        fix = "spara om filen som UTF-8"
        raise InputError(
            [Problem(f"{path.name}:{line}", "filen är inte UTF-8, troligen Windows-1252", fix)]
        ) from None


def parse(text: str, name: str) -> tuple[dict[str, Any], Source]:
    """
    The tables of a TOML text, floats as they were written. Raises `InputError`.
    """
    lines = tuple(text.replace("\r\n", "\n").split("\n"))
    for number, line in enumerate(lines, 1):
        if line.count(".") > MAX_DOTS:
            raise InputError([Problem(f"{name}:{number}", f"fler än {MAX_DOTS} punkter på en rad")])
    try:
        return tomllib.loads(text, parse_float=Literal), Source(name, lines)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line ([0-9]+)", str(error))
        place = f"{name}:{at[1] if at else len(lines)}"
        raise InputError([Problem(place, f"filen är inte giltig TOML ({error})", "rätta raden")]) from None
    except (RecursionError, ValueError):
        raise InputError([Problem(name, "filen har för djupa tabeller eller för långa tal")]) from None


def top_sections(
    document: Mapping[str, Any], source: Source, problems: list[Problem], single: str | None, *many: str
) -> dict[str, list[Section]]:
    """
    The sections under each of a file's headers; what is not a header of this kind of file is a problem.
    """
    known = {*([single] if single else []), *many}
    for key in document:
        if key not in known:
            line = max(source.line(key, 0), 1)
            place = f"{source.name}:{line}"
            problems.append(Problem(place, f"okänd tabell eller nyckel {shown(key)}", likely(key, known)))
    found: dict[str, list[Section]] = {}
    for header in known:
        tables = document.get(header, [])
        shape, wanted = (dict, f"[{header}]") if header == single else (list, f"[[{header}]]")
        if header in document and (
            type(tables) is not shape or not all(isinstance(t, dict) for t in tables if shape is list)
        ):
            problems.append(
                Problem(f"{source.name}:{source.line(header, 0)}", f"{header} ska skrivas {wanted}")
            )
            tables = []
        listed = [tables] if isinstance(tables, dict) else tables
        found[header] = [
            Section(
                table, source, problems, header, index, _label(header, index, table, single=header == single)
            )
            for index, table in enumerate(listed)
        ]
    return found


def _label(header: str, index: int, table: Mapping[str, Any], *, single: bool) -> str:
    if single:
        return f"[{header}]"
    named = next(
        (f" ({key} {shown(table[key])})" for key in ("code", "customer", "note") if key in table), ""
    )
    return f"[[{header}]] nr {index + 1}{named}"
