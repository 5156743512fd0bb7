"""Rating the same volumes by many price lists, and services that replace others."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from prismodell.testing import YEAR, Case, cases, check_issued, check_rating, price_lists, tariffs

AREA = pm.Area("ekonomi", "Ekonomi")
REGISTER = pm.Register((pm.Customer("K", "Kund", pm.CustomerType.COMPANY),))


def priced(code: str, price: str, span: pm.Span = YEAR, replaces: tuple[str, ...] | None = None) -> pm.Price:
    service = pm.Service(code, f"Tjänst {code}", AREA, pm.Kind.OBLIGATORY, "styck", replaces=replaces)
    return pm.Price(service, span, (pm.Revision("Prislista", pm.Tariff(pm.UnitPrice(price))),))


def listed(*prices: pm.Price) -> pm.PriceList:
    return pm.PriceList("lista", "Prislista 2022", YEAR, prices)


def row(service: str, month: int, quantity: int, reference: str = "") -> pm.Volume:
    return pm.Volume("K", service, pm.Month(2022, month), Decimal(quantity), "system", reference)


@fewer(2)
@given(cases(most=15), st.data())
def test_a_scenario_is_what_the_one_rating_function_gives(case: Case, data: st.DataObject) -> None:
    scenarios = pm.Scenarios(case.volumes, case.price_list, case.register)
    assert case.rate() == scenarios.base
    for _ in range(2):
        other = data.draw(st.one_of(price_lists(), st.just(case.price_list), changed(case.price_list)))
        assert pm.rate(case.volumes, other, case.register) == scenarios.rate(other)


@st.composite
def changed(draw: st.DrawFn, price_list: pm.PriceList) -> pm.PriceList:
    """The list with another tariff for some of its prices."""
    prices = []
    for price in price_list.prices:
        other = attrs.evolve(price, origin=(*price.origin, pm.Revision("scenario", draw(tariffs()))))
        prices.append(draw(st.sampled_from([price, other])))
    return attrs.evolve(price_list, title="Scenario", prices=tuple(prices))


def test_only_the_lines_whose_price_changed_are_made_again() -> None:
    prices = listed(priced("A", "10"), priced("B", "20"))
    scenarios = pm.Scenarios(pm.Volumes([row("A", 1, 3), row("B", 1, 4)]), prices, REGISTER)
    dearer = pm.derive(
        prices,
        [pm.Change("B", pm.NewPrice(pm.Tariff(pm.UnitPrice("21"))), pm.Selection(codes=frozenset("B")))],
        id="s",
        title="S",
    )
    kept, made = scenarios.rate(dearer).lines
    assert scenarios.base.lines[0] is kept
    assert Decimal("84.00") == made.amount


@fewer(2)
@given(cases(most=15), st.data())
def test_volumes_on_replaced_codes_are_rated_as_if_they_had_been_reported_on_the_new_one(
    case: Case, data: st.DataObject
) -> None:
    """The oracle writes the new code on the rows."""
    services = case.price_list.services
    heir = data.draw(st.sampled_from(services)).code
    spans = [price.span for price in case.price_list.by_code[heir]]
    replacing = attrs.evolve(
        case.price_list,
        prices=tuple(
            attrs.evolve(each, service=attrs.evolve(each.service, replaces=("X-1", "X-2")))
            if each.service.code == heir
            else each
            for each in case.price_list.prices
        ),
    )
    old = st.sampled_from([heir, "X-1", "X-2"])
    rows = [
        attrs.evolve(each, service=data.draw(old))
        if each.service == heir and any(each.month in span for span in spans)
        else each
        for each in case.volumes
    ]
    volumes = pm.Volumes(rows)
    rating = pm.rate(volumes, replacing, case.register)
    check_rating(volumes, rating)
    renamed = pm.Volumes(
        attrs.evolve(each, service=heir) if each.service.startswith("X-") else each for each in rows
    )
    if not volumes.conflicts and not renamed.conflicts:
        expected = pm.rate(renamed, replacing, case.register)
        assert [(x.key, x.amount, x.quantity) for x in expected.lines] == [
            (x.key, x.amount, x.quantity) for x in rating.lines
        ]
        assert [(x.key, x.reason) for x in expected.unrated] == [(x.key, x.reason) for x in rating.unrated]
        assert expected.account == rating.account


def test_sums_that_meet_on_one_code_are_one_line_with_all_their_rows() -> None:
    volumes = pm.Volumes([row("A", 1, 3), row("B", 1, 4), row("B", 1, -1)])
    rating = pm.rate(volumes, listed(priced("AB", "10", replaces=("A", "B"))), REGISTER)
    (line,) = rating.lines
    assert ("AB", Decimal(6), Decimal("60.00"), 3, 1) == (
        line.price.service.code, line.quantity, line.amount, line.entry.rows, line.entry.credits,
    )  # fmt: skip
    assert [(3, Decimal(6))] == [(each.rows, each.quantity) for each in line.entry.provenance]


def test_a_service_can_replace_another_from_the_middle_of_a_year() -> None:
    early, late = pm.Span(YEAR.start, pm.Month(2022, 7)), pm.Span(pm.Month(2022, 7), YEAR.end)
    prices = listed(priced("A", "10", early), priced("AB", "8", late, ("A",)))
    rating = pm.rate(pm.Volumes([row("A", 6, 1), row("A", 7, 1)]), prices, REGISTER)
    expected = {("A", 6): Decimal("10.00"), ("AB", 7): Decimal("8.00")}
    assert expected == {(line.price.service.code, line.month.number): line.amount for line in rating.lines}
    assert "AB" == prices.price("A", pm.Month(2022, 7)).service.code


def test_a_conflict_on_a_replaced_code_holds_back_the_line_of_the_new_one() -> None:
    rows = [row("A", 1, 3, "r1"), row("A", 1, 4, "r1"), row("B", 1, 5, "r2")]
    rating = pm.rate(pm.Volumes(rows), listed(priced("AB", "10", replaces=("A", "B"))), REGISTER)
    assert {("K", code, pm.Month(2022, 1)) for code in ("A", "B", "AB")} == rating.waiting
    issued = pm.issue(rating, pm.Month(2022, 1), REGISTER, unrated="bill")
    check_issued(rating, issued, pm.Month(2022, 1))
    assert () == issued


def test_a_subscription_on_a_replaced_code_is_no_obstacle() -> None:
    register = attrs.evolve(REGISTER, subscriptions=(pm.Subscription("K", "A", YEAR),))
    volumes = register.subscribed(YEAR.start)
    rating = pm.rate(volumes, listed(priced("AB", "10", replaces=("A",))), register)
    assert () == pm.obstacles(rating, YEAR.start, register)


@pytest.mark.parametrize(
    ("prices", "problem"),
    [
        ([("A", None), ("AB", ("A",))], "rapporteras på A har två priser samtidigt, i A och AB"),
        ([("AB", ("X",)), ("CD", ("X",))], "rapporteras på X har två priser samtidigt, i AB och CD"),
    ],
)
def test_two_prices_for_one_reported_code_are_refused(
    prices: list[tuple[str, tuple[str, ...] | None]], problem: str
) -> None:
    with pytest.raises(pm.InvalidError, match=problem):
        listed(*(priced(code, "10", replaces=replaces) for code, replaces in prices))


def test_a_service_does_not_replace_itself() -> None:
    with pytest.raises(pm.InvalidError, match="A ersätter sig själv"):
        priced("A", "10", replaces=("A",))


def test_a_list_with_replaced_codes_is_read_back_as_written() -> None:
    prices = listed(priced("AB", "10", replaces=("B", "A")))
    text = pm.render(prices, "toml")
    assert 'replaces = ["A", "B"]' in text
    assert prices == pm.parse_price_list(text)


def test_a_years_tiers_count_on_from_the_codes_that_a_service_replaced() -> None:
    tiers = pm.GraduatedPrice((pm.Tier("10", 50), pm.Tier("1")), "year")
    early, late = pm.Span(YEAR.start, pm.Month(2022, 7)), pm.Span(pm.Month(2022, 7), YEAR.end)
    origin = (pm.Revision("Prislista", pm.Tariff(tiers)),)
    dated = [priced("A", "10", early), priced("AB", "10", late, ("A",))]
    prices = listed(*(attrs.evolve(each, origin=origin) for each in dated))
    volumes = pm.Volumes([row("A", month, 10) for month in range(1, 13)])
    assert Decimal("570.00") == pm.rate(volumes, prices, REGISTER).total


def test_what_waits_on_the_new_code_is_not_credited_on_the_old_one() -> None:
    january = pm.Month(2022, 1)
    volumes = pm.Volumes([row("A", 1, 10)])
    issued = pm.issue(pm.rate(volumes, listed(priced("A", "10")), REGISTER), january, REGISTER)
    clashing = pm.Volumes([row("A", 1, 10, "r"), row("A", 1, 11, "r")])
    rating = pm.rate(clashing, listed(priced("AB", "12", replaces=("A",))), REGISTER)
    assert () == pm.issue(rating, january, REGISTER, issued, unrated="bill")


def test_subscriptions_that_meet_in_one_service_do_not_hide_each_other() -> None:
    both = (pm.Subscription("K", "A", YEAR), pm.Subscription("K", "B", YEAR))
    register = attrs.evolve(REGISTER, subscriptions=both)
    one = attrs.evolve(register, subscriptions=both[:1]).subscribed(YEAR.start)
    prices = listed(priced("AB", "10", replaces=("A", "B")))
    missing = pm.obstacles(pm.rate(one, prices, register), YEAR.start, register)
    assert 2 == len(missing)  # which of the two is missing, nobody can tell
    assert () == pm.obstacles(
        pm.rate(register.subscribed(YEAR.start), prices, register), YEAR.start, register
    )


def test_an_agreement_on_a_replaced_code_is_an_obstacle_from_the_month_it_is_replaced() -> None:
    early, late = pm.Span(YEAR.start, pm.Month(2022, 7)), pm.Span(pm.Month(2022, 7), YEAR.end)
    own = pm.Agreement("K", "A", YEAR, tariff=pm.Tariff(pm.UnitPrice("5")))
    register = attrs.evolve(REGISTER, agreements=(own,))
    prices = listed(priced("A", "10", early), priced("AB", "12", late, ("A",)))
    rating = pm.rate(pm.Volumes([row("A", 6, 10), row("A", 7, 10)]), prices, register)
    assert () == pm.obstacles(rating, pm.Month(2022, 6), register)
    (found,) = pm.obstacles(rating, pm.Month(2022, 7), register)
    assert "AB ersätter tjänsten 2022-07, så avtalet har ingen verkan" == found.problem.what


def test_a_source_that_went_over_to_the_new_code_is_not_silent() -> None:
    early, late = pm.Span(YEAR.start, pm.Month(2022, 7)), pm.Span(pm.Month(2022, 7), YEAR.end)
    prices = listed(priced("A", "10", early), priced("AB", "12", late, ("A",)))
    rows = [row("A", 5, 1), row("A", 6, 1), attrs.evolve(row("AB", 7, 1), source="nytt system")]
    rating = pm.rate(pm.Volumes(rows), prices, REGISTER)
    assert () == pm.obstacles(rating, pm.Month(2022, 7), REGISTER)


def test_a_gap_that_another_service_fills_is_no_gap() -> None:
    months = [pm.Span(pm.Month(2022, a), pm.Month(2022, b)) for a, b in ((1, 7), (7, 9))]
    last = pm.Span(pm.Month(2022, 9), YEAR.end)
    text = pm.render(
        listed(priced("A", "10", months[0]), priced("N", "11", months[1], ("A",)), priced("A", "10", last)),
        "toml",
    )
    assert () == pm.parse_price_list(text).notices


def test_the_customer_is_told_what_the_service_replaces() -> None:
    rating = pm.rate(pm.Volumes([row("A", 1, 3)]), listed(priced("AB", "10", replaces=("A", "B"))), REGISTER)
    assert "ersätter: A och B" in rating.lines[0].explain()
