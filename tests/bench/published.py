"""
Published monthly series as series-years, and what the library's forecasts say of them: for bench_forecast.py.

Each series is a service of one customer, and goes through the public `forecast`.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import NamedTuple

import prismodell as pm

AUTOMATIC, REMAINDER, RUN_RATE = "automatisk", "fjolårets rest", "löpande takt"
METHODS = (AUTOMATIC, "profil", "tillväxt", "nivå × säsong", REMAINDER, RUN_RATE)
ONE_YEAR_ENOUGH = (REMAINDER, RUN_RATE)  # they look at no more, and so are the same with three
T1, T2 = 4, 8
HISTORIES, OCCASIONS = (3, 1), (T2, T1)
LEAST_A_MONTH = 30
MICRO = Decimal("0.000001")

Months = tuple[Decimal, ...]


class Case(NamedTuple):
    """
    A series-year: three earlier years and the year itself.
    """

    series: str
    dataset: str
    year: int
    years: tuple[Months, ...]

    @property
    def actual(self) -> float:
        return float(sum(self.years[-1]))


class Said(NamedTuple):
    """
    What a forecast said of a case: the year, and its intervals of 80 and 95 %.
    """

    year: float
    narrow: tuple[float, float]
    wide: tuple[float, float]


Key = tuple[str, int, int]  # method, earlier years, months known
Results = Mapping[Key, Sequence[Said]]  # in the order of the cases


# --- the series --------------------------------------------------------------------------------------------


def read(folder: Path) -> tuple[dict[str, str], dict[str, dict[str, Decimal]]]:
    """
    The data set of each series, and its values by month.
    """
    datasets: dict[str, str] = {}
    series = defaultdict[str, dict[str, Decimal]](dict)
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            columns = {*(rows.fieldnames or ())}
            if columns >= {"series_id", "dataset"}:
                datasets |= {row["series_id"]: row["dataset"] for row in rows}
            elif columns >= {"series_id", "month", "value"}:
                for row in rows:
                    value = pm.round_half_up(Decimal(row["value"]), MICRO)  # no quantity has more decimals
                    series[row["series_id"]][row["month"]] = value
    return datasets, series


def cases_of(folder: Path) -> list[Case]:
    datasets, series = read(folder)
    found = []
    for name, values in sorted(series.items()):
        last = max(int(month[:4]) for month in values)
        whole = {
            year: months
            for year in range(min(int(month[:4]) for month in values), last + 1)
            if len(months := tuple(values[each] for each in months_of(year) if each in values)) == 12
            and min(months) >= LEAST_A_MONTH
        }
        for year in whole:
            if all(year - back in whole for back in (1, 2, 3)):
                years = tuple(whole[year - back] for back in (3, 2, 1, 0))
                found.append(Case(name, datasets.get(name, "other"), year, years))
    return sorted(found, key=lambda case: case.year)


def months_of(year: int) -> list[str]:
    return [f"{year:04}-{number:02}" for number in range(1, 13)]


# --- what the library says ---------------------------------------------------------------------------------


def tallied(cases: Iterable[Case], history: int, year: int, known: int) -> pm.Tally:
    """
    The cases as services of one customer, with their own year as the year given.
    """
    return pm.Volumes(
        pm.Volume("CUSTOMER", name, pm.Month(year - back, number), quantity)
        for at, case in enumerate(cases)
        for name in [f"{at:04}"]
        for back, months in enumerate(reversed(case.years[-1 - history :]))
        for number, quantity in enumerate(months, 1)
        if back or number <= known
    ).tally()


def said(tally: pm.Tally, year: int, known: int, method: str) -> list[Said]:
    """
    What the forecast says of each case, in their order.
    """
    made = pm.forecast(tally, year, pm.Month(year, known), method=method)
    return [
        Said(float(each.year), bounds(each.interval(80)), bounds(each.interval(95))) for each in made.services
    ]


def bounds(interval: pm.Interval) -> tuple[float, float]:
    return float(interval.low), float(interval.high)


def forecasts(task: tuple[int, Sequence[Case]]) -> dict[Key, list[Said]]:
    """
    All forecasts of one year's cases with so many earlier years.
    """
    history, cases = task
    year = cases[0].year
    methods = [each for each in METHODS if history == 1 or each not in ONE_YEAR_ENOUGH]
    found = {}
    for known in OCCASIONS:
        tally = tallied(cases, history, year, known)
        for method in methods:
            found[method, history, known] = said(tally, year, known, method)
    return found


def measured(cases: Sequence[Case], workers: int) -> Results:
    by_year = defaultdict[int, list[Case]](list)
    for case in cases:
        by_year[case.year].append(case)
    tasks = [*product(HISTORIES, by_year.values())]
    results = defaultdict[Key, list[Said]](list)
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            parts = [*pool.map(forecasts, tasks)]
    else:
        parts = [*map(forecasts, tasks)]
    for part in parts:
        for key, found in part.items():
            results[key] += found
    for method, known in product(ONE_YEAR_ENOUGH, OCCASIONS):
        results[method, 3, known] = results[method, 1, known]
    return results
