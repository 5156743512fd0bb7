"""
Results as tables, laid out as Servicenämndens verksamhetsberättelse 2021 has them: of two years, and against
the budget, with the result fund and the measures that the city asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from ..alignment import Figures
from ..followup import PostFigures, Report, budget_compliance, forecast_accuracy
from ..money import exact
from ..statement import Statement
from .table import Cell, Column, Table

Row = tuple[Cell, ...]
UNITS = {"kr": "kronor", "tkr": "tkr", "mnkr": "mnkr"}  # and the kind of their columns
AREA = "Verksamhetsområde"
DEVIATIONS = {"budget": "Budgetavvikelse", "forecast": "Prognosavvikelse"}


@exact()
def result_tables(report: Report, unit: str) -> tuple[Table, ...]:
    """
    The tables of a report's statements, as far as there are two to compare.
    """
    return (
        *(_two_years(report, unit) if "before" in _titles(report) and len(report.statements) > 1 else ()),
        *(_follow_up(report, unit) if _plans(report) else ()),
        *([_measures(report)] if _measured(report) else ()),
    )


def result_notes(report: Report) -> tuple[tuple[str, str], ...]:
    """
    What the words in those tables mean.
    """
    return (*(RESULTS_TOLD if _plans(report) else ()), *(MEASURES_TOLD if _measured(report) else ()))


RESULTS_TOLD = (
    ("Budgetavvikelse, Prognosavvikelse", "nettot minus planens; en kostnad över planen drar ner den"),
    (
        "Årets förändring av resultatfond",
        "som den belastar resultatet: med minus sätts pengar av till fonden, utan tas de ur den",
    ),
)
MEASURES_TOLD = (
    ("Enbart kostnader", "som staden mäter: planens intäkter och utfallets räknas inte"),
    ("Netto", "kostnaderna minus de intäkter som kom utöver planen, mot planens kostnader"),
)


def _two_years(report: Report, unit: str) -> Iterator[Table]:
    """
    The sums of this year and last with their difference, and the posts of both.
    """
    sides, titles = (_newest(report), "before"), _titles(report)
    heads = (*(titles[side] for side in sides), "Differens mellan åren")
    named = (("Kostnader", "costs"), ("Intäkter", "income"), ("Netto", "net"))
    sums = [(name, getattr(report.result, key)) for name, key in named]
    rows = [(name, *of_sides(figures, sides), _off(figures, "before", sides[0])) for name, figures in sums]
    yield Table(f"Nämndens utfall, {unit}", _columns("Post", heads, unit), tuple(rows))
    words = ("intäkter", "kostnader", "netto")
    heads = tuple(f"{titles[side]}, {word}" for side in sides for word in words)
    body = tuple((post.name, *_three(post, sides)) for post in report.posts)
    foot = (report.result.name, *_three(report.result, sides))
    yield Table(f"Resultat per verksamhetsområde, {unit}", _columns(AREA, heads, unit), body, foot)


def _follow_up(report: Report, unit: str) -> Iterator[Table]:
    """
    Income and costs of the plans and of the newest, and by how much the net is off; then what becomes of the
    result fund, in the columns of income.
    """
    plans, newest, titles = _plans(report), _newest(report), _titles(report)
    sides = (*plans, newest)
    heads = (
        *(f"{titles[side]}, {word}" for side in sides for word in ("intäkter", "kostnader")),
        *(DEVIATIONS[plan] for plan in plans),
    )

    def row(name: str, income: Figures, costs: Figures, net: Figures) -> Row:
        amounts = (getattr(figures, side) for side in sides for figures in (income, costs))
        return name, *amounts, *(_off(net, plan, newest) for plan in plans)

    def fund(name: str, of: Callable[[Statement], Decimal | None]) -> Row:
        return row(name, report.figures(of), NOTHING, report.figures(of))

    body = tuple(row(post.name, post.income, post.costs, post.net) for post in report.posts)
    result = report.result
    foot = row(result.name, result.income, result.costs, result.net)
    yield Table(f"Uppföljning av driftbudget, {unit}", _columns(AREA, heads, unit), body, foot)
    rows = (
        fund("Ingående resultatfond", lambda each: each.opening_fund),
        fund("Årets förändring av resultatfond", _charge),
        fund("Utgående resultatfond", lambda each: each.closing_fund),
    )
    income, after = report.figures(_income_after), report.figures(lambda each: each.after)
    foot = row("Resultat efter bokslutsdisposition", income, result.costs, after)
    yield Table(f"Resultatfond, {unit}", _columns("Post", heads, unit), rows, foot)


NOTHING = Figures()


@exact()
def _charge(statement: Statement) -> Decimal:
    """
    The disposition as the result bears it: what goes to the fund is less of a result.
    """
    return -statement.disposition


@exact()
def _income_after(statement: Statement) -> Decimal:
    return statement.income - statement.disposition


def _newest(report: Report) -> str:
    return report.statements[-1][0]


def _plans(report: Report) -> tuple[str, ...]:
    """
    The plans that the newest statement is followed up against.
    """
    return tuple(side for side, _ in report.statements[:-1] if side in DEVIATIONS)


def _titles(report: Report) -> Mapping[str, str]:
    return {side: statement.title for side, statement in report.statements}


def of_sides(figures: Figures, sides: Iterable[str]) -> Row:
    """
    The figures of these sides, in their order.
    """
    return tuple(getattr(figures, side) for side in sides)


def _three(post: PostFigures, sides: Sequence[str]) -> Row:
    return tuple(getattr(each, side) for side in sides for each in (post.income, post.costs, post.net))


def _off(figures: Figures, plan: str, outcome: str) -> Decimal | None:
    effect = figures.variance(plan, outcome)
    return effect.difference if effect else None


def _columns(head: str, heads: Iterable[str], unit: str) -> tuple[Column, ...]:
    return (Column(head), *(Column(each, UNITS[unit]) for each in heads))


def _measured(report: Report) -> tuple[str, ...]:
    """
    The plans that an actual is measured against.
    """
    return _plans(report) if report.statements and _newest(report) == "actual" else ()


def _measures(report: Report) -> Table:
    """
    What the city asks of a board, with the target that applies: Servicenämndens verksamhetsberättelse 2021.
    """
    statements, measured = dict(report.statements), _measured(report)
    made = [
        (name, measure(statements["actual"], statements[plan]), target)
        for plan, name, measure, target in MEASURES
        if plan in measured
    ]
    columns = (
        *(Column("Mått"), Column("Enbart kostnader", "percent"), Column("Netto", "percent")),
        Column("Mål"),
    )
    rows = tuple((name, each.costs, each.net, target) for name, each, target in made)
    return Table("Budgetföljsamhet och prognossäkerhet", columns, rows)


MEASURES = (
    ("budget", "Budgetföljsamhet", budget_compliance, "100 %"),
    ("forecast", "Prognossäkerhet", forecast_accuracy, "±1 % för prognosen vid T2"),
)


@exact()
def post_lines(report: Report) -> Table:
    """
    A row per post, with its income, costs and net in kronor of each statement.
    """
    titles = _titles(report)
    sides = tuple(titles)
    words = ("intäkter", "kostnader", "netto")
    heads = (f"{titles[side]}, {word}" for side in sides for word in words)
    columns = (Column("Kod"), Column(AREA), *(Column(each, "kronor") for each in heads))
    rows = tuple((post.code, post.name, *_three(post, sides)) for post in report.posts)
    return Table("Resultat per post", columns, rows, (None, "Summa", *_three(report.result, sides)))
