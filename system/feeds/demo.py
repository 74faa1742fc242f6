"""What the demo shows of other sites: a source out of use, and what it told before."""

from competitors.models import FeedEntry, NewsSource
from crm.guards.actor import acting
from crm.models import DictionaryItem
from system.demo.clock import day

ENTRIES = (
    (
        1,
        "工信部发布工业互联网平台新一轮试点通知",
        "申报截至下月底，面向食品、制药、机械等行业的平台和解决方案供应商。",
    ),
    (
        3,
        "西南制造业采购经理指数连续三个月回升",
        "新订单指数升至 51.6%，设备更新类采购增长较快。",
    ),
    (
        6,
        "昆明将举办智能制造装备展览会",
        "展会为期三天，预计三百余家企业参展，同期举行供需对接会。",
    ),
)


def enter(people):
    """Enter the source, which is asked for nothing, and three entries that wait."""
    category = DictionaryItem.objects.get(kind="news_category", code="market")
    with acting(people["infoadmin"]):
        source = NewsSource.objects.create(
            name="行业资讯网（示例）",
            url="https://news.example/feed.xml",
            category=category,
            active=False,
        )
    FeedEntry.objects.bulk_create(
        FeedEntry(
            source=source,
            guid=f"demo-{number}",
            title=title,
            link=f"https://news.example/{number}",
            summary=summary,
            published_on=day(ago),
        )
        for number, (ago, title, summary) in enumerate(ENTRIES, start=1)
    )
