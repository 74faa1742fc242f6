"""What a person says of a file: whose it is, by what it is known, what words mean."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse

from customers.models import Contact, Customer
from system.models import ImportRun
from tests.factories import a_customer
from tests.samples import chosen, counts, preview, run, upload, workbook

pytestmark = pytest.mark.django_db


def shown(found):
    """Return (created, updated, skipped, refused) of a preview."""
    names = ("created", "updated", "skipped", "refused")
    return tuple(found.preview[name] for name in names)


def test_new_rows_belong_to_one_person_unless_they_say_so(lina, zhang, wang, sign_in):
    text = "客户名称,负责人\n甲公司,\n乙公司,wang\n".replace("wang", wang.username)
    said = {"owned_by": "person", "assigned_to": zhang.pk}
    found = run(sign_in(lina), text, **said)
    assert counts(found) == (2, 2, 0, 0, 0)
    owners = dict(Customer.objects.values_list("name", "owner"))
    assert owners == {"甲公司": zhang.pk, "乙公司": wang.pk}


def test_somebody_must_be_named(lina, sign_in):
    browser = sign_in(lina)
    answer = upload(browser, "客户名称\n甲公司\n")
    sent = chosen(browser, answer.url, owned_by="person")
    answer = browser.post(answer.url, sent)
    assert answer.status_code == 422
    assert "assigned_to" in answer.context["form"].errors


def test_who_imports_their_own_only_chooses_nobody(zhang, wang, sign_in):
    browser = sign_in(zhang)
    answer = upload(browser, "客户名称\n甲公司\n")
    sent = chosen(browser, answer.url) | {"owned_by": "person", "assigned_to": wang.pk}
    browser.post(answer.url, sent)
    browser.post(f"/system/imports/{ImportRun.objects.get().pk}/run/")
    assert Customer.objects.get().owner == zhang


def test_what_lies_under_a_customer_belongs_to_its_owner(lina, zhang, sign_in):
    a_customer(zhang, name="华夏公司")
    text = "客户名称,跟进时间,跟进内容\n华夏公司,2024-03-01,谈了价格\n"
    found = run(sign_in(lina), text, address="/interactions/import/", owned_by="above")
    assert found.created == 1
    assert zhang.pk == Customer.objects.get().interactions.get().owner_id


def test_the_key_can_be_chosen(lina, sign_in):
    known = a_customer(lina, name="甲公司", external_number="A-1")
    text = "客户名称,外部编号,地址\n甲公司,A-2,大理\n另一家,A-1,昆明\n"
    browser = sign_in(lina)
    by_name = preview(browser, text, match_by="name", known="update")
    assert shown(by_name)[:2] == (0, 1)
    by_number = preview(browser, text, match_by="external_number", known="update")
    assert shown(by_number) == (1, 1, 0, 0)
    browser.post(f"/system/imports/{by_number.pk}/run/")
    known.refresh_from_db()
    assert (known.name, known.address) == ("另一家", "昆明")


def test_a_chosen_key_needs_its_column(lina, sign_in):
    browser = sign_in(lina)
    answer = upload(browser, "客户名称\n甲公司\n")
    sent = chosen(browser, answer.url, match_by="credit_code")
    answer = browser.post(answer.url, sent)
    assert answer.status_code == 422
    assert "match_by" in answer.context["form"].errors


@pytest.mark.parametrize(
    ("fresh", "expected"),
    [("add", (2, 1, 1, 0, 0)), ("skip", (2, 0, 1, 1, 0)), ("refuse", (2, 0, 1, 0, 1))],
)
def test_only_what_is_there_can_be_changed(lina, sign_in, fresh, expected):
    a_customer(lina, name="甲公司")
    text = "客户名称,地址\n甲公司,大理\n乙公司,昆明\n"
    found = run(sign_in(lina), text, known="update", fresh=fresh)
    assert counts(found) == expected


def test_words_that_are_no_options_are_explained_once(lina, sign_in):
    browser = sign_in(lina)
    text = "客户名称,客户级别,客户状态\n甲公司,金牌,跟着呢\n乙公司,银牌,潜在\n"
    found = preview(browser, text)
    assert shown(found) == (0, 0, 0, 2)
    address = reverse("import_preview", args=[found.pk])
    form = browser.get(address).context["words"]
    said = {"金牌": "A", "银牌": "B", "跟着呢": "interested"}
    sent = {name: said[word] for name, (_field, word) in form.asked.items()}
    assert len(sent) == 3
    words = reverse("import_words", args=[found.pk])
    assert browser.get(words).status_code == 405
    assert browser.post(words, sent | {"version": 0}).status_code == 409
    assert browser.post(words, dict.fromkeys(sent, "zz")).status_code == 422
    assert browser.post(words, sent).url == address
    found.refresh_from_db()
    assert shown(found) == (2, 0, 0, 0)
    browser.post(f"/system/imports/{found.pk}/run/")
    levels = dict(Customer.objects.values_list("name", "level__code"))
    assert levels == {"甲公司": "A", "乙公司": "B"}
    assert Customer.objects.get(name="甲公司").status == "interested"
    assert counts(run(browser, text.replace("公司", "厂"))) == (2, 2, 0, 0, 0)


def test_columns_are_taken_as_they_were_the_last_time(lina, zhang, sign_in):
    browser = sign_in(lina)
    text = "客户名称,往来户别名,电话\n甲公司,甲,0871-63123456\n"
    found = run(browser, text, column_1="short_name", known="update")
    assert Customer.objects.get().short_name == "甲"
    answer = upload(browser, text.replace("甲", "乙"))
    again = ImportRun.objects.order_by("-pk").first()
    assert again.mapping == found.mapping
    assert again.known == "skip"
    assert "上次" in browser.get(answer.url).text
    upload(sign_in(zhang), text)
    other = ImportRun.objects.order_by("-pk").first()
    assert "short_name" not in other.mapping.values()


def test_the_template_offers_the_options_and_is_read_without_them(lina, sign_in):
    browser = sign_in(lina)
    content = browser.get("/customers/import/template/?format=xlsx").getvalue()
    book = ZipFile(BytesIO(content))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<dataValidation ") > 5
    texts = (
        book.read("xl/sharedStrings.xml").decode()
        if "xl/sharedStrings.xml" in (book.namelist())
        else book.read("xl/worksheets/sheet2.xml").decode()
    )
    assert "制造业" in texts
    assert upload(browser, content, "模板.xlsx").status_code == 302
    found = ImportRun.objects.get()
    assert found.total == 0
    page = browser.get(reverse("import_mapping", args=[found.pk])).text
    assert "_options" not in page


def test_refused_rows_are_corrected_and_come_in(lina, sign_in):
    browser = sign_in(lina)
    found = run(browser, "客户名称,邮箱,联系人\n甲公司,x,张三\n乙公司,b@example.com,\n")
    assert counts(found) == (2, 1, 0, 0, 1)
    address = reverse("import_refused", args=[found.pk])
    content = b"".join(browser.get(f"{address}?format=csv").streaming_content)
    again = run(browser, content.decode("utf-8-sig").replace(",x,", ",a@example.com,"))
    assert counts(again) == (1, 1, 0, 0, 0)
    assert Customer.objects.get(name="甲公司").email == "a@example.com"
    assert Contact.objects.get().name == "张三"


def test_a_sheet_of_merged_words_needs_no_answer_where_all_are_known(lina, sign_in):
    content = workbook(("客户名称", "客户级别"), ("甲公司", "A"))
    found = preview(sign_in(lina), content, "a.xlsx")
    assert not found.preview["words"]
