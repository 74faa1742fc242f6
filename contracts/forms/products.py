"""The form of a product."""

from django.utils.translation import gettext_lazy as _

from contracts.models import (
    Product,
)
from crm.forms.records import RecordForm


class ProductForm(RecordForm):
    """A product."""

    repeats = ("reporter", "category", "unit")
    groups = (
        (_("Basics"), ("code", "name", "category", "unit", "price", "on_sale")),
        (_("Other"), ("external_number", "description", "owner", "reporter")),
    )

    class Meta(RecordForm.Meta):
        model = Product
        fields = (
            "code",
            "name",
            "category",
            "unit",
            "price",
            "on_sale",
            "external_number",
            "description",
            "owner",
            "reporter",
        )
