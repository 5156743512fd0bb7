"""
Where features meet: what each does right alone must also be right beside the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

import attrs
import pytest

import prismodell as pm

AREA = pm.Area("a", "Område")
DAYS = 1000
SHARED = pm.Tariff(pm.SharedPrice(Decimal(DAYS), "month"))
LADDER = pm.Tariff(pm.GraduatedPrice((pm.Tier(Decimal(10), Decimal(100)), pm.Tier(Decimal(1))), "year"))


def month(number: int) -> pm.Month:
    return pm.Month(2022, number)


def listed(
    first: int = 1, last: int = 12, replaces: tuple[str, ...] = (), **tariffs: pm.Tariff
) -> pm.PriceList:
    """
    A price list of some months of 2022, the last of whose services replaces the codes that are named.
    """
    span = pm.Span(month(first), month(last) + 1)
    title, codes = f"lista-{first}-{last}", [*tariffs]
    services = [
        pm.Service(code, code, AREA, pm.Kind.OBLIGATORY, "st", replaces=replaces if code == codes[-1] else ())
        for code in codes
    ]
    prices = (
        pm.Price(service, span, (pm.Revision(title, tariff),))
        for service, tariff in zip(services, tariffs.values(), strict=True)
    )
    return pm.PriceList(title, title, span, tuple(prices))


def unit(kronor: int) -> pm.Tariff:
    return pm.Tariff(pm.UnitPrice(Decimal(kronor)))


def registered(*customers: str, subscribed: Iterable[tuple[str, str]] = ()) -> pm.Register:
    return pm.Register(
        tuple(pm.Customer(each, each, pm.CustomerType.ADMINISTRATION) for each in customers),
        subscriptions=tuple(
            pm.Subscription(customer, service, pm.Span(month(1), None)) for customer, service in subscribed
        ),
    )


def row(
    customer: str, service: str, number: int, quantity: int, source: str = "s", *, ref: str = ""
) -> pm.Volume:
    return pm.Volume(customer, service, month(number), Decimal(quantity), source, ref)


AB = registered("A", "B")


def amounts(documents: Iterable[pm.Underlag]) -> dict[str, Decimal]:
    return {each.customer.code: each.net for each in documents}


def month_by_month(rating: pm.Rating, register: pm.Register, last: int) -> Iterator[tuple[pm.Underlag, ...]]:
    issued: tuple[pm.Underlag, ...] = ()
    for number in range(1, last + 1):
        yield (now := pm.issue(rating, month(number), register, issued))
        issued += now


# A cost that is shared with a customer who pays twelfths

PLAN = pm.rate(pm.Volumes([row("A", "D", 1, 12), row("B", "D", 1, 12)]), listed(D=SHARED), AB)
TWELFTHS = pm.preliminary(PLAN, ["A"])


@pytest.mark.parametrize(
    "of_a",
    [
        [row("A", "D", 1, 50, ref="1"), row("A", "D", 1, 60, ref="1")],
        [row("A", "D", 1, -50)],
    ],
    ids=["in conflict", "unrated"],
)
def test_what_is_not_known_of_one_on_twelfths_stops_those_who_share_its_cost(of_a: list[pm.Volume]) -> None:
    actual = pm.rate(pm.Volumes([*of_a, row("B", "D", 1, 50, ref="2")]), listed(D=SHARED), AB)
    for rating in (actual, pm.reconcile(actual, TWELFTHS).rating):
        assert {"A", "B"} == {each.customer for each in pm.obstacles(rating, month(1), AB)}
        assert () == pm.issue(rating, month(1), AB, unrated="hold")


@pytest.mark.parametrize("twelfths", [True, False])
def test_a_source_that_is_silent_about_one_stops_those_who_share_its_cost(twelfths: bool) -> None:  # noqa: FBT001 - a parameter
    prices = listed(D=SHARED)
    rows = [row(each, "D", number, 50, f"källa {each}") for each in "AB" for number in (1, 2, 3)]

    def rating(rows: list[pm.Volume], issued: tuple[pm.Underlag, ...]) -> pm.Rating:
        actual = pm.rate(pm.Volumes(rows), prices, AB)
        return pm.reconcile(actual, TWELFTHS, issued).rating if twelfths else actual

    two = rating(rows, ())
    issued = pm.issue(two, month(1), AB)
    issued += pm.issue(rating(rows, issued), month(2), AB, issued)
    silent = [each for each in rows if (each.customer, each.month) != ("A", month(3))]
    found = pm.obstacles(rating(silent, issued), month(3), AB, issued)
    assert {("A", "källa källa A 2022-03"), ("B", "källa källa A 2022-03")} == {
        (each.customer, each.problem.place) for each in found
    }
    assert {"A", "B"} == amounts(pm.issue(rating(rows, issued), month(3), AB, issued)).keys()


def test_one_who_shares_with_nobody_but_twelfths_is_not_waited_for() -> None:
    prices, both = listed(D=SHARED), pm.preliminary(PLAN)
    rows = [row(each, "D", number, 50, f"källa {each}") for each in "AB" for number in (1, 2)]
    actual = pm.rate(pm.Volumes([*rows, row("B", "D", 3, 50, "källa B")]), prices, AB)
    assert () == pm.obstacles(pm.reconcile(actual, both).rating, month(3), AB)


# Other things that are there, but not where they are looked for


def test_a_subscription_that_is_paid_by_twelfths_is_among_the_volumes() -> None:
    register = registered("A", subscribed=[("A", "X")])
    prices = listed(X=unit(10))
    twelfths = pm.preliminary(pm.rate(pm.Volumes([row("A", "X", 1, 1200)]), prices, register))
    volumes = pm.Volumes([row("A", "X", 1, 90)])
    merged = pm.rate(volumes.merge(register.subscribed(month(1))), prices, register)
    assert {"A": Decimal(1000)} == amounts(
        pm.issue(pm.reconcile(merged, twelfths).rating, month(1), register)
    )
    alone = pm.reconcile(pm.rate(volumes, prices, register), twelfths).rating
    (missing,) = pm.obstacles(alone, month(1), register)
    assert "abonnemang A X 2022-01" == missing.problem.place


def test_a_number_that_was_passed_over_is_an_underlag_that_was_forgotten() -> None:
    rating = pm.rate(
        pm.Volumes([row("A", "X", number, 100) for number in (1, 2, 3, 4)]), listed(X=unit(10)), AB
    )
    one, two, three = (each for (each,) in month_by_month(rating, AB, 3))
    (found,) = pm.obstacles(rating, month(4), AB, [one, three])
    assert ("A", "underlag A-2022-002") == (found.customer, found.problem.place)
    with pytest.raises(pm.IssueError, match="annars faktureras det igen"):
        pm.issue(rating, month(4), AB, [three, one])
    taken_over = [
        attrs.evolve(each, number=f"A-2022-{place:03}") for place, each in enumerate((two, three), 7)
    ]
    assert () == pm.obstacles(rating, month(4), AB, taken_over)
    assert {"A": Decimal(1000)} == amounts(pm.issue(rating, month(4), AB, [three, one, two]))
    own = [attrs.evolve(each, number=f"F-{place}") for place, each in enumerate((one, three), 7)]
    assert () == pm.obstacles(rating, month(4), AB, own)


def test_a_years_ladder_is_not_started_again_by_the_years_second_list() -> None:
    lists = [listed(1, 6, X=LADDER), listed(7, 12, X=LADDER)]
    rows = [row("A", "X", number, 100) for number in range(1, 8)]
    whole = pm.rate(pm.Volumes(rows), lists, AB)
    issued = tuple(each for document in month_by_month(whole, AB, 6) for each in document)
    assert {"A": Decimal(100)} == amounts(pm.issue(whole, month(7), AB, issued))
    alone = pm.rate(pm.Volumes(rows[6:]), lists[1], AB)
    assert Decimal(1000) == alone.total
    found = pm.obstacles(alone, month(7), AB, issued)
    assert [f"underlag A-2022-00{number}" for number in range(1, 7)] == [each.problem.place for each in found]
    by_unit = pm.rate(pm.Volumes(rows[6:]), listed(7, 12, X=unit(1)), AB)
    assert () == pm.obstacles(by_unit, month(7), AB, issued)


# Services that replace others


def test_what_cannot_be_charged_is_told_under_the_codes_that_were_reported() -> None:
    prices, register = listed(replaces=("OLD-1", "OLD-2"), NEW=unit(10)), registered("A")
    rows = [row("A", "OLD-1", 1, 5, ref="1"), row("A", "OLD-2", 1, 5, ref="1"), row("X", "OLD-1", 1, 7)]
    rating = pm.rate(pm.Volumes(rows), prices, register)
    (conflict,), (unrated,) = rating.conflicts, rating.unrated
    assert "A OLD-1 2022-01 5, s: A OLD-2 2022-01 5" in conflict.problem.what
    assert {("A", "NEW", month(1))} == conflict.keys
    assert "X NEW (ersätter OLD-1 och OLD-2) 2022-01, 7 i 1 rad" == unrated.problem.place


def test_a_plan_stands_in_for_a_source_of_the_code_that_was_replaced() -> None:
    lists = [listed(1, 6, OTHER=unit(1), OLD=unit(10)), listed(7, 12, ("OLD",), OTHER=unit(1), NEW=unit(11))]
    rows = [row("A", "OLD", number, 100, "eko") for number in range(1, 7)]
    rows += [row("A", "OTHER", number, 1, "tid") for number in range(1, 8)]
    plan = pm.rate(pm.Volumes([row("A", "OLD", number, 100) for number in range(1, 13)]), lists, AB)
    for register in (AB, registered("A", "B", subscribed=[("B", "OLD")])):
        volumes = pm.Volumes(rows).merge(register.subscribed(month(1), month(7)))
        found = pm.accrue(pm.rate(volumes, lists, register), (), month(7), plan)
        assert {"NEW": Decimal(1100)} == {
            each.service.code: each.estimated for each in found.lines if each.estimated
        }
        assert () == found.unknown


def test_a_subscription_is_no_report_of_what_others_have_had() -> None:
    register, prices = registered("A", "B", subscribed=[("B", "X")]), listed(X=unit(10))
    plan = pm.rate(pm.Volumes([row("A", "X", 1, 500)]), prices, register)
    subscribed = pm.rate(register.subscribed(month(1)), prices, register)
    found = pm.accrue(subscribed, (), month(1), plan)
    assert {"A": Decimal(5000)} == {
        each.customer.code: each.estimated for each in found.lines if each.estimated
    }


def test_a_rename_in_the_middle_of_last_year_is_no_service_that_ended() -> None:
    before = [listed(1, 6, OLD=unit(10)), listed(7, 12, ("OLD",), NEW=unit(10))]
    after = attrs.evolve(listed(1, 12, ("OLD",), NEW=unit(11)), id="efter")
    volumes = pm.Volumes([row("A", "OLD", number, 10) for number in range(1, 13)])
    a_year_on = pm.derive(after, [], id="efter", title="Efter", span=pm.Span(month(12) + 1, month(12) + 13))
    now = pm.rate(pm.shift(volumes, 1), a_year_on, AB)
    for lists in (before, [listed(1, 12, OLD=unit(10))]):
        effects = pm.explain_variance(pm.rate(volumes, lists, AB), now, AB).total
        assert [120, 0, 0] == [*map(int, (effects.price, effects.new, effects.ended))]


# What is planned, what is in the register and what is delivered


def test_the_earlier_forecasts_planned_prices_are_its_own() -> None:
    first, second = listed(X=unit(10)), attrs.evolve(listed(X=unit(20)), id="dyrare")
    history = pm.Volumes(
        pm.Volume("A", "X", pm.Month(year, number), Decimal(100), "s")
        for year in (2019, 2020, 2021, 2022)
        for number in range(1, 13 if year < 2022 else 9)
    )
    july, november = ([pm.Switch(second, month(number))] for number in (7, 11))
    before = pm.forecast(history, 2022, month(4), price_list=first, changes=july)
    for changes, worth in (([], 12_000), (july, 18_000), (november, 14_000)):
        after = pm.forecast(history, 2022, month(8), price_list=first, changes=changes)
        moved = pm.explain_vintages(before, after, pm.price_lists(first, changes), AB).total
        assert [18_000, worth, worth - 18_000] == [*map(int, (moved.before, moved.after, moved.price))]


@pytest.mark.parametrize("change", [pm.Leave("A", month(9), "B"), pm.Leave("A", month(7))])
def test_a_plan_does_not_gainsay_the_register_about_who_leaves_and_when(change: pm.Leave) -> None:
    ended = attrs.evolve(AB.customers[0], span=pm.Span(pm.Month(1, 1), month(7)), successor="B")
    register = attrs.evolve(AB, customers=(ended, AB.customers[1]))
    history = pm.Volumes([row("A", "X", number, 100) for number in (1, 2, 3, 4)])
    with pytest.raises(pm.InputError, match="kundregistret säger A slutar från och med 2022-07; B tar över"):
        pm.forecast(history, 2022, month(4), register=register, changes=[change])
    told = pm.forecast(history, 2022, month(4), register=register, changes=[pm.Leave("A", month(7), "B")])
    assert told.customers == pm.forecast(history, 2022, month(4), register=register).customers


def test_a_subscription_that_goes_on_after_its_customer_is_asked_for() -> None:
    ended = attrs.evolve(AB.customers[0], span=pm.Span(pm.Month(1, 1), month(2)), successor="B")
    register = registered("A", "B", subscribed=[("A", "X")])
    register = attrs.evolve(register, customers=(ended, AB.customers[1]))
    prices = listed(X=unit(10))

    def found(register: pm.Register, number: int) -> list[tuple[str, str]]:
        rating = pm.rate(register.subscribed(month(1), month(number)), prices, register)
        return [(each.customer, each.problem.place) for each in pm.obstacles(rating, month(number), register)]

    assert [] == found(register, 1)
    assert [("B", "abonnemang A X 2022-02")] == found(register, 2)
    mine, own = register.subscriptions[0], pm.Subscription("B", "X", pm.Span(month(2), None))
    assert [] == found(attrs.evolve(register, subscriptions=(mine, own)), 2)
    closed = attrs.evolve(mine, span=pm.Span(month(1), month(2)))
    assert [] == found(attrs.evolve(register, subscriptions=(closed,)), 2)


def test_what_is_settled_and_what_is_not_is_accrued_alike() -> None:
    prices = listed(X=unit(10))
    twelfths = pm.preliminary(pm.rate(pm.Volumes([row("A", "X", 1, 1200)]), prices, AB))
    actual = pm.rate(pm.Volumes([row("A", "X", 1, 250)]), prices, AB)
    reconciled = pm.reconcile(actual, twelfths).rating
    issued = pm.issue(reconciled, month(1), AB)
    assert Decimal(1500) == pm.accrue(actual, issued, month(1)).accrued
    assert pm.accrue(actual, issued, month(1)) == pm.accrue(reconciled, issued, month(1))


def test_an_outlook_of_what_is_in_conflict_is_refused_as_a_report_is() -> None:
    rows = [row("A", "X", number, 100, ref=str(number)) for number in (1, 2, 3, 4)]
    forecast = pm.forecast(pm.Volumes([*rows, row("A", "X", 3, 60, ref="3")]), 2022, month(4))
    rating = pm.rate(forecast.volumes, listed(X=unit(10)), AB)
    with pytest.raises(pm.InvalidError, match="rader är i konflikt, först s 3"):
        pm.outlook(forecast, rating)


def test_one_that_has_not_started_has_no_part_of_what_the_others_are_expected_to_have() -> None:
    started = attrs.evolve(AB.customers[1], span=pm.Span(month(7), None))
    register, prices = attrs.evolve(AB, customers=(AB.customers[0], started)), listed(X=unit(10))
    budget = pm.Volumes(
        row(each, "X", number, 100) for each in "AB" for number in range(1, 13) if each == "A" or number >= 7
    )
    made = pm.forecast(pm.Volumes(), 2022, month(1) - 1, budget=budget, register=register, price_list=prices)
    rating = pm.rate(made.volumes, prices, register)
    assert (Decimal(18_000), ()) == (pm.outlook(made, rating).total.year, rating.unrated)
    assert {month(7)} == {min(line.month for line in rating.lines if line.customer.code == "B")}


# The turn of the year, with a plan for each


LISTS = [
    listed(X=unit(10)),
    pm.derive(listed(X=unit(11)), [], id="p23", title="2023", span=pm.Span(month(12) + 1, month(12) + 13)),
]
FIRST, JANUARY = pm.Month(2022, 12), pm.Month(2023, 1)
PLANS = [
    pm.preliminary(pm.rate(pm.Volumes([pm.Volume("A", "X", month(1) + ahead, Decimal(1200))]), LISTS, AB))
    for ahead in (0, 12)
]


def year_and_a_month(*more: pm.Volume) -> pm.Rating:
    rows = [pm.Volume(each, "X", month(1) + ahead, Decimal(90), "s") for each in "AB" for ahead in range(13)]
    return pm.rate(pm.Volumes([*rows, *more]), LISTS, AB)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_years_plans_are_each_of_their_own_year(order: tuple[int, int]) -> None:
    actual = year_and_a_month()
    both = actual
    for each in order:
        both = pm.reconcile(both, PLANS[each]).rating
    assert actual.lines == both.delivered
    own = [line for line in both.lines if line.customer.code == "A"]
    assert [Decimal(1000)] * 12 + [Decimal(1100)] * 12 == [line.amount for line in own]


@pytest.mark.parametrize("threshold", [0, 100_000])
def test_last_year_stays_as_it_was_when_this_years_plan_is_laid_in(threshold: int) -> None:
    actual = year_and_a_month()
    settled = pm.reconcile(actual, PLANS[0], (), FIRST).rating
    issued = pm.issue(settled, FIRST, AB)
    assert {"A": Decimal(10_800), "B": Decimal(10_800)} == amounts(issued)
    late = year_and_a_month(pm.Volume("A", "X", FIRST, Decimal(7), "s", "sen"))
    for rating in (late, pm.reconcile(late, PLANS[0], issued, FIRST).rating):
        now = pm.reconcile(rating, PLANS[1], issued, None, Decimal(threshold)).rating
        assert {"A": Decimal(1100 + 70), "B": Decimal(990)} == amounts(pm.issue(now, JANUARY, AB, issued))


def test_one_who_leaves_the_twelfths_pays_for_what_it_has_next_year() -> None:
    rating = pm.reconcile(year_and_a_month(), PLANS[0], (), FIRST).rating
    assert {"A": Decimal(10_800 + 990), "B": Decimal(10_800 + 990)} == amounts(pm.issue(rating, JANUARY, AB))


def test_what_is_in_conflict_this_year_is_not_lost_when_last_year_is_settled() -> None:
    clash = [pm.Volume("A", "X", JANUARY, Decimal(each), "s", "1") for each in (100, 130)]
    whole = pm.Volumes(
        [
            *(
                pm.Volume(each, "X", month(1) + ahead, Decimal(90), "s")
                for each in "AB"
                for ahead in range(12)
            ),
            pm.Volume("B", "X", JANUARY, Decimal(90), "s"),
            *clash,
        ]
    )
    rating = pm.reconcile(pm.rate(whole, LISTS, AB), PLANS[0], (), FIRST).rating
    assert () == pm.obstacles(pm.reconcile(rating, PLANS[1]).rating, JANUARY, AB)  # it pays its twelfth
    (found,) = pm.obstacles(pm.reconcile(rating, PLANS[1], (), JANUARY).rating, JANUARY, AB)
    assert ("A", "s 1") == (found.customer, found.problem.place)


def test_what_is_in_conflict_is_told_of_deliveries_whoever_pays_twelfths() -> None:
    clash = [row("A", "X", 2, each, ref="1") for each in (100, 130)]
    actual = pm.rate(pm.Volumes([row("A", "X", 1, 90), row("B", "X", 2, 1), *clash]), LISTS, AB)
    reconciled = pm.reconcile(actual, PLANS[0]).rating
    issued = pm.issue(reconciled, month(2), AB)
    assert {"A": Decimal(2000), "B": Decimal(10)} == amounts(issued)
    assert actual.conflicts == reconciled.conflicts
    found = pm.accrue(reconciled, issued, month(2))
    assert [each.problem for each in actual.conflicts] == [*found.unknown]
    assert found == pm.accrue(actual, issued, month(2))


# What only seems to be wrong


def test_one_with_a_price_of_its_own_does_not_stop_those_who_share_without_it() -> None:
    own = pm.Agreement("A", "D", pm.Span(month(1), month(12)), tariff=unit(3))
    register = attrs.evolve(AB, agreements=(own,))
    rows = [row(each, "D", number, 50, f"källa {each}") for each in "AB" for number in (1, 2, 3)]
    silent = [each for each in rows if (each.customer, each.month) != ("A", month(3))]
    rating = pm.rate(pm.Volumes(silent), listed(D=SHARED), register)
    assert ["A"] == [each.customer for each in pm.obstacles(rating, month(3), register)]


def test_a_ladder_is_not_missed_in_months_after_it_or_by_twelfths() -> None:
    lists = [listed(1, 6, X=LADDER), listed(7, 12, X=LADDER)]
    rows = [row("A", "X", number, 100) for number in range(1, 9)]
    whole = pm.rate(pm.Volumes(rows), lists, AB)
    issued = tuple(each for document in month_by_month(whole, AB, 8) for each in document)
    corrected = pm.rate(pm.Volumes([*rows[:6], row("A", "X", 3, 5)]), lists[0], AB)
    assert {"A": Decimal(5)} == amounts(pm.issue(corrected, month(6), AB, issued))
    plan = pm.preliminary(pm.rate(pm.Volumes([row("A", "X", 7, 100)]), lists[1], AB))
    january = pm.issue(pm.rate(pm.Volumes(rows[:1]), lists[0], AB), month(1), AB)
    twelfths = pm.reconcile(pm.rate(pm.Volumes(rows[6:7]), lists[1], AB), plan).rating
    assert () == pm.obstacles(twelfths, month(7), AB, january)


def test_a_new_list_that_says_nothing_of_a_rename_does_not_undo_it() -> None:
    before = listed(OLD=unit(10))
    after = [
        pm.derive(listed(replaces=codes, NEW=unit(11)), [], id=name, title=name, span=span)
        for name, codes, span in (
            ("n1", ("OLD",), pm.Span(month(12) + 1, month(12) + 7)),
            ("n7", (), pm.Span(month(12) + 7, month(12) + 13)),
        )
    ]
    old = pm.Volumes([row("A", "OLD", number, 10) for number in range(1, 13)])
    new = pm.Volumes([pm.Volume("A", "NEW", month(12) + number, Decimal(10)) for number in range(1, 13)])
    effects = pm.explain_variance(pm.rate(old, before, AB), pm.rate(new, after, AB), AB).total
    assert [120, 0, 0] == [*map(int, (effects.price, effects.new, effects.ended))]


def test_what_nobody_can_have_between_two_customers_is_nobody_elses() -> None:
    ends = attrs.evolve(AB.customers[0], span=pm.Span(pm.Month(1, 1), month(7)), successor="B")
    starts = attrs.evolve(AB.customers[1], span=pm.Span(month(9), None))
    (other,) = registered("C").customers
    register = pm.Register((ends, starts, other))
    history = pm.Volumes(
        pm.Volume(each, "X", pm.Month(year, number), Decimal(100), "s")
        for each in "AC"
        for year in (2019, 2020, 2021, 2022)
        for number in range(1, 13 if year < 2022 else 5)
    )
    made = pm.forecast(history, 2022, month(4), register=register)
    july = {customer: made.by("customer", "month")[customer, month(7)] for customer in "BC"}
    assert {"B": Decimal(100), "C": Decimal(100)} == july


def test_a_customer_of_its_own_is_expected_from_its_first_day() -> None:
    started = attrs.evolve(AB.customers[1], span=pm.Span(month(7), None))
    register = attrs.evolve(AB, customers=(AB.customers[0], started))
    budget = pm.Volumes(row("B", "X", number, 100) for number in range(1, 13))
    made = pm.forecast(pm.Volumes(), 2022, month(1) - 1, budget=budget, register=register)
    assert [0] * 6 + [100] * 6 == [*map(int, made.service("X").expected)]
    assert "inte kund" in made.service("X").explain()


def test_what_is_in_conflict_is_said_where_it_lowers_a_forecast() -> None:
    rows = [row("A", "X", number, 100, ref=str(number)) for number in (1, 2, 3, 4)]
    clash = [row("A", "X", 3, 60, ref="3")]
    later = [row("A", "X", 6, each, ref="6") for each in (1, 2)]
    whole, lacking = (pm.forecast(pm.Volumes([*rows, *more]), 2022, month(4)) for more in ([], clash + later))
    assert "konflikt" not in whole.service("X").explain()
    assert "1 konflikt räknas inte" in lacking.service("X").explain()


def test_a_target_is_not_set_for_a_ladder_whose_first_months_are_not_there() -> None:
    half, volumes = (
        listed(7, 12, X=LADDER, Y=unit(10)),
        pm.Volumes([row("A", "X", 7, 100), row("A", "Y", 7, 9)]),
    )
    with pytest.raises(
        pm.InvalidError, match="årstrappan för X räknas från januari, men listan börjar 2022-07"
    ):
        pm.reduce_to_target(half, volumes, 10)
    chosen = pm.reduce_to_target(half, volumes, 10, select=pm.Selection(codes=frozenset({"Y"})))
    assert Decimal(9) == chosen.reached
    whole = attrs.evolve(listed(1, 12, X=LADDER), id="hel")
    assert pm.reduce_to_target(whole, pm.Volumes([row("A", "X", 7, 100)]), 10).reached


@pytest.mark.parametrize("first", [1, 7])
def test_what_a_source_begins_to_report_on_the_new_code_is_expected_once(first: int) -> None:
    old = [listed(1, first - 1, OLD=unit(10))] if first > 1 else []
    lists = [*old, listed(first, 12, ("OLD",), NEW=unit(10))]
    history = pm.Volumes(
        pm.Volume(
            "A", "NEW" if (year, number) >= (2022, first) else "OLD", pm.Month(year, number), Decimal(100)
        )
        for year in (2019, 2020, 2021, 2022)
        for number in range(1, 13 if year < 2022 else 9)
    )
    made = pm.forecast(history, 2022, month(8), price_list=lists, register=AB)
    rating = pm.rate(made.volumes, lists, AB)
    assert Decimal(12_000) == pm.outlook(made, rating).total.year
    assert {"OLD": 0, "NEW": 400} == {each.service: int(sum(each.expected)) for each in made.services}
    assert "NEW och OLD är beräknade ihop" in made.service("NEW").explain()


def test_an_underlag_with_twelfths_of_two_years_is_what_the_two_plans_give() -> None:
    rows = [pm.Volume("A", "X", month(1) + ahead, Decimal(90), "s") for ahead in range(13)]
    volumes = pm.Volumes(rows)
    plan = pm.Volumes([pm.Volume("A", "X", month(1) + ahead, Decimal(1200)) for ahead in (0, 12)])
    rating = pm.rate(volumes, LISTS, AB)
    for each in PLANS:
        rating = pm.reconcile(rating, each).rating
    (underlag,) = pm.issue(rating, JANUARY, AB)
    assert Decimal(12 * 1000 + 1100) == underlag.net
    assert () == pm.verify(underlag, LISTS, volumes, AB, plan)
    (told, *_) = pm.verify(underlag, LISTS, volumes, AB, pm.Volumes(plan.rows[:1]))
    assert "planen har inte kundens tolftedel" in told.what


def test_a_source_is_the_usual_one_of_the_code_that_was_charged_in_the_month() -> None:
    lists = [
        listed(1, 6, OTHER=unit(1), OLD=unit(10)),
        listed(7, 9, ("OLD",), OTHER=unit(1), NEW=unit(11)),
        listed(10, 12, OTHER=unit(1)),
    ]
    rows = [row("A", "OLD", number, 100, "eko") for number in range(1, 9)]
    rows += [row("A", "OTHER", number, 1, "tid") for number in range(1, 11)]
    plan = pm.rate(pm.Volumes([row("A", "OLD", number, 100) for number in range(1, 10)]), lists, AB)
    found = pm.accrue(pm.rate(pm.Volumes(rows), lists, AB), (), month(10), plan)
    assert {"NEW": Decimal(1100)} == {
        each.service.code: each.estimated for each in found.lines if each.estimated
    }
    assert () == found.unknown


def test_a_planned_list_says_what_it_replaces_too() -> None:
    first, second = listed(OLD=unit(10)), listed(7, 12, ("OLD",), NEW=unit(10))
    history = pm.Volumes(
        pm.Volume("A", "NEW" if (year, number) >= (2022, 7) else "OLD", pm.Month(year, number), Decimal(100))
        for year in (2019, 2020, 2021, 2022)
        for number in range(1, 13 if year < 2022 else 9)
    )
    changes = [pm.Switch(second, month(7))]
    made = pm.forecast(history, 2022, month(8), price_list=first, changes=changes)
    assert {"OLD": 0, "NEW": 400} == {each.service: int(sum(each.expected)) for each in made.services}


def test_one_whose_own_price_is_refused_does_not_stop_those_who_share_without_it() -> None:
    package = pm.Tariff(pm.PackagePrice(Decimal(10), Decimal(100)))
    own = pm.Agreement("A", "D", pm.Span(month(1), month(12)), tariff=package)
    register = attrs.evolve(AB, agreements=(own,))
    rows = [row("A", "D", 1, -1), row("B", "D", 1, 50)]
    rating = pm.rate(pm.Volumes(rows), listed(D=SHARED), register)
    assert ["A"] == [each.customer for each in pm.obstacles(rating, month(1), register)]


def test_a_plan_that_nobody_pays_by_twelfths_is_not_asked_for_its_prices() -> None:
    volumes, prices = pm.Volumes([row("A", "X", 1, 9)]), listed(X=unit(10))
    (underlag,) = pm.issue(pm.rate(volumes, prices, AB), month(1), AB)
    plan = pm.Volumes([row("A", "X", 1, 120), row("A", "Y", 1, 1)])
    assert () == pm.verify(underlag, prices, volumes, AB, plan)
