"""The conditions of the lists of 合同信息."""

from django.utils.translation import gettext_lazy as _

from contracts.models import (
    Allocation,
    Contract,
    ContractLine,
    CreditAssessment,
    Invoice,
    Price,
    PriceList,
    PriceListCustomer,
    Product,
    Receipt,
)
from crm.lists.filter_fields import LookupFilter
from crm.lists.filters import RecordFilter
from crm.models.groups import own
from customers.models import Customer


def products_seen(request):
    """Return the products that a choice starts from."""
    return Product.objects.visible_to(request.user)


def contracts_seen(request):
    """Return the contracts that a choice starts from."""
    return Contract.objects.visible_to(request.user)


def customers_seen(request):
    """Return the customers that a choice starts from."""
    return Customer.objects.visible_to(request.user)


class ContractFilter(RecordFilter):
    """Conditions on contracts."""

    product = LookupFilter(label=_("product"), queryset=products_seen, method="selling")

    conditions = (
        *own(Contract, "number"),
        "status",
        "amendment_state",
        "unpaid",
        "next_due_on",
        "invoiced",
        "invoiced_unpaid",
        "edition",
        "completed_on",
        "terminated_on",
        "termination_reason",
    )
    usual = ("status", "kind", "customer", "amount_min", "amount_max", "owner")

    class Meta(RecordFilter.Meta):
        model = Contract

    def selling(self, queryset, _name, products):
        """Narrow the rows to contracts with a line for any of some products."""
        if not products:
            return queryset
        lines = ContractLine.objects.filter(product__in=products)
        return queryset.filter(pk__in=lines.order_by().values("contract"))


class ProductFilter(RecordFilter):
    """Conditions on products."""

    usual = ("category", "on_sale", "price_min", "price_max")

    class Meta(RecordFilter.Meta):
        model = Product


class ReceiptFilter(RecordFilter):
    """Conditions on receipts."""

    contract = LookupFilter(
        label=_("contract"), queryset=contracts_seen, method="paying_for"
    )

    conditions = (
        *own(Receipt, "number"),
        "status",
        "prepaid",
        "confirmed_by",
        "confirmed_at",
    )
    usual = ("status", "customer", "received_on_after", "received_on_before")

    class Meta(RecordFilter.Meta):
        model = Receipt

    def paying_for(self, queryset, _name, contracts):
        """Narrow the rows to receipts that pay for any of some contracts."""
        if not contracts:
            return queryset
        paid = Allocation.objects.filter(instalment__contract__in=contracts)
        return queryset.filter(pk__in=paid.order_by().values("receipt"))


class InvoiceFilter(RecordFilter):
    """Conditions on invoices."""

    conditions = (
        *own(Invoice, "number"),
        "status",
        "paper_code",
        "paper_number",
        "issued_on",
        "issued_by",
        "standing",
        "courier",
        "requested_by",
    )
    usual = ("status", "customer", "kind", "issued_on_after", "issued_on_before")

    class Meta(RecordFilter.Meta):
        model = Invoice


class CreditAssessmentFilter(RecordFilter):
    """Conditions on credit assessments."""

    conditions = (
        *own(CreditAssessment, "number"),
        "status",
        "assessed_on",
        "decided_by",
        "decided_at",
    )
    usual = ("status", "customer", "grade", "valid_until_before")

    class Meta(RecordFilter.Meta):
        model = CreditAssessment


class PriceListFilter(RecordFilter):
    """Conditions on price lists."""

    product = LookupFilter(label=_("product"), queryset=products_seen, method="pricing")
    customers = LookupFilter(
        label=_("named customers"), queryset=customers_seen, method="naming"
    )

    usual = ("holds_for", "level", "customers", "product", "active")

    class Meta(RecordFilter.Meta):
        model = PriceList

    def pricing(self, queryset, _name, products):
        """Narrow the rows to lists with a price of any of some products."""
        if not products:
            return queryset
        prices = Price.objects.filter(product__in=products).order_by()
        return queryset.filter(pk__in=prices.values("price_list"))

    def naming(self, queryset, _name, customers):
        """Narrow the rows to lists that name any of some customers."""
        if not customers:
            return queryset
        links = PriceListCustomer.objects.filter(customer__in=customers).order_by()
        return queryset.filter(pk__in=links.values("price_list"))
