"""
Reductions and the choice of simpler lists as documents that people read.
"""

from __future__ import annotations

from decimal import Decimal

import prismodell as pm
from test_comparison import year_2021
from test_writing_closing import check_golden

OBLIGATORY = pm.Selection(kind=pm.Kind.OBLIGATORY)


def test_a_reduction_is_told_price_by_price_with_the_target_and_what_was_reached() -> None:
    volumes, prices, register = year_2021()
    reduction = pm.reduce_to_target(prices, volumes, 1, register, select=OBLIGATORY)
    page = pm.reduction_page(reduction)
    assert (
        ("Tjänsternas intäkt", "147 254 750,10 kr"),
        ("Mål", "1 %, 1 472 547,50 kr"),
        ("Nått", "1,0008 %, 1 473 684,75 kr"),
        ("Utöver målet", "1 137,249 kr"),
        ("Avrundning", "till 0,01 kr"),
    ) == page.facts
    check_golden("sankning-2022", *page.tables)


def test_a_grid_too_coarse_says_which_would_do() -> None:
    area = pm.Area("ekonomi", "Ekonomi")
    span = pm.Span(pm.Month(2022, 1), pm.Month(2023, 1))
    service = pm.Service("A", "Tjänst", area, pm.Kind.OBLIGATORY, "styck")
    price = pm.Price(service, span, (pm.Revision("Prislista", pm.Tariff(pm.UnitPrice("22.40"))),))
    prices = pm.PriceList("lista", "Prislista 2022", span, (price,))
    volumes = pm.Volumes([pm.Volume("K", "A", span.start, Decimal(1_000))])
    reduction = pm.reduce_to_target(prices, volumes, 1, round_to=1)
    assert "Utöver målet        176,00 kr; avrundat till 0,001 kr kommer priserna närmare" in pm.render(
        reduction
    )


def test_what_a_reduction_says_can_go_on_in_a_spreadsheet() -> None:
    volumes, prices, register = year_2021()
    reduction = pm.reduce_to_target(prices, volumes, 1, register, select=OBLIGATORY)
    head, *rows = pm.render(reduction, "csv").splitlines()
    assert "Tjänst;Kod;Före;Exakt;Efter;Ändring %;Intäkt före;Lägre intäkt" == head.removeprefix("\ufeff")
    assert len(reduction.prices) == len(rows)


def test_simpler_lists_are_told_by_what_each_step_adds() -> None:
    volumes, prices, register = year_2021()
    choices = pm.simplify(prices, volumes, register, area="ekonomi", limit=1)
    check_golden("enklare-att-valja", pm.choices_table(choices))
