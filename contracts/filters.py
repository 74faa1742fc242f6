"""The conditions of the contract and product lists."""

from django.utils.translation import gettext_lazy as _

from contracts.models import Contract, Product
from crm.filters import LookupFilter, RecordFilter


def products_seen(request):
    """Return the products that a choice starts from."""
    return Product.objects.visible_to(request.user)


class ContractFilter(RecordFilter):
    """Conditions on contracts."""

    product = LookupFilter(
        field_name="lines__product",
        label=_("product"),
        queryset=products_seen,
        distinct=True,
    )

    conditions = (
        "number",
        "title",
        "customer",
        "kind",
        "amount",
        "tax_rate",
        "signed_on",
        "starts_on",
        "ends_on",
        "signatory",
        "contact",
        "terms",
        "status",
        "edition",
        "completed_on",
        "terminated_on",
        "termination_reason",
    )
    usual = ("status", "kind", "customer", "amount_min", "amount_max", "owner")

    class Meta:
        model = Contract
        fields = ()


class ProductFilter(RecordFilter):
    """Conditions on products."""

    conditions = (
        "code",
        "name",
        "category",
        "unit",
        "price",
        "on_sale",
        "description",
    )
    usual = ("category", "on_sale", "price_min", "price_max")

    class Meta:
        model = Product
        fields = ()
