"""
The columns of volumes: which there are, which must be there, and what is wrong with others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..errors import Problem, shown
from ..swedish import listing
from .words import meant

REQUIRED = ("customer", "service", "month", "quantity")
OPTIONAL = ("source", "reference", "registered", "note")
COLUMNS = REQUIRED + OPTIONAL
HEADER_FIX = f"första raden ska ha {listing(REQUIRED)}"
MAX_COLUMNS = 200


def known_columns(names: Sequence[str]) -> int:
    """
    How many of the columns of volumes some names are, or nearly are.
    """
    return len({meant(name, COLUMNS) for name in names} - {None})


def faults_of_columns(
    names: Sequence[str], header: str, known: Sequence[str] = COLUMNS
) -> Iterator[tuple[str, str]]:
    """
    Columns that are too many, doubled, nearly known or missing, each with the fix; a nearly known one is not
    missing too. `header` is how they stand.
    """
    if len(names) > MAX_COLUMNS:
        yield f"rubriken har {len(names)} kolumner", f"högst {MAX_COLUMNS} går att läsa"
        return
    for column in known:
        if names.count(column) > 1:
            yield f"kolumnen {column} finns {names.count(column)} gånger", "ta bort alla utom en"
    absent = [column for column in known if column not in names]
    for each in names:
        near = meant(each, absent) if each and each not in known else None
        if near:
            absent.remove(near)
            yield f"kolumnen {shown(each)} är okänd", f"menade du {shown(near)}?"
    missing = [column for column in REQUIRED if column in absent]
    if len(missing) == len(REQUIRED):
        yield f"rubriken har ingen känd kolumn: {shown(header)}", HEADER_FIX
    elif missing:
        word = "kolumnen" if len(missing) == 1 else "kolumnerna"
        yield f"{word} {listing(missing)} saknas", HEADER_FIX


def column_notices(place: str, names: Sequence[str], known: Sequence[str] = COLUMNS) -> list[Problem]:
    """
    A notice for each column that is not read, and for references that say nothing.
    """
    unknown = [each for each in names if each and each not in known]
    notices = [Problem(place, f"kolumnen {shown(each)} är okänd och läses inte") for each in unknown]
    if "reference" in names and "source" not in names:
        what = (
            "kolumnen reference står utan source, så dubbletter och rader som säger emot varandra räknas alla"
        )
        notices.append(Problem(place, what, "lägg till source, systemet som raderna kommer ur"))
    return notices
