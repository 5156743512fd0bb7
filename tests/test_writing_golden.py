"""
Whole documents as they should be, in tests/golden, to be read by people.

`PRISMODELL_REMAKE=1 pytest tests/test_writing_golden.py` writes them anew. That run fails, so that nobody
takes new documents for right ones before having read what changed.
"""

import os

import pytest

import prismodell as pm
from golden.documents import GOLDEN, documents, every_model, on_twelfths

ENDINGS = {".txt": "text", ".md": "markdown", ".csv": "csv", ".json": "json"}
NUMBERS = (
    *("FF-REV-2022-001", "BOL-BOF-2022-001", "BOL-ALLT-2022-001", "BOL-ALLT-2022-002"),
    *("FF-ANNAN-2022-001", "FF-ANNAN-2022-002"),
)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("number", NUMBERS)
def test_an_underlag_is_to_the_byte_what_its_golden_file_says(number: str, ending: str) -> None:
    file = GOLDEN / f"{number}{ending}"
    written = pm.render(documents()[number], ENDINGS[ending])

    if os.environ.get("PRISMODELL_REMAKE") == "1":
        file.write_bytes(written.encode())
        pytest.fail(f"{file.name} is made anew: read what changed, then run without PRISMODELL_REMAKE")
    assert file.read_bytes().decode() == written


@pytest.mark.parametrize("number", NUMBERS)
def test_a_golden_json_reads_back_as_the_underlag(number: str) -> None:
    assert documents()[number] == pm.read_underlag(GOLDEN / f"{number}.json")


def test_every_golden_document_has_its_test() -> None:
    expected = {f"{number}{ending}" for number in NUMBERS for ending in ENDINGS}

    assert expected == {file.name for file in GOLDEN.iterdir() if file.suffix in ENDINGS}


def test_the_golden_documents_hold_every_model_and_every_kind_of_step() -> None:
    lines = [billed.line for underlag in (*every_model(), *on_twelfths()) for billed in underlag.lines]
    models = {type(revision.tariff.model) for line in lines for revision in line.price.origin}

    assert {
        pm.UnitPrice,
        pm.GraduatedPrice,
        pm.VolumePrice,
        pm.PackagePrice,
        pm.FixedPrice,
        pm.CostPlusPrice,
        pm.PhasedPrice,
        pm.SharedPrice,
        pm.AgreementPrice,
    } == models
    assert set(pm.StepKind) == {step.kind for line in lines for step in line.steps}


def test_the_golden_documents_hold_a_credit_a_correction_and_two_rates_of_vat() -> None:
    january, february = every_model()

    assert any(billed.line.entry.credits and not billed.earlier for billed in february.lines)
    assert any(billed.earlier for billed in february.lines)
    assert [6, 25] == [vat.percent for vat in january.vat]


def test_the_golden_documents_hold_a_credit_underlag_of_corrections_with_a_reason_in_words() -> None:
    january, february = on_twelfths()

    assert january.net > 0 > february.net
    assert all(billed.earlier for billed in february.lines if billed.amount)
    assert {"FF-ANNAN-2022-001"} == {d for b in february.lines if b.earlier for d in b.earlier.documents}
    assert ["TRAPPA-AR"] == [b.line.price.service.code for b in february.lines if b.reason]
