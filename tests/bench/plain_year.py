"""
The year without the library: an object and a Decimal product per row, rounded and summed per customer.

    python plain_year.py FOLDER PRICES.toml [--stream]

It keeps its rows, as `Volumes` does; with `--stream` it forgets each when it has been priced. It knows one
price per service and nothing of tiers, shared costs, agreements, subscriptions, duplicates or origin.
"""

import csv
import json
import resource
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from time import perf_counter

from attrs import frozen

ORE = Decimal("0.01")


@frozen
class Row:
    customer: str
    service: str
    month: str
    quantity: Decimal
    source: str
    reference: str


def single_prices(path: Path) -> dict[str, Decimal]:
    services = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)["service"]
    prices = {each["code"]: each["price"] for each in services}
    return {code: Decimal(price) for code, price in prices.items() if isinstance(price, int | Decimal)}


def read(folder: Path) -> Iterator[Row]:
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            swedish = ";" in file.readline()
            file.seek(0)
            for cells in csv.DictReader(file, delimiter=";" if swedish else ","):
                quantity = cells["quantity"]
                if swedish:
                    quantity = quantity.replace("\N{NO-BREAK SPACE}", "").replace(",", ".")
                yield Row(
                    cells["customer"],
                    cells["service"],
                    cells["month"],
                    Decimal(quantity),
                    cells.get("source", ""),
                    cells.get("reference", ""),
                )


def main(folder: Path, price_list: Path, *, stream: bool) -> None:
    start = perf_counter()
    prices = single_prices(price_list)
    rows = read(folder) if stream else list(read(folder))
    kronor = defaultdict[str, Decimal](Decimal)
    count = 0
    for row in rows:
        price = prices.get(row.service, Decimal(0))
        kronor[f"{row.customer} {row.service}"] += (row.quantity * price).quantize(ORE, ROUND_HALF_UP)
        count += 1
    measures = {
        "rows": count,
        "seconds": {"in all": perf_counter() - start},
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "kronor": {key: str(amount) for key, amount in kronor.items() if amount},
    }
    print(json.dumps(measures))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), stream="--stream" in sys.argv)
