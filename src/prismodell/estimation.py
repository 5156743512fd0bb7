"""
Which method forecasts a series, and why that one.

    estimated(past)              by how much history there is: a combination of three, or what is left to do
    estimated(past, "profil")    the one asked for; where it cannot be used, that is said
    estimated(past, own)         a function of yours: a `Past` in, each of the remaining months out
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Context, localcontext
from math import isfinite

import attrs

from .errors import InvalidError, likely, shown
from .extrapolation import (
    FEW_A_MONTH,
    METHODS,
    MOST_YEARS,
    QUARTER,
    Estimate,
    Method,
    Past,
    flat_budget,
    growth_blend,
    level_by_season,
    nothing,
    profile,
    rolling,
    root_of_growth,
    run_rate,
)
from .periods import MONTHS_A_YEAR

AUTOMATIC = "automatisk"
NUMBERS = "ge ett tal, noll eller mer, för var och en av årets återstående månader"
COMBINED = "sammanvägning"


def check_method(method: str | Method) -> None:
    """
    Raise `InvalidError` for a name that no method has, `TypeError` for what is neither name nor function.
    """
    known = (AUTOMATIC, *METHODS)
    if isinstance(method, str):
        if method not in known:
            raise InvalidError("method", f"{shown(method)} är ingen metod", likely(method, known))
    elif not callable(method):
        msg = f"a method is one of {', '.join(known)} or a function, not {method!r}"
        raise TypeError(msg)


def estimated(past: Past, method: str | Method = AUTOMATIC) -> Estimate:
    """
    The months that are not known, by a method or by the one that the history allows.

    A method that the series has no history for gives way to the automatic choice, and the reason says so. No
    month is expected to be below zero. Raises `InvalidError` for a function that gives another number of
    months, or what is no volume.
    """
    if not past.left:
        return Estimate("utfall", (), reason="alla månader är kända")
    if callable(method):
        return Estimate("egen metod", _own(method, past), reason="vald")
    if method == AUTOMATIC:
        return _charged(_automatic(past))
    if without := _lacking(method, past):
        found = _charged(_automatic(past))
        return attrs.evolve(found, reason=f"{method} går inte, {without}; {found.reason}")
    return _charged(attrs.evolve(METHODS[method](past), reason="vald"))


def _charged(found: Estimate) -> Estimate:
    """
    The estimate with nothing for a month below zero, such as one of credits last year.
    """
    if not found.months or min(found.months) >= 0:
        return found
    months = tuple(max(month, 0.0) for month in found.months)
    return attrs.evolve(found, months=months, reason=f"{found.reason}; negativa månader räknas som noll")


def _own(method: Callable[[Past], Sequence[float]], past: Past) -> tuple[float, ...]:
    with localcontext(Context()):  # the function is not the library's, and may round
        given = method(past)
        try:
            months = tuple(map(float, given))
        except (TypeError, ValueError):
            raise InvalidError("method", f"metoden gav {shown(given)}", NUMBERS) from None
    if len(months) != past.left or not all(isfinite(month) and month >= 0 for month in months):
        what = f"metoden gav {shown(months)} för {past.left} månader"
        raise InvalidError("method", what, NUMBERS)
    return months


def _lacking(method: str, past: Past) -> str:
    """
    What a method would need and the series does not have; nothing, if it can be used.
    """
    match method:
        case "budget":
            return "" if past.budget else "det finns ingen budget"
        case "löpande takt":
            return "" if any(past.known) else "inget är levererat i år"
        case "fjolårets rest":
            return "" if past.years else "inget helt år före"
        case "rullande år":
            return _without_years(past)
        case _:
            return _without_years(past) or _uneven(past)


def _without_years(past: Past) -> str:
    if not past.years:
        return "inget helt år före"
    return "" if sum(map(sum, past.years)) > 0 else "åren före summerar inte till något"


def _uneven(past: Past) -> str:
    """
    Why the formulas that divide by months and parts of a year cannot be used.
    """
    if not past.known:
        return "ingen månad i år är känd"
    months = [month for year in (*past.years, past.known) for month in year]
    if min(months) < 0:
        return "någon månad är negativ"
    return "" if min(months) > 0 else "någon månad är noll"


def _automatic(past: Past) -> Estimate:
    if _without_years(past):
        return _without_history(past)
    if _ended(past):
        return attrs.evolve(nothing(past), reason="inget på tre månader, men i fjol varje månad")
    if why := _uneven(past) or _few(past):
        return attrs.evolve(rolling(past), reason=why)
    if len(past.years) < MOST_YEARS:
        years = "1 helt år" if len(past.years) == 1 else f"{len(past.years)} hela år"
        return _combined(past, (level_by_season, growth_blend, root_of_growth), f"{years} finns")
    return _combined(past, (profile, level_by_season, growth_blend), f"{MOST_YEARS} hela år finns")


def _combined(past: Past, methods: Sequence[Callable[[Past], Estimate]], reason: str) -> Estimate:
    """
    The mean of some methods, month by month.
    """
    parts = [method(past) for method in methods]
    months = tuple(sum(month) / len(parts) for month in zip(*(part.months for part in parts), strict=True))
    terms = tuple((f"{part.method}: {term}", figures) for part in parts for term, figures in part.terms)
    return Estimate(COMBINED, months, terms, reason)


def _few(past: Past) -> str:
    return f"under {FEW_A_MONTH} i månaden" if sum(past.last) < FEW_A_MONTH * MONTHS_A_YEAR else ""


def _ended(past: Past) -> bool:
    """
    Whether nothing has come for three months in which something came last year, each of them.
    """
    since = slice(past.months - QUARTER, past.months)
    return past.months >= QUARTER and not any(past.known[since]) and min(past.years[-1][since]) > 0


def _without_history(past: Past) -> Estimate:
    why, known = _without_years(past), past.months - past.begun
    months = {0: "inget levererat i år", 1: "en månad i år att gå efter"}
    why = f"{why}, {months.get(known, f'{known} månader i år att gå efter')}"
    if past.budget and known < QUARTER:
        return attrs.evolve(flat_budget(past), reason=why)
    if known:
        return attrs.evolve(run_rate(past), reason=why)
    return attrs.evolve(nothing(past), method="ingen volym", reason=f"{why} och ingen budget")
