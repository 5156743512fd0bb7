"""
What a tally is made of: frames, and files that are scanned as frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from narwhals.stable.v2.typing import IntoFrame

from ..errors import InputError, Problem, gathered
from ..extras import extra
from .source import Source, source_of


def scan(*patterns: str | Path) -> dict[str, Any]:
    """
    The files that paths and patterns name, each by the name that a tally calls it, as relations of DuckDB.

    They are for looking at: only `tally` holds what came out of a file against the file itself. Raises
    `InputError` for files that do not exist or have other columns than volumes.
    """
    problems: list[Problem] = []
    scanned = [each.scanned for each in sources_of(patterns, [], problems) if each.scanned]
    files = [file for each in scanned for file in each.alone(problems)]
    if problems:
        raise InputError(problems)
    return {file.place: file.frame.to_native() for file in files}


def sources_of(
    frames: Sequence[IntoFrame | str | Path], notices: list[Problem], problems: list[Problem]
) -> list[Source]:
    """
    Frames, and the files that paths and patterns name; what is wrong is added to the problems.

    So is a frame that is given twice. Raises `TypeError` for none at all, for what is no frame, and for
    frames of several engines.
    """
    patterns = [each for each in frames if isinstance(each, str | Path)]
    natives = [each for each in frames if not isinstance(each, str | Path)]
    if not frames:
        msg = "give one or more frames or paths"
        raise TypeError(msg)
    if natives and patterns:
        msg = "give frames or paths, not both"
        raise TypeError(msg)
    sources = []
    for number, native in enumerate(natives, 1):
        place = f"ram {number}" if len(natives) > 1 else "ramen"
        if any(native is each for each in natives[: number - 1]):
            problems.append(Problem(place, "samma ram är redan given", "ge varje ram en gång"))
        with gathered(problems):
            sources.append(source_of(native, place, notices))
    if patterns:
        with extra("frames"):
            from .scanning import files_of  # noqa: PLC0415 - who has frames of another engine needs no DuckDB

        sources += files_of(patterns, notices, problems)
    engines = {source.frame.implementation for source in sources}
    if len(engines) > 1:
        msg = f"give frames of one engine, not {', '.join(sorted(map(str, engines)))} together"
        raise TypeError(msg)
    return sources
