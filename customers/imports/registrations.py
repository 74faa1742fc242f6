"""Import of registrations: what people work on, from another system's list."""

from django.utils.translation import gettext_lazy as _

from crm.imports import keys
from crm.imports.declared import Import
from customers.models import DealRegistration


class DealRegistrationImport(Import):
    """Who registered what at which customer; each waits to be decided on, as any.

    Only what nobody has decided on changes.
    """

    prefixes = ("报备", "registration")
    keys = (
        keys.Key(
            ("customer", "subject"),
            {},
            {"customer": "customer", "subject": "subject"},
            weak=True,
        ),
    )
    lookups = {
        "customer": ("name", "number", "credit_code", "external_number", "short_name")
    }
    not_changeable = _("You may not change this registration, or it was decided on.")
    names = {
        "customer": "客户 客户名称 公司 公司名称 报备客户 customer company",
        "subject": "报备事项 事项 项目 项目名称 主题 subject project title",
        "category": "产品类别 类别 产品 category product_category",
        "amount": "预计金额 金额 预计成交金额 amount expected_amount",
        "remarks": "备注 说明 remarks notes",
    }

    def changeable(self):
        """Return the registrations on which nobody has decided."""
        status = DealRegistration.Status.REQUESTED
        return super().changeable().filter(status=status)
