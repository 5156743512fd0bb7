"""
A frame as a source of rows: its columns as expressions, and the file that it was scanned from, if it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
from attrs import frozen
from narwhals.stable.v2.typing import IntoFrame

from ..errors import InputError, Problem
from ..volumes import File
from .columns import FILE, KEYS, Columns, Frame, columns

Check = Callable[[int | None, Exception | None], None]


@frozen(slots=False)
class Scanned:
    """
    A file that a frame was scanned from. All rows of the frame are of that file.

    `errors` are what its engine raises for a file that it cannot read. `check` is called with the rows that
    came out, or with none and what was raised; it raises `InputError` unless they are those of the file.
    `unchanged` raises it where the file is another than when it was opened.
    """

    path: Path
    errors: tuple[type[Exception], ...]
    check: Check
    unchanged: Callable[[], None]


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
    def name(self) -> str:
        """
        The name of the file that it was scanned from.
        """
        return self.place if self.scanned else ""

    @property
    def keys(self) -> list[str]:
        """
        The columns that its rows are summed by.
        """
        return [key for key in KEYS if key in self.columns.texts and not (key == FILE and self.scanned)]

    def text(self, column: str) -> nw.Expr:
        """
        A known column as text, empty where there is none.
        """
        if column == FILE and self.scanned:
            return nw.lit(self.place)
        return self.columns.texts.get(column, nw.lit(""))

    @cached_property
    def file(self) -> File | None:
        """
        The file that it was scanned from, by its content.
        """
        if self.scanned is None:
            return None
        return File(digest_of(self.scanned.path), self.place)


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
        frame = nw.from_native(native)
        found = columns(frame.lazy(), place, notices)
    except nw.exceptions.DuplicateError:
        raise InputError([Problem(place, "två kolumner heter lika", "ta bort den ena")]) from None
    return Source(frame.lazy(), place, found, frame if isinstance(frame, nw.DataFrame) else None, scanned)
