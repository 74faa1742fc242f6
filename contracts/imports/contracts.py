"""Import of contracts: what is written of them and their lines, not their files."""

from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.models import Contract, ContractLine, Product
from contracts.rounding import line_amount
from crm.chinese.folding import folded
from crm.imports import keys, options
from crm.imports.declared import Import, Lines


def _with_price(line):
    """Take the product's price where none is given."""
    product = line.get("product")
    if line.get("unit_price") is None and product is not None:
        line["unit_price"] = product.price


def _amount_of(line):
    """Return what PostgreSQL will compute for a line."""
    return line_amount(line["quantity"], line["unit_price"], line["discount"])


LINES = Lines(
    model=ContractLine,
    fields=("product", "quantity", "unit_price", "discount"),
    needed=("product", "quantity", "unit_price"),
    usual={"discount": 0},
    recognised_by=(("number",), ("external_number",), ("title", "customer")),
    total="amount",
    amount_of=_amount_of,
    complete=_with_price,
    refused=_("Row %(row)s of this contract is refused."),
)


class ContractImport(Import):
    """Contracts of an older system; each comes in as a draft.

    Only what is still being written changes: what holds is changed by an amendment.
    """

    prefixes = ("合同", "contract")
    given = ("number",)
    keys = (
        keys.number(),
        keys.external(),
        keys.Key(
            ("customer", "title", "signed_on"),
            {"title": folded},
            {"customer": "customer", "signed_on": "signed_on"},
        ),
    )
    unique = {"external_number": "contract_external_once"}
    within = {"contact": "customer"}
    lines = LINES
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
            "单价 成交单价 销售单价 单价（元） unit_price price",
            "",
        ),
        "line_discount": (_("line: discount"), "折扣 折扣率 discount", ""),
    }
    lookups = {
        "line_product": ("code", "name", "external_number"),
        "contact": ("name", "mobile", "external_number"),
        "customer": ("name", "number", "credit_code", "external_number", "short_name"),
    }
    joined = {"terms": "\n"}
    not_changeable = _(
        "You may not change this contract, or it is not being written any more."
    )
    names = {
        "title": (
            "合同名称 合同标题 合同 名称 标题 项目名称 contract_title contract_name "
            "title subject"
        ),
        "number": "合同编号 合同号 合同编码 contract_number contract_no",
        "external_number": (
            "外部编号 合同ID 外部ID 原系统编号 原合同编号 原合同号 contract_id "
            "external_id"
        ),
        "customer": (
            "客户 客户名称 所属客户 签约客户 甲方 公司 公司名称 customer customer_name "
            "account account_name"
        ),
        "contact": "联系人 客户联系人 对方联系人 对方签约人 contact contact_name",
        "kind": "合同类型 合同类别 类型 contract_type type",
        "amount": "合同金额 合同总金额 总金额 金额 合同额 amount contract_amount",
        "tax_rate": "税率 税率（%） tax_rate",
        "signed_on": "签订日期 签约日期 签署日期 签订时间 signed_on signed_date",
        "starts_on": "开始日期 生效日期 合同开始日期 start_date starts_on",
        "ends_on": "结束日期 到期日期 截止日期 合同到期日 end_date ends_on",
        "signatory": "我方签约人 签约人 我方签订人 signatory",
        "terms": "合同条款 条款 条款内容 合同内容 备注 terms",
    }

    @cached_property
    def readers(self):
        """The readers of the fields; our signatory is somebody who works here."""
        field = self.form.fields["signatory"]
        return {**super().readers, "signatory": options.people(field, self.user)}

    def changeable(self):
        """Return the contracts whose content the person may still write."""
        return super().changeable().filter(status__in=Contract.WRITABLE)

    def read(self, texts, related):
        """Ask for the amount, which no lines can give here."""
        cleaned, errors = super().read(texts, related)
        if not errors and cleaned.get("amount") is None:
            errors = {"amount": ValidationError(gettext("This field is required."))}
        return cleaned, errors
