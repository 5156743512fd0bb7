"""
Underlag back from their JSON, equal to the value that was written.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import InvalidError, shown
from ..underlag import FORMAT, Underlag
from .documents import Kind
from .files import read_text


def read_underlag(path: str | Path) -> Underlag:
    """
    Read an underlag from a JSON file. Raises `InputError` for one that is not whole, or was edited by hand.
    """
    file = Path(path)
    return parse_underlag(read_text(file, "JSON"), file.name)


def parse_underlag(text: str, name: str = "underlag") -> Underlag:
    """
    Read an underlag from its JSON. Raises `InputError`.
    """
    return UNDERLAG.parse(text, name)


def _with_customers(body: dict[str, Any]) -> None:
    """
    Give each line the customer, which the file has but once.
    """
    for billed in body["lines"]:
        if "customer" in billed["line"]:
            raise InvalidError("customer", "kunden står bara överst, inte på raderna")
        billed["line"]["customer"] = body["customer"]


UNDERLAG = Kind(
    Underlag,
    FORMAT,
    key="underlag",
    a="ett underlag",
    the="underlaget",
    named=lambda underlag: f"underlag {shown(underlag.number)}",
    complete=_with_customers,
    repeated=".line.customer",  # what is wrong with it is told of the one at the top
)
