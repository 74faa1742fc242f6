"""Customers and their files."""

from functools import reduce
from operator import or_

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.chinese.folding import folded
from crm.chinese.pinyin import pinyin
from crm.fields import DerivedTextField
from crm.guards.actor import acting
from crm.guards.ledger import milestones_kept, tallied
from crm.guards.options import options_kept
from crm.guards.parents import no_circle, parents_live
from crm.guards.refusals import BY_TRIGGER
from crm.guards.triggers import number_kept
from crm.models import Attachment, DictionaryField, Record, region_field
from crm.models.attachment import file_triggers
from crm.models.dated import Dated
from crm.models.day_facts import DayFact
from crm.models.external import External, external_once, number_elsewhere
from crm.models.groups import RESPONSIBLE
from crm.models.indexes import (
    LIVE,
    bin_index,
    choice_index,
    list_index,
    report_indexes,
    sample_indexes,
    search_indexes,
)
from crm.models.moments import Moment
from crm.models.record import LiveManager
from crm.models.record_guards import record_constraints, record_triggers
from crm.models.versions import signature
from crm.queries.search import Part, holds
from crm.validators import (
    validate_business_date,
    validate_credit_code,
    validate_http_url,
    validate_phone,
)
from customers.dictionaries import (
    CREDIT_GRADE,
    CUSTOMER_LEVEL,
    CUSTOMER_SOURCE,
    INDUSTRY,
    OWNERSHIP,
)
from customers.guards.collisions import owner_is_party
from customers.guards.credit import ACTS as CREDIT_ACTS
from customers.guards.credit import CREDIT, credit_left
from customers.guards.credit import LEFT as CREDIT_LEFT
from customers.models.measures import OF_CUSTOMERS
from customers.models.pools import Pool
from customers.models.querysets import (
    CustomerQuerySet,
)
from customers.models.sameness import CUSTOMER_TRAITS
from customers.models.traits import trait_indexes
from customers.ownership import INTO_POOL, OUT_OF_POOL, out_of_pool, owned_since
from customers.triggers import owner_told, planned

#: Letters by which names are put in order.
SORTED = 60
#: Orders in which people turn to pages far inside: by date, name and revenue.
MILESTONED = {
    "created_at": "timestamptz",
    "sort_name": "text",
    "annual_revenue": "numeric",
}
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


#: What is done to the owner of one that comes into a pool, or out of it.
POOL_ACTS = {
    **dict.fromkeys(INTO_POOL, "old ->> 'pool_id' IS NULL AND new ->> 'pool_id' <> ''"),
    **dict.fromkeys(
        ("assigned", *OUT_OF_POOL),
        "op = 'UPDATE' AND old ->> 'pool_id' <> '' AND new ->> 'owner_id' <> ''",
    ),
}
IN_A_POOL = _("It is in a pool: it is claimed or assigned there.")
COMPANY_CIRCLE = "customer_parent_circle"
#: Every company and what lies right above it, by either of the two ways to say so.
COMPANIES = """
    SELECT id, parent_id FROM customers_customer WHERE parent_id IS NOT NULL
    UNION ALL
    SELECT other_id, customer_id FROM customers_relation WHERE kind = 'parent_of'
"""


class Customer(External, Record):
    """A company or person we sell to, directly or through others.

    It has an owner, or is in a pool: never both, never neither.
    """

    segment = "customers"
    charts = "customers.charts.OF_CUSTOMERS"
    actions = (*Record.actions, "import", "credit")
    fields_by_right = {"credit": CREDIT}

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

    papers = ("customers.papers.SHEET",)
    groups = (
        (
            _("Basics"),
            (
                "number",
                "name",
                "short_name",
                "kind",
                "nature",
                "credit_code",
                "industry",
                "ownership",
                "parent",
                "external_number",
            ),
        ),
        (_("How to reach them"), ("region", "address", "phone", "email", "website")),
        (
            _("Size and credit"),
            ("employees", "annual_revenue", "credit_grade", "credit_limit"),
        ),
        (
            _("Status"),
            (
                "status",
                "level",
                "source",
                "effective",
                "last_contact_at",
                "next_contact_at",
                "tags",
                "remarks",
            ),
        ),
        RESPONSIBLE,
    )
    team_path = "pk"
    sort_field = "sort_name"
    typed_into = {"planned_for": "next_contact_at"}
    shared_by = ("region", "level")
    tally_state = "status"
    milestoned = MILESTONED
    worded = ("name", "short_name", "address", "remarks", "tags")
    lettered = (
        "number",
        "credit_code",
        "phone",
        "email",
        "website",
        "external_number",
    )
    dialled = ("phone",)
    depends_on = ("nature",)
    number_prefix = "KH"
    named = ("name", "short_name")
    name_field = "name"
    found_in = "contacts"
    is_sampled = True
    dated = (
        Dated(
            "next_contact",
            pgettext_lazy("calendar", "next contact"),
            "next_contact_at",
            tone="warn",
            move="move_next_contact",
            is_due=True,
        ),
    )
    traits = CUSTOMER_TRAITS
    likely = "customers.duplicates.likely"
    merged_along = {"owner_id": ("pool_id",)}
    compared = ("name", "number", "credit_code", "phone", "address")
    acts = Record.acts | POOL_ACTS | CREDIT_ACTS
    refused = {
        "into_pool": _("Into a pool leads releasing it alone."),
        "customer_credit_right": CREDIT_LEFT,
    }
    once = {**External.once, "credit_code": "credit_code"}
    day_facts = (
        DayFact(
            key="customers_new",
            label=_("new customers"),
            at="created_at",
            place=20,
            listed="owner",
        ),
    )
    measures = OF_CUSTOMERS
    moments = (
        Moment(
            key="plan",
            label=_("planned contacts"),
            act=_("next contact"),
            at="next_contact_at",
            under=("pk",),
            is_plan=True,
            is_promise=True,
        ),
    )

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
    external_number = number_elsewhere()
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("parent company"),
        related_name="subsidiaries",
    )
    industry = DictionaryField(INDUSTRY, _("industry"))
    region = region_field()
    address = models.CharField(_("address"), max_length=300, blank=True)
    phone = models.CharField(
        _("phone"), max_length=60, blank=True, validators=[validate_phone]
    )
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.CharField(
        _("website"), max_length=300, blank=True, validators=[validate_http_url]
    )
    ownership = DictionaryField(OWNERSHIP, _("ownership form"))
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    annual_revenue = models.DecimalField(
        _("annual revenue (CNY)"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    level = DictionaryField(CUSTOMER_LEVEL, _("customer level"))
    status = models.CharField(
        _("customer status"),
        max_length=20,
        choices=Status.choices,
        default=Status.POTENTIAL,
    )
    effective = models.BooleanField(_("effective"), default=True)
    source = DictionaryField(CUSTOMER_SOURCE, _("customer source"))
    credit_grade = DictionaryField(CREDIT_GRADE, _("credit grade"))
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
    owner = signature(_("owner"), null=True)
    pool = models.ForeignKey(
        Pool,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name=_("pool"),
        related_name="customers",
        db_index=False,
    )
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")
    sort_name = DerivedTextField("name_to_sort")
    name_key = DerivedTextField("key_of_name")

    objects = LiveManager.from_queryset(CustomerQuerySet)()
    everything = CustomerQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = (
            *record_constraints("customer"),
            models.CheckConstraint(
                condition=Q(owner__isnull=False, pool=None)
                | Q(owner=None, pool__isnull=False),
                name="customer_owned_or_in_pool",
            ),
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
            list_index("customer_pool", "pool", "created_at"),
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
            *search_indexes("customer"),
            *sample_indexes("customer"),
            *trait_indexes(),
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
                    "sort_name",
                    "name_key",
                    "external_key",
                ),
            ),
            *tallied("customers.customer", state="status"),
            *milestones_kept("customers.customer", MILESTONED),
            number_kept(),
            owner_is_party(),
            owner_told(),
            out_of_pool(),
            credit_left(),
            *owned_since(),
            planned(),
            parents_live(),
            *options_kept(),
            no_circle(COMPANY_CIRCLE, COMPANIES, above="parent_id"),
        )

    def __str__(self):
        return self.name

    def clean(self):
        """Refuse an owner of one in a pool, and a parent that lies below it.

        PostgreSQL refuses the latter too.
        """
        if self.pool_id is not None and self.owner_id is not None:
            raise ValidationError({"owner": IN_A_POOL})
        if self.pk is None or self.parent_id in (None, self.pk):
            return  # that it is not its own parent a constraint says
        if self.pk in self.parent.companies_above():
            raise ValidationError({"parent": BY_TRIGGER[COMPANY_CIRCLE]})

    def companies_above(self):
        """Return the ids of this company and of all above it, however it is written.

        A parent is named in the customer itself or by a relation.
        """
        found, more = set(), {self.pk}
        relations = self.relations_to.model.objects.filter(kind="parent_of")
        while more:
            found |= more
            named = Customer.everything.filter(pk__in=more).exclude(parent=None)
            related = relations.filter(other__in=more)
            more = {pk for (pk,) in named.order_by().values_list("parent")}
            more |= {pk for (pk,) in related.values_list("customer")}
            more -= found
        return found

    @classmethod
    def open_to(cls, act):
        """Let the verbs of pools alone give what is in one to people."""
        return Q(pool=None) if act in ("transfer", "team") else Q()

    def move_next_contact(self, day, by):
        """Promise the next contact for another day, at the same hour."""
        moved = day - timezone.localdate(self.next_contact_at)
        self.next_contact_at += moved
        with acting(by):
            self.save(update_fields=["next_contact_at"])

    def filed(self, model, relation, user):
        """Ask no row whose it is where one may see all that hangs on the customer."""
        if relation != "customer" or "customer_owner" not in model.owner_paths:
            return super().filed(model, relation, user)
        customer = {"customer_id": self.pk, "customer_owner_id": self.owner_id}
        return model.objects.visibility(user).having(**customer)

    def is_person(self):
        """Say whether this is a natural person."""
        return self.nature == self.Nature.PERSON

    @classmethod
    def identified(cls, word):
        """Return the condition that what tells customers apart holds a folded word.

        Names, codes and telephones: not where they are, nor what is noted of them.
        """
        condition = cls.holds(word)
        if word.isascii():
            return condition
        names = (Part("search_text", place) for place in (1, 2))
        return condition & reduce(or_, (holds(name, word) for name in names))

    def name_to_sort(self):
        """Return the beginning of the pinyin: an index takes no long texts."""
        return pinyin(self.name, person=self.is_person())[:SORTED]

    def key_of_name(self):
        """Return the name as two writings of it are compared."""
        return folded(self.name)


class CustomerAttachment(Attachment):
    """A file kept with a customer."""

    record = models.ForeignKey(Customer, models.CASCADE, related_name="attachments")

    class Meta(Attachment.Meta):
        triggers = file_triggers("customers.customerattachment", "customers.customer")
