"""
A simpler price model for Ekonomi in 2023: the illustrated proposal beside the list of 2022, on its volumes.

    python examples/scenario_2023.py        writes out/scenario-2023/: pages for a browser and a spreadsheet

Who pays more and less and why, how much simpler it is, and what other simpler lists there are to choose
among. The volumes are 2021's moved a year on, as in faktureringsar_2022.py.
"""

from pathlib import Path

import attrs

import prismodell as pm
from prismodell.swedish import kr, percent

ROOT = Path(__file__).resolve().parent.parent
DATA, LISTS, OUT = ROOT / "examples" / "data", ROOT / "pricelists", ROOT / "out" / "scenario-2023"
SYSTEMS = ("ekonomisystem", "lonesystem", "arendehanteringssystem", "manuella-listor")

today = pm.read_price_list(LISTS / "serviceforvaltningen-2022.toml")
proposal = pm.read_price_list(LISTS / "serviceforvaltningen-2023-forslag.toml")
register = pm.read_customers(DATA / "kunder.toml")
last_year = pm.read_volumes(*(DATA / f"{system}-2021.csv" for system in SYSTEMS))
volumes = pm.shift(last_year, 1).merge(register.subscribed(pm.Month(2022, 1), pm.Month(2022, 12)))

# The proposal as if it had held in 2022: a scenario is another price list.
as_of_2022 = pm.derive(proposal, [], id="forslag-pa-2022", title="Förslaget, på 2022", span=today.span)
before, after = (pm.rate(volumes, prices, register) for prices in (today, as_of_2022))
comparison = pm.compare(before, after)

print("1. Vad som ändras i listan\n")
print(pm.render(pm.diff_table(pm.diff(today, as_of_2022))))

print("2. Vem som betalar mer och mindre\n")
page = pm.comparison_page(comparison, moved="0.5")
print(pm.render(attrs.evolve(page, tables=page.tables[:3])))

print("3. Varför: de största enskilda effekterna\n")
cells = sorted(comparison.cells, key=lambda cell: -abs(cell.effect.difference))[:5]
for cell in cells:
    share = percent(cell.effect.percent) if cell.effect.percent is not None else "nytt"
    print(f"  {cell.customer.name}, {cell.service.name}: {kr(cell.effect.difference)} ({share})")

print("\n4. Hur mycket enklare\n")
print(pm.render(pm.complexity_table(pm.complexity(before), pm.complexity(after))))

print("5. Andra sätt att förenkla Ekonomi, där ingen kunds år ändras mer än 1 %\n")
choices = pm.simplify(today, volumes, register, area="ekonomi", limit=1)
print(pm.render(pm.choices_table(choices)))

OUT.mkdir(parents=True, exist_ok=True)
pm.write(comparison, OUT / "jamforelse.html")
pm.write(comparison, OUT / "jamforelse.csv")
pm.write(pm.price_list_page(proposal, today), OUT / "prislista-2023-forslag.html")
print("Skrivet:", ", ".join(sorted(each.name for each in OUT.iterdir())), "i", OUT.relative_to(ROOT))

assert abs(comparison.total.difference) < 1_000  # revenue neutral, but for prices in whole öre
assert not comparison.moved(1)
