"""
Writing a file, or a folder of files, whole or not at all.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from io import BufferedWriter
from pathlib import Path

READ_ONLY = 0o444


def write_atomically(path: Path, content: bytes) -> None:
    """
    Write beside the target, flush to disk, then rename: whatever fails, the target is old or new.
    """
    part = _part(path)
    file = part.open("xb")  # outside the try: a part that is there already is not ours to remove
    try:
        _fill(file, content)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def write_folder(folder: Path, files: Mapping[str, bytes], check: Callable[[Path], None]) -> None:
    """
    Write a folder that is not there: beside its place, read by `check`, flushed to disk, then renamed.

    `files` are contents by their paths in the folder; they become read-only. Whatever fails, what `check`
    raises included, the folder is absent or whole.
    """
    part = _part(folder)
    part.mkdir()  # outside the try, as above
    try:
        for name, content in files.items():
            path = part / name
            path.parent.mkdir(parents=True, exist_ok=True)
            _fill(path.open("xb"), content)
        check(part)
        _lock(part)
        part.rename(folder)
    except BaseException:
        _remove(part)
        raise
    _flush_folder(folder.parent)


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def _fill(file: BufferedWriter, content: bytes) -> None:
    with file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _lock(folder: Path) -> None:
    """
    Take away every right to write the files, give none to read them, and flush the folders to disk.
    """
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            _flush_folder(path)
        else:
            path.chmod(path.stat().st_mode & READ_ONLY)


def _flush_folder(folder: Path) -> None:
    """
    Flush the names of a folder to disk, where folders can be opened: Windows sees to it by itself.
    """
    if not hasattr(os, "O_DIRECTORY"):
        return
    number = os.open(folder, os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _remove(folder: Path) -> None:
    """
    Remove a folder with read-only files in it, which Windows does not as they are.
    """
    for path in folder.rglob("*"):
        with suppress(OSError):  # what went wrong before is what is to be told
            path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
