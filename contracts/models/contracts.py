"""Contracts, their lines and files."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import guards
from contracts.models.products import LARGEST_AMOUNT
from crm.fields import DerivedTextField
from crm.models import (
    Department,
    Deputy,
    DictionaryField,
    Record,
    RecordQuerySet,
    Role,
    User,
)
from crm.models.indexes import bin_index, list_index, report_indexes, search_indexes
from crm.models.record import LiveManager, record_constraints, record_triggers
from crm.models.versions import person
from crm.parents import parents_live
from crm.triggers import number_kept, tallied
from crm.validators import validate_business_date
from customers.models import Contact, Customer
from customers.triggers import owner_asked, owner_of_customer

MONEY = (MinValueValidator(0), MaxValueValidator(LARGEST_AMOUNT))
PERCENT = (MinValueValidator(0), MaxValueValidator(100))


class ContractQuerySet(RecordQuerySet):
    """Contracts, and what one asks of them."""

    def pending(self):
        """Return the contracts that are being decided upon."""
        return self.filter(status=Contract.Status.PENDING)


class Contract(Record):
    """A contract with a customer.

    Its content (fields, lines, files) changes only while it is a draft; what was
    registered stays readable as an `Edition`. `edition` counts them: an amendment
    starts the next one. `contracts.approval` holds the verbs, `contracts.guards`
    what PostgreSQL refuses.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PENDING = "pending", _("pending approval")
        REGISTERED = "registered", _("in the books")
        COMPLETED = "completed", _("completed")
        TERMINATED = "terminated", _("terminated")

    owner_paths = ("owner", "customer_owner")
    team_path = "customer"
    names_along = ("customer", "contact")
    beside_title = ("customer__name", "amount", "status")
    sort_field = "number"
    found_through = ("customer",)
    worded = ("title", "terms")
    lettered = ("number",)
    named = ("title",)

    number = models.CharField(
        _("contract number"),
        max_length=30,
        unique=True,
        editable=False,
        db_default=models.Func(function="contracts_next_number"),
    )
    title = models.CharField(_("contract title"), max_length=200)
    customer = models.ForeignKey(
        Customer, models.PROTECT, verbose_name=_("customer"), related_name="contracts"
    )
    customer_owner = owner_of_customer()
    kind = DictionaryField("contract_kind", _("contract type"))
    amount = models.DecimalField(
        _("contract amount (CNY)"), max_digits=18, decimal_places=2, validators=MONEY
    )
    tax_rate = models.DecimalField(
        _("tax rate (%)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=PERCENT,
    )
    signed_on = models.DateField(
        _("signed on"), null=True, blank=True, validators=[validate_business_date]
    )
    starts_on = models.DateField(
        _("starts on"), null=True, blank=True, validators=[validate_business_date]
    )
    ends_on = models.DateField(
        _("ends on"), null=True, blank=True, validators=[validate_business_date]
    )
    signatory = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("our signatory"),
        related_name="+",
    )
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("their contact"),
        related_name="contracts",
    )
    terms = models.TextField(_("terms"), max_length=20000, blank=True)
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
        "termination_reason", _("termination reason"), editable=False
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
                )
            ),
            *report_indexes("contract", ("owner", "customer_owner")),
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
                    "search_text",
                    "search_pinyin",
                ),
            ),
            number_kept(),
            owner_asked(),
            parents_live(),
            *tallied(
                "contracts.contract",
                other="customer_owner_id",
                state="status",
                amount="amount",
            ),
            *guards.contract_triggers(),
        )

    def __str__(self):
        return f"{self.number} {self.title}"

    @classmethod
    def rows_beside(cls, user, action):
        """Add what one can be or was asked to decide."""
        decides = user.rights.reach("contracts.approve_contract") is not None
        return cls.asked_of(user) if decides and action in ("view", "approve") else ()

    @classmethod
    def asked_of(cls, user):
        """Return the ids of those "one can be asked to decide on" and "one has".

        Generous on purpose: every head above the owner, everybody a step names, and
        their deputies. Whose turn it is just now says `contracts.approvers`.
        """
        absent = Deputy.objects.on().filter(deputy=user).order_by()
        people = User.objects.filter(Q(pk=user.pk) | Q(pk__in=absent.values("person")))
        people = people.order_by().values("pk")
        whole = ExpressionWrapper(OuterRef("path"), models.CharField())
        above = Department.objects.filter(head__in=people).alias(whole=whole)
        above = above.filter(whole__startswith=F("path")).order_by()
        headed = Department.objects.filter(Exists(above)).order_by()
        roles = Role.objects.filter(users__in=people).order_by()
        named = (
            Q(rounds__steps__person__in=people)
            | Q(rounds__steps__last_resort__in=people)
            | Q(rounds__steps__role__in=roles.values("pk"))
        )
        waiting = cls.objects.filter(
            Q(owner__department__in=headed.values("pk"))
            | (Q(rounds__state="open") & named),
            status=cls.Status.PENDING,
        )
        decisions = cls._meta.get_field("decisions").related_model.objects
        decided = decisions.filter(by=user).order_by()
        return [waiting.order_by().values("pk"), decided.values("contract")]

    @property
    def is_draft(self):
        """Whether the content may change."""
        return self.status == self.Status.DRAFT

    @property
    def attachments_frozen(self):
        """Files are part of what is approved."""
        return not self.is_draft

    def enter(self, by):
        """Save for the first time; read back the number that PostgreSQL gave."""
        super().enter(by)
        self.refresh_from_db(fields=("number", "edited_by"))

    def discard(self, by):
        """Put a draft into the recycle bin.

        Raises:
            ValidationError: it is under way or was registered, or it is referred to.
        """
        if not self.is_draft or self.edition > 1:
            raise ValidationError(
                gettext("Only a contract that was never registered can be deleted."),
                code="conflict",
            )
        super().discard(by)


class DayNumber(models.Model):
    """How many contract numbers a day has given out: no gaps, however many at once."""

    day = models.DateField(primary_key=True)
    given = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.day}: {self.given}"
