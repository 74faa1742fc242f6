"""公告: who publishes what to whom, who sees it for how long, who has read it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Department, HistoryEntry, Role
from system.announcements.models import Announcement, Reading
from tests.pages import form_of, shows
from tests.people import dismiss, hire

pytestmark = pytest.mark.django_db

LIST = "/system/announcements/"


def announce(by, *, roles=(), departments=(), since=0, until=7, **fields):
    """Return an announcement from so many days ago until so many ahead."""
    today = timezone.localdate()
    fields.setdefault("title", "国庆值班安排")
    row = Announcement.objects.create(
        text="值班表见附表。",
        starts_on=today - timedelta(days=since),
        ends_on=today + timedelta(days=until),
        published_by=by,
        **fields,
    )
    row.roles.set(Role.objects.filter(code__in=roles))
    row.departments.set(departments)
    return row


def on_workbench(browser, person):
    """Return the titles on a person's workbench."""
    browser.force_login(person)
    page = browser.get("/")
    start = page.text.find('data-card="announcements"')
    if start < 0:
        return []
    card = page.text[start : page.text.find("</section>", start)]
    return [row.title for row in Announcement.objects.all() if row.title in card]


def test_whoever_looks_after_it_sees_what_it_said_before(zhou, zhang, sign_in):
    row = announce(zhou, roles=("salesperson",))
    sent = form_of(sign_in(zhou), f"{LIST}{row.pk}/edit/") | {"title": "春节值班安排"}
    assert sign_in(zhou).post(f"{LIST}{row.pk}/edit/", sent).status_code == 302
    address = f"/history/announcements.announcement/{row.pk}/"
    assert address in sign_in(zhou).get(f"{LIST}{row.pk}/").text
    on = timezone.localdate()
    page = sign_in(zhou).get(f"{address}?on={on}").text
    for words in ("国庆值班安排", "春节值班安排", "业务员", f'data-past="{on}"'):
        assert words in page
    assert address not in sign_in(zhang).get(f"{LIST}{row.pk}/").text
    assert sign_in(zhang).get(address).status_code == 404


def test_it_is_published_shown_and_read(zhou, zhang, wang, client):
    client.force_login(zhou)
    url = f"{LIST}add/"
    sent = form_of(client, url) | {
        "title": "系统升级通知",
        "text": "周六 20:00 起停机两小时。\n请提前保存。",
        "ends_on": timezone.localdate() + timedelta(days=3),
        "roles": [],
        "departments": [],
    }
    answer = client.post(url, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    row = Announcement.objects.get()
    assert row.published_by == zhou
    assert on_workbench(client, zhang) == ["系统升级通知"]
    page = client.get(f"{LIST}{row.pk}/")
    assert shows(page, "周六 20:00 起停机两小时。")
    assert 'data-read="no"' in page.text
    assert "data-readers" not in page.text
    for _time in range(2):
        assert client.post(f"{LIST}{row.pk}/reading/").status_code == 302
    assert 'data-read="yes"' in client.get(f"{LIST}{row.pk}/").text
    client.force_login(zhou)
    page = client.get(f"{LIST}{row.pk}/")
    assert 'data-readers="1"' in page.text
    assert 'data-not-readers="2"' in page.text
    assert shows(page, "张伟")
    assert shows(page, "王芳")


def test_a_period_is_a_period(zhou, zhang, client):
    announce(zhou, title="昨天结束", since=9, until=-1)
    announce(zhou, title="今天开始", since=0)
    announce(zhou, title="今天结束", since=9, until=0)
    announce(zhou, title="明天开始", since=-1)
    assert on_workbench(client, zhang) == ["今天开始", "今天结束"]
    page = client.get(LIST)
    assert 'data-total="3"' in page.text
    assert shows(page, "昨天结束")
    later = Announcement.objects.get(title="明天开始")
    assert client.get(f"{LIST}{later.pk}/").status_code == 404
    assert client.post(f"{LIST}{later.pk}/reading/").status_code == 404


def test_it_is_for_roles_and_departments_and_all_below(
    zhou, zhang, wang, zhao, qian, lina, head_office, sales_department, client
):
    team = Department.objects.create(name="一组", parent=sales_department)
    below = hire("below", "孙一", "salesperson", department=team)
    homeless = hire("homeless", "无部门", "salesperson")
    cases = {
        "全体": ((), (), [zhang, wang, zhao, qian, lina, below, homeless]),
        "业务员": (("salesperson",), (), [zhang, wang, below, homeless]),
        "一部": ((), (sales_department,), [zhang, zhao, below]),
        "一部业务员": (("salesperson",), (sales_department,), [zhang, below]),
        "两种角色": (("salesperson", "supervisor"), (team,), [below]),
        "总公司": ((), (head_office,), [zhang, wang, zhao, qian, lina, below]),
    }
    for title, (roles, departments, _who) in cases.items():
        announce(zhou, title=title, roles=roles, departments=departments)
    for person in (zhang, wang, zhao, qian, lina, below, homeless):
        expected = {title for title, (*_to, who) in cases.items() if person in who}
        assert set(on_workbench(client, person)) == expected
    for title, (*_to, who) in cases.items():
        audience = set(Announcement.objects.get(title=title).audience())
        assert audience - {zhou} == set(who)


def test_what_is_not_meant_for_one_is_not_there(zhou, zhang, wang, client):
    row = announce(zhou, departments=(wang.department,))
    client.force_login(zhang)
    assert client.get(f"{LIST}{row.pk}/").status_code == 404
    assert client.post(f"{LIST}{row.pk}/reading/").status_code == 404
    assert not shows(client.get(LIST), row.title)
    for verb in ("edit", "delete"):
        assert client.get(f"{LIST}{row.pk}/{verb}/").status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
    assert not Reading.objects.exists()


def test_a_supervisor_tells_the_own_department_alone(
    zhao, zhang, wang, zhou, sales_department, other_department, client
):
    client.force_login(zhao)
    url = f"{LIST}add/"
    sent = form_of(client, url) | {
        "title": "周五例会",
        "text": "下午四点。",
        "ends_on": timezone.localdate(),
        "roles": [],
        "departments": [],
    }
    assert client.post(url, sent).status_code == 422
    wrong = {**sent, "departments": [other_department.pk]}
    assert client.post(url, wrong).status_code == 422
    right = {**sent, "departments": [sales_department.pk]}
    assert client.post(url, right).status_code == 302
    assert on_workbench(client, zhang) == ["周五例会"]
    assert on_workbench(client, wang) == []
    others = announce(zhou)
    client.force_login(zhao)
    assert client.get(f"{LIST}{others.pk}/edit/").status_code == 404
    own = Announcement.objects.get(title="周五例会")
    assert client.get(f"{LIST}{own.pk}/edit/").status_code == 200


def test_it_is_changed_and_taken_back_as_the_log_tells(zhou, zhang, client):
    row = announce(zhou, roles=("salesperson",))
    row.mark_read(zhang)
    client.force_login(zhou)
    url = f"{LIST}{row.pk}/edit/"
    sent = form_of(client, url)
    assert client.post(url, {**sent, "title": "新的安排"}).status_code == 302
    assert client.post(url, {**sent, "title": "迟到的改动"}).status_code == 409
    url = f"{LIST}{row.pk}/delete/"
    row.refresh_from_db()
    assert client.post(url, {"version": row.version}).status_code == 302
    assert not Announcement.objects.exists()
    titles = HistoryEntry.objects.filter(label="announcements.announcement")
    assert {"国庆值班安排", "新的安排"} <= set(titles.values_list("title", flat=True))


def test_days_and_texts_are_checked_and_nothing_typed_is_lost(zhou, client):
    client.force_login(zhou)
    url = f"{LIST}add/"
    to = {"roles": [], "departments": []}
    typed = form_of(client, url) | {"title": "值班", "text": "内容"} | to
    today = timezone.localdate()
    for wrong in (
        {"ends_on": today - timedelta(days=1)},
        {"ends_on": "明天吧"},
        {"ends_on": ""},
        {"ends_on": today, "title": ""},
        {"ends_on": today, "text": " "},
        {"ends_on": today, "title": "长" * 201},
        {"ends_on": today, "roles": ["x"]},
        {"ends_on": date(9999, 1, 1)},
    ):
        answer = client.post(url, {**typed, **wrong})
        assert answer.status_code == 422, wrong
    assert not Announcement.objects.exists()


def test_postgresql_refuses_a_period_that_ends_before_it_begins(zhou):
    with pytest.raises(IntegrityError), transaction.atomic():
        announce(zhou, until=-1)


def test_a_role_that_is_told_something_cannot_be_deleted(zhou, client):
    role = Role.objects.create(code="guard", name="门卫", grants={})
    announce(zhou).roles.add(role)
    client.force_login(zhou)
    url = f"/system/roles/{role.pk}/delete/"
    client.get(url)
    answer = client.post(url, {"version": role.version})
    assert Role.objects.filter(pk=role.pk).exists(), answer.status_code


def test_who_has_left_is_not_waited_for(zhou, zhang, wang):
    row = announce(zhou, roles=("salesperson",))
    dismiss(wang)
    assert list(row.audience()) == [zhang]


def test_the_workbench_costs_the_same_for_many(zhou, zhang, client):
    costs = []
    for number in (1, 9):
        for _time in range(number):
            announce(zhou, roles=("salesperson",), departments=(zhang.department,))
        client.force_login(zhang)
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12


def test_the_pinned_and_the_unread_stand_first(zhou, zhang, client):
    read = announce(zhou, title="已读", since=1)
    announce(zhou, title="未读", since=2)
    announce(zhou, title="置顶", since=3, pinned=True)
    read.mark_read(zhang)
    client.force_login(zhang)
    page = client.get("/").text
    places = [page.find(f">{title}</a>") for title in ("置顶", "未读", "已读")]
    assert places == sorted(places)
    assert -1 not in places
