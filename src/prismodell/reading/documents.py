"""
Documents back from their JSON, equal to the values that were written: underlag and forecasts.

    {"format": "prismodell.underlag/2", "digest": "…", "underlag": {…}}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Generic, NoReturn, Protocol, TypeVar

import cattrs
from attrs import frozen
from cattrs.strategies import configure_tagged_union

from ..canonical import brief, plain
from ..errors import FEW, InputError, InvalidError, Problem, shown
from ..money import exact_decimal
from ..periods import Month
from ..plans import Change
from ..tariff import Model


class Digested(Protocol):
    """
    A value that tells the digest of itself.
    """

    @property
    def digest(self) -> str:
        """
        SHA-256 of what it says.
        """


D = TypeVar("D", bound=Digested)


def _unchanged(_: dict[str, Any]) -> None:
    """
    A body that is the plain form as it stands.
    """


@frozen
class Kind(Generic[D]):
    """
    A kind of document: its type and format, the key of its body, and what it is called in Swedish, alone and
    as known. `named` tells one from others. `complete` adds to a body what the file does not repeat, in the
    fields `repeated`.
    """

    type: type[D]
    format: str
    key: str
    a: str
    the: str
    named: Callable[[D], str]
    complete: Callable[[dict[str, Any]], None] = _unchanged
    repeated: str = "\0"

    def parse(self, text: str, name: str) -> D:
        """
        The document of a file. Raises `InputError` for one that is not whole, or was edited by hand.
        """
        try:
            stated, body = self._opened(text)
            value = _converter().structure(body, self.type)
            untouched = stated == value.digest and plain(value) == body
        except (KeyError, TypeError, ValueError, RecursionError, cattrs.BaseValidationError) as error:
            problems = (f"{self.the} går inte att läsa: {each}" for each in self._faults(error))
            raise InputError(Problem(name, each, "hämta originalet") for each in problems) from None
        if not untouched:
            what = f"innehållet stämmer inte med dokumentets digest {shown(brief(stated))}"
            fix = f"{self.the} är ändrat efter att det skrevs; hämta originalet"
            raise InputError([Problem(f"{name}: {self.named(value)}", what, fix)])
        return value

    def _opened(self, text: str) -> tuple[str, dict[str, Any]]:
        """
        The digest that the document states, and the plain form of its value.
        """
        document = json.loads(
            text, parse_float=_refused, parse_constant=_refused, object_pairs_hook=_without_twice
        )
        if not isinstance(document, dict) or document.get("format") != self.format:
            raise InvalidError("format", f"filen är inte {self.a} i formatet {self.format}")
        if document.keys() != {"format", "digest", self.key} or type(document["digest"]) is not str:
            what = f"filen ska ha nycklarna format, digest och {self.key}, och inga andra"
            raise InvalidError("format", what)
        body = document[self.key]
        self.complete(body)
        return document["digest"], body

    def _faults(self, error: Exception) -> Iterable[str]:
        if not isinstance(error, cattrs.BaseValidationError):
            return [_told(error)]
        return [each for each in cattrs.transform_error(error, self.key, _told) if self.repeated not in each]


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
        bool: _as_is(bool),
        Decimal: lambda value, _: _decimal(value),
        date: lambda value, _: date.fromisoformat(value),
        Month: lambda value, _: Month.parse(value),
    }.items():
        converter.register_structure_hook(kind, read)
    converter.register_structure_hook_func(
        lambda kind: isinstance(kind, type) and issubclass(kind, Enum), lambda value, kind: kind(value)
    )
    for union in (Model, Change):
        configure_tagged_union(union, converter, tag_generator=_tag, tag_name="model")
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
