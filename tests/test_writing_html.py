"""
Pages and tables as HTML documents that stand by themselves.
"""

import os
import re
import subprocess
import sys
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from golden.documents import GOLDEN, every_model, example_month
from prismodell.testing import price_lists

ANY_TEXT = st.text(max_size=30)
CELLS = st.one_of(st.none(), st.decimals(allow_nan=False, allow_infinity=False, places=4), st.integers())


def parsed(html: str) -> ET.Element:
    """
    The document as a tree: what is well-formed XML too is read alike by every browser.
    """
    return ET.fromstring(html)  # noqa: S314 - our own document


def texts(html: str, *tags: str) -> list[str]:
    """
    The texts of the elements of these kinds, in their order.
    """
    return ["".join(each.itertext()) for each in parsed(html).iter() if each.tag in tags]


def table(name: str = "Stokab", title: str = "Belopp", heading: str = "Kund") -> pm.Table:
    """
    One row, and its sum.
    """
    columns = (pm.Column(heading), pm.Column("Belopp", "kronor"))
    return pm.Table(title, columns, ((name, Decimal("1234.5")),), ("Summa", Decimal("1234.5")))


def page(text: str) -> pm.Page:
    """
    A page that says the same everywhere.
    """
    return pm.Page(text, ((text, text),), (table(text, text, text),), ((text, text),), text, text)


# Structure


def test_a_table_is_a_whole_document_in_swedish_with_its_title_as_caption() -> None:
    html = pm.render(table(), "html")

    assert html.startswith('<!DOCTYPE html>\n<html lang="sv">\n<head>\n<meta charset="utf-8" />\n')
    assert html.endswith("</html>\n")
    assert ["Belopp"] == texts(html, "title") == texts(html, "caption")
    assert ["Kund", "Belopp", "Stokab", "1\N{NO-BREAK SPACE}234,50"] == texts(html, "th", "td")[:4]


def test_headings_name_their_columns_and_first_cells_their_rows() -> None:
    cells = [each for each in parsed(pm.render(table(), "html")).iter() if each.tag in ("th", "td")]

    assert ["col", "col", "row", None, "row", None] == [each.get("scope") for each in cells]
    assert ["left", "right", "left", "figure", "left", "figure"] == [each.get("class") for each in cells]
    assert "Belopp" == cells[3].get("data-column")


def test_a_foot_is_set_apart_from_the_rows_and_a_table_without_one_has_none() -> None:
    assert ["Summa", "1\N{NO-BREAK SPACE}234,50"] == [
        "".join(cell.itertext()) for cell in parsed(pm.render(table(), "html")).findall(".//tfoot/tr/*")
    ]
    assert [] == texts(pm.render(pm.Table("T", (pm.Column("a"),), (("b",),)), "html"), "tfoot")


def test_a_column_without_a_heading_has_an_empty_cell_and_no_empty_heading() -> None:
    html = pm.render(every_model()[0], "html")

    assert "" not in texts(html, "th", "h1", "h2", "h3", "caption", "dt", "dd", "li")
    assert "" in texts(html, "td")


def test_a_page_has_one_title_then_its_facts_tables_notes_and_foot() -> None:
    html = pm.render(every_model()[1], "html")
    kinds = ["h1", "dl", "caption", "h2", "h3", "footer"]
    found = [each.tag for each in parsed(html).iter() if each.tag in kinds]

    assert kinds == [kind for kind, _ in groupby(found)]
    assert ["Faktureringsunderlag BOL-ALLT-2022-002"] == texts(html, "h1")
    assert ["Kund", "Motpart", "Er referens", "Avser", "Prislista"] == texts(html, "dt")


def test_what_a_correction_says_stands_further_in_than_its_line() -> None:
    items = parsed(pm.render(every_model()[1], "html")).iter("li")
    below = ["".join(each.itertext()) for each in items if each.get("class") == "below"]

    assert "volym 1 → 0" in below
    assert "rättelse av BOL-ALLT-2022-001:" not in below


def test_a_page_without_notes_facts_or_foot_has_no_empty_headings() -> None:
    bare = pm.Page("Titel", (), (), (), "")

    assert [] == texts(pm.render(bare, "html"), "dl", "h2", "footer", "table")
    assert "TITEL\n=====\n" == pm.render(bare)
    assert "# Titel\n" == pm.render(bare, "markdown")


def test_a_document_fetches_nothing_and_runs_nothing() -> None:
    html = pm.render(every_model()[1], "html")

    assert not re.search(r"https?:|url\(|@import|<script|<link|<img|\bon[a-z]+=|javascript:", html)


# Escaping


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "R&D", 'a"b', "a'b", "{{ 7 * 7 }}", "</style>"]
)
def test_a_text_is_shown_as_itself_wherever_it_stands(text: str) -> None:
    html = pm.render(page(text), "html")
    once = ("title", "h1", "dt", "dd", "caption", "h2", "h3", "li", "footer")

    assert [text] * len(once) == texts(html, *once)
    assert 2 == texts(html, "th").count(text)
    assert ["Belopp"] == [
        each.get("data-column") for each in parsed(html).iter("td") if each.get("data-column")
    ]


def test_a_heading_is_escaped_also_where_it_names_the_cells_of_its_column() -> None:
    columns = (pm.Column("a"), pm.Column('"><b>'))
    html = pm.render(pm.Table("T", columns, (("a", "b"),)), "html")

    assert ['"><b>'] == [each.get("data-column") for each in parsed(html).iter("td")]


@given(ANY_TEXT)
def test_any_text_makes_a_well_formed_document(text: str) -> None:
    assert parsed(pm.render(page(text), "html")).tag == "html"
    assert 2 == len(texts(pm.render(page(text), "html"), "tr")) - 1


@pytest.mark.parametrize("sign", ["\x01", "\x1b[31m", "\u200b", "\u202e", "\ud800", "\x1f\0"])
def test_a_sign_that_cannot_be_seen_is_shown(sign: str) -> None:
    html = pm.render(page(f"a{sign}b"), "html")

    assert sign not in html
    assert "\N{REPLACEMENT CHARACTER}" in html


# The same in every format


def markdown_cells(text: str) -> list[str]:
    """
    The cells of its tables, rulers left out, without Markdown's own signs.
    """
    rows = [line for line in text.split("\n") if line.startswith("|") and not line.startswith("|:")]
    cells = [cell.strip() for row in rows for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
    return [re.sub(r"\\(.)", r"\1", cell.removeprefix("**").removesuffix("**")) for cell in cells]


@fewer(2)
@given(price_lists(), price_lists())
def test_the_cells_of_a_price_list_are_the_same_in_markdown_and_html(
    listed: pm.PriceList, before: pm.PriceList
) -> None:
    document = pm.price_list_page(listed, before)

    assert markdown_cells(pm.render(document, "markdown")) == texts(pm.render(document, "html"), "th", "td")


@pytest.mark.parametrize("underlag", [*every_model(), *example_month().values()], ids=repr)
def test_the_cells_of_an_underlag_are_the_same_in_markdown_and_html(underlag: pm.Underlag) -> None:
    assert markdown_cells(pm.render(underlag, "markdown")) == texts(pm.render(underlag, "html"), "th", "td")


@given(st.sampled_from(["number", "kronor", "tkr", "mnkr", "percent"]), CELLS)
def test_a_figure_is_the_same_in_markdown_and_html(kind: str, cell: Decimal | int | None) -> None:
    one = pm.Table("T", (pm.Column("a"), pm.Column("b", kind)), (("rad", cell),))

    assert markdown_cells(pm.render(one, "markdown")) == texts(pm.render(one, "html"), "th", "td")


def test_a_file_whose_name_ends_in_html_holds_the_html(tmp_path: Path) -> None:
    file = pm.write(table(), tmp_path / "t.html")

    assert pm.render(table(), "html").encode() == file.read_bytes()


@given(price_lists())
def test_equal_pages_give_equal_bytes(listed: pm.PriceList) -> None:
    again = pm.PriceList(listed.id, listed.title, listed.span, listed.prices[::-1])

    assert pm.render(listed, "html") == pm.render(again, "html")


def test_another_process_makes_the_same_bytes_and_jinja_is_imported_only_then() -> None:
    script = (
        "import sys, prismodell as pm\n"
        "assert 'jinja2' not in sys.modules\n"
        "table = pm.Table('Å', (pm.Column('a'),), (('<b>',),))\n"
        "sys.stdout.buffer.write(pm.render(table, 'html').encode())\n"
    )
    environment = os.environ | {"PYTHONHASHSEED": "7", "LC_ALL": "C"}
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True)  # noqa: S603 - the script above

    assert pm.render(pm.Table("Å", (pm.Column("a"),), (("<b>",),)), "html").encode() == run.stdout


@pytest.mark.parametrize("number", ["BOL-ALLT-2022-002"])
def test_an_underlag_as_html_is_to_the_byte_its_golden_file(number: str) -> None:
    file = GOLDEN / "sidor" / f"{number}.html"
    written = pm.render(every_model()[1], "html")

    if os.environ.get("PRISMODELL_REMAKE") == "1":
        file.write_bytes(written.encode())
        pytest.fail(f"{file.name} is made anew: read what changed, then run without PRISMODELL_REMAKE")
    assert file.read_bytes().decode() == written
