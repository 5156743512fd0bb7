"""
What an archive says of itself, and that as JSON, from which it is read back to an equal value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import cattrs
from attrs import Attribute, field, frozen
from attrs.validators import in_

from .canonical import digest, dumps, plain
from .catalogue import is_text
from .errors import InputError, Problem, shown
from .inputs import Inputs
from .periods import Month

FORMAT = "prismodell.archive/1"
MANIFEST = "MANIFEST.json"
FOLDERS = {
    "underlag": "underlag",
    "price_list": "prislistor",
    "base": "prislistor",
    "register": "kunder",
    "volumes": "volymer",
    "plan": "plan",
    "control": "kontroll",
}
ORIGINAL = "hämta arkivet från en säkerhetskopia"


@frozen
class Versions:
    """
    What made an archive.
    """

    python: str
    prismodell: str
    attrs: str
    cattrs: str


@frozen
class ArchivedFile:
    """
    A file of an archive: its path there, what it is, its SHA-256 in hexadecimal and its size.
    """

    path: str
    role: str = field(validator=in_(FOLDERS))
    sha256: str
    bytes: int


def _is_day(_: object, attribute: Attribute[date], value: date) -> None:
    if type(value) is not date:
        msg = f"{attribute.name} is a date, such as date(2022, 2, 4), not {value!r}"
        raise TypeError(msg)


@frozen
class Manifest:
    """
    What an archive says of itself: who approved it and when, the months of its underlag, and its files.
    """

    approved_by: str = field(validator=is_text)
    approved_on: date = field(validator=_is_day)
    months: tuple[Month, ...]
    versions: Versions
    files: tuple[ArchivedFile, ...]
    encoding: str
    subscribed: tuple[Month, Month] | None = None

    def inputs(self, folder: Path) -> Inputs:
        """
        The input files where they stand in the archive's folder.
        """
        by_role: dict[str, list[Path]] = {role: [] for role in FOLDERS}
        for each in self.files:
            by_role[each.role].append(folder / each.path)
        (register,) = by_role["register"]
        return Inputs(
            by_role["price_list"],
            register,
            by_role["volumes"],
            by_role["plan"],
            by_role["control"],
            self.subscribed,
            self.encoding,
        )


def running() -> Versions:
    """
    The versions that run now.
    """
    import platform  # noqa: PLC0415 - slow to import, and only archives need it
    from importlib.metadata import version  # noqa: PLC0415 - likewise

    return Versions(platform.python_version(), version("prismodell"), version("attrs"), version("cattrs"))


def manifest_as_json(manifest: Manifest) -> str:
    """
    The manifest, with the digest of itself.
    """
    return dumps({"format": FORMAT, "digest": digest(manifest), "manifest": plain(manifest)})


def parse_manifest(text: str, root: Path) -> tuple[Manifest, Inputs]:
    """
    The manifest and the inputs that it tells of. Raises `InputError` for what is none.
    """
    try:
        document = json.loads(text)
        if isinstance(document, dict) and document.get("format", FORMAT) != FORMAT:
            raise InputError([_foreign(document)])
        manifest = _converter().structure(document["manifest"], Manifest)
        return manifest, manifest.inputs(root)
    except cattrs.BaseValidationError as error:
        told = cattrs.transform_error(error, "manifest", lambda *_: "fel form")
    except json.JSONDecodeError as error:
        told = [f"filen är inte hel JSON ({error})"]
    except (KeyError, TypeError, ValueError, RecursionError):
        told = ["fel form"]
    raise InputError(Problem(MANIFEST, f"manifestet går inte att läsa: {each}", ORIGINAL) for each in told)


def _foreign(document: Mapping[str, Any]) -> Problem:
    """
    What is said of an archive in a format that this version does not know.
    """
    try:
        made_by = document["manifest"]["versions"]["prismodell"]
    except (KeyError, TypeError):
        made_by = "okänd"
    what = f"okänt format {shown(document['format'])}; arkivet är skrivet av prismodell {shown(made_by)}"
    return Problem(f"{MANIFEST}, nyckel 'format'", what, "läs det med den versionen")


@cache
def _converter() -> cattrs.Converter:
    """
    From plain forms to values. It may coerce: that the values give the same text again is checked.
    """
    converter = cattrs.Converter(forbid_extra_keys=True)
    converter.register_structure_hook(date, lambda value, _: date.fromisoformat(value))
    converter.register_structure_hook(Month, lambda value, _: Month.parse(value))
    return converter
