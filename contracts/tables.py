"""The columns of the contract and product lists."""

from contracts.models import Contract, Product
from crm.lists.tables import RecordTable
from crm.models.record import Registration


class ContractTable(RecordTable):
    """Columns of the contract list."""

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
            "number",
            "title",
            "customer",
            "kind",
            "amount",
            "tax_rate",
            "status",
            "amendment_state",
            "signed_on",
            "starts_on",
            "ends_on",
            "signatory",
            "contact",
            "terms",
            "external_number",
            "edition",
            "completed_on",
            "terminated_on",
            "termination_reason",
            "owner",
            "reporter",
            "registration",
            "created_at",
            "changed_at",
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
        fields = (
            "name",
            "code",
            "category",
            "unit",
            "price",
            "on_sale",
            "external_number",
            "description",
            "owner",
            "reporter",
            "registration",
            "created_at",
            "changed_at",
        )
