from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prismodell.catalogue import Kind, Service
from prismodell.errors import InvalidError
from prismodell.periods import Month, Span, Tertial, gaps, in_force, overlap
from prismodell.pricelist import Price, Revision
from prismodell.tariff import Tariff, UnitPrice
from prismodell.testing import AREAS

months = st.builds(Month, st.integers(1990, 2050), st.integers(1, 12))
SERVICE = Service("T", "Tjänst", AREAS[0], Kind.OBLIGATORY, "styck")


def dated(span: Span) -> Price:
    return Price(SERVICE, span, (Revision("lista", Tariff(UnitPrice("1"))),))


@given(months, st.integers(-200, 200))
def test_adding_months_and_subtracting_undo_each_other(month: Month, count: int) -> None:
    assert count == (month + count) - month
    assert month == (month + count) + -count
    assert (month < month + count) == (count > 0)


@given(months)
def test_a_month_is_written_as_it_is_read(month: Month) -> None:
    assert month == Month.parse(str(month))
    assert month == Month.of(month.first) == Month.of(month.last)
    assert month.days == (month.last - month.first).days + 1
    assert (month + 1).first.toordinal() == month.last.toordinal() + 1


@pytest.mark.parametrize(
    "text",
    ["2022-13", "2022-00", "2022-1", "202201", "0000-01", "2022-01-01", " 2022-01", "2022-01\n", "٢٠٢٢-٠١"],
)
def test_only_year_and_month_are_a_month(text: str) -> None:
    with pytest.raises(InvalidError, match="skriv som 2022-01"):
        Month.parse(text)


@pytest.mark.parametrize(("year", "number"), [(2022, 0), (2022, 13), (0, 1), ("2022", 1)])
def test_a_month_outside_the_calendar_cannot_be_made(year: int, number: int) -> None:
    with pytest.raises((ValueError, TypeError)):
        Month(year, number)


@given(months)
def test_every_month_is_in_exactly_one_tertial_of_four_months(month: Month) -> None:
    tertial = Tertial.of(month)
    assert month in tertial.span
    assert [tertial] * 4 == [Tertial.of(each) for each in tertial.span]
    assert f"T{(month.number - 1) // 4 + 1} {month.year}" == str(tertial)


@given(months, st.integers(1, 30))
def test_a_span_has_its_start_and_not_its_end(start: Month, length: int) -> None:
    span = Span(start, start + length)
    assert length == len(list(span))
    assert start in span
    assert start + length not in span
    assert start + -1 not in span
    assert start + 10_00 in Span(start)
    assert span == Span.of_days(start.first, (start + (length - 1)).last)


@given(months, st.integers(1, 6), months, st.integers(1, 6))
def test_spans_overlap_when_a_month_is_in_both(a: Month, m: int, b: Month, n: int) -> None:
    one, other = Span(a, a + m), Span(b, b + n)
    assert bool({*one} & {*other}) == one.overlaps(other) == other.overlaps(one)
    assert ({*one} <= {*other}) == one.within(other)


def test_a_span_follows_whole_months_and_time() -> None:
    with pytest.raises(InvalidError, match="slutar före den börjar"):
        Span(Month(2022, 2), Month(2022, 2))
    with pytest.raises(InvalidError, match="skriv 2022-01-01"):
        Span.of_days(date(2022, 1, 2), None)
    with pytest.raises(InvalidError, match="skriv 2022-02-28"):
        Span.of_days(date(2022, 1, 1), date(2022, 2, 27))


@given(st.sets(st.integers(0, 30), min_size=2, max_size=8))
def test_the_value_in_force_is_the_one_whose_span_has_the_month(bounds: set[int]) -> None:
    edges = [Month(2022, 1) + bound for bound in sorted(bounds)]
    values = [dated(Span(a, b)) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    assert overlap(values) is None
    for month in Span(Month(2021, 12), Month(2024, 12)):
        having = [value for value in values if month in value.span]
        assert (having[0] if having else None) == in_force(values, month)
    holes = [month for first, last in gaps(values) for month in Span(first, last + 1)]
    between = Span(edges[0], values[-1].span.end)
    assert [month for month in between if in_force(values, month) is None] == holes


def test_two_values_in_one_month_are_found() -> None:
    early, late = dated(Span(Month(2022, 1), Month(2022, 7))), dated(Span(Month(2022, 6)))
    assert (early, late) == overlap([late, early])
