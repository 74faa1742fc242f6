"""Import of customers: from a file to records, every row accounted for."""

import re

import pytest
from django.urls import reverse

from crm.models import HistoryEntry, Region
from customers.models import Customer
from system.models import ImportRun
from tests.factories import a_customer
from tests.samples import (
    chosen,
    counts,
    preview,
    run,
    sample,
    upload,
    workbook,
)

pytestmark = pytest.mark.django_db
CODE, OTHER_CODE = "91530902323106547R", "91532501325258704H"
TWO = (
    "企业名称,统一社会信用代码,所在省份,地区,注册地址,经营范围,法人代表\n"
    f"临沧佤部落茶业有限公司,{CODE},云南,临沧,云南省临沧市临翔区晚翠路300号,茶叶,贾波\n"
    f"个旧支行,{OTHER_CODE},云南,红河,云南省红河州个旧市胜利路127号,N/A,张文耀\n"
)


def reasons(found):
    return [(row.number, *row.reasons[0]) for row in found.refusals.all()]


def test_information_administrator_imports_customers(lina, sign_in):
    found = run(sign_in(lina), TWO)
    assert counts(found) == (2, 2, 0, 0, 0)
    tea = Customer.objects.get(credit_code=CODE)
    assert tea.name == "临沧佤部落茶业有限公司"
    assert tea.region == Region.objects.get(full_name="云南省临沧市临翔区")
    assert tea.address == "云南省临沧市临翔区晚翠路300号"
    assert tea.remarks == "茶叶"
    assert tea.registration == "registered"
    assert tea.owner == tea.reporter == tea.entered_by == tea.registered_by == lina
    assert tea.number.startswith("KH")
    branch = Customer.objects.get(credit_code=OTHER_CODE)
    assert branch.remarks == ""
    assert branch.region.full_name == "云南省红河哈尼族彝族自治州个旧市"


def test_rows_of_a_salesperson_are_reported(zhang, sign_in):
    run(sign_in(zhang), TWO)
    assert set(Customer.objects.values_list("registration", "owner")) == {
        ("reported", zhang.pk)
    }


def test_who_may_import_nothing_finds_no_page_of_it(nobody, sign_in):
    browser = sign_in(nobody)
    assert browser.get("/customers/import/").status_code == 403
    assert upload(browser, TWO).status_code == 403
    assert browser.get("/customers/import/template/").status_code == 403
    assert browser.get("/system/imports/").status_code == 403
    assert not ImportRun.objects.exists()


def test_preview_writes_nothing(lina, sign_in):
    browser = sign_in(lina)
    found = preview(browser, TWO)
    assert found.preview["created"] == 2
    assert not Customer.objects.exists()
    page = browser.get(found.get_absolute_url()).content.decode()
    assert "临沧佤部落茶业有限公司" in page
    assert "法人代表" in page  # named among the columns that are not imported


def test_second_run_creates_nothing(zhang, sign_in):
    browser = sign_in(zhang)
    run(browser, TWO)
    assert counts(run(browser, TWO)) == (2, 0, 0, 2, 0)
    assert Customer.objects.count() == 2


def test_double_click_imports_once(lina, sign_in):
    browser = sign_in(lina)
    found = run(browser, TWO)
    again = browser.post(reverse("import_run", args=[found.pk]))
    assert again.status_code == 302
    found.refresh_from_db()
    assert counts(found) == (2, 2, 0, 0, 0)
    assert Customer.objects.count() == 2


def test_a_row_twice_in_a_file_makes_one_customer(lina, sign_in):
    found = run(
        sign_in(lina), "客户名称\n华夏科技（北京）\n华夏科技(北京)\n 华夏科技（北京）"
    )
    assert counts(found) == (3, 1, 0, 2, 0)


def test_two_firms_of_one_name_have_two_codes(lina, sign_in):
    text = f"名称,信用代码\n甲公司,{CODE}\n甲公司,{OTHER_CODE}\n甲公司,\n"
    assert counts(run(sign_in(lina), text)) == (3, 2, 0, 1, 0)


def test_history_tells_the_import(lina, sign_in):
    found = run(sign_in(lina), TWO)
    entries = HistoryEntry.objects.filter(verb="imported")
    assert entries.filter(label="customers.customer").count() == 2
    own = entries.get(label="system.importrun")
    assert own.actor_id == lina.pk
    assert own.title == found.file_name
    assert own.changes["created"] == [0, 2]


def test_updating_fills_what_has_changed(lina, sign_in):
    known = a_customer(lina, name="甲公司", phone="0871-63123456", address="昆明")
    text = "名称,电话,地址\n甲公司,0871-63123457,\n"
    browser = sign_in(lina)
    assert counts(run(browser, text)) == (1, 0, 0, 1, 0)
    assert counts(run(browser, text, known="update")) == (1, 0, 1, 0, 0)
    assert counts(run(browser, text, known="update")) == (1, 0, 0, 1, 0)
    known.refresh_from_db()
    assert known.phone == "0871-63123457"
    assert "087163123457" in known.search_pinyin
    assert known.address == "昆明"  # an empty cell empties nothing
    assert known.version == 2


def test_bad_rows_are_refused_with_column_and_reason(lina, sign_in):
    text = (
        "客户名称,统一社会信用代码,邮箱,行业,员工人数\n"
        ",,,,\n"
        f"甲公司,{CODE[:-1]}X,a@b,火星业,很多\n"
        '乙公司,,x@example.com,C 制造业,"1,200"\n'
        ",,y@example.com,,\n"
    )
    found = run(sign_in(lina), text)
    assert counts(found) == (2 + 1, 1, 0, 0, 2)
    row = found.refusals.first()
    assert row.number == 3
    assert [column for column, _reason in row.reasons] == [
        "统一社会信用代码",
        "邮箱",
        "行业",
        "员工人数",
    ]
    assert all(reason for _column, reason in row.reasons)
    assert found.refusals.last().reasons[0][0] == "客户名称"
    assert Customer.objects.get().employees == 1200


def test_unknown_options_may_be_left_out(lina, sign_in):
    text = "名称,行业,级别\n甲公司,火星业,A（重点客户）\n"
    found = run(sign_in(lina), text, unknown="empty")
    assert counts(found) == (1, 1, 0, 0, 0)
    customer = Customer.objects.get()
    assert customer.industry is None
    assert customer.level.code == "A"


def test_refused_rows_can_be_corrected_and_imported_again(lina, sign_in):
    browser = sign_in(lina)
    found = run(browser, "名称,邮箱\n甲公司,falsch\n乙公司,b@example.com\n")
    address = reverse("import_refused", args=[found.pk])
    answer = browser.get(address, {"format": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[1].startswith("甲公司,falsch,2,")
    corrected = text.replace("falsch", "a@example.com")
    assert counts(run(browser, corrected)) == (1, 1, 0, 0, 0)
    sheet = b"".join(browser.get(address, {"format": "xlsx"}).streaming_content)
    assert counts(run(browser, sheet, "再来.xlsx")) == (1, 0, 0, 0, 1)
    assert browser.get(address, {"format": "pdf"}).status_code == 404


def test_an_owner_is_named_by_name_or_username(lina, zhang, wang, sign_in):
    text = "名称,负责人\n甲公司,张伟\n乙公司,sales2\n丙公司,无名氏\n"
    found = run(sign_in(lina), text)
    assert counts(found) == (3, 2, 0, 0, 1)
    assert Customer.objects.get(name="甲公司").owner == zhang
    assert Customer.objects.get(name="乙公司").owner == wang


def test_salesperson_cannot_name_another_owner(zhang, wang, sign_in):
    text = "名称,负责人\n甲公司,王芳\n乙公司,无名氏\n丙公司,张伟\n"
    found = run(sign_in(zhang), text)
    assert counts(found) == (3, 1, 0, 0, 2)
    refused = [reason.replace("王芳", "无名氏") for _n, _c, reason in reasons(found)]
    assert refused[0] == refused[1]  # nobody learns who works here


def test_invisible_parent_is_as_if_it_were_not_there(zhang, wang, sign_in):
    a_customer(wang, name="东方集团")
    text = "名称,上级单位\n甲公司,东方集团\n乙公司,没有集团\n"
    found = run(sign_in(zhang), text)
    assert counts(found) == (2, 0, 0, 0, 2)
    refused = [reason.replace("东方", "没有") for _n, _c, reason in reasons(found)]
    assert refused[0] == refused[1]


@pytest.mark.parametrize("known", ["skip", "update"])
def test_a_company_above_itself_is_refused_with_its_row(lina, sign_in, known):
    browser = sign_in(lina)
    text = (
        "名称,上级单位\n甲公司,甲公司\n乙公司,丙公司\n丙公司,丁公司\n丁公司,乙公司\n"
        "戊公司,己公司\n己公司,\n"
    )
    found = preview(browser, text)
    assert [reason[0] for reason in found.preview["reasons"]] == [2, 3, 4, 5]
    found = run(browser, text, known=known)
    assert counts(found) == (6, 2, 0, 0, 4)
    reasons = dict(found.refusals.values_list("number", "reasons"))
    assert reasons[2] == [["上级单位", "客户不能是自己的上级公司。"]]
    assert "3、4、5" in reasons[4][0][1]
    assert Customer.objects.get(name="戊公司").parent.name == "己公司"
    for name in "甲乙丙丁":
        a_customer(lina, name=f"{name}公司")
    again = run(browser, text, known=known)
    refused, skipped = (4, 2) if known == "update" else (0, 6)
    assert (again.refused, again.skipped) == (refused, skipped)
    assert Customer.objects.exclude(parent=None).count() == 1


def test_a_code_taken_by_an_invisible_customer_is_refused(zhang, wang, sign_in):
    theirs = a_customer(wang, name="东方集团", credit_code=CODE)
    found = run(sign_in(zhang), TWO, known="update")
    assert counts(found) == (2, 1, 0, 0, 1)
    assert found.preview["refused"] == 1
    assert "东方集团" not in str(reasons(found))
    theirs.refresh_from_db()
    assert theirs.version == 1


def test_a_visible_customer_one_may_not_change_is_refused(lina, zhang, sign_in):
    mine = a_customer(zhang, name="甲公司")
    mine.memberships.create(user=lina)
    role = zhang.roles.get()
    role.grants["customers.view_customer"] = "all"
    role.save()
    a_customer(lina, name="乙公司")
    found = run(sign_in(zhang), "名称,地址\n甲公司,昆明\n乙公司,昆明\n", known="update")
    assert counts(found) == (2, 0, 1, 0, 1)


def test_numbers_that_excel_has_rounded_are_refused(lina, sign_in):
    content = workbook(
        ["名称", "统一社会信用代码", "电话"],
        ["甲公司", 915309023231065470, ""],
        ["乙公司", "", 13800138000.0],
        ["丙公司", CODE.lower(), "138 0013 8000"],
    )
    found = run(sign_in(lina), content, "客户.xlsx")
    assert counts(found) == (3, 2, 0, 0, 1)
    assert reasons(found)[0][:2] == (2, "统一社会信用代码")
    assert Customer.objects.get(name="乙公司").phone == "13800138000"
    assert Customer.objects.get(name="丙公司").credit_code == CODE
    text = "名称,电话\n丁公司,1.38E+10\n"
    assert counts(run(sign_in(lina), text)) == (1, 0, 0, 0, 1)


@pytest.mark.parametrize("cell", ["N/A", "无", "-", "NULL", "—", " ", "n/a"])
def test_words_for_nothing_leave_a_field_empty(lina, sign_in, cell):
    found = run(
        sign_in(lina), f"名称,邮箱,行业,员工人数\n甲公司,{cell},{cell},{cell}\n"
    )
    assert counts(found) == (1, 1, 0, 0, 0)
    assert Customer.objects.get().email == ""


@pytest.mark.parametrize(
    ("named", "address", "region"),
    [
        ("北京,", "朝阳区建国路1号", "北京市朝阳区"),
        (",", "朝阳区建国路1号", None),
        (",昆明", "红河州建水县临安镇", "云南省昆明市"),
        ("云南省,", "", "云南省"),
    ],
)
def test_a_region_is_found_by_all_that_names_it(lina, sign_in, named, address, region):
    found = run(sign_in(lina), f"名称,省,市,地址\n甲公司,{named},{address}\n")
    assert counts(found) == (1, 1, 0, 0, 0)
    customer = Customer.objects.get()
    assert (str(customer.region) if customer.region else None) == region
    assert customer.address == address


def test_columns_can_be_corrected(lina, sign_in):
    browser = sign_in(lina)
    url = upload(browser, "什么,名称\n甲公司,不要\n").url
    data = chosen(browser, url)
    assert data["column_0"] == ""
    assert data["column_1"] == "name"
    twice = browser.post(url, data | {"column_0": "name"})
    assert twice.status_code == 422
    assert "column_1" in twice.context["form"].errors
    missing = browser.post(url, data | {"column_1": ""})
    assert missing.status_code == 422
    answer = browser.post(url, data | {"column_0": "name", "column_1": ""})
    assert answer.status_code == 302
    browser.post(reverse("import_run", args=[ImportRun.objects.get().pk]))
    assert Customer.objects.get().name == "甲公司"


def test_two_telephone_columns_fill_one_field(lina, sign_in):
    text = (
        "客户名称,手机,电话,客户级别,下次联系时间\n"
        "甲,13800138000,010-87654321,B,2026/12/1 9:30\n"
    )
    run(sign_in(lina), text)
    customer = Customer.objects.get()
    assert customer.phone == "13800138000; 010-87654321"
    assert customer.level.code == "B"
    assert f"{customer.next_contact_at:%Y-%m-%d %H:%M}" == "2026-12-01 01:30"


def test_a_heading_above_the_columns_is_passed_over(lina, sign_in):
    content = workbook(["客户一览表"], [], ["", "客户名称"], ["", "甲公司"], at=(2, 1))
    found = run(sign_in(lina), content, "客户.xlsx")
    assert counts(found) == (1, 1, 0, 0, 0)
    assert Customer.objects.get().name == "甲公司"


def test_template_can_be_filled_and_imported(lina, sign_in):
    browser = sign_in(lina)
    answer = browser.get("/customers/import/template/", {"format": "csv"})
    header = b"".join(answer.streaming_content).decode("utf-8-sig").strip().split(",")
    text = ",".join(header) + "\n甲公司" + "," * (len(header) - 1) + "\n"
    url = upload(browser, text).url
    form = browser.get(url).context["form"]
    assert all(form[f"column_{place}"].value() for place in range(len(header)))


def test_others_do_not_see_an_import(zhang, wang, lina, sign_in):
    found = run(sign_in(zhang), TWO)
    address = reverse("import_detail", args=[found.pk])
    browser = sign_in(wang)
    for name in ("detail", "mapping", "preview", "refused"):
        assert (
            browser.get(reverse(f"import_{name}", args=[found.pk])).status_code == 404
        )
    assert browser.post(reverse("import_run", args=[found.pk])).status_code == 404
    assert list(browser.get("/system/imports/").context["runs"]) == []
    browser = sign_in(lina)
    assert browser.get(address).status_code == 200
    assert list(browser.get("/system/imports/").context["runs"]) == [found]


def test_the_right_is_asked_anew_at_each_step(zhang, sign_in):
    browser = sign_in(zhang)
    found = preview(browser, TWO)
    zhang.role_assignments.all().delete()
    assert browser.post(reverse("import_run", args=[found.pk])).status_code == 403
    assert not Customer.objects.exists()


def test_registry_is_imported_whole(lina, sign_in):
    content = sample("companies_cn/registry_yunnan_2015.csv").read_bytes()
    browser = sign_in(lina)
    found = run(browser, content)
    assert counts(found) == (2730, 2730, 0, 0, 0)
    assert counts(run(browser, content)) == (2730, 0, 0, 2730, 0)
    for word in ("佤部落", "lcwbl", CODE):
        page = browser.get("/customers/", {"q": word}).content.decode()
        assert "临沧佤部落茶业有限公司" in re.sub("</?mark>", "", page), word
