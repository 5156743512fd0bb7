"""
One small bad file per mistake in `bad/`, and beside it the whole message that its reader gets.

A folder of `bad/` is a reader; its control files are all of the same volumes. To make the messages again,
on purpose, and then read each of them:

    PRISMODELL_REMAKE=1 .venv/bin/python -m pytest tests/test_reading_bad_files.py
"""

import os
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

import prismodell as pm

BAD = Path(__file__).parent / "bad"


def _controlled(path: str) -> pm.Volumes:
    return pm.read_volumes(*Path("volumes").glob("*.csv"), control=path)


def _tabled(path: str) -> pm.PriceList:
    first, last = date(2022, 1, 1), date(2022, 12, 31)
    return pm.read_price_table(path, id="lista", title="Lista", valid_from=first, valid_to=last)


READERS: dict[str, Callable[[str], pm.PriceList | pm.Register | pm.Volumes]] = {
    "controls": _controlled,
    "pricelists": pm.read_price_list,
    "pricetables": _tabled,
    "registers": pm.read_customers,
    "volumes": pm.read_volumes,
}
FILES = sorted(
    path
    for folder in READERS
    for path in (BAD / folder).iterdir()
    if path.is_file() and path.suffix != ".message"
)


def _said(path: Path) -> str:
    """
    What reading a file gives to read: its problems, or its notices.
    """
    try:
        value = READERS[path.parent.name](path.name)
    except pm.InputError as error:
        return f"{error}\n"
    return _noticed(value.notices)


def _noticed(notices: Sequence[pm.Problem]) -> str:
    return "".join(f"{each}\n" for each in [f"filen är läst; {len(notices)} att veta", *notices])


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_bad_file_gives_exactly_its_message(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    message = path.with_suffix(".message")
    said = _said(path)
    if os.environ.get("PRISMODELL_REMAKE"):
        message.write_text(said, encoding="utf-8", newline="\n")
        pytest.skip(f"{message.name} is remade: read it before it is committed")
    assert message.read_text(encoding="utf-8") == said


def test_every_message_belongs_to_a_file() -> None:
    assert {path.with_suffix(".message") for path in FILES} == set(BAD.glob("*/*.message"))


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_a_missing_file_is_named_with_the_one_nearest_to_it(
    read: Callable[[str], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("kunder-2022.toml").touch()
    with pytest.raises(pm.InputError) as caught:
        read("kunder-2021.toml")
    assert [pm.Problem("kunder-2021.toml", "filen finns inte", "menade du 'kunder-2022.toml'?")] == list(
        caught.value.problems
    )


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_a_file_in_a_missing_folder_names_the_folder(
    read: Callable[[str], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(pm.InputError) as caught:
        read("data/kunder.toml")
    assert [pm.Problem("data/kunder.toml", "filen finns inte", "mappen data finns inte heller")] == list(
        caught.value.problems
    )


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_a_folder_is_no_file(
    read: Callable[[str], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    with pytest.raises(pm.InputError) as caught:
        read("data")
    assert [pm.Problem("data", "det är en mapp, inte en fil", "ange filerna i mappen")] == list(
        caught.value.problems
    )
