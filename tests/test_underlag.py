from __future__ import annotations

from decimal import ROUND_DOWN, Context, Decimal, localcontext
from typing import Any

import attrs
import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

import prismodell as pm
from prismodell.money import exact, round_half_up
from prismodell.testing import Case, cases, check_issued, volumes

JANUARY, FEBRUARY, DECEMBER = pm.Month(2022, 1), pm.Month(2022, 2), pm.Month(2022, 12)
YEAR = pm.Span(JANUARY, pm.Month(2023, 1))
EKONOMI, LON = pm.Area("ekonomi", "Ekonomi"), pm.Area("lon", "Lön och pension")
SERVICES = (
    pm.Service("EKO-LEV", "Leverantörsfaktura", EKONOMI, pm.Kind.OBLIGATORY, "faktura", "fakturor"),
    pm.Service("EKO-TIM", "Konsulttimme", EKONOMI, pm.Kind.SUPPLEMENTARY, "timme", "timmar"),
    pm.Service("LON-SPEC", "Lönespecifikation", LON, pm.Kind.OBLIGATORY, "specifikation", vat=Decimal(12)),
)
REGISTER = pm.Register(
    (
        pm.Customer("SDF-SKA", "Skärholmens stadsdelsförvaltning", pm.CustomerType.ADMINISTRATION),
        pm.Customer("BOL-STO", "AB Stokab", pm.CustomerType.COMPANY),
    )
)


def price_list(*prices: object, title: str = "Prislista 2022") -> pm.PriceList:
    tariffs = [pm.Tariff(pm.UnitPrice(str(price))) for price in prices or ("22.18", "750", "66.33")]
    dated = [
        pm.Price(service, YEAR, (pm.Revision(title, tariff),))
        for service, tariff in zip(SERVICES, tariffs, strict=True)
    ]
    return pm.PriceList("lista-2022", title, YEAR, tuple(dated))


def row(customer: str, service: str, quantity: str, month: pm.Month = JANUARY, **fields: Any) -> pm.Volume:
    return pm.Volume(customer, service, month, Decimal(quantity), **fields)


ROWS = (
    row("SDF-SKA", "EKO-LEV", "2431"),
    row("SDF-SKA", "LON-SPEC", "10"),
    row("BOL-STO", "EKO-TIM", "1.5"),
    row("BOL-STO", "EKO-LEV", "3"),
    row("BOL-STO", "LON-SPEC", "1"),
)


def rated(
    *rows: pm.Volume, prices: pm.PriceList | None = None, register: pm.Register = REGISTER
) -> pm.Rating:
    return pm.rate(pm.Volumes(rows), prices or price_list(), register)


@given(cases(strangers=False), st.sampled_from([*YEAR]))
def test_once_issued_what_was_issued_is_what_is_rated(case: Case, month: pm.Month) -> None:
    rating = case.rate()
    issued = pm.issue(rating, month, case.register, unrated="bill")
    event(f"issued {bool(issued)}")
    check_issued(rating, issued, month)
    assert () == pm.issue(rating, month, case.register, issued, unrated="bill")


@given(cases(strangers=False))
def test_issuing_month_by_month_or_at_once_comes_to_the_same(case: Case) -> None:
    rating = case.rate()
    monthly: tuple[pm.Underlag, ...] = ()
    for month in YEAR:
        monthly += pm.issue(rating, month, case.register, monthly, unrated="bill")
    at_once = pm.issue(rating, DECEMBER, case.register, unrated="bill")
    check_issued(rating, monthly, DECEMBER)
    assert totals(monthly) == totals(at_once)
    assert all(billed.line.month == each.month for each in monthly for billed in each.lines)


@exact()
def totals(documents: tuple[pm.Underlag, ...]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for each in documents:
        sums[each.customer.code] = sums.get(each.customer.code, Decimal(0)) + each.net
    return sums


@given(st.data(), cases(strangers=False))
def test_late_and_withdrawn_rows_are_billed_as_the_difference(data: st.DataObject, case: Case) -> None:
    late = data.draw(volumes(case.price_list, case.register, strangers=False))
    first = pm.issue(case.rate(), pm.Month(2022, 6), case.register, unrated="bill")
    now = attrs.evolve(case, volumes=late).rate()
    assume(not now.unrated)
    second = pm.issue(now, DECEMBER, case.register, first, unrated="bill")
    event(f"corrections {any(billed.corrects for each in second for billed in each.lines)}")
    check_issued(now, (*first, *second), DECEMBER)
    third = pm.issue(case.rate(), DECEMBER, case.register, (*first, *second), unrated="bill")
    if not case.rate().unrated:
        check_issued(case.rate(), (*first, *second, *third), DECEMBER)


def test_an_underlag_is_ordered_by_area_and_kind_and_sums_up() -> None:
    company, administration = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    assert ("BOL-STO-2022-001", "SDF-SKA-2022-001") == (company.number, administration.number)
    groups = [(group.area.code, group.kind, str(group.amount)) for group in company.groups]
    assert [
        ("ekonomi", pm.Kind.OBLIGATORY, "66.54"),
        ("ekonomi", pm.Kind.SUPPLEMENTARY, "1125.00"),
        ("lon", pm.Kind.OBLIGATORY, "66.33"),
    ] == groups
    assert Decimal("1257.87") == company.net
    # 25 % of 1 191,54 is 297,885 → 297,89; 12 % of 66,33 is 7,9596 → 7,96
    assert [("12", "66.33", "7.96"), ("25", "1191.54", "297.89")] == [
        (str(vat.percent), str(vat.net), str(vat.amount)) for vat in company.vat
    ]
    assert Decimal("1563.72") == company.gross
    assert administration.net == administration.gross == Decimal("54582.88")


@given(cases(strangers=False, most=40))
def test_vat_is_computed_once_per_rate_on_the_sum(case: Case) -> None:
    for document in pm.issue(case.rate(), DECEMBER, case.register, unrated="bill"):
        with exact():
            assert (
                document.net == sum(vat.net for vat in document.vat) == sum(g.amount for g in document.groups)
            )
            assert document.gross == document.net + sum(vat.amount for vat in document.vat)
            for vat in document.vat:
                lines = [billed for billed in document.lines if billed.line.vat == vat.percent]
                each = [round_half_up(billed.amount * vat.percent / 100) for billed in lines]
                assert abs(sum(each) - vat.amount) <= Decimal("0.01") * ((len(lines) + 1) // 2)
        administration = document.customer.type is pm.CustomerType.ADMINISTRATION
        assert not (administration and any(vat.amount for vat in document.vat))


def test_numbers_are_serial_per_customer_and_year() -> None:
    first = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    more = rated(*ROWS, row("SDF-SKA", "EKO-LEV", "1", FEBRUARY))
    [second] = pm.issue(more, FEBRUARY, REGISTER, first)
    assert "SDF-SKA-2022-002" == second.number
    assert [(FEBRUARY, Decimal("22.18"))] == [(billed.line.month, billed.amount) for billed in second.lines]


def test_a_correction_is_the_difference_and_explains_itself() -> None:
    first = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    late = rated(*ROWS, row("SDF-SKA", "EKO-LEV", "9"))
    [document] = pm.issue(late, JANUARY, REGISTER, first)
    [billed] = document.lines
    assert (Decimal(9), Decimal("199.62"), True) == (billed.quantity, billed.amount, billed.corrects)
    assert "rättelse: 54 119,20 kr − tidigare 53 919,58 kr = 199,62 kr" in billed.explain()


def test_withdrawn_rows_are_credited_whole_and_brought_back_again() -> None:
    first = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    [credit] = pm.issue(rated(*ROWS[:2]), JANUARY, REGISTER, first)
    assert ("BOL-STO-2022-002", Decimal("-1257.87")) == (credit.number, credit.net)
    assert {Decimal(0)} == {billed.line.quantity for billed in credit.lines}
    [again] = pm.issue(rated(*ROWS), JANUARY, REGISTER, (*first, credit))
    assert ("BOL-STO-2022-003", Decimal("1257.87")) == (again.number, again.net)
    assert () == pm.issue(rated(*ROWS), JANUARY, REGISTER, (*first, credit, again))


def test_a_corrected_price_list_corrects_what_was_issued() -> None:
    first = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    cheaper = price_list("22", "750", "66.33")
    second = pm.issue(rated(*ROWS, prices=cheaper), JANUARY, REGISTER, first)
    assert ["-0.54", "-437.58"] == [str(each.net) for each in second]
    assert {cheaper.digest} == {used.digest for each in second for used in each.price_lists}


def test_a_line_of_nothing_is_shown_once_and_only_once() -> None:
    free = pm.Agreement("SDF-SKA", "EKO-LEV", YEAR, percent=-100)
    register = attrs.evolve(REGISTER, agreements=(free,))
    rating = rated(ROWS[0], register=register)
    [document] = pm.issue(rating, JANUARY, register)
    assert ["0.00"] == [str(billed.amount) for billed in document.lines]
    assert () == pm.issue(rating, JANUARY, register, [document])


UNKNOWN = row("SDF-SKA", "EKO-LEVV", "5")
CONFLICT = (
    row("BOL-STO", "EKO-TIM", "1", source="s", reference="r"),
    row("BOL-STO", "EKO-TIM", "2", source="s", reference="r"),
)


def test_nothing_is_issued_while_something_is_unrated_or_in_conflict() -> None:
    with pytest.raises(pm.IssueError) as refused:
        pm.issue(rated(*ROWS, UNKNOWN, *CONFLICT), JANUARY, REGISTER)
    text = str(refused.value)
    assert "menade du 'EKO-LEV'?" in text
    assert "olika rader med samma referens" in text
    assert 'unrated="hold"' in text
    assert 4 == len(refused.value.problems)


def test_on_request_the_customers_concerned_are_held_back_and_the_others_billed() -> None:
    rating = rated(*ROWS, UNKNOWN)
    assert ["BOL-STO"] == [each.customer.code for each in pm.issue(rating, JANUARY, REGISTER, unrated="hold")]
    assert () == pm.issue(rated(*ROWS, UNKNOWN, *CONFLICT), JANUARY, REGISTER, unrated="hold")
    both = pm.issue(rating, JANUARY, REGISTER, unrated="bill")
    assert ["BOL-STO", "SDF-SKA"] == [each.customer.code for each in both]


def test_what_lies_after_the_month_stands_in_nobodys_way() -> None:
    later = row("SDF-SKA", "EKO-LEVV", "5", FEBRUARY)
    assert 2 == len(pm.issue(rated(*ROWS, later), JANUARY, REGISTER))
    with pytest.raises(pm.IssueError):
        pm.issue(rated(*ROWS, later), FEBRUARY, REGISTER)


def test_what_became_unrated_after_it_was_issued_is_not_credited() -> None:
    first = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    span = pm.Span(JANUARY, FEBRUARY)
    ended = attrs.evolve(REGISTER.customers[1], span=pm.Span(pm.Month(2020, 1), JANUARY))
    register = attrs.evolve(REGISTER, customers=(REGISTER.customers[0], ended))
    assert () == pm.issue(rated(*ROWS, register=register), span.start, register, first, unrated="bill")


def test_a_subscription_that_never_became_volumes_is_missed() -> None:
    register = attrs.evolve(REGISTER, subscriptions=(pm.Subscription("SDF-SKA", "EKO-TIM", YEAR),))
    with pytest.raises(pm.IssueError, match=r"volumes\.merge\(register\.subscribed"):
        pm.issue(rated(*ROWS, register=register), JANUARY, register)
    with_it = pm.Volumes(ROWS).merge(register.subscribed(JANUARY))
    assert 2 == len(pm.issue(pm.rate(with_it, price_list(), register), JANUARY, register))


def test_an_agreement_on_a_mistyped_service_is_missed() -> None:
    agreement = pm.Agreement("SDF-SKA", "EKO-LEVV", YEAR, percent=-10)
    register = attrs.evolve(REGISTER, agreements=(agreement,))
    with pytest.raises(pm.IssueError, match="så avtalet har ingen verkan; menade du 'EKO-LEV'"):
        pm.issue(rated(*ROWS, register=register), JANUARY, register)


def test_the_way_to_go_on_is_one_of_three() -> None:
    with pytest.raises(ValueError, match="refuse, hold, bill"):
        pm.issue(rated(*ROWS), JANUARY, REGISTER, unrated="ignore")


@given(cases(strangers=False, most=8))
def test_equal_inputs_give_equal_documents_in_any_decimal_context(case: Case) -> None:
    expected = pm.issue(case.rate(), DECEMBER, case.register, unrated="bill")
    with localcontext(Context(prec=1, rounding=ROUND_DOWN)):
        shaky = pm.issue(case.rate(), DECEMBER, case.register, unrated="bill")
        assert [each.digest for each in expected] == [each.digest for each in shaky]
        assert [pm.render(each) for each in expected] == [pm.render(each) for each in shaky]
        assert [str(each.gross) for each in expected] == [str(each.gross) for each in shaky]


def test_a_document_is_another_when_the_volumes_or_prices_behind_it_are() -> None:
    def document(*rows: pm.Volume, prices: pm.PriceList | None = None) -> pm.Underlag:
        return pm.issue(rated(*rows, prices=prices), JANUARY, REGISTER)[-1]

    same, other = document(*ROWS), document(*ROWS[1:])
    assert document(*reversed(ROWS)).digest == same.digest
    assert other.volumes != same.volumes
    assert document(*ROWS, prices=price_list(title="Prislista 2022, rättad")).digest != same.digest
    assert "<Underlag SDF-SKA-2022-001 54582.88 kr, 2 lines>" == repr(same)
