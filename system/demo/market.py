"""Competitors, encounters and industry news of the demo, found by the researcher."""

from decimal import Decimal

from competitors.models import (
    Competitor,
    CompetitorProduct,
    Encounter,
    NewsCompetitor,
    NewsCustomer,
    NewsIndustry,
    NewsItem,
    NewsRead,
)
from crm.dictionaries import items_of
from crm.guards.actor import acting
from system.demo.clock import day, past
from system.demo.tables import rows


def enter(customers, products, people):
    """Report competitors, encounters and news; the administrator registers them."""
    rivals = [_competitor(row, people) for row in rows("competitors")]
    with acting(people["researcher"]):
        for row in rows("rivals"):
            CompetitorProduct.objects.create(
                competitor=rivals[int(row["competitor"])],
                name=row["name"],
                product=products[row["product"]],
                price_from=Decimal(row["price_from"]),
                price_to=Decimal(row["price_to"]),
            )
    for row in rows("encounters"):
        _encounter(row, rivals, customers, people)
    for row in rows("news"):
        news = _news(row, people)
        with acting(news.reporter):
            _link(news, row, rivals, customers)
            _read(news, row, people)


def _competitor(row, people):
    return _registered(
        Competitor(
            name=row["name"],
            short_name=row["short_name"],
            aliases=[row["alias"]],
            kind=row["kind"],
            threat=row["threat"],
            size=item("competitor_size", row["size"]),
            region_id=row["region"],
            strengths=row["strengths"],
            weaknesses=row["weaknesses"],
            strategy=row["strategy"],
            created_at=past(250),
        ),
        people["researcher"],
        people["infoadmin"],
    )


def _encounter(row, rivals, customers, people):
    customer, ago, why = customers[int(row["customer"])], int(row["ago"]), row["reason"]
    _registered(
        Encounter(
            competitor=rivals[int(row["competitor"])],
            customer=customer,
            offered_product=row["product"],
            price=Decimal(row["price"]) or None,
            position=row["position"],
            outcome=row["outcome"],
            reason=item("encounter_reason", why) if why else None,
            happened_on=day(ago),
            remarks=row["remarks"],
            created_at=past(ago),
        ),
        customer.owner,
        people["infoadmin"],
    )


def _news(row, people):
    ago, summary = int(row["ago"]), row["summary"]
    return _registered(
        NewsItem(
            title=row["title"],
            category=item("news_category", row["category"]),
            source=row["source"],
            published_on=day(ago),
            importance=row["importance"],
            summary=summary,
            body=f"{summary}。请相关业务员评估对手中项目的影响，并在一周内反馈。",
            valid_until=day(-60) if row["category"] == "tender" else None,
            created_at=past(ago, 15),
        ),
        people["researcher"],
        people["infoadmin"],
    )


def _link(news, row, rivals, customers):
    """Say which industry, rival or customer a piece of news is about."""
    if row["industry"]:
        industry = item("industry", row["industry"])
        NewsIndustry.objects.create(news=news, item=industry)
    if row["competitor"]:
        rival = rivals[int(row["competitor"])]
        NewsCompetitor.objects.create(news=news, competitor=rival)
    if row["customer"]:
        customer = customers[int(row["customer"])]
        NewsCustomer.objects.create(news=news, customer=customer)


def _read(news, row, people):
    """Older news has been read by some colleagues."""
    if int(row["ago"]) > 12:
        for username in ("sales", "supervisor", "infoadmin"):
            NewsRead.objects.create(news=news, user=people[username])


def _registered(record, reporter, registrar):
    """Return a record that one person has entered; another registers a report."""
    record.owner = record.reporter = reporter
    record.enter(reporter)
    if record.is_reported:
        record.register(registrar)
    return record


def item(kind, code):
    """Return an item of a dictionary."""
    return next(one for one in items_of(kind) if one.code == code)
