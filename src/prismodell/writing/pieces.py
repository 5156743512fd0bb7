"""
A block's keys with all that stands around them, and how one gets another value; needs `prismodell[toml]`.

tomlkit tells where everything stands and changes single figures. Whole keys are put together here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import attrs
import tomlkit
from attrs import define
from tomlkit.items import Item, Table

from .blocks import Block, Fields
from .toml import item

WIDTH = 110
KRONOR = {"price", "exact", "base", "fee", "minimum", "maximum", "total"}
FIRST = ("model", "up_to", "months")
UNSPOKEN = (("included", 0), ("per", "month"))
COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|(#[^\n]*)')


@define
class Piece:
    """
    A key and its value with what stands around them; without a key, a comment or an empty line.
    """

    key: str
    before: str
    after: str = ""
    width: int = 0  # of the key with the space that aligns it
    value: str = ""
    item: Item | None = None

    def __str__(self) -> str:
        return self.before + self.value + self.after


def header_line(block: Block) -> str:
    """
    The line of its header.
    """
    return block.body[: block.body.index("\n") + 1]


def pieces_of(block: Block) -> list[Piece]:
    """
    What stands below its header, piece by piece.
    """
    found: Any = tomlkit.parse(block.body)[block.header]
    table: Table = found if isinstance(found, Table) else found[0]
    pieces = []
    for key, value in table.value.body:
        if key is None:
            pieces.append(Piece("", value.as_string()))
        else:
            around, name = value.trivia, key.as_string()
            after = around.comment_ws + around.comment + around.trail
            before = around.indent + name + key.sep
            pieces.append(Piece(key.key, before, after, len(name), value.as_string(), value))
    return pieces


def change(block: Block, fields: Fields, implied: Fields) -> None:
    """
    Give a table its new values: those that are the same are not touched, and those that go without saying
    are neither added nor taken away.
    """
    wanted = said(fields)
    full = {**said(implied), **wanted}
    stale = {key for key, value in block.table.items() if not same(key, value, full.get(key))}
    absent = [
        key for key in wanted.keys() - block.table.keys() if not same(key, wanted[key], implied.get(key))
    ]
    if not stale and not absent:
        return
    pieces: list[Piece] = []
    for piece in pieces_of(block):
        if piece.key not in stale:
            pieces.append(piece)
        elif piece.key in wanted:
            pieces.append(_replaced(piece, block.table[piece.key], wanted[piece.key]))
        else:
            while pieces and not pieces[-1].key and "#" in pieces[-1].before:
                pieces.pop()
    order = [*fields, *implied]
    for key in sorted(absent, key=order.index):
        _insert(pieces, key, wanted[key], order)
    block.body = header_line(block) + "".join(map(str, pieces))


def said(value: Any) -> Any:
    """
    Fields without those that are left out.
    """
    if isinstance(value, dict):
        unspoken = UNSPOKEN if "model" in value else ()
        return {
            key: each if key == "coding" else said(each)
            for key, each in value.items()
            if each is not None and (key, each) not in unspoken
        }
    return [said(each) for each in value] if isinstance(value, list) else value


def same(key: str, one: Any, other: Any) -> bool:
    """
    Whether two values of a key mean the same.
    """
    if key == "replaces" and isinstance(one, list) and isinstance(other, list):
        return {*one} == {*other}
    if key in ("price", "origin"):
        one, other = _plain(one), _plain(other)
    return type(one) is type(other) and one == other if isinstance(one, str | bool) else bool(one == other)


def _plain(value: Any) -> Any:
    """
    A price without what goes without saying.
    """
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    unspoken = [*UNSPOKEN, ("percent", 0)] if "model" in value else UNSPOKEN
    spoken = {key: _plain(each) for key, each in value.items() if (key, each) not in unspoken}
    if spoken.keys() == {"model", "price"} and spoken["model"] == "unit":
        return spoken["price"]
    return "agreement" if spoken == {"model": "agreement"} else spoken


def _replaced(piece: Piece, old: Any, new: Any) -> Piece:
    """
    A key with another value: the figures changed where they stand, if the value has the same form; else it is
    written anew, and the comments inside it are put above.
    """
    if piece.item is not None and _put(piece.item, old, new):
        return attrs.evolve(piece, value=piece.item.as_string())
    indent = piece.before[: len(piece.before) - len(piece.before.lstrip())]
    comments = "".join(f"{indent}{each}\n" for each in COMMENT.findall(piece.value) if each)
    return attrs.evolve(piece, before=comments + piece.before, value=_text(new, piece.key))


def _put(kept: Any, old: Any, new: Any) -> bool:
    """
    Put new values in the place of old ones, inside a table or a list; whether that could be done.
    """
    match old, new:
        case dict(), dict() if old.get("model") != new.get("model"):
            return False  # what goes without saying in one model is not allowed in another
        case dict(), dict() if {key for key in old if (key, old[key]) not in UNSPOKEN} == new.keys():
            steps = [(key, old[key], new[key]) for key in new]
        case list(), list() if len(old) == len(new):
            steps = [(number, *each) for number, each in enumerate(zip(old, new, strict=True))]
        case _:
            return False
    for step, was, value in steps:
        if isinstance(value, dict | list) and isinstance(was, dict | list):
            if not _put(kept[step], was, value):
                return False
        elif was != value:
            kept[step] = tomlkit.value(_inline(value, str(step)))
    return True


def _insert(pieces: list[Piece], key: str, value: Any, order: list[str]) -> None:
    """
    Add a key after those that it comes after, aligned as they are.
    """
    keys = [piece for piece in pieces if piece.key]
    before = [piece for piece in keys if order.index(piece.key) < order.index(key)] or keys
    after = max(before, key=pieces.index)
    indent = after.before[: len(after.before) - len(after.before.lstrip())].rpartition("\n")[2]
    width = _width(keys)
    name = f"{key:<{width - 1}} " if width else f"{key} "
    pieces.insert(
        pieces.index(after) + 1, Piece(key, f"{indent}{name}= ", "\n", len(name), _text(value, key))
    )


def _width(keys: Sequence[Piece]) -> int:
    """
    How wide the keys are with the space before their equals signs; 0 where those are not in one column.
    """
    widths = {piece.width for piece in keys}
    return widths.pop() if len(widths) == 1 and len({len(piece.key) for piece in keys}) > 1 else 0


def _text(value: Any, key: str) -> str:
    """
    A value in one line; a long list with an element a line.
    """
    text = _inline(value, key)
    if isinstance(value, list) and len(text) > WIDTH:
        return "".join(["[\n", *(f"  {_inline(each)},\n" for each in value), "]"])
    return text


def _inline(value: Any, key: str = "") -> str:
    """
    The text of a value in one line as people write it: space inside brackets, bounds first, 22.40 kronor.
    """
    match value:
        case dict():
            first = {each: value[each] for each in FIRST if each in value}
            pairs = [f"{tomlkit.key(k).as_string()} = {_inline(v, k)}" for k, v in {**first, **value}.items()]
            return f"{{ {', '.join(pairs)} }}"
        case list():
            return f"[ {', '.join(_inline(each) for each in value)} ]"
        case Decimal() if key in KRONOR and value.as_tuple().exponent == -1:
            return f"{value:.2f}"
        case _:
            return item(value).as_string()


def new_table(header: str, fields: Fields, *models: Block) -> str:
    """
    The text of a table, its equals signs in one column if those of the first model that tells are.
    """
    given = said(fields)
    aligned = [[piece for piece in pieces_of(each) if piece.key] for each in models if each.body]
    telling = next((keys for keys in aligned if len({len(piece.key) for piece in keys}) > 1), [])
    width = max(map(len, given)) if _width(telling) else 0
    return "".join(
        [f"[[{header}]]\n", *(f"{key:<{width}} = {_text(value, key)}\n" for key, value in given.items())]
    )
