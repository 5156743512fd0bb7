"""
The year 2021 as it could have been forecast, at T1, at T2 and in December, beside its budget and its outcome.

    python examples/prognos_2021.py        writes out/prognos-2021/: T1 and T2 as text, Markdown and CSV

How sure the forecast was and whether it held, what moved it, what the delay of the web orders brought, and
what came as a surprise. Every sentence is made of the values.
"""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import prismodell as pm
from prismodell.money import to_places
from prismodell.swedish import kr, number, percent
from prismodell.swedish import month as month_name

ROOT = Path(__file__).resolve().parent.parent
DATA, OUT = ROOT / "examples" / "data", ROOT / "out" / "prognos-2021"
SYSTEMS = ("ekonomisystem", "lonesystem", "arendehanteringssystem", "manuella-listor")
AIM = 1  # percent, either way: the city's aim for the forecast at T2
BEFORE, T1, T2, DECEMBER = pm.Month(2020, 12), pm.Month(2021, 4), pm.Month(2021, 8), pm.Month(2021, 12)
JANUARY, MAY, SEPTEMBER = (pm.Month(2021, number) for number in (1, 5, 9))
MANUAL, WEB = "EKO-KUND-MAN", "EKO-KUND-WEBB"  # customers' orders on paper, and on the web

prices = pm.read_price_list(ROOT / "pricelists" / "serviceforvaltningen-2021.toml")
register = pm.read_customers(DATA / "kunder.toml")
subscribed = register.subscribed(JANUARY, DECEMBER)
planned = pm.read_volumes(DATA / "budget-2021.csv").merge(subscribed).tally()
delivered = pm.read_volumes(*(DATA / f"{system}-2021.csv" for system in SYSTEMS)).merge(subscribed)
volumes = pm.read_volumes(*(DATA / f"historik-{year}.csv" for year in (2018, 2019, 2020))).merge(delivered)
history = volumes.tally()
budget, outcome = pm.rate(planned, prices, register), pm.rate(delivered, prices, register)


def moved(source: str, target: str, start: pm.Month, ramp: int = 1) -> pm.Move:
    """
    Work that goes over to the web, by the share that the budget has there in December, when all of it has.
    """
    december = [each for each in planned.entries if each.month == DECEMBER]
    on_paper, on_web = (
        sum((Fraction(each.quantity) for each in december if each.service == code), Fraction(0))
        for code in (source, target)
    )
    return pm.Move(source, target, to_places(on_web / (on_paper + on_web), 3), start, ramp)


# Payments went over little by little from October 2020; on 1 May the web became obligatory.
PAYMENTS = moved("EKO-UTB-BLANK", "EKO-UTB-WEBB", pm.Month(2020, 10), ramp=8)


def expected(through: pm.Month, web_orders: pm.Month) -> pm.Outlook:
    """
    The year with the months known up to one, and customers' orders on the web planned from another.
    """
    forecast = pm.forecast(
        *(history, 2021, through),
        budget=planned,
        register=register,
        price_list=prices,
        changes=[moved(MANUAL, WEB, web_orders), PAYMENTS],
        masked=[("LON-UTB", pm.Month(2020, 12))],  # an extra payment of wages, that year alone
    )
    return pm.outlook(forecast, pm.rate(forecast.volumes, prices, register))


def change(found: Decimal, from_: Decimal) -> Decimal:
    return pm.Effect(from_, found).percent or Decimal(0)


def signed(amount: Decimal) -> str:
    return f"{'+' if amount > 0 else ''}{kr(amount)}"


# The report does not say when the delay was known: that it was thought to be May at T1 is made up.
occasions = {
    "T1": expected(T1, MAY),
    "T2": expected(T2, SEPTEMBER),
    "December": expected(DECEMBER, SEPTEMBER),
}
t1, t2, december = occasions.values()

print("1. Årets intäkt vid tre tillfällen\n")
SUMS = ("Känt", "Väntat", "Året", "80 % från", "80 % till", "Budget", "Utfall")
OFF = (pm.Column("Mot budget", "percent"), pm.Column("Utfallet mot prognosen", "percent"))


def beside(name: str, each: pm.Expected, planned: Decimal, came: Decimal) -> tuple[str | Decimal, ...]:
    bounds = each.interval()
    sums = each.known, each.expected, each.year, bounds.low, bounds.high, planned, came
    return name, *sums, change(each.year, planned), change(came, each.year)


def table(title: str, head: str, rows: list[tuple[str | Decimal, ...]]) -> str:
    columns = (pm.Column(head), *(pm.Column(each, "tkr") for each in SUMS), *OFF)
    return pm.render(pm.Table(f"{title}, tkr", columns, tuple(rows)))


sums = [beside(name, each.total, budget.total, outcome.total) for name, each in occasions.items()]
print(table("Prognos, budget och utfall", "Tillfälle", sums))
for name, each in occasions.items():
    off, bounds = change(outcome.total, each.total.year), each.total.interval()
    aim = "inom" if abs(off) <= AIM else "utanför"
    held = "rymmer" if bounds.low <= outcome.total <= bounds.high else "rymmer inte"
    print(f"{name}: utfallet skiljer {percent(off)} från prognosen, {aim} ±{AIM} %; intervallet {held} det.")
for name, each in (("T1", t1), ("T2", t2)):
    print(f"Planerat vid {name}: {'; '.join(map(str, each.forecast.changes))}.")
print("Staden mäter målet på kostnader, vid T2; här är det intäkten.")

print("\n2. Områdena vid T2\n")
names = {line.service.area.code: line.service.area.name for line in outcome.lines}
areas = [
    beside(names[str(code)], each, budget.by("area")[code], outcome.by("area")[code])
    for code, each in t2.by("area").items()
]
print(table("Per område", "Område", areas))

print("3. Vad förseningen av webborder för kund gav\n")
orders = pm.Volumes(row for row in volumes if row.service in (MANUAL, WEB)).tally()
year = {}
for start in (JANUARY, SEPTEMBER):
    forecast = pm.forecast(orders, 2021, BEFORE, price_list=prices, changes=[moved(MANUAL, WEB, start)])
    year[start] = pm.rate(forecast.volumes, prices, register).total
    print(f"  Samma prognos, före årets början, med webborder från {month_name(start)}: {kr(year[start])}")
print(f"Förseningen ger {signed(year[SEPTEMBER] - year[JANUARY])} i intäkt.")
were, became = (
    sum((rating.by("service")[code] for code in (MANUAL, WEB)), Decimal(0)) for rating in (budget, outcome)
)
print(f"Budgeten hade {kr(were)} för de två tjänsterna, och utfallet blev {kr(became)}.")


def monthly(rating: pm.Rating) -> dict[tuple[str, pm.Month], Decimal]:
    """
    Kronor per service and month; 0 where there is nothing.
    """
    sums = defaultdict[tuple[str, pm.Month], Decimal](Decimal)
    for line in rating.lines:
        sums[line.service.code, line.month] += line.amount
    return sums


print("\n4. Vilka tjänster som flyttade prognosen mest mellan T1 och T2, och varför\n")
at_t1, at_t2, in_the_end = (monthly(rating) for rating in (t1.rating, t2.rating, outcome))
shifts = {key: at_t2[key] - at_t1[key] for key in {*at_t1, *at_t2}}


def shift(code: str, through: pm.Month = DECEMBER) -> Decimal:
    own = (each for (service, month), each in shifts.items() if service == code and month <= through)
    return sum(own, Decimal(0))


services = [each.service for each in t2.forecast.services]
for code in sorted(services, key=lambda code: abs(shift(code)), reverse=True)[:3]:
    print(f"{signed(shift(code))}, varav {signed(shift(code, T2))} i månaderna som blivit kända")
    print(t2.forecast.service(code).explain(), end="\n\n")

print("5. Varför utfallet inte blev prognosen vid T2\n")
variance = pm.explain_variance(t2.rating, outcome, register)
print(pm.render(pm.variance_tables(variance)[0]))
for place, cause in enumerate(pm.variance_causes(variance), 1):
    print(f"{place}. {cause}")

misses = {key: in_the_end[key] - at_t2[key] for key in {*in_the_end, *at_t2}}
code, month = max(sorted(misses), key=lambda key: abs(misses[key]))
service = next(line.service for line in outcome.lines if line.service.code == code)
was, came = (each.forecast.service(code).months[month.number - 1] for each in (t2, december))
print(f"\nDen största överraskningen i en enskild månad: {service.name} i {month_name(month)}.")
print(f"  {number(came)} {service.plural} mot väntade {number(was)}, {signed(misses[code, month])}.")

OUT.mkdir(parents=True, exist_ok=True)
for name, each in (("t1", t1), ("t2", t2)):
    page = pm.forecast_page(each, budget)
    for ending in ("txt", "md"):
        pm.write(page, OUT / f"{name}.{ending}")
    pm.write(each, OUT / f"{name}.csv")
print("\nSkrivet:", ", ".join(sorted(each.name for each in OUT.iterdir())), "i", OUT.relative_to(ROOT))

assert december.total.year == outcome.total  # in December the forecast is the outcome
widths = [each.total.interval().high - each.total.interval().low for each in occasions.values()]
assert widths == sorted(widths, reverse=True)  # and the more is known, the surer it is
assert widths[-1] == 0
