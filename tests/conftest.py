"""
The Hypothesis profiles: how hard the property tests look.

`HYPOTHESIS_PROFILE` chooses one; without it, CI (where `CI` is set) runs `ci` and all others `dev`.
"""

import os

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

# No deadline anywhere: a loaded machine is no fault of the code; tests/bench measures speed.
settings.register_profile("dev", deadline=None, max_examples=100)
settings.register_profile("thorough", deadline=None, max_examples=3000)
settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,  # the same commit gives the same verdict twice
    database=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],  # judges the clock, which a shared machine bends
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    What the property tests run is not counted as covered: worked examples are to reach it too.

    Tracing them took a minute of six and added a fifth of a percent of coverage, when it was measured.
    """
    for item in items:
        if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
            item.add_marker("no_cover")
