"""The columns of the customer and contact lists."""

import django_tables2 as tables

from crm.lists.tables import RecordTable
from customers.models import Contact, Customer


class CustomerTable(RecordTable):
    """Columns of the customer list."""

    name = tables.Column(order_by="sort_name")

    numeric = ("employees", "annual_revenue", "credit_limit")
    folded = (
        "short_name",
        "kind",
        "nature",
        "credit_code",
        "external_number",
        "parent",
        "industry",
        "address",
        "email",
        "website",
        "ownership",
        "employees",
        "annual_revenue",
        "effective",
        "source",
        "credit_grade",
        "credit_limit",
        "tags",
        "remarks",
        "reporter",
        "registration",
        "created_at",
        "changed_at",
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

    name = tables.Column(order_by="sort_name")

    folded = (
        "gender",
        "birthday",
        "external_number",
        "remarks",
        "reporter",
        "registration",
        "created_at",
        "changed_at",
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
