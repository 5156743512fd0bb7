"""
Which method has earned trust here: past years forecast as if they had not happened, held against what did.

    tried = backtest(volumes, rating=priced)
    print(render(backtest_table(tried)))
    print(tried.best("T2").told)

Each forecast is the one that `forecast` makes at the end of a month: what came after it is not looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import product

from .customers import Register
from .errors import InvalidError, shown
from .estimation import AUTOMATIC, check_method
from .expectation import Forecast
from .extrapolation import Method
from .forecasting import forecast
from .money import ZERO, exact
from .observed import Observed, observed
from .periods import Month, months_of
from .plans import Change
from .pricelist import PriceList, several
from .rating import Rating
from .scores import BASELINE, Backtest
from .swedish import listing
from .swedish import month as month_name
from .tally import Tally
from .trials import NOT_BEGUN, SUBSCRIPTION, TERTIALS, Occasion, Trial, months_known
from .volumes import Volumes

USUAL = (AUTOMATIC, BASELINE, "löpande takt", "profil")
OWN = "egen metod"
NO_YEAR_BEFORE = "det finns inget helt år före"

Sums = Mapping[tuple[str, int], Decimal]  # of a service in a year


@exact()
def backtest(  # noqa: PLR0913 - what is tried, and what each forecast is told
    history: Volumes | Tally,
    methods: Iterable[str | Method] = USUAL,
    occasions: Iterable[Occasion] = tuple(TERTIALS),
    *,
    rating: Rating | None = None,
    level: str = "service",
    budget: Volumes | Tally | None = None,
    register: Register | None = None,
    price_list: PriceList | Iterable[PriceList] = (),
    changes: Iterable[Change] = (),
    masked: Iterable[Month | tuple[str, Month]] = (),
) -> Backtest:
    """
    Each whole year that has a whole year before it, forecast by each method at each occasion: `"T1"`, `"T2"`
    or the number of known months, 1 to 11.

    A year is tried for the services of which all months of it and of the year before are reported; what that
    leaves out is told in the notices. With a `rating` errors are also told in kronor, at what a unit of each
    service on average came to in it. `budget` has the budgets of the years tried, for the method of that
    name. The rest is what `forecast` takes, and is told to it in each year, as far as it is of that year or
    earlier: give what was known then.

    Raises `InvalidError` for a method that is unknown or stands twice, for an unknown occasion, and as
    `forecast` does.
    """
    named, known = _named(methods), tuple(sorted({*map(months_known, occasions)}))
    tally, budgets = history.tally(), Tally(()) if budget is None else budget.tally()
    if not (named and known):
        raise InvalidError("methods", "det finns inget att pröva", "ange minst en metod och ett tillfälle")
    lists = several(price_list)
    told, hidden = tuple(changes), tuple(masked)
    make = partial(forecast, tally, level=level, register=register, price_list=lists)
    actual, prices = _sums(tally), _prices(rating)
    years, notices = _years(observed(tally), actual)
    trials: list[Trial] = []
    for (name, method), months, year in product(named.items(), known, years):
        through = Month(year, months)
        made = make(
            *(year, through),
            method=method,
            budget=_of_year(budgets, year),
            changes=[each for each in told if each.start.year <= year],
            masked=[each for each in hidden if (each[1] if isinstance(each, tuple) else each) <= through],
        )
        trials += _trials(made, name, years[year], actual, prices)
    if rating is not None and (without := sorted({each.service for each in trials} - {*prices})):
        notices.append(f"utan pris, och inte med i kronor: {listing(without)}")
    return Backtest(tuple(named), known, tuple(years), tuple(trials), tuple(notices))


def _named(methods: Iterable[str | Method]) -> Mapping[str, str | Method]:
    named: dict[str, str | Method] = {}
    for method in methods:
        check_method(method)
        name = method if isinstance(method, str) else f"{OWN} {getattr(method, '__name__', '')}".strip()
        if name in named:
            raise InvalidError("methods", f"{shown(name)} står två gånger", "ge varje metod ett eget namn")
        named[name] = method
    return named


def _of_year(budgets: Tally, year: int) -> Tally | None:
    """
    The budget of one year; `None` where there is none, so that the method gives way.
    """
    entries = [each for each in budgets.entries if each.month.year == year]
    return Tally(entries) if entries else None


def _sums(tally: Tally) -> Sums:
    """
    What each service came to in each year.
    """
    sums = defaultdict[tuple[str, int], Decimal](lambda: ZERO)
    for entry in tally.entries:
        sums[entry.service, entry.month.year] += entry.quantity
    return sums


def _prices(rating: Rating | None) -> Mapping[str, Fraction]:
    """
    Kronor a unit of each service, on average over a rating's lines; not of one with nothing or credits alone.
    """
    sums = defaultdict[str, list[Decimal]](lambda: [ZERO, ZERO])
    for line in rating.lines if rating else ():
        both = sums[line.service.code]
        both[0] += line.amount
        both[1] += line.quantity
    return {code: Fraction(kronor) / Fraction(units) for code, (kronor, units) in sums.items() if units > 0}


def _trials(
    made: Forecast, name: str, services: Iterable[str], actual: Sums, prices: Mapping[str, Fraction]
) -> Iterator[Trial]:
    """
    A forecast of some services beside what they came to; of one without anything in either, none.
    """
    makers, found = _makers(made), {each.service: each.year for each in made.services}
    for service in sorted(services):
        expected, was = found.get(service, ZERO), actual.get((service, made.year), ZERO)
        if expected or was:
            used = makers.get(service, NOT_BEGUN)
            as_asked = name in (AUTOMATIC, used) or (used == OWN and name.startswith(OWN))
            occasion = (made.year, made.through.number)
            yield Trial(service, *occasion, name, used, as_asked, expected, was, prices.get(service))


def _makers(made: Forecast) -> Mapping[str, str]:
    """
    The method that made each service's forecast; of services that are sums of their customers, all of theirs.
    """
    methods = {each.service: {each.method} for each in made.services}
    if made.level == "customer":
        by_customer = defaultdict[str, set[str]](set)
        for each in made.customers:
            by_customer[each.service].add(each.method)
        methods |= {
            service: found for service, each in by_customer.items() if (found := each - {SUBSCRIPTION})
        }
    return {service: " + ".join(sorted(each)) for service, each in methods.items()}


# --- the years that can be tried ---------------------------------------------------------------------------


def _years(found: Observed, actual: Sums) -> tuple[Mapping[int, frozenset[str]], list[str]]:
    """
    The services that each year can be tried for, and what is to be said of the other years and services.
    """
    subscribed = {service for _, service in found.subscribed} - {*found.reported}
    years: dict[int, frozenset[str]] = {}
    notices: list[str] = []
    for year in sorted({year for _, year in actual}):
        whole, before = _whole(found, year), _whole(found, year - 1)
        if not whole & before:
            notices.append(f"{year} prövas inte: {_why_not(found, year) if not whole else NO_YEAR_BEFORE}")
            continue
        years[year] = whole & before | subscribed
        if left := sorted(service for service, of in actual if of == year and service not in years[year]):
            notices.append(f"{year} prövas inte för {listing(left)}: någon månad där eller året före saknas")
    return years, notices


def _whole(found: Observed, year: int) -> frozenset[str]:
    """
    The services that are reported in all months of a year.
    """
    months = {*months_of(year)}
    return frozenset(service for service, reported in found.reported.items() if months <= reported)


def _why_not(found: Observed, year: int) -> str:
    """
    Why no service is reported in all months of a year.
    """
    reported = frozenset[Month]().union(*found.reported.values())
    missing = [month for month in months_of(year) if month not in reported]
    return f"{month_name(missing[0])} är inte rapporterad" if missing else "ingen tjänst har alla månader"
