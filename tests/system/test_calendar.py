"""日程: what stands in whose calendar, for whom, and how it comes to another day."""

import re
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts import approval
from contracts.models import Contract
from crm.jobs import shipped
from crm.models import HistoryEntry
from customers.models import Customer
from system.calendar.models import CalendarEvent
from tests.contracts.test_approval import LARGE
from tests.factories import a_contact, a_contract, a_customer, an_interaction
from tests.pages import form_of, shows

pytestmark = pytest.mark.django_db

PAGE = "/calendar/"
DAY = date(2026, 10, 10)  # a Saturday on which the country works
LINE = re.compile(r'data-source="([\w.]+)" data-id="(\d+)"')
LINK = re.compile(r'<li class="agenda-[^>]*>.*?href="([^"]+)"', re.DOTALL)
CELL = re.compile(
    r'class="([^"]*)" data-day="([\d-]+)"(.*?)</(?:td|section)>', re.DOTALL
)


@pytest.fixture(autouse=True)
def _shipped(db):
    """Bring the holidays: a test that writes for good leaves empty tables behind."""
    shipped.fill()


def at(day, hour=10, minute=0):
    """Return an hour of a day in Shanghai."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def plan(person, title="拜访", day=DAY, **fields):
    """Return an event in somebody's calendar."""
    fields.setdefault("starts_at", at(day))
    fields.setdefault("ends_at", fields["starts_at"] + timedelta(hours=1))
    return CalendarEvent.objects.create(person=person, title=title, **fields)


def on(browser, day=DAY, view="month", **more):
    """Return [(source, id)] of what stands on a day."""
    page = browser.get(PAGE, {"date": day.isoformat(), "view": view, **more})
    assert page.status_code == 200
    cells = {iso: inner for _look, iso, inner in CELL.findall(page.text)}
    return [(s, int(pk)) for s, pk in LINE.findall(cells.get(day.isoformat(), ""))]


def in_force(owner, lina, **fields):
    """Return a contract in force."""
    contract = a_contract(owner, **fields)
    approval.submit(contract, by=owner)
    approval.register(contract, by=lina)
    return contract


@pytest.fixture
def world(zhang, lina):
    """Something of every kind on that day in 张伟's calendar."""
    customer = a_customer(zhang, next_contact_at=at(DAY, 9))
    contact = a_contact(customer, birthday=date(1980, DAY.month, DAY.day))
    ending = in_force(zhang, lina, starts_on=DAY - timedelta(days=300), ends_on=DAY)
    return {
        "calendar.calendarevent.event": plan(zhang).pk,
        "contracts.contract.ends": ending.pk,
        "customers.contact.birthday": contact.pk,
        "customers.customer.next_contact": customer.pk,
    }


@pytest.mark.parametrize("view", ["month", "week", "day", "list"])
def test_every_kind_stands_on_its_day_and_leads_on(view, world, zhang, sign_in):
    browser = sign_in(zhang)
    assert dict(on(browser, view=view)) == world
    page = browser.get(PAGE, {"date": DAY.isoformat(), "view": view})
    for url in re.findall(
        r'<li class="agenda-[^>]*>.*?href="([^"]+)"', page.text, re.S
    ):
        assert browser.get(url).status_code == 200
    other = DAY + timedelta(days=1)
    assert on(browser, other, view="day") == []


def test_nobody_sees_what_is_not_within_reach(world, zhang, wang, zhao, sign_in):
    assert on(sign_in(wang)) == []
    assert on(sign_in(zhao)) == []
    seen = on(sign_in(zhao), person=zhang.pk)
    assert dict(seen) == world
    department = zhang.department_id
    assert dict(on(sign_in(zhao), department=department)) == world
    page = sign_in(wang).get(PAGE, {"person": zhang.pk, "date": DAY.isoformat()})
    assert LINE.findall(page.text) == []
    assert 'role="alert"' in page.text
    event = world["calendar.calendarevent.event"]
    assert sign_in(zhao).get(f"{PAGE}{event}/").status_code == 200
    assert sign_in(zhao).get(f"{PAGE}{event}/edit/").status_code == 404
    assert sign_in(wang).get(f"{PAGE}{event}/").status_code == 404


def test_a_head_reads_what_others_plan_and_no_customer_beyond_reach(
    zhang, wang, zhao, sign_in
):
    foreign = a_customer(wang, name="别家的客户")
    event = plan(zhang, customer=foreign)
    page = sign_in(zhao).get(f"{PAGE}{event.pk}/")
    assert page.status_code == 200
    assert not shows(page, foreign.name)


def test_queries_grow_neither_with_rows_nor_with_people(world, zhang, zhao, sign_in):
    def cost(browser, **query):
        browser.get(PAGE, query)
        with CaptureQueriesContext(connection) as queries:
            browser.get(PAGE, query)
        return len(queries)

    day, department = DAY.isoformat(), zhang.department_id
    asked = ({"date": day}, {"date": day, "department": department})
    before = [cost(sign_in(zhao), **query) for query in asked]
    for number in range(12):
        a_customer(zhang, next_contact_at=at(DAY, 9, number))
        plan(zhang, f"会议{number}")
        plan(zhao, f"例会{number}")
    assert [cost(sign_in(zhao), **query) for query in asked] == before
    assert max(before) <= 10


def test_a_cell_shows_some_and_says_how_many_more(zhang, sign_in):
    for number in range(7):
        plan(zhang, f"会议{number}", starts_at=at(DAY, 8 + number))
    browser = sign_in(zhang)
    page = browser.get(PAGE, {"date": DAY.isoformat()})
    assert len(on(browser)) == 4
    assert re.search(r'href="([^"]+)">\+3<', page.text)
    assert len(on(browser, view="day")) == 7


def test_holidays_weeks_and_bad_addresses(zhang, sign_in):
    browser = sign_in(zhang)
    page = browser.get(PAGE, {"date": "2026-10-10"})
    found = CELL.findall(page.text)
    cells = {iso: inner for _look, iso, inner in found}
    off = {iso for look, iso, _inner in found if "is-off" in look}
    assert "国庆节" in cells["2026-10-01"]
    assert "班" in cells["2026-10-10"]
    assert off >= {"2026-10-01", "2026-10-11"}
    assert "2026-10-10" not in off
    assert min(cells) == "2026-09-28"  # a Monday
    assert shows(page, "第 41 周")
    for wrong in ("date=morgen", "date=9999-12-31", "view=year", "person=x", "a=b"):
        answer = browser.get(f"{PAGE}?{wrong}")
        assert answer.status_code == 200
        assert 'role="alert"' in answer.text


def test_what_ends_the_year_is_beside_what_begins_it(zhang, sign_in):
    contact = a_contact(a_customer(zhang), birthday=date(1984, 2, 29))
    plan(zhang, day=date(2026, 12, 31), ends_at=at(date(2027, 1, 2)))
    browser = sign_in(zhang)
    for day in (date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)):
        assert len(on(browser, day)) == 1
    born = [("customers.contact.birthday", contact.pk)]
    assert on(browser, date(2027, 2, 28)) == born
    assert on(browser, date(2028, 2, 28)) == []
    assert on(browser, date(2028, 2, 29)) == born


def test_who_decides_sees_by_when(zhang, zhao, lina, sign_in):
    contract = a_contract(zhang, amount=LARGE)
    approval.submit(contract, by=zhang)
    today = timezone.localdate()
    browser = sign_in(zhao)
    page = browser.get(PAGE, {"view": "list", "date": today.isoformat()})
    assert LINE.findall(page.text) == [
        ("contracts.contract.deadline", str(contract.pk))
    ]
    assert LINE.findall(sign_in(zhang).get(PAGE, {"view": "list"}).text) == []


# --- One's own events -----------------------------------------------------------------


def test_an_event_is_added_changed_and_called_off(zhang, sign_in):
    browser, customer = sign_in(zhang), a_customer(zhang)
    contact = a_contact(customer)
    url = f"{PAGE}add/?starts_at=2026-10-10+09:00"
    sent = form_of(browser, url) | {"title": "拜访翠湖", "contact": contact.pk}
    assert sent["starts_at"] == "2026-10-10 09:00"
    answer = browser.post(url, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    event = CalendarEvent.objects.get()
    assert (event.person, event.customer, event.ends_at) == (
        zhang,
        customer,
        at(DAY, 10),
    )
    edit = f"{PAGE}{event.pk}/edit/"
    sent = form_of(browser, edit) | {"whole_day": "on", "version": event.version}
    assert browser.post(edit, sent).status_code == 302
    assert browser.post(edit, sent).status_code == 409
    event.refresh_from_db()
    assert (event.starts_at, event.ends_at) == (at(DAY, 0), at(DAY, 23, 59))
    assert shows(browser.get(f"{PAGE}{event.pk}/"), "全天")
    remove = f"{PAGE}{event.pk}/delete/"
    assert browser.post(remove, {"version": 1}).status_code == 409
    assert browser.post(remove, {"version": event.version}).status_code == 302
    assert browser.get(f"{PAGE}{event.pk}/").status_code == 404
    assert on(browser) == []
    entries = HistoryEntry.objects.filter(subject_label="calendar.calendarevent")
    assert {entry.actor_id for entry in entries} == {zhang.pk}
    assert entries.count() == 3


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"ends_at": "2026-10-09 09:00"}, None),
        ({"ends_at": "2026-12-31 09:00"}, None),
        ({"starts_at": "morgen"}, "starts_at"),
        ({"title": " "}, "title"),
    ],
)
def test_a_wrong_event_is_refused_in_words(fields, field, zhang, sign_in):
    browser, url = sign_in(zhang), f"{PAGE}add/?starts_at=2026-10-10+09:00"
    sent = form_of(browser, url) | {"title": "拜访", "whole_day": "", **fields}
    answer = browser.post(url, sent)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert form.errors[field] if field else form.non_field_errors()
    assert not CalendarEvent.objects.exists()


# --- Another day ----------------------------------------------------------------------


def move(browser, row, day, **sent):
    """Send what dragging sends, and what the form does; `day` as somebody types it."""
    label = row._meta.label_lower
    sent = {"version": row.version, "day": str(day), "back": PAGE, **sent}
    return browser.post(f"{PAGE}{label}/{row.pk}/day/", sent)


def test_a_next_contact_moves_with_its_history(zhang, wang, zhao, sign_in):
    customer = a_customer(zhang, next_contact_at=at(DAY, 9, 30))
    monday = DAY + timedelta(days=2)
    assert move(sign_in(wang), customer, monday).status_code == 404
    browser = sign_in(zhang)
    page = browser.get(f"{PAGE}customers.customer/{customer.pk}/day/")
    assert page.status_code == 200
    answer = move(browser, customer, monday, seen=DAY.isoformat())
    assert answer["Location"] == PAGE
    now = Customer.objects.get(pk=customer.pk)
    assert now.next_contact_at == at(monday, 9, 30)
    entry = HistoryEntry.objects.filter(subject_id=now.pk).order_by("-id").first()
    assert entry.actor_id == zhang.pk
    assert "planned_for" in entry.changes
    assert move(browser, customer, DAY).status_code == 409
    assert move(browser, now, "morgen").status_code == 422
    assert Customer.objects.get(pk=customer.pk).next_contact_at == at(monday, 9, 30)


def test_what_an_interaction_has_moved_meanwhile_is_said(zhang, sign_in):
    customer = a_customer(zhang, next_contact_at=at(DAY, 9))
    later = DAY + timedelta(days=5)
    an_interaction(customer, occurred_at=at(DAY, 8), next_contact_at=at(later, 9))
    Customer.objects.filter(pk=customer.pk).update(version=customer.version)
    now = Customer.objects.get(pk=customer.pk)
    stands = timezone.localdate(now.next_contact_at)
    seen = (stands + timedelta(days=1)).isoformat()
    answer = move(sign_in(zhang), now, DAY + timedelta(days=1), seen=seen)
    assert answer.status_code == 409
    assert shows(answer, stands.isoformat())


def test_an_event_of_some_days_moves_as_a_whole(zhang, sign_in):
    event = plan(zhang, ends_at=at(DAY + timedelta(days=2), 17))
    assert move(sign_in(zhang), event, DAY - timedelta(days=7)).status_code == 302
    event.refresh_from_db()
    assert event.starts_at == at(DAY - timedelta(days=7))
    assert event.ends_at == at(DAY - timedelta(days=5), 17)


def test_what_has_no_day_to_move_is_not_there(zhang, lina, sign_in):
    contract = in_force(zhang, lina, ends_on=DAY)
    assert move(sign_in(zhang), contract, DAY).status_code == 404
    without = a_customer(zhang)
    assert move(sign_in(zhang), without, DAY).status_code == 404
    assert Contract.objects.get(pk=contract.pk).ends_on == DAY


def test_the_workbench_has_what_stands_in_the_calendar_today(zhang, sign_in):
    today = timezone.localdate()
    plan(zhang, "晨会", today)
    plan(zhang, "下周的会", today + timedelta(days=7))
    a_contact(a_customer(zhang), birthday=date(1980, 1, 1))
    page = sign_in(zhang).get("/").text.partition('data-card="calendar_today"')[2]
    card = page.partition("</section>")[0]
    assert "晨会" in card
    assert "下周的会" not in card
