"""Contracts: what holds of them, and where they stand."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from contracts import guards
from contracts.dictionaries import TERMINATION_REASON
from contracts.models.content import CONTENT, Content
from contracts.models.days import DATED
from contracts.models.measures import OF_CONTRACTS as SOLD
from contracts.models.moments import FIGURES, OF_CONTRACTS
from contracts.models.owing import Owing
from contracts.models.querysets import CAME_BACK, HANDED_IN, ContractQuerySet
from crm.fields import LARGEST_AMOUNT, DerivedTextField
from crm.guards.ledger import tallied
from crm.guards.options import options_kept
from crm.guards.parents import parents_live
from crm.guards.triggers import number_kept
from crm.models import DictionaryField, Record
from crm.models.external import external_once
from crm.models.groups import RESPONSIBLE
from crm.models.indexes import (
    bin_index,
    elsewhere_index,
    list_index,
    report_indexes,
    search_indexes,
)
from crm.models.record import UNBOUND, LiveManager
from crm.models.record_guards import record_constraints, record_triggers
from crm.models.versions import person
from customers.triggers import owner_asked, owner_of_customer, rows_stay

NEVER_DELETED = gettext_noop(
    "Only a contract that was never in the books can be deleted. One that holds is"
    " completed or terminated instead, and stays readable."
)
#: How a change stands that is under way beside what holds (`Amendment.State`).
CHANGES = (
    ("writing", _("change being written")),
    ("reported", _("change awaiting registration")),
    ("pending", _("change pending approval")),
    ("rejected", _("change rejected")),
    ("recalled", _("change recalled")),
)


class Contract(Content, Owing, Record):
    """A contract with a customer.

    Its content (fields, lines, files) is written until it goes to those who decide.
    From then on it is what holds: only an `Amendment` that was approved changes it,
    in one step, and `edition` counts that. What held before stays readable as an
    `Edition`. `contracts.approval` holds the verbs, `contracts.guards` what
    PostgreSQL refuses.
    """

    segment = "contracts"
    #: By the day of signing its lines cost what they cost: their form asks that.
    each_its_own = ("signed_on",)
    bounded_days = (*Record.bounded_days, "terminated_on")
    charts = "contracts.charts.OF_CONTRACTS"
    actions = (
        *Record.actions,
        "import",
        "submit",
        "approve",
        "complete",
        "terminate",
    )

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        REPORTED = "reported", pgettext_lazy("state", "awaiting registration")
        PENDING = "pending", _("pending approval")
        REJECTED = "rejected", pgettext_lazy("state", "rejected")
        RECALLED = "recalled", pgettext_lazy("state", "recalled")
        REGISTERED = "registered", pgettext_lazy("state", "in force")
        COMPLETED = "completed", pgettext_lazy("state", "completed")
        TERMINATED = "terminated", pgettext_lazy("state", "terminated")

    #: While it stands so, its content is still being written.
    WRITABLE = (Status.DRAFT, Status.REPORTED, Status.REJECTED, Status.RECALLED)
    #: What is approved, or being decided upon, keeps its options.
    keeps_options = ~Q(status__in=WRITABLE)
    #: Its writer can hand it in then.
    SUBMITTABLE = (Status.DRAFT, Status.REJECTED, Status.RECALLED)

    groups = (
        (
            _("Basics"),
            (
                "number",
                "title",
                "customer",
                "kind",
                "amount",
                "tax_rate",
                "external_number",
            ),
        ),
        (
            _("Signing and term"),
            ("signed_on", "starts_on", "ends_on", "signatory", "contact"),
        ),
        (_("What is agreed"), ("terms",)),
        RESPONSIBLE,
    )
    owner_paths = ("owner", "customer_owner")
    team_path = "customer"
    names_along = ("customer", "contact")
    tab_under = ("customer",)
    moments, figures = OF_CONTRACTS, FIGURES
    measures = SOLD
    goes_along = {"customer": ~Q(status__in=("pending", "completed", "terminated"))}
    title_extras = ("customer__name", "amount", "status")
    dated = DATED
    flow = "contracts.approval.FLOW"
    papers = ("contracts.papers.SHEET", "contracts.papers.APPROVAL")
    inbox_verbs = "contracts.approval.inbox"
    sort_field = "number"
    shared_by = ("kind",)
    found_through = ("customer",)
    worded = ("title", "terms")
    lettered = ("number", "external_number")
    number_prefix = "HT"
    given_on_entry = ("number", "edited_by")
    acts = Record.acts | guards.CONTRACT_ACTS
    #: What is being decided upon is not touched by a merge (`crm.duplicates.moving`).
    merge_waits = Q(status="pending") | Q(amendment_state__in=("reported", "pending"))
    named = ("title",)

    number = models.CharField(
        _("contract number"),
        max_length=30,
        unique=True,
        editable=False,
        db_default=models.Func(function="contracts_next_number"),
    )
    customer_owner = owner_of_customer()
    status = models.CharField(
        _("contract status"),
        max_length=10,
        choices=Status.choices,
        default=Status.DRAFT,
        editable=False,
    )
    edition = models.PositiveIntegerField(_("edition"), default=1, editable=False)
    edited_by = person(_("content last edited by"), null=True, editable=False)
    completed_on = models.DateField(_("completed on"), null=True, editable=False)
    terminated_on = models.DateField(_("terminated on"), null=True, editable=False)
    termination_reason = DictionaryField(
        TERMINATION_REASON, _("termination reason"), editable=False
    )
    amendment_state = models.CharField(
        _("amendment"),
        max_length=10,
        choices=CHANGES,
        blank=True,
        default="",
        editable=False,
    )
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")

    objects = LiveManager.from_queryset(ContractQuerySet)()
    everything = ContractQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        constraints = (
            *record_constraints("contract"),
            external_once("contract"),
            *guards.contract_checks(LARGEST_AMOUNT),
        )
        indexes = (
            *(
                list_index(name, *columns, people=("owner", "customer_owner"))
                for name, columns in (
                    ("contract_whose", ()),
                    ("contract_created", ("created_at",)),
                    ("contract_changed", ("changed_at",)),
                    ("contract_owner", ("owner", "created_at")),
                    ("contract_customer_owner", ("customer_owner", "created_at")),
                    ("contract_customer", ("customer", "created_at")),
                    ("contract_reporter", ("reporter", "created_at")),
                    ("contract_status", ("status", "created_at")),
                    ("contract_amendment", ("amendment_state", "created_at")),
                    ("contract_kind", ("kind", "created_at")),
                    ("contract_no", ("number",)),
                    ("contract_amount", ("amount",)),
                    ("contract_tax", ("tax_rate",)),
                    ("contract_signed", ("signed_on",)),
                    ("contract_starts", ("starts_on",)),
                    ("contract_ends", ("ends_on",)),
                    ("contract_edition", ("edition",)),
                    ("contract_completed", ("completed_on",)),
                    ("contract_terminated", ("terminated_on",)),
                    ("contract_received", ("received",)),
                    ("contract_unpaid", ("unpaid",)),
                    ("contract_next_due", ("next_due_on",)),
                    ("contract_invoiced", ("invoiced",)),
                    ("contract_invoiced_unpaid", ("invoiced_unpaid",)),
                )
            ),
            elsewhere_index("contract_elsewhere"),
            models.Index(
                fields=("owner", "id"),
                name="contract_came_back",
                condition=Q(deleted_at=None) & CAME_BACK,
            ),
            *report_indexes("contract", ("owner", "customer_owner")),
            models.Index(
                fields=("created_at", "id"),
                include=("owner", "customer_owner"),
                condition=Q(deleted_at=None) & HANDED_IN,
                name="contract_handed_in",
            ),
            bin_index("contract", ("owner", "customer_owner")),
            *search_indexes("contract"),
        )
        triggers = (
            *record_triggers(
                "contracts.contract",
                title="number",
                kept=(
                    "customer_owner_id",
                    "edited_by_id",
                    "amendment_state",
                    *guards.OF_CONTRACT,
                    "search_text",
                    "search_pinyin",
                    "external_key",
                ),
            ),
            number_kept(),
            owner_asked(),
            *rows_stay("contracts_amendment"),
            parents_live(),
            *options_kept(),
            *tallied(
                "contracts.contract",
                other="customer_owner_id",
                state="status",
                amount="amount",
                summed=True,
            ),
            *guards.contract_triggers(CONTENT),
            guards.turns_of_contracts(),
            guards.insight_told(),
            guards.money_stays("contract"),
        )

    def __str__(self):
        return f"{self.number} {self.title}"

    @classmethod
    def ids_beyond_reach(cls, user, action, outside=UNBOUND):
        """Add what one can be or was asked to decide."""
        decides = user.rights.reach("contracts.approve_contract") is not None
        if not decides or action not in ("view", "approve"):
            return ()
        return cls.objects.asked_of(user, outside)

    @classmethod
    def open_to(cls, act):
        """What is approved changes by amendments, whose it is not while it is asked."""
        if act == "edit":
            return Q(status__in=cls.WRITABLE)
        return ~Q(status="pending")

    @property
    def is_writable(self):
        """Whether the content may change without an amendment."""
        return self.status in self.WRITABLE

    @property
    def is_reported(self):
        """Whether it, or a change to it, waits to be registered."""
        return "reported" in (self.status, self.amendment_state)

    @property
    def reports_change(self):
        """Whether a change to it waits to be registered."""
        return self.amendment_state == "reported"

    @property
    def shown_amendment(self):
        """How the change stands as pages say it: handed in is pending."""
        state = self.amendment_state
        return self.Status.PENDING.value if state == "reported" else state

    @property
    def attachments_frozen(self):
        """Files are part of what is approved."""
        return not self.is_writable

    def page_of(self, name):
        """Return the address of one of the contract's pages: amendment."""
        return reverse(f"contract_{name}", args=[self.pk])

    def discard(self, by):
        """Put what was never in the books into the recycle bin.

        Raises:
            ValidationError: it is under way or was registered, or it is referred to.
        """
        if not self.is_writable:
            raise ValidationError(gettext(NEVER_DELETED), code="conflict")
        super().discard(by)
