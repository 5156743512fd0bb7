"""
A region's year, priced part by part: for when not only the rows but the priced lines are too many.

    python examples/storskalig.py          Polars: writes out/storskalig/, Parquet
    python examples/storskalig.py spark    the same on Spark, here with two threads of this machine

The rows are split by customer, and each part is summed and priced by the very same `tally` and `rate`. Apart
from them is priced what needs all customers at once, a sum that they share. In the end everything is priced
at once too, as one would with a year that is not too large, and each line is the same.
"""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import prismodell as pm
from prismodell import frames
from prismodell.swedish import kr, number

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out" / "storskalig"
PARTS = 8  # so many that the lines of one are few: some hundred thousand
SERVICES = ("EKO-LEV", "EKO-KUND", "LON-TILL", "UPP-PERSON", "UPP-AVTAL", "KC-PDF", "EKO-OKAND")
LINES = pa.schema(
    [
        ("customer", pa.string()),
        ("service", pa.string()),
        ("month", pa.string()),
        ("quantity", pa.decimal128(38, 6)),
        ("amount", pa.decimal128(18, 2)),  # kronor; null where there is no price
        ("why", pa.string()),  # there is none
    ]
)
DECIMALS = "quantity decimal(38, 6), amount decimal(18, 2)"
SPARK_LINES = f"customer string, service string, month string, {DECIMALS}, why string"

prices = pm.read_price_list(ROOT / "pricelists" / "serviceforvaltningen-2021.toml")
shared = {each.service.code for each in prices.prices if isinstance(each.tariff.model, pm.SharedPrice)}
register = pm.Register(
    tuple(pm.Customer(f"ENH-{each:03}", f"Enhet {each}", pm.CustomerType.COMPANY) for each in range(100)),
    (pm.Agreement("ENH-007", "EKO-LEV", prices.span, percent=Decimal(-10), reference="Avtal 7"),),
)


# --- a part ------------------------------------------------------------------------------------------------


def as_table(rating: pm.Rating) -> pa.Table:
    """
    What was priced and what was not, as rows without a float in them.
    """
    rows: list[tuple[Any, ...]] = []
    rows += [(*each.key, each.entry.quantity, each.amount, None) for each in rating.lines]
    rows += [(*each.key, each.entry.quantity, None, each.reason.value) for each in rating.unrated]
    for conflict in rating.conflicts:
        why = f"i konflikt: {conflict.source} {conflict.reference}"
        rows += [
            (each.customer, each.service, each.month, each.quantity, None, why) for each in conflict.rows
        ]
    texts = [(customer, service, str(month), *others) for customer, service, month, *others in rows]
    columns = zip(*texts, strict=True) if texts else [()] * len(LINES)
    return pa.table([*map(pa.array, columns, LINES.types)], LINES)


def priced(rows: Any) -> pa.Table:
    """
    All the rows of some customers, in any engine, priced. Raises `ValueError` for a sum that customers share:
    those of one part would pay all of it.
    """
    rating = pm.rate(frames.tally(rows), prices, register)
    if wrong := {
        each.service.code for each in rating.lines if isinstance(each.price.tariff.model, pm.SharedPrice)
    }:
        msg = f"{', '.join(sorted(wrong))} delas av alla kunder och kan inte prissättas del för del"
        raise ValueError(msg)
    return as_table(rating)


# --- what a part does not see ------------------------------------------------------------------------------


def check(rows: Any) -> None:
    """
    End the script unless a split by customer splits nothing else: each customer is written in one way, and
    each reference is of one customer. Otherwise a part would not see that rows repeat or contradict others.
    """
    frame = nw.from_native(rows).lazy()
    written = {*map(str, frame.select("customer").unique().collect()["customer"].to_list())}
    references = frame.filter(nw.col("reference") != "").group_by("source", "reference")
    several = references.agg(nw.col("customer").n_unique()).filter(nw.col("customer") > 1).head(3).collect()
    if strange := written - {each.code for each in register.customers}:
        sys.exit(f"skriv kunderna som i kundregistret: {sorted(strange)[:3]}")
    if len(several):
        sys.exit(f"en referens har rader för flera kunder: {several.select('source', 'reference').rows()}")


def split(rows: Any) -> tuple[Any, pm.Tally]:
    """
    The rows that can be priced part by part, and the sums of those that cannot, which are few.
    """
    frame = nw.from_native(rows)
    of_all = nw.col("service").str.strip_chars().is_in([*shared]).fill_null(value=False)
    return frame.filter(~of_all).to_native(), frames.tally(frame.filter(of_all).to_native())


# --- Polars ------------------------------------------------------------------------------------------------


def on_polars(rows: pl.LazyFrame, folder: Path) -> pl.LazyFrame:
    """
    The priced lines, of a folder where each part of the rows and its lines are files.
    """
    check(rows)
    apart, together = split(rows)
    part = (pl.col("customer").hash() % PARTS).alias("part")
    apart.sink_parquet(pl.PartitionBy(folder / "rader", key=part, include_key=False), mkdir=True)
    (folder / "rader-prissatta").mkdir()
    for number_, of_part in enumerate(sorted((folder / "rader").iterdir())):
        pq.write_table(priced(pl.scan_parquet(of_part)), folder / "rader-prissatta" / f"{number_}.parquet")
    pq.write_table(
        as_table(pm.rate(together, prices, register)), folder / "rader-prissatta" / "delat.parquet"
    )
    return pl.scan_parquet(folder / "rader-prissatta")


# --- Spark -------------------------------------------------------------------------------------------------


def on_spark(rows: Any) -> Any:
    """
    The priced lines as a frame of Spark's; the price list and the register go to the workers with the code.
    """

    def of_part(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        if had := [*batches]:
            yield from priced(pa.Table.from_batches(had)).to_batches()

    check(rows)
    apart, together = split(rows)
    lines = apart.repartition(PARTS, "customer").mapInArrow(of_part, SPARK_LINES)
    return lines.union(
        rows.sparkSession.createDataFrame(as_table(pm.rate(together, prices, register)), SPARK_LINES)
    )


# --- the year ----------------------------------------------------------------------------------------------


def year() -> pa.Table:
    """
    Some thousand rows: each customer's services by month, a few of them reported twice, one without a price.
    """
    rows = [
        {
            "customer": customer.code,
            "service": service,
            "month": f"2021-{month:02}",
            "quantity": Decimal(1 + place * month * len(service) % 997),
            "source": "regionen",
            "reference": f"{service}-{place}-{month}",
        }
        for place, customer in enumerate(register.customers)
        for service in SERVICES[: -1 if place else None]
        for month in range(1, 13)
    ]
    return pa.Table.from_pylist(rows + rows[::500])


def main() -> None:
    table = year()
    if sys.argv[1:] == ["spark"]:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - the rest needs no Spark

        os.environ |= {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}  # all on this machine
        spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
        found = on_spark(spark.createDataFrame(table)).toArrow()
    else:
        shutil.rmtree(OUT, ignore_errors=True)
        found = on_polars(pl.LazyFrame(table), OUT).collect().to_arrow()

    whole = as_table(pm.rate(frames.tally(table), prices, register))
    same = in_order(found) == in_order(whole)
    for name, lines in (("Del för del", found), ("Allt på en gång", whole)):
        total, missing = pc.sum(lines["amount"]).as_py(), lines["amount"].null_count
        print(f"{name}: {number(len(lines))} rader, {number(missing)} utan pris, {kr(total)}")
    print(
        f"{number(len(table))} rader i {PARTS} delar; {'samma' if same else 'INTE samma'} belopp på varje rad"
    )
    try:
        priced(table)
    except ValueError as error:
        print(f"Nekat: {error}")
    sys.exit(not same)


def in_order(lines: pa.Table) -> pa.Table:
    return lines.cast(LINES).sort_by([(name, "ascending") for name in LINES.names])


if __name__ == "__main__":
    main()
