"""The form of a product."""

from contracts.models import Product
from crm.forms.records import RecordForm
from crm.models.groups import asked


class ProductForm(RecordForm):
    """A product."""

    repeats = ("reporter", "category", "unit")
    groups = Product.groups

    class Meta(RecordForm.Meta):
        model = Product
        fields = asked(Product)
