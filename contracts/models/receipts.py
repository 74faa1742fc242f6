"""Receipts (回款): money that came in, and who confirmed it."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from contracts import guards
from contracts.dictionaries import PAYMENT_METHOD
from contracts.models.day_facts import OF_RECEIPTS as OF_A_DAY
from contracts.models.four_eyes import FourEyes
from contracts.models.measures import OF_RECEIPTS as RECEIVED
from contracts.models.moments import OF_RECEIPTS, PREPAYMENTS
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
from crm.validators import validate_day_of_deed
from customers.models import Customer
from customers.triggers import owner_asked, owner_of_customer


class Receipt(FourEyes, Record):
    """Money that came in from a customer; less than nothing is money that went back.

    Entered, it is confirmed or rejected by somebody else, who then says which
    instalments it pays for (`contracts.receiving`). What is left of it is the
    customer's prepayment. Once confirmed it never changes: a transfer that was
    reversed is a second receipt that points to the first.
    """

    segment = "receipts"
    actions = (*Record.actions, "confirm")
    rank = 1

    class Status(models.TextChoices):
        ENTERED = "entered", pgettext_lazy("state", "awaiting confirmation")
        CONFIRMED = "confirmed", pgettext_lazy("state", "confirmed")
        REJECTED = "rejected", pgettext_lazy("state", "rejected")

    WRITABLE = (Status.ENTERED, Status.REJECTED)
    wrote = staticmethod(guards.wrote)
    stays = gettext_noop(
        "A confirmed receipt stays. Money that went back is entered as a refund."
    )
    #: What is confirmed keeps its options.
    keeps_options = Q(status="confirmed")
    groups = (
        (
            _("Basics"),
            (
                "number",
                "customer",
                "received_on",
                "amount",
                "method",
                "payer",
                "bank_reference",
                "refund_of",
            ),
        ),
        (_("Other"), ("remarks",)),
        RESPONSIBLE,
    )
    owner_paths = ("owner", "customer_owner")
    team_path = "customer"
    names_along = ("customer",)
    tab_under = ("customer",)
    goes_along = {"customer": ~Q(status="confirmed")}
    moments, figures = OF_RECEIPTS, PREPAYMENTS
    day_facts = OF_A_DAY
    measures = RECEIVED
    title_extras = ("customer__name", "amount")
    sort_field = "number"
    found_through = ("customer",)
    worded = ("payer", "remarks")
    lettered = ("number", "bank_reference")
    number_prefix = "HK"
    given_on_entry = ("number", "edited_by")
    named = ("payer",)
    choosable = {"refund_of": Q(status="confirmed", amount__gt=0)}
    acts = Record.acts | guards.RECEIPT_ACTS
    kept_sums = "contracts.differences"
    each_its_own = ("amount", "bank_reference")

    number = models.CharField(
        _("receipt number"),
        max_length=20,
        unique=True,
        editable=False,
        db_default=models.Func(function="contracts_next_receipt"),
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        verbose_name=_("customer"),
        related_name="receipts",
    )
    customer_owner = owner_of_customer()
    received_on = models.DateField(
        _("received on"),
        default=timezone.localdate,
        validators=[validate_day_of_deed],
    )
    amount = models.DecimalField(
        _("amount received (CNY)"),
        max_digits=18,
        decimal_places=2,
        validators=[
            MinValueValidator(-LARGEST_AMOUNT),
            MaxValueValidator(LARGEST_AMOUNT),
        ],
        help_text=_("Less than nothing, where money went back."),
    )
    method = DictionaryField(PAYMENT_METHOD, _("payment method"))
    payer = models.CharField(
        _("payer"),
        max_length=200,
        blank=True,
        help_text=_("As the bank names it, where it is not the customer's name."),
    )
    bank_reference = models.CharField(_("bank reference"), max_length=60, blank=True)
    refund_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("refund of"),
        related_name="refunds",
    )
    remarks = models.TextField(_("remarks"), max_length=5000, blank=True)
    status = models.CharField(
        _("receipt status"),
        max_length=10,
        choices=Status.choices,
        default=Status.ENTERED,
        editable=False,
    )
    rejection = models.CharField(
        _("reason of rejection"), max_length=500, blank=True, editable=False
    )
    edited_by = person(_("content last edited by"), null=True, editable=False)
    confirmed_by = signature(_("confirmed by"), null=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, editable=False)
    #: Kept by PostgreSQL: nothing before it is confirmed.
    prepaid = models.DecimalField(
        _("not allocated (CNY)"),
        max_digits=18,
        decimal_places=2,
        default=Decimal(0),
        editable=False,
    )
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")

    class Meta(Record.Meta):
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints = (
            *record_constraints("receipt"),
            *guards.receipt_checks(LARGEST_AMOUNT),
        )
        indexes = (
            *(
                list_index(name, *columns, people=("owner", "customer_owner"))
                for name, columns in (
                    ("receipt_received", ("received_on",)),
                    ("receipt_created", ("created_at",)),
                    ("receipt_changed", ("changed_at",)),
                    ("receipt_amount", ("amount",)),
                    ("receipt_no", ("number",)),
                    ("receipt_status", ("status", "received_on")),
                    ("receipt_owner", ("owner", "received_on")),
                    ("receipt_customer_owner", ("customer_owner", "received_on")),
                    ("receipt_customer", ("customer", "received_on")),
                )
            ),
            models.Index(
                fields=("customer", "id"),
                name="receipt_prepaid",
                condition=Q(prepaid__gt=0),
                include=("prepaid",),
            ),
            elsewhere_index("receipt_elsewhere"),
            *report_indexes("receipt", ("owner", "customer_owner")),
            bin_index("receipt", ("owner", "customer_owner")),
            *search_indexes("receipt"),
        )
        triggers = (
            *record_triggers(
                "contracts.receipt",
                title="number",
                kept=(
                    "customer_owner_id",
                    "edited_by_id",
                    "prepaid",
                    "search_text",
                    "search_pinyin",
                ),
            ),
            number_kept(),
            owner_asked(),
            parents_live(),
            *options_kept(),
            *tallied("contracts.receipt", other="customer_owner_id", summed=True),
            *guards.receipt_triggers(),
        )

    def __str__(self):
        return str(self.number)

    @classmethod
    def open_to(cls, act):
        """What is confirmed gets another owner, and nothing else."""
        return ~Q(status="confirmed") if act == "edit" else Q()

    @property
    def is_refund(self):
        """Whether money went back."""
        return self.amount < 0


class ReceiptAttachment(Attachment):
    """A file of a receipt: the slip of the bank."""

    record = models.ForeignKey(Receipt, models.CASCADE, related_name="attachments")

    class Meta(Attachment.Meta):
        triggers = (
            *file_triggers("contracts.receiptattachment", "contracts.receipt"),
            files_stay("contracts_receipt", Receipt.WRITABLE),
        )
