from __future__ import annotations

from decimal import ROUND_DOWN, Context, Decimal, localcontext

import attrs
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import oracle
import prismodell as pm
from prismodell.money import exact
from prismodell.testing import BY_MODEL, Case, cases, check_rating, price_lists, registers, volumes

JANUARY = pm.Month(2022, 1)
AREA = pm.Area("ekonomi", "Ekonomi")


def service(code: str) -> pm.Service:
    return pm.Service(code, f"Tjänst {code}", AREA, pm.Kind.OBLIGATORY, "faktura", "fakturor")


def one_list(tariff: pm.Tariff, code: str = "A", year: int = 2022) -> pm.PriceList:
    span = pm.Span(pm.Month(year, 1), pm.Month(year + 1, 1))
    price = pm.Price(service(code), span, (pm.Revision(f"Prislista {year}", tariff),))
    return pm.PriceList(f"lista-{year}", f"Prislista {year}", span, (price,))


def register(*codes: str) -> pm.Register:
    return pm.Register(tuple(pm.Customer(code, f"Kund {code}", pm.CustomerType.COMPANY) for code in codes))


def rows(*quantities: str, customer: str = "K", month: pm.Month = JANUARY) -> pm.Volumes:
    return pm.Volumes(pm.Volume(customer, "A", month, Decimal(q)) for q in quantities)


@given(cases())
def test_every_amount_is_what_a_slow_and_obvious_rating_says(case: Case) -> None:
    rating = case.rate()
    amounts: dict[tuple[str, str, pm.Month], Decimal | None] = {
        line.key: line.amount for line in rating.lines
    }
    amounts |= {each.key: None for each in rating.unrated}
    assert oracle.rate(case.volumes.rows, case.price_list, case.register) == amounts
    for line in rating.lines:
        event(line.price.tariff.model.tag)


@given(cases())
def test_every_row_is_in_one_place_and_every_amount_is_its_steps(case: Case) -> None:
    rating = case.rate()
    check_rating(case.volumes, rating)
    for place in ("billed", "unrated", "duplicates", "conflicts"):
        if any(getattr(each, place) for each in rating.account):
            event(place)
    assert len(case.volumes) == sum(each.read for each in rating.account)
    assert all(each.balances for each in rating.account)


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(case: Case, shuffler: st.DataObject) -> None:
    mixed = list(case.volumes)
    shuffler.shuffle(mixed)  # type: ignore[attr-defined]  # a Random
    assert case.rate() == attrs.evolve(case, volumes=pm.Volumes(mixed)).rate()


@given(cases(), st.decimals(-20, 20, places=2))
def test_splitting_a_row_changes_no_amount(case: Case, part: Decimal) -> None:
    plain = [row for row in case.volumes if not row.reference]
    with exact():
        parts = [
            attrs.evolve(row, quantity=quantity) for row in plain for quantity in (part, row.quantity - part)
        ]
    whole = attrs.evolve(case, volumes=pm.Volumes(plain)).rate()
    split = attrs.evolve(case, volumes=pm.Volumes(parts)).rate()
    assert [(line.key, line.amount, line.steps) for line in whole.lines] == [
        (line.key, line.amount, line.steps) for line in split.lines
    ]


@given(cases())
def test_moving_rows_between_files_changes_no_amount(case: Case) -> None:
    files = [pm.File("1" * 64, "a.csv"), pm.File("2" * 64, "b.csv")]
    moved = [attrs.evolve(row, file=files[n % 2], line=n) for n, row in enumerate(case.volumes)]
    other = attrs.evolve(case, volumes=pm.Volumes(moved)).rate()
    assert [(line.key, line.amount) for line in case.rate().lines] == [
        (line.key, line.amount) for line in other.lines
    ]


@given(cases(*(set(BY_MODEL) - {pm.SharedPrice})))
def test_customers_do_not_touch_one_another_but_for_shared_totals(case: Case) -> None:
    alone = [
        line
        for customer in sorted({row.customer for row in case.volumes})
        for line in attrs.evolve(
            case,
            volumes=pm.Volumes(row for row in case.volumes if row.customer == customer and not row.reference),
        )
        .rate()
        .lines
    ]
    together = attrs.evolve(case, volumes=pm.Volumes(row for row in case.volumes if not row.reference)).rate()
    assert list(together.lines) == alone


@given(cases())
def test_a_total_is_the_sum_over_any_dimensions(case: Case) -> None:
    rating = case.rate()
    for dimensions in (("area",), ("customer", "month"), ("kind", "type", "service")):
        assert rating.total == sum(rating.by(*dimensions).values())


@given(cases(), price_lists(span=pm.Span(pm.Month(2023, 1), pm.Month(2024, 1))))
def test_a_list_that_starts_later_leaves_what_was_before_untouched(case: Case, later: pm.PriceList) -> None:
    both = pm.rate(case.volumes, [later, case.price_list], case.register)
    assert case.rate().lines == tuple(line for line in both.lines if line.month.year == 2022)


@given(st.data())
def test_prices_turn_on_the_first_of_their_month(data: st.DataObject) -> None:
    turn = data.draw(st.sampled_from([pm.Month(2022, n) for n in range(2, 13)]))
    year = pm.Span(JANUARY, pm.Month(2023, 1))
    spans = [pm.Span(JANUARY, turn), pm.Span(turn, year.end)]
    dated = [
        pm.Price(service("A"), span, (pm.Revision("lista", pm.Tariff(pm.UnitPrice(price))),))
        for span, price in zip(spans, [1, 2], strict=True)
    ]
    price_list = pm.PriceList("lista", "Lista", year, tuple(dated))
    for month, expected in ((turn + -1, 1), (turn, 2), (turn + 1, 2)):
        if month in year:
            rating = pm.rate(rows("1", month=month), price_list, register("K"))
            assert expected == rating.total


def test_the_line_is_rounded_once_and_says_so() -> None:
    rating = pm.rate(rows("1", "1", "1"), one_list(pm.Tariff(pm.UnitPrice("0.005"))), register("K"))
    [line] = rating.lines
    assert Decimal("0.02") == line.amount  # 3 × 0,005 = 0,015, once; each row alone would make 0,03
    assert [pm.StepKind.UNITS, pm.StepKind.ROUNDING] == [step.kind for step in line.steps]


def test_a_years_tiers_count_on_across_price_lists_and_months() -> None:
    tariff = pm.Tariff(pm.GraduatedPrice((pm.Tier(10, up_to=100), pm.Tier(1)), per="year"))
    lists = [one_list(tariff, year=2021), one_list(tariff, year=2022)]
    months = [pm.Month(2021, 12), pm.Month(2022, 1), pm.Month(2022, 2), pm.Month(2022, 3)]
    reported = pm.Volumes(pm.Volume("K", "A", month, Decimal(60)) for month in months)
    rating = pm.rate(reported, lists, register("K"))
    assert [600, 600, 420, 60] == [line.amount for line in rating.lines]


def test_a_shared_total_is_split_between_those_without_their_own_price() -> None:
    own = pm.Agreement("K2", "A", pm.Span(JANUARY), tariff=pm.Tariff(pm.UnitPrice(7)))
    customers = attrs.evolve(register("K1", "K2", "K3", "K4"), agreements=(own,))
    reported = [pm.Volume(f"K{n}", "A", JANUARY, Decimal(1)) for n in range(1, 5)]
    rating = pm.rate(pm.Volumes(reported), one_list(pm.Tariff(pm.SharedPrice(100))), customers)
    assert ["33.34", "7.00", "33.33", "33.33"] == [str(line.amount) for line in rating.lines]


def test_a_percentage_on_a_shared_total_is_refused_since_it_would_not_sum() -> None:
    agreement = pm.Agreement("K", "A", pm.Span(JANUARY), percent=-10)
    customers = attrs.evolve(register("K", "K2"), agreements=(agreement,))
    reported = pm.Volumes([*rows("1"), *rows("1", customer="K2")])
    rating = pm.rate(reported, one_list(pm.Tariff(pm.SharedPrice(100))), customers)
    assert [pm.Reason.AGREEMENT_UNUSABLE] == [each.reason for each in rating.unrated]
    assert {"K2": Decimal(100)} == rating.by("customer")


@pytest.mark.parametrize(
    ("reason", "volume", "tariff"),
    [
        (pm.Reason.UNKNOWN_SERVICE, pm.Volume("K", "B", JANUARY, Decimal(1)), pm.Tariff(pm.UnitPrice(1))),
        (pm.Reason.UNKNOWN_CUSTOMER, pm.Volume("L", "A", JANUARY, Decimal(1)), pm.Tariff(pm.UnitPrice(1))),
        (
            pm.Reason.OUTSIDE_PERIOD,
            pm.Volume("K", "A", pm.Month(2023, 1), Decimal(1)),
            pm.Tariff(pm.UnitPrice(1)),
        ),
        (
            pm.Reason.CUSTOMER_NOT_VALID,
            pm.Volume("ENDED", "A", JANUARY, Decimal(1)),
            pm.Tariff(pm.UnitPrice(1)),
        ),
        (
            pm.Reason.AGREEMENT_MISSING,
            pm.Volume("K", "A", JANUARY, Decimal(1)),
            pm.Tariff(pm.AgreementPrice()),
        ),
        (pm.Reason.NEGATIVE, pm.Volume("K", "A", JANUARY, Decimal(-1)), pm.Tariff(pm.PackagePrice(1, 1))),
        (pm.Reason.NEGATIVE, pm.Volume("K", "A", JANUARY, Decimal(-1)), pm.Tariff(pm.SharedPrice(1))),
        (pm.Reason.NOTHING_TO_SHARE, pm.Volume("K", "A", JANUARY, Decimal(0)), pm.Tariff(pm.SharedPrice(1))),
        (
            pm.Reason.NOT_CONNECTED,
            pm.Volume("K", "A", JANUARY, Decimal(1)),
            pm.Tariff(pm.PhasedPrice((pm.Phase(1),))),
        ),
    ],
)
def test_what_has_no_price_is_listed_with_its_reason_and_a_place(
    reason: pm.Reason, volume: pm.Volume, tariff: pm.Tariff
) -> None:
    ended = pm.Customer("ENDED", "Slut", pm.CustomerType.COMPANY, span=pm.Span(pm.Month(2020, 1), JANUARY))
    customers = pm.Register((*register("K").customers, ended))
    rating = pm.rate(pm.Volumes([volume]), one_list(tariff), customers)
    assert ((), [reason]) == (rating.lines, [each.reason for each in rating.unrated])
    [unrated] = rating.unrated
    assert volume.customer in unrated.problem.place
    assert unrated.problem.fix


def test_a_gap_in_a_list_names_the_prices_around_it() -> None:
    year = pm.Span(JANUARY, pm.Month(2023, 1))
    origin = (pm.Revision("lista", pm.Tariff(pm.UnitPrice(1))),)
    early, late = pm.Span(JANUARY, pm.Month(2022, 3)), pm.Span(pm.Month(2022, 6), year.end)
    gap = pm.PriceList(
        "l", "L", year, (pm.Price(service("A"), early, origin), pm.Price(service("A"), late, origin))
    )
    [unrated] = pm.rate(rows("1", month=pm.Month(2022, 4)), gap, register("K")).unrated
    assert pm.Reason.NO_PRICE is unrated.reason
    assert "2022-01–2022-02 och 2022-06–2022-12" in unrated.what


def test_a_code_in_look_alike_letters_is_named_as_what_it_means() -> None:
    odd = pm.Volumes([pm.Volume("Sdf-SKА", "A", JANUARY, Decimal(1))])  # the last letter is Cyrillic
    [unrated] = pm.rate(odd, one_list(pm.Tariff(pm.UnitPrice(1))), register("SDF-SKA")).unrated
    assert "menade du 'SDF-SKA'?" in unrated.fix
    assert "U+0410 (CYRILLIC CAPITAL LETTER A)" in unrated.fix


def test_price_lists_that_overlap_cannot_rate_together() -> None:
    with pytest.raises(pm.InvalidError, match="gäller samtidigt"):
        pm.rate(rows("1"), [one_list(pm.Tariff(pm.UnitPrice(1)))] * 2, register("K"))


def test_an_unknown_dimension_is_named() -> None:
    rating = pm.rate(rows("1"), one_list(pm.Tariff(pm.UnitPrice(1))), register("K"))
    for dimensions in ((), ("colour",)):
        with pytest.raises(ValueError, match="customer, type, service, area, kind, month"):
            rating.by(*dimensions)


def test_books_that_do_not_balance_stop_the_rating() -> None:
    tally = rows("1", "2").tally()
    lost = attrs.evolve(tally, entries=())
    with pytest.raises(pm.ConservationError, match="lost"):
        pm.rate(lost, one_list(pm.Tariff(pm.UnitPrice(1))), register("K"))


def test_sums_that_their_rows_do_not_come_to_are_no_tally() -> None:
    tally = rows("1", "2").tally()
    [entry] = tally.entries
    for wrong in ({"quantity": 9}, {"rows": 9}, {"provenance": ()}):
        with pytest.raises(pm.ConservationError, match="do not sum"):
            attrs.evolve(tally, entries=(attrs.evolve(entry, **wrong),))
    with pytest.raises(pm.ConservationError, match="two sums of K A 2022-01"):
        attrs.evolve(tally, entries=(entry, entry))


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_a_tallys_sums_does_not_matter(case: Case, shuffler: st.DataObject) -> None:
    tally = case.volumes.tally()
    mixed = list(tally.entries)
    shuffler.shuffle(mixed)  # type: ignore[attr-defined]  # a Random
    assert tally == attrs.evolve(tally, entries=tuple(mixed))


def test_lines_stand_by_customer_service_and_month_whatever_order_the_lists_came_in() -> None:
    lists = [one_list(pm.Tariff(pm.UnitPrice(year)), year=year) for year in (2022, 2021)]
    months = [pm.Month(2022, 2), pm.Month(2021, 12), pm.Month(2022, 1)]
    reported = pm.Volumes(pm.Volume(code, "A", month, Decimal(1)) for month in months for code in "LK")
    rating = pm.rate(reported, lists, register("K", "L"))
    assert sorted(line.key for line in rating.lines) == [line.key for line in rating.lines]
    assert ["K", "L"] == list(rating.by("customer"))
    assert [2021, 2022] == [each.span.start.year for each in rating.price_lists]


def test_a_rating_needs_price_lists() -> None:
    for wrong in ([], ["lista"]):
        with pytest.raises(TypeError, match="one or more PriceLists"):
            pm.rate(rows("1"), wrong, register("K"))  # type: ignore[arg-type]  # the checker says so too


def test_lines_and_what_is_unrated_print_themselves_briefly() -> None:
    rating = pm.rate(
        pm.Volumes([*rows("1"), *rows("1", customer="L")]),
        one_list(pm.Tariff(pm.UnitPrice(1))),
        register("K"),
    )
    assert "<Rating 1.00 kr, 1 lines, 1 unrated>" == repr(rating)
    assert "<Line K A 2022-01: 1.00 kr>" == repr(rating.lines[0])
    assert "<Unrated L A 2022-01: okänd kund>" == repr(rating.unrated[0])


@given(cases(most=8))
def test_the_callers_decimal_context_changes_nothing(case: Case) -> None:
    expected = case.rate()
    with localcontext(Context(prec=1, rounding=ROUND_DOWN)):
        shaky = attrs.evolve(case, volumes=pm.Volumes(case.volumes.rows)).rate()
        assert expected.lines == shaky.lines
        assert str(expected.total) == str(shaky.total)
        assert expected.by("area") == shaky.by("area")


@given(st.data())
def test_a_larger_register_or_list_leaves_the_other_lines_alone(data: st.DataObject) -> None:
    price_list, customers = data.draw(price_lists()), data.draw(registers())
    reported = data.draw(volumes(price_list, customers))
    more = pm.Customer("K-NY", "Ny kund", pm.CustomerType.COMPANY)
    larger = attrs.evolve(customers, customers=(*customers.customers, more))
    assert pm.rate(reported, price_list, customers).lines == pm.rate(reported, price_list, larger).lines


def test_a_years_tiers_count_the_months_before_in_the_same_year_whatever_order_they_are_reported_in() -> None:
    tariff = pm.Tariff(pm.GraduatedPrice((pm.Tier(10, up_to=100), pm.Tier(1)), per="year"))
    months = [pm.Month(2022, number) for number in (12, 1, 2, 11)]
    reported = pm.Volumes(pm.Volume("K", "A", month, Decimal(40)) for month in months)
    rating = pm.rate(reported, one_list(tariff), register("K"))
    assert [400, 400, 220, 40] == [line.amount for line in rating.lines]


def test_a_customer_is_charged_in_its_own_months_only_however_often_it_is_asked_for() -> None:
    february, march = pm.Month(2022, 2), pm.Month(2022, 3)
    brief = pm.Customer("K", "K", pm.CustomerType.COMPANY, span=pm.Span(february, march))
    customers = pm.Register((brief, *register("L").customers))
    reported = [
        pm.Volume(code, "A", month, Decimal(1)) for month in (JANUARY, february, march) for code in "KL"
    ]
    for _ in range(2):
        rating = pm.rate(pm.Volumes(reported), one_list(pm.Tariff(pm.UnitPrice(1))), customers)
        assert [february] == [line.month for line in rating.lines if line.customer.code == "K"]
        assert [pm.Reason.CUSTOMER_NOT_VALID] * 2 == [each.reason for each in rating.unrated]
        assert {JANUARY: 1, february: 2, march: 1} == rating.by("month")


def test_an_agreement_is_for_its_own_customer_service_and_months() -> None:
    own = pm.Agreement("K", "A", pm.Span(pm.Month(2022, 2)), tariff=pm.Tariff(pm.UnitPrice(7)))
    customers = attrs.evolve(register("K", "L"), agreements=(own,))
    reported = [
        pm.Volume(code, "A", month, Decimal(1)) for code in "KL" for month in (JANUARY, pm.Month(2022, 2))
    ]
    rating = pm.rate(pm.Volumes(reported), one_list(pm.Tariff(pm.UnitPrice(1))), customers)
    assert [1, 7, 1, 1] == [line.amount for line in rating.lines]
