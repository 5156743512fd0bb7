"""
What moved a forecast: five effects that sum to the difference, each of them recomputed by hand.
"""

from decimal import Decimal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import prismodell as pm
from prismodell.expectation import Forecast

ECONOMY, PAY = pm.Area("ekonomi", "Ekonomi"), pm.Area("lon", "Lön")
SPAN = pm.Span(pm.Month(2019, 1), pm.Month(2022, 1))
OWN = {"A": (ECONOMY, 10), "B": (ECONOMY, 4), "C": (PAY, 3)}
REGISTER = pm.Register(
    tuple(pm.Customer(code, code, pm.CustomerType.ADMINISTRATION) for code in ("K1", "K2"))
)


def listed(extra: int = 0, id_: str = "lista") -> pm.PriceList:
    prices = [
        pm.Price(
            pm.Service(code, f"Tjänst {code}", area, pm.Kind.OBLIGATORY, "styck"),
            SPAN,
            (pm.Revision("Prislista", pm.Tariff(pm.UnitPrice(Decimal(price + extra)))),),
        )
        for code, (area, price) in OWN.items()
    ]
    return pm.PriceList(id_, "Prislista", SPAN, tuple(prices))


PRICES = listed()


def rows(year: int, months: int, base: int = 100) -> list[pm.Volume]:
    return [
        pm.Volume(customer, service, pm.Month(year, month), Decimal(base + 7 * month + place), "system")
        for place, (customer, service) in enumerate((c, s) for c in ("K1", "K2") for s in OWN)
        for month in range(1, months + 1)
    ]


HISTORY = pm.Volumes([*rows(2019, 12), *rows(2020, 12, 110), *rows(2021, 12, 130)])
MARCH, JULY, DECEMBER = (pm.Month(2021, number) for number in (3, 7, 12))


def revenue(forecast: Forecast, prices: pm.PriceList = PRICES) -> Decimal:
    return pm.rate(forecast.volumes, prices, REGISTER).total


def explained(before: Forecast, after: Forecast) -> pm.Shift:
    return pm.explain_vintages(before, after, PRICES, REGISTER).total


def test_a_forecast_beside_itself_has_not_moved() -> None:
    made = pm.forecast(HISTORY, 2021, MARCH)

    shift = explained(made, made)

    assert revenue(made) == shift.before == shift.after
    assert [0] * 5 == [shift.outcome, shift.reassessed, shift.planned, shift.method, shift.price]


def test_what_happened_is_all_outcome() -> None:
    before, after = (pm.forecast(HISTORY, 2021, month) for month in (MARCH, DECEMBER))

    shift = explained(before, after)

    happened = pm.rate(pm.Volumes(rows(2021, 12, 130)), PRICES, REGISTER).total
    assert (happened, happened - revenue(before)) == (shift.after, shift.outcome)
    assert shift.reassessed == shift.planned == shift.method == shift.price == 0


def test_each_effect_is_what_the_forecast_made_so_far_comes_to() -> None:
    move = pm.Move("A", "B", "0.5", pm.Month(2021, 9))
    before = pm.forecast(HISTORY, 2021, MARCH, method="profil")
    after = pm.forecast(HISTORY, 2021, JULY, changes=[move])
    dearer = listed(2, "ny")

    shift = pm.explain_vintages(before, after, dearer, REGISTER, price_list_before=PRICES).total

    again = revenue(pm.forecast(HISTORY, 2021, JULY, method="profil"))
    planned = revenue(pm.forecast(HISTORY, 2021, JULY, method="profil", changes=[move]))
    expected = sum(
        row.quantity * OWN[row.service][1] for row in before.expected if row.month > JULY
    )  # what was expected of August to December
    known = sum(row.quantity * OWN[row.service][1] for row in rows(2021, 7, 130))
    assert known + expected - revenue(before) == shift.outcome
    assert again - known - expected == shift.reassessed
    assert planned - again == shift.planned
    assert revenue(after) - planned == shift.method
    assert revenue(after, dearer) - revenue(after) == shift.price
    assert shift.planned < 0 < shift.price


def test_a_moved_service_moves_only_its_area() -> None:
    before, after = (
        pm.forecast(HISTORY, 2021, MARCH, changes=each)
        for each in ((), (pm.Move("A", "B", "0.5", pm.Month(2021, 9)),))
    )

    areas = pm.explain_vintages(before, after, PRICES, REGISTER).by("area")

    assert {"ekonomi", "lon"} == {*areas}
    assert not areas["lon"].difference
    assert areas["ekonomi"].planned == areas["ekonomi"].difference != 0


@settings(max_examples=15)
@given(
    st.sampled_from(["automatisk", "profil", "fjolårets rest", "rullande år"]),
    st.integers(1, 6),
    st.integers(6, 12),
    st.sampled_from([0, 1, 3]),
    st.sampled_from(["service", "customer"]),
)
def test_the_effects_sum_to_the_difference_in_all_and_by_anything(
    method: str, first: int, then: int, ramp: int, level: str
) -> None:
    changes = [pm.Move("A", "B", "0.3", pm.Month(2021, 8), ramp)] if ramp else []
    before = pm.forecast(HISTORY, 2021, pm.Month(2021, first), method=method)
    after = pm.forecast(HISTORY, 2021, pm.Month(2021, then), changes=changes, level=level)

    vintages = pm.explain_vintages(before, after, PRICES, REGISTER)

    for dimensions in (("area",), ("service",), ("customer",), ("kind",), ("month",), ("area", "month")):
        parts = [attrs.astuple(each) for each in vintages.by(*dimensions).values()]
        assert attrs.astuple(vintages.total) == tuple(map(sum, zip(*parts, strict=True)))
    total = vintages.total
    effects = total.outcome, total.reassessed, total.planned, total.method, total.price
    assert total.after - total.before == sum(effects) == total.difference


def test_a_stored_forecast_is_explained_as_the_one_that_was_stored() -> None:
    before, after = (pm.forecast(HISTORY, 2021, month, method="profil") for month in (MARCH, JULY))
    read = pm.parse_forecast(pm.render(before, "json"))

    assert explained(before, after) == explained(read, after)


def own(past: pm.Past) -> list[float]:
    return [10.0] * past.left


def test_the_method_of_a_stored_function_is_told_as_unknown() -> None:
    before, after = (pm.forecast(HISTORY, 2021, month, method=own) for month in (MARCH, JULY))
    read = pm.parse_forecast(pm.render(before, "json"))

    found = pm.explain_vintages(read, after, PRICES, REGISTER)

    assert (("", "egen metod own"),) == read.methods
    assert [0] == [len(pm.explain_vintages(before, after, PRICES, REGISTER).notices)]
    assert (
        "den tidigare prognosens egen metod är inte känd, så metodens effekt är en del av omprövningen",
    ) == (found.notices)
    assert found.total.method == 0


def test_a_later_forecast_from_a_file_must_be_made_again() -> None:
    before, after = (pm.forecast(HISTORY, 2021, month) for month in (MARCH, JULY))

    with pytest.raises(pm.InvalidError, match="läst ur en fil och kan inte göras om; gör den igen"):
        explained(before, pm.parse_forecast(pm.render(after, "json")))


def test_forecasts_in_the_wrong_order_and_of_other_years_are_refused() -> None:
    before, after = (pm.forecast(HISTORY, 2021, month) for month in (MARCH, JULY))

    with pytest.raises(pm.InvalidError, match="den senare går till och med 2021-03"):
        explained(after, before)
    with pytest.raises(pm.InvalidError, match="prognoserna gäller 2020 och 2021"):
        explained(pm.forecast(HISTORY, 2020, pm.Month(2020, 3)), after)


def test_a_service_without_a_price_is_told_and_not_left_out() -> None:
    strange = pm.Volumes([*HISTORY, pm.Volume("K1", "X", MARCH, Decimal(5), "system")])
    before, after = (pm.forecast(strange, 2021, month) for month in (MARCH, JULY))

    with pytest.raises(pm.InvalidError, match="saknar pris"):
        explained(before, after)
