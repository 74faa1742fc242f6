"""Interactions, encounters, news and address books come in as files, too."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from competitors.models import Encounter, NewsItem
from contracts.models import Contract
from crm.models import Role
from customers.models import Contact
from feedback.models import Interaction
from system.imports import reading
from tests.factories import a_competitor, a_contract, a_customer, a_product
from tests.samples import counts, preview, run, sample, upload

pytestmark = pytest.mark.django_db

CARDS = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0;=E4=B8=89;;;
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0=
=E4=B8=89
ORG;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=8D=8E=E5=A4=8F
TEL;CELL:138-0013-8000
TEL;WORK;FAX:0871-63123456
END:VCARD
BEGIN:VCARD
VERSION:3.0
N:李;四
ORG:华夏;采购部
item1.TEL;TYPE=WORK:0871-63123457
EMAIL;TYPE=INTERNET:li@example.com
BDAY:1980-02-29
NOTE:爱喝茶\\, 不喝酒\\n第二行
PHOTO;ENCODING=b;TYPE=JPEG:AAAA
 BBBB
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:王五
ORG:没有公司
TEL;VALUE=uri;TYPE="cell,voice":tel:+86-139-0013-9000
END:VCARD
"""


@pytest.fixture
def known(lina):
    """A customer with two contacts and a contract."""
    customer = a_customer(lina, name="华夏科技有限公司", short_name="华夏")
    Contact(customer=customer, name="张三").enter(lina)
    other = a_customer(lina, name="东方科技有限公司")
    Contact(customer=other, name="张三").enter(lina)
    return customer


def test_old_follow_ups_keep_their_day_and_their_author(lina, zhang, known, sign_in):
    text = (
        "客户名称,联系人,跟进时间,跟进方式,跟进内容,跟进人\n"
        "华夏,张三,2024-03-01 09:30,微信,谈了价格。,张伟\n"
        "华夏,,2024-03-02,,发了样本,钱已走\n"
        "华夏,李四,2024-03-03,微信,没有此人,张伟\n"
        "华夏,,2024-03-04,飞鸽,不知怎么来的,张伟\n"
        "不知道谁,,2024-03-05,微信,没有客户,张伟\n"
    )
    browser = sign_in(lina)
    found = run(browser, text, address="/interactions/import/")
    assert counts(found) == (5, 2, 0, 0, 3)
    first, second = Interaction.objects.order_by("occurred_at")
    assert (first.customer, first.contact.customer) == (known, known)
    assert (first.subject, first.method.code) == ("谈了价格。", "wechat")
    assert (first.reporter, first.owner, first.entered_by) == (zhang, zhang, lina)
    assert f"{first.occurred_at:%Y-%m-%d %H:%M}" == "2024-03-01 01:30"
    assert (second.method.code, second.reporter) == ("other", lina)
    assert second.content == "发了样本\n原记录人：钱已走"
    known.refresh_from_db()
    assert known.last_contact_at == second.occurred_at
    again = run(browser, text, address="/interactions/import/")
    assert counts(again) == (5, 0, 0, 2, 3)


def test_a_long_follow_up_is_kept_whole_or_refused(lina, known, sign_in):
    head = "客户名称,跟进时间,跟进主题,跟进内容\n"
    rows = (f"华夏,2024-03-0{n},第{n}次,{'长' * n * 10_000}\n" for n in (1, 2, 3))
    found = run(sign_in(lina), head + "".join(rows), address="/interactions/import/")
    assert counts(found) == (3, 2, 0, 0, 1)
    lengths = {len(row.content) for row in Interaction.objects.all()}
    assert lengths == {10_000, 20_000}


def test_contracts_name_a_contact_of_their_own_customer(lina, known, sign_in):
    text = "合同名称,客户,金额,联系人\n甲合同,华夏,100,张三\n乙合同,华夏,100,李四\n"
    found = run(sign_in(lina), text, address="/contracts/import/")
    assert counts(found) == (2, 1, 0, 0, 1)
    assert Contract.objects.get().contact.customer == known


def test_encounters_come_once(lina, known, sign_in):
    rival = a_competitor(lina, name="对手公司")
    contract = a_contract(lina, customer=known)
    text = (
        "竞争对手,客户,日期,对方产品,对方报价,结果,输赢原因,合同\n"
        f"对手公司,华夏,2025-01-02,X1,1.2万,赢单,价格,{contract.number}\n"
        "对手公司,华夏,2025-01-02,X2,,输,,\n"
        "没有对手,华夏,2025-01-02,X2,,输,,\n"
    )
    browser, address = sign_in(lina), "/encounters/import/"
    assert counts(run(browser, text, address=address)) == (3, 2, 0, 0, 1)
    first = Encounter.objects.get(offered_product="X1")
    assert (first.competitor, first.contract, first.price) == (rival, contract, 12000)
    assert (first.outcome, first.reason.code) == ("we_won", "price")
    assert counts(run(browser, text, address=address)) == (3, 0, 0, 2, 1)


def test_news_comes_once(lina, sign_in):
    text = (
        "标题,分类,发布日期,来源,链接,正文\n"
        "新政发布,政策法规,2025-05-06,日报,example.com/a,全文\n"
        "新政发布,政策法规,2025-05-07,晚报,,又一篇\n"
        ",政策法规,2025-05-07,晚报,,没有标题\n"
    )
    browser, address = sign_in(lina), "/news/import/"
    assert counts(run(browser, text, address=address)) == (3, 2, 0, 0, 1)
    assert NewsItem.objects.filter(title="新政发布").count() == 2
    assert NewsItem.objects.get(source="日报").link == "http://example.com/a"
    assert counts(run(browser, text, address=address)) == (3, 0, 0, 2, 1)


NEWS_LINKS = "标题,发布日期,相关客户,竞争对手,产品,行业,正文,类别\n"


def test_news_name_what_they_are_about(lina, known, sign_in):
    rival, other = a_competitor(lina, name="对手公司"), a_competitor(lina, name="乙司")
    abroad = a_customer(lina, name="Acme Tools Co., Ltd.")
    product = a_product(lina, code="P-1")
    text = NEWS_LINKS + (
        f'新政发布,2025-05-06,"华夏;{abroad.name}",对手公司、乙司,P-1,"信息传输、软件和信息技术服务业",全文,政策法规\n'
        '新厂开工,2025-05-07,"Acme Tools Co., Ltd.",,,,,政策法规\n'
        "谁也不知,2025-05-07,华夏；查无此人,,,,,政策法规\n"
        "行业不明,2025-05-08,,,,不知何业,,政策法规\n"
    )
    browser, address = sign_in(lina), "/news/import/"
    found = preview(browser, text, address=address)
    page = browser.get(f"/system/imports/{found.pk}/preview/").text
    assert "华夏科技有限公司、Acme Tools Co., Ltd." in page
    found = run(browser, text, address=address)
    assert counts(found) == (4, 2, 0, 0, 2)
    reasons = [row.reasons for row in found.refusals.all()]
    assert reasons[0] == [["相关客户", "没有您可以看到的记录“查无此人”。"]]
    assert reasons[1][0][0] == "行业"
    news = NewsItem.objects.get(title="新政发布")
    assert set(news.customers.all()) == {known, abroad}
    assert set(news.competitors.all()) == {rival, other}
    assert set(news.products.all()) == {product}
    assert news.industries.get().label.endswith("信息技术服务业")
    assert NewsItem.objects.get(title="新厂开工").customers.get() == abroad
    assert counts(run(browser, text, address=address)) == (4, 0, 0, 2, 2)


def test_links_are_added_to_news_that_are_there_and_taken_back(lina, known, sign_in):
    rival = a_competitor(lina, name="对手公司")
    browser, address = sign_in(lina), "/news/import/"
    run(browser, NEWS_LINKS + "新政,2025-05-06,华夏,,,,,政策法规\n", address=address)
    more = NEWS_LINKS + "新政,2025-05-06,东方科技有限公司,对手公司,,,,政策法规\n" * 2
    found = run(browser, more, address=address, known="update")
    assert counts(found) == (2, 0, 2, 0, 0)
    news = NewsItem.objects.get()
    assert news.customers.count() == 2
    assert news.competitors.get() == rival
    page = browser.get(f"/system/imports/{found.pk}/").text
    assert "+ 东方科技有限公司" in page
    data = {"version": found.decisions}
    answer = browser.post(f"/system/imports/{found.pk}/undo/", data)
    assert answer.status_code == 302
    assert (news.customers.get(), news.competitors.count()) == (known, 0)


def test_links_of_news_that_are_there_are_read_together(lina, known, sign_in):
    browser, address, asked = sign_in(lina), "/news/import/", []
    for rows in (3, 30):
        lines = (f"第{n}条,2025-05-06,华夏,,,,,政策法规\n" for n in range(rows))
        text = NEWS_LINKS + "".join(lines)
        run(browser, text, address=address)
        with CaptureQueriesContext(connection) as queries:
            preview(browser, text, address=address, known="update")
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_news_cannot_name_a_customer_that_one_does_not_see(wang, zhang, sign_in):
    a_customer(zhang, name="张家公司")
    role = Role.objects.get(code="salesperson")
    role.grants |= {
        "competitors.import_newsitem": "own",
        "competitors.add_newsitem": "own",
    }
    role.save()
    text = NEWS_LINKS + "新政,2025-05-06,张家公司,,,,,政策法规\n"
    found = run(sign_in(wang), text, address="/news/import/")
    assert counts(found) == (1, 0, 0, 0, 1)
    assert "张家公司" in found.refusals.get().reasons[0][1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_address_book_is_a_table_of_contacts(lina, known, sign_in, encoding):
    content, address = CARDS.encode(encoding), "/contacts/import/"
    asked = upload(sign_in(lina), content, "通讯录.vcf", address).url
    assert "同一文件作为客户导入" in sign_in(lina).get(asked).text
    found = run(sign_in(lina), content, "通讯录.vcf", address)
    assert counts(found) == (3, 1, 0, 1, 1)
    assert "vCard" in reading.described(found.said)[0]
    contact = Contact.objects.get(name="李四")
    assert (contact.customer, contact.department) == (known, "采购部")
    assert (contact.phone, contact.email) == ("0871-63123457", "li@example.com")
    assert (f"{contact.birthday}", contact.remarks) == (
        "1980-02-29",
        "爱喝茶, 不喝酒\n第二行",
    )
    assert found.taken.get().title == "张三"
    assert {"客户", "部门", "手机", "外部编号"} <= {*found.columns}
    assert not [name for name in found.columns if name.isascii()]


def test_cards_bring_customers_with_their_people(lina, sign_in):
    found = preview(sign_in(lina), CARDS, "cards.vcf")
    assert found.columns[:4] == ["联系人姓名", "客户", "部门", "职务"]
    assert not [name for name in found.columns if name.isascii()]
    assert set(found.mapping.values()) >= {"name", "contact_name", "contact_mobile"}
    sign_in(lina).post(reverse("import_run", args=[found.pk]))
    people = Contact.objects.values_list("customer__name", "name")
    assert sorted(people) == [("华夏", "张三"), ("华夏", "李四"), ("没有公司", "王五")]


@pytest.mark.parametrize(
    "content",
    ["BEGIN:VCARD\nFN:甲\n", "BEGIN:VCARD\n" * 30, "BEGIN:VCARD\nEND:VCARD\nEND:VCARD"],
)
def test_a_broken_address_book_is_refused_in_words(lina, sign_in, content):
    answer = upload(sign_in(lina), content, "a.vcf", "/contacts/import/")
    assert answer.status_code == 422
    assert "损坏" in answer.text


def test_address_books_of_other_programs_are_tables(lina, sign_in):
    browser = sign_in(lina)
    folder = sample("vcard/rfc2426-example.vcf").parent
    rows = {}
    for path in sorted(folder.glob("*.vcf")):
        found = run(browser, path.read_bytes(), path.name, "/contacts/import/")
        rows[path.name] = found.read
        assert found.read == found.total == found.refused
    assert rows["John_Doe_ANDROID.vcf"] == 6
    assert rows["cn_phone_exports_a.vcf"] == 3
