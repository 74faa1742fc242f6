"""How contracts, what was decided on them and their changes stand on other pages.

In their time lines, and in the figures of a customer.
"""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.fields import CENT
from crm.models.filed_figures import FiledFigure
from crm.models.moments import Moment

#: What happens to a contract is told in the time lines of these.
CONTRACT = {
    "key": "contract",
    "label": _("contracts"),
    "under": ("pk", "customer", "contact"),
    "title": "number",
    "note": ("title",),
    "state": "status",
    "amount": "amount",
}
#: What hangs on a contract leads to its page.
PART = {
    "under": ("contract", "contract__customer"),
    "title": "contract__number",
    "page": "{parent}_detail",
    "lead": "contract_id",
}
OF_CONTRACTS = (
    Moment(**CONTRACT, act=_("signed"), at="signed_on", who="signatory__name"),
    Moment(
        **CONTRACT,
        act=pgettext_lazy("contract", "entered"),
        at="created_at",
        who="entered_by__name",
        where=Q(signed_on=None),
    ),
    Moment(
        **CONTRACT,
        act=pgettext_lazy("contract", "ends"),
        at="ends_on",
        where=Q(status="registered"),
        is_plan=True,
    ),
)
#: What the page of a customer says of its contracts.
FIGURES = (
    FiledFigure(
        key="in_force",
        label=_("contracts in force"),
        under=("customer",),
        where=Q(status="registered"),
        conditions={"status": "registered"},
    ),
    FiledFigure(
        key="pending",
        label=_("contracts pending approval"),
        under=("customer",),
        where=Q(status="pending"),
        conditions={"status": "pending"},
        tone="warn",
    ),
    FiledFigure(
        key="exposure",
        label=_("exposure (CNY)"),
        under=("customer",),
        where=Q(status__in=("registered", "pending")),
        conditions={"status": ["registered", "pending"]},
        amount="amount",
        less="instalments__allocations__amount",
        limit="credit_limit",
        title=_(
            "The amounts of the contracts in force and pending approval that you may"
            " see, less what was received for them."
        ),
    ),
)
OF_DECISIONS = (
    Moment(
        **PART,
        key="decision",
        label=_("decisions"),
        at="at",
        note=("opinion",),
        state="approved",
        states={
            "true": pgettext_lazy("state", "approved"),
            "false": pgettext_lazy("state", "rejected"),
        },
        who="by__name",
    ),
)
OF_RETRACTIONS = (
    Moment(
        **PART,
        key="decision",
        label=_("decisions"),
        at="at",
        note=("decision__opinion",),
        state="decision__approved",
        states={"true": pgettext_lazy("state", "approval taken back")},
        who="decision__by__name",
    ),
)
OF_AMENDMENTS = (
    Moment(
        **PART,
        key="amendment",
        label=_("changes of contracts"),
        at="created_at",
        note=("title",),
        state="state",
        who="entered_by__name",
        amount="amount",
    ),
)
OF_RECEIPTS = (
    Moment(
        key="receipt",
        label=_("receipts"),
        at="received_on",
        under=("customer",),
        title="number",
        note=("payer", "remarks"),
        state="status",
        who="owner__name",
        amount="amount",
    ),
)
OF_INVOICES = (
    Moment(
        key="invoice",
        label=_("invoices"),
        at="requested_on",
        under=("customer", "contract"),
        title="number",
        note=("title", "remarks"),
        state="status",
        who="owner__name",
        amount="amount",
    ),
)
OF_ASSESSMENTS = (
    Moment(
        key="creditassessment",
        label=_("credit assessments"),
        at="created_at",
        under=("customer",),
        title="number",
        note=("reason",),
        state="status",
        who="entered_by__name",
        amount="limit",
    ),
)
#: What the page of a customer says of its receipts.
PREPAYMENTS = (
    FiledFigure(
        key="prepaid",
        label=_("prepayments (CNY)"),
        under=("customer",),
        where=Q(prepaid__gt=0),
        conditions={"prepaid_min": CENT},
        amount="prepaid",
        title=_("What is left of confirmed receipts and pays for nothing yet."),
    ),
)
