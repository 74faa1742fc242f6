"""Records for tests, as they would stand in the books.

Each function takes who owns it and any field; what is not given is filled in.
"""

from datetime import timedelta
from decimal import Decimal
from itertools import count

from django.utils import timezone

from competitors.models import (
    Competitor,
    Encounter,
    FeedEntry,
    NewsItem,
    NewsSource,
)
from contracts.models import (
    Contract,
    CreditAssessment,
    Invoice,
    PriceList,
    Product,
    Receipt,
)
from crm.guards.actor import acting
from crm.models import DictionaryItem, User
from crm.models.record import Registration
from customers.models import Contact, Counterpart, Customer, DealRegistration, Pool
from feedback.models import Interaction
from sales.models import (
    DayReport,
    Lead,
    Opportunity,
    Quotation,
    Stage,
    Target,
    TargetRule,
    WorkPlan,
)

_numbers = count(1)


def stamps(by, registered=True):
    """Return the fields that every record has, as entered by a person."""
    fields = {"owner": by, "reporter": by, "entered_by": by}
    if registered:
        fields |= {
            "registration": Registration.REGISTERED,
            "registered_by": by,
            "registered_at": timezone.now(),
        }
    return fields


def a_customer(owner, *, registered=True, **fields):
    """Return a customer of this owner."""
    fields.setdefault("name", f"测试客户{next(_numbers)}有限公司")
    customer = Customer(**{**stamps(owner, registered), **fields})
    customer.save()
    customer.refresh_from_db()
    return customer


def a_registration(customer, owner, *, registered=True, **fields):
    """Return a registration of somebody's for a customer, whoever's that is."""
    fields.setdefault("subject", f"项目{next(_numbers)}")
    made = DealRegistration(**{**stamps(owner, registered), **fields})
    made.customer = customer
    with acting(owner):
        made.save()
    made.refresh_from_db()
    return made


def a_contact(customer, *, registered=True, **fields):
    """Return a contact at a customer, entered by its owner."""
    fields.setdefault("name", f"联系人{next(_numbers)}")
    contact = Contact(**{**stamps(customer.owner, registered), **fields})
    contact.customer = customer
    contact.save()
    contact.refresh_from_db()
    return contact


def a_counterpart(customer, owner, *, registered=True, **fields):
    """Return who of ours looks after a matter at a customer, every 30 days."""
    fields.setdefault("subject", f"事项{next(_numbers)}")
    fields.setdefault("rhythm_days", 30)
    made = Counterpart(**{**stamps(owner, registered), **fields})
    made.customer = customer
    made.save()
    made.refresh_from_db()
    return made


def an_interaction(customer, *, by=None, registered=True, **fields):
    """Return an interaction with a customer, by its owner unless told otherwise."""
    fields.setdefault("subject", f"交往{next(_numbers)}")
    fields.setdefault("occurred_at", timezone.now())
    fields.setdefault("method", an_item("interaction_method", "call"))
    interaction = Interaction(**{**stamps(by or customer.owner, registered), **fields})
    interaction.customer = customer
    interaction.save()
    interaction.refresh_from_db()
    return interaction


def an_item(kind, code):
    """Return an item of a shipped dictionary."""
    return DictionaryItem.objects.get(kind=kind, code=code)


def a_competitor(by, *, registered=True, **fields):
    """Return a competitor entered by a person."""
    fields.setdefault("name", f"竞争对手{next(_numbers)}")
    competitor = Competitor(**{**stamps(by, registered), **fields})
    competitor.save()
    competitor.refresh_from_db()
    return competitor


def an_encounter(competitor, customer, *, by=None, registered=True, **fields):
    """Return an encounter at a customer, by its owner unless told otherwise."""
    encounter = Encounter(**{**stamps(by or customer.owner, registered), **fields})
    encounter.competitor, encounter.customer = competitor, customer
    encounter.save()
    return Encounter.objects.get(pk=encounter.pk)


def a_news_item(by, *, registered=True, **fields):
    """Return a piece of news entered by a person."""
    fields.setdefault("title", f"动态{next(_numbers)}")
    fields.setdefault("category", an_item("news_category", "market"))
    news = NewsItem(**{**stamps(by, registered), **fields})
    news.save()
    news.refresh_from_db()
    return news


def a_source(**fields):
    """Return a source of news."""
    number = next(_numbers)
    fields.setdefault("name", f"来源{number}")
    fields.setdefault("url", f"https://news.example/{number}.xml")
    fields.setdefault("category", an_item("news_category", "market"))
    return NewsSource.objects.create(**fields)


def an_entry(source, **fields):
    """Return what a source told, which waits to be taken."""
    number = next(_numbers)
    fields.setdefault("guid", f"guid-{number}")
    fields.setdefault("title", f"行业消息{number}")
    return FeedEntry.objects.create(source=source, **fields)


def a_product(owner, **fields):
    """Return a product of the catalogue."""
    number = next(_numbers)
    fields.setdefault("code", f"P{number:04}")
    fields.setdefault("name", f"测试产品{number}")
    product = Product(**{**stamps(owner), **fields})
    product.save()
    return product


def a_contract(owner, *, registered=True, **fields):
    """Return a draft of a contract of this owner, with a customer of theirs."""
    fields.setdefault("title", f"测试合同{next(_numbers)}")
    fields.setdefault("amount", Decimal(50_000))
    if "customer" not in fields:
        fields["customer"] = a_customer(owner)
    contract = Contract(**{**stamps(owner, registered), **fields})
    contract.save()
    contract.refresh_from_db()
    return contract


def an_opportunity(owner, *, registered=True, **fields):
    """Return an open opportunity in the first stage of the shipped pipeline."""
    fields.setdefault("title", f"商机{next(_numbers)}")
    fields.setdefault("amount", Decimal(100_000))
    fields.setdefault("expected_on", timezone.localdate() + timedelta(days=30))
    fields.setdefault("stage", Stage.objects.filter(kind=Stage.Kind.OPEN).first())
    if "customer" not in fields:
        fields["customer"] = a_customer(owner)
    opportunity = Opportunity(**{**stamps(owner, registered), **fields})
    opportunity.save()
    opportunity.refresh_from_db()
    return opportunity


def a_quotation(owner, *lines, registered=True, **fields):
    """Return a draft of a quotation with lines of (product, quantity, price, discount).

    Their list is what the product costs by itself.
    """
    fields.setdefault("title", f"报价{next(_numbers)}")
    if "customer" not in fields:
        fields["customer"] = a_customer(owner)
    quotation = Quotation(**{**stamps(owner, registered), **fields})
    quotation.save()
    for product, quantity, price, *discount in lines:
        quotation.lines.create(
            product=product,
            quantity=quantity,
            unit_price=price,
            discount=discount[0] if discount else 0,
            list_price=product.price,
        )
    quotation.refresh_from_db()
    return quotation


def a_day_report(owner, *, registered=True, ago=0, **fields):
    """Return a report of a day so many days ago, handed in just now."""
    fields.setdefault("day", timezone.localdate() - timedelta(days=ago))
    fields.setdefault("done", f"拜访客户{next(_numbers)}")
    report = DayReport(**{**stamps(owner, registered), **fields})
    with acting(owner):
        report.save()
    report.refresh_from_db()
    return report


def a_plan(owner, *lines, registered=True, weeks=0, **fields):
    """Return a plan of this week, or one so many weeks on, with lines of fields."""
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)
    fields.setdefault("starts_on", monday)
    plan = WorkPlan(**{**stamps(owner, registered), **fields})
    with acting(owner):
        plan.save()
        for line in lines:
            plan.lines.create(**line)
    plan.refresh_from_db()
    return plan


def a_target(subject, *months, by=None, registered=True, **fields):
    """Return a draft of a target of this year: of a person, a department, the company.

    Args:
        subject: whose it is; None: the company's.
        months: twelve values, or one for each month.
        by: who entered it, the subject or the head of it unless told otherwise.
    """
    values = months * 12 if len(months) == 1 else months
    fields |= dict(zip(Target.VALUES, map(Decimal, values), strict=False))
    if "rule" not in fields:
        fields["rule"] = TargetRule.objects.get(name="合同额")
    if isinstance(subject, User):
        fields["person"] = subject
    elif subject is not None:
        fields["department"] = subject
    owner = fields.get("person") or (subject and subject.head) or by
    target = Target(**{**stamps(by or owner, registered), "owner": owner, **fields})
    with acting(by or owner):
        target.save()
    target.refresh_from_db()
    return target


def a_receipt(customer, amount, by=None, **fields):
    """Return a receipt that waits to be confirmed, entered by the customer's owner."""
    receipt = Receipt(customer=customer, amount=Decimal(amount), **fields)
    receipt.enter(by or customer.owner)
    return receipt


def an_invoice(contract, amount, by=None, **fields):
    """Return an invoice that was asked for by the contract's owner, to be issued."""
    fields.setdefault("title", contract.customer.name)
    invoice = Invoice(
        contract=contract,
        customer=contract.customer,
        amount=Decimal(amount),
        **fields,
    )
    invoice.enter(by or contract.owner)
    return invoice


def an_assessment(person, *, registered=True, **fields):
    """Return an assessment that waits to be confirmed, without a limit.

    Without a customer it is one of the person's own.
    """
    fields.setdefault("grade", an_item("credit_grade", "B"))
    fields.setdefault("reason", "回款情况良好")
    if "customer" not in fields:
        fields["customer"] = a_customer(person)
    assessment = CreditAssessment(**{**stamps(person, registered), **fields})
    with acting(person):
        assessment.save()
    assessment.refresh_from_db()
    return assessment


def a_lead(owner, *, registered=True, by=None, **fields):
    """Return a lead: unassigned, or to be contacted if somebody else enters it."""
    fields.setdefault("company", f"线索公司{next(_numbers)}有限公司")
    entered = {**stamps(by or owner, registered), "owner": owner}
    lead = Lead(**{**entered, **fields})
    lead.save()
    lead.refresh_from_db()
    return lead


def a_price_list(owner, *prices, registered=True, customers=(), **fields):
    """Return a price list with (product, from quantity, price, lowest price)."""
    fields.setdefault("name", f"价格表{next(_numbers)}")
    fields.setdefault("starts_on", "2026-01-01")
    found = PriceList(**{**stamps(owner, registered), **fields})
    found.save()
    found.customers.set(customers)
    for product, min_qty, price, *floor in prices:
        lowest = floor[0] if floor else None
        found.prices.create(product=product, min_qty=min_qty, price=price, floor=lowest)
    found.refresh_from_db()
    return found


def a_pool(**fields):
    """Return a pool of customers."""
    fields.setdefault("name", f"公海{next(_numbers)}")
    return Pool.objects.create(**fields)


def put_in(pool, *customers):
    """Put customers of some people into a pool; return the first."""
    pks = [customer.pk for customer in customers]
    with acting(None, verb="released"):
        Customer.objects.filter(pk__in=pks).update(owner=None, pool=pool)
    for customer in customers:
        customer.refresh_from_db()
    return customers[0]
