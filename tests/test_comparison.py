"""
Two ratings of the same volumes side by side: antisymmetric, additive, and refused where the volumes differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import chain, combinations
from pathlib import Path

import attrs
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from prismodell.catalogue import heirs
from prismodell.grouping import DIMENSIONS
from prismodell.money import ZERO, exact
from prismodell.tariff import MODELS, Model
from prismodell.testing import cases, price_lists
from test_underlag import EKONOMI, FEBRUARY, JANUARY, LON, REGISTER, YEAR, price_list, rated, row

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "examples" / "data"
SOURCES = ("ekonomisystem", "lonesystem", "arendehanteringssystem", "manuella-listor")
ROWS = (
    row("SDF-SKA", "EKO-LEV", "100"),
    row("SDF-SKA", "EKO-TIM", "2"),
    row("BOL-STO", "EKO-LEV", "10"),
    row("BOL-STO", "LON-SPEC", "3", FEBRUARY),
)


def cleaned(rows: Iterable[pm.Volume], *rates: Callable[[pm.Volumes], pm.Rating]) -> list[pm.Rating]:
    """The ratings of the rows that all of them can price: customers' months that one cannot are left out."""
    kept = [*rows]
    while True:
        ratings = [rate(pm.Volumes(kept)) for rate in rates]
        out = {(each.key[0], each.key[2]) for rating in ratings for each in rating.unrated}
        if not out:
            return ratings
        kept = [each for each in kept if (each.customer, each.month) not in out]


@st.composite
def merging(draw: st.DrawFn, given_list: pm.PriceList) -> pm.PriceList:
    """The list, or one in which a service replaces another."""
    codes = sorted(given_list.by_code)
    if len(codes) < 2 or draw(st.booleans()):
        return given_list
    heir, gone, *_ = draw(st.permutations(codes))
    prices = [
        attrs.evolve(price, service=attrs.evolve(price.service, replaces=(gone,)))
        if heir == price.service.code
        else price
        for price in given_list.prices
        if gone != price.service.code
    ]
    return attrs.evolve(given_list, prices=tuple(prices))


@st.composite
def pairs(draw: st.DrawFn, *kinds: type[Model]) -> tuple[pm.Rating, pm.Rating]:
    """Two ratings of the same volumes, by lists that may merge services."""
    case = draw(cases(*kinds, strangers=False))
    lists = [draw(merging(case.price_list)), draw(merging(draw(price_lists(*kinds))))]
    before, after = cleaned(
        case.volumes, *(lambda rows, each=each: pm.rate(rows, each, case.register) for each in lists)
    )
    return before, after


def codes_told_together(*ratings: pm.Rating) -> Mapping[str, frozenset[str]]:
    """All codes that are reached from each by replacing, one way or the other."""
    links = defaultdict[str, set[str]](set)
    for price in chain.from_iterable(each.prices for rating in ratings for each in rating.price_lists):
        for code in (price.service.code, *(price.service.replaces or ())):
            links[code].add(price.service.code)
            links[price.service.code].add(code)
    reached = {}
    for code in links:
        found: set[str] = set()
        waiting = {code}
        while waiting:
            each = waiting.pop()
            found.add(each)
            waiting |= links[each] - found
        reached[code] = frozenset(found)
    return reached


@exact()
@fewer(2)
@given(pairs())
def test_each_cell_is_what_the_two_ratings_charge_for_its_codes(both: tuple[pm.Rating, pm.Rating]) -> None:
    comparison, together = pm.compare(*both), codes_told_together(*both)
    expected: dict[tuple[str, frozenset[str]], list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 2)
    for place, rating in enumerate(both):
        for line in rating.lines:
            expected[line.customer.code, together[line.price.service.code]][place] += Fraction(line.amount)
    event(f"merged {any(len(codes) > 1 for _, codes in expected)}")

    assert expected == {
        (cell.customer.code, together[cell.service.code]): [
            Fraction(cell.effect.before),
            Fraction(cell.effect.after),
        ]
        for cell in comparison.cells
    }


@exact()
@fewer(2)
@given(pairs())
def test_the_other_way_round_is_the_negation(both: tuple[pm.Rating, pm.Rating]) -> None:
    one, other = pm.compare(*both), pm.compare(*reversed(both))
    names = [*DIMENSIONS]
    for dimensions in chain.from_iterable(combinations(names, count) for count in range(1, len(names) + 1)):
        assert {
            key: pm.Effect(effect.after, effect.before) for key, effect in one.by(*dimensions).items()
        } == other.by(*dimensions)
    assert one.total.difference == -other.total.difference
    assert {pair[0].code: -pair[1].difference for pair in one.winners} == {
        pair[0].code: pair[1].difference for pair in other.losers
    }


@exact()
@fewer(2)
@given(pairs(), st.sets(st.sampled_from(["K-1", "K-2", "K-3", "K-4"])))
def test_effects_add_over_customers_and_sum_to_the_totals_of_the_ratings(
    both: tuple[pm.Rating, pm.Rating], some: set[str]
) -> None:
    def part(rating: pm.Rating, *, chosen: bool) -> pm.Rating:
        lines = tuple(line for line in rating.lines if chosen is (line.customer.code in some))
        return attrs.evolve(rating, lines=lines, delivered=lines)

    comparison = pm.compare(*both)
    before, after = both
    assert pm.Effect(before.total, after.total) == comparison.total
    for dimension in DIMENSIONS:
        effects = comparison.by(dimension).values()
        assert comparison.total == pm.Effect(
            sum((each.before for each in effects), ZERO), sum((each.after for each in effects), ZERO)
        )
    assert before.by("customer") == {key: each.before for key, each in comparison.by("customer").items()}
    assert after.by("type") == {key: each.after for key, each in comparison.by("type").items()}
    halves = [pm.compare(*(part(rating, chosen=chosen) for rating in both)) for chosen in (True, False)]
    assert comparison.total.difference == sum((half.total.difference for half in halves), ZERO)
    assert {*comparison.by("customer").items()} == {
        pair for half in halves for pair in half.by("customer").items()
    }


@fewer(2)
@given(pairs())
def test_a_rating_against_itself_differs_by_nothing(both: tuple[pm.Rating, pm.Rating]) -> None:
    for rating in both:
        comparison = pm.compare(rating, rating)
        assert {ZERO} | {cell.effect.difference for cell in comparison.cells} == {ZERO}
        assert ((), (), (), None) == (
            comparison.winners,
            comparison.losers,
            comparison.moved(0),
            comparison.largest,
        )


@fewer(2)
@given(pairs(), st.integers(0, 200))
def test_winners_losers_and_movers_are_those_whose_sum_moves(
    both: tuple[pm.Rating, pm.Rating], limit: int
) -> None:
    comparison = pm.compare(*both)
    totals = {
        code: (Fraction(each.before), Fraction(each.after))
        for code, each in comparison.by("customer").items()
    }
    moves = {code: after - before for code, (before, after) in totals.items()}
    for found, sign in ((comparison.winners, -1), (comparison.losers, 1)):
        amounts = [Fraction(effect.difference) * sign for _, effect in found]
        assert sorted(amounts, reverse=True) == amounts
        assert {code for code, moved in moves.items() if moved * sign > 0} == {each.code for each, _ in found}
    expected = {
        code
        for code, (before, _) in totals.items()
        if moves[code] and (before == 0 or abs(moves[code] / before) > Fraction(limit, 100))
    }
    assert expected == {customer.code for customer, _ in comparison.moved(limit)}
    largest = max((abs(Fraction(cell.effect.difference)) for cell in comparison.cells), default=Fraction(0))
    assert largest == (abs(Fraction(comparison.largest.effect.difference)) if comparison.largest else 0)


@given(st.decimals(-1000, 1000, places=2), st.decimals(-1000, 1000, places=2))
def test_a_percentage_is_of_the_size_of_what_was_paid_and_has_the_differences_sign(
    before: Decimal, after: Decimal
) -> None:
    percent = pm.Effect(before, after).percent
    if before == 0:
        assert percent is None
        return
    assert percent is not None
    exactly = (Fraction(after) - Fraction(before)) / abs(Fraction(before)) * 100
    assert abs(Fraction(percent) - exactly) <= Fraction(1, 20)
    assert percent * (after - before) >= 0
    assert -1 == percent.as_tuple().exponent


def test_half_a_tenth_of_a_percent_is_rounded_away_from_zero() -> None:
    assert Decimal("0.1") == pm.Effect(Decimal(2000), Decimal(2001)).percent
    assert Decimal("-0.1") == pm.Effect(Decimal(2000), Decimal(1999)).percent


SIMPLER = pm.PriceList(
    "enklare",
    "Enklare",
    YEAR,
    (
        pm.Price(
            pm.Service(
                "EKO", "Ekonomi", EKONOMI, pm.Kind.OBLIGATORY, "ärende", replaces=("EKO-LEV", "EKO-TIM")
            ),
            YEAR,
            (pm.Revision("Enklare", pm.Tariff(pm.UnitPrice(40))),),
        ),
        pm.Price(
            pm.Service("LON-SPEC", "Lönespecifikation", LON, pm.Kind.OBLIGATORY, "specifikation"),
            YEAR,
            (pm.Revision("Enklare", pm.Tariff(pm.UnitPrice(0))),),
        ),
    ),
)


def test_a_service_that_replaces_others_stands_beside_their_sum_whichever_list_has_it() -> None:
    before, after = rated(*ROWS), rated(*ROWS, prices=SIMPLER)
    # 100 × 22,18 + 2 × 750 = 3 718,00 and 102 × 40; 10 × 22,18 and 10 × 40; 3 × 66,33 and nothing
    expected = {
        ("BOL-STO", "EKO"): pm.Effect(Decimal("221.80"), Decimal(400)),
        ("BOL-STO", "LON-SPEC"): pm.Effect(Decimal("198.99"), Decimal(0)),
        ("SDF-SKA", "EKO"): pm.Effect(Decimal("3718.00"), Decimal(4080)),
    }

    comparison = pm.compare(before, after)

    assert expected == comparison.by("customer", "service")
    assert [("EKO", pm.Kind.OBLIGATORY)] * 2 == [
        (cell.service.code, cell.service.kind) for cell in comparison.cells if "EKO" == cell.service.code
    ]
    assert ["BOL-STO"] == [customer.code for customer, _ in comparison.winners]
    assert ["SDF-SKA"] == [customer.code for customer, _ in comparison.losers]
    assert "<Comparison 341.21 kr, 3 cells>" == repr(comparison)
    assert comparison.largest is not None
    assert ("SDF-SKA", Decimal(362)) == (
        comparison.largest.customer.code,
        comparison.largest.effect.difference,
    )


def test_two_lists_that_merge_in_their_own_ways_are_told_under_the_first_of_their_codes() -> None:
    service = pm.Service(
        "A-ALLT", "Allt", EKONOMI, pm.Kind.OBLIGATORY, "st", replaces=("EKO-LEV", "LON-SPEC", "EKO-TIM")
    )
    price = pm.Price(service, YEAR, (pm.Revision("Allt", pm.Tariff(pm.UnitPrice(1))),))
    everything = pm.PriceList("allt", "Allt", YEAR, (price,))

    comparison = pm.compare(rated(*ROWS, prices=SIMPLER), rated(*ROWS, prices=everything))

    assert {"A-ALLT": pm.Effect(Decimal(4480), Decimal(115)), "LON-SPEC": None} == {
        "LON-SPEC": None,
        **comparison.by("service"),
    }


def test_codes_that_replace_one_another_through_a_third_are_one_service() -> None:
    def service(code: str, *replaces: str) -> pm.Service:
        return pm.Service(code, code, EKONOMI, pm.Kind.OBLIGATORY, "st", replaces=replaces or None)

    services = [
        service("A"),
        service("B"),
        service("C"),
        service("Y", "A", "B"),
        service("Z", "B", "D"),
        service("E"),
    ]
    expected = {"A": "Y", "B": "Y", "Y": "Y", "Z": "Y", "D": "Y", "C": "C", "E": "E"}
    for order in (services, services[::-1]):
        assert expected == {code: told.code for code, told in heirs(order).items()}


def test_lists_that_replace_one_another_are_told_under_the_first_code() -> None:
    def replacing(code: str, other: str) -> pm.PriceList:
        service = pm.Service(code, code, EKONOMI, pm.Kind.OBLIGATORY, "st", replaces=(other,))
        price = pm.Price(service, YEAR, (pm.Revision("Lista", pm.Tariff(pm.UnitPrice(1))),))
        return pm.PriceList("lista", "Lista", YEAR, (price,))

    rows = (row("SDF-SKA", "A", "1"), row("SDF-SKA", "B", "2"))
    one, other = rated(*rows, prices=replacing("A", "B")), rated(*rows, prices=replacing("B", "A"))
    assert {"A"} == {*pm.compare(one, other).by("service")} == {*pm.compare(other, one).by("service")}


def test_a_service_has_the_area_of_the_list_that_begins_last() -> None:
    moved = attrs.evolve(
        price_list(),
        id="senare",
        span=pm.Span(FEBRUARY, YEAR.end),
        prices=tuple(
            attrs.evolve(each, span=pm.Span(FEBRUARY, YEAR.end), service=attrs.evolve(each.service, area=LON))
            for each in price_list().prices
        ),
    )
    rows = (row("SDF-SKA", "EKO-LEV", "1", FEBRUARY),)
    one, other = rated(*rows), rated(*rows, prices=moved)
    for comparison in (pm.compare(one, other), pm.compare(other, one)):
        assert {"lon"} == {*comparison.by("area")}


def test_other_volumes_are_refused_with_the_first_that_differ_and_how_many() -> None:
    many = [row("SDF-SKA", "EKO-LEV", "1", month) for month in YEAR]
    with pytest.raises(pm.InvalidError) as refused:
        pm.compare(rated(*ROWS), rated(*ROWS, *many))
    assert (
        "after\n  volymerna är inte desamma: SDF-SKA EKO-LEV 2022-01: 100 före, 101 efter; SDF-SKA EKO-LEV "
        "2022-02: ingen volym före, 1 efter; SDF-SKA EKO-LEV 2022-03: ingen volym före, 1 efter; och 9 till; "
        "prissätt samma volymer med båda listorna; ersätter en tjänst andra, ange dem i dess replaces"
    ) == str(refused.value)


def test_a_row_of_nothing_is_a_volume_too() -> None:
    with pytest.raises(pm.InvalidError, match="SDF-SKA EKO-LEV 2022-01: 0 före, ingen volym efter;"):
        pm.compare(rated(row("SDF-SKA", "EKO-LEV", "0")), rated())


def test_volumes_outside_a_list_are_refused_by_name_with_what_to_change() -> None:
    without = attrs.evolve(price_list(), prices=price_list().prices[:1])
    with pytest.raises(pm.InvalidError) as refused:
        pm.compare(
            rated(*ROWS),
            rated(
                *ROWS,
                row("BOL-STO", "EKO-TIM", "1"),
                row("BOL-STO", "X", "1"),
                row("BOL-STO", "Y", "1"),
                prices=without,
            ),
        )
    assert (
        "after\n  5 volymer saknar pris: "
        "BOL-STO EKO-TIM 2022-01, 1 i 1 rad (okänd tjänst); "
        "SDF-SKA EKO-TIM 2022-01, 2 i 1 rad (okänd tjänst); "
        "BOL-STO LON-SPEC 2022-02, 3 i 1 rad (okänd tjänst); och 2 till; "
        "ge tjänsten ett pris, eller ange dess kod i replaces på den som ersätter den"
    ) == str(refused.value)


def test_volumes_without_a_price_for_another_reason_are_refused_with_its_own_fix() -> None:
    unknown = rated(row("SDF-SKO", "EKO-LEV", "1"))
    with pytest.raises(
        pm.InvalidError, match=r"before\n.*\(okänd kund, menade du 'SDF-SKA'\?\); rätta volymerna"
    ):
        pm.compare(unknown, unknown)
    negative = price_list()
    refusing = attrs.evolve(
        negative,
        prices=tuple(
            attrs.evolve(each, origin=(pm.Revision("P", pm.Tariff(pm.PackagePrice(1, 1))),))
            for each in negative.prices
        ),
    )
    with pytest.raises(pm.InvalidError, match="rätta volymen där den rapporterades"):
        pm.compare(
            rated(row("SDF-SKA", "EKO-LEV", "-1")), rated(row("SDF-SKA", "EKO-LEV", "-1"), prices=refusing)
        )


def test_rows_in_conflict_are_in_neither_and_the_rest_is_compared() -> None:
    clash = [row("SDF-SKA", "EKO-LEV", each, source="ekonomi", reference="E-1") for each in ("1", "2")]
    comparison = pm.compare(rated(*ROWS, *clash), rated(*ROWS, *clash, prices=SIMPLER))
    assert pm.compare(rated(*ROWS), rated(*ROWS, prices=SIMPLER)).cells == comparison.cells


def test_twelfths_are_compared_with_twelfths_by_the_year() -> None:
    plans = [pm.preliminary(rated(*ROWS[:2], prices=prices)) for prices in (price_list(), SIMPLER)]
    assert pm.Effect(Decimal("3718.00"), Decimal("4080.00")) == pm.compare(*plans).total
    with pytest.raises(pm.InvalidError, match="tolftedelar av en plan kan inte jämföras"):
        pm.compare(plans[0], rated(*ROWS[:2]))


def test_a_reconciled_rating_is_refused() -> None:
    plan = pm.preliminary(rated(*ROWS[:2]))
    reconciled = pm.reconcile(rated(*ROWS[:2]), plan, (), JANUARY).rating
    with pytest.raises(pm.InvalidError, match="två från preliminary"):
        pm.compare(rated(*ROWS[:2]), reconciled)


def test_a_customer_of_two_types_is_refused() -> None:
    company = attrs.evolve(REGISTER.customers[0], type=pm.CustomerType.COMPANY)
    register = pm.Register((company, REGISTER.customers[1]))
    with pytest.raises(pm.InvalidError, match="SDF-SKA är administration före och company efter"):
        pm.compare(rated(*ROWS), rated(*ROWS, register=register))


def test_a_negative_percentage_and_an_unknown_dimension_are_refused() -> None:
    comparison = pm.compare(rated(*ROWS), rated(*ROWS))
    with pytest.raises(pm.InvalidError, match="-1 % är negativt"):
        comparison.moved(-1)
    for dimensions, told in ((("month",), "month"), ((), "nothing")):
        with pytest.raises(ValueError, match=f"customer, type, service, area, kind, not {told}"):
            comparison.by(*dimensions)


def test_nothing_compares_to_nothing() -> None:
    empty = pm.compare(rated(), rated())
    assert (pm.Effect(ZERO, ZERO), None, ()) == (empty.total, empty.total.percent, empty.customers)
    assert () == pm.compare(pm.Rating(()), pm.Rating(())).cells


def test_lines_made_by_hand_are_compared_by_the_services_that_they_have() -> None:
    lines = rated(*ROWS).lines
    assert {"EKO-LEV", "EKO-TIM", "LON-SPEC"} == {
        *pm.compare(pm.Rating(lines), pm.Rating(lines)).by("service")
    }


@cache
def year_2021() -> tuple[pm.Volumes, pm.PriceList, pm.Register]:
    """What was delivered in 2021, its prices, and the customers."""
    register = pm.read_customers(DATA / "kunder.toml")
    rows = pm.read_volumes(*(DATA / f"{source}-2021.csv" for source in SOURCES))
    subscribed = register.subscribed(pm.Month(2021, 1), pm.Month(2021, 12))
    prices = pm.read_price_list(ROOT / "pricelists" / "serviceforvaltningen-2021.toml")
    return rows.merge(subscribed), prices, register


def prices_of_2022_in_2021() -> pm.PriceList:
    prices = pm.read_price_list(ROOT / "pricelists" / "serviceforvaltningen-2022.toml")
    span = pm.Span(pm.Month(2021, 1), pm.Month(2022, 1))
    return pm.derive(prices, [], id="2022-som-2021", title="Prislista 2022", span=span)


@pytest.fixture(scope="module")
def prices_2022() -> pm.Comparison:
    volumes, prices, register = year_2021()
    return pm.compare(
        pm.rate(volumes, prices, register), pm.rate(volumes, prices_of_2022_in_2021(), register)
    )


def test_2022s_prices_lower_the_obligatory_services_of_2021_by_1_percent_and_no_others(
    prices_2022: pm.Comparison,
) -> None:
    kinds = prices_2022.by("kind")
    assert Decimal("-1.0") == kinds["obligatory"].percent
    assert Decimal(0) == kinds["supplementary"].difference
    assert Decimal("-1456115.75") == prices_2022.total.difference == kinds["obligatory"].difference


def test_nobody_loses_by_2022s_prices_and_the_largest_customer_wins_most(prices_2022: pm.Comparison) -> None:
    assert () == prices_2022.losers == prices_2022.moved(1)
    assert "FF-UTB" == prices_2022.winners[0][0].code
    assert Decimal("-325681.38") == prices_2022.winners[0][1].difference


@pytest.mark.parametrize("kind", MODELS)
def test_the_laws_hold_for_every_price_model(kind: type[Model]) -> None:
    @fewer(4)
    @given(pairs(kind))
    def check(both: tuple[pm.Rating, pm.Rating]) -> None:
        assert pm.compare(*both).total.difference == -pm.compare(*reversed(both)).total.difference
        assert pm.Effect(both[0].total, both[1].total) == pm.compare(*both).total

    check()
