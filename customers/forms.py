"""The forms of customers and contacts."""

from django import forms
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.forms.columns import ColumnsForm, version_field
from crm.forms.lookups import LookupField
from crm.forms.model_fields import formfield
from crm.forms.options import OptionField
from crm.forms.records import GroupedForm, RecordForm
from crm.guards.refusals import explained
from crm.models import User
from crm.models.groups import asked
from crm.validators import normalise_credit_code
from customers.checking import learnt_by
from customers.models import (
    Contact,
    Counterpart,
    Customer,
    DealRegistration,
    FileEntry,
    Membership,
    Pool,
    Relation,
    Ruling,
)
from customers.pools import working_on_customers


class CreditCodeField(forms.CharField):
    """A code as the registry writes it, however it was typed: capitals, no blanks."""

    def to_python(self, value):
        """Return the code without what is not part of it."""
        return normalise_credit_code(super().to_python(value))

    def widget_attrs(self, widget):
        """Leave room for blanks."""
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class CustomerForm(RecordForm):
    """A customer."""

    repeats = ("reporter", "owner", "source", "kind")
    groups = Customer.groups

    class Meta(RecordForm.Meta):
        model = Customer
        field_classes = {"credit_code": CreditCodeField}
        fields = asked(Customer)

    def __init__(self, *args, **options):
        """Send along which next contact was shown: it may be another one by now."""
        super().__init__(*args, **options)
        self.fields["next_contact_at"].show_hidden_initial = bool(self.instance.pk)
        if self.instance.pool_id is not None:
            del self.fields["owner"]  # the verbs of pools say who gets it

    def clean_next_contact_at(self):
        """Leave a next contact that nobody touched as interactions keep it."""
        shown = self.add_initial_prefix("next_contact_at")
        if shown in self.data and "next_contact_at" not in self.changed_data:
            return self.instance.next_contact_at
        return self.cleaned_data["next_contact_at"]


class ContactForm(RecordForm):
    """A contact at a customer."""

    repeats = ("customer", "reporter")
    groups = Contact.groups

    class Meta(RecordForm.Meta):
        model = Contact
        # Files have the columns of this form in the order in which one fills it in.
        fields = [name for _heading, names in Contact.groups for name in names]


class CounterpartForm(RecordForm):
    """Who looks after a matter at a customer; the contact is one of the customer's."""

    repeats = ("reporter", "owner", "customer", "since")
    groups = Counterpart.groups
    within = {"contact": "customer"}

    class Meta(RecordForm.Meta):
        model = Counterpart
        fields = asked(Counterpart)
        widgets = {"remarks": forms.Textarea({"rows": 3})}


class DealRegistrationForm(RecordForm):
    """A registration: of a customer that one sees, or has found by 查重 today."""

    repeats = ("reporter", "owner", "category")
    groups = DealRegistration.groups

    class Meta(RecordForm.Meta):
        model = DealRegistration
        fields = asked(DealRegistration)
        widgets = {"remarks": forms.Textarea({"rows": 3})}

    def __init__(self, *args, **options):
        """Offer what was found as well."""
        super().__init__(*args, **options)
        if field := self.fields.get("customer"):
            pools = Pool.objects.visible_to(self.user).order_by().values("pk")
            others = Customer.objects.filter(
                Q(pk__in=learnt_by(self.user)) | Q(pool__in=pools)
            )
            field.queryset = field.queryset | others
            field.show(self["customer"].value())


class RulingForm(forms.Form):
    """What is ruled on a collision: the result, who gets the customer, why."""

    result = forms.ChoiceField(
        label=pgettext_lazy("ruling", "result"), choices=Ruling.Result.choices
    )
    winner = forms.ModelChoiceField(
        User.objects.none(), label=_("who gets it"), required=False
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea({"rows": 3})
    )
    is_by_customer = forms.BooleanField(
        label=_("by the customer's written choice"), required=False
    )
    #: Which state of the collision the page showed.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, people, **options):
        """Take the parties: one of them gets it, or several share it."""
        super().__init__(*args, **options)
        ids = [person.pk for person in people]
        self.fields["winner"].queryset = User.objects.filter(pk__in=ids)
        self.people = {f"share_{person.pk}": person for person in people}
        for name, person in self.people.items():
            self.fields[name] = forms.DecimalField(
                label=_("share of %s (percent)") % person,
                required=False,
                min_value=0,
                max_value=100,
                max_digits=5,
                decimal_places=2,
            )

        self.order_fields(("result", "winner", *self.people))

    @property
    def shares(self):
        """[(person, percent)] of whoever has a share."""
        given = self.cleaned_data
        return [(who, given[name]) for name, who in self.people.items() if given[name]]


class FileEntryForm(ColumnsForm, forms.ModelForm):
    """One subject of the customer file."""

    class Meta:
        model = FileEntry
        fields = ("text", "written_on")
        formfield_callback = formfield

    def __init__(self, *args, **options):
        """Say also of a text that nobody wrote yet that it was seen so."""
        super().__init__(*args, **options)
        self.fields["version"] = version_field(self.instance)


class PartForm(ColumnsForm, forms.ModelForm):
    """A part of a customer that is given, not chosen in the form."""

    def _get_validation_exclusions(self):
        # Constraints such as "once per customer" are to be checked here, so that they
        # end as a message and not as a database error.
        return super()._get_validation_exclusions() - {"customer"}


def is_saved(form):
    """Save a valid part and say whether it was; the form says why it was not."""
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError as error:  # somebody was quicker
        form.add_error(None, explained(error, type(form.instance)))
    return not form.errors


class RelationForm(PartForm):
    """A relation of one customer to another that one may see."""

    class Meta:
        model = Relation
        fields = ("kind", "other", "remarks")
        formfield_callback = formfield

    def __init__(self, *args, customer, user, **options):
        """Take the customer whose relation it is, and who records it."""
        super().__init__(*args, **options)
        self.instance.customer = customer
        other = self.fields["other"]
        others = Customer.objects.visible_to(user).exclude(pk=customer.pk)
        other.offer(others, user)
        other.show(self["other"].value())


class MembershipForm(PartForm):
    """A person on the team of a customer."""

    class Meta:
        model = Membership
        fields = ("user", "may_write", "until")
        formfield_callback = formfield

    def __init__(self, *args, customer, **options):
        """Take the customer whose team it is."""
        super().__init__(*args, **options)
        self.instance.customer = customer
        user = self.fields["user"]
        user.queryset = User.objects.active().exclude(pk=customer.owner_id)
        user.show(self["user"].value())


class ReleaseForm(GroupedForm, forms.Form):
    """Why a customer goes back, and into which pool."""

    reason = OptionField("release_reason", label=_("Reason"))
    note = forms.CharField(required=False, max_length=500, label=_("note"))
    pool = forms.ModelChoiceField(Pool.objects.none(), label=_("pool"))

    def __init__(self, *args, home, user, **options):
        """Offer the pools in use that concern the person, and that of all others.

        The one it came from is chosen.
        """
        super().__init__(*args, **options)
        own = Pool.objects.visible_to(user).order_by().values("pk")
        offered = Q(pk__in=own) | Q(is_default=True) | Q(pk=home and home.pk)
        self.fields["pool"].queryset = Pool.objects.filter(offered, active=True)
        self.fields["pool"].initial = home


class PooledAssignmentForm(GroupedForm, forms.Form):
    """To whom a customer in a pool goes."""

    to = LookupField(User.objects.none(), label=_("new owner"))

    def __init__(self, *args, **options):
        """Offer whoever may have customers."""
        super().__init__(*args, **options)
        self.fields["to"].queryset = working_on_customers()
        self.fields["to"].show(self["to"].value())
