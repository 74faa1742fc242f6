"""The conditions on the operation log and on the sign-in log."""

import django_filters as filters
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.duplicates.models import Merge, Pair
from crm.history.words import VERBS, act, is_labelled, same_act, word_of
from crm.kinds import kinds
from crm.lists.filter_fields import ChoicesFilter, LookupFilter, TextFilter
from crm.lists.filters import ModelFilter
from crm.models import HistoryEntry, User
from crm.models.searching import Searched, asked

#: What the sign-in log shows.
SIGNING = ("signed_in", "sign_in_failed", "signed_out")


def verbs():
    """Return the verbs and their words, one of those that mean the same."""
    return [(verb, act(verb)) for verb in VERBS if same_act(verb)[0] == verb]


def signing():
    """Return the verbs of the sign-in log and their words."""
    return [(verb, act(verb)) for verb in SIGNING]


#: What happens to two rows, and is told in the history of one of them.
TYING = (Merge, Pair)
#: The acts of these; an index leads to them.
TIED = ("merged", "unmerged", "dismissed", "reconsidered")


def kind_choices():
    """Return the kinds of records whose history is kept, and their names."""
    known = (*kinds(), *TYING)
    return [(kind._meta.label_lower, kind._meta.verbose_name) for kind in known]


def columns_called(text):
    """Return {label of a kind: its columns whose words hold a text}."""
    sought, found = text.casefold(), {}
    for model in kinds():
        names = (
            field.column
            for field in model._meta.concrete_fields
            if is_labelled(field) and not field.primary_key
        )
        words = ((column, word_of(model, "", column)) for column in names)
        called = [c for c, word in words if word and sought in word.casefold()]
        if called:
            found[model._meta.label_lower] = called
    return found


def validate_field(text):
    """Refuse what no field of any kind is called."""
    if text.strip() and not columns_called(text.strip()):
        raise ValidationError(_("No field is called so."))


def named_kinds():
    """Return the kinds of rows that a history tells of and a search finds."""
    return [kind for kind in kinds() if issubclass(kind, Searched)]


def _called(model, text):
    """Return the ids of the rows that are called so: an entry tells no more of them."""
    condition = asked(text, lambda word, **_others: model.names_hold(word))
    return model._base_manager.filter(condition).order_by().values("pk")


class SignInFilter(ModelFilter):
    """Conditions on sign-ins, sign-outs and failures."""

    conditions = ("at",)
    usual = ("actor", "verb", "at_after", "at_before")

    actor = LookupFilter(
        field_name="actor_id",
        queryset=lambda request: User.objects.visible_to(request.user),
        label=gettext_lazy("Who"),
        method="by_actor",
    )
    verb = ChoicesFilter(
        field_name="verb", label=gettext_lazy("action"), choices=signing
    )
    address = TextFilter(
        field_name="address",
        lookup_expr="startswith",
        label=gettext_lazy("IP address"),
        max_length=45,
    )

    class Meta:
        model = HistoryEntry
        fields = ()

    def search(self, queryset, _name, value):
        """Narrow to what is called so, or was at that time, and to such people."""
        # What it was called then stands as PostgreSQL wrote it, which cannot fold.
        text = value.strip()
        found = Q(title__icontains=text) | Q(actor_name__icontains=text)
        for model in named_kinds():
            label, rows = model._meta.label_lower, _called(model, value)
            found |= Q(subject_label=label, subject_id__in=rows)
            found |= Q(actor_id__in=rows) if model is User else Q()
        return queryset.filter(found)

    def by_actor(self, queryset, _name, people):
        """Narrow to what some people did; entries keep their numbers, no key."""
        ids = [person.pk for person in people]
        return queryset.filter(actor_id__in=ids) if ids else queryset


class LogFilter(SignInFilter):
    """Conditions on everything that happened."""

    usual = ("actor", "verb", "kind", "at_after", "at_before")

    verb = ChoicesFilter(
        field_name="verb",
        label=gettext_lazy("action"),
        choices=verbs,
        method="by_act",
    )
    kind = ChoicesFilter(
        field_name="subject_label",
        label=gettext_lazy("Kind"),
        choices=kind_choices,
        method="by_kind",
    )
    field = TextFilter(
        label=gettext_lazy("Field"),
        max_length=50,
        validators=[validate_field],
        method="by_field",
    )
    number = filters.NumberFilter(
        field_name="subject_id",
        label=gettext_lazy("Number of the record"),
        min_value=1,
        max_value=2**63 - 1,
        decimal_places=0,
    )

    def by_kind(self, queryset, _name, chosen):
        """Narrow to what happened to records of some kinds, or to what ties them."""
        ties = {model._meta.label_lower for model in TYING}.intersection(chosen)
        found = Q(subject_label__in=chosen)
        if ties:
            found |= Q(label__in=ties, verb__in=TIED)
        return queryset.filter(found) if chosen else queryset

    def by_field(self, queryset, _name, value):
        """Narrow to changes of the fields called so, whatever changed with them."""
        found = Q()
        for label, names in columns_called(value.strip()).items():
            found |= Q(label=label, changes__has_any_keys=names)
        return queryset.filter(found)

    def by_act(self, queryset, _name, chosen):
        """Narrow to some acts: of several verbs of one name, all are meant."""
        verbs = [verb for one in chosen for verb in same_act(one)]
        return queryset.filter(verb__in=verbs) if verbs else queryset
