"""
What the columns of a frame may be, what is said of bad rows, and the way back from a line to its rows.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from prismodell import frames
from prismodell.lines import Unrated
from test_frames import COLUMNS, ENGINES, FILE, Row, good_rows, placeless, table_of

JANUARY = pm.Month(2022, 1)
PRICES = Path(__file__).parent.parent / "pricelists" / "serviceforvaltningen-2022.toml"
KEYS = {"customer": "K", "service": "LON", "month": "2022-01"}


def frame(rows: int = 1, /, **columns: Any) -> pl.DataFrame:
    return pl.DataFrame([{**KEYS, "quantity": 1}] * rows).with_columns(**columns)


def problems(native: Any) -> list[str]:
    with pytest.raises(pm.InputError) as error:
        frames.tally(native)
    return [str(each).replace("\n", " | ") for each in error.value.problems]


# --- types -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dtype", "values"),
    [
        *((dtype, [1, 2, -3]) for dtype in (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.Int128)),
        *((dtype, [1, 2, 3]) for dtype in (pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64)),
        (pl.Decimal(10, 2), [Decimal("0.01"), Decimal("-99999999.99"), Decimal(0)]),
        (pl.Decimal(38, 6), [Decimal("999999999999.999999")] * 3),
        (pl.String, ["0.000001", "-0", "999999999999.999999"]),
    ],
)
def test_a_quantity_is_summed_exactly_whatever_its_type(dtype: Any, values: list[Any]) -> None:
    (entry,) = frames.tally(frame(3, quantity=pl.Series(values, dtype=dtype))).entries
    assert sum(map(Decimal, values)) == entry.quantity
    assert sum(Decimal(each) < 0 for each in values) == entry.credits


@pytest.mark.parametrize("engine", ENGINES)
def test_no_sum_wraps_where_integers_of_64_bits_would(engine: str) -> None:
    rows: list[Row] = [("K", "LON", "2022-01", "999999999999.999999", None, None, None, None, FILE)] * 20
    (entry,) = frames.tally(ENGINES[engine](table_of(rows))).entries
    assert 20 * Decimal("999999999999.999999") == entry.quantity
    assert entry.quantity * 10**6 > 2**63


@pytest.mark.parametrize("native", [pl.DataFrame.lazy, pl.DataFrame.to_arrow])
def test_whole_numbers_of_64_bits_do_not_wrap_either(native: Any) -> None:
    many = 10_000_000
    keys = [pl.repeat(value, many, dtype=pl.String).alias(key) for key, value in KEYS.items()]
    rows = pl.select(*keys, pl.repeat(999_999_999_999, many, dtype=pl.Int64).alias("quantity"))
    (entry,) = frames.tally(native(rows)).entries
    assert many * 999_999_999_999 == entry.quantity > 2**63


@pytest.mark.parametrize(
    ("column", "fault"),
    [
        (
            pl.lit(1.5).alias("quantity"),
            "quantity |   typen är Float64, som inte är exakt; läs in den som text",
        ),
        (
            pl.lit(value=True).alias("quantity"),
            "quantity |   typen är Boolean, inte tal; läs in den som text",
        ),
        (
            pl.lit(Decimal("1.1234567")).alias("quantity"),
            "quantity |   typen är Decimal(precision=38, scale=7): fler än sex decimaler; avrunda",
        ),
        (
            pl.lit(12).alias("customer"),
            "customer |   typen är Int32, inte text; läs in den som text; inledande",
        ),
        (
            pl.lit(datetime(2022, 1, 1, tzinfo=UTC)).alias("month"),
            "month |   tiderna har tidszonen UTC; gör om dem till dagar i den tidszon som gäller",
        ),
        (pl.lit([1]).alias("reference"), "reference |   typen är List(Int64), inte text"),
    ],
)
def test_a_type_that_cannot_hold_what_it_should_is_refused(column: pl.Expr, fault: str) -> None:
    (told,) = problems(frame().with_columns(column))
    assert f"ramen, kolumn {fault}" in told


def test_a_month_may_be_the_first_day_of_it() -> None:
    for first in (date(2022, 1, 1), datetime(2022, 1, 1)):  # noqa: DTZ001 - without time zone, on purpose
        (entry,) = frames.tally(frame(month=pl.lit(first))).entries
        assert JANUARY == entry.month
    for other in (pl.lit(date(2022, 1, 17)), pl.lit("2022-01-17")):
        (told,) = problems(frame(month=other))
        fix = "ge månader som text, 2022-01, eller en kolumn av datum med den första dagen i dem"
        assert f"1 rad: '2022-01-17' är inte en månad; {fix}" in told
    (told,) = problems(frame(month=pl.lit(datetime(2022, 1, 1, 13))))  # noqa: DTZ001 - as above
    assert "'2022-01-01 13:00:00' är inte en månad" in told


def test_a_day_that_is_text_is_no_month_in_a_frame_either() -> None:
    with pytest.raises(pm.InputError, match="'2022-01-01' är inte en månad"):
        frames.tally(frame(month=pl.lit("2022-01-01")))


def test_a_column_without_values_is_as_good_as_none_whatever_its_type() -> None:
    empty = pd.DataFrame([{**KEYS, "quantity": 1, "source": float("nan"), "reference": None}])
    assert 1 == frames.tally(empty).rows
    assert 1 == frames.tally(frame(source=pl.lit(None), file=pl.lit(None, pl.Float64))).rows
    (told,) = problems(frame(customer=pl.lit(None)))
    assert "ramen, kolumn customer |   1 rad: koden är tom" in told


def test_a_frame_without_rows_is_an_empty_tally_and_said() -> None:
    for native in (
        pd.DataFrame(columns=[*KEYS, "quantity"]),
        frame().head(0),
        frame().head(0).lazy(),
        frame().head(0).to_arrow(),
    ):
        tally = frames.tally(native)
        assert not tally.entries
        assert not tally.read
        assert ["inga rader"] == [each.what for each in tally.notices]


def test_unknown_columns_are_told_and_nearly_known_or_doubled_ones_refused() -> None:
    assert ["kolumnen 'färg' är okänd och läses inte"] == [
        each.what for each in frames.tally(frame(färg=pl.lit("röd"))).notices
    ]
    assert ["ramen |   kolumnen 'refrence' är okänd; menade du 'reference'?"] == problems(
        frame(refrence=pl.lit("A"))
    )
    assert [
        "ramen |   kolumnen quantity saknas; första raden ska ha customer, service, month och quantity"
    ] == (problems(frame().drop("quantity")))
    doubled = pa.table([["K"], ["K"]], names=["customer", "customer"])
    (told,) = problems(doubled)
    assert "två kolumner heter lika" in told


def test_what_is_no_frame_and_frames_of_two_engines_are_refused() -> None:
    with pytest.raises(TypeError, match="one by one, not a list"):
        frames.tally([{**KEYS, "quantity": 1}])  # type: ignore[arg-type]  # on purpose
    with pytest.raises(TypeError, match="one or more"):
        frames.tally()
    with pytest.raises(TypeError, match="not both"):
        frames.tally(frame(), "v.csv")
    with pytest.raises(TypeError, match="of one engine"):
        frames.tally(frame(), frame().to_arrow())


def test_objects_of_pandas_are_the_texts_that_they_print_as() -> None:
    numbers = [*map(str, range(120)), *range(30)]
    keys = {key: [value] * 150 for key, value in KEYS.items()}
    native = pd.DataFrame(
        {**keys, "quantity": 1, "source": "e", "reference": pd.Series(numbers, dtype=object)}
    )
    (entry,) = frames.tally(native).entries
    assert 120 == entry.rows


# --- bad rows ----------------------------------------------------------------------------------------------


def test_bad_rows_are_counted_by_reason_with_a_few_of_them() -> None:
    quantities = ["1", "1,5", "2", "x", "x", "5-", None, "1.1234567"]
    rows = frame(8, quantity=pl.Series(quantities), month=pl.Series(["2022-01"] * 7 + ["2022-13"]))
    assert (
        """
ramen, kolumn month
  1 rad: '2022-13' är inte en månad; skriv som 2022-01; till exempel rad 8 ('K' 'LON' '2022-13' '1.1234567')
ramen, kolumn quantity
  3 rader (2 olika värden): 'x' är inte ett tal med decimalpunkt; skriv tal som 1234.50, utan mellanrum; \
till exempel rad 2 ('K' 'LON' '2022-01' '1,5'), rad 4 ('K' 'LON' '2022-01' 'x') och rad 5 \
('K' 'LON' '2022-01' 'x')
ramen, kolumn quantity
  1 rad: volymen saknas; skriv ett tal, 0 om inget levererades; till exempel rad 7 ('K' 'LON' '2022-01' '')
ramen, kolumn quantity
  1 rad: '1.1234567' har fler än sex decimaler; avrunda till högst sex; till exempel rad 8 \
('K' 'LON' '2022-13' '1.1234567')
ramen, kolumn quantity
  1 rad: '5-' har minustecknet sist; skriv det först; till exempel rad 6 ('K' 'LON' '2022-01' '5-')"""
        == "\n" + "\n".join(problems(rows)).replace(" |   ", "\n  ")
    )
    assert "till exempel 'K' 'LON' '2022-01' '5-'" in problems(rows.lazy())[-1]


def test_a_whole_number_that_is_too_large_is_refused() -> None:
    for quantity in (10**12, -(10**12), 2**63 - 1):
        (told,) = problems(frame(quantity=pl.lit(quantity)))
        assert f"1 rad: '{quantity}' har fler än tolv siffror före decimaltecknet" in told


def test_the_problems_of_all_frames_are_told_and_each_frame_is_named() -> None:
    with pytest.raises(pm.InputError) as error:
        frames.tally(frame(month=pl.lit("x")), frame(), frame(customer=pl.lit("")))
    assert ["ram 1, kolumn month", "ram 3, kolumn customer"] == [each.place for each in error.value.problems]


# --- parts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["polars", "polars, lazy", "pandas", "pyarrow", "duckdb"])
@fewer(10)
@given(rows=st.lists(good_rows, max_size=10), parts=st.integers(1, 3), seed=st.randoms(use_true_random=False))
def test_order_and_parts_change_nothing(engine: str, rows: list[Row], parts: int, seed: Any) -> None:
    make = ENGINES[engine]
    whole = placeless(frames.tally(make(table_of(rows))))
    event(f"duplicates: {bool(whole.duplicates)}, conflicts: {bool(whole.conflicts)}")
    shuffled = rows.copy()
    seed.shuffle(shuffled)
    assert whole == placeless(frames.tally(*(make(table_of(shuffled[at::parts])) for at in range(parts))))


@given(rows=st.lists(good_rows, max_size=10))
def test_months_that_are_summed_one_by_one_add_to_the_year(rows: list[Row]) -> None:
    reference = COLUMNS.index("reference")
    rows = [(*row[:reference], None, *row[reference + 1 :]) for row in rows]
    year = ENGINES["polars, lazy"](table_of(rows))
    months = [frames.tally(year.filter(pl.col("month") == month)) for month in ("2022-01", "2022-02")]
    assert frames.tally(year) == pm.add(*months)


# --- the way back ------------------------------------------------------------------------------------------


def counted(rows: Sequence[pm.Volume], entry: pm.Entry) -> list[Decimal]:
    return sorted(
        row.quantity
        for row in rows
        if (row.service, row.month, row.customer) == (entry.service, entry.month, entry.customer)
    )


def unrated(entry: pm.Entry) -> Unrated:
    return Unrated(entry, pm.Reason.UNKNOWN_SERVICE, "")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_part_without_any_of_the_rows_is_no_hindrance(engine: str) -> None:
    parts = [ENGINES[engine](table_of([(customer, "LON", "2022-01", "1", *[None] * 5)])) for customer in "AB"]
    first, _ = frames.tally(*parts).entries
    assert 1 == len(nw.from_native(frames.rows(unrated(first), *parts)).lazy().collect())


@pytest.mark.parametrize("engine", ENGINES)
@fewer(10)
@given(rows=st.lists(good_rows, min_size=1, max_size=12))
def test_the_rows_behind_a_line_are_those_that_it_is_the_sum_of(engine: str, rows: list[Row]) -> None:
    native = ENGINES[engine](table_of(rows))
    for entry in frames.tally(native).entries[:2]:
        found = frames.rows(unrated(entry), native)
        assert type(native) is type(found)
        had = nw.from_native(found).lazy().collect()
        assert entry.rows == len(had)
        assert entry.quantity == sum(map(Decimal, had["quantity"].to_list()))


def test_a_line_of_a_service_that_replaces_others_has_their_rows_too() -> None:
    prices = pm.parse_price_list(
        """
        [price_list]
        id = "L"
        title = "Lista"
        currency = "SEK"
        valid_from = 2022-01-01
        valid_to = 2022-12-31
        [[area]]
        code = "a"
        name = "A"
        [[service]]
        code = "NY"
        name = "Ny"
        area = "a"
        kind = "obligatory"
        unit = "styck"
        price = 10
        replaces = ["LON", "REK"]
        """
    )
    register = pm.Register((pm.Customer("K", "K", pm.CustomerType.ADMINISTRATION),))
    native = frame(3, service=pl.Series(["LON", "REK", "EKO"]), färg=pl.lit("röd"))
    (line,) = pm.rate(frames.tally(native), prices, register).lines
    found = frames.rows(line, native)
    assert native.columns == found.columns
    assert ["LON", "REK"] == found["service"].to_list()
    stranger = native.with_columns(customer=pl.lit("X"))
    waiting = pm.rate(frames.tally(stranger), prices, register).unrated
    assert [["EKO"], ["LON", "REK"]] == [frames.rows(each, stranger)["service"].to_list() for each in waiting]


def test_the_rows_of_several_frames_come_as_texts_of_the_known_columns() -> None:
    parts = [frame(1, source=pl.lit("e"), reference=pl.lit(each), färg=pl.lit("röd")) for each in "AAB"]
    (entry,) = frames.tally(*parts).entries
    found = frames.rows(unrated(entry), *parts)
    assert 2 == entry.rows == len(found)
    assert [*COLUMNS] == found.columns
    assert ["A", "B"] == sorted(found["reference"].to_list())


def test_rows_that_are_not_those_of_the_line_are_refused() -> None:
    mine, other = frame(2, quantity=pl.Series([1, 2])), frame(quantity=pl.lit(3))
    (entry,) = frames.tally(mine, other).entries
    told = "\nK LON 2022-01\n  består av 3 rader med summan 6, men här finns 2 rader med summan 3; ge allt"
    with pytest.raises(pm.InputError, match=told):
        frames.rows(unrated(entry), mine)
    with pytest.raises(pm.InputError, match="men här finns 3 rader med summan 9"):
        frames.rows(unrated(entry), frame(3, quantity=pl.lit(3)))
    with pytest.raises(pm.InputError, match="men här finns 0 rader med summan 0"):
        frames.rows(unrated(entry), frame(customer=pl.lit("X")))


def test_the_rows_of_a_billed_line_are_found_without_its_subscriptions() -> None:
    prices = pm.read_price_list(PRICES)
    customer = pm.Customer("K", "Kund", pm.CustomerType.ADMINISTRATION)
    subscription = pm.Subscription("K", "LON-SPEC", pm.Span(JANUARY, JANUARY + 1), Decimal(2))
    register = pm.Register((customer,), subscriptions=(subscription,))
    native = frame(3, service=pl.lit("LON-SPEC"))
    both = pm.add(frames.tally(native), register.subscribed(JANUARY))
    (document,) = pm.issue(pm.rate(both, prices, register), JANUARY, register)
    (billed,) = document.lines
    assert Decimal(5) == billed.quantity
    assert native.equals(frames.rows(billed, native))


# --- twice, or without a source ----------------------------------------------------------------------------


def test_a_frame_that_is_given_twice_is_told() -> None:
    twice = frame()
    with pytest.raises(pm.InputError, match=r"ram 3\n  samma ram är redan given; ge varje ram en gång"):
        frames.tally(twice, frame(), twice)


def test_references_without_a_source_are_noticed() -> None:
    told = "kolumnen reference står utan source, så dubbletter och rader som säger emot varandra räknas alla"
    (notice,) = frames.tally(frame(reference=pl.lit("A"))).notices
    assert ("ramen", told) == (notice.place, notice.what)
    assert () == frames.tally(frame(reference=pl.lit("A"), source=pl.lit("e"))).notices


def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "prismodell.frames.scanning", raising=False)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(ModuleNotFoundError, match=r"paketet duckdb saknas: installera prismodell\[frames\]"):
        frames.tally("volymer.csv")


def test_a_source_of_the_users_own_may_be_called_as_subscriptions_are() -> None:
    native = frame(2, source=pl.Series(["abonnemang", "s"]), reference=pl.Series(["1", "2"]))
    (entry,) = frames.tally(native).entries
    assert native.equals(frames.rows(unrated(entry), native))


def test_a_twelfth_of_a_plan_has_no_rows_of_its_own() -> None:
    prices = pm.read_price_list(PRICES)
    register = pm.Register((pm.Customer("K", "Kund", pm.CustomerType.ADMINISTRATION),))
    native = frame(12, service=pl.lit("LON-SPEC"))
    line, *_ = pm.preliminary(pm.rate(frames.tally(native), prices, register)).lines
    with pytest.raises(pm.InputError, match="är en tolftedel, som inte består av månadens rader"):
        frames.rows(line, native)
