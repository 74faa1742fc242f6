"""Which record is a row? One, several or none, and the report says which."""

import pytest
from django.urls import reverse

from competitors.models import Competitor
from contracts.models import Contract, Product
from customers.models import Contact, Customer
from system.models import TakenRow
from tests.factories import a_customer
from tests.pages import form_of, ids
from tests.samples import counts, preview, run, workbook

pytestmark = pytest.mark.django_db
FULL, HALF = "括号更新例（昆明）有限公司", "括号更新例(昆明)有限公司"
CODE = "91530902323106547R"


def contacts(browser, text, **changes):
    return run(browser, text, address="/contacts/import/", **changes)


def test_two_records_of_nearly_one_name_each_get_their_own_row(lina, sign_in):
    first, second = a_customer(lina, name=FULL), a_customer(lina, name=HALF)
    text = f"名称,电话\n{FULL},0871-63123451\n{HALF},0871-63123452\n"
    assert counts(run(sign_in(lina), text, known="update")) == (2, 0, 2, 0, 0)
    for record, name, phone in (
        (first, FULL, "0871-63123451"),
        (second, HALF, "0871-63123452"),
    ):
        record.refresh_from_db()
        assert (record.name, record.phone) == (name, phone)


def test_a_row_that_fits_several_records_is_refused_with_their_numbers(lina, sign_in):
    twins = [a_customer(lina, name="同名公司") for _ in range(2)]
    text = "名称,电话\n同名公司,0871-63123451\n"
    for known in ("skip", "update"):
        found = run(sign_in(lina), text, known=known)
        assert counts(found) == (1, 0, 0, 0, 1)
        assert all(twin.number in str(found.refusals.get().reasons) for twin in twins)


def test_a_number_tells_which_of_several_is_meant(lina, sign_in):
    first, second = (a_customer(lina, name="同名公司") for _ in range(2))
    text = f"客户编号,名称,电话\n{second.number},同名公司,0871-63123451\n"
    assert counts(run(sign_in(lina), text, known="update")) == (1, 0, 1, 0, 0)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.phone, second.phone) == ("", "0871-63123451")


def test_a_code_decides_before_a_name(lina, sign_in):
    coded = a_customer(lina, name="甲公司", credit_code=CODE)
    other = a_customer(lina, name="乙公司")
    text = f"名称,信用代码,地址\n乙公司,{CODE},昆明\n"
    run(sign_in(lina), text, known="update")
    coded.refresh_from_db()
    other.refresh_from_db()
    assert (coded.name, coded.address, other.address) == ("乙公司", "昆明", "")


def test_of_two_rows_that_contradict_each_other_the_first_holds(lina, sign_in):
    known = a_customer(lina, name="甲公司", phone="0871-63123450")
    text = (
        "名称,电话,地址\n甲公司,0871-63123451,\n甲公司,0871-63123452,昆明\n"
        "甲公司,0871-63123450,昆明\n甲 公司,,大理\n"
    )
    browser = sign_in(lina)
    said = preview(browser, text, known="update").preview
    assert [(row, twin) for row, _, _, twin in said["skips"]] == [(3, 2), (4, 2)]
    found = run(browser, text, known="update")
    assert counts(found) == (4, 0, 2, 2, 0)
    known.refresh_from_db()
    assert (known.phone, known.address) == ("0871-63123451", "大理")
    twice = TakenRow.objects.filter(run=found, reason="twice").order_by("number")
    assert list(twice.values_list("number", "twin")) == [(3, 2), (4, 2)]


def test_updating_never_writes_the_name_it_matched_by(lina, sign_in):
    known = a_customer(lina, name="ABC 公司")
    run(sign_in(lina), "名称,地址\nabc公司,昆明\n", known="update")
    known.refresh_from_db()
    assert (known.name, known.address) == ("ABC 公司", "昆明")


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("Ku Duplicate Co., Ltd.", "KU DUPLICATE CO., LTD."),
        ("ＫＵ公司", "KU公司"),
        ("云南 有限公司", "云南有限公司"),
        ("阿·里公司", "阿•里公司"),
        ("測試臺灣電子", "测试台湾电子"),
    ],
)
def test_a_customer_written_in_another_way_is_the_same(lina, sign_in, stored, written):
    a_customer(lina, name=stored)
    assert counts(run(sign_in(lina), f'名称\n"{written}"\n')) == (1, 0, 0, 1, 0)


def test_competitors_and_products_written_in_another_way_are_the_same(lina, sign_in):
    browser = sign_in(lina)
    for address, texts in (
        ("/competitors/import/", ("名称\n竞品（甲）\n", "名称\n竞品(甲)\n")),
        ("/products/import/", ("编码,名称\ndup-1,甲\n", "编码,名称\nDUP-1,甲\n")),
    ):
        found = [counts(run(browser, text, address=address)) for text in texts]
        assert found == [(1, 1, 0, 0, 0), (1, 0, 0, 1, 0)], address
    assert (Competitor.objects.count(), Product.objects.count()) == (1, 1)


def test_namesakes_with_two_mobiles_are_two_contacts(lina, sign_in):
    customer = a_customer(lina, name="华夏")
    text = (
        "客户,姓名,手机,部门\n"
        "华夏,张伟,13800138001,采购部\n"
        "华夏,张伟,13800138002,财务部\n"
    )
    browser = sign_in(lina)
    assert counts(contacts(browser, text)) == (2, 2, 0, 0, 0)
    assert counts(contacts(browser, text)) == (2, 0, 0, 2, 0)
    changed = text.replace("财务部", "销售部").replace("138001380", "+86 138 0013 80")
    found = contacts(browser, changed, known="update")
    assert (found.updated, found.created) == (1, 0)
    rows = Contact.objects.filter(customer=customer).order_by("pk")
    assert [c.department for c in rows] == ["采购部", "销售部"]
    unclear = contacts(browser, "客户,姓名,部门\n华夏,张伟,人事部\n", known="update")
    assert counts(unclear) == (1, 0, 0, 0, 1)


def test_of_two_people_who_share_an_address_the_name_tells_which(lina, sign_in):
    text = (
        "客户,姓名,手机,邮箱\n甲公司,苏婉,13900000001,info@jia.example\n"
        "甲公司,文志远,13900000002,sales@jia.example\n"
    )
    firm, browser = a_customer(lina, name="甲公司"), sign_in(lina)
    contacts(browser, text)
    Contact.objects.update(email="info@jia.example", mobile="")
    for known in ("skip", "update"):
        again = "客户,姓名,邮箱\n甲公司,苏婉,info@jia.example\n"
        again += "甲公司,文志远,info@jia.example\n"
        assert counts(contacts(browser, again, known=known)) == (2, 0, 0, 2, 0)
    assert set(firm.contacts.values_list("name", flat=True)) == {"苏婉", "文志远"}


def test_a_name_of_signs_only_is_known_again(lina, sign_in):
    text = "客户名称\n-'\n** 'or' **\n' '\n"
    browser = sign_in(lina)
    first = run(browser, text)
    assert counts(run(browser, text)) == (3, 0, 0, first.created + first.skipped, 0)


def test_people_of_one_name_with_two_telephones_are_two_customers(lina, sign_in):
    text = "名称,企业或个人,电话\n李静,个人,13800138001\n李静,个人,13800138002\n"
    browser = sign_in(lina)
    assert counts(run(browser, text)) == (2, 2, 0, 0, 0)
    assert counts(run(browser, text)) == (2, 0, 0, 2, 0)


def test_skipped_and_updated_rows_are_in_the_report(lina, zhang, sign_in):
    known = a_customer(lina, name="甲公司", address="旧地址")
    text = "名称,地址\n甲公司,新地址\n乙公司,一\n乙 公司,二\n"
    browser = sign_in(lina)
    found = preview(browser, text, known="update")
    page = browser.get(f"/system/imports/{found.pk}/preview/").content.decode()
    assert "旧地址" in page
    assert "新地址" in page
    found = run(browser, text, known="update")
    assert counts(found) == (3, 1, 1, 1, 0)
    rows = list(found.taken.values_list("number", "reason", "record_id", "twin"))
    assert rows == [(2, "updated", known.pk, None), (4, "twice", None, 3)]
    page = browser.get(f"/system/imports/{found.pk}/").content.decode()
    assert f'href="{known.get_absolute_url()}"' in page
    assert "旧地址 → 新地址" in page
    assert found.by_column["address"]["changed"] == 1
    answer = browser.get(f"/system/imports/{found.pk}/taken/?format=csv")
    assert "甲公司" in b"".join(answer.streaming_content).decode()


def test_a_report_names_no_record_that_its_reader_may_not_see(zhang, wang, sign_in):
    mine = a_customer(zhang, name="甲公司")
    found = run(sign_in(zhang), "名称\n甲公司\n")
    Customer.objects.filter(pk=mine.pk).update(owner=wang, reporter=wang)
    page = sign_in(zhang).get(f"/system/imports/{found.pk}/").content.decode()
    assert mine.get_absolute_url() not in page
    assert "甲公司" not in page
    assert TakenRow.objects.get().title == "甲公司"


def test_a_coarser_region_never_replaces_a_finer_one(lina, sign_in):
    known = a_customer(lina, name="甲公司", region_id="110108")
    text = "名称,省份,城市\n甲公司,北京,北京市\n"
    assert counts(run(sign_in(lina), text, known="update")) == (1, 0, 0, 1, 0)
    run(sign_in(lina), "名称,地区\n甲公司,上海市\n", known="update")
    known.refresh_from_db()
    assert known.region.full_name == "上海市"


def test_options_that_are_left_empty_are_counted(lina, sign_in):
    text = "名称,行业\n甲公司,火星业\n乙公司,火星业\n丙公司,月球业\n"
    found = run(sign_in(lina), text, unknown="empty")
    assert found.by_column["industry"]["left"] == 3
    assert found.by_column["industry"]["examples"] == ["火星业", "月球业"]


def test_the_fields_of_a_report_are_called_as_its_reader_calls_them(lina, sign_in):
    browser = sign_in(lina)
    browser.cookies["language"] = "en"
    found = run(browser, "名称,行业\n甲公司,火星业\n", unknown="empty")
    page = reverse("import_detail", args=[found.pk])
    assert '<th scope="row">industry</th>' in browser.get(page).text
    browser.cookies["language"] = "zh-hans"
    assert '<th scope="row">客户行业</th>' in browser.get(page).text


def test_nothing_is_offered_where_nothing_would_come_in(lina, sign_in):
    browser = sign_in(lina)
    a_customer(lina, name="甲公司")
    button = '<button type="submit" class="btn btn-primary" name="save"'
    for text, is_offered in (
        ("客户名称,邮箱\n甲公司,\n乙公司,x\n", False),
        ("客户名称,邮箱,联系人\n甲公司,,张三\n", True),
        ("客户名称,邮箱\n乙公司,\n", True),
    ):
        found = preview(browser, text)
        page = browser.get(reverse("import_preview", args=[found.pk])).text
        assert (button in page) == is_offered


def test_another_systems_number_is_a_key(lina, sign_in):
    text = "客户名称,外部编号,地址\n同名公司,C-1,一\n同名公司,C-2,二\n"
    browser = sign_in(lina)
    assert counts(run(browser, text)) == (2, 2, 0, 0, 0)
    changed = "客户名称,外部编号,地址\n新名字公司,c－2,三\n"
    assert counts(run(browser, changed, known="update")) == (1, 0, 1, 0, 0)
    assert Customer.objects.get(external_number="C-2").name == "新名字公司"
    listed = browser.get("/customers/", {"external_number": "C-2"})
    assert [row.name for row in Customer.objects.filter(pk__in=ids(listed))] == [
        "新名字公司"
    ]


CONTRACTS = {"name": "合同.csv", "address": "/contracts/import/"}


def test_the_numbers_that_a_company_gave_its_contracts_are_kept(lina, sign_in):
    a_customer(lina, name="华夏公司")
    browser = sign_in(lina)
    head = "合同编号,合同名称,客户,金额,签订日期\n"
    text = head + "OLD-1,年度框架,华夏公司,100,2024-01-02\n"
    text += "OLD-2,年度框架,华夏公司,200,2024-01-02\n"
    found = preview(browser, text, **CONTRACTS)
    page = browser.get(reverse("import_preview", args=[found.pk])).text
    assert 'data-renumbered="2"' in page
    assert "OLD-1" in page
    run_it = reverse("import_run", args=[found.pk])
    page = browser.post(run_it, follow=True).text
    assert 'data-renumbered="2"' in page
    kept = Contract.objects.order_by("pk").values_list("external_number", "amount")
    assert list(kept) == [("OLD-1", 100), ("OLD-2", 200)]
    # The same numbers tell the rows again, and ours go on to tell ours.
    first = Contract.objects.get(external_number="OLD-1")
    text = f"{head}old－2,年度框架,华夏公司,250,\n{first.number},年度框架,,150,\n"
    text = text.replace("年度框架,,", "年度框架,华夏公司,")
    again = run(browser, text, known="update", **CONTRACTS)
    assert counts(again) == (2, 0, 2, 0, 0)
    kept = Contract.objects.order_by("pk").values_list("external_number", "amount")
    assert list(kept) == [("OLD-1", 150), ("OLD-2", 250)]


def test_a_number_without_a_place_is_counted(lina, sign_in):
    text = "客户编号,外部编号,客户名称\nA-1,C-1,甲公司\nC-2,C-2,乙公司\n"
    found = run(sign_in(lina), text)
    assert counts(found) == (2, 2, 0, 0, 0)
    numbers = Customer.objects.values_list("external_number", flat=True)
    assert sorted(numbers) == ["C-1", "C-2"]
    left = found.by_column["number"]
    assert (left["left"], left["examples"]) == (1, ["A-1"])


def test_another_systems_number_stands_once(lina, sign_in):
    a_customer(lina, external_number="C-1")
    browser, address = sign_in(lina), "/customers/add/"
    typed = {"name": "丙公司", "external_number": "Ｃ-1"}
    answer = browser.post(address, form_of(browser, address) | typed)
    assert answer.status_code == 422
    assert "外部编号" in str(answer.context["form"].errors)
    assert Customer.objects.count() == 1


def test_the_right_to_import_alone_adds_nothing(zhang, sign_in):
    role = zhang.roles.get()
    del role.grants["customers.add_customer"]
    role.save()
    found = run(sign_in(zhang), "名称\n甲公司\n")
    assert counts(found) == (1, 0, 0, 0, 1)
    assert not Customer.objects.exists()


def test_a_workbook_with_numbers_of_another_system_is_told_apart(lina, sign_in):
    content = workbook(["客户 ID", "客户名称"], ["10165", "曾惠"], ["10166", "曾惠"])
    found = run(sign_in(lina), content, "客户.xlsx", column_0="external_number")
    assert counts(found) == (2, 2, 0, 0, 0)
