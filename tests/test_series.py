"""
What a series says of how it came about, as a controller reads it.
"""

from __future__ import annotations

import pytest

import prismodell as pm
from histories import AUGUST, DECEMBER, SHAPE, forecast, row, year, years
from prismodell.expectation import Series

NOISY = [
    *year(2018, [month + at % 3 for at, month in enumerate(SHAPE)]),
    *year(2019, [month + at % 4 for at, month in enumerate(SHAPE)]),
    *year(2020, [month + at % 5 for at, month in enumerate(SHAPE)]),
    *year(2021, SHAPE[:8]),
]


def test_the_few_numbers_behind_a_year_stand_on_a_line_each() -> None:
    assert """\
A: 730 kända + 470 väntade = 1 200
  metod: sammanvägning (3 hela år finns)
  profil: kända 730 är 60,9 % av året, som i snitt förut: 469 återstår
  nivå × säsong: nivån 100 i månaden × säsongen 4,7 månader: 468 återstår
  tillväxt: fjolårets rest 478 × 0,988 (året −1,7 %, senaste månaderna −1,3 %, \
restens del mot det vanliga 0 %): 472 återstår
  80 %: 1 187 till 1 214 (tumregel)
  95 %: 1 178 till 1 223 (tumregel)""" == forecast(NOISY).service("A").explain()


def test_a_customers_share_says_what_it_is_of() -> None:
    made = forecast(years() + years("L"))
    assert """\
A, K: 730 kända + 470 väntade = 1 200
  metod: andel (kundens del av A de senaste tolv månaderna)
  470 av de 940 som väntas av A""" == made.service("A", "K").explain()


def test_services_that_are_forecast_together_say_what_each_has_of_it() -> None:
    moved = pm.Move("A", "B", "0.5", pm.Month(2021, 9))
    made = forecast(years() + years("K", "B"), changes=[moved])
    assert "235 av de 940 som väntas av A och B" == made.service("A").terms[-1]
    assert "705 av de 940 som väntas av A och B" == made.service("B").terms[-1]


def test_a_customer_whose_share_is_nothing_says_so() -> None:
    made = forecast([*years(), *year(2018, [1] * 12, "L"), row(pm.Month(2021, 1), 0, "L")])
    assert not [each for each in made.customers if each.customer == "L"]
    small = forecast([*years(), row(AUGUST, 1, "L")]).service("A", "L")
    assert (
        "kundens del av A de senaste tolv månaderna är noll, eller för liten för en hel enhet" == small.reason
    )


def test_a_customer_alone_on_its_service_has_the_method_of_it() -> None:
    made = forecast(years())
    assert made.service("A").method == made.service("A", "K").method


def test_one_that_leaves_is_told_apart() -> None:
    made = forecast(years() + years("L") + years("M"), changes=[pm.Leave("L", DECEMBER)])
    assert "3 hela år finns; därtill L för sig" == made.service("A").reason
    assert "3 hela år finns; L slutar från och med 2021-12" == made.service("A", "L").reason


def test_a_sum_of_nothing_says_why() -> None:
    ended = [each for each in years() if each.month < pm.Month(2021, 4)]
    made = forecast([*ended, *years("K", "B")], level="customer")
    assert "varje kund är beräknad för sig" == made.service("B").reason
    assert (
        "varje kund är beräknad för sig, och inget väntas: inget på tre månader, men i fjol varje månad"
    ) == made.service("A").reason


def test_a_certain_year_has_no_interval_to_show() -> None:
    assert """\
A: 1 200 kända + 0 väntade = 1 200
  metod: utfall (alla månader är kända)""" == forecast(years(known=12), DECEMBER).service("A").explain()


def test_an_unknown_service_is_named_with_the_likely_one() -> None:
    made = forecast(years() + years("K", "EKO-LEV"))
    with pytest.raises(pm.InvalidError, match="prognosen har inget av EKO-LE; menade du 'EKO-LEV'"):
        made.service("EKO-LE")
    with pytest.raises(pm.InvalidError, match="prognosen har inget av A för Q"):
        made.service("A", "Q")


def test_there_are_two_levels_of_intervals() -> None:
    series = forecast(NOISY).service("A")
    assert (series.narrow, series.wide) == (series.interval(), series.interval(95))
    with pytest.raises(ValueError, match="the levels are"):
        series.interval(90)


def test_quantities_are_written_alike_however_they_came_about() -> None:
    rows = [*years("K", quantities=["0.5"] * 12), *years("L", quantities=["0.5"] * 12)]
    series = forecast(rows).service("A")
    assert {"1"} == {str(each) for each in (*series.known[:8], *series.expected[8:])}
    halves = forecast(years("K", quantities=["2.5", *["3"] * 11])).service("A")
    assert not [
        each for each in (halves.narrow.low, halves.wide.high, *halves.months) if str(each).endswith("0")
    ]


def test_series_come_by_service_and_customer() -> None:
    made = forecast(years("L", "B") + years("K", "B") + years("K", "A"))

    def keys(series: tuple[Series, ...]) -> list[tuple[str, str]]:
        return [(each.service, each.customer) for each in series]

    assert [("A", ""), ("B", "")] == keys(made.services)
    assert [("A", "K"), ("B", "K"), ("B", "L")] == keys(made.customers)
