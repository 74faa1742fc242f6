"""转客户: one form of three blocks, each for a row that is new, or there already.

A customer is always one of the two, for contacts and opportunities belong to one; of
what the person may not enter, nothing new is offered.
"""

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.forms.lookups import LookupField
from crm.forms.records import GroupedForm, RecordForm
from crm.rights.permissions import permission
from customers.forms import CreditCodeField
from customers.models import Contact, Customer
from sales.conversion import Outcome
from sales.forms.opportunities import AskedByStage, StageField
from sales.guards.opportunities import ASKABLE
from sales.models import Opportunity

NEW, EXISTING, NONE = "new", "existing", "none"
WAYS = {
    NEW: pgettext_lazy("conversion", "new"),
    EXISTING: pgettext_lazy("conversion", "there already"),
    NONE: pgettext_lazy("conversion", "none"),
}


class Block(RecordForm):
    """What is asked of a new row; the lead's form is sent once, by its version."""

    def __init__(self, *args, **options):
        """Leave out the token of a form of its own."""
        super().__init__(*args, **options)
        del self.fields["form_token"]


class NewCustomer(Block):
    """The customer that a lead becomes."""

    class Meta(RecordForm.Meta):
        model = Customer
        field_classes = {"credit_code": CreditCodeField}
        fields = (
            "name",
            "kind",
            "nature",
            "credit_code",
            "industry",
            "region",
            "address",
            "phone",
            "email",
            "source",
        )


class NewContact(Block):
    """The person at the customer."""

    class Meta(RecordForm.Meta):
        model = Contact
        fields = ("name", "title", "mobile", "phone", "email", "wechat")


#: What of an opportunity a lead tells already.
OF_A_LEAD = ("amount", "source", "details")


class NewOpportunity(AskedByStage, Block):
    """What the customer may buy."""

    stage = StageField(label=_("stage"), empty_label=None)

    class Meta(RecordForm.Meta):
        model = Opportunity
        fields = (
            "title",
            "stage",
            "amount",
            "expected_on",
            "source",
            "details",
            "need",
            "probability",
            "next_step",
            "next_contact_at",
        )
        widgets = {"details": forms.Textarea({"rows": 4})}

    def __init__(self, *args, **options):
        """Leave out what no stage asks for, and is no part of a lead."""
        super().__init__(*args, **options)
        asking = self.fields["stage"].queryset.values_list("requires", flat=True)
        asked = {name for requires in asking for name in requires}
        for name in ASKABLE:
            if name in self.fields and name not in (*OF_A_LEAD, *asked):
                del self.fields[name]


#: {name of the block: (kind, form of a new one, the right to what is there)}
BLOCKS = {
    "customer": (Customer, NewCustomer, "file"),
    "contact": (Contact, NewContact, "view"),
    "opportunity": (Opportunity, NewOpportunity, "change"),
}


class ConversionForm(GroupedForm, forms.Form):
    """Which way each block goes, and the rows that are there already.

    Attributes:
        parts: {name of a block: the form of a new row}, of those that one may enter.
    """

    def __init__(self, data=None, *, lead, user, initial):
        """Offer of each block what the person may do.

        Args:
            lead: the lead.
            user: who converts it.
            initial: which way each block goes, and what is chosen, to begin with.
        """
        super().__init__(data, initial=initial)
        self.user, self.parts = user, {}
        for name, (kind, form, right) in BLOCKS.items():
            label = kind._meta.verbose_name
            self.fields[name] = forms.ChoiceField(
                choices=self._ways(name, kind),
                widget=forms.RadioSelect,
                label=label,
                required=name == "customer",
            )
            rows = kind.objects.visible_to(user, right)
            if kind is Opportunity:
                rows = rows.filter(status=Opportunity.Status.OPEN)
            self.fields[f"existing_{name}"] = existing = LookupField(
                rows, required=False, label=label
            )
            existing.offer(rows, user)
            if name != "customer":
                self._narrow(existing)
            existing.show(self[f"existing_{name}"].value())
            if user.has_perm(permission("add", kind)):
                self.parts[name] = form(
                    data, user=user, prefix=name, initial=known_of(lead)[name]
                )

    def _ways(self, name, kind):
        left_out = {NONE} if name == "customer" else set()
        if not self.user.has_perm(permission("add", kind)):
            left_out.add(NEW)
        return [(way, words) for way, words in WAYS.items() if way not in left_out]

    def _narrow(self, field):
        """Offer what belongs to the customer that is chosen, if one is."""
        field.widget.attrs["data-lookup-with"] = "existing_customer"
        for key in self.fields["existing_customer"].keys(
            self["existing_customer"].value()
        ):
            field.queryset = field.queryset.filter(customer=key)

    @property
    def blocks(self):
        """[{name, heading, way, existing, groups}]: bound fields of each block."""
        return [
            {
                "name": name,
                "heading": kind._meta.verbose_name,
                "way": self[name],
                "existing": self[f"existing_{name}"],
                "groups": self.parts[name].grouped if name in self.parts else (),
                "errors": self.parts[name].non_field_errors()
                if name in self.parts and self.is_bound and self._is_new(name)
                else (),
            }
            for name, (kind, *_more) in BLOCKS.items()
        ]

    def clean(self):
        """Expect of each block what its way asks for."""
        values = super().clean()
        for name in BLOCKS:
            values[name] = values.get(name) or NONE
            if values[name] == EXISTING and f"existing_{name}" not in self.errors:
                self._check_existing(name, values)
        if "opportunity" in self.parts and values["contact"] != NONE:
            self.parts["opportunity"].comes_along = frozenset({"contact"})
        asked = [part for name, part in self.parts.items() if values[name] == NEW]
        for part in self.parts.values():
            if part not in asked:
                part.unchecked()
        valid = [part.is_valid() for part in asked]  # each tells what is wrong with it
        if not all(valid):
            self.add_error(None, _("Look at what is marked below."))
        return values

    def _check_existing(self, name, values):
        """Expect a row that is there already, of the customer that is, too."""
        chosen = values.get(f"existing_{name}")
        if chosen is None:
            self.add_error(f"existing_{name}", _("Choose one."))
            return
        customer = values.get("existing_customer")
        if name == "customer":
            return
        if values["customer"] != EXISTING or chosen.customer != customer:
            text = _("It belongs to another customer.")
            self.add_error(f"existing_{name}", text)

    def _is_new(self, name):
        return self[name].value() == NEW

    @cached_property
    def outcome(self):
        """What the lead becomes, of a valid form."""
        values = self.cleaned_data
        found = {}
        for name in BLOCKS:
            if values[name] == NEW:
                found[name] = self.parts[name].instance
            elif values[name] == EXISTING:
                found[name] = values[f"existing_{name}"]
        return Outcome(**found)


def known_of(lead):
    """Return {name of a block: {field: what the lead knows of it}}."""
    return {
        "customer": {
            "name": lead.company,
            "industry": lead.industry_id,
            "region": lead.region_id,
            "phone": lead.phone or lead.mobile,
            "email": lead.email,
            "source": lead.source_id,
        },
        "contact": {
            name: getattr(lead, field)
            for name, field in (
                ("name", "person"),
                ("title", "title"),
                ("mobile", "mobile"),
                ("phone", "phone"),
                ("email", "email"),
                ("wechat", "wechat"),
            )
        },
        "opportunity": {
            "title": lead.company,
            "amount": lead.budget,
            "expected_on": lead.expected_on,
            "source": lead.source_id,
            "details": lead.need,
        },
    }
