"""What is still on its way into the books when somebody opens the demo."""

from decimal import Decimal

from competitors.models import Competitor, NewsItem
from contracts import approval
from contracts.models import Contract, ContractLine
from crm.guards.actor import acting
from customers.models import Contact, Customer
from feedback.models import Interaction
from system.demo.clock import moment, past
from system.demo.market import item
from system.demo.tables import rows


def enter(customers, products, people):
    """Report records of every kind, and return a few."""
    for row in rows("reported"):
        customer = _customer(row, people)
        customer.phone = row["phone"]
        customer.enter(customer.owner)
        for contact in row["contacts"].split():
            _contact(contact, customer)
    for row in rows("returned"):
        customer = _customer(row, people)
        customer.enter(customer.owner)
        customer.send_back(people["infoadmin"], row["reason"])
    _interactions(customers, people)
    _market(people)
    _contract(customers[36], products, people)


def _customer(row, people):
    return Customer(
        name=row["name"],
        industry=item("industry", row["industry"]),
        region_id=row["region"],
        owner=people[row["reporter"]],
        source=item("customer_source", "cold_visit"),
        created_at=past(int(row["ago"]), 8),
    )


def _contact(name, customer):
    contact = Contact(
        customer=customer,
        owner=customer.owner,
        name=name,
        title="设备科科长",
        decision_role=item("contact_role", "evaluator"),
        mobile=f"137{abs(customer.pk * 7654321) % 100_000_000:08}",
        created_at=customer.created_at,
    )
    contact.enter(customer.owner)


def _interactions(customers, people):
    """The researcher heard something; one report came back."""
    researcher = people["researcher"]
    heard = (
        (customers[7], "走访反馈：对流量计防爆等级有疑问", 0),
        (customers[15], "电话调研：花卉冷库能耗偏高", 1),
        (customers[28], "展会反馈：场馆希望分区计量", 4),
    )
    for customer, subject, ago in heard:
        interaction = Interaction(
            customer=customer,
            owner=researcher,
            method=item("interaction_method", "visit"),
            subject=subject,
            content="市场调研走访时客户主动提出，已记录型号与现场照片编号。",
            customer_feedback="希望业务员一周内给出书面答复。",
            occurred_at=past(ago, 8),
            created_at=past(ago, 8, 40),
        )
        interaction.enter(researcher)
    interaction.send_back(people["infoadmin"], "请补充被访人姓名和职务。")


def _market(people):
    """A rival and two pieces of news nobody has looked at yet."""
    researcher = people["researcher"]
    rival = Competitor(
        name="滇衡表计商行",
        threat="low",
        size=item("competitor_size", "micro"),
        region_id="530103",
        strengths="门店多，现货",
        owner=researcher,
        created_at=past(2, 16),
    )
    rival.enter(researcher)
    for title, category, ago in (
        ("园区综合能源补贴申报下周开始", "policy", 0),
        ("电子元件交货期缩短到八周", "market", 5),
    ):
        news = NewsItem(
            title=title,
            category=item("news_category", category),
            source="行业微信群",
            summary="来源为业内转述，待核实原文。",
            owner=researcher,
            published_on=moment(ago).date(),
            created_at=past(ago, 8, 50),
        )
        news.enter(researcher)


def _contract(customer, products, people):
    """A salesperson reports a signed contract that nobody has checked yet."""
    sold = ((products["PT-STD"], 1), (products["WG-010"], 3))
    contract = Contract(
        title="软件园机房能耗监测合同",
        customer=customer,
        owner=customer.owner,
        kind=item("contract_kind", "direct"),
        amount=sum(product.price * quantity for product, quantity in sold),
        tax_rate=Decimal(13),
        created_at=past(1, 17),
    )
    contract.enter(customer.owner)
    with acting(customer.owner):
        for product, quantity in sold:
            ContractLine.objects.create(
                contract=contract,
                product=product,
                quantity=quantity,
                unit_price=product.price,
            )
    approval.submit(contract, by=customer.owner)
