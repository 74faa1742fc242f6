"""The forms of leads: what one knows, who works on it, what the first contact said."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.bulk.reach import heirs
from crm.forms.lookups import LookupField
from crm.forms.options import OptionField
from crm.forms.records import GroupedForm, RecordForm
from crm.models import User
from crm.models.groups import asked
from crm.notices.sending import notify
from crm.rights.permissions import permission
from sales.leads.assigning import assign_one, is_in_use, keep
from sales.leads.presence import keeps_own
from sales.models import Lead

#: The tick of a new lead's form.
BY_RULES = "by_rules"


class LeadForm(RecordForm):
    """A lead."""

    repeats = ("reporter", "owner", "source", "region", "industry")
    groups = Lead.groups

    class Meta(RecordForm.Meta):
        model = Lead
        fields = asked(Lead)
        widgets = {"need": forms.Textarea({"rows": 4})}

    def enter(self):
        """Tell whoever else is to work on a new one."""
        lead = super().enter()
        if lead.status == Lead.Status.PENDING and lead.is_registered:
            notify(lead.owner_id, "lead_assigned", lead, by=self.user)
        return lead


class LeadEntryForm(LeadForm):
    """A new lead; one that names no owner may go by the rules.

    Whoever works on what they bring has to say so, anybody else not to. What is only
    reported goes by the rules once it is registered.
    """

    groups = (*Lead.groups[:-1], (Lead.groups[-1][0], (*Lead.groups[-1][1], BY_RULES)))

    def __init__(self, *args, **options):
        """Ask whether it goes by the rules, where there are any."""
        super().__init__(*args, **options)
        if self.user.has_perm(permission("register", Lead)) and is_in_use():
            self.fields[BY_RULES] = forms.BooleanField(
                required=False,
                initial=not keeps_own(self.user),
                label=_("Assign by the rules"),
                help_text=_("Unless an owner is named."),
            )

    def enter(self):
        """Save it; give it away, if that is wanted and nobody was named.

        If it is not wanted, no later run gives it away either.
        """
        lead = super().enter()
        if BY_RULES not in self.fields or self.cleaned_data.get("owner"):
            return lead
        if self.cleaned_data[BY_RULES]:
            assign_one(lead, self.user)
        elif not keeps_own(self.user):
            keep(lead, self.user)
        return lead


class AssignmentForm(GroupedForm, forms.Form):
    """Who is to work on a lead: somebody within the reach of whoever says so."""

    owner = LookupField(User.objects.none(), label=_("Who is to work on it"))

    def __init__(self, *args, user, **options):
        """Offer who may be chosen."""
        super().__init__(*args, **options)
        field = self.fields["owner"]
        field.queryset = heirs(user, Lead)
        field.show(self["owner"].value())


class TouchForm(forms.Form):
    """How the first contact was, and what was said."""

    method = OptionField("interaction_method", label=_("interaction method"))
    text = forms.CharField(required=False, max_length=5000, label=_("content"))


class InvalidityForm(forms.Form):
    """Why nothing comes of a lead."""

    reason = OptionField("invalid_reason", required=False, label=_("Reason"))
    note = forms.CharField(required=False, max_length=500, label=_("note"))
