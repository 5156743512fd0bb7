"""
Archives: a folder that proves what was billed, with all the files that it was billed from.

    archive("arkiv/2022-01", documents, inputs, approved_by="Kim Ek", approved_on=date(2022, 2, 4))
    verify_archive("arkiv/2022-01")         nothing, or all that is wrong

    arkiv/2022-01/MANIFEST.json             who approved it and when, and the digest of every file
                  underlag/                 an underlag per file, as JSON
                  prislistor/ kunder/ volymer/ plan/ kontroll/      the files, byte for byte

Equal inputs give equal bytes. An archive is never changed: a correction is new underlag, in a new archive.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from attrs import frozen

from .canonical import brief
from .errors import InputError, Problem, gathered, shown
from .inputs import Inputs
from .manifest import (
    FOLDERS,
    MANIFEST,
    ORIGINAL,
    ArchivedFile,
    Manifest,
    Versions,
    manifest_as_json,
    parse_manifest,
    running,
)
from .reading import parse_underlag
from .reading.files import read_text, unreadable
from .reading.pricelists import price_list_files
from .underlag import Underlag, each_once
from .verification import verify_all
from .writing import render
from .writing.files import write_folder

MAX_NAME = 200
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)  # no files in Windows


@frozen
class Archive:
    """
    An archive as it was read, undamaged; the paths of `inputs` are in its folder.
    """

    manifest: Manifest
    inputs: Inputs
    documents: tuple[Underlag, ...]


def archive(
    folder: str | Path,
    documents: Iterable[Underlag],
    inputs: Inputs,
    *,
    approved_by: str,
    approved_on: date,
) -> Path:
    """
    Write underlag and the files that they were made from to a new folder, whole or not at all.

    Before the folder is there, what was written is read back, and every underlag is computed anew from it.
    Raises `InputError` with all that differs, and for a folder that is there already, which is never touched.
    """
    target = Path(folder)
    given = each_once(documents)
    _refuse(_hindrances(target, given))
    files = [*_documents(given), *_copies(inputs)]
    _refuse(_unusable(path for path, _, _ in files))
    manifest = Manifest(
        approved_by=approved_by,
        approved_on=approved_on,
        months=tuple(sorted({each.month for each in given})),
        versions=running(),
        files=tuple(sorted((_described(*each) for each in files), key=lambda each: each.path)),
        encoding=inputs.encoding,
        subscribed=inputs.subscribed,
    )
    contents = {path: content for path, _, content in files}
    write_folder(target, contents | {MANIFEST: manifest_as_json(manifest).encode()}, _check)
    return target


def _refuse(problems: Iterable[Problem]) -> None:
    if found := tuple(problems):
        raise InputError(found)


def _check(folder: Path) -> None:
    _refuse(verify_archive(folder))


def _hindrances(target: Path, documents: tuple[Underlag, ...]) -> Iterator[Problem]:
    if os.path.lexists(target):
        fix = "rättelser är nya underlag, i ett nytt arkiv"
        yield Problem(str(target), "finns redan, och ett arkiv ändras aldrig", fix)
    if not target.absolute().parent.is_dir():
        yield Problem(str(target), f"mappen {target.parent} finns inte", "skapa den först")
    if not documents:
        yield Problem(str(target), "det finns inga underlag att arkivera", "ange dem som ska faktureras")


Item = tuple[str, str, bytes]  # its path in the archive, its role, its content


def _documents(documents: Iterable[Underlag]) -> Iterator[Item]:
    """
    The underlag, whose numbers name their files: what is not a safe sign there is written %2F and so on.
    """
    for each in documents:
        path = f"{FOLDERS['underlag']}/{quote(each.number, safe='')}.json"
        yield path, "underlag", render(each, "json").encode()


def _copies(inputs: Inputs) -> list[Item]:
    """
    The input files as they are now, each read once. Raises `InputError` for all that cannot be read.
    """
    files: list[Item] = []
    problems: list[Problem] = []
    for role, paths in _by_role(inputs).items():
        for below, path in _below_their_folder(paths).items():
            own = "base" if role == "price_list" and path not in inputs.price_lists else role
            try:
                files.append((f"{FOLDERS[role]}/{below}", own, path.read_bytes()))
            except OSError as error:
                problems.append(unreadable(path, error))
    _refuse(problems)
    return files


def _by_role(inputs: Inputs) -> Mapping[str, Iterable[Path]]:
    lists = [each for path in inputs.price_lists for each in price_list_files(path)]
    return {
        "price_list": [*inputs.price_lists, *lists],
        "register": [inputs.register],
        "volumes": inputs.volumes,
        "plan": inputs.plan,
        "control": inputs.control,
    }


def _below_their_folder(paths: Iterable[Path]) -> dict[str, Path]:
    """
    The files by their paths below the folder that they are all in, so that they find each other there.

    A volume file is called by as much of its path as no other file ends with (see `read_volumes`): where the
    whole of that is the end of another's, the folder above is taken too, so that the name stays the same.
    """
    files: dict[Path, Path] = {}
    for path in paths:
        files.setdefault(Path(os.path.normpath(path)), path)
    if not files:
        return {}
    top = Path(os.path.commonpath([each.parent for each in files]))
    while top != top.parent and any(_ends_another(each.relative_to(top), files) for each in files):
        top = top.parent
    return {each.relative_to(top).as_posix(): path for each, path in files.items()}


def _ends_another(end: Path, files: Iterable[Path]) -> bool:
    return sum(each.as_posix().endswith(f"/{end.as_posix()}") for each in files) > 1


def _unusable(paths: Iterable[str]) -> Iterator[Problem]:
    """
    Paths that are no file names everywhere, or are one file's where neither case nor accents' form counts.
    """
    seen: dict[str, str] = {}
    for path in paths:
        name = PurePosixPath(path).name
        other = seen.setdefault(unicodedata.normalize("NFC", path).casefold(), path)
        if other is not path:
            yield Problem(path, f"får samma filnamn som {other}", "ge dem namn som skiljer sig åt")
        if len(name) > MAX_NAME or not path.isprintable() or DEVICES.fullmatch(name):
            yield Problem(shown(path), "går inte att använda som filnamn överallt", "välj ett annat namn")


def _described(path: str, role: str, content: bytes) -> ArchivedFile:
    return ArchivedFile(path, role, hashlib.sha256(content).hexdigest(), len(content))


def read_archive(folder: str | Path) -> Archive:
    """
    Read an archive. Raises `InputError` with every file that was changed, taken away or added.
    """
    root = Path(folder)
    if not (root / MANIFEST).is_file():
        what = f"mappen är inte ett arkiv: {MANIFEST} saknas"
        raise InputError([Problem(str(root), what, "ange en mapp som archive har skrivit")])
    text = read_text(root / MANIFEST, "JSON")
    manifest, inputs = parse_manifest(text, root)
    problems = [*_edited(manifest, text), *_damage(root, manifest.files)]
    documents = []
    for each in manifest.files:
        if each.role == "underlag" and (root / each.path).is_file():
            with gathered(problems):
                documents.append(parse_underlag(read_text(root / each.path, "JSON"), each.path))
    _refuse(problems)
    return Archive(manifest, inputs, tuple(documents))


def _edited(manifest: Manifest, text: str) -> Iterator[Problem]:
    if text != manifest_as_json(manifest):
        what = "manifestet är ändrat efter att det skrevs: innehållet stämmer inte med dess digest"
        yield Problem(f"{MANIFEST}, nyckel 'digest'", what, ORIGINAL)


def _damage(root: Path, files: Iterable[ArchivedFile]) -> Iterator[Problem]:
    """
    The files that are not as the manifest says.
    """
    there = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
    stated = {each.path: each for each in files}
    for path in sorted(stated.keys() | there - {MANIFEST}):
        if path not in there:
            yield Problem(path, f"filen saknas, men står under 'files' i {MANIFEST}", ORIGINAL)
        elif path not in stated:
            yield Problem(path, f"filen är tillagd: den står inte under 'files' i {MANIFEST}", "ta bort den")
        else:
            yield from _changes(root, stated[path])


def _changes(root: Path, file: ArchivedFile) -> Iterator[Problem]:
    try:
        content = (root / file.path).read_bytes()
    except OSError as error:
        yield unreadable(root / file.path, error)
        return
    now = _described(file.path, file.role, content)
    if now.bytes != file.bytes:
        what = f"filen är ändrad: den har {now.bytes} byte, inte {file.bytes}"
        yield Problem(f"{file.path}, nyckel 'bytes'", what, ORIGINAL)
    elif now.sha256 != file.sha256:
        what = f"filen är ändrad: dess sha256 börjar med {brief(now.sha256)}, inte {brief(file.sha256)}"
        yield Problem(f"{file.path}, nyckel 'sha256'", what, ORIGINAL)


def verify_archive(folder: str | Path) -> tuple[Problem, ...]:
    """
    Nothing when an archive is undamaged and its underlag are what its files come to; else all that is wrong.
    """
    try:
        found = read_archive(folder)
        material = found.inputs.read()
        outside = tuple(_outside(Path(folder), found.inputs))
    except InputError as error:
        return error.problems
    differences = verify_all(
        found.documents, material.price_lists, material.volumes, material.register, material.plan
    )
    return outside + differences + (_other_version(found.manifest.versions) if differences else ())


def _outside(folder: Path, inputs: Inputs) -> Iterator[Problem]:
    """
    Price lists that are based on lists outside the archive, as by a path from the root.
    """
    root = Path(os.path.normpath(folder.absolute()))
    for path in inputs.price_lists:
        for each in price_list_files(path):
            if not Path(os.path.normpath(each)).is_relative_to(root):
                what = f"bygger på {each.name}, som ligger utanför arkivet"
                yield Problem(
                    path.relative_to(folder.absolute()).as_posix(), what, "ange based_on från listans mapp"
                )


def _other_version(made_by: Versions) -> tuple[Problem, ...]:
    now = running().prismodell
    if made_by.prismodell == now:
        return ()
    what = f"arkivet är skrivet av prismodell {made_by.prismodell}, och prövat med {now}"
    return (Problem(f"{MANIFEST}, nyckel 'versions'", what, "pröva det med den version som skrev det"),)
