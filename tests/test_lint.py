"""
Notices on price lists: each is true of the bills, and a list without oddities has none.
"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from golden.documents import ROOT
from prismodell.lint import TOLERANCE
from prismodell.money import ZERO, exact
from prismodell.pricing import charge, total
from prismodell.tariff import CostPlusPrice, GraduatedPrice, VolumePrice
from prismodell.testing import Case, cases, models, quantities
from test_underlag import row
from test_writing_closing import check_golden
from test_writing_pricelist import (
    FIRST_HALF,
    YEAR_2021,
    example_lists,
    last_year,
    lowered,
    price,
    price_list,
    service,
    tiers,
    unit,
)

JANUARY = pm.Month(2022, 1)


def told(
    tariff: pm.Tariff | str, rows: Iterable[pm.Volume] | None = None, register: pm.Register | None = None
) -> list[str]:
    """
    What is noticed of a list with one price.
    """
    volumes = None if rows is None else pm.Volumes(rows)
    return [each.what for each in pm.lint(price_list(price(tariff)), volumes, register)]


def bought(*amounts: str, month: pm.Month = JANUARY) -> list[pm.Volume]:
    """
    What some customers bought in a month.
    """
    return [row(f"K-{number}", "A", amount, month) for number, amount in enumerate(amounts)]


def graduated(*parts: pm.Tier, per: str = "month", **bounds: Any) -> pm.Tariff:
    """
    A price by parts of the quantity.
    """
    return pm.Tariff(GraduatedPrice(parts, per), **bounds)


def whole(*parts: pm.Tier, **bounds: Any) -> pm.Tariff:
    """
    A price by the whole quantity.
    """
    return pm.Tariff(VolumePrice(parts), **bounds)


# Laws


@fewer(2)
@given(cases())
def test_notices_are_the_same_each_time_and_those_of_the_list_come_first(case: Case) -> None:
    alone = pm.lint(case.price_list)
    found = pm.lint(case.price_list, case.volumes, case.register)

    assert alone == found[: len(alone)]
    assert found == pm.lint(case.price_list, case.volumes.tally(), case.register)
    assert all(each.place.startswith(case.price_list.id) and each.what for each in found)


@exact()
@given(
    models(GraduatedPrice, VolumePrice),
    st.tuples(st.one_of(st.none(), quantities(0, 500)), st.one_of(st.none(), quantities(500, 5000))),
    quantities(0, 5000),
)
def test_a_tier_that_is_never_felt_can_have_any_price(
    model: Any, bounds: tuple[Decimal | None, Decimal | None], quantity: Decimal
) -> None:
    tariff = pm.Tariff(model, minimum=bounds[0], maximum=bounds[1])
    for what in told(tariff):
        if what.endswith("märks aldrig"):
            at = int(what.split()[1]) - 1
            start = model.tiers[at - 1].up_to if at else ZERO
            inside = start < quantity and (model.tiers[at].up_to is None or quantity <= model.tiers[at].up_to)
            bound = tariff.maximum if "maximibeloppet" in what else tariff.minimum
            assert not inside or total(charge(tariff, quantity)) == bound


@exact()
@given(models(GraduatedPrice, VolumePrice), quantities(0, 5000))
def test_a_tier_that_is_priced_as_the_one_before_can_be_merged_with_it(model: Any, quantity: Decimal) -> None:
    for what in told(pm.Tariff(model)):
        if "har samma pris som" in what:
            at = int(what.split()[1]) - 1
            low, high = model.tiers[at - 1], model.tiers[at]
            one = attrs.evolve(low, up_to=high.up_to)
            merged = attrs.evolve(model, tiers=(*model.tiers[: at - 1], one, *model.tiers[at + 1 :]))
            amounts = (total(charge(pm.Tariff(each), quantity)) for each in (model, merged))
            assert len({*amounts}) == 1


@fewer(2)
@given(cases(GraduatedPrice, VolumePrice))
def test_a_tier_that_nobody_reaches_could_cost_anything(case: Case) -> None:
    lines = case.rate().lines
    for each in pm.lint(case.price_list, case.volumes, case.register):
        if "nås av ingen" in each.what:
            code, number = each.place.split(", ")[1], int(each.what.split()[1])
            for listed in case.price_list.by_code[code]:
                if listed.span != case.price_list.span and f"({listed.span})" not in each.what:
                    continue
                used = [line for line in lines if line.price is listed]
                assert used
                assert not any(
                    step.number == number and step.kind is pm.StepKind.TIER and step.quantity
                    for line in used
                    for step in line.steps
                )


@exact()
@given(cases(pm.UnitPrice, pm.PackagePrice, strangers=False), st.sampled_from([1, 3, 10]))
def test_a_percentage_is_noticed_when_the_volumes_say_another(case: Case, by: int) -> None:
    try:
        lower = pm.reduce_prices(case.price_list, by, note="KF")
    except pm.InvalidError:
        return
    register = attrs.evolve(case.register, agreements=())
    before, after = (pm.rate(case.volumes, each, register) for each in (case.price_list, lower))
    codes = {each.service.code for each in lower.prices if len(each.origin) > 1}
    spans = {(each.service.code, each.span) for each in lower.prices if len(each.origin) > 1}
    was, now = (
        sum((line.charge for line in one.lines if (line.price.service.code, line.price.span) in spans), ZERO)
        for one in (before, after)
    )
    off = bool(codes and was) and abs(Fraction(now - was) / Fraction(was) * 100 + by) > TOLERANCE
    found = [each for each in pm.lint(lower, case.volumes, register) if "på volymerna" in each.what]

    assert off == bool(found)


@given(cases())
def test_what_nobody_bought_and_what_has_no_price_is_noticed(case: Case) -> None:
    found = pm.lint(case.price_list, case.volumes, case.register)
    rating = case.rate()
    entries = [*(line.entry for line in rating.lines), *(each.entry for each in rating.unrated)]
    used = {each.service for each in entries if each.quantity}
    unbought = {each.place.split(", ")[1] for each in found if each.what.startswith("ingen köpte")}
    reasons = {each.value for each in pm.Reason}
    unrated = [each for each in found if each.what.split(", ")[0] in reasons]

    used |= {row.service for conflict in rating.conflicts for row in conflict.rows}
    used |= {each.service for each in case.register.subscriptions}
    expected = {each.code for each in case.price_list.services} - used if entries else set()
    assert expected == unbought
    assert bool(rating.unrated) == bool(unrated)


# The list by itself


def test_an_ordinary_list_has_no_notices() -> None:
    assert () == pm.lint(price_list(price("22.40"), price(tiers("9.50", "7.25"), of=service("B"))))
    assert () == pm.lint(example_lists().__next__())


@pytest.mark.parametrize(
    ("expected", "tariff"),
    [
        (["priset är 0 kr"], unit("0")),
        (["priset är 0 kr"], pm.Tariff(pm.PackagePrice(10, 0))),
        (["priset är 0 kr"], pm.Tariff(pm.FixedPrice(0), maximum=5)),
        (["summan att dela är 0 kr"], pm.Tariff(pm.SharedPrice(0))),
        (["påslaget är −100 %: ingen betalar något"], pm.Tariff(CostPlusPrice(-100))),
        (["nivå 1 har priset 0 kr"], tiers("0", "5")),
        (["fas 2 har priset 0 kr"], pm.Tariff(pm.PhasedPrice((pm.Phase(5, 12), pm.Phase(0))))),
        (["maximibeloppet är 0 kr: ingen betalar något"], pm.Tariff(pm.UnitPrice(5), maximum=0)),
        ([], pm.Tariff(pm.UnitPrice(0), minimum=100)),
        ([], graduated(pm.Tier(0, 100, 500), pm.Tier(5))),
        ([], pm.Tariff(pm.UnitPrice(5), minimum=0)),
        ([], pm.Tariff(CostPlusPrice())),
        ([], pm.Tariff(pm.AgreementPrice())),
    ],
)
def test_prices_of_nothing_are_noticed(expected: list[str], tariff: pm.Tariff) -> None:
    assert expected == told(tariff)


@pytest.mark.parametrize(
    ("expected", "tariff"),
    [
        (["nivå 2 har samma pris som nivå 1"], tiers("5", "5")),
        (["nivå 2 har samma pris som nivå 1"], whole(pm.Tier(5, 10, 7), pm.Tier(5, fee=7))),
        ([], graduated(pm.Tier(5, 10, 7), pm.Tier(5, fee=7))),
        (["nivå 2 har samma pris som nivå 1"], graduated(pm.Tier(5, 10, 7), pm.Tier(5))),
        ([], whole(pm.Tier(5, 10), pm.Tier(5, fee=7))),
        (
            ["nivå 2 börjar på 50,00 kr, inte under maximibeloppet 50,00 kr: den märks aldrig"],
            graduated(pm.Tier(5, 10), pm.Tier(4), maximum=50),
        ),
        ([], graduated(pm.Tier(5, 10), pm.Tier(4), maximum="50.01")),
        ([], graduated(pm.Tier(5, 10), pm.Tier(4), maximum=50, per="year")),
        (
            [
                "nivå 2 börjar på 57,00 kr, inte under maximibeloppet 50,00 kr: den märks aldrig",
                "nivå 3 börjar på 97,00 kr, inte under maximibeloppet 50,00 kr: den märks aldrig",
            ],
            graduated(pm.Tier(5, 10), pm.Tier(4, 20, 7), pm.Tier(3), maximum=50),
        ),
        (
            ["nivå 1 ger högst 50,00 kr, inte över minimibeloppet 60,00 kr: den märks aldrig"],
            whole(pm.Tier(5, 10), pm.Tier(8), minimum=60),
        ),
        ([], graduated(pm.Tier(5, 10), pm.Tier(4), minimum=60)),
    ],
)
def test_tiers_that_change_no_bill_are_noticed(expected: list[str], tariff: pm.Tariff) -> None:
    assert expected == told(tariff)


def test_gaps_and_bills_that_fall_are_noticed_as_when_the_list_is_read() -> None:
    last = pm.Span(pm.Month(2022, 9), pm.Month(2023, 1))
    found = pm.lint(
        price_list(
            price("1", FIRST_HALF),
            price("2", last),
            price(whole(pm.Tier(5, 10), pm.Tier(4)), of=service("B")),
        )
    )

    assert [
        "A saknar pris 2022-07–2022-08",
        "B: notan sjunker med 10,00 kr när volymen passerar 10",
    ] == [each.what for each in found]


def test_a_price_that_rounding_held_is_noticed_with_both_figures() -> None:
    [one] = pm.lint(lowered(last_year("0.35")))
    [other] = pm.lint(lowered(last_year(tiers("9.50", "0.20"))))

    assert ("l-2022, A", "−1 % (KF) flyttar inte priset: 0,3465 → 0,35 kr") == (one.place, one.what)
    assert "reduce_to_target" in one.fix
    assert other.what.startswith("−1 % (KF) flyttar inte hela priset: trappa")
    assert () == pm.lint(lowered(last_year("22.40")))


def test_services_that_only_their_names_tell_apart_are_noticed_once() -> None:
    alike = [price("5", of=service(code)) for code in "ABC"]
    others = [
        price("5", of=attrs.evolve(service("D"), kind=pm.Kind.SUPPLEMENTARY)),
        price("5", of=service("E", unit="ärende")),
        price("6", of=service("F")),
        *(price(pm.Tariff(pm.CostPlusPrice()), of=service(code)) for code in "GH"),
    ]

    assert [("lista-2022, A", "samma pris, enhet, område och slag som B och C")] == [
        (each.place, each.what) for each in pm.lint(price_list(*alike, *others))
    ]


def test_a_price_of_some_months_says_which() -> None:
    [gap] = [each.what for each in pm.lint(price_list(price("0", FIRST_HALF)))]

    assert "priset är 0 kr (2022-01–2022-06)" == gap


# The list on volumes


@pytest.mark.parametrize(
    ("expected", "tariff", "rows"),
    [
        (
            ["nivå 2 (över 100) nås av ingen: som mest 99 faktura per månad"],
            tiers("5", "4"),
            bought("99", "12"),
        ),
        ([], tiers("5", "4"), bought("100.5", "12")),
        (
            ["nivå 2 (över 100) nås av ingen: som mest 80 faktura per år"],
            graduated(pm.Tier(5, 100), pm.Tier(4), per="year"),
            [*bought("50", "1"), *bought("30", "2", month=pm.Month(2022, 5))],
        ),
        (
            [],
            graduated(pm.Tier(5, 100), pm.Tier(4), per="year"),
            [*bought("50"), *bought("51", month=pm.Month(2022, 5))],
        ),
        (
            [
                "nivå 1 (över 0 till 10) nås av ingen: som mest 20 faktura per månad",
                "nivå 3 (över 40) nås av ingen: som mest 20 faktura per månad",
            ],
            whole(pm.Tier(5, 10), pm.Tier(6, 40), pm.Tier(7)),
            bought("20", "11"),
        ),
        (
            ["nivå 2 (över 100) nås av ingen: som mest 60 faktura per månad"],
            tiers("5", "4"),
            bought("-60", "3"),
        ),
        (
            ["nivå 2 (över 100) nås av ingen: som mest 95 faktura per månad"],
            attrs.evolve(tiers("5", "4"), included=Decimal(10)),
            bought("105"),
        ),
        ([], attrs.evolve(tiers("5", "4"), included=Decimal(10)), bought("7")),
        (
            ["paketet rymmer 100: som mest köptes 50 på en månad"],
            pm.Tariff(pm.PackagePrice(100, 9)),
            bought("50", "2"),
        ),
        ([], pm.Tariff(pm.PackagePrice(100, 9)), bought("50.5", "2")),
        ([], unit("5"), []),
        (["ingen köpte den 2022-01"], tiers("5", "4"), bought("0")),
    ],
)
def test_what_nobody_needs_is_noticed(expected: list[str], tariff: pm.Tariff, rows: list[pm.Volume]) -> None:
    assert expected == told(tariff, rows)


def test_a_customer_with_its_own_price_reaches_no_tier_of_the_list() -> None:
    own = pm.Agreement("K-0", "A", pm.Span(JANUARY), tariff=unit("1"))
    customers = tuple(pm.Customer(f"K-{n}", f"Kund {n}", pm.CustomerType.COMPANY) for n in range(2))
    register = pm.Register(customers, (own,))

    assert ["nivå 2 (över 100) nås av ingen: som mest 7 faktura per månad"] == told(
        tiers("5", "4"), bought("500", "7"), register
    )


def test_volumes_without_a_price_are_noticed_by_service_with_the_nearest_code() -> None:
    rows = [
        row("K", "A", "1"),
        row("K", "EKO-LEW", "2"),
        row("K", "EKO-LEW", "3", pm.Month(2022, 3)),
        row("K", "A", "1", pm.Month(2021, 12)),
        row("K", "EKO-LEW", "1", pm.Month(2021, 11)),
    ]
    listed = price_list(price("1"), price("2", of=service("EKO-LEV")))
    found = pm.lint(listed, pm.Volumes(rows))

    assert [
        pm.Problem(
            "lista-2022",
            "utanför prislistans period, 2 rader, 2021-11–2021-12: "
            "2021-12 är utanför Prislista 2022 (2022-01–2022-12)",
            "lägg till prislistan för månaden",
        ),
        pm.Problem(
            "lista-2022, EKO-LEW",
            "okänd tjänst, 2 rader, volym 5, 2022-01–2022-03: EKO-LEW finns inte i Prislista 2022",
            "menade du 'EKO-LEV'?",
        ),
    ] == [*found[:2]]
    assert "ingen köpte den 2021-11–2022-03" == found[2].what


def test_a_percentage_that_is_another_on_the_volumes_is_noticed_in_kronor() -> None:
    before = price_list(price("0.60", YEAR_2021), price("22.40", YEAR_2021, service("B")), year=2021)
    rows = pm.Volumes([row("K", "A", "1000"), row("K", "B", "10")])
    found = pm.lint(lowered(before), rows)

    # 1000 × 0,01 + 10 × 0,22 of 600 + 224
    assert [
        pm.Problem(
            "l-2022",
            "−1 % (KF) är −1,481 % på volymerna: −12,20 kr av 824,00 kr",
            "ange målet för summan, med reduce_to_target",
        )
    ] == [*found]


def test_a_percentage_that_is_what_it_says_is_not_noticed() -> None:
    assert () == pm.lint(lowered(last_year("22")), pm.Volumes(bought("7")))


@exact()
def test_the_example_list_of_2022_on_the_volumes_of_2021() -> None:
    before, listed = example_lists()
    data = ROOT / "examples" / "data"
    register = pm.read_customers(data / "kunder.toml")
    systems = ("ekonomisystem", "lonesystem", "arendehanteringssystem", "manuella-listor")
    volumes = pm.read_volumes(*(data / f"{each}-2021.csv" for each in systems)).merge(
        register.subscribed(pm.Month(2021, 1), pm.Month(2021, 12))
    )
    carried = pm.derive(listed, [], id=listed.id, title=listed.title, span=before.span)
    found = pm.lint(carried, volumes, register)

    check_golden("att-se-over-2022", pm.notices_table(found))
    [missed] = [each for each in found if "på volymerna" in each.what]
    codes = {each.service.code for each in carried.prices if each.origin[-1].percent}
    was, now = (
        sum(
            (
                line.charge
                for line in pm.rate(volumes, each, register).lines
                if line.price.service.code in codes
            ),
            ZERO,
        )
        for each in (before, carried)
    )
    assert abs(Fraction(now - was) / Fraction(was) * 100 - Fraction("-0.989")) <= Fraction("0.0005")
    assert "är −0,989 % på volymerna: −1 456 115,75 kr av 147 254 750,10 kr" in missed.what
