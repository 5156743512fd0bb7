"""Reductions that hit a target: never short of it, and as little beyond as the grid allows."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, assume, event, example, given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from prismodell.money import exact
from prismodell.tariff import kronor, with_kronor
from prismodell.testing import YEAR, Case, cases
from prismodell.weighing import weighed

AREA = pm.Area("ekonomi", "Ekonomi")
JANUARY = YEAR.start
STEPS = st.sampled_from([Decimal("0.01"), Decimal("0.05"), Decimal("0.5"), Decimal(1)])
# Many random lists and volumes have nothing to reduce.
MANY_ARE_NOT = fewer(2, suppress_health_check=[HealthCheck.filter_too_much])
SUMS = (pm.UnitPrice, pm.GraduatedPrice, pm.VolumePrice, pm.PackagePrice, pm.FixedPrice, pm.PhasedPrice)


def service(code: str, kind: pm.Kind = pm.Kind.OBLIGATORY) -> pm.Service:
    return pm.Service(code, f"Tjänst {code}", AREA, kind, "styck")


def listed(*prices: tuple[str, str | pm.Tariff], kind: pm.Kind = pm.Kind.OBLIGATORY) -> pm.PriceList:
    tariffs = [(code, p if isinstance(p, pm.Tariff) else pm.Tariff(pm.UnitPrice(p))) for code, p in prices]
    made = (pm.Price(service(code, kind), YEAR, (pm.Revision("Prislista", t),)) for code, t in tariffs)
    return pm.PriceList("lista", "Prislista 2022", YEAR, tuple(made))


def bought(**quantities: str | int) -> pm.Volumes:
    return pm.Volumes(pm.Volume("K", code, JANUARY, Decimal(q)) for code, q in quantities.items())


def priced(case: Case) -> pm.Volumes:
    """The rows of a case that have a price."""
    waiting = case.rate().waiting
    return pm.Volumes(row for row in case.volumes if (row.customer, row.service, row.month) not in waiting)


@exact()
def charges(case: Case, price_list: pm.PriceList, volumes: pm.Volumes) -> Decimal:
    return sum((line.charge for line in pm.rate(volumes, price_list, case.register).lines), Decimal(0))


def reduced(case: Case, volumes: pm.Volumes, percent: Any, **how: Any) -> pm.Reduction:
    """The reduction of a case; those that cannot be made are not of interest."""
    try:
        return pm.reduce_to_target(case.price_list, volumes, percent, case.register, **how)
    except pm.InvalidError as error:
        event(error.what[:20])
        assume(False)  # noqa: FBT003 - hypothesis takes it so
        raise


@MANY_ARE_NOT
@given(cases(strangers=False, most=12), st.sampled_from(["1", "2.5", "0.3", "40"]), STEPS)
def test_the_effect_that_the_engine_itself_rates_is_the_one_reached_and_never_short(
    case: Case, percent: str, step: Decimal
) -> None:
    volumes = priced(case)
    reduction = reduced(case, volumes, percent, round_to=step)
    before, after = (charges(case, each, volumes) for each in (case.price_list, reduction.price_list))
    assert reduction.base == before
    assert reduction.reached == before - after
    assert reduction.target == before * Decimal(percent) / 100
    assert reduction.gap >= 0


@MANY_ARE_NOT
@given(cases(strangers=False, most=12), st.sampled_from(["1", "2.5", "40"]), STEPS)
def test_each_figure_is_a_grid_neighbour_of_its_exact_value_and_none_rises_or_becomes_free(
    case: Case, percent: str, step: Decimal
) -> None:
    reduction = reduced(case, priced(case), percent, round_to=step)
    for price in reduction.prices:
        grid = max(step, Decimal("0.01")) if isinstance(price.before.model, pm.SharedPrice) else step
        figures = zip(kronor(price.before), kronor(price.exact), kronor(price.after), strict=True)
        for old, unrounded, new in figures:
            assert new <= old
            assert new or not old
            assert new == old or (abs(new - unrounded) < grid and not new % grid)


@MANY_ARE_NOT
@given(cases(*SUMS, strangers=False, most=10), st.sampled_from(["1", "5", "30"]), STEPS)
def test_a_small_list_is_reduced_as_well_as_by_trying_every_pair_of_neighbours(
    case: Case, percent: str, step: Decimal
) -> None:
    volumes = priced(case)
    reduction = reduced(case, volumes, percent, round_to=step)
    figures = [(each, place) for each in reduction.prices for place in range(len(kronor(each.before)))]
    assume(len(figures) <= 7)
    near = [neighbours(each, place, step) for each, place in figures]
    most = reduction.base - reduction.target
    best = max(
        brings
        for way in product(*near)
        for other in tried(case.price_list, figures, way)
        if (brings := charges(case, other, volumes)) <= most
    )
    assert most - best == reduction.gap


def neighbours(price: pm.Reduced, place: int, step: Decimal) -> list[Decimal]:
    old, unrounded = kronor(price.before)[place], kronor(price.exact)[place]
    if unrounded == old:
        return [old]
    low = int(Fraction(unrounded) / Fraction(step)) * step
    points = {low, low if low == unrounded else min(low + step, old)}
    return sorted(each for each in points if each or not old) or [old]


def tried(price_list: pm.PriceList, figures: Any, way: tuple[Decimal, ...]) -> list[pm.PriceList]:
    """The list with the figures of one way to round; none where a minimum would pass its maximum."""
    prices = []
    for price in price_list.prices:
        mine = [
            new
            for (each, _), new in zip(figures, way, strict=True)
            if (each.service.code, each.span) == (price.service.code, price.span)
        ]
        try:
            tariff = with_kronor(price.tariff, mine) if mine else price.tariff
        except pm.InvalidError:
            return []
        prices.append(attrs.evolve(price, origin=(pm.Revision("prövad", tariff),)))
    return [attrs.evolve(price_list, prices=tuple(prices))]


@MANY_ARE_NOT
@given(cases(strangers=False, most=12), st.sampled_from(["1", "2.5"]))
def test_what_is_kept_stays_and_the_others_carry_the_target(case: Case, percent: str) -> None:
    volumes = priced(case)
    kept = case.price_list.services[0].code
    reduction = reduced(case, volumes, percent, keep=[kept])
    untouched = [price for price in reduction.price_list.prices if price.service.code == kept]
    assert list(case.price_list.by_code[kept]) == untouched
    assert reduction.gap >= 0
    assert reduction.base == charges(case, case.price_list, volumes)


@MANY_ARE_NOT
@given(cases(strangers=False, most=12), st.sampled_from(["1", "2.5"]), st.sampled_from(["0.5", "3", "20"]))
def test_a_limit_bounds_every_figure_of_its_service(case: Case, percent: str, limit: str) -> None:
    limited = case.price_list.services[0].code
    reduction = reduced(case, priced(case), percent, limits={limited: limit})
    for price in reduction.prices:
        if price.service.code == limited:
            for old, new in zip(kronor(price.before), kronor(price.after), strict=True):
                assert new >= old * (1 - Decimal(limit) / 100)
    assert reduction.gap >= 0


@MANY_ARE_NOT
@given(cases(strangers=False, most=12))
def test_what_a_price_weighs_is_what_one_krona_more_on_it_brings(case: Case) -> None:
    volumes = priced(case)
    rating = pm.rate(volumes, case.price_list, case.register)
    with exact():
        for each in weighed(case.price_list, rating, case.register):
            if each.moves and each.adds_up:
                figures = kronor(each.price.tariff)
                dearer = [
                    tuple(f + (at == place) for at, f in enumerate(figures)) for place in range(len(figures))
                ]
                brings = [each.brings(with_kronor(each.price.tariff, more)) for more in dearer]
                assert tuple(more - each.revenue for more in brings) == each.weights or not all(figures)


def test_ten_services_in_whole_kronor_miss_the_target_and_say_which_grid_would_do() -> None:
    codes = {f"T{n}": 1_000 + 37 * n for n in range(10)}
    prices = listed(*((code, str(20 + n)) for n, code in enumerate(codes)))
    reduction = pm.reduce_to_target(prices, bought(**codes), 1, round_to=1)
    assert reduction.gap > reduction.target / 100
    assert Decimal("0.1") == reduction.finer
    assert pm.reduce_to_target(prices, bought(**codes), 1, round_to="0.1").finer is None


def test_a_city_sized_list_lands_within_an_ore_of_its_target() -> None:
    quantities = {f"T{n}": int(1.08**n) + 7 * n + 1 for n in range(150)}
    prices = listed(*((code, f"{3 + 0.37 * n:.2f}") for n, code in enumerate(quantities)))
    reduction = pm.reduce_to_target(prices, bought(**quantities), 1)
    assert 0 <= reduction.gap < Decimal("0.01")


def test_a_price_that_one_percent_cannot_move_is_lowered_a_step_where_it_pays_and_says_so() -> None:
    """The −1 % of every price up to 0,50 kr: stamped it is nothing, weighted it is an öre or nothing."""
    prices, volumes = listed(("FIL", "0.35"), ("LEV", "22.40")), bought(FIL=1_000_000, LEV=1_000)
    stamped = pm.reduce_prices(prices, 1)
    assert Decimal("0.35") == kronor(stamped.price("FIL", JANUARY).tariff)[0]
    reduction = pm.reduce_to_target(prices, volumes, 1)
    fil = next(each for each in reduction.prices if each.service.code == "FIL")
    assert (Decimal("0.35"), Decimal("0.3465"), Decimal("0.34")) == (
        *kronor(fil.before), *kronor(fil.exact), *kronor(fil.after),
    )  # fmt: skip
    assert Decimal(10_000) == fil.effect
    origin = reduction.price_list.price("FIL", JANUARY).origin
    assert ["Mål: 1 % lägre intäkt av de valda tjänsterna"] == [revision.note for revision in origin[1:]]
    assert (
        "0,3465 → 0,34"
        in pm.rate(
            volumes, reduction.price_list, pm.Register((pm.Customer("K", "K", pm.CustomerType.COMPANY),))
        )
        .lines[0]
        .explain()
    )


def test_a_price_below_a_step_stays_rather_than_become_free() -> None:
    prices, volumes = listed(("A", "0.004"), ("B", "0.01"), ("C", "10")), bought(A=100, B=100, C=100)
    reduction = pm.reduce_to_target(prices, volumes, 1)
    assert ["0.004", "0.01", "9.89"] == [str(kronor(each.after)[0]) for each in reduction.prices]


def test_all_models_move_with_their_tiers_fees_and_bounds() -> None:
    tiers = (pm.Tier("9.50", 100, "250"), pm.Tier("7.25"))
    prices = listed(
        ("GRAD", pm.Tariff(pm.GraduatedPrice(tiers, "year"))),
        ("PAKET", pm.Tariff(pm.PackagePrice("10", "450"), included=20, minimum="100", maximum="9000")),
        ("DELAD", pm.Tariff(pm.SharedPrice("120000", "year"))),
        ("KOSTNAD", pm.Tariff(pm.CostPlusPrice("5"))),
    )
    reduction = pm.reduce_to_target(prices, bought(GRAD=150, PAKET=35, DELAD=1, KOSTNAD=1_000), 10)
    after = {each.service.code: each.after for each in reduction.prices}
    assert all(
        new < old
        for each in reduction.prices
        if each.service.code != "KOSTNAD"
        for old, new in zip(kronor(each.before), kronor(each.after), strict=True)
    )
    assert prices.price("KOSTNAD", JANUARY).tariff == after["KOSTNAD"]
    assert reduction.gap >= 0


def test_the_target_counts_what_the_kept_and_the_passed_on_bring() -> None:
    prices = listed(("A", "100"), ("B", "100"), ("C", pm.Tariff(pm.CostPlusPrice())))
    reduction = pm.reduce_to_target(prices, bought(A=10, B=10, C=2_000), 1, keep=["B"])
    assert (Decimal(4_000), Decimal(40)) == (reduction.base, reduction.target)
    assert ["96", "100"] == [str(kronor(each.after)[0]) for each in reduction.prices[:2]]


def test_an_agreement_with_its_own_price_stays_and_a_percentage_follows_the_list() -> None:
    prices = listed(("A", "100"))
    customers = tuple(pm.Customer(code, code, pm.CustomerType.COMPANY) for code in ("K", "L", "M"))
    own = pm.Agreement("L", "A", YEAR, tariff=pm.Tariff(pm.UnitPrice("50")))
    percent = pm.Agreement("M", "A", YEAR, percent=Decimal(-10))
    register = pm.Register(customers, (own, percent))
    volumes = pm.Volumes(pm.Volume(code, "A", JANUARY, Decimal(10)) for code in "KLM")
    reduction = pm.reduce_to_target(prices, volumes, 1, register)
    assert Decimal(1_000 + 500 + 900) == reduction.base
    assert "98.73" == str(kronor(reduction.prices[0].after)[0])  # 24 kr of 1 900 kr is 1.2632 %
    assert reduction.reached == Decimal("1.27") * 19


@pytest.mark.parametrize(
    ("how", "problem"),
    [
        ({"percent": 0}, "0 är inte mellan 0 och 100"),
        ({"percent": 100}, "100 är inte mellan 0 och 100"),
        ({"percent": "-1"}, "-1 är inte mellan 0 och 100"),
        ({"round_to": 0}, "0 är inte ett steg"),
        ({"round_to": "0.0000005"}, "0.0000005 är inte ett steg"),
        ({"select": pm.Selection(area="lon")}, "inga tjänster i listan är valda"),
        ({"keep": ["FILL"]}, "tjänsten FILL är inte bland de valda; menade du 'FIL'?"),
        ({"limits": {"FIL": 101}}, "FIL får sänkas med 101 %"),
        ({"limits": {"FIL": -1}}, "FIL får sänkas med -1 %"),
        ({"keep": ["FIL", "LEV"]}, "målet 34,40 kr kan inte nås: som mest 0,00 kr; höj gränserna"),
        ({"limits": {"FIL": "0.5", "LEV": "0.5"}}, "målet 34,40 kr kan inte nås: som mest 11,00 kr"),
        ({"limits": {"LEV": "1.6"}, "keep": ["FIL"], "round_to": 1}, "mest 0,00 kr; ange round_to=0.001"),
        ({"volumes": bought(FIL=0, LEV=0)}, "de valda tjänsterna ger ingen intäkt på volymerna"),
        ({"volumes": bought(FIL=1, LEVV=3)}, "1 volym saknar pris: K LEVV 2022-01"),
        ({"volumes": bought(FIL=1, LEVV=3, X=1)}, "2 volymer saknar pris"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_what_to_change(how: dict[str, Any], problem: str) -> None:
    prices, volumes = listed(("FIL", "0.35"), ("LEV", "22.40")), bought(FIL=3_429, LEV=100)
    given_ = {"volumes": volumes, "percent": 1, **how}
    with pytest.raises(pm.InvalidError, match=re.escape(problem)):
        pm.reduce_to_target(prices, **given_)


def test_a_phased_price_without_a_register_is_refused_since_nobody_knows_the_phase() -> None:
    prices = listed(("FAS", pm.Tariff(pm.PhasedPrice((pm.Phase("9", 12), pm.Phase("8"))))))
    with pytest.raises(pm.InvalidError, match="1 volym saknar pris"):
        pm.reduce_to_target(prices, bought(FAS=1), 1)


def test_a_price_that_nobody_bought_is_rounded_to_the_nearest() -> None:
    prices = listed(("A", "10.40"), ("B", "22.50"))
    reduction = pm.reduce_to_target(prices, bought(A=100), 1)
    assert "22.28" == str(
        kronor(reduction.prices[1].after)[0]
    )  # 22.275, both as near: halves go away from zero


@example(Decimal("0.01"))
@given(STEPS)
def test_the_new_list_is_a_scenario_with_the_same_services_and_period(step: Decimal) -> None:
    prices, volumes = listed(("FIL", "12.35"), ("LEV", "22.40")), bought(FIL=900, LEV=100)
    made = pm.reduce_to_target(prices, volumes, 1, round_to=step).price_list
    assert ("lista-scenario", "Prislista 2022, scenario") == (made.id, made.title)
    assert prices.services == made.services
    assert prices.span == made.span
