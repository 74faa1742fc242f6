"""The pages of customers and contacts."""

from django.utils.translation import gettext_lazy as _

from crm.views import (
    RecordCreate,
    RecordDelete,
    RecordDetail,
    RecordList,
    RecordUpdate,
)
from customers.filters import ContactFilter, CustomerFilter
from customers.forms import ContactForm, CustomerForm
from customers.models import Contact, Customer
from customers.tables import ContactTable, CustomerTable


class CustomerList(RecordList):
    """The customers one may see."""

    model = Customer
    queryset = Customer.objects.select_related("owner", "region")
    table_class = CustomerTable
    filterset_class = CustomerFilter
    empty_hint = _("Add a customer, or import a list.")


class CustomerDetail(RecordDetail):
    """A customer with everything filed under it."""

    model = Customer
    queryset = Customer.objects.select_related("owner", "reporter", "region", "parent")
    groups = (
        (
            _("Basics"),
            ("number", "name", "short_name", "kind", "nature", "credit_code"),
        ),
    )
    related = (("customers.Contact", "customer"),)


class CustomerCreate(RecordCreate):
    """Report or register a customer."""

    model = Customer
    form_class = CustomerForm


class CustomerUpdate(RecordUpdate):
    """Edit a customer."""

    model = Customer
    form_class = CustomerForm


class CustomerDelete(RecordDelete):
    """Put a customer into the recycle bin."""

    model = Customer


class ContactList(RecordList):
    """The contacts of the customers one may see."""

    model = Contact
    queryset = Contact.objects.select_related("customer", "reporter")
    table_class = ContactTable
    filterset_class = ContactFilter
    empty_hint = _("Add the people you speak with at your customers.")


class ContactDetail(RecordDetail):
    """A contact."""

    model = Contact
    queryset = Contact.objects.select_related("customer", "reporter", "owner")
    groups = (
        (
            _("Basics"),
            ("customer", "name", "gender", "title", "department", "decision_role"),
        ),
        (_("How to reach them"), ("mobile", "phone", "email", "wechat")),
        (_("Other"), ("birthday", "primary", "remarks", "reporter")),
    )
    wide = ("remarks",)


class ContactCreate(RecordCreate):
    """Report or register a contact."""

    model = Contact
    form_class = ContactForm


class ContactUpdate(RecordUpdate):
    """Edit a contact."""

    model = Contact
    form_class = ContactForm


class ContactDelete(RecordDelete):
    """Put a contact into the recycle bin."""

    model = Contact
