"""The columns of the customer and contact lists."""

from crm.lists.tables import RecordTable
from customers.models import Contact, Customer


class CustomerTable(RecordTable):
    """Columns of the customer list."""

    usual = (
        "name",
        "number",
        "region",
        "phone",
        "level",
        "status",
        "owner",
        "last_contact_at",
        "next_contact_at",
    )

    class Meta:
        model = Customer
        fields = (
            "name",
            "number",
            "short_name",
            "kind",
            "nature",
            "credit_code",
            "external_number",
            "parent",
            "industry",
            "region",
            "address",
            "phone",
            "email",
            "website",
            "ownership",
            "employees",
            "annual_revenue",
            "level",
            "status",
            "effective",
            "source",
            "credit_grade",
            "credit_limit",
            "tags",
            "remarks",
            "owner",
            "reporter",
            "registration",
            "last_contact_at",
            "next_contact_at",
            "created_at",
            "changed_at",
        )


class ContactTable(RecordTable):
    """Columns of the contact list, the address book of all customers."""

    usual = (
        "name",
        "customer",
        "title",
        "department",
        "decision_role",
        "mobile",
        "phone",
        "email",
        "wechat",
        "primary",
    )

    class Meta:
        model = Contact
        fields = (
            "name",
            "customer",
            "gender",
            "title",
            "department",
            "decision_role",
            "mobile",
            "phone",
            "email",
            "wechat",
            "birthday",
            "primary",
            "external_number",
            "remarks",
            "reporter",
            "registration",
            "created_at",
            "changed_at",
        )
