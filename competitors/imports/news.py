"""Import of industry news."""

from functools import cached_property

from competitors.models.news import LINKS
from crm.chinese.folding import folded
from crm.imports import keys, options
from crm.imports.declared import Import
from customers.dictionaries import INDUSTRY

#: By which of its fields a company is named.
COMPANY = ("name", "number", "credit_code", "external_number", "short_name")


class NewsItemImport(Import):
    """What is gathered from the press; a title of one day comes once."""

    prefixes = ("动态", "新闻", "资讯", "文章", "news")
    keys = (
        keys.Key(
            ("title", "published_on"),
            {"title": folded},
            {"published_on": "published_on"},
        ),
    )
    linked = ("industries", *LINKS)
    lookups = {
        "customers": COMPANY,
        "competitors": ("name", "short_name"),
        "products": ("code", "name", "external_number"),
    }
    joined = {"region": " ", "body": "\n", "summary": "\n"}
    names = {
        "title": "标题 动态标题 新闻标题 题目 名称 title headline subject",
        "category": "类别 分类 动态类别 新闻类别 栏目 类型 category type",
        "importance": "重要性 重要程度 级别 importance priority",
        "source": "来源 出处 媒体 作者 source publisher",
        "link": "链接 网址 原文链接 地址 link url",
        "published_on": "发布日期 发布时间 日期 时间 published_on date published",
        "summary": "摘要 概要 导语 简介 summary abstract",
        "body": "正文 内容 全文 详情 body content text",
        "region": "地区 区域 所在地区 省份 城市 region",
        "industries": "行业 相关行业 涉及行业 所属行业 industry industries",
        "customers": "客户 相关客户 涉及客户 关联客户 客户名称 customer customers",
        "competitors": "竞争对手 对手 相关竞争对手 涉及竞争对手 competitor competitors",
        "products": "产品 相关产品 涉及产品 关联产品 product products",
        "valid_until": "有效期 有效期至 截止日期 valid_until expires",
    }
    words = {
        "importance": {
            "高": "high",
            "重要": "high",
            "中": "normal",
            "普通": "normal",
            "一般": "normal",
            "低": "low",
        },
    }

    @cached_property
    def readers(self):
        """{field: function from text to value}; of industries, from a word to one."""
        said = self.ways.values.get("industries", {})
        return {**super().readers, "industries": options.items(INDUSTRY, said)}
