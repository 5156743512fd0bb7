"""
The public names: each is listed once, found when asked for, and nothing is loaded before.
"""

import pickle
import re
import subprocess
import sys
from types import ModuleType

import pytest

import prismodell as pm


def test_every_public_name_is_of_the_library_and_no_module() -> None:
    homes = {name: getattr(pm, name) for name in pm.__all__}

    assert [] == [name for name, value in homes.items() if isinstance(value, ModuleType)]
    assert len(homes) == len({*homes}) > 150


def test_the_list_of_names_is_the_one_that_type_checkers_read() -> None:
    stub = (pm.__file__ or "") + "i"
    with open(stub, encoding="utf-8") as file:  # noqa: PTH123 - a module's path is a text
        listed = file.read().partition("__all__ = [")[2].replace('"', "").replace("]", "")

    assert pm.__all__ == sorted(name.strip() for name in listed.split(",") if name.strip())


def printed(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    return done.stdout.strip()


def test_a_function_keeps_its_name_when_the_module_of_that_name_is_imported() -> None:
    code = "import prismodell.lint, prismodell.complexity, prismodell as pm; print(pm.lint, pm.complexity)"

    assert ["lint", "complexity"] == re.findall(r"<function (\w+)", printed(code))


def test_importing_the_library_imports_nothing_else_of_it_nor_what_it_needs() -> None:
    code = "import sys, prismodell; print({name.partition('.')[0] for name in sys.modules if '.' in name})"

    assert "prismodell" not in printed(code)
    assert "False" == printed("import sys, prismodell; print('attr' in sys.modules)")


def test_an_unknown_name_is_an_attribute_error_as_of_any_module() -> None:
    with pytest.raises(AttributeError, match="module 'prismodell' has no attribute 'ratee'"):
        pm.ratee  # type: ignore[attr-defined]  # noqa: B018 - what is tested


def test_the_names_can_be_completed() -> None:
    assert {"rate", "forecast", "lint"} <= {*dir(pm)}


def test_the_library_goes_with_a_function_that_is_sent_to_another_process() -> None:
    assert pm is pickle.loads(pickle.dumps(pm))  # noqa: S301 - our own
