"""
Forecasts in files: what is written is read back, and what was edited is refused.
"""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import prismodell as pm
from test_vintages import HISTORY, PRICES, REGISTER, listed

MARCH = pm.Month(2021, 3)
SWITCH = pm.Switch(listed(1, "ny"), pm.Month(2021, 7))


@settings(max_examples=12)
@given(
    st.sampled_from(["automatisk", "profil", "löpande takt"]),
    st.sampled_from(["service", "customer"]),
    st.lists(
        st.sampled_from(
            [pm.Move("A", "B", "0.25", pm.Month(2021, 5), 3), pm.Leave("K2", pm.Month(2021, 6)), SWITCH]
        ),
        unique_by=type,
    ),
    st.integers(0, 12),
    st.sampled_from([None, date(2021, 4, 9)]),
)
def test_a_forecast_is_read_back_as_it_was_written(
    method: str, level: str, changes: list[pm.Move | pm.Leave | pm.Switch], months: int, as_of: date | None
) -> None:
    through = pm.Month(2020, 12) + months
    masked: list[pm.Month | tuple[str, pm.Month]] = [pm.Month(2020, 3), ("A", pm.Month(2020, 5))]
    made = pm.forecast(
        HISTORY, 2021, through, method=method, level=level, changes=changes, masked=masked, as_of=as_of
    )
    text = pm.render(made, "json")

    read = pm.parse_forecast(text)

    assert made == read
    assert text == pm.render(read, "json")
    assert made.digest == read.digest


def test_what_was_read_is_rated_as_what_was_written(tmp_path: Path) -> None:
    made = pm.forecast(HISTORY, 2021, MARCH)

    read = pm.read_forecast(pm.write(made, tmp_path / "prognos-2021-03.json"))

    before, after = (pm.rate(each.volumes, PRICES, REGISTER) for each in (made, read))
    assert before.total == after.total
    assert before.by("service", "month", "customer") == after.by("service", "month", "customer")


def test_an_edited_forecast_is_refused_by_its_year_and_month() -> None:
    document = json.loads(pm.render(pm.forecast(HISTORY, 2021, MARCH), "json"))
    document["forecast"]["customers"][0]["expected"][5] = "99999"

    with pytest.raises(pm.InputError, match=r"p\.json: prognosen för 2021 till och med 2021-03\n.*digest"):
        pm.parse_forecast(json.dumps(document), "p.json")


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda d: d.update(format="prismodell.underlag/2"), "filen är inte en prognos i formatet"),
        (lambda d: d["forecast"].pop("through"), "nyckeln 'through' saknas"),
        (lambda d: d["forecast"].update(mer=1), "okänd nyckel 'mer'"),
        (lambda d: d["forecast"]["services"][0]["known"].__setitem__(0, 1), "inte ett tal inom citattecken"),
        (lambda d: d["forecast"].update(changes=[{"model": "okänd"}]), "nyckeln 'okänd' saknas"),
        (lambda d: d["forecast"]["services"][0].update(rule_of_thumb="ja"), "'ja' är inte bool"),
    ],
)
def test_what_is_no_forecast_is_told(edit: object, told: str) -> None:
    document = json.loads(pm.render(pm.forecast(HISTORY, 2021, MARCH), "json"))
    edit(document)  # type: ignore[operator]  # a function on a dict

    with pytest.raises(pm.InputError, match=told):
        pm.parse_forecast(json.dumps(document), "p.json")


def test_no_number_in_the_file_is_a_float() -> None:
    text = pm.render(pm.forecast(HISTORY, 2021, MARCH), "json")

    def refused(number: str) -> float:
        raise AssertionError(number)

    body = json.loads(text, parse_float=refused)["forecast"]
    assert Decimal(body["services"][0]["expected"][3]) > 0
