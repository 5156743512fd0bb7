from __future__ import annotations

from decimal import ROUND_DOWN, Context, Decimal, localcontext
from typing import Any

import attrs
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
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


@fewer(2)
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


@fewer(2)
@given(st.data(), cases(strangers=False))
def test_late_and_withdrawn_rows_are_billed_as_the_difference(data: st.DataObject, case: Case) -> None:
    # a row of nothing in each month, so that the rating always has something to say of it
    customer, service = case.register.customers[0].code, case.price_list.services[0].code
    anchors = [pm.Volume(customer, service, month, Decimal(0), note="ingenting") for month in YEAR]
    kept = data.draw(st.lists(st.sampled_from(case.volumes.rows), unique_by=id)) if len(case.volumes) else []
    late = data.draw(volumes(case.price_list, case.register, strangers=False))
    was = attrs.evolve(case, volumes=pm.Volumes([*case.volumes, *anchors])).rate()
    now = attrs.evolve(case, volumes=pm.Volumes([*kept, *late, *anchors])).rate()
    issued = pm.issue(was, pm.Month(2022, 6), case.register, unrated="bill")
    for rating in (now, was, now):
        issued += pm.issue(rating, DECEMBER, case.register, issued, unrated="bill")
        event(f"corrections {any(billed.earlier for each in issued for billed in each.lines)}")
        check_issued(rating, issued, DECEMBER)


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
                lines = [billed for billed in document.lines if billed.vat == vat.percent]
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
    assert (Decimal(9), Decimal("199.62"), True) == (billed.quantity, billed.amount, bool(billed.earlier))
    assert billed.explain().split("\n")[-3:] == [
        "    54 119,20 kr − tidigare 53 919,58 kr = 199,62 kr",
        "    volym 2 431 → 2 440",
        "    ändrades: 1 rad, summa 2 431 → 2 rader, summa 2 440",
    ]
    assert "rättelse av SDF-SKA-2022-001:" in billed.explain()


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
    assert 2 == len(refused.value.problems)


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


def test_a_forgotten_subscription_of_an_earlier_month_is_missed_and_a_row_by_hand_does_not_stand_in() -> None:
    register = attrs.evolve(REGISTER, subscriptions=(pm.Subscription("SDF-SKA", "EKO-TIM", YEAR),))
    rows = (*ROWS, row("SDF-SKA", "EKO-TIM", "1"), row("SDF-SKA", "EKO-LEV", "1", FEBRUARY))
    only_february = pm.Volumes(rows).merge(register.subscribed(FEBRUARY))
    found = pm.obstacles(pm.rate(only_february, price_list(), register), FEBRUARY, register)
    assert ["abonnemang SDF-SKA EKO-TIM 2022-01"] == [each.problem.place for each in found]


def test_a_rating_without_an_issued_month_is_refused_and_never_credits_it() -> None:
    january = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    february = rated(row("SDF-SKA", "EKO-LEV", "1", FEBRUARY))
    with pytest.raises(pm.IssueError, match="2022-01 är fakturerad men finns inte bland volymerna"):
        pm.issue(february, FEBRUARY, REGISTER, january)
    assert ["22.18"] == [
        str(each.net) for each in pm.issue(february, FEBRUARY, REGISTER, january, unrated="bill")
    ]


def test_what_was_issued_under_other_price_lists_is_left_alone() -> None:
    before = pm.Span(pm.Month(2021, 1), JANUARY)
    last_year = pm.derive(price_list(), [], id="lista-2021", title="Prislista 2021", span=before)
    old = pm.rate(pm.Volumes([row("SDF-SKA", "EKO-LEV", "1", pm.Month(2021, 12))]), last_year, REGISTER)
    issued = pm.issue(old, pm.Month(2021, 12), REGISTER)
    assert [each.number for each in issued] == ["SDF-SKA-2021-001"]
    assert ["BOL-STO-2022-001", "SDF-SKA-2022-001"] == [
        each.number for each in pm.issue(rated(*ROWS), JANUARY, REGISTER, issued)
    ]


def test_the_same_underlag_given_twice_counts_once_and_two_of_one_number_are_refused() -> None:
    first = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    assert () == pm.issue(rated(*ROWS), JANUARY, REGISTER, first * 2)
    other = attrs.evolve(first[0], volumes_digest="")
    with pytest.raises(pm.InvalidError, match="två olika underlag har samma nummer: BOL-STO-2022-001"):
        pm.issue(rated(*ROWS), JANUARY, REGISTER, (*first, other))


def test_a_number_is_one_more_than_the_largest_used() -> None:
    first = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    later = attrs.evolve(first[1], number="SDF-SKA-2022-007")
    more = rated(*ROWS, row("SDF-SKA", "EKO-LEV", "1", FEBRUARY))
    [second] = pm.issue(more, FEBRUARY, REGISTER, (first[0], later), unrated="bill")
    assert "SDF-SKA-2022-008" == second.number


def test_a_customer_is_called_what_it_is_called_now_on_every_line() -> None:
    first = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    renamed = attrs.evolve(REGISTER.customers[1], name="Stokab AB")
    register = attrs.evolve(REGISTER, customers=(REGISTER.customers[0], renamed))
    rows = (*ROWS[:3], row("BOL-STO", "EKO-LEV", "4"))
    document, _ = pm.issue(rated(*rows, register=register), JANUARY, register, first[:1])
    assert {"Stokab AB"} == {billed.line.customer.name for billed in document.lines} | {
        document.customer.name
    }
    assert document == pm.parse_underlag(pm.render(document, "json"))
    with pytest.raises(pm.InvalidError, match="rader för en annan kund"):
        attrs.evolve(document, customer=REGISTER.customers[1])


def test_another_vat_rate_credits_the_old_and_charges_the_new() -> None:
    first = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    now = attrs.evolve(REGISTER.customers[0], type=pm.CustomerType.COMPANY)
    register = attrs.evolve(REGISTER, customers=(now, REGISTER.customers[1]))
    rating = rated(*ROWS, register=register)
    [document] = pm.issue(rating, JANUARY, register, first)
    assert Decimal(0) == document.net
    # 25 % of 53 919,58 and 12 % of 663,30
    assert [("0", "0.00"), ("12", "79.60"), ("25", "13479.90")] == [
        (str(vat.percent), str(vat.amount)) for vat in document.vat
    ]
    assert () == pm.issue(rating, JANUARY, register, (*first, document))
    assert "moms 0 % → 25 %" in document.lines[0].causes()


def test_a_line_that_falls_into_conflict_waits_uncredited() -> None:
    rows = (row("SDF-SKA", "EKO-LEV", "5", source="s", reference="r"),)
    first = pm.issue(rated(*rows), JANUARY, REGISTER)
    clash = rated(*rows, row("SDF-SKA", "EKO-LEV", "6", source="s", reference="r"))
    assert () == pm.issue(clash, JANUARY, REGISTER, first, unrated="bill")


def test_those_who_share_a_cost_are_held_together() -> None:
    shared = attrs.evolve(price_list().prices[0], origin=(pm.Revision("L", pm.Tariff(pm.SharedPrice(100))),))
    prices = attrs.evolve(price_list(), prices=(shared, *price_list().prices[1:]))
    rows = (row("SDF-SKA", "EKO-LEV", "1"), row("OKÄND", "EKO-LEV", "1"), row("BOL-STO", "EKO-TIM", "1"))
    rating = rated(*rows, prices=prices)
    assert ["BOL-STO"] == [each.customer.code for each in pm.issue(rating, JANUARY, REGISTER, unrated="hold")]
    assert ["OKÄND", "SDF-SKA"] == [each.customer for each in pm.obstacles(rating, JANUARY, REGISTER)]


def test_a_later_months_conflict_and_an_agreement_of_another_year_are_no_obstacles() -> None:
    later = tuple(attrs.evolve(each, month=FEBRUARY) for each in CONFLICT)
    ended = pm.Agreement("SDF-SKA", "BORTA", pm.Span(pm.Month(2021, 1), JANUARY), percent=-10)
    register = attrs.evolve(REGISTER, agreements=(ended,))
    assert () == pm.obstacles(rated(*ROWS, *later, register=register), JANUARY, register)


def test_issuing_an_earlier_month_again_leaves_the_later_one_alone() -> None:
    both = rated(*ROWS, row("SDF-SKA", "EKO-LEV", "1", FEBRUARY))
    issued = pm.issue(both, FEBRUARY, REGISTER)
    assert () == pm.issue(both, JANUARY, REGISTER, issued)


def test_a_month_is_a_month() -> None:
    with pytest.raises(TypeError, match=r"Month\(2022, 1\)"):
        pm.issue(rated(*ROWS), "2022-01", REGISTER)  # type: ignore[arg-type]  # the checker says so too


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
    assert other.volumes_digest != same.volumes_digest
    assert document(*ROWS, prices=price_list(title="Prislista 2022, rättad")).digest != same.digest
    assert "<Underlag SDF-SKA-2022-001 54582.88 kr, 2 lines>" == repr(same)


def test_a_correction_carries_the_reason_that_somebody_gave_and_keeps_it_when_read_back() -> None:
    january = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    now = rated(*ROWS, row("SDF-SKA", "EKO-LEV", "9"), row("SDF-SKA", "EKO-LEV", "1", FEBRUARY))
    key = ("SDF-SKA", "EKO-LEV", JANUARY)
    reasons = {key: "Låg i en kö (ärende 207)"}
    [february] = pm.issue(now, FEBRUARY, REGISTER, january, reasons=reasons)

    assert {key: "Låg i en kö (ärende 207)", ("SDF-SKA", "EKO-LEV", FEBRUARY): None} == {
        billed.line.key: billed.reason for billed in february.lines
    }
    assert "    orsak: Låg i en kö (ärende 207)" == february.lines[0].explain().split("\n")[-1]
    assert february == pm.parse_underlag(pm.render(february, "json"))
    # what has been corrected before may keep its reason in a script; then nothing is left to bill
    assert () == pm.issue(now, FEBRUARY, REGISTER, (*january, february), reasons=reasons)


def test_a_reason_that_belongs_to_no_correction_stops_the_bills() -> None:
    january = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    with pytest.raises(pm.IssueError, match=r"orsak SDF-SKA EKO-LEVV 2022-01(.|\n)*inte till någon rättelse"):
        pm.issue(rated(*ROWS), JANUARY, REGISTER, january, reasons={("SDF-SKA", "EKO-LEVV", JANUARY): "Sent"})


@pytest.mark.parametrize("reason", ["", "  ", "rad\nbrytning"])
def test_a_reason_is_a_text_that_can_stand_on_a_document(reason: str) -> None:
    january = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    now = rated(*ROWS, row("SDF-SKA", "EKO-LEV", "9"))
    with pytest.raises(pm.InvalidError, match="reason"):
        pm.issue(now, JANUARY, REGISTER, january, reasons={("SDF-SKA", "EKO-LEV", JANUARY): reason})


def test_a_correction_says_that_an_agreement_was_entered_afterwards() -> None:
    january = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    agreed = attrs.evolve(
        REGISTER,
        agreements=(pm.Agreement("SDF-SKA", "EKO-LEV", YEAR, percent=Decimal(-10), reference="A 7"),),
    )
    [corrected] = pm.issue(rated(*ROWS, register=agreed), JANUARY, agreed, january)
    assert ["pris 22,18 kr → 22,18 kr, avtal −10 %"] == [*corrected.lines[0].causes()]
    # 10 % of 53 919,58 is 5 391,958; 53 919,58 − 5 391,958 = 48 527,622 → 48 527,62
    assert Decimal("-5391.96") == corrected.net


@fewer(2)
@given(cases(strangers=False))
def test_a_correction_of_a_correction_restores_what_was_billed(case: Case) -> None:
    wrong = pm.Revision("Fel pris", pm.Tariff(pm.UnitPrice("7.77")))
    other = attrs.evolve(
        case.price_list,
        prices=tuple(attrs.evolve(price, origin=(*price.origin, wrong)) for price in case.price_list.prices),
    )
    was, changed = case.rate(), attrs.evolve(case, price_list=other).rate()
    first = pm.issue(was, DECEMBER, case.register, unrated="bill")
    issued = first
    for rating in (changed, was):
        issued += pm.issue(rating, DECEMBER, case.register, issued, unrated="bill")
    event(f"corrected {len(issued) > len(first)}")
    if was.waiting == changed.waiting:
        assert {k: v for k, v in totals(first).items() if v} == {k: v for k, v in totals(issued).items() if v}
        corrections = [billed for each in issued[len(first) :] for billed in each.lines]
        assert all(billed.earlier and billed.earlier.documents for billed in corrections)
    check_issued(was, issued, DECEMBER)


def test_every_correction_says_why() -> None:
    tiers = pm.GraduatedPrice((pm.Tier("10", up_to=5), pm.Tier("1")), per="year")
    phases = pm.PhasedPrice((pm.Phase("30", 6), pm.Phase("20", None)))
    listed = price_list()
    tariffs = [pm.Tariff(tiers), pm.Tariff(pm.SharedPrice("1000", "month")), pm.Tariff(phases)]
    prices = attrs.evolve(
        listed,
        prices=tuple(
            attrs.evolve(p, origin=(pm.Revision("L", tariff),))
            for p, tariff in zip(listed.prices, tariffs, strict=True)
        ),
    )
    connected = attrs.evolve(REGISTER.customers[0], connected=JANUARY)
    register = pm.Register((connected, REGISTER.customers[1]))
    rows = [
        row("SDF-SKA", "EKO-LEV", "5"),
        row("SDF-SKA", "EKO-LEV", "5", FEBRUARY),
        row("SDF-SKA", "EKO-TIM", "1"),
        row("SDF-SKA", "LON-SPEC", "1", FEBRUARY),
    ]
    issued = pm.issue(rated(*rows, prices=prices, register=register), FEBRUARY, register)
    later = pm.Register((attrs.evolve(connected, connected=pm.Month(2021, 1)), REGISTER.customers[1]))
    late = [row("SDF-SKA", "EKO-LEV", "-2"), row("BOL-STO", "EKO-TIM", "3")]
    _, corrected = pm.issue(rated(*rows, *late, prices=prices, register=later), FEBRUARY, later, issued)
    assert {
        ("EKO-LEV", JANUARY): ["volym 5 → 3", "ändrades: 1 rad, summa 5 → 2 rader, summa 3"],
        ("EKO-LEV", FEBRUARY): ["räknat tidigare i år 5 → 3"],
        ("EKO-TIM", JANUARY): ["alla kunders volym 1 → 4"],
        ("LON-SPEC", FEBRUARY): ["anslutningsfas 1 → 2"],
    } == {(b.line.price.service.code, b.line.month): [*b.causes()] for b in corrected.lines}


def test_another_rate_of_vat_is_all_the_reason_that_a_credited_line_has() -> None:
    january = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    company = attrs.evolve(REGISTER.customers[0], type=pm.CustomerType.COMPANY)
    register = pm.Register((company, REGISTER.customers[1]))
    [corrected] = pm.issue(rated(*ROWS, register=register), JANUARY, register, january)
    assert [("moms 0 % → 25 %",), ()] == [b.causes() for b in corrected.lines][:2]


def test_a_reason_is_given_once() -> None:
    january = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    reasons = {("SDF-SKA", "EKO-LEV", JANUARY): "Låg i en kö"}
    late = rated(*ROWS, row("SDF-SKA", "EKO-LEV", "9"))
    issued = (*january, *pm.issue(late, JANUARY, REGISTER, january, reasons=reasons))
    later = rated(*ROWS, row("SDF-SKA", "EKO-LEV", "10"))
    [again] = pm.issue(later, JANUARY, REGISTER, issued, reasons=reasons)
    assert [None] == [billed.reason for billed in again.lines]
