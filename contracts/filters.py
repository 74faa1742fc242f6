"""The conditions of the contract and product lists."""

from django.utils.translation import gettext_lazy as _

from contracts.models import Contract, ContractLine, Product
from crm.lists.filters import LookupFilter, RecordFilter


def products_seen(request):
    """Return the products that a choice starts from."""
    return Product.objects.visible_to(request.user)


class ContractFilter(RecordFilter):
    """Conditions on contracts."""

    product = LookupFilter(label=_("product"), queryset=products_seen, method="selling")

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
        "external_number",
        "status",
        "amendment_state",
        "edition",
        "completed_on",
        "terminated_on",
        "termination_reason",
    )
    usual = ("status", "kind", "customer", "amount_min", "amount_max", "owner")

    class Meta:
        model = Contract
        fields = ()

    def selling(self, queryset, _name, products):
        """Narrow the rows to contracts with a line for any of some products."""
        if not products:
            return queryset
        lines = ContractLine.objects.filter(product__in=products)
        return queryset.filter(pk__in=lines.order_by().values("contract"))


class ProductFilter(RecordFilter):
    """Conditions on products."""

    conditions = (
        "code",
        "name",
        "category",
        "unit",
        "price",
        "on_sale",
        "external_number",
        "description",
    )
    usual = ("category", "on_sale", "price_min", "price_max")

    class Meta:
        model = Product
        fields = ()
