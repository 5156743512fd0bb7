"""
The year 2021 explained: how volumes, mix and prices took the budget's revenue to the outcome's.

    python examples/avvikelse_2021.py

The last lines say the three largest causes in words, out of the values themselves.
"""

from pathlib import Path

import prismodell as pm
from prismodell.swedish import kr

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "examples" / "data"
OUTCOME = ("ekonomisystem", "lonesystem", "arendehanteringssystem", "manuella-listor")

prices = pm.read_price_list(ROOT / "pricelists" / "serviceforvaltningen-2021.toml")
register = pm.read_customers(DATA / "kunder.toml")
subscribed = register.subscribed(pm.Month(2021, 1), pm.Month(2021, 12))
planned = pm.read_volumes(DATA / "budget-2021.csv").merge(subscribed)
delivered = pm.read_volumes(*(DATA / f"{system}-2021.csv" for system in OUTCOME)).merge(subscribed)

budget, actual = (pm.rate(volumes, prices, register) for volumes in (planned, delivered))
variance = pm.explain_variance(budget, actual, register)

areas, services, quantities, _ = pm.variance_tables(variance)  # the fourth is per customer
for table in (areas, services, quantities):
    print(pm.render(table))

total = variance.total
print(f"{kr(total.after)} i utfall − {kr(total.before)} i budget = {kr(total.variance)}")
print(f"varav volym {kr(total.volume)}, mix {kr(total.mix)}, pris {kr(total.price)}")
print("\nDe tre största orsakerna:")
for place, cause in enumerate(pm.variance_causes(variance), 1):
    print(f"{place}. {cause}")
