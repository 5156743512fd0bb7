"""
The facts of Serviceförvaltningens verksamhetsberättelse 2021, held by the files in examples/data.
"""

import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import attrs
import pytest

import prismodell as pm

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "examples" / "data"
SYSTEMS = ("ekonomisystem", "lonesystem", "arendehanteringssystem")
SOURCES = (*SYSTEMS, "manuella-listor")
FIRST, LAST = pm.Month(2021, 1), pm.Month(2021, 12)
YEARS_BEFORE = (2018, 2019, 2020)
MNKR = Decimal(1_000_000)
TOLERANCE = Decimal("0.05") * MNKR

Key = tuple[str, str, str]


def make_data(*arguments: str | Path) -> None:
    command = [sys.executable, ROOT / "examples" / "make_data.py", *arguments]
    subprocess.run(command, check=True)  # noqa: S603 - the repository's own script


@pytest.fixture(scope="module")
def register() -> pm.Register:
    return pm.read_customers(DATA / "kunder.toml")


@pytest.fixture(scope="module")
def outcome() -> pm.Volumes:
    return pm.read_volumes(*(DATA / f"{source}-2021.csv" for source in SOURCES))


@pytest.fixture(scope="module")
def budget() -> pm.Volumes:
    return pm.read_volumes(DATA / "budget-2021.csv")


@pytest.fixture(scope="module")
def history() -> dict[int, pm.Volumes]:
    return {year: pm.read_volumes(DATA / f"historik-{year}.csv") for year in YEARS_BEFORE}


@pytest.fixture(scope="module")
def prices() -> pm.PriceList:
    return pm.read_price_list(ROOT / "pricelists" / "serviceforvaltningen-2021.toml")


@pytest.fixture(scope="module")
def ratings(
    outcome: pm.Volumes, budget: pm.Volumes, prices: pm.PriceList, register: pm.Register
) -> dict[str, pm.Rating]:
    subscribed = register.subscribed(FIRST, LAST)
    return {
        "outcome": pm.rate(outcome.merge(subscribed), prices, register),
        "budget": pm.rate(budget.merge(subscribed), prices, register),
    }


@pytest.fixture(scope="module")
def rating_2020(history: dict[int, pm.Volumes], prices: pm.PriceList, register: pm.Register) -> pm.Rating:
    """
    The volumes of 2020 at the prices of 2021.
    """
    moved = (attrs.evolve(row, month=pm.Month(2021, row.month.number)) for row in history[2020])
    return pm.rate(pm.Volumes(tuple(moved)), prices, register)


def total(rows: Iterable[pm.Volume], *services: str) -> Decimal:
    return sum((row.quantity for row in rows if row.service in services), Decimal(0))


def by_month(rows: Iterable[pm.Volume], *services: str) -> list[Decimal]:
    """
    The twelve months of a year's rows.
    """
    sums = defaultdict[int, Decimal](Decimal)
    for row in rows:
        if row.service in services:
            sums[row.month.number] += row.quantity
    return [sums[number] for number in range(1, 13)]


def percent(after: Decimal, before: Decimal) -> Decimal:
    return 100 * after / before - 100


def customers(rows: Iterable[pm.Volume], *services: str) -> Counter[str]:
    """
    How many customers of each kind (SDF, FF, BOL, STI) have some of the services.
    """
    codes = {row.customer for row in rows if row.service in services}
    return Counter(code.partition("-")[0] for code in codes)


def revenue(rating: pm.Rating, service: str) -> Decimal:
    amounts = (line.amount for line in rating.lines if line.price.service.code == service)
    return sum(amounts, Decimal(0))


# Volumes


SUPPLIER_INVOICES = ("EKO-LEV", "EKO-LEV-MAN")
CUSTOMER_INVOICES = ("EKO-KUND", "EKO-KUND-WEBB", "EKO-KUND-MAN")


def test_the_supplier_invoices_are_1_144_000_of_which_1_981_manual(outcome: pm.Volumes) -> None:
    assert total(outcome, *SUPPLIER_INVOICES) == 1_144_000
    assert total(outcome, "EKO-LEV-MAN") == 1_981


def test_the_supplier_invoices_jump_in_december(outcome: pm.Volumes) -> None:
    *others, december = by_month(outcome, *SUPPLIER_INVOICES)

    assert december > Decimal("1.3") * max(others)


def test_the_supplier_invoices_are_93_000_above_the_budget(outcome: pm.Volumes, budget: pm.Volumes) -> None:
    above = total(outcome, *SUPPLIER_INVOICES) - total(budget, *SUPPLIER_INVOICES)

    assert above == 93_000


def test_the_customer_invoices_are_1_716_000_and_27_000_below_the_budget(
    outcome: pm.Volumes, budget: pm.Volumes
) -> None:
    assert total(outcome, *CUSTOMER_INVOICES) == 1_716_000
    assert total(budget, *CUSTOMER_INVOICES) == 1_743_000


def test_customer_orders_on_the_web_come_in_september_but_were_budgeted_from_january(
    outcome: pm.Volumes, budget: pm.Volumes
) -> None:
    ordered = by_month(outcome, "EKO-KUND-WEBB")

    assert not any(ordered[:8])
    assert all(ordered[8:])
    assert all(by_month(budget, "EKO-KUND-WEBB"))


def test_the_rental_contracts_administered_are_91_000_and_8_3_percent_below_the_budget(
    outcome: pm.Volumes, budget: pm.Volumes
) -> None:
    change = total(outcome, "EKO-HYR") / total(budget, "EKO-HYR") - 1

    assert total(outcome, "EKO-HYR") == 91_000
    assert round(100 * change, 1) == Decimal("-8.3")


def test_the_vacancies_are_1_641_against_2_300_in_the_budget(outcome: pm.Volumes, budget: pm.Volumes) -> None:
    assert total(outcome, "EKO-HYR-VAK") == 1_641
    assert total(budget, "EKO-HYR-VAK") == 2_300


def test_the_payslips_of_december_are_2_430_above_the_december_before(
    outcome: pm.Volumes,
) -> None:
    before = total(pm.read_volumes(DATA / "lonesystem-2020-12.csv"), "LON-SPEC")
    december = by_month(outcome, "LON-SPEC")[-1]

    assert before == 52_826
    assert december == 55_256
    assert december - before == 2_430


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("EKO-HYR-NY", 2_055),
        ("LON-UTBILD", 18),
        ("UPP-CENTRAL", 11),
        ("UPP-GEMENSAM", 7),
        ("UPP-UPPDRAG", 52),
        ("KC-SKOLVAL", 1_000),
        ("KC-MUSIK", 1_000),
        ("KC-KOLLO-KAT", 534),
        ("REK-PAKET", 788),
        ("LOK-UPPDRAG", 121),
    ],
)
def test_a_published_number_of_the_year_is_held_exactly(
    outcome: pm.Volumes, service: str, expected: int
) -> None:
    assert total(outcome, service) == expected


# Customers


def test_the_customers_are_13_districts_18_specialists_18_companies_and_a_foundation(
    register: pm.Register,
) -> None:
    kinds = Counter(customer.code.partition("-")[0] for customer in register.customers)
    types = Counter(customer.type.value for customer in register.customers)

    assert kinds == {"SDF": 13, "FF": 18, "BOL": 18, "STI": 1}
    assert types == {"administration": 31, "company": 18, "foundation": 1}


def test_all_31_administrations_and_17_of_18_companies_buy_supplementary_services(
    ratings: dict[str, pm.Rating],
) -> None:
    bought = {
        line.customer.code
        for line in ratings["outcome"].lines
        if line.price.service.kind.value == "supplementary"
    }
    kinds = Counter(code.partition("-")[0] for code in bought)

    assert kinds == {"SDF": 13, "FF": 18, "BOL": 17, "STI": 1}
    assert "BOL-MAS" not in bought


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("REK-PAKET", {"SDF": 13, "FF": 15, "BOL": 10, "STI": 1}),
        ("LOK-UPPDRAG", {"SDF": 13, "FF": 13, "BOL": 5}),
        ("UPP-SYS-BOL", {"BOL": 9}),
    ],
)
def test_a_service_has_the_published_number_of_customers(
    outcome: pm.Volumes, service: str, expected: dict[str, int]
) -> None:
    assert customers(outcome, service) == expected


def test_eight_boards_subscribe_to_the_registration_of_contracts_in_lois(
    register: pm.Register,
) -> None:
    subscribed = register.subscribed(FIRST, LAST)

    assert len({row.customer for row in subscribed if row.service == "LOK-LOIS"}) == 8
    assert total(subscribed, "LOK-LOIS") == 8 * 12


def test_only_two_districts_have_simple_assessments_by_agreement_in_2021(
    ratings: dict[str, pm.Rating],
) -> None:
    assessed = {
        line.customer.code
        for line in ratings["outcome"].lines
        if line.price.service.code == "REK-PB" and line.amount > 0
    }

    assert assessed == {"SDF-SKA", "SDF-RIN"}


def test_the_executive_office_alone_pays_sikt2_at_cost_outside_the_budget(
    ratings: dict[str, pm.Rating],
) -> None:
    payers = {
        line.customer.code for line in ratings["outcome"].lines if line.price.service.code == "KC-SIKT2"
    }

    assert payers == {"FF-SLK"}
    assert revenue(ratings["outcome"], "KC-SIKT2") == 4_600_000
    assert revenue(ratings["budget"], "KC-SIKT2") == 0


# Revenue


@pytest.mark.parametrize("plan", ["outcome", "budget"])
def test_every_volume_of_2021_has_a_price(ratings: dict[str, pm.Rating], plan: str) -> None:
    assert not ratings[plan].unrated


@pytest.mark.parametrize(
    ("plan", "area", "mnkr"),
    [
        ("outcome", "lon", "55.0"),
        ("outcome", "upphandling", "44.7"),
        ("outcome", "ekonomi", "80.1"),
        ("outcome", "kontaktcenter", "59.5"),
        ("outcome", "rekrytering", "17.6"),
        ("outcome", "lokalplanering", "12.4"),
        ("budget", "lon", "52.6"),
        ("budget", "upphandling", "47.4"),
        ("budget", "ekonomi", "75.5"),
        ("budget", "kontaktcenter", "54.9"),
        ("budget", "rekrytering", "14.0"),
        ("budget", "lokalplanering", "11.8"),
    ],
)
def test_an_area_has_its_published_revenue(
    ratings: dict[str, pm.Rating], plan: str, area: str, mnkr: str
) -> None:
    assert abs(ratings[plan].by("area")[area] - Decimal(mnkr) * MNKR) < TOLERANCE


@pytest.mark.parametrize(("plan", "mnkr"), [("outcome", "269.3"), ("budget", "256.2")])
def test_the_areas_sum_to_the_published_total_less_the_sick_pay_refund(
    ratings: dict[str, pm.Rating], plan: str, mnkr: str
) -> None:
    assert abs(ratings[plan].total - Decimal(mnkr) * MNKR) < TOLERANCE


def test_other_supplementary_services_of_ekonomi_are_three_million_above_the_budget(
    ratings: dict[str, pm.Rating],
) -> None:
    above = revenue(ratings["outcome"], "EKO-OVR") - revenue(ratings["budget"], "EKO-OVR")

    assert above == 3_000_000


def test_manual_customer_invoices_bring_more_and_commissioned_procurement_less_than_budgeted(
    ratings: dict[str, pm.Rating],
) -> None:
    outcome, budget = ratings["outcome"], ratings["budget"]

    assert revenue(outcome, "EKO-KUND-MAN") > revenue(budget, "EKO-KUND-MAN")
    assert revenue(outcome, "UPP-STOD") < revenue(budget, "UPP-STOD")
    assert revenue(outcome, "EKO-HYR-FTL") > revenue(budget, "EKO-HYR-FTL")


def test_january_2022_has_a_price_for_every_volume(register: pm.Register) -> None:
    january = pm.Month(2022, 1)
    volumes = pm.read_volumes(*(DATA / f"{source}-2022-01.csv" for source in SOURCES))
    prices = pm.read_price_list(ROOT / "pricelists" / "serviceforvaltningen-2022.toml")

    rating = pm.rate(volumes.merge(register.subscribed(january)), prices, register)

    assert not rating.unrated
    assert {january} == {line.month for line in rating.lines}


# The three years before


def test_the_supplier_invoices_of_2020_are_1_132_000_of_which_14_971_manual(
    history: dict[int, pm.Volumes], outcome: pm.Volumes
) -> None:
    before, after = (total(rows, *SUPPLIER_INVOICES) for rows in (history[2020], outcome))

    assert before == 1_132_000
    assert total(history[2020], "EKO-LEV-MAN") == 14_971
    assert after - before == 12_000
    assert round(percent(after, before), 1) == Decimal("1.1")


def test_the_supplier_invoices_of_2021_were_fewer_than_the_year_before_until_december(
    history: dict[int, pm.Volumes], outcome: pm.Volumes
) -> None:
    before, after = (by_month(rows, *SUPPLIER_INVOICES) for rows in (history[2020], outcome))

    assert sum(after[:11]) < sum(before[:11])


@pytest.mark.parametrize("year", YEARS_BEFORE)
def test_the_december_of_a_year_before_is_an_ordinary_one(history: dict[int, pm.Volumes], year: int) -> None:
    *others, december = by_month(history[year], *SUPPLIER_INVOICES)

    assert december < Decimal("1.05") * max(others)


def test_the_customer_invoices_of_2021_are_0_6_percent_fewer_than_in_2020(
    history: dict[int, pm.Volumes], outcome: pm.Volumes
) -> None:
    before, after = (total(rows, *CUSTOMER_INVOICES) for rows in (history[2020], outcome))

    assert before == 1_726_358
    assert round(percent(after, before), 1) == Decimal("-0.6")


@pytest.mark.parametrize(
    ("year", "service", "expected"),
    [
        (2020, "EKO-HYR", 97_744),
        (2020, "EKO-HYR-NY", 2_405),
        (2020, "REK-PAKET", 555),
        (2020, "LOK-UPPDRAG", 100),
        (2019, "LOK-UPPDRAG", 91),
    ],
)
def test_a_published_number_of_a_year_before_is_held_exactly(
    history: dict[int, pm.Volumes], year: int, service: str, expected: int
) -> None:
    assert total(history[year], service) == expected


@pytest.mark.parametrize(
    ("service", "places", "expected"),
    [("EKO-HYR", 1, "-6.9"), ("REK-PAKET", 0, "42"), ("KC-KOLLO", 0, "27")],
)
def test_a_published_change_from_2020_is_held(
    history: dict[int, pm.Volumes], outcome: pm.Volumes, service: str, places: int, expected: str
) -> None:
    change = percent(total(outcome, service), total(history[2020], service))

    assert round(change, places) == Decimal(expected)


def test_the_payslips_of_december_2020_are_those_of_its_own_file_customer_by_customer(
    history: dict[int, pm.Volumes],
) -> None:
    alone = pm.read_volumes(DATA / "lonesystem-2020-12.csv")
    within = [row for row in history[2020] if row.service == "LON-SPEC" and row.month.number == 12]

    assert [(row.customer, row.quantity) for row in alone] == [(row.customer, row.quantity) for row in within]


def test_the_extra_payment_of_december_2020_brought_about_a_million(
    history: dict[int, pm.Volumes], rating_2020: pm.Rating
) -> None:
    *others, december = by_month(history[2020], "LON-UTB")
    extra = (december - max(others)) / (december + sum(others)) * revenue(rating_2020, "LON-UTB")

    assert abs(extra - MNKR) < TOLERANCE


@pytest.mark.parametrize("year", YEARS_BEFORE)
def test_eight_companies_use_the_purchasing_system_in_every_month_before(
    history: dict[int, pm.Volumes], year: int
) -> None:
    assert customers(history[year], "UPP-SYS-BOL") == {"BOL": 8}
    assert by_month(history[year], "UPP-SYS-BOL") == [8] * 12


def test_what_began_in_2021_has_no_history(history: dict[int, pm.Volumes], outcome: pm.Volumes) -> None:
    before = {row.service for rows in history.values() for row in rows}

    assert {row.service for row in outcome} - before == {
        "EKO-HYR-BOL",
        "EKO-IK",
        "EKO-KUND-WEBB",
        "EKO-SKAN",
        "KC-SIKT2",
        "REK-PB",
    }
    assert before < {row.service for row in outcome}


def test_payment_requests_came_on_forms_until_the_web_came_late_in_2020(
    history: dict[int, pm.Volumes], outcome: pm.Volumes
) -> None:
    forms = [number for rows in history.values() for number in by_month(rows, "EKO-UTB-BLANK")]
    web = [number for rows in history.values() for number in by_month(rows, "EKO-UTB-WEBB")]

    assert min(forms) > max(by_month(outcome, "EKO-UTB-BLANK"))
    assert not any(web[:-3])
    assert all(web[-3:])


def test_customer_orders_on_forms_were_about_as_many_in_2020_as_before_the_web(
    history: dict[int, pm.Volumes], outcome: pm.Volumes
) -> None:
    before, after = (sum(by_month(rows, "EKO-KUND-MAN")[:8]) for rows in (history[2020], outcome))

    assert abs(percent(Decimal(after), Decimal(before))) < 3


def test_the_years_before_have_the_sources_and_customers_of_2021(
    history: dict[int, pm.Volumes], outcome: pm.Volumes
) -> None:
    for year, rows in history.items():
        assert {row.month.year for row in rows} == {year}
        assert {row.source for row in rows} == {row.source for row in outcome}
        assert {row.customer for row in rows} <= {row.customer for row in outcome}
        assert all(row.quantity > 0 for row in rows)


@pytest.mark.parametrize(
    ("area", "mnkr"),
    [
        ("lon", "56.3"),
        ("upphandling", "41.9"),
        ("ekonomi", "79.9"),
        ("kontaktcenter", "53.4"),
        ("lokalplanering", "12.5"),
    ],
)
def test_an_area_of_2020_at_the_prices_of_2021_is_within_3_percent_of_its_published_revenue(
    rating_2020: pm.Rating, area: str, mnkr: str
) -> None:
    assert not rating_2020.unrated
    assert abs(percent(rating_2020.by("area")[area], Decimal(mnkr) * MNKR)) < 3


def test_the_recruitment_of_2020_is_worth_less_at_the_prices_of_2021_than_the_published_14_6_mnkr(
    rating_2020: pm.Rating,
) -> None:
    """
    The report says 42 percent more assignments but only 21 percent more revenue, so the mean price fell.
    """
    assert round(percent(rating_2020.by("area")["rekrytering"], Decimal("14.6") * MNKR)) == -18


def test_the_areas_of_2020_at_the_prices_of_2021_are_within_2_percent_of_the_published_total(
    rating_2020: pm.Rating,
) -> None:
    published = Decimal("262.0") - Decimal("3.4")  # less Nämnd och administration

    assert abs(percent(rating_2020.total, published * MNKR)) < 2


# The script


def test_the_script_remakes_the_committed_files_byte_for_byte(tmp_path: Path) -> None:
    make_data("--out", tmp_path)

    committed = {path.name: path.read_bytes() for path in DATA.glob("*.csv")}
    assert committed == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_the_single_transactions_sum_to_the_committed_months(tmp_path: Path) -> None:
    make_data("--transactions", tmp_path)

    for system in SYSTEMS:
        transactions = tmp_path / f"{system}-2021-transaktioner.csv"
        assert sums_of_months(DATA / f"{system}-2021.csv") == sums_of_transactions(transactions)
    lists = "manuella-listor-2021.csv"
    assert (DATA / lists).read_bytes() == (tmp_path / lists).read_bytes()


def sums_of_months(path: Path) -> dict[Key, Decimal]:
    rows = pm.read_volumes(path)
    return {(row.customer, row.service, str(row.month)): row.quantity for row in rows}


def sums_of_transactions(path: Path) -> dict[Key, Decimal]:
    """
    Read apart from the library, for speed: equal starts of lines counted, references rising.
    """
    counts, last = Counter[str](), ""
    with path.open(encoding="utf-8") as file:
        next(file)
        for line in file:
            start, _, reference = line.rpartition(",")
            counts[start] += 1
            assert reference > last, "each reference is new"
            last = reference
    sums = defaultdict[Key, Decimal](Decimal)
    for start, count in counts.items():
        customer, service, month, quantity, _ = start.split(",")
        sums[customer, service, month] += count * Decimal(quantity)
    return dict(sums)
