"""Products and contracts of the demo, brought into every state by the real verbs."""

from datetime import timedelta
from decimal import Decimal

from contracts import approval
from contracts.models import (
    ApprovalRule,
    Contract,
    ContractLine,
    DayNumber,
    Instalment,
    Product,
)
from contracts.rounding import line_amount, parts_by_percent
from crm.dictionaries import items_of
from crm.guards.actor import acting
from system.demo.clock import day, past
from system.demo.tables import rows

#: Contracts signed so many days ago were carried over from an older system.
CARRIED_OVER = 300
#: From so many days ago on contracts come with a plan of their payments, as the terms
#: say it: (percent, days after signing, condition).
PLANNED = 100
PLAN = (
    (Decimal(30), 7, "signing"),
    (Decimal(40), 60, "arrival"),
    (Decimal(25), 120, "acceptance"),
    (Decimal(5), 730, "warranty"),
)


def enter_products(people):
    """Enter the catalogue; return {code: product}."""
    found, registrar = {}, people["infoadmin"]
    categories = {item.code: item for item in items_of("product_category")}
    units = {item.code: item for item in items_of("product_unit")}
    for row in rows("products"):
        code = row["code"]
        found[code] = Product(
            code=code,
            name=row["name"],
            category=categories[row["category"]],
            unit=units[row["unit"]],
            price=Decimal(row["price"]),
            on_sale=code != "QB-040",
            owner=registrar,
            created_at=past(380),
        )
        found[code].enter(registrar)
    return found


def enter(customers, products, people):
    """Enter the contracts and bring each to where it stands."""
    with acting(people["sysadmin"]):
        ApprovalRule.objects.filter(last_resort=None).update(
            last_resort=people["director"]
        )
        _rule_on_fields(people)
    for row in rows("contracts"):
        sold = [sold_in(text, products) for text in row["lines"].split()]
        contract = _contract(row, customers[int(row["customer"])], sold)
        _enter(contract, sold)
        if int(row["signed"]) <= PLANNED:
            _plan(contract)
        if row["fate"] != "draft":
            _go(contract, row["fate"], people)


def _rule_on_fields(people):
    """Let what a partner is to have alone go to both heads, whatever it is worth."""
    rule = ApprovalRule.objects.create(
        name="合作伙伴独家协议", order=5, last_resort=people["director"]
    )
    rule.conditions.create(place=1, field="title", operator="contains", value="独家")
    rule.conditions.create(
        place=2, field="customer.kind", operator="one_of", value="partner"
    )
    for position, asks in enumerate(("head", "head_above"), start=1):
        rule.steps.create(position=position, asks=asks)


def _contract(row, customer, sold):
    kinds, ago = (
        {item.code: item for item in items_of("contract_kind")},
        int(row["signed"]),
    )
    kind, number = row["kind"], _number(day(ago + 3))
    return Contract(
        number=number,
        external_number=f"OA{number[2:]}" if ago > CARRIED_OVER else "",
        title=row["title"],
        customer=customer,
        contact=customer.contacts.order_by("pk").first(),
        owner=customer.owner,
        signatory=customer.owner,
        kind=kinds[kind],
        amount=sum(_amount(*one) for one in sold),
        tax_rate=Decimal(6 if kind == "service" else 13),
        signed_on=day(ago),
        starts_on=day(ago),
        ends_on=day(ago - 365),
        terms="签约后支付 30%，到货支付 40%，验收支付 25%，质保期满支付 5%。质保两年。",
        created_at=past(ago + 3),
    )


def _number(entered):
    """Return the next number of a day, as PostgreSQL would have given it then."""
    counter, _new = DayNumber.objects.get_or_create(day=entered, defaults={"given": 0})
    counter.given += 1
    counter.save(update_fields=["given"])
    return f"HT-{entered:%Y%m%d}-{counter.given:03}"


def sold_in(text, products):
    """Return (product, quantity, discount) of `DB-100*200-10`."""
    code, _times, rest = text.partition("*")
    quantity, _minus, discount = rest.partition("-")
    return products[code], int(quantity), int(discount or 0)


def _amount(product, quantity, discount):
    return line_amount(quantity, product.price, discount)


def _enter(contract, sold):
    contract.enter(contract.owner)
    with acting(contract.owner):
        for product, quantity, discount in sold:
            ContractLine.objects.create(
                contract=contract,
                product=product,
                quantity=quantity,
                unit_price=product.price,
                discount=discount,
            )


def _plan(contract):
    """Plan the payments of a contract that is still written."""
    conditions = {item.code: item for item in items_of("payment_condition")}
    amounts = parts_by_percent(contract.amount, [share for share, *_rest in PLAN])
    with acting(contract.owner):
        for (_share, after, condition), amount in zip(PLAN, amounts, strict=True):
            Instalment.objects.create(
                contract=contract,
                due_on=contract.signed_on + timedelta(days=after),
                amount=amount,
                condition=conditions[condition],
            )


def _go(contract, fate, people):
    """Do what brings a contract to its state, each verb by the one who would."""
    approval.submit(contract, by=contract.owner)
    if contract.status == Contract.Status.REPORTED:
        approval.register(contract, by=people["infoadmin"])
    if fate == "recalled":
        approval.recall(contract, by=contract.owner)
    elif contract.status == Contract.Status.PENDING and fate != "pending":
        _through_approval(contract, fate, people)
    if fate == "completed":
        approval.complete(contract, by=people["infoadmin"])
    elif fate.startswith("change_"):
        _change(contract, fate, people)
    elif fate == "terminated":
        reason = next(
            i for i in items_of("termination_reason") if i.code == "agreement"
        )
        approval.terminate(contract, by=people["infoadmin"], reason=reason, day=day(10))


def _change(contract, fate, people):
    """Ask for a later end, and let that wait, be rejected, or be given up."""
    owner = contract.owner
    change = approval.amend(contract, by=owner)
    with acting(owner):
        change.ends_on += timedelta(days=180)
        change.terms += "\n履约期顺延六个月。"
        change.save(update_fields=["ends_on", "terms"])
    approval.submit_change(contract, by=owner)
    if fate == "change_rejected":
        reason = "顺延期限过长，请与客户商定为三个月后再报。"
        _decide(contract, head_of(contract, people), False, reason)
    elif fate == "change_given_up":
        approval.withdraw(contract, by=owner)


def head_of(record, people):
    """Return the head who decides first."""
    head = record.owner.department.head
    return people["director"] if head == record.owner else head


def _through_approval(contract, fate, people):
    """Let the heads decide what waits for them; "half" waits for the second one."""
    director, head = people["director"], head_of(contract, people)
    if fate == "rejected":
        _decide(contract, head, False, "付款条件过宽，请改为到货支付 60% 后再报。")
        return
    for by, opinion in ((head, "同意。"), (director, "同意，注意交付进度。")):
        if contract.status == Contract.Status.PENDING:
            _decide(contract, by, True, opinion)
        if fate == "half":
            return


def _decide(contract, by, approved, opinion):
    round_ = contract.rounds.get(state="open")
    approval.decide(
        contract, by=by, approved=approved, opinion=opinion, round_id=round_.pk
    )
