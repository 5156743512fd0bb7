"""
A frame as a source of rows: its columns as expressions, and the file that it was scanned from, if it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
from attrs import frozen
from narwhals.stable.v2.typing import IntoFrame

from ..errors import InputError, Problem
from ..reading.cells import word
from ..rows import File
from .columns import FILE, KEYS, Columns, Frame, columns


@frozen(slots=False)
class Scanned:
    """
    The files, each by its name, that a frame was scanned from; its column `file` says which each row is of.

    `errors` are what its engine raises for a file that it cannot read. `check` is called with the name of a
    file and the rows that came out of it, or with none and what was raised; it raises `InputError` unless
    they are those of the file. `unchanged` raises it where a file is another than when it was opened.
    `alone` gives a source of each file, and adds what is wrong to the problems.
    """

    paths: Mapping[str, Path]
    errors: tuple[type[Exception], ...]
    check: Callable[[str, int | None, Exception | None], None]
    unchanged: Callable[[], None]
    alone: Callable[[list[Problem]], Iterable[Source]]


@frozen(slots=False)
class Source:
    """
    A frame, where its rows are said to be, and its columns. `numbered` is the same where rows have an order.
    """

    frame: Frame
    place: str
    columns: Columns
    numbered: nw.DataFrame[Any] | None = None
    scanned: Scanned | None = None

    @property
    def places(self) -> Collection[str]:
        """
        Its name, or the names of the files that it was scanned from.
        """
        return self.scanned.paths if self.scanned else (self.place,)

    @property
    def keys(self) -> list[str]:
        """
        The columns that its rows are summed by: of one file not its name, which would take a third longer.
        """
        apart = not (self.scanned and len(self.scanned.paths) == 1)
        return [key for key in KEYS if key in self.columns.texts and (apart or key != FILE)]

    def text(self, column: str) -> nw.Expr:
        """
        A known column as text, empty where there is none.
        """
        return self.columns.texts.get(column, nw.lit(""))

    def file(self, name: str) -> File | None:
        """
        A file that its rows are of: known by its content, if it was scanned, else by its name.
        """
        if self.scanned:
            return File(digest_of(self.scanned.paths[name]), name)
        return File(word(name), word(name)) if name else None


def engine_errors(sources: Iterable[Source]) -> tuple[type[Exception], ...]:
    """
    What is raised for files that cannot be read, of those that sources were scanned from.
    """
    return tuple({error for each in sources if each.scanned for error in each.scanned.errors})


def check_unchanged(sources: Iterable[Source]) -> None:
    """
    Raise `InputError` where a file that was scanned is another than when it was opened.
    """
    for each in sources:
        if each.scanned:
            each.scanned.unchanged()


def digest_of(path: Path) -> str:
    """
    The SHA-256 of a file's content.
    """
    with path.open("rb") as binary:
        return hashlib.file_digest(binary, "sha256").hexdigest()


def source_of(
    native: IntoFrame, place: str, notices: list[Problem], scanned: Scanned | None = None
) -> Source:
    """
    A frame of any engine that Narwhals knows. Raises `InputError` with all that is wrong with its columns,
    and `TypeError` for what is no frame.
    """
    try:
        frame = nw.from_native(native, pass_through=True)
        if not isinstance(frame, nw.DataFrame | nw.LazyFrame):
            msg = f"give frames or paths, one by one, not a {type(native).__name__}"
            raise TypeError(msg)
        found = columns(frame.lazy(), place, notices)
    except nw.exceptions.DuplicateError:
        raise InputError([Problem(place, "två kolumner heter lika", "ta bort den ena")]) from None
    return Source(frame.lazy(), place, found, frame if isinstance(frame, nw.DataFrame) else None, scanned)
