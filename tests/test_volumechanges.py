"""
Other volumes: what changes is accounted for, what leaves one service arrives at another, and all else stays.
"""

from collections import defaultdict
from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from prismodell.money import ZERO, exact
from prismodell.testing import Case, cases, decimals
from test_underlag import price_list, row
from test_writing_pricelist import price, service
from test_writing_pricelist import price_list as list_of

JANUARY, JULY = pm.Month(2022, 1), pm.Month(2022, 7)
PERCENTS = decimals(-99, 200, 2)
SHARES = decimals(0, 1, 3).filter(bool)
Key = tuple[str, pm.Month, str]


def quantities(tally: pm.Tally) -> dict[Key, Decimal]:
    """
    The sums by their keys.
    """
    return {(each.service, each.month, each.customer): each.quantity for each in tally.entries}


@exact()
def per_customer(tally: pm.Tally, *services: str) -> dict[tuple[pm.Month, str], Decimal]:
    """
    How much of some services together each customer got in each month.
    """
    sums = defaultdict[tuple[pm.Month, str], Decimal](lambda: ZERO)
    for each in tally.entries:
        if each.service in services:
            sums[each.month, each.customer] += each.quantity
    return dict(sums)


def used(case: Case) -> str:
    """
    A service that the case has volumes of.
    """
    entries = case.volumes.tally().entries
    assume(entries)
    return entries[0].service


def selection(**parts: Any) -> pm.Selection:
    """
    A selection, with its codes as a set.
    """
    codes = parts.pop("codes", None)
    return pm.Selection(codes=codes and frozenset(codes), **parts)


# Scaling


@exact()
@fewer(2)
@given(cases(), PERCENTS)
def test_every_sum_becomes_what_the_percentage_says_to_six_decimals(case: Case, percent: Decimal) -> None:
    before = quantities(case.volumes.tally())
    after = quantities(pm.scale(case.volumes, case.price_list, percent))

    assert before.keys() == after.keys()
    for key, quantity in before.items():
        assert abs(after[key] - quantity * (100 + percent) / 100) <= Decimal("0.0000005")
        assert (after[key] - quantity) % Decimal("0.000001") == 0


@given(cases())
def test_nothing_percent_changes_nothing(case: Case) -> None:
    assert case.volumes.tally() == pm.scale(case.volumes, case.price_list, 0)


@fewer(2)
@given(cases(), PERCENTS, PERCENTS)
def test_a_rating_of_changed_volumes_still_accounts_for_every_row(case: Case, a: Decimal, b: Decimal) -> None:
    tally = case.volumes.tally()
    scaled = pm.scale(pm.scale(tally, case.price_list, a), case.price_list, b)
    rating = pm.rate(scaled, case.price_list, case.register)
    was = pm.rate(tally, case.price_list, case.register).account

    if was and "scenario" not in {each.source for each in was}:
        assert [*was] == [each for each in rating.account if each.source != "scenario"]
    added = [each for each in rating.account if each.source == "scenario"]
    assert len(added) <= 1
    assert all(each.balances for each in rating.account)


@fewer(2)
@given(cases(), PERCENTS)
def test_only_the_selected_services_change(case: Case, percent: Decimal) -> None:
    code = used(case)
    assume(code in {each.code for each in case.price_list.services})
    before = quantities(case.volumes.tally())
    select = selection(codes=[code])
    after = quantities(pm.scale(case.volumes, case.price_list, percent, select=select))
    everything = quantities(pm.scale(case.volumes, case.price_list, percent))

    assert {key: everything[key] if key[0] == code else before[key] for key in before} == after


def test_an_area_a_kind_and_what_is_reported_on_replaced_codes_can_be_selected() -> None:
    prices = list_of(price("6", of=service("EN", replaces=("X",))), price("1", of=service("B")))
    volumes = pm.Volumes([row("SDF-SKA", "X", "10"), row("SDF-SKA", "EN", "1"), row("SDF-SKA", "B", "5")])

    def after(**parts: Any) -> list[Decimal]:
        scaled = pm.scale(volumes, prices, "10", select=selection(**parts))
        return [each.quantity for each in scaled.entries]

    assert [5, Decimal("1.1"), 11] == after(codes=["EN"])
    assert [Decimal("5.5"), Decimal("1.1"), 11] == after(area="a") == after(kind=pm.Kind.OBLIGATORY)


def test_the_row_of_a_scenario_says_by_how_much() -> None:
    tally = pm.scale(pm.Volumes([row("SDF-SKA", "EKO-LEV", "100", source="ekonomi")]), price_list(), -25)

    [entry] = tally.entries
    assert ("75", 2, 1) == (f"{entry.quantity}", entry.rows, entry.credits)
    assert (pm.Provenance("ekonomi", "", 1, 100), pm.Provenance("scenario", "", 1, -25)) == entry.provenance
    assert entry.provenance == tally.read


def test_half_a_millionth_is_rounded_away_from_zero() -> None:
    tiny = pm.Volumes([row("SDF-SKA", "EKO-LEV", "0.00005"), row("SDF-SKA", "LON-SPEC", "-0.00005")])
    after = [each.quantity for each in pm.scale(tiny, price_list(), 1).entries]

    assert [Decimal("0.000051"), Decimal("-0.000051")] == after


@pytest.mark.parametrize(
    ("key", "what", "fix", "arguments"),
    [
        ("percent", "-100 % lämnar inga volymer kvar", "ange mer än −100", {"percent": -100}),
        ("codes", "EKO-LEW finns inte i", "menade du 'EKO-LEV'?", {"select": selection(codes=["EKO-LEW"])}),
        ("area", "området ekonmi finns inte i", "menade du 'ekonomi'?", {"select": selection(area="ekonmi")}),
        (
            "select",
            "är valda",
            "kontrollera kind, area och koder",
            {"select": selection(area="lon", codes=["EKO-LEV"])},
        ),
        (
            "select",
            "volymerna har ingen av de valda tjänsterna",
            "kontrollera urvalet",
            {"select": selection(codes=["LON-SPEC"])},
        ),
    ],
)
def test_what_cannot_be_scaled_says_why(key: str, what: str, fix: str, arguments: dict[str, Any]) -> None:
    volumes = pm.Volumes([row("SDF-SKA", "EKO-LEV", "1")])
    with pytest.raises(pm.InvalidError) as raised:
        pm.scale(volumes, price_list(), **{"percent": 10, **arguments})

    assert key == raised.value.key
    assert what in raised.value.what
    assert fix in raised.value.fix


# Moving


@fewer(2)
@given(cases(), SHARES, st.sampled_from([*pm.Span(JANUARY, JULY)]), st.sampled_from(["T-1", "T-9"]))
def test_what_leaves_a_service_arrives_at_the_other(
    case: Case, share: Decimal, start: pm.Month, target: str
) -> None:
    source, tally = used(case), case.volumes.tally()
    assume(source != target)
    assume(any(each.service == source and each.month >= start for each in tally.entries))
    after = pm.move(tally, source, target, share, start)

    assert per_customer(tally, source, target) == per_customer(after, source, target)
    untouched = {
        key: quantity
        for key, quantity in quantities(tally).items()
        if key[0] not in (source, target) or key[1] < start
    }
    assert untouched.items() <= quantities(after).items()
    rating = pm.rate(after, case.price_list, case.register)
    assert all(each.quantity == 0 for each in rating.account if each.source == "scenario")


@exact()
@fewer(2)
@given(cases(), SHARES)
def test_each_customers_quantity_moves_by_the_share(case: Case, share: Decimal) -> None:
    source, tally = used(case), case.volumes.tally()
    after = quantities(pm.move(tally, source, "NY", share, pm.Month(2021, 1)))

    for (code, month, customer), quantity in quantities(tally).items():
        if code == source:
            moved = after.get(("NY", month, customer), ZERO)
            assert abs(moved - quantity * share) <= Decimal("0.0000005")
            assert quantity - moved == after.get((source, month, customer), ZERO)


def test_the_whole_of_a_service_moves_with_its_rows() -> None:
    volumes = pm.Volumes([row("SDF-SKA", "A", "3", source="e"), row("SDF-SKA", "B", "2", source="e")])
    tally = pm.move(volumes, "A", "B", 1, JANUARY)

    assert [("B", Decimal(5), (pm.Provenance("e", "", 2, 5),))] == [
        (each.service, each.quantity, each.provenance) for each in tally.entries
    ]


def test_what_is_before_the_month_stays() -> None:
    months = [JANUARY, JULY]
    volumes = pm.Volumes(row("SDF-SKA", "A", "4", month) for month in months)

    assert {("A", JANUARY): 4, ("A", JULY): 3, ("B", JULY): 1} == {
        (each.service, each.month): each.quantity for each in pm.move(volumes, "A", "B", "0.25", JULY).entries
    }


@pytest.mark.parametrize(
    ("key", "what", "fix", "arguments"),
    [
        ("share", "0 är inte en andel", "ange mer än 0 och högst 1", {"share": 0}),
        ("share", "25 är inte en andel", "0.25 är 25 %", {"share": 25}),
        ("target", "EKO-LEV flyttas till sig själv", "ange en annan tjänst", {"target": "EKO-LEV"}),
        ("source", "volymerna har inget av EKO-LEW", "menade du 'EKO-LEV'?", {"source": "EKO-LEW"}),
        (
            "start",
            "inget av EKO-LEV från och med 2022-07",
            "ange 2022-01 eller tidigare",
            {"start": JULY},
        ),
        ("code", "är ingen kod", "bokstäver", {"target": "två ord"}),
    ],
)
def test_what_cannot_be_moved_says_why(key: str, what: str, fix: str, arguments: dict[str, Any]) -> None:
    usual = {"source": "EKO-LEV", "target": "WEBB", "share": "0.5", "start": JANUARY}
    with pytest.raises(pm.InvalidError) as raised:
        pm.move(pm.Volumes([row("SDF-SKA", "EKO-LEV", "1")]), **{**usual, **arguments})

    assert key == raised.value.key
    assert what in raised.value.what
    assert fix in raised.value.fix


def test_a_month_is_a_month() -> None:
    with pytest.raises(TypeError, match="start is a Month"):
        pm.move(pm.Volumes([row("K", "A", "1")]), "A", "B", 1, "2022-01")  # type: ignore[arg-type]  # what a user tries


def test_no_volumes_are_scaled_to_none() -> None:
    assert pm.Volumes(()).tally() == pm.scale(pm.Volumes(()), price_list(), 10)


def test_the_callers_decimal_context_changes_nothing() -> None:
    volumes = pm.Volumes([row("SDF-SKA", "EKO-LEV", "123456.789")])
    with localcontext() as context:
        context.prec = 3
        inside = (
            pm.scale(volumes, price_list(), "7.77"),
            pm.move(volumes, "EKO-LEV", "EKO-TIM", "0.333", JANUARY),
        )

    assert inside == (
        pm.scale(volumes, price_list(), "7.77"),
        pm.move(volumes, "EKO-LEV", "EKO-TIM", "0.333", JANUARY),
    )


def test_shifted_volumes_are_the_same_rows_in_another_year() -> None:
    volumes = pm.Volumes([row("SDF-SKA", "EKO-LEV", "5"), row("SDF-SKA", "EKO-LEV", "7", JULY)])
    later = pm.shift(volumes, 1)
    assert [each.month + 12 for each in volumes] == [each.month for each in later]
    assert volumes == pm.shift(later, -1)
    clashing = pm.Volumes(row("SDF-SKA", "EKO-LEV", each, source="s", reference="1") for each in "12")
    for rows in (volumes, clashing):
        assert pm.shift(rows, 1).tally() == pm.shift(rows.tally(), 1)


def test_a_misspelt_target_is_refused_where_the_list_is_given() -> None:
    volumes = pm.Volumes([row("SDF-SKA", "EKO-LEV", "5")])
    with pytest.raises(pm.InvalidError, match=r"EKO-TIMM finns inte i listan; menade du 'EKO-TIM'\?"):
        pm.move(volumes, "EKO-LEV", "EKO-TIMM", "0.5", JANUARY, price_list=price_list())
