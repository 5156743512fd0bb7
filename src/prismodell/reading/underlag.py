"""
Underlag back from their JSON, equal to the value that was written.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, NoReturn

import cattrs
from cattrs.strategies import configure_tagged_union

from ..errors import InputError, InvalidError, Problem
from ..money import exact_decimal
from ..periods import Month
from ..pricing import Model
from ..underlag import Underlag
from .toml import read_text

FORMAT = "prismodell.underlag/1"


def read_underlag(path: str | Path) -> Underlag:
    """
    Read an underlag from a JSON file. Raises `InputError` for one that is not whole, or was edited by hand.
    """
    file = Path(path)
    return parse_underlag(read_text(file), file.name)


def parse_underlag(text: str, name: str = "underlag") -> Underlag:
    """
    Read an underlag from its JSON. Raises `InputError`.
    """
    try:
        form = json.loads(
            text, parse_float=_refused, parse_constant=_refused, object_pairs_hook=_without_twice
        )
        if not isinstance(form, dict) or form.get("format") != FORMAT:
            raise InvalidError("format", f"filen är inte ett underlag i formatet {FORMAT}")  # noqa: TRY301 - told below
        body = form["underlag"]
        for billed in body["lines"]:
            billed["line"]["customer"] = body["customer"]
        underlag = _converter().structure(body, Underlag)
    except (
        InvalidError,
        KeyError,
        TypeError,
        ValueError,
        RecursionError,
        cattrs.BaseValidationError,
    ) as error:
        raise InputError(_problems(error, name)) from None
    if underlag.digest != form.get("digest"):
        what = f"innehållet stämmer inte med dokumentets digest {str(form.get('digest'))[:12]}"
        fix = "underlaget är ändrat efter att det skrevs; hämta originalet"
        raise InputError([Problem(f"{name}: underlag {underlag.number}", what, fix)])
    return underlag


def _problems(error: Exception, name: str) -> list[Problem]:
    if isinstance(error, cattrs.BaseValidationError):
        return [
            Problem(name, f"underlaget går inte att läsa: {each}") for each in cattrs.transform_error(error)
        ]
    return [Problem(name, f"underlaget går inte att läsa: {error}", "hämta originalet")]


def _refused(literal: str) -> NoReturn:
    raise InvalidError("", f"talet {literal[:20]} står inte inom citattecken")


def _without_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise InvalidError("", "en nyckel står två gånger i samma tabell")
    return table


def _converter() -> cattrs.Converter:
    """
    From plain forms to values: nothing is coerced, and no key is left over.
    """
    converter = cattrs.Converter(forbid_extra_keys=True)
    for kind, read in {
        str: _as_is(str),
        int: _as_is(int),
        Decimal: lambda value, _: _decimal(value),
        date: lambda value, _: date.fromisoformat(value),
        Month: lambda value, _: Month.parse(value),
    }.items():
        converter.register_structure_hook(kind, read)
    converter.register_structure_hook_func(
        lambda kind: isinstance(kind, type) and issubclass(kind, Enum), lambda value, kind: kind(value)
    )
    configure_tagged_union(Model, converter, tag_generator=_tag, tag_name="model")
    return converter


def _tag(model: Any) -> str:
    return str(model.tag)


def _as_is(kind: type) -> Any:
    def check(value: object, _: type) -> object:
        if type(value) is not kind:
            raise InvalidError("", f"{value!r} är inte {kind.__name__}")
        return value

    return check


def _decimal(value: object) -> Decimal:
    if type(value) is not str:
        raise InvalidError("", f"{value!r} är inte ett tal inom citattecken")
    exact_decimal(value)
    return Decimal(value)
