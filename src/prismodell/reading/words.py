"""
The key or column that a word stands for: the formats are in English, and who writes them thinks in Swedish.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import likely, nearest, shown

SWEDISH = {
    "antal": "quantity",
    "anteckning": "note",
    "avtal": "agreement",
    "abonnemang": "subscription",
    "beslut": "decision",
    "datum": "date",
    "enhet": "unit",
    "fran": "from",
    "från": "from",
    "kalla": "source",
    "källa": "source",
    "kod": "code",
    "kund": "customer",
    "manad": "month",
    "moms": "vat",
    "modell": "model",
    "månad": "month",
    "namn": "name",
    "niva": "tiers",
    "nivaer": "tiers",
    "notering": "note",
    "omrade": "area",
    "område": "area",
    "orsak": "note",
    "pris": "price",
    "prislista": "price_list",
    "procent": "percent",
    "referens": "reference",
    "registrerad": "registered",
    "slag": "kind",
    "till": "to",
    "titel": "title",
    "tjanst": "service",
    "tjänst": "service",
    "typ": "type",
    "valuta": "currency",
    "volym": "quantity",
    "ändring": "change",
    "andring": "change",
}


def meant(word: str, known: Iterable[str]) -> str | None:
    """
    The known word that a word translates to, looks like or nearly is.
    """
    words = sorted(known)
    english = SWEDISH.get(word.strip().casefold())
    return english if english in words else nearest(word, words)


def hint(word: str, known: Iterable[str]) -> str:
    """
    The fix for an unknown word: the one that it most likely means, or else the known ones.
    """
    words = sorted(known)
    near = meant(word, words)
    return f"menade du {shown(near)}?" if near else likely(word, words)
