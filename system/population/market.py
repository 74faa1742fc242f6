"""Products, competitors and news: few enough to be made by their models."""

from random import Random

from competitors.models import (
    Competitor,
    NewsCompetitor,
    NewsCustomer,
    NewsIndustry,
    NewsItem,
)
from contracts.models import Product
from crm.models import DictionaryItem
from customers.models import Customer
from system.population.words import CITIES, FAMOUS, TRADES

SERIES = """
智能水表 智能电表 智能燃气表 超声流量计 电磁流量计 压力变送器 温度传感器 液位仪
数据采集器 边缘网关 能耗监测平台 远程抄表系统 计量检定服务 年度维保服务 安装调试服务
校准砝码 标准电能表 流量检定装置 通信模块 接线端子
"""
EVENTS = """
发布新一代产品 中标大型项目 宣布价格下调 扩建生产基地 通过质量体系认证
与高校共建实验室 获得战略投资 更换区域总代理 推出免费试用 参加行业展览会
"""
MODELS_OF_A_SERIES = 8
MOST_COMPETITORS, MOST_NEWS = 300, 2000


class Market:
    """Enters the records that everybody reads, brought by the researchers."""

    def __init__(self, staff, timeline, seed):
        """Take who brings them, the days they fall on, and the seed."""
        self.staff, self.timeline = staff, timeline
        self.random = Random(seed)  # noqa: S311 - invented records, no secrets

    def enter_products(self):
        """Enter the catalogue; return how many products can be sold."""
        items, random = _items(), self.random
        products = [
            Product(
                pk=number * MODELS_OF_A_SERIES + model + 1,
                code=f"CP{number:02}-{model + 1:02}",
                name=f"{series} {100 * (model + 1)} 型",
                category_id=random.choice(items["product_category"]),
                unit_id=random.choice(items["product_unit"]),
                price=round(10 ** random.uniform(1.5, 4.6), 2),
                **self._stamps(0, number),
            )
            for number, series in enumerate(SERIES.split())
            for model in range(MODELS_OF_A_SERIES)
        ]
        Product.objects.bulk_create(products)
        return len(products)

    def enter_competitors(self, customers):
        """Enter competitors; return how many are in the books."""
        items, random, rows = _items(), self.random, []
        cities, brands, trades = _parts()
        names = [(a, b) for a in brands for b in trades]
        random.shuffle(names)
        many = min(MOST_COMPETITORS, max(10, customers // 1000))
        for number, (brand, trade) in enumerate(names[:many], start=1):
            rows.append(
                Competitor(
                    pk=number,
                    name=f"{random.choice(cities)}{brand}{trade}股份有限公司",
                    short_name=brand + trade,
                    aliases=[brand] if number % 3 == 0 else [],
                    kind=random.choice(Competitor.Kind.values),
                    threat=random.choice(Competitor.Threat.values),
                    size_id=random.choice(items["competitor_size"]),
                    strengths="价格灵活",
                    weaknesses="服务网点少",
                    **self._stamps(random.random() ** 2, number),
                )
            )
        Competitor.objects.bulk_create(rows)
        return sum(r.registration == "registered" and not r.deleted_at for r in rows)

    def enter_news(self, customers):
        """Enter news about competitors, customers and industries."""
        items, random, rows = _items(), self.random, []
        rivals = list(Competitor.objects.order_by("pk"))
        events, subjects = EVENTS.split(), {}
        many = min(MOST_NEWS, max(20, customers // 500))
        for number in range(1, many + 1):
            rival, stamps = random.choice(rivals), self._stamps(number / many, number)
            event = random.choice(events)
            subjects[number] = rival
            rows.append(
                NewsItem(
                    pk=number,
                    title=f"{rival.short_name}{event}",
                    category_id=random.choice(items["news_category"]),
                    source="行业媒体",
                    published_on=stamps["created_at"].date(),
                    summary=f"{rival.name}{event},详情见附件。",
                    importance=random.choice(NewsItem.Importance.values),
                    **stamps,
                )
            )
        NewsItem.objects.bulk_create(rows)
        self._link(rows, subjects, items["industry"], customers)

    def _link(self, news, subjects, industries, customers):
        """Say what the news is about: a competitor, an industry, some a customer."""
        random = self.random
        NewsCompetitor.everything.bulk_create(
            NewsCompetitor(pk=item.pk, news=item, competitor=subjects[item.pk])
            for item in news
        )
        NewsIndustry.everything.bulk_create(
            NewsIndustry(pk=item.pk, news=item, item_id=random.choice(industries))
            for item in news
        )
        concerned = {item: random.randint(1, customers) for item in news[::3]}
        live = Customer.objects.in_bulk(set(concerned.values()))
        NewsCustomer.everything.bulk_create(
            NewsCustomer(pk=item.pk, news=item, customer_id=customer)
            for item, customer in concerned.items()
            if customer in live
        )

    def _stamps(self, share, number):
        """Return who brought a record, when, and how far it has come."""
        by = self.staff.researchers[number % len(self.staff.researchers)]
        return self.staff.stamps(self.timeline, share, number, by)


def _parts():
    cities = [entry.rstrip("0123456789") for entry in CITIES.split()]
    trades = [entry[:-1] for entry in TRADES.split()]
    return cities, FAMOUS.split(), trades


def _items():
    """Return {dictionary: ids of its items in order}."""
    found = {}
    rows = DictionaryItem.objects.order_by("kind", "order", "pk")
    for kind, pk in rows.values_list("kind", "pk"):
        found.setdefault(kind, []).append(pk)
    return found
