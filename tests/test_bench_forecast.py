"""
The measure of forecasts works on any folder of series with the same columns, and says so where there is none.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.bench_forecast import main
from bench.published import cases_of

YEARS = 5


def folder_of(tmp_path: Path) -> Path:
    """Two series of two data sets that grow each year, one that once is under 30, and another file."""
    lines = ["series_id,month,value"]
    for name, level in (("A", 100), ("B", 1000), ("SMALL", 100)):
        for year in range(YEARS):
            for month in range(1, 13):
                value = 29 if (name, year, month) == ("SMALL", 2, 7) else level * (10 + year) / 10
                lines.append(f"{name},{2010 + year}-{month:02},{value}")
    (tmp_path / "some.csv").write_text("\n".join(lines), "utf-8")
    (tmp_path / "meta.csv").write_text("series_id,dataset,group\nA,ONE,x\nB,TWO,x\nSMALL,TWO,x\n", "utf-8")
    (tmp_path / "other.csv").write_text("name,note\nA,nothing\n", "utf-8")
    return tmp_path


def test_a_series_year_has_three_whole_years_before_it_and_no_month_under_30(tmp_path: Path) -> None:
    cases = cases_of(folder_of(tmp_path))

    assert [("A", "ONE", 2013), ("B", "TWO", 2013), ("A", "ONE", 2014), ("B", "TWO", 2014)] == [
        (case.series, case.dataset, case.year) for case in cases
    ]
    assert [1200, 1320, 1440, 1560] == [sum(months) for months in cases[0].years]


def test_the_errors_are_those_of_the_formulas(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(folder_of(tmp_path), workers=1)

    printed = capsys.readouterr().out
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in printed.split("\n")]
    assert printed.startswith("4 series-years of 2 series.\n")
    # last year's 4 × 120 for 4 × 130 of 1 560, and 4 × 130 for 4 × 140 of 1 680: 2.56 and 2.38 %
    rest = next(cells for cells in lines if cells[:2] == ["ONE", "fjolårets rest"])
    assert "2.47 / 2.47 / 0" == rest[2] == rest[4]
    # the run-rate is exact, all months being alike
    assert ["together", "löpande takt", *["0.00 / 0.00 / 100"] * 4] in lines
    assert ["portfolios of 30", "together", *["too few series"] * 4] in lines
    assert ["aim, at most", "0.55", "0.73", "0.58", "0.75"] in lines


def test_without_a_folder_it_says_so_and_ends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in (tmp_path / "none", tmp_path):
        main(folder)
        assert f"nothing was measured: no series in {folder}" in capsys.readouterr().out
