"""
Variances are explained to the öre, for every price model, and retell the story of 2021.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from oracle import to_ore
from prismodell.grouping import DIMENSIONS
from prismodell.money import ZERO, exact
from prismodell.tariff import MODELS, Model
from prismodell.testing import cases, price_lists, registers
from prismodell.testing import volumes as some_volumes
from prismodell.variance import Cell
from test_comparison import DATA, SIMPLER, cleaned, merging, year_2021
from test_underlag import EKONOMI, FEBRUARY, JANUARY, REGISTER, YEAR, price_list, rated, row

JULY = pm.Month(2022, 7)


@st.composite
def outcomes(
    draw: st.DrawFn, *kinds: type[Model], same_list: bool = False, same_volumes: bool = False
) -> tuple[pm.Rating, pm.Rating, pm.Register]:
    """A budget's rating, an outcome's, and the register of both."""
    case = draw(cases(*kinds, strangers=False))
    old = draw(merging(case.price_list))
    new = old if same_list else draw(merging(draw(price_lists(*kinds))))
    rows = case.volumes if same_volumes else draw(some_volumes(new, case.register, strangers=False))
    [before] = cleaned(case.volumes, lambda rows: pm.rate(rows, old, case.register))
    [after] = cleaned(rows, lambda rows: pm.rate(rows, new, case.register))
    return before, after, case.register


@exact()
def sums_of(effects: pm.Effects) -> Decimal:
    beside = effects.volume + effects.mix + effects.price + effects.new + effects.ended
    return effects.before + beside


@exact()
def check_sums(variance: pm.Variance) -> None:
    """Each cell's effects and each sum's are the variance, and the sums are those of the ratings."""
    for cell in variance.cells:
        assert cell.effects.after == sums_of(cell.effects)
        assert -2 <= int(cell.effects.volume.as_tuple().exponent)
    for dimension in DIMENSIONS:
        effects = variance.by(dimension)
        assert all(each.after == sums_of(each) for each in effects.values())
        for figure in ("before", "after", "volume", "mix", "price", "new", "ended", "variance"):
            total = sum((getattr(each, figure) for each in effects.values()), ZERO)
            assert getattr(variance.total, figure) == total
    assert variance.before.total == variance.total.before
    assert variance.middle.total == variance.total.middle
    assert variance.after.total == variance.total.after == sums_of(variance.total)
    assert {key: amount for key, amount in variance.before.by("customer").items() if amount} == {
        key: each.before for key, each in variance.by("customer").items() if each.before
    }
    units = sum((cell.quantity_after for cell in variance.cells), ZERO)
    assert units == sum((line.quantity for line in variance.after.lines), ZERO)


@pytest.mark.parametrize("kind", MODELS)
def test_effects_are_the_variance_to_the_ore_for_every_price_model(kind: type[Model]) -> None:
    @fewer(4)
    @given(outcomes(kind))
    def check(outcome: tuple[pm.Rating, pm.Rating, pm.Register]) -> None:
        check_sums(pm.explain_variance(*outcome))

    check()


@given(outcomes())
def test_effects_are_the_variance_to_the_ore_where_models_meet(
    outcome: tuple[pm.Rating, pm.Rating, pm.Register],
) -> None:
    variance = pm.explain_variance(*outcome)
    total = variance.total
    event(f"new {total.new != 0}, ended {total.ended != 0}, price {total.price != 0}, mix {total.mix != 0}")
    check_sums(variance)


@fewer(2)
@given(outcomes(same_list=True))
def test_with_the_same_prices_there_is_no_price_effect_and_nothing_new_or_ended(
    outcome: tuple[pm.Rating, pm.Rating, pm.Register],
) -> None:
    variance = pm.explain_variance(*outcome)
    assert {(ZERO, ZERO, ZERO)} | {
        (cell.effects.price, cell.effects.new, cell.effects.ended) for cell in variance.cells
    } == {(ZERO, ZERO, ZERO)}
    assert outcome[1].lines == variance.middle.lines


@fewer(2)
@given(outcomes(same_volumes=True))
def test_with_the_same_volumes_there_is_no_volume_effect_on_what_goes_on(
    outcome: tuple[pm.Rating, pm.Rating, pm.Register],
) -> None:
    before, after, register = outcome
    assume(
        {line.key: line.quantity for line in before.lines}
        == {line.key: line.quantity for line in after.lines}
    )
    variance = pm.explain_variance(before, after, register)
    event(f"effect {variance.total.variance != 0}")
    for cell in variance.cells:
        if not cell.effects.new and not cell.effects.ended:
            assert (ZERO, ZERO) == (cell.effects.volume, cell.effects.mix)
            assert cell.effects.variance == cell.effects.price


@exact()
@fewer(2)
@given(outcomes())
def test_the_volume_effect_is_the_growth_of_the_customers_area_and_unit(
    outcome: tuple[pm.Rating, pm.Rating, pm.Register],
) -> None:
    variance = pm.explain_variance(*outcome)
    assume(not any(cell.effects.new or cell.effects.ended for cell in variance.cells))
    groups = defaultdict[tuple[str, ...], list[Fraction]](lambda: [Fraction(0)] * 2)
    for cell in variance.cells:
        group = groups[cell.customer.code, cell.service.area.code, cell.service.unit]
        group[0] += Fraction(cell.quantity_before)
        group[1] += Fraction(cell.quantity_after)
    assume(not any(line.amount == 0 for line in (*outcome[0].lines, *outcome[1].lines)))
    for cell in variance.cells:
        was, now = groups[cell.customer.code, cell.service.area.code, cell.service.unit]
        growing = was > 0 and now >= 0
        expected = Fraction(cell.effects.before) * (now / was - 1) if growing else None
        assert cell.effects.volume == (
            cell.effects.middle - cell.effects.before if expected is None else to_ore(expected)
        )
        assert cell.effects.mix == cell.effects.middle - cell.effects.before - cell.effects.volume


@exact()
@fewer(2)
@given(st.data())
def test_a_year_that_repeats_the_last_has_no_effects_at_all(data: st.DataObject) -> None:
    kinds = [each for each in MODELS if each is not pm.PhasedPrice]
    prices = data.draw(price_lists(*kinds))
    customers = tuple(
        attrs.evolve(each, span=pm.Span(pm.Month(1, 1)), successor=None)
        for each in data.draw(registers()).customers
    )
    agreed = [
        pm.Agreement(
            customers[0].code, "T-1", pm.Span(pm.Month(2022, 3), JULY), percent=Decimal(-10), reference="A"
        ),
        pm.Agreement(
            customers[0].code,
            "T-1",
            pm.Span(pm.Month(2023, 3), pm.Month(2023, 7)),
            percent=Decimal(-10),
            reference="A",
        ),
    ]
    rows = data.draw(some_volumes(prices, pm.Register(customers), strangers=False))
    later = attrs.evolve(
        prices,
        id="nästa",
        span=pm.Span(pm.Month(2023, 1), pm.Month(2024, 1)),
        prices=tuple(
            attrs.evolve(each, span=pm.Span(each.span.start + 12, each.span.end and each.span.end + 12))
            for each in prices.prices
        ),
    )
    register = pm.Register(customers, tuple(agreed))
    [before] = cleaned(rows, lambda rows: pm.rate(rows, prices, register))
    again = [
        pm.Volume(line.customer.code, line.price.service.code, line.month + 12, line.quantity)
        for line in before.lines
    ]
    assume(again)
    after = pm.rate(pm.Volumes(again), later, register)

    variance = pm.explain_variance(before, after, register)

    for cell in variance.cells:
        effects = cell.effects
        assert {ZERO} == {effects.volume, effects.mix, effects.price, effects.new, effects.ended}


def only(variance: pm.Variance) -> Cell:
    [cell] = variance.cells
    return cell


def effects_of(variance: pm.Variance, service: str) -> dict[str, Decimal]:
    effects = variance.by("service")[service]
    named = ("before", "volume", "mix", "price", "new", "ended", "after")
    return {name: Decimal(figure) for name in named if (figure := getattr(effects, name))}


def test_more_of_one_service_at_a_lower_price_is_a_volume_and_a_price_effect() -> None:
    before = rated(row("SDF-SKA", "EKO-LEV", "100"))
    after = rated(row("SDF-SKA", "EKO-LEV", "110"), prices=price_list("20", "750", "66.33"))
    # 100 × 22,18; 10 more × 22,18; 110 × −2,18
    expected = {"before": "2218", "volume": "221.80", "price": "-239.80", "after": "2200"}

    variance = pm.explain_variance(before, after, REGISTER)

    assert {key: Decimal(amount) for key, amount in expected.items()} == effects_of(variance, "EKO-LEV")
    assert (Decimal(100), Decimal(110)) == (only(variance).quantity_before, only(variance).quantity_after)
    assert "<Variance -18.00 kr, 1 cells>" == repr(variance)


def same_unit() -> pm.PriceList:
    """Two services of one area that are counted in invoices, at 10 and 40 kronor."""
    services = [
        pm.Service(code, code, EKONOMI, pm.Kind.OBLIGATORY, "faktura") for code in ("WEBB", "BLANKETT")
    ]
    prices = [
        pm.Price(service, YEAR, (pm.Revision("P", pm.Tariff(pm.UnitPrice(price))),))
        for service, price in zip(services, (10, 40), strict=True)
    ]
    return pm.PriceList("lista", "Lista", YEAR, tuple(prices))


def test_invoices_that_moved_from_web_to_paper_are_mix() -> None:
    before = rated(row("SDF-SKA", "WEBB", "80"), row("SDF-SKA", "BLANKETT", "20"), prices=same_unit())
    after = rated(row("SDF-SKA", "WEBB", "50"), row("SDF-SKA", "BLANKETT", "60"), prices=same_unit())
    # 100 became 110 invoices: each grows by a tenth, and the rest of 30 fewer and 40 more is mix
    web = {"before": 800, "volume": 80, "mix": -380, "after": 500}
    paper = {"before": 800, "volume": 80, "mix": 1520, "after": 2400}

    variance = pm.explain_variance(before, after, REGISTER)

    assert web == effects_of(variance, "WEBB")
    assert paper == effects_of(variance, "BLANKETT")


def test_units_of_two_kinds_are_not_added() -> None:
    before = rated(row("SDF-SKA", "EKO-LEV", "100"), row("SDF-SKA", "EKO-TIM", "1"))
    after = rated(row("SDF-SKA", "EKO-LEV", "100"), row("SDF-SKA", "EKO-TIM", "3"))
    variance = pm.explain_variance(before, after, REGISTER)
    assert {"before": 2218, "after": 2218} == effects_of(variance, "EKO-LEV")
    assert {"before": 750, "volume": 1500, "after": 2250} == effects_of(variance, "EKO-TIM")


@pytest.mark.parametrize(("was", "now"), [("0", "5"), ("-5", "5"), ("5", "-5")])
def test_growth_from_nothing_or_between_credits_is_volume(was: str, now: str) -> None:
    before, after = (rated(row("SDF-SKA", "EKO-TIM", each)) for each in (was, now))
    effects = only(pm.explain_variance(before, after, REGISTER)).effects
    assert (effects.after - effects.before, ZERO) == (effects.volume, effects.mix)


def test_a_service_that_the_old_list_lacks_is_new_and_one_that_the_new_list_lacks_is_ended() -> None:
    first, second, _ = price_list().prices
    old = attrs.evolve(price_list(), prices=(first,))
    new = attrs.evolve(price_list(), prices=(second,))
    before = rated(row("SDF-SKA", "EKO-LEV", "100"), prices=old)
    after = rated(row("SDF-SKA", "EKO-TIM", "2"), prices=new)

    variance = pm.explain_variance(before, after, REGISTER)

    assert {"before": 2218, "ended": -2218} == effects_of(variance, "EKO-LEV")
    assert {"new": 1500, "after": 1500} == effects_of(variance, "EKO-TIM")


def test_a_service_priced_from_july_is_new_from_july() -> None:
    first, *rest = price_list().prices
    early = attrs.evolve(price_list(), prices=(attrs.evolve(first, span=pm.Span(JULY, YEAR.end)), *rest))
    rows = (row("SDF-SKA", "EKO-LEV", "1"), row("SDF-SKA", "EKO-LEV", "3", JULY))

    new = pm.explain_variance(rated(rows[1], prices=early), rated(*rows), REGISTER)
    ended = pm.explain_variance(rated(*rows), rated(rows[1], prices=early), REGISTER)

    assert {"before": Decimal("66.54"), "new": Decimal("22.18"), "after": Decimal("88.72")} == effects_of(
        new, "EKO-LEV"
    )
    assert {"before": Decimal("88.72"), "ended": Decimal("-22.18"), "after": Decimal("66.54")} == effects_of(
        ended, "EKO-LEV"
    )


def test_a_new_list_that_merges_services_shows_the_old_as_ended_and_the_whole_as_new() -> None:
    rows = (row("SDF-SKA", "EKO-LEV", "100"), row("SDF-SKA", "EKO-TIM", "2"))
    variance = pm.explain_variance(rated(*rows), rated(*rows, prices=SIMPLER), REGISTER)
    expected = {"before": 3718, "new": 4080, "ended": -3718, "after": 4080}
    assert expected == effects_of(variance, "EKO")


def test_an_old_list_that_merged_services_prices_the_new_volumes_under_the_merged_one() -> None:
    before = rated(row("SDF-SKA", "EKO-LEV", "80"), row("SDF-SKA", "EKO-TIM", "20"), prices=SIMPLER)
    after = rated(row("SDF-SKA", "EKO-LEV", "88"), row("SDF-SKA", "EKO-TIM", "22"))
    # 100 × 40; 10 more × 40; 88 × 22,18 + 22 × 750 beside 110 × 40
    expected = {"before": "4000", "volume": "400", "price": "14051.84", "after": "18451.84"}
    variance = pm.explain_variance(before, after, REGISTER)
    assert {key: Decimal(amount) for key, amount in expected.items()} == effects_of(variance, "EKO")


def test_a_volume_that_the_old_price_refuses_is_new() -> None:
    package = pm.Revision("P", pm.Tariff(pm.PackagePrice(10, 5)))
    old = attrs.evolve(
        price_list(), prices=tuple(attrs.evolve(each, origin=(package,)) for each in price_list().prices)
    )
    variance = pm.explain_variance(rated(prices=old), rated(row("SDF-SKA", "EKO-TIM", "-1")), REGISTER)
    assert {"new": -750, "after": -750} == effects_of(variance, "EKO-TIM")


def test_a_volume_that_an_old_merged_service_refuses_is_new_under_its_code() -> None:
    package = pm.Revision("P", pm.Tariff(pm.PackagePrice(10, 5)))
    old = attrs.evolve(
        SIMPLER, prices=tuple(attrs.evolve(each, origin=(package,)) for each in SIMPLER.prices)
    )
    variance = pm.explain_variance(rated(prices=old), rated(row("SDF-SKA", "EKO-TIM", "-1")), REGISTER)
    assert {"new": -750, "after": -750} == effects_of(variance, "EKO")


def test_a_customer_not_connected_has_no_old_phased_price_so_its_volume_is_new() -> None:
    phased = pm.Revision("P", pm.Tariff(pm.PhasedPrice((pm.Phase(Decimal(1)),))))
    old = attrs.evolve(
        price_list(), prices=tuple(attrs.evolve(each, origin=(phased,)) for each in price_list().prices)
    )
    variance = pm.explain_variance(rated(prices=old), rated(row("SDF-SKA", "EKO-TIM", "1")), REGISTER)
    assert {"new": 750, "after": 750} == effects_of(variance, "EKO-TIM")


def a_year_later(prices: pm.PriceList) -> pm.PriceList:
    return pm.derive(
        prices, [], id="lista-2023", title="2023", span=pm.Span(pm.Month(2023, 1), pm.Month(2024, 1))
    )


def test_a_year_is_explained_beside_the_last_at_the_prices_of_the_same_month() -> None:
    first, second, *rest = price_list().prices
    raised = pm.Revision("Höjt", pm.Tariff(pm.UnitPrice(30)))
    july = (
        attrs.evolve(first, span=pm.Span(JANUARY, JULY)),
        attrs.evolve(first, span=pm.Span(JULY, YEAR.end), origin=(raised,)),
    )
    prices = attrs.evolve(price_list(), prices=(*july, second, *rest))
    before = rated(row("SDF-SKA", "EKO-LEV", "10"), row("SDF-SKA", "EKO-LEV", "10", JULY), prices=prices)
    january, july_2023 = pm.Month(2023, 1), pm.Month(2023, 7)
    after = rated(
        row("SDF-SKA", "EKO-LEV", "20", january),
        row("SDF-SKA", "EKO-LEV", "20", july_2023),
        prices=a_year_later(prices),
    )
    # 10 × 22,18 + 10 × 30, twice that, and then 30 for January too: 20 × 7,82
    expected = {"before": "521.80", "volume": "521.80", "price": "156.40", "after": "1200"}
    variance = pm.explain_variance(before, after, REGISTER)
    assert {key: Decimal(amount) for key, amount in expected.items()} == effects_of(variance, "EKO-LEV")


def test_an_agreement_of_this_year_is_a_price_effect() -> None:
    agreement = pm.Agreement(
        "SDF-SKA", "EKO-TIM", pm.Span(pm.Month(2023, 1)), percent=Decimal(-10), reference="Avtal 2023"
    )
    register = pm.Register(REGISTER.customers, (agreement,))
    before = rated(row("SDF-SKA", "EKO-TIM", "2"), register=register)
    after = rated(
        row("SDF-SKA", "EKO-TIM", "2", pm.Month(2023, 1)),
        prices=a_year_later(price_list()),
        register=register,
    )
    expected = {"before": 1500, "price": -150, "after": 1350}
    assert expected == effects_of(pm.explain_variance(before, after, register), "EKO-TIM")


def test_an_agreement_that_has_always_held_holds_in_an_earlier_year_too() -> None:
    agreement = pm.Agreement(
        "SDF-SKA", "EKO-TIM", pm.Span(pm.Month(1, 1)), percent=Decimal(-10), reference="A"
    )
    register = pm.Register(REGISTER.customers, (agreement,))
    after = rated(row("SDF-SKA", "EKO-TIM", "2"), register=register)
    before = rated(
        row("SDF-SKA", "EKO-TIM", "1", pm.Month(2023, 1)),
        prices=a_year_later(price_list()),
        register=register,
    )
    expected = {"before": 675, "volume": 675, "after": 1350}
    assert expected == effects_of(pm.explain_variance(before, after, register), "EKO-TIM")


def test_a_budget_of_nothing_is_all_volume() -> None:
    variance = pm.explain_variance(rated(), rated(row("SDF-SKA", "EKO-LEV", "1")), REGISTER)
    assert {"volume": Decimal("22.18"), "after": Decimal("22.18")} == effects_of(variance, "EKO-LEV")
    nothing = pm.explain_variance(rated(row("SDF-SKA", "EKO-LEV", "1")), rated(), REGISTER)
    assert {"before": Decimal("22.18"), "volume": Decimal("-22.18")} == effects_of(nothing, "EKO-LEV")
    assert () == pm.explain_variance(rated(), rated(), REGISTER).cells


def test_a_reconciled_outcome_is_explained_by_what_was_delivered() -> None:
    actual = rated(row("SDF-SKA", "EKO-LEV", "10"))
    plan = rated(row("SDF-SKA", "EKO-LEV", "24"))
    reconciled = pm.reconcile(actual, pm.preliminary(plan), ()).rating
    assert reconciled.total != actual.total
    assert (
        pm.explain_variance(plan, actual, REGISTER).cells
        == pm.explain_variance(plan, reconciled, REGISTER).cells
    )


def test_volumes_without_a_price_are_refused_by_name_on_either_side() -> None:
    good = rated(row("SDF-SKA", "EKO-LEV", "1"))
    bad = rated(*(row("SDF-SKA", "EKO-LEW", "1", month) for month in YEAR))
    for key, ratings in (("before", (bad, good)), ("after", (good, bad))):
        with pytest.raises(pm.InvalidError) as refused:
            pm.explain_variance(*ratings, REGISTER)
        assert (
            f"{key}\n  12 volymer saknar pris: "
            "SDF-SKA EKO-LEW 2022-01, 1 i 1 rad (okänd tjänst, menade du 'EKO-LEV'?); "
            "SDF-SKA EKO-LEW 2022-02, 1 i 1 rad (okänd tjänst, menade du 'EKO-LEV'?); "
            "SDF-SKA EKO-LEW 2022-03, 1 i 1 rad (okänd tjänst, menade du 'EKO-LEV'?); och 9 till; "
            "ge tjänsten ett pris, eller ange dess kod i replaces på den som ersätter den"
        ) == str(refused.value)
    with pytest.raises(pm.InvalidError, match=r"1 i 1 rad \(okänd tjänst, menade du"):
        pm.explain_variance(good, rated(row("SDF-SKA", "EKO-LEW", "1")), REGISTER)


def test_twelfths_and_ratings_without_a_list_are_refused() -> None:
    good = rated(row("SDF-SKA", "EKO-LEV", "1"))
    for odd in (pm.preliminary(good), pm.Rating(good.lines)):
        with pytest.raises(pm.InvalidError, match="inte av volymer med en prislista"):
            pm.explain_variance(odd, good, REGISTER)


def test_months_that_the_old_prices_do_not_reach_are_refused() -> None:
    half = pm.derive(price_list(), [], id="halv", title="Halvår", span=pm.Span(JANUARY, JULY))
    with pytest.raises(pm.InvalidError, match=r"before\n.*samma månad: SDF-SKA EKO-LEV 2022-07"):
        pm.explain_variance(
            rated(row("SDF-SKA", "EKO-LEV", "1"), prices=half),
            rated(row("SDF-SKA", "EKO-LEV", "1"), row("SDF-SKA", "EKO-LEV", "1", JULY)),
            REGISTER,
        )


def test_months_that_the_new_lists_do_not_reach_are_fewer_volumes_and_no_end() -> None:
    half = pm.derive(price_list(), [], id="halv", title="Halvår", span=pm.Span(JANUARY, JULY))
    before = rated(row("SDF-SKA", "EKO-TIM", "1"), row("SDF-SKA", "EKO-TIM", "1", JULY))
    after = rated(row("SDF-SKA", "EKO-TIM", "1"), prices=half)
    expected = {"before": 1500, "volume": -750, "after": 750}
    assert expected == effects_of(pm.explain_variance(before, after, REGISTER), "EKO-TIM")


def test_a_register_without_a_customer_of_the_outcome_is_refused() -> None:
    good = rated(row("SDF-SKA", "EKO-LEV", "1"))
    with pytest.raises(pm.InvalidError, match=r"register\n.*ange det kundregister som beräkningen efter"):
        pm.explain_variance(good, good, pm.Register(REGISTER.customers[1:]))


def test_rows_in_conflict_are_in_neither() -> None:
    clash = [row("SDF-SKA", "EKO-LEV", each, FEBRUARY, source="e", reference="1") for each in ("1", "2")]
    good = rated(row("SDF-SKA", "EKO-LEV", "1"))
    assert pm.explain_variance(good, good, REGISTER).cells == (
        pm.explain_variance(good, rated(row("SDF-SKA", "EKO-LEV", "1"), *clash), REGISTER).cells
    )


def test_another_dimension_is_refused() -> None:
    variance = pm.explain_variance(rated(), rated(), REGISTER)
    for dimensions, told in ((("month",), "month"), ((), "nothing")):
        with pytest.raises(ValueError, match=f"customer, type, service, area, kind, not {told}"):
            variance.by(*dimensions)


@pytest.fixture(scope="module")
def variance_2021() -> pm.Variance:
    actual, prices, register = year_2021()
    subscribed = register.subscribed(pm.Month(2021, 1), pm.Month(2021, 12))
    budget = pm.read_volumes(DATA / "budget-2021.csv").merge(subscribed)
    return pm.explain_variance(pm.rate(budget, prices, register), pm.rate(actual, prices, register), register)


@exact()
def units(variance: pm.Variance, *services: str) -> tuple[Decimal, Decimal]:
    cells = [cell for cell in variance.cells if cell.service.code in services]
    return sum((c.quantity_before for c in cells), ZERO), sum((c.quantity_after for c in cells), ZERO)


def test_2021_had_93_000_more_supplier_invoices_than_its_budget(variance_2021: pm.Variance) -> None:
    was, now = units(variance_2021, "EKO-LEV", "EKO-LEV-MAN")
    assert [1_051_000, 1_144_000, 93_000] == [was, now, now - was]
    effects = [variance_2021.by("service")[code] for code in ("EKO-LEV", "EKO-LEV-MAN")]
    assert Decimal("2046972.60") == sum((each.volume + each.mix for each in effects), ZERO)


def test_2021_had_1_641_vacancies_for_2_300_budgeted(variance_2021: pm.Variance) -> None:
    assert [2_300, 1_641] == [*units(variance_2021, "EKO-HYR-VAK")]
    assert Decimal(-316_320) == variance_2021.by("service")["EKO-HYR-VAK"].volume


def test_2021s_customer_invoices_stayed_manual_which_is_mix_and_not_volume(
    variance_2021: pm.Variance,
) -> None:
    by_service = variance_2021.by("service")
    assert [44_000, 82_900] == [*units(variance_2021, "EKO-KUND-MAN")]
    assert [84_000, 29_200] == [*units(variance_2021, "EKO-KUND-WEBB")]
    assert by_service["EKO-KUND-MAN"].mix > 2_500_000
    assert by_service["EKO-KUND-WEBB"].mix < -1_900_000


def test_2021s_variance_is_the_annual_reports_and_has_no_price_effect(variance_2021: pm.Variance) -> None:
    check_sums(variance_2021)
    mnkr = {area: round(each.variance / 1_000_000, 1) for area, each in variance_2021.by("area").items()}
    expected = {
        "ekonomi": "4.6",
        "kontaktcenter": "4.6",
        "lokalplanering": "0.6",
        "lon": "2.4",
        "rekrytering": "3.6",
        "upphandling": "-2.7",
    }
    assert {area: Decimal(figure) for area, figure in expected.items()} == mnkr
    total = variance_2021.total
    assert (ZERO, ZERO, ZERO) == (total.price, total.new, total.ended)


def one_service(code: str, year: int, price: str, replaces: tuple[str, ...] | None = None) -> pm.PriceList:
    span = pm.Span(pm.Month(year, 1), pm.Month(year + 1, 1))
    area = pm.Area("ekonomi", "Ekonomi")
    service = pm.Service(code, "Faktura", area, pm.Kind.OBLIGATORY, "faktura", replaces=replaces)
    tariff = pm.Tariff(pm.UnitPrice(price))
    return pm.PriceList(
        f"lista-{year}", f"{year}", span, (pm.Price(service, span, (pm.Revision("L", tariff),)),)
    )


def used(code: str, *months: tuple[pm.Month, int]) -> pm.Volumes:
    return pm.Volumes(pm.Volume("SDF-SKA", code, month, Decimal(quantity)) for month, quantity in months)


def test_a_service_that_only_got_another_name_is_not_new_and_ended() -> None:
    was, now = one_service("A", 2021, "10"), one_service("N", 2022, "11", ("A",))
    before = pm.rate(used("A", (pm.Month(2021, 1), 30)), was, REGISTER)
    after = pm.rate(used("N", (pm.Month(2022, 1), 36)), now, REGISTER)
    total = pm.explain_variance(before, after, REGISTER).total
    assert (Decimal(60), Decimal(36), ZERO, ZERO) == (total.volume, total.price, total.new, total.ended)


def test_ratings_that_share_a_month_are_of_the_same_year_whatever_else_they_hold() -> None:
    lists = [one_service("A", 2021, "10"), one_service("A", 2022, "12")]
    months = [(pm.Month(2022, n), 10) for n in range(1, 13)]
    plan = pm.rate(used("A", (pm.Month(2021, 12), 1), *months), lists, REGISTER)
    actual = pm.rate(used("A", *months), lists, REGISTER)
    for effects in (pm.explain_variance(plan, actual, REGISTER), pm.explain_variance(actual, plan, REGISTER)):
        assert 0 == effects.total.price
