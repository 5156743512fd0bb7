"""
Files in: every problem of a file at once, each with its place, what is wrong and how to mend it.
"""

from .forecasts import parse_forecast, read_forecast
from .pricelists import parse_price_list, read_price_list
from .pricetable import read_price_table
from .registers import parse_customers, read_customers
from .underlag import parse_underlag, read_underlag
from .volumes import read_volumes

__all__ = [
    "parse_customers",
    "parse_forecast",
    "parse_price_list",
    "parse_underlag",
    "read_customers",
    "read_forecast",
    "read_price_list",
    "read_price_table",
    "read_underlag",
    "read_volumes",
]
