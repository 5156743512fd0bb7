"""
How complete the latest months are, held against sums made row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from statistics import median
from typing import Any

import attrs
import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

import prismodell as pm
from test_writing_closing import check_golden

AUGUST = pm.Month(2021, 8)
SEPTEMBER = AUGUST + 1
AS_OF = date(2021, 9, 3)  # three days after the end of August
WHOLE = [AUGUST - back for back in range(9, 1, -1)]  # November to June: eight whole months
DAYS = st.dates(date(2021, 8, 25), date(2021, 10, 5))
LAGS = st.one_of(st.integers(-30, 40), st.integers(-3, 9))
USUAL = st.lists(st.tuples(st.integers(5, 100), LAGS), min_size=1, max_size=3)
NOW_AND_THEN: st.SearchStrategy[list[tuple[int, int | None]]] = st.one_of(
    st.just([]),
    st.tuples(st.integers(-30, 90), LAGS).map(lambda part: [part]),
    st.tuples(st.integers(-1, 6), st.none()).map(lambda part: [part]),
)


@st.composite
def rows_of_months(draw: st.DrawFn) -> list[pm.Volume]:
    """
    Rows of one or two services over some months, much alike; now and then a row says what another does.
    """
    rows = []
    for service in draw(st.sampled_from(["A", "AB"])):
        usual = draw(USUAL)
        for back in range(draw(st.integers(-1, 1)), draw(st.integers(5, 9))):
            parts = [*usual, *draw(NOW_AND_THEN)]
            rows += [row(quantity, AUGUST - back, lag, service=service) for quantity, lag in parts]
    for place in draw(st.lists(st.integers(0, len(rows) - 1), max_size=3)):
        rows[place] = attrs.evolve(rows[place], reference="r")
    return rows


def row(
    quantity: Decimal | int | str, month: pm.Month = AUGUST, lag: int | None = 0, **fields: Any
) -> pm.Volume:
    """
    A row registered so many days after its month's end, or on no day that it tells.
    """
    registered = None if lag is None else month.last + timedelta(lag)
    volume = pm.Volume("K", "A", month, Decimal(quantity), "ekonomi", registered=registered)
    return attrs.evolve(volume, **fields)


def history(
    *parts: tuple[int | str, int | None], months: Sequence[pm.Month] = tuple(WHOLE), **fields: Any
) -> list[pm.Volume]:
    """
    Months that each fill up by the same quantities after the same numbers of days.
    """
    return [row(quantity, month, lag, **fields) for month in months for quantity, lag in parts]


def found(*rows: pm.Volume, as_of: date = AS_OF) -> tuple[pm.Completeness, ...]:
    return pm.completeness(pm.Volumes(rows), as_of)


def of(month: pm.Month, *rows: pm.Volume, as_of: date = AS_OF) -> pm.Completeness:
    [each] = [each for each in found(*rows, as_of=as_of) if each.month == month]
    return each


def in_order(share: Fraction | None) -> bool:
    return share is not None and Fraction(1, 100) <= share <= Fraction(201, 200)


def oracle(volumes: pm.Volumes, as_of: date) -> dict[tuple[str, pm.Month], tuple[Decimal, Fraction | None]]:
    """
    The reported quantity of each listed month and its share, row by row as the docstring says it.
    """
    rows = pm.known_on(volumes, as_of).counted
    latest = pm.Month.of(as_of)
    listed: dict[tuple[str, pm.Month], tuple[Decimal, Fraction | None]] = {}
    for service in {each.service for each in rows}:
        months = {each.month for each in rows}
        mine = {month: [r for r in rows if (r.service, r.month) == (service, month)] for month in months}
        sums = {month: _by_day(each) for month, each in mine.items()}
        whole = sorted(month for month in months if month <= latest - 3 and _may_show(sums[month]))[-12:]
        for month in (latest - 2, latest - 1, latest):
            days = sums.get(month, {})
            lag = (as_of - month.last).days
            shares = [
                Fraction(
                    sum(q for day, q in sums[m].items() if day is None or day <= m.last + timedelta(lag))
                )
                / Fraction(sum(sums[m].values()))
                for m in whole
            ]
            usual = median(shares) if len(shares) >= 3 else None
            reported = Decimal(sum(days.values()))
            if not days:
                if usual is not None and usual >= Fraction(1, 100) and sums.get(latest - 3):
                    listed[service, month] = (reported, None)
            elif usual is None or abs(1 - usual) > Fraction(1, 200):
                sayable = in_order(usual) and reported > 0 and _dated(days)
                listed[service, month] = (reported, usual if sayable else None)
    return listed


def _by_day(rows: Sequence[pm.Volume]) -> dict[date | None, Decimal]:
    days = {each.registered for each in rows}
    sums = {day: sum((r.quantity for r in rows if r.registered == day), Decimal(0)) for day in days}
    return {day: quantity for day, quantity in sums.items() if quantity != 0}


def _dated(days: dict[date | None, Decimal]) -> bool:
    return 20 * abs(days.get(None, Decimal(0))) <= sum(abs(quantity) for quantity in days.values())


def _may_show(days: dict[date | None, Decimal]) -> bool:
    return sum(days.values()) > 0 and _dated(days)


def test_a_month_is_told_by_how_the_months_before_it_filled_up() -> None:
    each = of(AUGUST, *history((93, 3), (7, 20)), row(186, AUGUST, 2))
    assert (Decimal("0.9300"), Decimal("200.000000"), 8, 3) == (
        *(each.share, each.expected),
        *(each.months, each.lag),
    )
    assert (
        "augusti 2021 är till 93 % rapporterad 3 dagar efter månadens slut, om den fylls på som 8 tidigare"
        " månader"
    ) == each.why


@given(rows_of_months(), DAYS)
def test_the_answer_is_what_sums_made_row_by_row_give(rows: list[pm.Volume], as_of: date) -> None:
    volumes = pm.Volumes(rows)
    answer = pm.completeness(volumes, as_of)
    assert oracle(volumes, as_of) == {
        (each.service, each.month): (each.reported, each.filled) for each in answer
    }
    event(f"listed {bool(answer)}, estimated {any(each.filled for each in answer)}")


@given(st.data(), st.dates(date(2021, 8, 25), date(2021, 9, 30)))
def test_a_month_that_fills_up_as_before_is_met_exactly(data: st.DataObject, as_of: date) -> None:
    parts = data.draw(st.lists(st.tuples(st.integers(1, 50), st.integers(-30, 60)), min_size=1, max_size=5))
    months = [*WHOLE[-data.draw(st.integers(3, 8)) :], AUGUST - 1, AUGUST]
    scales = data.draw(st.lists(st.integers(1, 9), min_size=len(months), max_size=len(months)))
    rows = [
        row(scale * quantity, month, lag)
        for month, scale in zip(months, scales, strict=True)
        for quantity, lag in parts
    ]
    told = [each for each in found(*rows, as_of=as_of) if each.filled is not None and each.month <= AUGUST]
    assume(told)
    for each in told:
        outcome = scales[months.index(each.month)] * sum(quantity for quantity, _ in parts)
        assert outcome == each.expected
    event(f"told {len(told)}")


@given(st.data(), rows_of_months(), DAYS)
def test_neither_the_order_of_rows_nor_how_they_are_split_nor_rows_of_nothing_matter(
    data: st.DataObject, rows: list[pm.Volume], as_of: date
) -> None:
    whole = [attrs.evolve(each, reference="") for each in rows]
    split = [
        part
        for each in whole
        for size in [data.draw(st.integers(-20, 20))]
        for part in (
            attrs.evolve(each, quantity=each.quantity - size),
            attrs.evolve(each, quantity=Decimal(size)),
            attrs.evolve(each, quantity=Decimal(0), registered=None),
        )
    ]
    assert found(*whole, as_of=as_of) == found(*data.draw(st.permutations(split)), as_of=as_of)
    assert found(*rows, as_of=as_of) == found(*data.draw(st.permutations(rows)), as_of=as_of)


@given(rows_of_months(), DAYS, DAYS)
def test_what_was_registered_later_is_not_known_on_a_day(
    rows: list[pm.Volume], as_of: date, later: date
) -> None:
    volumes = pm.Volumes(rows)
    known = pm.known_on(volumes, as_of)
    assert pm.completeness(volumes, as_of) == pm.completeness(known, as_of)
    assert known == pm.known_on(known, as_of)
    if as_of <= later:
        assert known == pm.known_on(pm.known_on(volumes, later), as_of)
    assert {each for each in rows if each.registered is None or each.registered <= as_of} == {*known}


@given(rows_of_months(), DAYS)
def test_a_share_is_above_nothing_and_at_most_one_or_is_not_told(rows: list[pm.Volume], as_of: date) -> None:
    answer = found(*rows, as_of=as_of)
    assert [*answer] == sorted(answer, key=lambda each: (each.service, each.month))
    for each in answer:
        assert (each.share is None) == (each.expected is None) == (each.filled is None)
        if each.share is not None and each.expected is not None:
            assert 0 < each.share <= 1
            assert each.expected >= each.reported > 0
        assert pm.Month.of(as_of) - 2 <= each.month <= pm.Month.of(as_of)


@given(rows_of_months(), st.integers(1, 29), st.integers(1, 29))
def test_as_days_pass_and_nothing_comes_less_is_expected(
    rows: list[pm.Volume], first: int, second: int
) -> None:
    early, late = (date(2021, 9, day) for day in sorted((first, second)))
    still = [
        attrs.evolve(each, quantity=abs(each.quantity), reference="")
        for each in rows
        if each.registered and each.registered <= early
    ]
    was = {(each.service, each.month): each.expected for each in found(*still, as_of=early)}
    now = {(each.service, each.month): each.expected for each in found(*still, as_of=late)}
    for key, expected in now.items():
        before = was.get(key)
        if expected is not None and before is not None:
            assert expected <= before
    event(f"compared {any(was.get(key) and now[key] for key in now)}")


def test_once_two_months_have_passed_a_month_is_what_was_reported() -> None:
    rows = [*history((93, 3), (7, 90)), row(93, AUGUST, 2)]
    assert AUGUST in {each.month for each in found(*rows, as_of=date(2021, 10, 31))}
    assert AUGUST not in {each.month for each in found(*rows, as_of=date(2021, 11, 1))}


def test_a_month_within_half_a_percent_of_its_whole_is_complete() -> None:
    def listed(known: str, late: str) -> bool:
        answer = found(*history((known, 3), (late, 20)), row(10, AUGUST, 2))
        return AUGUST in {each.month for each in answer}

    assert not listed("99.5", "0.5")
    assert listed("99.49", "0.51")
    assert not listed("100.5", "-0.5")
    assert listed("100.51", "-0.51")


def test_a_hundredth_of_the_whole_is_enough_to_reckon_from() -> None:
    assert Decimal("800.000000") == of(AUGUST, *history((1, 3), (99, 20)), row(8)).expected


def test_the_last_twelve_whole_months_are_the_pattern() -> None:
    months = [AUGUST - back for back in range(20, 1, -1)]
    old, new = months[:-12], months[-12:]
    rows = [*history((1, 0), (99, 20), months=old), *history((80, 3), (20, 20), months=new)]
    each = of(AUGUST, *rows, row(8, AUGUST, 0))
    assert (12, Decimal("0.8")) == (each.months, each.share)


def test_the_share_is_the_middle_one_or_the_mean_of_the_two_in_the_middle() -> None:
    shares = [50, 90, 70, 10]
    rows = [
        row(quantity, month, lag)
        for month, share in zip(WHOLE[-4:], shares, strict=True)
        for quantity, lag in ((share, 3), (100 - share, 4))
    ]
    assert Fraction(60, 100) == of(AUGUST, *rows, row(8)).filled
    without_first = [each for each in rows if each.month != WHOLE[-4]]
    assert Fraction(70, 100) == of(AUGUST, *without_first, row(8)).filled


def test_services_are_judged_each_by_its_own_months() -> None:
    rows = [*history((90, 3), (10, 20)), *history((50, 3), (50, 20), service="B")]
    shares = {each.service: each.share for each in found(*rows, row(8), row(8, service="B"))}
    assert {"A": Decimal("0.9"), "B": Decimal("0.5")} == shares


def test_duplicates_and_conflicts_do_not_count_as_in_the_tally() -> None:
    same = [row(8, reference="r1"), row(8, reference="r1", lag=1)]
    clash = [row(5, reference="r2"), row(6, reference="r2")]
    assert 8 == of(AUGUST, *history((90, 3), (10, 20)), *same, *clash).reported


def test_the_month_that_goes_on_is_judged_by_what_is_usual_so_early() -> None:
    each = of(SEPTEMBER, *history((10, -27), (90, 3)), row(7, SEPTEMBER, -28))
    assert (-27, Decimal("70.000000")) == (each.lag, each.expected)
    assert "september 2021 är till 10 % rapporterad 27 dagar före månadens slut" in each.why


@pytest.mark.parametrize(
    ("as_of", "when"),
    [
        (date(2021, 8, 30), "rapporterad 1 dag före månadens slut"),
        (date(2021, 8, 31), "rapporterad på månadens sista dag"),
        (date(2021, 9, 1), "rapporterad 1 dag efter månadens slut"),
    ],
    ids=str,
)
def test_a_day_is_told_from_the_end_of_the_month(as_of: date, when: str) -> None:
    assert when in of(AUGUST, *history((50, -2), (50, 20)), row(8, AUGUST, -3), as_of=as_of).why


PATTERN = history((90, 3), (10, 20))
UNSAYABLE = {
    "saknar registreringsdag på mer än 5 % av volymen": [*PATTERN, row("94.9"), row("5.1", lag=None)],
    "kan inte bedömas: hela månader att gå efter är 2, och minst 3 behövs": [*PATTERN[-4:], row(8)],
    "kan inte bedömas 3 dagar efter månadens slut: då brukar inte ens 1 % vara rapporterat": [
        *history(("0.999", 3), ("99.001", 20)),
        row(8),
    ],
    "har inget rapporterat 3 dagar efter månadens slut, fast 90 % brukar vara det": PATTERN,
    "kan inte bedömas 3 dagar efter månadens slut: då brukar 125 % av det slutliga vara rapporterat": [
        *history((100, 3), (-20, 20)),
        row(8),
    ],
    "har volymen −2 3 dagar efter månadens slut, och den kan inte räknas upp": [
        *PATTERN,
        row(8),
        row(-10, lag=2),
    ],
    "har volymen 0 3 dagar efter månadens slut, och den kan inte räknas upp": [
        *PATTERN,
        row(8),
        row(-8, lag=2),
    ],
}


@pytest.mark.parametrize("reason", UNSAYABLE)
def test_where_nothing_can_be_said_the_reason_is(reason: str) -> None:
    alive = row(100, AUGUST - 2, -40)  # so that the newest whole month has something
    each = of(AUGUST, *UNSAYABLE[reason], *([alive] if "inget" in reason else []))
    assert (None, None, f"augusti 2021 {reason}") == (each.share, each.expected, each.why)


def test_rows_without_a_day_are_known_from_the_beginning_as_long_as_they_are_few() -> None:
    rows = [*history((5, None), (85, 3), (10, 20)), row(86), row(4, lag=None)]
    assert Decimal("0.9000") == of(AUGUST, *rows).share


def test_whole_months_without_days_or_with_nothing_to_divide_by_are_no_pattern() -> None:
    undated, nothing, credits_ = WHOLE[0], WHOLE[1], WHOLE[2]
    odd = [
        *(row(94, undated), row(6, undated, None)),
        *(row(5, nothing), row(-5, nothing, 2)),
        *(row(5, credits_), row(-6, credits_, 2)),
    ]
    each = of(AUGUST, *odd, *history((90, 3), (10, 20), months=WHOLE[3:]), row(8))
    assert (5, Decimal("0.9000")) == (each.months, each.share)


def test_a_service_whose_rows_never_have_a_day_is_told_so_month_by_month() -> None:
    rows = history((90, None), months=[*WHOLE, AUGUST - 1, AUGUST])
    answer = found(*rows)
    assert [AUGUST - 1, AUGUST] == [each.month for each in answer]
    assert all("saknar registreringsdag" in each.why and each.share is None for each in answer)


def test_a_month_with_nothing_is_told_even_when_all_of_it_usually_is_there() -> None:
    each = of(AUGUST, *history((100, 0)))
    assert "har inget rapporterat 3 dagar efter månadens slut, fast 100 % brukar vara det" in each.why


def test_a_service_that_has_ended_is_not_missed() -> None:
    ended = history((90, 3), (10, 20), months=WHOLE[:-1])
    assert () == found(*ended)


def test_nothing_gives_nothing() -> None:
    assert () == found()
    assert () == found(*history((90, 3)), as_of=date(2019, 1, 1))


def test_the_callers_decimal_context_changes_no_figure() -> None:
    rows = [*history(("100000.000001", 3), (50000, 20)), row("123456.123456")]
    expected = of(AUGUST, *rows).share, of(AUGUST, *rows).expected
    with localcontext(prec=2):
        each = of(AUGUST, *rows)
        assert expected == (each.share, each.expected)
        pm.completeness_table([each])


@pytest.mark.parametrize("as_of", ["2021-09-03", datetime(2021, 9, 3), None, AUGUST], ids=str)  # noqa: DTZ001 - a day has no zone
def test_a_day_is_a_date(as_of: Any) -> None:
    with pytest.raises(TypeError, match="as_of is a date"):
        pm.completeness(pm.Volumes(), as_of)
    with pytest.raises(TypeError, match="as_of is a date"):
        pm.known_on(pm.Volumes(), as_of)


def test_notices_stay_with_the_rows_that_were_known() -> None:
    notice = pm.Problem("a.csv rad 2", "något")
    assert (notice,) == pm.known_on(pm.Volumes([row(1)], (notice,)), AS_OF).notices


def test_the_table_says_how_complete_each_month_is_and_why() -> None:
    through_july = [*WHOLE, AUGUST - 1]
    rows = [
        *history((93, 3), (7, 20), months=through_july, service="EKO-LEV"),
        *(row(22800, service="EKO-LEV"), row(410, SEPTEMBER, -28, service="EKO-LEV")),
        *history((1, -27), (2, 10), months=through_july, service="KC-KUND"),
        *history((100, 1), (-20, 10), months=through_july, service="LON-SPEC"),
        *(row(2400, service="LON-SPEC"), row(-3, SEPTEMBER, -28, service="LON-SPEC")),
        *history((5, None), service="LON-UTB", months=[AUGUST]),
        *history((100, 10), service="REK-PB", months=[AUGUST - 1]),
    ]
    check_golden("kompletta-manader", pm.completeness_table(found(*rows)))
