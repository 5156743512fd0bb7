"""
A price list written like another keeps what a person wrote in that one, and reads back equal.
"""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import attrs
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from prismodell.tariff import MODELS
from prismodell.testing import price_lists
from prismodell.writing import likeness

ROOT = Path(__file__).resolve().parent.parent
LISTS = sorted((ROOT / "pricelists").glob("*.toml"))
ORIGINAL = """\
# Prislista för exemplet.
# Den är påhittad.

[price_list]
id         = "exempel-2021"   # kod
title      = "Prislista 2021"
valid_from = 2021-01-01
valid_to   = 2021-12-31

[[area]]  # ett område
code = "ekonomi"
name = "Ekonomi"

# --- Fakturor ---

# Den vanligaste tjänsten.
[[service]]
code   = "EKO-LEV"
name   = "Leverantörsfaktura"
area   = "ekonomi"
kind   = "obligatory"
unit   = "faktura"
plural = "fakturor"
# Räknad på självkostnaden.
price  = 22.40   # kronor
# Ses över varje år.

# Den här tas bort snart.
[[service]]
code  = "EKO-GAMMAL"
name  = "Gammal tjänst"
area  = "ekonomi"
kind  = "supplementary"
unit  = "st"
price = 80

# --- Timmar ---

[[service]]
code  = "EKO-TIM"
name  = "Rådgivning"
area  = "ekonomi"
kind  = "supplementary"
unit  = "timme"
price = { model = "graduated", tiers = [
  { up_to = 100, price = 900 },  # de första
  # och sedan
  { price = 750.50 },
] }
"""


def comments(text: str) -> list[str]:
    return re.findall(r"#[^\n]*", text)


def list_2021() -> pm.PriceList:
    return pm.parse_price_list(ORIGINAL)


def changed(*changes: pm.Change) -> pm.PriceList:
    return pm.derive(list_2021(), changes, id="exempel-2021", title="Prislista 2021")


def only(code: str) -> pm.Selection:
    return pm.Selection(codes=frozenset({code}))


@fewer(2)
@given(price_lists(), price_lists(), st.booleans())
def test_any_list_written_like_any_other_reads_back_equal(
    price_list: pm.PriceList,
    other: pm.PriceList,
    renamed: bool,  # noqa: FBT001 - drawn
) -> None:
    if renamed:
        other = attrs.evolve(other, title="En annan titel")
    text = pm.render(price_list, "toml", like=pm.render(other, "toml"))
    event(f"the same number of prices: {len(price_list.prices) == len(other.prices)}")

    assert price_list == pm.parse_price_list(text)
    assert text == pm.render(price_list, "toml", like=text)


def test_a_price_of_another_model_keeps_no_key_of_the_one_it_replaces() -> None:
    def listed(model: str) -> str:
        tiers = f'{{ model = "{model}", tiers = [ {{ price = 1 }} ], per = "month" }}'
        return ORIGINAL.replace("price  = 22.40 ", f"price  = {tiers} ")

    new = pm.parse_price_list(listed("volume").replace(', per = "month"', ""))
    assert new == pm.parse_price_list(pm.render(new, "toml", like=listed("graduated")))


@st.composite
def commented(draw: st.DrawFn, text: str) -> str:
    """
    A text with comments and empty lines anywhere between its lines, and comments at their ends.
    """
    lines = []
    for number, line in enumerate(text.splitlines()):
        lines += draw(
            st.lists(st.sampled_from([f"# ovanför {number}", f"  # [[service]] {number}", ""]), max_size=2)
        )
        lines.append(line + draw(st.sampled_from(["", "", f"  # efter {number}"])) if line else line)
    return "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n# sist", "\n\n# sist\n\n"]))


@fewer(2)
@given(st.data(), price_lists(*(each for each in MODELS if each is not pm.SharedPrice)))
def test_comments_anywhere_stay_when_every_price_changes(
    data: st.DataObject, price_list: pm.PriceList
) -> None:
    original = data.draw(commented(pm.render(price_list, "toml")))
    event("an array over several lines") if "[\n" in original else None
    span = pm.Span(pm.Month(2022, 1), pm.Month(2023, 1))
    dearer = pm.derive(
        price_list,
        [pm.Change("Höjda", pm.Percent(7, Decimal("0.0001")))],
        id="nästa",
        title=data.draw(st.sampled_from(["Nästa", price_list.title])),
        span=span,
    )
    text = pm.render(dearer, "toml", like=original)

    assert dearer == pm.parse_price_list(text)
    assert comments(original) == comments(text)
    assert price_list == pm.parse_price_list(pm.render(price_list, "toml", like=text))


@fewer(2)
@given(st.data(), price_lists(), price_lists())
def test_any_list_written_like_a_commented_one_reads_back_equal(
    data: st.DataObject, price_list: pm.PriceList, other: pm.PriceList
) -> None:
    original = data.draw(commented(pm.render(other, "toml")))

    assert price_list == pm.parse_price_list(pm.render(price_list, "toml", like=original))


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
@fewer(4)  # for each of the lists
@given(price_list=price_lists())
def test_any_list_written_like_a_shipped_one_reads_back_equal(path: Path, price_list: pm.PriceList) -> None:
    text = pm.render(price_list, "toml", like=path.read_text(encoding="utf-8"))

    assert price_list == pm.parse_price_list(text)


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
@pytest.mark.parametrize("like", LISTS, ids=lambda path: path.stem)
def test_a_reduced_shipped_list_written_like_a_shipped_one_reads_back_equal(path: Path, like: Path) -> None:
    reduced = pm.reduce_prices(pm.read_price_list(path), 1)
    text = pm.render(reduced, "toml", like=like.read_text(encoding="utf-8"))

    assert reduced == pm.parse_price_list(text)
    assert reduced.digest == pm.parse_price_list(text).digest


@pytest.mark.parametrize(
    "path", [each for each in LISTS if "based_on " not in each.read_text("utf-8")], ids=lambda path: path.stem
)
def test_a_list_written_like_itself_keeps_every_byte(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert text == pm.render(pm.read_price_list(path), "toml", like=text)


def test_a_list_based_on_another_is_written_in_full_without_its_changes() -> None:
    path = ROOT / "pricelists" / "serviceforvaltningen-2022.toml"
    text = pm.render(pm.read_price_list(path), "toml", like=path.read_text(encoding="utf-8"))

    assert pm.read_price_list(path) == pm.parse_price_list(text)
    assert not re.search(r"based_on|\[\[change", text)
    assert text.startswith(path.read_text(encoding="utf-8").partition("based_on")[0])


def test_a_new_price_is_written_where_the_old_one_stood_and_all_else_keeps_its_bytes() -> None:
    price_list = changed(pm.Change("Höjd", pm.NewPrice(pm.Tariff(pm.UnitPrice("23.10"))), only("EKO-LEV")))
    origin = '[ { note = "Prislista 2021", price = 22.40 }, { note = "Höjd", price = 23.10 } ]'
    expected = ORIGINAL.replace(
        "price  = 22.40   # kronor\n", f"price  = 23.10   # kronor\norigin = {origin}\n"
    )

    assert expected == pm.render(price_list, "toml", like=ORIGINAL)


def test_a_figure_inside_a_price_is_changed_where_it_stands() -> None:
    tiers = (pm.Tier(900, 100), pm.Tier("749.5"))
    price_list = changed(
        pm.Change("Sänkt", pm.NewPrice(pm.Tariff(pm.GraduatedPrice(tiers))), only("EKO-TIM"))
    )
    text = pm.render(price_list, "toml", like=ORIGINAL)

    assert "  { up_to = 100, price = 900 },  # de första\n  # och sedan\n  { price = 749.50 },\n] }\n" in text


def test_comments_inside_a_price_that_is_written_anew_are_put_above_it() -> None:
    price_list = changed(pm.Change("Ett pris", pm.NewPrice(pm.Tariff(pm.UnitPrice(800))), only("EKO-TIM")))
    text = pm.render(price_list, "toml", like=ORIGINAL)

    assert "# de första\n# och sedan\nprice = 800\n" in text
    assert comments(ORIGINAL) == comments(text)


def test_a_removed_service_takes_the_comments_directly_above_it_and_no_others() -> None:
    price_list = changed(pm.Change("Utgår", pm.Remove(), only("EKO-GAMMAL")))
    text = pm.render(price_list, "toml", like=ORIGINAL)
    start, end = ORIGINAL.index("# Den här tas bort snart."), ORIGINAL.index("# --- Timmar ---")

    assert ORIGINAL[:start] + ORIGINAL[end:] == text


def test_a_new_service_comes_after_the_last_of_its_area_in_the_same_style() -> None:
    text = ORIGINAL.replace("[[area]]", '[[area]]\ncode = "lon"\nname = "Lön"\n\n[[area]]', 1)
    text += '\n# --- Lön ---\n\n[[service]]\ncode="LON"\nname="Lön"\narea="lon"\n'
    text += 'kind="obligatory"\nunit="st"\nprice=1\n'
    service = pm.Service(
        "EKO-NY", "Ny", pm.Area("ekonomi", "Ekonomi"), pm.Kind.SUPPLEMENTARY, "st", "stycken"
    )
    added = pm.derive(
        pm.parse_price_list(text),
        [pm.Change("Ny tjänst", pm.Add(service, pm.Tariff(pm.UnitPrice("12.50"))))],
        id="exempel-2021",
        title="Prislista 2021",
    )
    new = """
[[service]]
code   = "EKO-NY"
name   = "Ny"
area   = "ekonomi"
kind   = "supplementary"
unit   = "st"
plural = "stycken"
price  = 12.50
origin = "Ny tjänst"

# --- Lön ---
"""

    assert text.replace("\n# --- Lön ---\n", new) == pm.render(added, "toml", like=text)


def test_a_service_that_moves_to_the_next_year_keeps_its_table_and_loses_its_own_dates() -> None:
    text = ORIGINAL.replace("price = 80\n", "price = 80\nvalid_from = 2021-07-01\n")
    base = pm.parse_price_list(text)
    year = pm.Span(pm.Month(2022, 1), pm.Month(2023, 1))
    price_list = pm.derive(base, [], id="exempel-2022", title="Prislista 2022", span=year)
    written = pm.render(price_list, "toml", like=text)

    assert price_list == pm.parse_price_list(written)
    assert "valid_from = 2021-07-01" not in written
    assert comments(text) == comments(written)


def test_each_of_several_prices_of_a_service_is_written_in_its_own_table() -> None:
    later = (
        '[[service]]\ncode = "EKO-GAMMAL"\nname = "Ny"\narea = "ekonomi"\nkind = "obligatory"\nunit = "st"\n'
    )
    text = ORIGINAL.replace("price = 80\n", "price = 80\nvalid_to = 2021-06-30\n") + (
        f"\n# Andra halvåret.\n{later}price = 90 # nytt\nvalid_from = 2021-07-01\n"
    )
    base = pm.parse_price_list(text)
    dearer = [
        attrs.evolve(each, origin=(pm.Revision("Prislista 2021", pm.Tariff(pm.UnitPrice(95))),))
        if each.tariff == pm.Tariff(pm.UnitPrice(90))
        else each
        for each in base.prices
    ]

    assert text.replace("price = 90 #", "price = 95 #") == pm.render(
        attrs.evolve(base, prices=dearer), "toml", like=text
    )


def test_what_goes_without_saying_is_left_as_it_was_written() -> None:
    said = 'price = { model = "unit", price = 80.00, included = 0 }\nvat = 25\nplural = "st"\ncoding = {}\n'
    text = ORIGINAL.replace("price = 80\n", f"{said}valid_from = 2021-01-01\n")

    assert text == pm.render(pm.parse_price_list(text), "toml", like=text)


def test_a_decision_and_the_head_are_changed_key_by_key() -> None:
    decision = pm.Decision("Beslut 7", by="Nämnden", day=date(2021, 11, 23))
    price_list = attrs.evolve(list_2021(), id="exempel-2021b", decision=decision)
    text = pm.render(price_list, "toml", like=ORIGINAL)

    assert 'id         = "exempel-2021b"   # kod\n' in text
    assert 'decision   = { text = "Beslut 7", by = "Nämnden", date = 2021-11-23 }\n' in text
    assert price_list == pm.parse_price_list(text)


def test_line_ends_of_windows_and_a_byte_order_mark_are_read_and_the_line_ends_kept(tmp_path: Path) -> None:
    original = tmp_path / "original.toml"
    original.write_bytes(b"\xef\xbb\xbf" + ORIGINAL.replace("\n", "\r\n").encode())
    price_list = changed(pm.Change("Utgår", pm.Remove(), only("EKO-GAMMAL")))
    pm.write(price_list, original, like=original)

    assert price_list == pm.read_price_list(original)
    assert original.read_bytes().count(b"\n") == original.read_bytes().count(b"\r\n")


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("[price_list\n", "förlagan", "texten går inte att läsa som TOML"),
        ("", "förlagan", "tabellen [price_list] saknas"),
        (f'x = "y"\n{ORIGINAL}', "förlagan:1", "nycklar står före den första tabellen"),
        (f"{ORIGINAL}\n[egen]\nx = 1\n", "förlagan:51", "tabellen 'egen' går inte att behålla"),
        (
            f"{ORIGINAL}\n[service.coding]\naccount = 3011\n",
            "förlagan:51",
            "tabellen 'service.coding' går inte att behålla",
        ),
        (f"{ORIGINAL}pris = 3\n", "förlagan:39", "okänd nyckel 'pris'"),
        (f"{ORIGINAL}\n[[service]]\nname = 'A'\n", "förlagan:51", "tabellen har ingen kod"),
        (
            f'{ORIGINAL}coding.account = "3011"\n',
            "förlagan:39",
            "tabellen är skriven så att den inte går att behålla",
        ),
        (
            ORIGINAL.replace("[[area]]  # ett område", "[area]"),
            "förlagan:10",
            "rubriken har fel hakparenteser",
        ),
        ('[price_list]\nid = "a"\n', "förlagan:1", "prislistan saknar period"),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused_with_its_line(text: str, place: str, what: str) -> None:
    with pytest.raises(pm.InputError) as caught:
        pm.render(list_2021(), "toml", like=text)

    assert [(place, what)] == [(each.place, each.what) for each in caught.value.problems]
    assert all(each.fix for each in caught.value.problems)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lista.toml"
    path.write_bytes("Lön".encode("cp1252"))
    with pytest.raises(pm.InputError, match="texten är inte UTF-8"):
        pm.write(list_2021(), tmp_path / "ny.toml", like=path)


def test_only_a_price_list_as_toml_is_written_like_another(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="only a price list"):
        pm.render(pm.Register(()), "toml", like=ORIGINAL)
    with pytest.raises(ValueError, match="only a price list"):
        pm.write(list_2021(), tmp_path / "lista.txt", like=LISTS[0])
    assert [] == [*tmp_path.iterdir()]


def test_a_fault_of_the_writer_is_told_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likeness, "change", lambda *_: None)
    price_list = changed(pm.Change("Höjd", pm.Percent(Decimal(5)), only("EKO-LEV")))
    original = tmp_path / "original.toml"
    original.write_text(ORIGINAL, encoding="utf-8")
    with pytest.raises(pm.ConservationError):
        pm.write(price_list, original, like=original)

    assert ORIGINAL == original.read_text(encoding="utf-8")


def test_a_line_in_a_list_that_looks_like_a_header_is_none() -> None:
    text = ORIGINAL.replace("tiers = [\n  {", "tiers = [\n# [[service]]\n  {")
    coded = text.replace('unit  = "st"\n', 'unit  = "st"\nreplaces = [\n"A",\n"B"\n]\n')

    assert coded == pm.render(pm.parse_price_list(coded), "toml", like=coded)
