"""
Files and folders are written whole or not at all, files in the format that their ending says.
"""

import os
from pathlib import Path
from typing import Any

import pytest

import prismodell as pm
from failing import Calls, Watched
from golden.documents import every_model
from prismodell.writing import files

TABLE = pm.Table("T", (pm.Column("a"),), (("å",),))


def test_write_gives_back_the_path_and_the_file_holds_what_render_says(tmp_path: Path) -> None:
    underlag = every_model()[0]
    endings = {".txt": "text", ".md": "markdown", ".csv": "csv", ".json": "json"}
    for ending, format_ in endings.items():
        path = tmp_path / f"u{ending}"
        assert path == pm.write(underlag, str(path))
        assert pm.render(underlag, format_).encode() == path.read_bytes()
    assert {f"u{ending}" for ending in endings} == {file.name for file in tmp_path.iterdir()}


@pytest.mark.parametrize("name", ["u.xlsx", "u.TXT", "u", ".txt", "u.txt.bak"])
def test_an_unknown_ending_is_refused_with_the_known_ones(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"the ending must be one of \.txt, \.md, \.csv, \.json, \.toml"):
        pm.write(TABLE, tmp_path / name)
    assert [] == list(tmp_path.iterdir())


def test_a_document_without_the_format_of_the_ending_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Table cannot be rendered as 'json'"):
        pm.write(TABLE, tmp_path / "t.json")
    assert [] == list(tmp_path.iterdir())


def test_a_file_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "t.txt"
    target.write_text("gammal")

    assert "T\na\n-\nå\n" == pm.write(TABLE, target).read_text("utf-8")


def test_a_folder_that_is_not_there_is_told_as_the_system_tells_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        pm.write(TABLE, tmp_path / "saknas" / "t.txt")


def test_a_part_that_another_writer_is_at_is_left_alone(tmp_path: Path) -> None:
    part = tmp_path / f".t.txt.{os.getpid()}.part"
    part.write_text("en annans")

    with pytest.raises(FileExistsError):
        pm.write(TABLE, tmp_path / "t.txt")
    assert "en annans" == part.read_text()


class FailingCalls(Calls):
    """
    Lets the file calls of a write through until the k-th, which fails as a full disk does.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, k: int, error: type[BaseException]) -> None:
        super().__init__(k, error)
        real_open, real_replace, real_fsync = Path.open, Path.replace, os.fsync

        def opened(path: Path, *arguments: Any, **named: Any) -> Any:
            self.call("open")
            return Watched(real_open(path, *arguments, **named), self)

        def replaced(path: Path, target: Path) -> Path:
            self.call("replace")
            return real_replace(path, target)

        def synced(number: int) -> None:
            self.call("fsync")
            real_fsync(number)

        monkeypatch.setattr(Path, "open", opened)
        monkeypatch.setattr(Path, "replace", replaced)
        monkeypatch.setattr(os, "fsync", synced)


ORDER = ["open", "write", "flush", "fsync", "close", "replace"]
FLUSHED = [*ORDER, "fsync"]  # the new name in its folder


@pytest.fixture(params=[None, b"gammal"], ids=["no target", "an old target"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, bytes | None]:
    path = tmp_path / "t.txt"
    if request.param is not None:
        path.write_bytes(request.param)
    return path, request.param


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
@pytest.mark.parametrize("k", range(1, len(ORDER) + 1), ids=ORDER)
def test_whatever_file_call_fails_the_target_is_as_it_was_and_no_part_is_left(
    k: int, error: type[BaseException], target: tuple[Path, bytes | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, before = target
    with monkeypatch.context() as patch:
        failing = FailingCalls(patch, k, error)
        with pytest.raises(error):
            files.write_atomically(path, b"ny och hel")

    assert ORDER[:k] == failing.calls[:k]
    assert before == (path.read_bytes() if path.exists() else None)
    assert ([] if before is None else [path]) == list(path.parent.iterdir())


def test_without_a_failure_the_calls_are_made_in_the_order_that_keeps_the_file_whole(
    target: tuple[Path, bytes | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = target
    with monkeypatch.context() as patch:
        failing = FailingCalls(patch, 0, OSError)
        files.write_atomically(path, b"ny och hel")

    assert FLUSHED == failing.calls
    assert b"ny och hel" == path.read_bytes()
    assert [path] == list(path.parent.iterdir())


def test_a_folder_that_cannot_be_flushed_is_told_and_the_file_is_whole(
    target: tuple[Path, bytes | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = target
    with monkeypatch.context() as patch:
        FailingCalls(patch, len(FLUSHED), OSError)
        with pytest.raises(OSError, match="No space left"):
            files.write_atomically(path, b"ny och hel")

    assert b"ny och hel" == path.read_bytes()
    assert [path] == list(path.parent.iterdir())


def test_where_folders_cannot_be_opened_they_are_not_flushed(
    target: tuple[Path, bytes | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = target
    monkeypatch.delattr(os, "O_DIRECTORY")
    failing = FailingCalls(monkeypatch, 0, OSError)
    files.write_atomically(path, b"ny och hel")
    assert ORDER == failing.calls


# Folders

CONTENTS = {"a.txt": b"ett", "b/c/d.txt": b"\xff", "b/tom": b""}


def contents(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_a_folder_is_checked_before_it_is_there_and_its_files_are_read_only_after(tmp_path: Path) -> None:
    seen: list[dict[str, bytes]] = []

    def check(part: Path) -> None:
        assert not (tmp_path / "mapp").exists()
        seen.append(contents(part))

    files.write_folder(tmp_path / "mapp", CONTENTS, check)
    assert [CONTENTS] == seen
    assert CONTENTS == contents(tmp_path / "mapp")
    assert [tmp_path / "mapp"] == list(tmp_path.iterdir())
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {0} == {path.stat().st_mode & 0o222 for path in written}


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt, pm.InputError])
def test_a_folder_whose_check_fails_is_not_there_and_no_part_of_it_is(
    error: type[BaseException], tmp_path: Path
) -> None:
    def check(_: Path) -> None:
        raise error([])

    with pytest.raises(error):
        files.write_folder(tmp_path / "mapp", CONTENTS, check)
    assert [] == list(tmp_path.iterdir())


def test_a_folder_with_something_in_it_is_not_written_over(tmp_path: Path) -> None:
    def came_meanwhile(_: Path) -> None:
        (tmp_path / "mapp").mkdir()
        (tmp_path / "mapp" / "en annans").touch()

    with pytest.raises(OSError, match="mapp"):
        files.write_folder(tmp_path / "mapp", CONTENTS, came_meanwhile)
    assert {"en annans": b""} == contents(tmp_path / "mapp")
    assert [tmp_path / "mapp"] == list(tmp_path.iterdir())


def test_a_part_of_a_folder_that_another_writer_is_at_is_left_alone(tmp_path: Path) -> None:
    part = tmp_path / f".mapp.{os.getpid()}.part"
    part.mkdir()

    with pytest.raises(FileExistsError):
        files.write_folder(tmp_path / "mapp", CONTENTS, lambda _: None)
    assert [part] == list(tmp_path.iterdir())


def test_a_file_does_not_come_outside_its_folder_over_another(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("en annans")
    with pytest.raises(FileExistsError):
        files.write_folder(tmp_path / "mapp", {"../x": b""}, lambda _: None)
    assert {"x": b"en annans"} == contents(tmp_path)
