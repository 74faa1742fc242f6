"""场景: a list kept as it was asked for, shared, pinned, seen by each reader."""

import pytest

from crm.models import HistoryEntry, ListSettings, Pin, Role, SavedView
from system.leaving.lines import left_with
from system.saved_views import numbers
from tests.factories import a_customer
from tests.pages import form_of

pytestmark = pytest.mark.django_db


def keep(owner, query="status=won&sort=name", name="赢单客户", **fields):
    """Return a view of the list of customers that somebody keeps."""
    return SavedView.objects.create(
        owner=owner, listing="customer_list", name=name, query=query, **fields
    )


def rows(answer):
    """Return the names of the rows that a list shows."""
    return [str(row) for row in answer.context["page_obj"].object_list]


@pytest.fixture
def seller(sign_in, zhang):
    """Return the browser of 张伟, who has won one of two customers."""
    a_customer(zhang, name="昆明赢单公司", status="won")
    a_customer(zhang, name="昆明潜在公司", status="potential")
    return sign_in(zhang)


def test_a_list_is_kept_and_shown_as_it_was_asked_for(seller, zhang):
    query = "status=won&column=name&column=phone&sort=-name&page=2&per_page=10"
    panel = seller.get("/lists/customer_list/views/", {"query": query})
    assert "page" not in panel.context["add_url"]
    url = panel.context["add_url"]
    answer = seller.post(url, form_of(seller, url) | {"name": "赢单客户"})
    view = SavedView.objects.get()
    assert (view.owner, view.listing) == (zhang, "customer_list")
    assert answer.url == f"/customers/?view={view.pk}"
    page = seller.get(answer.url)
    assert rows(page) == ["昆明赢单公司"]
    assert page.context["sort"] == "-name"
    assert [column.name for column in page.context["table"].shown] == ["name", "phone"]
    assert page.context["saved_view"]["is_changed"] is False
    assert f"base={view.pk}" in page.context["export_url"] + page.text
    again = seller.post(url, form_of(seller, url) | {"name": "赢单客户"})
    assert again.status_code == 422
    assert "您已有同名的场景。" in again.text


def test_what_was_changed_is_saved_by_whose_it_is(seller, zhang, wang, client):
    view = keep(zhang, role=Role.objects.get(code="salesperson"))
    changed = f"/customers/?base={view.pk}&status=potential"
    shown = seller.get(changed).context["saved_view"]
    assert shown["is_changed"]
    sent = {"query": shown["query"], "version": shown["version"]}
    assert seller.post(shown["save_url"], sent).status_code == 302
    assert rows(seller.get(f"/customers/?view={view.pk}")) == ["昆明潜在公司"]
    assert seller.post(shown["save_url"], sent).status_code == 409
    client.force_login(wang)
    assert client.get(changed).context["saved_view"]["save_url"] is None
    assert client.post(shown["save_url"], sent).status_code == 404


def test_a_shared_view_shows_what_its_reader_may_see(seller, zhang, wang, client):
    view = keep(zhang, department=wang.department)
    a_customer(wang, name="上海赢单公司", status="won")
    client.force_login(wang)
    assert rows(client.get(f"/customers/?view={view.pk}")) == ["上海赢单公司"]
    assert view.name in client.get("/views/").text
    assert client.get(f"/views/{view.pk}/edit/").status_code == 404
    SavedView.objects.update(department=None)
    page = client.get(f"/customers/?view={view.pk}")
    assert "没有这个场景，或它已不再共享给您。" in page.text
    assert rows(page) == []
    assert client.post(f"/views/{view.pk}/pin/", {"pinned": "1"}).status_code == 404


@pytest.mark.parametrize("view", ["0", "x", "9" * 30, "７"])
def test_a_view_that_is_none_is_told(seller, view):
    page = seller.get("/customers/", {"view": view})
    assert "没有这个场景，或它已不再共享给您。" in page.text
    assert rows(page) == []


def test_a_condition_that_is_gone_is_told_in_words(seller, zhang):
    view = keep(zhang, "colour=red")
    page = seller.get(view.get_absolute_url())
    assert "未知的查询条件：colour" in page.text
    assert rows(page) == []


def test_it_stands_in_the_menu_with_its_number(seller, zhang):
    for number in range(3):
        view = keep(zhang, name=f"赢单{number}")
        seller.post(f"/views/{view.pk}/pin/", {"pinned": "1"})
    seller.post(f"/views/{view.pk}/place/", {"to": "up"})
    group = seller.get("/profile/").context["menu"][1]
    assert [item["label"] for item in group["items"]] == ["赢单0", "赢单2", "赢单1"]
    assert [item["number"] for item in group["items"]] == ["1"] * 3
    a_customer(zhang, name="昆明第二赢单公司", status="won")
    assert seller.get("/profile/").context["menu"][1]["items"][0]["number"] == "1"
    numbers._kept.clear()
    assert seller.get("/profile/").context["menu"][1]["items"][0]["number"] == "2"
    seller.post(f"/views/{view.pk}/pin/", {"pinned": "0"})
    assert Pin.objects.count() == 2


def test_a_list_begins_with_a_view_until_all_is_asked_for(seller, zhang):
    view = keep(zhang)
    seller.post(f"/views/{view.pk}/first/", {"first": "1"})
    assert rows(seller.get("/customers/")) == ["昆明赢单公司"]
    assert len(rows(seller.get("/customers/?view=all"))) == 2
    assert len(rows(seller.get("/customers/?status=potential"))) == 1
    url = f"/views/{view.pk}/delete/"
    assert seller.post(url, {"version": view.version}).status_code == 302
    assert ListSettings.objects.get().first_view is None
    assert len(rows(seller.get("/customers/"))) == 2
    entries = HistoryEntry.objects.filter(subject_label="crm.savedview")
    assert set(entries.values_list("title", flat=True)) == {"赢单客户"}


def test_a_shared_view_is_left_with_whoever_leaves(zhang):
    keep(zhang, name="自用")
    keep(zhang, name="共享", role=Role.objects.get(code="salesperson"))
    left = {line.key: number for line, number in left_with(zhang)}
    assert left["crm.SavedView.owner"] == 1
