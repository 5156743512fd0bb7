"""
How fast price lists can be worked on: a reduction that hits its target, and a thousand scenarios.

Run by `make bench`; see bench_year.py.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from random import Random
from statistics import median
from time import perf_counter

import attrs
import pytest

import prismodell as pm
from bench.bench_year import CUSTOMERS, DATA, FIRST, LAST, Benchmark, Measures, copied, thousands
from bench.bench_year import PRICES as LIST_2021
from prismodell.bulk import uncollected
from prismodell.choosing import choose

SERVICES, SCENARIOS, ROUNDS = 150, 1_000, 5
YEAR = pm.Span(pm.Month(2022, 1), pm.Month(2023, 1))
AREA = pm.Area("ekonomi", "Ekonomi")
ORE = Decimal("0.01")


@pytest.fixture(scope="module")
def city() -> tuple[pm.Tally, pm.PriceList, pm.Register]:
    """
    Every customer eight times over, so that the year has more than a hundred thousand lines.
    """
    register = pm.read_customers(CUSTOMERS)
    files = [path for path in DATA.glob("*-2021.csv") if not path.name.startswith("budget")]
    volumes, customers = copied(pm.read_volumes(*files).merge(register.subscribed(FIRST, LAST)), register)
    return volumes.tally(), pm.read_price_list(LIST_2021), customers


def hundred_and_fifty() -> tuple[pm.PriceList, pm.Tally]:
    """
    A list of 150 unit prices in öre, and what 48 customers buy of them in a year: a few to tens of thousands.
    """
    rng = Random(2022)  # noqa: S311 - the same list every time
    prices, rows = [], []
    for number in range(SERVICES):
        service = pm.Service(f"T-{number:03}", f"Tjänst {number}", AREA, pm.Kind.OBLIGATORY, "styck")
        price = pm.Tariff(pm.UnitPrice(Decimal(rng.randint(30, 500_000)) / 100))
        prices.append(pm.Price(service, YEAR, (pm.Revision("Prislista", price),)))
        typical = 10 ** rng.uniform(0, 4)
        rows += [
            pm.Volume(f"K-{customer}", service.code, month, Decimal(int(typical * rng.uniform(0.2, 2)) + 1))
            for customer in range(48)
            for month in YEAR
        ]
    return pm.PriceList("lista", "Prislista", YEAR, tuple(prices)), pm.Volumes(rows).tally()


def bench_a_reduction_of_150_services(benchmark: Benchmark, measures: Measures) -> None:
    prices, tally = hundred_and_fifty()
    register = pm.Register(
        tuple(pm.Customer(f"K-{n}", f"K-{n}", pm.CustomerType.ADMINISTRATION) for n in range(48))
    )
    times: list[float] = []
    alone: list[float] = []

    def rate() -> None:
        start = perf_counter()
        pm.rate(tally, prices, register)
        alone.append(perf_counter() - start)

    def reduce() -> pm.Reduction:
        start = perf_counter()
        reduction = pm.reduce_to_target(prices, tally, 1, register)
        times.append(perf_counter() - start)
        return reduction

    reduction = benchmark.pedantic(reduce, setup=rate, rounds=ROUNDS)

    assert 0 <= reduction.gap < ORE
    measures.append(
        (
            f"reduce_to_target, {SERVICES} services, {thousands(len(tally.entries))} lines",
            f"{1000 * median(times):.0f} ms, {reduction.gap} kr beyond",
            f"{1000 * median(alone):.0f} ms",
            "rating the same once",
            f"{median(times) / median(alone):.2f} × the time",
        )
    )
    measures.append(("of it, choosing which prices to round up", f"{1000 * choosing(reduction):.1f} ms"))


def choosing(reduction: pm.Reduction) -> float:
    """
    The seconds of the choice alone, between the two grid points of each price.
    """
    options = []
    for each in reduction.prices:
        unrounded, after = (tariff.model.price for tariff in (each.exact, each.after))  # type: ignore[union-attr]  # all are unit prices
        weight = each.revenue / each.before.model.price  # type: ignore[union-attr]  # all are unit prices
        low = unrounded // ORE * ORE
        assert after in (low, low + ORE)
        options.append([int(weight * low * 10_000), int(weight * (low + ORE) * 10_000)])
    most = int((reduction.base - reduction.target) * 10_000)
    start = perf_counter()
    uncollected(choose)(options, most, enough=100)  # as a reduction calls it
    return perf_counter() - start


def scenarios_of(price_list: pm.PriceList) -> Iterator[pm.PriceList]:
    """
    The list with one unit price after another an öre higher, round and round.
    """
    for turn in range(1, SCENARIOS):
        for place, price in enumerate(price_list.prices):
            if isinstance(price.tariff.model, pm.UnitPrice):
                model = attrs.evolve(price.tariff.model, price=price.tariff.model.price + ORE * turn)
                dearer = pm.Revision("prövad", attrs.evolve(price.tariff, model=model))
                changed = attrs.evolve(price, origin=(*price.origin, dearer))
                prices = (*price_list.prices[:place], changed, *price_list.prices[place + 1 :])
                yield attrs.evolve(price_list, prices=prices)


def bench_a_thousand_scenarios(
    benchmark: Benchmark, city: tuple[pm.Tally, pm.PriceList, pm.Register], measures: Measures
) -> None:
    tally, prices, register = city
    lists = [*islice(scenarios_of(prices), SCENARIOS)]
    anew: list[float] = []
    times: list[float] = []

    def rate() -> None:
        for each in lists[:: SCENARIOS // 5]:
            start = perf_counter()
            expected.append(pm.rate(tally, each, register).total)
            anew.append(perf_counter() - start)

    def run() -> None:
        tried = pm.Scenarios(tally, prices, register)
        start = perf_counter()
        totals = [tried.rate(each).total for each in lists]
        times.append(perf_counter() - start)
        assert expected == totals[:: SCENARIOS // 5]

    expected: list[Decimal] = []
    benchmark.pedantic(run, setup=rate, rounds=1)

    lines = len(tally.entries)
    assert lines > 100_000
    measures.append(
        (
            f"{thousands(SCENARIOS)} scenarios of {thousands(lines)} lines, one price changed in each",
            f"{SCENARIOS / times[0]:.1f} scenarios/s",
            f"{1 / median(anew):.1f} scenarios/s",
            "each rated anew",
            f"{times[0] / SCENARIOS / median(anew):.3f} × the time",
        )
    )
