"""
Making many objects at once, without the cyclic garbage collector walking over them again and again.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def uncollected(function: Callable[P, R]) -> Callable[P, R]:
    """
    The function with the collector off while it runs, if it was on; reference counting frees what is dropped.

    Frozen values make no cycles, so there is nothing for it to find: it took 40 % of the time of a rating.
    """

    @wraps(function)
    def without(*args: P.args, **kwargs: P.kwargs) -> R:
        was_on = gc.isenabled()
        gc.disable()
        try:
            return function(*args, **kwargs)
        finally:
            if was_on:
                gc.enable()

    return without
