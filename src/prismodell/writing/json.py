"""
An underlag as JSON: amounts as texts with their digits, sorted keys, and the digest of the whole.
"""

from __future__ import annotations

from ..canonical import dumps, plain
from ..underlag import FORMAT, Underlag


def underlag_as_json(underlag: Underlag) -> str:
    """
    The underlag, which `read_underlag` reads back to an equal value.
    """
    body = plain(underlag)
    for billed in body["lines"]:
        del billed["line"]["customer"]  # the same on every line; it stands at the top
    return dumps({"format": FORMAT, "digest": underlag.digest, "underlag": body})
