"""
The year's result in Serviceförvaltningens verksamhetsberättelse 2021: its three tables rebuilt, its roundings
told, and the example data's revenue as the income of its areas.
"""

from __future__ import annotations

import runpy
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

import prismodell as pm
from prismodell.money import exact
from prismodell.swedish import mnkr
from test_comparison import ROOT, year_2021

MNKR = 1_000_000


@cache
def example() -> dict[str, Any]:
    """All that examples/arsberattelse_2021.py has made of the report's figures, which are typed in there."""
    return runpy.run_path(str(ROOT / "examples" / "arsberattelse_2021.py"))


def in_mnkr(found: list[tuple[str, Decimal, Decimal]]) -> list[tuple[str, str, str]]:
    return [(name, mnkr(computed), mnkr(printed)) for name, computed, printed, *_ in found]


@exact()
def test_every_column_sums_to_the_reports_total() -> None:
    _, areas, follow_up, _ = example()["tables"]
    for table, total in (
        (areas, "270.9 264.1 6.8 262.0 259.2 2.8"),
        (follow_up, "256.2 256.2 270.9 264.1 6.8"),
    ):
        expected = [Decimal(each) * MNKR for each in total.split()]
        assert expected == [sum(column) for column in zip(*(row[1:] for row in table.rows), strict=True)]
        assert expected == [*table.foot[1:]]


def test_every_cell_is_the_reports_but_for_these_roundings_of_a_tenth() -> None:
    assert [
        ("Lön och pension, Utfall 2021, netto", "13,9", "14,0"),
        ("Lokalplanering, Utfall 2021, netto", "3,0", "2,9"),
        ("Lön och pension, Budgetavvikelse", "2,9", "3,0"),
        ("Upphandling, Budgetavvikelse", "0,2", "0,1"),
        ("Upphandling, budgetavvikelse ur rapportens eget netto", "0,2", "0,1"),
        ("Lokalplanering, budgetavvikelse ur rapportens eget netto", "0,7", "0,8"),
    ] == in_mnkr(example()["slips"])
    # 3 × 3, 9 × 6 and 9 × 5 cells, and 3 × 3 + 5 of the fund, whose costs are empty
    assert 9 + 54 + 45 + 14 == example()["cells"]


def test_the_reports_variances_of_the_fund_have_the_other_sign() -> None:
    assert [
        ("Årets förändring av resultatfond, Budgetavvikelse", "−6,8", "6,8"),
        ("Utgående resultatfond, Budgetavvikelse", "6,8", "−6,8"),
    ] == in_mnkr(example()["signs"])


def test_the_fund_grows_from_6_6_to_13_4_and_nothing_is_left_of_the_result() -> None:
    actual = example()["actual"]
    expected = [Decimal(each) * MNKR for each in ("6.6", "6.8", "13.4", "0")]
    assert expected == [actual.opening_fund, actual.disposition, actual.closing_fund, actual.after]


def test_the_compliance_is_103_1_percent_of_costs_alone_as_reported_and_97_3_net() -> None:
    measure = pm.budget_compliance(example()["actual"], example()["budget"])
    assert (Decimal("103.1"), Decimal("97.3")) == (measure.costs, measure.net)


@pytest.fixture(scope="module")
def actual() -> pm.Statement:
    """The outcome of the example data, with the report's costs and what no price list has."""
    spent = {
        "lon": "41.1",
        "upphandling": "36.7",
        "ekonomi": "58.3",
        "kontaktcenter": "45.4",
        "rekrytering": "13.6",
        "lokalplanering": "9.4",
    }
    others = [
        pm.Post("namnd", "Nämnd och administration", 1_600_000, 58_500_000),
        pm.Post("avskrivningar", "Avskrivningar och internränta", costs=1_100_000),
    ]
    costs = {area: Decimal(each) * MNKR for area, each in spent.items()}
    return pm.statement(
        "Utfall 2021", pm.rate(*year_2021()), costs=costs, others=others, opening_fund=6_600_000
    )


def test_the_example_datas_revenue_is_the_reports_within_its_rounding(actual: pm.Statement) -> None:
    income = ["55,0", "44,7", "80,1", "59,5", "17,6", "12,4", "1,6", "0,0"]
    assert income == [mnkr(each.income) for each in actual.posts]
    assert 264_100_000 == actual.costs
    assert abs(actual.income - Decimal("270.9") * MNKR) < Decimal("0.05") * MNKR
    assert actual.closing_fund is not None
    assert abs(actual.closing_fund - Decimal("13.4") * MNKR) < Decimal("0.05") * MNKR
