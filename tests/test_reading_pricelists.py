"""
Price lists from TOML: what each key gives, what a list means, and what is told of a damaged one.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import prismodell as pm
from prismodell.explanation import explained_price
from prismodell.reading.places import places as places_of
from prismodell.tariff import Model

LISTS = sorted((Path(__file__).resolve().parent.parent / "pricelists").glob("*.toml"))
JANUARY = pm.Month(2022, 1)
YEAR = pm.Span(JANUARY, pm.Month(2023, 1))

HEAD = """\
[price_list]
id = "lista-2022"
title = "Prislista 2022"
valid_from = 2022-01-01
valid_to = 2022-12-31
"""
AREA = """
[[area]]
code = "ekonomi"
name = "Ekonomi"
"""


def service(code: str = "A", price: str = "22.40", *more: str) -> str:
    lines = [f'code = "{code}"', 'name = "Faktura"', 'area = "ekonomi"', 'kind = "obligatory"', 'unit = "st"']
    return "\n".join(["", "[[service]]", *lines, f"price = {price}", *more, ""])


def change(*lines: str, note: str = "Sänkt") -> str:
    return "\n".join(["", "[[change]]", f'note = "{note}"', *lines, ""])


def tariff(price: str) -> pm.Tariff:
    """
    The tariff that a price gives.
    """
    return pm.parse_price_list(HEAD + AREA + service("A", price)).price("A", JANUARY).tariff


def told(text: str, folder: Path | None = None) -> list[pm.Problem]:
    """
    The problems of a bad list.
    """
    with pytest.raises(pm.InputError) as caught:
        pm.parse_price_list(text, folder)
    return list(caught.value.problems)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """
    A folder with a list of 2021, `base.toml`, of two services.
    """
    head = HEAD.replace("2022", "2021")
    obligatory, supplementary = (
        service("A", "22.40"),
        service("B", "100").replace("obligatory", "supplementary"),
    )
    (tmp_path / "base.toml").write_text(head + AREA + obligatory + supplementary, encoding="utf-8")
    return tmp_path


BASED = HEAD + 'based_on = "base.toml"\n'


# What is read


def test_the_head_is_read() -> None:
    price_list = pm.parse_price_list(HEAD + 'currency = "SEK"\ndecision = "Nämnden"\n' + AREA + service())
    assert ("lista-2022", "Prislista 2022", YEAR, "SEK", pm.Decision("Nämnden")) == (
        price_list.id,
        price_list.title,
        price_list.span,
        price_list.currency,
        price_list.decision,
    )


@pytest.mark.parametrize(
    "decision",
    [
        'decision = { text = "Beslut", by = "Nämnden", date = 2021-11-02, reference = "1.1-5" }\n',
        '[price_list.decision]\ntext = "Beslut"\nby = "Nämnden"\ndate = 2021-11-02\nreference = "1.1-5"\n',
    ],
    ids=["inline", "table"],
)
def test_a_decision_may_say_who_when_and_where(decision: str) -> None:
    found = pm.parse_price_list(HEAD + decision + AREA + service()).decision
    assert found is not None
    assert ("Beslut", "Nämnden", "2021-11-02", "1.1-5") == (
        found.text,
        found.by,
        str(found.day),
        found.reference,
    )


def test_a_service_is_read_with_all_its_keys() -> None:
    more = 'plural = "stycken"', "vat = 12", 'coding = { konto = "3011", aktivitet = "7" }'
    [found] = pm.parse_price_list(HEAD + AREA + service("A", "1", *more)).services
    area, coding = pm.Area("ekonomi", "Ekonomi"), (("aktivitet", "7"), ("konto", "3011"))
    expected = pm.Service("A", "Faktura", area, pm.Kind.OBLIGATORY, "st", "stycken", Decimal(12), coding)
    assert expected == found


def test_what_a_service_does_not_say_has_its_default() -> None:
    price_list = pm.parse_price_list(HEAD + AREA + service())
    [found] = price_list.services
    assert ("st", Decimal(25), ()) == (found.plural, found.vat, found.coding)
    assert YEAR == price_list.prices[0].span
    assert (pm.Revision("Prislista 2022", pm.Tariff(pm.UnitPrice("22.40"))),) == price_list.prices[0].origin


TIERS = "[ { up_to = 10, price = 9.50 }, { price = 7.25, fee = 100 } ]"
READ_TIERS = (pm.Tier("9.50", up_to="10"), pm.Tier("7.25", fee="100"))


@pytest.mark.parametrize(
    ("model", "price"),
    [
        (pm.UnitPrice("22.40"), "22.40"),
        (pm.UnitPrice("22.40"), '{ model = "unit", price = 22.40 }'),
        (pm.UnitPrice("800", step="0.5"), '{ model = "unit", price = 800, step = 0.5 }'),
        (pm.GraduatedPrice(READ_TIERS), f'{{ model = "graduated", tiers = {TIERS} }}'),
        (pm.GraduatedPrice(READ_TIERS, "year"), f'{{ model = "graduated", per = "year", tiers = {TIERS} }}'),
        (pm.VolumePrice(READ_TIERS), f'{{ model = "volume", tiers = {TIERS} }}'),
        (pm.PackagePrice("100", "950"), '{ model = "package", size = 100, price = 950 }'),
        (pm.FixedPrice("1500"), '{ model = "fixed", price = 1500 }'),
        (pm.CostPlusPrice("0"), '{ model = "cost_plus" }'),
        (pm.CostPlusPrice("2.5"), '{ model = "cost_plus", percent = 2.5 }'),
        (
            pm.PhasedPrice((pm.Phase("3", 12), pm.Phase("2"))),
            '{ model = "phased", phases = [ { months = 12, price = 3 }, { price = 2 } ] }',
        ),
        (pm.SharedPrice("120000"), '{ model = "shared", total = 120000 }'),
        (pm.SharedPrice("120000", "year"), '{ model = "shared", total = 120000, per = "year" }'),
        (pm.AgreementPrice(), '"agreement"'),
        (pm.AgreementPrice(), '{ model = "agreement" }'),
    ],
)
def test_each_model_is_read(model: Model, price: str) -> None:
    assert pm.Tariff(model) == tariff(price)


def test_included_minimum_and_maximum_may_stand_beside_any_model() -> None:
    expected = pm.Tariff(pm.FixedPrice("5"), included="2", minimum="10", maximum="20.50")
    assert expected == tariff('{ model = "fixed", price = 5, included = 2, minimum = 10, maximum = 20.50 }')


def test_a_price_may_be_written_as_dotted_keys_or_as_a_table_of_its_own() -> None:
    dotted = service("A", "PRICE").replace("price = PRICE", 'price.model = "fixed"\nprice.price = 5')
    table = service("A", "PRICE").replace("price = PRICE\n", '[service.price]\nmodel = "fixed"\nprice = 5\n')
    for text in (dotted, table):
        assert pm.FixedPrice("5") == pm.parse_price_list(HEAD + AREA + text).prices[0].tariff.model


@given(st.decimals(0, 10**12 - 1, places=6), st.integers(0, 6))
@example(Decimal("22.176"), 3)
def test_a_price_is_read_digit_for_digit(number: Decimal, places: int) -> None:
    digits = f"{number:.{places}f}"
    model = tariff(digits).model
    assert isinstance(model, pm.UnitPrice)
    assert Decimal(digits) == model.price


def test_services_of_one_code_may_follow_each_other_in_time() -> None:
    first, second = service("A", "1", "valid_to = 2022-06-30"), service("A", "2", "valid_from = 2022-07-01")
    price_list = pm.parse_price_list(HEAD + AREA + second + first)
    assert [pm.UnitPrice("1")] * 6 + [pm.UnitPrice("2")] * 6 == [
        price_list.price("A", month).tariff.model for month in YEAR
    ]
    assert () == price_list.notices


def test_a_gap_in_time_and_a_bill_that_falls_are_noticed() -> None:
    falling = '{ model = "volume", tiers = [ { up_to = 100, price = 10 }, { price = 9 } ] }'
    price_list = pm.parse_price_list(
        HEAD
        + AREA
        + service("A", falling, "valid_to = 2022-03-31")
        + service("A", "2", "valid_from = 2022-06-01")
    )
    assert [
        "A saknar pris 2022-04–2022-05",
        "A: notan sjunker med 100,00 kr när volymen passerar 100",
    ] == [notice.what for notice in price_list.notices]


def test_an_origin_is_read_with_the_exact_figure_behind_a_rounded_one() -> None:
    origin = (
        'origin = [ { note = "Prislista 2021", price = 22.40 }, '
        '{ note = "Sänkt", percent = -1.0, exact = 22.17600001234, price = 22.18 } ]'
    )
    [price] = pm.parse_price_list(HEAD + AREA + service("A", "22.18", origin)).prices
    old, exact, new = (pm.Tariff(pm.UnitPrice(each)) for each in ("22.40", "22.17600001234", "22.18"))
    assert (
        pm.Revision("Prislista 2021", old),
        pm.Revision("Sänkt", new, Decimal(-1), exact),
    ) == price.origin


# Lists that are based on others


def test_a_list_based_on_another_has_its_prices_in_its_own_period(folder: Path) -> None:
    price_list = pm.parse_price_list(BASED, folder)
    assert ["A", "B"] == [each.code for each in price_list.services]
    assert {YEAR} == {price.span for price in price_list.prices}


def test_changes_are_made_in_their_order_and_leave_their_notes(folder: Path) -> None:
    first = change('select = { kind = "obligatory" }', "percent = -1", note="KF")
    second = change('select = { codes = ["A", "B"] }', "percent = 10", "round_to = 1", note="Nämnden")
    price_list = pm.parse_price_list(BASED + first + second, folder)
    assert [("Prislista 2021", "KF", "Nämnden"), ("Prislista 2021", "Nämnden")] == [
        tuple(revision.note for revision in price.origin) for price in price_list.prices
    ]
    assert [pm.UnitPrice("24"), pm.UnitPrice("110")] == [price.tariff.model for price in price_list.prices]


@pytest.mark.parametrize(
    ("changed", "select"),
    [
        ("AB", "{ }"),
        ("AB", '{ area = "ekonomi" }'),
        ("A", '{ kind = "obligatory" }'),
        ("B", '{ code = "B" }'),
        ("AB", '{ codes = ["A", "B"] }'),
        ("B", '{ area = "ekonomi", kind = "supplementary", codes = ["A", "B"] }'),
        ("A", '{ code = "A", codes = ["A", "B"] }'),
    ],
)
def test_a_selection_is_of_what_matches_all_that_it_says(changed: str, select: str, folder: Path) -> None:
    price_list = pm.parse_price_list(BASED + change(f"select = {select}", "price = 1"), folder)
    assert [*changed] == [
        each.service.code for each in price_list.prices if pm.UnitPrice("1") == each.tariff.model
    ]


def test_a_change_may_add_and_remove(folder: Path) -> None:
    add = '{ code = "C", name = "Ny", area = "ekonomi", kind = "supplementary", unit = "st", price = 5 }'
    text = BASED + change(f"add = {add}") + change('select = { code = "A" }', "remove = true")
    assert ["B", "C"] == [each.code for each in pm.parse_price_list(text, folder).services]


def test_a_change_may_remove_all_that_there_is(folder: Path) -> None:
    text = BASED + change("select = { }", "remove = true")
    assert () == pm.parse_price_list(text, folder).services


def test_what_is_added_is_a_table(folder: Path) -> None:
    assert ["5 är inte en tabell { … }"] == [each.what for each in told(BASED + change("add = 5"), folder)]


def test_a_chain_of_lists_is_read_to_its_end(folder: Path) -> None:
    for number in range(5):
        below = "base" if number == 0 else f"led-{number - 1}"
        text = HEAD + f'based_on = "{below}.toml"\n' + change("select = {}", "percent = 10", note=str(number))
        (folder / f"led-{number}.toml").write_text(text, encoding="utf-8")
    price = pm.read_price_list(folder / "led-4.toml").price("B", JANUARY)
    assert pm.UnitPrice("161.05") == price.tariff.model
    assert ["Prislista 2021", "0", "1", "2", "3", "4"] == [each.note for each in price.origin]


def test_a_chain_of_lists_without_reasonable_end_is_refused(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number}.toml").write_text(HEAD + f'based_on = "{number + 1}.toml"\n', encoding="utf-8")
    with pytest.raises(pm.InputError, match="fler än 20 led"):
        pm.read_price_list(tmp_path / "0.toml")


def test_an_area_that_is_named_anew_is_one_area(folder: Path) -> None:
    text = BASED + AREA.replace('"Ekonomi"', '"Ekonomi och redovisning"') + service("C")
    price_list = pm.parse_price_list(text, folder)
    assert (pm.Area("ekonomi", "Ekonomi och redovisning"),) == price_list.areas
    assert price_list == pm.parse_price_list(pm.render(price_list, "toml"))


@pytest.mark.parametrize(
    "name",
    ["x" * 300, "a\\u0000b", "", "..", "/dev/null/x"],
    ids=["long", "NUL", "empty", "folder", "under a file"],
)
def test_a_base_that_can_be_no_file_is_told_at_its_line(name: str, folder: Path) -> None:
    assert (
        "prislista:6: [price_list], nyckel 'based_on'"
        == told(HEAD + f'based_on = "{name}"\n', folder)[0].place
    )


def test_a_base_that_is_a_ring_of_links_is_told(folder: Path) -> None:
    (folder / "ring.toml").symlink_to(folder / "ring.toml")
    (folder / "lista.toml").write_text(HEAD + 'based_on = "ring.toml"\n', encoding="utf-8")
    with pytest.raises(pm.InputError, match=r"lista.toml:6: \[price_list\], nyckel 'based_on'"):
        pm.read_price_list(folder / "lista.toml")


def test_a_text_has_no_folder_to_look_for_a_base_in() -> None:
    assert ["en text har ingen mapp att leta i"] == [each.what for each in told(BASED)]


def test_more_changes_than_can_be_made_are_refused(folder: Path) -> None:
    services = "".join(service(f"S{n}") for n in range(1000))
    (folder / "base.toml").write_text(HEAD + AREA + services, encoding="utf-8")
    text = BASED + change("select = {}", "percent = -1") * 400
    assert ["för många ändringar i en för lång lista"] == [each.what for each in told(text, folder)]


# The digest

FULL = HEAD + AREA + service("A", "22.40", 'coding = { konto = "3011", aktivitet = "7" }') + service("B", "5")


@pytest.mark.parametrize(
    "same",
    [
        FULL.replace("\n", " # en kommentar\n"),
        FULL.replace("22.40", "22.4"),
        FULL.replace("22.40", "22.400000").replace("= 5", "= 5.0"),
        FULL.replace("\n", "\r\n"),
        FULL.replace(' "', "    '").replace('"', "'"),
        FULL.replace('{ konto = "3011", aktivitet = "7" }', '{ aktivitet = "7", konto = "3011" }'),
        FULL.replace("price = 5", 'price = { price = 5, model = "unit" }\nvat = 25.0\nplural = "st"'),
        FULL.replace("price = 5", "price = 5\nvalid_from = 2022-01-01\nvalid_to = 2022-12-31"),
        HEAD + AREA + service("B", "5") + FULL.removeprefix(HEAD + AREA).removesuffix(service("B", "5")),
        AREA + service("B", "5") + FULL.removesuffix(service("B", "5")).replace(AREA, "\n"),
    ],
)
def test_the_digest_is_of_what_the_list_means_and_not_of_how_it_is_written(same: str) -> None:
    assert same != FULL
    assert pm.parse_price_list(FULL).digest == pm.parse_price_list(same).digest


def test_the_digits_of_an_origin_do_not_change_the_digest() -> None:
    origin = 'origin = [ { note = "a", price = 2 }, { note = "b", percent = -50, price = 1 } ]'
    one, other = (HEAD + AREA + service("A", "1", each) for each in (origin, origin.replace("-50", "-50.0")))
    assert pm.parse_price_list(one).digest == pm.parse_price_list(other).digest


@given(st.permutations(FULL.removeprefix(HEAD + AREA).split("\n\n")[0].strip().split("\n")[1:]))
def test_the_order_of_the_keys_does_not_change_the_digest(lines: list[str]) -> None:
    text = HEAD + AREA + "\n".join(["", "[[service]]", *lines, ""]) + service("B", "5")
    assert pm.parse_price_list(FULL).digest == pm.parse_price_list(text).digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("22.40", "22.41"),
        ("22.40", '{ model = "fixed", price = 22.40 }'),
        ("lista-2022", "lista-2023"),
        ("Prislista 2022", "Prislistan 2022"),
        ("Faktura", "Fakturor"),
        ('"Ekonomi"', '"Ekonomin"'),
        ("obligatory", "supplementary"),
        ('"st"', '"styck"'),
        ('"A"', '"Å"'),
        ("2022-12-31", "2022-11-30"),
        ("2022-01-01", "2021-12-01"),
        ("price = 5", "price = 5\nvat = 6"),
        ("price = 5", 'price = 5\nplural = "stycken"'),
        ("price = 5", "price = 5\nvalid_to = 2022-11-30"),
        ("3011", "3012"),
        ("valid_from", 'decision = "Nämnden"\nvalid_from'),
    ],
)
def test_a_change_of_meaning_changes_the_digest(old: str, new: str) -> None:
    assert old in FULL
    assert pm.parse_price_list(FULL).digest != pm.parse_price_list(FULL.replace(old, new)).digest


# Damage

SERVICES = 12
GOOD = HEAD + AREA + "".join(service(f"S{n}", f"{n}.50") for n in range(SERVICES))
DAMAGES = {
    "code": '"S 1"',
    "name": "5",
    "area": '"ekonmi"',
    "kind": '"obligat"',
    "unit": '""',
    "price": "1e3",
}


@given(
    st.dictionaries(
        st.integers(0, SERVICES - 1), st.sets(st.sampled_from(sorted(DAMAGES)), min_size=1), min_size=1
    ),
    st.integers(0, 2),
)
def test_so_many_damaged_keys_give_so_many_problems_on_just_those_lines(
    damaged: dict[int, set[str]], apart: int
) -> None:
    lines = GOOD.replace("\n\n", "\n" * (2 + apart)).split("\n")
    headers = [number for number, line in enumerate(lines) if line == "[[service]]"]
    expected = []
    for number, header in enumerate(headers):
        for line in range(header, headers[number + 1] if number + 1 < SERVICES else len(lines)):
            key = lines[line].split(" ")[0]
            if key in damaged.get(number, ()):
                lines[line] = f"{key} = {DAMAGES[key]}"
                expected.append((line + 1, key))
    found = [
        re.fullmatch(r"prislista:(\d+): .*, nyckel '(\w+)'", each.place) for each in told("\n".join(lines))
    ]
    assert expected == [(int(each[1]), each[2]) for each in found if each]


def _lines_of(text: str) -> Iterator[tuple[tuple[str | int, ...], int]]:
    for path, line in places_of(text).items():
        if isinstance(path[-1], str):
            yield path, line


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_every_key_of_a_shipped_list_is_found_on_the_line_where_it_stands(path: Path) -> None:
    lines = path.read_text("utf-8").split("\n")
    for key, line in _lines_of("\n".join(lines)):
        assert re.search(rf"\b{key[-1]}\b", lines[line - 1]), (key, line)


def test_nothing_that_looks_like_a_key_or_a_header_misleads_about_the_line() -> None:
    text = """\
# [[service]]
note = '''
[[service]]
code = 1
'''
[[ service ]]  # [x]
"code" = "a # b" # code = 2
price.tiers = [
  { up_to = 1.5, "price" = 2 }, # }
  # price = 3
  { price = ",]}" },
]
at = 2022-01-01T10:00:00.5

[service.coding]
'konto' = \"\"\"
a\\"\"\"\" \"\"\"

[[service]]
[[service.origin]]
note = 1
[[service.origin]]
note = 2
"""
    expected = {
        ("note",): 2,
        ("service", 0): 6,
        ("service", 0, "code"): 7,
        ("service", 0, "price"): 8,
        ("service", 0, "price", "tiers", 0, "up_to"): 9,
        ("service", 0, "price", "tiers", 0, "price"): 9,
        ("service", 0, "price", "tiers", 1, "price"): 11,
        ("service", 0, "at"): 13,
        ("service", 0, "coding"): 15,
        ("service", 0, "coding", "konto"): 16,
        ("service", 1): 19,
        ("service", 1, "origin", 0, "note"): 21,
        ("service", 1, "origin", 1): 22,
        ("service", 1, "origin", 1, "note"): 23,
    }
    found = places_of(text)
    assert expected == {path: found[path] for path in expected}


def test_the_problems_come_in_the_order_of_the_lines() -> None:
    text = (
        HEAD.replace("title", "titel")
        + service("A", "-1")
        + AREA.replace("name", "namn")
        + service("B", "-1")
    )
    lines = [int(each.place.split(":")[1]) for each in told(text)]
    assert 4 == len(lines)
    assert all(first < second for first, second in pairwise(lines))


def test_what_depends_on_a_table_that_is_wrong_is_not_told_as_well() -> None:
    text = HEAD.replace("2022-12-31", "2022-12-30") + AREA.replace("name", "nmae") + service()
    assert ["2022-12-30 är inte den sista i en månad", "okänd nyckel"] == [each.what for each in told(text)]


def test_a_base_that_is_missing_hides_nothing_that_is_wrong_in_the_list_itself(folder: Path) -> None:
    text = (
        HEAD
        + 'based_on = "bas.toml"\n'
        + AREA.replace("name", "namn")
        + change("price = 1")
        + service("A", "-1")
    )
    assert [6, 6, 10, 12, 22] == [
        int(each.place.split(":")[1]) if ":" in each.place else 6 for each in told(text, folder)
    ]


@given(st.text(max_size=200))
@example("a = " + "[" * 5000)
@example("a = " + "{ a = " * 5000)
@example("a." * 20_000 + "b = 1")
@example("a = " + "1" * 5000)
@example("a = 1e9999999999999999999")
@example("price_list = 1\narea = [1]\nservice = [[]]\nchange = {}")
@example("[[price_list]]\n[area]\n[service]\n[change]")
@example("\ufeff")
@example("\ud800")
def test_any_text_is_read_or_told(text: str) -> None:
    try:
        pm.parse_price_list(text)
    except pm.InputError as error:
        assert error.problems  # noqa: PT017 - both ends are right
        assert len(str(error)) < 5_000  # noqa: PT017


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_told(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "prislista.toml"
    path.write_bytes(content)
    with pytest.raises(pm.InputError):
        pm.read_price_list(path)


VALUES = [
    "0x" + "F" * 5000,
    "nan",
    "-inf",
    "true",
    "[]",
    "[ [ { a = 1 } ] ]",
    "{ }",
    "{ model = 1 }",
    '{ model = "graduated", tiers = [ [ ] ] }',
    '{ model = "phased", phases = [ { months = 0x1000000000, price = 1 } ] }',
    "2022-01-01",
    "9999-12-31",
    "0001-01-01",
    "10:00:00",
    "2022-01-01T10:00:00Z",
    '""',
    '"agreement"',
    "-0.0",
    "1e400",
    '"' + "x" * 2000 + '"',
]


@given(st.randoms(use_true_random=False), st.integers(1, 4), st.sampled_from(LISTS))
def test_any_value_in_any_place_is_read_or_told_in_few_words(
    random: Random, changes: int, path: Path
) -> None:
    lines = path.read_text("utf-8").split("\n")[:200]
    keys = [number for number, line in enumerate(lines) if re.match(r"\w+ *=", line)]
    for _ in range(changes):
        number = random.choice(keys)
        key = (
            lines[random.choice(keys)].split("=")[0] if random.random() < 0.2 else lines[number].split("=")[0]
        )
        lines[number] = f"{key}= {random.choice(VALUES)}"
    try:
        pm.parse_price_list("\n".join(lines), path.parent)
    except pm.InputError as error:
        assert error.problems  # noqa: PT017 - both ends are right
        assert len(str(error)) < 25 * 1000  # noqa: PT017


@given(st.randoms(use_true_random=False), st.integers(1, 6))
def test_a_good_list_with_some_characters_changed_is_read_or_told(random: Random, changes: int) -> None:
    text = [*GOOD]
    for _ in range(changes):
        text[random.randrange(len(text))] = random.choice("[]{}=.,\"'\n#\\1eå\0")
    try:
        pm.parse_price_list("".join(text))
    except pm.InputError as error:
        assert error.problems  # noqa: PT017 - both ends are right


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"{'a.' * 15}b{n} = 1" for n in range(5_000)),
        "\n".join(f"a{n} = 1" for n in range(30_000)),
        "[[service]]\n" * 30_000,
        HEAD + AREA + service() * 5_000,
        HEAD
        + "".join(AREA.replace('"ekonomi"', f'"area{n}"') for n in range(2_000))
        + service("A", "1") * 2_000,
        HEAD.replace('"lista-2022"', '"a' + "\u0301" * 200_000 + "\u0316" * 200_000 + '"'),
        '"' * 500_000,
        "x" * 3_000_000,
    ],
    ids=["dotted keys", "keys", "tables", "same code", "areas", "accents", "quotes", "long"],
)
def test_garbage_is_told_in_few_words_and_at_once(text: str, tmp_path: Path) -> None:
    path = tmp_path / "lista.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(pm.InputError) as caught:
        pm.read_price_list(path)
    assert len(caught.value.problems) <= 1001
    assert len(str(caught.value)) < 10_000


CHAIN = """
[price_list]
id = "lista-{year}"
title = "Prislista {year}"
valid_from = {year}-01-01
valid_to = {year}-12-31
based_on = "{before}.toml"

[[change]]
note = "KF {year}"
select = {{ }}
percent = -1
from = "{start}"
"""


@pytest.mark.parametrize(
    ("start", "price", "explained"),
    [
        (
            "exact",
            "21.95",
            "−1 % på oavrundat 22,176 kr (KF 2023) = 21,95424 → 21,95 kr",
        ),
        ("rounded", "21.96", "−1 % (KF 2023) = 21,9582 → 21,96 kr"),
    ],
)
def test_a_chain_of_lists_is_counted_from_the_exact_or_the_rounded_price_and_says_which(
    tmp_path: Path, start: str, price: str, explained: str
) -> None:
    (tmp_path / "2021.toml").write_text((HEAD + AREA + service()).replace("2022", "2021"))
    for year in (2022, 2023):
        text = CHAIN.format(year=year, before=year - 1, start=start)
        (tmp_path / f"{year}.toml").write_text(text)
    made = pm.read_price_list(tmp_path / "2023.toml")
    (found,) = made.prices
    assert pm.Tariff(pm.UnitPrice(price)) == found.tariff
    first = "Prislista 2021: 22,40 kr; −1 % (KF 2022) = 22,176 → 22,18 kr; "
    assert first + explained == " ".join(explained_price(found).split())
    assert made == pm.parse_price_list(pm.render(made, "toml"))
