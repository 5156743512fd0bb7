"""
A TOML text cut into blocks, one for each header, so that one can be changed and the others keep their bytes.

    # Höjs inte.              lead: comments directly above the header, which belong to the table
    [[service]]               body: the header, its keys, and comments directly below them
    code = "EKO-LEV"
    price = 22.40
                              tail: the rest, which belongs to no table and always stays
    # --- Lön ---
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from attrs import define, field

Fields = dict[str, Any]

LINE = re.compile(r"[^\n]*\n")


@define
class Block:
    """
    A header's part of a text: `tables` is what it says as plain values, and `line` where the header stands.

    `added` are the texts of tables that are put between its body and its tail.
    """

    header: str
    line: int
    lead: str
    body: str
    tail: str
    tables: Fields
    added: list[str] = field(factory=list)

    @property
    def table(self) -> Fields:
        """
        The values of its one table.
        """
        found = self.tables[self.header]
        table: Fields = found[0] if isinstance(found, list) else found
        return table

    def remove(self) -> None:
        """
        Take the table away with the comments that belong to it, and the empty lines below.
        """
        self.lead = self.body = ""
        self.tail = self.tail.lstrip("\n")

    def __str__(self) -> str:
        if self.body:
            return "".join([self.lead, self.body, *(f"\n{each}" for each in self.added), self.tail])
        return "".join([*(f"{each}\n" for each in self.added), self.tail])


def values(text: str) -> Fields | None:
    """
    What a text says; `None` when it is no TOML, as when it ends in the middle of a list.
    """
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError):  # a bad text, number or nesting
        return None


def cut(text: str) -> tuple[str, list[Block]]:
    """
    What stands above the first header and its comments, and the blocks, of a text that is TOML.
    """
    chunks: list[list[str]] = [[]]
    for line in LINE.findall(text):
        # A line in the middle of a list may begin as a header does, but what is above it is then no TOML.
        if line.lstrip(" \t").startswith("[") and values("".join(chunks[-1])) is not None:
            chunks.append([])
        chunks[-1].append(line)
    above, below, lead = _parted(chunks[0])
    blocks: list[Block] = []
    at = 1 + len(chunks[0])
    for chunk in chunks[1:]:
        body, tail, next_lead = _parted(chunk)
        said = values(body) or {}
        blocks.append(Block(_header(chunk[0]), at, lead, body, tail, said))
        at, lead = at + len(chunk), next_lead
    if blocks:
        blocks[-1].tail += lead
    return above + below if blocks else text, blocks


def _parted(chunk: Sequence[str]) -> tuple[str, str, str]:
    """
    A chunk's lines with values and the comments directly below, those further down, and the comments at its
    end, which stand directly above the next header.
    """
    end = len(chunk)
    while end and _is_quiet(chunk[end - 1]):
        end -= 1
    while values("".join(chunk[:end])) is None:  # the last line of a text may look like a comment
        end += 1
    blank = [at for at in range(end, len(chunk)) if chunk[at].isspace()]
    first, last = (blank[0], blank[-1] + 1) if blank else (end, end)
    return "".join(chunk[:first]), "".join(chunk[first:last]), "".join(chunk[last:])


def _is_quiet(line: str) -> bool:
    return line.isspace() or line.lstrip(" \t").startswith("#")


def _header(line: str) -> str:
    """
    The name in a header, such as `service` or `service.coding`.
    """
    return line.partition("#")[0].strip("[] \t\r\n").strip("\"'")
