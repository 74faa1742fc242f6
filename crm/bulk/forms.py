"""What is asked before a bulk action: to whom, which field and value, whose team."""

from django import forms
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import EMPTY_VALUES
from django.db import models
from django.db.models import F
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.bulk.reach import blind_to, goes_along, has_own_owner, heirs
from crm.display import label_of
from crm.forms.inputs import DayInput
from crm.forms.lookups import LookupField
from crm.forms.records import CleanTexts
from crm.forms.typed_fields import DayField
from crm.lists.deeds import has_team
from crm.models import DictionaryField, Region, User
from crm.models.groups import asked

REMOVED, MEMBER = "removed", "member"


class TransferForm(forms.Form):
    """To whom records go, what goes along, whether the former owner reads on."""

    to = LookupField(User.objects.none(), label=gettext_lazy("new owner"))
    along = forms.MultipleChoiceField(
        label=gettext_lazy("What goes along"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    former = forms.ChoiceField(
        label=gettext_lazy("The former owner"),
        choices=(
            (REMOVED, gettext_lazy("sees them no longer")),
            (MEMBER, gettext_lazy("reads on, as a member of the team")),
        ),
        initial=REMOVED,
        required=False,
    )
    until = DayField(
        label=gettext_lazy("reads on until"),
        required=False,
        widget=DayInput({"data-ahead": ""}),
        help_text=gettext_lazy("The last day; left empty: for good."),
    )

    def __init__(self, *args, bulk, user, **options):
        """Offer whom the person may give such records to, and what hangs on them."""
        super().__init__(*args, **options)
        to = self.fields["to"]
        to.offer(heirs(user, bulk.model), user)
        to.show(self["to"].value())
        kinds = [k for k, _r, _c in goes_along(bulk.model) if has_own_owner(k)]
        choices = [(k._meta.label_lower, along_label(k)) for k in kinds]
        self.fields["along"].choices = choices
        self.initial.setdefault("along", [key for key, _label in choices])
        if not choices:
            del self.fields["along"]
        if not has_team(bulk.model):
            del self.fields["former"], self.fields["until"]

    def clean(self):
        """Refuse somebody who would not see what goes along."""
        super().clean()
        values = self.cleaned_data
        if to := values.get("to"):
            along = map(apps.get_model, values.get("along", ()))
            self._refuse_unseen(to, list(along))
        return values

    def _refuse_unseen(self, to, kinds):
        for kind in blind_to(to.pk, kinds):
            words = _("%(person)s may not see any %(kind)s.")
            given = {"person": to, "kind": kind._meta.verbose_name_plural}
            self.add_error("to", ValidationError(words % given))

    def clean_until(self):
        """Refuse a day that is over."""
        day = self.cleaned_data["until"]
        if day and day < timezone.localdate():
            raise ValidationError(_("This day is over already."))
        return day

    def given(self):
        """Return what is to be done, as the deed has it."""
        values = self.cleaned_data
        until = values.get("until")
        return {
            "to": values["to"].pk,
            "along": values.get("along", []),
            "former": values.get("former") or REMOVED,
            "until": until.isoformat() if until else "",
        }


def along_label(kind):
    """Return what of a kind goes along, in words."""
    name = kind._meta.verbose_name_plural
    return _("%s that are not finished and not just being approved") % name


class TeamForm(forms.Form):
    """Who joins the teams, and whether to write."""

    user = LookupField(User.objects.none(), label=gettext_lazy("team member"))
    may_write = forms.BooleanField(label=gettext_lazy("may write"), required=False)

    def __init__(self, *args, bulk, user, **options):
        """Offer the people who work here."""
        super().__init__(*args, **options)
        self.fields["user"].offer(User.objects.active(), user)
        self.fields["user"].show(self["user"].value())

    def given(self):
        """Return what is to be done, as the deed has it."""
        values = self.cleaned_data
        return {"user": values["user"].pk, "may_write": values["may_write"]}


class FieldForm(forms.Form):
    """Which field is to be changed."""

    field = forms.ChoiceField(label=gettext_lazy("field"))

    def __init__(self, *args, bulk, user, **options):
        """Offer the fields that many records can have the same value in."""
        super().__init__(*args, **options)
        self.fields["field"].choices = [
            (name, label_of(bulk.model, name)) for name in editable(bulk.model, user)
        ]


class ValueForm(CleanTexts, forms.Form):
    """The value that a field of all the records is to have; none only if so ticked."""

    clear = forms.BooleanField(
        label=gettext_lazy("Empty this field in all of them"), required=False
    )

    def __init__(self, *args, bulk, user, field, **options):
        """Ask for it as the form of one record does."""
        super().__init__(*args, **options)
        self.name, self.column = field, bulk.model._meta.get_field(field)
        value = form_of(bulk.model, user).fields[field]
        value.initial = None
        self.fields["value"] = value
        self.fields["field"] = forms.CharField(initial=field, widget=forms.HiddenInput)
        self.order_fields(("value", "clear"))
        if value.required or not can_be_empty(self.column):
            del self.fields["clear"]
        if hasattr(value, "show"):
            value.show(self["value"].value())

    def clean_field(self):
        """Refuse another field than that whose value was asked for."""
        if self.cleaned_data["field"] != self.name:
            raise ValidationError(_("Choose the field once more."))
        return self.name

    def clean(self):
        """Refuse an empty field that nobody has asked for, and one of two answers."""
        values = super().clean()
        if "value" not in values or "clear" not in values:
            return values
        is_empty = values["value"] in EMPTY_VALUES
        if is_empty and not values["clear"]:
            words = _("Say the value, or tick that the field is to be emptied.")
            self.add_error("value", ValidationError(words))
        if values["clear"] and not is_empty:
            words = _("Either a value, or an empty field: not both.")
            self.add_error("clear", ValidationError(words))
        return values

    def given(self):
        """Return what is to be done, as the deed has it."""
        value = self.cleaned_data["value"]
        return {"field": self.name, "value": getattr(value, "pk", value)}


def can_be_empty(column):
    """Say whether a column has a way to hold nothing: yes or no is always something."""
    return column.null or isinstance(column, models.CharField | models.TextField)


def form_of(model, user):
    """Return the empty form by which a person edits one record of a kind."""
    page = resolve(reverse(f"{model._meta.model_name}_update", args=[1])).func
    return page.view_initkwargs["form_class"](user=user)


def editable(model, user):
    """Return the fields in which many records of a kind may get the same value.

    Not what tells records apart, whose they are, or what they are filed under.
    """
    held, apart = form_of(model, user).fields, _apart(model)
    return [
        name
        for name in asked(model)
        if name in held and name not in apart and _is_plain(model._meta.get_field(name))
    ]


def _apart(model):
    """Return the fields that are to tell records from each other."""
    found = {*model.named, *model.once, *model.each_its_own}
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            found.update(constraint.fields)
            found.update(e.name for e in constraint.expressions if isinstance(e, F))
            if constraint.condition is not None:
                found.update(_named_in(constraint.condition))
    return found


def _named_in(condition):
    for child in condition.children:
        yield child[0].partition("__")[0] if isinstance(child, tuple) else ""


def _is_plain(field):
    """Say whether a value says all: no other record, and of no other row's name."""
    if field.is_relation:
        return isinstance(field, DictionaryField) or field.related_model is Region
    return not field.unique and not isinstance(field, ArrayField | models.JSONField)


FORMS = {"transfer": TransferForm, "edit": ValueForm, "team": TeamForm}
