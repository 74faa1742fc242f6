"""The conditions of the customer and contact lists."""

from crm.filters import RecordFilter
from customers.models import Contact, Customer


class CustomerFilter(RecordFilter):
    """Conditions on customers."""

    conditions = (
        "number",
        "name",
        "short_name",
        "kind",
        "nature",
        "credit_code",
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
        "last_contact_at",
        "next_contact_at",
    )
    usual = ("status", "level", "kind", "region", "owner")

    class Meta:
        model = Customer
        fields = ()


class ContactFilter(RecordFilter):
    """Conditions on contacts."""

    conditions = (
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
        "remarks",
    )
    usual = ("customer", "decision_role", "primary")

    class Meta:
        model = Contact
        fields = ()
