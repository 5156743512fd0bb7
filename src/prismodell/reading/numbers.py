"""
What is wrong with a text that should have been a number, said as closely as can be.
"""

from __future__ import annotations

import re

from ..errors import InvalidError, shown

# What a text looks like, what is then wrong with it, and the fix. The first that fits is said.
FAULTS = [
    (re.compile(looks, re.DOTALL), what, fix)
    for looks, what, fix in (
        (r"\s.*|.*\s", "har mellanrum före eller efter", "ta bort det"),
        (r".*[^\D0-9].*", "har siffror som inte är 0–9", "skriv talet med vanliga siffror"),
        (r"[−–—].*", "har ett annat minustecken än bindestreck", "skriv minus som bindestreck: -5"),
        (r"[0-9].*[-−–—]", "har minustecknet sist", "skriv det först"),
        (r"\+.*", "har ett plustecken", "ta bort det"),
        (
            r"-?[0-9.,]+[eE][+-]?[0-9]+",
            "är skrivet med exponent",
            "skriv ut siffrorna; i Excel: cellformat Tal",
        ),
        (r"-?[0-9 \u00a0\u202f_]*[.,][0-9]{7,}", "har fler än sex decimaler", "avrunda till högst sex"),
        (r"-?[0-9]{13,}([.,][0-9]*)?", "har fler än tolv siffror före decimaltecknet", "kontrollera talet"),
        (r"[0-9_.,-]*_[0-9_.,]*", "har understreck", "ta bort dem"),
    )
]


def no_number(text: str, kind: str, fix: str) -> InvalidError:
    """
    The error for a text that is not a number of a kind, with the general fix for those.
    """
    for looks, what, closer in FAULTS:
        if looks.fullmatch(text):
            return InvalidError("", f"{shown(text)} {what}", closer)
    return InvalidError("", f"{shown(text)} är inte {kind}", fix)
