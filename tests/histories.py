"""
Small histories to forecast, and what must hold of every forecast.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

import prismodell as pm
from prismodell.customers import SUBSCRIPTION_SOURCE
from prismodell.expectation import Forecast, Series

JANUARY, APRIL, AUGUST, DECEMBER = (pm.Month(2021, number) for number in (1, 4, 8, 12))
NONE_KNOWN = pm.Month(2020, 12)
SHAPE = (80, 90, 100, 110, 120, 130, 40, 60, 100, 110, 120, 140)  # 1 200 in all
ZERO = Decimal(0)


def row(
    month: pm.Month, quantity: Decimal | int | str, customer: str = "K", service: str = "A", **fields: Any
) -> pm.Volume:
    return pm.Volume(customer, service, month, Decimal(quantity), **{"source": "system", **fields})


def year(
    number: int, quantities: Iterable[Decimal | int | str] = SHAPE, *key: str, **fields: Any
) -> list[pm.Volume]:
    """
    The rows of a year's months, from January.
    """
    return [row(pm.Month(number, at), each, *key, **fields) for at, each in enumerate(quantities, 1)]


def years(
    *key: str,
    known: int = 8,
    before: int = 3,
    quantities: Sequence[Decimal | int | str] = SHAPE,
    **fields: Any,
) -> list[pm.Volume]:
    """
    The rows of some years that are alike, and of the known months of 2021.
    """
    past = [
        each for number in range(2021 - before, 2021) for each in year(number, quantities, *key, **fields)
    ]
    return past + year(2021, quantities[:known], *key, **fields)


def forecast(rows: Iterable[pm.Volume], through: pm.Month = AUGUST, **fields: Any) -> Forecast:
    return pm.forecast(pm.Volumes(rows), 2021, through, **fields)


def quantities(series: Series) -> tuple[list[Decimal], list[Decimal]]:
    return [*series.known], [*series.expected]


# --- what must hold of every forecast ----------------------------------------------------------------------


def check(made: Forecast, history: Iterable[pm.Volume]) -> None:
    """
    All that must hold of a forecast, whatever it was made of.
    """
    tally = pm.Volumes(history).tally()
    first = pm.Month(made.year, 1)
    known = {
        (each.service, each.month, each.customer): each.quantity
        for each in tally.entries
        if first <= each.month <= made.through
    }
    check_known(made, known)
    check_levels(made)
    for series in (*made.services, *made.customers):
        check_series(series)


def check_known(made: Forecast, known: dict[tuple[str, pm.Month, str], Decimal]) -> None:
    """
    Known months are as they are, and volumes are the known and the expected.
    """
    sums = defaultdict[tuple[str, pm.Month, str], Decimal](Decimal, known)
    for series in made.customers:
        for at, quantity in enumerate(series.known, 1):
            key = series.service, pm.Month(made.year, at), series.customer
            assert known.get(key, ZERO) == quantity
            sums[key] += series.expected[at - 1]
    found = {(each.service, each.month, each.customer): each.quantity for each in made.volumes.entries}
    assert {key: quantity for key, quantity in sums.items() if quantity or key in known} == found
    assert sum(known.values(), ZERO) == sum((sum(each.known, ZERO) for each in made.services), ZERO)


def check_levels(made: Forecast) -> None:
    """
    The customers' months sum to the service's, known and expected.
    """
    for centre in made.services:
        own = [each for each in made.customers if each.service == centre.service]
        for of in ("known", "expected", "months"):
            columns = zip(*(getattr(each, of) for each in own), strict=True)
            assert [*getattr(centre, of)] == ([sum(month, ZERO) for month in columns] or [ZERO] * 12)
        assert centre.year == sum((each.year for each in own), ZERO) == sum(centre.months, ZERO)


def check_series(series: Series) -> None:
    """
    Nothing expected is negative or without a reason, and intervals hold the point and one another.
    """
    assert all(quantity.is_finite() and quantity >= 0 for quantity in series.expected)
    assert series.method
    assert series.reason
    assert series.wide.low <= series.narrow.low <= series.year <= series.narrow.high <= series.wide.high
    assert sum(series.known, ZERO) <= series.wide.low
    said = series.explain()
    assert said.startswith(series.service)
    assert "nan" not in said.lower().split()


# --- histories of all kinds --------------------------------------------------------------------------------

ORDINARY = st.integers(1, 300).map(Decimal)
ODD = st.sampled_from(
    [*map(Decimal, ["0", "0", "-7", "-400", "0.000001", "1000000000000", "12.5", "0.1", "0.25", "33"])]
)
SPELLS = st.sampled_from(
    [
        (0, 44),
        (0, 40),
        (0, 36),
        (0, 30),
        (12, 44),
        (24, 44),
        (24, 38),
        (34, 44),
        (36, 44),
        (38, 44),
        (40, 41),
        (43, 44),
    ]
)


@st.composite
def histories(draw: st.DrawFn, *, odd: bool = True) -> list[pm.Volume]:
    """
    Up to four series from 2018 to August 2021, each within some spell, with odd months and subscriptions.
    """
    rows: list[pm.Volume] = []
    keys = st.tuples(st.sampled_from("KL"), st.sampled_from("AB"))
    for customer, service in sorted(draw(st.sets(keys, min_size=1, max_size=3))):
        first, end = draw(SPELLS) if odd else (0, 44)
        level, source = draw(st.integers(1, 40)), draw(st.sampled_from(["system", "system", "annan"]))
        if odd and draw(st.integers(0, 5)) == 0:
            source = SUBSCRIPTION_SOURCE
        wobble = draw(st.lists(st.integers(-2, 2), min_size=5, max_size=5))
        for at in range(first, end):
            quantity = Decimal(level * SHAPE[at % 12] // 10 + wobble[at % 5] + 3)
            rows.append(row(pm.Month(2018, 1) + at, quantity, customer, service, source=source))
    if odd:
        for at in draw(st.lists(st.integers(0, len(rows) - 1), max_size=3)):
            each = rows[at]
            rows.append(row(each.month, draw(ODD), each.customer, each.service, source=each.source))
        gone = draw(st.sampled_from([None, None, 2, 20, 35, 40, 43]))
        rows = [each for each in rows if gone is None or each.month != pm.Month(2018, 1) + gone]
    return rows
