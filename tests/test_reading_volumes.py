"""
Volumes from CSV: what is read, digit for digit and line for line, and what is told of a damaged file.
"""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import prismodell as pm
from prismodell.reading import volumes as reading

HEADER = "customer,service,month,quantity"
ALL = f"{HEADER},source,reference,registered,note"
JANUARY = pm.Month(2022, 1)
EXAMPLES = Path(__file__).resolve().parent.parent / "examples" / "data"

COMMA = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
SEMICOLON = re.compile(
    r"-?([0-9]{1,12}|[0-9]{1,3}(( [0-9]{3}){1,3}|(\u00a0[0-9]{3}){1,3}|(\u202f[0-9]{3}){1,3}))(,[0-9]{1,6})?"
)
ACCENTS = "\u0301" * 45_000 + "\u0316" * 45_000  # takes quadratic time to put in order

Read = Callable[..., pm.Volumes]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """
    Reads a text or bytes as the only file there is, `v.csv`.
    """
    path = tmp_path_factory.mktemp("volumes") / "v.csv"

    def from_content(content: str | bytes, **options: str) -> pm.Volumes:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return pm.read_volumes(path, **options)

    return from_content


def told(read: Read, content: str | bytes) -> list[pm.Problem]:
    """
    The problems of a bad file.
    """
    with pytest.raises(pm.InputError) as caught:
        read(content)
    return list(caught.value.problems)


def places(read: Read, content: str | bytes) -> list[str]:
    return [problem.place for problem in told(read, content)]


def quantities(volumes: pm.Volumes) -> list[Decimal]:
    return [row.quantity for row in volumes]


# What is read


def test_every_column_comes_into_its_place(read: Read) -> None:
    [row] = read(f"{ALL}\nSDF-SKA,EKO-LEV,2022-01,12.50,ekonomisystem,E22-1,2022-02-03,sen\n")
    assert (
        "SDF-SKA",
        "EKO-LEV",
        JANUARY,
        Decimal("12.50"),
        "ekonomisystem",
        "E22-1",
        "2022-02-03",
        "sen",
        "v.csv",
        2,
    ) == (
        row.customer,
        row.service,
        row.month,
        row.quantity,
        row.source,
        row.reference,
        str(row.registered),
        row.note,
        row.file.name if row.file else "",
        row.line,
    )


@given(st.permutations(ALL.split(",")))
def test_the_order_of_the_columns_does_not_matter(read: Read, columns: Sequence[str]) -> None:
    cells = dict(zip(ALL.split(","), ["K", "S", "2022-01", "5", "s", "r", "2022-02-03", "n"], strict=True))
    [row] = read(f"{','.join(columns)}\n{','.join(cells[column] for column in columns)}\n")
    assert ("K", "S", JANUARY, Decimal(5), "s", "r", "n") == (
        row.customer,
        row.service,
        row.month,
        row.quantity,
        row.source,
        row.reference,
        row.note,
    )


def test_the_rows_come_in_the_order_of_the_file_with_their_lines(read: Read) -> None:
    volumes = read(f"{HEADER}\nB,S,2022-01,2\nA,S,2022-01,1\nB,S,2022-01,2\n")
    assert [("B", 2), ("A", 3), ("B", 4)] == [(row.customer, row.line) for row in volumes]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "BOM"])
@pytest.mark.parametrize("last", [True, False], ids=["ended", "not ended"])
def test_byte_order_marks_and_kinds_of_line_ends_change_nothing(
    read: Read, end: str, mark: str, *, last: bool
) -> None:
    lines = [HEADER, "A,S,2022-01,1", "B,S,2022-01,2"]
    volumes = read(mark + end.join(lines) + (end if last else ""))
    assert [("A", 2), ("B", 3)] == [(row.customer, row.line) for row in volumes]


def test_empty_lines_are_passed_over_and_counted(read: Read) -> None:
    volumes = read(f"\n\n{HEADER}\n\nA,S,2022-01,1\n,,,\n  \nB,S,2022-01,2\n\n\n")
    assert [("A", 5), ("B", 8)] == [(row.customer, row.line) for row in volumes]


def test_excels_sep_line_is_passed_over_and_counted(read: Read) -> None:
    [row] = read(f"sep=;\r\n{HEADER.replace(',', ';')}\r\nA;S;2022-01;1,5\r\n")
    assert (Decimal("1.5"), 3) == (row.quantity, row.line)


def test_a_quoted_cell_over_several_lines_is_one_row_at_its_first_line(read: Read) -> None:
    volumes = read(f'{HEADER},note\nA,S,2022-01,1,"en\ntvå, ""tre"""\nB,S,2022-01,2,\n')
    assert [("A", 2, 'en två, "tre"'), ("B", 4, "")] == [
        (row.customer, row.line, row.note) for row in volumes
    ]


def test_a_quoted_header_may_hold_the_delimiter_and_a_line_break(read: Read) -> None:
    [row] = read('"customer","service","month","quantity","egen,\nkolumn"\n"A","S","2022-01","1","x"\n')
    assert ("A", 3) == (row.customer, row.line)


def test_codes_are_trimmed_and_in_nfc(read: Read) -> None:
    [row] = read(f"{HEADER}\n A\u030aBO ,\u00a0O\u0308L,2022-01,1\n")
    assert ("ÅBO", "ÖL") == (row.customer, row.service)


def test_texts_are_in_nfc_with_plain_spaces_so_that_equal_references_are_equal(read: Read) -> None:
    volumes = read(f"{ALL}\nA,S,2022-01,1,lo\u0308n\u00a0a,r\u00a01,,\nA,S,2022-01,1,lön a,r 1,,\n")
    assert [("lön a", "r 1")] * 2 == [(row.source, row.reference) for row in volumes]
    assert 1 == len(volumes.duplicates)


def test_a_code_that_only_looks_like_a_known_one_is_named_when_it_is_priced(read: Read) -> None:
    cyrillic = "\N{CYRILLIC CAPITAL LETTER IE}KO-LEV"
    prices = pm.read_price_list(EXAMPLES.parent.parent / "pricelists" / "serviceforvaltningen-2021.toml")
    register = pm.Register((pm.Customer("A", "A", pm.CustomerType.COMPANY),))
    rating = pm.rate(read(f"{HEADER}\nA,{cyrillic},2021-01,1\n"), prices, register)
    [unrated] = rating.unrated
    assert "menade du 'EKO-LEV'? (tecken 1 är U+0415 (CYRILLIC CAPITAL LETTER IE))" in unrated.fix


def test_a_file_in_another_encoding_is_read_when_it_is_named(read: Read) -> None:
    [row] = read(f"{HEADER},note\nÅBO,S,2022-01,1,påminnelse\n".encode("cp1252"), encoding="cp1252")
    assert ("ÅBO", "påminnelse") == (row.customer, row.note)


@pytest.mark.parametrize("name", ["utf-8", "UTF8", "utf_8", "U8", "utf-8-sig"])
def test_the_byte_order_mark_is_no_part_of_the_text_however_utf_8_is_spelt(read: Read, name: str) -> None:
    assert 1 == len(read(f"\ufeff{HEADER}\nA,S,2022-01,1\n", encoding=name))


def test_what_the_named_encoding_cannot_hold_is_told_with_its_line(read: Read) -> None:
    content = f"{HEADER}\nA,S,2022-01,1\nA,S,2022-01,\x81\n".encode("latin-1")
    with pytest.raises(pm.InputError, match=r"v\.csv:3\n  texten är inte cp1252"):
        read(content, encoding="cp1252")
    with pytest.raises(pm.InputError, match="texten är inte utf-16"):
        read(b"abc", encoding="utf-16")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.csv")), ids=lambda path: path.name)
def test_every_line_of_an_example_file_is_a_row(path: Path) -> None:
    lines = path.read_text("utf-8-sig").split("\n")
    assert len([line for line in lines if line]) - 1 == len(pm.read_volumes(path))


# Numbers


@given(st.from_regex(COMMA, fullmatch=True))
@example("-0")
@example("0.000000")
@example("999999999999.999999")
def test_a_number_with_a_point_is_read_exactly(read: Read, digits: str) -> None:
    [quantity] = quantities(read(f"{HEADER}\nA,S,2022-01,{digits}\n"))
    assert Decimal(digits) == quantity
    assert not quantity.is_signed() or quantity < 0


@given(st.from_regex(SEMICOLON, fullmatch=True))
@example("1\u202f234\u202f567,000001")
def test_a_number_with_a_comma_is_read_exactly(read: Read, digits: str) -> None:
    [quantity] = quantities(read(f"{HEADER.replace(',', ';')}\nA;S;2022-01;{digits}\n"))
    plain = digits.replace(",", ".").replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    assert Decimal(plain) == quantity


@given(st.decimals(-(10**12) + 1, 10**12 - 1, places=6))
def test_a_number_that_was_written_reads_back_equal(read: Read, number: Decimal) -> None:
    swedish = f"{number:,f}".replace(",", "\u00a0").replace(".", ",")
    assert [number] == quantities(read(f"{HEADER}\nA,S,2022-01,{number:f}\n"))
    assert [number] == quantities(read(f"{HEADER.replace(',', ';')}\nA;S;2022-01;{swedish}\n"))


NEARLY = st.text("0123456789 .,-+eE_\u00a0\u202f\u2212٣\uff11", min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("delimiter", "numbers"), [(",", COMMA), (";", SEMICOLON)], ids=["comma", "semicolon"]
)
@given(cell=NEARLY | st.text(st.characters(exclude_characters='"', codec="utf-8"), min_size=1, max_size=8))
@example(cell="1e3")
@example(cell="NaN")
@example(cell="1_000")
@example(cell="12\n")
@example(cell="１２")
def test_everything_that_is_no_number_is_told_at_its_cell(
    read: Read, delimiter: str, numbers: re.Pattern[str], cell: str
) -> None:
    content = f"{HEADER}\nA,S,2022-01,".replace(",", delimiter) + f'"{cell}"\n'
    if numbers.fullmatch(cell):
        assert 1 == len(read(content))
    else:
        assert ["v.csv:2, kolumn quantity"] == places(read, content)


# Several files, duplicates and notices


def test_the_same_content_under_two_names_is_read_once_and_said(tmp_path: Path) -> None:
    one, two = tmp_path / "a.csv", tmp_path / "b.csv"
    for path in (one, two):
        path.write_text(f"{HEADER}\nA,S,2022-01,1\n")
    volumes = pm.read_volumes(two, one)
    assert 1 == len(volumes)
    assert (pm.Problem("b.csv", "samma innehåll som a.csv", "filen räknas en gång"),) == volumes.notices


def test_files_that_share_a_name_are_told_apart_by_their_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder, quantity in (("jan", "1"), ("feb", "2")):
        Path(folder).mkdir()
        Path(folder, "v.csv").write_text(f"{HEADER}\nA,S,2022-01,{quantity}\n")
    assert ["feb/v.csv rad 2", "jan/v.csv rad 2"] == [
        row.place for row in pm.read_volumes("jan/v.csv", "feb/v.csv")
    ]


def test_the_order_of_the_files_does_not_matter(tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.csv" for name in "cab"]
    for number, path in enumerate(paths):
        path.write_text(f"{HEADER}\nA,S,2022-01,{number}\n")
    assert list(pm.read_volumes(*paths)) == list(pm.read_volumes(*reversed(paths)))


def test_the_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.csv").write_text(f"{HEADER}\nA,S,2022-01,{name}\n")
    with pytest.raises(pm.InputError) as caught:
        pm.read_volumes(tmp_path / "b.csv", tmp_path / "a.csv", tmp_path / "finns-inte.csv")
    assert ["a.csv:2, kolumn quantity", "b.csv:2, kolumn quantity", str(tmp_path / "finns-inte.csv")] == [
        problem.place for problem in caught.value.problems
    ]


def test_rows_with_one_reference_are_duplicates_or_a_conflict(read: Read) -> None:
    rows = ["A,S,2022-01,1,eko,1", "A,S,2022-01,1,eko,1", "A,S,2022-01,2,eko,2", "A,S,2022-01,3,eko,2"]
    volumes = read("\n".join([f"{HEADER},source,reference", *rows]))
    assert [3] == [row.line for row in volumes.duplicates]
    assert [[4, 5]] == [[row.line for row in conflict.rows] for conflict in volumes.conflicts]


def test_rows_exactly_alike_without_a_reference_count_and_are_noticed(read: Read) -> None:
    volumes = read(f"{HEADER}\nA,S,2022-01,1\nA,S,2022-01,1\n")
    assert 2 == len(volumes)
    assert ["v.csv rad 2"] == [notice.place for notice in volumes.notices]


def test_a_column_like_one_that_is_there_is_only_unknown(read: Read) -> None:
    volumes = read(f"{HEADER},customer_name\nA,S,2022-01,1,x\n")
    assert ["kolumnen 'customer_name' är okänd och läses inte"] == [each.what for each in volumes.notices]


# Damage

GOOD_LINES = [f"K{n},S,2022-{n % 12 + 1:02},{n}.5,eko,r{n},2022-02-03,ok" for n in range(30)]
DAMAGES = {
    "customer": "SDF SKA",
    "service": "",
    "month": "2022-13",
    "quantity": "1e3",
    "source": "eko\x07",
    "reference": "x" * 1001,
    "registered": "20220203",
    "note": "no\x00te",
}


@given(
    st.dictionaries(
        st.integers(0, len(GOOD_LINES) - 1), st.sets(st.sampled_from(sorted(DAMAGES)), min_size=1), min_size=1
    ),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(0, 3),
)
def test_so_many_damaged_cells_give_so_many_problems_at_just_those_places(
    read: Read, damaged: dict[int, set[str]], end: str, empty: int
) -> None:
    lines = [ALL, *[""] * empty]
    expected = []
    for number, good in enumerate(GOOD_LINES):
        cells = dict(zip(ALL.split(","), good.split(","), strict=True))
        for column in ALL.split(","):
            if column in damaged.get(number, ()):
                cells[column] = DAMAGES[column]
                expected.append(f"v.csv:{len(lines) + 1}, kolumn {column}")
        lines.append(",".join(cells.values()))
    assert expected == places(read, end.join(lines))


@given(st.sets(st.integers(0, len(GOOD_LINES) - 1), min_size=1))
def test_each_row_that_is_no_row_of_cells_is_told_and_hides_no_other(read: Read, damaged: set[int]) -> None:
    ways = [
        'K,S,2022-01,1,eko,,,"aldrig slut',
        'K,S,2022-01,1,eko,,,"mitt "i" texten"',
        "K,S",
        f"{GOOD_LINES[0]},",
    ]
    lines = [ways[n % len(ways)] if n in damaged else line for n, line in enumerate(GOOD_LINES)]
    assert [f"v.csv:{n + 2}" for n in sorted(damaged)] == places(read, "\n".join([ALL, *lines]))


@pytest.mark.parametrize("between", [0, 1, 70])
def test_rows_between_an_open_quote_and_a_later_one_are_not_swallowed(read: Read, between: int) -> None:
    rows = ['A,S,2022-01,1,"glömt', *["B,S,2022-01,2,"] * between, 'C,S,2022-01,x,slut"', "D,S,2022-01,y,"]
    expected = ["v.csv:2", f"v.csv:{between + 3}, kolumn quantity", f"v.csv:{between + 4}, kolumn quantity"]
    assert expected == places(read, "\n".join([f"{HEADER},note", *rows]))


def test_a_swallowed_row_is_known_by_its_month_wherever_the_month_stands(read: Read) -> None:
    text = (
        'customer,service,quantity,note,month\nA,S,1,"glömt,2022-01\nB,S,2,x,2022-01\nC,S,3,slut",2022-01\n'
    )
    assert ["v.csv:2"] == places(read, text)


def test_a_text_over_several_lines_may_name_months_and_hold_commas(read: Read) -> None:
    volumes = read(
        f'{HEADER},note\nA,S,2022-01,1,"sen,\nför 2022-01, 2022-02, 2022-03\n2022-01"\nB,S,2022-01,2,\n'
    )
    assert 2 == len(volumes)


def test_no_row_of_a_good_file_is_lost_to_one_that_was_mended(read: Read) -> None:
    assert len(GOOD_LINES) == len(read("\n".join([ALL, *GOOD_LINES])))


def test_a_cell_too_many_is_told_also_when_it_is_empty(read: Read) -> None:
    assert ["v.csv:2"] == places(read, f"{HEADER}\nA,S,2022-01,1,\nA,S,2022-01,1\n")


@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b"sep=")
@example(f'{HEADER}\n"'.encode())
@example(f"{HEADER}\n\r\r\n\x00".encode())
def test_any_bytes_are_read_or_told(read: Read, content: bytes) -> None:
    try:
        read(content)
    except pm.InputError as error:
        assert error.problems  # noqa: PT017 - both ends are right


@given(st.randoms(use_true_random=False), st.integers(1, 8), st.sampled_from(["utf-8", "cp1252"]))
def test_a_good_file_with_some_bytes_changed_is_read_or_told_in_few_words(
    read: Read, random: Random, changes: int, encoding: str
) -> None:
    content = bytearray("\n".join([ALL, *GOOD_LINES[:8]]).replace("ok", "påminnelse"), encoding)
    for _ in range(changes):
        content[random.randrange(len(content))] = random.choice(b'",;\r\n\0\xe5\xffA1 ')
    try:
        read(bytes(content), encoding=encoding)
    except pm.InputError as error:
        assert error.problems  # noqa: PT017 - both ends are right
        assert len(str(error)) < 25 * 1000  # noqa: PT017


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}\n".encode() + b"x" * 5_000_000,
        b"x" * 5_000_000,
        f"{HEADER}\n".encode() + b'"a\n' * 200_000,
        f"{HEADER}\n".encode() + (b'"' + b"x" * 1300 + b"\n") * 3_000,
        f"{HEADER}\n".encode() + b"a,b,2022-13,x\n" * 100_000,
        f"{HEADER}\n".encode() + b"a" + ACCENTS.encode() + b",b,2022-01,1\n",
        ",".join(f"kolumn{n}" for n in range(9_000)).encode(),
    ],
    ids=["long line", "long header", "open quotes", "long open quotes", "bad rows", "accents", "columns"],
)
def test_garbage_is_told_in_few_words_and_at_once(read: Read, content: bytes) -> None:
    with pytest.raises(pm.InputError) as caught:
        read(content)
    assert len(caught.value.problems) <= 1001
    assert len(str(caught.value)) < 5_000


def test_too_many_problems_end_the_reading(read: Read) -> None:
    problems = told(read, f"{HEADER}\n" + "A,S,2022-13,1\n" * 5_000)
    assert ("v.csv:1002, kolumn month", "fler än 1000 fel") == (problems[-1].place, problems[-1].what)


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("bok.xlsx", "spara bladet som CSV UTF-8"),
        ("BOK.XLS", "spara bladet som CSV UTF-8"),
        ("data.parquet", "summera den med prismodell.frames.tally"),
    ],
)
def test_an_excel_book_is_refused_with_what_to_do(name: str, fix: str, tmp_path: Path) -> None:
    (tmp_path / name).touch()
    with pytest.raises(pm.InputError, match=f"läses inte här; {fix}"):
        pm.read_volumes(tmp_path / name)


def test_a_file_too_large_or_locked_is_refused(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    assert ["filen är större än 0 GB"] == [each.what for each in told(read, HEADER)]

    def locked(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(reading, "_file", locked)
    assert ["filen får inte läsas"] == [each.what for each in told(read, HEADER)]


def test_no_files_at_all_are_refused() -> None:
    with pytest.raises(pm.InputError, match=r"read_volumes\n  inga filer; kontrollera mappen och namnen"):
        pm.read_volumes(*[])


def test_a_pattern_is_no_file() -> None:
    with pytest.raises(pm.InputError, match=r"det är ett mönster, ingen fil; ge filerna: \*Path\(mapp\)"):
        pm.read_volumes("volymer/*.csv")


def test_references_without_a_source_are_noticed(read: Read) -> None:
    volumes = read(f"{HEADER},reference\nK,S,2022-01,1,A1\nK,S,2022-01,2,A1\n")
    (notice,) = volumes.notices
    assert "v.csv:1" == notice.place
    assert "kolumnen reference står utan source" in notice.what
    assert 2 == len(volumes.counted)
