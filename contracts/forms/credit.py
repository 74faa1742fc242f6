"""The form of a credit assessment."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.credit import figures_of
from contracts.credit_shown import may_see
from contracts.models import CreditAssessment
from crm.forms.records import RecordForm
from crm.models.groups import asked


class CreditAssessmentForm(RecordForm):
    """What somebody proposes to trust a customer with.

    What the system knows of how the customer paid is kept with it as it is saved.
    """

    repeats = ("reporter", "valid_until")
    groups = (
        (
            CreditAssessment.groups[0][0],
            ("customer", "grade", "limit", "unlimited", "valid_until", "reason"),
        ),
        *CreditAssessment.groups[1:],
    )

    class Meta(RecordForm.Meta):
        model = CreditAssessment
        fields = asked(CreditAssessment)
        widgets = {"reason": forms.Textarea({"rows": 4})}

    def __init__(self, *args, **options):
        """Show the grade and the limit that the customer's payments suggest."""
        super().__init__(*args, **options)
        self.suggested, self.suggested_of = {}, None
        self.fields["grade"].required = True
        self.fields["unlimited"] = forms.BooleanField(
            label=_("without a limit"),
            required=False,
            initial=bool(self.instance.pk) and self.instance.limit is None,
        )
        if self.instance.pk or "customer" not in self.fields:
            return
        field = self.fields["customer"]
        keys = field.keys(self["customer"].value())
        customer = field.queryset.filter(pk__in=keys).first() if keys else None
        if customer is not None and may_see(self.user, customer):
            self.suggested, self.suggested_of = figures_of(customer), customer
            self._fill()

    def clean_customer(self):
        """Refuse a customer whose credit the person may not see."""
        customer = self.cleaned_data["customer"]
        if customer is not None and not may_see(self.user, customer):
            raise forms.ValidationError(_("You may not see what this customer owes."))
        return customer

    def clean(self):
        """Expect a limit, or that there is to be none."""
        values = super().clean()
        limit, unlimited = values.get("limit"), values.get("unlimited")
        if "limit" in values and (limit is None) != bool(unlimited):
            words = (
                _("Say the limit, or tick that there is none.")
                if limit is None
                else _("Either a limit, or none: not both.")
            )
            self.add_error("limit", words)
        return values

    def _fill(self):
        """Begin with what is suggested; the person says otherwise."""
        grades = {
            item.code: item.pk for item in getattr(self.fields["grade"], "offered", ())
        }
        if grade := grades.get(self.suggested["grade"]):
            self.initial.setdefault("grade", grade)
        if self.suggested["limit"] is not None:
            self.initial.setdefault("limit", self.suggested["limit"])

    def clean_valid_until(self):
        """Expect a day from today on."""
        day = self.cleaned_data["valid_until"]
        if "valid_until" in self.changed_data and day < timezone.localdate():
            raise forms.ValidationError(_("This day is over."))
        return day

    def _post_clean(self):
        """Keep what is known today with it; a rejected one is handed in again."""
        customer = self.cleaned_data.get("customer")
        if customer is None and self.instance.customer_id:
            customer = self.instance.customer
        if customer is not None:
            self.instance.basis = figures_of(customer)
        self.instance.assessed_on = timezone.localdate()
        super()._post_clean()

    def save(self, commit=True):
        """Save it; a rejected one is handed in again by that."""
        self.instance.hand_in_again()
        return super().save(commit)
