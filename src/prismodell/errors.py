"""
Problems, as values, and the exceptions that carry them.

A user's mistake is a `Problem`: where it stands, what is wrong, and how to mend it, in Swedish, since
the users read Swedish. A file is read to its end and all its problems come in one `InputError`:

    priser.toml:31: [[service]] nr 3 (code 'EKO-LEV'), nyckel 'pris'
      okänd nyckel; menade du 'price'?

A programmer's mistake is a `TypeError`, or an `InvalidError` that a value raises about itself.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from functools import lru_cache

from attrs import frozen

SHOWN_PROBLEMS = 25
SHOWN_CHARACTERS = 60
FEW = 12

# Cyrillic and Greek letters that are drawn as a Latin one: the trap of a code typed on another keyboard.
_LOOK_ALIKE = str.maketrans(
    "АВЕКМНОРСТУХІЈЅаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο‐‑–—−",
    "ABEKMHOPCTYXIJSaeopcyxijsABEZHIKMNOPTYXo-----",
)


@frozen(order=True)
class Problem:
    """
    One thing that is wrong: its place, what was found, and the likely fix (may be empty).
    """

    place: str
    what: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.place}\n  {self.what}" + (f"; {self.fix}" if self.fix else "")


class Reason(Enum):
    """
    Why a reported quantity has no price. The value is the Swedish word shown to users.
    """

    UNKNOWN_SERVICE = "okänd tjänst"
    UNKNOWN_CUSTOMER = "okänd kund"
    OUTSIDE_PERIOD = "utanför prislistans period"
    NO_PRICE = "inget pris den månaden"
    CUSTOMER_NOT_VALID = "kunden gäller inte den månaden"
    AGREEMENT_MISSING = "priset finns bara i avtal"
    AGREEMENT_UNUSABLE = "avtalet passar inte prismodellen"
    NEGATIVE = "negativ volym godtas inte"
    NOT_CONNECTED = "kunden har inget anslutningsdatum"
    NOTHING_TO_SHARE = "ingen volym att fördela på"


class PrismodellError(Exception):
    """
    The base of all errors that the library raises about what it was given.
    """


class InvalidError(PrismodellError, ValueError):
    """
    A value breaks one of its own rules: `what` is wrong with its field `key`, and the `fix`.
    """

    def __init__(self, key: str, what: str, fix: str = "") -> None:
        self.key, self.what, self.fix = key, what, fix
        super().__init__(str(Problem(key, what, fix)))


class UnpricedError(PrismodellError, LookupError):
    """
    There is no price to use, for a stated `reason`; `rate` turns it into an `Unrated`.
    """

    def __init__(self, reason: Reason, what: str, fix: str = "") -> None:
        self.reason, self.what, self.fix = reason, what, fix
        super().__init__(str(Problem(reason.value, what, fix)))


class ProblemsError(PrismodellError):
    """
    Something cannot be done, for all the reasons in `problems`; the text shows the first ones.
    """

    headline = "{count} fel"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        shown = [str(problem) for problem in self.problems[:SHOWN_PROBLEMS]]
        more = len(self.problems) - len(shown)
        if more:
            shown.append(f"… och {more} till")
        super().__init__("\n".join([self.headline.format(count=len(self.problems)), *shown]))


class InputError(ProblemsError):
    """
    A file cannot be used; nothing of it was taken.
    """

    headline = "{count} fel i indata; inget har lästs in"


@contextmanager
def gathered(problems: list[Problem]) -> Iterator[None]:
    """
    Add what an `InputError` inside tells to the problems, and go on after it.
    """
    try:
        yield
    except InputError as error:
        problems += error.problems


class IssueError(ProblemsError):
    """
    Nothing was issued, because something would have been lost or billed wrongly.
    """

    headline = (
        "{count} hinder för fakturering; inget underlag har skapats "
        '(rätta, eller välj unrated="hold" eller "bill")'
    )


class ConservationError(PrismodellError):
    """
    The library's own books do not balance: a fault in prismodell, never in the input.
    """


def shown(text: object) -> str:
    r"""
    Quote a found text for a message: cut to a readable length, odd characters by their number.

    >>> shown("EKO\u200bLEV")
    "'EKO<U+200B>LEV'"
    """
    raw = str(text)
    cut = raw[:SHOWN_CHARACTERS] + ("…" if len(raw) > SHOWN_CHARACTERS else "")
    return "'" + "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in cut) + "'"


def look(code: str) -> str:
    """
    What a code looks like: its letters without case, accents and foreign alphabets.

    >>> look("SDF-SKÅ") == look("sdf-SKА")
    True
    """
    stripped = unicodedata.normalize("NFKD", code.translate(_LOOK_ALIKE))
    return "".join(c for c in stripped if not unicodedata.combining(c)).casefold()


def likely(word: str, known: Iterable[str]) -> str:
    """
    The fix for an unknown word: the known one that it most likely means, or else the known ones, if few.
    """
    candidates = sorted(known)
    meant = nearest(word, candidates)
    if meant:
        odd = _odd_letters(word, meant) if look(meant) == look(word) else ""
        return f"menade du {shown(meant)}?{odd}"
    return f"kända är {', '.join(candidates)}" if 0 < len(candidates) <= FEW else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """
    The known word that looks the same, or nearly.
    """
    return _nearest(word[: 4 * SHOWN_CHARACTERS], tuple(known))


@lru_cache(maxsize=4096)
def _nearest(word: str, candidates: tuple[str, ...]) -> str | None:
    import difflib  # noqa: PLC0415 - only mistakes need it

    same = (candidate for candidate in candidates if look(candidate) == look(word))
    near = difflib.get_close_matches(word, candidates, n=1, cutoff=0.7)
    return next(same, near[0] if near else None)


def _odd_letters(word: str, meant: str) -> str:
    if len(word) != len(meant):
        return ""
    odd = [
        f"tecken {place} är U+{ord(a):04X} ({unicodedata.name(a, 'namnlöst')})"
        for place, (a, b) in enumerate(zip(word, meant, strict=True), 1)
        if a != b and not a.isascii()
    ]
    return f" ({', '.join(odd)})" if odd else ""
