"""
Rows by the million: how fast a dataframe engine sums them through the library, and in how much memory.

Run by `make bench`; see bench_year.py. The files are made anew (make_rows.py) and summed in a process of its
own each time (summed.py), in turns with what stands beside it. `BENCH_ROWS=100000` tries it all with a
hundredth of the rows. `BENCH_WHOLE=1` gives the plain script every row, and not a tenth of them.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import pytest

from bench.bench_year import (
    HERE,
    MILLION,
    Measures,
    Run,
    import_time,
    peak,
    python,
    run,
    seconds,
    thousands,
)
from bench.make_rows import CUSTOMERS, MANY, MONTHS, SERVICES

TEN = int(os.environ.get("BENCH_ROWS", 10 * MILLION))
SIZES = (TEN // 10, TEN * 4 // 10, TEN, TEN * 5)
WHOLE = bool(os.environ.get("BENCH_WHOLE"))
TURNS = 3
IMPORTS = 5

# The aims of issue 6, shown beside what was measured.
MOST_TIME, MOST_MEMORY = 1.5, 1.3
LEAST_TIMES_FASTER = 30
MOST_MEGABYTES = 500

CSV, PARQUET = ".csv", ".parquet"
CALLED = {CSV: "CSV", PARQUET: "Parquet", "duckdb": "DuckDB", "polars": "Polars"}
BYTES_PER_ROW = {CSV: 60, PARQUET: 20}  # more than they take
WHOLE_NUMBER, TWO_DECIMALS = "BIGINT", "DECIMAL(18,2)"


class Summed(Run):
    """
    What summed.py prints too: how many sums there are, and a text that is one for the same sums.
    """

    keys: int
    digest: str


Work = Callable[[], Summed]


def summed(way: str, *arguments: str | Path) -> Summed:
    printed: Summed = json.loads(python(HERE / "summed.py", way, *arguments))
    return printed


def in_turns(times: int, *works: Work) -> list[list[Summed]]:
    """
    What each of some works gives, when they are done one after the other so many times.
    """
    rounds = [[work() for work in works] for _ in range(times)]
    return [list(runs) for runs in zip(*rounds, strict=True)]


@contextmanager
def made(folder: Path, kind: str, rows: int, *endings: str) -> Iterator[dict[str, Path]]:
    """
    Files of rows by their endings, for as long as they are needed.
    """
    if shutil.disk_usage(folder).free < rows * sum(BYTES_PER_ROW[each] for each in endings):
        pytest.skip(f"no room for {thousands(rows)} rows in {folder}")
    files = {ending: folder / f"{kind}{ending}" for ending in endings}
    try:
        python(HERE / "make_rows.py", kind, str(rows), *files.values())
        yield files
    finally:
        for file in files.values():
            file.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    with made(tmp_path_factory.mktemp("rows"), "plain", TEN, CSV, PARQUET) as files:
        yield files


def millions(rows: int) -> str:
    return f"{rows / MILLION:g} M rows"


def add(
    measures: Measures, name: str, *, ours: Sequence[Summed], beside: Sequence[Summed], what: str, aims: bool
) -> None:
    """
    The time and memory of some runs, beside those of others.
    """
    of_time, of_memory = (f" (aim: {MOST_TIME})", f" (aim: {MOST_MEMORY})") if aims else ("", "")
    time, other = seconds(ours), seconds(beside)
    ratio = f"{time / other:.2f} ×{of_time}"
    measures.append((f"{name}: time", f"{time:.2f} s", f"{other:.2f} s", what, ratio))
    inside = seconds(ours, "engine")
    share = f"{inside / time:.0%} of the time"
    measures.append(
        ("of it, inside the engine", f"{inside:.2f} s", f"{time - inside:.2f} s", "in Python", share)
    )
    held, others = peak(ours), peak(beside)
    ratio = f"{held / others:.2f} ×{of_memory}"
    measures.append((f"{name}: peak memory", f"{thousands(held)} MB", f"{thousands(others)} MB", what, ratio))


@pytest.mark.parametrize("ending", [PARQUET, CSV])
@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def bench_beside_the_engine_alone(
    engine: str, ending: str, plain: dict[str, Path], measures: Measures
) -> None:
    file = plain[ending]
    told = [WHOLE_NUMBER] if engine == "duckdb" else []
    alone, ours = in_turns(
        TURNS,
        partial(summed, f"{engine}_alone", file, *told),
        partial(summed, f"with_{engine}", file),
    )

    assert TEN == ours[0]["rows"]
    assert alone[0]["digest"] == ours[0]["digest"]

    name = f"{millions(TEN)}, {CALLED[ending]}"
    add(measures, name, ours=ours, beside=alone, what=f"{CALLED[engine]} alone", aims=True)


@pytest.mark.parametrize("ending", [PARQUET, CSV])
def bench_more_and_more_rows(ending: str, tmp_path: Path, measures: Measures) -> None:
    for rows in SIZES:
        name = f"{millions(rows)}, {CALLED[ending]}"
        with made(tmp_path, "plain", rows, ending) as files:
            alone, ours = in_turns(
                TURNS if rows < TEN else 1,  # the larger, the steadier
                partial(summed, "duckdb_alone", files[ending], WHOLE_NUMBER),
                partial(summed, "with_duckdb", files[ending]),
            )
        assert rows == ours[0]["rows"]
        assert alone[0]["digest"] == ours[0]["digest"]
        each, theirs = (seconds(runs) / rows * MILLION for runs in (ours, alone))
        measures.append(
            (
                f"{name}: time of a row",
                f"{each:.2f} µs",
                f"{theirs:.2f} µs",
                "DuckDB alone",
                f"{each / theirs:.2f} ×",
            )
        )
        measures.append(
            (
                f"{name}: peak memory",
                f"{thousands(peak(ours))} MB",
                f"{thousands(peak(alone))} MB",
                "DuckDB alone",
                f"{peak(ours) / peak(alone):.2f} ×" + f" (aim: {MOST_MEGABYTES} MB)" * (rows == SIZES[-1]),
            )
        )


@pytest.mark.parametrize("ending", [PARQUET, CSV])
def bench_rows_with_references(ending: str, tmp_path: Path, measures: Measures) -> None:
    with (
        made(tmp_path, "referenced", TEN, ending) as once,
        made(tmp_path, "repeated", TEN, ending) as again,
    ):
        alone, ours, repeated = in_turns(
            1,
            partial(summed, "duckdb_alone", once[ending], TWO_DECIMALS),
            partial(summed, "with_duckdb", once[ending]),
            partial(summed, "with_duckdb", again[ending]),
        )
        doubled = summed("duckdb_alone", again[ending], TWO_DECIMALS)

    assert TEN == ours[0]["rows"]
    assert alone[0]["digest"] == ours[0]["digest"]
    assert TEN + TEN // 100 == doubled["rows"]
    assert alone[0]["digest"] == repeated[0]["digest"] != doubled["digest"]

    name = f"{millions(TEN)} with references, {CALLED[ending]}"
    what = "DuckDB alone, which looks at no reference"
    add(measures, name, ours=ours, beside=alone, what=what, aims=False)
    what = "the same without those"
    add(measures, f"{name}, 1 % repeated", ours=repeated, beside=ours, what=what, aims=False)


def bench_references_that_memory_cannot_hold(tmp_path: Path, measures: Measures) -> None:
    most = SIZES[-1]
    with made(tmp_path, "referenced", most, PARQUET) as files:
        ours = [summed("with_duckdb", files[PARQUET])]

    assert most == ours[0]["rows"]

    measures.append(
        (
            f"{millions(most)} with references, Parquet",
            f"{seconds(ours):.1f} s, {thousands(peak(ours))} MB",
            f"{MOST_MEGABYTES} MB",
            "the aim, at most",
            f"{peak(ours) / MOST_MEGABYTES:.2f} × the aim",
        )
    )


def bench_a_hundred_thousand_customers(tmp_path: Path, measures: Measures) -> None:
    with made(tmp_path, "many", TEN, PARQUET) as files:
        alone, ours = in_turns(
            1,
            partial(summed, "duckdb_alone", files[PARQUET], WHOLE_NUMBER),
            partial(summed, "with_duckdb", files[PARQUET]),
        )

    assert TEN == ours[0]["rows"]
    assert alone[0]["digest"] == ours[0]["digest"]
    assert ours[0]["keys"] <= MANY * MONTHS

    name = f"{millions(TEN)}, {thousands(MANY)} customers, {thousands(ours[0]['keys'])} sums, Parquet"
    add(measures, name, ours=ours, beside=alone, what="DuckDB alone", aims=False)


PRICE_LIST = """
[price_list]
id = "alla"
title = "Alla tjänster"
currency = "SEK"
valid_from = 2022-01-01
valid_to = 2022-12-31
[[area]]
code = "alla"
name = "Alla"
"""
SERVICE = """
[[service]]
code = "T-{code}"
name = "Tjänst {code}"
area = "alla"
kind = "obligatory"
unit = "styck"
price = {kronor}.{ore:02}
"""
CUSTOMER = """
[[customer]]
code = "K-{code}"
name = "Kund {code}"
type = "administration"
"""


def price_list(folder: Path) -> tuple[Path, Path]:
    """
    A price in öre for every service, and a register of every customer.
    """
    prices, customers = folder / "prices.toml", folder / "customers.toml"
    services = [
        SERVICE.format(code=100 + each, kronor=1 + each * 7, ore=each % 100) for each in range(SERVICES)
    ]
    prices.write_text(PRICE_LIST + "".join(services), "utf-8")
    customers.write_text("".join(CUSTOMER.format(code=100_000 + each) for each in range(CUSTOMERS)), "utf-8")
    return prices, customers


def bench_from_file_to_priced_lines(plain: dict[str, Path], tmp_path: Path, measures: Measures) -> None:
    prices, customers = price_list(tmp_path)
    ours: list[Summed] = []
    script: list[Run] = []
    with made(tmp_path, "plain", TEN if WHOLE else TEN // 10, CSV) as some:
        for _ in range(1 if WHOLE else TURNS):
            script.append(run("plain_year.py", tmp_path, prices, "--stream"))
            ours.append(summed("priced", plain[CSV], prices, customers))
        same = summed("priced", some[CSV], prices, customers)

    assert TEN == ours[0]["rows"]
    assert script[0]["rows"] == same["rows"]
    assert script[0]["kronor"] == same["kronor"]

    rows = script[0]["rows"]
    each, theirs = (seconds(runs) / runs[0]["rows"] for runs in (ours, script))
    measures.append(
        (
            f"{millions(TEN)}, CSV, to {thousands(ours[0]['keys'])} priced lines",
            f"{seconds(ours):.1f} s",
            f"{theirs * TEN:.1f} s",
            f"plain script, keeping no rows; its speed on {millions(rows)}",
            f"{theirs / each:.1f} × as fast (aim: {LEAST_TIMES_FASTER})",
        )
    )


def bench_import_frames(tmp_path: Path, measures: Measures) -> None:
    modules = ("prismodell.frames", "narwhals.stable.v2, duckdb")
    import_time(", ".join(modules), tmp_path)  # writes the byte code
    ours, alone = zip(
        *([import_time(each, tmp_path) for each in modules] for _ in range(IMPORTS)), strict=True
    )

    measures.append(
        (
            "import prismodell.frames",
            f"{1000 * median(ours):.0f} ms",
            f"{1000 * median(alone):.0f} ms",
            "narwhals, duckdb",
            f"{median(ours) / median(alone):.2f} ×",
        )
    )
