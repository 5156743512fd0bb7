"""
Control totals: what each volume file should hold, and that no file that was cut off is read as whole.
"""

from decimal import Decimal, localcontext
from pathlib import Path

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

import prismodell as pm

HEADER = "customer,service,month,quantity"
A, B = "A,S,2022-01,1.5", "B,S,2022-01,2"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def volumes(name: str, *rows: str) -> str:
    Path(name).write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return name


def control(name: str, said: dict[str, str]) -> str:
    """
    A control file, with what it says of each volume file.
    """
    tables = [f'[[file]]\nname = "{file}"\n{text}\n' for file, text in said.items()]
    Path(name).write_text("\n".join(tables), encoding="utf-8")
    return name


def told(*paths: str, control: str | list[str]) -> list[tuple[str, str]]:
    """
    The problems of files: where, without what the table is called, and what.
    """
    with pytest.raises(pm.InputError) as caught:
        pm.read_volumes(*paths, control=control)
    return [(each.place.partition(": ")[0], each.what) for each in caught.value.problems]


# What is let through


def test_files_that_hold_what_their_controls_say_are_read_as_without_them() -> None:
    paths = volumes("a.csv", A, B), volumes("b.csv", A)
    whole = control("k.toml", {"a.csv": "rows = 2\nquantity = 3.500", "b.csv": "rows = 1"})
    assert pm.read_volumes(*paths) == pm.read_volumes(*paths, control=whole)
    assert pm.read_volumes(*paths) == pm.read_volumes(*paths, control=Path(whole))
    assert pm.read_volumes(*paths) == pm.read_volumes(*paths, control=iter([whole]))


def test_controls_may_be_spread_over_files_that_say_the_same_or_each_its_part() -> None:
    paths = volumes("a.csv", A, B), volumes("b.csv", A)
    one = control("1.toml", {"a.csv": "rows = 2"})
    two = control("2.toml", {"a.csv": "rows = 2\nquantity = 3.5", "b.csv": "quantity = 1.5"})
    assert 3 == len(pm.read_volumes(*paths, control=[one, two]))


def test_rows_that_are_duplicates_or_cancel_each_other_are_counted_and_summed() -> None:
    rows = [f"{row},eko,r1" for row in (A, A)] + ["A,S,2022-01,-3,,"]
    Path("a.csv").write_text("\n".join([f"{HEADER},source,reference", *rows]), encoding="utf-8")
    read = pm.read_volumes("a.csv", control=control("k.toml", {"a.csv": "rows = 3\nquantity = 0"}))
    assert (3, 1) == (len(read), len(read.duplicates))


def test_a_file_without_rows_holds_none() -> None:
    assert not pm.read_volumes(
        volumes("a.csv"), control=control("k.toml", {"a.csv": "rows = 0\nquantity = 0"})
    )


@pytest.mark.parametrize("named", [["a.csv"], ["b.csv"], ["a.csv", "b.csv"]])
def test_the_same_content_under_two_names_may_be_named_as_either_or_both(named: list[str]) -> None:
    paths = volumes("a.csv", A, B), volumes("b.csv", A, B)
    right = control("right.toml", dict.fromkeys(named, "rows = 2\nquantity = 3.5"))
    wrong = control("wrong.toml", dict.fromkeys(named, "rows = 3"))
    assert 2 == len(pm.read_volumes(*paths, control=right))
    assert ["antalet rader är 2, kontrollen säger 3"] * len(named) == [
        what for _, what in told(*paths, control=wrong)
    ]


def test_files_that_share_a_name_are_named_with_the_folder_that_tells_them_apart() -> None:
    for folder in ("jan", "feb"):
        Path(folder).mkdir()
    paths = volumes("jan/v.csv", A), volumes("feb/v.csv", B)
    both = (
        control("jan/k.toml", {"jan/v.csv": "quantity = 1.5"}),
        control("feb/k.toml", {"feb/v.csv": "rows = 2"}),
    )
    assert [("feb/k.toml:3", "antalet rader är 1, kontrollen säger 2")] == told(*paths, control=[*both])


def test_a_name_is_the_same_however_its_accents_are_written() -> None:
    path = volumes("l\N{LATIN SMALL LETTER O WITH DIAERESIS}n.csv", A)
    assert pm.read_volumes(path, control=control("k.toml", {"lo\N{COMBINING DIAERESIS}n.csv": "rows = 1"}))


# What is stopped


@given(st.lists(st.decimals(-999, 999, places=3), min_size=1, max_size=6), st.integers(1, 120))
def test_a_file_that_was_cut_off_anywhere_is_stopped_unless_no_row_is_changed(
    quantities: list[Decimal], lost: int
) -> None:
    rows = [f"A,S,2022-01,{quantity:f}" for quantity in quantities]
    whole = Path(volumes("a.csv", *rows)).read_text("utf-8")
    said = control("k.toml", {"a.csv": f"rows = {len(rows)}\nquantity = {sum(quantities):f}"})
    Path("a.csv").write_text(whole[:-lost], encoding="utf-8")
    try:
        read = pm.read_volumes("a.csv", control=said)
    except pm.InputError:
        event("stopped")
    else:
        event("only zeros or the line end were lost")
        assert quantities == [row.quantity for row in read]


@given(st.integers(1, 8), st.sets(st.integers(1, 8)), st.integers(0, 8))
def test_rows_that_are_wrong_are_told_and_count_as_rows(number: int, damaged: set[int], missing: int) -> None:
    rows = [f"A,S,2022-13,{n}x" if n in damaged else f"A,S,2022-01,{n}" for n in range(1, number + 1)]
    wrong = len([row for row in rows if "x" in row])
    assume(wrong)
    path = volumes("a.csv", *rows)
    problems = told(path, control=control("k.toml", {"a.csv": f"rows = {number + missing}\nquantity = 5"}))
    expected = [("k.toml:3", f"antalet rader är {number}, kontrollen säger {number + missing}")]
    assert 2 * wrong == len([place for place, _ in problems if place.startswith("a.csv")])
    assert (expected if missing else []) == problems[2 * wrong :]


def test_a_file_cut_inside_a_row_is_told_to_be_cut_and_not_only_to_have_a_bad_row() -> None:
    Path("a.csv").write_text(f"{HEADER}\n{A}\nB,S", encoding="utf-8")
    said = control("k.toml", {"a.csv": "rows = 5\nquantity = 9"})
    assert ["raden har 2 celler, rubriken 4", "antalet rader är 2, kontrollen säger 5"] == [
        what for _, what in told("a.csv", control=said)
    ]


def test_a_file_that_cannot_be_read_is_not_blamed_for_what_it_holds() -> None:
    Path("a.csv").touch()
    said = control("k.toml", {"a.csv": "rows = 5", "b.csv": "rows = 5"})
    assert ["a.csv", "b.csv"] == [place for place, _ in told("a.csv", "b.csv", control=said)]


def test_a_sum_is_exact_whatever_the_callers_decimal_context() -> None:
    path = volumes("a.csv", "A,S,2022-01,999999999998.999999", "A,S,2022-01,0.000001")
    with localcontext(prec=3):
        pm.read_volumes(path, control=control("k.toml", {"a.csv": "quantity = 999999999999"}))
        assert [
            (
                "k.toml:3",
                "summan är 999 999 999 999, kontrollen säger 999 999 999 998,999999; skillnaden är 0,000001",
            )
        ] == told(path, control=control("k.toml", {"a.csv": "quantity = 999999999998.999999"}))


def test_controls_that_disagree_are_told_at_the_later_one() -> None:
    path = volumes("a.csv", A, B)
    one = control("1.toml", {"a.csv": "rows = 2\nquantity = 3.5"})
    two = control("2.toml", {"a.csv": "rows = 3\nquantity = 4.5"})
    assert [
        ("2.toml:3", "3 här, men 2 enligt 1.toml:1"),
        ("2.toml:3", "antalet rader är 2, kontrollen säger 3"),
        ("2.toml:4", "4,5 här, men 3,5 enligt 1.toml:1"),
        ("2.toml:4", "summan är 3,5, kontrollen säger 4,5; skillnaden är −1"),
    ] == told(path, control=[two, one])


def test_a_file_that_no_control_names_is_told_once_with_where_to_name_it() -> None:
    paths = [volumes(f"{name}.csv", A if name < "c" else B) for name in "abcd"]
    one, two = control("1.toml", {"c.csv": "rows = 1"}), control("2.toml", {"c.csv": "rows = 1"})
    with pytest.raises(pm.InputError) as caught:
        pm.read_volumes(*paths, control=[one, two])
    fix = "lägg till den i 1.toml och 2.toml, eller läs den inte"
    assert [pm.Problem("a.csv", "ingen kontroll nämner filen", fix)] == list(caught.value.problems)


def test_while_a_control_file_cannot_be_read_no_file_is_said_to_lack_one() -> None:
    path = volumes("a.csv", A, B)
    Path("broken.toml").write_text("[[file]", encoding="utf-8")
    right = control("right.toml", {"b.csv": "rows = 1"})
    assert ["broken.toml:1", "right.toml:2"] == [
        place for place, _ in told(path, control=["broken.toml", right])
    ]


def test_garbage_is_told_in_few_words_and_at_once() -> None:
    path = volumes("a.csv", *[A] * 1000)
    for name in ("a.csv", "x.csv"):
        text = f'[[file]]\nname = "{name}"\nrows = 1\nquantity = 1\n' * 5_000
        Path("k.toml").write_text(text, encoding="utf-8")
        problems = told(path, control="k.toml")
        assert 1000 < len(problems) <= 1002
