"""
Rows by the million for bench_frames.py, made by DuckDB: the same every time.

    python make_rows.py KIND ROWS PATH…

A row depends on nothing but its number, so a smaller file is the beginning of a larger one; a path's ending
says how the rows are written. The kinds:

    plain        customer, service, month and a whole number: 60 × 150 × 12
    many         the same of 100 000 customers, each with one service
    referenced   as plain, with two decimals, the source of the service (of four) and a reference of its own
    repeated     as referenced, and then every hundredth row once more
"""

import sys
from pathlib import Path

import duckdb

SEED = 2022
CUSTOMERS, MANY, SERVICES, MONTHS, SOURCES = 60, 100_000, 150, 12, 4
NUMBERED = "FROM range({rows}) AS numbers(row)"


def drawn(count: int, column: int) -> str:
    """
    Which of so many values a row has in a column.
    """
    return f"(hash(row * 8 + {column + SEED * 8}) % {count})::INTEGER"


def key(customer: str, service: str) -> str:
    month = f"right((101 + {drawn(MONTHS, 2)})::VARCHAR, 2)"
    return (
        f"'K-' || (100_000 + {customer}) AS customer, 'T-' || (100 + {service}) AS service, "
        f"'2022-' || {month} AS month"
    )


PLAIN_KEY = key(drawn(CUSTOMERS, 0), drawn(SERVICES, 1))
MANY_KEY = key(drawn(MANY, 0), f"{drawn(MANY, 0)} % {SERVICES}")
WHOLE = f"(1 + {drawn(100, 3)})::BIGINT AS quantity"
CENTS = f"((1 + {drawn(10_000, 3)})::DECIMAL(18, 2) * 0.01)::DECIMAL(18, 2) AS quantity"
REFERENCE = (
    f"'system-' || {drawn(SERVICES, 1)} % {SOURCES} AS source, 'R-' || (1_000_000_000 + row) AS reference"
)

PLAIN = f"SELECT {PLAIN_KEY}, {WHOLE} {NUMBERED}"
REFERENCED = f"SELECT {PLAIN_KEY}, {CENTS}, {REFERENCE} {NUMBERED}"
KINDS = {
    "plain": PLAIN,
    "many": f"SELECT {MANY_KEY}, {WHOLE} {NUMBERED}",
    "referenced": REFERENCED,
    "repeated": f"{REFERENCED} UNION ALL {REFERENCED} WHERE row % 100 = 0",
}
WRITTEN = {".parquet": "FORMAT parquet", ".csv": "FORMAT csv, HEADER"}


def main(kind: str, rows: int, *paths: Path) -> None:
    made = KINDS[kind].format(rows=rows)
    for path in paths:
        duckdb.execute(f"COPY ({made}) TO '{path}' ({WRITTEN[path.suffix]})")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *map(Path, sys.argv[3:]))
