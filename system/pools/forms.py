"""The form of a pool."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from crm.display import label_of
from crm.forms.departments import DepartmentsField
from crm.forms.records import ModelForm
from crm.models import Department, User
from customers.models import Customer, Pool
from customers.models.pools import HIDEABLE


class PoolForm(ModelForm):
    """Who is in it and who runs it, and what limits hold."""

    groups = (
        (_("Basics"), ("name", "access", "is_default", "active")),
        (_("Who is in it"), ("departments", "members", "admins", "hidden")),
        (
            _("Limits"),
            (
                "claim_per_day",
                "hold_limit",
                "count_won",
                "reclaim_days",
                "protect_days",
                "clear_team",
            ),
        ),
    )

    departments = DepartmentsField(
        Department.objects.order_by("path"),
        required=False,
        label=_("members' departments"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With all that lie below them."),
    )
    members = forms.ModelMultipleChoiceField(
        User.objects.none(),
        required=False,
        label=_("further members"),
        widget=forms.CheckboxSelectMultiple,
    )
    admins = forms.ModelMultipleChoiceField(
        User.objects.none(),
        required=False,
        label=_("administrators"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They see all of the customers in it, and assign them."),
    )
    hidden = forms.MultipleChoiceField(
        required=False,
        label=_("hidden from members"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Telephones are always masked, contacts never shown."),
    )

    class Meta(ModelForm.Meta):
        model = Pool
        fields = (
            "name",
            "access",
            "is_default",
            "active",
            "departments",
            "members",
            "admins",
            "hidden",
            "claim_per_day",
            "hold_limit",
            "count_won",
            "reclaim_days",
            "protect_days",
            "clear_team",
        )

    def __init__(self, *args, **options):
        """Offer who may have customers, and who is chosen already."""
        super().__init__(*args, **options)
        asked = {"members": "change", "admins": "view"}
        for name, action in asked.items():
            people = User.objects.seeing(Customer, action)
            self.fields[name].queryset = people.order_by("search_pinyin", "name", "pk")
        if self.instance.is_default:
            self.fields["is_default"].disabled = True
            self.fields["is_default"].help_text = _(
                "Another pool becomes it by being ticked there."
            )
        self.fields["hidden"].choices = [
            (name, capfirst(str(label_of(Customer, name)))) for name in HIDEABLE
        ]

    def clean(self):
        """Keep the pool of all others in use."""
        values = super().clean()
        if values.get("is_default") and not values.get("active"):
            self.add_error("active", _("The pool of all others stays in use."))
        return values

    def _get_validation_exclusions(self):
        """Leave that there is one pool of all others to `save`, which sees to it."""
        return super()._get_validation_exclusions() | {"is_default"}

    def save(self, commit=True):
        """Save it; the pool that was that of all others is so no more."""
        if self.instance.is_default:
            others = Pool.objects.filter(is_default=True).exclude(pk=self.instance.pk)
            others.update(is_default=False)
        return super().save(commit)
