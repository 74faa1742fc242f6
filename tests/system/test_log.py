"""The operation log and the sign-in log."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.duplicates.models import Merge, Pair
from crm.guards.actor import acting, begin_upgrade, end_upgrade
from crm.history.entries import kind_label, readable
from crm.history.past import as_it_was
from crm.history.words import has_name, triggers_of, word_of
from crm.models import HistoryEntry
from crm.models.kind_names import KindField
from customers.models import Customer
from tests.factories import a_contact, a_contract, a_customer, a_product
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
LOG = "/system/log/"


def renamed(customer, by, name):
    """Rename a customer in somebody's name; return the entry."""
    with acting(by):
        Customer.objects.filter(pk=customer.pk).update(name=name)
    return HistoryEntry.objects.filter(subject_id=customer.pk).first()


def shown(answer):
    """Return the ids of the entries on a page."""
    assert not answer.context["errors"], answer.context["errors"]
    return [entry.pk for entry in answer.context["page_obj"].object_list]


def test_only_the_administrator_reads_the_log(
    zhang, lina, zhao, chen, nobody, zhou, sign_in
):
    entry = HistoryEntry.objects.first()
    pages = (LOG, reverse("log_detail", args=[entry.pk]), "/system/sign-ins/")
    for person in (zhang, lina, zhao, chen, nobody):
        browser = sign_in(person)
        for url in pages:
            assert browser.get(url).status_code == 403
    browser = sign_in(zhou)
    for url in pages:
        assert browser.get(url).status_code == 200
        assert browser.post(url).status_code == 405


def test_the_newest_entry_comes_first_with_old_and_new(zhou, zhang, sign_in):
    entry = renamed(a_customer(zhang, name="旧名科技"), zhang, "新名科技")
    answer = sign_in(zhou).get(LOG, {"kind": "customers.customer"})
    assert shown(answer)[0] == entry.pk
    page = answer.content.decode()
    assert "<del>旧名科技</del>" in page
    assert "<ins>新名科技</ins>" in page
    assert page.index(f'data-id="{entry.pk}"') < page.index(f'data-id="{entry.pk - 1}"')


def test_conditions_narrow_the_log(zhou, zhang, wang, sign_in):
    mine = renamed(a_customer(zhang), zhang, "甲方科技")
    theirs = renamed(a_customer(wang), wang, "乙方贸易")
    HistoryEntry.record(zhang, "exported", title="甲方清单")
    browser = sign_in(zhou)
    for query, found, missing in (
        ({"actor": zhang.pk}, mine, theirs),
        ({"q": "乙方"}, theirs, mine),
        ({"verb": "changed", "kind": "customers.customer"}, mine, None),
        ({"kind": "customers.customer", "number": mine.subject_id}, mine, theirs),
        ({"at_after": "2026-01-01", "at_before": "2099-01-01"}, mine, None),
    ):
        ids = shown(browser.get(LOG, {**query, "per_page": 200}))
        assert found.pk in ids, query
        assert missing is None or missing.pk not in ids, query
    assert shown(browser.get(LOG, {"at_before": "2020-01-01"})) == []
    assert len(shown(browser.get(LOG, {"verb": "exported"}))) == 1
    for query in ("verb=flown", "kind=x.y", "number=abc", "at_after=1", "colour=red"):
        assert browser.get(f"{LOG}?{query}").context["errors"], query


def a_pair(low, high):
    """Say that two customers look alike."""
    return Pair.objects.create(
        kind="customers.customer", low_id=low.pk, high_id=high.pk, score=90
    )


def test_pairs_and_merges_are_called_by_their_rows_and_found_by_kind(
    zhou, zhang, lina, wang, sign_in
):
    one, two = a_customer(zhang, name="甲方科技"), a_customer(zhang, name="乙方科技")
    pair = a_pair(one, two)
    pair.dismiss(lina)
    entry = HistoryEntry.objects.filter(label="duplicates.pair").get()
    told = readable([entry], zhang)[0]
    assert (told.kind_label, told.readable_title) == (
        "疑似重复",
        "甲方科技 = 乙方科技",
    )
    (told,) = readable([entry], wang)  # sees neither
    assert "科技" not in told.readable_title
    page = sign_in(lina).get(f"/history/customers.customer/{one.pk}/").text
    assert "甲方科技 = 乙方科技" in page
    browser = sign_in(zhou)
    narrowed = browser.get(LOG, {"kind": "duplicates.pair"})
    assert shown(narrowed) == [entry.pk]
    assert shown(browser.get(LOG, {"kind": "duplicates.merge"})) == []
    assert ">1 = 2<" not in narrowed.text


def test_every_kind_that_the_log_tells_of_is_called_by_words(zhang):
    """No label, class or number of the program stands where a reader wants a name."""
    noted = [
        model
        for model in apps.get_models()
        if any(trigger.name == "noted" for trigger in triggers_of(model))
    ]
    assert {Merge, Pair, Customer} <= set(noted)
    for model in noted:
        label = model._meta.label_lower
        entry = HistoryEntry(label=label, subject_label=label)
        assert "." not in kind_label(entry), label
        # what is called by its number is called by nothing, or by the rows it ties
        entry = HistoryEntry(label=label, verb="changed", title="1", object_id=1)
        titled = [t.titled_by for t in triggers_of(model) if hasattr(t, "titled_by")]
        if not titled or titled == ["id"]:
            assert readable([entry], zhang)[0].readable_title != "1", label
        for field in model._meta.concrete_fields:
            if field.is_relation and not has_name(field.related_model):
                assert word_of(model, "changed", field.column) is None, field
            if field.name == "kind" and not (field.choices or field.is_relation):
                assert isinstance(field, KindField | models.GeneratedField), field


def test_a_column_of_kinds_is_told_by_the_name_of_the_kind(zhang):
    entry = HistoryEntry(
        label="system.importrun",
        verb="changed",
        changes={"kind": ["customers.customer", "gone.kind"]},
    )
    (change,) = readable([entry], zhang)[0].readable_changes
    assert (change["old"], change["new"]) == ("客户", "原有类别")


@pytest.mark.parametrize(("old", "new"), [("", "北京路1号"), ("北京路1号", "")])
def test_an_edit_that_only_fills_or_empties_a_field_can_be_put_back(
    old, new, zhang, sign_in
):
    customer = a_customer(zhang, address=old)
    with acting(zhang):
        Customer.objects.filter(pk=customer.pk).update(address=new)
    browser = sign_in(zhang)
    answer = browser.get(f"/history/customers.customer/{customer.pk}/")
    entry = answer.context["entries"][0]
    (change,) = entry.readable_changes
    assert (change["old"], change["new"]) == (old, new)
    assert not entry.one_sided
    assert answer.context["entries"][-1].one_sided  # that it came is one thing
    form = browser.get(change["back_url"]).context["form"]
    assert form["address"].value() == old


def test_a_next_contact_that_was_written_by_hand_comes_back(zhang, sign_in):
    day = datetime(2026, 12, 24, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    customer = a_customer(zhang, next_contact_at=day)
    with acting(zhang):
        Customer.objects.filter(pk=customer.pk).update(next_contact_at=None)
    browser = sign_in(zhang)
    answer = browser.get(f"/history/customers.customer/{customer.pk}/")
    (change,) = answer.context["entries"][0].readable_changes
    assert change["label"] == "下次联系时间"
    field = str(browser.get(change["back_url"]).context["form"]["next_contact_at"])
    assert "2026-12-24" in field
    assert "09:30" in field


def a_line(contract, name, quantity):
    """Return a line of a contract for a new product."""
    product = a_product(contract.owner, name=name)
    return contract.lines.create(product=product, quantity=quantity, unit_price=7)


def test_a_contract_stands_on_a_past_day_with_its_lines_and_files(zhang, sign_in):
    contract = a_contract(zhang)
    line = a_line(contract, "旧产品", quantity=3)
    then = timezone.now()
    line.delete()
    a_line(contract, "新产品", quantity=1)
    past = as_it_was(contract, then, zhang)
    (part,) = past.parts
    assert (part.kind_label, part.readable_title) == ("合同明细", "旧产品")
    assert "3.000" in [change["new"] for change in part.readable_changes]
    day = timezone.localdate() + timedelta(days=1)
    address = f"/history/contracts.contract/{contract.pk}/?on={day}"
    page = sign_in(zhang).get(address)
    (part,) = page.context["past"].parts
    assert part.readable_title == "新产品"
    assert "data-past-parts" in page.text
    # what the history does not keep is not told of another day
    customer = as_it_was(contract.customer, timezone.now(), zhang)
    names = [change["name"] for change in customer.readable_changes]
    assert "name" in names
    assert not {"next_contact_at", "changed_at", "version"} & set(names)


def test_names_one_may_not_see_are_withheld(zhou, zhang, sign_in):
    customer = a_customer(zhang, name="不可见客户")
    contact = a_contact(customer)
    entry = HistoryEntry.objects.filter(object_id=contact.pk).first()
    answer = sign_in(zhou).get(reverse("log_detail", args=[entry.pk]))
    assert "不可见客户" not in answer.content.decode()
    assert answer.context["record"] is None


def test_more_entries_cost_no_more_queries(
    zhou, zhang, sign_in, django_assert_max_num_queries
):
    browser = sign_in(zhou)
    for _ in range(5):
        a_contact(a_customer(zhang))
    with django_assert_max_num_queries(15):
        browser.get(LOG)


def test_what_a_migration_changes_is_told_as_the_systems(zhou, zhang, sign_in):
    customer = a_customer(zhang, name="旧名有限公司")
    begin_upgrade(using="default", plan=["a migration"])
    Customer.objects.filter(pk=customer.pk).update(name="新名有限公司")
    end_upgrade(using="default")
    entry = HistoryEntry.objects.filter(subject_id=customer.pk).first()
    history = sign_in(zhang).get(f"/history/customers.customer/{customer.pk}/")
    history = history.content.decode()
    assert '<b>系统</b> <span class="pill pill-neutral">版本升级</span>' in history
    listed = sign_in(zhou).get(LOG, {"verb": "shipped"})
    assert entry.pk in shown(listed)
    assert "系统" in listed.content.decode()
    assert renamed(customer, zhang, "再改有限公司").verb == "changed"


def test_hostile_text_is_shown_as_text(zhou, zhang, sign_in):
    renamed(a_customer(zhang), zhang, "<script>alert(1)</script>")
    page = sign_in(zhou).get(LOG).content.decode()
    assert "<script>alert" not in page


def test_sign_ins_and_failures_are_listed(zhou, zhang, sign_in):
    visitor = Client()
    for password in ("wrong", PASSWORD):
        visitor.post("/login/", {"login": "sales", "password": password})
    visitor.post("/logout/")
    browser = sign_in(zhou)
    answer = browser.get("/system/sign-ins/", {"address": "127."})
    verbs = [entry.verb for entry in answer.context["page_obj"].object_list]
    assert verbs[-3:] == ["signed_out", "signed_in", "sign_in_failed"] or {
        "signed_in",
        "signed_out",
        "sign_in_failed",
    } <= set(verbs)
    assert "sales" in answer.content.decode()
    failed = browser.get("/system/sign-ins/", {"verb": "sign_in_failed"})
    assert failed.context["total"] == 1


def test_the_log_is_about_people_within_reach(zhou, zhang, wang, sign_in):
    role = zhang.roles.get()
    role.grants = {**role.grants, "crm.view_historyentry": "own"}
    role.save()
    mine = renamed(a_customer(zhang), zhang, "甲方科技")
    theirs = renamed(a_customer(wang), wang, "乙方贸易")
    browser = sign_in(zhang)
    ids = shown(browser.get(LOG))
    assert mine.pk in ids
    assert theirs.pk not in ids
    url = reverse("log_detail", args=[theirs.pk])
    assert browser.get(url).status_code == 404


@pytest.mark.parametrize("typed", ["測試(中國)", "cszg", "ｃｓｚｇ", "zhangwei"])
def test_entries_are_found_by_the_names_however_they_are_written(
    typed, zhang, zhou, sign_in
):
    with acting(zhang):
        customer = a_customer(zhang, name="测试（中国）")
    other = a_customer(zhang, name="别的")
    browser = sign_in(zhou)
    page = browser.get("/system/log/", {"q": typed, "kind": "customers.customer"})
    said = page.content.decode()
    assert "测试（中国）" in said
    assert str(customer) != str(other)
    if typed != "zhangwei":
        assert "别的" not in said


def test_the_log_is_searched_by_field(zhou, zhang, sign_in):
    customer = a_customer(zhang)
    entry = renamed(customer, zhang, "甲方科技")
    with acting(zhang):
        Customer.objects.filter(pk=customer.pk).update(address="北京路1号")
    other = HistoryEntry.objects.filter(subject_id=customer.pk).first()
    browser, asked = sign_in(zhou), {"number": customer.pk, "verb": "changed"}
    assert shown(browser.get(LOG, asked | {"field": "客户名称"})) == [entry.pk]
    assert shown(browser.get(LOG, asked | {"field": "地址"})) == [other.pk]
    assert browser.get(LOG, {"field": "search_text"}).context["errors"]
    assert browser.get(LOG, {"field": "没有这样的字段"}).context["errors"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_log_is_exported_as_it_is_searched(zhou, zhang, wang, sign_in, kind):
    mine = renamed(a_customer(zhang), zhang, "甲方科技")
    renamed(a_customer(wang), wang, "乙方贸易")
    browser = sign_in(zhou)
    asked = {"actor": zhang.pk, "verb": "changed"}
    assert "/system/log/export/?" in browser.get(LOG, asked).text
    answer = browser.get(f"{LOG}export/", asked | {"format": kind})
    assert answer.status_code == 200
    file = b"".join(answer.streaming_content)
    if kind == "csv":
        text = file.decode("utf-8-sig")
        assert text.count("\n") == 2
        assert "甲方科技" in text
        assert "乙方" not in text
    noted = HistoryEntry.objects.latest("pk")
    assert (noted.verb, noted.actor_id, noted.label) == (
        "exported",
        zhou.pk,
        "crm.historyentry",
    )
    assert noted.changes["rows"] == [None, 1]
    assert "张伟" in noted.changes["conditions"][1]
    page = browser.get(LOG, {"kind": "crm.historyentry"})
    assert shown(page) == [noted.pk]
    assert "操作日志" in page.text
    assert mine.pk


def test_the_log_leaves_by_the_administrator_only(zhou, lina, zhao, sign_in):
    for person in (lina, zhao):
        assert sign_in(person).get(f"{LOG}export/").status_code == 403
    browser = sign_in(zhou)
    assert browser.get(f"{LOG}export/?format=exe").status_code == 400
    assert browser.get(f"{LOG}export/?colour=red").status_code == 400
    assert browser.post(f"{LOG}export/").status_code == 405


def test_what_is_done_to_a_whole_list_is_found_by_its_kind(zhang, zhou, sign_in):
    a_customer(zhang)
    browser = sign_in(zhang)
    assert browser.get("/customers/export/?format=csv&q=测试").status_code == 200
    entry = HistoryEntry.objects.latest("pk")
    assert (entry.label, entry.object_id) == ("customers.customer", None)
    page = sign_in(zhou).get(LOG, {"kind": "customers.customer", "verb": "exported"})
    assert shown(page) == [entry.pk]
    assert "客户，共 1 行" in page.text
    detail = sign_in(zhou).get(reverse("log_detail", args=[entry.pk])).text
    assert "关键词" in detail
    assert "Former" not in detail
