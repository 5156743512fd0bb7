"""
One plain form of every value, for JSON and for digests: equal values give equal bytes.

An attrs value becomes a dict of its fields (a price model also has its name as `model`), a Decimal its
digits, a month or a day its text. Fields that are `None`, or not compared, are left out.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import attrs

from .periods import Month


def plain(value: object) -> Any:
    """
    The value as dicts, lists, texts, integers and `None`. Raises `TypeError` for anything else, floats too.
    """
    match value:
        case None | str() | bool() | int():
            return value
        case Decimal():
            return f"{value:f}"
        case Enum():
            return value.value
        case Month():
            return str(value)
        case date():
            return value.isoformat()
        case tuple():
            return [plain(item) for item in value]
        case _ if attrs.has(type(value)):
            return _plain_fields(value)
        case _:
            msg = f"no plain form of {type(value).__name__}"
            raise TypeError(msg)


def _plain_fields(value: Any) -> dict[str, Any]:
    tag = {"model": value.tag} if hasattr(value, "tag") else {}
    fields = {each.name: getattr(value, each.name) for each in attrs.fields(type(value)) if each.eq}
    return tag | {name: plain(field) for name, field in fields.items() if field is not None}


def dumps(form: object) -> str:
    """
    JSON with sorted keys, in UTF-8 letters, ended by a newline.
    """
    return json.dumps(form, ensure_ascii=False, allow_nan=False, indent=1, sort_keys=True) + "\n"


def digest(value: object) -> str:
    """
    The SHA-256 of a value's plain form, in hexadecimal; of its JSON without any space between, which halves
    the time.
    """
    text = json.dumps(
        plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True
    )
    return hashlib.sha256(text.encode()).hexdigest()


def brief(digest: str) -> str:
    """
    As much of a digest as people compare.
    """
    return digest[:12]
