"""
File calls that are counted, the k-th of which fails as a full disk does.
"""

from __future__ import annotations

from typing import Any, Self


class Calls:
    """
    The names of the calls made so far; the k-th raises.
    """

    def __init__(self, k: int, error: type[BaseException]) -> None:
        self.calls: list[str] = []
        self.k, self.error = k, error

    def call(self, name: str) -> None:
        self.calls.append(name)
        if len(self.calls) == self.k:
            raise self.error(28, "No space left on device")


class Watched:
    """
    A file that is open for writing, half of which is written when the write fails.
    """

    def __init__(self, file: Any, failing: Calls) -> None:
        self.file, self.failing = file, failing
        self.fileno = file.fileno

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self.failing.call("close")

    def write(self, content: bytes) -> int:
        half = len(content) // 2
        written: int = self.file.write(content[:half])
        self.failing.call("write")
        return written + int(self.file.write(content[half:]))

    def flush(self) -> None:
        self.failing.call("flush")
        self.file.flush()
