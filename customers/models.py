"""客户信息: customers, their file, contacts, relations between them, their teams."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.fields import DerivedTextField
from crm.models import Attachment, DictionaryField, Record, RecordQuerySet, Region
from crm.models.record import LiveManager, record_constraints, record_triggers
from crm.pinyin import searchable
from crm.search import Bigrams
from crm.text import digits
from crm.triggers import noted
from crm.validators import (
    validate_birthday,
    validate_business_date,
    validate_credit_code,
    validate_http_url,
    validate_phone,
)


def has_ideograph(text):
    """Say whether a text holds a Chinese character."""
    return any("\u3400" <= letter <= "\u9fff" for letter in text)


def telephone(text):
    """Return the digits of what may be a part of a telephone number, or nothing."""
    number = digits(text)
    worded = any(letter.isalpha() for letter in text)
    return number if len(number) >= 3 and not worded else ""


class CustomerQuerySet(RecordQuerySet):
    """Customers, and what one asks of them."""

    def search(self, text):
        """Find by any part of a name, pinyin, initials, number, code or telephone.

        The kind of the input decides where to look: a short word in a column
        without an index for it would cost a scan of everything.
        """
        text = text.strip().lower()
        if has_ideograph(text):
            return self.filter(search_text__has_part=text)
        word = "".join(text.split())
        found = Q(search_pinyin__contains=word) | Q(search_text__contains=text)
        found |= Q(number__istartswith=word) | Q(credit_code__istartswith=word)
        if number := telephone(text):
            found |= Q(search_digits__contains=number)
            mobiles = Contact.objects.filter(search_digits__contains=number)
            found |= Q(pk__in=mobiles.order_by().values("customer"))
        return self.filter(found)

    def dormant(self, days, now=None):
        """Return the customers whom nobody has contacted for so many days."""
        return self.filter(self.idle(days, now))

    @staticmethod
    def idle(days, now=None):
        """Return the condition "nobody has contacted them for so many days"."""
        since = (now or timezone.now()) - timedelta(days=days)
        never = Q(last_contact_at=None, created_at__lt=since)
        return never | Q(last_contact_at__lt=since)

    def naming_parents_for(self, user):
        """Read the parents along, and whether the person may know which."""
        seen = Customer.objects.visible_to(user).filter(pk=OuterRef("parent"))
        return self.select_related("parent").annotate(names_parent=Exists(seen))

    def due(self, until):
        """Return the customers who were promised a contact before a moment."""
        return self.filter(next_contact_at__lt=until)


class Customer(Record):
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

    team_path = "memberships"
    sort_field = "search_pinyin"
    names_parent = False

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
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")
    search_digits = DerivedTextField("digits_to_search")

    objects = LiveManager.from_queryset(CustomerQuerySet)()
    everything = CustomerQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = (
            *record_constraints("customer"),
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
            models.Index(
                fields=(
                    "-created_at",
                    "-id",
                ),
                name="customer_created",
            ),
            models.Index(
                fields=(
                    "owner",
                    "-created_at",
                    "-id",
                ),
                name="customer_owner",
            ),
            models.Index(fields=("next_contact_at",), name="customer_next_contact"),
            models.Index(fields=("last_contact_at",), name="customer_last_contact"),
            GinIndex(Bigrams("search_text"), name="customer_text"),
            GinIndex(
                OpClass("search_pinyin", name="gin_trgm_ops"), name="customer_pinyin"
            ),
            GinIndex(
                OpClass("search_digits", name="gin_trgm_ops"), name="customer_digits"
            ),
        )
        triggers = record_triggers(
            "customers.customer",
            title="name",
            kept=(
                "last_contact_at",
                "search_text",
                "search_pinyin",
                "search_digits",
            ),
        )

    def __str__(self):
        return self.name

    def told_parent(self):
        """Return the parent if the reader may know it: `naming_parents_for`."""
        return self.parent if self.names_parent else None

    told_parent.short_description = _("parent company")

    def text_to_search(self):
        """Return both names in lower case."""
        return f"{self.name}\n{self.short_name}".lower().strip()

    def pinyin_to_search(self):
        """Return pinyin and initials of both names."""
        person = self.nature == self.Nature.PERSON
        names = filter(None, (self.name, self.short_name))
        return "\n".join(searchable(name, person=person) for name in names)

    def digits_to_search(self):
        """Return the digits of the telephone number."""
        return digits(self.phone)


class FileEntry(models.Model):
    """One of the thirteen subjects of a customer's file (客户档案)."""

    class Subject(models.TextChoices):
        RELATION = "relation", _("relation to us")
        STRATEGY = "strategy", _("development strategy")
        COMPETENCE = "competence", _("core competence")
        SUPPLY_CHAIN = "supply_chain", _("supply chain")
        MARKET = "market", _("market")
        ECONOMY = "economy", _("economic situation")
        MARKETING = "marketing", _("marketing strategy")
        PRODUCTION = "production", _("production scale")
        QUALITY = "quality", _("product quality and R&D")
        SERVICE = "service", _("service level")
        SUPPORT = "support", _("technical support")
        SATISFACTION = "satisfaction", _("satisfaction")
        BOTTLENECKS = "bottlenecks", _("bottlenecks")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="file_entries")
    subject = models.CharField(_("subject"), max_length=20, choices=Subject.choices)
    text = models.TextField(_("text"), max_length=20000)
    written_on = models.DateField(
        _("as of"), default=timezone.localdate, validators=[validate_business_date]
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("author"),
        related_name="+",
    )

    class Meta:
        verbose_name = _("customer file")
        verbose_name_plural = _("customer file")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                "customer", "subject", name="file_subject_once_per_customer"
            ),
        )
        triggers = (
            noted(
                "customers.fileentry",
                title="subject",
                subject=("customers.customer", "customer_id"),
            ),
        )

    def __str__(self):
        return self.get_subject_display()


class Membership(models.Model):
    """A person of the team that works on a customer, reading or writing."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("team member"),
        related_name="memberships",
    )
    may_write = models.BooleanField(_("may write"), default=False)

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                "customer",
                "user",
                name="member_once_per_customer",
                violation_error_message=_("This person is in the team already."),
            ),
        )
        triggers = (
            noted(
                "customers.membership",
                title="user_id",
                subject=("customers.customer", "customer_id"),
            ),
        )

    def __str__(self):
        return str(self.user)


class Relation(models.Model):
    """How one customer stands to another: A supplies B."""

    class Kind(models.TextChoices):
        SUPPLIES = "supplies", _("supplies")
        PARENT_OF = "parent_of", _("is parent of")
        INVESTS_IN = "invests_in", _("invests in")
        PARTNER_OF = "partner_of", _("is partner of")

    #: How the other side puts it.
    INVERSE = {
        Kind.SUPPLIES: _("is supplied by"),
        Kind.PARENT_OF: _("is a subsidiary of"),
        Kind.INVESTS_IN: _("is invested in by"),
        Kind.PARTNER_OF: _("is partner of"),
    }

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="relations")
    kind = models.CharField(_("relation"), max_length=20, choices=Kind.choices)
    other = models.ForeignKey(
        Customer,
        models.PROTECT,
        verbose_name=_("other customer"),
        related_name="relations_to",
    )
    remarks = models.CharField(_("remarks"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                "customer",
                "kind",
                "other",
                name="relation_once",
                violation_error_message=_("This relation is recorded already."),
            ),
            models.CheckConstraint(
                condition=~Q(customer=F("other")),
                name="relation_between_two",
                violation_error_message=_("A customer has no relation to itself."),
            ),
        )
        triggers = (
            noted(
                "customers.relation",
                title="kind",
                subject=("customers.customer", "customer_id"),
            ),
        )

    def __str__(self):
        return f"{self.customer} {self.get_kind_display()} {self.other}"

    def seen_from(self, customer):
        """Return (wording, other customer) as read on one side's page."""
        if customer.pk == self.customer_id:
            return self.get_kind_display(), self.other
        return self.INVERSE[self.kind], self.customer


class ContactQuerySet(RecordQuerySet):
    """Contacts, and how they are found."""

    def search(self, text):
        """Find by any part of the name, its pinyin, the e-mail or a telephone."""
        found = Q(search_text__contains=text.strip().lower())
        if number := telephone(text):
            found |= Q(search_digits__contains=number)
        return self.filter(found)


class Contact(Record):
    """A person at a customer."""

    class Gender(models.TextChoices):
        MALE = "male", _("male")
        FEMALE = "female", _("female")

    owner_paths = ("customer__owner",)
    team_path = "customer__memberships"
    sort_field = "search_text"

    customer = models.ForeignKey(
        Customer, models.PROTECT, verbose_name=_("customer"), related_name="contacts"
    )
    name = models.CharField(_("contact name"), max_length=50)
    gender = models.CharField(
        _("gender"), max_length=10, choices=Gender.choices, blank=True
    )
    title = models.CharField(_("job title"), max_length=50, blank=True)
    department = models.CharField(_("department"), max_length=100, blank=True)
    decision_role = DictionaryField("contact_role", _("decision role"))
    mobile = models.CharField(
        _("mobile"), max_length=40, blank=True, validators=[validate_phone]
    )
    phone = models.CharField(
        _("phone"), max_length=60, blank=True, validators=[validate_phone]
    )
    email = models.EmailField(_("e-mail"), blank=True)
    wechat = models.CharField(_("WeChat"), max_length=50, blank=True)
    birthday = models.DateField(
        _("birthday"), null=True, blank=True, validators=[validate_birthday]
    )
    primary = models.BooleanField(_("primary contact"), default=False)
    remarks = models.TextField(_("remarks"), max_length=5000, blank=True)
    search_text = DerivedTextField("text_to_search")
    search_digits = DerivedTextField("digits_to_search")

    objects = LiveManager.from_queryset(ContactQuerySet)()
    everything = ContactQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = (
            *record_constraints("contact"),
            models.UniqueConstraint(
                "customer",
                name="contact_one_primary",
                condition=Q(deleted_at=None, primary=True),
                violation_error_message=_(
                    "This customer has a primary contact already."
                ),
            ),
        )
        indexes = (
            models.Index(
                fields=(
                    "customer",
                    "-created_at",
                ),
                name="contact_customer",
            ),
            models.Index(
                fields=(
                    "-created_at",
                    "-id",
                ),
                name="contact_created",
            ),
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="contact_text"),
            GinIndex(
                OpClass("search_digits", name="gin_trgm_ops"), name="contact_digits"
            ),
        )
        triggers = record_triggers(
            "customers.contact", title="name", kept=("search_text", "search_digits")
        )

    def __str__(self):
        return self.name

    def text_to_search(self):
        """Return pinyin, initials, name and e-mail in lower case."""
        name = searchable(self.name, person=True)
        return f"{name} {self.name} {self.email}".lower()

    def digits_to_search(self):
        """Return the digits of both telephone numbers."""
        return f"{digits(self.mobile)} {digits(self.phone)}"


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
