"""Opportunities (商机): what a customer may buy, and how far it has come."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracts.models import Contract
from crm.fields import LARGEST_AMOUNT, DerivedTextField
from crm.guards.ledger import tallied
from crm.guards.options import options_kept
from crm.guards.parents import parents_live
from crm.guards.triggers import number_kept
from crm.models import Attachment, DictionaryField, Record
from crm.models.attachment import file_triggers
from crm.models.dated import Dated
from crm.models.groups import RESPONSIBLE
from crm.models.indexes import (
    bin_index,
    elsewhere_index,
    list_index,
    report_indexes,
    search_indexes,
)
from crm.models.record_guards import days_in_bounds, record_constraints, record_triggers
from crm.validators import validate_business_date
from customers.dictionaries import CUSTOMER_SOURCE
from customers.models import Contact, Customer
from customers.triggers import owner_asked, owner_of_customer, rows_stay, same_customer
from sales.dictionaries import CLOSING_REASON, OPPORTUNITY_NEED
from sales.guards import opportunities as guards
from sales.models.day_facts import OF_OPPORTUNITIES as OF_A_DAY
from sales.models.measures import OF_OPPORTUNITIES as WON
from sales.models.moments import FIGURES, OF_OPPORTUNITIES
from sales.models.pipelines import Stage

#: An open one slips whose order was put off so many times.
SLIPPING = 2


class Opportunity(Record):
    """What a customer may buy, in a stage of a pipeline; `sales.moves` alone moves it.

    PostgreSQL keeps each `Stay`, and how often the order was put off. `status` and
    `entered_stage_at` follow from the stage.
    """

    segment = "opportunities"
    charts = "sales.charts.OF_OPPORTUNITIES"
    actions = (*Record.actions, "reopen")

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("opportunity", "open")
        WON = "won", pgettext_lazy("opportunity", "won")
        LOST = "lost", pgettext_lazy("opportunity", "lost")
        VOID = "void", pgettext_lazy("opportunity", "void")

    groups = (
        (
            _("Basics"),
            ("number", "title", "customer", "contact", "source", "need", "details"),
        ),
        (_("How far it is"), ("stage", "amount", "expected_on", "probability")),
        (_("What comes next"), ("next_step", "next_contact_at")),
        RESPONSIBLE,
    )
    asked_once = ("stage",)
    owner_paths = ("owner", "customer_owner")
    team_path = "customer"
    names_along = ("customer", "contact")
    tab_under = ("customer",)
    tally_state = "status"
    goes_along = {"customer": Q(status="open")}
    title_extras = ("customer__name", "amount", "status")
    found_through = ("customer",)
    depends_on = ("customer",)
    refused = guards.REFUSED
    named = ("title",)
    worded = ("title", "next_step", "details")
    lettered = ("number",)
    sort_field = "number"
    number_prefix = "SJ"
    given_on_entry = ("number", "status", "entered_stage_at")
    acts = Record.acts | guards.ACTS
    moments, figures = OF_OPPORTUNITIES, FIGURES
    day_facts = OF_A_DAY
    measures = WON
    dated = (
        Dated(
            "next_step",
            pgettext_lazy("calendar", "next step"),
            "next_contact_at",
            condition=Q(status="open"),
            is_due=True,
        ),
        Dated(
            "expected",
            pgettext_lazy("calendar", "order expected"),
            "expected_on",
            tone="good",
            condition=Q(status="open"),
        ),
    )

    number = models.CharField(
        _("opportunity number"),
        max_length=30,
        unique=True,
        editable=False,
        db_default=models.Func(models.Value("SJ"), function="sales_next_number"),
    )
    title = models.CharField(_("opportunity title"), max_length=200)
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        verbose_name=_("customer"),
        related_name="opportunities",
    )
    customer_owner = owner_of_customer()
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("contact"),
        related_name="opportunities",
    )
    stage = models.ForeignKey(
        Stage, models.PROTECT, verbose_name=_("stage"), related_name="+"
    )
    status = models.CharField(
        _("opportunity status"),
        max_length=4,
        choices=Status.choices,
        default=Status.OPEN,
        editable=False,
    )
    entered_stage_at = models.DateTimeField(
        _("in this stage since"), null=True, editable=False
    )
    amount = models.DecimalField(
        _("expected amount (CNY)"),
        max_digits=18,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_AMOUNT)],
    )
    expected_on = models.DateField(
        _("order expected on"), validators=[validate_business_date]
    )
    times_put_off = models.PositiveSmallIntegerField(
        _("times put off"), default=0, db_default=0, editable=False
    )
    probability = models.PositiveSmallIntegerField(
        _("own probability (%)"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
    )
    source = DictionaryField(CUSTOMER_SOURCE, pgettext_lazy("opportunity", "source"))
    need = DictionaryField(OPPORTUNITY_NEED, _("reason of the need"))
    ticked = ArrayField(  # by their words (`sales.moves.tick`)
        models.CharField(max_length=100),
        verbose_name=_("tasks done"),
        default=list,
        editable=False,
    )
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_contact_at = models.DateTimeField(
        _("next contact at"), null=True, blank=True, validators=[validate_business_date]
    )
    details = models.TextField(_("details"), max_length=5000, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, editable=False)
    closing_reason = DictionaryField(
        CLOSING_REASON, _("closing reason"), editable=False
    )
    move_note = models.CharField(
        _("note on the last move"), max_length=500, blank=True, editable=False
    )
    contract = models.ForeignKey(
        Contract,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("contract"),
        related_name="opportunities",
    )
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")

    class Meta(Record.Meta):
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        constraints = (
            *record_constraints("opportunity"),
            days_in_bounds("opportunity", "expected_on", moments=("next_contact_at",)),
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lte=LARGEST_AMOUNT),
                name="opportunity_amount_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(probability=None) | Q(probability__lte=100),
                name="opportunity_probability_percent",
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_on=None, contract=None)
                | Q(status="won", closed_on__isnull=False)
                | Q(
                    status__in=("lost", "void"),
                    closed_on__isnull=False,
                    closing_reason__isnull=False,
                    contract=None,
                ),
                name="opportunity_closed_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status="won")
                | Q(contract__isnull=False)
                | ~Q(move_note=""),
                name="opportunity_won_by_contract",
            ),
        )
        indexes = (
            *(
                list_index(name, *columns, people=("owner", "customer_owner"))
                for name, columns in (
                    ("opportunity_created", ("created_at",)),
                    ("opportunity_changed", ("changed_at",)),
                    ("opportunity_owner", ("owner", "created_at")),
                    ("opportunity_customer_owner", ("customer_owner", "created_at")),
                    ("opportunity_customer", ("customer", "created_at")),
                    ("opportunity_reporter", ("reporter", "created_at")),
                    ("opportunity_status", ("status", "created_at")),
                    ("opportunity_stage", ("stage", "expected_on")),
                    ("opportunity_no", ("number",)),
                    ("opportunity_amount", ("amount",)),
                    ("opportunity_expected", ("expected_on",)),
                    ("opportunity_next", ("next_contact_at",)),
                    ("opportunity_closed", ("closed_on",)),
                )
            ),
            elsewhere_index("opportunity_elsewhere"),
            *report_indexes("opportunity", ("owner", "customer_owner")),
            bin_index("opportunity", ("owner", "customer_owner")),
            *search_indexes("opportunity"),
        )
        triggers = (
            *record_triggers(
                "sales.opportunity",
                title="title",
                kept=(
                    "customer_owner_id",
                    "times_put_off",
                    "search_text",
                    "search_pinyin",
                ),
            ),
            number_kept(),
            owner_asked(),
            parents_live(),
            *options_kept(),
            same_customer(
                "opportunity",
                contact="customers_contact",
                contract="contracts_contract",
            ),
            *rows_stay(),
            guards.ready_for_stage(),
            guards.staged(),
            guards.stays_kept(),
            guards.put_off(),
            *tallied(
                "sales.opportunity",
                other="customer_owner_id",
                state="status",
                amount="amount",
                summed=True,
            ),
        )

    def __str__(self):
        return f"{self.number} {self.title}"

    @property
    def is_late(self):
        """Whether it is open past the day on which the order was expected."""
        is_open = self.status == self.Status.OPEN
        return is_open and self.expected_on < timezone.localdate()

    @property
    def is_stuck(self):
        """Whether it is open and longer in its stage than its pipeline plans."""
        most = self.stage.max_days
        if self.status != self.Status.OPEN or not most:
            return False
        return timezone.now() - self.entered_stage_at > timedelta(days=most)

    @property
    def is_slipping(self):
        """Whether it is open and was put off so often that it may never come."""
        return self.status == self.Status.OPEN and self.times_put_off >= SLIPPING


class OpportunityAttachment(Attachment):
    """A file kept with an opportunity."""

    record = models.ForeignKey(Opportunity, models.CASCADE, related_name="attachments")

    class Meta(Attachment.Meta):
        triggers = file_triggers("sales.opportunityattachment", "sales.opportunity")
