"""
The measures of how complicated a price list is, counted by hand and by a slow oracle.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given

import prismodell as pm
from effort import fewer
from prismodell.complexity import figures
from prismodell.money import exact
from prismodell.tariff import Model
from prismodell.testing import Case, cases
from test_comparison import prices_of_2022_in_2021, year_2021
from test_underlag import FEBRUARY, REGISTER, YEAR, price_list, rated, row


@pytest.mark.parametrize(
    ("expected", "model"),
    [
        (1, pm.UnitPrice("22.18")),
        (1, pm.UnitPrice(0)),
        (2, pm.UnitPrice(1, "0.5")),
        (4, pm.GraduatedPrice((pm.Tier(9, 100, 5), pm.Tier(7)))),
        (1, pm.VolumePrice((pm.Tier(9),))),
        (2, pm.PackagePrice(100, 5)),
        (1, pm.FixedPrice(5)),
        (0, pm.CostPlusPrice()),
        (1, pm.CostPlusPrice(5)),
        (3, pm.PhasedPrice((pm.Phase(Decimal(1), 12), pm.Phase(Decimal(2))))),
        (1, pm.SharedPrice(100, "year")),
        (0, pm.AgreementPrice()),
    ],
)
def test_the_figures_of_a_model_are_the_numbers_that_it_states(expected: int, model: Model) -> None:
    assert expected == figures(pm.Tariff(model))


def test_what_is_laid_around_a_model_is_stated_too() -> None:
    tariff = pm.Tariff(pm.UnitPrice(1), included=10, minimum=5, maximum=50, percent=-10)
    assert 5 == figures(tariff)


def test_a_year_is_measured() -> None:
    agreement = pm.Agreement(
        "SDF-SKA", "EKO-TIM", YEAR, tariff=pm.Tariff(pm.PackagePrice(10, 90), minimum=20), reference="A"
    )
    register = pm.Register(REGISTER.customers, (agreement,))
    rows = (
        row("SDF-SKA", "EKO-LEV", "1000"),
        row("SDF-SKA", "EKO-TIM", "1"),
        row("SDF-SKA", "EKO-LEV", "1", FEBRUARY),
        row("BOL-STO", "EKO-LEV", "1"),
    )
    # 1 002 × 22,18 of all but 90 kronor; three underlag of two, one and one line
    expected = pm.Complexity(
        items=3,
        models=1,
        figures=3,
        unbought=1,
        core=1,
        tail=1,
        top_share=Decimal("100.0"),
        lines_mean=Decimal("1.3"),
        lines_max=2,
        figures_median=1,
        figures_max=4,
    )
    assert expected == pm.complexity(rated(*rows, register=register))


def test_a_list_that_nobody_bought_from_has_no_shares() -> None:
    measured = pm.complexity(rated())
    assert (3, 3, 0, 0, None, None, 0, 0, 0) == (
        measured.items,
        measured.unbought,
        measured.core,
        measured.tail,
        measured.top_share,
        measured.lines_mean,
        measured.lines_max,
        measured.figures_median,
        measured.figures_max,
    )


def test_of_two_lists_of_a_year_the_newest_price_of_each_service_counts() -> None:
    tiers = pm.GraduatedPrice((pm.Tier(9, 100), pm.Tier(7)))
    half = pm.Span(pm.Month(2022, 7), YEAR.end)
    later = pm.PriceList(
        "senare",
        "Senare",
        half,
        (pm.Price(price_list().services[0], half, (pm.Revision("S", pm.Tariff(tiers)),)),),
    )
    first = pm.derive(price_list(), [], id="första", title="Första", span=pm.Span(YEAR.start, half.start))
    measured = pm.complexity(pm.rate(pm.Volumes(), [first, later], REGISTER))
    assert (3, 2, 5) == (measured.items, measured.models, measured.figures)


@exact()
@fewer(2)
@given(cases())
def test_the_measures_are_those_of_a_slow_count(case: Case) -> None:
    rating = case.rate()
    measured = pm.complexity(rating)
    revenue, documents, needed = defaultdict[str, Fraction](Fraction), defaultdict[object, int](int), {}
    for line in rating.lines:
        code = line.price.service.code
        revenue[code] += Fraction(line.amount)
        documents[line.customer.code, line.month] += 1
        needed[line.customer.code, code] = figures(line.price.tariff)
    by_customer = [
        sum(n for (who, _), n in needed.items() if who == each) for each in {who for who, _ in needed}
    ]
    whole, ranked = sum(revenue.values()), sorted(revenue.values(), reverse=True)

    codes = {price.service.code for price in case.price_list.prices}
    assert len(codes) == measured.items == measured.unbought + measured.core + measured.tail
    assert codes - revenue.keys() == codes - {line.price.service.code for line in rating.lines}
    assert len(codes - revenue.keys()) == measured.unbought
    if whole > 0:
        assert sum(ranked[: measured.core]) >= whole * 95 / 100
        assert all(sum(ranked[:fewer]) < whole * 95 / 100 for fewer in range(measured.core))
    else:
        assert (0, None) == (measured.core, measured.top_share)
    assert sum(documents.values()) == len(rating.lines)
    assert max(documents.values(), default=0) == measured.lines_max
    if documents:
        assert measured.lines_mean is not None
        assert abs(Fraction(measured.lines_mean) - Fraction(len(rating.lines), len(documents))) <= Fraction(
            1, 20
        )
    assert max(by_customer, default=0) == measured.figures_max
    assert sum(n <= measured.figures_median for n in by_customer) * 2 >= len(by_customer)
    assert sum(n < measured.figures_median for n in by_customer) * 2 <= len(by_customer)


def test_the_list_of_2021_needs_39_of_its_66_items_for_95_percent_of_the_revenue() -> None:
    volumes, prices, register = year_2021()
    measured = pm.complexity(pm.rate(volumes, prices, register))
    assert (66, 39, 27, 0) == (measured.items, measured.core, measured.tail, measured.unbought)
    assert Decimal("58.2") == measured.top_share
    after = pm.complexity(pm.rate(volumes, prices_of_2022_in_2021(), register))
    assert (8, 7) == (measured.models, after.models)  # a service priced by agreements alone got a price
