"""A company of any size: its rows are what the program itself would have written."""

import re

import pytest
from django.db import connection
from django.db.models import F, Max, Sum
from django.utils import timezone

from competitors.models import Encounter
from contracts import approval
from contracts.credit import figures_of
from contracts.differences import differences
from contracts.models import Contract, CreditAssessment, DayNumber, Invoice, Round
from contracts.snapshots import content_of
from crm import demo
from crm.approval.snapshots import canonical, digest
from crm.fields import DerivedTextField
from crm.models import Department, HistoryEntry, Tally, User
from customers import meetings
from customers.models import Contact, Counterpart, Customer, DealRegistration
from feedback.models import Interaction
from sales import quotations
from sales.approval import FLOW
from sales.models import DayNumber as SalesDayNumber
from sales.models import (
    Opportunity,
    Quotation,
    QuotationRound,
    Target,
    TargetRule,
)
from sales.pricing import listed_for
from system.population import people
from tests.factories import an_item
from tests.pages import form_of, record_models
from tests.population import load, undone

CUSTOMERS = 1500
CASTS = re.compile(r"[()]|::(character varying|text)(\[\])?")
SCHEMA = """
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT conrelid::regclass || conname || pg_get_constraintdef(oid) || convalidated::text
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT tgrelid::regclass || tgname || tgenabled::text FROM pg_trigger
WHERE NOT tgisinternal
ORDER BY 1
"""


def schema():
    """Return every index, constraint and trigger of the database as text.

    Without brackets and casts: PostgreSQL sets those of a list in another place when
    it reads again what it has written.
    """
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        return [CASTS.sub("", text) for (text,) in cursor.fetchall()]


def somebody(username):
    """Return one of the company's people with their rights."""
    return User.objects.with_grants().get(username=username)


def some(model, many=12):
    """Return rows of a model from all over its table."""
    rows = list(model.everything.order_by("pk"))
    return rows[:: max(1, len(rows) // many)]


@pytest.fixture(scope="module")
def _company(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), undone():
        before = schema()
        load(CUSTOMERS)
        yield before


@pytest.fixture
def company(_company, db):
    """A company with some customers, loaded once for all tests here."""
    return _company


def test_every_kind_of_record_has_rows_in_every_state(company):
    assert Customer.everything.count() == CUSTOMERS
    for model in record_models():
        rows = model.everything.all()
        assert rows.filter(registration="registered", deleted_at=None).exists()
        assert not rows.filter(created_at__gt=timezone.now()).exists()
    for model in (Customer, Interaction, Contract):
        assert model.everything.exclude(deleted_at=None).exists()
        assert model.objects.exclude(registration="registered").exists()
    for model, field in ((Customer, "status"), (Contract, "status")):
        found = set(model.objects.order_by().values_list(field, flat=True))
        assert found == set(
            model._meta.get_field(field).choices and model.Status.values
        )


def test_derived_columns_are_what_the_models_make(company):
    for model in record_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, DerivedTextField):
                for row in some(model, 60):
                    assert getattr(row, field.attname) == getattr(row, field.method)()


def test_rows_are_such_as_forms_would_let_through(company):
    for model in record_models():
        for row in some(model):
            row.full_clean()
    codes = Customer.objects.exclude(credit_code="").count()
    assert codes > CUSTOMERS / 2


def test_children_of_what_is_deleted_are_deleted_too(company):
    for customer in Customer.everything.exclude(deleted_at=None):
        assert not customer.used_by()
    references = Interaction.objects.exclude(contact=None)
    assert not references.exclude(contact__deleted_at=None).exists()


def test_customers_have_the_dates_of_contact_that_postgresql_reckons(company):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT last_contact_at, next_contact_at, last_at, next_at"
            " FROM customers_customer, feedback_contact_dates(id)"
            " WHERE id % 50 = 0"  # for all of them PostgreSQL 15 takes five minutes
        )
        found = cursor.fetchall()
    assert all(row[:2] == row[2:] for row in found)
    for column in (0, 1):
        assert 0 < sum(row[column] is not None for row in found) < len(found)


def total(numbers):
    """Return what rows of the ledger come to."""
    return sum(numbers.values_list("n", flat=True))


def test_kept_numbers_are_those_of_the_rows(company):
    kinds = (Contact, DealRegistration, Contract, Invoice, Interaction, Encounter)
    kinds = (*kinds, Opportunity, Quotation, CreditAssessment, Counterpart)
    for model in (Customer, *kinds):
        numbers = Tally.objects.of_kind(model)
        assert total(numbers) == model.objects.count()
        assert total(numbers.in_books()) == model.objects.registered().count()
    for model in kinds:
        owners = model.everything.exclude(customer_owner=F("customer__owner"))
        assert not owners.exists()


def test_a_registration_is_of_whoever_has_the_customer(company):
    claims = DealRegistration.objects.all()
    assert CUSTOMERS / 100 < claims.count() < CUSTOMERS / 30
    assert not claims.exclude(owner=F("customer__owner")).exists()
    assert not claims.filter(decided_by=F("owner")).exists()
    today = timezone.localdate()
    assert not claims.filter(status="approved", valid_until__lt=today).exists()
    over = claims.filter(status__in=("converted", "expired"))
    assert over.count() > claims.count() / 2
    assert {"approved", "requested"} < {*claims.values_list("status", flat=True)}
    made = DealRegistration(
        customer=Customer.objects.exclude(deal_registrations=None).first(),
        subject="新厂区计量",
    )
    made.enter(somebody("seller001"))
    assert made.number == f"BB{made.pk:06}"


def test_counterparts_met_when_the_interactions_say_so(company):
    rows = Counterpart.objects.all()
    assert CUSTOMERS / 20 < rows.count() < CUSTOMERS / 5
    assert not rows.exclude(owner=F("customer__owner")).exists()
    assert meetings.differences() == []
    met = [row.last_met_on is not None for row in rows]
    assert 0 < sum(met) < len(met)
    assert rows.filter(until__isnull=False).exists()


def test_contracts_are_the_sum_of_their_lines(company):
    for contract in Contract.everything.annotate(total=Sum("lines__amount")):
        assert contract.amount == contract.total
    assert DayNumber.objects.aggregate(all=Sum("given"))["all"] == CUSTOMERS // 2


def test_what_is_kept_of_money_is_what_invoices_come_to(company):
    assert differences() == []
    assert {*Invoice.objects.values_list("status", flat=True)} == {
        "issued",
        "requested",
    }
    strange = Invoice.objects.exclude(customer=F("contract__customer"))
    assert not strange.exists()


def test_a_fifth_of_the_customers_with_contracts_in_force_is_assessed(company):
    rows = CreditAssessment.objects.all()
    in_force = Customer.objects.registered().filter(contracts__status="registered")
    customers = in_force.distinct().count()
    assert customers * 0.15 < rows.count() < customers * 0.25
    assert {*rows.values_list("status", flat=True)} == {"confirmed"}
    for row in rows.select_related("customer__credit_grade", "owner__department"):
        customer = row.customer
        assert (customer.credit_grade, customer.credit_limit) == (row.grade, row.limit)
        assert row.decided_by_id == row.owner.department.head_id != row.owner_id
        assert row.created_at <= row.decided_at
    assert not rows.exclude(customer__contracts__status="registered").exists()


def test_assessments_rest_on_what_was_known_by_then(company, monkeypatch):
    shares = set()
    for row in CreditAssessment.objects.select_related("customer"):
        monkeypatch.setattr(timezone, "localdate", lambda day=row.assessed_on: day)
        assert row.basis == figures_of(row.customer)
        shares.add(row.basis["share"])
    assert shares == {None, "0.0"}


def test_the_next_assessment_has_the_next_number(company):
    seller = somebody("seller001")
    customer = Customer.objects.registered().filter(owner=seller).first()
    made = CreditAssessment(customer=customer, grade=an_item("credit_grade", "B"))
    made.reason = "回款及时"
    made.enter(seller)
    assert made.number == f"XY{made.pk:06}"


def test_rounds_hold_what_the_contracts_say(company):
    for round_ in Round.objects.order_by("pk")[::20]:
        assert round_.snapshot == canonical(content_of(round_.contract))
        assert round_.sha256 == digest(round_.snapshot)
    under_way = Contract.everything.exclude(status__in=("draft", "reported"))
    assert Round.objects.count() == under_way.count()
    pending = Contract.objects.filter(status="pending")
    assert Round.objects.filter(state="open").count() == pending.count()


def test_a_pending_contract_waits_for_its_head(company):
    for contract in Contract.objects.filter(status="pending"):
        round_ = contract.rounds.get()
        owner = contract.owner.department
        made = contract.decisions.count()
        head = (owner.head, owner.parent.head)[made]
        approval.decide(
            contract,
            by=somebody(head.username),
            approved=True,
            opinion="",
            round_id=round_.pk,
        )
    assert contract.decisions.count() > made


def test_every_seller_and_department_has_a_target(company):
    year = Target.everything.first().year
    for rule in TargetRule.objects.filter(name__in=("合同额", "新增客户")):
        rows = Target.objects.registered().filter(rule=rule, year=year)
        sellers = User.objects.filter(roles__code="salesperson").count()
        assert rows.filter(subject="person").count() == sellers
        assert rows.filter(subject="department").count() == Department.objects.count()
        assert rows.filter(subject="company").count() == 1
    assert not Target.everything.filter(locked_by=F("person")).exists()
    target = Target.objects.filter(status="locked", subject="person").first()
    assert target.title == target.made_title()
    assert target.owner == target.person
    assert sum(target.months) == target.total
    made = Target(rule=target.rule, year=year + 1, person=target.person)
    made.enter(target.person)
    assert made.pk > target.pk


def test_quotations_are_what_their_lines_come_to_beside_the_lists(company):
    rows = Quotation.everything.annotate(
        total=Sum("lines__amount"), most=Max("lines__off_list")
    )
    assert rows.count() > Opportunity.objects.count() / 5
    for row in rows:
        assert (row.amount, row.discount_most) == (row.total, row.most)
        assert row.below_floor == row.lines.filter(is_below_floor=True).exists()
        lines = list(row.lines.order_by("pk"))
        listed = listed_for(row, lines, row.quoted_on)
        for line in lines:
            assert line.list_price == listed[line.product_id].price
            assert line.price_list_id == listed[line.product_id].price_list_id
    assert rows.filter(discount_most__gt=5, discount_most__lte=15).exists()
    assert rows.filter(below_floor=True).exists()


def test_quotations_stand_where_their_opportunities_let_them(company):
    rows = Quotation.objects.all()
    states = {*rows.values_list("status", flat=True)}
    assert states > {"draft", "sent", "accepted", "declined", "expired", "superseded"}
    strange = rows.exclude(customer=F("opportunity__customer"))
    assert not strange.exists()
    today = timezone.localdate()
    assert not rows.filter(status__in=Quotation.OFFERED, valid_until__lt=today).exists()
    won = rows.filter(opportunity__status="won", replaced_by=None)
    assert {*won.values_list("status", flat=True)} == {"accepted"}
    assert not won.exclude(contract__amount=F("amount")).exists()
    for second in rows.filter(edition=2):
        assert second.replaces.series == second.series
        assert second.replaces.status == "superseded"


def test_rounds_hold_what_the_quotations_say(company):
    for round_ in QuotationRound.objects.select_related("quotation"):
        assert round_.snapshot == canonical(FLOW.content_of(round_.quotation))
        assert round_.sha256 == digest(round_.snapshot)
        rule = FLOW.rule_for(round_.quotation)
        assert round_.rule_name == (rule.name if rule else "")
        assert round_.unruled == (rule is None)
    under_way = Quotation.everything.exclude(status="draft")
    assert QuotationRound.objects.count() == under_way.count()
    pending = Quotation.objects.filter(status="pending")
    assert QuotationRound.objects.filter(state="open").count() == pending.count()


def test_quotations_are_decided_and_offered_anew(company):
    for quotation in Quotation.objects.filter(status="pending"):
        made = quotation.decisions.count()
        department = quotation.owner.department
        head = (department.head, department.parent.head)[made]
        FLOW.decide(
            quotation,
            by=somebody(head.username),
            approved=True,
            opinion="",
            round_id=quotation.rounds.get().pk,
        )
        assert quotation.decisions.count() == made + 1
    first = Quotation.objects.filter(status="sent", edition=1).first()
    second = quotations.renew(first, by=somebody(first.owner.username))
    assert second.number == f"{first.series}-v2"
    assert second.lines.count() == first.lines.count()
    seller = somebody("seller001")
    customer = Customer.objects.registered().filter(owner=seller).first()
    made = Quotation(customer=customer, title="新厂区计量报价")
    made.enter(seller)
    assert Quotation.objects.filter(pk=made.pk, edition=1).exists()
    counted = SalesDayNumber.objects.filter(prefix="BJ").aggregate(all=Sum("given"))
    series = Quotation.everything.values("series").distinct()
    assert counted["all"] == series.count()


def test_the_head_of_sales_sees_four_fifths(company):
    for username, least, most in (
        ("director", 0.95, 1),
        ("saleshead", 0.7, 0.9),
        ("division1", 0.1, 0.3),
        ("head11", 0.01, 0.1),
    ):
        seen = Customer.objects.visible_to(somebody(username)).count()
        assert least < seen / CUSTOMERS < most
    centre = Department.objects.get(name=people.CENTRE)
    assert centre.head.username == "saleshead"
    sellers = User.objects.filter(roles__code="salesperson")
    below = sellers.filter(department__path__startswith=centre.path)
    assert below.count() / sellers.count() == pytest.approx(0.8, abs=0.02)


def test_people_sign_in_and_go_on_working(company, client, sign_in):
    assert client.login(username="seller001", password=demo.PASSWORD)
    assert client.get("/").status_code == 200
    form = form_of(client, Customer.page("create"))
    answer = client.post(
        Customer.page("create"), {**form, "name": "昆明新客户有限公司"}
    )
    assert answer.status_code == 302
    customer = Customer.objects.get(name="昆明新客户有限公司")
    assert customer.number == f"KH{CUSTOMERS + 1:06}"
    assert HistoryEntry.objects.filter(
        subject_label="customers.customer", subject_id=customer.pk
    ).exists()
    seller = somebody("seller001")
    contract = Contract(title="新合同", customer=some(Customer)[0], amount=5)
    contract.enter(by=seller)
    assert contract.pk == CUSTOMERS // 2 + 1
    assert contract.number.endswith("-001")
    for username in ("infoadmin", "sysadmin", "researcher", "saleshead"):
        assert sign_in(somebody(username)).get("/").status_code == 200


def test_indexes_keys_and_triggers_are_as_before(company):
    assert schema() == company
