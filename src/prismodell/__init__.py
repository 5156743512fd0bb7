"""
Price and bill what a shared-services centre does for its customers: volumes × price list, to the öre.

The public names are listed in `__init__.pyi`, each with the module that it is of. A module is imported when
one of its names is first asked for, so that a script that reads and rates need not wait for the forecasts.
"""

import ast
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

_LISTED = ast.parse(Path(__file__).with_suffix(".pyi").read_text("utf-8")).body
_HOMES = {
    alias.name: f"{__name__}.{listed.module}"
    for listed in _LISTED
    if isinstance(listed, ast.ImportFrom)
    for alias in listed.names
}
__all__ = sorted(_HOMES)  # noqa: PLE0605 - the literal list is the stub's


class _Package(ModuleType):
    """
    A package whose public names are looked up where they are, when they are asked for.
    """

    def __getattr__(self, name: str) -> Any:
        if name not in _HOMES:
            msg = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(msg)
        value = getattr(import_module(_HOMES[name]), name)
        super().__setattr__(name, value)
        return value

    def __setattr__(self, name: str, value: object) -> None:
        # Python would put the module `lint` where the function `lint` is, once it has been imported.
        if not (isinstance(value, ModuleType) and name in _HOMES):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return [*__all__, *super().__dir__()]

    def __reduce__(self) -> tuple[Callable[[str], ModuleType], tuple[str]]:
        # Spark sends a function to other machines together with what it names: there, it is imported.
        return import_module, (__name__,)


sys.modules[__name__].__class__ = _Package
