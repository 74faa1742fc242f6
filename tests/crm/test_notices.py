"""通知: who is told of what, what a reader sees of it, and what is left out."""

import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.notices.declared import occasions
from crm.notices.models import Notice, Unwanted
from crm.notices.sending import notify
from system.people import administration
from tests.factories import a_contact, a_customer
from tests.pages import form_of, shows
from tests.people import dismiss, let_leave

pytestmark = pytest.mark.django_db


def unread(browser):
    """Return the number of the bell."""
    page = browser.get("/notices/").content.decode()
    return int(re.search(r'data-unread="(\d+)"', page)[1])


def test_a_returned_report_is_told_with_its_reason(zhang, lina, sign_in):
    report = a_customer(zhang, registered=False, name="昆明滇池食品有限公司")
    report.send_back(lina, "请补充地址")
    page = sign_in(zhang).get("/notices/")
    assert unread(sign_in(zhang)) == 1
    assert shows(page, "昆明滇池食品有限公司")
    assert shows(page, "请补充地址")
    assert shows(page, "李娜")
    assert report.get_absolute_url() in page.content.decode()


def test_what_is_undone_is_not_told(zhang, lina):
    report = a_customer(zhang, registered=False)
    with transaction.atomic():
        report.register(lina)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


def test_nobody_is_told_what_they_did_themselves(lina):
    a_customer(lina, registered=False).register(lina)
    assert not Notice.objects.exists()


def test_thirty_registered_together_are_one_notice(zhang, lina, sign_in):
    reports = [a_customer(zhang, registered=False) for _time in range(30)]
    ids = [f"customers.customer:{report.pk}" for report in reports]
    sent = {"ids": ids, "seen": [f"{key}:1" for key in ids]}
    sign_in(lina).post(reverse("registration_many"), sent)
    notice = Notice.objects.get(person=zhang)
    assert (notice.verb, notice.number) == ("registered", 30)
    browser = sign_in(zhang)
    assert unread(browser) == 1
    page = browser.get("/notices/").content.decode()
    link = re.search(r'href="(/customers/\?[^"]+)"[^>]*>30 条<', page)[1]
    answer = browser.get(link.replace("&amp;", "&"))
    assert 'data-total="30"' in answer.content.decode()


def test_more_of_a_kind_begin_anew_once_the_others_are_read(zhang, lina):
    for _time in range(2):
        a_customer(zhang, registered=False).register(lina)
    Notice.objects.update(read_at="2026-11-26T09:00+08:00")
    a_customer(zhang, registered=False).register(lina)
    assert sorted(Notice.objects.values_list("number", flat=True)) == [1, 2]


def test_other_kinds_and_other_reasons_stay_apart(zhang, lina):
    a_contact(a_customer(zhang), registered=False).register(lina)
    a_customer(zhang, registered=False).register(lina)
    for reason in ("请补充地址", "重复：KH000001"):
        a_customer(zhang, registered=False).send_back(lina, reason)
    assert Notice.objects.filter(person=zhang).count() == 4


def test_a_new_owner_and_the_one_before_are_told(zhang, liu, lina, sign_in):
    customer = a_customer(zhang, name="曲靖珠江源茶业有限公司")
    browser = sign_in(lina)
    url = reverse("customer_update", args=[customer.pk])
    browser.post(url, form_of(browser, url) | {"owner": liu.pk})
    assert Notice.objects.filter(verb="handed_over").count() == 2
    page = sign_in(liu).get("/notices/")
    assert shows(page, "曲靖珠江源茶业有限公司")
    assert shows(page, "张伟 → 刘洋")


def test_the_name_of_a_row_one_may_not_see_any_more_is_withheld(
    zhang, wang, lina, sign_in
):
    customer = a_customer(zhang, name="大理苍山雪茶有限公司")
    browser = sign_in(lina)
    url = reverse("customer_update", args=[customer.pk])
    browser.post(url, form_of(browser, url) | {"owner": wang.pk}, follow=True)
    page = sign_in(zhang).get("/notices/")
    assert shows(page, "张伟 → 王芳")
    assert not shows(page, "大理苍山雪茶有限公司")
    assert shows(page, "（您无权查看）")


def test_what_one_does_not_want_to_know_is_not_told(zhang, lina, sign_in):
    browser = sign_in(zhang)
    wanted = [verb for verb in occasions() if verb != "registered"]
    answer = browser.post("/notices/settings/", {"wanted": wanted})
    assert answer.status_code == 302
    assert form_of(browser, "/notices/settings/")["wanted"] == wanted
    a_customer(zhang, registered=False).register(lina)
    a_customer(zhang, registered=False).send_back(lina, "请补充地址")
    assert [notice.verb for notice in Notice.objects.all()] == ["returned"]
    browser.post("/notices/settings/", {"wanted": [*occasions()]})
    assert form_of(browser, "/notices/settings/")["wanted"] == [*occasions()]


def test_a_kind_that_there_is_not_is_refused(zhang, sign_in):
    answer = sign_in(zhang).post("/notices/settings/", {"wanted": "weather"})
    assert answer.status_code == 422


def test_reading_one_and_reading_all(zhang, lina, sign_in):
    browser = sign_in(zhang)
    for reason in "甲乙丙":
        a_customer(zhang, registered=False).send_back(lina, reason)
    first = Notice.objects.earliest("pk")
    assert browser.get("/notices/read/").status_code == 405
    answer = browser.post("/notices/read/", {"ids": first.pk, "next": "/customers/"})
    assert answer.url == "/customers/"
    assert unread(browser) == 2
    scripted = browser.post("/notices/read/", headers={"X-Requested-With": "fetch"})
    assert scripted.status_code == 204
    assert unread(browser) == 0


def test_all_are_those_that_were_seen(zhang, lina, sign_in):
    browser = sign_in(zhang)
    a_customer(zhang, registered=False).send_back(lina, "甲")
    seen = browser.get("/notices/").context["newest"].isoformat()
    a_customer(zhang, registered=False).send_back(lina, "乙")
    browser.post("/notices/read/", {"seen": seen})
    assert unread(browser) == 1


@pytest.mark.parametrize("ids", ["x", "0", "9" * 30, "²", "-1"])
def test_a_notice_that_is_not_ones_own_is_not_there(ids, zhang, lina, sign_in):
    a_customer(zhang, registered=False).send_back(lina, "甲")
    theirs = Notice.objects.get().pk
    browser = sign_in(lina)
    for wrong in (ids, str(theirs)):
        assert browser.post("/notices/read/", {"ids": wrong}).status_code == 404
    assert Notice.objects.get().read_at is None


def test_older_notices_are_a_page_further(zhang, lina, sign_in):
    for number in range(60):
        a_customer(zhang, registered=False).send_back(lina, f"理由{number}")
    browser = sign_in(zhang)
    page = browser.get("/notices/")
    assert len(page.context["lines"]) == 50
    assert page.context["total"] == 60
    older = browser.get(f"/notices/?before={page.context['older']}")
    assert len(older.context["lines"]) == 10
    assert browser.get("/notices/?before=x").status_code == 200
    assert browser.get("/notices/?before=99999999").status_code == 404


def test_the_list_costs_the_same_of_however_many_kinds(zhang, lina, sign_in):
    browser = sign_in(zhang)
    a_customer(zhang, registered=False).send_back(lina, "甲")
    few = cost(browser)
    a_contact(a_customer(zhang), registered=False).send_back(lina, "乙")
    for reason in "丙丁戊":
        a_customer(zhang, registered=False).send_back(lina, reason)
    assert cost(browser) == few <= 6


def cost(browser):
    """Return how many queries the list takes."""
    browser.get("/notices/")
    with CaptureQueriesContext(connection) as queries:
        browser.get("/notices/")
    return len(queries)


def test_somebody_who_has_left_is_told_nothing(zhang, lina):
    report = a_customer(zhang, registered=False)
    dismiss(zhang)
    notify(zhang.pk, "registered", report, by=lina)
    assert not Notice.objects.exists()


def test_one_is_told_until_the_last_day_and_not_after_it(zhang, lina, zhou):
    reports = [a_customer(zhang, registered=False) for _time in range(3)]
    today = timezone.localdate()
    administration.leave(zhang, today, by=zhou)
    notify(zhang.pk, "registered", reports[0], by=lina)
    assert Notice.objects.get().number == 1
    let_leave(zhang)
    notify(zhang.pk, "registered", reports[1], by=lina)
    notify(zhang.pk, "returned", reports[2], by=lina)
    assert Notice.objects.get().number == 1


def test_an_unread_notice_takes_in_no_more_of_what_is_unwanted(zhang, lina):
    a_customer(zhang, registered=False).register(lina)
    Unwanted.objects.create(person=zhang, verb="registered")
    a_customer(zhang, registered=False).register(lina)
    assert Notice.objects.get().number == 1


def test_one_who_brought_it_and_one_who_typed_it_are_both_told(zhang, chen, lina):
    report = a_customer(zhang, registered=False, entered_by=chen)
    report.register(lina)
    told = Notice.objects.values_list("person", flat=True)
    assert set(told) == {zhang.pk, chen.pk}
