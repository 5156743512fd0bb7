"""
The underlag that stand in this folder, made anew: two of the example month, two with every price model, and
two of a customer on twelfths: the second credits most of the first.
"""

from decimal import Decimal
from functools import cache
from pathlib import Path

import attrs

import prismodell as pm

GOLDEN = Path(__file__).resolve().parent
ROOT = GOLDEN.parent.parent
JANUARY, FEBRUARY = pm.Month(2022, 1), pm.Month(2022, 2)


@cache
def example_month() -> dict[str, pm.Underlag]:
    """
    The underlag of examples/manadsunderlag.py, by customer.
    """
    data = ROOT / "examples" / "data"
    prices = pm.read_price_list(ROOT / "pricelists" / "serviceforvaltningen-2022.toml")
    register = pm.read_customers(data / "kunder.toml")
    reported = pm.read_volumes(*sorted(data.glob("*-2022-01.csv")))
    rating = pm.rate(reported.merge(register.subscribed(JANUARY)), prices, register)
    return {each.customer.code: each for each in pm.issue(rating, JANUARY, register)}


@cache
def every_model() -> tuple[pm.Underlag, pm.Underlag]:
    """
    January and February of the customer in alla-modeller that buys everything.
    """
    files = GOLDEN / "alla-modeller"
    prices = pm.read_price_list(files / "prislista-2022.toml")
    register = pm.read_customers(files / "kunder.toml")

    def issue(month: pm.Month, *names: str, issued: tuple[pm.Underlag, ...] = ()) -> tuple[pm.Underlag, ...]:
        reported = pm.read_volumes(*(files / name for name in names))
        rating = pm.rate(reported.merge(register.subscribed(JANUARY, month)), prices, register)
        return pm.issue(rating, month, register, issued=issued)

    january = issue(JANUARY, "januari.csv")
    february = issue(FEBRUARY, "januari.csv", "februari.csv", issued=january)
    return january[0], february[0]


@cache
def on_twelfths() -> tuple[pm.Underlag, pm.Underlag]:
    """
    A customer of alla-modeller in January, and in February, when its January is settled, late invoices cross
    a tier, and an agreement was entered afterwards.
    """
    files = GOLDEN / "alla-modeller"
    prices = pm.read_price_list(files / "prislista-2022.toml")
    register = pm.read_customers(files / "kunder.toml")
    span = pm.Span(JANUARY, pm.Month(2023, 1))
    agreement = pm.Agreement("FF-ANNAN", "STYCK-STEG", span, percent=Decimal(-20), reference="Avtal 7/2022")
    agreed = attrs.evolve(register, agreements=(*register.agreements, agreement))
    twelfths = pm.preliminary(pm.rate(pm.read_volumes(files / "plan.csv"), prices, register))
    reasons = {("FF-ANNAN", "TRAPPA-AR", JANUARY): "Fakturorna låg kvar i en kö (ärende E-207)"}

    before = pm.read_volumes(files / "utfall.csv").merge(register.subscribed(JANUARY))
    rating = pm.reconcile(pm.rate(before, prices, register), twelfths).rating
    january = pm.issue(rating, JANUARY, register)

    now = before.merge(pm.read_volumes(files / "utfall-sent.csv")).merge(register.subscribed(FEBRUARY))
    actual = pm.rate(now, prices, agreed)
    settled = pm.reconcile(actual, twelfths, january, FEBRUARY).rating
    february = pm.issue(settled, FEBRUARY, agreed, january, reasons=reasons)
    return january[1], february[1]


def documents() -> dict[str, pm.Underlag]:
    """
    All of them by number.
    """
    month = example_month()
    return {each.number: each for each in (month["FF-REV"], month["BOL-BOF"], *every_model(), *on_twelfths())}
