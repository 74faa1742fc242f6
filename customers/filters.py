"""The conditions of the customer and contact lists."""

from django.utils.translation import gettext_lazy as _

from crm.lists.filters import RecordFilter, WholeNumberFilter
from customers.models import Contact, Customer


class CustomerFilter(RecordFilter):
    """Conditions on customers."""

    idle_days_min = WholeNumberFilter(
        method="idle",
        label=_("Not contacted for so many days"),
        min_value=0,
        max_value=3660,
    )

    conditions = (
        "number",
        "name",
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
        "last_contact_at",
        "next_contact_at",
    )
    usual = ("status", "level", "kind", "region", "owner")

    class Meta:
        model = Customer
        fields = ()

    def idle(self, queryset, _name, value):
        """Narrow the rows to customers whom nobody has contacted for so long."""
        return queryset.dormant(value)


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
        "external_number",
        "remarks",
    )
    usual = ("customer", "decision_role", "primary")

    class Meta:
        model = Contact
        fields = ()
