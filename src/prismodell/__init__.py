"""
Price and bill what a shared-services centre does for its customers: volumes × price list, to the öre.
"""

from .accrual import Accrual, Accruals, accrue
from .catalogue import Area, Kind, Service
from .customers import Agreement, Customer, CustomerType, Register, Subscription
from .errors import (
    ConservationError,
    InputError,
    InvalidError,
    IssueError,
    PrismodellError,
    Problem,
    Reason,
    UnpricedError,
)
from .issuing import issue
from .money import allocate, round_half_up
from .obstacles import Obstacle, obstacles
from .periods import Month, Span, Tertial
from .preliminary import Deviation, Reconciliation, preliminary, reconcile
from .pricechanges import Add, Change, NewPrice, Percent, Remove, Selection, derive, reduce_prices
from .pricelist import Decision, Price, PriceList, Revision
from .pricing import Step, StepKind
from .rating import Account, Line, Rating, Unrated, rate
from .reading import (
    parse_customers,
    parse_price_list,
    parse_underlag,
    read_customers,
    read_price_list,
    read_underlag,
    read_volumes,
)
from .tariff import (
    AgreementPrice,
    CostPlusPrice,
    FixedPrice,
    GraduatedPrice,
    PackagePrice,
    Phase,
    PhasedPrice,
    SharedPrice,
    Tariff,
    Tier,
    UnitPrice,
    VolumePrice,
)
from .underlag import Billed, Charged, Group, ListUsed, Underlag, Vat
from .verification import verify
from .volumes import Conflict, Entry, File, Provenance, Tally, Volume, Volumes
from .writing import Column, Table, render, summary, underlag_lines, write

__all__ = [
    "Account",
    "Accrual",
    "Accruals",
    "Add",
    "Agreement",
    "AgreementPrice",
    "Area",
    "Billed",
    "Change",
    "Charged",
    "Column",
    "Conflict",
    "ConservationError",
    "CostPlusPrice",
    "Customer",
    "CustomerType",
    "Decision",
    "Deviation",
    "Entry",
    "File",
    "FixedPrice",
    "GraduatedPrice",
    "Group",
    "InputError",
    "InvalidError",
    "IssueError",
    "Kind",
    "Line",
    "ListUsed",
    "Month",
    "NewPrice",
    "Obstacle",
    "PackagePrice",
    "Percent",
    "Phase",
    "PhasedPrice",
    "Price",
    "PriceList",
    "PrismodellError",
    "Problem",
    "Provenance",
    "Rating",
    "Reason",
    "Reconciliation",
    "Register",
    "Remove",
    "Revision",
    "Selection",
    "Service",
    "SharedPrice",
    "Span",
    "Step",
    "StepKind",
    "Subscription",
    "Table",
    "Tally",
    "Tariff",
    "Tertial",
    "Tier",
    "Underlag",
    "UnitPrice",
    "UnpricedError",
    "Unrated",
    "Vat",
    "Volume",
    "VolumePrice",
    "Volumes",
    "accrue",
    "allocate",
    "derive",
    "issue",
    "obstacles",
    "parse_customers",
    "parse_price_list",
    "parse_underlag",
    "preliminary",
    "rate",
    "read_customers",
    "read_price_list",
    "read_underlag",
    "read_volumes",
    "reconcile",
    "reduce_prices",
    "render",
    "round_half_up",
    "summary",
    "underlag_lines",
    "verify",
    "write",
]
