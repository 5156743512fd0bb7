"""
The annual report's three tables of the year's result, rebuilt from its own figures, and where it rounds.

    python examples/arsberattelse_2021.py

Ends with 1 if a column does not sum to the total of the report, or a figure is more than 0,1 mnkr from it.
"""

import sys
from collections.abc import Mapping
from decimal import Decimal

import prismodell as pm
from prismodell.swedish import mnkr, percent

MNKR = 1_000_000
RESULT = "Resultat före bokslutsdisposition"

# Serviceförvaltningens verksamhetsberättelse 2021, "Analys av resultaträkning - uppföljning av driftbudget",
# så som den trycker tabellerna, i mnkr; ett streck är en tom cell.

# Nämndens utfall: bokslut 2021, bokslut 2020, differens mellan åren.
YEARS = {"Kostnader": "264.1 259.2 4.9", "Intäkter": "270.9 262.0 8.9", "Netto": "6.8 2.8 4.0"}
# Resultat per verksamhetsområde: intäkter, kostnader och netto 2021, och detsamma 2020.
AREAS = {
    "Nämnd och administration": "1.6 58.5 -56.9 3.4 53.4 -50.0",
    "Lön och pension": "55.0 41.1 14.0 56.3 42.7 13.6",
    "Upphandling": "44.7 36.7 8.0 41.9 34.8 7.1",
    "Ekonomi": "80.1 58.3 21.8 79.9 63.7 16.2",
    "Kontaktcenter": "59.5 45.4 14.1 53.4 41.3 12.1",
    "Rekrytering": "17.6 13.6 4.0 14.6 11.4 3.2",
    "Lokalplanering": "12.4 9.4 2.9 12.5 10.4 2.1",
    "Avskrivningar och internränta": "0.0 1.1 -1.1 0.0 1.5 -1.5",
    RESULT: "270.9 264.1 6.8 262.0 259.2 2.8",
}
# Uppföljning av driftbudget: intäkter och kostnader i budget 2021 och utfall 2021, budgetavvikelse.
FOLLOW_UP = {
    "Nämnd och administration": "0.0 53.9 1.6 58.5 -3.0",
    "Lön och pension": "52.6 41.6 55.0 41.1 3.0",
    "Upphandling": "47.4 39.6 44.7 36.7 0.1",
    "Ekonomi": "75.5 57.8 80.1 58.3 4.1",
    "Kontaktcenter": "54.9 41.0 59.5 45.4 0.2",
    "Rekrytering": "14.0 11.5 17.6 13.6 1.5",
    "Lokalplanering": "11.8 9.6 12.4 9.4 0.8",
    "Avskrivningar och internränta": "0.0 1.2 0.0 1.1 0.1",
    RESULT: "256.2 256.2 270.9 264.1 6.8",
}
FUND = {
    "Ingående resultatfond": "6.6 - 6.6 - 0.0",
    "Årets förändring av resultatfond": "0.0 - -6.8 - 6.8",
    "Utgående resultatfond": "6.6 - 13.4 - -6.8",
    "Resultat efter bokslutsdisposition": "256.2 256.2 264.1 264.1 0.0",
}
COMPLIANCE = Decimal("103.1")  # "Nämndens budgetföljsamhet", procent, som bara mäter kostnader

Printed = Mapping[str, str]


def kronor(printed: Printed, name: str) -> list[Decimal | None]:
    return [None if each == "-" else Decimal(each) * MNKR for each in printed[name].split()]


def statement(title: str, printed: Printed, first: int, opening_fund: Decimal | None = None) -> pm.Statement:
    """
    The posts of a table's rows, with the income of one column and the costs of the next.
    """
    rows = {name: kronor(printed, name) for name in printed if name != RESULT}
    posts = [
        pm.Post(f"post-{number}", name, *(each or 0 for each in row[first : first + 2]))
        for number, (name, row) in enumerate(rows.items(), 1)
    ]
    return pm.Statement(title, posts, opening_fund=opening_fund)


opening_fund = kronor(FUND, "Ingående resultatfond")[0]
before = statement("Bokslut 2020", AREAS, 3)
budget = statement("Budget 2021", FOLLOW_UP, 0, opening_fund)
actual = statement("Utfall 2021", FOLLOW_UP, 2, opening_fund)
*tables, measures = pm.report_tables(pm.report(before=before, budget=budget, actual=actual), "mnkr")
for table in (*tables, measures):
    print(pm.render(table))

columns = [
    [amount or 0 for amount in column]
    for printed in (AREAS, FOLLOW_UP)
    for column in zip(*(kronor(printed, name) for name in printed), strict=True)
]
exact = sum(sum(amounts) == total for *amounts, total in columns)
print(f"{exact} av {len(columns)} kolumner i rapporten summerar exakt till den summa som den trycker.")

slips, signs, largest, cells = [], [], Decimal(0), 0
for table, printed in zip(tables, (YEARS, AREAS, FOLLOW_UP, FUND), strict=True):
    for row in (*table.rows, *([table.foot] if table.foot else [])):
        name = str(row[0])
        for column, computed, figure in zip(table.columns[1:], row[1:], kronor(printed, name), strict=True):
            if not isinstance(computed, Decimal) or figure is None:
                assert computed is figure is None, "an empty cell is empty in both"
                continue
            cells += 1
            told = (f"{name}, {column.title}", computed, figure)
            if computed == -figure != 0:
                signs.append(told)
            elif computed != figure:
                slips.append((*told, figure - computed))
                largest = max(largest, abs(figure - computed))
for name in AREAS:
    net = kronor(AREAS, name)[2] or Decimal(0)
    income, costs, *_, deviation = (each or Decimal(0) for each in kronor(FOLLOW_UP, name))
    if (from_net := net - (income - costs)) != deviation:
        told = (f"{name}, budgetavvikelse ur rapportens eget netto", from_net, deviation)
        slips.append((*told, deviation - from_net))
        largest = max(largest, abs(deviation - from_net))

heads = (pm.Column("Cell"), pm.Column("Räknat", "mnkr"), pm.Column("Rapporten", "mnkr"))
print(f"{cells} celler är jämförda. Där avrundningen skiljer, i mnkr:\n")
print(pm.render(pm.Table("Rapportens avrundningar", (*heads, pm.Column("Skillnad", "mnkr")), tuple(slips))))
print(pm.render(pm.Table("Rapportens omvända tecken", heads, tuple(signs))))
compliance = pm.budget_compliance(actual, budget).costs
print(f"Största skillnaden är {mnkr(largest)} mnkr. Rapportens budgetföljsamhet är {percent(COMPLIANCE)}.")
if exact < len(columns) or largest > MNKR // 10 or compliance != COMPLIANCE:
    sys.exit(1)
