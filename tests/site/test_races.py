"""Two who do the same or the opposite at one moment: one wins, nothing is lost."""

import datetime
import threading
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from crm.disclosures import MOST_A_DAY, Disclosures
from crm.models import Deputy, Intake, Role, User
from customers.models import Customer, FileEntry
from system.people import administration
from tests.factories import a_contact, a_customer
from tests.pages import form_of
from tests.people import hire
from tests.races import ROUNDS, signed_in, somebody_waits, together, won

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_absence_has_one_deputy(zhao, sun, qian):
    first = datetime.date(2027, 3, 1)
    for turn, _round in enumerate(ROUNDS):
        days = {
            "starts_on": first + datetime.timedelta(days=10 * turn),
            "ends_on": first + datetime.timedelta(days=10 * turn + 3),
        }

        def work(number, days=days):
            return Deputy.objects.create(
                person=zhao, deputy=(sun, qian)[number % 2], **days
            )

        assert len(won(together(4, work))) == 1
        assert Deputy.objects.filter(**days).count() == 1


def test_somebody_stays_in_charge_whoever_dismisses_whom(zhou):
    other = hire("sysadmin2", "吴刚", "system_administrator")
    pair = [zhou, other]

    def work(number):
        by = User.objects.get(pk=pair[number].pk)
        administration.deactivate(User.objects.get(pk=pair[1 - number].pk), by=by)

    for _round in ROUNDS:
        assert len(won(together(2, work))) == 1
        (left,) = administration.administrators()
        gone = other if left == zhou else zhou
        administration.reactivate(User.objects.get(pk=gone.pk), by=left)


def test_two_texts_of_one_subject_never_replace_each_other(zhang, lina):
    browsers = [signed_in(zhang), signed_in(lina)]
    for _round in ROUNDS:
        customer = a_customer(zhang)
        page = f"/customers/{customer.pk}/file/strategy/edit/"

        def work(number, page=page):
            sent = {"text": f"文本{number}", "written_on": "2026-01-05", "version": 0}
            return browsers[number].post(page, sent).status_code

        answers = together(2, work)
        assert won(answers) == [302]
        entry = FileEntry.objects.get(customer=customer)
        assert entry.text == f"文本{answers.index(302)}"


def test_of_two_who_edit_and_delete_one_is_told(zhang, lina):
    browsers = [signed_in(zhang), signed_in(lina)]
    for turn, _round in enumerate(ROUNDS):
        customer = a_customer(zhang)
        page = f"/customers/{customer.pk}/"
        form = form_of(browsers[0], f"{page}edit/")
        form["phone"] = f"010-623456{turn:02}"

        def work(number, page=page, form=form):
            if number:
                sent = {"version": form["version"]}
                return browsers[1].post(f"{page}delete/", sent).status_code
            return browsers[0].post(f"{page}edit/", form).status_code

        edited, deleted = together(2, work)
        customer = Customer.everything.get(pk=customer.pk)
        assert set(won([edited, deleted])) == {302}
        assert (edited == 302) == (customer.phone == form["phone"])
        assert (deleted == 302) == (customer.deleted_at is not None)


def test_a_form_that_is_sent_four_times_makes_one_row(zhang):
    browsers = [signed_in(zhang) for _time in range(4)]
    for turn, _round in enumerate(ROUNDS):
        form = form_of(browsers[0], "/customers/add/") | {"name": f"双击{turn}有限公司"}

        def work(number, form=form):
            answer = browsers[number].post("/customers/add/", form)
            return answer.url if answer.status_code == 302 else answer.status_code

        (address,) = set(won(together(4, work)))
        customer = Customer.objects.get(name=form["name"])
        assert address == customer.get_absolute_url()


def test_a_customer_is_put_away_or_comes_back_once(zhang):
    for _round in ROUNDS:
        customer = a_customer(zhang)
        a_contact(customer).discard(zhang)
        customer.discard(zhang)

        def work(number, pk=customer.pk):
            Customer.everything.get(pk=pk).restore(zhang)

        assert won(together(4, work))
        customer.refresh_from_db()
        assert customer.deleted_at is None
        assert customer.version == 3


def test_nobody_hands_in_more_than_a_day_allows(zhang, settings):
    settings.CRM_DAILY_UPLOAD_BYTES = 250
    file = SimpleUploadedFile("a.txt", b"x" * 100)

    def work(number):
        with transaction.atomic():
            Intake.spend(zhang, file)

    for _round in ROUNDS:
        Intake.objects.all().delete()
        assert len(won(together(4, work))) == 2
        assert [intake.size for intake in Intake.objects.all()] == [100, 100]


def test_nobody_learns_of_more_customers_than_a_day_allows(zhang, wang, monkeypatch):
    rows = [a_customer(wang) for _row in range(4)]
    monkeypatch.setattr("crm.disclosures.MOST_A_DAY", 2)
    assert MOST_A_DAY > 2
    told = together(4, lambda number: Disclosures(zhang).allow(rows[number]))
    assert sorted(told) == [False, False, True, True]


def test_a_right_that_is_taken_holds_for_no_request_that_begins_later(zhang):
    browser = signed_in(zhang)
    held = Role.objects.get(code="salesperson")
    grants = dict(held.grants)
    for _round in ROUNDS:
        Role.objects.filter(pk=held.pk).update(grants=grants)
        work = partial(_take_away_and_look, browser, held)
        assert together(2, work)[0] == 403
        assert browser.get("/customers/").status_code == 403


def _take_away_and_look(browser, held, number):
    if number:
        return browser.get("/customers/").status_code
    Role.objects.filter(pk=held.pk).update(grants={})
    return browser.get("/customers/").status_code


@pytest.mark.parametrize("verb", ["registration", "return"])
def test_ticked_reports_go_as_they_were_seen(zhang, lina, verb):
    first, second = reports = [a_customer(zhang, registered=False) for _n in range(2)]
    keys = [f"customers.customer:{one.pk}" for one in reports]
    form = {"ids": keys, "seen": [f"{key}:1" for key in keys], "reason": "重复"}
    browser, held, changed = signed_in(lina), threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Customer.objects.select_for_update().get(pk=first.pk)
            held.set()
            assert changed.wait(timeout=60)

    def change():
        held.wait(timeout=60)
        somebody_waits()
        Customer.objects.filter(pk=second.pk).update(name="另一家公司")
        changed.set()

    def decide():
        held.wait(timeout=60)
        assert browser.post(f"/system/inbox/{verb}/", form).status_code == 302

    together(3, lambda number: (hold, change, decide)[number]())
    first.refresh_from_db()
    second.refresh_from_db()
    assert not first.is_reported
    assert second.is_reported
