"""
A forecast as rows for a spreadsheet: per customer, service and month, known and expected apart.

    write(outlook(forecast, rating), "prognos.csv")      forecast_lines
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..expectation import Forecast, cells
from ..money import exact
from ..outlook import Outlook
from .table import Cell, Column, Table

Row = tuple[Cell, ...]
STATUS = {True: "känt", False: "väntat"}


@exact()
def forecast_lines(expected: Outlook | Forecast) -> Table:
    """
    A row per customer, service and month for what is known of it, and one for what is expected, for those who
    go on in a spreadsheet; of a `Forecast` alone without kronor.
    """
    rows = _cells(expected) if isinstance(expected, Forecast) else _pieces(expected)
    texts = ("Kund", "Tjänst") if isinstance(expected, Forecast) else NAMED
    units = () if isinstance(expected, Forecast) else (Column("Enhet"), Column("Kronor", "kronor"))
    columns = (
        *map(Column, texts),
        *(Column("Månad", "month"), Column("Känt eller väntat"), Column("Volym", "number")),
        *(*units, Column("Metod")),
    )
    return Table("Prognos per kund, tjänst och månad", columns, tuple(rows))


NAMED = ("Kund", "Namn", "Område", "Tjänst", "Benämning")


def _cells(forecast: Forecast) -> Iterator[Row]:
    methods = _methods(forecast)
    for each, month, known, quantity in cells(forecast):
        key = each.customer, each.service
        yield *key, month, STATUS[known], quantity, "" if known else methods[key]


def _pieces(outlook: Outlook) -> Iterator[Row]:
    methods = _methods(outlook.forecast)
    for each in outlook.pieces:
        customer, service = each.customer, each.service
        named = customer.code, customer.name, service.area.code, service.code, service.name
        method = "" if each.known else methods[customer.code, each.code]
        amount = service.counted(each.quantity), each.amount
        yield *named, each.month, STATUS[each.known], each.quantity, *amount, method


def _methods(forecast: Forecast) -> Mapping[tuple[str, str], str]:
    """
    The method of each customer's series; of a part, with that of the whole.
    """
    whole = {each.service: each.method for each in forecast.services}
    return {
        (each.customer, each.service): f"andel, {whole[each.service]}"
        if each.method == "andel"
        else each.method
        for each in forecast.customers
    }
