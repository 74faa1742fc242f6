"""Customers and their files."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Contains
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.fields import DerivedTextField
from crm.folding import folded
from crm.models import Attachment, DictionaryField, Record, Region
from crm.models.external import External, external_once
from crm.models.indexes import (
    LIVE,
    bin_index,
    choice_index,
    list_index,
    report_indexes,
)
from crm.models.record import LiveManager, record_constraints, record_triggers
from crm.parents import no_circle, parents_live
from crm.pinyin import pinyin, searchable
from crm.refusals import BY_TRIGGER
from crm.search import Grams
from crm.text import digits
from crm.triggers import noted, tallied
from crm.validators import (
    validate_business_date,
    validate_credit_code,
    validate_http_url,
    validate_phone,
)
from customers.models.rows import (
    CODES,
    SHORTEST_CODE,
    WORDS,
    CustomerQuerySet,
    telephone,
)
from customers.triggers import owner_told, planned

#: Letters by which names are put in order.
SORTED = 60
#: Columns of conditions that are no texts, the most usual ones first.
CHOICES = (
    "status",
    "level",
    "kind",
    "region",
    "industry",
    "effective",
    "nature",
    "ownership",
    "source",
    "credit_grade",
    "employees",
    "annual_revenue",
    "credit_limit",
    "last_contact_at",
    "next_contact_at",
    "changed_at",
)


class Customer(External, Record):
    """A company or person we sell to, directly or through others."""

    class Kind(models.TextChoices):
        END_CUSTOMER = "end_customer", _("end customer")
        DISTRIBUTOR = "distributor", _("distributor")
        PARTNER = "partner", _("partner")

    class Nature(models.TextChoices):
        COMPANY = "company", _("company")
        PERSON = "person", pgettext_lazy("nature", "person")

    class Status(models.TextChoices):
        POTENTIAL = "potential", _("potential")
        INTERESTED = "interested", _("interested")
        NEGOTIATING = "negotiating", _("negotiating")
        WON = "won", _("won")
        LOYAL = "loyal", _("loyal")
        LOST = "lost", _("lost")

    team_path = "pk"
    sort_field = "sort_name"
    tally_state = "status"
    found_in = {
        "name": ("search_text", "has_part"),
        "short_name": ("search_text", "has_part"),
        "number": (CODES, "contains"),
        "credit_code": (CODES, "contains"),
        "address": (WORDS, "has_part"),
        "email": (WORDS, "has_part"),
        "phone": ("search_digits", "contains", telephone),
        "website": (WORDS, "has_part"),
        "remarks": (WORDS, "has_part"),
    }

    number = models.CharField(
        _("customer number"),
        max_length=20,
        unique=True,
        editable=False,
        db_default=models.Func(function="customers_next_number"),
    )
    name = models.CharField(_("customer name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=100, blank=True)
    kind = models.CharField(
        _("customer type"),
        max_length=20,
        choices=Kind.choices,
        default=Kind.END_CUSTOMER,
    )
    nature = models.CharField(
        _("company or person"),
        max_length=10,
        choices=Nature.choices,
        default=Nature.COMPANY,
    )
    credit_code = models.CharField(
        _("unified social credit code"),
        max_length=18,
        blank=True,
        validators=[validate_credit_code],
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("parent company"),
        related_name="subsidiaries",
    )
    industry = DictionaryField("industry", _("industry"))
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("region"),
        related_name="+",
    )
    address = models.CharField(_("address"), max_length=300, blank=True)
    phone = models.CharField(
        _("phone"), max_length=60, blank=True, validators=[validate_phone]
    )
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.CharField(
        _("website"), max_length=300, blank=True, validators=[validate_http_url]
    )
    ownership = DictionaryField("ownership", _("ownership form"))
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    annual_revenue = models.DecimalField(
        _("annual revenue (CNY)"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    level = DictionaryField("customer_level", _("customer level"))
    status = models.CharField(
        _("customer status"),
        max_length=20,
        choices=Status.choices,
        default=Status.POTENTIAL,
    )
    effective = models.BooleanField(_("effective"), default=True)
    source = DictionaryField("customer_source", _("customer source"))
    credit_grade = DictionaryField("credit_grade", _("credit grade"))
    credit_limit = models.DecimalField(
        _("credit limit (CNY)"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    tags = ArrayField(
        models.CharField(max_length=30),
        verbose_name=_("tags"),
        default=list,
        blank=True,
    )
    remarks = models.TextField(_("remarks"), max_length=5000, blank=True)
    last_contact_at = models.DateTimeField(_("last contact"), null=True, editable=False)
    next_contact_at = models.DateTimeField(
        _("next contact"), null=True, blank=True, validators=[validate_business_date]
    )
    #: What was written into the next contact by hand, and when (`triggers.planned`).
    planned_for = models.DateTimeField(_("next contact"), null=True, editable=False)
    planned_at = models.DateTimeField(null=True, editable=False)
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")
    search_digits = DerivedTextField("digits_to_search")
    sort_name = DerivedTextField("name_to_sort")
    name_key = DerivedTextField("key_of_name")

    objects = LiveManager.from_queryset(CustomerQuerySet)()
    everything = CustomerQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = (
            *record_constraints("customer"),
            external_once("customer"),
            models.UniqueConstraint(
                "credit_code",
                name="customer_credit_code_once",
                condition=Q(deleted_at=None) & ~Q(credit_code=""),
                violation_error_message=_(
                    "A customer with this unified social credit code exists already."
                ),
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("pk")),
                name="customer_not_own_parent",
                violation_error_message=_("A customer is not its own parent."),
            ),
            models.CheckConstraint(
                condition=Q(annual_revenue=None) | Q(annual_revenue__gte=0),
                name="customer_revenue_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(credit_limit=None) | Q(credit_limit__gte=0),
                name="customer_credit_not_negative",
            ),
        )
        indexes = (
            list_index("customer_created", "created_at"),
            list_index("customer_changed", "changed_at"),
            list_index("customer_owner", "owner", "created_at"),
            list_index("customer_reporter", "reporter", "created_at"),
            list_index("customer_status", "status", "created_at"),
            list_index("customer_level", "level", "created_at"),
            list_index("customer_industry", "industry", "created_at"),
            list_index("customer_region", "region", "created_at"),
            list_index("customer_number", "number"),
            list_index("customer_name", "sort_name"),
            models.Index(fields=("name",), name="customer_full_name", condition=LIVE),
            models.Index(fields=("name_key",), name="customer_key", condition=LIVE),
            list_index("customer_last_contact", "last_contact_at"),
            list_index("customer_next_contact", "next_contact_at"),
            list_index("customer_owner_last", "owner", "last_contact_at", "created_at"),
            list_index("customer_owner_next", "owner", "next_contact_at"),
            list_index("customer_employees", "employees"),
            list_index("customer_revenue", "annual_revenue"),
            list_index("customer_credit", "credit_limit"),
            choice_index("customer_choices", "owner", *CHOICES),
            *report_indexes("customer"),
            bin_index("customer"),
            GinIndex(Grams("search_text"), name="customer_text"),
            GinIndex(
                OpClass("search_pinyin", name="gin_trgm_ops"), name="customer_pinyin"
            ),
            GinIndex(
                OpClass("search_digits", name="gin_trgm_ops"), name="customer_digits"
            ),
            GinIndex(OpClass(CODES, name="gin_trgm_ops"), name="customer_codes"),
            GinIndex(Grams(WORDS), name="customer_words"),
        )
        triggers = (
            *record_triggers(
                "customers.customer",
                title="name",
                kept=(
                    "last_contact_at",
                    "next_contact_at",
                    "planned_at",
                    "search_text",
                    "search_pinyin",
                    "search_digits",
                    "sort_name",
                    "name_key",
                    "external_key",
                ),
            ),
            *tallied("customers.customer", state="status"),
            owner_told(),
            planned(),
            parents_live(),
            no_circle("customers_customer", "parent_id", "customer_parent_circle"),
        )

    def __str__(self):
        return self.name

    def clean(self):
        """Refuse a parent that lies below this customer (PostgreSQL does too)."""
        above, passed = self.pk and self.parent, set()
        while above and above.pk not in passed:
            if above.pk == self.pk:
                raise ValidationError({"parent": BY_TRIGGER["customer_parent_circle"]})
            passed.add(above.pk)
            above = above.parent

    @classmethod
    def names_hold(cls, text):
        """Ask for the full name and the number."""
        text = text.strip().lower()
        found = Q(search_text__has_part=text, name__icontains=text)
        if len(text) >= SHORTEST_CODE:
            coded = Q(Contains(CODES, text))  # which has an index
            found |= coded & Q(number__icontains=text)
        return found

    def text_to_search(self):
        """Return both names in lower case."""
        return f"{self.name}\n{self.short_name}".lower().strip()

    def pinyin_to_search(self):
        """Return pinyin and initials of both names."""
        person = self.nature == self.Nature.PERSON
        names = filter(None, (self.name, self.short_name))
        return "\n".join(searchable(name, person=person) for name in names)

    def name_to_sort(self):
        """Return the beginning of the pinyin: an index takes no long texts."""
        person = self.nature == self.Nature.PERSON
        return pinyin(self.name, person=person)[:SORTED]

    def key_of_name(self):
        """Return the name as two writings of it are compared."""
        return folded(self.name)

    def digits_to_search(self):
        """Return the digits of the telephone number."""
        return digits(self.phone)


class CustomerAttachment(Attachment):
    """A file kept with a customer."""

    record = models.ForeignKey(Customer, models.CASCADE, related_name="attachments")

    class Meta(Attachment.Meta):
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        triggers = (
            noted(
                "customers.customerattachment",
                title="name",
                subject=("customers.customer", "record_id"),
            ),
        )
