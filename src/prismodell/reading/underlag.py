"""
Underlag back from their JSON, equal to the value that was written.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import cattrs
from cattrs.strategies import configure_tagged_union

from ..canonical import brief, plain
from ..errors import FEW, InputError, InvalidError, Problem, shown
from ..money import exact_decimal
from ..periods import Month
from ..tariff import Model
from ..underlag import FORMAT, Underlag
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
    try:
        stated, body = _opened(text)
        underlag = _converter().structure(body, Underlag)
        untouched = stated == underlag.digest and plain(underlag) == body
    except (KeyError, TypeError, ValueError, RecursionError, cattrs.BaseValidationError) as error:
        raise InputError(_problems(error, name)) from None
    if not untouched:
        what = f"innehållet stämmer inte med dokumentets digest {shown(brief(stated))}"
        fix = "underlaget är ändrat efter att det skrevs; hämta originalet"
        raise InputError([Problem(f"{name}: underlag {shown(underlag.number)}", what, fix)])
    return underlag


def _opened(text: str) -> tuple[str, dict[str, Any]]:
    """
    The digest that the document states, and the plain form of its underlag.
    """
    document = json.loads(
        text, parse_float=_refused, parse_constant=_refused, object_pairs_hook=_without_twice
    )
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InvalidError("format", f"filen är inte ett underlag i formatet {FORMAT}")
    if document.keys() != {"format", "digest", "underlag"} or type(document["digest"]) is not str:
        raise InvalidError("format", "filen ska ha nycklarna format, digest och underlag, och inga andra")
    body = document["underlag"]
    for billed in body["lines"]:
        if "customer" in billed["line"]:
            raise InvalidError("customer", "kunden står bara överst, inte på raderna")
        billed["line"]["customer"] = body["customer"]
    return document["digest"], body


def _problems(error: Exception, name: str) -> list[Problem]:
    if isinstance(error, cattrs.BaseValidationError):
        told = [
            each
            for each in cattrs.transform_error(error, "underlag", _told)
            if ".line.customer" not in each  # a copy of the one at the top, which is told
        ]
    else:
        told = [_told(error)]
    return [Problem(name, f"underlaget går inte att läsa: {each}", "hämta originalet") for each in told]


def _told(error: BaseException, _: type | None = None) -> str:
    match error:
        case InvalidError():
            return error.what
        case cattrs.ForbiddenExtraKeysError():
            return f"okänd nyckel {', '.join(shown(key) for key in sorted(error.extra_fields)[:FEW])}"
        case KeyError():
            return f"nyckeln {shown(error.args[0])} saknas"
        case json.JSONDecodeError():
            return f"filen är inte hel JSON ({error})"
        case _:
            return "ett värde har fel form"


def _refused(literal: str) -> NoReturn:
    raise InvalidError("", f"talet {literal[:20]} står inte inom citattecken")


def _without_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise InvalidError("", "en nyckel står två gånger i samma tabell")
    return table


@cache
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
            raise InvalidError("", f"{shown(value)} är inte {kind.__name__}")
        return value

    return check


def _decimal(value: object) -> Decimal:
    if type(value) is not str:
        raise InvalidError("", f"{shown(value)} är inte ett tal inom citattecken")
    exact_decimal(value)
    return Decimal(value)
