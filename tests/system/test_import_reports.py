"""The report of an import of any kind: read, refused rows as a file, taken back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contracts import approval
from crm.kinds import imported
from customers.models import Customer
from sales.models.plans import this_monday
from system.imports import outlook
from tests.factories import a_competitor, a_contract, a_customer
from tests.samples import counts, preview, run
from tests.site.world import who_enters

pytestmark = pytest.mark.django_db

#: Of every kind a file with a row that comes in, and one that is refused.
FILES = {
    "customer": "客户名称,邮箱\n甲公司,a@example.com\n乙公司,x\n",
    "contact": "客户名称,姓名,邮箱\n华夏公司,李四,a@example.com\n华夏公司,王五,x\n",
    "product": "编码,名称\nP1,螺母\n,螺栓\n",
    "pricelist": (
        "价格表,生效日期,优先级\n二七年价,2027-01-01,1\n二八年价,2028-01-01,很高\n"
    ),
    "contract": "合同名称,客户,金额\n甲合同,华夏公司,100\n乙合同,没有公司,100\n",
    "counterpart": "客户,对口事项,联系周期\n华夏公司,采购,30\n没有公司,采购,30\n",
    "dealregistration": (
        "客户,报备事项,金额\n华夏公司,产线改造,100\n没有公司,产线改造,100\n"
    ),
    "invoice": "客户,合同,金额\n华夏公司,华夏合同,100\n华夏公司,没有合同,100\n",
    "interaction": (
        "客户名称,跟进时间,跟进内容\n华夏公司,2024-03-01,寄样\n没有公司,2024-03-01,寄样\n"
    ),
    "competitor": "竞争对手名称,网址\n甲对手,\n乙对手,没有 网址\n",
    "encounter": (
        "竞争对手,客户,日期,对方产品\n"
        "对手公司,华夏公司,2025-01-02,X1\n没有对手,华夏公司,2025-01-02,X2\n"
    ),
    "quotation": "报价标题,客户\n一期报价,华夏公司\n二期报价,没有公司\n",
    "workplan": (
        f"周期,开始日期,事项\n周,{this_monday()},拜访\n"
        f"周,{this_monday() + timedelta(days=1)},报价\n"
    ),
    "dayreport": (f"日期,今日工作\n{timezone.localdate()},拜访\n2020-01-02,报价\n"),
    "target": "目标规则,年度,人员,1月\n合同额,2026,李娜,100\n合同额,2026,没有人,100\n",
    "lead": "公司,姓名,邮箱\n甲公司,李四,a@example.com\n乙公司,王五,x\n",
    "newsitem": (
        "标题,分类,发布日期,来源\n新政,政策法规,2025-05-06,日报\n,政策法规,,晚报\n"
    ),
}


@pytest.fixture(autouse=True)
def known(lina):
    """What rows of the files lie under."""
    a_competitor(lina, name="对手公司")
    customer = a_customer(lina, name="华夏公司")
    contract = a_contract(lina, customer=customer, title="华夏合同")
    approval.submit(contract, by=lina)
    return customer


@pytest.mark.parametrize("kind", imported(), ids=lambda kind: kind._meta.model_name)
def test_an_import_of_any_kind_is_told_of_and_taken_back(
    zhang, lina, sign_in, monkeypatch, kind
):
    browser = sign_in(who_enters(kind, zhang, lina))
    before = kind.objects.count()
    address = reverse(f"{kind._meta.model_name}_import")
    found = run(browser, FILES[kind._meta.model_name], address=address)
    assert counts(found) == (2, 1, 0, 0, 1)
    page = reverse("import_detail", args=[found.pk])
    for foreseen in (outlook.FORESEEN, 0):  # of very many rows less is looked at
        monkeypatch.setattr(outlook, "FORESEEN", foreseen)
        told = browser.get(page)
        assert told.status_code == 200
        assert 'data-bin="1" data-back="0" data-left="0"' in told.text
    refused = browser.get(reverse("import_refused", args=[found.pk]), {"format": "csv"})
    head = b"".join(refused.streaming_content).decode("utf-8-sig").splitlines()[0]
    assert head.endswith("文件中的行号,拒绝原因")
    answer = browser.post(
        reverse("import_undo", args=[found.pk]), {"version": found.decisions}
    )
    assert answer.status_code == 302
    assert browser.get(page).status_code == 200
    assert kind.objects.count() == before


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_refused_rows_come_back_in_the_same_layout(lina, sign_in, language):
    browser = sign_in(lina)
    browser.post("/language/", {"language": language})
    text = "客户名称,客户级别,联络处\n甲公司,头等,x\n乙公司,,b@example.com\n"
    found = preview(browser, text, column_2="email")
    asked = browser.get(reverse("import_preview", args=[found.pk])).context["words"]
    words = {name: "A" for name, (_field, word) in asked.asked.items() if word}
    assert browser.post(reverse("import_words", args=[found.pk]), words).status_code
    browser.post(f"/system/imports/{found.pk}/run/")
    found.refresh_from_db()
    assert counts(found) == (2, 1, 0, 0, 1)
    refused = browser.get(reverse("import_refused", args=[found.pk]), {"format": "csv"})
    content = b"".join(refused.streaming_content).decode("utf-8-sig")
    browser.post("/language/", {"language": "zh-hans"})
    again = run(browser, content.replace(",x,", ",a@example.com,"))
    assert counts(again) == (1, 1, 0, 0, 0)
    first = Customer.objects.get(name="甲公司")
    assert (first.level.code, first.email) == ("A", "a@example.com")
    third = run(browser, text.replace("公司", "厂").replace("x\n", "c@example.com\n"))
    assert counts(third) == (2, 2, 0, 0, 0)
