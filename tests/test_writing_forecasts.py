"""
A forecast as a page, tables and rows: its sums tie, what is unsure is said, and people can read it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings

import prismodell as pm
from prismodell.money import ZERO, exact
from test_outlook import SUMS, forecast, outlooks, quantities, seen
from test_underlag import FEBRUARY, price_list, rated, row
from test_writing_closing import check_golden
from test_writing_followup import check_sums

PRICES = price_list("10", "750", "66.33")
TWO = attrs.evolve(
    forecast(SUMS, thumbs=["LON-SPEC"]),
    changes=(pm.Move("EKO-LEV", "EKO-TIM", "0.25", pm.Month(2022, 3)),),
    masked=(("", pm.Month(2020, 4)), ("LON-SPEC", pm.Month(2021, 12))),
    as_of=date(2022, 2, 4),
)
OUTLOOK = seen(TWO)
BUDGET = rated(row("SDF-SKA", "EKO-LEV", "190"), row("SDF-SKA", "EKO-TIM", "1", FEBRUARY), prices=PRICES)


def told(page: pm.Page) -> dict[str, str]:
    return dict(page.facts)


def test_a_forecast_reads_well() -> None:
    check_golden("prognos", *pm.forecast_tables(OUTLOOK, BUDGET, "kr"))


def test_a_page_says_what_the_year_comes_to_how_sure_it_is_and_what_was_told_of_the_future() -> None:
    page = pm.forecast_page(OUTLOOK, BUDGET, "kr")
    assert "Prognos 2022" == page.title
    *facts, (last, shock) = page.facts
    assert [
        ("Kända månader", "januari 2022"),
        ("Intäkt", "2 663,30 kr, varav 1 000,00 kr känt och 1 663,30 kr väntat"),
        ("Intervall 80 %", "2 525,24 kr till 2 870,39 kr (tumregel)"),
        ("Intervall 95 %", "2 249,12 kr till 3 215,54 kr (tumregel)"),
        (
            "Mest osäkert",
            "Lönespecifikation 530,64 kr till 862,29 kr; Leverantörsfaktura 1 980,00 kr till 2 030,00 kr",
        ),
        ("Budget", "2 650,00 kr, och prognosen är 100,5 % av den"),
        ("Nivå", "varje tjänst är beräknad för hela centret och delad på kunderna"),
        ("Uttaget", "2022-02-04; sena månader är uppräknade till vad de väntas bli"),
        ("Planerad ändring", "25 % av EKO-LEV blir EKO-TIM från 2022-03"),
        ("Undantaget", "april 2020 och december 2021 för LON-SPEC"),
    ] == facts
    assert "Observera" == last
    assert "Ett år med en chock" in shock
    assert ["Känt, Väntat", "80 %, 95 %", "Planerad ändring", "Tumregel"] == [
        each for each, _ in page.notes[-4:]
    ]


def test_the_services_of_which_most_is_expected_are_explained_first() -> None:
    first, second, *_ = pm.forecast_page(OUTLOOK).notes
    assert ("Leverantörsfaktura (EKO-LEV)", "Lönespecifikation (LON-SPEC)") == (first[0], second[0])
    assert "  100 kända + 100 väntade = 200\n" in first[1]
    alone, *_ = pm.forecast_page(TWO).notes  # without kronor by quantity, and without a list by code
    assert "EKO-LEV" == alone[0]
    rows = (
        ("SDF-SKA", "EKO-LEV", 1, 900, 0),
        ("SDF-SKA", "EKO-LEV", 2, 0, 9),
        ("SDF-SKA", "LON-SPEC", 2, 0, 2),
    )
    spent = pm.forecast_page(seen(quantities(*rows)))  # 90 kr is left of 9 090, and 132.66 of as much
    assert "Lönespecifikation (LON-SPEC)" == spent.notes[0][0]


@settings(max_examples=15)
@given(outlooks())
def test_tables_sum_to_the_rating_and_rows_to_the_forecast(found: pm.Outlook) -> None:
    areas, services, _, reasons, customers = pm.forecast_tables(found, found.rating, "mnkr")
    for table in (areas, services, customers):
        sums = attrs.evolve(
            table,
            columns=(*table.columns[:5], *table.columns[9:]),
            rows=tuple((*cells[:5], *cells[9:]) for cells in table.rows),
            foot=(*table.foot[:5], *table.foot[9:]),
        )
        check_sums(sums)
        assert found.rating.total == table.foot[4] == table.foot[9]
    assert len(found.forecast.services) == sum(int(str(cells[1])) for cells in reasons.rows)
    check_rows(found)
    for format_ in ("text", "markdown", "html", "csv"):
        assert pm.render(found, format_)
        assert pm.render(found.forecast, format_)


@exact()
def check_rows(found: pm.Outlook) -> None:
    rows = pm.forecast_lines(found).rows
    assert found.rating.total == sum((cells[9] for cells in rows if isinstance(cells[9], Decimal)), ZERO)
    for made, at in ((rows, 6), (pm.forecast_lines(found.forecast).rows, 3)):
        quantity = {"känt": ZERO, "väntat": ZERO}
        for cells in made:
            status, amount = cells[at : at + 2]
            assert isinstance(amount, Decimal)
            quantity[str(status)] += amount
        for status, part in (("känt", "known"), ("väntat", "expected")):
            own = (getattr(each, part) for each in found.forecast.customers)
            assert quantity[status] == sum((sum(months, ZERO) for months in own), ZERO)


def test_a_forecast_has_a_row_of_what_is_known_and_of_what_is_expected_in_a_spreadsheet() -> None:
    part = forecast(quantities(("SDF-SKA", "EKO-LEV", 1, 100, "20.5")))
    part = attrs.evolve(part, customers=tuple(attrs.evolve(each, method="andel") for each in part.customers))
    ska = "SDF-SKA;Skärholmens stadsdelsförvaltning;ekonomi;EKO-LEV;Leverantörsfaktura;2022-01"
    assert [
        "\ufeffKund;Namn;Område;Tjänst;Benämning;Månad;Känt eller väntat;Volym;Enhet;Kronor;Metod",
        f"{ska};känt;100;fakturor;1000,00;",
        f"{ska};väntat;20,5;fakturor;205,00;andel, profil",
    ] == pm.render(seen(part), "csv").splitlines()
    assert [
        "\ufeffKund;Tjänst;Månad;Känt eller väntat;Volym;Metod",
        "SDF-SKA;EKO-LEV;2022-01;känt;100;",
        "SDF-SKA;EKO-LEV;2022-01;väntat;20,5;andel, profil",
    ] == pm.render(part, "csv").splitlines()


def test_a_year_that_is_known_has_no_intervals_to_speak_of_and_a_year_without_months_says_so() -> None:
    made = forecast(quantities(("SDF-SKA", "EKO-LEV", 12, 100, 0)))
    known = pm.forecast_page(seen(attrs.evolve(made, changes=TWO.changes)))
    assert {"Kända månader", "Intäkt", "Nivå", "Planerad ändring"} == {*told(known)}
    assert "januari 2022 – december 2022" == told(known)["Kända månader"]
    assert ["Känt, Väntat"] == [title for title, _ in known.notes]
    coming = pm.forecast_page(seen(quantities(("SDF-SKA", "EKO-LEV", 12, 0, 100))))
    assert "ingen" == told(coming)["Kända månader"]


def test_a_forecast_alone_has_its_quantities_with_the_names_of_its_lists() -> None:
    volumes = pm.Volumes([row("SDF-SKA", "EKO-LEV", "70"), row("SDF-SKA", "EKO-NY", "3")])
    made = pm.forecast(volumes, 2022, pm.Month(2022, 1), price_list=PRICES)
    services, reasons = pm.forecast_tables(made)
    assert [("EKO-LEV", "Leverantörsfaktura", "fakturor"), ("EKO-NY", None, None)] == [
        (each[0], each[1], each[-1]) for each in services.rows
    ]
    assert {"EKO-LEV", "EKO-NY"} == {str(code) for each in reasons.rows for code in str(each[3]).split(", ")}
    assert "Intäkt" not in told(pm.forecast_page(made))


@pytest.mark.parametrize("ending", [".txt", ".md", ".html", ".csv"])
def test_an_outlook_and_a_forecast_are_written_to_a_file(tmp_path: Path, ending: str) -> None:
    for each in (OUTLOOK, TWO):
        text = pm.write(each, tmp_path / f"prognos{ending}").read_text("utf-8")
        assert "EKO-LEV" in text


def test_a_budget_that_cannot_stand_beside_is_refused_and_so_is_another_unit() -> None:
    other = rated(row("SDF-SKA", "EKO-LEVV", "1"))
    for wrong, message in (
        ((OUTLOOK, other), "budget\n  1 volym saknar pris"),
        ((TWO, BUDGET), "budget\n  prognosen har inga kronor att jämföra budgeten med"),
        ((OUTLOOK, None, "Tkr"), r"unit\n  'Tkr' är ingen enhet; menade du 'tkr'\?"),
        ((in_2023(OUTLOOK), BUDGET), "budget\n  budgeten gäller 2022, men prognosen 2023; ge årets budget"),
    ):
        with pytest.raises(pm.InvalidError, match=message):
            pm.forecast_page(*wrong)


def in_2023(found: pm.Outlook) -> pm.Outlook:
    return attrs.evolve(found, forecast=attrs.evolve(found.forecast, year=2023))


def test_only_what_the_budget_has_is_a_row_without_anything_expected() -> None:
    _, services, *_ = pm.forecast_tables(OUTLOOK, BUDGET)
    (only,) = (each for each in services.rows if "EKO-TIM" == each[0])
    assert ("EKO-TIM", "Konsulttimme", *(ZERO,) * 7, Decimal("750.00"), ZERO) == only
