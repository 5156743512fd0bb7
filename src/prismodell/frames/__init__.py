"""
Rows by the million: the tally made inside the dataframe engine that the user already has.

    from prismodell import frames

    tally = frames.tally("volymer/*.parquet", "volymer/*.csv")   files, with DuckDB
    tally = frames.tally(frame)                                  Polars, pandas, PyArrow, DuckDB or Spark
    rating = pm.rate(tally, prices, register)                    priced as ever
    frames.rows(rating.lines[0], frame)                          the rows behind a line, in the same engine

The columns and the rules are those of CSV files. An engine groups, counts and sums decimals; it rounds
nothing and knows no price. What it hands back are the sums, and the few rows that share their reference with
another: those are judged by the same code as rows in memory. Needs the extra `prismodell[frames]`.
"""

from ..extras import extra

with extra("frames"):
    from .drilldown import rows
    from .sources import scan
    from .tallying import tally

__all__ = ["rows", "scan", "tally"]
