"""
The rows of a file summed one way, in a process of its own, for bench_frames.py.

    python summed.py duckdb_alone FILE BIGINT | DECIMAL(18,2)
    python summed.py polars_alone | with_duckdb | with_polars FILE
    python summed.py priced FILE PRICES.toml CUSTOMERS.toml

Each way imports what it needs before the clock starts, and nothing else. What is printed besides seconds and
memory is made when both have been taken.
"""

# ruff: noqa: PLC0415 - an import is a part of the way that needs it

import hashlib
import json
import resource
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any

STATUS = Path("/proc/self/status")
COLUMNS = ("service", "month", "customer", "quantity", "rows")

Sum = tuple[str, str, str, Decimal | int, int]  # as the columns above
Sums = Iterable[Sum]
Way = tuple[Callable[[], Any], Callable[[Any], Sums]]  # what is timed, and the sums in what it made


# --- the ways ----------------------------------------------------------------------------------------------


def duckdb_alone(file: str, number: str) -> Way:
    import duckdb
    import pyarrow as pa

    def work() -> pa.Table:
        if file.endswith(".csv"):
            rows = duckdb.read_csv(file, dtype={"quantity": number})
        else:
            rows = duckdb.read_parquet(file)
        keys = ", ".join(name for name in rows.columns if name not in ("quantity", "reference"))
        sums = f"{keys}, sum(quantity)::{number} AS quantity, count(*) AS rows"
        return rows.aggregate(sums, keys).to_arrow_table()

    return work, lambda table: zip(*(table[name].to_pylist() for name in COLUMNS), strict=True)


def polars_alone(file: str) -> Way:
    import polars as pl

    def work() -> pl.DataFrame:
        rows = pl.scan_csv(file) if file.endswith(".csv") else pl.scan_parquet(file)
        sums = pl.col("quantity").sum(), pl.len().alias("rows")
        return rows.group_by("customer", "service", "month").agg(*sums).collect()

    return work, lambda frame: frame.select(COLUMNS).rows()


def with_duckdb(file: str) -> Way:
    import pyarrow as pa  # noqa: F401 - what comes out of DuckDB

    from prismodell import frames
    from prismodell.frames import scanning  # noqa: F401 - what paths are read by

    return lambda: frames.tally(file), of_tally


def with_polars(file: str) -> Way:
    import polars as pl

    from prismodell import frames

    scan = pl.scan_csv if file.endswith(".csv") else pl.scan_parquet
    return lambda: frames.tally(scan(file)), of_tally


def priced(file: str, prices: str, customers: str) -> Way:
    import pyarrow as pa  # noqa: F401 - as above

    import prismodell as pm
    from prismodell import frames
    from prismodell.frames import scanning  # noqa: F401 - as above

    price_list, register, rate = pm.read_price_list(prices), pm.read_customers(customers), pm.rate
    return lambda: rate(frames.tally(file), price_list, register), of_rating


def of_tally(tally: Any) -> Sums:
    return map(of_entry, tally.entries)


def of_rating(rating: Any) -> Sums:
    return (of_entry(line.entry) for line in rating.lines)


def of_entry(entry: Any) -> Sum:
    return entry.service, str(entry.month), entry.customer, entry.quantity, entry.rows


WAYS: dict[str, Callable[..., Way]] = {
    each.__name__: each for each in (duckdb_alone, polars_alone, with_duckdb, with_polars, priced)
}


# --- what is measured --------------------------------------------------------------------------------------


def peak() -> int:
    """
    The most memory held, as `ru_maxrss` says it: which on Linux begins at what the parent held, so not there.
    """
    if STATUS.exists():
        return int(STATUS.read_text("utf-8").partition("VmHWM:")[2].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def timed_engine() -> list[float]:
    """
    The seconds of each query that the library gives to an engine, from now on.
    """
    import narwhals.stable.v2 as nw

    times: list[float] = []
    collect = nw.LazyFrame.collect

    def timed(*arguments: Any, **options: Any) -> Any:
        start = perf_counter()
        try:
            return collect(*arguments, **options)
        finally:
            times.append(perf_counter() - start)

    nw.LazyFrame.collect = timed  # type: ignore[method-assign]  # what every query goes through
    return times


def summary(sums: Sums) -> dict[str, int | str]:
    """
    How many rows and keys there are, and a text that is one for the same sums, of one source or of several.
    """
    quantities, rows = defaultdict[str, Decimal](Decimal), defaultdict[str, int](int)
    for *key, quantity, count in sums:
        quantities[" ".join(key)] += quantity
        rows[" ".join(key)] += count
    text = "\n".join(f"{key} {quantities[key].normalize():f} {rows[key]}" for key in sorted(quantities))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"rows": sum(rows.values()), "keys": len(quantities), "digest": digest}


def kronor(lines: Iterable[Any]) -> dict[str, str]:
    found = defaultdict[str, Decimal](Decimal)
    for line in lines:
        found[f"{line.customer.code} {line.price.service.code}"] += line.amount
    return {key: str(amount) for key, amount in found.items() if amount}


def main(way: str, *arguments: str) -> None:
    work, sums = WAYS[way](*arguments)
    engine = [] if way.endswith("alone") else timed_engine()
    start = perf_counter()
    made = work()
    seconds = perf_counter() - start
    measures = {
        "seconds": {"in all": seconds, "engine": sum(engine)},
        "peak": peak(),
        **summary(sums(made)),
        "kronor": kronor(getattr(made, "lines", ())),
    }
    print(json.dumps(measures))


if __name__ == "__main__":
    main(*sys.argv[1:])
