"""
Choose one option of each item so that their sum comes as near a limit as it can, and not above it.

Which prices to round up is such a choice: rounding up earns what the price weighs, and the sum may not pass
what the target leaves. It is a subset sum, which nobody solves fast for certain; but its numbers here are of
many sizes. The large ones are taken in a number of ways, and what a way leaves is filled by the small ones,
all of whose combinations are tried (two sorted halves, met in the middle). Few items are all small, and so
chosen exactly; many small sums lie so close that one of them fits.

    choose([[0, 300], [0, 200], [0, 150]], 360)  →  (0, 1, 1): 350
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain

MOST_SUMS = 2**12  # of a half
MOST_WAYS = 256  # to take of the large items

Chosen = tuple[int, ...]
Sums = list[tuple[int, Chosen]]


def choose(options: Sequence[Sequence[int]], most: int, enough: int = 0) -> Chosen:
    """
    The place of the option to take of each item, so that the sum is at most `most` and as near as was found.

    It is the nearest there is where all items fit in the halves (24 of two options each), and no longer
    sought once the gap is at most `enough`. Raises `ValueError` where even the least options pass `most`.
    """
    least = [min(values) for values in options]
    room = most - sum(least)
    if room < 0:
        msg = f"the least options pass the limit by {-room}"
        raise ValueError(msg)
    gains = [[value - low for value in values] for values, low in zip(options, least, strict=True)]
    order = sorted(range(len(gains)), key=lambda item: max(gains[item]))
    halves, count = _halves([gains[item] for item in order])
    large = [gains[item] for item in reversed(order[count:])]
    best_gap, best = room + 1, Chosen()
    small = sum(max(gains[item]) for item in order[:count])
    for taken, left in _takings(large, room, small):
        gap, filled = _filled(halves, left)
        if gap < best_gap:
            best_gap, best = gap, (*filled, *reversed(taken))
        if best_gap <= enough:
            break
    chosen = dict(zip(order, best, strict=True))
    return tuple(chosen[item] for item in range(len(gains)))


def _halves(gains: Sequence[Sequence[int]]) -> tuple[tuple[Sums, Sums], int]:
    """
    All sums of the smallest items, in two halves that take turns, and how many items that is.
    """
    halves: tuple[Sums, Sums] = ([(0, ())], [(0, ())])
    count = 0
    while count < len(gains) and len(halves[count % 2]) * len(gains[count]) <= MOST_SUMS:
        half, values = halves[count % 2], gains[count]
        half[:] = [
            (total + value, (*taken, place)) for total, taken in half for place, value in enumerate(values)
        ]
        count += 1
    return (sorted(halves[0]), sorted(halves[1])), count


def _takings(gains: Sequence[Sequence[int]], room: int, small: int) -> Iterator[tuple[Chosen, int]]:
    """
    Ways to take of the large items, the largest first, and the room that each leaves; first those that leave
    as much as half the small items fill, where most of their sums lie.

    Of the ways that leave different room a number are followed.
    """
    ways: dict[int, Way] = {room: None}
    rest = small + sum(map(max, gains))
    for values in gains:
        rest -= max(values)
        next_: dict[int, Way] = {}
        for left, way in ways.items():
            for place, value in enumerate(values):
                if value <= left:
                    next_.setdefault(left - value, (place, way))
        ways = _spread(next_, rest)
    for left in sorted(ways, key=lambda room: abs(room - small // 2)):
        yield _unwound(ways[left]), left


Way = tuple[int, "Way"] | None  # the place taken last, and the way before


def _spread(ways: dict[int, Way], rest: int) -> dict[int, Way]:
    """
    An even choice of the ways, by what room they leave; of those that nothing to come can fill, the best one.
    """
    rooms = sorted(ways)
    fillable = bisect_right(rooms, rest)
    kept = rooms[: fillable : max(1, fillable // MOST_WAYS)] + rooms[fillable : fillable + 1]
    return {left: ways[left] for left in kept}


def _unwound(way: Way) -> Chosen:
    taken = []
    while way is not None:
        place, way = way
        taken.append(place)
    return tuple(reversed(taken))


def _filled(halves: tuple[Sums, Sums], room: int) -> tuple[int, Chosen]:
    """
    The pair of sums nearest below the room, found by walking up one half and down the other.
    """
    rising, falling = halves
    at, best, pair = len(falling) - 1, -1, (0, 0)
    for place, (low, _) in enumerate(rising):
        while at >= 0 and low + falling[at][0] > room:
            at -= 1
        if at < 0:
            break
        if low + falling[at][0] > best:
            best, pair = low + falling[at][0], (place, at)
    odd, even = rising[pair[0]][1], falling[pair[1]][1]
    return room - best, tuple(chain(*zip(odd, even, strict=False), odd[len(even) :]))
