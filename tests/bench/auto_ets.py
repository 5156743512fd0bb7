"""
AutoETS of statsforecast, in an environment of its own, for bench_forecast.py to stand beside.

    echo '[{"known": [1.0, …], "ahead": 4}, …]' | path/to/python auto_ets.py

Prints what it expects the months ahead of each series to sum to, its version and the processor seconds.
"""

import json
import sys
from importlib.metadata import version
from time import process_time
from typing import Any

import numpy as np
from statsforecast.models import AutoETS  # type: ignore[import-not-found]  # of the other environment

MONTHS_A_YEAR = 12


def rest(series: dict[str, Any]) -> float:
    expected = AutoETS(season_length=MONTHS_A_YEAR).forecast(y=np.array(series["known"]), h=series["ahead"])
    return float(expected["mean"].sum())


def main() -> None:
    series = json.load(sys.stdin)
    rest(series[0])  # the first one compiles
    start = process_time()
    rests = [rest(each) for each in series]
    seconds = process_time() - start
    json.dump({"rests": rests, "seconds": seconds, "version": version("statsforecast")}, sys.stdout)


if __name__ == "__main__":
    main()
