"""
The council's order for 2022, prices "motsvarande 1 %" lower on obligatory services: −1 % stamped on each
price, beside prices chosen so that the revenue falls by 1 %.

    python examples/sankning_2022.py        writes out/sankning-2022/: the list, and its page for a browser
"""

from pathlib import Path

import prismodell as pm
from prismodell.explanation import explained_tariff
from prismodell.swedish import kr

ROOT = Path(__file__).resolve().parent.parent
DATA, OUT = ROOT / "examples" / "data", ROOT / "out" / "sankning-2022"
SYSTEMS = ("ekonomisystem", "lonesystem", "arendehanteringssystem", "manuella-listor")
OBLIGATORY = pm.Selection(kind=pm.Kind.OBLIGATORY)

prices = pm.read_price_list(ROOT / "pricelists" / "serviceforvaltningen-2021.toml")
register = pm.read_customers(DATA / "kunder.toml")
volumes = pm.read_volumes(*(DATA / f"{system}-2021.csv" for system in SYSTEMS)).merge(
    register.subscribed(pm.Month(2021, 1), pm.Month(2021, 12))
)

stamped = pm.reduce_prices(prices, 1, select=OBLIGATORY)
reduction = pm.reduce_to_target(prices, volumes, 1, register, select=OBLIGATORY)
whole_kronor = pm.reduce_to_target(prices, volumes, 1, register, select=OBLIGATORY, round_to=1)
invoices_kept = pm.reduce_to_target(prices, volumes, 1, register, select=OBLIGATORY, keep=["EKO-LEV"])

scenarios = pm.Scenarios(volumes, prices, register)
obligatory = scenarios.base.by("kind")["obligatory"]
ways = {
    "−1 % på varje pris": stamped,
    "Mål 1 %, hela ören": reduction.price_list,
    "Mål 1 %, hela kronor": whole_kronor.price_list,
    "Mål 1 %, EKO-LEV kvar": invoices_kept.price_list,
}
lower = {name: obligatory - scenarios.rate(each).by("kind")["obligatory"] for name, each in ways.items()}

columns = (pm.Column("Sätt"), pm.Column("Lägre intäkt", "kronor"), pm.Column("Utöver 1 %", "kronor"))
target = pm.round_half_up(obligatory / 100)
rows = tuple((name, kronor, kronor - target) for name, kronor in lower.items())
print(pm.render(pm.Table(f"1 % av {kr(obligatory)}", columns, rows)))
print(pm.render(reduction))

print("Priser som −1 % inte flyttar, när de avrundas till hela ören:")
for price in stamped.prices:
    before, last = price.origin[0], price.origin[-1]
    if last.exact and last.tariff == before.tariff:
        print(f"  {price.service.name}: {explained_tariff(last.tariff, last.exact)}, som förut")

OUT.mkdir(parents=True, exist_ok=True)
pm.write(reduction, OUT / "sankning.html")
pm.write(reduction, OUT / "sankning.csv")
like = ROOT / "pricelists" / "serviceforvaltningen-2021.toml"
print("\nSkrivet:", pm.write(reduction.price_list, OUT / "prislista.toml", like=like).relative_to(ROOT))

assert lower["−1 % på varje pris"] < target  # the stamp is short of the order; the target never is
assert all(kronor >= target for name, kronor in lower.items() if name.startswith("Mål"))
