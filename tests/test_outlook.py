"""
What a forecast brings in: exact sums, and intervals that are those of the series in kronor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from math import sqrt

import attrs
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

import prismodell as pm
from prismodell.money import ORE, ZERO, exact
from prismodell.tariff import MODELS, Model
from prismodell.testing import cases
from test_comparison import cleaned
from test_underlag import REGISTER, SERVICES, YEAR, price_list

MONTHS = [*YEAR]
Sums = Mapping[tuple[str, str, pm.Month], tuple[Decimal, Decimal]]  # known and expected
Widths = tuple[Decimal, Decimal, Decimal, Decimal]  # below and above at 80 %, and how much more at 95 %
EVEN: Widths = (Decimal(2), Decimal(3), Decimal(4), Decimal(5))


@exact()
def series(
    name: tuple[str, str], sums: Sums, widths: Widths = EVEN, *, thumb: bool = False, method: str = "profil"
) -> pm.Series:
    customer, service = name
    mine = [(key[2], both) for key, both in sums.items() if key[1] == service and customer in ("", key[0])]
    known, expected = (
        tuple(sum((both[at] for when, both in mine if when == month), ZERO) for month in MONTHS)
        for at in (0, 1)
    )
    year, rest = sum((*known, *expected), ZERO), sum(expected, ZERO)
    below, above, more_below, more_above = widths if rest else (ZERO,) * 4
    narrow = pm.Interval(year - min(below, rest), year + above)
    wide = pm.Interval(year - min(below + more_below, rest), year + above + more_above)
    reason = "3 hela år" if customer == "" else ""
    return pm.Series(*name, known, expected, method, reason, (), narrow, wide, rule_of_thumb=thumb)


def forecast(
    sums: Sums, widths: Mapping[tuple[str, str], Widths] | None = None, thumbs: Iterable[str] = ()
) -> pm.Forecast:
    """A forecast made by hand: its quantities, and the widths of its series where they are not 2, 3, 6, 8."""
    customers = sorted({(customer, service) for customer, service, _ in sums}, key=lambda each: each[::-1])
    services = [("", service) for service in sorted({service for _, service in customers})]
    last = max((month for (_, _, month), both in sums.items() if both[0]), default=MONTHS[0] - 1)
    own = widths or {}
    by_service, by_customer = (
        tuple(series(each, sums, own.get(each, EVEN), thumb=each[1] in thumbs) for each in names)
        for names in (services, customers)
    )
    return pm.Forecast(2022, last, "service", (("", "automatisk"),), (), (), by_service, by_customer)


def quantities(*rows: tuple[str, str, int, int | str, int | str]) -> Sums:
    return {
        (customer, service, pm.Month(2022, month)): (Decimal(known), Decimal(expected))
        for customer, service, month, known, expected in rows
    }


def seen(
    made: pm.Forecast | Sums, prices: pm.PriceList | None = None, register: pm.Register = REGISTER
) -> pm.Outlook:
    planned = made if isinstance(made, pm.Forecast) else forecast(made)
    return pm.outlook(planned, pm.rate(planned.volumes, prices or price_list("10", "750", "66.33"), register))


SUMS = quantities(
    ("SDF-SKA", "EKO-LEV", 1, 100, 0),
    ("SDF-SKA", "EKO-LEV", 2, 0, 60),
    ("BOL-STO", "EKO-LEV", 2, 0, 40),
    ("BOL-STO", "LON-SPEC", 2, 0, 10),
)


@st.composite
def outlooks(draw: st.DrawFn, *kinds: type[Model]) -> pm.Outlook:
    """Any prices and customers, with any part of the year known, and of the last known month a late part."""
    case = draw(cases(*kinds, strangers=False, most=12))
    tally = cleaned(case.volumes, lambda rows: pm.rate(rows, case.price_list, case.register))[0]
    last = draw(st.sampled_from([MONTHS[0] - 1, *MONTHS]))
    sums = {}
    for line in tally.lines:
        late = line.quantity if line.month > last else draw(st.sampled_from([ZERO, ZERO, Decimal("2.5")]))
        known = line.quantity if line.month <= last else ZERO
        if late >= 0 and (known or late):
            sums[line.key] = known, late
    step = st.integers(0, 40).map(lambda n: Decimal(n) / 4)
    names = {name for customer, service, _ in sums for name in (("", service), (customer, service))}
    widths = {name: draw(st.tuples(step, step, step, step)) for name in sorted(names)}
    while True:  # a shared cost may have nobody left to bear it
        made = forecast(sums, widths)
        rating = pm.rate(made.volumes, case.price_list, case.register)
        if not rating.unrated:
            found = pm.outlook(made, rating)
            event(f"expected {any(not each.known for each in found.pieces)}")
            return found
        sums = {key: both for key, both in sums.items() if key not in {each.key for each in rating.unrated}}


DIMENSIONS = ("area", "kind", "service", "type", "customer")
NAMES = [(each,) for each in DIMENSIONS] + [("customer", "service"), ("area", "kind"), ("type", "area")]


@settings(max_examples=40)
@exact()
@given(outlooks())
def test_sums_are_the_ratings_and_intervals_contain_them(found: pm.Outlook) -> None:
    assert found.rating.total == found.total.year
    for names in NAMES:
        groups = found.by(*names)
        assert found.rating.by(*names) == {key: each.year for key, each in groups.items()}
        for part in ("known", "expected"):
            assert getattr(found.total, part) == sum((getattr(each, part) for each in groups.values()), ZERO)
        for each in (found.total, *groups.values()):
            narrow, wide = each.interval(), each.interval(95)
            assert wide.low <= narrow.low <= each.year <= narrow.high <= wide.high
            assert not any(bound % ORE for bound in (narrow.low, narrow.high, wide.low, wide.high))
    assert found.total.known <= found.total.interval(95).low
    check_known(found)


def check_known(found: pm.Outlook) -> None:
    """What is known is what the lines of the known quantities come to, but for lines that are of both."""
    rest = {(each.customer, each.service): each.expected for each in found.forecast.customers}
    due = ZERO
    for line in found.rating.lines:
        late = rest.get(line.key[:2], (ZERO,) * 12)[line.month.number - 1]
        if late and late != line.quantity:
            return
        due += line.amount if not late else ZERO
    assert due == found.total.known


def spread_out(
    found: pm.Outlook, pieces: Iterable[pm.Piece], *, customers: bool
) -> list[tuple[float, float]]:
    """Each series' half-widths at 80 % in kronor, told plainly: its units × kronor ÷ quantity of its rest."""
    kronor: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for each in pieces:
        if not each.known:
            kronor[each.customer.code if customers else "", each.code] += each.amount
    every = {(each.customer, each.service): each for each in chain(*by_level(found.forecast))}
    told = []
    for name, amount in kronor.items():
        mine = every[name]
        price = Fraction(amount) / Fraction(sum(mine.expected, ZERO))
        low, high = mine.interval().low, mine.interval().high
        told.append((float(Fraction(mine.year - low) * price), float(Fraction(high - mine.year) * price)))
    return told


def by_level(made: pm.Forecast) -> tuple[Sequence[pm.Series], Sequence[pm.Series]]:
    return made.services, made.customers


def together(widths: Iterable[float]) -> float:
    given_ = [*widths]
    return sqrt(0.2 * sum(given_) ** 2 + 0.8 * sum(each * each for each in given_))


UNSHARED = tuple(kind for kind in MODELS if kind is not pm.SharedPrice)
OF = {
    "area": lambda each: each.service.area.code,
    "kind": lambda each: each.service.kind.value,
    "service": lambda each: each.service.code,
    "customer": lambda each: each.customer.code,
    "type": lambda each: each.customer.type.value,
}


@settings(max_examples=40)
@given(outlooks(*UNSHARED), st.sampled_from(NAMES))
def test_a_group_is_as_uncertain_as_its_series_together_in_kronor(
    found: pm.Outlook, names: tuple[str, ...]
) -> None:
    customers = not {"customer", "type"}.isdisjoint(names)
    for key, each in found.by(*names).items():
        wanted = key if isinstance(key, tuple) else (key,)
        mine = [piece for piece in found.pieces if wanted == tuple(OF[name](piece) for name in names)]
        told = spread_out(found, mine, customers=customers)
        for way, widths in zip(
            map(float, off(each)), zip(*told, strict=True) if told else ([], []), strict=True
        ):
            exactly = together(widths)
            assert exactly - 1e-6 <= way < exactly + 0.01 + 1e-6  # outwards, to whole öre
            assert sqrt(sum(width * width for width in widths)) - 1e-6 <= way
            assert way <= sum(widths) + 0.01 + 1e-6


def test_a_single_series_has_its_own_interval_times_its_price() -> None:
    found = seen(SUMS, price_list("12.50", "750", "66.33"))
    lon = found.by("service")["LON-SPEC"]
    assert (ZERO, Decimal("663.30")) == (lon.known, lon.expected)
    assert pm.Interval(
        Decimal("663.30") - 2 * Decimal("66.33"), Decimal("663.30") + 3 * Decimal("66.33")
    ) == (lon.interval())
    assert pm.Interval(
        Decimal("663.30") - 6 * Decimal("66.33"), Decimal("663.30") + 8 * Decimal("66.33")
    ) == (lon.interval(95))


def test_the_centre_is_as_sure_as_its_own_series_and_customers_as_theirs() -> None:
    widths = {("", "EKO-LEV"): (Decimal(5), Decimal(6), ZERO, ZERO)}
    found = seen(forecast(SUMS, widths))
    assert (Decimal(50), Decimal(60)) == off(found.by("area")["ekonomi"])
    assert (Decimal(20), Decimal(30)) == off(found.by("customer")["SDF-SKA"])
    # H² = 0.2 (20 + 132.66)² + 0.8 (20² + 132.66²)
    assert Decimal("138.06") == off(found.by("customer")["BOL-STO"])[0]


@exact()
def off(expected: pm.Expected) -> tuple[Decimal, Decimal]:
    return expected.year - expected.interval().low, expected.interval().high - expected.year


def shared_list(total: str = "1000") -> pm.PriceList:
    prices = price_list("10", "750", "66.33")
    shared = pm.Revision("Delad", pm.Tariff(pm.SharedPrice(total)))
    return attrs.evolve(prices, prices=(attrs.evolve(prices.prices[0], origin=(shared,)), *prices.prices[1:]))


def test_a_shared_cost_is_sure_for_the_centre_and_for_a_customer_as_its_part_of_it_is() -> None:
    found = seen(SUMS, shared_list())  # in February 600 for 60 and 400 for 40, of the 1 000
    assert (ZERO, ZERO) == off(found.by("service")["EKO-LEV"])
    assert (ZERO, ZERO) == off(found.by("area")["ekonomi"])
    own = found.by("customer", "service")
    assert (Decimal("8.00"), Decimal("12.00")) == off(own["SDF-SKA", "EKO-LEV"])  # 10 kr a unit × 0.4
    assert (Decimal("12.00"), Decimal("18.00")) == off(own["BOL-STO", "EKO-LEV"])
    assert (Decimal("132.66"), Decimal("198.99")) == off(found.total)  # LON-SPEC's alone


def test_customers_that_share_a_cost_among_themselves_are_sure_of_it_together() -> None:
    all_of_one = attrs.evolve(
        REGISTER,
        customers=tuple(attrs.evolve(each, type=pm.CustomerType.COMPANY) for each in REGISTER.customers),
    )
    only = {key: both for key, both in SUMS.items() if key[1] == "EKO-LEV"}
    assert (ZERO, ZERO) == off(seen(only, shared_list(), all_of_one).by("type")["company"])
    assert (ZERO, ZERO) == off(seen(only, shared_list("0")).by("customer")["SDF-SKA"])


def test_what_is_subscribed_to_is_expected_and_sure() -> None:
    certain = dict.fromkeys((("", "LON-SPEC"), ("BOL-STO", "LON-SPEC")), (ZERO,) * 4)
    lon = seen(forecast(SUMS, certain)).by("area")["lon"]
    assert Decimal("663.30") == lon.expected == lon.interval(95).low == lon.interval(95).high


def test_a_year_that_is_known_is_what_it_is() -> None:
    found = seen(quantities(("SDF-SKA", "EKO-LEV", 1, 100, 0), ("SDF-SKA", "EKO-LEV", 12, 50, 0))).total
    assert [1500, 0, 1500] == [found.known, found.expected, found.year]
    assert pm.Interval(found.year, found.year) == found.interval(80) == found.interval(95)
    assert not found.rule_of_thumb


def test_a_month_that_is_not_all_known_is_divided_by_quantity() -> None:
    tiers = (pm.Tier("10", "60"), pm.Tier("3"))
    prices = price_list("10", "750", "66.33")
    graduated = pm.Revision("Trappa", pm.Tariff(pm.GraduatedPrice(tiers)))
    prices = attrs.evolve(
        prices, prices=(attrs.evolve(prices.prices[0], origin=(graduated,)), *prices.prices[1:])
    )
    late = seen(quantities(("SDF-SKA", "EKO-LEV", 3, 70, 20)), prices).total
    # 60 × 10 + 30 × 3 = 690 kr for 90, of which 70 are known
    assert (Decimal("536.67"), Decimal("153.33")) == (late.known, late.expected)
    assert (Decimal("15.34"), Decimal("23.00")) == off(late)  # 2 × 7.6665, outwards


def test_services_that_one_has_replaced_are_uncertain_each_by_itself() -> None:
    prices = price_list("10", "750", "66.33")
    heir = attrs.evolve(SERVICES[0], replaces=("EKO-OLD",))
    prices = attrs.evolve(prices, prices=(attrs.evolve(prices.prices[0], service=heir), *prices.prices[1:]))
    rows = ("SDF-SKA", "EKO-LEV", 2, 0, 30), ("SDF-SKA", "EKO-OLD", 2, 0, 10)
    found = seen(quantities(*rows), prices).by("service")
    assert ["EKO-LEV"] == [*found]
    assert 400 == found["EKO-LEV"].expected
    # H² = 0.2 (20 + 20)² + 0.8 (20² + 20²) = 960
    assert (Decimal("30.99"), Decimal("46.48")) == off(found["EKO-LEV"])


def test_what_is_charged_for_nothing_is_known() -> None:
    prices = price_list("10", "750", "66.33")
    least = pm.Revision("Minst", pm.Tariff(pm.UnitPrice("10"), minimum="100"))
    prices = attrs.evolve(
        prices, prices=(attrs.evolve(prices.prices[0], origin=(least,)), *prices.prices[1:])
    )
    made = forecast(quantities(("SDF-SKA", "EKO-LEV", 2, 0, 30)))
    nothing = pm.Volume("BOL-STO", "EKO-LEV", MONTHS[0], ZERO, "utfall")
    rating = pm.rate(pm.Volumes([*made.expected, nothing]), prices, REGISTER)
    found = pm.outlook(made, rating).total
    assert [100, 300] == [found.known, found.expected]


def test_it_is_a_rule_of_thumb_where_most_of_what_is_uncertain_is() -> None:
    """2 to 8 of 100 × 10 kr is less than as much of 10 × 66.33."""
    assert not seen(forecast(SUMS, thumbs=["EKO-LEV"])).total.rule_of_thumb
    found = seen(forecast(SUMS, thumbs=["LON-SPEC"]))
    assert found.total.rule_of_thumb
    assert {"EKO-LEV": False, "LON-SPEC": True} == {
        key: each.rule_of_thumb for key, each in found.by("service").items()
    }


def test_another_rating_than_the_forecasts_is_refused() -> None:
    made = forecast(SUMS)
    prices = price_list()
    with pytest.raises(pm.InvalidError) as refused:
        pm.outlook(made, pm.rate(made.expected, prices, REGISTER))
    assert (
        "rating\n  SDF-SKA EKO-LEV 2022-01 är 0 i beräkningen, men 100 i prognosen; "
        "beräkna prognosens egna volymer: rate(prognos.volumes, …)"
    ) == str(refused.value)
    for wrong in (
        pm.preliminary(pm.rate(made.volumes, prices, REGISTER)),
        pm.rate(pm.Volumes(()), prices, REGISTER),
        pm.rate(
            forecast({**SUMS, ("SDF-SKA", "LON-SPEC", MONTHS[3]): (ZERO, Decimal(1))}).volumes,
            prices,
            REGISTER,
        ),
    ):
        with pytest.raises(pm.InvalidError, match="beräkna prognosens egna volymer"):
            pm.outlook(made, wrong)


def test_what_has_no_price_is_refused_rather_than_left_out() -> None:
    made = forecast(quantities(("SDF-SKA", "EKO-LEVV", 2, 0, 30)))
    with pytest.raises(pm.InvalidError, match="1 volym saknar pris: SDF-SKA EKO-LEVV 2022-02"):
        pm.outlook(made, pm.rate(made.volumes, price_list(), REGISTER))


def test_another_dimension_or_level_is_a_programmers_mistake() -> None:
    found = seen(SUMS)
    with pytest.raises(ValueError, match="by\\(\\) takes customer, type, service, area, kind, not month"):
        found.by("month")
    with pytest.raises(ValueError, match="the levels are \\(80, 95\\), not 90"):
        found.total.interval(90)
    assert "<Outlook 2022 through 2022-01, 2663.30 kr>" == repr(found)


def test_a_forecast_of_nothing_brings_in_nothing() -> None:
    found = seen({})
    assert {} == found.by("area")
    assert 0 == found.total.year == found.total.interval().low
