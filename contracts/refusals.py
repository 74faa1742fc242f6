"""The words for what PostgreSQL refuses about contracts (`contracts.guards`)."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_noop as _

from crm.approval.refusals import Words
from crm.guards.refusals import BY_TRIGGER
from crm.models.attachment import STAYS
from crm.models.external import EXTERNAL_TAKEN

MOVED_ON = _("The contract has moved on since you opened it. Look at it again.")
FROZEN = _("The content of this contract is frozen in its present state.")
CHANGE_OPEN = _(
    "A change to this contract is under way. Have it decided or give it up first."
)
CUSTOMER_REPORTED = _("The customer “%s” must be in the books first.")
LONG_OVERDUE = _(
    "%(sum)s CNY of this customer is overdue, for up to %(days)d days. Nothing more is"
    " handed in until it has paid, unless a rule of approval that looks on the days"
    " overdue says who decides."
)
RULE_IN_FRONT = _(
    "%(sum)s CNY of this customer is overdue, for up to %(days)d days. The rule"
    " “%(rule)s” comes first and does not look on that: whoever sets the rules puts the"
    " one that does before it."
)
PLAN_IS_SUM = _(
    "The payment plan does not add up to the contract amount. Change the plan, or take"
    " it away."
)
PLAN_FROZEN = _(
    "The payment plan changes while the contract is written or in force, and not while"
    " anybody decides on it."
)
PLAN_HAS_MONEY = _(
    "Money that was received pays for this instalment. Finance takes it back from it"
    " first."
)
PLAN_OVERDUE = _(
    "A payment that is overdue is not put off by who sells: whoever may approve the"
    " contract changes it."
)
NOT_IN_FORCE = _("Money is allocated to contracts in force and completed ones.")
NO_SUCH_MONEY = _("Only confirmed money of the contract's own customer is allocated.")
TOO_MUCH = _("This is more than what is owed, or more than what is left.")
RECEIPT_MOVED_ON = _("The receipt has moved on since you opened it. Look at it again.")
RECEIPT_FROZEN = _(
    "A confirmed receipt does not change any more. Money that went back is entered as"
    " a refund."
)
RECEIPT_FOUR_EYES = _(
    "Nobody confirms a receipt that they entered, brought or ever changed."
)
REFUND_OF = _("Money goes back of a confirmed receipt of the same customer.")
INVOICE_MOVED_ON = _("The invoice has moved on since you opened it. Look at it again.")
INVOICE_FROZEN = _(
    "An issued invoice does not change any more. It is voided in the month of its"
    " issue, reversed by a red invoice later."
)
INVOICE_FOUR_EYES = _(
    "Nobody issues or voids an invoice that they asked for, brought or ever changed."
)
INVOICE_IN_FORCE = _("Only contracts in force and completed ones are invoiced.")
NO_MORE_INVOICED = _("No more than %s is left to invoice of this contract.")
TOO_MUCH_INVOICED = _("More would be invoiced than the contract comes to.")
INVOICED_ALREADY = _(
    "%(invoiced)s of this contract is invoiced: it cannot come to less than that."
)
RED_OF = _("A red invoice takes back an issued one of the same contract and tax rate.")
VOID_IN_MONTH = _(
    "An invoice is voided only in the month of its issue. Later a red invoice takes it"
    " back: ask for one."
)
INSTALMENT_GONE = _("%(amount)s was for an instalment that is no longer there.")
OVERDRAWN = _("No more goes back than what was received.")
ASSESSMENT_MOVED_ON = _(
    "The assessment has moved on since you opened it. Look at it again."
)
ASSESSMENT_FROZEN = _(
    "A confirmed assessment does not change any more. Assess the customer anew."
)
ASSESSMENT_FOUR_EYES = _(
    "Nobody confirms or rejects an assessment that they entered, brought or ever"
    " changed."
)
WORDS = Words(
    moved_on=MOVED_ON,
    forbidden=_("You cannot do this to this contract."),
    four_eyes=_("Nobody decides on a contract they own, entered, edited or submitted."),
    not_asked=_("This contract does not wait for your decision."),
    not_theirs=_("Only who submitted or owns a contract can recall it."),
    nobody=_(
        "Nobody can approve this contract: “%(rule)s” asks %(step)s, and"
        " no head above and no last resort can stand in. Ask the system"
        " administrator to name a last resort in the approval rules."
    ),
    waiting=_("Contracts that wait for your decision, the longest waiting first."),
    tick=_("Tick contracts, then approve or reject."),
    sure=_("Approve the ticked contracts? What takes effect cannot be taken back."),
    not_open=_("Some of the contracts are not open to you."),
    approved=ngettext_lazy("%d contract approved.", "%d contracts approved."),
    rejected=ngettext_lazy("%d contract rejected.", "%d contracts rejected."),
    who_meets=_("Contracts that meet all of this"),
    first_rule=_(
        "The first rule that a contract meets says who must approve it. A contract"
        " that meets none needs no approval."
    ),
    rule_goes=_(
        "Contracts that met this rule need no approval by it any more. Rounds under"
        " way go on."
    ),
    not_able=_("%s holds no role with the right to approve contracts."),
    role_not_able=_("“%s” has no right to approve contracts: others would be asked."),
    frozen=FROZEN,
)

#: {constraint: (code of the ValidationError, words)}
REFUSALS = {
    "contract_edge": ("conflict", MOVED_ON),
    "contract_needs_round": ("conflict", MOVED_ON),
    "contract_needs_approval": ("conflict", MOVED_ON),
    "contract_needs_verdict": ("conflict", MOVED_ON),
    "contract_begins_as_draft": ("conflict", MOVED_ON),
    "contract_frozen": ("conflict", FROZEN),
    "contract_deleted_only_as_draft": (
        "conflict",
        _("Only a contract that was never registered can be deleted."),
    ),
    "contract_change_open": ("conflict", CHANGE_OPEN),
    "amendment_one_open": ("conflict", CHANGE_OPEN),
    "amendment_edge": ("conflict", MOVED_ON),
    "amendment_needs_round": ("conflict", MOVED_ON),
    "amendment_needs_approval": ("conflict", MOVED_ON),
    "amendment_needs_verdict": ("conflict", MOVED_ON),
    "amendment_frozen": ("conflict", FROZEN),
    "contract_customer_in_books": (
        "invalid",
        _("The customer must be in the books first."),
    ),
    "contract_amount_is_sum": (
        "invalid",
        _("The contract amount is not the sum of its lines."),
    ),
    "contract_plan_is_sum": ("invalid", PLAN_IS_SUM),
    "instalment_frozen": ("conflict", PLAN_FROZEN),
    "instalment_overdue": ("forbidden", PLAN_OVERDUE),
    "instalment_has_money": ("conflict", PLAN_HAS_MONEY),
    "contract_has_money": (
        "conflict",
        _("Money of its customer was received for this contract: it stays theirs."),
    ),
    "rows_stay": ("conflict", BY_TRIGGER["rows_stay"]),
    "receipt_edge": ("conflict", RECEIPT_MOVED_ON),
    "receipt_frozen": ("conflict", RECEIPT_FROZEN),
    "file_stays": ("forbidden", STAYS),
    "receipt_right": ("forbidden", _("You cannot confirm or reject receipts.")),
    "receipt_four_eyes": ("forbidden", RECEIPT_FOUR_EYES),
    "receipt_in_books": ("invalid", _("The receipt must be in the books first.")),
    "receipt_refund_of": ("invalid", REFUND_OF),
    "receipt_refund_is_negative": ("invalid", REFUND_OF),
    "receipt_not_overdrawn": ("conflict", TOO_MUCH),
    "allocation_allowed": ("conflict", NO_SUCH_MONEY),
    "allocation_in_force": ("conflict", NOT_IN_FORCE),
    "instalment_paid_within": ("conflict", TOO_MUCH),
    "contract_received_within": ("conflict", TOO_MUCH),
    "contract_invoiced_within": ("conflict", TOO_MUCH_INVOICED),
    "invoice_edge": ("conflict", INVOICE_MOVED_ON),
    "invoice_frozen": ("conflict", INVOICE_FROZEN),
    "invoice_right": ("forbidden", _("You cannot issue, reject or void invoices.")),
    "invoice_four_eyes": ("forbidden", INVOICE_FOUR_EYES),
    "invoice_in_books": ("invalid", _("The invoice must be in the books first.")),
    "invoice_in_force": ("conflict", INVOICE_IN_FORCE),
    "invoice_red_of": ("conflict", RED_OF),
    "invoice_red_is_negative": ("invalid", RED_OF),
    "invoice_not_overturned": (
        "conflict",
        _("Red invoices would take back more than was invoiced."),
    ),
    "invoice_issued_by_today": (
        "invalid",
        _("An invoice is not issued on a day to come."),
    ),
    "invoice_void_in_month": ("conflict", VOID_IN_MONTH),
    "invoice_has_red": (
        "conflict",
        _("A red invoice takes back from this one: it is not voided any more."),
    ),
    "invoice_paper_once": (
        "invalid",
        _("Another invoice has this code and number already."),
    ),
    "invoice_special_has_buyer": (
        "invalid",
        _("A special VAT invoice needs the buyer's title and tax number."),
    ),
    "assessment_edge": ("conflict", ASSESSMENT_MOVED_ON),
    "assessment_frozen": ("conflict", ASSESSMENT_FROZEN),
    "assessment_right": (
        "forbidden",
        _("You cannot confirm or reject credit assessments."),
    ),
    "assessment_four_eyes": ("forbidden", ASSESSMENT_FOUR_EYES),
    "assessment_in_books": (
        "invalid",
        _("The assessment must be in the books first."),
    ),
    "contract_external_once": ("conflict", EXTERNAL_TAKEN),
    "contract_dates_in_bounds": (
        "invalid",
        _("The date is not between 1990 and 2100."),
    ),
    "contract_dates_in_order": ("invalid", _("The contract ends before it starts.")),
    "amendment_dates_in_bounds": (
        "invalid",
        _("The date is not between 1990 and 2100."),
    ),
    "amendment_dates_in_order": ("invalid", _("The contract ends before it starts.")),
    "edition_of_round": ("conflict", MOVED_ON),
    **WORDS.refusals("round", "decision"),
}


def moved_on():
    """Return the error of who comes too late."""
    return ValidationError(gettext(MOVED_ON), code="conflict")


def change_open():
    """Return the error of who would pass a change that is under way."""
    return ValidationError(gettext(CHANGE_OPEN), code="conflict")
