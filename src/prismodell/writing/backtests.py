"""
A backtest as tables: what each method was off at each occasion, and which one fits each service.

    tried = backtest(volumes, rating=priced)
    print(render(backtest_table(tried)))
    print(render(backtest_services_table(tried, "T2")))
"""

from __future__ import annotations

from collections.abc import Iterator

from ..money import exact
from ..scores import BASELINE, Backtest, Verdict
from ..trials import Occasion, months_known, occasion_name
from .table import Cell, Column, Table

Row = tuple[Cell, ...]
BESIDE = f"Mot {BASELINE}"


@exact()
def backtest_table(found: Backtest) -> Table:
    """
    A row per occasion and method: the median and the mean error of a service's year in percent, how many were
    within ±1 %, the mean error of the years in kronor if there were prices, the mean error beside that of
    last year's rest; and how many of the series-years the method could be used in, without errors if those
    are less than half.
    """
    priced = any(each.price is not None for each in found.trials)
    kronor = [Column("Totalens fel", "percent")] if priced else []
    columns = (
        *(Column("Tillfälle"), Column("Metod"), Column("Medianfel", "percent")),
        *(Column("Snittfel", "percent"), Column("Inom ±1 %", "percent"), *kronor, Column(BESIDE, "percent")),
        *(Column("Använd", "number"), Column("Serieår", "number"), Column("Omdöme")),
    )
    rows = tuple(row for known in found.occasions for row in _methods(found, known, priced=priced))
    return Table(f"Prövade metoder, {_years(found)}", columns, rows)


def _methods(found: Backtest, known: int, *, priced: bool) -> Iterator[Row]:
    """
    The methods at an occasion.
    """
    scores = [found.score(method, known) for method in found.methods]
    baseline = next((each for each in scores if each.method == BASELINE and each.usable), None)
    best = found.best(known)
    for score in scores:
        total = (score.total,) if priced else ()
        errors = (score.median, score.mean, score.within, *total, score.beside(baseline))
        yield (
            *(occasion_name(known), score.method),
            *(errors if score.usable else (None,) * len(errors)),
            *(score.used, score.series_years),
            _judgement(best) if best and best.best == score else None,
        )


def _judgement(verdict: Verdict) -> str:
    return f"bäst, men {verdict.doubt}" if verdict.doubt else "bäst"


@exact()
def backtest_services_table(found: Backtest, occasion: Occasion) -> Table:
    """
    A row per service: the mean error of its years by each method, empty where the method could not be used at
    least every other time; the one that was the least off, and what can be said for it. All services below.

    Raises `InvalidError` for an occasion that was not tried.
    """
    name = occasion_name(months_known(occasion))
    columns = (
        *(Column("Tjänst"), Column("Serieår", "number")),
        *(Column(method, "percent") for method in found.methods),
        *(Column("Bäst"), Column(BESIDE, "percent"), Column("Omdöme")),
    )
    rows = tuple(_service(found, occasion, service) for service in found.services)
    _, *all_ = _service(found, occasion, "")
    return Table(f"Snittfel per tjänst vid {name}, {_years(found)}", columns, rows, ("Alla", *all_))


def _service(found: Backtest, occasion: Occasion, service: str) -> Row:
    scores = [found.score(method, occasion, service) for method in found.methods]
    verdict = found.best(occasion, service)
    errors = (each.mean if each.usable else None for each in scores)
    judged = (
        (verdict.best.method, verdict.best.beside(verdict.baseline), verdict.doubt)
        if verdict
        else (None,) * 3
    )
    return service, scores[0].series_years, *errors, *judged


def _years(found: Backtest) -> str:
    ends = (min(found.years), max(found.years)) if found.years else ()
    return "–".join(map(str, dict.fromkeys(ends))) or "inget år går att pröva"
