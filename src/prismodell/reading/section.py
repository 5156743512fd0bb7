"""
TOML tables as checked values: a `Section` hands them out one key at a time and collects every problem.

A key that nobody asked for is an error that names the nearest key that somebody did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from attrs import define, field

from ..catalogue import code
from ..errors import InvalidError, shown
from ..periods import Month, Span
from .places import Path
from .toml import Source
from .values import as_wanted, computed_number, displayed, exact_number, filled_code
from .words import hint, meant

MAX_TEXT = 1000
OPEN_END = "utelämna nyckeln om inget slut är bestämt"
MAX_YEAR = 9998  # a period that ends in December must have a month after it

T = TypeVar("T")
REQUIRED: Any = object()


@define
class Section:
    """
    One table being read. `inside` is where it is in its header's table, such as `price.tiers[1]`.
    """

    table: Mapping[str, Any]
    source: Source
    path: Path
    label: str = ""
    inside: str = ""
    failed: bool = False
    parent: Section | None = None
    asked: set[str] = field(factory=set)
    missing: list[str] = field(factory=list)

    def problem(self, key: str, what: str, fix: str = "", *, fails: bool = True) -> None:
        """
        Note that a key of this table is wrong; without a key, the table as a whole.

        Then no value is made of it, unless it `fails` not: it makes sense by itself, though not in this file.
        """
        dotted = ".".join(part for part in (self.inside, key) if part)
        where = f"{self.label}, nyckel {shown(dotted)}" if dotted else self.label
        self.source.problem((*self.path, key) if key else self.path, where, what, fix)
        if fails:
            self._fail()

    @property
    def line(self) -> int:
        """
        The line that it begins on.
        """
        return self.source.line(self.path)

    def _fail(self) -> None:
        self.failed = True
        if self.parent:
            self.parent._fail()  # noqa: SLF001 - another Section

    def _take(self, key: str, default: Any) -> Any:
        self.asked.add(key)
        if key in self.table:
            return self.table[key]
        if default is REQUIRED:
            self.missing.append(key)
            self._fail()
            return None
        return default

    def _typed(self, key: str, default: Any, kind: type, wanted: str) -> Any:
        value = self._take(key, default)
        if key not in self.table or type(value) is kind:
            return value
        self.problem(key, f"{displayed(value)} är inte {wanted}", as_wanted(value, kind))
        return None

    def text(self, key: str, default: Any = REQUIRED) -> Any:
        """
        A text that can stand on a document: with something in it where it is required.
        """
        value = self._typed(key, default, str, "en text inom citattecken")
        if key not in self.table or value is None:
            return value
        if default is REQUIRED and not value.strip():
            self.problem(key, "texten är tom", "skriv något")
        elif len(value) > MAX_TEXT:
            self.problem(key, f"texten är längre än {MAX_TEXT} tecken", "korta den")
        elif not value.isprintable():
            self.problem(key, f"texten har tecken som inte syns: {shown(value)}", "ta bort dem")
        else:
            return value
        return None

    def day(self, key: str, default: Any = REQUIRED) -> Any:
        """
        A date.
        """
        value = self._typed(key, default, date, "ett datum")
        if key in self.table and value and value.year > MAX_YEAR:
            fix = "skriv ett tidigare datum" if default is REQUIRED else OPEN_END
            self.problem(key, f"{value} är för långt fram", fix)
            return None
        return value

    def flag(self, key: str, default: Any = REQUIRED) -> Any:
        """
        True or false.
        """
        return self._typed(key, default, bool, "true eller false")

    def whole(self, key: str, default: Any = REQUIRED, lowest: int = 1, below: int = 10**6) -> Any:
        """
        A whole number of reasonable size.
        """
        value = self._typed(key, default, int, "ett heltal")
        if key in self.table and value is not None and not lowest <= value < below:
            self.problem(key, f"{displayed(value)} går inte att använda", f"skriv ett heltal från {lowest}")
            return None
        return value

    def code(self, key: str, default: Any = REQUIRED) -> Any:
        """
        A code, trimmed and in NFC.
        """
        return self._converted(key, self._typed(key, default, str, "en text inom citattecken"), filled_code)

    def readable_code(self, key: str) -> str | None:
        """
        A code if it can be read, and nothing said if it cannot.
        """
        value = self.table.get(key)
        try:
            return code(displayed(value).strip("'")) if isinstance(value, str | int) else None
        except InvalidError:
            return None

    def month(self, key: str, default: Any = REQUIRED) -> Any:
        """
        A month written as a text: `"2022-01"`.
        """
        value = self._take(key, default)
        if key in self.table and type(value) is not str:
            wanted = f'skriv "{Month.of(value)}"' if isinstance(value, date) else 'skriv som "2022-01"'
            self.problem(key, f"{displayed(value)} är inte en månad inom citattecken", wanted)
            return None
        month = self._converted(key, value, Month.parse)
        if key in self.table and month and month.year > MAX_YEAR:
            self.problem(key, f"{month} är för långt fram", OPEN_END)
            return None
        return month

    def _converted(self, key: str, value: Any, convert: Callable[[Any], Any]) -> Any:
        if key not in self.table or value is None:
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
        return self._converted(key, self._take(key, default), exact_number)

    def computed_number(self, key: str, default: Any = REQUIRED) -> Any:
        """
        A number that was computed, with as many decimals as that gave.
        """
        return self._converted(key, self._take(key, default), computed_number)

    def choice(self, key: str, options: Mapping[str, T], default: Any = REQUIRED) -> T | Any:
        """
        One of some words.
        """
        word = self._typed(key, default, str, "en text inom citattecken")
        if key not in self.table or word is None or word in options:
            return options.get(word, word)
        self.problem(key, f"okänt värde {shown(word)}", hint(word, options))
        return None

    def span(self, first: str, last: str, within: Span | None = None, end: Any = None) -> Any:
        """
        The span of two inclusive days; where one is not given, that of `within` instead.
        """
        start = self.day(first, within.start.first if within else REQUIRED)
        end = self.day(last, within.last.last if within and within.last else end)
        if start is None or (end is None and (last in self.table or last in self.missing)):
            return None
        if end is not None and end < start:
            key = last if last in self.table else first
            self.problem(
                key, f"perioden slutar före den börjar ({start}–{end})", f"ändra {first} eller {last}"
            )
            return None
        return self.attempt(Span.of_days, start, end)

    def attempt(self, make: Callable[..., T], *values: Any) -> T | None:
        """
        Make a value; what it says against itself becomes a problem of this table.
        """
        try:
            return make(*values)
        except InvalidError as error:
            self.problem(error.key if error.key in self.table else "", error.what, error.fix)
            return None

    def child(self, key: str, table: Mapping[str, Any], number: int | None = None) -> Section:
        """
        A table inside this one; those of a list are counted from one.
        """
        step = key if number is None else f"{key}[{number}]"
        inside = f"{self.inside}.{step}" if self.inside else step
        path = (*self.path, key) if number is None else (*self.path, key, number - 1)
        return Section(table, self.source, path, self.label, inside, parent=self)

    def table_at(self, key: str) -> Section | None:
        """
        The table under a key, if there is one.
        """
        table = self._typed(key, None, dict, "en tabell { … }")
        return None if table is None else self.child(key, table)

    def tables(self, key: str, default: Any = REQUIRED) -> list[Section]:
        """
        The tables of a list: `tiers = [ { … }, { … } ]`.
        """
        found = self._typed(key, default, list, "en lista [ { … }, { … } ]") or []
        for number, table in enumerate(found, 1):
            if not isinstance(table, dict):
                self.problem(f"{key}[{number}]", f"{displayed(table)} är inte en tabell", "skriv { … }")
        return [self.child(key, each, n) for n, each in enumerate(found, 1) if isinstance(each, dict)]

    def codes(self, key: str) -> list[str]:
        """
        A list of codes; empty when it is not there.
        """
        codes = []
        for each in self._typed(key, [], list, "en lista") or []:
            if isinstance(each, str):
                codes.append(self._converted(key, each, filled_code))
            else:
                self.problem(key, f"{displayed(each)} är inte en kod", "skriv koderna inom citattecken")
        return [each for each in codes if each is not None]

    def nearly(self, *keys: str) -> bool:
        """
        Whether a key that nobody asked for seems to mean one of these.
        """
        return any(meant(key, keys) for key in self.table if key not in self.asked)

    def close(self, *, only_near: bool = False) -> None:
        """
        Tell the keys that are unknown and those that are missing; one that is nearly the other is told once.

        With `only_near`, what is unknown and near no missing key is left alone: nobody knows what else may
        stand here.
        """
        for key in [each for each in self.table if each not in self.asked]:
            near = meant(key, self.missing)
            if near:
                self.missing.remove(near)
            if near or not only_near:
                absent = self.asked - self.table.keys()
                known = [near] if near else absent if meant(key, absent) else self.asked
                self.problem(key, "okänd nyckel", hint(key, known))
        for key in self.missing:
            self.problem(key, "nyckeln saknas", "lägg till den")
        self.missing.clear()
        self.asked.update(self.table)

    def build(self, make: Callable[..., T], **values: Any) -> T | None:
        """
        Make the value of this table, unless something in it was wrong; unknown and missing keys are.
        """
        self.close()
        return None if self.failed else self.attempt(lambda: make(**values))


def top_sections(
    document: Mapping[str, Any], source: Source, single: str | None, *many: str
) -> dict[str, list[Section]]:
    """
    The sections under each of a file's headers; what is not a header of this kind of file is a problem.
    """
    known = [*([single] if single else []), *many]
    for key in document:
        if key not in known:
            source.problem((key,), "", f"okänd tabell eller nyckel {shown(key)}", hint(key, known))
    if single and not any(meant(key, [single]) for key in document):
        source.problem((), "", f"tabellen [{single}] saknas", "börja filen med den")
    return {header: _under(header, document, source, single=header == single) for header in known}


def _under(header: str, document: Mapping[str, Any], source: Source, *, single: bool) -> list[Section]:
    found = document.get(header, {} if single else [])
    if single and isinstance(found, dict):
        return [Section(found, source, (header,), f"[{header}]")] if header in document else []
    if single or not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        fix = (
            f"skriv [{header}], med enkla hakparenteser"
            if single
            else f"skriv [[{header}]], med dubbla hakparenteser"
        )
        source.problem((header,), "", f"{header} har fel rubrik", fix)
        return []
    return [
        Section(table, source, (header, number), f"[[{header}]] nr {number + 1}{_named(table)}")
        for number, table in enumerate(found)
    ]


def _named(table: Mapping[str, Any]) -> str:
    named = (key for key in ("code", "customer", "note", "name") if type(table.get(key)) is str)
    return next((f" ({key} {shown(table[key])})" for key in named), "")
