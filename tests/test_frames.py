"""
Property 20: the tally of a frame is the tally of the same rows in memory, in every engine.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from unicodedata import normalize

import attrs
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from prismodell import frames
from prismodell.rows import Provenance
from prismodell.tally import Tally

COLUMNS = ("customer", "service", "month", "quantity", "source", "reference", "registered", "note", "file")
FILE = "volymer.csv"
Row = tuple[str | None, ...]


def duck(table: pa.Table) -> duckdb.DuckDBPyRelation:
    return duckdb.from_arrow(table)


def with_categories(table: pa.Table) -> pl.DataFrame:
    codes = pl.col("customer", "service", "month", "source").cast(pl.Categorical)
    return pl.DataFrame(pl.from_arrow(table)).with_columns(codes)


def with_dictionaries(table: pa.Table) -> pa.Table:
    for name in ("customer", "service", "month", "source"):
        at = table.schema.names.index(name)
        table = table.set_column(at, name, table[name].dictionary_encode())
    return table


def with_large_strings(table: pa.Table) -> pa.Table:
    return table.cast(pa.schema([(name, pa.large_string()) for name in table.schema.names]))


ENGINES: Mapping[str, Callable[[pa.Table], Any]] = {
    "polars": lambda table: pl.DataFrame(pl.from_arrow(table)),
    "polars, lazy": lambda table: pl.DataFrame(pl.from_arrow(table)).lazy(),
    "polars, categories": with_categories,
    "pandas": lambda table: table.to_pandas(),
    "pandas, objects": lambda table: table.to_pandas().astype(object),
    "pandas, arrow": lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
    "pandas, categories": lambda table: table.to_pandas().astype(
        {"customer": "category", "service": "category"}
    ),
    "pyarrow": lambda table: table,
    "pyarrow, dictionaries": with_dictionaries,
    "pyarrow, large strings": with_large_strings,
    "duckdb": duck,
}

SCHEMA = pa.schema([(name, pa.string()) for name in COLUMNS])


def table_of(rows: Sequence[Row]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(COLUMNS, row, strict=True)) for row in rows], SCHEMA)


def written(rows: Sequence[Row], path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS[:-1])
        writer.writerows([[cell or "" for cell in row[:-1]] for row in rows])
    return path


def placeless(tally: Tally) -> Tally:
    """
    The tally without line numbers, which an engine does not know, and without the contents of files.
    """

    def provenance(found: Sequence[Provenance]) -> tuple[Provenance, ...]:
        return tuple(attrs.evolve(each, lines=()) for each in found)

    def row(each: pm.Volume) -> pm.Volume:
        return attrs.evolve(each, line=0, file=None)

    return Tally(
        [attrs.evolve(each, provenance=provenance(each.provenance)) for each in tally.entries],
        provenance(tally.duplicates),
        tuple(
            attrs.evolve(each, rows=tuple(sorted(map(row, each.rows), key=repr))) for each in tally.conflicts
        ),
        provenance(tally.read),
    )


def wrong(error: pm.InputError) -> Counter[str]:
    """
    How many rows are told to be wrong in each column.
    """
    counts = Counter[str]()
    for each in error.problems:
        column = each.place.partition(", kolumn ")[2]
        told = re.match(r"([0-9 \u00a0\u202f]+) rad", each.what)
        counts[column] += int(re.sub(r"\D", "", told[1])) if told else 1
    return counts


def said(tally: Callable[[], Tally]) -> Tally | Counter[str]:
    """
    A tally, or how many rows are wrong in each column.
    """
    try:
        return placeless(tally())
    except pm.InputError as error:
        return wrong(error)


A, DECOMPOSED = "SDF-SKÅ", normalize("NFD", "SDF-SKÅ")
customers = st.sampled_from([A, DECOMPOSED, f" {A} ", "K-1"])
services = st.sampled_from(["LON", "EKO-LEV", "EKO-LEV\t"])
months = st.sampled_from(["2022-01", "2022-02"])
numbers = st.one_of(
    st.integers(-20, 20).map(str),
    st.decimals(-(10**12) + 1, 10**12 - 1, places=6, allow_nan=False).map("{:.6f}".format),
    st.sampled_from(["-0", "0.5", "999999999999.999999", "-999999999999.999999", "007"]),
)
references = st.sampled_from(
    [None, "", "A1", "A1 ", "A2", "A3", "\u00a0A3", "å", normalize("NFD", "å"), "  ", "\u212a", "K"]
)
good_rows = st.tuples(
    customers,
    services,
    months,
    numbers,
    st.sampled_from([None, "", "ekonomi", "ekonomi ", "lön"]),
    references,
    st.sampled_from([None, "", "2022-02-03"]),
    st.sampled_from([None, "", "sent"]),
    st.just(FILE),
)
bad_rows = st.tuples(
    st.one_of(customers, st.sampled_from([None, "", "  ", "A\u200bB"])),
    st.one_of(services, st.sampled_from([None, ""])),
    st.one_of(months, st.sampled_from([None, "", "2022-13", "2022-1", " 2022-01", "2022-01\n", "0000-01"])),
    st.one_of(
        numbers,
        st.sampled_from(
            [
                None,
                "1,5",
                "1e3",
                "+5",
                "5-",
                "NaN",
                "inf",
                "1_0",
                " 5",
                "5\n",
                "٣",
                "1.1234567",
                "1" * 13,
                ".",
            ]
        ),
    ),
    st.sampled_from([None, "ekonomi"]),
    references,
    st.none(),
    st.none(),
    st.just(FILE),
).filter(lambda row: any(cell and cell.strip() for cell in row[:-1]))


@pytest.mark.parametrize("engine", ENGINES)
@fewer(4)  # an engine takes tens of milliseconds to start, and there are many
@given(rows=st.lists(good_rows, max_size=12))
@example(rows=[])
def test_every_engine_sums_as_memory_does(
    engine: str, rows: list[Row], tmp_path_factory: pytest.TempPathFactory
) -> None:
    expected = pm.read_volumes(written(rows, tmp_path_factory.mktemp("rows") / FILE)).tally()

    tally = frames.tally(ENGINES[engine](table_of(rows)))

    event(f"duplicates: {bool(expected.duplicates)}, conflicts: {bool(expected.conflicts)}")
    assert placeless(expected) == placeless(tally)


@pytest.mark.parametrize("engine", ENGINES)
@fewer(4)  # an engine takes tens of milliseconds to start, and there are many
@given(rows=st.lists(bad_rows, min_size=1, max_size=12))
def test_every_engine_refuses_what_memory_refuses_and_counts_the_rows(
    engine: str, rows: list[Row], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = written(rows, tmp_path_factory.mktemp("rows") / FILE)
    expected = said(lambda: pm.read_volumes(path).tally())
    event(type(expected).__name__)
    assert expected == said(lambda: frames.tally(ENGINES[engine](table_of(rows))))
