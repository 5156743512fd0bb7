"""
Planned changes: what each says and does, all that can be wrong with them, and the price lists they give.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import prismodell as pm
from prismodell.periods import Span
from prismodell.plans import Change, check_changes, check_switched, families, flows
from prismodell.pricelist import price_in_force

JULY = pm.Month(2021, 7)
SEPTEMBER = pm.Month(2021, 9)
SERVICES = ("MAN", "WEBB", "APP", "POST")
CUSTOMERS = ("K", "L", "N")
LEAVES_TOO = "efterträdaren L slutar också; ange den kund som till slut tar över"
AT_MOST = "andelarna får tillsammans vara högst 100 %"
SHARES = st.integers(1, 100).map(lambda percent: Decimal(percent) / 100)


def move(source: str = "MAN", target: str = "WEBB", share: str = "0.6", **fields: Any) -> pm.Move:
    return pm.Move(source, target, share, **{"start": SEPTEMBER, **fields})


def price_list(
    name: str, first: pm.Month, end: pm.Month, price: int = 1, spans: tuple[Span, ...] = ()
) -> pm.PriceList:
    service = pm.Service("A", "Tjänst A", pm.Area("e", "Ekonomi"), pm.Kind.OBLIGATORY, "styck")
    revision = pm.Revision("Prislista", pm.Tariff(pm.UnitPrice(Decimal(price))))
    whole = Span(first, end)
    prices = tuple(pm.Price(service, each, (revision,)) for each in spans or (whole,))
    return pm.PriceList(name, f"Prislista {name}", whole, prices)


OLD = price_list("gammal", pm.Month(2021, 1), pm.Month(2022, 1))


def spans(*lists: pm.PriceList) -> list[tuple[str, str]]:
    return [(each.id, str(each.span)) for each in lists]


# --- one change --------------------------------------------------------------------------------------------


def test_a_move_reaches_its_share_evenly() -> None:
    moving = move(ramp=3)
    assert [0, Fraction(1, 5), Fraction(2, 5), Fraction(3, 5), Fraction(3, 5)] == [
        moving.part(SEPTEMBER + months) for months in (-1, 0, 1, 2, 30)
    ]
    assert [0, Fraction(3, 5)] == [move().part(SEPTEMBER + months) for months in (-1, 0)]


def test_changes_say_what_they_do() -> None:
    assert "60 % av MAN blir WEBB från 2021-09" == str(move())
    assert "33,3 % av MAN blir WEBB från 2021-09 över 3 månader" == str(move(share="0.333", ramp=3))
    assert "100 % av MAN blir WEBB från 2021-09" == str(move(share="1"))
    assert "K slutar från och med 2021-07" == str(pm.Leave("K", JULY))
    assert "K slutar från och med 2021-07; L tar över" == str(pm.Leave("K", JULY, "L"))
    assert "Prislista gammal från 2021-07" == str(pm.Switch(OLD, JULY))


def test_what_a_change_says_is_the_same_in_any_decimal_context() -> None:
    with localcontext() as context:
        context.prec = 1
        assert "33,3 % av MAN blir WEBB från 2021-09" == str(move(share="0.333"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"share": "0"}, "0 är inte en andel"),
        ({"share": "-0.1"}, "-0.1 är inte en andel"),
        ({"share": "1.01"}, "1.01 är inte en andel; ange mer än 0 och högst 1: 0.25 är 25 %"),
        ({"target": "MAN"}, "MAN flyttas till sig själv"),
        ({"share": "många"}, "'många' är inte ett tal"),
    ],
)
def test_a_move_that_cannot_be_is_refused(fields: dict[str, str], said: str) -> None:
    with pytest.raises(pm.InvalidError, match=said):
        move(**fields)


@pytest.mark.parametrize("fields", [{"start": "2021-09"}, {"ramp": 0}, {"ramp": "3"}, {"share": 0.6}])
def test_a_move_of_the_wrong_types_is_a_mistake_of_the_program(fields: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        move(**fields)


def test_nobody_succeeds_itself() -> None:
    with pytest.raises(pm.InvalidError, match="K efterträder sig själv"):
        pm.Leave("K", JULY, "K")


# --- families ----------------------------------------------------------------------------------------------


def test_services_that_work_moves_between_are_a_family_however_far() -> None:
    found = families([move("MAN", "WEBB"), move("APP", "POST"), move("WEBB", "APP")])
    assert dict.fromkeys(SERVICES, frozenset(SERVICES)) == found
    assert {} == families([])


@given(
    st.lists(
        st.tuples(st.sampled_from(SERVICES), st.sampled_from(SERVICES), SHARES, st.integers(1, 4)), max_size=3
    )
)
def test_what_moves_is_neither_lost_nor_made(moves: list[tuple[str, str, Decimal, int]]) -> None:
    told = [
        pm.Move(source, target, share / 3, SEPTEMBER, ramp)
        for source, target, share, ramp in moves
        if source != target
    ]
    shares = {"MAN": Fraction(1, 2), "WEBB": Fraction(1, 3), "APP": Fraction(1, 6), "POST": Fraction(0)}
    for months in range(-1, 5):
        found = flows(shares, told, SEPTEMBER + months)
        assert 1 == sum(found.values())
        assert all(part >= 0 for part in found.values())
        for service, share in shares.items():
            assert share == sum(part for (origin, _), part in found.items() if origin == service)


def test_a_chain_moves_what_each_would_have_had_by_itself() -> None:
    shares = {"MAN": Fraction(1, 2), "WEBB": Fraction(1, 2), "APP": Fraction(0)}
    found = flows(shares, [move("MAN", "WEBB", "1"), move("WEBB", "APP", "0.5")], SEPTEMBER)
    assert Fraction(1, 2) == found["MAN", "WEBB"]
    assert Fraction(1, 4) == found["WEBB", "APP"] == found["WEBB", "WEBB"]
    assert 0 == found["MAN", "MAN"]


# --- all that can be wrong ---------------------------------------------------------------------------------


def problems(*changes: Change, ends: tuple[pm.Leave, ...] = ()) -> list[str]:
    with pytest.raises(pm.InputError) as caught:
        check_changes(changes, SERVICES, CUSTOMERS, ends)
    return [f"{each.place}: {each.what}; {each.fix}" for each in caught.value.problems]


def test_changes_that_can_be_are_let_through() -> None:
    leaving = pm.Leave("K", JULY, "L")
    check_changes([move(share="0.6"), move(target="APP", share="0.4"), leaving], SERVICES, CUSTOMERS)
    check_changes([pm.Switch(OLD, JULY)], (), ())


def test_all_that_is_wrong_is_told_at_once() -> None:
    moved, unknown = "60 % av MAN blir FAX från 2021-09", "finns varken i historik, budget eller"
    assert [
        f"60 % av MANN blir WEBB från 2021-09: tjänsten MANN {unknown} lista; menade du 'MAN'?",
        f"{moved}: tjänsten FAX {unknown} lista; kända är APP, MAN, POST, WEBB",
        f"Q slutar från och med 2021-07: kunden Q {unknown} register; kända är K, L, N",
        f"K slutar från och med 2021-07; R tar över: efterträdaren R {unknown} register; kända är K, L, N",
        f"{moved}; 50,5 % av MAN blir APP från 2021-09: ändringarna flyttar 110,5 % av MAN; {AT_MOST}",
    ] == problems(
        move("MANN"),
        move(target="FAX"),
        move(target="APP", share="0.505"),
        pm.Leave("Q", JULY),
        pm.Leave("K", JULY, "R"),
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            [move(share="0.1"), move(share="0.2", start=SEPTEMBER + 1)],
            "planerade ändringar: MAN flyttas till WEBB 2 gånger; ange en ändring; ramp låter andelen växa",
        ),
        (
            [move(), move("WEBB", "MAN")],
            "planerade ändringar: MAN och WEBB flyttas till varandra; ange bara den ena",
        ),
        (
            [pm.Leave("K", JULY), pm.Leave("K", SEPTEMBER)],
            "planerade ändringar: K slutar 2 gånger; ange en av dem",
        ),
        (
            [pm.Leave("K", JULY, "L"), pm.Leave("L", SEPTEMBER)],
            f"K slutar från och med 2021-07; L tar över: {LEAVES_TOO}",
        ),
    ],
)
def test_changes_that_contradict_one_another_are_refused(changes: list[Change], said: str) -> None:
    assert [said] == problems(*changes)


def test_nobody_is_succeeded_by_one_that_ends_by_the_register() -> None:
    found = problems(pm.Leave("K", JULY, "L"), ends=(pm.Leave("L", SEPTEMBER),))
    assert [f"K slutar från och med 2021-07; L tar över: {LEAVES_TOO}"] == found


def test_what_is_no_change_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError, match="planned changes are Move, Leave and Switch"):
        check_changes(["flytta"], SERVICES, CUSTOMERS)  # type: ignore[list-item]  # wrong on purpose


# --- price lists -------------------------------------------------------------------------------------------


def test_without_a_switch_the_lists_are_as_they_are() -> None:
    assert (OLD,) == pm.price_lists(OLD, [move(), pm.Leave("K", JULY)])
    assert () == pm.price_lists((), [])


def test_a_new_list_holds_from_its_month_and_the_old_one_before_it() -> None:
    new = price_list("ny", pm.Month(2021, 1), pm.Month(2023, 1), 2)
    found = pm.price_lists(OLD, [pm.Switch(new, JULY)])
    assert [("gammal", "2021-01–2021-06"), ("ny", "2021-07–2022-12")] == spans(*found)
    before, after = (pm.Tariff(pm.UnitPrice(Decimal(price))) for price in (1, 2))
    assert [before, after] == [price_in_force(found, "A", month).tariff for month in (JULY - 1, JULY)]


def test_the_old_list_holds_again_after_a_new_one_that_ends() -> None:
    new = price_list("ny", pm.Month(2021, 3), pm.Month(2021, 10))
    found = pm.price_lists(OLD, [pm.Switch(new, JULY)])
    assert [
        ("gammal", "2021-01–2021-06"),
        ("ny", "2021-07–2021-09"),
        ("gammal", "2021-10–2021-12"),
    ] == spans(*found)


def test_a_new_list_from_the_first_month_takes_the_place_of_the_old() -> None:
    new = price_list("ny", pm.Month(2021, 1), pm.Month(2022, 1))
    assert [("ny", "2021-01–2021-12")] == spans(*pm.price_lists(OLD, [pm.Switch(new, OLD.span.start)]))


def test_later_switches_follow_earlier_ones_in_whatever_order_they_are_told() -> None:
    first = price_list("första", pm.Month(2021, 4), pm.Month(2022, 1))
    second = price_list("andra", pm.Month(2021, 9), pm.Month(2022, 1))
    switches = [pm.Switch(second, SEPTEMBER), pm.Switch(first, pm.Month(2021, 4))]
    found = pm.price_lists(OLD, switches)
    assert [
        ("gammal", "2021-01–2021-03"),
        ("första", "2021-04–2021-08"),
        ("andra", "2021-09–2021-12"),
    ] == spans(*found)
    assert found == pm.price_lists(OLD, switches[::-1])


def test_a_hole_between_lists_stays_one() -> None:
    late = price_list("sen", pm.Month(2021, 10), pm.Month(2022, 1))
    early = price_list("tidig", pm.Month(2021, 1), pm.Month(2021, 4))
    new = price_list("ny", pm.Month(2021, 5), pm.Month(2021, 8))
    found = pm.price_lists([early, late], [pm.Switch(new, pm.Month(2021, 6))])
    assert [
        ("tidig", "2021-01–2021-03"),
        ("ny", "2021-06–2021-07"),
        ("sen", "2021-10–2021-12"),
    ] == spans(*found)


def test_prices_are_cut_where_their_list_is() -> None:
    dated = (Span(pm.Month(2021, 1), pm.Month(2021, 6)), Span(pm.Month(2021, 8), pm.Month(2022, 1)))
    old = price_list("gammal", pm.Month(2021, 1), pm.Month(2022, 1), spans=dated)
    new = price_list("ny", JULY, pm.Month(2021, 10))
    before, _, after = pm.price_lists(old, [pm.Switch(new, JULY)])
    assert ["2021-01–2021-05"] == [str(each.span) for each in before.prices]
    assert ["2021-10–2021-12"] == [str(each.span) for each in after.prices]


def test_a_list_that_does_not_hold_in_its_month_is_refused() -> None:
    new = price_list("ny", SEPTEMBER, pm.Month(2022, 1))
    with pytest.raises(pm.InvalidError, match="Prislista ny gäller 2021-09–2021-12, inte 2021-07"):
        pm.price_lists(OLD, [pm.Switch(new, JULY)])


def test_work_is_not_moved_between_services_that_are_counted_in_different_units() -> None:
    a, b = move().source, move().target
    with pytest.raises(pm.InputError, match=f"{a} räknas i faktura och {b} i timme; flytta bara mellan"):
        check_changes([move()], SERVICES, CUSTOMERS, counted={a: "faktura", b: "timme"})
    check_changes([move()], SERVICES, CUSTOMERS, counted={a: "faktura", b: "faktura"})


def test_a_rating_without_a_planned_switch_is_refused() -> None:
    new = attrs.evolve(OLD, id="ny")
    told = [pm.Switch(new, JULY)]
    with pytest.raises(pm.InvalidError, match=r"prognosen räknar med .* från 2021-07, men beräkningen har"):
        check_switched(told, [OLD], 2021)
    check_switched(told, pm.price_lists(OLD, told), 2021)
    check_switched(told, [OLD], 2020)
