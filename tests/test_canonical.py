from __future__ import annotations

from decimal import Decimal

import pytest

import prismodell as pm
from prismodell.canonical import digest, dumps, plain


def test_a_value_has_one_plain_form_without_what_is_absent() -> None:
    tariff = pm.Tariff(pm.UnitPrice("22.40"), minimum=100)
    assert {
        "model": {"model": "unit", "price": "22.4"},
        "included": "0",
        "minimum": "100",
        "percent": "0",
    } == plain(tariff)


@pytest.mark.parametrize("value", [1.5, [1], {"a": 1}, {1}, object()])
def test_a_float_or_a_mutable_value_has_no_plain_form(value: object) -> None:
    with pytest.raises(TypeError, match="no plain form"):
        plain(value)


def test_json_is_sorted_and_keeps_swedish_letters() -> None:
    assert '{\n "a": "å",\n "b": 1\n}\n' == dumps({"b": 1, "a": "å"})


def test_a_digest_never_changes_between_versions() -> None:
    # an archived document is verified by this; a change here needs a note in CHANGELOG
    assert "5eaecf82" == digest((pm.Month(2022, 1), Decimal("1.50"), "å", None, 3))[:8]
