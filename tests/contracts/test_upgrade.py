"""An installation from before amendments stood beside the contract is upgraded."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from contracts import approval
from contracts.models import Amendment, ApprovalRule, Contract
from crm.approval.snapshots import canonical, digest
from crm.models import Deputy, HistoryEntry, Role
from crm.running.rendering import sparing_models
from tests.factories import a_contract, a_customer, a_product

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = ("contracts", "0009_folded")


class StepByStep(MigrationLoader):
    """The road that an old installation takes: a new one is made in one step."""

    def load_disk(self):
        """Leave out what replaces many steps by one."""
        super().load_disk()
        self.disk_migrations = {
            name: migration
            for name, migration in self.disk_migrations.items()
            if not migration.replaces
        }


@pytest.fixture
def goods(zhang):
    """Return a product and a customer, entered before the columns go that they have."""
    return a_product(zhang), a_customer(zhang)


@pytest.fixture
def old(goods):
    """Return the models as they were; upgrades whatever the test leaves behind.

    The old program knew no rules with conditions: back there they would hold for all.
    """
    ApprovalRule.objects.exclude(conditions=None).delete()
    executor = MigrationExecutor(connection)
    executor.loader = StepByStep(connection)
    with sparing_models():
        executor.migrate([BEFORE])
    yield executor.loader.project_state([BEFORE]).apps
    upgrade()


def upgrade():
    """Bring the database to the present, as the program does."""
    call_command("migrate", verbosity=0)


class Company:
    """Contracts of one person, written by the old program's rows."""

    def __init__(self, apps, owner, product, customer):
        """Take the old models and what all contracts have in common."""
        self.apps, self.owner = apps, owner.pk
        self.product, self.customer = product, customer

    def model(self, name):
        """Return an old model of contracts."""
        return self.apps.get_model("contracts", name)

    def draft(self, title, amount=150_000, **fields):
        """Return a draft with one line and one file."""
        person, now = self.owner, timezone.now()
        contract = self.model("Contract")(
            title=title,
            customer_id=self.customer.pk,
            amount=amount,
            owner_id=person,
            reporter_id=person,
            entered_by_id=person,
            registration="registered",
            registered_by_id=person,
            registered_at=now,
        )
        for name, value in fields.items():
            setattr(contract, name, value)
        # The old models know no way to derive the texts that are searched.
        derived = ("search_text", "search_pinyin")
        for field in contract._meta.concrete_fields:
            if field.name in derived:
                setattr(contract, field.method, lambda text=title: text.lower())
        contract.save()
        contract.refresh_from_db()
        self.model("ContractLine").objects.create(
            contract=contract, product_id=self.product.pk, quantity=1, unit_price=amount
        )
        self.model("ContractAttachment").objects.create(
            record=contract,
            name="合同.pdf",
            sha256="a" * 64,
            size=9,
            content_type="application/pdf",
            uploaded_by_id=person,
        )
        contract.refresh_from_db()
        return contract

    def round(self, contract, state):
        """Submit a contract and let the round end so."""
        text = canonical(self.content(contract))
        round_ = self.model("Round").objects.create(
            contract=contract,
            edition=contract.edition,
            snapshot=text,
            sha256=digest(text),
            rule_name="十万元以上合同",
            submitted_by_id=self.owner,
        )
        step = self.model("RoundStep").objects.create(
            round=round_, position=1, asks="head"
        )
        self.move(contract, status="pending")
        if state in ("approved", "rejected"):
            self.model("Decision").objects.create(
                contract=contract,
                step=step,
                approved=state == "approved",
                opinion="太贵",
                by_id=self.head,
            )
        if state != "open":
            self.model("Round").objects.filter(pk=round_.pk).update(
                state=state, closed_at=timezone.now()
            )
            after = "registered" if state == "approved" else "draft"
            self.move(contract, status=after)
        if state == "approved":
            self.model("Edition").objects.create(
                contract=contract, number=contract.edition, round=round_
            )
        return round_

    def content(self, contract):
        """Return what the old program wrote down of a contract."""
        lines = self.model("ContractLine").objects.filter(contract=contract)
        files = self.model("ContractAttachment").objects.filter(record=contract)
        nobody = {"id": None, "name": ""}
        return {
            "number": contract.number,
            "edition": contract.edition,
            "title": contract.title,
            "amount": str(contract.amount),
            "tax_rate": "",
            "terms": contract.terms,
            "signed_on": str(contract.signed_on or ""),
            "starts_on": "",
            "ends_on": "",
            "customer": {"id": contract.customer_id, "name": "客户"},
            "kind": nobody,
            "signatory": nobody,
            "contact": nobody,
            "owner": {"id": contract.owner_id, "name": "张伟"},
            "lines": [
                {
                    "product": {"id": line.product_id, "name": "水泵", "code": "P"},
                    "quantity": str(line.quantity),
                    "unit_price": str(line.unit_price),
                    "discount": str(line.discount),
                    "amount": str(line.amount),
                }
                for line in lines.order_by("pk")
            ],
            "attachments": [
                {"name": file.name, "sha256": file.sha256, "size": file.size}
                for file in files.order_by("pk")
            ],
        }

    def move(self, contract, **fields):
        """Change columns as the verbs did."""
        self.model("Contract").objects.filter(pk=contract.pk).update(**fields)
        contract.refresh_from_db()

    def amended(self, title):
        """Return a contract in the books that is opened for a change to 999,000."""
        contract = self.draft(title, signed_on=date(2026, 1, 5))
        self.round(contract, "approved")
        self.move(contract, status="draft", edition=2)
        lines = self.model("ContractLine").objects.filter(contract=contract)
        lines.update(unit_price=999_000)
        self.model("ContractAttachment").objects.filter(record=contract).delete()
        self.move(contract, amount=999_000, title=f"{title}（变更）")
        return contract


@pytest.fixture
def company(goods, old, zhang, zhao):
    """Return the old company, with 赵强 as the head who decides."""
    found = Company(old, zhang, *goods)
    found.head = zhao.pk
    return found


def changes_of(company):
    """Enter four contracts in the books that are opened for a change."""
    writing = company.amended("写着")
    pending, rejected, recalled = (
        company.amended(title) for title in ("审着", "驳了", "撤了")
    )
    company.round(pending, "open")
    company.round(rejected, "rejected")
    company.round(recalled, "recalled")
    return [
        (writing, "writing"),
        (pending, "pending"),
        (rejected, "rejected"),
        (recalled, "recalled"),
    ]


def drafts_of(company):
    """Enter contracts that are not in the books; return the one for the inbox first."""
    rejected, recalled = company.draft("驳回的"), company.draft("撤回的")
    company.round(rejected, "rejected")
    company.round(recalled, "recalled")
    pending = company.draft("审批中的")
    company.round(pending, "open")
    reported = {"registration": "reported"}
    small = company.draft("待登记的", amount=50_000, **reported)
    large = company.draft("未提交的", **reported)
    plain = company.draft("草稿", amount=50_000)
    return small, large, plain


def test_an_old_installation_is_upgraded(company, zhang, zhao, lina):
    changes, drafts = changes_of(company), drafts_of(company)
    upgrade()
    what_holds_comes_back_and_the_change_stands_beside_it(changes)
    and_goes_on_as_a_change(changes[1][0], changes[2][0], zhang, zhao)
    a_draft_says_why_it_is_one(*drafts, lina)


def what_holds_comes_back_and_the_change_stands_beside_it(changes):
    """See the contract as it held, and the change as it was left."""
    for row, state in changes:
        contract = Contract.objects.get(pk=row.pk)
        assert (contract.status, contract.edition) == ("registered", 1)
        assert contract.amendment_state == state
        assert contract.amount == contract.lines.get().amount == Decimal(150_000)
        assert contract.attachments.get().sha256 == "a" * 64
        assert contract.signed_on == date(2026, 1, 5)
        assert "变更" not in contract.title
        change = Amendment.objects.get(contract=contract)
        assert (change.state, change.edition) == (state, 2)
        assert change.amount == change.lines.get().amount == Decimal(999_000)
        assert not change.attachments.exists()
        assert change.rounds.count() == (state != "writing")
        last = HistoryEntry.objects.filter(
            label="contracts.contract", object_id=contract.pk
        ).first()
        assert (last.verb, last.actor_id) == ("shipped", None)
        held = contract.editions.get()
        assert json.loads(held.round.snapshot)["amount"] == "150000.00"


def and_goes_on_as_a_change(pending, rejected, zhang, zhao):
    """Approve the one that waits, give up the one that was rejected."""
    contract = Contract.objects.get(pk=pending.pk)
    approval.decide(
        contract,
        by=zhao,
        approved=True,
        opinion="",
        round_id=contract.rounds.first().pk,
    )
    assert (contract.amount, contract.edition) == (Decimal(999_000), 2)
    contract = Contract.objects.get(pk=rejected.pk)
    approval.withdraw(contract, by=zhang)
    assert contract.amendment_state == ""


def a_draft_says_why_it_is_one(small, large, plain, lina):
    """See drafts by their state, and register what the inbox holds."""
    states = {
        title: Contract.objects.get(title=title).status
        for title in ("驳回的", "撤回的", "审批中的", "待登记的", "未提交的", "草稿")
    }
    assert list(states.values()) == [
        "rejected",
        "recalled",
        "pending",
        "reported",
        "draft",
        "draft",
    ]
    contract = Contract.objects.get(pk=small.pk)
    approval.register(contract, by=lina)
    assert contract.status == "registered"
    assert {large.pk, plain.pk} & {
        c.pk for c in Contract.objects.awaiting(lina)
    } == set()


def test_what_one_person_decided_twice_stays_readable(zhang, zhao, sun, sign_in):
    contract = a_contract(zhang, amount=150_000)
    role = Role.objects.get(code="supervisor")
    ApprovalRule.objects.get(order=20).steps.update(asks="role", role=role, mode="all")
    approval.submit(contract, by=zhang)
    today = timezone.localdate()
    Deputy.objects.create(person=zhao, deputy=sun, starts_on=today, ends_on=today)
    step = contract.rounds.get().steps.get().pk
    executor = MigrationExecutor(connection)
    with sparing_models():
        executor.migrate([("contracts", "0028_how_many_decide")])
    state = executor.loader.project_state([("contracts", "0028_how_many_decide")])
    old = state.apps.get_model("contracts", "Decision").objects
    for behalf in (None, zhao.pk):
        values = {"by_id": sun.pk, "on_behalf_of_id": behalf, "step_id": step}
        old.create(contract_id=contract.pk, approved=True, **values)
    upgrade()
    assert list(contract.decisions.values_list("again", flat=True)) == [None, True]
    page = sign_in(zhao).get(contract.get_absolute_url())  # decided in their name
    assert page.status_code == 200
    assert page.text.count("批准</b><span>孙丽") == 2
