"""
The texts that rows are grouped by, as they are compared: each distinct one is looked at once, in Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from ..errors import InvalidError, shown
from ..periods import Month
from ..reading.cells import code, word
from .columns import FILE, MONTH

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def month(text: str) -> str:
    """
    A month, `2022-01`, as `columns.as_text` also writes the first day of one. Raises `InvalidError`.
    """
    if DAY.match(text):
        fix = "ge månader som text, 2022-01, eller en kolumn av datum med den första dagen i dem"
        raise InvalidError("month", f"{shown(text)} är inte en månad", fix)
    return str(Month.parse(text))


CLEANED: Mapping[str, Callable[[str], str]] = {
    "service": code,
    MONTH: month,
    "customer": code,
    "source": word,
    FILE: word,
}


def cleaned(column: str, texts: Iterable[str]) -> tuple[dict[str, str], dict[str, InvalidError]]:
    """
    Each text as it is compared, and what is wrong with those that cannot be.
    """
    good: dict[str, str] = {}
    bad: dict[str, InvalidError] = {}
    for text in set(texts):
        try:
            good[text] = CLEANED[column](text)
        except InvalidError as error:
            bad[text] = error
    return good, bad
