"""Fields added by the steps of the README, at work: run in a copy of the project.

`test_add_a_field.py` makes the copy, with the same field in the other kinds, too.
"""

import csv
import os
from io import StringIO

import pytest
from django.db import connection

from contracts import approval
from contracts.snapshots import content_of
from crm.kinds import business
from crm.models import HistoryEntry
from customers.models import Customer
from tests.contracts.test_approval import LARGE, verdict
from tests.factories import a_contract, a_customer
from tests.pages import form_of, ids
from tests.samples import run
from tests.site.field_places import places
from tests.site.world import who_enters

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def django_db_modify_db_settings():
    """Work in the copy of the database that comes with the copy of the project."""
    connection.settings_dict["TEST"]["NAME"] = os.environ["CRM_CLONE"]


def name_of(kind):
    """Return what the new field of a kind is called, and its Chinese name."""
    if kind is Customer:
        return "founded_on", "成立日期"
    return "noted_on", "记录日期"


@pytest.mark.parametrize("kind", business(), ids=lambda kind: kind._meta.label)
def test_it_stands_in_every_place_of_its_kind(kind, zhang, lina, sign_in):
    name, chinese = name_of(kind)
    browser = sign_in(who_enters(kind, zhang, lina))
    found = places(kind, zhang, browser)
    assert name in found["form"]
    assert name in found["page"]
    assert {f"{name}_after", f"{name}_before"} <= set(found["conditions"])
    assert chinese in found["export"]
    assert ("template" in found) == ("import" in kind.actions)
    assert chinese in found.get("template", [chinese])
    answer = browser.get(kind.page("list"), {"column": name, "sort": f"-{name}"})
    assert answer.context["errors"] == []
    assert [column.name for column in answer.context["table"].shown] == [name]


def test_a_customer_has_it_from_the_form_to_the_file(lina, sign_in):
    old, browser = a_customer(lina, name="老店"), sign_in(lina)
    form = form_of(browser, f"/customers/{old.pk}/edit/")
    form |= {"founded_on": "1998-05-06"}
    assert browser.post(f"/customers/{old.pk}/edit/", form).status_code == 302
    assert "1998-05-06" in browser.get(old.get_absolute_url()).text
    entry = HistoryEntry.objects.filter(label="customers.customer").latest("pk")
    assert entry.changes["founded_on"] == [None, "1998-05-06"]
    a_customer(lina, name="新店")
    assert ids(browser.get("/customers/?founded_on_before=1999-01-01")) == [old.pk]
    answer = browser.get("/customers/export/?format=csv&founded_on_after=1998-05-06")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert [row["成立日期"] for row in rows] == ["1998-05-06"]
    run(
        browser,
        "客户名称,成立日期\n进口店,2001年2月3日\n",
        "a.csv",
        "/customers/import/",
    )
    assert str(Customer.objects.get(name="进口店").founded_on) == "2001-02-03"


def test_of_a_contract_it_is_approved_and_changed_like_the_others(zhang, zhao):
    contract = a_contract(zhang, amount=LARGE)
    approval.submit(contract, by=zhang)
    verdict(contract, zhao)
    change = approval.amend(contract, by=zhang)
    change.noted_on = "2026-11-02"
    change.save(update_fields=["noted_on"])
    assert content_of(change)["noted_on"] == "2026-11-02"
    contract.refresh_from_db()
    approval.submit_change(contract, by=zhang)
    verdict(contract, zhao)
    contract.refresh_from_db()
    assert (contract.edition, str(contract.noted_on)) == (2, "2026-11-02")
