"""For what of customers targets can be set."""

from django.utils.translation import pgettext_lazy

from crm.models.measures import Measure

OF_CUSTOMERS = (
    Measure(
        key="new_customers",
        label=pgettext_lazy("measure", "new customers"),
        days=("created_at",),
    ),
)
