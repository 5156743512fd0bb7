"""
Which source reported which services of which customers, month by month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from .periods import Month
from .rating import Rating
from .tally import Entry
from .underlag import Underlag

Reported = Mapping[Month, Mapping[str, set[tuple[str, str]]]]


def reported(rating: Rating, issued: Iterable[Underlag] = ()) -> Reported:
    """
    The customers and services of each month and source; of months that the rating has nothing of, those that
    were issued. A month that nobody reported in is empty, and a twelfth of a plan is nobody's report.
    """
    found = defaultdict[Month, dict[str, set[tuple[str, str]]]](lambda: defaultdict(set))
    entries = [line.entry for line in rating.delivered] + [each.entry for each in rating.unrated]
    for entry in chain(entries, _entries(issued, rating)):
        if entry.rows:
            for rows in entry.provenance:
                found[entry.month][rows.source].add((entry.customer, entry.service))
    for conflict in rating.conflicts:
        for customer, service, month in conflict.keys:
            found[month][conflict.source].add((customer, service))
    return found


def _entries(issued: Iterable[Underlag], rating: Rating) -> Iterator[Entry]:
    for document in issued:
        for billed in document.lines:
            if billed.line.month not in rating.months:
                yield billed.line.entry
