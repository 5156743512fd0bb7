"""
TOML texts parsed, with a line for everything in them, and what is wrong said in Swedish.

Floats are kept as they were written (`Literal`), so that a price never passes through a binary number.
"""

from __future__ import annotations

import re
import tomllib
from functools import cached_property
from typing import Any

from attrs import define, field

from ..errors import InputError, Problem
from .places import Path, places
from .syntax import syntax_problems

MAX_PROBLEMS = 1000
MAX_PARTS = 16

# The parser takes quadratic time for long dotted keys, and none of ours has more than a few parts.
LONG_KEY = re.compile(
    rf"(?:(?:(?<![\w-])[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{MAX_PARTS}}}", re.ASCII
)
LONG_NUMBER = re.compile(r"[0-9a-fA-F_]{1000}")


class Literal(str):
    """
    A TOML float as it was written.
    """

    __slots__ = ()


@define(slots=False)
class Source:
    """
    A TOML text with its name, and all that was found wrong in it so far.
    """

    name: str
    text: str
    found: list[tuple[int, Problem]] = field(factory=list)

    @cached_property
    def places(self) -> dict[Path, int]:
        """
        The line of everything in the text; only mistakes need it.
        """
        return places(self.text)

    def line(self, path: Path) -> int:
        """
        The line of a path, or of the nearest table around it.
        """
        while path and path not in self.places:
            path = path[:-1]
        return self.places[path] if path else 1

    def problem(self, path: Path, where: str, what: str, fix: str = "") -> None:
        """
        Note a problem. Raises `InputError` when they are too many to be of use.
        """
        line = self.line(path)
        place = f"{self.name}:{line}" + (f": {where}" if where else "")
        self.found.append((line, Problem(place, what, fix)))
        if len(self.found) >= MAX_PROBLEMS:
            self.found.append((line, Problem(self.name, f"fler än {MAX_PROBLEMS} fel", "läsningen avbröts")))
            raise self.error

    def add(self, path: Path, others: tuple[Problem, ...]) -> None:
        """
        Note the problems of another file, after what the line of the path says.
        """
        self.found += [(self.line(path), each) for each in others]

    @property
    def error(self) -> InputError:
        """
        All that was found, in the order of the lines.
        """
        return InputError(problem for _, problem in sorted(self.found, key=lambda each: each[0]))


def parse(text: str, name: str) -> tuple[dict[str, Any], Source]:
    """
    The tables of a TOML text, floats as they were written. Raises `InputError`.
    """
    if long := LONG_KEY.search(text):
        what = f"nyckeln har fler än {MAX_PARTS} delar"
        raise InputError([Problem(f"{name}:{_line_at(text, long)}", what, "skriv kortare nycklar")])
    try:
        return tomllib.loads(text, parse_float=Literal), Source(name, text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(syntax_problems(str(error), text, name)) from None
    except RecursionError:
        raise InputError([Problem(name, "tabeller eller listor ligger för djupt i varandra")]) from None
    except ValueError:
        long = LONG_NUMBER.search(text)
        place = f"{name}:{_line_at(text, long)}" if long else name
        raise InputError([Problem(place, "talet är för långt", "skriv högst tolv siffror")]) from None


def _line_at(text: str, found: re.Match[str]) -> int:
    return text.count("\n", 0, found.start()) + 1
