"""
The Hypothesis profiles: how hard the property tests look.

`HYPOTHESIS_PROFILE` chooses one; without it, CI (where `CI` is set) runs `ci` and all others `dev`.
"""

import os

from hypothesis import HealthCheck, settings

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
