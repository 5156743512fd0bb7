"""
The lines of a text file, each of bounded length, and its rows of cells.

A row runs over several lines where a quoted cell does. A row that cannot be split into cells is told, and
reading goes on with the line after its first: an unclosed quote costs one row, not the rest of the file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TextIO

from attrs import Factory, define, field

from .. import swedish
from ..errors import InputError, Problem

MAX_LINE = 100_000
MAX_ROW_LINES = 50
MAX_PROBLEMS = 1000


@define
class Lines:
    """
    The lines of a text that was opened with `surrogateescape`, and the problems of what is no text.

    `number` is that of the first line of the row being read.
    """

    text: TextIO
    name: str
    encoding: str
    problems: list[Problem]
    number: int = 1
    taken: list[str] = field(factory=list)  # of the row being read
    again: list[str] = field(factory=list)  # to be read once more, the last of them first
    decoded: bool = True
    others: int = Factory(lambda self: len(self.problems), takes_self=True)  # problems of other files

    def __iter__(self) -> Iterator[str]:
        """
        The lines of the row being read and of those after it, until a row is too long to be one.
        """
        read, taken, again = self.text.readline, self.taken, self.again
        while len(taken) < MAX_ROW_LINES and (line := again.pop() if again else read(MAX_LINE)):
            if len(line) == MAX_LINE:
                line = self._skipped(line)
            if not line.isascii():
                self._check_decoded(line)
            taken.append(line)
            yield line

    def rows(self, delimiter: str) -> Iterator[list[str]]:
        """
        The rows as cells.
        """
        more = True
        while more:
            more = False
            try:
                for cells in csv.reader(self, delimiter=delimiter, strict=True):
                    yield cells
                    self.step(len(self.taken))
            except csv.Error:
                fix = (
                    'avsluta texten med ett citattecken; ett citattecken inuti en text skrivs två gånger: ""'
                )
                self.problem("citattecknen går inte ihop", fix)
                self.give_back()
                more = True

    def header(self) -> str:
        """
        The first line with something in it, which stays to be read; Excel's `sep=;` is passed over.
        """
        for line in self:
            if line.strip() and not line.strip('" \r\n').startswith("sep="):
                self.again.append(line)
                self.step(0)
                return line
            self.step(1)
        return ""

    def give_back(self) -> None:
        """
        Go to the line after the first of the row being read, and read the others once more.
        """
        self.again += reversed(self.taken[1:])
        self.step(1)

    def step(self, lines: int) -> None:
        """
        Go to the row that begins so many lines further on.
        """
        self.number += lines
        self.taken.clear()

    def problem(self, what: str, fix: str, column: str = "", line: int = 0) -> None:
        """
        Note a problem of a line: of the row being read, if not of another. Raises `InputError` for too many.
        """
        where = f"{self.name}:{line or self.number}" + (f", kolumn {column}" if column else "")
        if len(self.problems) - self.others >= MAX_PROBLEMS:
            raise InputError([Problem(where, f"fler än {MAX_PROBLEMS} fel", "läsningen avbröts här")])
        self.problems.append(Problem(where, what, fix))

    def _skipped(self, line: str) -> str:
        """
        An empty line instead of one that is too long.
        """
        while line and not line.endswith(("\n", "\r")):
            line = self.text.readline(MAX_LINE)
        what = f"raden är längre än {swedish.number(MAX_LINE)} tecken"
        self.problem(what, "kontrollera att filen är en CSV-fil", line=self.number + len(self.taken))
        return "\n"

    def _check_decoded(self, line: str) -> None:
        try:
            line.encode()
        except UnicodeEncodeError:
            if self.decoded:
                self.decoded = False
                self.problem(*_not_decoded(self.encoding), line=self.number + len(self.taken))


def _not_decoded(encoding: str) -> tuple[str, str]:
    if encoding != "utf-8":
        return f"texten är inte {encoding}", "ange den teckenkodning som filen har"
    fix = 'i Excel: Spara som, CSV UTF-8; eller läs den med read_volumes(…, encoding="cp1252")'
    return "texten är inte UTF-8, troligen Windows-1252", fix
