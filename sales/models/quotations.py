"""Quotations (报价): what a customer is offered, for how much and until when."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from contracts.models import Contract
from crm.approval.asking import asked_ids
from crm.fields import DerivedTextField
from crm.guards.ledger import tallied
from crm.guards.options import options_kept
from crm.guards.parents import parents_live
from crm.guards.triggers import number_kept
from crm.models import DictionaryField, Record
from crm.models.dated import Dated
from crm.models.groups import RESPONSIBLE
from crm.models.indexes import (
    bin_index,
    elsewhere_index,
    list_index,
    report_indexes,
    search_indexes,
)
from crm.models.record import UNBOUND
from crm.models.record_guards import days_in_bounds, record_constraints, record_triggers
from crm.models.versions import person
from customers.triggers import owner_asked, owner_of_customer, same_customer
from sales.dictionaries import CLOSING_REASON
from sales.guards import quotations as guards
from sales.guards.quotation_checks import quotation_checks
from sales.models.day_facts import OF_QUOTATIONS as OF_A_DAY
from sales.models.moments import OF_QUOTATIONS, QUOTED
from sales.models.offers import Offer

WRONG_WAY_ROUND = _("It would end before it is made.")
NEVER_DELETED = gettext_noop(
    "What was approved stays readable. It is declined, or a new version takes its"
    " place."
)


class Quotation(Offer, Record):
    """An offer to a customer; approved, it never changes: a new version replaces it.

    `sales.quotations` moves it, `sales.approval` asks for its discount; what PostgreSQL
    refuses says `sales.guards.quotations`. All versions of one offer share `series`.
    What its lines come to is kept by PostgreSQL.
    """

    segment = "quotations"
    rank = 1
    actions = (*Record.actions, "import", "submit", "approve")
    each_its_own = ("quoted_on", "valid_until")

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("quotation", "draft")
        PENDING = "pending", _("pending approval")
        REJECTED = "rejected", pgettext_lazy("state", "rejected")
        RECALLED = "recalled", pgettext_lazy("state", "recalled")
        APPROVED = "approved", pgettext_lazy("quotation", "may be sent")
        SENT = "sent", pgettext_lazy("quotation", "sent")
        ACCEPTED = "accepted", pgettext_lazy("quotation", "accepted")
        DECLINED = "declined", pgettext_lazy("quotation", "declined")
        EXPIRED = "expired", pgettext_lazy("quotation", "expired")
        SUPERSEDED = "superseded", pgettext_lazy("quotation", "replaced")

    WRITABLE, OFFERED = guards.WRITABLE, guards.OFFERED
    REPLACEABLE = guards.REPLACEABLE
    #: What is approved, or being decided upon, keeps its options.
    keeps_options = ~Q(status__in=guards.WRITABLE)
    groups = (
        (
            _("Basics"),
            (
                "number",
                "title",
                "customer",
                "contact",
                "opportunity",
                "quoted_on",
                "valid_until",
            ),
        ),
        (_("What it comes to"), ("discount", "tax_rate", "amount")),
        (_("Terms of the offer"), ("terms",)),
        RESPONSIBLE,
    )
    owner_paths = ("owner", "customer_owner")
    team_path = "customer"
    names_along = ("customer", "contact", "opportunity")
    tab_under = ("customer", "opportunity", "contract")
    tally_state = "status"
    flow = "sales.approval.FLOW"
    papers = ("sales.papers.SHEET",)
    quoting = "sales.quoting"
    goes_along = {"customer": ~Q(status__in=("pending", "superseded"))}
    merge_waits = Q(status="pending")
    title_extras = ("customer__name", "amount", "status")
    found_through = ("customer",)
    depends_on = ("customer",)
    refused = guards.REFUSED
    named = ("title",)
    worded = ("title", "terms")
    lettered = ("number",)
    sort_field = "number"
    number_prefix = "BJ"
    given_on_entry = ("number", "series", "edition", "edited_by")
    acts = Record.acts | guards.ACTS
    moments, figures = OF_QUOTATIONS, QUOTED
    day_facts = OF_A_DAY
    dated = (
        Dated(
            "valid_until",
            pgettext_lazy("calendar", "quotation ends"),
            "valid_until",
            condition=Q(status__in=guards.OFFERED),
        ),
    )

    number = models.CharField(
        _("quotation number"), max_length=40, unique=True, editable=False
    )
    series = models.CharField(_("series"), max_length=30, editable=False)
    edition = models.PositiveIntegerField(_("version"), default=1, editable=False)
    replaces = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name=_("replaces"),
        related_name="replaced_by",
    )
    customer_owner = owner_of_customer()
    amount = models.DecimalField(
        _("quoted amount (CNY)"),
        max_digits=18,
        decimal_places=2,
        default=0,
        editable=False,
    )
    list_amount = models.DecimalField(
        _("at listed prices (CNY)"),
        max_digits=20,
        decimal_places=2,
        default=0,
        editable=False,
    )
    discount_most = models.DecimalField(
        _("furthest below the list (%)"),
        max_digits=5,
        decimal_places=2,
        default=0,
        editable=False,
    )
    below_floor = models.BooleanField(
        _("below the lowest price"), default=False, editable=False
    )
    status = models.CharField(
        _("quotation status"),
        max_length=10,
        choices=Status.choices,
        default=Status.DRAFT,
        editable=False,
    )
    edited_by = person(_("content last edited by"), null=True, editable=False)
    sent_on = models.DateField(_("sent on"), null=True, editable=False)
    answered_on = models.DateField(_("answered on"), null=True, editable=False)
    decline_reason = DictionaryField(
        CLOSING_REASON, _("why it was declined"), editable=False
    )
    answer_note = models.CharField(
        _("note on the answer"), max_length=500, blank=True, editable=False
    )
    contract = models.ForeignKey(
        Contract,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("contract"),
        related_name="quotations",
    )
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")

    class Meta(Record.Meta):
        verbose_name = _("quotation")
        verbose_name_plural = _("quotations")
        constraints = (
            *record_constraints("quotation"),
            days_in_bounds(
                "quotation", "quoted_on", "valid_until", "sent_on", "answered_on"
            ),
            *quotation_checks(WRONG_WAY_ROUND),
        )
        indexes = (
            *(
                list_index(name, *columns, people=("owner", "customer_owner"))
                for name, columns in (
                    ("quotation_created", ("created_at",)),
                    ("quotation_changed", ("changed_at",)),
                    ("quotation_owner", ("owner", "created_at")),
                    ("quotation_customer_owner", ("customer_owner", "created_at")),
                    ("quotation_customer", ("customer", "created_at")),
                    ("quotation_opportunity", ("opportunity", "created_at")),
                    ("quotation_reporter", ("reporter", "created_at")),
                    ("quotation_status", ("status", "created_at")),
                    ("quotation_no", ("number",)),
                    ("quotation_amount", ("amount",)),
                    ("quotation_quoted", ("quoted_on",)),
                    ("quotation_valid", ("valid_until",)),
                    ("quotation_off", ("discount_most",)),
                )
            ),
            elsewhere_index("quotation_elsewhere"),
            *report_indexes("quotation", ("owner", "customer_owner")),
            bin_index("quotation", ("owner", "customer_owner")),
            *search_indexes("quotation"),
        )
        triggers = (
            *record_triggers(
                "sales.quotation",
                title="number",
                kept=(
                    "customer_owner_id",
                    "edited_by_id",
                    *guards.KEPT,
                    "search_text",
                    "search_pinyin",
                ),
            ),
            number_kept(),
            owner_asked(),
            parents_live(),
            *options_kept(),
            same_customer(
                "quotation",
                contact="customers_contact",
                opportunity="sales_opportunity",
                contract="contracts_contract",
            ),
            *guards.quotation_triggers(),
            *tallied(
                "sales.quotation",
                other="customer_owner_id",
                state="status",
                amount="amount",
                summed=True,
            ),
        )

    def __str__(self):
        return f"{self.number} {self.title}"

    @classmethod
    def ids_beyond_reach(cls, user, action, outside=UNBOUND):
        """Add what one can be or was asked to decide."""
        return asked_ids(cls, user, action, outside)

    @classmethod
    def open_to(cls, act):
        """What was handed in is edited no more, and nobody else's while it is asked."""
        if act == "edit":
            return Q(status__in=cls.WRITABLE)
        return ~Q(status="pending")

    @property
    def is_writable(self):
        """Whether nobody has yet to decide on it, or has."""
        return self.status in self.WRITABLE

    @property
    def is_offered(self):
        """Whether the customer may still take it."""
        return self.status in self.OFFERED

    @property
    def is_overdue(self):
        """Whether it is past the day until which it holds, and nobody has noted it."""
        return self.is_offered and self.valid_until < timezone.localdate()
