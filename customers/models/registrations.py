"""Registrations (报备): who works on a customer for what, protected for a time."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Func, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm.fields import LARGEST_AMOUNT, DerivedTextField
from crm.guards.files import files_stay
from crm.guards.ledger import tallied
from crm.guards.options import options_kept
from crm.guards.parents import parents_live
from crm.guards.triggers import number_kept
from crm.models import Attachment, DictionaryField, Record
from crm.models.attachment import file_triggers
from crm.models.groups import RESPONSIBLE
from crm.models.indexes import (
    bin_index,
    elsewhere_index,
    list_index,
    report_indexes,
    search_indexes,
)
from crm.models.moments import Moment
from crm.models.record_guards import record_constraints, record_triggers
from crm.models.versions import signature
from customers.dictionaries import PRODUCT_CATEGORY
from customers.guards.checks import registration_checks
from customers.guards.registrations import (
    ACTS,
    MOST_EXTENSIONS,
    REFUSED,
    registration_triggers,
)
from customers.models.collisions import Collision
from customers.models.customers import Customer
from customers.triggers import owner_asked, owner_of_customer


class DealRegistration(Record):
    """That somebody works on a customer's demand for some products.

    Approved by somebody else, it protects whoever applied until its last day; of two
    for the same customer and products somebody above both rules (`Collision`).
    PostgreSQL says what collides (`customers.guards.registrations`).
    """

    segment = "registrations"
    actions = (*Record.actions, "import", "decide")
    rank = 2

    class Status(models.TextChoices):
        REQUESTED = "requested", pgettext_lazy("deal registration", "requested")
        CONFLICT = "conflict", pgettext_lazy("deal registration", "in conflict")
        APPROVED = "approved", pgettext_lazy("deal registration", "protected")
        REJECTED = "rejected", pgettext_lazy("state", "rejected")
        WITHDRAWN = "withdrawn", pgettext_lazy("deal registration", "withdrawn")
        CONVERTED = "converted", pgettext_lazy("deal registration", "became a contract")
        EXPIRED = "expired", pgettext_lazy("deal registration", "expired")

    LIVE = (Status.REQUESTED, Status.CONFLICT, Status.APPROVED)

    groups = (
        (
            _("Basics"),
            ("number", "customer", "subject", "category", "amount", "remarks"),
        ),
        RESPONSIBLE,
    )
    owner_paths = ("owner", "customer_owner")
    team_path = "customer"
    own_doing = True
    names_along = ("customer",)
    tab_under = ("customer",)
    goes_along = {"customer": Q(status__in=LIVE)}
    asked_once = ("customer",)
    each_its_own = ("customer", "category")
    moments = (
        Moment(
            key="dealregistration",
            label=_("deal registrations"),
            at="created_at",
            under=("customer",),
            title="number",
            note=("subject",),
            state="status",
            who="owner__name",
            amount="amount",
        ),
    )
    title_extras = ("subject", "status")
    sort_field = "number"
    number_prefix = "BB"
    given_on_entry = ("number", "status", "collision")
    found_through = ("customer",)
    worded = ("subject", "remarks")
    lettered = ("number",)
    named = ("subject",)
    acts = Record.acts | ACTS
    refused = REFUSED

    number = models.CharField(
        _("deal registration number"),
        max_length=30,
        unique=True,
        editable=False,
        db_default=Func(function="customers_next_registration"),
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        verbose_name=_("customer"),
        related_name="deal_registrations",
    )
    customer_owner = owner_of_customer()
    subject = models.CharField(
        pgettext_lazy("deal registration", "subject"), max_length=200
    )
    category = DictionaryField(
        PRODUCT_CATEGORY,
        _("product category"),
        help_text=_("Left empty: whatever the customer may buy."),
    )
    amount = models.DecimalField(
        _("expected amount (CNY)"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_AMOUNT)],
    )
    remarks = models.TextField(_("remarks"), max_length=5000, blank=True)
    status = models.CharField(
        _("deal registration status"),
        max_length=10,
        choices=Status.choices,
        default=Status.REQUESTED,
        editable=False,
    )
    approved_on = models.DateField(_("approved on"), null=True, editable=False)
    valid_until = models.DateField(_("protected until"), null=True, editable=False)
    extended = models.PositiveSmallIntegerField(
        _("times extended"), default=0, editable=False
    )
    is_shared = models.BooleanField(
        _("shared by a ruling"), default=False, editable=False
    )
    decided_by = signature(_("decided by"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    opinion = models.CharField(_("opinion"), max_length=500, blank=True, editable=False)
    collision = models.ForeignKey(
        Collision,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name=_("collision"),
        related_name="claims",
    )
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")

    class Meta(Record.Meta):
        verbose_name = _("deal registration")
        verbose_name_plural = _("deal registrations")
        constraints = (
            *record_constraints("dealregistration"),
            *registration_checks(LARGEST_AMOUNT),
        )
        indexes = (
            *(
                list_index(name, *columns, people=("owner", "customer_owner"))
                for name, columns in (
                    ("dealreg_created", ("created_at",)),
                    ("dealreg_changed", ("changed_at",)),
                    ("dealreg_amount", ("amount",)),
                    ("dealreg_until", ("valid_until",)),
                    ("dealreg_no", ("number",)),
                    ("dealreg_status", ("status", "created_at")),
                    ("dealreg_owner", ("owner", "created_at")),
                    ("dealreg_customer_owner", ("customer_owner", "created_at")),
                    ("dealreg_customer", ("customer", "created_at")),
                )
            ),
            elsewhere_index("dealreg_elsewhere"),
            *report_indexes("dealreg", ("owner", "customer_owner")),
            bin_index("dealreg", ("owner", "customer_owner")),
            *search_indexes("dealreg"),
        )
        triggers = (
            *record_triggers(
                "customers.dealregistration",
                title="number",
                kept=("customer_owner_id", "search_text", "search_pinyin"),
            ),
            number_kept(),
            owner_asked(),
            parents_live(),
            *options_kept(),
            *tallied(
                "customers.dealregistration", other="customer_owner_id", state="status"
            ),
            *registration_triggers(),
        )

    def __str__(self):
        return str(self.number)

    @classmethod
    def open_to(cls, act):
        """What was decided on gets another owner, and nothing else."""
        return Q(status=cls.Status.REQUESTED) if act == "edit" else Q()

    @property
    def is_writable(self):
        """Whether its content may change."""
        return self.status == self.Status.REQUESTED

    @property
    def attachments_stay(self):
        """What was decided on keeps the files that others brought."""
        return not self.is_writable

    @property
    def is_protected(self):
        """Whether it protects who applied today."""
        return (
            self.status == self.Status.APPROVED
            and self.valid_until >= timezone.localdate()
        )

    @property
    def can_be_extended(self):
        """Whether there is an extension left for it."""
        return self.is_protected and self.extended < MOST_EXTENSIONS

    def may_be_decided_by(self, user):
        """Say whether somebody with the right decides on it: not what they claim."""
        return user.pk not in (self.owner_id, self.reporter_id, self.entered_by_id)

    def discard(self, by):
        """Put what nobody has decided on into the recycle bin.

        Raises:
            ValidationError: it was decided on, or collides, or is referred to.
        """
        if not self.is_writable:
            said = gettext("A registration stays on file: withdraw it instead.")
            raise ValidationError(said, code="conflict")
        super().discard(by)


class DealRegistrationAttachment(Attachment):
    """Evidence for a registration: a letter of the customer, a talk, a tender."""

    record = models.ForeignKey(
        DealRegistration, models.CASCADE, related_name="attachments"
    )

    class Meta(Attachment.Meta):
        triggers = (
            *file_triggers(
                "customers.dealregistrationattachment", "customers.dealregistration"
            ),
            files_stay("customers_dealregistration", ("requested",)),
        )
