"""
A backtest as tables: what stands in them is what the backtest says, and people can read them.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

import prismodell as pm
from test_backtesting import RATE, REMAINDER, SMALL, T2, history, small
from test_underlag import rated, row
from test_writing_closing import check_golden

RATING = rated(row("SDF-SKA", "EKO-LEV", "100"), row("SDF-SKA", "LON-SPEC", "7"))


def tried() -> pm.Backtest:
    """
    Three services of four years at two occasions, with a new one, a steady one and one without a season.
    """
    uneven = [[80, 90, 100, 90, 80, 40, 20, 60, 90, 110, 120, 140]] * 2
    rows = history(
        {
            "EKO-LEV": [*uneven, [each + 8 for each in uneven[0]], [each + 15 for each in uneven[0]]],
            "EKO-TIM": [[0] * 12, [0] * 6 + [30] * 6, [35] * 12, [40] * 12],
            "LON-SPEC": [[500] * 12, [510] * 12, [530] * 12, [530] * 6 + [560] * 6],
        },
        first=2018,
    )
    methods = ("automatisk", REMAINDER, RATE, "profil", "budget")
    return pm.backtest(pm.Volumes(rows), methods, rating=RATING)


def test_a_backtest_reads_well() -> None:
    found = tried()
    check_golden(
        "provade-metoder",
        pm.backtest_table(found),
        pm.backtest_services_table(found, "T1"),
        pm.backtest_services_table(found, T2),
    )


def test_a_table_says_what_the_scores_say() -> None:
    found = tried()
    table = pm.backtest_table(found)
    titles = [column.title for column in table.columns]
    for row_, (known, method) in zip(
        table.rows, [(known, method) for known in (4, 8) for method in found.methods], strict=True
    ):
        cells, score = dict(zip(titles, row_, strict=True)), found.score(method, known)
        assert (method, score.used, score.series_years) == tuple(
            cells[title] for title in ("Metod", "Använd", "Serieår")
        )
        errors = (score.median, score.mean, score.within, score.total)
        assert (errors if score.usable else (None,) * 4) == tuple(
            cells[title] for title in ("Medianfel", "Snittfel", "Inom ±1 %", "Totalens fel")
        )
        verdict = found.best(known)
        assert verdict is not None
        assert (method == verdict.best.method) == (cells["Omdöme"] is not None)


def test_without_prices_there_is_no_column_of_the_total() -> None:
    titles = [column.title for column in pm.backtest_table(small()).columns]

    assert "Totalens fel" not in titles
    assert "Mot fjolårets rest" in titles


def test_a_method_that_could_not_be_used_has_no_error_of_a_service() -> None:
    table = pm.backtest_services_table(small("budget", RATE), T2)

    assert ("EKO-LEV", 2, None, Decimal("1.34"), RATE, None, "2 år är för få att döma av") == table.rows[0]
    assert ("Alla", 4, None, Decimal("4.84"), RATE) == table.foot[:5]


def test_nothing_is_set_beside_last_years_rest_where_that_could_not_be_used() -> None:
    new = history({"A": [[9, 10] * 6], "B": [[7, 9] * 6]}, first=2020)
    found = pm.backtest(pm.Volumes([*new, *history({"C": [[8] * 12, [9] * 12]})]), [REMAINDER, RATE], [T2])
    rest, rate = pm.backtest_table(found).rows

    assert (None, None, 1, 3) == rest[4:8]
    assert (None, 3, 3) == rate[5:8]


def test_nothing_to_try_is_an_empty_table_that_says_so() -> None:
    found = pm.backtest(pm.Volumes(SMALL[:12]))

    assert "Prövade metoder, inget år går att pröva" == pm.backtest_table(found).title
    table = pm.backtest_services_table(found, T2)
    assert () == table.rows
    assert ("Alla", 0, *(None,) * 7) == table.foot
    for each in (pm.backtest_table(found), table):
        assert "0 %" not in pm.render(each)


def test_an_occasion_that_was_not_tried_has_no_table() -> None:
    with pytest.raises(pm.InvalidError, match=r"T1 \(april\) är inte prövad"):
        pm.backtest_services_table(small(), "T1")


@pytest.mark.parametrize("as_", ["text", "markdown", "html", "csv"])
def test_the_tables_are_rendered_as_all_others(as_: str) -> None:
    for table in (pm.backtest_table(small()), pm.backtest_services_table(small(), T2)):
        assert "löpande takt" in pm.render(table, as_)
