"""Credit assessments (信用评估): how far to trust a customer, proposed, confirmed."""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from contracts import guards
from contracts.models.four_eyes import FourEyes
from contracts.models.moments import OF_ASSESSMENTS
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
from crm.models.record_guards import record_constraints, record_triggers
from crm.models.versions import person, signature
from crm.notices.sending import settle
from crm.rights.permissions import permission
from crm.validators import validate_business_date, validate_day_of_deed
from customers.dictionaries import CREDIT_GRADE
from customers.models import Customer
from customers.triggers import owner_asked, owner_of_customer

#: So many days after it was assessed somebody looks again, unless another day is said.
HOLDS_FOR = timedelta(days=365)


def holds_until():
    """Return the last day of an assessment that begins today."""
    return timezone.localdate() + HOLDS_FOR


class CreditAssessment(FourEyes, Record):
    """What somebody proposes to trust a customer with, and why.

    `basis` is what the system knew of how the customer paid, as it was written,
    and what that suggests (`contracts.credit`). Confirmed by somebody else, it sets the
    customer's grade and limit, and never changes again: the assessments of a customer
    are the history of its credit.
    """

    segment = "credit-assessments"
    actions = (*Record.actions, "confirm")
    rank = 1

    class Status(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("state", "awaiting confirmation")
        CONFIRMED = "confirmed", pgettext_lazy("state", "confirmed")
        REJECTED = "rejected", pgettext_lazy("state", "rejected")

    WRITABLE = (Status.PROPOSED, Status.REJECTED)
    wrote = staticmethod(guards.wrote_assessment)
    stays = gettext_noop(
        "A confirmed assessment stays. What is different by now is assessed anew."
    )
    #: What is confirmed keeps its options.
    keeps_options = Q(status="confirmed")
    groups = (
        (
            _("Basics"),
            ("number", "customer", "grade", "limit", "valid_until", "reason"),
        ),
        RESPONSIBLE,
    )
    owner_paths = ("owner", "customer_owner")
    team_path = "customer"
    names_along = ("customer",)
    tab_under = ("customer",)
    goes_along = {"customer": ~Q(status="confirmed")}
    moments = OF_ASSESSMENTS
    title_extras = ("customer__name", "status")
    sort_field = "number"
    found_through = ("customer",)
    worded = ("reason",)
    lettered = ("number",)
    number_prefix = "XY"
    given_on_entry = ("number", "edited_by", "basis", "assessed_on")
    acts = Record.acts | guards.ASSESSMENT_ACTS
    inbox_verbs = "contracts.assessing"
    refused = guards.ASSESSMENT_REFUSED
    each_its_own = ("limit", "customer")

    number = models.CharField(
        _("assessment number"),
        max_length=20,
        unique=True,
        editable=False,
        db_default=models.Func(function="contracts_next_assessment"),
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        verbose_name=_("customer"),
        related_name="credit_assessments",
    )
    customer_owner = owner_of_customer()
    grade = DictionaryField(CREDIT_GRADE, _("credit grade"))
    limit = models.DecimalField(
        _("credit limit (CNY)"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_AMOUNT)],
    )
    assessed_on = models.DateField(
        _("assessed on"),
        default=timezone.localdate,
        validators=[validate_day_of_deed],
        editable=False,
    )
    valid_until = models.DateField(
        _("holds until"), default=holds_until, validators=[validate_business_date]
    )
    reason = models.TextField(_("reasons"), max_length=5000)
    basis = models.JSONField(_("basis"), default=dict, editable=False)
    status = models.CharField(
        _("assessment status"),
        max_length=10,
        choices=Status.choices,
        default=Status.PROPOSED,
        editable=False,
    )
    rejection = models.CharField(
        _("reason of rejection"), max_length=500, blank=True, editable=False
    )
    edited_by = person(_("content last edited by"), null=True, editable=False)
    decided_by = signature(_("decided by"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")

    class Meta(Record.Meta):
        verbose_name = _("credit assessment")
        verbose_name_plural = _("credit assessments")
        constraints = (
            *record_constraints("creditassessment"),
            *guards.assessment_checks(LARGEST_AMOUNT),
        )
        indexes = (
            *(
                list_index(name, *columns, people=("owner", "customer_owner"))
                for name, columns in (
                    ("credit_created", ("created_at",)),
                    ("credit_changed", ("changed_at",)),
                    ("credit_limit", ("limit",)),
                    ("credit_until", ("valid_until",)),
                    ("credit_no", ("number",)),
                    ("credit_status", ("status", "created_at")),
                    ("credit_owner", ("owner", "created_at")),
                    ("credit_customer_owner", ("customer_owner", "created_at")),
                    ("credit_customer", ("customer", "created_at")),
                )
            ),
            elsewhere_index("credit_elsewhere"),
            *report_indexes("credit", ("owner", "customer_owner")),
            bin_index("credit", ("owner", "customer_owner")),
            *search_indexes("credit"),
        )
        triggers = (
            *record_triggers(
                "contracts.creditassessment",
                title="number",
                kept=(
                    "customer_owner_id",
                    "edited_by_id",
                    "basis",
                    "search_text",
                    "search_pinyin",
                ),
            ),
            number_kept(),
            owner_asked(),
            parents_live(),
            *options_kept(),
            *tallied(
                "contracts.creditassessment", other="customer_owner_id", state="status"
            ),
            *guards.assessment_triggers(),
        )

    def __str__(self):
        return str(self.number)

    @classmethod
    def open_to(cls, act):
        """What is confirmed gets another owner, and nothing else."""
        return ~Q(status="confirmed") if act == "edit" else Q()

    def discard(self, by):
        """Put it into the recycle bin: nobody is asked to confirm it any longer."""
        super().discard(by)
        settle(self, permission("confirm", type(self)))


class CreditAssessmentAttachment(Attachment):
    """What an assessment rests on: a report, a balance sheet, a guarantee."""

    record = models.ForeignKey(
        CreditAssessment, models.CASCADE, related_name="attachments"
    )

    class Meta(Attachment.Meta):
        triggers = (
            *file_triggers(
                "contracts.creditassessmentattachment", "contracts.creditassessment"
            ),
            files_stay("contracts_creditassessment", CreditAssessment.WRITABLE),
        )
