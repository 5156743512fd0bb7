"""
What the columns of a frame hold, as expressions that every engine can run.

Codes, months and sources come as texts. A quantity comes as a decimal of the engine's, or as null where it
is no number that a file could hold: no exponent, at most twelve digits before the point and six after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw
from attrs import frozen
from narwhals.stable.v2.dtypes import DType

from ..errors import InputError, Problem
from ..reading.columns import COLUMNS, REQUIRED, column_notices, faults_of_columns

FILE = "file"
KNOWN = (*COLUMNS, FILE)
KEYS = ("service", "month", "customer", "source", FILE)  # what rows are summed by, in the order of a tally
QUANTITY = "quantity"
MONTH = "month"

INTEGER_DIGITS, DECIMALS = 12, 6
LIMIT = 10**INTEGER_DIGITS
NUMBER = r"^-?[0-9]{1,12}(?:\.[0-9]{1,6})?$"
NO_DIGIT = r"[^0-9.\-]"  # `$` also stands before a last line end, in some engines
DIGITS = 38  # of all that is summed: not every engine widens a sum by itself
WIDEST = nw.Decimal(DIGITS, 0)
EXACT = nw.Decimal(DIGITS, DECIMALS)
SMALL = (nw.Int8, nw.Int16, nw.Int32, nw.UInt8, nw.UInt16, nw.UInt32)  # below the limit, all of them
TEXTS = (nw.String, nw.Categorical, nw.Enum)
DAYS = ("registered", MONTH)
DAY, MOMENT = "%Y-%m-%d", "%Y-%m-%d %H:%M:%S"

Frame = nw.LazyFrame[Any]
Expressions = Mapping[str, nw.Expr]


@frozen
class Columns:
    """
    The known columns of a frame: each as a text, and the quantity as a number too.
    """

    texts: Expressions
    number: nw.Expr


def columns(frame: Frame, place: str, notices: list[Problem]) -> Columns:
    """
    The columns of a frame. Raises `InputError` with all that is wrong with their names and types.
    """
    schema = frame.collect_schema()
    names = schema.names()
    if faults := [*faults_of_columns(names, ", ".join(names), KNOWN)]:
        raise InputError([Problem(place, what, fix) for what, fix in faults])
    notices += column_notices(place, names, KNOWN)
    texts: dict[str, nw.Expr] = {}
    problems = []
    for name in KNOWN:
        if name in schema:
            fault = type_fault(name, schema[name])
            if not fault:
                texts[name] = as_text(name, schema[name])
            elif not is_hollow(frame, name):
                problems.append(Problem(f"{place}, kolumn {name}", *fault))
            elif name in REQUIRED:
                texts[name] = nw.when(nw.col(name).is_null()).then(nw.lit("")).otherwise(nw.lit(""))
    if problems:
        raise InputError(problems)
    return Columns(texts, as_number(schema[QUANTITY], texts[QUANTITY]))


def type_fault(name: str, dtype: DType) -> tuple[str, str] | None:
    """
    Why a column's type cannot hold what it should, and the fix.
    """
    if isinstance(dtype, nw.Datetime) and name in DAYS and dtype.time_zone:
        return f"tiderna har tidszonen {dtype.time_zone}", "gör om dem till dagar i den tidszon som gäller"
    if isinstance(dtype, TEXTS) or (name in DAYS and isinstance(dtype, (nw.Date, nw.Datetime))):
        return None
    if name in DAYS:
        return f"typen är {dtype}, inte text eller datum", "gör om den till text eller datum"
    if name != QUANTITY:
        fix = "läs in den som text; inledande nollor kan redan vara borta"
        return f"typen är {dtype}, inte text", fix
    if dtype.is_float():
        return f"typen är {dtype}, som inte är exakt", "läs in den som text, heltal eller Decimal(18, 6)"
    if isinstance(dtype, nw.Decimal) and dtype.scale > DECIMALS:
        return f"typen är {dtype}: fler än sex decimaler", "avrunda till högst sex, som Decimal(18, 6)"
    if dtype.is_integer() or isinstance(dtype, (nw.Decimal, nw.Object)):
        return None
    return f"typen är {dtype}, inte tal", "läs in den som text, heltal eller Decimal(18, 6)"


def is_hollow(frame: Frame, name: str) -> bool:
    """
    Whether a column holds nothing but nulls: then its type is only what the engine made of that.
    """
    return not frame.select(nw.col(name).count()).collect().item()


def as_text(name: str, dtype: DType) -> nw.Expr:
    """
    A column as text, empty for null.
    """
    column = nw.col(name)
    if not isinstance(dtype, (nw.Date, nw.Datetime)):
        text = column.cast(nw.String)  # also of text: pandas has columns that are text in their first rows
    elif name == MONTH:
        first, moment = column == column.dt.truncate("1mo"), DAY if isinstance(dtype, nw.Date) else MOMENT
        text = nw.when(first).then(column.dt.to_string("%Y-%m")).otherwise(column.dt.to_string(moment))
    else:
        text = column.dt.to_string(DAY)
    return text.fill_null("")


def as_number(dtype: DType, text: nw.Expr) -> nw.Expr:
    """
    The quantity as a decimal, and null where it is not a number that a file could hold.
    """
    column = nw.col(QUANTITY)
    if dtype.is_integer():
        wide = column.cast(WIDEST)
        if isinstance(dtype, SMALL):
            return wide
        compared = column if isinstance(dtype, nw.Int64) else wide
        return nw.when(compared.is_between(-LIMIT, LIMIT, "none")).then(wide)
    if isinstance(dtype, nw.Decimal):
        wide = column.cast(nw.Decimal(DIGITS, dtype.scale))
        return nw.when(wide.is_between(-LIMIT, LIMIT, "none")).then(wide)
    return nw.when(text.str.contains(NUMBER) & ~text.str.contains(NO_DIGIT)).then(text).cast(EXACT)
