"""
A file's bytes before any parser sees them: what cannot be read, or cannot be text, is said in words.
"""

from __future__ import annotations

from glob import has_magic
from pathlib import Path

from ..errors import InputError, Problem, nearest, shown

MAX_TEXT_BYTES = 2 * 1024 * 1024
NEIGHBOURS = 1000

# How files begin that are something else than text, whatever their names say.
STARTS = {
    b"\xff\xfe": "skriven i UTF-16",
    b"\xfe\xff": "skriven i UTF-16",
    b"PK\x03\x04": "en Excelbok eller en zipfil",
    b"\xd0\xcf\x11\xe0": "en äldre Excelbok",
    b"PAR1": "en Parquetfil",
    b"\x1f\x8b": "komprimerad med gzip",
    b"%PDF": "en PDF",
}


def unreadable(path: Path, error: OSError) -> Problem:
    """
    Why a file cannot be opened.
    """
    if isinstance(error, FileNotFoundError) and has_magic(path.name):
        return Problem(str(path), "det är ett mönster, ingen fil", "ge filerna: *Path(mapp).glob(mönster)")
    if isinstance(error, FileNotFoundError):
        return Problem(str(path), "filen finns inte", _neighbour(path))
    if isinstance(error, IsADirectoryError | PermissionError) and path.is_dir():
        return Problem(str(path), "det är en mapp, inte en fil", "ange filerna i mappen")
    if isinstance(error, PermissionError):
        fix = "stäng den om den är öppen i ett annat program, eller be om läsrätt"
        return Problem(str(path), "filen får inte läsas", fix)
    return Problem(str(path)[:300], f"filen går inte att läsa ({error.strerror})", "kontrollera sökvägen")


def _neighbour(path: Path) -> str:
    if not path.parent.is_dir():
        return f"mappen {path.parent} finns inte heller"
    names = [each.name for _, each in zip(range(NEIGHBOURS), path.parent.iterdir(), strict=False)]
    meant = nearest(path.name, sorted(names))
    return f"menade du {shown(meant)}?" if meant else "kontrollera sökvägen"


def check_start(name: str, start: bytes, fix: str) -> None:
    """
    Refuse what is known by its first bytes to be no text in UTF-8. Raises `InputError`.
    """
    kind = next((kind for magic, kind in STARTS.items() if start.startswith(magic)), None)
    if kind is None and b"\0" in start[:4]:
        kind = "inte text, eller skriven i UTF-16"
    if kind:
        raise InputError([Problem(name, f"filen är {kind}", fix)])


def read_text(path: Path, kind: str = "TOML") -> str:
    """
    The text of a file of reasonable size in UTF-8. Raises `InputError`.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_TEXT_BYTES + 1)
    except OSError as error:
        raise InputError([unreadable(path, error)]) from None
    if len(raw) > MAX_TEXT_BYTES:
        what = f"filen är större än {MAX_TEXT_BYTES // 1024**2} MB"
        raise InputError([Problem(path.name, what, "kontrollera att det är rätt fil")])
    check_start(path.name, raw[:4], f"ange en {kind}-fil i UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        fix = "spara filen igen med teckenkodningen UTF-8"
        raise InputError(
            [Problem(f"{path.name}:{line}", "texten är inte UTF-8, troligen Windows-1252", fix)]
        ) from None
