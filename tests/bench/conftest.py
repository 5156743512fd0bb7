"""
The table that ends `make bench`: each measure, what it stands beside, and the ratio of the two.
"""

import pytest
from tabulate import tabulate

HEADERS = ("measure", "prismodell", "beside it", "", "ratio")
MEASURES = pytest.StashKey[list[tuple[str, ...]]]()


@pytest.fixture
def measures(pytestconfig: pytest.Config) -> list[tuple[str, ...]]:
    return pytestconfig.stash.setdefault(MEASURES, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    rows = config.stash.get(MEASURES, [])
    if rows:
        right = ("left", "right", "right", "left", "right")
        table = tabulate(rows, HEADERS, tablefmt="github", disable_numparse=True, colalign=right)
        terminalreporter.write_line(f"\n{table}\n")
