"""
Every example in docs/FILES.md is read by the reader that it is for.
"""

import re
from pathlib import Path

import pytest

import prismodell as pm
from prismodell.reading import cells, columns, files, lines, pricelists, section, toml, volumes
from prismodell.tariff import MODELS

ROOT = Path(__file__).resolve().parent.parent
DOCS = (ROOT / "docs" / "FILES.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(toml|csv)\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL)
TOML = [text for kind, text in BLOCKS if kind == "toml"]
PRICE_LISTS = [text for text in TOML if "[price_list]" in text]
REGISTERS = [text for text in TOML if "[[customer]]" in text]
CONTROLS = [text for text in TOML if "[[file]]" in text]
PRICES = [line for text in TOML if text.startswith("price =") for line in text.splitlines()]
CSV = [text for kind, text in BLOCKS if kind == "csv"]

SERVICE = """
[price_list]
id = "a"
title = "a"
valid_from = 2022-01-01
valid_to = 2022-12-31
[[area]]
code = "a"
name = "a"
[[service]]
code = "A"
name = "a"
area = "a"
kind = "obligatory"
unit = "st"
"""


def test_every_example_is_of_some_kind() -> None:
    assert len(TOML) == len(PRICE_LISTS) + len(REGISTERS) + len(CONTROLS) + 1
    assert 2 <= len(PRICE_LISTS)
    assert 2 == len(CSV)


@pytest.mark.parametrize("text", PRICE_LISTS)
def test_a_price_list_of_the_docs_is_read(text: str) -> None:
    assert pm.parse_price_list(text, ROOT / "pricelists").prices


@pytest.mark.parametrize("text", PRICES)
def test_a_price_of_the_docs_is_read(text: str) -> None:
    assert pm.parse_price_list(SERVICE + text).prices


def test_the_docs_show_every_model() -> None:
    shown = {type(pm.parse_price_list(SERVICE + text).prices[0].tariff.model) for text in PRICES}
    assert set(MODELS) == shown


@pytest.mark.parametrize("text", REGISTERS)
def test_a_register_of_the_docs_is_read(text: str) -> None:
    register = pm.parse_customers(text)
    assert register.customers
    assert register.agreements
    assert register.subscriptions


@pytest.mark.parametrize("text", CSV)
def test_volumes_of_the_docs_are_read_line_by_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "volymer.csv"
    path.write_text(text, encoding="utf-8")
    assert len(text.splitlines()) - 1 == len(pm.read_volumes(path))


def test_the_control_of_the_docs_is_of_the_volumes_of_the_docs(tmp_path: Path) -> None:
    [text] = CONTROLS
    path, control = tmp_path / "volymer-2022-01.csv", tmp_path / "kontroll.toml"
    path.write_text(CSV[0], encoding="utf-8")
    control.write_text(text, encoding="utf-8")
    assert 3 == len(pm.read_volumes(path, control=control))
    path.write_text(CSV[0].rpartition("SDF-SKA")[0], encoding="utf-8")
    with pytest.raises(pm.InputError, match="filen är troligen avkortad"):
        pm.read_volumes(path, control=control)


def test_the_message_that_the_docs_show_is_the_one_that_is_given() -> None:
    text = DOCS.split("```toml\n")[1].split("```")[0].replace("price = 22.40", 'price = "22,40"', 1)
    text = text.replace('unit  = "faktura"\n', "", 1).replace('"22,40"\n', '"22,40"\nenhet = "faktura"\n')
    with pytest.raises(pm.InputError) as caught:
        pm.parse_price_list(text)
    shown = re.findall(r"(\[\[service\]\] nr 1.*\n  .*)\n", DOCS)
    assert shown == [str(each).split(": ", 1)[1] for each in caught.value.problems]


@pytest.mark.parametrize(
    ("limit", "shown"),
    [
        (files.MAX_TEXT_BYTES, "2 MB"),
        (volumes.MAX_BYTES, "8 GB"),
        (lines.MAX_LINE, "100 000 tecken per rad"),
        (lines.MAX_ROW_LINES, "50 rader per cell"),
        (columns.MAX_COLUMNS, "200 kolumner"),
        (cells.MAX_CELL, "1 000 tecken"),
        (section.MAX_TEXT, "1 000 tecken"),
        (toml.MAX_PARTS, "16 delar"),
        (toml.MAX_PROBLEMS, "1 000 per fil"),
        (lines.MAX_PROBLEMS, "1 000 per fil"),
        (pricelists.MAX_CHAIN, "20 led"),
        (section.MAX_YEAR, "9998"),
    ],
)
def test_the_limits_of_the_docs_are_those_of_the_code(limit: int, shown: str) -> None:
    number, unit = re.fullmatch(r"([0-9 ]*[0-9])(?: (MB|GB))?.*", shown).groups()  # type: ignore[union-attr]  # the text has one
    assert shown in DOCS
    assert limit == int(number.replace(" ", "")) * {"MB": 1024**2, "GB": 1024**3}.get(unit, 1)
