"""Pages of roles: the matrix of permissions and reaches."""

import pytest
from django.test import Client
from django.urls import reverse

from crm.history.entries import readable
from crm.kinds import every_permission
from crm.models import HistoryEntry, Role

pytestmark = pytest.mark.django_db


def matrix(role, **changes):
    """Return the form of a role as a browser would send it."""
    return {"name": role.name, **role.grants, **changes}


def test_only_the_administrator_opens_roles(zhang, lina, zhao, nobody, sign_in):
    role = Role.objects.get(code="salesperson")
    for person in (zhang, lina, zhao, nobody):
        browser = sign_in(person)
        urls = [
            reverse(f"role_{name}", args=[role.pk]) for name in ("update", "delete")
        ]
        for url in ("/system/roles/", "/system/roles/add/", *urls):
            assert browser.get(url).status_code == 403
        sent = matrix(role, **{"crm.change_role": "all"})
        assert browser.post(urls[0], sent).status_code == 403
    role.refresh_from_db()
    assert "crm.change_role" not in role.grants


def test_every_permission_has_its_cell(zhou, sign_in):
    role = Role.objects.get(code="supervisor")
    form = sign_in(zhou).get(reverse("role_update", args=[role.pk])).context["form"]
    cells = [cell for line in form.lines for cell in (*line["cells"], *line["more"])]
    cells = [cell["field"] for cell in cells if cell["field"]]
    assert {field.html_name for field in cells} == every_permission()
    shown = {f.html_name: f.value() for f in cells if f.value()}
    assert shown == role.grants


def test_a_changed_right_counts_at_once_and_is_told(zhou, zhang, sign_in):
    theirs = Client()
    theirs.force_login(zhang)
    role = Role.objects.get(code="salesperson")
    url = reverse("role_update", args=[role.pk])
    changes = {"customers.view_customer": "", "contracts.view_product": "department"}
    assert sign_in(zhou).post(url, matrix(role, **changes)).status_code == 302
    assert theirs.get("/customers/").status_code == 403
    entry = HistoryEntry.objects.filter(label="crm.role", verb="changed").get()
    (entry,) = readable([entry], zhou)
    found = {c["name"]: (c["old"], c["new"]) for c in entry.readable_changes}
    assert set(found) == {f"grants.{name}" for name in changes}
    assert found["grants.customers.view_customer"][1] == ""
    assert all("grants" not in change["label"] for change in entry.readable_changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"crm.delete_user": "all"},
        {"customers.fly_customer": "all"},
        {"customers.view_customer": "galaxy"},
        {"name": ""},
        {"name": "业务主管"},
    ],
)
def test_what_cannot_be_is_refused(zhou, sign_in, changes):
    role = Role.objects.get(code="salesperson")
    url = reverse("role_update", args=[role.pk])
    answer = sign_in(zhou).post(url, matrix(role, **changes))
    assert answer.status_code == 422
    before = (role.name, role.grants)
    role.refresh_from_db()
    assert (role.name, role.grants) == before


@pytest.mark.parametrize("right", ["crm.change_user", "crm.change_role"])
def test_administration_is_not_taken_from_everybody(zhou, sign_in, right):
    role = Role.objects.get(code="system_administrator")
    url = reverse("role_update", args=[role.pk])
    answer = sign_in(zhou).post(url, matrix(role, **{right: ""}))
    assert answer.status_code == 422
    role.refresh_from_db()
    assert right in role.grants


def test_a_role_is_added_and_deleted_while_nobody_holds_it(zhou, zhang, sign_in):
    browser = sign_in(zhou)
    sent = {"name": "客服", "customers.view_customer": "all"}
    assert browser.post("/system/roles/add/", sent).status_code == 302
    made = Role.objects.get(name="客服")
    assert made.grants == {"customers.view_customer": "all"}
    url = reverse("role_delete", args=[made.pk])
    held = zhang.role_assignments.create(role=made)
    answer = browser.post(url)
    assert answer.status_code == 409
    assert answer.context["used_by"][0]["count"] == 1
    held.delete()
    assert browser.post(url).status_code == 302
    assert not Role.objects.filter(pk=made.pk).exists()


def test_a_role_is_copied_with_its_rights(zhou, sign_in):
    browser, source = sign_in(zhou), Role.objects.get(code="salesperson")
    url = reverse("role_update", args=[source.pk])
    assert f"/system/roles/add/?copy={source.pk}" in browser.get(url).text
    form = browser.get(f"/system/roles/add/?copy={source.pk}").context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    assert sent["name"] == "业务员（副本）"
    sent["customers.delete_customer"] = ""
    assert browser.post("/system/roles/add/", sent).status_code == 302
    made = Role.objects.get(name="业务员（副本）")
    assert made.code != source.code
    left = dict(source.grants)
    del left["customers.delete_customer"]
    assert made.grants == left
    for wrong in ("x", "999999", "9" * 40):
        page = browser.get(f"/system/roles/add/?copy={wrong}")
        assert page.context["form"]["name"].value() in (None, "")


def test_roles_are_compared_side_by_side(zhou, zhang, sign_in):
    browser = sign_in(zhou)
    roles = [Role.objects.get(code=code) for code in ("salesperson", "supervisor")]
    page = browser.get("/system/roles/comparison/", {"role": [r.pk for r in roles]})
    lines = page.context["lines"]
    told = {
        (line["kind"], line["right"]): [reach for _role, reach in line["cells"]]
        for line in lines
    }
    assert all(len(set(reaches)) == 2 for reaches in told.values())
    assert [r for (k, a), r in told.items() if (k, a) == ("合同", "审批")] == [
        ["本部门及下属部门", ""]
    ]
    asked = {"role": [r.pk for r in roles], "all": "1"}
    assert len(browser.get("/system/roles/comparison/", asked).context["lines"]) > len(
        lines
    )
    assert browser.get("/system/roles/comparison/?role=x&role=9").status_code == 200
    assert sign_in(zhang).get("/system/roles/comparison/").status_code == 403
