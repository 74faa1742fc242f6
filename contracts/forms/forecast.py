"""What is asked of a contract that is being written: who will have to approve it."""

from django import forms

from crm.forms.typed_fields import NumberField
from crm.models import DictionaryItem
from customers.models import Customer


class ForecastForm(forms.Form):
    """What decides which rule asks for approval; whatever is wrong counts as open."""

    amount = NumberField(required=False)
    lines_total = NumberField(required=False)
    lines_discount = NumberField(required=False)
    kind = forms.ModelChoiceField(
        DictionaryItem.objects.filter(kind="contract_kind"), required=False
    )
    customer = forms.ModelChoiceField(Customer.objects.none(), required=False)

    def __init__(self, *args, user, **options):
        """Know of the customers that the person may see, and of no other's grade."""
        super().__init__(*args, **options)
        self.fields["customer"].queryset = Customer.objects.visible_to(user)

    @property
    def said(self):
        """{name: value} of what can be read, None for the rest."""
        self.full_clean()
        return {name: self.cleaned_data.get(name) for name in self.fields}
