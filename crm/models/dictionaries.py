"""Option lists that a company edits itself, and the regions of China."""

from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.fields import DerivedTextField
from crm.guards.triggers import noted, stamped
from crm.models.searching import Searched
from crm.models.versions import Versioned


@dataclass(frozen=True, eq=False)
class Dictionary:
    """An option list, declared by the app whose fields first take it.

    A field takes it by `DictionaryField(INDUSTRY, …)`, or a text is written with it
    (`crm.models.return_reasons`); that is all that makes it known.

    Attributes:
        kind: what it is stored and imported by.
        label: what it is called, translated lazily.
        options: (code, Chinese label, English label) of those that ship, in the order
            of the choice lists. Codes stay when labels are reworded; a company edits
            its own copy.
        hint: what else a label may say, for whoever words the options.
        other_names: {code: "name name"} by which files call an option, too.
    """

    kind: str
    label: Any
    options: tuple
    other_names: dict[str, str] = field(default_factory=dict)
    hint: Any = ""
    place: int = field(default_factory=count().__next__)


@cache
def dictionaries():
    """Return {kind: dictionary} of all that fields take, as they were declared."""
    declared = (
        getattr(column, "dictionary", None)
        for model in apps.get_models()
        for column in model._meta.concrete_fields
    )
    taken = {one.kind: one for one in declared if one is not None}
    return dict(sorted(taken.items(), key=lambda pair: pair[1].place))


def dictionary_choices():
    """Return [(kind, label)] of the dictionaries there are."""
    return [(kind, one.label) for kind, one in dictionaries().items()]


class DictionaryItem(Versioned):
    """One option of a dictionary; retired ones stay on the records that use them."""

    actions = ("view", "add", "change", "delete")
    sort_field = "order"

    kind = models.CharField(_("dictionary"), max_length=30, choices=dictionary_choices)
    code = models.SlugField(_("code"), max_length=50)
    label = models.CharField(_("label"), max_length=100)
    label_en = models.CharField(_("English label"), max_length=100, blank=True)
    order = models.PositiveIntegerField(_("order"), default=0)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("dictionary item")
        verbose_name_plural = _("dictionary items")
        default_permissions = ()
        ordering = ("kind", "order", "pk")
        constraints = (
            models.UniqueConstraint(
                "kind",
                "code",
                name="dictionary_code_once",
                violation_error_message=_("This code exists already."),
            ),
            models.UniqueConstraint(
                "kind",
                "label",
                name="dictionary_label_once",
                violation_error_message=_("This label exists already."),
            ),
        )
        triggers = (stamped(), noted("crm.dictionaryitem", title="label"))

    def __str__(self):
        return self.local_label

    @property
    def local_label(self):
        """The label in the reader's language; Chinese where no English one is."""
        english = (get_language() or "").startswith("en")
        return self.label_en if english and self.label_en else self.label


#: A row is read anew if somebody was changing it: whoever replaces an item waits for
#: those who write rows with it, and they for whoever replaces it.
HOLD = """
SELECT id FROM crm_dictionaryitem WHERE id = ANY(%s) AND active
ORDER BY id FOR KEY SHARE
"""


def held(items):
    """Return those of the ids of items that are in use.

    Nobody puts another item in their place until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [list(items)])
        return {pk for (pk,) in cursor.fetchall()}


class DictionaryField(models.ForeignKey):
    """A foreign key to the items of one dictionary."""

    def __init__(self, dictionary=None, verbose_name=None, *, kind=None, **options):
        """Take the dictionary, or its kind in a migration.

        The field may be blank unless told otherwise.
        """
        self.dictionary = dictionary
        self.kind = kind = dictionary.kind if dictionary else kind
        options.setdefault("to", DictionaryItem)
        options.setdefault("on_delete", models.PROTECT)
        options.setdefault("related_name", "+")
        options.setdefault("limit_choices_to", Q(kind=kind))
        options.setdefault("null", True)
        options.setdefault("blank", True)
        super().__init__(verbose_name=verbose_name, **options)

    def deconstruct(self):
        """Keep the kind in migrations, and whether it may be empty: most may."""
        name, path, args, options = super().deconstruct()
        kept = {"kind": self.kind, "null": self.null, "blank": self.blank}
        return name, path, args, {**options, **kept}


class Region(Searched):
    """A province, city or district of GB/T 2260."""

    sort_field = "code"
    worded = ("full_name",)
    lettered = ("code",)
    named = ("full_name",)
    name_field = "full_name"

    code = models.CharField(_("code"), max_length=6, primary_key=True)
    name = models.CharField(_("name"), max_length=50)
    full_name = models.CharField(_("full name"), max_length=120)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children"
    )
    level = models.PositiveSmallIntegerField()
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        default_permissions = ()
        ordering = ("code",)

    def __str__(self):
        return self.full_name

    @property
    def prefix(self):
        """The start that the codes of all regions within this one share."""
        return self.code[: 2 * self.level]


def region_field():
    """Return the column of the region where something is."""
    return models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("region"),
        related_name="+",
    )
