"""The people at customers."""

from functools import reduce
from operator import or_

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.chinese.pinyin import pinyin
from crm.fields import DerivedTextField
from crm.guards.ledger import tallied
from crm.guards.options import options_kept
from crm.guards.parents import parents_live
from crm.models import DictionaryField, Record
from crm.models.dated import Dated
from crm.models.external import External, external_once, number_elsewhere
from crm.models.indexes import bin_index, list_index, report_indexes, search_indexes
from crm.models.moments import Moment
from crm.models.record_guards import record_constraints, record_triggers
from crm.models.searching import READINGS, names_have
from crm.queries.search import TRIGRAM, Grams, Part, holds
from crm.validators import (
    validate_birthday,
    validate_phone,
)
from customers.dictionaries import CONTACT_ROLE
from customers.models.customers import SORTED, Customer
from customers.models.sameness import CONTACT_TRAITS
from customers.triggers import owner_asked, owner_of_customer


class Contact(External, Record):
    """A person at a customer."""

    segment = "contacts"
    actions = (*Record.actions, "import")

    class Gender(models.TextChoices):
        MALE = "male", _("male")
        FEMALE = "female", _("female")

    groups = (
        (
            _("Basics"),
            (
                "customer",
                "name",
                "gender",
                "title",
                "department",
                "decision_role",
                "primary",
            ),
        ),
        (_("How to reach them"), ("mobile", "phone", "email", "wechat")),
        (_("Other"), ("birthday", "external_number", "remarks", "reporter")),
    )
    owner_paths = ("customer_owner",)
    team_path = "customer"
    names_along = ("customer",)
    tab_under = ("customer",)
    moments = (
        Moment(
            key="contact",
            label=_("contacts"),
            act=_("contact added"),
            at="created_at",
            under=("customer",),
            title="name",
            note=("title", "department"),
            state="decision_role",
            who="entered_by__name",
        ),
    )
    goes_along = {"customer": Q()}
    dated = (
        Dated(
            "birthday",
            _("birthday"),
            "birthday",
            whose="customer_owner",
            tone="good",
            yearly=True,
        ),
    )
    title_extras = ("customer__name", "title")
    sort_field = "sort_name"
    found_through = ("customer",)
    worded = ("name", "title", "department", "remarks")
    lettered = ("mobile", "phone", "email", "wechat", "external_number")
    dialled = ("mobile", "phone")
    named = ("name",)
    name_field = "name"
    traits = CONTACT_TRAITS
    #: Of two customers that become one, one keeps its primary contact.
    moved_with = {"primary": False}

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
    decision_role = DictionaryField(CONTACT_ROLE, _("decision role"))
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
    external_number = number_elsewhere()
    remarks = models.TextField(_("remarks"), max_length=5000, blank=True)
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")
    sort_name = DerivedTextField("name_to_sort")

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
                    ("contact_name", ("sort_name",)),
                    ("contact_reporter", ("reporter", "created_at")),
                    ("contact_customer_owner", ("customer_owner", "created_at")),
                    ("contact_customer", ("customer", "created_at")),
                )
            ),
            models.Index(
                "customer_owner",
                F("birthday__month") * 100 + F("birthday__day"),
                name="contact_birthday_of_year",
                condition=Q(deleted_at=None, birthday__isnull=False),
            ),
            *report_indexes("contact", ("customer_owner",)),
            bin_index("contact", ("customer_owner",)),
            *search_indexes("contact"),
            GinIndex(Grams(Part("search_text", 1)), name="contact_names"),
        )
        triggers = (
            *record_triggers(
                "customers.contact",
                title="name",
                kept=(
                    "customer_owner_id",
                    "search_text",
                    "search_pinyin",
                    "sort_name",
                    "external_key",
                ),
            ),
            owner_asked(),
            parents_live(),
            *options_kept(),
            *tallied("customers.contact", owner="customer_owner_id"),
        )

    def __str__(self):
        return self.name

    def is_person(self):
        """Read the name by its surname."""
        return True

    @classmethod
    def identified(cls, word, others=()):
        """Return the condition that name, telephone or address holds a folded word.

        A word by which very many are found, as a surname, is looked for in the names
        of those alone who have one of the other words, too.

        Args:
            word: what is looked for.
            others: the other words; without one that finds few, None is returned.
        """
        if (alone := _identified(word)) is not None:
            return alone
        few = [one for other in others if (one := _identified(other)) is not None]
        if not few:
            return None
        names = READINGS if word.isascii() else Part("search_text", 1)
        return reduce(or_, few) & holds(names, word)

    def name_to_sort(self):
        """Return the beginning of the pinyin."""
        return pinyin(self.name, person=True)[:SORTED]


def _identified(word):
    """Return the condition of a word by which few are found, else None."""
    if word.isascii():
        long_enough = len(word) >= TRIGRAM
        return Q(search_pinyin__contains=word) if long_enough else None
    return names_have(word) if len(word) > 1 else None
