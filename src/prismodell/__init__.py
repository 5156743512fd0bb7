"""
Price and bill what a shared-services centre does for its customers: volumes × price list, to the öre.
"""

from .accrual import Accrual, Accruals, accrue
from .archiving import Archive, archive, read_archive, verify_archive
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
from .inputs import Inputs, Material
from .issuing import issue
from .lines import Line, Unrated
from .manifest import ArchivedFile, Manifest, Versions
from .money import allocate, round_half_up
from .obstacles import Obstacle, obstacles
from .periods import Month, Span, Tertial
from .preliminary import Deviation, Reconciliation, preliminary, reconcile
from .pricechanges import Add, Change, NewPrice, Percent, Remove, Selection, derive, reduce_prices
from .pricelist import Decision, Price, PriceList, Revision
from .pricing import Step, StepKind
from .rating import Account, Rating, rate
from .reading import (
    parse_customers,
    parse_price_list,
    parse_underlag,
    read_customers,
    read_price_list,
    read_price_table,
    read_underlag,
    read_volumes,
)
from .reduction import Reduced, Reduction, reduce_to_target
from .rowchanges import RowChange, row_changes
from .scenarios import Scenarios
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
from .writing import (
    Column,
    Page,
    Table,
    accruals_table,
    deviations_table,
    month_end,
    price_list_page,
    render,
    row_changes_table,
    summary,
    underlag_lines,
    write,
)

__all__ = [
    "Account",
    "Accrual",
    "Accruals",
    "Add",
    "Agreement",
    "AgreementPrice",
    "Archive",
    "ArchivedFile",
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
    "Inputs",
    "InvalidError",
    "IssueError",
    "Kind",
    "Line",
    "ListUsed",
    "Manifest",
    "Material",
    "Month",
    "NewPrice",
    "Obstacle",
    "PackagePrice",
    "Page",
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
    "Reduced",
    "Reduction",
    "Register",
    "Remove",
    "Revision",
    "RowChange",
    "Scenarios",
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
    "Versions",
    "Volume",
    "VolumePrice",
    "Volumes",
    "accruals_table",
    "accrue",
    "allocate",
    "archive",
    "derive",
    "deviations_table",
    "issue",
    "month_end",
    "obstacles",
    "parse_customers",
    "parse_price_list",
    "parse_underlag",
    "preliminary",
    "price_list_page",
    "rate",
    "read_archive",
    "read_customers",
    "read_price_list",
    "read_price_table",
    "read_underlag",
    "read_volumes",
    "reconcile",
    "reduce_prices",
    "reduce_to_target",
    "render",
    "round_half_up",
    "row_changes",
    "row_changes_table",
    "summary",
    "underlag_lines",
    "verify",
    "verify_archive",
    "write",
]
