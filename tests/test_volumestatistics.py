"""
Volume statistics: the quantities that were billed, this year beside the last and the budget.
"""

from __future__ import annotations

from decimal import Decimal

import attrs

import prismodell as pm
from prismodell.money import ZERO
from test_alignment import in_2021
from test_comparison import SIMPLER
from test_underlag import EKONOMI, FEBRUARY, JANUARY, REGISTER, YEAR, rated, row

ROWS = (
    row("SDF-SKA", "EKO-LEV", "100"),
    row("BOL-STO", "EKO-LEV", "7"),
    row("BOL-STO", "EKO-LEV", "-2", FEBRUARY),
    row("SDF-SKA", "LON-SPEC", "3.5", FEBRUARY),
)


def test_what_is_counted_is_what_was_billed() -> None:
    rating = rated(*ROWS)
    billed = [line for each in pm.issue(rating, FEBRUARY, REGISTER) for line in each.lines]

    statistics = pm.volume_statistics(rating)

    for each in (*statistics.services, *statistics.monthly):
        mine = [line for line in billed if line.line.service == each.service]
        expected = sum((line.quantity for line in mine if each.month in (None, line.line.month)), ZERO)
        assert expected == each.quantity.actual
    assert {"EKO-LEV": 105, "LON-SPEC": Decimal("3.5")} == {
        each.service.code: each.quantity.actual for each in statistics.services
    }


def test_each_month_stands_beside_the_same_month_of_last_year_and_the_budget() -> None:
    before = in_2021(row("SDF-SKA", "EKO-LEV", "80"), row("SDF-SKA", "EKO-LEV", "20", FEBRUARY))
    budget = rated(row("SDF-SKA", "EKO-LEV", "90"), row("SDF-SKA", "EKO-TIM", "4", FEBRUARY))

    statistics = pm.volume_statistics(rated(*ROWS), before=before, budget=budget)

    def figures(before: int, budget: int, actual: object) -> pm.Figures:
        return pm.Figures(Decimal(before), Decimal(budget), None, Decimal(str(actual)))

    assert [
        ("EKO-LEV", JANUARY, figures(80, 90, 107)),
        ("EKO-LEV", FEBRUARY, figures(20, 0, -2)),
        ("EKO-TIM", FEBRUARY, figures(0, 4, 0)),
        ("LON-SPEC", FEBRUARY, figures(0, 0, "3.5")),
    ] == [(each.service.code, each.month, each.quantity) for each in statistics.monthly]
    assert figures(100, 90, 105) == statistics.services[0].quantity
    variance = statistics.services[0].quantity.variance("before")
    assert variance is not None
    assert Decimal("5.0") == variance.percent
    assert "<VolumeStatistics of 3 services, 2 months>" == repr(statistics)


def test_only_the_months_up_to_the_one_named_are_counted() -> None:
    statistics = pm.volume_statistics(rated(*ROWS), budget=rated(*ROWS), through=JANUARY)
    assert {None: 107} == {each.month: each.quantity.budget for each in statistics.services}
    assert (JANUARY,) == statistics.months


def test_services_that_replaced_others_are_one_where_they_are_counted_in_one_unit() -> None:
    budget = rated(row("SDF-SKA", "EKO-LEV", "100"), row("SDF-SKA", "EKO-LEV", "5", FEBRUARY))
    mixed = rated(row("SDF-SKA", "EKO-LEV", "100"), row("SDF-SKA", "EKO-TIM", "5", FEBRUARY))
    actual = rated(row("SDF-SKA", "EKO", "3"), row("SDF-SKA", "EKO-TIM", "4", FEBRUARY), prices=SIMPLER)

    (one,) = pm.volume_statistics(actual, budget=budget).services
    (other,) = pm.volume_statistics(actual, budget=mixed).services

    assert ("EKO", "ärende") == (one.service.code, one.service.unit)
    assert pm.Figures(budget=Decimal(105), actual=Decimal(7)) == one.quantity
    assert pm.Figures(budget=None, actual=Decimal(7)) == other.quantity


def test_a_volume_that_costs_nothing_is_a_volume() -> None:
    free = pm.Service("FRI", "Gratis", EKONOMI, pm.Kind.OBLIGATORY, "st")
    price = pm.Price(free, YEAR, (pm.Revision("P", pm.Tariff(pm.UnitPrice(0))),))
    prices = attrs.evolve(SIMPLER, prices=(price,))
    (service,) = pm.volume_statistics(rated(row("SDF-SKA", "FRI", "8"), prices=prices)).services
    assert 8 == service.quantity.actual


def test_nothing_has_no_statistics() -> None:
    assert ((), (), ()) == attrs.astuple(pm.volume_statistics(rated()), recurse=False)[1:]
