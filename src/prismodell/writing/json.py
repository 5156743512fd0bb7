"""
Documents as JSON: amounts as texts with their digits, sorted keys, and the digest of the whole.
"""

from __future__ import annotations

from ..canonical import dumps, plain
from ..expectation import FORMAT as FORECAST
from ..expectation import Forecast
from ..underlag import FORMAT as UNDERLAG
from ..underlag import Underlag


def underlag_as_json(underlag: Underlag) -> str:
    """
    The underlag, which `read_underlag` reads back to an equal value.
    """
    body = plain(underlag)
    for billed in body["lines"]:
        del billed["line"]["customer"]  # the same on every line; it stands at the top
    return dumps({"format": UNDERLAG, "digest": underlag.digest, "underlag": body})


def forecast_as_json(forecast: Forecast) -> str:
    """
    The forecast, which `read_forecast` reads back to an equal value.
    """
    return dumps({"format": FORECAST, "digest": forecast.digest, "forecast": plain(forecast)})
