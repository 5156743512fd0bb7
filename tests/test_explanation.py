"""
How amounts are explained: each price model's whole text, its figures worked out by hand beside it.
"""

from decimal import Decimal

import pytest

import prismodell as pm
from golden.documents import every_model
from prismodell.explanation import explained_price, explained_steps, explained_tariff, explained_volume

SERVICE = pm.Service("PAPPER", "Papper", pm.Area("ekonomi", "Ekonomi"), pm.Kind.OBLIGATORY, "ark", "ark")
YEAR = pm.Span(pm.Month(2022, 1), pm.Month(2023, 1))


def told(code: str, month: int = 0) -> list[str]:
    """
    The lines of an explanation, without the first, which names service, month and customer.
    """
    [billed] = [each for each in every_model()[month].lines if each.line.price.service.code == code]
    return [line.removeprefix("  ") for line in billed.explain().split("\n")[1:]]


def test_an_explanation_begins_with_its_service_month_and_customer() -> None:
    [billed] = [each for each in every_model()[0].lines if each.line.price.service.code == "STYCK"]

    assert (
        "Leverantörsfaktura, elektronisk · januari 2022 · Bolaget som köper allt AB"
        == billed.explain().split("\n")[0]
    )


def test_a_unit_price_is_told_with_its_exact_and_its_rounded_figure() -> None:
    # 22,40 − 1 % = 22,176, on the öre 22,18; (2 400 + 31) × 22,18 = 53 919,58
    assert [
        "2 431 fakturor × 22,18 kr = 53 919,58 kr",
        "pris: Prislista 2021: 22,40 kr;",
        "      −1 % (KF: lägre pris på obligatoriska tjänster) = 22,176 → 22,18 kr",
        "volym: 2 431 fakturor i 2 rader ur ekonomisystem, januari.csv rad 2 och 3",
    ] == told("STYCK")


def test_a_started_step_is_charged_in_full_and_the_reported_volume_stands_beside_it() -> None:
    # 4,7 hours are ten started half hours: 5 hours; 5 × 690 = 3 450
    assert [
        "5 timmar × 690,00 kr = 3 450,00 kr",
        "pris: Prislista 2021: 690,00 kr (per påbörjad 0,5)",
        "volym: 4,7 timmar i 1 rad ur tidrapport, januari.csv rad 4",
    ] == told("STYCK-STEG")


def test_the_rounding_of_a_line_is_a_step_of_its_own() -> None:
    # 3 × 0,1235 = 0,3705, half an öre short of 0,37 + 0,0005
    assert [
        "3 poster × 0,1235 kr = 0,3705 kr",
        "öresavrundning = −0,0005 kr",
        "summa = 0,37 kr",
        "pris: Prislista 2021: 0,1235 kr",
        "volym: 3 poster i 1 rad ur ekonomisystem, januari.csv rad 5",
    ] == told("STYCK-ORE")


def test_included_units_are_told_before_what_is_charged() -> None:
    # 250 − 100 = 150; 150 × 2,50 = 375
    assert [
        "100 sidor ingår i priset",
        "150 sidor × 2,50 kr = 375,00 kr",
        "pris: Prislista 2021: 2,50 kr, 100 ingår",
        "volym: 250 sidor i 1 rad ur skrivare, januari.csv rad 6",
    ] == told("STYCK-INGAR")


def test_a_minimum_tells_what_it_adds() -> None:
    # 12 × 10 = 120; 500 − 120 = 380
    assert [
        "12 uttag × 10,00 kr = 120,00 kr",
        "upp till minimibeloppet 500,00 kr = 380,00 kr",
        "summa = 500,00 kr",
        "pris: Prislista 2021: 10,00 kr, minst 500,00 kr",
        "volym: 12 uttag i 1 rad ur arkiv, januari.csv rad 7",
    ] == told("STYCK-MINST")


def test_a_maximum_tells_what_it_takes_off() -> None:
    # 250 × 10 = 2 500; 1 000 − 2 500 = −1 500
    assert [
        "250 sidor × 10,00 kr = 2 500,00 kr",
        "ned till maximibeloppet 1 000,00 kr = −1 500,00 kr",
        "summa = 1 000,00 kr",
        "pris: Prislista 2021: 10,00 kr, högst 1 000,00 kr",
        "volym: 250 sidor i 1 rad ur arkiv, januari.csv rad 8",
    ] == told("STYCK-HOGST")


def test_an_agreement_in_percent_tells_what_it_takes_off_and_its_name() -> None:
    # 89,5 × 890 = 79 655; a tenth of it is 7 965,50; what is left 71 689,50
    assert [
        "89,5 timmar × 890,00 kr = 79 655,00 kr",
        "avtal: −10 % = −7 965,50 kr",
        "summa = 71 689,50 kr",
        "pris: Prislista 2021: 890,00 kr; avtal: −10 % (Ramöverenskommelse webbstöd)",
        "volym: 89,5 timmar i 1 rad ur tidrapport, januari.csv rad 10",
    ] == told("STYCK-PROCENT")


def test_a_free_agreement_shows_the_price_that_is_not_charged() -> None:
    # 4 × 200 = 800, all of it taken off
    assert [
        "4 kontroller × 200,00 kr = 800,00 kr",
        "avtal: utan kostnad = −800,00 kr",
        "summa = 0,00 kr",
        "pris: Prislista 2021: 200,00 kr; avtal: utan kostnad (Pilot 2022)",
        "volym: 4 kontroller i 1 rad ur tidrapport, januari.csv rad 11",
    ] == told("STYCK-FRITT")


def test_a_price_of_ones_own_is_told_with_the_agreement_it_stands_in() -> None:
    assert [
        "1 uppdrag × 4 500,00 kr = 4 500,00 kr",
        "pris: Prislista 2021: enligt avtal; Särskilt tilläggsavtal: 4 500,00 kr",
        "volym: 1 uppdrag i 1 rad ur rekrytering, januari.csv rad 12",
    ] == told("STYCK-EGET")


def test_a_graduated_price_tells_each_tier_and_fee_and_breaks_long_lists_between_tiers() -> None:
    # 650 = 100 + 400 + 150. Less 1 %: 9,90, 7,92, 5,0985 → 5,10, and the fee 49,50.
    # 100 × 9,90 = 990; 400 × 7,92 = 3 168; 150 × 5,10 = 765; with the fee 4 972,50
    assert [
        "nivå 1: 100 fakturor × 9,90 kr = 990,00 kr",
        "nivå 2: 400 fakturor × 7,92 kr = 3 168,00 kr",
        "fast avgift, nivå 2 = 49,50 kr",
        "nivå 3: 150 fakturor × 5,10 kr = 765,00 kr",
        "summa = 4 972,50 kr",
        "pris: Prislista 2021:",
        "        trappa per månad (till 100: 10,00 kr; till 500: 8,00 kr och avgift 50,00 kr;",
        "        därutöver: 5,15 kr);",
        "      −1 % (KF: lägre pris på obligatoriska tjänster) =",
        "        trappa per månad (till 100: 9,90 kr; till 500: 7,92 kr och avgift 49,50 kr;",
        "        därutöver: 5,0985 → 5,10 kr)",
        "volym: 650 fakturor i 1 rad ur ekonomisystem, januari.csv rad 13",
    ] == told("TRAPPA")


def test_a_price_that_counts_the_year_goes_on_in_february_where_january_ended() -> None:
    # January 900 of the first 1 000; February's 300 are the last 100 of them, and 200 above
    # 900 × 9,50 = 8 550; 100 × 9,50 = 950; 200 × 7,25 = 1 450
    assert ["nivå 1: 900 fakturor × 9,50 kr = 8 550,00 kr"] == told("TRAPPA-AR")[:1]
    assert [
        "räknat tidigare i år: 900 fakturor",
        "nivå 1: 100 fakturor × 9,50 kr = 950,00 kr",
        "nivå 2: 200 fakturor × 7,25 kr = 1 450,00 kr",
        "summa = 2 400,00 kr",
        "pris: Prislista 2021: trappa per år (till 1 000: 9,50 kr; därutöver: 7,25 kr)",
        "volym: 300 fakturor i 1 rad ur ekonomisystem, februari.csv rad 5",
    ] == told("TRAPPA-AR", month=1)


def test_a_volume_price_tells_the_tier_that_all_of_it_falls_in() -> None:
    # 722 × 32 = 23 104; with the fee of 2 000 25 104
    assert [
        "nivå 2: 722 beställningar × 32,00 kr = 23 104,00 kr",
        "fast avgift, nivå 2 = 2 000,00 kr",
        "summa = 25 104,00 kr",
        "pris: Prislista 2021:",
        "        efter hela volymen (till 500: 36,00 kr; därutöver: 32,00 kr och avgift 2 000,00 kr)",
        "volym: 722 beställningar i 1 rad ur transporter, januari.csv rad 15",
    ] == told("VOLYM")


def test_packages_are_told_with_the_units_that_filled_them() -> None:
    # 136 pages are 13 whole packages of ten and a started one; 14 × 1 100 = 15 400
    assert [
        "14 påbörjade paket × 1 100,00 kr = 15 400,00 kr",
        "pris: Prislista 2021: 1 100,00 kr per påbörjat paket om 10",
        "volym: 136 sidor i 1 rad ur webb, januari.csv rad 16",
    ] == told("PAKET")


def test_a_cost_passed_on_is_told_apart_from_its_mark_up() -> None:
    # 5 % of 1 151 is 57,55
    assert [
        "självkostnad = 1 151,00 kr",
        "påslag 5 % = 57,55 kr",
        "summa = 1 208,55 kr",
        "pris: Prislista 2021: självkostnad med påslag 5 %",
        "volym: 1 151 kronor i 1 rad ur rekrytering, januari.csv rad 17",
    ] == told("KOSTNAD")


def test_a_phased_price_tells_the_phase_and_the_months_it_counts() -> None:
    # connected in December 2020: January 2022 is month 14, in the second phase; 3 × 950 = 2 850
    assert [
        "anslutningsfas 2: 3 beslut × 950,00 kr = 2 850,00 kr",
        "pris: Prislista 2021:",
        "        från anslutningen (månad 1–12: 1 000,00 kr; månad 13–24: 950,00 kr; därefter: 900,00 kr)",
        "volym: 3 beslut i 1 rad ur beslut, januari.csv rad 18",
    ] == told("FAS")


def test_a_shared_cost_tells_the_sum_that_is_shared_and_by_what() -> None:
    # 12 000 − 1 % = 11 880 a year is 990 a month; of three in all, one is a third: 330
    assert [
        "andel av delade 990,00 kr: 1 av 3 beställare = 330,00 kr",
        "pris: Prislista 2021: 12 000,00 kr per år, delas efter volym;",
        "      −1 % (KF: lägre pris på obligatoriska tjänster) = 11 880,00 kr per år, delas efter volym",
        "volym: 1 beställare i 1 rad ur inköpssystem, januari.csv rad 19",
    ] == told("DELAD")


def test_a_subscription_has_no_file() -> None:
    assert [
        "1 abonnemang × 9 500,00 kr = 9 500,00 kr",
        "pris: Prislista 2021: 9 500,00 kr per månad",
        "volym: 1 abonnemang i 1 rad ur abonnemang",
    ] == told("FAST")


def test_a_credit_is_the_mirrored_amount() -> None:
    # −31 × 22,18 = −687,58
    assert [
        "−31 fakturor × 22,18 kr = −687,58 kr",
        "pris: Prislista 2021: 22,40 kr;",
        "      −1 % (KF: lägre pris på obligatoriska tjänster) = 22,176 → 22,18 kr",
        "volym: −31 fakturor i 1 rad ur ekonomisystem, februari.csv rad 2",
    ] == told("STYCK", month=1)


def test_a_correction_tells_the_month_as_it_is_now_and_what_was_charged_before() -> None:
    # 4,7 + 2 = 6,7 hours, 7 started; 7 × 690 = 4 830; 3 450 was charged in January
    assert [
        "7 timmar × 690,00 kr = 4 830,00 kr",
        "pris: Prislista 2021: 690,00 kr (per påbörjad 0,5)",
        "volym: 6,7 timmar i 1 rad ur tidrapport, februari.csv rad 3;",
        "      1 rad ur tidrapport, januari.csv rad 4",
        "rättelse av BOL-ALLT-2022-001:",
        "  4 830,00 kr − tidigare 3 450,00 kr = 1 380,00 kr",
        "  volym 4,7 → 6,7",
        "  tillkom: 1 rad ur tidrapport, februari.csv rad 3",
    ] == told("STYCK-STEG", month=1)


def test_a_fully_credited_line_is_explained_down_to_zero() -> None:
    assert [
        "0 uppdrag × 4 500,00 kr = 0,00 kr",
        "pris: Prislista 2021: enligt avtal; Särskilt tilläggsavtal: 4 500,00 kr",
        "volym: 0 uppdrag i 1 rad ur rekrytering, februari.csv rad 4;",
        "      1 rad ur rekrytering, januari.csv rad 12",
        "rättelse av BOL-ALLT-2022-001:",
        "  0,00 kr − tidigare 4 500,00 kr = −4 500,00 kr",
        "  volym 1 → 0",
        "  tillkom: 1 rad ur rekrytering, februari.csv rad 4",
    ] == told("STYCK-EGET", month=1)


def test_the_steps_of_volumes_that_are_gone_sum_to_zero() -> None:
    assert ["summa = 0,00 kr"] == list(explained_steps((), Decimal(0), SERVICE))
    assert "0 ark, inga rader" == explained_volume(Decimal(0), SERVICE, ())


def test_only_the_first_lines_of_many_rows_are_named() -> None:
    rows = pm.Provenance("arkiv", "a.csv", 1_200, 5, (2, 3, 1_004))

    assert "5 ark i 1 200 rader ur arkiv, a.csv rad 2, 3, 1 004 …" == explained_volume(
        Decimal(5), SERVICE, [rows]
    )


def test_rows_that_name_no_source_are_told_by_their_number_alone() -> None:
    assert "5 ark i 2 rader" == explained_volume(Decimal(5), SERVICE, [pm.Provenance("", "", 2, 5)])


@pytest.mark.parametrize(
    ("expected", "tariff"),
    [
        ("1,50 kr, 10 ingår, minst 5,00 kr, högst 9,00 kr", pm.Tariff(pm.UnitPrice("1.5"), 10, 5, 9)),
        ("trappa per månad (därutöver: 2,00 kr)", pm.Tariff(pm.GraduatedPrice((pm.Tier(2),)))),
        ("självkostnad", pm.Tariff(pm.CostPlusPrice())),
        ("100,00 kr per månad, delas efter volym", pm.Tariff(pm.SharedPrice(100))),
        ("enligt avtal", pm.Tariff(pm.AgreementPrice())),
    ],
)
def test_a_tariff_is_told_in_a_few_words(expected: str, tariff: pm.Tariff) -> None:
    assert expected == explained_tariff(tariff)


@pytest.mark.parametrize(
    ("expected", "model", "minimum"),
    [
        ("10,396 → 10,40 kr per månad", pm.FixedPrice("10.501"), None),
        ("10,396 → 10,40 kr per påbörjat paket om 5", pm.PackagePrice(5, "10.501"), None),
        ("10,00 kr, minst 10,396 → 10,40 kr", pm.UnitPrice("10.10101"), "10.501"),
    ],
)
def test_each_figure_that_was_rounded_is_told_with_both_values(
    expected: str, model: pm.UnitPrice | pm.FixedPrice | pm.PackagePrice, minimum: str | None
) -> None:
    # 10,501 less 1 % is 10,39599; 10,10101 less 1 % is 9,9999999
    base = pm.PriceList(
        "a",
        "Lista",
        YEAR,
        (pm.Price(SERVICE, YEAR, (pm.Revision("Lista", pm.Tariff(model, minimum=minimum)),)),),
    )
    revision = pm.reduce_prices(base, 1).prices[0].origin[-1]

    assert revision.exact is not None
    assert expected.replace("10,396", "10,39599").replace("10,00", "9,9999999 → 10,00") == explained_tariff(
        revision.tariff, revision.exact
    )


def test_a_price_that_one_percent_does_not_move_says_so_with_both_figures() -> None:
    origin = (pm.Revision("Lista", pm.Tariff(pm.UnitPrice("0.35"))),)
    base = pm.PriceList("a", "Lista", YEAR, (pm.Price(SERVICE, YEAR, origin),))
    [price] = pm.reduce_prices(base, 1, note="lägre").prices

    assert "Lista: 0,35 kr; −1 % (lägre) = 0,3465 → 0,35 kr" == explained_price(price)


def test_a_step_without_its_figure_is_a_programmers_mistake() -> None:
    with pytest.raises(TypeError, match="without the figure"):
        list(explained_steps([pm.Step(pm.StepKind.UNITS, Decimal(1))], Decimal(1), SERVICE))
