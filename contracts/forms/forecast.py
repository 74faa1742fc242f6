"""What is asked of a contract that is being written: who will have to approve it."""

from django import forms

from contracts.models import Contract
from contracts.models.products import LARGEST_AMOUNT
from crm.forms.model_fields import formfield
from crm.forms.typed_fields import NumberField
from crm.models import DictionaryItem
from crm.models.groups import asked
from customers.models import Customer

#: What is read of it by its columns, but for what would make the address too long.
PLAIN = [
    field
    for field in map(Contract._meta.get_field, asked(Contract))
    if not field.is_relation and field.get_internal_type() != "TextField"
]
PEOPLE = ("owner", "signatory")


class ForecastForm(forms.Form):
    """What decides which rule asks for approval; whatever is wrong counts as open."""

    lines_total = NumberField(required=False, min_value=0, max_value=LARGEST_AMOUNT)
    lines_discount = NumberField(required=False, min_value=0, max_value=100)
    kind = forms.ModelChoiceField(
        DictionaryItem.objects.filter(kind="contract_kind"), required=False
    )
    customer = forms.ModelChoiceField(Customer.objects.none(), required=False)

    #: Where the page has it.
    asks = ", ".join(
        f"[name={name}]"
        for name in ("kind", "customer", *PEOPLE, *(one.name for one in PLAIN))
    )

    def __init__(self, *args, user, **options):
        """Know of the customers that the person may see, and of no other's grade."""
        super().__init__(*args, **options)
        self.user = user
        self.fields["customer"].queryset = Customer.objects.visible_to(user)
        for field in PLAIN:
            self.fields[field.name] = formfield(field, required=False)
        for name in PEOPLE:
            self.fields[name] = forms.IntegerField(
                required=False, min_value=1, max_value=2**63 - 1
            )

    @property
    def said(self):
        """{name: value} of what can be read, None for the rest."""
        self.full_clean()
        return {name: self.cleaned_data.get(name) for name in self.fields}

    @property
    def columns(self):
        """{column: value} of the contract as far as it is typed."""
        said = self.said
        amount = said["lines_total"] if said["amount"] is None else said["amount"]
        keys = {f"{name}_id": said[name] for name in PEOPLE}
        for name in ("kind", "customer"):
            keys[f"{name}_id"] = said[name] and said[name].pk
        keys["owner_id"] = keys["owner_id"] or self.user.pk
        return {**{one.name: said[one.name] for one in PLAIN}, **keys, "amount": amount}
