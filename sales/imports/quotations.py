"""Import of quotations: a row for each line, those of one below each other."""

from django.utils.translation import gettext_lazy as _

from contracts.models import Product
from crm.chinese.folding import folded
from crm.imports import keys
from crm.imports.declared import Import, Lines
from sales.models import Quotation, QuotationLine


def _with_price(line):
    """Take the product's price where none is given."""
    product = line.get("product")
    if line.get("unit_price") is None and product is not None:
        line["unit_price"] = product.price


class QuotationImport(Import):
    """Quotations of an older system; each comes in as a draft, and is handed in here.

    Only what is still being written changes.
    """

    prefixes = ("报价", "报价单", "quotation", "quote")
    keys = (
        keys.Key(
            ("customer", "title", "quoted_on"),
            {"title": folded},
            {"customer": "customer", "quoted_on": "quoted_on"},
        ),
    )
    within = {"contact": "customer", "opportunity": "customer"}
    lines = Lines(
        model=QuotationLine,
        fields=("product", "quantity", "unit_price", "discount"),
        needed=("product", "quantity", "unit_price"),
        usual={"discount": 0},
        recognised_by=(("title", "customer"),),
        complete=_with_price,
        refused=_("Row %(row)s of this quotation is refused."),
    )
    part_relations = {"line_product": Product}
    parts = {
        "line_product": (
            _("line: product"),
            "产品 产品名称 产品编码 产品编号 商品 商品名称 商品编码 服务 product item",
            "",
        ),
        "line_quantity": (_("line: quantity"), "数量 quantity qty", ""),
        "line_unit_price": (
            _("line: unit price"),
            "单价 报价单价 销售单价 单价（元） unit_price price",
            "",
        ),
        "line_discount": (_("line: discount"), "折扣 折扣率 discount", ""),
    }
    lookups = {
        "line_product": ("code", "name", "external_number"),
        "contact": ("name", "mobile", "external_number"),
        "customer": ("name", "number", "credit_code", "external_number", "short_name"),
        "opportunity": ("number", "title"),
    }
    joined = {"terms": "\n"}
    not_changeable = _(
        "You may not change this quotation, or it is not being written any more."
    )
    names = {
        "title": (
            "报价标题 报价名称 报价主题 名称 标题 项目名称 quotation_title "
            "title subject"
        ),
        "customer": (
            "客户 客户名称 所属客户 公司 公司名称 customer customer_name account"
        ),
        "contact": "联系人 客户联系人 contact contact_name",
        "opportunity": "商机 商机编号 商机名称 所属商机 opportunity deal",
        "quoted_on": "报价日期 报价时间 日期 quoted_on quote_date date",
        "valid_until": "有效期至 有效期 截止日期 valid_until expiry_date",
        "discount": "整单折扣 整单折扣率 折扣合计 order_discount",
        "tax_rate": "税率 税率（%） tax_rate",
        "terms": "条款 报价说明 付款方式 交货期 备注 terms remarks",
    }

    def changeable(self):
        """Return the quotations that the person may still write."""
        rows = super().changeable()
        return rows.filter(status__in=Quotation.WRITABLE)
