"""
Equal inputs give equal bytes, whatever the caller's decimal context, locale, hash seed, clock zone or folder.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from decimal import ROUND_DOWN, Context, localcontext
from pathlib import Path

import pytest

import prismodell as pm
from golden.documents import documents, every_model, example_month

SCRIPT = """
import sys, json
sys.path.insert(0, sys.argv[1])
from test_writing_independence import digests
print(json.dumps(digests()))
"""
FORMATS = ("text", "markdown", "csv", "json")


def digests() -> dict[str, str]:
    """
    The SHA-256 of every golden document, and of two tables, made from their files.
    """
    texts = {
        f"{number}.{format_}": pm.render(underlag, format_)
        for number, underlag in documents().items()
        for format_ in FORMATS
    }
    tables = {"summary": pm.summary(every_model()), "lines": pm.underlag_lines(every_model())}
    texts |= {
        f"{name}.{format_}": pm.render(table, format_)
        for name, table in tables.items()
        for format_ in FORMATS[:3]
    }
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}


def afresh(make: Callable[[], dict[str, str]]) -> dict[str, str]:
    """
    Nothing remembered: values made before would hide what a context does to the making.
    """
    for remembered in (every_model, example_month):
        remembered.cache_clear()
    return make()


@pytest.mark.parametrize(
    "context",
    [
        Context(prec=3, rounding=ROUND_DOWN),
        Context(prec=1, traps=[]),
        Context(prec=50, Emax=3, Emin=-3, traps=[]),
    ],
    ids=["three digits", "one digit", "small exponents"],
)
def test_the_callers_decimal_context_changes_nothing(context: Context) -> None:
    with localcontext(context):
        inside = afresh(digests)

    assert afresh(digests) == inside


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "3", "LC_ALL": "sv_SE.UTF-8", "TZ": "Pacific/Kiritimati"},
    ],
    ids=str,
)
def test_another_process_makes_the_same_bytes(environment: dict[str, str], tmp_path: Path) -> None:
    run = subprocess.run(  # noqa: S603 - this very file
        [sys.executable, "-X", "utf8", "-c", SCRIPT, Path(__file__).parent],
        cwd=tmp_path,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert digests() == json.loads(run.stdout)
