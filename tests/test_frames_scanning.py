"""
Files as frames: what DuckDB sums of them, and what is refused, is as `read_volumes` has it.
"""

from __future__ import annotations

import gc
import shutil
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import prismodell as pm
from prismodell import frames
from prismodell.frames import repeats, scanning, tallying
from prismodell.lines import Unrated
from prismodell.tally import Tally
from test_frames import FILE, Row, bad_rows, good_rows, placeless, table_of, written

EXAMPLES = Path(__file__).parent.parent / "examples" / "data"
YEAR = sorted(path for path in EXAMPLES.glob("*-2021.csv") if not path.name.startswith("budget"))
HEADER = "customer,service,month,quantity,source,reference\n"


def both(*paths: Path) -> tuple[Tally | tuple[pm.Problem, ...], Tally | tuple[pm.Problem, ...]]:
    """
    What memory and the engine say of files: a tally, or the problems.
    """
    said: list[Tally | tuple[pm.Problem, ...]] = []
    for in_memory in (True, False):
        try:
            tally = pm.read_volumes(*paths).tally() if in_memory else frames.tally(*paths)
            said.append(placeless(tally))
        except pm.InputError as error:
            said.append(error.problems)
    return said[0], said[1]


def file(folder: Path, text: str, name: str = FILE) -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def test_the_year_of_the_example_is_the_same_from_its_files() -> None:
    expected = pm.read_volumes(*YEAR).tally()
    assert placeless(expected) == placeless(frames.tally(*YEAR))


@given(rows=st.lists(st.one_of(good_rows, bad_rows), max_size=10))
def test_a_comma_file_is_summed_or_refused_in_the_same_words(
    rows: list[Row], tmp_path_factory: pytest.TempPathFactory
) -> None:
    expected, said = both(written(rows, tmp_path_factory.mktemp("rows") / FILE))
    event(type(expected).__name__)
    assert expected == said


NUMBERS = st.one_of(
    st.integers(-(10**12) + 1, 10**12 - 1).map(lambda n: f"{n:,}".replace(",", "\u00a0")),
    st.integers(-9999, 9999).map(lambda n: f"{n / 100:.2f}".replace(".", ",")),
    st.sampled_from(
        ["1\u202f000,5", "1 000", "1000", "-1 000 000,25", "1 00", "1.5", "1\u00a0000 000", "10 00"]
    ),
)


@given(numbers=st.lists(NUMBERS, min_size=1, max_size=8))
def test_a_semicolon_file_is_summed_or_refused_in_the_same_words(
    numbers: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = "customer;service;month;quantity\r\n" + "".join(f"K;LON;2022-01;{n}\r\n" for n in numbers)
    expected, said = both(file(tmp_path_factory.mktemp("rows"), text))
    event(type(expected).__name__)
    assert expected == said


@pytest.mark.parametrize(
    "text",
    [
        HEADER,
        "\ufeff" + HEADER + "K,LON,2022-01,1,,\r\n",
        "sep=,\n" + HEADER + "K,LON,2022-01,1,,\n",
        "\n\n" + HEADER + "K,LON,2022-01,1,,\n\n , ,,,,\n,,,,,\nK,LON,2022-01,2,,",
        HEADER.strip() + ",\nK,LON,2022-01,1,,,\nK,LON,2022-01,1,,,x\n",
        HEADER + 'K,LON,2022-01,1,"a ""b"" c",x\n',
        HEADER.replace("reference", "note") + 'K,LON,2022-01,1,,"två\nrader"\nK,LON,2022-01,2,,\n',
        HEADER.replace("reference", "note")
        + 'K,LON,2022-01,1,,"öppen\nK,LON,2022-01,2,,\nK,LON,2022-01,3,,"\n',
        HEADER + 'K,LON,2022-01,1,,"öppen\nK,LON,2022-01,2,,\n',
        HEADER + "K,LON,2022-01,1,\nK,LON,2022-01,1,,,\n",
        HEADER + 'K"x,LON,2022-01,1,,\n',
        HEADER + '"K"x,LON,2022-01,1,,\n',
        HEADER + "K,LON,2022-01,1,,\rK,LON,2022-01,2,,\r",
        HEADER + f"K,LON,2022-01,1,{'x' * 2000},\n",
        HEADER + "K,LON,2022-01,1,e,A\nK,LON,2022-01,1,e,A\nK,LON,2022-01,2,e,A\n",
        HEADER + "K,LON,2022-01,1234,5,,\n",
        HEADER + "K,LON,2022-01,1,,,\nK,LON,2022-01,1,,,,\n",
        HEADER + '"K","LON, ja",2022-01,1,,\n',
        HEADER + 'K,LON,2022-01,1,,"öppen\nK,LON,2022-01,2,,"\nK,LON,2022-01,3,,\rK,LON,2022-01,4,,\n',
        HEADER.strip() + ",x,X,x\nK,LON,2022-01,1,,,,,\n",
        HEADER.replace("reference", "refrence") + "K,LON,2022-01,1,,\n",
        HEADER.replace("reference", "ärendenr") + "K,LON,2022-01,1,,\n",
        HEADER.replace("source", "service") + "K,LON,2022-01,1,,\n",
        HEADER.replace(",", "\t") + "K\tLON\t2022-01\t1\t\t\n",
        HEADER + "K,LON,2022-01,1,\0,\n",
        HEADER + "NULL,NA,2022-01,1,null,\n",
        "",
    ],
)
def test_an_odd_file_is_summed_or_refused_in_the_same_words(text: str, tmp_path: Path) -> None:
    expected, said = both(file(tmp_path, text))
    assert expected == said


def test_what_no_sum_needs_is_looked_at_only_in_rows_that_share_a_reference(tmp_path: Path) -> None:
    header = HEADER.replace("\n", ",registered,note\n")
    alone = file(tmp_path, header + f"K,LON,2022-01,1,e,A,i går,{'x' * 2000}\n")
    assert 1 == frames.tally(alone).rows
    twice = file(tmp_path, header + "K,LON,2022-01,1,e,A,i går,\nK,LON,2022-01,1,e,A,,\n")
    fault = "1 rad: 'i går' är inte en dag; skriv som 2022-02-03; till exempel 'e A'"
    with pytest.raises(pm.InputError, match=fault):
        frames.tally(twice)
    unseen = file(tmp_path, HEADER + "K,LON,2022-01,1,e,A\u200b\n")
    with pytest.raises(pm.InputError, match=r"1 rad: 'A<U.200B>' har tecken som inte syns"):
        frames.tally(unseen)


def test_a_file_that_the_engine_reads_otherwise_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = file(tmp_path, HEADER + "K,LON,2022-01,1,,\n   \nK,LON,2022-01,2,,\n")
    assert 2 == pm.read_volumes(path).tally().rows
    with pytest.raises(
        pm.InputError, match="DuckDB läser inte alla av filens 2 rader; läs den med read_volumes"
    ):
        frames.tally(path)


def test_a_file_in_windows_1252_is_refused_in_the_same_words(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes((HEADER + "SKÅ,LON,2022-01,1,,\n").encode("cp1252"))
    expected, said = both(path)
    assert expected == said
    assert isinstance(said, tuple)


@given(parts=st.lists(st.lists(good_rows, max_size=6), min_size=2, max_size=3))
def test_files_are_summed_as_one_whatever_their_kind(
    parts: list[list[Row]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    comma = [written(rows, folder / f"{number}.csv") for number, rows in enumerate(parts)]
    mixed = []
    for number, rows in enumerate(parts):
        if number % 2:
            pq.write_table(table_of(rows).drop(["file"]), folder / f"{number}.parquet")
            mixed.append(folder / f"{number}.parquet")
        else:
            mixed.append(comma[number])
    contents = {path.read_bytes() for path in comma}
    if len(contents) < len(comma):
        return  # the same content twice, which two kinds of files do not show
    expected = pm.read_volumes(*comma).tally()
    tally = frames.tally(*mixed)
    event(f"conflicts: {bool(expected.conflicts)}, duplicates: {bool(expected.duplicates)}")
    assert repr(placeless(expected)).replace(".parquet", ".csv") == repr(placeless(tally))
    assert named(expected) == named(tally)


def named(tally: Tally) -> str:
    return "\n".join(map(repr, placeless(tally).entries)).replace(".parquet", ".csv")


def test_the_same_content_under_two_names_is_counted_once_and_told(tmp_path: Path) -> None:
    path = file(tmp_path, HEADER + "K,LON,2022-01,1,,\n", "a.csv")
    shutil.copy(path, tmp_path / "b.csv")
    tally = frames.tally(str(tmp_path / "*.csv"))
    assert ["samma innehåll som a.csv"] == [each.what for each in tally.notices]
    assert 1 == tally.rows


def test_every_file_that_cannot_be_read_is_named_and_nothing_is_summed(tmp_path: Path) -> None:
    file(tmp_path, HEADER + "K,LON,2022-01,1,,\n", "bra.csv")
    file(tmp_path, HEADER + "K,LON,2022-01,x,,\n", "fel.csv")
    file(tmp_path, "PAR1 men inte mer", "trasig.parquet")
    with pytest.raises(pm.InputError) as error:
        frames.tally(str(tmp_path / "*.*"), tmp_path / "saknas.csv", str(tmp_path / "*.tsv"))
    places = {each.place.partition(":")[0].partition("/")[0] for each in error.value.problems}
    assert {"fel.csv", "trasig.parquet"} <= places
    assert 4 == len(error.value.problems)


def test_progress_is_told_file_by_file(tmp_path: Path) -> None:
    for month in ("01", "02"):
        file(tmp_path, HEADER + f"K,LON,2022-{month},1,,\n", f"{month}.csv")
    told: list[tuple[str, int, int]] = []
    frames.tally(str(tmp_path / "*.csv"), progress=lambda *said: told.append(said))
    assert [("01.csv", 1, 2), ("02.csv", 2, 2)] == told


def test_a_parquet_file_of_numbers_and_dates_is_summed(tmp_path: Path) -> None:
    table = pa.table(
        {
            "customer": ["K"],
            "service": ["LON"],
            "month": [date(2022, 1, 1)],
            "quantity": pa.array([Decimal("12.50")], pa.decimal128(9, 2)),
        }
    )
    pq.write_table(table, tmp_path / "dw [1].parquet")
    (entry,) = frames.tally(tmp_path / "dw [1].parquet").entries
    assert (pm.Month(2022, 1), Decimal("12.5"), 1) == (entry.month, entry.quantity, entry.rows)
    assert "dw [1].parquet" == entry.provenance[0].file


def test_what_is_wrong_in_a_parquet_file_is_told_by_reason(tmp_path: Path) -> None:
    rows = [("K", "LON", month, "1", *[None] * 5) for month in ("2022-01", "2022-13", "2022-13")]
    for name in ("a.parquet", "b.parquet"):
        pq.write_table(table_of(rows), tmp_path / name)
        rows.append(rows[0])
    with pytest.raises(pm.InputError) as error:
        frames.tally(str(tmp_path / "*.parquet"))
    example = "skriv som 2022-01; till exempel 'K' 'LON' '2022-13' '1' och 'K' 'LON' '2022-13' '1'"
    assert [
        f"{name}, kolumn month\n  2 rader: '2022-13' är inte en månad; {example}"
        for name in ("a.parquet", "b.parquet")
    ] == [*map(str, error.value.problems)]


def test_scan_gives_the_frames_that_a_tally_sums(tmp_path: Path) -> None:
    path = file(tmp_path, "customer;service;month;quantity\nK;LON;2022-01;1 000,5\n")
    scanned = frames.scan(path)
    assert [("K", "LON", "2022-01", "1000.5", FILE)] == scanned[FILE].fetchall()
    assert frames.tally(path) == frames.tally(scanned[FILE])


def test_the_names_of_folders_say_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "month=2022-02" / "customer=Z"
    folder.mkdir(parents=True)
    file(folder, HEADER + "K,LON,2022-01,1,,\n", "v.csv")
    pq.write_table(table_of([("K", "LON", "2022-01", "2", *[None] * 5)]), folder / "v.parquet")
    (entry,) = frames.tally(str(tmp_path / "**" / "v.*")).entries
    assert ("K", pm.Month(2022, 1), Decimal(3)) == (entry.customer, entry.month, entry.quantity)


def test_what_memory_cannot_hold_is_put_on_disk_and_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = 300_000
    table = pa.table(
        {
            "customer": ["K"] * rows,
            "service": ["LON"] * rows,
            "month": ["2022-01"] * rows,
            "quantity": [1] * rows,
            "source": ["e"] * rows,
            "reference": [f"referens nummer {number}" for number in range(rows)],
        }
    )
    pq.write_table(table, tmp_path / "stor.parquet")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(scanning, "MEMORY", 12)
    assert rows == frames.tally(tmp_path / "stor.parquet").rows
    gc.collect()
    assert ["stor.parquet"] == [each.name for each in tmp_path.iterdir()]


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, HEADER + "K,LON,2022-01,1,e,A\nK,LON,2022-01,1,e,A\n")

    def change(*_: object) -> None:
        file(tmp_path, HEADER + "K,LON,2022-01,77,e,A\nK,LON,2022-01,77,e,A\n")

    with pytest.raises(pm.InputError, match="filen ändrades medan den lästes"):
        frames.tally(path, progress=change)


def test_a_path_is_where_it_is_and_settings_of_the_user_do_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "~").mkdir()
    file(tmp_path / "~", HEADER + "K,LON,2022-01,1,,\nk,LON,2022-01,1,,\n", "t.csv")
    duckdb.sql("SET default_collation = 'nocase'")
    try:
        assert 2 == len(frames.tally("~/t.csv").entries)
    finally:
        duckdb.sql("RESET default_collation")


def test_many_files_are_summed_together(tmp_path: Path) -> None:
    for number in range(400):
        row = f"K,LON,2022-01,1,e,A{number // 2},{number}\n"
        file(tmp_path, HEADER.replace("\n", ",note\n") + row, f"{number}.csv")
    tally = frames.tally(str(tmp_path / "*.csv"))
    assert (200, 200) == (tally.entries[0].rows, sum(each.rows for each in tally.duplicates))


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_files_that_are_scanned_together_are_each_named_as_they_are_alone(
    ending: str, tmp_path: Path
) -> None:
    rows = [("K", "LON", "2022-01", str(number), *[None] * 5) for number in range(5)]
    for number, folder in enumerate(["jan", "feb", "it's [1]*", 'ö"', "mars"]):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / f"v.{ending}"
        if ending == "csv":
            written(rows[:number], path)
        else:
            pq.write_table(table_of(rows[:number]).drop(["reference"]), path)
    paths = sorted(tmp_path.glob("*/*"))
    told: list[str] = []
    tally = frames.tally(*paths, progress=lambda name, *_: told.append(name))
    alone = [frames.tally(each) for each in paths]
    names = {each.file for each in tally.entries[0].provenance}
    assert sorted(told) == [f"{path.parent.name}/v.{ending}" for path in paths]
    assert names == {name for name in told if not name.startswith("jan")}
    assert [("jan/v." + ending, "inga rader")] == [(each.place, each.what) for each in tally.notices]
    assert sum(each.rows for each in alone) == tally.rows == 10
    assert dict.fromkeys(told, 0) == dict.fromkeys(frames.scan(*paths), 0)


def test_of_files_that_are_scanned_together_each_tells_what_is_wrong_in_it(tmp_path: Path) -> None:
    good, *bad = [
        file(tmp_path, HEADER + f"K,LON,{text}\n", f"{number}.csv")
        for number, text in enumerate(["2022-01,1,,", "2022-13,1,,", "2022-01,1,5,,", "2022-01,x,,"])
    ]
    pq.write_table(table_of([("K", "LON", "2022-01", "2", *[None] * 5)]), tmp_path / "4.parquet")
    damaged = (tmp_path / "4.parquet").read_bytes()
    (tmp_path / "5.parquet").write_bytes(damaged[:4] + b"\0" * 40 + damaged[44:])
    expected: list[pm.Problem] = []
    for path in bad:
        with pytest.raises(pm.InputError) as error:
            pm.read_volumes(path)
        expected += error.value.problems
    with pytest.raises(pm.InputError) as told:
        frames.tally(good, *bad)
    assert tuple(expected) == told.value.problems
    with pytest.raises(pm.InputError) as told:
        frames.tally(str(tmp_path / "*.*"))
    assert (*expected, "5.parquet") == (*told.value.problems[:-1], told.value.problems[-1].place)


def test_progress_may_compute_as_it_likes(tmp_path: Path) -> None:
    path = file(tmp_path, HEADER + "K,LON,2022-01,1,,\n")
    told: list[Decimal] = []
    frames.tally(path, progress=lambda _, done, of: told.append(Decimal(done) / Decimal(of + 2)))
    assert Decimal(1) / Decimal(3) == told[0]


def test_a_file_that_is_not_what_its_name_says_is_told(tmp_path: Path) -> None:
    text = file(tmp_path, HEADER + "K,LON,2022-01,1,,\n", "text.parquet")
    table = tmp_path / "tabell.csv"
    pq.write_table(table_of([("K", "LON", "2022-01", "2", *[None] * 5)]), table)
    (tmp_path / "kapad.parquet").write_bytes(table.read_bytes()[:-1])
    (tmp_path / "tom.parquet").write_bytes(b"")
    with pytest.raises(pm.InputError) as error:
        frames.tally(text, table, tmp_path / "kapad.parquet", tmp_path / "tom.parquet")
    short = "filen är ingen Parquetfil, eller avbruten; hämta den igen; är den text ska den heta .csv"
    assert [
        f"kapad.parquet\n  {short}",
        "tabell.csv\n  filen är en Parquetfil; spara den som CSV UTF-8; en Parquetfil ska heta .parquet",
        f"text.parquet\n  {short}",
        f"tom.parquet\n  {short}",
    ] == [*map(str, error.value.problems)]


@pytest.mark.parametrize(
    ("columns", "doubled"),
    [
        (("customer", "customer", "service", "month", "quantity"), "customer"),
        (("Customer", "customer", "service", "month", "quantity"), "Customer"),
        (("customer", "service", "month", "quantity", "extra", "Extra"), "extra"),
        (("customer", "service", "month", "quantity", "note_1", "note", "note"), "note"),
    ],
)
def test_a_parquet_file_with_two_columns_of_one_name_is_refused(
    columns: tuple[str, ...], doubled: str, tmp_path: Path
) -> None:
    values = {"service": "LON", "month": "2022-01", "quantity": "1"}
    table = pa.table([[values.get(each, "K")] for each in columns], names=[*columns])
    pq.write_table(table, tmp_path / "dubbel.parquet")
    with pytest.raises(pm.InputError) as error:
        frames.tally(tmp_path / "dubbel.parquet")
    fix = "ta bort alla utom en; stora och små bokstäver räknas som samma"
    (problem,) = error.value.problems
    assert f"dubbel.parquet\n  flera kolumner heter {doubled}; {fix}" == str(problem)


def test_a_parquet_file_may_have_a_column_whose_name_ends_in_a_number(tmp_path: Path) -> None:
    table = table_of([("K", "LON", "2022-01", "2", *[None] * 5)])
    deep = pa.array([{"customer": "K", "customer_1": "L", "within": {"customer": ["K"]}}])
    table = table.append_column("customer_1", pa.array(["L"])).append_column("deep", deep)
    table = table.append_column("", pa.array(["utan namn"]))
    pq.write_table(table, tmp_path / "fler.parquet")
    told = frames.tally(tmp_path / "fler.parquet")
    assert (1, "K") == (told.rows, told.entries[0].customer)
    unknown = [each.what for each in told.notices]
    assert [
        "kolumnen 'customer_1' är okänd och läses inte",
        "kolumnen 'deep' är okänd och läses inte",
    ] == unknown


def test_links_and_dots_in_a_path_lead_where_the_system_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, deep = tmp_path / "base", tmp_path / "else" / "deep"
    for folder in (base, deep / "y"):
        folder.mkdir(parents=True)
    (base / "ly[2]").symlink_to(deep / "y")
    file(base, HEADER + "K,LON,2022-01,1,,\n", "x.csv")
    file(deep, HEADER + "K,LON,2022-01,7,,\n", "x.csv")
    file(deep, HEADER + "K,LON,2022-01,9,,\n", "z.csv")
    for folder, count in ((base, 1), (deep, 2)):
        rows = [("K", "LON", "2022-01", "3", *[None] * 5)] * count
        pq.write_table(table_of(rows), folder / "p.parquet")
    (entry,) = frames.tally(base / "ly[2]" / ".." / "p.parquet").entries
    assert (2, Decimal(6)) == (entry.rows, entry.quantity)
    monkeypatch.chdir(base / "ly[2]")
    (entry,) = frames.tally("../x.csv").entries
    assert Decimal(7) == entry.quantity
    (entry,) = frames.tally(base / "ly[2]" / ".." / "x.csv", Path("..") / "z.csv").entries
    assert Decimal(16) == entry.quantity


def test_files_that_are_too_large_together_are_summed_in_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, rows in enumerate([1, 50, 1, 2, 1]):
        file(tmp_path, HEADER + f"K,LON,2022-01,{number},,\n" * rows, f"{number}.csv")
    monkeypatch.setattr(scanning, "TOGETHER", 300)
    problems: list[pm.Problem] = []
    together = [*scanning.files_of([str(tmp_path / "*.csv")], [], problems)]
    assert [["0.csv"], ["1.csv"], ["2.csv", "3.csv", "4.csv"]] == [[*each.places] for each in together]
    tally = frames.tally(str(tmp_path / "*.csv"))
    assert (55, Decimal(62)) == (tally.rows, tally.entries[0].quantity)


def test_a_file_that_is_gone_when_it_has_been_summed_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, HEADER + "K,LON,2022-01,1,,\n")
    with pytest.raises(pm.InputError, match="filen ändrades medan den lästes"):
        frames.tally(path, progress=lambda *_: path.unlink())


@pytest.mark.parametrize(
    ("module", "query", "told"),
    [
        (
            tallying,
            "_grouped",
            r"volymer\.csv\n  minnet räcker inte till summorna; frigör plats i .*, eller ge",
        ),
        (repeats, "_found", r"filernas referenser\n  DuckDB kan inte jämföra dem: slut; frigör minne, eller"),
    ],
)
def test_what_neither_memory_nor_disk_can_hold_is_told(
    module: ModuleType, query: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(*_: object) -> None:
        raise duckdb.OutOfMemoryException("slut")

    path = file(tmp_path, HEADER + "K,LON,2022-01,1,e,A\n")
    monkeypatch.setattr(module, query, exhausted)
    with pytest.raises(pm.InputError, match=told):
        frames.tally(path)


def test_the_rows_of_a_file_that_has_become_unreadable_are_refused_in_the_same_words(tmp_path: Path) -> None:
    path = file(tmp_path, HEADER + "K,LON,2022-01,1,,\n")
    (entry,) = frames.tally(path).entries
    file(tmp_path, HEADER + "K,LON,2022-01,1,,\nK,LON\n")
    told = r"volymer\.csv:3\n  raden har 2 celler, rubriken 6; skriv alla kolumner, även de tomma"
    with pytest.raises(pm.InputError, match=told):
        frames.rows(Unrated(entry, pm.Reason.UNKNOWN_SERVICE, ""), path)
