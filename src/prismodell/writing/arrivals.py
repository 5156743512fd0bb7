"""
How complete the latest months are, as a table.

    print(render(completeness_table(completeness(volumes, date(2021, 9, 3)))))
"""

from __future__ import annotations

from collections.abc import Iterable

from ..arrivals import Completeness
from ..money import HUNDRED, exact
from .table import Column, Table


@exact()
def completeness_table(found: Iterable[Completeness]) -> Table:
    """
    The months that are not complete, by service: reported so far, in percent of the whole, and the quantity
    that is expected; the last two are empty where nothing can be said.
    """
    columns = (
        *(Column("Tjänst"), Column("Månad", "month"), Column("Rapporterat", "number")),
        *(Column("Komplett", "percent"), Column("Väntat", "number"), Column("Varför")),
    )
    rows = tuple(
        (
            *(each.service, each.month, each.reported),
            *(None if each.share is None else each.share * HUNDRED, each.expected, each.why),
        )
        for each in found
    )
    return Table("Månader som inte är kompletta", columns, rows)
