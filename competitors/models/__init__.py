"""竞争对手: competitors and encounters with them; 业界动态: industry news."""

from competitors.models.competitor import Competitor, CompetitorProduct
from competitors.models.encounter import Encounter
from competitors.models.feeds import FeedEntry, NewsSource
from competitors.models.links import (
    NewsCompetitor,
    NewsCustomer,
    NewsIndustry,
    NewsProduct,
)
from competitors.models.news import (
    LINKS,
    MENTIONED,
    NewsAttachment,
    NewsItem,
    NewsRead,
)

__all__ = [
    "LINKS",
    "MENTIONED",
    "Competitor",
    "CompetitorProduct",
    "Encounter",
    "FeedEntry",
    "NewsAttachment",
    "NewsCompetitor",
    "NewsCustomer",
    "NewsIndustry",
    "NewsItem",
    "NewsProduct",
    "NewsRead",
    "NewsSource",
]
