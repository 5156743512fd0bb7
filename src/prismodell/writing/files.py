"""
Writing a file whole or not at all.
"""

from __future__ import annotations

import os
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """
    Write beside the target, flush to disk, then rename: whatever fails, the target is old or new.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    file = part.open("xb")  # outside the try: a part that is there already is not ours to remove
    try:
        with file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
