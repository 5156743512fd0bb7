"""
Hypothesis strategies and invariant checks, for the library's tests and for yours; the extra `testing`.

    @given(cases())
    def test_nothing_is_lost(case):
        check_rating(case.volumes, case.rate())

The checks raise `AssertionError` and say which law broke. The strategies make whole, valid values that meet
one another often: volumes of the list's services, quantities on tier bounds, months on the edges of periods.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from attrs import frozen
from hypothesis import strategies as st

from .catalogue import Area, Kind, Service
from .customers import Agreement, Customer, CustomerType, Register, Subscription
from .money import ORE, ZERO, exact
from .periods import Month, Span
from .pricelist import Price, PriceList, Revision
from .rating import Rating, rate
from .rows import Volume
from .tariff import (
    MODELS,
    AgreementPrice,
    CostPlusPrice,
    FixedPrice,
    GraduatedPrice,
    Model,
    PackagePrice,
    Phase,
    PhasedPrice,
    SharedPrice,
    Tariff,
    Tier,
    UnitPrice,
    VolumePrice,
)
from .underlag import Underlag
from .volumes import Volumes

YEAR = Span(Month(2022, 1), Month(2023, 1))
AREAS = (Area("ekonomi", "Ekonomi"), Area("lon", "Lön och pension"))


def decimals(lowest: int, highest: int, places: int) -> st.SearchStrategy[Decimal]:
    """
    Decimals between two whole numbers, on a grid of so many places, whole ones often.
    """
    grid = st.integers(lowest * 10**places, highest * 10**places).map(lambda n: Decimal(n).scaleb(-places))
    return st.one_of(st.integers(lowest, highest).map(Decimal), grid)


def quantities(lowest: int = -50, highest: int = 5_000) -> st.SearchStrategy[Decimal]:
    """
    Reported quantities, credits too.
    """
    return decimals(lowest, highest, 3)


def prices() -> st.SearchStrategy[Decimal]:
    """
    Prices in kronor, with up to four decimals; zero and half an öre among them.
    """
    return st.one_of(decimals(0, 1_000, 2), decimals(0, 2, 4))


@st.composite
def tiers(draw: st.DrawFn) -> tuple[Tier, ...]:
    """
    One to four tiers with rising bounds, some with a fee.
    """
    bounds = sorted(draw(st.sets(decimals(1, 3_000, 1), max_size=3)))
    fees = st.one_of(st.none(), decimals(0, 500, 2))
    return tuple(Tier(draw(prices()), bound, draw(fees)) for bound in [*bounds, None])


@st.composite
def phases(draw: st.DrawFn) -> tuple[Phase, ...]:
    """
    One to three phases of connection.
    """
    lengths = draw(st.lists(st.integers(1, 14), max_size=2))
    return tuple(Phase(draw(prices()), months) for months in [*lengths, None])


PER = st.sampled_from(["month", "year"])
BY_MODEL: dict[type[Model], st.SearchStrategy[Model]] = {
    UnitPrice: st.builds(UnitPrice, prices(), st.sampled_from([None, "0.5", "1", "0.25"])),
    GraduatedPrice: st.builds(GraduatedPrice, tiers(), PER),
    VolumePrice: st.builds(VolumePrice, tiers()),
    PackagePrice: st.builds(PackagePrice, decimals(1, 200, 1), prices()),
    FixedPrice: st.builds(FixedPrice, prices()),
    CostPlusPrice: st.builds(CostPlusPrice, decimals(-10, 30, 1)),
    PhasedPrice: st.builds(PhasedPrice, phases()),
    SharedPrice: st.builds(SharedPrice, decimals(0, 100_000, 2), PER),
    AgreementPrice: st.just(AgreementPrice()),
}


def models(*kinds: type[Model]) -> st.SearchStrategy[Model]:
    """
    Price models of the given kinds, or of all.
    """
    return st.one_of([BY_MODEL[kind] for kind in kinds or MODELS])


@st.composite
def tariffs(draw: st.DrawFn, *kinds: type[Model]) -> Tariff:
    """
    Tariffs, a third of them with included units, a minimum or a maximum.
    """
    model = draw(models(*kinds))
    if isinstance(model, SharedPrice) or draw(st.integers(0, 2)):
        return Tariff(model)
    low = draw(st.one_of(st.none(), decimals(0, 500, 2)))
    above = draw(st.one_of(st.none(), decimals(0, 5_000, 2)))
    high = None if above is None else above + (low or ZERO)
    return Tariff(model, draw(st.sampled_from(["0", "10", "2.5"])), low, high)


@st.composite
def services(draw: st.DrawFn, code: str) -> Service:
    """
    A service with a code.
    """
    kind, area = draw(st.sampled_from(Kind)), draw(st.sampled_from(AREAS))
    vat = draw(st.sampled_from([Decimal(25), Decimal(12), ZERO]))
    return Service(code, f"Tjänst {code}", area, kind, "styck", vat=vat)


@st.composite
def price_lists(draw: st.DrawFn, *kinds: type[Model], span: Span = YEAR) -> PriceList:
    """
    A list of one to four services; some change price in the year, some have a gap.
    """
    dated: list[Price] = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        service = draw(services(f"T-{number}"))
        revisions = [(each, Revision("Prislista", draw(tariffs(*kinds)))) for each in draw(parts(span))]
        dated += [Price(service, each, (revision,)) for each, revision in revisions]
    return PriceList(f"lista-{span.start.year}", f"Prislista {span.start.year}", span, tuple(dated))


@st.composite
def parts(draw: st.DrawFn, span: Span) -> list[Span]:
    """
    The whole span, or two parts of it that may leave a gap between them.
    """
    months = list(span)
    first, second = sorted(draw(st.tuples(st.sampled_from(months[1:]), st.sampled_from(months[1:]))))
    split = [Span(span.start, first), Span(second, span.end)]
    return draw(st.sampled_from([[span], [span], split]))


@st.composite
def registers(draw: st.DrawFn) -> Register:
    """
    One to four customers of any type, some connected late or ending early, with agreements and subscriptions.

    Of those that end, some have a successor.
    """
    codes = [f"K-{number}" for number in range(1, draw(st.integers(1, 4)) + 1)]
    customers = tuple(draw(_customer(code, codes[number:])) for number, code in enumerate(codes, 1))
    pairs = st.tuples(st.sampled_from(customers), st.sampled_from(["T-1", "T-2", "T-3", "T-4"]))
    unique = st.lists(pairs, unique_by=lambda pair: (pair[0].code, pair[1]), max_size=2)
    agreements = tuple(draw(_agreement(customer.code, service)) for customer, service in draw(unique))
    subscriptions = tuple(
        Subscription(
            customer.code, service, draw(st.sampled_from(draw(parts(YEAR)))), Decimal(draw(st.integers(1, 3)))
        )
        for customer, service in draw(unique)
    )
    return Register(customers, agreements, subscriptions)


@st.composite
def _customer(draw: st.DrawFn, code: str, later: list[str]) -> Customer:
    connected = draw(st.sampled_from([None, Month(2020, 6), Month(2022, 1), Month(2022, 4)]))
    spans = [Span(Month(1, 1)), Span(Month(1, 1)), Span(Month(1, 1), Month(2022, 7)), Span(Month(2022, 3))]
    kind, span = draw(st.sampled_from(CustomerType)), draw(st.sampled_from(spans))
    successor = draw(st.sampled_from([None, *later])) if span.end else None
    return Customer(code, f"Kund {code}", kind, connected=connected, span=span, successor=successor)


@st.composite
def _agreement(draw: st.DrawFn, customer: str, service: str) -> Agreement:
    span = draw(st.sampled_from(draw(parts(YEAR))))
    if draw(st.booleans()):
        own = draw(tariffs(UnitPrice, GraduatedPrice, VolumePrice, PackagePrice, FixedPrice))
        return Agreement(customer, service, span, tariff=own, reference="Avtal 1")
    percent = draw(st.sampled_from(["-100", "-10", "-33.3", "5"]))
    return Agreement(customer, service, span, percent=Decimal(percent), reference="Avtal 2")


@st.composite
def volumes(
    draw: st.DrawFn, price_list: PriceList, register: Register, *, strangers: bool = True, most: int = 25
) -> Volumes:
    """
    Rows on the list's services and the register's customers; strangers are rows that neither of them knows.
    """
    odd = ["OKÄND"] if strangers else []
    services, period = [each.code for each in price_list.services], [*price_list.span]
    start = draw(st.integers(0, len(period) - 3))
    # most rows meet in one service and three months, so that tiers count on and costs are shared
    codes = st.sampled_from([draw(st.sampled_from(services))] * 4 + services + odd)
    months = st.sampled_from(
        period[start : start + 3] * 4 + period + ([Month(2023, 1), Month(2021, 12)] if odd else [])
    )
    customers = st.sampled_from([each.code for each in register.customers] + odd)
    row = st.builds(
        Volume,
        customers,
        codes,
        months,
        st.one_of(quantities(), st.sampled_from(_bounds(price_list))),
        st.sampled_from(["ekonomisystem", "lönesystem", ""]),
        st.sampled_from(["", "", "r1", "r2", "r3", "r4"]),
    )
    return Volumes(draw(st.lists(row, max_size=most)))


def _bounds(price_list: PriceList) -> list[Decimal]:
    """
    The quantities where a price of the list turns, and zero.
    """
    tiered = (price.tariff.model for price in price_list.prices)
    ends = [
        tier.up_to
        for model in tiered
        if isinstance(model, GraduatedPrice | VolumePrice)
        for tier in model.tiers
        if tier.up_to is not None
    ]
    return [ZERO, *ends]


@frozen
class Case:
    """
    A price list, a register and volumes that belong together.
    """

    volumes: Volumes
    price_list: PriceList
    register: Register

    def rate(self) -> Rating:
        """
        The rating of the case.
        """
        return rate(self.volumes, self.price_list, self.register)


@st.composite
def cases(draw: st.DrawFn, *kinds: type[Model], strangers: bool = True, most: int = 25) -> Case:
    """
    Whole cases to rate, with the price models given, or with all.
    """
    price_list, register = draw(price_lists(*kinds)), draw(registers())
    return Case(draw(volumes(price_list, register, strangers=strangers, most=most)), price_list, register)


def _hold(true: object, law: str) -> None:
    if not true:
        raise AssertionError(law)


@exact()
def check_rating(rated: Volumes, rating: Rating) -> None:
    """
    The laws of one rating: every row is in one place, lines are unique, and each is the sum of its steps.
    """
    rows = sum(line.entry.rows for line in rating.lines) + sum(each.entry.rows for each in rating.unrated)
    clashing = sum(len(conflict.rows) for conflict in rated.conflicts)
    _hold(rows + len(rated.duplicates) + clashing == len(rated), "a row is in no place, or in two")
    keys = [line.key for line in rating.lines] + [each.key for each in rating.unrated]
    _hold(len(keys) == len(set(keys)), "two lines for one customer, service and month")
    for line in rating.lines:
        _hold(line.amount == sum((step.amount for step in line.steps), ZERO), "an amount is not its steps")
        _hold(line.amount.as_tuple().exponent == -2, "an amount is not in whole öre")
        _hold(not (line.amount.is_signed() and line.amount == 0), "an amount is minus zero")
        rounding = [step.amount for step in line.steps if step.kind.value == "rounding"]
        _hold(all(abs(amount) <= ORE / 2 for amount in rounding), "rounding moved more than half an öre")
    _hold(rating.total == sum(rating.by("customer", "service", "month").values(), ZERO), "sums differ")


@exact()
def check_issued(rating: Rating, issued: Iterable[Underlag], month: Month) -> None:
    """
    The law of billing: what was issued is what is rated up to the month, line by line, in kronor and units.

    Lines that are unrated or in conflict are left out: they are neither charged nor credited.
    """
    documents = tuple(issued)
    owed = {line.key: (line.amount, line.quantity) for line in rating.lines if line.month <= month}
    for document in documents:
        for billed in document.lines:
            amount, quantity = owed.get(billed.line.key, (ZERO, ZERO))
            owed[billed.line.key] = amount - billed.amount, quantity - billed.quantity
    off = {key: left for key, left in owed.items() if any(left) and key not in rating.waiting}
    _hold(not off, f"issued and rated differ: {off}")
    numbers = [document.number for document in documents]
    _hold(len(numbers) == len(set(numbers)), "two underlag have one number")
