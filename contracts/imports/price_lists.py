"""Import of price lists: a row for each price, below each other those of one list."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contracts.models import Price, PriceList, Product
from crm.chinese.folding import folded
from crm.imports import keys
from crm.imports.declared import Import, Lines

HoldsFor = PriceList.HoldsFor


def _checked(line):
    """Refuse a lowest price above the price."""
    price, floor = line.get("price"), line.get("floor")
    if price is not None and floor is not None and floor > price:
        raise ValidationError({"floor": _("The lowest price is above the price.")})


class PriceListImport(Import):
    """New lists with their prices; what a list says that is there, the form changes."""

    prefixes = ("价格表", "价目表", "pricelist")
    keys = (
        keys.Key(("name", "starts_on"), {"name": folded}, {"starts_on": "starts_on"}),
    )
    linked = ("customers",)
    lines = Lines(
        model=Price,
        fields=("product", "min_qty", "price", "floor"),
        needed=("product", "price"),
        usual={"min_qty": 0},
        recognised_by=(("name", "starts_on"), ("name",)),
        complete=_checked,
        refused=_("Row %(row)s of this price list is refused."),
    )
    part_relations = {"line_product": Product}
    parts = {
        "line_product": (
            _("price: product"),
            "产品 产品名称 产品编码 产品编号 商品 商品名称 商品编码 product item",
            "",
        ),
        "line_min_qty": (
            _("price: from quantity"),
            "起订数量 起订量 数量 起始数量 最小数量 min_qty quantity qty",
            "",
        ),
        "line_price": (
            _("price: listed price"),
            "价格 单价 售价 价格（元） 单价（元） price unit_price",
            "",
        ),
        "line_floor": (
            _("price: lowest price"),
            "最低价 底价 最低价（元） 底价（元） floor lowest_price",
            "",
        ),
    }
    lookups = {
        "line_product": ("code", "name", "external_number"),
        "customers": ("name", "number", "credit_code", "external_number", "short_name"),
    }
    names = {
        "name": "名称 标题 价格表 价目表 name list price_list",
        "starts_on": "生效日期 开始日期 起始日期 生效日 starts_on start_date from",
        "ends_on": "失效日期 结束日期 截止日期 有效期至 ends_on end_date until",
        "priority": "优先级 优先 priority",
        "forced": "强制执行 强制 固定价格 forced fixed",
        "active": "启用 状态 使用中 active",
        "holds_for": "适用于 适用对象 适用范围 holds_for",
        "level": "客户级别 级别 level customer_level",
        "customer_kind": "客户类型 类型 customer_type type",
        "industry": "行业 所属行业 industry",
        "region": "地区 区域 region",
        "customers": "客户 指定客户 客户名称 customers customer",
    }
    words = {
        "holds_for": {
            "全部": HoldsFor.EVERYBODY,
            "标准": HoldsFor.EVERYBODY,
            "分组": HoldsFor.GROUP,
            "指定": HoldsFor.NAMED,
        },
    }
