"""Import of encounters with competitors."""

from crm.chinese.folding import folded
from crm.imports import keys
from crm.imports.declared import Import


class EncounterImport(Import):
    """Who met which competitor at which customer, and how it ended."""

    prefixes = ("交锋", "竞争", "encounter")
    within = {"opportunity": "customer", "contract": "customer"}
    keys = (
        keys.Key(
            ("competitor", "customer", "happened_on", "offered_product"),
            {"offered_product": folded},
            {"competitor": "competitor", "customer": "customer"},
        ),
        keys.Key(
            ("competitor", "customer", "happened_on"),
            {},
            {"competitor": "competitor", "customer": "customer"},
            weak=True,
        ),
    )
    lookups = {
        "competitor": ("name", "short_name"),
        "customer": ("name", "number", "credit_code", "external_number", "short_name"),
        "opportunity": ("number", "title"),
        "contract": ("number", "external_number", "title"),
    }
    names = {
        "competitor": "竞争对手 对手 对手名称 竞品公司 竞争对手名称 competitor rival",
        "customer": (
            "客户 客户名称 所属客户 公司 公司名称 单位名称 customer customer_name "
            "account account_name"
        ),
        "opportunity": "商机 商机编号 商机名称 opportunity opportunity_number deal",
        "contract": "合同 合同编号 合同号 contract contract_number",
        "happened_on": "交锋日期 日期 时间 发生日期 date happened_on",
        "offered_product": "对方产品 竞品 对手产品 产品 offered_product product",
        "price": "对方报价 竞品报价 报价 价格 price offer",
        "position": "我方处境 我方位置 优劣势 形势 position",
        "outcome": "结果 交锋结果 输赢 outcome result",
        "reason": "输赢原因 原因 reason",
    }
    words = {
        "position": {
            "领先": "ahead",
            "优势": "ahead",
            "持平": "level",
            "相当": "level",
            "落后": "behind",
            "劣势": "behind",
        },
        "outcome": {
            "我方赢": "we_won",
            "赢": "we_won",
            "赢单": "we_won",
            "胜": "we_won",
            "对方赢": "they_won",
            "输": "they_won",
            "输单": "they_won",
            "负": "they_won",
            "进行中": "open",
            "未定": "open",
            "双输": "both_lost",
        },
    }
