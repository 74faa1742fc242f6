"""Import of competitors."""

from crm.imports import keys
from crm.imports.declared import Import


class CompetitorImport(Import):
    """Companies that sell against us."""

    prefixes = ("竞争对手", "对手", "竞品公司", "公司", "企业", "competitor", "company")
    keys = (keys.names(column="name_key"),)
    unique = {"name": "competitor_name_once"}
    joined = {"region": " ", "strengths": "\n", "weaknesses": "\n", "strategy": "\n"}
    names = {
        "name": (
            "竞争对手名称 竞争对手 对手名称 公司名称 企业名称 名称 全称 "
            "competitor_name competitor company name"
        ),
        "short_name": "简称 short_name",
        "aliases": "别名 曾用名 alias aliases",
        "kind": "竞争类型 对手类型 类型 kind type",
        "threat": "威胁等级 威胁程度 威胁 threat threat_level",
        "size": "规模 企业规模 公司规模 size",
        "region": "所在省份 省份 所在城市 城市 所在地区 地区 区域 所在地 region",
        "website": "网址 网站 官网 主页 website url homepage",
        "strengths": "优势 竞争优势 优点 strengths advantages",
        "weaknesses": "劣势 竞争劣势 缺点 弱点 weaknesses disadvantages",
        "strategy": "应对策略 竞争策略 对策 策略 strategy",
    }
    words = {
        "kind": {"直接": "direct", "潜在": "potential", "替代": "substitute"},
        "threat": {"高": "high", "中": "medium", "低": "low"},
    }
