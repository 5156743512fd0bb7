"""
The year with the library: read → tally → rate → issue, each stage timed.

    python prismodell_year.py FOLDER PRICES.toml CUSTOMERS.toml
"""

import json
import resource
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import prismodell as pm

FIRST, LAST = pm.Month(2021, 1), pm.Month(2021, 12)


def main(folder: Path, price_list: Path, customers: Path) -> None:
    start = perf_counter()
    prices = pm.read_price_list(price_list)
    register = pm.read_customers(customers)
    volumes = pm.read_volumes(*folder.glob("*.csv")).merge(register.subscribed(FIRST, LAST))
    read = perf_counter()
    tally = volumes.tally()
    tallied = perf_counter()
    rating = pm.rate(tally, prices, register)
    rated = perf_counter()
    underlag = pm.issue(rating, LAST, register)
    issued = perf_counter()
    kronor = defaultdict[str, Decimal](Decimal)
    for line in (billed.line for each in underlag for billed in each.lines):
        kronor[f"{line.customer.code} {line.price.service.code}"] += line.amount
    measures = {
        "rows": len(volumes),
        "seconds": {
            "read": read - start,
            "tally": tallied - read,
            "rate": rated - tallied,
            "issue": issued - rated,
            "in all": issued - start,
        },
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "kronor": {key: str(amount) for key, amount in kronor.items() if amount},
    }
    print(json.dumps(measures))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
