"""
Follow-up and volume statistics as tables and pages: their sums tie, and people can read them.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest

import prismodell as pm
from prismodell.money import ZERO, exact
from test_alignment import in_2021
from test_comparison import SIMPLER
from test_underlag import FEBRUARY, JANUARY, rated, row
from test_writing_closing import check_golden

NAMND = pm.Post("namnd", "Nämnd och administration")
SKA = "SDF-SKA;Skärholmens stadsdelsförvaltning;ekonomi;EKO-LEV;Leverantörsfaktura"
FUND = Decimal(2_000_000)
BEFORE = in_2021(row("SDF-SKA", "EKO-LEV", "200000"), row("SDF-SKA", "LON-SPEC", "9000", FEBRUARY))
BUDGET = rated(row("SDF-SKA", "EKO-LEV", "220000"), row("SDF-SKA", "EKO-LEV", "2", FEBRUARY))
FORECAST = rated(row("SDF-SKA", "EKO-LEV", "230000"), row("BOL-STO", "EKO-TIM", "500", FEBRUARY))
ACTUAL = rated(row("SDF-SKA", "EKO-LEV", "231000"), row("BOL-STO", "EKO-TIM", "512.5", FEBRUARY))


def statements() -> dict[str, Any]:
    """A year of all four, of which the last took some of the fund."""
    lon, disposition = Decimal(400_000), Decimal(-250_000)
    return {
        "before": pm.statement(
            "Bokslut 2021", BEFORE, costs={"ekonomi": 4_100_000, "lon": lon}, others=[NAMND]
        ),
        "budget": pm.statement("Budget 2022", BUDGET, costs={"ekonomi": 4_500_000}, opening_fund=FUND),
        "forecast": pm.statement("Prognos T2", FORECAST, costs={"ekonomi": 5_300_000}, opening_fund=FUND),
        "actual": pm.statement(
            "Utfall 2022",
            ACTUAL,
            costs={"ekonomi": "5567890.50", "lon": 0},
            others=[attrs.evolve(NAMND, income=80_000, costs=310_000)],
            opening_fund=FUND,
            disposition=disposition,
        ),
    }


def report() -> pm.Report:
    return pm.report(**statements())


@exact()
def check_sums(table: pm.Table) -> None:
    """The foot is the sum of the rows in each column that is in kronor of all sides."""
    for place, column in enumerate(table.columns):
        cells = [row[place] for row in table.rows]
        if column.kind in ("kronor", "tkr", "mnkr"):
            assert table.foot[place] == sum((each for each in cells if isinstance(each, Decimal)), ZERO)


def test_a_follow_up_reads_well() -> None:
    check_golden("uppfoljning", *pm.report_tables(report(), "kr"))


def test_a_follow_up_in_thousands_reads_well() -> None:
    check_golden("uppfoljning-tkr", *pm.report_tables(pm.report(budget=BUDGET, actual=ACTUAL), "tkr"))


def test_volumes_read_well() -> None:
    check_golden("volymer", *pm.volume_tables(pm.volume_statistics(ACTUAL, before=BEFORE, budget=BUDGET)))


@pytest.mark.parametrize("unit", ["kr", "tkr", "mnkr"])
def test_the_cells_are_exact_kronor_in_every_unit_and_the_foot_is_their_sum(unit: str) -> None:
    _, areas, follow_up, fund, _, *revenue = pm.report_tables(report(), unit)
    for table in (areas, follow_up, *revenue):
        check_sums(table)
        assert table.title.endswith(f", {unit}")
    assert [table.rows for table in pm.report_tables(report())] == [
        table.rows for table in pm.report_tables(report(), unit)
    ]
    # 5 123 580,00 + 384 375,00 + 80 000 − 5 877 890,50 = −289 935,50, of which the fund bears 250 000
    assert Decimal("-289935.50") == report().result.net.actual
    assert ("Årets förändring av resultatfond", Decimal(250_000)) == (fund.rows[1][0], fund.rows[1][5])
    assert Decimal("-39935.50") == statements()["actual"].after


def test_the_result_after_the_disposition_is_the_result_before_and_the_change_of_the_fund() -> None:
    _, _, follow_up, fund, *_ = pm.report_tables(report())
    for before, change, after in zip(follow_up.foot[1:], fund.rows[1][1:], fund.foot[1:], strict=True):
        assert isinstance(before, Decimal)
        assert after == before + (change if isinstance(change, Decimal) else 0)


def test_another_unit_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(pm.InvalidError, match=r"unit\n  'Mnkr' är ingen enhet; menade du 'mnkr'\?"):
        pm.report_page(report(), "Mnkr")


def test_a_page_says_what_it_compares_and_what_is_missing() -> None:
    before = in_2021(row("SDF-SKA", "EKO-LEV", "1"))
    page = pm.report_page(pm.report(before=before, actual=ACTUAL))
    assert (
        ("Intäkter för", "januari 2022 – februari 2022"),
        ("Föregående år", "saknar rader för februari 2022"),
        ("Utfall", "5 507 955,00 kr"),
    ) == page.facts
    assert ["Intäkt", "Tom cell"] == [title for title, _ in page.notes]
    assert ("Summa", None, None, Decimal("5507955.00"), None, None) == page.tables[0].foot


def test_a_forecast_is_followed_up_against_the_budget_where_there_is_no_actual_and_has_no_measure() -> None:
    two = {side: each for side, each in statements().items() if side in ("budget", "forecast")}
    follow_up, fund, *revenue = pm.report_tables(pm.report(**two))
    assert ["Prognos T2, kostnader", "Budgetavvikelse"] == [each.title for each in follow_up.columns[-2:]]
    assert ["Resultatfond, mnkr", "Intäkt per område, mnkr"] == [fund.title, revenue[0].title]


def test_statements_without_ratings_have_results_alone() -> None:
    posts = [attrs.evolve(NAMND, income=1, costs=2)]
    report = pm.report(before=pm.Statement("2021", posts), actual=pm.Statement("2022", posts))
    assert ["Nämndens utfall, mnkr", "Resultat per verksamhetsområde, mnkr"] == [
        table.title for table in pm.report_tables(report)
    ]
    assert (("Resultaträkningar", "2021 och 2022"),) == pm.report_page(report).facts
    head, *rows = pm.render(report, "csv").splitlines()
    assert head.endswith("2022, intäkter;2022, kostnader;2022, netto")
    assert ["namnd;Nämnd och administration;1,00;2,00;-1,00;1,00;2,00;-1,00"] == rows


def test_a_single_statement_among_ratings_is_not_compared_with_anything() -> None:
    mixed = pm.report(before=statements()["before"], budget=BUDGET)
    assert "Intäkt per område, mnkr" == pm.report_tables(mixed)[0].title
    alone = pm.report(budget=BUDGET, actual=statements()["actual"])
    assert "Intäkt per område, mnkr" == pm.report_tables(alone)[0].title


def test_a_report_has_a_row_per_customer_service_and_month_in_a_spreadsheet() -> None:
    head, *rows = pm.render(pm.report(budget=BUDGET, actual=ACTUAL), "csv").splitlines()
    assert head.endswith("Kund;Namn;Område;Tjänst;Benämning;Månad;Budget;Utfall;Mot budget;Mot budget %")
    assert [
        "BOL-STO;AB Stokab;ekonomi;EKO-TIM;Konsulttimme;2022-02;0,00;384375,00;384375,00;",
        f"{SKA};2022-01;4879600,00;5123580,00;243980,00;5,0",
        f"{SKA};2022-02;44,36;0,00;-44,36;-100,0",
    ] == rows


@pytest.mark.parametrize("ending", [".txt", ".md", ".html"])
def test_a_report_is_written_to_a_file(tmp_path: Path, ending: str) -> None:
    text = pm.write(report(), tmp_path / f"sida{ending}").read_text("utf-8")
    for told in ("Budgetavvikelse", "±1 % för prognosen vid T2"):
        assert told in text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_customer_a_service_and_an_area_of_one_code_keep_their_own_names() -> None:
    area = pm.Area("EKO", "Området")
    service = pm.Service("EKO", "Tjänsten", area, pm.Kind.OBLIGATORY, "st")
    register = pm.Register((pm.Customer("EKO", "Kunden", pm.CustomerType.COMPANY),))
    price = pm.Price(service, SIMPLER.span, SIMPLER.prices[0].origin)
    prices = pm.PriceList("en", "En", SIMPLER.span, (price,))
    rating = rated(row("EKO", "EKO", "1"), prices=prices, register=register)
    tables = pm.report_tables(pm.report(budget=rating, actual=rating))
    assert [("EKO", "Området"), ("EKO", "Tjänsten"), ("EKO", "Kunden")] == [
        tables[place].rows[0][:2] for place in (0, 2, 3)
    ]


def test_tables_of_nothing_are_tables() -> None:
    nothing = pm.report(budget=rated(), actual=rated())
    assert "Intäkter för  ingen månad" in pm.render(nothing)
    assert JANUARY not in nothing.revenue.months
    assert "Tjänst" in pm.render(pm.volume_tables(pm.volume_statistics(rated()))[0])


def test_tables_that_stand_alike_have_their_columns_in_line_and_others_stand_by_themselves() -> None:
    lines = pm.render(report()).splitlines()
    heads = [line for line in lines if line.startswith(("Verksamhetsområde", "Område", "Slag"))]
    assert heads[-1].index("Namn") == heads[-2].index("Namn") == len("supplementary  ")
