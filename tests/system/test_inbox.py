"""登记箱: what is reported is seen, compared, registered or returned."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.duplicates.matching import look_at
from crm.models import DictionaryItem, HistoryEntry
from crm.models.record import Registration
from customers.models import Contact, Customer
from tests.browsers import Browser
from tests.factories import a_contact, a_customer
from tests.pages import form_of
from tests.site.world import rows_of

pytestmark = pytest.mark.django_db

INBOX = "/system/inbox/"


def a_report(by, **fields):
    """Return a customer that a person has reported."""
    return a_customer(by, registered=False, **fields)


def address(name, record):
    """Return the address of a verb of a record."""
    return reverse(name, args=[record._meta.label_lower, record.pk])


def keys(answer):
    """Return what the inbox lists."""
    return [report.key for report, *_rest in answer.context["reports"]]


def state(record):
    """Return how far a record is on its way into the books."""
    return type(record).everything.get(pk=record.pk).registration


def test_everything_reported_is_listed_oldest_first(zhang, wang, lina, sign_in):
    new = a_report(zhang)
    old = a_report(wang, created_at=timezone.now() - timedelta(days=5))
    contact = a_contact(new, registered=False)
    a_customer(zhang)
    answer = sign_in(lina).get(INBOX)
    assert keys(answer) == [
        f"customers.customer:{old.pk}",
        f"customers.customer:{new.pk}",
        f"customers.contact:{contact.pk}",
    ]
    assert answer.context["total"] == 3
    assert 'data-total="3"' in answer.content.decode()


@pytest.mark.parametrize("person", ["zhang", "chen", "zhao", "zhou", "nobody"])
def test_only_registrars_open_the_inbox(person, request, sign_in, lina):
    record = a_report(lina)
    browser = sign_in(request.getfixturevalue(person))
    assert browser.get(INBOX).status_code == 403
    for name in ("registration", "registration_return"):
        answer = browser.post(address(name, record), {"reason": "x"})
        assert answer.status_code in (403, 404)
    assert browser.post(reverse("registration_many")).status_code == 403
    assert state(record) == Registration.REPORTED


def test_conditions_narrow_the_inbox(zhang, wang, lina, sign_in):
    today = timezone.localdate()
    old = a_report(
        zhang, name="华夏科技", created_at=timezone.now() - timedelta(days=3)
    )
    new = a_report(wang, name="东方贸易")
    contact = a_contact(new, registered=False)
    browser = sign_in(lina)
    one, two = f"customers.customer:{old.pk}", f"customers.customer:{new.pk}"
    three = f"customers.contact:{contact.pk}"
    for query, found in (
        ("q=huaxia", [one]),
        ("kind=customers.contact", [three]),
        ("kind=customers.contact&kind=customers.customer", [one, two, three]),
        (f"reporter={wang.pk}", [two, three]),
        (f"created_at_before={today - timedelta(days=1)}", [one]),
        (f"created_at_after={today}&kind=customers.customer", [two]),
    ):
        assert keys(browser.get(f"{INBOX}?{query}")) == found, query


@pytest.mark.parametrize(
    "query",
    [
        "colour=red",
        "kind=crm.user",
        "created_at_after=x",
        "per_page=7",
        "page=9",
        "reporter=x",
    ],
)
def test_bad_conditions_show_an_error_and_no_rows(query, zhang, lina, sign_in):
    a_report(zhang)
    answer = sign_in(lina).get(f"{INBOX}?{query}")
    assert answer.status_code == 200
    assert answer.context["errors"]
    assert keys(answer) == []


def test_the_inbox_has_pages(zhang, lina, sign_in):
    for _ in range(12):
        a_report(zhang)
    answer = sign_in(lina).get(f"{INBOX}?per_page=10&page=2")
    assert len(keys(answer)) == 2
    assert answer.context["total"] == 12


def test_registering_puts_a_record_into_the_books(zhang, wang, lina, sign_in):
    record = a_report(zhang)
    answer = sign_in(lina).post(address("registration", record), {"query": "q=a"})
    assert answer.status_code == 302
    assert answer.url == f"{INBOX}?q=a"
    record.refresh_from_db()
    assert record.registration == Registration.REGISTERED
    assert record.registered_by == lina
    assert record.owner == record.reporter == zhang
    entry = HistoryEntry.objects.filter(subject_id=record.pk, verb="registered").get()
    assert entry.actor_id == lina.pk


def test_the_second_administrator_comes_too_late(zhang, lina, sign_in):
    record = a_report(zhang)
    browser = sign_in(lina)
    assert browser.post(address("registration", record)).status_code == 302
    assert browser.post(address("registration", record)).status_code == 409
    late = browser.post(address("registration_return", record), {"reason": "重复"})
    assert late.status_code == 409
    assert state(record) == Registration.REGISTERED


def test_a_return_needs_a_reason(zhang, lina, sign_in):
    record = a_report(zhang)
    browser = sign_in(lina)
    verb = address("registration_return", record)
    assert browser.post(verb, {"reason": "  "}).status_code == 422
    assert state(record) == Registration.REPORTED
    assert browser.post(verb, {"reason": "请补充地址"}).status_code == 302
    assert state(record) == Registration.RETURNED


def test_the_reporter_is_told_corrects_and_reports_again(zhang, lina, client):
    record = a_report(zhang)
    record.send_back(lina, "请补充地址")
    client.force_login(zhang)
    page = client.get(record.get_absolute_url())
    assert "请补充地址" in page.content.decode()
    assert "report" in [action["key"] for action in page.context["actions"]]
    assert "请补充地址" in client.get("/").content.decode()
    assert client.post(address("report", record)).status_code == 302
    assert state(record) == Registration.REPORTED
    assert client.post(address("report", record)).status_code == 409


def test_nobody_else_reports_it_again(zhang, wang, lina, client):
    record = a_report(zhang)
    record.send_back(lina, "请补充地址")
    client.force_login(wang)
    assert client.post(address("report", record)).status_code == 404
    client.force_login(lina)
    assert client.post(address("report", record)).status_code == 403
    assert state(record) == Registration.RETURNED


def test_verbs_are_not_done_by_looking(zhang, lina, sign_in):
    record = a_report(zhang)
    browser = sign_in(lina)
    for name in ("registration", "registration_return", "report"):
        assert browser.get(address(name, record)).status_code == 405
    assert browser.get(reverse("registration_many")).status_code == 405


@pytest.mark.parametrize("label", ["crm.user", "nonsense", "a.b.c", "crm.historyentry"])
def test_only_business_records_have_these_pages(label, lina, sign_in):
    browser = sign_in(lina)
    for name in ("registration", "registration_return", "report", "inbox_review"):
        url = reverse(name, args=[label, 1])
        assert browser.post(url).status_code in (404, 405)
        assert browser.get(url).status_code in (404, 405)


def test_a_record_waits_for_the_customer_it_is_filed_under(zhang, lina, sign_in):
    contact = a_contact(a_report(zhang), registered=False)
    answer = sign_in(lina).post(address("registration", contact))
    assert answer.status_code == 422
    assert state(contact) == Registration.REPORTED


def test_what_is_filed_under_a_customer_goes_with_it(zhang, lina, sign_in):
    record = a_report(zhang)
    one, two = (a_contact(record, registered=False) for _ in range(2))
    browser = sign_in(lina)
    review = browser.get(address("inbox_review", record))
    assert [r.record for r in review.context["filed"]] == [one, two]
    chosen = {"with_filed": f"customers.contact:{one.pk}:1"}
    assert browser.post(address("registration", record), chosen).status_code == 302
    assert state(record) == state(one) == Registration.REGISTERED
    assert state(two) == Registration.REPORTED


def test_all_that_is_filed_goes_along_from_the_list(zhang, lina, sign_in):
    record = a_report(zhang)
    contact = a_contact(record, registered=False)
    browser = sign_in(lina)
    answer = browser.get(INBOX)
    report = answer.context["reports"][0][0]
    assert report.filed == 1
    chosen = {"with_filed": report.seen_filed}
    assert browser.post(address("registration", record), chosen).status_code == 302
    assert state(contact) == Registration.REGISTERED


def test_nothing_is_registered_that_was_changed_after_it_was_seen(zhang, lina, sign_in):
    record = a_report(zhang)
    contact = a_contact(record, registered=False)
    browser, verb = sign_in(lina), address("registration", record)
    report = browser.get(INBOX).context["reports"][0][0]
    Customer.objects.filter(pk=record.pk).update(name="另一家公司")
    answer = browser.post(verb, {"version": report.record.version})
    assert answer.status_code == 409
    assert "另一家公司" in answer.text
    Contact.objects.filter(pk=contact.pk).update(name="另一个人")
    for chosen in (report.seen_filed, f"customers.contact:{contact.pk}:1"):
        assert browser.post(verb, {"with_filed": chosen}).status_code == 409
    assert state(record) == state(contact) == Registration.REPORTED


def test_a_ticked_row_that_was_changed_meanwhile_stays_in_the_inbox(
    zhang, lina, sign_in
):
    record, other = a_report(zhang), a_report(zhang)
    browser, many = sign_in(lina), reverse("registration_many")
    ids = [f"customers.customer:{one.pk}" for one in (record, other)]
    seen = [f"{key}:1" for key in ids]
    Customer.objects.filter(pk=record.pk).update(name="另一家公司")
    assert browser.post(many, {"ids": ids[:1], "seen": seen}).status_code == 409
    answer = browser.post(many, {"ids": ids, "seen": seen}, follow=True)
    assert "您查看之后" in answer.text
    assert state(record) == Registration.REPORTED
    assert state(other) == Registration.REGISTERED


def test_ticked_rows_are_registered_together(zhang, lina, sign_in):
    customer, left = a_report(zhang), a_report(zhang)
    contact = a_contact(customer, registered=False)
    ids = [f"customers.contact:{contact.pk}", f"customers.customer:{customer.pk}"]
    bad = [
        "customers.customer:x",
        "crm.user:1",
        "nonsense",
        "customers.customer:999999",
    ]
    sent = {"ids": [*ids, *bad], "seen": [f"{key}:1" for key in ids]}
    answer = sign_in(lina).post(reverse("registration_many"), sent)
    assert answer.status_code == 302
    assert state(customer) == state(contact) == Registration.REGISTERED
    assert state(left) == Registration.REPORTED


def test_likely_duplicates_stand_beside_a_customer(zhang, wang, lina, sign_in):
    known = a_customer(wang, name="昆明华夏科技有限公司")
    record = a_report(zhang, name="昆明华夏科技有限责任公司")
    answer = sign_in(lina).get(INBOX)
    assert [m.record for m in answer.context["reports"][0][0].matches] == [known]
    assert known.get_absolute_url() in answer.content.decode()
    review = sign_in(lina).get(address("inbox_review", record)).content.decode()
    assert known.number in review


def test_a_duplicate_must_be_seen_before_it_is_registered(zhang, wang, lina, sign_in):
    known = a_customer(wang, name="昆明华夏科技有限公司")
    record = a_report(zhang, name="昆明华夏科技有限责任公司")
    browser, verb = sign_in(lina), address("registration", record)
    warning = browser.post(verb)
    assert warning.status_code == 422
    assert known.number in warning.content.decode()
    assert state(record) == Registration.REPORTED
    ids = {"ids": f"customers.customer:{record.pk}"}
    ids["seen"] = f"{ids['ids']}:1"
    page = browser.post(reverse("registration_many"), ids, follow=True)
    assert 'role="alert"' in page.content.decode()
    assert state(record) == Registration.REPORTED
    assert browser.post(verb, {"seen": known.pk}).status_code == 302
    assert state(record) == Registration.REGISTERED


def test_what_any_kind_says_of_likeness_stands_beside_its_reports(zhang, lina, client):
    client.force_login(lina)
    same = {"name": "李建华", "mobile": "13987654321"}
    customer = a_customer(zhang)
    known = a_contact(customer, **same)
    record = a_contact(customer, name="赵红", mobile="", registered=False)
    client.get(INBOX)
    with CaptureQueriesContext(connection) as of_none:
        client.get(INBOX)
    Contact.objects.filter(pk=record.pk).update(**same)
    look_at(known)
    look_at(record)
    with CaptureQueriesContext(connection) as of_one:
        ((report, *_rest),) = client.get(INBOX).context["reports"]
    assert [(m.record, "mobile" in m.reasons) for m in report.matches] == [
        (known, True)
    ]
    assert len(of_one) <= len(of_none) + 2  # those rows, and what they are filed under
    review, verb = address("inbox_review", record), address("registration", record)
    assert known.get_absolute_url() in client.get(review).content.decode()
    assert client.post(verb).status_code == 422
    assert state(record) == Registration.REPORTED
    assert client.post(verb, {"seen": known.pk}).status_code == 302
    assert state(record) == Registration.REGISTERED


def test_correct_and_register_in_one_step(zhang, lina, sign_in):
    record = a_report(zhang, name="旧名字")
    browser = sign_in(lina)
    url = reverse("customer_update", args=[record.pk])
    page = browser.get(url)
    assert "save_and_register" in page.content.decode()
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    data = {k: "" if v is None else v for k, v in values.items()}
    answer = browser.post(
        url, data | {"name": "新名字", "save_and_register": "1"}, follow=True
    )
    assert answer.status_code == 200
    record.refresh_from_db()
    assert record.name == "新名字"
    assert record.registration == Registration.REGISTERED


def test_the_reporter_cannot_register_with_the_form(zhang, sign_in):
    record = a_report(zhang)
    browser = sign_in(zhang)
    url = reverse("customer_update", args=[record.pk])
    assert "save_and_register" not in browser.get(url).content.decode()


def test_a_reported_record_offers_its_verbs_to_the_registrar(zhang, lina, client):
    record = a_report(zhang)
    for person, offered in ((lina, True), (zhang, False)):
        client.force_login(person)
        actions = client.get(record.get_absolute_url()).context["actions"]
        assert ("registration" in [a["key"] for a in actions]) is offered


def test_thirty_reports_cost_as_many_queries_as_three(zhang, lina, client):
    client.force_login(lina)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"{INBOX}?per_page=100").status_code == 200
        return len(seen)

    for n in range(3):
        a_contact(a_report(zhang, name=f"昆明华夏科技{n}有限公司"), registered=False)
    few = queries()
    for n in range(3, 30):
        a_contact(a_report(zhang, name=f"昆明华夏科技{n}有限公司"), registered=False)
    assert queries() == few
    assert few <= 15


def test_reports_of_all_kinds_cost_as_many_queries_as_of_two(zhang, lina, client):
    client.force_login(lina)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(f"{INBOX}?per_page=100")
        return len(seen), {report.label for report, *_ in answer.context["reports"]}

    a_contact(a_report(zhang), registered=False)
    few, _kinds = queries()
    rows_of(zhang, registered=False)
    many, kinds = queries()
    assert many == few <= 12
    assert len(kinds) > 5


def test_deleted_reports_leave_the_inbox(zhang, lina, sign_in):
    record = a_report(zhang)
    record.discard(zhang)
    browser = sign_in(lina)
    assert keys(browser.get(INBOX)) == []
    assert browser.post(address("registration", record)).status_code == 404


def test_two_administrators_at_the_same_page(zhang, lina):
    record = a_report(zhang)
    tabs = [Browser(), Browser()]
    for tab in tabs:
        tab.force_login(lina)
        assert keys(tab.get(INBOX)) == [f"customers.customer:{record.pk}"]
    codes = [tab.post(address("registration", record)).status_code for tab in tabs]
    assert codes == [302, 409]


def days_ago(days):
    """Return the moment some days ago."""
    return timezone.now() - timedelta(days=days)


def review(record, query=""):
    """Return the address of a report's page, opened from the inbox."""
    return f"{address('inbox_review', record)}?{urlencode({'query': query})}"


@pytest.mark.parametrize("verb", ["registration", "registration_return"])
def test_after_a_decision_the_next_report_opens(verb, zhang, wang, lina, sign_in):
    third, other, second, first = (
        a_report(person, created_at=days_ago(days))
        for days, person in enumerate((zhang, wang, zhang, zhang))
    )
    query, browser = f"reporter={zhang.pk}", sign_in(lina)
    sent = {"query": query, "series": "1", "reason": "请补充地址"}
    for decided, following in ((second, third), (third, first)):
        page = browser.get(review(decided, query)).content.decode()
        assert 'name="series" value="1"' in page
        answer = browser.post(address(verb, decided), sent)
        assert answer.url == review(following, query)
    assert browser.post(address(verb, first), sent).url == f"{INBOX}?{query}"
    assert state(other) == Registration.REPORTED


def test_conditions_that_are_none_lead_to_the_inbox(zhang, lina, sign_in):
    a_report(zhang)
    sent = {"query": "kind=x.y", "series": "1"}
    answer = sign_in(lina).post(address("registration", a_report(zhang)), sent)
    assert answer.url == f"{INBOX}?kind=x.y"


def test_correct_and_register_registers_by_its_first_button(zhang, lina, sign_in):
    first, second = (a_report(zhang, created_at=days_ago(n)) for n in (2, 1))
    browser = sign_in(lina)
    url = browser.get(review(first)).context["actions"]["correction"]["url"]
    page = browser.get(url)
    buttons = re.findall(r'<button type="submit"[^>]*name="(save\w*)"', page.text)
    assert buttons[:2] == ["save_and_register", "save"]
    data = form_of(browser, url) | {"name": "新名字", "save_and_register": "1"}
    answer = browser.post(url, data, follow=True)
    assert state(first) == Registration.REGISTERED
    assert answer.redirect_chain[-1][0] == review(second)
    plain = browser.get(reverse("customer_update", args=[second.pk])).text
    buttons = re.findall(r'<button type="submit"[^>]*name="(save\w*)"', plain)
    assert buttons[:2] == ["save", "save_and_register"]


def test_the_reason_of_a_duplicate_is_written_already(zhang, wang, lina, sign_in):
    known = a_customer(wang, name="昆明滇池食品有限公司")
    report = a_report(zhang, name="昆明滇池食品有限公司")
    reason = f"重复：{known.number}"
    assert reason in sign_in(lina).get(INBOX).text
    page = sign_in(lina).get(address("inbox_review", report)).text
    assert reason in page


def test_kept_reasons_are_filled_in_worded_by_the_company_and_one_click(
    zhang, wang, lina, sign_in
):
    known = a_customer(wang, name="昆明滇池食品有限公司")
    report = a_report(zhang, name="昆明滇池食品有限公司")
    items = DictionaryItem.objects.filter(kind="return_reason")
    items.filter(code="incomplete").update(label="缺少营业执照")
    items.filter(code="not_ours").update(label="见 {nothing}")
    browser = sign_in(lina)
    kept = browser.get(review(report)).context["actions"]["reasons"]
    assert kept[0] == f"重复：{known.number}"
    assert "缺少营业执照" in kept
    assert not [text for text in kept if "{" in text or "尚未登记" in text]
    sent = {"series": "1", "query": "", "kept_reason": kept[0], "version": 1}
    assert browser.post(address("registration_return", report), sent).url == INBOX
    assert Customer.everything.get(pk=report.pk).return_reason == kept[0]


def test_what_is_typed_counts_before_the_kept_reason_and_stale_forms_do_nothing(
    zhang, lina, sign_in
):
    report, browser = a_report(zhang), sign_in(lina)
    verb = address("registration_return", report)
    sent = {"kept_reason": "资料不全，请补充", "reason": " ", "version": 1}
    Customer.objects.filter(pk=report.pk).update(name="另一家公司")
    assert browser.post(verb, sent).status_code == 409
    sent |= {"version": 2}
    assert browser.post(verb, sent | {"kept_reason": ""}).status_code == 422
    assert browser.post(verb, sent | {"reason": "请改名称"}).status_code == 302
    assert Customer.everything.get(pk=report.pk).return_reason == "请改名称"
    assert browser.post(verb, sent).status_code == 409


def test_in_a_series_a_customer_comes_before_what_is_filed_under_it(
    zhang, lina, sign_in
):
    first = a_report(zhang, created_at=days_ago(3))
    customer = a_report(zhang, created_at=days_ago(1))
    contact = a_contact(customer, registered=False, created_at=days_ago(2))
    browser, sent = sign_in(lina), {"series": "1", "query": ""}
    answer = browser.post(address("registration", first), sent)
    assert answer.url == review(customer)
    answer = browser.post(address("registration", customer), sent)
    assert answer.url == review(contact)


def test_a_customer_stands_before_what_is_filed_under_it(zhang, lina, sign_in):
    customer = a_report(zhang, created_at=days_ago(1))
    contact = a_contact(customer, registered=False, created_at=days_ago(2))
    assert keys(sign_in(lina).get(INBOX)) == [
        f"customers.customer:{customer.pk}",
        f"customers.contact:{contact.pk}",
    ]


def test_what_is_filed_under_a_returned_customer_waits_with_it(zhang, lina, sign_in):
    customer = a_customer(zhang, name="退回的", registered=False)
    contact = a_contact(customer, name="李建华", registered=False)
    assert list(Contact.objects.awaiting(lina)) == [contact]
    customer.send_back(lina, "请补充地址")
    assert not Contact.objects.awaiting(lina).exists()
    assert "李建华" not in sign_in(lina).get("/system/inbox/").content.decode()
    customer.refresh_from_db()
    customer.report_again(zhang)
    assert list(Contact.objects.awaiting(lina)) == [contact]
