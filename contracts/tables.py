"""The columns of the lists of contracts, products, prices, money and credit."""

from contracts.guards import OF_CONTRACT
from contracts.models import (
    Contract,
    CreditAssessment,
    Invoice,
    PriceList,
    Product,
    Receipt,
)
from crm.lists.tables import RecordTable
from crm.models.groups import PEOPLE, STAMPS, own
from crm.models.record import Registration

#: What is written of a contract; how it stands is told in the midst of it.
WRITTEN = own(Contract, "number")
PLACE = WRITTEN.index("signed_on")


class ContractTable(RecordTable):
    """Columns of the contract list."""

    summed = ("amount", "received", "unpaid", "invoiced", "invoiced_unpaid")
    usual = (
        "number",
        "title",
        "customer",
        "kind",
        "amount",
        "status",
        "amendment_state",
        "signed_on",
        "ends_on",
        "owner",
    )

    class Meta:
        model = Contract
        fields = (
            *WRITTEN[:PLACE],
            "status",
            "amendment_state",
            *OF_CONTRACT,
            *WRITTEN[PLACE:],
            "edition",
            "completed_on",
            "terminated_on",
            "termination_reason",
            *PEOPLE,
            *STAMPS,
        )

    def is_marked(self, record):
        """Say nothing beside a draft or what is decided on: no inbox holds it."""
        returned = record.registration == Registration.RETURNED
        return returned or record.status == Contract.Status.REPORTED


class ProductTable(RecordTable):
    """Columns of the product list."""

    default_sort = "code"
    usual = ("name", "code", "category", "unit", "price", "on_sale")

    class Meta:
        model = Product
        fields = (*own(Product, "name"), *PEOPLE, *STAMPS)


class ReceiptTable(RecordTable):
    """Columns of the list of receipts."""

    default_sort = "-received_on"
    summed = ("amount", "prepaid")
    usual = (
        "number",
        "customer",
        "received_on",
        "amount",
        "method",
        "payer",
        "status",
        "prepaid",
        "owner",
    )

    class Meta:
        model = Receipt
        fields = (
            *own(Receipt, "number"),
            "status",
            "prepaid",
            "confirmed_by",
            "confirmed_at",
            *PEOPLE,
            *STAMPS,
        )


class InvoiceTable(RecordTable):
    """Columns of the list of invoices."""

    default_sort = "-requested_on"
    summed = ("amount", "tax")
    usual = (
        "number",
        "customer",
        "contract",
        "kind",
        "amount",
        "requested_on",
        "status",
        "paper_number",
        "issued_on",
        "owner",
    )

    class Meta:
        model = Invoice
        fields = (
            *own(Invoice, "number"),
            "status",
            "paper_code",
            "paper_number",
            "issued_on",
            "issued_by",
            "standing",
            "courier",
            "courier_number",
            "requested_by",
            *PEOPLE,
            *STAMPS,
        )


class CreditAssessmentTable(RecordTable):
    """Columns of the list of credit assessments."""

    default_sort = "-created_at"
    shortened = ("reason",)
    usual = (
        "number",
        "customer",
        "grade",
        "limit",
        "status",
        "assessed_on",
        "valid_until",
        "decided_by",
        "owner",
    )

    class Meta:
        model = CreditAssessment
        fields = (
            *own(CreditAssessment, "number"),
            "status",
            "assessed_on",
            "decided_by",
            "decided_at",
            *PEOPLE,
            *STAMPS,
        )


class PriceListTable(RecordTable):
    """Columns of the list of price lists."""

    default_sort = "-starts_on"
    shortened = ("remarks",)
    usual = (
        "name",
        "holds_for",
        "level",
        "customer_kind",
        "starts_on",
        "ends_on",
        "priority",
        "forced",
        "active",
    )

    class Meta:
        model = PriceList
        fields = (
            *(name for name in own(PriceList, "name") if name != "customers"),
            *PEOPLE,
            *STAMPS,
        )
