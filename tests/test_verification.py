"""
An underlag verifies against the inputs that it was made from, and against no others.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context, Decimal, localcontext
from itertools import chain
from typing import Any

import attrs
import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from prismodell.testing import Case, cases, registers, tariffs, volumes
from prismodell.verification import verify_all
from test_underlag import DECEMBER, FEBRUARY, JANUARY, REGISTER, ROWS, YEAR, price_list, rated, row

MARCH = pm.Month(2022, 3)
PRICES = price_list()
SKA, STO = REGISTER.customers
[_, DOCUMENT] = pm.issue(rated(*ROWS), JANUARY, REGISTER)
LEV, SPEC = DOCUMENT.lines
NUMBER = "underlag SDF-SKA-2022-001, "
LEV_PLACE, SPEC_PLACE = f"{NUMBER}EKO-LEV 2022-01", f"{NUMBER}LON-SPEC 2022-01"
LISTS, CUSTOMER, VOLUMES = (f"{NUMBER}{key}" for key in ("price_lists", "customer", "volumes_digest"))

Told = dict[str, list[str]]


def told(
    document: pm.Underlag = DOCUMENT,
    *,
    rows: Iterable[pm.Volume] = ROWS,
    prices: pm.PriceList | Iterable[pm.PriceList] = PRICES,
    register: pm.Register = REGISTER,
    plan: Iterable[pm.Volume] = (),
) -> Told:
    """
    What is told of each place.
    """
    found: Told = {}
    for each in pm.verify(document, prices, pm.Volumes(rows), register, pm.Volumes(plan)):
        assert each.what, f"nothing is told of {each.place}"
        found.setdefault(each.place, []).append(each.what)
    return found


def verified(document: pm.Underlag, case: Case) -> tuple[pm.Problem, ...]:
    return pm.verify(document, case.price_list, case.volumes, case.register)


def issued_by(case: Case, month: pm.Month) -> dict[str, pm.Underlag]:
    documents = pm.issue(case.rate(), month, case.register, unrated="bill")
    return {each.customer.code: each for each in documents}


def anchored(case: Case, rows: Iterable[pm.Volume]) -> Case:
    """
    The case with other rows, and one of nothing each month, so that something is said of every month.
    """
    customer, service = case.register.customers[0].code, case.price_list.services[0].code
    anchors = [pm.Volume(customer, service, month, Decimal(0), note="ingenting") for month in YEAR]
    return attrs.evolve(case, volumes=pm.Volumes([*rows, *anchors]))


MONTHS = st.sampled_from([*YEAR, *[DECEMBER] * 12])


@fewer(2)
@given(cases(strangers=False), MONTHS)
def test_every_underlag_verifies_against_its_inputs_alone_and_with_the_others(
    case: Case, month: pm.Month
) -> None:
    documents = pm.issue(case.rate(), month, case.register, unrated="bill")
    event(f"issued {bool(documents)}")
    for document in documents:
        assert () == verified(document, case)
    assert () == verify_all(documents, case.price_list, case.volumes, case.register)


@fewer(2)
@given(st.data(), cases(strangers=False))
def test_corrections_verify_against_the_inputs_of_their_own_time(data: st.DataObject, case: Case) -> None:
    kept = data.draw(st.lists(st.sampled_from(case.volumes.rows), unique_by=id)) if len(case.volumes) else []
    late = data.draw(volumes(case.price_list, case.register, strangers=False))
    was, now = anchored(case, case.volumes), anchored(case, [*kept, *late])
    issued = pm.issue(was.rate(), data.draw(MONTHS), case.register, unrated="bill")
    for again in (now, was):
        more = pm.issue(again.rate(), DECEMBER, case.register, issued, unrated="bill")
        lines = [billed for each in more for billed in each.lines]
        event(f"corrections {any(each.earlier for each in lines)}")
        event(f"credited whole {any(each.earlier and not each.line.entry.rows for each in lines)}")
        for document in more:
            assert () == verified(document, again)
        issued += more


@given(cases(strangers=False, most=12), MONTHS, st.sampled_from(["Sent inkommet", "Fel pris"]))
def test_neither_a_reason_nor_the_order_of_the_rows_nor_the_callers_context_matters(
    case: Case, month: pm.Month, reason: str
) -> None:
    turned = attrs.evolve(case, volumes=pm.Volumes(reversed(case.volumes.rows)))
    for document in issued_by(case, month).values():
        lines = tuple(attrs.evolve(each, reason=reason) for each in document.lines)
        with localcontext(Context(prec=1)):
            assert () == verified(attrs.evolve(document, lines=lines), turned)


@fewer(2)
@given(cases(strangers=False, most=12), MONTHS)
def test_an_underlag_read_back_from_json_verifies(case: Case, month: pm.Month) -> None:
    for document in issued_by(case, month).values():
        assert () == verified(pm.parse_underlag(pm.render(document, "json")), case)


def _other_rows(data: st.DataObject, case: Case) -> Case:
    more = data.draw(volumes(case.price_list, case.register, strangers=False, most=2))
    gone = data.draw(st.sets(st.integers(0, max(len(case.volumes) - 1, 0)), max_size=1))
    kept = [each for place, each in enumerate(case.volumes) if place not in gone]
    return attrs.evolve(case, volumes=pm.Volumes([*kept, *more]))


def _other_price(data: st.DataObject, case: Case) -> Case:
    changed = data.draw(st.integers(0, len(case.price_list.prices) - 1))
    revision = pm.Revision("Rättad", data.draw(tariffs()))
    prices = [
        attrs.evolve(each, origin=(revision,)) if place == changed else each
        for place, each in enumerate(case.price_list.prices)
    ]
    return attrs.evolve(case, price_list=attrs.evolve(case.price_list, prices=tuple(prices)))


def _other_register(data: st.DataObject, case: Case) -> Case:
    return attrs.evolve(case, register=data.draw(registers()))


def _other_agreements(data: st.DataObject, case: Case) -> Case:
    kept = case.register.agreements[data.draw(st.integers(0, 1)) :]
    return attrs.evolve(case, register=attrs.evolve(case.register, agreements=kept))


CHANGED = st.sampled_from([_other_rows, _other_price, _other_register, _other_agreements])


@given(st.data(), cases(strangers=False), MONTHS, CHANGED)
def test_an_underlag_verifies_against_other_inputs_just_when_they_would_give_the_same_one(
    data: st.DataObject, case: Case, month: pm.Month, changed: Any
) -> None:
    other = changed(data, case)
    expected = issued_by(other, month)
    for code, document in issued_by(case, month).items():
        now = expected.get(code)
        found = verified(document, other)
        event(f"{changed.__name__} same {now == document}")
        assert (now == document) == (not found), found
        assert all(each.what for each in found)
        places = {each.place for each in found}
        assert differing_places(document, now) <= places


def differing_places(document: pm.Underlag, now: pm.Underlag | None) -> set[str]:
    """
    The lines that are another now, or that only one of the two has; what the customer is called is no matter.
    """
    was, is_ = as_lines(document), as_lines(now) if now else {}
    return {
        f"underlag {document.number}, {service} {month}"
        for (service, month, vat), line in (was | is_).items()
        # a line of an earlier month that is not in the document may stand on another one
        if was.get((service, month, vat)) != is_.get((service, month, vat))
        and ((service, month, vat) in was or month == document.month)
        and line
    }


Facts = tuple[Decimal, Decimal, tuple[pm.Step, ...], pm.Price]


def as_lines(document: pm.Underlag) -> dict[tuple[str, pm.Month, Decimal], Facts]:
    return {
        (each.line.key[1], each.line.month, each.vat): (
            each.amount,
            each.quantity,
            each.line.steps,
            each.line.price,
        )
        for each in document.lines
    }


# One input changes


def test_a_changed_price_is_told_with_the_list_and_the_amounts() -> None:
    found = told(prices=price_list("22", "750", "66.33"))
    assert [LISTS, LEV_PLACE] == [*found]
    [what] = found[LISTS]
    assert what.startswith("prislistan lista-2022 är en annan än då")
    assert DOCUMENT.price_lists[0].digest[:12] in what
    [what] = found[LEV_PLACE]
    assert "belopp 53 919,58 kr, men indata ger 53 482,00 kr" in what
    assert "22,18 kr → 22,00 kr" in what


def test_a_changed_title_of_the_list_is_told_too() -> None:
    assert [LISTS] == [*told(prices=attrs.evolve(PRICES, title="Prislista 2022, rättad"))][:1]


def test_a_list_that_is_not_given_is_told_with_all_that_it_priced() -> None:
    last_year = pm.derive(
        PRICES, [], id="lista-2021", title="Prislista 2021", span=pm.Span(pm.Month(2021, 1), JANUARY)
    )
    found = told(prices=last_year)
    assert {LISTS, LEV_PLACE, SPEC_PLACE} <= {*found}
    assert ["prislistan lista-2022 är inte med"] == found[LISTS]
    assert "53 919,58 kr" in found[LEV_PLACE][0]
    assert "2022-01 är utanför Prislista 2021" in found[LEV_PLACE][0]
    assert {} == told(prices=[last_year, PRICES])


def test_a_list_of_the_same_prices_with_another_id_is_told() -> None:
    assert {LISTS: ["prislistan lista-2022 är inte med"]} == told(prices=attrs.evolve(PRICES, id="scenario"))


def test_what_became_of_the_price_list_is_not_said_of_the_volumes() -> None:
    # the rows are the very same; EKO-LEV has lost its price
    found = told(prices=attrs.evolve(PRICES, prices=PRICES.prices[1:]))
    assert [LISTS, LEV_PLACE] == [*found]
    assert "EKO-LEV finns inte i Prislista 2022" in found[LEV_PLACE][0]


def test_a_changed_quantity_is_told_with_its_line_and_its_cause() -> None:
    found = told(rows=(row("SDF-SKA", "EKO-LEV", "2432"), *ROWS[1:]))
    assert [VOLUMES, LEV_PLACE] == [*found]
    [what] = found[LEV_PLACE]
    assert "belopp 53 919,58 kr, men indata ger 53 941,76 kr" in what
    assert "volym 2 431 → 2 432" in what


def test_a_row_too_many_is_told_where_it_is_and_from_which_file() -> None:
    extra = row("SDF-SKA", "EKO-LEV", "1", source="ekonomi", file=pm.File("d", "sena.csv"), line=7)
    found = told(rows=(*ROWS, extra))
    assert [VOLUMES, LEV_PLACE] == [*found]
    assert "tillkom: 1 rad ur ekonomi, sena.csv rad 7" in found[LEV_PLACE][0]


def test_a_row_too_many_for_a_service_that_the_underlag_lacks_is_told() -> None:
    found = told(rows=(*ROWS, row("SDF-SKA", "EKO-TIM", "1")))
    place = f"{NUMBER}EKO-TIM 2022-01"
    assert [VOLUMES, place] == [*found]
    assert "750,00 kr" in found[place][0]


def test_rows_of_a_later_month_are_no_matter() -> None:
    assert {} == told(rows=(*ROWS, row("SDF-SKA", "EKO-TIM", "1", FEBRUARY)))


def test_another_customers_rows_are_no_matter_unless_a_cost_is_shared() -> None:
    others = (*ROWS[:2], row("BOL-STO", "EKO-LEV", "4"))
    assert {} == told(rows=others)
    shared = attrs.evolve(PRICES.prices[0], origin=(pm.Revision("Delad", pm.Tariff(pm.SharedPrice("1200"))),))
    prices = attrs.evolve(PRICES, prices=(shared, *PRICES.prices[1:]))
    document = pm.issue(rated(*ROWS, prices=prices), JANUARY, REGISTER)[1]
    assert {} == told(document, prices=prices)
    assert [LEV_PLACE] == [*told(document, rows=others, prices=prices)]


def test_a_row_that_is_gone_is_told() -> None:
    found = told(rows=ROWS[1:])
    assert [VOLUMES, LEV_PLACE] == [*found]
    assert "53 919,58 kr" in found[LEV_PLACE][0]


def test_the_same_rows_from_a_file_of_another_name_are_told() -> None:
    moved = attrs.evolve(ROWS[0], file=pm.File("d", "flyttad.csv"), line=2)
    assert {LEV_PLACE} == {*told(rows=(moved, *ROWS[1:]))}


def test_what_fell_into_conflict_is_told_with_the_conflict() -> None:
    clash = [row("SDF-SKA", "EKO-LEV", quantity, source="s", reference="r") for quantity in ("2431", "5")]
    [what] = told(rows=(*clash, *ROWS[1:]))[LEV_PLACE]
    assert "olika rader med samma referens" in what


@pytest.mark.parametrize(
    ("rows", "prices", "register", "why"),
    [
        (ROWS, attrs.evolve(PRICES, prices=PRICES.prices[1:]), REGISTER, "finns inte i Prislista 2022"),
        (
            ROWS,
            attrs.evolve(
                PRICES,
                prices=(attrs.evolve(PRICES.prices[0], span=pm.Span(FEBRUARY, MARCH)), *PRICES.prices[1:]),
            ),
            REGISTER,
            "EKO-LEV har inget pris i 2022-01",
        ),
        (ROWS, PRICES, pm.Register((attrs.evolve(SKA, span=pm.Span(FEBRUARY)), STO)), "inte 2022-01"),
        (ROWS, PRICES, pm.Register((STO,)), "SDF-SKA finns inte i kundregistret"),
    ],
)
def test_what_has_no_price_now_is_told_with_the_reason(
    rows: tuple[pm.Volume, ...], prices: pm.PriceList, register: pm.Register, why: str
) -> None:
    assert why in told(rows=rows, prices=prices, register=register)[LEV_PLACE][0]


@pytest.mark.parametrize(
    ("fields", "texts"),
    [
        ({"name": "Skärholmen"}, ("Skärholmens stadsdelsförvaltning", "Skärholmen")),
        ({"type": pm.CustomerType.COMPANY}, ()),
        ({"connected": FEBRUARY}, ("2022-02",)),
        ({"counterparty": "0127"}, ("0127",)),
        ({"reference": "R 7"}, ("R 7",)),
        ({"span": pm.Span(pm.Month(2020, 1))}, ("2020-01",)),
    ],
)
def test_what_the_register_says_otherwise_of_the_customer_is_told_once(
    fields: dict[str, Any], texts: tuple[str, ...]
) -> None:
    register = pm.Register((attrs.evolve(SKA, **fields), STO))
    found = told(register=register)
    [what] = found[CUSTOMER]
    assert what.startswith("kundregistret är ändrat: ")
    assert all(text in what for text in (*fields, *texts))
    lines = {LEV_PLACE, SPEC_PLACE} if "type" in fields else set()
    assert {CUSTOMER} | lines == {*found}


def test_a_customer_type_is_told_in_the_words_of_the_register() -> None:
    register = pm.Register((attrs.evolve(SKA, type=pm.CustomerType.COMPANY), STO))
    [what] = told(register=register)[CUSTOMER]
    assert "administration" in what
    assert "company" in what


def test_what_the_register_did_not_say_is_not_told_as_none() -> None:
    register = pm.Register((attrs.evolve(SKA, connected=FEBRUARY, counterparty="0127"), STO))
    assert not [what for what in told(register=register)[CUSTOMER] if "None" in what or "var ," in what]


def test_another_customer_type_is_told_as_another_vat_rate() -> None:
    register = pm.Register((attrs.evolve(SKA, type=pm.CustomerType.COMPANY), STO))
    assert "moms" in told(register=register)[LEV_PLACE][0]


def test_a_customer_that_the_register_lacks_is_told() -> None:
    assert ["SDF-SKA finns inte i kundregistret"] == told(register=pm.Register((STO,)))[CUSTOMER]


@pytest.mark.parametrize(
    "agreement",
    [
        pm.Agreement("SDF-SKA", "EKO-LEV", YEAR, percent=-10),
        pm.Agreement("SDF-SKA", "EKO-LEV", YEAR, percent=0),
        pm.Agreement("SDF-SKA", "EKO-LEV", YEAR, tariff=pm.Tariff(pm.UnitPrice("22.18"))),
        pm.Agreement("SDF-SKA", "EKO-LEV", YEAR, tariff=pm.Tariff(pm.UnitPrice("22"))),
    ],
)
def test_an_agreement_that_came_or_went_is_told_at_its_line(agreement: pm.Agreement) -> None:
    register = attrs.evolve(REGISTER, agreements=(agreement,))
    assert [LEV_PLACE] == [*told(register=register)]
    document = pm.issue(rated(*ROWS, register=register), JANUARY, register)[1]
    assert {} == told(document, register=register)
    assert [LEV_PLACE] == [*told(document)]


def test_agreements_on_other_services_and_of_other_customers_are_no_matter() -> None:
    others = (
        pm.Agreement("SDF-SKA", "EKO-TIM", YEAR, percent=-10),
        pm.Agreement("BOL-STO", "EKO-LEV", YEAR, percent=-10),
        pm.Agreement("SDF-SKA", "EKO-LEV", pm.Span(FEBRUARY), percent=-10),
    )
    assert {} == told(register=attrs.evolve(REGISTER, agreements=others))


# The underlag was edited


def edited(*lines: pm.Billed, document: pm.Underlag = DOCUMENT, **fields: Any) -> pm.Underlag:
    return attrs.evolve(document, lines=lines or document.lines, **fields)


def of_line(**fields: Any) -> pm.Billed:
    return attrs.evolve(LEV, line=attrs.evolve(LEV.line, **fields))


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        (attrs.evolve(LEV, amount=Decimal("53919.57")), ("53 919,57 kr", "53 919,58 kr")),
        (attrs.evolve(LEV, quantity=Decimal(2430)), ("2 430", "2 431")),
        (attrs.evolve(LEV, vat=Decimal(25)), ("momsen är 25 %, men indata ger 0 %",)),
        (of_line(amount=Decimal("53919.57")), ("53 919,57 kr", "53 919,58 kr")),
        (of_line(entry=attrs.evolve(LEV.line.entry, rows=7)), ("rader",)),
        (of_line(entry=attrs.evolve(LEV.line.entry, quantity=Decimal(2430))), ("2 430", "2 431")),
        (of_line(entry=attrs.evolve(LEV.line.entry, month=FEBRUARY)), ()),
        (of_line(price=attrs.evolve(LEV.line.price, origin=SPEC.line.price.origin)), ("66,33", "22,18")),
        (of_line(steps=SPEC.line.steps), ("steg",)),
    ],
)
def test_a_line_with_another_value_is_told_with_document_and_line(
    line: pm.Billed, texts: tuple[str, ...]
) -> None:
    place = f"{NUMBER}{line.line.price.service.code} {line.line.month}"
    found = pm.verify(edited(line, SPEC), PRICES, pm.Volumes(ROWS), REGISTER)
    assert place in {each.place for each in found}
    told_there = [each.what for each in found if each.place == place]
    assert all(any(text in what for what in told_there) for text in texts), told_there


def test_another_rate_of_vat_is_told_as_such() -> None:
    assert "moms" in told(edited(attrs.evolve(LEV, vat=Decimal(25)), SPEC))[LEV_PLACE][0]


def test_a_line_taken_out_of_a_first_underlag_is_told() -> None:
    assert [LEV_PLACE] == [*told(edited(SPEC))]


def test_a_line_cannot_stand_twice() -> None:
    with pytest.raises(pm.InvalidError, match="har två rader för SDF-SKA EKO-LEV 2022-01"):
        edited(LEV, LEV, SPEC)


def test_a_line_that_was_added_is_told() -> None:
    hours = rated(*ROWS, row("SDF-SKA", "EKO-TIM", "1"))
    [added] = [each for each in hours.lines if each.key == ("SDF-SKA", "EKO-TIM", JANUARY)]
    billed = pm.Billed(added, added.quantity, added.amount, added.vat)
    found = told(edited(LEV, billed, SPEC))
    assert [f"{NUMBER}EKO-TIM 2022-01"] == [*found]
    assert "750,00 kr" in next(iter(found.values()))[0]


def test_a_line_charged_at_two_rates_is_told() -> None:
    # both would be right alone; together the customer pays twice
    other = attrs.evolve(LEV, vat=Decimal(25))
    assert [LEV_PLACE] == [*told(edited(LEV, other, SPEC))]


def test_a_first_line_made_out_to_be_a_correction_is_told() -> None:
    earlier = pm.Charged(("SDF-SKA-2021-009",), Decimal(1), Decimal("22.18"), LEV.line)
    assert [LEV_PLACE] == [*told(edited(attrs.evolve(LEV, earlier=earlier), SPEC))]


def test_the_lists_that_it_says_it_was_priced_by_are_its_own() -> None:
    [used] = DOCUMENT.price_lists
    assert [LISTS] == [*told(edited(price_lists=()))]
    assert [LISTS] == [*told(edited(price_lists=(attrs.evolve(used, digest="0" * 64),)))]
    assert [LISTS] == [*told(edited(price_lists=(attrs.evolve(used, title="En annan"),)))]


def test_a_month_that_cannot_have_been_charged_yet_is_told() -> None:
    assert {LEV_PLACE, SPEC_PLACE} <= {*told(edited(month=pm.Month(2021, 12)))}


def test_another_digest_of_the_volumes_is_told() -> None:
    assert VOLUMES in told(edited(volumes_digest="0" * 64))


# Corrections

LATE = (*ROWS, row("SDF-SKA", "EKO-LEV", "9"))


def correction() -> pm.Underlag:
    """
    January again, with nine invoices more.
    """
    [document] = pm.issue(rated(*LATE), JANUARY, REGISTER, pm.issue(rated(*ROWS), JANUARY, REGISTER))
    return document


SECOND = "underlag SDF-SKA-2022-002, EKO-LEV 2022-01"


def test_a_correction_verifies_alone_though_the_other_lines_are_on_another_underlag() -> None:
    assert {} == told(correction(), rows=LATE)
    assert {SECOND} <= {*told(correction())}


@pytest.mark.parametrize(
    "fields",
    [{"amount": Decimal("53919.57")}, {"quantity": Decimal(2430)}, {"amount": Decimal(0)}],
)
def test_another_sum_charged_before_is_told(fields: dict[str, Any]) -> None:
    document = correction()
    [billed] = document.lines
    assert billed.earlier
    changed = attrs.evolve(billed, earlier=attrs.evolve(billed.earlier, **fields))
    assert [SECOND] == [*told(edited(changed, document=document), rows=LATE)]


def test_a_correction_made_out_to_be_a_first_line_is_told() -> None:
    document = correction()
    first = attrs.evolve(document.lines[0], earlier=None)
    assert [SECOND] == [*told(edited(first, document=document), rows=LATE)]


def test_what_the_first_underlag_charged_is_not_missed_on_the_second() -> None:
    found = told(correction(), rows=(*LATE, row("SDF-SKA", "EKO-LEV", "1")))
    assert ["underlag SDF-SKA-2022-002, volumes_digest", SECOND] == [*found]


def test_a_customer_that_came_to_pay_vat_has_its_credit_and_its_charge_verified() -> None:
    first = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    register = pm.Register((attrs.evolve(SKA, type=pm.CustomerType.COMPANY, name="SKA AB"), STO))
    [document] = pm.issue(rated(*ROWS, register=register), JANUARY, register, first)
    assert 4 == len(document.lines)
    assert {} == told(document, register=register)
    assert {"underlag SDF-SKA-2022-002, customer"} < {*told(document)}


def test_a_credit_of_rows_that_are_gone_verifies_and_is_told_when_they_are_back() -> None:
    first = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    [credit] = pm.issue(rated(*ROWS[:2]), JANUARY, REGISTER, first)
    assert Decimal("-1257.87") == credit.net
    assert {} == told(credit, rows=ROWS[:2])
    assert 3 == sum(" 2022-01" in place for place in told(credit))


def test_a_credit_is_told_when_its_month_is_no_longer_among_the_volumes() -> None:
    first = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    [credit] = pm.issue(rated(*ROWS[:2]), JANUARY, REGISTER, first)
    assert 3 == sum(" 2022-01" in place for place in told(credit, rows=()))


def test_a_corrected_price_verifies_by_the_corrected_list() -> None:
    cheaper = price_list("22", "750", "66.33")
    first = pm.issue(rated(*ROWS), JANUARY, REGISTER)
    for document in pm.issue(rated(*ROWS, prices=cheaper), JANUARY, REGISTER, first):
        assert {} == told(document, prices=cheaper)
        assert 2 == len(told(document))


# Twelfths

PLAN = (row("SDF-SKA", "EKO-LEV", "1000"), row("SDF-SKA", "LON-SPEC", "7", MARCH))


def on_twelfths(plan: Iterable[pm.Volume] = PLAN) -> pm.Underlag:
    rating = pm.reconcile(rated(*ROWS), pm.preliminary(rated(*plan))).rating
    [_, document] = pm.issue(rating, JANUARY, REGISTER)
    return document


def test_a_preliminary_underlag_verifies_with_its_plan_only() -> None:
    document = on_twelfths()
    assert {} == told(document, plan=PLAN)
    without = told(document)
    assert [LEV_PLACE, SPEC_PLACE] == [*without]
    assert "1 848,34 kr" in without[LEV_PLACE][0]
    other = told(document, plan=(row("SDF-SKA", "EKO-LEV", "1200"), PLAN[1]))
    assert [LEV_PLACE] == [*other]
    assert "1 848,34 kr, men indata ger 2 218,00 kr" in other[LEV_PLACE][0]
    assert [LEV_PLACE, SPEC_PLACE] == [*told(document, plan=[row("BOL-STO", "EKO-LEV", "1")])]


def test_a_plan_is_no_matter_for_an_underlag_without_twelfths() -> None:
    assert {} == told(plan=PLAN)


@pytest.mark.parametrize(
    "more",
    [
        row("SDF-SKA", "EKO-LEVV", "1"),
        row("SDF-SKA", "EKO-LEV", "1", pm.Month(2021, 1)),
        row("SDF-SKÄ", "EKO-LEV", "1"),
    ],
)
def test_a_plan_that_cannot_be_priced_is_told_and_not_raised(more: pm.Volume) -> None:
    assert told(on_twelfths(), plan=(*PLAN, more))


def test_a_planned_service_that_lost_its_price_is_told_and_not_raised() -> None:
    prices = attrs.evolve(PRICES, prices=PRICES.prices[:-1])
    assert {LISTS, SPEC_PLACE} <= {*told(on_twelfths(), prices=prices, plan=PLAN)}


def test_a_plan_of_another_year_is_told() -> None:
    last_year = pm.derive(
        PRICES, [], id="lista-2021", title="Prislista 2021", span=pm.Span(pm.Month(2021, 1), JANUARY)
    )
    plan = [attrs.evolve(each, month=pm.Month(2021, 5)) for each in PLAN]
    found = told(on_twelfths(), prices=[last_year, PRICES], plan=plan)
    assert [LEV_PLACE, SPEC_PLACE] == [*found]


def test_a_plan_of_two_years_gives_each_its_twelfths() -> None:
    last_year = pm.derive(
        PRICES, [], id="lista-2021", title="Prislista 2021", span=pm.Span(pm.Month(2021, 1), JANUARY)
    )
    plan = (*PLAN, row("SDF-SKA", "EKO-LEV", "1", pm.Month(2021, 5)))
    assert not told(on_twelfths(), prices=[last_year, PRICES], plan=plan)


def test_a_customer_taken_off_the_plan_has_its_twelfth_credited_and_that_verifies() -> None:
    rows = (row("BOL-STO", "EKO-TIM", "0"),)  # so that January is known not to have anything else
    both = (row("SDF-SKA", "EKO-LEV", "1000"), row("BOL-STO", "EKO-LEV", "1200"))
    january = pm.issue(pm.reconcile(rated(*rows), pm.preliminary(rated(*both))).rating, JANUARY, REGISTER)
    now = pm.reconcile(rated(*rows), pm.preliminary(rated(both[0])), january).rating
    [credit, february] = pm.issue(now, FEBRUARY, REGISTER, january)
    assert Decimal("-2218.00") == credit.net
    assert {} == told(february, rows=rows, plan=both[:1])
    assert {} == told(credit, rows=rows, plan=both[:1])


def test_a_settled_twelfth_verifies_and_a_waiting_one_too() -> None:
    rows = [row("SDF-SKA", "EKO-LEV", "100"), row("SDF-SKA", "LON-SPEC", "1")]
    twelfths, actual = pm.preliminary(rated(*PLAN)), rated(*rows)
    issued = pm.issue(pm.reconcile(actual, twelfths).rating, JANUARY, REGISTER)
    settled = pm.reconcile(actual, twelfths, issued, JANUARY, Decimal(100))
    [document] = pm.issue(settled.rating, FEBRUARY, REGISTER, issued)
    assert ["369.66", "1848.34", "38.70"] == [str(each.amount) for each in document.lines]
    assert {} == told(document, rows=rows, plan=PLAN)
    assert 2 == sum(" 2022-02" in place for place in told(document, rows=rows))


@fewer(2)
@given(st.data(), cases(strangers=False), st.sets(MONTHS, max_size=3))
def test_however_a_year_of_twelfths_is_reconciled_each_underlag_verifies(
    data: st.DataObject, case: Case, settled: set[pm.Month]
) -> None:
    waiting = case.rate().waiting
    plan = pm.Volumes(
        each for each in case.volumes if (each.customer, each.service, each.month) not in waiting
    )
    planned = attrs.evolve(case, volumes=plan).rate()
    assume(planned.lines and not planned.waiting)
    twelfths = pm.preliminary(planned)
    case = anchored(case, data.draw(st.lists(st.sampled_from(plan.rows), unique_by=id, max_size=10)))
    actual, threshold = case.rate(), data.draw(st.sampled_from([Decimal(0), Decimal(10), Decimal(10_000)]))
    issued: tuple[pm.Underlag, ...] = ()
    through = None
    for month in [*YEAR][: data.draw(st.integers(1, 12))]:
        found = pm.reconcile(actual, twelfths, issued, through, threshold)
        more = pm.issue(found.rating, month, case.register, issued, unrated="bill")
        for document in more:
            assert () == pm.verify(document, case.price_list, case.volumes, case.register, plan)
            preliminary = any(map(needs_plan, document.lines))
            event(f"preliminary {preliminary}, corrected {any(each.earlier for each in document.lines)}")
            assert preliminary == bool(verified(document, case))
        issued += more
        through = month if month in settled else through


def needs_plan(billed: pm.Billed) -> bool:
    """
    A twelfth, or one that was settled as nothing before it was issued.
    """
    twelfth = any(step.kind is pm.StepKind.TWELFTH for step in billed.line.steps)
    return twelfth or not (billed.line.steps or billed.earlier)


@fewer(2)
@given(st.data(), cases(strangers=False, most=12), MONTHS)
def test_verifying_together_tells_what_verifying_one_by_one_does(
    data: st.DataObject, case: Case, month: pm.Month
) -> None:
    other = data.draw(CHANGED)(data, case)
    documents = [*issued_by(case, month).values()]
    together = verify_all(documents, other.price_list, other.volumes, other.register)
    assert tuple(chain.from_iterable(verified(each, other) for each in documents)) == together
