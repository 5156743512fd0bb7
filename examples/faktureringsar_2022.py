"""
The year 2022 billed month by month: late, withdrawn and corrected volumes, a corrected price, a customer on
preliminary twelfths with reconciliations, the accrual at year end, and archives that prove it all.

    python examples/faktureringsar_2022.py        writes out/faktureringsar-2022/

The volumes are 2021's moved a year on (January is the example month, see README.md); what goes wrong is made
up. Ends with 1 if a krona is not accounted for.
"""

import shutil
import sys
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import attrs

import prismodell as pm
from prismodell.swedish import kr
from prismodell.swedish import month as month_name

ROOT = Path(__file__).resolve().parent.parent
DATA, OUT = ROOT / "examples" / "data", ROOT / "out" / "faktureringsar-2022"
FILES, DOCUMENTS, ARCHIVES, LISTS = (OUT / name for name in ("volymer", "underlag", "arkiv", "prislistor"))
PRICES = LISTS / "serviceforvaltningen-2022.toml"
SYSTEMS = ("ekonomisystem", "lonesystem", "arendehanteringssystem", "manuella-listor")
YEAR = [pm.Month(2022, number) for number in range(1, 13)]
JANUARY, FEBRUARY, MARCH, APRIL, MAY, _, JULY, _, SEPTEMBER, OCTOBER, _, DECEMBER = YEAR
ON_TWELFTHS = "SDF-SOD"  # Södermalms stadsdelsförvaltning
THRESHOLD = Decimal(100_000)
ZERO = Decimal(0)


# What comes in, and when


def moved(rows: Iterable[pm.Volume], prices: pm.PriceList) -> pm.Volumes:
    """
    Rows of 2021 as rows of 2022, of the services that the list still has a price for.
    """
    models = {price.service.code: price.tariff.model for price in prices.prices}
    return pm.Volumes(
        attrs.evolve(
            row, month=row.month + 12, reference=row.reference.replace("21-", "22-0"), file=None, line=0
        )
        for row in rows
        if not isinstance(models[row.service], pm.AgreementPrice)
    )


def prepare() -> dict[str, pm.Volumes]:
    """
    The folders, the lists, the register and the budget; and what each system will report in the year.
    """
    shutil.rmtree(OUT, ignore_errors=True)
    for folder in (FILES, DOCUMENTS, ARCHIVES, LISTS):
        folder.mkdir(parents=True)
    for name in ("serviceforvaltningen-2021.toml", PRICES.name):
        shutil.copy(ROOT / "pricelists" / name, LISTS)
    shutil.copy(DATA / "kunder.toml", OUT)
    prices = pm.read_price_list(PRICES)
    budget = moved(pm.read_volumes(DATA / "budget-2021.csv"), prices)
    pm.write(budget, OUT / "budget-2022.csv")
    return {system: moved(pm.read_volumes(DATA / f"{system}-2021.csv"), prices) for system in SYSTEMS}


def arrive(month: pm.Month, *systems: str) -> None:
    """
    The month's files come in from the systems, with control totals beside them.
    """
    for system in systems:
        path = FILES / f"{system}-{month}.csv"
        if month == JANUARY:
            shutil.copy(DATA / path.name, path)
        else:
            pm.write(pm.Volumes(row for row in REPORTS[system] if row.month == month), path)
    control_totals(month)


def control_totals(month: pm.Month) -> None:
    """
    How many rows each file of a month holds and their sum, as its system says: a file that was cut off stops.
    """
    totals = []
    for path in sorted(FILES.glob(f"*-{month}*.csv")):
        rows = pm.read_volumes(path)
        quantity = sum((row.quantity for row in rows), ZERO)
        totals.append(f'[[file]]\nname = "{path.name}"\nrows = {len(rows)}\nquantity = {quantity:f}\n')
    (FILES / f"kontroll-{month}.toml").write_text("\n".join(totals), "utf-8")


def january_comes_late() -> None:
    """
    The finance system sends some January invoices that it had left out.
    """
    left_out = [("SDF-SKA", "EKO-LEV", 118), ("SDF-SKA", "EKO-LEV-MAN", 2), ("FF-KUL", "EKO-LEV", 31)]
    late = pm.Volumes(
        pm.Volume(customer, service, JANUARY, Decimal(quantity), "ekonomisystem", f"E22-SEN-{number}")
        for number, (customer, service, quantity) in enumerate(left_out, 1)
    )
    pm.write(late, FILES / f"ekonomisystem-{JANUARY}-sen.csv")
    control_totals(JANUARY)


def a_row_is_withdrawn() -> None:
    """
    The payroll system sends February again, without a row that was another employer's.
    """
    path = FILES / f"lonesystem-{FEBRUARY}.csv"
    rows = [row for row in pm.read_volumes(path) if (row.customer, row.service) != ("FF-AMF", "LON-UTB")]
    pm.write(pm.Volumes(rows), path)
    control_totals(FEBRUARY)


def a_price_is_corrected() -> None:
    """
    A price proves to be other than what was decided; the list is corrected, and keeps its id.
    """
    change = 'note = "Rättat: beslutet säger 880 kr"\nselect = { code = "KC-WEBB" }\n'
    price = 'price = { model = "unit", price = 880, step = 0.5 }\n'
    PRICES.write_text(f"{PRICES.read_text('utf-8')}\n[[change]]\n{change}{price}", "utf-8")


# What is done each month


def inputs(month: pm.Month) -> pm.Inputs:
    """
    The files that have come in.
    """
    return pm.Inputs(
        price_lists=PRICES,
        register=OUT / "kunder.toml",
        volumes=FILES.glob("*.csv"),
        plan=OUT / "budget-2022.csv",
        control=FILES.glob("kontroll-*.toml"),
        subscribed=(JANUARY, month),
    )


def rated(volumes: pm.Volumes) -> pm.Rating:
    """
    Volumes × the price list as it is now.
    """
    return pm.rate(volumes, pm.read_price_list(PRICES), pm.read_customers(OUT / "kunder.toml"))


def bill(
    month: pm.Month,
    settled: pm.Month | None,
    threshold: Decimal = THRESHOLD,
    unrated: str = "refuse",
    name: str = "",
) -> pm.Reconciliation:
    """
    Read, price, reconcile, issue, keep: the same every month.
    """
    source = inputs(month)
    material = source.read()
    rating = pm.rate(material.volumes, material.price_lists, material.register)
    planned = pm.rate(material.plan, material.price_lists, material.register)
    twelfths = pm.preliminary(planned, [ON_TWELFTHS])
    found = pm.reconcile(rating, twelfths, issued, settled, threshold)
    drafts = pm.issue(found.rating, month, material.register, issued, unrated, reasons=reasons)
    for underlag in drafts:
        pm.write(underlag, DOCUMENTS / f"{underlag.number}.json")
    approved_on = (month + 1).first.replace(day=5)
    pm.archive(ARCHIVES / (name or str(month)), drafts, source, approved_by="Kim Ek", approved_on=approved_on)
    issued.extend(drafts)
    corrections = [billed for each in drafts for billed in each.lines if billed.earlier]
    net, off = (sum(amounts, ZERO) for amounts in ((u.net for u in drafts), (b.amount for b in corrections)))
    text = f"{month_name(month).capitalize():<15} {len(drafts):>3} underlag {kr(net):>17}"
    print(text + (f"   varav {len(corrections)} rättelser: {kr(off)}" if corrections else ""))
    return found


def show(*tables: pm.Table) -> None:
    for table in tables:
        print("\n" + pm.render(table))


def heading(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}\n")


REPORTS = prepare()
issued: list[pm.Underlag] = []
reasons: dict[tuple[str, str, pm.Month], str] = {}

heading("2022, månad för månad")
for month in (JANUARY, FEBRUARY, MARCH):
    arrive(month, *SYSTEMS)
    bill(month, None)

print("\nI april kommer januarifakturor som blivit liggande, och Södermalms kvartal räknas av.")
arrive(APRIL, *SYSTEMS)
january_comes_late()
show(pm.deviations_table(bill(APRIL, MARCH).deviations))

print("I maj skickar lönesystemet om februari utan en rad som inte var Arbetsmarknadsförvaltningens.")
before = inputs(MAY).read().volumes
arrive(MAY, *SYSTEMS)
a_row_is_withdrawn()
now = inputs(MAY).read().volumes
early = pm.Volumes(row for row in now if row.month < MAY)
earlier = pm.Volumes(row for row in before if row.month < MAY)
show(pm.row_changes_table(pm.row_changes(earlier, early)))
reasons["FF-AMF", "LON-UTB", FEBRUARY] = "Utbetalningarna gjordes åt en annan arbetsgivare (ärende L-117)"
bill(MAY, MARCH)
[correction] = [billed for each in issued for billed in each.lines if billed.reason]
print(f"\n{correction.explain()}\n")

arrive(YEAR[5], *SYSTEMS)
bill(YEAR[5], MARCH)
print("\nI juli rättas ett pris, från årets början.")
arrive(JULY, *SYSTEMS)
a_price_is_corrected()
bill(JULY, MARCH)
for month in YEAR[7:9]:
    arrive(month, *SYSTEMS)
    bill(month, MARCH)

print("\nI oktober räknas Södermalm av igen.")
arrive(OCTOBER, *SYSTEMS)
show(pm.deviations_table(bill(OCTOBER, SEPTEMBER).deviations))
arrive(YEAR[10], *SYSTEMS)
bill(YEAR[10], SEPTEMBER)

heading("Bokslut")
print("Vid årets slut saknas de manuella listorna för december. Att fakturera stoppas, med skälet:\n")
arrive(DECEMBER, *SYSTEMS[:3])
try:
    bill(DECEMBER, SEPTEMBER)
except pm.IssueError as error:
    print(f"{error.problems[0]}\n")
print("Resten faktureras. Listorna tas upp som intäkt efter budgetens volymer.\n")
bill(DECEMBER, SEPTEMBER, unrated="bill")
expected = rated(pm.read_volumes(OUT / "budget-2022.csv"))
actual = rated(inputs(DECEMBER).read().volumes)
accruals = pm.accrue(actual, issued, DECEMBER, expected)
show(*pm.month_end(actual, issued, DECEMBER, expected))
print(f"Upplupna intäkter {kr(accruals.accrued)}, förutbetalda {kr(accruals.deferred)}; de fem största:")
largest = sorted(accruals.lines, key=lambda each: each.accrued, reverse=True)[:5]
show(pm.accruals_table(attrs.evolve(accruals, lines=tuple(largest))))

print("I januari kommer listorna. De faktureras, och Södermalms år räknas av till sista öret.\n")
arrive(DECEMBER, *SYSTEMS)
show(pm.deviations_table(bill(DECEMBER, DECEMBER, ZERO, name="2022-12-avslut").deviations))

heading("Kontroll")
final = rated(inputs(DECEMBER).read().volumes)
sums = sum((underlag.net for underlag in issued), ZERO)
left = pm.accrue(final, issued, DECEMBER)
again = pm.issue(final, DECEMBER, pm.read_customers(OUT / "kunder.toml"), issued)
archives = sorted(ARCHIVES.iterdir())
differing = [problem for folder in archives for problem in pm.verify_archive(folder)]
read_back = [pm.read_underlag(DOCUMENTS / f"{underlag.number}.json") for underlag in issued]
print(f"""{kr(final.total)} beräknat = {kr(sums)} i {len(issued)} underlag
{kr(left.accrued)} upplupet och {kr(left.deferred)} förutbetalt när allt är fakturerat
{len(again)} nya underlag när december faktureras igen
{len(archives)} arkiv prövade mot sina filer: {len(differing)} avvikelser
""")
sys.exit(final.total != sums or any((left.accrued, left.deferred, again, differing)) or read_back != issued)
