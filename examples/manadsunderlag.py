"""
January 2022: volumes from four systems become every customer's underlag, and nothing is lost on the way.

    python examples/manadsunderlag.py        writes out/BOL-BOF-2022-001.txt, .csv and .json, and so on

Ends with 1 if a row or a krona is not accounted for.
"""

import sys
from decimal import Decimal
from pathlib import Path

import prismodell as pm
from prismodell.swedish import kr, number

ROOT = Path(__file__).resolve().parent.parent
DATA, OUT = ROOT / "examples" / "data", ROOT / "out"
SYSTEMS = ("ekonomisystem", "lonesystem", "arendehanteringssystem", "manuella-listor")
JANUARY = pm.Month(2022, 1)

print("Läser prislista, kunder och volymer …")
prices = pm.read_price_list(ROOT / "pricelists" / "serviceforvaltningen-2022.toml")
register = pm.read_customers(DATA / "kunder.toml")
reported = pm.read_volumes(*(DATA / f"{system}-2022-01.csv" for system in SYSTEMS))
volumes = reported.merge(register.subscribed(JANUARY))

print(f"Prissätter {number(len(volumes))} rader enligt {prices.title} …")
rating = pm.rate(volumes, prices, register)
documents = {underlag.customer.code: underlag for underlag in pm.issue(rating, JANUARY, register)}

print(f"Skriver {len(documents)} underlag till {OUT} …\n")
OUT.mkdir(exist_ok=True)
for underlag in documents.values():
    for ending in (".txt", ".csv", ".json"):
        pm.write(underlag, OUT / f"{underlag.number}{ending}")

print(pm.render(documents["BOL-BOF"]))

print("Ett av Trafikkontorets belopp, förklarat\n----------------------------------------\n")
[invoices] = [each for each in documents["FF-TRA"].lines if each.line.price.service.code == "EKO-KUND"]
print(invoices.explain(), end="\n\n")

print(pm.render(pm.summary(documents.values(), JANUARY)))

billed = sum(each.line.entry.rows for underlag in documents.values() for each in underlag.lines)
unrated = sum(each.entry.rows for each in rating.unrated)
duplicates = len(volumes.duplicates)
conflicting = sum(len(conflict.rows) for conflict in volumes.conflicts)
not_billed = duplicates + conflicting + unrated
issued = sum((underlag.net for underlag in documents.values()), Decimal(0))
again = pm.issue(rating, JANUARY, register, issued=documents.values())

print(f"""Kontroll
--------
{number(len(volumes))} rader lästa = {number(billed)} fakturerade + {not_billed} ej fakturerade \
({duplicates} dubbletter, {conflicting} i konflikt, {unrated} utan pris)
{kr(rating.total)} beräknat = {kr(issued)} i underlag
{len(again)} nya underlag när samma månad faktureras igen
""")
sys.exit(len(volumes) != billed + not_billed or rating.total != issued or len(again) > 0)
