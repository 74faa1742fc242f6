"""The forms of customers and contacts."""

from django.utils.translation import gettext_lazy as _

from crm.forms import RecordForm
from crm.validators import normalise_credit_code
from customers.models import Contact, Customer


class CustomerForm(RecordForm):
    """A customer."""

    repeats = ("reporter", "owner", "source", "kind")
    groups = (
        (
            _("Basics"),
            (
                "name",
                "short_name",
                "kind",
                "nature",
                "credit_code",
                "industry",
                "ownership",
                "parent",
            ),
        ),
        (_("How to reach them"), ("region", "address", "phone", "email", "website")),
        (
            _("Size and credit"),
            ("employees", "annual_revenue", "credit_grade", "credit_limit"),
        ),
        (
            _("How we stand"),
            (
                "status",
                "level",
                "source",
                "effective",
                "next_contact_at",
                "tags",
                "remarks",
            ),
        ),
        (_("Who is responsible"), ("owner", "reporter")),
    )

    class Meta(RecordForm.Meta):
        model = Customer
        fields = (
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
            "next_contact_at",
            "owner",
            "reporter",
        )

    def clean_credit_code(self):
        """Keep the code as the registry writes it: capitals, no blanks."""
        return normalise_credit_code(self.cleaned_data["credit_code"])


class ContactForm(RecordForm):
    """A contact at a customer."""

    repeats = ("customer", "reporter")
    groups = (
        (
            _("Basics"),
            (
                "customer",
                "name",
                "gender",
                "title",
                "department",
                "decision_role",
                "primary",
            ),
        ),
        (_("How to reach them"), ("mobile", "phone", "email", "wechat")),
        (_("Other"), ("birthday", "remarks", "reporter")),
    )

    class Meta(RecordForm.Meta):
        model = Contact
        fields = (
            "customer",
            "name",
            "gender",
            "title",
            "department",
            "decision_role",
            "primary",
            "mobile",
            "phone",
            "email",
            "wechat",
            "birthday",
            "remarks",
            "reporter",
        )
