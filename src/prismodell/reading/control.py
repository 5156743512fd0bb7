"""
Control totals from TOML: what each volume file should hold, so that one that was cut off is stopped.

    [[file]]
    name = "ekonomisystem-2022-01.csv"
    rows = 430
    quantity = 94210.5

The rows are counted and summed where they already are, after all files were read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from unicodedata import normalize

from attrs import frozen

from ..errors import InputError, Problem, gathered
from ..money import ZERO, exact
from ..rows import Volume
from ..swedish import listing, number
from .files import read_text
from .section import Section, top_sections
from .toml import Source, parse
from .words import hint

TOTALS = ("rows", "quantity")
MAX_ROWS = 10**12


@frozen
class Held:
    """
    What was found in a file, by the first name that it was read under: which of all the rows are its own
    (`None` where it could not be read), and how many of its lines were told to be wrong instead.
    """

    name: str
    rows: range | None = None
    faulty: int = 0


@frozen
class _Control:
    """
    What one table says that a file should hold; `None` where it does not say, or not so that it can be read.
    """

    section: Section
    name: str | None
    rows: int | None
    quantity: Decimal | None


def control_problems(
    paths: Iterable[tuple[Path, str]], read: Mapping[str, Held], rows: Sequence[Volume]
) -> list[Problem]:
    """
    What is wrong in the control files, what the files read do not hold, and which of them no control names.
    """
    problems: list[Problem] = []
    opened: dict[str, tuple[Source, list[_Control]]] = {}
    for path, name in paths:
        with gathered(problems):
            opened[name] = _opened(path, name)
    controls = [each for _, found in opened.values() for each in found]
    by_name = {normalize("NFC", name): held for name, held in read.items()}
    free = {held.name for held in read.values()} - {
        by_name[each.name].name for each in controls if each.name in by_name
    }
    sure = not problems and all(found and all(each.name for each in found) for _, found in opened.values())
    said: dict[str, _Control] = {}
    for source, found in opened.values():
        with suppress(InputError):  # too many problems, of which the last says so
            _check(found, said, by_name, free, rows)
        problems += source.error.problems
    if sure and opened:
        fix = f"lägg till den i {listing([*opened])}, eller läs den inte"
        problems += [Problem(name, "ingen kontroll nämner filen", fix) for name in sorted(free)]
    return problems


def _opened(path: Path, name: str) -> tuple[Source, list[_Control]]:
    document, source = parse(read_text(path), name)
    sections = top_sections(document, source, None, "file")["file"]
    if not sections and not source.found:
        source.problem((), "", "kontrollen nämner ingen fil", "lägg till [[file]]")
    return source, [_control(each) for each in sections]


def _control(section: Section) -> _Control:
    name = section.text("name")
    control = _Control(
        section,
        name and normalize("NFC", name),
        section.whole("rows", None, lowest=0, below=MAX_ROWS),
        section.number("quantity", None),
    )
    if not (section.table.keys() & set(TOTALS) or section.nearly(*TOTALS)):
        section.problem("", "kontrollen anger varken rows eller quantity", "ange minst en av dem")
    section.close()
    return control


def _check(
    controls: Iterable[_Control],
    said: dict[str, _Control],
    read: Mapping[str, Held],
    free: Iterable[str],
    rows: Sequence[Volume],
) -> None:
    """
    Tell what is wrong with the controls of one file, given what those of earlier files said.
    """
    own: dict[str, _Control] = {}
    for control in controls:
        section, name = control.section, control.name or ""
        if name in own:
            what = f"filen finns redan på rad {own[name].section.line}"
            section.problem("name", what, "ta bort den ena")
        elif name in read:
            own[name] = control
            _compare_with(said.setdefault(name, control), control)
            _compare_rows(control, read[name])
            _compare_quantity(control, read[name], rows)
        elif name:
            own[name] = control
            fix = hint(name, free) or "läs den också, eller ta bort den ur kontrollen"
            section.problem("name", "filen är inte en av dem som lästes", fix)


def _compare_with(other: _Control, control: _Control) -> None:
    where = f"{other.section.source.name}:{other.section.line}"
    for key in TOTALS:
        theirs, own = getattr(other, key), getattr(control, key)
        if None not in (theirs, own) and theirs != own:
            what = f"{number(own)} här, men {number(theirs)} enligt {where}"
            control.section.problem(key, what, "rätta den som är fel")


def _compare_rows(control: _Control, held: Held) -> None:
    """
    Lines told to be wrong count as rows; there may be fewer rows than lines, so then too many are not told.
    """
    if held.rows is None or control.rows is None:
        return
    count = len(held.rows) + held.faulty
    what = f"antalet rader är {number(count)}, kontrollen säger {number(control.rows)}"
    if count < control.rows:
        control.section.problem("rows", what, "filen är troligen avkortad; hämta den igen")
    elif count > control.rows and not held.faulty:
        control.section.problem("rows", what, "hämta filen igen, eller rätta kontrollen")


@exact()
def _compare_quantity(control: _Control, held: Held, rows: Sequence[Volume]) -> None:
    """
    Of a file whose every row was read: what a row that is wrong would have added is not known.
    """
    if held.rows is None or control.quantity is None or held.faulty:
        return
    total = sum((rows[place].quantity for place in held.rows), ZERO)
    off = total - control.quantity
    if off:
        sums = f"{number(total)}, kontrollen säger {number(control.quantity)}"
        fix = "filen kan vara avkortad; hämta den igen, eller rätta kontrollen"
        control.section.problem("quantity", f"summan är {sums}; skillnaden är {number(off)}", fix)
