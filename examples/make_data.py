"""
Make the example volumes of 2018 to 2021, the budget of 2021 and January 2022, the same bytes every time.

    python examples/make_data.py                      # writes examples/data/*.csv
    python examples/make_data.py --out DIR            # the same files elsewhere
    python examples/make_data.py --transactions DIR   # 2021 as about four million single rows

The published figures are those of Serviceförvaltningens verksamhetsberättelse 2021; what is made
up is said in examples/README.md. Nothing here is random: each total is split over months and
customers by weights, and a checksum of the names makes the weights uneven.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from prismodell.money import allocate
from prismodell.periods import Month

DATA = Path(__file__).resolve().parent / "data"
YEAR = [Month(2021, number) for number in range(1, 13)]
DECEMBER_2020, JANUARY_2022 = Month(2020, 12), Month(2022, 1)
YEARS_BEFORE = (2018, 2019, 2020)
ONE, HALF, ORE = Decimal(1), Decimal("0.5"), Decimal("0.01")

Weights = Mapping[str, int]
Series = int | tuple[int, ...]  # a year's total, or its twelve months

# ---------------------------------------------------------------------------------------------
# Who uses what: invented sizes, used as weights only
# ---------------------------------------------------------------------------------------------

# An administration's payslips a month, supplier invoices, customer invoices and rental contracts.
SIZES = {
    "SDF-BRO": (2050, 38, 62, 310),
    "SDF-EAV": (2650, 49, 74, 620),
    "SDF-FAR": (1900, 36, 46, 520),
    "SDF-HAE": (3150, 58, 98, 560),
    "SDF-HVA": (2200, 41, 58, 540),
    "SDF-KUN": (1650, 33, 48, 330),
    "SDF-NOR": (1450, 31, 47, 260),
    "SDF-RIN": (1950, 37, 38, 610),
    "SDF-SKN": (1350, 28, 36, 340),
    "SDF-SKA": (1250, 27, 30, 420),
    "SDF-SPA": (1600, 30, 36, 380),
    "SDF-SOD": (2850, 56, 82, 590),
    "SDF-OST": (1750, 37, 56, 270),
    "FF-ALD": (420, 13, 21, 0),
    "FF-AMF": (1350, 27, 6, 70),
    "FF-ARK": (130, 5, 4, 0),
    "FF-EXP": (420, 33, 17, 0),
    "FF-FAST": (190, 44, 34, 0),
    "FF-IDR": (900, 27, 62, 0),
    "FF-KFK": (410, 3, 0, 0),
    "FF-KUL": (1750, 31, 33, 0),
    "FF-KYR": (330, 14, 60, 0),
    "FF-MIL": (330, 8, 66, 0),
    "FF-OFN": (130, 3, 2, 0),
    "FF-REV": (35, 1, 1, 0),
    "FF-SBK": (410, 9, 49, 0),
    "FF-SLK": (480, 19, 9, 0),
    "FF-SOC": (1950, 43, 27, 1760),
    "FF-TRA": (430, 38, 175, 0),
    "FF-UTB": (19400, 238, 208, 0),
    "FF-VAL": (25, 1, 0, 0),
}
SMALLEST = ("FF-KFK", "FF-REV", "FF-VAL")


def sized(column: int) -> Weights:
    return {code: size[column] for code, size in SIZES.items() if size[column]}


def alike(codes: str, weight: int = 1) -> dict[str, int]:
    return dict.fromkeys(codes.split(), weight)


PAYSLIPS, SUPPLIERS, DEBTORS, CONTRACTS = (sized(column) for column in range(4))
CITY, ELECTIONS, ELDERLY, GUARDIANS, SCHOOLS, SOCIAL, TRAFFIC = (
    alike(f"FF-{name}") for name in ("SLK", "VAL", "ALD", "OFN", "UTB", "SOC", "TRA")
)
DISTRICTS = [code for code in SIZES if code.startswith("SDF-")]
LARGER = [code for code in SIZES if code not in SMALLEST]
SPECIALISTS = [code for code in LARGER if code not in DISTRICTS]

# The companies but Stockholmsmässan, which buys nothing yet, and the foundation.
OTHERS = alike(
    "BOL-BOF BOL-FAM BOL-GLO BOL-HAM BOL-KUL BOL-MAR BOL-MIC BOL-PAR BOL-SBR BOL-SEF BOL-SEL "
    "BOL-SIS BOL-STA BOL-STH BOL-STO BOL-SVB BOL-SVO STI-SHI",
    14,
)
HOUSING = alike("BOL-SVB BOL-FAM BOL-STH BOL-MIC")
EIGHT_COMPANIES = alike("BOL-SVB BOL-FAM BOL-STH BOL-SIS BOL-MIC BOL-SVO BOL-HAM BOL-STO")
NINTH_COMPANY = alike("BOL-PAR")
BUYERS = {**SUPPLIERS, **dict.fromkeys(EIGHT_COMPANIES, 6)}
LEADERS = alike("FF-UTB FF-FAST FF-SOC FF-TRA FF-KUL FF-IDR SDF-SOD")
TRANSPORTED = {code: SIZES[code][3] for code in DISTRICTS} | {"FF-UTB": 3900, "FF-SOC": 650}
TRAINED = dict.fromkeys(LARGER, 10) | OTHERS
WEB_SUPPORT = dict.fromkeys(SIZES, 20) | OTHERS | {"FF-SLK": 160, "FF-SBK": 60, "FF-UTB": 90}
CALLED = {"FF-UTB": 300, "FF-SBK": 110, "FF-SOC": 90, "BOL-BOF": 90} | alike(
    "FF-MIL FF-IDR FF-KYR FF-EXP FF-KUL BOL-PAR BOL-SVO", 48
)
RECRUITERS = (
    {code: 3 + SIZES[code][0] // 100 for code in LARGER}
    | {"FF-UTB": 70, "STI-SHI": 3}
    | alike("BOL-SVB BOL-FAM BOL-STH BOL-SIS BOL-MIC BOL-SVO BOL-HAM BOL-PAR BOL-KUL BOL-BOF", 5)
)
ASSESSED = {"SDF-SKA": 24, "SDF-RIN": 18}
LOIS = dict.fromkeys(DISTRICTS, 7) | dict.fromkeys(SPECIALISTS, 5) | {"FF-UTB": 14, "FF-SOC": 10}
PLANNERS = {code: weight for code, weight in LOIS.items() if code not in ("FF-ARK", "FF-OFN")}
PLANNERS |= alike("BOL-SIS BOL-MIC BOL-STH BOL-SVB BOL-KUL", 3)

# ---------------------------------------------------------------------------------------------
# How much of what, when: the three years before, outcome 2021, budget 2021, January 2022
# ---------------------------------------------------------------------------------------------

SEASON = (8, 8, 9, 9, 9, 9, 6, 7, 9, 9, 9, 8)
AUTUMN = (7, 7, 8, 7, 7, 8, 6, 7, 9, 11, 12, 11)
SUMMER = (6, 6, 7, 7, 8, 11, 13, 12, 9, 7, 7, 7)
SPRING = (30, 34, 22, 8, 4, 2, 0, 0, 0, 0, 0, 0)
CAMP = (0, 12, 44, 26, 10, 6, 2, 0, 0, 0, 0, 0)
CALLS = (8, 8, 8, 7, 7, 8, 7, 9, 10, 10, 10, 9)
INVOICED = (84, 86, 95, 90, 92, 97, 78, 82, 95, 98, 102, 100)
ORDERED = (145, 145, 146, 145, 146, 145, 136, 141, 147, 149, 149, 149)
FORMS = (79, 79, 81, 80, 80, 79, 71, 80, 81, 82, 81, 80)
FALLING = (102, 102, 101, 101, 101, 100, 100, 100, 99, 99, 98, 97)
PAID = (995, 993, 995, 996, 998, 1018, 1060, 1036, 1002, 1006, 1010, 1011)

# How the months of 2020 differed from an ordinary year's, in per cent: invented, after the report's words.
CLOSED = (100, 100, 92, 72, 70, 76, 88, 94, 98, 97, 90, 86)
QUIET = (100, 100, 98, 94, 93, 94, 96, 98, 99, 99, 98, 97)
PAID_SOONER = (100, 100, 95, 80, 65, 60, 57, 55, 54, 53, 52, 52)
CREDITED = (100, 100, 105, 125, 130, 125, 115, 110, 108, 108, 112, 115)
PANDEMIC = {
    **dict.fromkeys(("EKO-LEV", "EKO-KUND", "EKO-HYR-NY"), QUIET),
    **dict.fromkeys(("KC-ALDRE", "KC-TRAFIK", "KC-SERVERING", "KC-EVENEMANG"), CLOSED),
    **dict.fromkeys(("UPP-PERSON", "UPP-UTBILD", "LON-UTBILD", "REK-PAKET", "REK-UTBILD"), CLOSED),
    **dict.fromkeys(("EKO-ATERB", "EKO-HYR-VAK"), CREDITED),
    "EKO-PAM": PAID_SOONER,
}

# Per mille that the centre's months before 2021 may differ from their shape; others half their `noise`.
UNSTEADY = {"EKO-FIL": 150, "EKO-OVR": 120, "UPP-STOD": 180, "KC-EVENEMANG": 200, "KC-PDF": 250}
UNSTEADY |= {"REK-TEST": 200, "LOK-STOD": 100}


def rest(thousands: Sequence[int], *parts: Sequence[int]) -> tuple[int, ...]:
    """
    What is left of a year's months, given in thousands, when its parts are services of their own.
    """
    return tuple(1000 * n - sum(less) for n, *less in zip(thousands, *parts, strict=True))


# Supplier invoices: 1 144 000 in all, of which 1 981 manual; the budget is 93 000 lower. In 2020
# 1 132 000 in all, of which 14 971 manual.
LEV_MAN_2020 = (1950, 1900, 1850, 1700, 1500, 1350, 1000, 980, 900, 760, 600, 481)
LEV_PAST = (1108500, 1137000, 1132000 - sum(LEV_MAN_2020))
LEV_MAN_2021 = (380, 360, 340, 310, 150, 110, 60, 50, 60, 60, 50, 51)
LEV_MAN_BUDGET = (600, 500, 400, 300, 100, 100, 80, 80, 80, 80, 80, 80)
LEV_2021 = rest((84, 86, 95, 90, 92, 97, 78, 82, 95, 98, 106, 141), LEV_MAN_2021)
LEV_BUDGET = rest((80, 82, 92, 86, 88, 92, 72, 76, 92, 95, 98, 98), LEV_MAN_BUDGET)

# Customer invoices: 1 716 000 in all, 27 000 below the budget; orders on the web from September.
# In 2020 1 716 000 / 0.994.
FORM_2020 = (8100, 8050, 8150, 7900, 7850, 7900, 7000, 7950, 8100, 8150, 8000, 7900)
KUND_PAST = (1652000, 1669000, 1726358 - sum(FORM_2020))
FORM_2021 = (7800, 7800, 8000, 7900, 7900, 7800, 7000, 7900, 6600, 5400, 4600, 4200)
FORM_BUDGET = (4200, 4000, 3900, 3800, 3700, 3600, 3200, 3400, 3600, 3600, 3500, 3500)
WEB_2021 = (0, 0, 0, 0, 0, 0, 0, 0, 4800, 7200, 8300, 8900)
WEB_BUDGET = (6200, 6500, 6800, 7000, 7100, 7200, 6400, 6800, 7400, 7500, 7500, 7600)
KUND_2021 = rest((138, 139, 140, 139, 140, 139, 132, 141, 150, 152, 153, 153), FORM_2021, WEB_2021)
KUND_BUDGET = rest((145, 145, 146, 145, 146, 145, 136, 141, 147, 149, 149, 149), FORM_BUDGET, WEB_BUDGET)

# Payment requests on forms fell when the web, made late in 2020, became compulsory on 1 May, later
# than budgeted.
UTB_WEBB_2020 = (0, 0, 0, 0, 0, 0, 0, 0, 0, 2300, 6400, 9900)
BLANK_2020 = (12400, 12700, 12900, 11700, 11400, 11900, 9300, 10100, 12900, 10900, 7300, 4300)
BLANK_2021 = (3300, 3200, 3150, 2900, 720, 420, 240, 230, 260, 250, 240, 250)
BLANK_BUDGET = (3100, 1400, 900, 700, 600, 550, 450, 450, 500, 500, 500, 500)
SCAN_2021 = (0, 0, 0, 0, 0, 0, 0, 0, 0, 2100, 2400, 2900)  # began in October
SCAN_BUDGET = (0, 1800, 1800, 1700, 1700, 1700, 1300, 1500, 1700, 1700, 1700, 1700)

# Rental contracts administered: 91 000 in all, 8.3 % below the budget's 99 236 and 6.9 % below 2020.
HYR_2021 = (7720, 7690, 7660, 7640, 7620, 7600, 7590, 7560, 7520, 7490, 7460, 7450)
HYR_BUDGET = (8270,) * 11 + (8266,)

# Payslips: 55 256 in December, 2 430 (4.6 %) above December 2020. An extra payment of wages then
# brought about 1 mnkr, here some 2 780 payments.
SPEC_2020 = (51850, 51700, 51840, 51900, 52020, 53050, 55250, 54000, 52250, 52450, 52680, 52826)
SPEC_PAST = (618200, 624900, SPEC_2020)
LON_UTB_2020 = (200, 205, 225, 210, 215, 230, 185, 210, 245, 270, 285, 3070)
SPEC_2021 = (52610, 52480, 52640, 52700, 52830, 53920, 56200, 54900, 53150, 53940, 54640, 55256)
SPEC_BUDGET = (52400, 52300, 52500, 52500, 52700, 53600, 55800, 54300, 52500, 52700, 52800, 52900)

AVTAL_PAST = ((5450,) * 12, (5700,) * 12, (5900,) * 12)
NEW = (0, 0, 0)  # not before 2021
FROM_MAY = (0,) * 4 + (1,) * 8
SIKT2_SHAPE = (4, 5, 6, 8, 8, 8, 4, 6, 11, 13, 13, 11)

EKO, LON, CASE, LIST = "ekonomisystem", "lonesystem", "arendehanteringssystem", "manuella-listor"


class Flow(NamedTuple):
    """
    One service's volumes: from which system, for whom, and how much.
    """

    service: str
    system: str
    users: Weights
    past: tuple[Series, ...]  # 2018, 2019 and 2020
    actual: Series
    budget: Series
    january: int | str
    shape: Sequence[int] = SEASON  # of the months, where only the year's total is given
    step: Decimal = ONE
    noise: int = 80  # per mille that a customer's month may differ from its share


FLOWS = [
    # Ekonomi
    Flow("EKO-LEV", EKO, SUPPLIERS, LEV_PAST, LEV_2021, LEV_BUDGET, 87150, INVOICED),
    Flow("EKO-LEV-MAN", EKO, SUPPLIERS, (29500, 22600, LEV_MAN_2020), LEV_MAN_2021, LEV_MAN_BUDGET, 45),
    Flow("EKO-UTB-WEBB", EKO, SUPPLIERS, (0, 0, UTB_WEBB_2020), 153000, 184000, 15800, AUTUMN),
    Flow("EKO-UTB-BLANK", EKO, SUPPLIERS, (152000, 157500, BLANK_2020), BLANK_2021, BLANK_BUDGET, 210),
    Flow("EKO-PAM", EKO, SUPPLIERS, (96000, 92000, 66000), 41000, 78000, 3600),
    Flow("EKO-SKAN", EKO, SUPPLIERS, NEW, SCAN_2021, SCAN_BUDGET, 2600),
    Flow("EKO-KUND", EKO, DEBTORS, KUND_PAST, KUND_2021, KUND_BUDGET, 126400, ORDERED),
    Flow("EKO-KUND-WEBB", EKO, DEBTORS, NEW, WEB_2021, WEB_BUDGET, 9100),
    Flow("EKO-KUND-MAN", EKO, DEBTORS, (99000, 97200, FORM_2020), FORM_2021, FORM_BUDGET, 3900, FORMS),
    Flow("EKO-ATERB", EKO, DEBTORS, (29000, 29800, 33500), 39200, 35000, 3300),
    Flow("EKO-AUTOG", EKO, DEBTORS, (33000, 30400, 26900), 23500, 21000, 1900),
    Flow("EKO-FIL", EKO, DEBTORS, (1480000, 1590000, 1690000), 1837135, 2788551, 151000),
    Flow("EKO-HYR", EKO, CONTRACTS, (104300, 101600, 97744), HYR_2021, HYR_BUDGET, 7440, FALLING, noise=8),
    Flow("EKO-HYR-NY", EKO, CONTRACTS, (2610, 2540, 2405), 2055, 2400, 150, SUMMER),
    Flow("EKO-HYR-VAK", EKO, CONTRACTS, (2050, 2110, 2290), 1641, 2300, 140),
    Flow("EKO-HYR-JUST", EKO, CONTRACTS, (7600, 7900, 8500), 9400, 8600, 820),
    Flow("EKO-HYR-BOL", EKO, HOUSING, NEW, 4600, 4600, 60, (0, 4, 6, 9, 9, 8, 3, 4, 8, 7, 4, 2)),
    Flow("EKO-HYR-FTL", EKO, CONTRACTS, (5900, 6600, 7300), 14800, 7600, 1290, AUTUMN),
    Flow("EKO-LEV-TILL", LIST, SUPPLIERS, (2600, 2700, 2850), 3800, 3400, 290, AUTUMN, HALF),
    Flow("EKO-OVR", LIST, {**SUPPLIERS, **HOUSING}, (3300, 3700, 3900), 8200, 4200, "610.5", AUTUMN, HALF),
    Flow("EKO-IK", LIST, ELECTIONS, NEW, FROM_MAY, 0, 0),
    Flow("EKO-UTBILD", LIST, CITY, (4, 5, 6), 14, 10, 1, (0, 0, 1, 2, 2, 0, 0, 2, 3, 2, 2, 0)),
    # Lön och pension
    Flow("LON-SPEC", LON, PAYSLIPS, SPEC_PAST, SPEC_2021, SPEC_BUDGET, 55010, PAID, noise=8),
    Flow("LON-UTB", LON, PAYSLIPS, (2500, 2600, LON_UTB_2020), 3150, 2500, 280, AUTUMN),
    Flow("LON-PENS", CASE, PAYSLIPS, (6600, 6800, 7300), 6900, 7000, 590),
    Flow("LON-MAN", CASE, PAYSLIPS, (24600, 25700, 28600), 33583, 22241, 2600, AUTUMN),
    Flow("LON-SEN", CASE, PAYSLIPS, (7400, 7700, 8700), 8300, 6400, 690, AUTUMN),
    Flow("LON-OMK", CASE, PAYSLIPS, (4500, 4700, 5000), 4700, 3900, 380, AUTUMN),
    Flow("LON-RATT", CASE, PAYSLIPS, (5000, 5200, 5600), 5400, 4500, 450, AUTUMN),
    Flow("LON-HOGRISK", CASE, PAYSLIPS, (560, 590, 680), 620, 600, 55),
    Flow("LON-TILL", LIST, PAYSLIPS, (1450, 1600, 1900), 1500, 1300, "118.5", AUTUMN, HALF),
    Flow("LON-UTBILD", LIST, PAYSLIPS, (14, 16, 9), 18, 16, 1),
    # Upphandling och inköp
    Flow("UPP-CENTRAL", LIST, CITY, (9, 11, 10), 11, 11, 1),
    Flow("UPP-GEMENSAM", LIST, LEADERS, (6, 8, 6), 7, 7, 0),
    Flow("UPP-UPPDRAG", LIST, TRAINED, (57, 61, 58), 52, 70, 4),
    Flow("UPP-STOD", LIST, TRAINED, (7400, 7900, 7200), 7300, 9800, 560, SEASON, HALF),
    Flow("UPP-AVTAL", LIST, SUPPLIERS, AVTAL_PAST, (6150,) * 12, (6000,) * 12, 6240, noise=0),
    Flow("UPP-SUPPORT", CASE, BUYERS, (43800, 46500, 49200), 52583, 51742, 4300),
    Flow("UPP-ANSLUT", CASE, BUYERS, (520, 590, 640), 690, 740, 58),
    Flow("UPP-PERSON", CASE, TRANSPORTED, (127000, 131000, 104000), 118000, 122000, 10400),
    Flow("UPP-UTBILD", LIST, TRAINED, (50, 52, 30), 46, 46, 4),
    Flow("UPP-SYS-BOL", LIST, EIGHT_COMPANIES, ((8,) * 12,) * 3, (8,) * 12, (8,) * 12, 8, noise=0),
    Flow("UPP-SYS-BOL", LIST, NINTH_COMPANY, NEW, FROM_MAY, 0, 1),
    # Kontaktcenter
    Flow("KC-KUND", CASE, CALLED, (146000, 151000, 158000), 159522, 163191, 14200, CALLS),
    Flow("KC-ALDRE", CASE, ELDERLY, (82000, 83500, 76000), 79000, 78000, 6900, CALLS),
    Flow("KC-VARDNAD", CASE, SCHOOLS, (52000, 60000, 65000), 66000, 70000, 5600, CALLS),
    Flow("KC-OVERFORM", CASE, GUARDIANS, (20500, 21300, 22200), 23000, 22500, 2100, CALLS),
    Flow("KC-FUNK", CASE, SOCIAL, (25200, 26000, 26700), 27500, 28000, 2350, CALLS),
    Flow("KC-TRAFIK", CASE, TRAFFIC, (114500, 117000, 109500), 118000, 124000, 9800, CALLS),
    Flow("KC-SERVERING", CASE, SOCIAL, (12100, 12400, 10300), 8200, 11500, 640, CALLS),
    Flow("KC-EVENEMANG", CASE, TRAFFIC, (9300, 9600, 5900), 4800, 7200, 310, CALLS),
    Flow("KC-SKOLVAL", CASE, SCHOOLS, (1350, 1210, 1090), 1000, 1000, 310, SPRING),
    Flow("KC-MUSIK", CASE, SCHOOLS, (900, 930, 970), 1000, 1000, 290, SPRING),
    Flow("KC-KOLLO", CASE, SOCIAL, (7100, 7300, 7400), 9400, 7600, 0, CAMP),
    Flow("KC-KOLLO-KAT", LIST, SOCIAL, (0, 0, 410), 534, 500, 0, CAMP),
    Flow("KC-WEBB", LIST, WEB_SUPPORT, (4300, 5200, 6700), 7400, 6200, 655, AUTUMN, HALF),
    Flow("KC-PDF", LIST, WEB_SUPPORT, (0, 2900, 7400), 9800, 6900, 900, AUTUMN),
    Flow("KC-SIKT2", LIST, CITY, NEW, 4600000, 0, "412350.75", SIKT2_SHAPE, ORE),
    # Rekrytering
    Flow("REK-PAKET", CASE, RECRUITERS, (610, 655, 555), 788, 640, 74, AUTUMN),
    Flow("REK-PB", CASE, ASSESSED, NEW, 42, 40, 3),
    Flow("REK-TEST", LIST, RECRUITERS, (640000, 780000, 890000), 1568143, 952810, 131400),
    Flow("REK-UTBILD", LIST, TRAINED, (12, 13, 8), 11, 10, 1),
    # Lokalplanering
    Flow("LOK-UPPDRAG", CASE, PLANNERS, (88, 91, 100), 121, 105, 9, AUTUMN),
    Flow("LOK-STOD", LIST, PLANNERS, (8700, 9050, 9800), 9246, 8814, 790, AUTUMN, HALF),
    Flow("LOK-HYRFORH", CASE, PLANNERS, (38, 41, 48), 46, 46, 4),
    Flow("LOK-SUPPORT", CASE, LOIS, (2900, 3300, 3700), 3800, 3700, 330),
]
NOT_COUNTED_SINGLY = ("EKO-FIL",)  # the system reports how many records a month's files held

# ---------------------------------------------------------------------------------------------
# Totals become the volumes of a customer and a month
# ---------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """
    One line of a volume file, before its source and reference.
    """

    customer: str
    service: str
    month: Month
    quantity: Decimal


def year(
    flow: Flow, series: Series, shape: Sequence[int], months: Sequence[Month] = YEAR, *salt: object
) -> Iterator[Row]:
    """
    A flow's year: given months exactly; a large total by month, a small one so that all get some.
    """
    if not isinstance(series, int):
        return by_month(flow, map(Decimal, series), months)
    if series / flow.step < 3 * len(shape) * len(flow.users):
        return by_customer(flow, series, shape, months, *salt)
    totals = allocate(Decimal(series), dict(enumerate(map(Decimal, shape))), flow.step)
    return by_month(flow, totals.values(), months)


def by_month(flow: Flow, totals: Iterable[Decimal], months: Sequence[Month]) -> Iterator[Row]:
    """
    Each month's total split over the customers.
    """
    for month, total in zip(months, totals, strict=True):
        yield from one_month(flow, total, month)


def one_month(flow: Flow, total: Decimal, month: Month) -> Iterator[Row]:
    for code, quantity in allocate(total, uneven(flow, month), flow.step).items():
        yield Row(code, flow.service, month, quantity.quantize(flow.step))


def by_customer(
    flow: Flow, total: int, shape: Sequence[int], months: Sequence[Month], *salt: object
) -> Iterator[Row]:
    """
    Each customer's total split over the months, every customer starting out of phase.

    A customer with one assignment in the year has it in some month, not always in the heaviest.
    """
    whole = sum(shape)
    for code, share in allocate(Decimal(total), uneven(flow, *salt), flow.step).items():
        units, phase = int(share / flow.step), checksum(flow.service, code, *salt) % 1000
        reached = [
            (1000 * units * part + phase * whole) // (1000 * whole) for part in accumulate(shape, initial=0)
        ]
        for month, (before, after) in zip(months, pairwise(reached), strict=True):
            yield Row(code, flow.service, month, (after - before) * flow.step)


def uneven(flow: Flow, *salt: object) -> dict[str, Decimal]:
    """
    The customers' weights, each moved by at most `noise` per mille, always the same way.
    """
    low, span = 1000 - flow.noise, 2 * flow.noise + 1
    return {
        code: Decimal(weight * (low + checksum(flow.service, code, *salt) % span))
        for code, weight in flow.users.items()
    }


def checksum(*names: object) -> int:
    return crc32("|".join(map(str, names)).encode())


def outcome(system: str) -> list[Row]:
    return in_order(year(flow, flow.actual, flow.shape) for flow in FLOWS if flow.system == system)


def planned() -> list[Row]:
    return in_order(year(flow._replace(noise=0), flow.budget, SEASON) for flow in FLOWS)


def january(system: str) -> list[Row]:
    return in_order(
        one_month(flow, Decimal(flow.january), JANUARY_2022) for flow in FLOWS if flow.system == system
    )


def december() -> list[Row]:
    return in_order(
        one_month(flow, Decimal(SPEC_2020[-1]), DECEMBER_2020) for flow in FLOWS if flow.service == "LON-SPEC"
    )


def before(number: int) -> list[Row]:
    """
    A year before 2021, from every system.
    """
    months = [Month(number, month.number) for month in YEAR]
    return in_order(
        year(flow, flow.past[YEARS_BEFORE.index(number)], moved(flow, months), months, number)
        for flow in FLOWS
    )


def moved(flow: Flow, months: Sequence[Month]) -> list[int]:
    """
    The shape of a year before 2021: each month moved a little, those of 2020 by the pandemic too.
    """
    usual = (100,) * len(months)
    changed = PANDEMIC.get(flow.service, usual) if months[0].year == DECEMBER_2020.year else usual
    wobble = UNSTEADY.get(flow.service, flow.noise // 2)
    return [
        part * percent * (1000 - wobble + checksum(flow.service, month) % (2 * wobble + 1))
        for part, percent, month in zip(flow.shape, changed, months, strict=True)
    ]


def in_order(flows: Iterable[Iterable[Row]]) -> list[Row]:
    rows = (row for flow in flows for row in flow if row.quantity)
    return sorted(rows, key=lambda row: (row.month, row.customer, row.service))


# ---------------------------------------------------------------------------------------------
# Files
# ---------------------------------------------------------------------------------------------

LETTERS = {EKO: "E", LON: "L", CASE: "A"}
LISTS = {
    "EKO": "tilläggstjänster",
    "LON": "tilläggstjänster",
    "UPP": "upphandling",
    "KC": "webb och projekt",
    "REK": "rekrytering",
    "LOK": "konsulttid",
}
HEAD = "customer,service,month,quantity,source"


def systems_file(rows: Iterable[Row], source: str, series: str) -> Iterator[str]:
    """
    What a system exports: commas, decimal points and a reference on each row.
    """
    yield f"{HEAD},reference\n"
    for number, (code, service, month, quantity) in enumerate(rows, 1):
        yield f"{code},{service},{month},{quantity},{source},{series}-{number}\n"


def transactions(rows: Iterable[Row], source: str, series: str) -> Iterator[str]:
    """
    The same with one row of quantity 1 for each invoice, payslip or case.
    """
    yield f"{HEAD},reference\n"
    number = 1
    for code, service, month, quantity in rows:
        single = service not in NOT_COUNTED_SINGLY
        count, each = (int(quantity), ONE) if single else (1, quantity)
        start = f"{code},{service},{month},{each},{source},{series}-"
        yield "".join(f"{start}{n:07}\n" for n in range(number, number + count))
        number += count


def plain_file(rows: Iterable[Row], sources: Mapping[str, str]) -> Iterator[str]:
    """
    A whole year in one file, each row with its service's source and no reference.
    """
    yield f"{HEAD}\n"
    for code, service, month, quantity in rows:
        yield f"{code},{service},{month},{quantity},{sources[service]}\n"


def excel_file(rows: Iterable[Row]) -> Iterator[str]:
    """
    What a Swedish Excel writes: BOM, semicolons, decimal commas, spaced thousands and CRLF.
    """
    yield "\ufeff" + HEAD.replace(",", ";") + ";note\r\n"
    for code, service, month, quantity in rows:
        note = LISTS[service.partition("-")[0]]
        yield f"{code};{service};{month};{swedish(quantity)};manuella listor;{note}\r\n"


def swedish(quantity: Decimal) -> str:
    return f"{quantity:,}".replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")


def write(path: Path, chunks: Iterable[str]) -> None:
    """
    Write a file whole or not at all.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.writelines(chunk.encode() for chunk in chunks)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_months(folder: Path) -> None:
    for system, letter in LETTERS.items():
        write(folder / f"{system}-2021.csv", systems_file(outcome(system), system, f"{letter}21"))
        write(folder / f"{system}-2022-01.csv", systems_file(january(system), system, f"{letter}22"))
    write(folder / f"{LON}-2020-12.csv", systems_file(december(), LON, "L20"))
    write(folder / f"{LIST}-2021.csv", excel_file(outcome(LIST)))
    write(folder / f"{LIST}-2022-01.csv", excel_file(january(LIST)))
    sources = {flow.service: flow.system.replace("-", " ") for flow in FLOWS}
    write(folder / "budget-2021.csv", plain_file(planned(), dict.fromkeys(sources, "budget")))
    for number in YEARS_BEFORE:
        write(folder / f"historik-{number}.csv", plain_file(before(number), sources))


def write_transactions(folder: Path) -> None:
    for system, letter in LETTERS.items():
        rows = transactions(outcome(system), system, f"{letter}T21")
        write(folder / f"{system}-2021-transaktioner.csv", rows)
    write(folder / f"{LIST}-2021.csv", excel_file(outcome(LIST)))


def main() -> None:
    parser = argparse.ArgumentParser(description="Gör exempelvolymerna, samma varje gång.")
    parser.add_argument("--out", type=Path, default=DATA, metavar="DIR", help="var filerna läggs")
    parser.add_argument(
        "--transactions",
        type=Path,
        metavar="DIR",
        help="skriv i stället 2021 som enskilda händelser, cirka fyra miljoner rader, hit",
    )
    options = parser.parse_args()
    if options.transactions:
        write_transactions(options.transactions)
    else:
        write_months(options.out)


if __name__ == "__main__":
    main()
