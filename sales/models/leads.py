"""Leads (线索): who may want to buy something, before anybody knows more."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.chinese.folding import folded
from crm.fields import LARGEST_AMOUNT, DerivedTextField
from crm.guards.ledger import tallied
from crm.guards.options import options_kept
from crm.guards.parents import parents_live
from crm.guards.triggers import number_kept
from crm.models import Attachment, DictionaryField, Record, region_field
from crm.models.attachment import file_triggers
from crm.models.groups import RESPONSIBLE
from crm.models.indexes import (
    LIVE,
    bin_index,
    list_index,
    report_indexes,
    search_indexes,
)
from crm.models.record_guards import days_in_bounds, record_constraints, record_triggers
from crm.models.versions import signature
from crm.validators import validate_business_date, validate_day_of_deed, validate_phone
from customers.dictionaries import CUSTOMER_SOURCE, INDUSTRY
from customers.models import Contact, Customer
from customers.triggers import same_customer
from sales.dictionaries import INTERACTION_METHOD, INVALID_REASON
from sales.guards.leads import ACTS, REFUSED, led
from sales.models.day_facts import OF_LEADS as OF_A_DAY
from sales.models.moments import OF_LEADS
from sales.models.opportunities import Opportunity

#: What the model derives from other columns.
DERIVED = ("search_text", "search_pinyin", "company_key")


class Lead(Record):
    """Somebody who may want to buy; `sales.leads` and `sales.conversion` alone move it.

    An unassigned lead is owned by who entered it, or had it last: the status says that
    nobody works on it yet. Whoever gets it from there by whatever way – assigned,
    transferred, named as the owner of a new one – is to work on it: PostgreSQL makes
    it pending (`sales.guards.leads.led`).
    """

    segment = "leads"
    charts = "sales.charts.OF_LEADS"
    inbox_verbs = "sales.leads.registering"
    actions = (*Record.actions, "import")

    class Status(models.TextChoices):
        UNASSIGNED = "unassigned", pgettext_lazy("lead", "unassigned")
        PENDING = "pending", pgettext_lazy("lead", "to be contacted")
        WORKING = "working", pgettext_lazy("lead", "being worked on")
        CONVERTED = "converted", pgettext_lazy("lead", "converted")
        INVALID = "invalid", pgettext_lazy("lead", "invalid")

    OPEN = (Status.UNASSIGNED, Status.PENDING, Status.WORKING)

    groups = (
        (_("Basics"), ("number", "company", "person", "title")),
        (_("How to reach them"), ("mobile", "phone", "email", "wechat")),
        (
            _("What they want"),
            ("source", "region", "industry", "budget", "expected_on", "need"),
        ),
        (_("Consent to be contacted"), ("consent", "consented_on")),
        RESPONSIBLE,
    )
    tally_state = "status"
    shared_by = ("region", "industry")
    title_extras = ("person", "status")
    named, named_people = ("company", "person"), ("person",)
    worded = ("company", "person", "need")
    lettered = ("number", "mobile", "phone", "email", "wechat")
    dialled = ("mobile", "phone")
    sort_field = "number"
    number_prefix = "XS"
    given_on_entry = ("number", "status", "assigned_at")
    acts = Record.acts | ACTS
    refused = REFUSED
    moments = OF_LEADS
    day_facts = OF_A_DAY

    number = models.CharField(
        _("lead number"),
        max_length=30,
        unique=True,
        editable=False,
        db_default=models.Func(models.Value("XS"), function="sales_next_number"),
    )
    company = models.CharField(_("company name"), max_length=200)
    person = models.CharField(_("contact name"), max_length=50, blank=True)
    title = models.CharField(_("job title"), max_length=50, blank=True)
    mobile = models.CharField(
        _("mobile"), max_length=40, blank=True, validators=[validate_phone]
    )
    phone = models.CharField(
        _("phone"), max_length=60, blank=True, validators=[validate_phone]
    )
    email = models.EmailField(_("e-mail"), blank=True)
    wechat = models.CharField(_("WeChat"), max_length=50, blank=True)
    source = DictionaryField(CUSTOMER_SOURCE, pgettext_lazy("lead", "source"))
    region = region_field()
    industry = DictionaryField(INDUSTRY, _("industry"))
    budget = models.DecimalField(
        _("budget (CNY)"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_AMOUNT)],
    )
    expected_on = models.DateField(
        _("purchase expected on"),
        null=True,
        blank=True,
        validators=[validate_business_date],
    )
    need = models.TextField(_("need"), max_length=5000, blank=True)
    consent = models.CharField(_("how they consented"), max_length=200, blank=True)
    consented_on = models.DateField(
        _("consented on"), null=True, blank=True, validators=[validate_day_of_deed]
    )
    status = models.CharField(
        _("lead status"),
        max_length=10,
        choices=Status.choices,
        default=Status.UNASSIGNED,
        editable=False,
    )
    status_since = models.DateTimeField(
        _("in this status since"), null=True, editable=False
    )
    assigned_at = models.DateTimeField(
        _("assigned at"), null=True, blank=True, editable=False
    )
    first_touched_at = models.DateTimeField(
        _("first contact at"), null=True, blank=True, editable=False
    )
    touched_by = signature(_("first contact by"), null=True, blank=True, editable=False)
    touch_method = DictionaryField(
        INTERACTION_METHOD, _("method of the first contact"), editable=False
    )
    touch_text = models.TextField(
        _("what the first contact said"), max_length=5000, blank=True, editable=False
    )
    invalid_reason = DictionaryField(
        INVALID_REASON, _("reason of invalidity"), editable=False
    )
    move_note = models.CharField(
        _("note on the last move"), max_length=500, blank=True, editable=False
    )
    converted_at = models.DateTimeField(
        _("converted at"), null=True, blank=True, editable=False
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("customer"),
        related_name="leads",
    )
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("contact"),
        related_name="leads",
    )
    opportunity = models.ForeignKey(
        Opportunity,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("opportunity"),
        related_name="leads",
    )
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")
    company_key = DerivedTextField("key_of_company")

    class Meta(Record.Meta):
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        constraints = (
            *record_constraints("lead"),
            days_in_bounds("lead", "expected_on", "consented_on"),
            models.CheckConstraint(
                condition=Q(budget=None) | Q(budget__gte=0, budget__lte=LARGEST_AMOUNT),
                name="lead_budget_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(consented_on=None) | ~Q(consent=""),
                name="lead_consent_has_source",
                violation_error_message=_("Say how they consented."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=("unassigned", "converted", "invalid"))
                | Q(status="pending", assigned_at__isnull=False)
                | Q(
                    status="working",
                    assigned_at__isnull=False,
                    first_touched_at__isnull=False,
                ),
                name="lead_status_known",
            ),
            models.CheckConstraint(
                condition=Q(first_touched_at=None, touched_by=None, touch_text="")
                | Q(
                    first_touched_at__isnull=False,
                    touched_by__isnull=False,
                    touch_method__isnull=False,
                ),
                name="lead_touch_signed",
            ),
            models.CheckConstraint(
                condition=Q(status="invalid", invalid_reason__isnull=False)
                | (~Q(status="invalid") & Q(invalid_reason=None)),
                name="lead_invalid_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(
                    status="converted",
                    converted_at__isnull=False,
                    customer__isnull=False,
                )
                | (
                    ~Q(status="converted")
                    & Q(
                        converted_at=None, customer=None, contact=None, opportunity=None
                    )
                ),
                name="lead_converted_to_customer",
            ),
        )
        indexes = (
            *(
                list_index(name, *columns)
                for name, columns in (
                    ("lead_created", ("created_at",)),
                    ("lead_changed", ("changed_at",)),
                    ("lead_owner", ("owner", "created_at")),
                    ("lead_status", ("status", "created_at")),
                    ("lead_since", ("status", "status_since")),
                    ("lead_source", ("source", "created_at")),
                    ("lead_customer", ("customer", "created_at")),
                    ("lead_no", ("number",)),
                )
            ),
            models.Index(fields=("company_key",), name="lead_key", condition=LIVE),
            models.Index(  # few of all: which of them wait too long, for the menu
                fields=("owner", "status", "status_since"),
                name="lead_open",
                condition=LIVE & Q(status__in=("unassigned", "pending", "working")),
                include=("assigned_at", "changed_at", "registration", "id"),
            ),
            *report_indexes("lead"),
            bin_index("lead"),
            *search_indexes("lead"),
        )
        triggers = (
            *record_triggers("sales.lead", title="company", kept=DERIVED),
            number_kept(),
            parents_live(),
            *options_kept(),
            same_customer(
                "lead", contact="customers_contact", opportunity="sales_opportunity"
            ),
            led(),
            *tallied("sales.lead", state="status"),
        )

    def clean(self):
        """Expect to be told how they consented, if they did."""
        if self.consented_on and not self.consent:
            raise ValidationError({"consent": _("Say how they consented.")})

    def __str__(self):
        return f"{self.number} {self.company}"

    def key_of_company(self):
        """Return the company as two writings of its name are compared."""
        return folded(self.company)


class LeadAttachment(Attachment):
    """A file kept with a lead."""

    record = models.ForeignKey(Lead, models.CASCADE, related_name="attachments")

    class Meta(Attachment.Meta):
        triggers = file_triggers("sales.leadattachment", "sales.lead")
