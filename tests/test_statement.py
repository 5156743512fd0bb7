"""
A result: income less costs, and what goes to the result fund; no cost that was given is dropped.
"""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import prismodell as pm
from prismodell.money import exact
from test_underlag import FEBRUARY, JANUARY, rated, row

AMOUNTS = st.decimals(0, 10**9, places=2, allow_nan=False, allow_infinity=False)
POSTS = st.lists(
    st.builds(
        pm.Post, st.sampled_from(["ekonomi", "lon", "namnd", "avskr"]), st.just("Post"), AMOUNTS, AMOUNTS
    ),
    unique_by=lambda post: post.code,
)
NAMND = pm.Post("namnd", "Nämnd och administration", "1600", "2000")


def year() -> pm.Rating:
    """2 218,00 kronor of ekonomi in January, 663,30 of lon in February."""
    return rated(row("SDF-SKA", "EKO-LEV", "100"), row("SDF-SKA", "LON-SPEC", "10", FEBRUARY))


@exact()
@given(POSTS, AMOUNTS, st.none() | AMOUNTS)
def test_what_the_fund_gets_is_what_the_result_does_not_keep(
    posts: list[pm.Post], opening: Decimal, disposition: Decimal | None
) -> None:
    statement = pm.Statement("Utfall", posts, opening_fund=opening)
    if disposition is not None:
        statement = attrs.evolve(statement, disposition=disposition)

    assert (
        sum((each.net for each in posts), Decimal(0)) == statement.net == statement.income - statement.costs
    )
    assert statement.closing_fund is not None
    assert statement.net == statement.after + statement.closing_fund - opening
    assert disposition is not None or 0 == statement.after


def test_a_statement_has_a_ratings_revenue_per_area_the_costs_given_and_other_posts_last() -> None:
    costs: dict[str, int | str] = {"lon": "500.50", "ekonomi": 2000}

    statement = pm.statement("Utfall 2022", year(), costs=costs, others=[NAMND], opening_fund=100)

    expected = (
        pm.Post("lon", "Lön och pension", "663.30", "500.50"),
        pm.Post("ekonomi", "Ekonomi", "2218.00", 2000),
        NAMND,
    )
    assert expected == statement.posts
    # 663,30 + 2 218,00 + 1 600,00 = 4 481,30; 500,50 + 2 000 + 2 000 = 4 500,50
    sums = (Decimal("4481.30"), Decimal("4500.50"), Decimal("-19.20"))
    assert sums == (statement.income, statement.costs, statement.net)
    assert Decimal("80.80") == statement.closing_fund
    assert statement.rating == year()
    assert "<Statement Utfall 2022: 4481.3 − 4500.5 = -19.2 kr>" == repr(statement)


def test_only_revenue_up_to_a_month_is_counted_when_one_is_named() -> None:
    costs = {"ekonomi": 2000, "lon": 300}
    statement = pm.statement("Januari", year(), costs=costs, through=JANUARY)
    assert [Decimal(2218), Decimal(0)] == [each.income for each in statement.posts]
    assert Decimal(2300) == statement.costs


def test_a_fund_that_is_not_known_is_not_known_at_the_end_either() -> None:
    statement = pm.Statement("Utfall", [NAMND], disposition=-400)
    assert (None, Decimal(0)) == (statement.closing_fund, statement.after)


def test_all_that_is_wrong_with_costs_is_told_at_once() -> None:
    with pytest.raises(pm.InputError) as refused:
        pm.statement(
            "Utfall",
            year(),
            costs={"lonn": 1, "ekonomi": 2, " ekonomi": 3, "namnd": 4},
            others=[pm.Post("ekonomi", "Ekonomi", 5)],
        )
    expected = [
        ("costs, 'lonn'", "inget område i prislistan heter så", "menade du 'lon'?"),
        ("costs, 'ekonomi'", "området har flera kostnader", "summera dem till en"),
        ("costs, 'namnd'", "inget område i prislistan heter så", "kända är ekonomi, lon"),
        (
            "costs, 'lon'",
            "Lön och pension har intäkter, men ingen kostnad är angiven",
            "ange 0 om det inte kostat något",
        ),
        (
            "others, 'ekonomi'",
            "Ekonomi har samma kod som ett område i prislistan",
            "ge områdets kostnad i costs, eller en annan kod",
        ),
    ]
    assert [pm.Problem(*each) for each in expected] == [*refused.value.problems]


def test_two_posts_of_one_code_are_refused() -> None:
    with pytest.raises(
        pm.InvalidError, match=r"posts\n  flera poster i Utfall har koden namnd; slå ihop dem"
    ):
        pm.Statement("Utfall", [NAMND, attrs.evolve(NAMND, name="Nämnd")])


def test_a_negative_cost_is_refused_with_what_to_write() -> None:
    with pytest.raises(
        pm.InvalidError, match="kostnaden för namnd är negativ: -5; skriv kostnader utan minus"
    ):
        pm.Post("namnd", "Nämnd", costs=-5)


def test_a_float_is_refused() -> None:
    with pytest.raises(TypeError, match="never float"):
        pm.Post("namnd", "Nämnd", 1.5)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(TypeError, match="never float"):
        pm.statement("Utfall", rated(), costs={"ekonomi": 1.5})  # type: ignore[dict-item]  # wrong on purpose
    with pytest.raises(TypeError, match="never float"):
        pm.Statement("Utfall", [NAMND], opening_fund=1.5)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize("key", ["opening_fund", "disposition"])
def test_a_fund_that_is_no_number_is_told_under_its_name(key: str) -> None:
    with pytest.raises(pm.InvalidError, match=rf"{key}\n  '1 000' är inte ett tal"):
        pm.Statement("Utfall", [NAMND], **{key: "1 000"})  # type: ignore[arg-type]  # one of the two


def test_what_is_no_number_is_told_under_its_area() -> None:
    with pytest.raises(pm.InvalidError, match=r"costs\['lon'\]\n  '1 000' är inte ett tal"):
        pm.statement("Utfall", rated(), costs={"lon": "1 000"})
