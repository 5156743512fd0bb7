"""
Packages that not everybody needs: each is of an extra, and imported where it is first used.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def extra(name: str) -> Iterator[None]:
    """
    Around an import: say which extra brings the package that it misses.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        msg = f"paketet {error.name} saknas: installera prismodell[{name}]"
        raise ModuleNotFoundError(msg, name=error.name) from None
