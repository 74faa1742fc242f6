"""Who locks a row keeps nobody out who only refers to it, and all lock in one order."""

import ast

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.views import RecordDelete
from system.pages import ModelDelete
from tests.factories import a_customer, an_interaction
from tests.pages import form_of, our_apps, record_models
from tests.races import ROUNDS, signed_in, together
from tests.site.world import a_row, rows_of

#: Where a lock waits for all who refer to the row, and they for it, and why.
AGAINST_REFERENCES = {
    # Whoever may be adding a row with the item has added it when its rows are moved.
    "system/dictionaries/uses.py": 1,
    # Whoever is adding what hangs on a row has added it when that moves to another.
    "crm/duplicates/merging.py": 1,
    # Whoever may be adding a row to a record that goes has added it before.
    "system/imports/undoing.py": 1,
    # Whoever is just giving a person something has done so before it closes.
    "system/leaving/lines.py": 1,
    # Whoever refers to a row that goes for good has done so before.
    "system/recycle_bin/work.py": 1,
}


def locks_of(path):
    """Return the calls of a module that lock rows."""
    calls = (
        n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)
    )
    return [n for n in calls if getattr(n.func, "attr", "") == "select_for_update"]


def lets_refer(call):
    """Say whether a lock lets others come to refer to the row, or asks its page.

    A page that deletes says itself that nobody may (`crm.views.locked`).
    """
    given = {word.arg: ast.unparse(word.value) for word in call.keywords}
    return given.get("no_key") in ("True", "self.may_be_referred_to")


def test_a_lock_lets_others_refer_to_the_row_unless_it_says_why_not():
    found = {}
    for app in our_apps():
        for path in (settings.ROOT / app).rglob("*.py"):
            plain = [call for call in locks_of(path) if not lets_refer(call)]
            if plain:
                found[str(path.relative_to(settings.ROOT))] = len(plain)
    assert found == AGAINST_REFERENCES


def test_a_page_that_deletes_waits_for_who_refers():
    assert not RecordDelete.may_be_referred_to
    assert not ModelDelete.may_be_referred_to


def locked_by(browser, address):
    """Return the tables whose rows a form locks, in that order."""
    with CaptureQueriesContext(connection) as queries:
        assert browser.post(address, {}).status_code in (302, 409, 422)
    words = (" FOR NO KEY UPDATE", " FOR UPDATE")
    asked = [q["sql"] for q in queries if any(word in q["sql"] for word in words)]
    return [sql.partition(" FROM ")[2].split()[0].strip('"') for sql in asked]


FILED = [model for model in record_models() if model.team_path == "customer"]


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["update", "delete", "registration", "restore"])
@pytest.mark.parametrize("model", FILED, ids=lambda model: model._meta.model_name)
def test_a_customer_is_locked_before_what_is_filed_under_it(
    model, page, lina, zhang, sign_in
):
    options, row = model._meta, rows_of(zhang)[model]
    if page == "restore":
        row = a_row(model, zhang, rows_of(zhang).get)
        model.objects.filter(pk=row.pk).update(deleted_at=timezone.now())
    general = {"registration": "registration", "restore": "recycle_bin_restore"}
    address = (
        reverse(general[page], args=[options.label_lower, row.pk])
        if page in general
        else reverse(f"{options.model_name}_{page}", args=[row.pk])
    )
    tables = locked_by(sign_in(lina), address)
    assert tables[:2] == ["customers_customer", options.db_table]


@pytest.mark.django_db(transaction=True)
def test_a_customer_changes_hands_while_what_lies_under_it_is_edited(zhang, wang, lina):
    browsers = [signed_in(lina), signed_in(lina)]
    for turn in ROUNDS:
        customer = a_customer(zhang)
        call = an_interaction(customer)
        pages = [f"/customers/{customer.pk}/edit/", f"/interactions/{call.pk}/edit/"]
        forms = [form_of(browsers[0], page) for page in pages]
        forms[0]["owner"] = wang.pk
        forms[1]["occurred_at"] = f"2026-01-{turn % 28 + 1:02} 09:00"

        def work(number, pages=pages, forms=forms):
            return browsers[number].post(pages[number], forms[number]).status_code

        assert together(2, work) == [302, 302]
        customer.refresh_from_db()
        call.refresh_from_db()
        assert (call.customer_owner_id, customer.last_contact_at) == (
            wang.pk,
            call.occurred_at,
        )
