"""
What is wrong with rows of a frame, counted by reason, with a few of the rows.

    volymer.parquet, kolumn quantity
      3 rader (2 olika värden): '1,5' är inte ett tal med decimalpunkt; …; till exempel rad 118 ('K-1' …)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import narwhals.stable.v2 as nw

from ..errors import ConservationError, InvalidError, Problem, shown
from ..reading.cells import COMMA_FILE, number_fault
from ..reading.columns import REQUIRED
from ..swedish import in_rows, listing, number
from .columns import QUANTITY
from .source import Source

EXAMPLES = 3
MAX_COMPARED = 1000  # of the texts with one fault, when a row with one of them is looked for
ROW = "prismodell row"


def told(
    source: Source,
    column: str,
    bad: Mapping[str, InvalidError],
    written: Iterable[str],
    rows: Iterable[int],
) -> Iterator[Problem]:
    """
    A problem for each kind of fault in a column: `bad` says what is wrong with some of the texts that were
    written there, each text in so many rows.
    """
    if not bad:
        return
    counts = Counter[str]()
    for text, count in zip(written, rows, strict=True):
        counts[text] += count
    kinds = defaultdict[tuple[str, str], list[str]](list)
    for text in sorted(bad, key=lambda text: (-counts[text], text)):
        kinds[bad[text].what.replace(shown(text), ""), bad[text].fix].append(text)
    for (_, fix), texts in kinds.items():
        count = sum(counts[text] for text in texts)
        values = f" ({number(len(texts))} olika värden)" if len(texts) > 1 else ""
        what = f"{in_rows(count)}{values}: {bad[texts[0]].what}"
        examples = _examples(source, column, texts[:MAX_COMPARED])
        yield Problem(f"{source.place}, kolumn {column}", what, also(fix, examples))


def also(fix: str, examples: Sequence[str]) -> str:
    """
    A fix, and a few of the rows that need it.
    """
    return "; ".join([*([fix] if fix else []), f"till exempel {listing(examples)}"])


def _examples(source: Source, column: str, texts: Sequence[str]) -> list[str]:
    """
    A few rows with one of the texts in a column, by their numbers where they have an order.
    """
    known = source.columns.texts
    having = known[column].is_in(texts)
    if source.numbered is None:
        frame = source.frame.filter(having).select(*(known[each].alias(each) for each in REQUIRED))
        found = frame.sort(*REQUIRED).head(EXAMPLES).collect()
        return [" ".join(map(shown, row)) for row in found.rows()]
    numbered = source.numbered.with_row_index(ROW).filter(having).head(EXAMPLES)
    found = numbered.select(ROW, *(known[each].alias(each) for each in REQUIRED))
    return [f"rad {row + 1} ({' '.join(map(shown, texts))})" for row, *texts in found.rows()]


def bad_quantities(source: Source) -> tuple[dict[str, InvalidError], list[str], list[int]]:
    """
    What is wrong with the quantities that are no numbers, and each of those with its number of rows.
    """
    text = source.columns.texts[QUANTITY]
    rows = source.frame.filter(source.columns.number.is_null()).select(text.alias(QUANTITY))
    counted = rows.group_by(QUANTITY).agg(nw.len().alias("rows")).collect()
    written = counted[QUANTITY].to_list()
    if taken := [*filter(COMMA_FILE.fullmatch, written)]:
        msg = f"an engine and prismodell do not agree on {taken}"
        raise ConservationError(msg)
    fix = "skriv tal som 1234.50, utan mellanrum"
    bad = {each: number_fault(each, "decimalpunkt", fix) for each in written}
    return bad, written, counted["rows"].to_list()
