"""The pages of products."""

from django.utils.translation import gettext_lazy as _

from contracts.filters import ProductFilter
from contracts.models import Product
from contracts.tables import ProductTable
from crm.views import RecordDetail, RecordList


class ProductList(RecordList):
    """The catalogue."""

    model = Product
    table_class = ProductTable
    filterset_class = ProductFilter
    empty_hint = _("Add what you sell; contract lines choose from it.")


class ProductDetail(RecordDetail):
    """A product and the contracts that sell it."""

    model = Product
    groups = Product.groups
