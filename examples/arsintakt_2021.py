"""
The year 2021: budget and outcome per area, volumes × price list, beside the figures of the annual report.

    python examples/arsintakt_2021.py

Ends with 1 if a figure is more than 0,05 mnkr, the report's own rounding, from the report's.
"""

import sys
from decimal import Decimal
from pathlib import Path

import prismodell as pm
from prismodell.swedish import kr

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "examples" / "data"
OUTCOME = ("ekonomisystem", "lonesystem", "arendehanteringssystem", "manuella-listor")
MNKR = 1_000_000
TOLERANCE = Decimal("0.05") * MNKR

# Serviceförvaltningens verksamhetsberättelse 2021, "Uppföljning av driftbudget", intäkter i mnkr.
REPORTED = {
    "Budget 2021": {
        "lon": "52.6",
        "upphandling": "47.4",
        "ekonomi": "75.5",
        "kontaktcenter": "54.9",
        "rekrytering": "14.0",
        "lokalplanering": "11.8",
    },
    "Utfall 2021": {
        "lon": "55.0",
        "upphandling": "44.7",
        "ekonomi": "80.1",
        "kontaktcenter": "59.5",
        "rekrytering": "17.6",
        "lokalplanering": "12.4",
    },
}
TOTAL = {"Budget 2021": "256.2", "Utfall 2021": "270.9"}
# "… främst … återbetalning av sjuklönekostnader som redovisas på nämnd och administration": inte en tjänst.
REFUND = {"Budget 2021": "0.0", "Utfall 2021": "1.6"}

COLUMNS = (
    pm.Column("Verksamhetsområde"),
    pm.Column("Beräknat, kr", "kronor"),
    pm.Column("Beräknat, mnkr", "mnkr"),
    pm.Column("Rapporten, mnkr", "mnkr"),
    pm.Column("Skillnad, kr", "kronor"),
)


def kronor(mnkr: str) -> Decimal:
    return Decimal(mnkr) * MNKR


def beside_the_report(year: str, rating: pm.Rating) -> tuple[pm.Table, Decimal]:
    """
    The table of a year's rating and the report's figures, and the largest difference between them.
    """
    computed, reported, refund = rating.by("area"), REPORTED[year], kronor(REFUND[year])
    pairs = [(names[area], computed[area], kronor(mnkr)) for area, mnkr in reported.items()]
    rows = [(name, amount, amount, figure, amount - figure) for name, amount, figure in pairs]
    total, figure = rating.total + refund, kronor(TOTAL[year])
    administration = ("Nämnd och administration *", refund, refund, refund, None)
    foot = ("Summa intäkter", total, total, figure, total - figure)
    largest = max(abs(difference) for *_, difference in [*rows, foot])
    return pm.Table(year, COLUMNS, (administration, *rows), foot), largest


print("Läser och prissätter årets budget och utfall …\n")
prices = pm.read_price_list(ROOT / "pricelists" / "serviceforvaltningen-2021.toml")
register = pm.read_customers(DATA / "kunder.toml")
subscribed = register.subscribed(pm.Month(2021, 1), pm.Month(2021, 12))
names = {area.code: area.name for area in prices.areas}
volumes = {
    "Budget 2021": pm.read_volumes(DATA / "budget-2021.csv"),
    "Utfall 2021": pm.read_volumes(*(DATA / f"{system}-2021.csv" for system in OUTCOME)),
}

worst = Decimal(0)
for year, rows in volumes.items():
    table, largest = beside_the_report(year, pm.rate(rows.merge(subscribed), prices, register))
    print(pm.render(table))
    worst = max(worst, largest)

print("* Statens ersättning för sjuklönekostnader: ingen tjänst i prislistan, utan tagen ur rapporten.")
print(f"Största skillnaden är {kr(worst)}; rapportens avrundning till 0,1 mnkr rymmer {kr(TOLERANCE)}.")
sys.exit(worst > TOLERANCE)
