"""The demo company: a day's work in every part, entered by the real verbs."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from competitors.models import Competitor, Encounter, NewsItem, NewsSource
from contracts.credit import credit_of
from contracts.models import (
    Amendment,
    Contract,
    CreditAssessment,
    Invoice,
    PriceList,
    Receipt,
)
from contracts.views.instalments import plan_of
from crm import demo
from crm.bulk.models import BulkAction
from crm.duplicates.models import Pair
from crm.models import HistoryEntry, User
from crm.models.record import Registration
from crm.notices.models import Notice
from customers import collisions
from customers.counterparts import standing
from customers.models import Collision, Contact, Counterpart, Customer, DealRegistration
from customers.recycling import recycle_on
from feedback.models import Interaction
from sales.approval import FLOW
from sales.attention import leads_needing
from sales.models import (
    Lead,
    LeadAssignment,
    LeadRule,
    Quotation,
    Target,
    TargetChange,
)
from sales.targets import targeting
from sales.targets.attainment import Clock, pace_of, reached_by
from system.handovers.doing import is_genuine
from system.leaving.lines import left_with
from system.leaving.models import Handover
from system.models import ImportRun
from system.pools import running
from tests.pages import record_models

pytestmark = pytest.mark.django_db


def test_the_demo_never_touches_a_real_installation(settings):
    settings.LOCAL = False
    with pytest.raises(CommandError):
        call_command("demo")
    assert not User.objects.exists()


def test_the_demo_never_mixes_with_peoples_work(zhang, settings):
    settings.LOCAL = True
    with pytest.raises(CommandError):
        call_command("demo")
    assert not Customer.objects.exists()


# --- Loaded: what comes above finds nobody's work, what comes below the demo's --------


@pytest.fixture(scope="module")
def demo_company(django_db_setup, django_db_blocker):
    """Load the demo once: every test takes back only what it has done itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(LOCAL=True, DEMO=True):
            call_command("demo", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(demo_company, settings):
    """Have the demo as a new local installation has it."""
    settings.LOCAL = settings.DEMO = True


def test_the_demo_people_sign_in_and_the_entrance_names_them(loaded, client, settings):
    page = client.get("/login/").content.decode()
    assert demo.PASSWORD in page
    for username, name, role in demo.PEOPLE:
        assert f"<code>{username}</code>" in page
        assert name in page
        person = User.objects.get(username=username)
        assert person.name == name
        assert [held.code for held in person.roles.all()] == [role]
        assert client.login(username=username, password=demo.PASSWORD)
        assert client.get("/").status_code == 200
    supervisor = User.objects.get(username="supervisor")
    seller = User.objects.get(username="sales")
    assert seller.department.head == supervisor
    assert seller.department != User.objects.get(username="sales2").department
    client.logout()
    settings.DEMO = False
    assert demo.PASSWORD not in client.get("/login/").content.decode()


def test_some_of_the_demo_was_entered_twice(loaded):
    kinds = set(Pair.objects.open().values_list("kind", flat=True))
    assert {"customers.customer", "customers.contact"} <= kinds


def test_an_import_of_the_demo_has_rows_to_correct(loaded, client):
    found = ImportRun.objects.get()
    assert (found.state, found.created, found.refused) == ("finished", 3, 2)
    client.force_login(User.objects.get(username="infoadmin"))
    page = client.get(found.get_absolute_url()).text
    assert "昆明未登记商贸有限公司" in page  # why it was refused
    assert reverse("import_undo", args=[found.pk]) in page


def test_news_of_another_site_waits_in_the_demo_and_nobody_is_asked(loaded, client):
    assert not NewsSource.objects.filter(active=True).exists()
    client.force_login(User.objects.get(username="infoadmin"))
    assert client.get("/news/feed/").context["total"] == 3
    assert "不访问任何其他网站" in client.get("/news/sources/").text


def test_of_the_demo_people_one_has_left_and_one_is_about_to(loaded, client):
    assert BulkAction.objects.filter(status="done", act="transfer").exists()
    handover = Handover.objects.get()
    assert (handover.status, is_genuine(handover)) == ("done", True)
    assert not handover.leaver.works_here
    assert left_with(handover.leaver) == []
    leaving = User.objects.get(left_on__gt=timezone.localdate())
    assert left_with(leaving)
    client.force_login(User.objects.get(username="sysadmin"))
    assert 'data-verified="yes"' in client.get(handover.get_absolute_url()).text


def test_somebody_did_whatever_the_demo_tells_of_records(loaded):
    kinds = [model._meta.label_lower for model in record_models()]
    nobodys = HistoryEntry.objects.filter(subject_label__in=kinds, actor_id=None)
    ended = {  # by the clock
        ("sales.quotation", "expired"),
        ("sales.lead", "returned_by_time"),
        ("sales.leadassignment", "returned_by_time"),
    }
    assert set(nobodys.values_list("label", "verb")) == ended


def test_every_part_of_the_demo_has_work_in_it(loaded):
    assert Customer.objects.registered().count() == 73
    now = timezone.now()
    for model, least in (
        (Contact, 80),
        (Interaction, 80),
        (Competitor, 5),
        (Encounter, 10),
        (NewsItem, 10),
    ):
        assert model.objects.registered().count() >= least
        assert not model.objects.filter(created_at__gt=now).exists()
    for model in (Customer, Interaction, NewsItem, Contract):
        assert model.objects.filter(registration=Registration.REPORTED).exists()
        label = model._meta.label_lower
        assert HistoryEntry.objects.filter(label=label, actor_id__gt=0).exists()
    assert Customer.objects.filter(registration=Registration.RETURNED).exists()
    assert Customer.objects.dormant(30).exists()
    assert Customer.objects.filter(next_contact_at__lt=now).exists()
    assert not Interaction.objects.filter(occurred_at__gt=now).exists()
    assert set(Contract.objects.values_list("status", flat=True)) == {
        *Contract.Status.values
    }
    for state in ("rejected", "recalled", "approved", "open"):
        assert Contract.objects.filter(rounds__state=state).exists()
    for state in ("pending", "rejected"):
        assert Contract.objects.filter(amendment_state=state).exists()
    assert Amendment.everything.filter(state="withdrawn").exists()
    assert set(Receipt.objects.values_list("status", flat=True)) == {
        *Receipt.Status.values
    }
    assert Receipt.objects.filter(prepaid__gt=0).exists()
    assert Receipt.objects.filter(amount__lt=0, refund_of__isnull=False).exists()
    assert set(Invoice.objects.values_list("status", flat=True)) == {
        *Invoice.Status.values
    }
    reds = Invoice.objects.filter(amount__lt=0, status="issued")
    assert reds.filter(red_of__standing__gt=0).exists()
    assert Contract.objects.filter(invoiced_unpaid__gt=0).exists()
    paid = Contract.objects.filter(instalments__allocations__isnull=False)
    first = plan_of(paid.order_by("signed_on", "pk").first())
    states = [row.state for row in first["rows"]]
    assert states == ["paid", "overdue", "part", "none"]
    assert set(Lead.objects.values_list("status", flat=True)) == {*Lead.Status.values}
    assert Lead.objects.get(status="converted").customer.contracts.exists()
    assert LeadRule.objects.filter(active=True).count() == 2
    hows = set(LeadAssignment.objects.values_list("how", flat=True))
    assert hows == {"rule", "timeout"}
    for needs in ("unassigned", "untouched"):
        assert leads_needing(Lead.objects.all(), [needs]).exists()
    today = timezone.localdate()
    pairs = Counterpart.objects.registered()
    assert standing(pairs, ["ended"]).exists()
    assert standing(pairs, ["running"]).filter(due_on=today).exists()
    late = standing(pairs, ["overdue"])
    assert late.filter(due_on=today - timedelta(days=10)).exists()
    assert pairs.filter(due_on__gt=today).count() > late.count()
    claims = DealRegistration.objects.registered()
    assert set(claims.values_list("status", flat=True)) == {
        *DealRegistration.Status.values
    } - {"expired"}  # that takes 90 days
    assert claims.filter(status="approved", extended=1).exists()
    lists = PriceList.objects.filter(active=True, prices__isnull=False)
    assert set(lists.values_list("holds_for", flat=True)) == {
        *PriceList.HoldsFor.values
    }
    assert not Contract.objects.filter(decisions__by=F("owner")).exists()
    for model in (Customer, Contact, Interaction, Competitor, Encounter, NewsItem):
        for record in model.objects.all()[:20]:
            record.full_clean()


def test_of_two_collisions_one_was_ruled_and_one_waits_for_the_head_of_both(loaded):
    ruled = Collision.objects.get(status="ruled")
    assert dict(ruled.claims.values_list("owner__name", "status")) == {
        "张伟": "rejected",
        "王芳": "approved",
    }
    assert ruled.rulings.get().evidence
    waits = Collision.objects.get(status="open")
    assert {person.name for person in collisions.parties_of(waits)} == {"张伟", "王芳"}
    assert [person.name for person in collisions.rulers_of(waits)] == ["钱进"]


def test_quotations_of_the_demo_stand_wherever_quotations_can(loaded):
    rows = Quotation.objects.registered()
    assert set(rows.values_list("status", flat=True)) == {*Quotation.Status.values}
    assert set(rows.values_list("owner__name", flat=True)) == {"张伟", "王芳"}
    assert rows.filter(opportunity__isnull=False).count() > rows.count() / 2
    for quotation in rows:
        assert 1 <= quotation.lines.count() <= 4
        assert not quotation.lines.filter(list_price=None).exists()
        quotation.full_clean()
    pending = rows.get(status="pending")
    asked = User.objects.filter(pk__in=FLOW.deciders_of(pending.rounds.get()))
    assert [person.name for person in asked] == ["赵强"]
    assert 5 < pending.discount_most <= 15
    today = timezone.localdate()
    ends = rows.filter(status="sent").values_list("valid_until", flat=True)
    assert (min(ends) - today).days == 2
    assert not rows.filter(status__in=Quotation.OFFERED, valid_until__lt=today).exists()


def test_targets_of_the_demo_are_locked_drafted_and_asked_to_change(loaded):
    year = timezone.localdate().year
    rows = Target.objects.registered().filter(year=year)
    assert {*rows.values_list("subject", flat=True)} == {*Target.Subject.values}
    assert {*rows.values_list("status", flat=True)} == {*Target.Status.values}
    assert not rows.filter(locked_by=F("person")).exists()
    outcomes = TargetChange.objects.values_list("outcome", flat=True)
    assert sorted(outcomes) == ["", "granted"]
    head = User.objects.get(username="supervisor")
    assert targeting.changes_that_wait(head).count() == 1
    for target in rows:
        target.full_clean()
        reached = pace_of(target, reached_by(target), Clock(year)).reached
        assert 0 <= reached <= 150, target


def test_quotations_of_the_demo_were_decided_answered_and_offered_anew(loaded):
    rows = Quotation.objects.all()
    assert rows.get(status="rejected").decisions.get().opinion
    assert rows.get(status="declined").decline_reason.code == "rival"
    accepted = rows.get(status="accepted")
    assert accepted.contract.status == "draft"
    assert accepted.contract.amount == accepted.amount
    second = rows.get(edition=2)
    assert (second.replaces.status, second.status) == ("superseded", "sent")
    assert second.amount < second.replaces.amount
    assert Notice.objects.get(verb="quotation_expired").person.name == "张伟"


def test_customers_of_the_demo_are_assessed_and_one_is_beyond_its_limit(loaded):
    rows = CreditAssessment.objects.registered().filter(owner__name="张伟")
    assert set(rows.values_list("status", flat=True)) == {
        *CreditAssessment.Status.values
    }
    today = timezone.localdate()
    ends, holds = rows.filter(status="confirmed").order_by("valid_until")
    assert holds.grade.code == "A"
    for row in (ends, holds):
        assert row.decided_by.name == "赵强"
        customer = row.customer
        assert (customer.credit_grade, customer.credit_limit) == (row.grade, row.limit)
        row.full_clean()
    assert (ends.valid_until - today).days == 7
    assert credit_of(ends.customer).over == 0
    (waiting,) = Contract.objects.filter(customer=holds.customer, status="pending")
    credit = credit_of(holds.customer)
    assert (credit.over, credit.pending) == (
        credit.exposure - holds.limit,
        waiting.amount,
    )
    assert credit.over > 0
    assert credit_of(holds.customer, without=waiting.pk).over == 0


def test_of_the_assessments_of_the_demo_people_are_told(loaded, client):
    told = {
        (notice.person.name, notice.verb)
        for notice in Notice.objects.filter(verb__startswith="credit_")
    }
    assert {("张伟", "credit_confirmed"), ("张伟", "credit_rejected")} <= told
    assert {("赵强", "credit_proposed"), ("张伟", "credit_ends")} <= told
    waits = CreditAssessment.objects.get(status="proposed")
    assert float(waits.basis["share"]) > 0  # it paid, and not all of it in time
    client.force_login(User.objects.get(username="supervisor"))
    page = client.get(waits.get_absolute_url()).text
    assert "confirmation/" in page
    assert f"/customers/{waits.customer_id}/credit/" in page


def test_a_pool_holds_ten_and_some_are_on_their_way(demo_company):
    today = timezone.localdate()
    assert Customer.objects.filter(owner=None).count() == 10
    own = Customer.objects.filter(owner__username="sales")
    days = own.annotate(day=recycle_on()).filter(day__isnull=False)
    left = sorted((day - today).days for day in days.values_list("day", flat=True))
    assert [n for n in left if n <= 0] == [0]
    assert len([n for n in left if 0 < n <= 7]) == 2
    assert len([n for n in left if 7 < n <= 14]) == 3
    assert not running.too_much()
