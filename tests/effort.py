"""
How many examples the laws that cost most try.
"""

from typing import Any

from hypothesis import settings

LEAST = 10


def fewer(divisor: int, **more: Any) -> settings:
    """
    A share of the examples that the profile has, ten at least: for a law that is slow to try, or that is
    tried once per price model or file. What else `settings` takes may be given too.
    """
    profile = settings.default
    assert profile
    return settings(max_examples=max(LEAST, profile.max_examples // divisor), **more)
