"""
Forecasts back from their JSON: what was said then, to be held against what happened.
"""

from __future__ import annotations

from pathlib import Path

from ..expectation import FORMAT, Forecast
from .documents import Kind
from .files import read_text

FORECAST = Kind(
    Forecast,
    FORMAT,
    key="forecast",
    a="en prognos",
    the="dokumentet",
    named=lambda forecast: f"prognosen för {forecast.year} till och med {forecast.through}",
)


def read_forecast(path: str | Path) -> Forecast:
    """
    Read a forecast from a JSON file. It has no `basis`: it can be rated and compared, not made again.

    Raises `InputError` for one that is not whole, or was edited by hand.
    """
    file = Path(path)
    return parse_forecast(read_text(file, "JSON"), file.name)


def parse_forecast(text: str, name: str = "prognos") -> Forecast:
    """
    Read a forecast from its JSON. Raises `InputError`.
    """
    return FORECAST.parse(text, name)
