"""
How fast, and in how much memory: the year 2021 as single transactions, beside a plain script.

Run by `make bench`. Every figure stands beside another of the same run, taken in turns with it, and the
ratio is what to quote: seconds are this machine's. A benchmark asserts what must be true, never a time.
"""

import json
import os
import subprocess
import sys
import tracemalloc
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, TypedDict

import attrs
import pytest

import prismodell as pm

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DATA = ROOT / "examples" / "data"
PRICES = ROOT / "pricelists" / "serviceforvaltningen-2021.toml"
CUSTOMERS = DATA / "kunder.toml"
FIRST, LAST = pm.Month(2021, 1), pm.Month(2021, 12)

YEARS = 3  # how often the year is billed each way, in turns
IMPORTS = 21
RATINGS = 7
CORRECTED = 100  # every so many rows has come late, when all is issued again
COPIES = 8  # of every customer, so that the tally has more than 100 000 lines
RATED = {COPIES: RATINGS, 72: 3}  # and so many that it has a million, and how often each is rated
MILLION = 1_000_000

# The aims of issue 2, shown beside what was measured.
LEAST_LINES_PER_SECOND = 200_000
MOST_IMPORT_RATIO = 2.0
DEPENDENCIES = "attrs, dateutil, tabulate"

BYTES_PER_PEAK = 1 if sys.platform == "darwin" else 1024
MB = 1_000_000

Measures = list[tuple[str, ...]]
Benchmark = Any  # pytest-benchmark's fixture; its `pedantic` has no types


class Run(TypedDict):
    """
    What a script of the year prints: rows, seconds per stage, peak memory, kronor per customer and service.
    """

    rows: int
    seconds: dict[str, float]
    peak: int
    kronor: dict[str, str]


def python(*arguments: str | Path, env: Mapping[str, str] | None = None) -> str:
    command = [sys.executable, *arguments]
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=env)  # noqa: S603 - our own scripts
    return ran.stdout


def run(script: str, *arguments: str | Path) -> Run:
    printed: Run = json.loads(python(HERE / script, *arguments))
    return printed


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("transactions")
    python(ROOT / "examples" / "make_data.py", "--transactions", folder)
    return folder


@pytest.fixture(scope="module")
def register() -> pm.Register:
    return pm.read_customers(CUSTOMERS)


@pytest.fixture(scope="module")
def prices() -> pm.PriceList:
    return pm.read_price_list(PRICES)


def thousands(number: float) -> str:
    return f"{number:,.0f}".replace(",", " ")


def seconds(runs: Sequence[Run], stage: str = "in all") -> float:
    return median(each["seconds"][stage] for each in runs)


def peak(runs: Sequence[Run]) -> float:
    return median(each["peak"] for each in runs) * BYTES_PER_PEAK / MB


def billed_plainly(kronor: dict[str, str], prices: pm.PriceList, register: pm.Register) -> dict[str, str]:
    """
    The sums of services with one price for all customers, which a plain script can get right.
    """
    own = {agreement.service for agreement in register.agreements}
    plain = {
        price.service.code
        for price in prices.prices
        if isinstance(price.tariff.model, pm.UnitPrice) and price.tariff.model.step is None
    }
    return {key: amount for key, amount in kronor.items() if key.split()[1] in plain - own}


def bench_the_year_from_files_to_underlag(
    benchmark: Benchmark,
    year: Path,
    prices: pm.PriceList,
    register: pm.Register,
    measures: Measures,
) -> None:
    ours: list[Run] = []
    plain: list[Run] = []
    stream: list[Run] = []

    def run_plain() -> None:
        plain.append(run("plain_year.py", year, PRICES))
        stream.append(run("plain_year.py", year, PRICES, "--stream"))

    def run_ours() -> None:
        ours.append(run("prismodell_year.py", year, PRICES, CUSTOMERS))

    benchmark.pedantic(run_ours, setup=run_plain, rounds=YEARS)

    rows = ours[0]["rows"]
    assert plain[0]["rows"] == rows - len(register.subscribed(FIRST, LAST))
    expected = billed_plainly(plain[0]["kronor"], prices, register)
    assert expected
    assert expected == billed_plainly(ours[0]["kronor"], prices, register)

    for stage in ("read", "tally", "rate", "issue"):
        measures.append((f"year: {stage}", f"{thousands(rows / seconds(ours, stage))} rows/s"))
    for beside, runs in (("plain script", plain), ("plain script, keeping no rows", stream)):
        measures.append(
            (
                "year: in all",
                f"{thousands(rows / seconds(ours))} rows/s",
                f"{thousands(rows / seconds(runs))} rows/s",
                beside,
                f"{seconds(ours) / seconds(runs):.2f} × the time",
            )
        )
    # The script that keeps no rows holds less than the process that starts it, so its peak says nothing.
    measures.append(
        (
            "year: peak memory",
            f"{thousands(peak(ours))} MB",
            f"{thousands(peak(plain))} MB",
            "plain script",
            f"{peak(ours) / peak(plain):.2f} × the memory",
        )
    )


def bench_a_million_rows_in_memory(
    benchmark: Benchmark, year: Path, tmp_path: Path, measures: Measures
) -> None:
    path = tmp_path / "million.csv"
    with (year / "ekonomisystem-2021-transaktioner.csv").open("rb") as file:
        path.write_bytes(b"".join(islice(file, MILLION + 1)))
    times: list[float] = []

    def read() -> None:
        start = perf_counter()
        volumes = pm.read_volumes(path)
        times.append(perf_counter() - start)
        assert len(volumes) == MILLION

    benchmark.pedantic(read, rounds=3)

    tracemalloc.start()
    volumes = pm.read_volumes(path)
    held, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(volumes) == MILLION
    per_row = path.stat().st_size / MILLION
    measures.append(
        (
            "a million rows: held",
            f"{held / MILLION:.0f} bytes/row",
            f"{per_row:.0f} bytes/row",
            "in the file",
            f"{held / MILLION / per_row:.2f} × the file",
        )
    )
    measures.append(("a million rows: at most, while read", f"{highest / MILLION:.0f} bytes/row"))
    measures.append(("a million rows: read", f"{thousands(MILLION / median(times))} rows/s"))


def copied(volumes: pm.Volumes, register: pm.Register) -> tuple[pm.Volumes, pm.Register]:
    """
    Volumes and a register in which every customer stands several times, under a code of its own each time.
    """
    rows = [
        attrs.evolve(each, customer=f"{each.customer}-{copy}", reference="")
        for copy in range(COPIES)
        for each in volumes
    ]
    return pm.Volumes(rows), copied_register(register, COPIES)


def copied_register(register: pm.Register, copies: int) -> pm.Register:
    customers: list[pm.Customer] = []
    agreements: list[pm.Agreement] = []
    for copy in range(copies):
        codes = {each.code: f"{each.code}-{copy}" for each in register.customers}
        customers += [attrs.evolve(each, code=codes[each.code]) for each in register.customers]
        agreements += [attrs.evolve(each, customer=codes[each.customer]) for each in register.agreements]
    return pm.Register(tuple(customers), tuple(agreements))


def copied_sums(tally: pm.Tally, copies: int) -> list[pm.Entry]:
    """
    A tally's sums with every customer several times, in the order of a tally.
    """
    endings = sorted(f"-{copy}" for copy in range(copies))
    codes = {each.customer: [each.customer + ending for ending in endings] for each in tally.entries}
    entries = [attrs.evolve(each, customer=code) for each in tally.entries for code in codes[each.customer]]
    return sorted(entries, key=lambda each: (each.service, each.month.year, each.month.number, each.customer))


@pytest.mark.parametrize("copies", RATED)
def bench_rating_alone(
    benchmark: Benchmark,
    prices: pm.PriceList,
    register: pm.Register,
    measures: Measures,
    copies: int,
) -> None:
    files = [path for path in DATA.glob("*-2021.csv") if not path.name.startswith("budget")]
    one = pm.read_volumes(*files).merge(register.subscribed(FIRST, LAST)).tally()
    many_customers = copied_register(register, copies)
    entries = copied_sums(one, copies)
    read = [attrs.evolve(each, rows=each.rows * copies, quantity=each.quantity * copies) for each in one.read]
    start = perf_counter()
    tally = pm.Tally(entries, read=tuple(read))
    summing = perf_counter() - start
    times: list[float] = []

    def rate() -> pm.Rating:
        start = perf_counter()
        rating = pm.rate(tally, prices, many_customers)
        times.append(perf_counter() - start)
        return rating

    rating = benchmark.pedantic(rate, rounds=RATED[copies])

    assert len(rating.lines) == len(tally.entries) > 100_000
    assert not rating.unrated
    speed = len(rating.lines) / median(times)
    measures.append(
        (
            f"rate {thousands(len(rating.lines))} lines",
            f"{thousands(speed)} lines/s",
            f"{thousands(LEAST_LINES_PER_SECOND)} lines/s",
            "the aim, at least",
            f"{speed / LEAST_LINES_PER_SECOND:.2f} × the aim",
        )
    )
    measures.append(
        (
            f"a tally of {thousands(len(entries))} ready sums",
            f"{summing / len(entries) * MILLION:.2f} µs/sum",
            f"{median(times) / len(entries) * MILLION:.2f} µs/line",
            "their rating",
            f"{summing / median(times):.2f} × the time",
        )
    )


def differences(rated: Mapping[object, Decimal], issued: Mapping[object, Decimal]) -> dict[object, Decimal]:
    """
    What a plain script does: it subtracts one dict of amounts from another, and explains nothing.
    """
    found = {key: rated.get(key, Decimal(0)) - issued.get(key, Decimal(0)) for key in {**rated, **issued}}
    return {key: amount for key, amount in found.items() if amount}


def bench_issuing_again(
    benchmark: Benchmark, prices: pm.PriceList, register: pm.Register, measures: Measures
) -> None:
    files = [path for path in DATA.glob("*-2021.csv") if not path.name.startswith("budget")]
    volumes, customers = copied(pm.read_volumes(*files).merge(register.subscribed(FIRST, LAST)), register)
    issued = pm.issue(pm.rate(volumes, prices, customers), LAST, customers)
    late = [
        attrs.evolve(row, reference=f"late-{number}", note="late")
        for number, row in enumerate(volumes.rows[::CORRECTED])
    ]
    rating = pm.rate(pm.Volumes([*volumes, *late]), prices, customers)
    times: list[float] = []
    plain: list[float] = []

    def subtract() -> None:
        start = perf_counter()
        before: dict[object, Decimal] = defaultdict(Decimal)
        for document in issued:
            for billed in document.lines:
                before[billed.line.key] += billed.amount
        found = differences({line.key: line.amount for line in rating.lines}, before)
        plain.append(perf_counter() - start)
        amounts.append(sum(found.values()))

    def issue() -> None:
        start = perf_counter()
        documents = pm.issue(rating, LAST, customers, issued)
        times.append(perf_counter() - start)
        assert amounts[-1] == sum(each.net for each in documents)

    amounts: list[Decimal | int] = []
    benchmark.pedantic(issue, setup=subtract, rounds=RATINGS)

    lines = sum(len(each.lines) for each in issued)
    assert lines > 100_000
    measures.append(
        (
            f"issue {thousands(len(rating.lines))} lines against {thousands(lines)} issued",
            f"{median(times):.2f} s",
            f"{median(plain):.2f} s",
            "two dicts of amounts subtracted",
            f"{median(times) / median(plain):.1f} × the time",
        )
    )


def import_time(modules: str, bytecode: Path) -> float:
    """
    The seconds of an import in a fresh interpreter that finds its byte code, without the interpreter's start.
    """
    code = f"from time import perf_counter as t; s = t(); import {modules}; print(t() - s)"
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(bytecode), "PYTHONDONTWRITEBYTECODE": ""}
    return float(python("-c", code, env=environment))


def bench_import(benchmark: Benchmark, tmp_path: Path, measures: Measures) -> None:
    ours: list[float] = []
    alone: list[float] = []
    import_time(f"prismodell, {DEPENDENCIES}", tmp_path)  # writes the byte code

    def run_alone() -> None:
        alone.append(import_time(DEPENDENCIES, tmp_path))

    def run_ours() -> None:
        ours.append(import_time("prismodell", tmp_path))

    benchmark.pedantic(run_ours, setup=run_alone, rounds=IMPORTS)

    measures.append(
        (
            "import",
            f"{1000 * median(ours):.0f} ms",
            f"{1000 * median(alone):.0f} ms",
            DEPENDENCIES,
            f"{median(ours) / median(alone):.2f} × (aim: {MOST_IMPORT_RATIO})",
        )
    )
