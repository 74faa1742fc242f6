"""The pages of customers."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.figures import Counted
from crm.views import (
    RecordCreate,
    RecordDelete,
    RecordDetail,
    RecordList,
    RecordUpdate,
)
from customers.filters import CustomerFilter
from customers.forms import CustomerForm
from customers.models import Customer, FileEntry, Membership, Relation
from customers.tables import CustomerTable


class CustomerList(RecordList):
    """The customers one may see."""

    model = Customer
    table_class = CustomerTable
    filterset_class = CustomerFilter
    empty_hint = _("Add a customer, or import a list.")

    names = {
        "owner": "owner__name",
        "reporter": "reporter__name",
        "region": "region__full_name",
    }


class CustomerDetail(RecordDetail):
    """A customer with everything filed under it."""

    model = Customer
    queryset = Customer.objects.select_related(
        "owner", "reporter", "entered_by", "changed_by", "region", "parent"
    )
    groups = (
        (
            _("Basics"),
            (
                "number",
                "short_name",
                "kind",
                "nature",
                "credit_code",
                "industry",
                "ownership",
                "parent",
            ),
        ),
        (
            _("Status"),
            (
                "status",
                "level",
                "source",
                "effective",
                "last_contact_at",
                "next_contact_at",
                "tags",
                "owner",
                "reporter",
            ),
        ),
        (_("How to reach them"), ("region", "address", "phone", "email", "website")),
        (
            _("Size and credit"),
            ("employees", "annual_revenue", "credit_grade", "credit_limit"),
        ),
        (
            _("How it was entered"),
            ("remarks", "entered_by", "created_at", "changed_by", "changed_at"),
        ),
    )
    wide = ("remarks",)
    related = (
        ("customers.Contact", "customer"),
        ("feedback.Interaction", "customer"),
        ("contracts.Contract", "customer"),
        ("competitors.Encounter", "customer"),
    )
    parts = (
        ("file", _("Customer file"), "customer_file", FileEntry, "customer"),
        ("relations", _("Relations"), "customer_relations", Relation, "customer"),
        ("team", _("Team"), "customer_team", Membership, "customer"),
    )

    def filed(self, model, condition):
        """Ask no row whose it is where one may see all that hangs on the customer."""
        customer = {"customer_id": self.object.pk}
        whose = {"customer_owner_id": self.object.owner_id}
        return model.objects.beneath(self.request.user, **customer, **whose)

    def tabs(self):
        """Add the parts of the customer itself to the lists filed under it."""
        return super().tabs() + [
            {
                "key": key,
                "label": label,
                "count": self.numbers[key],
                "url": reverse(url_name, args=[self.object.pk]),
                "add_url": None,
            }
            for key, label, url_name, _model, _link in self.parts
        ]

    def counts(self):
        """Count the parts along."""
        pk = self.object.pk
        return super().counts() | {
            key: Counted(model.objects.filter(**{link: pk}))
            for key, _label, _url, model, link in self.parts
        }


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
