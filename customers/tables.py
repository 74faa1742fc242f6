"""The columns of the customer and contact lists."""

from crm.lists.tables import RecordTable
from crm.models.groups import PEOPLE, STAMPS, own
from customers.models import Contact, Customer

#: They change with every interaction: they stand beside what changed last.
DATES = ("last_contact_at", "next_contact_at")


class CustomerTable(RecordTable):
    """Columns of the customer list."""

    usual = ("name", "number", "region", "phone", "level", "status", "owner", *DATES)

    class Meta:
        model = Customer
        fields = (
            *(name for name in own(Customer, "name") if name not in DATES),
            *PEOPLE,
            "registration",
            *DATES,
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
        fields = (*own(Contact, "name"), "reporter", *STAMPS)
