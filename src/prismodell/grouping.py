"""
Values in groups by one dimension or several, as ratings, comparisons and variances sum them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")
K = TypeVar("K")

# Of what has a customer and a service.
DIMENSIONS: Mapping[str, Callable[[Any], object]] = {
    "customer": attrgetter("customer.code"),
    "type": attrgetter("customer.type.value"),
    "service": attrgetter("service.code"),
    "area": attrgetter("service.area.code"),
    "kind": attrgetter("service.kind.value"),
}
BY_MONTH: Mapping[str, Callable[[Any], object]] = {**DIMENSIONS, "month": attrgetter("month")}


def groups_of(values: Iterable[T], key: Callable[[T], K]) -> defaultdict[K, list[T]]:
    """
    The values by a key of theirs, each group in their order; an empty one under a key that none has.
    """
    groups = defaultdict[K, list[T]](list)
    for value in values:
        groups[key(value)].append(value)
    return groups


def grouped(
    values: Iterable[T], names: Sequence[str], dimensions: Mapping[str, Callable[[T], object]] = DIMENSIONS
) -> dict[object, list[T]]:
    """
    The values per value of one dimension, or per tuple of several, in order. Raises `ValueError` for another
    dimension.
    """
    unknown = [name for name in names if name not in dimensions]
    if unknown or not names:
        msg = f"by() takes {', '.join(dimensions)}, not {', '.join(unknown) or 'nothing'}"
        raise ValueError(msg)
    of = [dimensions[name] for name in names]
    groups = groups_of(values, of[0] if len(of) == 1 else lambda each: tuple(value(each) for value in of))
    return dict(sorted(groups.items(), key=lambda group: sortable(group[0])))


def sortable(key: object) -> tuple[str, ...]:
    """
    What values of a dimension, or tuples of several, are ordered by.
    """
    return tuple(map(str, key)) if isinstance(key, tuple) else (str(key),)
