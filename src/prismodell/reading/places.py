"""
On which line each key of a TOML text stands, since the standard parser does not tell.

    places(text)[("service", 2, "price", "tiers", 0, "up_to")]  →  31

The text has been parsed already, so it is valid; only where things stand is of interest here.
"""

from __future__ import annotations

import re

from attrs import define, field

Path = tuple[str | int, ...]

TOKEN = re.compile(
    r'''
      """(?:\\.|[^\\])*?"{3,5} | \'\'\'.*?\'{3,5}             # texts over several lines
    | "(?:\\.|[^"\\\n])*"      | '[^'\n]*'                    # texts in one line
    | \#[^\n]*                                                # comments
    | [\n\[\]{}=,.]                                           # marks
    | [^\s\[\]{}=,.\#"']+                                     # bare words
    ''',
    re.VERBOSE | re.DOTALL,
)
ENDS = {",", "]", "}", "\n"}


def places(text: str) -> dict[Path, int]:
    """
    The line of each table, key and element, by its path; elements are counted from zero.
    """
    return _Scan(_tokens(text)).document()


def _tokens(text: str) -> list[tuple[str, int]]:
    tokens: list[tuple[str, int]] = []
    line = 1
    for found in TOKEN.finditer(text.replace("\r\n", "\n")):
        token = found[0]
        if token[0] != "#":
            tokens.append((token, line))
        line += token.count("\n")
    return [*tokens, ("\n", line)]


@define
class _Scan:
    tokens: list[tuple[str, int]]
    at: int = 0
    found: dict[Path, int] = field(factory=dict)
    last: dict[Path, int] = field(factory=dict)  # of each array of tables: the number of its newest

    @property
    def next(self) -> str:
        return self.tokens[self.at][0]

    def document(self) -> dict[Path, int]:
        base: Path = ()
        while self.at < len(self.tokens):
            if self.next == "\n":
                self.at += 1
            elif self.next == "[":
                base = self.header()
            else:
                self.pair(base)
        return self.found

    def header(self) -> Path:
        several = self.tokens[self.at + 1][0] == "["
        line = self.tokens[self.at][1]
        self.at += 2 if several else 1
        path: Path = ()
        keys = self.keys()
        for number, key in enumerate(keys, 1):
            path += (key,)
            self.found.setdefault(path, line)
            if several and number == len(keys):
                self.last[path] = self.last.get(path, -1) + 1
            if path in self.last:
                path += (self.last[path],)
                self.found.setdefault(path, line)
        self.at += 2 if several else 1
        return path

    def keys(self) -> list[str]:
        keys = []
        while True:
            keys.append(self.next.strip("\"'"))
            self.at += 1
            if self.next != ".":
                return keys
            self.at += 1

    def pair(self, path: Path) -> None:
        line = self.tokens[self.at][1]
        for key in self.keys():
            path += (key,)
            self.found.setdefault(path, line)
        self.at += 1  # the equals sign
        self.value(path)

    def value(self, path: Path) -> None:
        opening = self.next
        if opening not in ("[", "{"):
            while self.next not in ENDS:
                self.at += 1
            return
        self.at += 1
        number = 0
        while self.next not in ("]", "}"):
            if self.next in (",", "\n"):
                self.at += 1
            elif opening == "{":
                self.pair(path)
            else:
                self.found[(*path, number)] = self.tokens[self.at][1]
                self.value((*path, number))
                number += 1
        self.at += 1
