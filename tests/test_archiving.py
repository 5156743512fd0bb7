"""
An archive proves what was billed: it is whole, with the files that were read, and no change to it is unseen.
"""

import io
import json
import os
import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest

import prismodell as pm
from failing import Calls, Watched
from prismodell import archiving
from prismodell.archiving import archive, read_archive, verify_archive
from prismodell.inputs import Inputs
from prismodell.manifest import manifest_as_json, running
from prismodell.writing.files import write_folder

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "examples" / "data"
GOLDEN = Path(__file__).resolve().parent / "golden" / "arkiv-0.2.0"
JANUARY = pm.Month(2022, 1)
DAY = date(2022, 2, 4)
MANIFEST = "MANIFEST.json"
UNDERLAG = "underlag/SDF-SKA-2022-001.json"
BASE = "prislistor/2021/bas.toml"
REGISTER = "kunder/kunder.toml"
LON = "volymer/lon/januari.csv"
SYSTEMS = ("ekonomisystem", "lonesystem", "arendehanteringssystem", "manuella-listor")
EXAMPLE = Inputs(
    price_lists=ROOT / "pricelists" / "serviceforvaltningen-2022.toml",
    register=DATA / "kunder.toml",
    volumes=[DATA / f"{system}-2022-01.csv" for system in SYSTEMS],
    subscribed=(JANUARY, JANUARY),
)
Example = tuple[Path, tuple[pm.Underlag, ...]]


def issued(inputs: Inputs, month: pm.Month = JANUARY) -> tuple[pm.Underlag, ...]:
    read = inputs.read()
    return pm.issue(pm.rate(read.volumes, read.price_lists, read.register), month, read.register)


def archived(folder: Path, inputs: Inputs, documents: tuple[pm.Underlag, ...] | None = None) -> Path:
    given = issued(inputs) if documents is None else documents
    return archive(folder, given, inputs, approved_by="Kim Ek", approved_on=DAY)


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


@pytest.fixture
def sources(tmp_path: Path) -> Inputs:
    """
    The few files of the golden archive, as they were before they were archived.
    """
    folder = tmp_path / "original"
    for kind in ("prislistor", "kunder", "volymer"):
        shutil.copytree(GOLDEN / kind, folder / kind)
    for path in folder.rglob("*"):
        path.chmod(0o755)
    return Inputs(
        folder / "prislistor" / "2022" / "prislista.toml",
        folder / REGISTER,
        [folder / "volymer" / "ekonomi" / "januari.csv", folder / LON],
        subscribed=(JANUARY, JANUARY),
    )


@pytest.fixture
def small(sources: Inputs, tmp_path: Path) -> Path:
    return archived(tmp_path / "arkiv", sources)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    """
    The example's month archived, for the tests that only look at it, and the underlag that were given.
    """
    documents = issued(EXAMPLE)
    return archived(tmp_path_factory.mktemp("arkiv") / "2022-01", EXAMPLE, documents), documents


def problems_of(folder: Path) -> list[tuple[str, str]]:
    """
    What is wrong, which reading raises and verifying gives.
    """
    with pytest.raises(pm.InputError) as caught:
        read_archive(folder)
    assert caught.value.problems == verify_archive(folder)
    return [(each.place, each.what) for each in caught.value.problems]


def refused(folder: Path, inputs: Inputs, *documents: pm.Underlag) -> list[str]:
    """
    Why it could not be archived; then there is nothing where it would have been, nor beside it.
    """
    beside = sorted(folder.parent.iterdir())
    with pytest.raises(pm.InputError) as caught:
        archived(folder, inputs, documents or None)
    assert beside == sorted(folder.parent.iterdir())
    return [str(each) for each in caught.value.problems]


# There and back


def test_the_example_month_is_archived_read_back_and_verified(example: Example) -> None:
    folder, documents = example
    found = read_archive(folder)

    assert "2022-01" == folder.name
    assert documents == found.documents
    assert EXAMPLE.read() == found.inputs.read()
    assert ("Kim Ek", DAY, (JANUARY,)) == attrs.astuple(found.manifest, recurse=False)[:3]
    assert () == verify_archive(folder)


def test_the_files_are_there_as_they_were_with_the_list_that_the_price_list_is_based_on(
    example: Example,
) -> None:
    folder, documents = example
    copies = {
        **{f"prislistor/serviceforvaltningen-{year}.toml": ROOT / "pricelists" for year in (2021, 2022)},
        "kunder/kunder.toml": DATA,
        **{f"volymer/{system}-2022-01.csv": DATA for system in SYSTEMS},
    }
    for path, original in copies.items():
        assert (original / Path(path).name).read_bytes() == (folder / path).read_bytes()
    others = {path for path in contents(folder) if path not in copies}
    assert {MANIFEST, *(f"underlag/{each.number}.json" for each in documents)} == others


def test_the_manifest_says_who_when_with_what_and_the_digest_of_every_file(small: Path) -> None:
    manifest = read_archive(small).manifest

    assert ("Kim Ek", DAY, (JANUARY,), "utf-8", (JANUARY, JANUARY)) == (
        *(manifest.approved_by, manifest.approved_on, manifest.months),
        *(manifest.encoding, manifest.subscribed),
    )
    assert {
        "underlag/BOL-STO-2022-001.json": "underlag",
        UNDERLAG: "underlag",
        BASE: "base",
        "prislistor/2022/prislista.toml": "price_list",
        REGISTER: "register",
        "volymer/ekonomi/januari.csv": "volumes",
        LON: "volumes",
    } == {each.path: each.role for each in manifest.files}
    assert {path: len(content) for path, content in contents(small).items() if path != MANIFEST} == {
        each.path: each.bytes for each in manifest.files
    }


def test_equal_inputs_give_equal_bytes_in_whatever_order_and_folder(tmp_path: Path, sources: Inputs) -> None:
    elsewhere = tmp_path / "annan mapp"
    shutil.copytree(tmp_path / "original", elsewhere)
    moved = Inputs(
        str(elsewhere / "prislistor" / "2022" / "prislista.toml"),
        str(elsewhere / REGISTER),
        [elsewhere / LON, elsewhere / "volymer" / "ekonomi" / "januari.csv", elsewhere / LON],
        subscribed=(JANUARY, JANUARY),
    )
    first = archived(tmp_path / "ett", sources)
    second = archived(tmp_path / "två", moved, tuple(reversed(issued(moved))))

    assert contents(first) == contents(second)


def test_an_archive_can_be_moved_and_its_originals_be_gone(
    small: Path, sources: Inputs, tmp_path: Path
) -> None:
    documents = issued(sources)
    shutil.rmtree(tmp_path / "original")
    moved = small.rename(tmp_path / "flyttat")

    assert () == verify_archive(moved)
    assert documents == read_archive(moved).documents == issued(read_archive(moved).inputs)


def test_the_files_of_an_archive_are_read_only(small: Path) -> None:
    assert {0} == {path.stat().st_mode & 0o222 for path in small.rglob("*") if path.is_file()}


def test_the_rights_to_read_are_those_of_a_new_file(tmp_path: Path, sources: Inputs) -> None:
    before = os.umask(0o077)
    try:
        folder = archived(tmp_path / "arkiv", sources)
    finally:
        os.umask(before)
    assert {0o400} == {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()}


def test_a_correction_is_archived_and_verified(tmp_path: Path, sources: Inputs) -> None:
    january = issued(sources)
    late = write(
        tmp_path / "original" / "volymer" / "sena.csv",
        "customer,service,month,quantity\nSDF-SKA,EKO-LEV,2022-01,10\nSDF-SKA,EKO-LEV,2022-02,20\n",
    )
    february = pm.Month(2022, 2)
    inputs = attrs.evolve(sources, volumes=[*sources.volumes, late], subscribed=(JANUARY, february))
    read = inputs.read()
    rating = pm.rate(read.volumes, read.price_lists, read.register)
    documents = pm.issue(rating, february, read.register, issued=january)

    assert any(billed.earlier for each in documents for billed in each.lines)
    folder = archived(tmp_path / "2022-02", inputs, documents)
    assert documents == read_archive(folder).documents
    assert () == verify_archive(folder)


def test_the_plan_is_archived_as_it_is_without_subscriptions(tmp_path: Path, sources: Inputs) -> None:
    plan = write(
        tmp_path / "original" / "plan" / "plan.csv",
        "customer,service,month,quantity\nSDF-SKA,EKO-LEV,2022-01,2400\n",
    )
    inputs = attrs.evolve(sources, plan=plan)
    folder = archived(tmp_path / "arkiv", inputs)

    assert plan.read_bytes() == (folder / "plan" / "plan.csv").read_bytes()
    assert inputs.read().plan == read_archive(folder).inputs.read().plan
    assert 1 == len(inputs.read().plan)
    assert 0 == len(sources.read().plan)


def test_the_control_totals_are_archived_and_hold_for_the_copies(tmp_path: Path, sources: Inputs) -> None:
    control = write(
        tmp_path / "original" / "kontroll.toml",
        """
        [[file]]
        name = "ekonomi/januari.csv"
        rows = 3
        [[file]]
        name = "lon/januari.csv"
        quantity = 313.5
        """,
    )
    inputs = attrs.evolve(sources, control=control)
    folder = archived(tmp_path / "arkiv", inputs)
    assert (folder / "kontroll" / "kontroll.toml",) == read_archive(folder).inputs.control

    documents = issued(inputs)
    edit("313.5", "314")(control)
    assert "kontroll.toml:7" in refused(tmp_path / "annat", inputs, *documents)[0]


def test_volumes_in_another_encoding_are_archived_with_its_name(tmp_path: Path, sources: Inputs) -> None:
    path = sources.volumes[1]
    path.write_bytes(
        "customer;service;month;quantity;note\nSDF-SKA;LON-SPEC;2022-01;3;löner\n".encode("cp1252")
    )
    folder = archived(tmp_path / "arkiv", attrs.evolve(sources, encoding="cp1252"))
    assert "cp1252" == read_archive(folder).inputs.encoding


def test_an_archive_needs_no_subscriptions(tmp_path: Path, sources: Inputs) -> None:
    inputs = attrs.evolve(sources, subscribed=None)
    folder = archived(tmp_path / "arkiv", inputs, issued(sources)[1:])
    assert read_archive(folder).inputs.subscribed is None
    assert () == verify_archive(folder)


def test_paths_may_be_told_from_the_folder_that_one_is_in(
    tmp_path: Path, sources: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path / "original" / "volymer")
    near = Inputs(
        "../prislistor/2022/prislista.toml",
        "../kunder/kunder.toml",
        ["ekonomi/januari.csv", "lon/januari.csv"],
        subscribed=(JANUARY, JANUARY),
    )
    assert Path("arkiv") == archived(Path("arkiv"), near)
    assert () == verify_archive("arkiv")
    assert contents(archived(tmp_path / "arkiv", sources)) == contents(Path("arkiv"))


# Names and folders


def test_files_of_one_name_in_two_folders_keep_the_names_that_the_underlag_have(
    tmp_path: Path, sources: Inputs
) -> None:
    below = write(
        tmp_path / "original" / "volymer" / "ekonomi" / "sena" / "januari.csv",
        "customer,service,month,quantity\nSDF-SKA,EKO-LEV,2022-01,5\n",
    )
    inputs = attrs.evolve(sources, volumes=[*sources.volumes[:1], below])
    folder = archived(tmp_path / "arkiv", inputs)

    assert {"volymer/ekonomi/januari.csv", "volymer/ekonomi/sena/januari.csv"} == {
        path for path in contents(folder) if path.startswith("volymer")
    }
    assert issued(inputs) == issued(read_archive(folder).inputs)


def test_lists_that_build_on_each_other_are_all_archived_once(tmp_path: Path, sources: Inputs) -> None:
    (newer,) = sources.price_lists
    later = write(
        newer.parent.parent / "2023" / "prislista.toml",
        newer.read_text("utf-8")
        .replace("2022", "2023")
        .replace("../2021/bas.toml", "../2022/prislista.toml"),
    )
    older = newer.parent.parent / "2021" / "bas.toml"
    inputs = attrs.evolve(sources, price_lists=[later, newer, older])
    folder = archived(tmp_path / "arkiv", inputs)

    assert {
        BASE: "price_list",
        "prislistor/2022/prislista.toml": "price_list",
        "prislistor/2023/prislista.toml": "price_list",
    } == {each.path: each.role for each in read_archive(folder).manifest.files if "prislistor" in each.path}


def test_a_list_that_is_based_on_a_path_from_the_root_is_refused(tmp_path: Path, sources: Inputs) -> None:
    (path,) = sources.price_lists
    base = path.parent.parent / "2021" / "bas.toml"
    path.write_text(path.read_text("utf-8").replace("../2021/bas.toml", base.as_posix()), "utf-8")

    told = refused(tmp_path / "arkiv", sources)
    what = "bygger på bas.toml, som ligger utanför arkivet; ange based_on från listans mapp"
    assert [f"prislistor/2022/prislista.toml\n  {what}"] == told


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("../../ut", "..%2F..%2Fut.json"),
        ("..", "...json"),
        ("/etc/x", "%2Fetc%2Fx.json"),
        ("SDF-SKÅ-2022-001", "SDF-SK%C3%85-2022-001.json"),
        ("a\\b:c*?", "a%5Cb%3Ac%2A%3F.json"),
        ("100%25", "100%2525.json"),
    ],
)
def test_a_number_that_is_no_file_name_is_written_with_percent_signs(
    number: str, name: str, tmp_path: Path, sources: Inputs
) -> None:
    documents = (attrs.evolve(issued(sources)[0], number=number),)
    folder = archived(tmp_path / "arkiv", sources, documents)

    assert [name] == [path.name for path in (folder / "underlag").iterdir()]
    assert documents == read_archive(folder).documents


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        (["A-1", "a-1"], "underlag/a-1.json\n  får samma filnamn som underlag/A-1.json"),
        (["NUL"], "'underlag/NUL.json'\n  går inte att använda som filnamn överallt"),
        (["com1.x"], "'underlag/com1.x.json'\n  går inte att använda som filnamn överallt"),
        (["å" * 64], "går inte att använda som filnamn överallt"),
    ],
    ids=["case", "a device", "a device with an ending", "too long"],
)
def test_numbers_that_cannot_be_two_files_everywhere_are_refused(
    numbers: list[str], told: str, tmp_path: Path, sources: Inputs
) -> None:
    documents = (
        attrs.evolve(each, number=number) for each, number in zip(issued(sources), numbers, strict=False)
    )
    (problem,) = refused(tmp_path / "arkiv", sources, *documents)
    assert told in problem


def test_two_underlag_with_one_number_are_refused_and_so_is_one_charge_under_two(
    tmp_path: Path, sources: Inputs
) -> None:
    first, *_ = issued(sources)
    with pytest.raises(pm.InvalidError, match=f"två olika underlag har samma nummer: {first.number}"):
        archived(tmp_path / "arkiv", sources, (first, attrs.evolve(first, volumes_digest="")))
    twice = attrs.evolve(first, number=first.number.replace("001", "002"))
    told = refused(tmp_path / "arkiv", sources, first, twice)
    assert len(told) == len(first.lines)
    assert all(f"är fakturerat utan hänsyn till underlag {first.number}" in each for each in told)


def test_the_same_underlag_given_twice_is_archived_once(tmp_path: Path, sources: Inputs) -> None:
    documents = issued(sources)
    folder = archived(tmp_path / "arkiv", sources, documents + documents)
    assert documents == read_archive(folder).documents


# What is refused


@pytest.mark.parametrize("empty", [True, False], ids=["empty", "with a file"])
def test_a_folder_that_is_there_is_never_touched(empty: bool, tmp_path: Path, sources: Inputs) -> None:  # noqa: FBT001
    folder = tmp_path / "arkiv"
    folder.mkdir()
    if not empty:
        (folder / "en fil").write_text("kvar")
    told = refused(folder, sources)

    assert [
        f"{folder}\n  finns redan, och ett arkiv ändras aldrig; rättelser är nya underlag, i ett nytt arkiv"
    ] == told
    assert ({} if empty else {"en fil": b"kvar"}) == contents(folder)


def test_an_archive_is_not_written_over_by_another(small: Path, sources: Inputs) -> None:
    before = contents(small)
    assert "finns redan" in refused(small, sources)[0]
    assert before == contents(small)


def test_a_folder_above_that_is_not_there_is_told(tmp_path: Path, sources: Inputs) -> None:
    with pytest.raises(pm.InputError, match="saknas finns inte; skapa den först"):
        archived(tmp_path / "saknas" / "arkiv", sources)


def test_a_link_to_nowhere_is_there_too(tmp_path: Path, sources: Inputs) -> None:
    (tmp_path / "arkiv").symlink_to(tmp_path / "ingenstans")
    assert "finns redan" in refused(tmp_path / "arkiv", sources)[0]


def test_underlag_that_do_not_come_from_the_inputs_are_refused_and_nothing_is_left(
    tmp_path: Path, sources: Inputs
) -> None:
    documents = issued(sources)
    sources.volumes[0].write_bytes(sources.volumes[0].read_bytes().replace(b"2431", b"2432"))
    told = refused(tmp_path / "arkiv", sources, *documents)

    assert all("SDF-SKA-2022-001" in each for each in told)
    assert any("EKO-LEV" in each for each in told)


def test_every_underlag_that_differs_is_told(tmp_path: Path, sources: Inputs) -> None:
    documents = issued(sources)
    (path,) = sources.price_lists
    path.write_text(path.read_text("utf-8").replace("percent = -1", "percent = -2"), "utf-8")
    told = refused(tmp_path / "arkiv", sources, *documents)

    for each in documents:
        assert any(each.number in problem for problem in told)


def test_subscriptions_that_are_left_out_are_found(tmp_path: Path, sources: Inputs) -> None:
    told = refused(tmp_path / "arkiv", attrs.evolve(sources, subscribed=None), *issued(sources))
    assert any("BOL-STO-2022-001" in each and "LON-SPEC" in each for each in told)


def test_no_underlag_are_no_archive(tmp_path: Path, sources: Inputs) -> None:
    with pytest.raises(pm.InputError, match="det finns inga underlag att arkivera"):
        archived(tmp_path / "arkiv", sources, ())


def test_files_that_are_not_there_are_told_together(tmp_path: Path, sources: Inputs) -> None:
    documents = issued(sources)
    sources.register.unlink()
    sources.volumes[1].unlink()
    told = refused(tmp_path / "arkiv", sources, *documents)
    assert [f"{path}\n  filen finns inte" for path in (sources.register, sources.volumes[1])] == [
        each.split(";")[0] for each in told
    ]


def test_a_base_list_that_is_not_there_is_told_as_when_the_list_is_read(
    tmp_path: Path, sources: Inputs
) -> None:
    documents = issued(sources)
    shutil.rmtree(tmp_path / "original" / "prislistor" / "2021")
    told = refused(tmp_path / "arkiv", sources, *documents)
    assert "prislista.toml:6: [price_list], nyckel 'based_on'" in told[0]


@pytest.mark.parametrize("name", ["", "  ", "Kim\nEk"])
def test_an_approver_has_a_name(name: str, tmp_path: Path, sources: Inputs) -> None:
    with pytest.raises(pm.InvalidError, match="approved_by"):
        archive(tmp_path / "arkiv", issued(sources), sources, approved_by=name, approved_on=DAY)


@pytest.mark.parametrize("day", ["2022-02-04", datetime(2022, 2, 4)])  # noqa: DTZ001 - no clock's time
def test_the_day_of_approval_is_a_date(day: Any, tmp_path: Path, sources: Inputs) -> None:
    with pytest.raises(TypeError, match="approved_on is a date"):
        archive(tmp_path / "arkiv", issued(sources), sources, approved_by="Kim Ek", approved_on=day)


def test_underlag_come_from_some_price_list(sources: Inputs) -> None:
    with pytest.raises(ValueError, match="price_lists"):
        attrs.evolve(sources, price_lists=[])


def test_a_file_that_changes_while_it_is_archived_is_there_as_it_was_read(
    tmp_path: Path, sources: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sources.volumes[0].read_bytes()

    def changed_meanwhile(*arguments: Any) -> None:
        sources.volumes[0].write_bytes(b"annat")
        write_folder(*arguments)

    documents = issued(sources)
    monkeypatch.setattr(archiving, "write_folder", changed_meanwhile)
    folder = archived(tmp_path / "arkiv", sources, documents)
    assert before == (folder / "volymer" / "ekonomi" / "januari.csv").read_bytes()


# Damage


def edit(old: str, new: str) -> Callable[[Path], object]:
    def edited(path: Path) -> None:
        text = path.read_text("utf-8")
        assert old in text
        overwrite(path, text.replace(old, new, 1))

    return edited


def truncate(path: Path) -> None:
    overwrite(path, path.read_text("utf-8")[:-20])


def overwrite(path: Path, text: str) -> None:
    path.chmod(0o644)
    path.write_bytes(text.encode())


LENGTH, DIGEST = ", nyckel 'bytes'", ", nyckel 'sha256'"
EDITED_MANIFEST = (f"{MANIFEST}, nyckel 'digest'", "manifestet är ändrat efter att det skrevs")
FORM = "manifestet går inte att läsa: fel form"
DAMAGE: list[tuple[str, str, Callable[[Path], object], list[tuple[str, str]]]] = [
    ("a quantity edited", LON, edit("310", "301"), [(LON + DIGEST, "ändrad: dess sha256 börjar med")]),
    (
        "a customer edited",
        REGISTER,
        edit("AB Stokab", "Stokab AB"),
        [(REGISTER + DIGEST, "ändrad: dess sha")],
    ),
    ("a price edited", BASE, edit("22.40", "22.4"), [(BASE + LENGTH, "filen är ändrad: den har")]),
    ("an input truncated", LON, truncate, [(LON + LENGTH, "filen är ändrad: den har")]),
    ("an input deleted", LON, Path.unlink, [(LON, "saknas, men står under 'files' i MANIFEST.json")]),
    (
        "an input renamed",
        LON,
        lambda path: path.rename(path.with_name("mars.csv")),
        [(LON, "saknas"), ("volymer/lon/mars.csv", "tillagd: den står inte under 'files' i MANIFEST.json")],
    ),
    ("a file added", "underlag/A-1.json", Path.touch, [("underlag/A-1.json", "filen är tillagd")]),
    ("a hidden file added", ".dold", Path.touch, [(".dold", "filen är tillagd")]),
    ("a link added", "mapp", lambda path: path.symlink_to(path.parent), [("mapp", "filen är tillagd")]),
    (
        "an amount edited",
        UNDERLAG,
        edit('"amount": "', '"amount": "1'),
        [
            (UNDERLAG + LENGTH, "filen är ändrad"),
            (f"{UNDERLAG}: underlag 'SDF-SKA-2022-001'", "stämmer inte med dokumentets digest"),
        ],
    ),
    (
        "an underlag truncated",
        UNDERLAG,
        truncate,
        [(UNDERLAG + LENGTH, "filen är ändrad"), (UNDERLAG, "filen är inte hel JSON")],
    ),
    ("an underlag deleted", UNDERLAG, Path.unlink, [(UNDERLAG, "saknas")]),
    ("the approver edited", MANIFEST, edit("Kim Ek", "Bo Alm"), [EDITED_MANIFEST]),
    ("the day edited", MANIFEST, edit("2022-02-04", "2022-02-05"), [EDITED_MANIFEST]),
    ("a space in the manifest", MANIFEST, edit(": ", ":  "), [EDITED_MANIFEST]),
    (
        "a length edited in the manifest",
        MANIFEST,
        edit('"bytes": ', '"bytes": 1'),
        [EDITED_MANIFEST, (LENGTH, "filen är ändrad")],
    ),
    ("a key twice in the manifest", MANIFEST, edit('"path"', '"path": "x", "path"'), [EDITED_MANIFEST]),
    (
        "a file without its role",
        MANIFEST,
        edit('"role": "volumes"', '"role": "volym"'),
        [(MANIFEST, f"{FORM} @ manifest.files[5]")],
    ),
    (
        "a day that is none",
        MANIFEST,
        edit("2022-02-04", "2022-02-30"),
        [(MANIFEST, f"{FORM} @ manifest.approved_on")],
    ),
    (
        "an unknown key",
        MANIFEST,
        edit('"path"', '"x": 1, "path"'),
        [(MANIFEST, f"{FORM} @ manifest.files[0]")],
    ),
    ("no register", MANIFEST, edit('"role": "register"', '"role": "plan"'), [(MANIFEST, FORM)]),
    (
        "the manifest truncated",
        MANIFEST,
        truncate,
        [(MANIFEST, "manifestet går inte att läsa: filen är inte")],
    ),
    ("the manifest a list", MANIFEST, lambda path: overwrite(path, "[1]"), [(MANIFEST, FORM)]),
    ("the manifest empty", MANIFEST, lambda path: overwrite(path, "{}"), [(MANIFEST, FORM)]),
]


@pytest.mark.parametrize(
    ("path", "damage", "expected"), [each[1:] for each in DAMAGE], ids=[each[0] for each in DAMAGE]
)
def test_each_kind_of_damage_is_named_with_its_file_and_field(
    path: str, damage: Callable[[Path], object], expected: list[tuple[str, str]], small: Path
) -> None:
    damage(small / path)
    told = problems_of(small)

    assert len(expected) == len(told)
    for (place, what), (found_place, found_what) in zip(expected, told, strict=True):
        assert place in found_place
        assert what in found_what


def test_all_that_is_wrong_is_told_at_once(small: Path) -> None:
    edit("Kim Ek", "Bo Alm")(small / MANIFEST)
    edit("310", "301")(small / LON)
    (small / REGISTER).unlink()
    (small / "extra").touch()

    assert [f"{MANIFEST}, nyckel 'digest'", "extra", REGISTER, LON + DIGEST] == [
        place for place, _ in problems_of(small)
    ]


@pytest.mark.parametrize("path", [REGISTER, BASE, LON, UNDERLAG, MANIFEST])
def test_every_byte_of_a_file_counts(path: str, small: Path) -> None:
    content = (small / path).read_bytes()
    (small / path).chmod(0o644)
    for at in range(0, len(content), len(content) // 20):
        (small / path).write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        assert verify_archive(small)
    (small / path).write_bytes(content)
    assert () == verify_archive(small)


def test_rights_and_times_of_files_do_not_matter_when_an_archive_is_read(small: Path) -> None:
    for path in small.rglob("*"):
        path.chmod(0o755)
        os.utime(path, (0, 0))
    assert () == verify_archive(small)


def test_a_forger_who_redoes_every_digest_is_found_by_the_amounts(small: Path) -> None:
    found = read_archive(small)
    first, second = found.documents
    billed = attrs.evolve(second.lines[0], amount=second.lines[0].amount + 1)
    forged = attrs.evolve(second, lines=(billed, *second.lines[1:]))
    text = pm.render(forged, "json")
    overwrite(small / UNDERLAG, text)
    files = [
        archiving._described(UNDERLAG, "underlag", text.encode()) if each.path == UNDERLAG else each
        for each in found.manifest.files
    ]
    manifest = attrs.evolve(found.manifest, files=tuple(files))
    overwrite(small / MANIFEST, manifest_as_json(manifest))

    assert (first, forged) == read_archive(small).documents
    told = verify_archive(small)
    assert told
    assert all(forged.number in str(each) for each in told)


def test_an_archive_without_its_manifest_is_none(small: Path) -> None:
    (small / MANIFEST).unlink()
    assert [(str(small), "mappen är inte ett arkiv: MANIFEST.json saknas")] == problems_of(small)


@pytest.mark.parametrize("there", [True, False], ids=["another folder", "no folder"])
def test_what_is_no_archive_is_said_to_be_none(there: bool, tmp_path: Path) -> None:  # noqa: FBT001
    folder = tmp_path / "mapp"
    if there:
        write(folder / "underlag" / "A-1.json", "{}")
    assert [(str(folder), "mappen är inte ett arkiv: MANIFEST.json saknas")] == problems_of(folder)


@pytest.mark.parametrize(
    ("document", "made_by"),
    [
        ({"manifest": {"versions": {"prismodell": "7.1.0"}}}, "'7.1.0'"),
        ({"manifest": {"versions": ["7.1.0"]}}, "'okänd'"),
        ({}, "'okänd'"),
    ],
)
def test_an_unknown_format_is_told_with_the_version_that_wrote_it(
    document: dict[str, object], made_by: str, small: Path
) -> None:
    overwrite(small / MANIFEST, json.dumps({"format": "prismodell.archive/9", **document}))

    what = f"okänt format 'prismodell.archive/9'; arkivet är skrivet av prismodell {made_by}"
    assert [(f"{MANIFEST}, nyckel 'format'", what)] == problems_of(small)


def test_underlag_that_differ_in_another_version_are_told_with_both_versions(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_by = read_archive(small).manifest.versions
    monkeypatch.setattr(archiving, "running", lambda: attrs.evolve(made_by, prismodell="7.1.0"))
    assert () == verify_archive(small)

    wrong = pm.Problem("underlag SDF-SKA-2022-001", "ett annat belopp")
    monkeypatch.setattr(archiving, "verify_all", lambda *_: (wrong,))
    *differences, last = verify_archive(small)
    assert [wrong] == differences
    assert f"{MANIFEST}, nyckel 'versions'" == last.place
    assert f"arkivet är skrivet av prismodell {made_by.prismodell}, och prövat med 7.1.0" == last.what


# Whatever fails


class FailingCalls(Calls):
    """
    Lets the file calls through until the k-th, which fails as a full disk does.
    """

    def __init__(self, patch: pytest.MonkeyPatch, k: int, error: type[BaseException]) -> None:
        super().__init__(k, error)
        for name in ("mkdir", "open", "fsync", "close", "chmod", "rename", "replace"):
            patch.setattr(os, name, self.counted(name, getattr(os, name)))
        real_open = io.open

        def opened(file: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
            self.call(f"open {mode}")
            return (
                Watched(real_open(file, mode, *arguments, **named), self)
                if "x" in mode
                else real_open(file, mode, *arguments, **named)
            )

        patch.setattr(io, "open", opened)

    def counted(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.call(name)
            return real(*arguments, **named)

        return call


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_whichever_file_call_fails_there_is_no_archive_or_a_whole_one_and_no_part(
    error: type[BaseException], tmp_path: Path, sources: Inputs
) -> None:
    documents, versions = issued(sources), running()
    before = sorted(tmp_path.iterdir())
    calls: list[str] = []
    raised_but_whole = []
    for k in range(1, 1000):
        target = tmp_path / f"arkiv-{k}"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(archiving, "running", lambda: versions)  # its own file calls may fail unseen
            failing = FailingCalls(patch, k, error)
            try:
                archived(target, sources, documents)
                assert target.exists()
            except (error, pm.InputError):  # a reader tells what it could not read
                raised_but_whole += [failing.calls[k - 1]] if target.exists() else []
        if target.exists():
            assert () == verify_archive(target)
            shutil.rmtree(target)
        assert before == sorted(tmp_path.iterdir())
        calls = failing.calls
        if k > len(calls):
            break

    assert {"mkdir", "open", "open xb", "write", "flush", "fsync", "close", "chmod", "rename"} == {
        each for each in calls if not each.startswith("open r")
    }
    assert ["open", "fsync", "close"] == raised_but_whole  # the new name is flushed to disk last
    assert k == len(calls) + 1


# Forever


def test_the_golden_archive_is_verified_forever() -> None:
    assert () == verify_archive(GOLDEN)
    found = read_archive(GOLDEN)
    assert "0.2.0" == found.manifest.versions.prismodell
    assert ["BOL-STO-2022-001", "SDF-SKA-2022-001"] == [each.number for each in found.documents]


def test_the_golden_archive_made_anew_has_the_same_bytes(
    tmp_path: Path, sources: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_by = pm.Versions(python="3.11.7", prismodell="0.2.0", attrs="25.4.0", cattrs="25.3.0")
    monkeypatch.setattr(archiving, "running", lambda: made_by)
    if os.environ.get("PRISMODELL_REMAKE") == "1":
        shutil.rmtree(GOLDEN, ignore_errors=True)
        archived(GOLDEN, sources)
        pytest.fail(f"{GOLDEN.name} is made anew: read what changed, then run without PRISMODELL_REMAKE")

    assert contents(GOLDEN) == contents(archived(tmp_path / "arkiv", sources))


def test_inputs_without_volumes_or_with_months_that_are_none_are_refused(sources: Inputs) -> None:
    with pytest.raises(pm.InvalidError, match="inga filer; kontrollera mappen"):
        attrs.evolve(sources, volumes=())
    with pytest.raises(TypeError, match="the first and the last Month"):
        attrs.evolve(sources, subscribed=(JANUARY, "2022-02"))  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(pm.InvalidError, match="den första månaden"):
        attrs.evolve(sources, subscribed=(JANUARY + 1, JANUARY))
