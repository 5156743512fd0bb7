from __future__ import annotations

import re
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

import prismodell as pm
from prismodell.pricechanges import EVERYTHING, apply, carried
from prismodell.tariff import map_kronor
from prismodell.testing import YEAR, decimals, price_lists, services, tariffs

NEXT = pm.Span(YEAR.start + 12, YEAR.start + 24)
AREA = pm.Area("ekonomi", "Ekonomi")


def one(price: Decimal, kind: pm.Kind = pm.Kind.OBLIGATORY, code: str = "A") -> pm.PriceList:
    service = pm.Service(code, "Tjänst", AREA, kind, "styck")
    revision = pm.Revision("Prislista 2022", pm.Tariff(pm.UnitPrice(price)))
    return pm.PriceList("lista", "Prislista 2022", YEAR, (pm.Price(service, YEAR, (revision,)),))


def figures(tariff: pm.Tariff) -> list[Decimal]:
    seen: list[Decimal] = []

    def see(kronor: Decimal) -> Decimal:
        seen.append(kronor)
        return kronor

    map_kronor(tariff, see)
    return seen


@given(price_lists(), decimals(1, 99, 2), st.sampled_from(["0.01", "0.05", "0.5", "1", "100"]))
def test_every_figure_lands_on_the_grid_within_half_a_step_and_never_higher(
    price_list: pm.PriceList, percent: Decimal, step: str
) -> None:
    lower = pm.reduce_prices(on_grid(price_list, Decimal(step)), percent, round_to=Decimal(step))
    for price in lower.prices:
        if len(price.origin) == 1:
            assert not any(figures(price.tariff))
            continue
        before, after = (revision.tariff for revision in price.origin[-2:])
        for old, new in zip(figures(before), figures(after), strict=True):
            exact = Fraction(old) * (100 - Fraction(percent)) / 100
            assert abs(Fraction(new) - exact) <= Fraction(step) / 2
            assert (Fraction(new) / Fraction(step)).denominator == 1
            assert new <= old


def on_grid(price_list: pm.PriceList, step: Decimal) -> pm.PriceList:
    """The list with every figure a multiple of the step."""
    rounding = pm.Change("till rutnätet", pm.Percent(0, step))
    return pm.derive(price_list, [rounding], id="rutnat", title=price_list.title)


def test_a_reduction_that_rounding_would_turn_into_a_rise_is_refused() -> None:
    with pytest.raises(pm.InvalidError, match=r"0\.0253 till 0\.03, åt fel håll"):
        pm.reduce_prices(one(Decimal("0.0253")), 1)
    assert (
        Decimal("0.0250")
        == figures(pm.reduce_prices(one(Decimal("0.0253")), 1, round_to=Decimal("0.0001")).prices[0].tariff)[
            0
        ]
    )


@pytest.mark.parametrize("step", ["0", "-0.01", "0.00000007", "0.0000015"])
def test_prices_are_rounded_to_what_a_price_can_be(step: str) -> None:
    told = f"round_to\n  {step} är inte ett steg för priser, som har högst sex decimaler"
    with localcontext(prec=3), pytest.raises(pm.InvalidError, match=re.escape(told)):
        pm.Percent(1, step)
    with localcontext(prec=3):
        assert Decimal("1000000.000001") == pm.Percent(1, "1000000.000001").round_to


@given(st.integers(0, 200).map(lambda ore: Decimal(ore).scaleb(-2)))
@example(Decimal("0.50"))
@example(Decimal("0.51"))
def test_one_percent_on_an_ore_grid_leaves_exactly_the_prices_up_to_fifty_ore(price: Decimal) -> None:
    [lowered] = pm.reduce_prices(one(price), 1).prices
    assert (price <= Decimal("0.50")) == (lowered.tariff == one(price).prices[0].tariff)
    if 0 < price <= Decimal("0.50"):
        event("a price that does not move")
        revision = lowered.origin[-1]
        assert revision.exact != revision.tariff  # said, not hidden


def test_a_price_keeps_the_list_each_change_and_the_exact_figure() -> None:
    changes = [
        pm.Change(
            "KF: lägre pris på obligatoriska tjänster", pm.Percent(-1), pm.Selection(kind=pm.Kind.OBLIGATORY)
        ),
        pm.Change(
            "Nytt avtal med leverantören",
            pm.NewPrice(pm.Tariff(pm.UnitPrice("20.5"))),
            pm.Selection(codes=frozenset({"A"})),
        ),
    ]
    derived = pm.derive(one(Decimal("22.40")), changes, id="lista-2023", title="Prislista 2023", span=NEXT)
    [price] = derived.prices
    assert NEXT == price.span
    assert (
        pm.Revision("Prislista 2022", pm.Tariff(pm.UnitPrice("22.40"))),
        pm.Revision(
            "KF: lägre pris på obligatoriska tjänster",
            pm.Tariff(pm.UnitPrice("22.18")),
            Decimal(-1),
            pm.Tariff(pm.UnitPrice("22.176")),
        ),
        pm.Revision("Nytt avtal med leverantören", pm.Tariff(pm.UnitPrice("20.5"))),
    ) == price.origin


@given(price_lists(), st.sampled_from(pm.Kind), st.sampled_from([None, "ekonomi", "lon"]))
def test_a_change_touches_what_it_selects_and_nothing_else(
    price_list: pm.PriceList, kind: pm.Kind, area: str | None
) -> None:
    select = pm.Selection(kind=kind, area=area)
    fixed = pm.Tariff(pm.FixedPrice("123.45"))
    chosen = [
        p.service for p in price_list.prices if p.service.kind is kind and area in (None, p.service.area.code)
    ]
    if not chosen:
        with pytest.raises(pm.InvalidError, match="väljer ingen tjänst"):
            apply(pm.Change("ny", pm.NewPrice(fixed), select), price_list.prices, YEAR)
        return
    changed = apply(pm.Change("ny", pm.NewPrice(fixed), select), price_list.prices, YEAR)
    assert len(price_list.prices) == len(changed)
    for price in changed:
        before = next(p for p in price_list.prices if (p.service, p.span) == (price.service, price.span))
        assert price.tariff == (fixed if price.service in chosen else before.tariff)
    left = apply(pm.Change("bort", pm.Remove(), select), price_list.prices, YEAR)
    assert len(price_list.prices) - len(chosen) == len(left)


@given(price_lists(), services("NY"), tariffs(pm.UnitPrice))
def test_an_added_service_is_in_the_list_once(
    price_list: pm.PriceList, service: pm.Service, tariff: pm.Tariff
) -> None:
    change = pm.Change("Ny tjänst", pm.Add(service, tariff))
    added = pm.derive(price_list, [change], id="ny", title="Ny")
    assert tariff == added.price("NY", YEAR.start).tariff
    assert "Ny tjänst" == added.price("NY", YEAR.start).origin[0].note
    with pytest.raises(pm.InvalidError, match="finns redan"):
        pm.derive(added, [change], id="ny", title="Ny")


@given(price_lists())
def test_what_holds_at_a_lists_end_is_what_the_next_year_starts_from(price_list: pm.PriceList) -> None:
    at_end = {p.service.code: p.tariff for p in price_list.prices if p.span.end == YEAR.end}
    assert at_end == {p.service.code: p.tariff for p in carried(price_list, NEXT)}
    assert {NEXT} >= {p.span for p in carried(price_list, NEXT)}
    assert price_list.prices == carried(price_list, YEAR)
    at_start = {p.service.code: p.tariff for p in price_list.prices if p.span.start == YEAR.start}
    before = pm.Span(YEAR.start + -12, YEAR.start)
    assert at_start == {p.service.code: p.tariff for p in carried(price_list, before)}


def test_selecting_nothing_in_particular_selects_all() -> None:
    assert one(Decimal(1)).services[0] in EVERYTHING
    assert one(Decimal(1)).services[0] not in pm.Selection(codes=frozenset({"B"}))


@pytest.mark.parametrize(
    ("what", "make"),
    [
        ("inte mellan 0 och 100", lambda: pm.reduce_prices(one(Decimal(1)), -1)),
        ("inte mellan 0 och 100", lambda: pm.reduce_prices(one(Decimal(1)), 100)),
        ("lämnar inget pris kvar", lambda: pm.Percent(-100)),
        ("0 är inte ett steg", lambda: pm.Percent(1, "0")),
        (
            "väljer ingen tjänst",
            lambda: pm.reduce_prices(one(Decimal(1)), 1, select=pm.Selection(area="lon")),
        ),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(what: str, make: Any) -> None:
    with pytest.raises(pm.InvalidError, match=what):
        make()


def test_a_reduction_does_not_depend_on_the_callers_decimal_context() -> None:
    with localcontext(Context(prec=2)):
        lowered = pm.reduce_prices(one(Decimal(1000)), "12.345")
    assert [Decimal("876.55")] == figures(lowered.prices[0].tariff)


def test_a_raise_that_rounding_would_turn_into_a_fall_is_refused_too() -> None:
    raised = pm.Change("upp", pm.Percent(1, "1"))
    with pytest.raises(pm.InvalidError, match="åt fel håll"):
        pm.derive(one(Decimal("1.3")), [raised], id="ny", title="Ny")


def test_an_added_service_holds_in_its_own_span_and_the_decision_is_kept() -> None:
    late = pm.Span(pm.Month(2022, 7), YEAR.end)
    service = pm.Service("NY", "Ny", AREA, pm.Kind.SUPPLEMENTARY, "styck")
    add = pm.Change("ny", pm.Add(service, pm.Tariff(pm.UnitPrice(1)), late))
    derived = pm.derive(one(Decimal(1)), [add], id="ny", title="Ny", decision=pm.Decision("Nämnden"))
    assert (late, pm.Decision("Nämnden")) == (derived.by_code["NY"][0].span, derived.decision)


def test_a_scenario_of_a_scenario_is_called_a_scenario_once() -> None:
    twice = pm.reduce_prices(pm.reduce_prices(one(Decimal(1)), 1), 1)
    assert ("lista-scenario", "Prislista 2022, scenario") == (twice.id, twice.title)


def test_a_cost_passed_on_has_no_price_to_change() -> None:
    base = one(Decimal(1))
    cost = attrs.evolve(base.prices[0], origin=(pm.Revision("Lista", pm.Tariff(pm.CostPlusPrice(5))),))
    assert (cost,) == pm.reduce_prices(attrs.evolve(base, prices=(cost,)), 1).prices


@given(price_lists(), st.lists(decimals(-5, 5, 1), min_size=1, max_size=5))
def test_a_chain_from_the_exact_price_is_rounded_once_whatever_its_length(
    price_list: pm.PriceList, percents: list[Decimal]
) -> None:
    try:
        made = pm.derive(
            price_list,
            [pm.Change(f"år {n}", pm.Percent(by, from_exact=True)) for n, by in enumerate(percents)],
            id="kedja",
            title="Kedja",
        )
    except pm.InvalidError as error:  # a raise that falls by its rounding, or the other way
        event(error.what[:30])
        return
    for before, after in zip(price_list.prices, made.prices, strict=True):
        for old, new in zip(figures(before.tariff), figures(after.tariff), strict=True):
            unrounded = Fraction(old)
            for by in percents:
                unrounded *= 1 + Fraction(by) / 100
            assert abs(Fraction(new) - unrounded) <= Fraction(1, 200)


def test_rounding_a_rounded_price_drifts_and_the_exact_one_does_not() -> None:
    def after_ten_years(*, from_exact: bool) -> pm.Price:
        changes = [pm.Change(f"år {n}", pm.Percent(-1, from_exact=from_exact)) for n in range(10)]
        return pm.derive(one(Decimal("0.35")), changes, id="k", title="K").prices[0]

    drifted, exact = (after_ten_years(from_exact=each) for each in (False, True))
    assert ([Decimal("0.35")], [Decimal("0.32")]) == (figures(drifted.tariff), figures(exact.tariff))
    assert Decimal("0.35") * Decimal("0.99") ** 10 == figures(exact.origin[-1].exact or exact.tariff)[0]
    assert drifted.origin[-1].base is None
    assert exact.origin[-2].exact == exact.origin[-1].base


def test_a_new_price_is_what_the_next_percentage_counts_on() -> None:
    changes = [
        pm.Change("sänkt", pm.Percent(-1, from_exact=True)),
        pm.Change("nytt", pm.NewPrice(pm.Tariff(pm.UnitPrice("10")))),
        pm.Change("sänkt igen", pm.Percent(-1, from_exact=True)),
    ]
    price = pm.derive(one(Decimal("22.40")), changes, id="k", title="K").prices[0]
    assert [Decimal("9.9")] == figures(price.tariff)
    assert price.origin[-1].base is None


def test_codes_given_as_a_text_are_refused_since_its_letters_are_no_codes() -> None:
    with pytest.raises(pm.InvalidError, match="'EKO-LEV' är en text, inte flera koder"):
        pm.Selection(codes="EKO-LEV")
    with pytest.raises(pm.InvalidError, match="'OLD' är en text"):
        pm.Service("A", "A", AREA, pm.Kind.OBLIGATORY, "st", replaces="OLD")


def test_a_kind_may_be_named_as_in_the_file() -> None:
    assert pm.Selection(kind=pm.Kind.OBLIGATORY) == pm.Selection(kind="obligatory")
    with pytest.raises(pm.InvalidError, match=r"obligatorisk är inte ett slag; menade du 'obligatory'\?"):
        pm.Selection(kind="obligatorisk")


@pytest.mark.parametrize("percent", ["-1", "-1.25", "-1.0078"])
def test_a_chain_from_the_exact_price_has_no_end(percent: str) -> None:
    changes = [pm.Change(f"år {n}", pm.Percent(percent, from_exact=True)) for n in range(60)]
    made = pm.derive(one(Decimal("22.40")), changes, id="k", title="K")
    left = Fraction("22.4") * (1 + Fraction(percent) / 100) ** 60
    assert abs(Fraction(figures(made.prices[0].tariff)[0]) - left) <= Fraction(1, 200)
    assert made == pm.parse_price_list(pm.render(made, "toml"))


def test_a_price_on_the_other_side_of_its_exact_value_says_what_to_do() -> None:
    whole = pm.derive(one(Decimal("22.60")), [pm.Change("hela kronor", pm.Percent(-1, 1))], id="a", title="A")
    lower = pm.Change("lägre", pm.Percent("-0.1", from_exact=True))
    with pytest.raises(
        pm.InvalidError, match=r"A: avrundat till 0\.01 kr går 22 till 22\.35, åt fel håll; räkna på"
    ):
        pm.derive(whole, [lower], id="b", title="B")
