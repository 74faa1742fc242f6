"""Import of invoices that are asked for; finance issues them as it does any."""

from django.utils.translation import gettext_lazy as _

from contracts.models import Invoice
from crm.imports import keys
from crm.imports.declared import Import

Kind = Invoice.Kind


class InvoiceImport(Import):
    """What is to be invoiced of which contract; the buyer is the customer if left out.

    Only what is not issued yet changes.
    """

    prefixes = ("发票", "开票", "invoice")
    keys = (
        keys.Key(
            ("contract", "requested_on", "amount"),
            {},
            {
                "contract": "contract",
                "requested_on": "requested_on",
                "amount": "amount",
            },
            weak=True,
        ),
    )
    within = {"contract": "customer"}
    lookups = {
        "customer": ("name", "number", "credit_code", "external_number", "short_name"),
        "contract": ("number", "external_number", "title"),
        "red_of": ("number", "paper_number"),
    }
    not_changeable = _("You may not change this invoice, or it is issued already.")
    names = {
        "customer": "客户 客户名称 所属客户 公司 公司名称 customer customer_name",
        "contract": "合同 合同编号 合同号 合同名称 contract contract_number",
        "kind": "发票类型 票种 类型 kind type",
        "title": "发票抬头 抬头 购方名称 购方 title buyer",
        "tax_number": "购方税号 税号 纳税人识别号 统一社会信用代码 tax_number tax_no",
        "amount": "开票金额 金额 价税合计 amount",
        "tax_rate": "税率 税率（%） tax_rate",
        "requested_on": "申请日期 日期 requested_on date",
        "red_of": "红冲的发票 原发票 原发票号码 red_of",
        "remarks": "备注 说明 remarks",
    }
    words = {
        "kind": {
            "增值税专用发票": Kind.SPECIAL,
            "专用发票": Kind.SPECIAL,
            "增值税普通发票": Kind.ORDINARY,
            "普通发票": Kind.ORDINARY,
            "电子": Kind.ELECTRONIC,
            "电子普通发票": Kind.ELECTRONIC,
        },
    }

    def changeable(self):
        """Return the invoices that are not issued."""
        return super().changeable().filter(status__in=Invoice.WRITABLE)
