"""
Late and incomplete months: how complete the latest months are, judged by how earlier ones filled up.

    for each in completeness(volumes, as_of=date(2021, 9, 3)):
        print(each.service, each.share, each.expected, each.why)

    EKO-LEV 0.9300 24516.129032 augusti 2021 är till 93 % rapporterad 3 dagar efter månadens slut, om den …

A row is known from the day that its source registered it, and one without that day from the beginning. Of an
earlier month it can be seen how much of it was known so many days after its end; the median of those shares
is taken to be known of a later month, equally many days after its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from statistics import median

from attrs import frozen

from .bulk import uncollected
from .money import ZERO, exact, to_places
from .periods import Month
from .swedish import month as month_name
from .swedish import number, percent
from .volumes import Volumes

OPEN = 3  # months that may be incomplete: that of the day asked about, and the two before
MOST, FEWEST = 12, 3  # whole months that an estimate rests on
UNDATED = Fraction(1, 20)  # the most of a month's quantity that may lack its day
LEAST = Fraction(1, 100)  # the least that is usually known, to reckon the rest from
NEAR = Fraction(1, 200)  # how near to its whole a complete month is

Days = Mapping[int | None, Decimal]


@frozen
class Completeness:
    """
    How complete a service's month is, at the centre: the quantity `reported` so far, `lag` days after the
    month's end (negative before it), and the part of the whole that it is taken to be.

    That part, `filled`, is exact, and the median of so many earlier `months`; it is `None` where nothing can
    be said. `why` tells what it rests on, or why nothing can be said, in Swedish.
    """

    service: str
    month: Month
    reported: Decimal
    lag: int
    filled: Fraction | None
    months: int
    why: str

    @property
    @exact()
    def share(self) -> Decimal | None:
        """
        The part of the whole that is reported, above 0 and at most 1, to four decimals.
        """
        return None if self.filled is None else to_places(self.filled, 4)

    @property
    @exact()
    def expected(self) -> Decimal | None:
        """
        The quantity that the month is expected to end at, to six decimals.
        """
        return None if self.filled is None else to_places(Fraction(self.reported) / self.filled, 6)


def known_on(volumes: Volumes, as_of: date) -> Volumes:
    """
    The rows that were known on a day: those registered by then, and those that do not say when they were.

    Raises `TypeError` for what is no date.
    """
    if type(as_of) is not date:
        msg = f"as_of is a date, such as date(2021, 9, 3), not {as_of!r}"
        raise TypeError(msg)
    known = (row for row in volumes if row.registered is None or row.registered <= as_of)
    return Volumes(known, volumes.notices)


@uncollected
@exact()
def completeness(volumes: Volumes, as_of: date) -> tuple[Completeness, ...]:
    """
    The incomplete months by service and month, as seen on the day that the volumes were taken out. They are
    sought in the month of that day and the two before it.

    An older month is taken as whole: two months have been billed after it, and what still comes corrects it.
    The latest twelve of those are the pattern, and three are needed; one counts if its quantity is above zero
    and no more than a twentieth of it lacks its day. Rows registered after `as_of` are left out, as
    nobody knew of them then; duplicates and conflicts are left out as in the tally.

    A month is complete, and not listed, when half a percent or less of it usually is missing by then. A month
    with nothing in it is listed if something usually is, and the newest whole month has something. As days
    pass and nothing comes, the expected quantity falls towards the reported one.

    Raises `TypeError` for what is no date.
    """
    services = _by_service(known_on(volumes, as_of))
    return tuple(each for service in sorted(services) for each in _latest(service, services[service], as_of))


def _by_service(volumes: Volumes) -> Mapping[str, Mapping[Month, Days]]:
    """
    The quantities of each service and month by the days since the month's end, under `None` what has no day.
    """
    sums = defaultdict[str, dict[Month, dict[date | None, Decimal]]](
        lambda: defaultdict(lambda: defaultdict(lambda: ZERO))
    )
    for row in volumes.counted:
        sums[row.service][row.month][row.registered] += row.quantity
    return {
        service: {month: _since(month.last, days) for month, days in months.items()}
        for service, months in sums.items()
    }


def _since(end: date, days: Mapping[date | None, Decimal]) -> Days:
    """
    Sums of nothing are left out, so that it does not matter how a row is split.
    """
    return {(day - end).days if day else None: quantity for day, quantity in days.items() if quantity}


def _latest(service: str, months: Mapping[Month, Days], as_of: date) -> Iterator[Completeness]:
    latest = Month.of(as_of)
    whole = [days for month, days in sorted(months.items()) if latest - month >= OPEN and _is_usable(days)]
    pattern = whole[-MOST:]
    for back in reversed(range(OPEN)):
        month = latest - back
        days, lag = months.get(month, {}), (as_of - month.last).days
        usual = _median([_known(each, lag) for each in pattern])
        if not _is_complete(usual) if days else months.get(latest - OPEN) and _is_something(usual):
            filled, said = _judged(days, lag, usual, len(pattern))
            reported, why = sum(days.values(), ZERO), f"{month_name(month)} {said}"
            yield Completeness(service, month, reported, lag, filled, len(pattern), why)


def _is_usable(days: Days) -> bool:
    return sum(days.values(), ZERO) > 0 and _has_days(days)


def _has_days(days: Days) -> bool:
    undated = abs(days.get(None, ZERO))
    return Fraction(undated) <= UNDATED * Fraction(sum(map(abs, days.values()), ZERO))


def _known(days: Days, lag: int) -> Fraction:
    """
    The part of a month that was known so many days after its end.
    """
    known = sum((quantity for after, quantity in days.items() if after is None or after <= lag), ZERO)
    return Fraction(known) / Fraction(sum(days.values(), ZERO))


def _median(shares: Sequence[Fraction]) -> Fraction | None:
    """
    The median; `None` where they are too few.
    """
    return median(shares) if len(shares) >= FEWEST else None


def _is_complete(usual: Fraction | None) -> bool:
    return usual is not None and abs(1 - usual) <= NEAR


def _is_something(usual: Fraction | None) -> bool:
    return usual is not None and usual >= LEAST


def _judged(days: Days, lag: int, usual: Fraction | None, months: int) -> tuple[Fraction | None, str]:
    """
    The part that is reported, if it can be said, and what is to be said of the month.
    """
    reported, when = sum(days.values(), ZERO), _when(lag)
    if not _has_days(days):
        return None, f"saknar registreringsdag på mer än {_percent(UNDATED)} av volymen"
    if usual is None:
        return None, f"kan inte bedömas: hela månader att gå efter är {months}, och minst {FEWEST} behövs"
    if not _is_something(usual):
        return None, f"kan inte bedömas {when}: då brukar inte ens {_percent(LEAST)} vara rapporterat"
    if not days:
        return None, f"har inget rapporterat {when}, fast {_percent(usual)} brukar vara det"
    if usual > 1:
        return None, f"kan inte bedömas {when}: då brukar {_percent(usual)} av det slutliga vara rapporterat"
    if reported <= 0:
        return None, f"har volymen {number(reported)} {when}, och den kan inte räknas upp"
    said = f"är till {_percent(usual)} rapporterad {when}, om den fylls på som {months} tidigare månader"
    return usual, said


def _when(lag: int) -> str:
    if not lag:
        return "på månadens sista dag"
    days = f"{abs(lag)} dag" if abs(lag) == 1 else f"{abs(lag)} dagar"
    return f"{days} {'efter' if lag > 0 else 'före'} månadens slut"


def _percent(share: Fraction) -> str:
    return percent(to_places(share * 100, 0))
