"""Invoices (发票): what is asked to be invoiced of a contract, and what was issued."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from contracts import guards
from contracts.models.content import PERCENT
from contracts.models.contracts import Contract
from contracts.models.four_eyes import FourEyes
from contracts.models.issued import Issued
from contracts.models.moments import OF_INVOICES
from contracts.models.owing import kept_amount
from crm.fields import LARGEST_AMOUNT, DerivedTextField
from crm.guards.files import files_stay
from crm.guards.ledger import tallied
from crm.guards.parents import parents_live
from crm.guards.triggers import number_kept
from crm.models import Attachment, Record
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
from crm.validators import validate_credit_code, validate_day_of_deed
from customers.models import Customer
from customers.triggers import owner_asked, owner_of_customer, same_customer


class Invoice(FourEyes, Issued, Record):
    """An invoice of a contract; less than nothing is a red one, which takes back.

    Asked for, it is issued or rejected by somebody else (`contracts.invoicing`). Once
    issued its content never changes: in the month of its issue it is voided, later a
    second invoice that points to it takes it back, as a whole or in part.
    """

    segment = "invoices"
    actions = (*Record.actions, "import", "issue")
    rank = 1

    class Kind(models.TextChoices):
        SPECIAL = "special", _("special VAT invoice")
        ORDINARY = "ordinary", _("ordinary VAT invoice")
        ELECTRONIC = "electronic", _("electronic invoice")

    class Status(models.TextChoices):
        REQUESTED = "requested", pgettext_lazy("invoice", "requested")
        ISSUED = "issued", pgettext_lazy("invoice", "issued")
        REJECTED = "rejected", pgettext_lazy("state", "rejected")
        VOIDED = "voided", pgettext_lazy("invoice", "voided")

    WRITABLE = (Status.REQUESTED, Status.REJECTED)
    writers = (*FourEyes.writers, "requested_by_id")
    wrote = staticmethod(guards.wrote_invoice)
    stays = gettext_noop(
        "An issued invoice stays. It is voided in the month of its issue, reversed by a"
        " red invoice later."
    )
    groups = (
        (
            _("Basics"),
            (
                "number",
                "customer",
                "contract",
                "kind",
                "amount",
                "tax_rate",
                "tax",
                "requested_on",
                "red_of",
            ),
        ),
        (_("Buyer"), ("title", "tax_number")),
        (_("Other"), ("remarks",)),
        RESPONSIBLE,
    )
    owner_paths = ("owner", "customer_owner")
    team_path = "customer"
    names_along = ("customer",)
    tab_under = ("customer", "contract")
    goes_along = {"customer": Q(status__in=WRITABLE)}
    moments = OF_INVOICES
    choosable = {"red_of": Q(status="issued", standing__gt=0)}
    title_extras = ("title", "amount")
    sort_field = "number"
    found_through = ("customer",)
    worded = ("title", "remarks")
    lettered = ("number", "tax_number", "paper_code", "paper_number", "courier_number")
    number_prefix = "FP"
    given_on_entry = ("number", "edited_by", "requested_by", "tax")
    named = ("title",)
    acts = Record.acts | guards.INVOICE_ACTS
    each_its_own = ("amount", "contract", "red_of")
    refused = guards.INVOICE_REFUSED

    number = models.CharField(
        _("invoice request number"),
        max_length=30,
        unique=True,
        editable=False,
        db_default=models.Func(function="contracts_next_invoice"),
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        verbose_name=_("customer"),
        related_name="invoices",
    )
    customer_owner = owner_of_customer()
    contract = models.ForeignKey(
        Contract,
        models.PROTECT,
        verbose_name=_("contract"),
        related_name="invoices",
    )
    kind = models.CharField(
        _("invoice kind"), max_length=10, choices=Kind.choices, default=Kind.ORDINARY
    )
    title = models.CharField(
        _("invoice title"),
        max_length=200,
        blank=True,
        help_text=_("Left empty: the customer's name."),
    )
    tax_number = models.CharField(
        _("buyer's tax number"),
        max_length=18,
        blank=True,
        validators=[validate_credit_code],
        help_text=_("Left empty: the customer's unified social credit code."),
    )
    amount = models.DecimalField(
        _("invoice amount (CNY)"),
        max_digits=18,
        decimal_places=2,
        validators=[
            MinValueValidator(-LARGEST_AMOUNT),
            MaxValueValidator(LARGEST_AMOUNT),
        ],
        help_text=_("With tax; less than nothing on a red invoice."),
    )
    tax_rate = models.DecimalField(
        _("tax rate (%)"),
        max_digits=5,
        decimal_places=2,
        default=0,
        validators=PERCENT,
    )
    #: Kept by PostgreSQL: what the amount contains (`contracts.rounding`).
    tax = kept_amount(_("tax amount (CNY)"))
    requested_on = models.DateField(
        _("requested on"),
        default=timezone.localdate,
        validators=[validate_day_of_deed],
    )
    requested_by = signature(_("requested by"), null=True, editable=False)
    red_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("red invoice of"),
        related_name="reds",
    )
    remarks = models.TextField(_("remarks"), max_length=5000, blank=True)
    status = models.CharField(
        _("invoice status"),
        max_length=10,
        choices=Status.choices,
        default=Status.REQUESTED,
        editable=False,
    )
    rejection = models.CharField(
        _("reason of rejection"), max_length=500, blank=True, editable=False
    )
    edited_by = person(_("content last edited by"), null=True, editable=False)
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")

    class Meta(Record.Meta):
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        constraints = (
            *record_constraints("invoice"),
            *guards.invoice_checks(LARGEST_AMOUNT),
        )
        indexes = (
            *(
                list_index(name, *columns, people=("owner", "customer_owner"))
                for name, columns in (
                    ("invoice_requested", ("requested_on",)),
                    ("invoice_issued", ("issued_on",)),
                    ("invoice_created", ("created_at",)),
                    ("invoice_changed", ("changed_at",)),
                    ("invoice_amount", ("amount",)),
                    ("invoice_no", ("number",)),
                    ("invoice_status", ("status", "requested_on")),
                    ("invoice_owner", ("owner", "requested_on")),
                    ("invoice_customer_owner", ("customer_owner", "requested_on")),
                    ("invoice_customer", ("customer", "requested_on")),
                    ("invoice_contract", ("contract", "requested_on")),
                )
            ),
            elsewhere_index("invoice_elsewhere"),
            *report_indexes("invoice", ("owner", "customer_owner")),
            bin_index("invoice", ("owner", "customer_owner")),
            *search_indexes("invoice"),
        )
        triggers = (
            *record_triggers(
                "contracts.invoice",
                title="number",
                kept=(
                    "customer_owner_id",
                    "edited_by_id",
                    "tax",
                    "standing",
                    "search_text",
                    "search_pinyin",
                ),
            ),
            number_kept(),
            owner_asked(),
            parents_live(),
            same_customer("invoice", contract="contracts_contract"),
            *tallied("contracts.invoice", other="customer_owner_id", summed=True),
            *guards.invoice_triggers(),
        )

    def __str__(self):
        return str(self.number)

    @classmethod
    def open_to(cls, act):
        """What is issued gets another owner, and nothing else."""
        return Q(status__in=cls.WRITABLE) if act == "edit" else Q()

    def discard(self, by):
        """Put it into the recycle bin: nobody is asked to issue it any longer."""
        super().discard(by)
        settle(self, permission("issue", type(self)))

    @property
    def is_red(self):
        """Whether it takes back what was invoiced."""
        return self.amount < 0

    @property
    def is_voidable(self):
        """Whether it was issued this month, and no red invoice takes from it."""
        today = timezone.localdate()
        return (
            self.status == self.Status.ISSUED
            and (self.issued_on.year, self.issued_on.month) == (today.year, today.month)
            and (self.is_red or self.standing == self.amount)
        )


class InvoiceAttachment(Attachment):
    """A file of an invoice: its scan, or the electronic one itself."""

    record = models.ForeignKey(Invoice, models.CASCADE, related_name="attachments")

    class Meta(Attachment.Meta):
        triggers = (
            *file_triggers("contracts.invoiceattachment", "contracts.invoice"),
            files_stay("contracts_invoice", Invoice.WRITABLE),
        )
