"""
The two examples, run as a user runs them: from another folder, on a copy of what they need.
"""

import csv
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

import prismodell as pm
from prismodell.money import exact, to_places
from prismodell.swedish import kr, number, percent, tkr
from thinning import keep_only

ROOT = Path(__file__).resolve().parent.parent
JANUARY_2022 = ("ekonomisystem", "lonesystem", "arendehanteringssystem", "manuella-listor")
Shown = subprocess.CompletedProcess[str]
Once = Callable[[str], tuple[Path, Shown]]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return copied(tmp_path)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """
    A script's checkout and what it showed, run once for all the tests that only look.
    """

    @cache
    def ran(script: str) -> tuple[Path, Shown]:
        checkout = copied(tmp_path_factory.mktemp("once"))
        return checkout, run(checkout, script)

    return ran


def copied(folder: Path) -> Path:
    for name in ("examples", "pricelists"):
        shutil.copytree(ROOT / name, folder / "checkout" / name)
    return folder / "checkout"


def run(checkout: Path, script: str) -> Shown:
    elsewhere = checkout.parent / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    return subprocess.run(  # noqa: S603 - the repository's own script
        [sys.executable, "-X", "utf8", checkout / "examples" / script],
        cwd=elsewhere,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_months_example_proves_that_no_row_and_no_krona_is_lost(once: Once) -> None:
    _, shown = once("manadsunderlag.py")

    assert 0 == shown.returncode, shown.stderr
    assert [
        "1 201 rader lästa = 1 201 fakturerade + 0 ej fakturerade (0 dubbletter, 0 i konflikt, 0 utan pris)",
        "22 467 475,76 kr beräknat = 22 467 475,76 kr i underlag",
        "0 nya underlag när samma månad faktureras igen",
    ] == shown.stdout.splitlines()[-4:-1]


def test_the_months_example_counts_as_many_rows_as_the_files_have_lines() -> None:
    data = ROOT / "examples" / "data"
    lines = sum((data / f"{system}-2022-01.csv").read_bytes().count(b"\n") - 1 for system in JANUARY_2022)
    register = (data / "kunder.toml").read_text("utf-8")

    assert 1_201 == lines + register.count("[[subscription]]")


def test_the_months_example_writes_each_underlag_in_three_formats_beside_the_examples(once: Once) -> None:
    checkout, _ = once("manadsunderlag.py")

    files = sorted((checkout / "out").iterdir())
    archived = [pm.read_underlag(file) for file in files if file.suffix == ".json"]
    assert 3 * 49 == len(files)
    assert {".txt", ".csv", ".json"} == {file.suffix for file in files}
    assert [file.stem for file in files if file.suffix == ".json"] == [each.number for each in archived]
    assert 0 == len(list((checkout.parent / "elsewhere").iterdir()))


def test_the_months_example_writes_the_same_bytes_when_it_is_run_again(once: Once) -> None:
    checkout, _ = once("manadsunderlag.py")

    def written() -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in (checkout / "out").iterdir()}

    first = written()
    run(checkout, "manadsunderlag.py")

    assert first
    assert first == written()


def test_the_months_example_shows_a_whole_underlag_an_explained_amount_and_a_summary(once: Once) -> None:
    checkout, process = once("manadsunderlag.py")
    shown = process.stdout

    assert (checkout / "out" / "BOL-BOF-2022-001.txt").read_text("utf-8") in shown
    assert "nivå 2: 4 754 fakturor × 7,18 kr = 34 133,72 kr" in shown
    assert "Summa                                                         1 201  22 467 475,76" in shown


def test_the_months_example_stops_at_a_volume_without_a_price(checkout: Path) -> None:
    with (checkout / "examples" / "data" / "lonesystem-2022-01.csv").open("a", encoding="utf-8") as file:
        file.write("FF-ALD,LON-SPECC,2022-01,1,lonesystem,L22-999\n")

    shown = run(checkout, "manadsunderlag.py")

    assert 1 == shown.returncode
    assert "menade du 'LON-SPEC'?" in shown.stderr
    assert not (checkout / "out").exists()


def test_the_years_example_is_within_the_rounding_of_the_annual_report(once: Once) -> None:
    _, shown = once("arsintakt_2021.py")

    assert 0 == shown.returncode, shown.stderr
    assert "Största skillnaden är 308,25 kr; rapportens avrundning till 0,1 mnkr rymmer 50 000,00 kr." in (
        shown.stdout
    )


@pytest.mark.parametrize(
    ("area", "budget", "outcome"),
    [
        ("Nämnd och administration *", "0,0", "1,6"),
        ("Lön och pension", "52,6", "55,0"),
        ("Upphandling och inköp", "47,4", "44,7"),
        ("Ekonomi", "75,5", "80,1"),
        ("Kontaktcenter", "54,9", "59,5"),
        ("Rekrytering", "14,0", "17,6"),
        ("Lokalplanering", "11,8", "12,4"),
        ("Summa intäkter", "256,2", "270,9"),
    ],
)
def test_the_years_example_shows_the_published_figure_beside_the_same_computed_one(
    once: Once, area: str, budget: str, outcome: str
) -> None:
    _, shown = once("arsintakt_2021.py")
    lines = shown.stdout.splitlines()
    found = [line.removeprefix(area).split() for line in lines if line.startswith(area)]

    assert [[budget, budget], [outcome, outcome]] == [
        [word for word in words if word[-2:-1] == ","] for words in found
    ]


def test_the_years_example_ends_with_1_when_the_prices_no_longer_give_the_published_revenue(
    checkout: Path,
) -> None:
    prices = checkout / "pricelists" / "serviceforvaltningen-2021.toml"
    prices.write_text(prices.read_text("utf-8").replace("price  = 67\n", "price  = 68\n"), "utf-8")

    assert 1 == run(checkout, "arsintakt_2021.py").returncode


def test_the_billing_year_ends_with_all_that_is_rated_issued_archived_and_verified(checkout: Path) -> None:
    # all that goes wrong in the year goes wrong with the rows of four customers too, in much less time
    keep_only(("SDF-SOD", "FF-AMF", "BOL-BOF", "STI-SHI"), (checkout / "examples" / "data").glob("*.csv"))
    shown = run(checkout, "faktureringsar_2022.py")

    assert 0 == shown.returncode, shown.stderr
    assert [
        "26 631 520,74 kr beräknat = 26 631 520,74 kr i 135 underlag",
        "0,00 kr upplupet och 0,00 kr förutbetalt när allt är fakturerat",
        "0 nya underlag när december faktureras igen",
        "13 arkiv prövade mot sina filer: 0 avvikelser",
    ] == shown.stdout.splitlines()[-5:-1]
    for told in (
        "källa manuella listor 2022-12",
        "lonesystem  L22-063   FF-AMF  LON-UTB  2022-02  6     saknas",
        "orsak: Utbetalningarna gjordes åt en annan arbetsgivare (ärende L-117)",
        "Juli 2022        11 underlag   2 047 675,57 kr   varav 18 rättelser: −1 485,00 kr",
    ):
        assert told in shown.stdout


@pytest.mark.parametrize(
    ("script", "told", "written"),
    [
        (
            "sankning_2022.py",
            ["−1 % på varje pris     1 456 115,75  −16 431,75", "0,3465 → 0,35 kr, som förut"],
            ["sankning-2022/prislista.toml", "sankning-2022/sankning.html"],
        ),
        (
            "scenario_2023.py",
            ["Prissatta tjänster                        66     58       −8  tjänster", "872,00 kr (0 %)"],
            ["scenario-2023/jamforelse.html", "scenario-2023/prislista-2023-forslag.html"],
        ),
        (
            "avvikelse_2021.py",
            ["13 099 828,40 kr", "1 142 019"],
            [],
        ),
        (
            "prognos_2021.py",
            [
                "December   269 300        0  269 300    269 300    269 300  256 200  269 300",
                "Planerat vid T2: 68,5 % av EKO-KUND-MAN blir EKO-KUND-WEBB från 2021-09",
                "överraskningen i en enskild månad: Leverantörsfaktura, elektronisk i december 2021.",
            ],
            ["prognos-2021/t1.md", "prognos-2021/t2.txt"],
        ),
        (
            "storskalig.py",
            [
                "Del för del: 7 212 rader, 12 utan pris, 479 837 433,44 kr",
                "Allt på en gång: 7 212 rader, 12 utan pris, 479 837 433,44 kr",
                "7 227 rader i 8 delar; samma belopp på varje rad",
                "Nekat: UPP-AVTAL delas av alla kunder och kan inte prissättas del för del",
            ],
            ["storskalig/rader-prissatta/delat.parquet"],
        ),
        (
            "arsberattelse_2021.py",
            [
                "11 av 11 kolumner i rapporten summerar exakt",
                "Lön och pension, Utfall 2021, netto           13,9       14,0       0,1",
                "Största skillnaden är 0,1 mnkr. Rapportens budgetföljsamhet är 103,1 %.",
            ],
            [],
        ),
    ],
)
def test_the_examples_tell_what_they_are_for(
    once: Once, script: str, told: list[str], written: list[str]
) -> None:
    checkout, shown = once(script)

    assert 0 == shown.returncode, shown.stderr
    plain = shown.stdout.replace("\u00a0", " ").replace("\u202f", " ")
    for each in told:
        assert each in plain
    for name in written:
        assert (checkout / "out" / name).stat().st_size


@exact()
def test_the_forecast_example_tells_what_its_files_sum_to_and_the_outcome_is(once: Once) -> None:
    checkout, shown = once("prognos_2021.py")
    assert 0 == shown.returncode, shown.stderr
    text = (checkout / "out" / "prognos-2021" / "t2.csv").read_text("utf-8-sig")
    rows = [*csv.DictReader(text.splitlines(), delimiter=";")]

    def summed(column: str, **where: str) -> Decimal:
        mine = (row for row in rows if all(row[key] == value for key, value in where.items()))
        return sum((Decimal(row[column].replace(",", ".")) for row in mine), Decimal(0))

    data = checkout / "examples" / "data"
    register = pm.read_customers(data / "kunder.toml")
    delivered = pm.read_volumes(*(data / f"{system}-2021.csv" for system in JANUARY_2022))
    subscribed = register.subscribed(pm.Month(2021, 1), pm.Month(2021, 12))
    prices = pm.read_price_list(checkout / "pricelists" / "serviceforvaltningen-2021.toml")
    outcome = pm.rate(delivered.merge(subscribed), prices, register)
    known = sum((line.amount for line in outcome.lines if line.month <= pm.Month(2021, 8)), Decimal(0))
    december = {"Tjänst": "EKO-LEV", "Månad": "2021-12"}
    year, waited = summed("Kronor"), summed("Volym", **december)
    off = to_places(Fraction(outcome.total - year) / Fraction(year) * 100, 1)
    miss = Decimal("22.40") * (140_949 - waited)

    assert known == summed("Kronor", **{"Känt eller väntat": "känt"})
    for told in (
        f"T2         {tkr(known)}   {tkr(year - known)}  {tkr(year)}",
        f"T2: utfallet skiljer {percent(off)} från prognosen, {'inom' if abs(off) <= 1 else 'utanför'} ±1 %;",
        f"140 949 fakturor mot väntade {number(waited)}, +{kr(miss)}.",
    ):
        assert told in shown.stdout


def test_what_the_reduction_example_writes_is_next_years_list_with_last_years_comments(once: Once) -> None:
    checkout, shown = once("sankning_2022.py")
    assert 0 == shown.returncode, shown.stderr
    path = checkout / "out" / "sankning-2022" / "prislista.toml"
    made = pm.read_price_list(path)
    assert "PRISERNA HÄR ÄR ILLUSTRATIVA" in path.read_text("utf-8")
    assert pm.Tariff(pm.UnitPrice("31.18")) == made.price("EKO-UTB-WEBB", pm.Month(2021, 1)).tariff


def test_the_proposal_for_2023_prices_all_that_the_list_of_2022_prices() -> None:
    today, proposal = (
        pm.read_price_list(ROOT / "pricelists" / f"serviceforvaltningen-{name}.toml")
        for name in ("2022", "2023-forslag")
    )
    january = pm.Month(2023, 1)
    for service in today.services:
        priced = proposal.price(service.code, january).service
        assert service.code in (priced.code, *(priced.replaces or ()))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"customer": " ENH-001"}, "skriv kunderna som i kundregistret: [' ENH-001']"),
        ({"customer": None}, "skriv kunderna som i kundregistret: ['None']"),
        (
            {"reference": "EKO-LEV-2-1"},
            "en referens har rader för flera kunder: [('regionen', 'EKO-LEV-2-1')]",
        ),
    ],
)
def test_the_large_example_ends_where_a_split_by_customer_would_split_something_else(
    row: dict[str, str | None], told: str
) -> None:
    script = runpy.run_path(str(ROOT / "examples" / "storskalig.py"))
    (first, *others) = script["year"]().to_pylist()
    one_off = script["pa"].Table.from_pylist([first | {"customer": "ENH-001"} | row, *others])

    with pytest.raises(SystemExit, match=re.escape(told)):
        script["check"](one_off)


def test_a_row_without_a_service_is_in_one_half_of_the_large_example_too() -> None:
    script = runpy.run_path(str(ROOT / "examples" / "storskalig.py"))
    year = script["year"]().slice(0, 100).to_pylist()
    rows = script["pa"].Table.from_pylist([year[0] | {"service": None}, *year[1:]])

    apart, together = script["split"](rows)

    assert len(rows) == len(apart) + together.rows > len(apart)
