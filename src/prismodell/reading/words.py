"""
The key, column or value that a word stands for: the formats are in English, their writers think in Swedish.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..errors import likely, nearest, shown

MAX_COMPARED = 1000  # comparing a word with more of them takes too long

# fmt: off
SWEDISH = {
    "abonnemang": "subscription", "antal": "quantity", "anteckning": "note", "avtal": "agreement",
    "beslut": "decision", "bolag": "company", "datum": "date", "eftertradare": "successor",
    "efterträdare": "successor", "enhet": "unit", "fast": "fixed", "fil": "file", "fran": "from",
    "från": "from", "förvaltning": "administration", "kalla": "source", "källa": "source", "kod": "code",
    "kund": "customer", "manad": "month", "modell": "model", "moms": "vat", "månad": "month", "namn": "name",
    "nivaer": "tiers", "notering": "note", "nämnd": "administration", "obligatorisk": "obligatory",
    "omrade": "area", "område": "area", "orsak": "note", "paket": "package", "pris": "price",
    "prislista": "price_list", "procent": "percent", "rader": "rows", "referens": "reference",
    "registrerad": "registered", "självkostnad": "cost_plus", "slag": "kind", "stiftelse": "foundation",
    "summa": "quantity", "till": "to", "tillägg": "supplementary", "titel": "title", "tjanst": "service",
    "tjänst": "service", "typ": "type", "valfri": "supplementary", "valuta": "currency", "volym": "quantity",
    "ändring": "change", "andring": "change", "år": "year",
}
# fmt: on


def meant(word: str, known: Iterable[str]) -> str | None:
    """
    The known word that a word translates to, looks like or nearly is.
    """
    words = sorted(known)
    return _english(word, words) or nearest(word, words)


def hint(word: str, known: Iterable[str]) -> str:
    """
    The fix for an unknown word: the one that it most likely means, or else the known ones.
    """
    words = sorted(known)
    if len(words) > MAX_COMPARED:
        return ""
    english = _english(word, words)
    return f"menade du {shown(english)}?" if english else likely(word, words)


def _english(word: str, words: Sequence[str]) -> str | None:
    english = SWEDISH.get(word.strip().casefold())
    return english if english in words else None
