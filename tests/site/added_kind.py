"""A kind added by the steps of the README, at work: run in a copy of the project.

`test_add_a_kind.py` makes the copy, with more kinds of the same make.
"""

import csv
import os
from datetime import date
from io import StringIO

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm import shipped
from crm.jobs import shipped as of_the_clock
from crm.kinds import business
from crm.models import HistoryEntry, Role, User
from crm.notices.models import Notice
from system.reminders.work import remind_person
from system.tallies import differences
from tests.factories import a_customer
from tests.pages import form_of
from tests.population import load, undone
from tests.samples import run
from tests.site.world import rows_of

pytestmark = pytest.mark.django_db

Campaign = apps.get_model("feedback.Campaign")


@pytest.fixture(scope="session")
def django_db_modify_db_settings():
    """Work in the copy of the database that comes with the copy of the project."""
    connection.settings_dict["TEST"]["NAME"] = os.environ["CRM_CLONE"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Make the tables of the further kinds: migrations of so many would take long."""
    with django_db_blocker.unblock():
        made = connection.introspection.table_names()
        models = apps.get_app_config("feedback").get_models()
        missing = [model for model in models if model._meta.db_table not in made]
        with connection.schema_editor() as editor:
            for model in missing:
                editor.create_model(model)
        for model in missing:
            for trigger in model._meta.triggers:
                trigger.install(model)


DAY = "2026-10-01"


def report(browser, **fields):
    """Fill in the form and return the campaign."""
    given = {
        "name": "昆明仪表展",
        "stage": "planned",
        "starts_on": DAY,
        "budget": "5,000",
    }
    form = form_of(browser, "/campaigns/add/")
    answer = browser.post("/campaigns/add/", form | given | fields)
    assert answer.status_code == 302, answer.context["form"].errors
    return Campaign.objects.latest("pk")


def test_it_is_reported_registered_found_and_counted(zhang, lina, sign_in):
    campaign = report(sign_in(zhang))
    assert campaign.is_reported
    browser = sign_in(lina)
    assert str(campaign) in browser.get("/system/inbox/").text
    browser.post(
        f"/system/inbox/feedback.campaign/{campaign.pk}/registration/",
        {"version": campaign.version},
    )
    campaign.refresh_from_db()
    assert campaign.is_registered
    browser = sign_in(zhang)
    for address in (
        "/search/?q=仪表",
        "/search/?q=kmybz",
        "/campaigns/?q=仪表&stage=planned",
        "/campaigns/?name=昆明&budget_min=5000&sort=-name",
        "/campaigns/?starts_on_after=2026-10-01&sort=budget",
    ):
        assert "昆明" in browser.get(address).text, address
    assert 'data-total="1"' in browser.get("/campaigns/").text
    assert 'data-total="0"' in browser.get("/campaigns/?stage=over").text
    assert differences() == []


def test_it_has_pages_files_and_a_history(zhang, lina, sign_in):
    customer = a_customer(zhang)
    campaign = report(sign_in(zhang), customer=customer.pk)
    browser, page = sign_in(lina), campaign.get_absolute_url()
    assert page == f"/campaigns/{campaign.pk}/"
    for address in ("", "edit/", "delete/"):
        assert browser.get(page + address).status_code == 200
    file = SimpleUploadedFile("程序.txt", "九点开始".encode())
    version = {"version": campaign.version}
    browser.post(f"{page}attachments/", {"file": file} | version)
    assert "程序.txt" in browser.get(page).text
    assert "程序.txt" in browser.get(f"/history/feedback.campaign/{campaign.pk}/").text
    form = form_of(browser, f"{page}edit/")
    assert (
        browser.post(f"{page}edit/", form | {"name": "大理仪表展"}).status_code == 302
    )
    entry = HistoryEntry.objects.filter(label="feedback.campaign").latest("pk")
    assert entry.changes["name"] == ["昆明仪表展", "大理仪表展"]
    tab = f"/campaigns/?customer={customer.pk}"
    assert tab in browser.get(customer.get_absolute_url()).text
    assert 'data-total="1"' in browser.get(tab).text


def test_it_goes_into_the_recycle_bin_and_comes_back(zhang, sign_in):
    browser = sign_in(zhang)
    campaign = report(browser)
    form = {"version": campaign.version}
    browser.post(f"{campaign.get_absolute_url()}delete/", form)
    assert not Campaign.objects.exists()
    assert "昆明仪表展" in browser.get("/system/recycle-bin/").text
    browser.post(f"/system/recycle-bin/feedback.campaign/{campaign.pk}/restoration/")
    assert Campaign.objects.exists()


def test_it_is_exported_and_imported(zhang, lina, sign_in):
    campaign, browser = report(sign_in(zhang)), sign_in(lina)
    answer = browser.get("/campaigns/export/?format=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert [row["Campaign name"] for row in rows] == [campaign.name]
    file = (
        f"campaign name,starts on,budget (CNY)\n{campaign.name},{DAY},1\n沙龙,{DAY},\n"
    )
    found = run(browser, file, "活动.csv", "/campaigns/import/")
    assert (found.read, found.created) == (2, 1)
    assert browser.get("/campaigns/import/template/").status_code == 200


def test_it_has_options_headings_and_a_reminder_of_its_own(zhang, lina, sign_in):
    shipped.fill()
    of_the_clock.fill()
    file = f"主题,日期,渠道,owner\n沙龙,{DAY},展会,{zhang.username}\n"
    assert run(sign_in(lina), file, "活动.csv", "/campaigns/import/").created == 1
    (campaign,) = Campaign.objects.all()
    assert (campaign.name, campaign.channel.code) == ("沙龙", "fair")
    for day in (date(2026, 9, 24), date(2026, 9, 30)):  # seven days before, and one
        remind_person(User.objects.with_grants().get(pk=zhang.pk), day)
    (notice,) = Notice.objects.filter(person=zhang, verb="campaign_starts")
    assert notice.number == 2
    assert "campaign_starts" in sign_in(zhang).get("/notices/settings/").text


def test_the_menu_shows_it_to_whom_it_concerns(zhang, nobody, sign_in):
    entry = '<a href="/campaigns/"'
    assert entry in sign_in(zhang).get("/").text
    assert entry not in sign_in(nobody).get("/").text


def test_the_demo_has_one_in_the_books_and_one_in_the_inbox(settings):
    settings.LOCAL = settings.DEMO = True
    call_command("demo", verbosity=0)
    found = dict(Campaign.objects.values_list("name", "registration"))
    assert found == {"昆明智能仪表展": "registered", "节能改造技术沙龙": "reported"}
    assert [kind._meta.label for kind in business() if not kind.objects.exists()] == []


def test_a_company_of_any_size_has_some():
    with undone():
        load(100, until=date(2026, 1, 15))
        rows = list(Campaign.everything.order_by("pk"))
        assert {row.stage for row in rows} == {"planned", "over"}
        assert {row.customer is None for row in rows} == {True, False}
        for row in rows:
            row.full_clean()
            assert row.search_text == row.text_to_search()
        assert differences() == []


#: Pages that speak of several kinds, of which every one has something there.
OF_ALL = ("/", "/search/?q=雀", "/system/recycle-bin/")


def cost(browser, address):
    """Return how many queries a page takes, in a process that knows it."""
    browser.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200, address
    return len(queries)


def hold(code, kinds):
    """Leave a role its rights to some kinds alone, and return what it held."""
    role = Role.objects.get(code=code)
    held, labels = dict(role.grants), [kind._meta.model_name for kind in kinds]
    role.grants = {
        name: reach
        for name, reach in held.items()
        if name.rpartition("_")[2] in labels or not name.startswith("feedback.")
    }
    role.save(update_fields=["grants"])
    return held


@pytest.mark.parametrize(
    ("who", "code", "pages"),
    [
        ("lina", "information_administrator", (*OF_ALL, "/system/inbox/")),
        ("zhang", "salesperson", OF_ALL),
    ],
)
def test_no_page_asks_more_often_for_more_kinds(
    who, code, pages, request, zhang, sign_in
):
    person, kinds = request.getfixturevalue(who), business()
    assert len(kinds) == 37
    for registered in (True, False):
        rows = rows_of(zhang, registered=registered)
    gone = rows_of(zhang)
    for kind in reversed(kinds):
        if not gone[kind].used_by():
            gone[kind].discard(zhang)
    customer = rows[kinds[0]]
    pages = (*pages, customer.get_absolute_url())
    many = {page: cost(sign_in(person), page) for page in pages}
    few_kinds = [kind for kind in kinds if not kind.__name__.startswith("Campaign")]
    hold(code, few_kinds)
    few = {page: cost(sign_in(person), page) for page in pages}
    assert many == few
    assert max(many.values()) <= 12


def test_bulk_hand_over_and_bin_ask_once_for_all_kinds(zhang, lina, zhou, sign_in):
    kinds, rows, gone = business(), rows_of(zhang), rows_of(zhang)
    for kind in reversed(kinds):
        if not gone[kind].used_by():
            gone[kind].discard(zhang)
    browser, customer = sign_in(lina), rows[kinds[0]]
    chosen = {"action": "transfer", "ids": [customer.pk]}
    pages = (
        browser.post("/customers/bulk/", chosen).url,
        f"/system/recycle-bin/customers.customer/{gone[kinds[0]].pk}/belonging/",
    )
    many = {page: cost(browser, page) for page in pages}
    further = [kind for kind in kinds if kind.__name__.startswith("Campaign")]
    hold("information_administrator", [kind for kind in kinds if kind not in further])
    assert {page: cost(sign_in(lina), page) for page in pages} == many
    desk, page = sign_in(zhou), f"/system/users/{zhang.pk}/handover/"
    assert cost(desk, page) <= 20
    of_all = cost(desk, page)
    for kind in further:
        kind.objects.filter(owner=zhang).update(owner=lina)
    assert cost(desk, page) == of_all
