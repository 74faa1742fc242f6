"""What is agreed before a hand-over: who gets what, and whether the account closes."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.approval.deciding import flows
from crm.forms.lookups import LookupField, LookupMultipleField
from crm.models import User
from customers.models import Customer
from system.shares import BY_PART, IN_TURN, named_parts, part_of

SPLITS = (
    ("all", gettext_lazy("all to the successor")),
    ("region", gettext_lazy("by region")),
    ("level", gettext_lazy("by level")),
    (IN_TURN, gettext_lazy("in turn, as many to each")),
)
PART = "part_"


class HandoverForm(forms.Form):
    """Successors, the rule for customers, and the end of the account."""

    to = LookupField(
        User.objects.none(),
        label=gettext_lazy("successor"),
        help_text=gettext_lazy(
            "Gets what no rule gives to somebody else; what is filed under a customer"
            " goes to whoever has the customer."
        ),
    )
    approver = LookupField(
        User.objects.none(),
        label=gettext_lazy("asked for decisions instead"),
        required=False,
    )
    successors = LookupMultipleField(
        User.objects.none(),
        label=gettext_lazy("those who take turns"),
        required=False,
    )
    closes = forms.BooleanField(
        label=gettext_lazy("close the account when nothing is left"),
        required=False,
        initial=True,
    )
    split = forms.CharField(widget=forms.HiddenInput, initial="all", required=False)

    def __init__(self, *args, leaver, user, split, asks_approver, **options):
        """Ask for what the rule needs to know.

        Args:
            leaver: who leaves.
            user: who fills in the form.
            split: one of `SPLITS`.
            asks_approver: whether rules of approval name the leaver.
        """
        super().__init__(*args, **options)
        self.split = split
        self.initial["split"] = split
        people = User.objects.active().exclude(pk=leaver.pk)
        parts = parts_of(leaver, split) if split in BY_PART else ()
        for key, label in parts:
            self.fields[PART + key] = LookupField(
                User.objects.none(), label=label, required=False
            )
        self.order_fields(("to", *(PART + key for key, _label in parts)))
        if split != IN_TURN:
            del self.fields["successors"]
        if asks_approver:
            self.fields["approver"].required = True
        else:
            del self.fields["approver"]
        for name, field in self.fields.items():
            if isinstance(field, LookupField | LookupMultipleField):
                rows = people
                if name == "approver":
                    rights = [flow.right for flow in flows()]
                    rows = people.filter(roles__grants__has_any_keys=rights).distinct()
                field.offer(rows, user)
                field.show(self[name].value())

    def clean(self):
        """Ask who takes turns, where they do."""
        values = super().clean()
        if self.split == IN_TURN and not values.get("successors"):
            self.add_error("successors", ValidationError(_("Name who takes turns.")))
        return values

    def plan(self):
        """Return what was agreed, as `Handover.plan` has it."""
        values, parts = self.cleaned_data, {}
        if self.split == IN_TURN:
            parts = [one.pk for one in values["successors"]]
        else:
            named = ((k, v) for k, v in values.items() if k.startswith(PART) and v)
            parts = {key.removeprefix(PART): one.pk for key, one in named}
        approver = values.get("approver") or values["to"]
        return {
            "to": values["to"].pk,
            "approver": approver.pk,
            "split": self.split,
            "parts": parts,
            "closes": values["closes"],
        }


def parts_of(leaver, split):
    """Return [(key, label)] of the parts that a person's customers fall into."""
    column = "region" if split == "region" else "level"
    rows = Customer.objects.filter(owner=leaver).order_by()
    values = rows.values_list(column, flat=True).distinct()
    keys = {part_of(Customer(**{f"{column}_id": value}), split) for value in values}
    return named_parts(keys, split)
