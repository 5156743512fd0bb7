"""
Comparisons, complexity and variances as pages and tables: their sums tie, and people can read them.
"""

from __future__ import annotations

import runpy
from decimal import Decimal
from pathlib import Path

import attrs
import pytest
from hypothesis import given

import prismodell as pm
from effort import fewer
from prismodell.money import ZERO, exact
from test_comparison import DATA, ROOT, ROWS, SIMPLER, pairs, prices_of_2022_in_2021, year_2021
from test_underlag import JANUARY, REGISTER, price_list, rated, row
from test_variance import outcomes
from test_writing_closing import check_golden


@exact()
def check_foot(table: pm.Table) -> None:
    """The foot is the sum of the rows in each column of kronor."""
    for place, column in enumerate(table.columns):
        if column.kind == "kronor":
            cells = [row[place] for row in table.rows]
            assert table.foot[place] == sum((each for each in cells if isinstance(each, Decimal)), ZERO)


@fewer(2)
@given(pairs())
def test_the_tables_of_a_comparison_sum_to_its_total(both: tuple[pm.Rating, pm.Rating]) -> None:
    comparison = pm.compare(*both)
    summary, *tables = pm.comparison_tables(comparison)
    for table in tables:
        check_foot(table)
    check_foot(summary)
    assert summary.foot[1] == sum(int(str(each[1])) for each in summary.rows)
    for format_ in ("text", "markdown", "html"):
        assert pm.render(comparison, format_)


@fewer(2)
@given(outcomes())
def test_the_tables_of_a_variance_sum_to_its_total(
    outcome: tuple[pm.Rating, pm.Rating, pm.Register],
) -> None:
    variance = pm.explain_variance(*outcome)
    areas, services, volumes, customers = pm.variance_tables(variance)
    for table in (areas, services, customers):
        check_foot(table)
    assert len(services.rows) == len(volumes.rows)
    for format_ in ("text", "markdown", "html"):
        assert pm.render(variance, format_)


def test_tables_of_nothing_are_tables() -> None:
    empty = pm.compare(rated(), rated())
    assert "Volymer            inga" in pm.render(empty)
    assert "Skillnad           ingen: intäkten är densamma" in pm.render(empty)
    assert "Största enskilda   ingen\n" in pm.render(empty)
    assert "De största orsakerna" not in pm.render(pm.explain_variance(rated(), rated(), REGISTER))


def test_a_comparison_names_winners_losers_and_those_that_move() -> None:
    check_golden(
        "enklare-prislista", *pm.comparison_tables(pm.compare(rated(*ROWS), rated(*ROWS, prices=SIMPLER)))
    )


def test_a_comparison_says_first_what_is_most_asked() -> None:
    page = pm.comparison_page(pm.compare(rated(*ROWS), rated(*ROWS, prices=SIMPLER)), moved=9)
    assert (
        ("Före", "Prislista 2022, 4 138,79 kr"),
        ("Efter", "Enklare, 4 480,00 kr"),
        ("Volymer", "januari 2022 – februari 2022"),
        ("Skillnad", "341,21 kr (8,2 %)"),
        ("Ändras mer än 9 %", "1 kund: Skärholmens stadsdelsförvaltning 362,00 kr (9,7 %)"),
        ("Största enskilda", "Skärholmens stadsdelsförvaltning, Ekonomi: 362,00 kr (9,7 %)"),
    ) == page.facts


def test_more_customers_than_a_few_that_move_are_counted() -> None:
    customers = tuple(pm.Customer(f"K-{n}", f"Kund {n}", pm.CustomerType.COMPANY) for n in range(1, 6))
    rows = [row(each.code, "EKO-TIM", "1") for each in customers]
    register = pm.Register(customers)
    dearer = price_list("22.18", "900", "66.33")
    page = pm.comparison_page(
        pm.compare(rated(*rows, register=register), rated(*rows, register=register, prices=dearer))
    )
    assert (
        "5 kunder: Kund 1 150,00 kr (20 %), Kund 2 150,00 kr (20 %), Kund 3 150,00 kr (20 %) och 2 till"
        == page.facts[4][1]
    )


def test_complexity_stands_side_by_side() -> None:
    measured = [
        pm.complexity(rated(*rows, prices=prices)) for rows, prices in ((ROWS, price_list()), (ROWS, SIMPLER))
    ]
    check_golden("hur-enkel", pm.complexity_table(*measured))


def test_what_cannot_be_measured_is_an_empty_cell() -> None:
    table = pm.complexity_table(pm.complexity(rated()), pm.complexity(rated(*ROWS)))
    assert [("Rader per underlag, medel", None, Decimal("1.3"), None, "rader")] == [
        each for each in table.rows if "Rader per underlag, medel" == each[0]
    ]


def test_causes_are_told_in_words_the_largest_first() -> None:
    first, second, third = price_list("20", "750", "66.33").prices
    before = rated(
        row("SDF-SKA", "EKO-LEV", "100"),
        row("SDF-SKA", "LON-SPEC", "1"),
        prices=attrs.evolve(price_list(), prices=(price_list().prices[0], third)),
    )
    after = rated(
        row("SDF-SKA", "EKO-LEV", "110"),
        row("SDF-SKA", "EKO-TIM", "1"),
        prices=attrs.evolve(price_list(), prices=(first, second)),
    )
    expected = (
        "Konsulttimme, ny: inget pris före, +750,00 kr",
        "Leverantörsfaktura, priset: 110 fakturor till nya priser, −239,80 kr",
        "Leverantörsfaktura, volymen: 110 fakturor mot 100, +221,80 kr",
        "Lönespecifikation, upphört: inget pris efter, −66,33 kr",
    )
    variance = pm.explain_variance(before, after, REGISTER)
    assert expected == pm.variance_causes(variance, 9)
    assert expected[:3] == pm.variance_causes(variance)


def test_2022s_prices_on_2021s_volumes_read_well() -> None:
    volumes, prices, register = year_2021()
    ratings = [pm.rate(volumes, each, register) for each in (prices, prices_of_2022_in_2021())]
    check_golden("priser-2022-pa-2021", *pm.comparison_tables(pm.compare(*ratings)))


def test_2021s_variance_reads_well_and_names_its_three_largest_causes() -> None:
    actual, prices, register = year_2021()
    budget = pm.read_volumes(DATA / "budget-2021.csv").merge(
        register.subscribed(pm.Month(2021, 1), pm.Month(2021, 12))
    )
    variance = pm.explain_variance(
        pm.rate(budget, prices, register), pm.rate(actual, prices, register), register
    )
    assert (
        "SIKT 2, upphandling av kontaktcenterplattform, volymen: 4 600 000 kronor mot 0, +4 600 000,00 kr",
        "Övrig tilläggstjänst ekonomi, volymen: 8 200 timmar mot 4 200, +3 000 000,00 kr",
        "Rekryteringsuppdrag (rekryteringspaket), volymen: 788 uppdrag mot 640, +2 930 400,00 kr",
    ) == pm.variance_causes(variance)
    check_golden("avvikelse-2021", *pm.variance_tables(variance))


def test_the_example_ends_with_the_three_largest_causes_of_2021(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(ROOT / "examples" / "avvikelse_2021.py"))
    assert [
        "269 299 691,75 kr i utfall − 256 199 863,35 kr i budget = 13 099 828,40 kr",
        "varav volym 11 549 560,57 kr, mix 1 550 267,83 kr, pris 0,00 kr",
        "",
        "De tre största orsakerna:",
        "1. SIKT 2, upphandling av kontaktcenterplattform, volymen: 4 600 000 kronor mot 0, +4 600 000,00 kr",
        "2. Övrig tilläggstjänst ekonomi, volymen: 8 200 timmar mot 4 200, +3 000 000,00 kr",
        "3. Rekryteringsuppdrag (rekryteringspaket), volymen: 788 uppdrag mot 640, +2 930 400,00 kr",
    ] == capsys.readouterr().out.splitlines()[-7:]


@pytest.mark.parametrize("ending", [".txt", ".md", ".html"])
def test_both_are_written_to_a_file(tmp_path: Path, ending: str) -> None:
    rating = rated(row("SDF-SKA", "EKO-LEV", "1", JANUARY))
    for document in (pm.compare(rating, rating), pm.explain_variance(rating, rating, REGISTER)):
        assert "22,18" in pm.write(document, tmp_path / f"sida{ending}").read_text("utf-8").replace(" ", " ")


def test_neither_is_a_json_document() -> None:
    with pytest.raises(ValueError, match="Comparison cannot be rendered as 'json'"):
        pm.render(pm.compare(rated(), rated()), "json")


def test_a_comparison_and_a_variance_have_a_row_per_customer_and_service_in_a_spreadsheet() -> None:
    before, after = rated(*ROWS), rated(*ROWS, prices=SIMPLER)
    comparison = pm.compare(before, after)
    head, *rows = pm.render(comparison, "csv").splitlines()
    assert head.endswith("Kund;Namn;Område;Tjänst;Benämning;Före;Efter;Skillnad;Procent")
    assert len(comparison.cells) == len(rows)
    variance = pm.explain_variance(before, before, REGISTER)
    head, *rows = pm.render(variance, "csv").splitlines()
    assert head.endswith("Volym före;Volym efter;Före;Volym;Mix;Pris;Nytt;Upphört;Avvikelse;Efter")
    assert len(variance.cells) == len(rows)
