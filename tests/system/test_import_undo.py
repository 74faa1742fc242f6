"""An import is taken back: what nobody has touched since, and nothing else."""

import threading

import pytest
from django.db import transaction
from django.urls import reverse

from crm.duplicates.matching import look_at
from crm.duplicates.merging import merge
from crm.duplicates.models import Merge, Pair
from crm.jobs.models import Job
from crm.models import HistoryEntry, Role
from crm.notices.models import Notice
from customers.models import Contact, Customer
from system.imports import running, undoing, work
from system.models import ImportRun
from tests.factories import a_customer
from tests.people import dismiss, hire, let_leave
from tests.races import ROUNDS, signed_in, somebody_waits, together, won
from tests.samples import preview, run

pytestmark = pytest.mark.django_db
TWO = "客户名称,电话,联系人,手机\n甲公司,0871-63123456,张三,13800138000\n乙公司,,,\n"


def page_of(browser, found):
    """Return what the report says of undoing: (state, bin, back, left)."""
    page = browser.get(reverse("import_detail", args=[found.pk])).text
    undo = page.partition('id="undo"')[2]
    names = ("undo", "bin", "back", "left")
    return tuple(
        undo.partition(f'data-{name}="')[2].partition('"')[0] for name in names
    )


def undo(browser, found, **sent):
    """Press the button of the report; return the answer."""
    version = ImportRun.objects.get(pk=found.pk).decisions
    address = reverse("import_undo", args=[found.pk])
    return browser.post(address, {"version": version} | sent)


def test_what_came_goes_to_the_bin_together_with_its_contacts(lina, sign_in):
    browser = sign_in(lina)
    found = run(browser, TWO)
    assert page_of(browser, found) == ("possible", "3", "0", "0")
    assert "撤销" in browser.get(reverse("import_detail", args=[found.pk])).text
    assert undo(browser, found).url == reverse("import_detail", args=[found.pk])
    assert not Customer.objects.exists()
    assert not Contact.objects.exists()
    assert Customer.everything.count() == 2
    assert page_of(browser, found) == ("done", "3", "0", "0")
    found.refresh_from_db()
    assert (found.state, found.undone_by) == ("undone", lina)


def test_it_is_one_group_of_the_history_that_names_the_import(lina, sign_in):
    browser = sign_in(lina)
    found = run(browser, TWO)
    undo(browser, found)
    entries = HistoryEntry.objects.filter(verb="import_undone")
    told = sorted((e.label, e.actor_id) for e in entries)
    kinds = ("customers.contact", "customers.customer", "customers.customer")
    assert told == [(kind, lina.pk) for kind in (*kinds, "system.importrun")]
    assert len({entry.request_id for entry in entries}) == 1
    assert entries.get(label="system.importrun").title == found.file_name


def test_what_was_updated_gets_back_the_values_before(lina, zhang, sign_in):
    known = a_customer(
        lina, name="甲公司", address="昆明", phone="0871-63123456", employees=7
    )
    browser = sign_in(lina)
    text = "客户名称,地址,电话,员工人数,客户级别\n甲公司,大理,0872-2123456,70,A\n"
    found = run(browser, text, known="update")
    known.refresh_from_db()
    assert (known.address, known.employees) == ("大理", 70)
    assert page_of(browser, found) == ("possible", "0", "1", "0")
    undo(browser, found)
    known.refresh_from_db()
    was = (known.address, known.phone, known.employees, known.level)
    assert was == ("昆明", "0871-63123456", 7, None)
    assert list(Customer.objects.search("昆明", lina)) == [known]
    assert not Customer.objects.search("大理", lina).exists()


def test_what_two_rows_wrote_goes_back_to_what_stood_there_first(lina, sign_in):
    known = a_customer(lina, name="甲公司", address="昆明", phone="0871-63123456")
    browser = sign_in(lina)
    text = "客户名称,地址,电话\n甲公司,大理,\n甲公司,,0872-2123456\n"
    found = run(browser, text, known="update")
    assert found.updated == 2
    assert page_of(browser, found) == ("possible", "0", "1", "0")
    undo(browser, found)
    known.refresh_from_db()
    assert (known.address, known.phone) == ("昆明", "0871-63123456")


def test_what_was_touched_since_stays_and_is_named(lina, sign_in):
    browser = sign_in(lina)
    found = run(browser, TWO.replace("张三,13800138000", ","))
    first, _second = Customer.objects.order_by("name")
    Customer.objects.filter(pk=first.pk).update(remarks="谈过一次")
    page = browser.get(reverse("import_detail", args=[found.pk])).text
    assert first.get_absolute_url() in page.partition('id="undo"')[2]
    assert page_of(browser, found) == ("possible", "1", "0", "1")
    undo(browser, found)
    assert Customer.objects.get().remarks == "谈过一次"
    assert page_of(browser, found) == ("done", "1", "0", "1")
    page = browser.get(reverse("import_detail", args=[found.pk])).text
    stays = page.partition('id="undo"')[2]
    assert first.get_absolute_url() in stays
    assert "之后被修改" in stays


def test_what_others_refer_to_by_now_stays(lina, sign_in):
    browser = sign_in(lina)
    found = run(browser, TWO)
    first = Customer.objects.get(name="乙公司")
    Contact(customer=first, name="李四").enter(lina)
    assert page_of(browser, found) == ("possible", "2", "0", "1")
    undo(browser, found)
    assert list(Customer.objects.all()) == [first]
    assert page_of(browser, found) == ("done", "2", "0", "1")


def test_what_was_merged_since_stays_with_what_went_into_it(lina, sign_in):
    old = a_customer(lina, name="昆明恒信商贸有限公司", phone="0871-63123456")
    look_at(old)
    browser = sign_in(lina)
    text = "客户名称,联系人\n恒信商贸（昆明）有限公司,张三\n乙公司,\n"
    found = run(browser, text)
    come = Customer.objects.get(name="恒信商贸（昆明）有限公司")
    pair = Pair.objects.get()  # it was compared with all there is as it came in
    assert (pair.low_id, pair.high_id) == (old.pk, come.pk)
    merged = merge(come, [old], by=lina)
    assert page_of(browser, found) == ("possible", "2", "0", "1")
    undo(browser, found)
    assert Customer.objects.get() == come
    assert page_of(browser, found) == ("done", "2", "0", "1")
    come.discard(lina)
    page = browser.get("/system/merges/")
    assert f"/system/merges/{merged.pk}/undo/" not in page.text
    answer = browser.post(f"/system/merges/{merged.pk}/undo/")
    assert answer.status_code == 409
    assert "“恒信商贸（昆明）有限公司”" in answer.text


def test_what_was_merged_while_it_came_in_stays_too(lina, sign_in, worker, monkeypatch):
    monkeypatch.setattr(running, "SLICE", 1)
    old = a_customer(lina, name="昆明恒信商贸有限公司")
    browser = sign_in(lina)
    text = "客户名称,上级单位\n恒信商贸（昆明）有限公司,乙公司\n乙公司,\n"
    found = run(browser, text)
    advance = running.advance

    def merge_before(pk):
        for come in Customer.objects.filter(name="恒信商贸（昆明）有限公司"):
            if not Merge.objects.exists():
                merge(come, [old], by=lina)
        return advance(pk)

    monkeypatch.setattr(running, "advance", merge_before)
    worker.drain()
    come = Customer.objects.get(name="恒信商贸（昆明）有限公司")
    assert come.parent.name == "乙公司"
    undo(browser, found)
    come.refresh_from_db()
    assert come.deleted_at is None
    assert found.written.get(record_id=come.pk).fate == "touched"


@pytest.mark.parametrize("goes", [let_leave, dismiss, "blind"])
def test_nothing_goes_back_to_who_has_left_or_sees_none(goes, zhang, lina, sign_in):
    known = a_customer(zhang, name="甲公司", address="昆明")
    other = a_customer(lina, name="乙公司", address="昆明")
    browser = sign_in(lina)
    text = f"客户名称,地址,负责人\n甲公司,大理,{lina.username}\n乙公司,大理,\n"
    found = run(browser, text, known="update")
    assert page_of(browser, found) == ("possible", "0", "2", "0")
    if goes == "blind":
        zhang.role_assignments.all().delete()
    else:
        goes(zhang)
    assert page_of(browser, found) == ("possible", "0", "1", "1")
    undo(browser, found)
    assert page_of(browser, found) == ("done", "0", "1", "1")
    known.refresh_from_db()
    other.refresh_from_db()
    assert (known.owner, known.address, other.address) == (lina, "大理", "昆明")
    page = browser.get(reverse("import_detail", args=[found.pk])).text
    assert "已离职或不再能查看" in page.partition('id="undo"')[2]


def test_what_an_update_made_alike_is_compared_and_so_it_is_when_undone(lina, sign_in):
    one = a_customer(lina, name="甲公司", external_number="A-1")
    look_at(a_customer(lina, name="昆明恒信商贸有限公司", phone="0871-63123456"))
    browser = sign_in(lina)
    text = "外部编号,客户名称,电话\nA-1,恒信商贸昆明公司,0871-63123456\n"
    found = run(browser, text, known="update")
    assert Pair.objects.get().low_id == one.pk
    undo(browser, found)
    assert not Pair.objects.exists()


def test_what_one_may_change_no_more_stays_and_says_so(lina, zhou, sign_in):
    known = a_customer(lina, name="丙公司", address="昆明")
    browser = sign_in(lina)
    found = run(browser, TWO + "丙公司,0872-2123456,,\n", known="update")
    role = Role.objects.get(code="information_administrator")
    role.grants["customers.change_customer"] = "own"
    role.save()
    taken = Customer.objects.get(name="乙公司")
    Customer.objects.filter(pk__in=[taken.pk, known.pk]).update(owner=zhou)
    versions = Customer.objects.in_bulk([taken.pk, known.pk])
    for row in found.written.filter(record_id__in=versions):
        row.version = versions[row.record_id].version
        row.save()
    assert page_of(browser, found) == ("possible", "2", "0", "2")
    undo(browser, found)
    assert page_of(browser, found) == ("done", "2", "0", "2")
    fates = found.written.filter(record_id__in=versions)
    assert set(fates.values_list("fate", flat=True)) == {"beyond"}
    page = browser.get(reverse("import_detail", args=[found.pk])).text
    assert page.partition('id="undo"')[2].count("撤销的人不能修改") == 2
    known.refresh_from_db()
    assert known.phone == "0872-2123456"
    assert set(Customer.objects.all()) == {known, taken}


def test_what_lies_in_the_bin_already_is_left_there(lina, sign_in):
    browser = sign_in(lina)
    found = run(browser, TWO)
    Customer.objects.get(name="乙公司").discard(lina)
    undo(browser, found)
    assert page_of(browser, found) == ("done", "2", "0", "1")


def test_companies_of_one_file_go_whichever_lies_above(lina, sign_in):
    browser = sign_in(lina)
    text = "客户名称,上级单位\n丙公司,乙公司\n乙公司,甲公司\n甲公司,\n丁公司,甲公司\n"
    found = run(browser, text)
    assert Customer.objects.filter(parent=None).count() == 1
    assert page_of(browser, found) == ("possible", "4", "0", "0")
    undo(browser, found)
    assert not Customer.objects.exists()


def test_a_value_that_another_has_taken_stays_away(lina, sign_in):
    code = "91530902323106547R"
    known = a_customer(lina, name="甲公司", external_number="A-1")
    browser = sign_in(lina)
    number = known.number
    found = run(
        browser,
        f"客户编号,客户名称,外部编号,统一社会信用代码\n{number},甲公司,A-2,{code}\n",
        known="update",
    )
    assert found.updated == 1
    other = a_customer(lina, name="乙公司", external_number="A-1")
    undo(browser, found)
    known.refresh_from_db()
    assert (known.external_number, known.credit_code) == ("A-2", code)
    assert page_of(browser, found) == ("done", "0", "0", "1")
    assert Customer.objects.filter(external_number="A-1").get() == other


def test_it_is_undone_once(lina, sign_in):
    browser = sign_in(lina)
    found = run(browser, TWO)
    assert undo(browser, found, version=0).status_code == 409
    assert Customer.objects.count() == 2
    undo(browser, found)
    Customer.everything.first().restore(lina)
    answer = undo(browser, found)
    assert answer.status_code == 409
    assert "已撤销" in answer.text
    assert Customer.objects.count() == 1


def test_there_must_be_something_to_undo(lina, sign_in):
    browser = sign_in(lina)
    found = run(browser, "客户名称,邮箱\n甲公司,x\n")
    assert page_of(browser, found)[0] == ""
    assert undo(browser, found).status_code == 409
    assert browser.get(reverse("import_undo", args=[found.pk])).status_code == 405
    fresh = preview(browser, TWO)
    assert undo(browser, fresh).status_code == 409


def test_who_may_undo(lina, zhang, zhou, wang, sign_in):
    found = run(sign_in(lina), TWO)
    for person, status in ((wang, 404), (zhang, 404)):
        assert undo(sign_in(person), found).status_code == status
    role = Role.objects.get(code="information_administrator")
    right = role.grants.pop("customers.import_customer")
    role.save()
    assert undo(sign_in(lina), found).status_code in (403, 404)
    role.grants["customers.import_customer"] = right
    role.save()
    assert Customer.objects.count() == 2
    browser = sign_in(zhou)
    assert found.file_name in browser.get("/system/imports/").text
    page = browser.get(reverse("import_detail", args=[found.pk])).text
    assert "甲公司" not in page
    for name in ("import_refused", "import_taken"):
        assert browser.get(reverse(name, args=[found.pk])).status_code == 404
    assert undo(browser, found).status_code == 302
    assert not Customer.objects.exists()
    assert Notice.objects.filter(person=lina, verb="import_undone").count() == 1


def test_another_who_imports_may_see_it_but_not_undo_it(lina, sign_in):
    other = hire("infoadmin2", "何静", "information_administrator")
    found = run(sign_in(lina), TWO)
    browser = sign_in(other)
    assert page_of(browser, found)[0] == ""
    assert undo(browser, found).status_code == 403
    assert Customer.objects.count() == 2


def test_a_large_one_is_undone_by_a_job(lina, sign_in, worker, monkeypatch):
    monkeypatch.setattr(work, "AT_ONCE", 1)
    monkeypatch.setattr(undoing, "SLICE", 2)
    browser = sign_in(lina)
    found = run(browser, TWO)
    undo(browser, found)
    page = browser.get(reverse("import_detail", args=[found.pk])).text
    assert 'data-status="waiting" data-progress="0"' in page
    assert undo(browser, found).status_code == 409
    worker.drain()
    assert Job.objects.get().status == "done"
    assert not Customer.objects.exists()
    assert page_of(browser, found) == ("done", "3", "0", "0")
    entries = HistoryEntry.objects.filter(verb="import_undone")
    assert len({entry.request_id for entry in entries}) == 1


def test_one_that_was_cancelled_can_be_undone_and_is_not_gone_on_with(
    lina, sign_in, worker, monkeypatch
):
    monkeypatch.setattr(running, "SLICE", 1)
    browser = sign_in(lina)
    found = run(browser, TWO)
    assert undo(browser, found).status_code == 409
    advance = running.advance

    def cancel_after(pk):
        Job.objects.get().cancel(by=lina)
        return advance(pk)

    monkeypatch.setattr(running, "advance", cancel_after)
    worker.drain()
    assert Customer.objects.count() == 1
    assert page_of(browser, found) == ("possible", "2", "0", "0")
    assert undo(browser, found).status_code == 302
    browser.post(reverse("import_run", args=[found.pk]))
    worker.drain()
    assert not Customer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_edits_while_it_is_undone_keeps_what_they_wrote(lina, sign_in):
    found = run(sign_in(lina), "客户名称\n甲公司\n乙公司\n")
    edited, other = Customer.objects.order_by("pk")
    held = threading.Event()

    def edit():
        with transaction.atomic():
            row = Customer.objects.select_for_update(no_key=True).get(pk=edited.pk)
            row.remarks = "刚刚谈过"
            row.save(update_fields=["remarks"])
            held.set()
            somebody_waits()

    def take_back():
        held.wait(timeout=60)
        with transaction.atomic():
            work.undo(ImportRun.objects.get(pk=found.pk), lina)

    together(2, lambda number: (edit, take_back)[number]())
    assert list(Customer.objects.all()) == [edited]
    assert found.written.get(record_id=edited.pk).fate == "touched"
    assert found.written.get(record_id=other.pk).fate == "undone"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_undo_at_once_one_is_refused(lina, sign_in):
    browsers = [signed_in(lina), signed_in(lina)]
    for turn in ROUNDS[:2]:
        found = run(browsers[0], f"客户名称\n第{turn}公司\n")
        found.refresh_from_db()
        address = reverse("import_undo", args=[found.pk])

        def press(number, address=address, version=found.decisions):
            return browsers[number].post(address, {"version": version}).status_code

        assert won(together(2, press)) == [302]
        assert not Customer.objects.exists()
