"""
Property 20 on Spark, in one session on this machine: what a Spark frame sums to is what the same rows sum to
in memory, to the last digit.

Needs pyspark and a Java; `make test` installs the one where it finds the other. A sum takes Spark a second or
two, however few the rows: so the examples are few, and each has many rows.
"""

from __future__ import annotations

import os
import runpy
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

import prismodell as pm
from prismodell import frames
from test_frames import DECOMPOSED, FILE, A, Row, bad_rows, good_rows, placeless, table_of, written, wrong

sql = pytest.importorskip(
    "pyspark.sql", reason="pyspark is not installed; make test does, where it finds Java"
)
if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
    pytest.skip("Spark needs a Java", allow_module_level=True)

# pyspark 4.3 says it of pandas 3, which frames does not use
pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")

CONFIG = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",  # half the time to start
    "spark.log.level": "ERROR",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
}
few = settings(
    max_examples=2,
    phases=[Phase.explicit, Phase.generate],  # a smaller example would take minutes to find
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """
    Spark on two threads of this machine, which listens to nobody else.
    """
    builder = sql.SparkSession.builder.master("local[2]").appName("prismodell")
    for name, value in CONFIG.items():
        builder = builder.config(name, value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        session = builder.config(
            "spark.sql.warehouse.dir", tmp_path_factory.mktemp("warehouse")
        ).getOrCreate()
        yield session
        session.stop()


def in_memory(rows: list[Row], factory: pytest.TempPathFactory) -> pm.Volumes:
    return pm.read_volumes(written(rows, factory.mktemp("rows") / FILE))


LARGEST = "999999999999.999999"
TELLING: list[Row] = [  # a duplicate, a conflict, one code in two spellings, a sum past eighteen digits
    (A, "LON", "2022-01", "1.5", "ekonomi", "A1", None, "sent", FILE),
    (DECOMPOSED, "LON", "2022-01", "1.50", "ekonomi ", "A1 ", "2022-02-03", None, FILE),
    ("K-1", "EKO-LEV", "2022-01", "-3", "ekonomi", "A2", None, None, FILE),
    ("K-1", "EKO-LEV", "2022-01", "-4", "ekonomi", "A2", None, None, FILE),
    (f" {A} ", "LON", "2022-02", "0.000001", None, None, None, None, FILE),
    *[(A, "EKO-LEV\t", "2022-02", LARGEST, "lön", None, None, None, FILE)] * 12,
]
BAD: list[Row] = [
    (A, "LON", "2022-13", "1", None, None, None, None, FILE),
    (None, "LON", "2022-01\n", "1", None, None, None, None, FILE),
    *[(A, "LON", "2022-01", each, None, None, None, None, FILE) for each in ("1,5", "1e3", "5\n", "٣", None)],
]


@few
@given(rows=st.lists(good_rows, min_size=10, max_size=40))
@example(rows=TELLING)
@example(rows=[])
def test_spark_sums_as_memory_does(
    spark: Any, rows: list[Row], tmp_path_factory: pytest.TempPathFactory
) -> None:
    expected = in_memory(rows, tmp_path_factory).tally()

    assert placeless(expected) == placeless(frames.tally(spark.createDataFrame(table_of(rows))))


@few
@given(rows=st.lists(bad_rows, max_size=40))
def test_spark_refuses_what_memory_refuses_and_counts_the_rows(
    spark: Any, rows: list[Row], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(pm.InputError) as expected:
        in_memory(rows + BAD, tmp_path_factory)

    with pytest.raises(pm.InputError) as told:
        frames.tally(spark.createDataFrame(table_of(rows + BAD)))

    assert wrong(expected.value) == wrong(told.value)


def test_frames_of_spark_in_pieces_and_any_order_are_one_whole(
    spark: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    expected = in_memory(TELLING, tmp_path_factory).tally()
    pieces = [TELLING[:3], TELLING[:2:-1]]  # the duplicate and the conflict are each in both

    tally = frames.tally(*(spark.createDataFrame(table_of(each)).repartition(3) for each in pieces))

    assert placeless(expected) == placeless(tally)


@pytest.mark.parametrize("quantity", [pa.decimal128(18, 6), pa.decimal128(38, 6), pa.string()], ids=str)
def test_spark_takes_days_for_months_and_decimals_for_quantities(spark: Any, quantity: pa.DataType) -> None:
    table = pa.table(
        {
            "customer": ["K-1", "K-1"],
            "service": ["LON", "LON"],
            "month": [date(2022, 1, 1)] * 2,
            "quantity": pa.array([LARGEST, "0.000001"]).cast(quantity),
        }
    )

    (entry,) = frames.tally(spark.createDataFrame(table)).entries

    assert (pm.Month(2022, 1), Decimal(10**12)) == (entry.month, entry.quantity)


def test_spark_refuses_moments_in_a_time_zone_and_floats(spark: Any) -> None:
    moment = pa.array([datetime(2022, 1, 1, tzinfo=UTC)])
    table = pa.table({"customer": ["K-1"], "service": ["LON"], "month": moment, "quantity": [1.5]})

    with pytest.raises(pm.InputError) as told:
        frames.tally(spark.createDataFrame(table))

    assert ["ramen, kolumn month", "ramen, kolumn quantity"] == [each.place for each in told.value.problems]
    assert "tidszonen" in told.value.problems[0].what
    assert "inte är exakt" in told.value.problems[1].what


def test_the_rows_behind_a_line_are_a_frame_of_spark(spark: Any) -> None:
    frame = spark.createDataFrame(table_of(TELLING))
    entry = next(each for each in frames.tally(frame).entries if each.service == "LON")
    line = pm.Unrated(entry, pm.Reason.UNKNOWN_SERVICE, "")

    found = frames.rows(line, frame)

    assert isinstance(found, sql.DataFrame)
    assert found.columns == frame.columns
    assert 1 == found.count()  # of the two that are the same


def test_a_year_that_spark_prices_part_by_part_is_the_year_priced_at_once(spark: Any) -> None:
    script = runpy.run_path(str(Path(__file__).parent.parent / "examples" / "storskalig.py"))
    year = script["year"]()
    at_once = script["as_table"](pm.rate(frames.tally(year), script["prices"], script["register"]))

    lines = script["on_spark"](spark.createDataFrame(year)).toArrow()

    assert script["in_order"](at_once) == script["in_order"](lines)
