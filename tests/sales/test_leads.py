"""Leads: by which verbs they move, whose they are, and what PostgreSQL refuses."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.guards.actor import acting
from crm.jobs import shipped
from crm.models import HistoryEntry, User
from crm.notices.models import Notice
from sales import leads
from sales.models import Lead
from system.reminders.work import remind_person
from tests.crm.test_bulk import choose, confirm, undo
from tests.factories import a_lead, an_item
from tests.pages import form_of, ids, shows
from tests.people import hire
from tests.samples import preview, run
from tests.system.test_reminders import written

pytestmark = pytest.mark.django_db
ADD = "/leads/add/"
CALL = "interaction_method"


def touched(lead, by, text="对方要两台样机"):
    """Note the first contact."""
    leads.touch(lead, an_item(CALL, "call"), text, by)
    return lead


def waited(lead, **columns):
    """Let a lead stand as it does since days ago, which no verb can do."""
    written(Lead.objects.filter(pk=lead.pk), **columns)


def told(person, verb):
    """Return the names of what a person was told of."""
    rows = Notice.objects.filter(person=person, verb=verb).order_by("pk")
    return [title for notice in rows for _pk, title, *_more in notice.subjects]


# --- Entering and assigning -----------------------------------------------------------


def test_a_salesperson_enters_one_and_it_is_in_the_books_at_once(zhang, sign_in):
    browser = sign_in(zhang)
    data = form_of(browser, ADD) | {
        "company": "昆明滇云仪表有限公司",
        "person": "杨洋",
        "mobile": "138 0871 5566",
        "budget": "120000",
        "need": "流量计二十台",
    }
    answer = browser.post(ADD, data)
    assert answer.status_code == 302, answer.context["form"].errors
    lead = Lead.objects.get()
    assert lead.number.startswith("XS-")
    assert (lead.owner, lead.registration, lead.status) == (
        zhang,
        "registered",
        "unassigned",
    )
    for asked in ("滇云", "dyyb", "08715566", "yangyang", lead.number, "流量计"):
        assert ids(browser.get(f"/leads/?q={asked}")) == [lead.pk], asked
    assert shows(browser.get(answer.url), "待分配")


def test_a_researcher_reports_one_and_it_waits_in_the_inbox(chen, lina, sign_in):
    browser = sign_in(chen)
    browser.post(ADD, form_of(browser, ADD) | {"company": "大理水务有限公司"})
    lead = Lead.objects.get()
    assert (lead.registration, lead.status) == ("reported", "unassigned")
    assert shows(sign_in(lina).get("/system/inbox/"), "大理水务有限公司")
    sent = {"version": lead.version, "owner": lina.pk}
    answer = sign_in(lina).post(f"/leads/{lead.pk}/assignment/", sent)
    assert (answer.status_code, shows(answer, "须先登记")) == (409, True)
    address = f"/leads/{lead.pk}/conversion/"
    for answer in (sign_in(lina).get(address), sign_in(lina).post(address, sent)):
        assert (answer.status_code, shows(answer, "须先登记")) == (409, True)


def test_a_head_enters_one_for_somebody_who_is_told(zhang, zhao, sign_in):
    browser = sign_in(zhao)
    data = form_of(browser, ADD) | {"company": "曲靖水务", "owner": zhang.pk}
    assert browser.post(ADD, data).status_code == 302
    lead = Lead.objects.get()
    assert (lead.status, lead.owner) == ("pending", zhang)
    assert lead.assigned_at is not None


def test_it_is_assigned_within_reach_and_its_owner_is_told(zhang, wang, zhao, sign_in):
    lead, browser = a_lead(zhao), sign_in(zhao)
    address = f"/leads/{lead.pk}/assignment/"
    assert browser.get(address).status_code == 200
    data = {"owner": wang.pk, "version": lead.version}
    assert browser.post(address, data).status_code == 422  # of another department
    data = {"owner": zhang.pk, "version": lead.version}
    assert browser.post(address, data).status_code == 302
    lead.refresh_from_db()
    assert (lead.owner, lead.status) == (zhang, "pending")
    assert told(zhang, "lead_assigned") == [str(lead)]
    assert HistoryEntry.objects.filter(
        label="sales.lead", object_id=lead.pk, verb="assigned"
    ).exists()
    assert browser.post(address, data).status_code == 409  # the version was another


def test_whose_it_is_not_finds_no_lead_to_move(zhang, wang, sign_in):
    lead, browser = a_lead(zhang), sign_in(wang)
    data = {"version": lead.version, "owner": wang.pk}
    for verb in ("assignment", "conversion", "touch", "invalidity", "reopening"):
        assert browser.post(f"/leads/{lead.pk}/{verb}/", data).status_code == 404
    lead.refresh_from_db()
    assert (lead.status, lead.version) == ("unassigned", 1)


def test_whoever_enters_reports_only_moves_none(zhang, he_of_finance, sign_in):
    lead = a_lead(zhang)
    answer = sign_in(he_of_finance).post(f"/leads/{lead.pk}/touch/", {"version": 1})
    assert answer.status_code == 403


@pytest.fixture
def he_of_finance(head_office):
    """何敏 of finance, who has nothing to do with leads."""
    return hire("finance", "何敏", "finance", department=head_office)


def test_many_are_handed_out_by_one_transfer_with_one_notice(zhang, zhao, sign_in):
    rows, browser = [a_lead(zhao) for _each in range(3)], sign_in(zhao)
    bulk = choose(browser, "transfer", *rows, kind="leads")
    confirm(browser, bulk, to=zhang.pk)
    for row in rows:
        row.refresh_from_db()
        assert (row.status, row.owner) == ("pending", zhang)
        assert row.assigned_at is not None
    (notice,) = Notice.objects.filter(person=zhang)
    assert (notice.verb, notice.number) == ("handed_over", 3)
    assert undo(browser, bulk).status_code == 302
    for row in rows:
        row.refresh_from_db()
        assert (row.status, row.owner, row.assigned_at) == ("unassigned", zhao, None)


def test_a_list_comes_in_once_to_whom_it_names(zhang, wang, lina, sign_in):
    text = (
        "公司名称,联系人,手机,线索来源,预算,需求,负责人\n"
        "昭通水务有限公司,李四,138-0870-1122,展会,50000,二十台水表,张伟\n"
        "文山印染厂,王五,139-0876-3344,官网,,问价,王芳\n"
    )
    browser = sign_in(lina)
    for _twice in range(2):
        run(browser, text, "线索.csv", "/leads/import/")
    found = Lead.objects.order_by("company")
    assert [(row.company, row.owner, row.status) for row in found] == [
        ("文山印染厂", wang, "pending"),
        ("昭通水务有限公司", zhang, "pending"),
    ]
    exported = sign_in(zhang).get("/leads/export/?format=csv")
    content = b"".join(exported.streaming_content).decode("utf-8-sig")
    assert "昭通水务有限公司" in content
    assert "文山印染厂" not in content


def test_who_entered_it_takes_it_by_assigning_it(zhang, zhao):
    lead = a_lead(zhang, by=zhao)
    leads.assign(lead, zhao, zhao)
    assert (lead.status, lead.owner) == ("pending", zhao)


# --- First contact, out, and in again -------------------------------------------------


def test_the_first_contact_begins_the_work(zhang, zhao, sign_in):
    lead, browser = a_lead(zhang, by=zhao), sign_in(zhang)
    data = {
        "version": lead.version,
        "method": an_item(CALL, "call").pk,
        "text": "约下周看样机",
    }
    url = f"/leads/{lead.pk}/touch/"
    assert browser.post(url, data | {"text": " "}).status_code == 422
    assert browser.post(url, data | {"method": "x"}).status_code == 422
    assert browser.post(url, data).status_code == 302
    lead.refresh_from_db()
    assert (lead.status, lead.touched_by, lead.touch_text) == (
        "working",
        zhang,
        "约下周看样机",
    )
    again = browser.post(url, data | {"version": lead.version})
    assert (again.status_code, shows(again, "已记过首次联系")) == (409, True)


def test_invalid_wants_a_reason_and_opens_again_with_another(zhang, sign_in):
    lead, browser = a_lead(zhang), sign_in(zhang)
    url = f"/leads/{lead.pk}/invalidity/"
    sent = {"version": lead.version, "note": "空号"}
    assert browser.post(url, sent).status_code == 422
    reason = an_item("invalid_reason", "unreachable")
    assert browser.post(url, sent | {"reason": reason.pk}).status_code == 302
    lead.refresh_from_db()
    assert (lead.status, lead.invalid_reason) == ("invalid", reason)
    for verb in ("assignment", "conversion"):
        assert browser.get(f"/leads/{lead.pk}/{verb}/").status_code == 409
    url = f"/leads/{lead.pk}/reopening/"
    sent = {"version": lead.version, "note": ""}
    assert browser.post(url, sent).status_code == 422
    assert browser.post(url, sent | {"note": "对方回电"}).status_code == 302
    lead.refresh_from_db()
    assert (lead.status, lead.invalid_reason) == ("unassigned", None)


def test_no_verb_takes_more_than_is_kept(zhang, sign_in):
    lead, browser = a_lead(zhang), sign_in(zhang)
    spam, visit = (
        an_item("invalid_reason", "spam"),
        an_item("interaction_method", "visit"),
    )
    with pytest.raises(ValidationError, match="5000"):
        leads.touch(lead, visit, "长" * 5001, zhang)
    with pytest.raises(ValidationError, match="500"):
        leads.invalidate(lead, spam, "长" * 501, zhang)
    sent = {"version": lead.version, "reason": spam.pk, "note": "长" * 501}
    answer = browser.post(f"/leads/{lead.pk}/invalidity/", sent)
    assert (answer.status_code, shows(answer, "说明：")) == (422, True)
    leads.invalidate(lead, spam, "长" * 500, zhang)
    with pytest.raises(ValidationError, match="500"):
        leads.reopen(lead, "长" * 501, zhang)


def test_the_first_contact_stays_the_first_when_it_opens_again(zhang):
    lead = a_lead(zhang)
    touched(lead, zhang, "第一次联系")
    first = lead.first_touched_at, lead.touch_method, lead.touched_by
    leads.invalidate(lead, an_item("invalid_reason", "unreachable"), "", zhang)
    leads.reopen(lead, "又来电", zhang)
    leads.touch(lead, an_item("interaction_method", "visit"), "第二次联系", zhang)
    lead.refresh_from_db()
    assert (lead.first_touched_at, lead.touch_method, lead.touched_by) == first
    assert lead.status == "working"
    assert lead.touch_text.startswith("第一次联系\n\n")
    assert lead.touch_text.endswith("\n第二次联系")


def test_a_consent_without_its_way_is_refused_before_a_list_comes_in(lina, sign_in):
    text = "公司名称,同意日期,同意方式\n甲公司,2026-01-02,\n乙公司,2026-01-02,电话\n"
    shown = preview(sign_in(lina), text, "线索.csv", "/leads/import/")
    assert (shown.preview["created"], shown.preview["refused"]) == (1, 1)


def test_only_the_version_that_was_seen_is_moved(zhang, sign_in):
    lead, browser = a_lead(zhang), sign_in(zhang)
    Lead.objects.filter(pk=lead.pk).update(need="另一人改过")
    reason = an_item("invalid_reason", "spam").pk
    sent = {"version": lead.version, "reason": reason, "owner": zhang.pk}
    for verb in ("touch", "invalidity", "assignment", "conversion"):
        answer = browser.post(f"/leads/{lead.pk}/{verb}/", sent)
        assert answer.status_code == 409, verb
    lead.refresh_from_db()
    assert lead.status == "unassigned"


# --- What PostgreSQL refuses ----------------------------------------------------------


def refused(lead, verb, **values):
    """Return the name under which PostgreSQL refuses values of a lead."""
    rows = Lead.objects.filter(pk=lead.pk)
    with (
        pytest.raises(IntegrityError) as error,
        transaction.atomic(),
        acting(lead.owner, verb=verb),
    ):
        rows.update(**values)
    return error.value.__cause__.diag.constraint_name


@pytest.mark.parametrize("status", ["pending", "working", "converted", "invalid"])
@pytest.mark.parametrize("verb", ["", "changed", "reopened"])
def test_no_status_is_written_but_by_its_verb(zhang, verb, status):
    assert refused(a_lead(zhang), verb, status=status) == "lead_moves"


def test_a_verb_does_not_leave_out_what_belongs_to_it(zhang):
    lead = a_lead(zhang)
    assert refused(lead, "assigned", status="pending") == "lead_status_known"
    assert refused(lead, "invalidated", status="invalid") == "lead_invalid_with_reason"
    converted = refused(lead, "converted", status="converted")
    assert converted == "lead_converted_to_customer"
    now = timezone.now()
    assert refused(lead, "changed", first_touched_at=now) == "lead_moves"
    assert refused(lead, "changed", converted_at=now) == "lead_moves"


def test_a_new_one_stands_nowhere_but_at_the_beginning(zhang):
    lead = a_lead(zhang, status="working")
    assert lead.status == "unassigned"


# --- What waits too long --------------------------------------------------------------


def test_the_list_and_the_menu_find_what_waits_too_long(zhang, zhao, sign_in):
    ago = timezone.now() - timedelta(days=10)
    fresh = a_lead(zhang, by=zhao)
    slow, late, worked, quiet = (a_lead(zhang, by=zhao) for _each in range(4))
    unassigned, reported = a_lead(zhao), a_lead(zhao, registered=False)
    waited(unassigned, status_since=ago)
    waited(reported, status_since=ago, changed_at=timezone.now() - timedelta(days=40))
    waited(slow, assigned_at=ago)
    waited(late, assigned_at=ago, changed_at=timezone.now() - timedelta(days=40))
    touched(worked, zhang)
    touched(quiet, zhang)
    waited(quiet, changed_at=timezone.now() - timedelta(days=31))
    browser = sign_in(zhao)

    def found(*needs):
        asked = "&".join(f"needs={need}" for need in needs)
        return set(ids(browser.get(f"/leads/?{asked}")))

    assert found("unassigned") == {unassigned.pk}
    assert found("untouched") == {slow.pk, late.pk}
    assert found("quiet") == {late.pk, quiet.pk}
    waiting = {unassigned.pk, slow.pk, late.pk, quiet.pk}
    assert found("unassigned", "untouched", "quiet") == waiting
    assert {fresh.pk, reported.pk} <= found()
    page = browser.get("/")
    assert shows(page, "久未处理的线索")
    url = "/leads/?needs=unassigned&needs=untouched&needs=quiet"
    assert url.replace("&", "&amp;") in page.content.decode()


def test_the_clock_tells_the_owner_the_head_and_who_assigns(zhang, zhao, lina):
    shipped.fill()
    ago = timezone.now() - timedelta(days=10)
    slow, unassigned = a_lead(zhang, by=zhao), a_lead(zhao)
    waited(slow, assigned_at=ago)
    waited(unassigned, status_since=ago)
    waited(a_lead(zhao, registered=False), status_since=ago)
    zhao.department.head = zhao
    zhao.department.save()
    for person in User.objects.with_grants().filter(pk__in=[zhang.pk, zhao.pk]):
        for _twice in range(2):
            remind_person(person, timezone.localdate())
    assert [str(slow) in name for name in told(zhang, "lead_untouched")] == [True]
    assert told(zhang, "lead_unassigned") == []
    assert [str(slow) in name for name in told(zhao, "head_lead_untouched")] == [True]
    assert [str(unassigned) in n for n in told(zhao, "lead_unassigned")] == [True]


def test_nobody_assigns_what_is_closed_or_to_whom_one_cannot(zhang, wang, zhao):
    lead = a_lead(zhang, by=zhao)
    with pytest.raises(ValidationError, match="已由此人"):
        leads.assign(lead, zhang, zhao)
    with pytest.raises(ValidationError, match="不能选择此人"):
        leads.assign(lead, wang, zhao)
    leads.invalidate(lead, an_item("invalid_reason", "spam"), "", zhang)
    with pytest.raises(ValidationError, match="无效"):
        leads.assign(lead, zhao, zhao)
