"""The people at customers."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.fields import DerivedTextField
from crm.models import DictionaryField, Record, RecordQuerySet
from crm.models.external import External, external_once
from crm.models.indexes import bin_index, list_index, report_indexes
from crm.models.record import LiveManager, record_constraints, record_triggers
from crm.parents import parents_live
from crm.pinyin import searchable
from crm.search import Grams
from crm.text import digits, has_ideograph
from crm.triggers import tallied
from crm.validators import (
    validate_birthday,
    validate_phone,
)
from customers.models.customers import Customer
from customers.models.rows import telephone
from customers.triggers import owner_asked, owner_of_customer


class ContactQuerySet(RecordQuerySet):
    """Contacts, and how they are found."""

    def search(self, text, user, known=None):
        """Find by any part of the name, its pinyin, the e-mail or a telephone."""
        text = text.strip().lower()
        if has_ideograph(text):
            return self.filter(name__has_part=text)
        found = Q(search_text__contains=text)
        if number := telephone(text):
            found |= Q(search_digits__contains=number)
        return self.filter(found)


class Contact(External, Record):
    """A person at a customer."""

    class Gender(models.TextChoices):
        MALE = "male", _("male")
        FEMALE = "female", _("female")

    owner_paths = ("customer_owner",)
    team_path = "customer"
    names_along = ("customer",)
    beside_title = ("customer__name", "title")
    sort_field = "search_text"
    found_in = {
        "name": ("name", "has_part"),
        "email": ("search_text", "contains"),
        "mobile": ("search_digits", "contains", telephone),
        "phone": ("search_digits", "contains", telephone),
    }

    customer = models.ForeignKey(
        Customer, models.PROTECT, verbose_name=_("customer"), related_name="contacts"
    )
    customer_owner = owner_of_customer()
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
            external_once("contact"),
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
            *(
                list_index(name, *columns, people=("customer_owner",))
                for name, columns in (
                    ("contact_created", ("created_at",)),
                    ("contact_changed", ("changed_at",)),
                    ("contact_birthday", ("birthday",)),
                    ("contact_name", ("search_text",)),
                    ("contact_reporter", ("reporter", "created_at")),
                    ("contact_customer_owner", ("customer_owner", "created_at")),
                    ("contact_customer", ("customer", "created_at")),
                )
            ),
            *report_indexes("contact", ("customer_owner",)),
            bin_index("contact", ("customer_owner",)),
            GinIndex(Grams("name"), name="contact_grams"),
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="contact_text"),
            GinIndex(
                OpClass("search_digits", name="gin_trgm_ops"), name="contact_digits"
            ),
        )
        triggers = (
            *record_triggers(
                "customers.contact",
                title="name",
                kept=(
                    "customer_owner_id",
                    "search_text",
                    "search_digits",
                    "external_key",
                ),
            ),
            owner_asked(),
            parents_live(),
            *tallied("customers.contact", owner="customer_owner_id"),
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
