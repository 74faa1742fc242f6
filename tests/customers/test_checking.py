"""查重: whether a company is in the books, and whose it is."""

import pytest
from django.urls import reverse

from crm import disclosures
from crm.guards.actor import acting
from crm.models import HistoryEntry, Role
from crm.models.registration import Registration
from crm.notices.models import Notice, Unwanted
from crm.text import digits
from customers import asking, checking
from customers.checking import check, has_learnt_of, learnt_by
from customers.models import Customer
from tests.contracts.test_contract_pages import words
from tests.factories import a_contact, a_customer, a_pool, put_in
from tests.people import hire

pytestmark = pytest.mark.django_db


@pytest.fixture
def of_wang(wang):
    """A customer of 王芳's, with a telephone and a contact."""
    customer = a_customer(
        wang,
        name="昆明翠湖仪器有限公司",
        phone="0871-63123456",
        address="翠湖东路 1 号",
    )
    a_contact(customer, name="周明", mobile="13800138000")
    return customer


def asked_for(browser, text):
    """Return the page that answers."""
    return browser.get("/check/", {"q": text})


@pytest.mark.parametrize(
    "text",
    [
        "昆明翠湖仪器有限公司",
        "翠湖",
        "昆明翠湖仪器公司",
        "0871 63123456",
        "（0871）63123456",
        "0871—63123456",
        "0871－63123456转801",
        "联系电话：0871-63123456",
        "138 0013 8000",
        "+86 13800138000（周经理）",
    ],
)
def test_somebody_elses_is_told_of_but_not_how_to_reach_it(
    text, of_wang, zhang, sign_in
):
    page = words(asked_for(sign_in(zhang), text))
    assert "昆明翠湖仪器有限公司" in page
    assert "王芳" in page
    link = f'href="{of_wang.get_absolute_url()}"'
    for hidden in ("周明", "翠湖东路", link, of_wang.number):
        assert hidden not in page
    for number in ("0871-63123456", "13800138000"):
        assert digits(number) in digits(text) or number not in page


def test_a_credit_code_finds_its_customer(wang, zhang, sign_in):
    a_customer(wang, name="甲公司", credit_code="91530100MA6K3P1T4A")
    page = words(asked_for(sign_in(zhang), "91530100ma6k3p1t4a"))
    assert "甲公司" in page
    assert "没有这样的客户" in words(asked_for(sign_in(zhang), "91530100MA6K3P1T4B"))


def test_ones_own_is_opened_from_there(zhang, sign_in):
    customer = a_customer(zhang, name="大理洱海茶业有限公司")
    page = words(asked_for(sign_in(zhang), "洱海"))
    assert customer.get_absolute_url() in page
    assert customer.number in page
    assert "询问负责人" not in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("翠", "至少输入 2 个字"),
        ("138001", "至少输入 7 位"),
        ("0086138001", "至少输入 7 位"),
        ("公司", "只是企业组织形式"),
        ("有限公司", "只是企业组织形式"),
        ("AB", "只是企业组织形式"),
        ("__", "至少输入 2 个字"),
        ("((((", "至少输入 2 个字"),
        ("91530100MA6K3P1T4", "18 位"),
        ("91530100MA6K3P1T4AA", "18 位"),
        ("MA6K3P1T4A", "18 位"),
        ("91530100123456789", "18 位"),
    ],
)
def test_too_little_is_told_at_the_field(text, said, of_wang, zhang, sign_in):
    answer = asked_for(sign_in(zhang), text)
    assert answer.status_code == 422
    page = words(answer)
    assert said in page
    assert f'value="{text}"' in page
    assert "王芳" not in page


@pytest.mark.parametrize(
    "text", ["\0翠\0湖", "翠湖" * 500, "%_\\", "((((", "１３８００１３８０００"]
)
def test_whatever_is_typed_is_answered(text, of_wang, zhang, sign_in):
    assert asked_for(sign_in(zhang), text).status_code in (200, 422)


@pytest.fixture
def few(monkeypatch):
    """A day that tells of two, and a page that shows two."""
    monkeypatch.setattr(disclosures, "MOST_A_DAY", 2)
    monkeypatch.setattr(checking, "MOST", 2)


def page_of(browser, text):
    """Return what is answered, without what was typed."""
    page = words(asked_for(browser, text))
    start = page.index("<main")
    return page[start : page.index("</main>")].replace(f'value="{text}"', "")


def test_what_was_asked_is_kept_and_ends_for_the_day(few, wang, zhang, sign_in):
    for name in ("丽江玉龙", "大理苍山", "昆明翠湖"):
        a_customer(wang, name=f"{name}仪器厂", phone="0871-63123456")
    a_customer(zhang, name="玉溪抚仙鱼庄")
    browser = sign_in(zhang)
    assert "信息管理员" not in page_of(browser, "丽江玉龙")
    assert "信息管理员" in page_of(browser, "大理苍山")
    told = HistoryEntry.objects.filter(actor_id=zhang.pk, verb="told_of_customer")
    assert [entry.title for entry in told] == ["大理苍山", "丽江玉龙"]
    # Whatever is asked from now on has one answer, whether there is such a customer.
    nothing = page_of(browser, "普洱思茅")
    assert "信息管理员" in nothing
    assert "没有这样的客户" not in nothing
    for asked in ("昆明翠湖", "仪器厂厂", "0871-63123499", "91530100MA6K3P1T4A"):
        assert page_of(browser, asked).split("<form", 1)[0] == nothing.split("<form")[0]
    assert page_of(browser, "昆明翠湖") == nothing
    # What one sees and what one has found already is told again.
    assert "抚仙鱼庄" in page_of(browser, "抚仙")
    assert "王芳" in page_of(browser, "丽江玉龙")
    assert "大理苍山" in page_of(browser, "仪器厂")
    assert "昆明翠湖" not in page_of(browser, "仪器厂")
    assert told.count() == 2


def test_a_telephone_of_others_is_not_read_digit_by_digit(of_wang, zhang, sign_in):
    mine = a_customer(zhang, name="大理洱海茶业", phone="0872-2123456")
    a_contact(mine, name="段誉", mobile="13987654321")
    browser = sign_in(zhang)
    for part in ("1380013", "138001380", "00861380013800", "+86 871 6312345"):
        assert "王芳" not in page_of(browser, part)
    for part in ("2123456", "1398765"):
        assert "洱海" in page_of(browser, part)
    assert not HistoryEntry.objects.filter(verb="told_of_customer").exists()


def test_each_of_several_numbers_answers(wang, zhang, sign_in):
    a_customer(wang, name="昆明翠湖仪器厂", phone="0871-63123456; 13987654321转8")
    browser = sign_in(zhang)
    for number in ("087163123456", "139 8765 4321"):
        assert "王芳" in page_of(browser, number)
    page = page_of(browser, "0871-63120000")
    assert "没有这样的客户" not in page
    assert "公海客户只按名称查" in page


def test_a_code_of_digits_alone_is_no_telephone(wang, zhang, sign_in):
    a_customer(wang, name="甲公司", credit_code="915301007134170340")
    browser = sign_in(zhang)
    assert "甲公司" in page_of(browser, "915301007134170340")
    page = page_of(browser, "915301007134170341")
    assert "没有这样的客户" in page
    assert "/customers/add/?credit_code=" in page
    assert "/customers/add/?phone=" in page_of(browser, "0871 63120000")


@pytest.mark.parametrize("name", ["36524365", "7788", "AB"])
def test_a_name_of_digits_or_a_legal_form_is_found(name, wang, zhang, liu, sign_in):
    a_customer(wang, name=name)
    assert "王芳" in page_of(sign_in(zhang), name)
    assert 'row-link" href="/customers/' in page_of(sign_in(wang), name)


def test_company_numbers_find_only_what_one_sees(wang, zhang, sign_in):
    theirs, mine = a_customer(wang, name="翠湖仪器厂"), a_customer(zhang)
    browser = sign_in(zhang)
    assert mine.name in page_of(browser, mine.number)
    for asked in (theirs.number, "KH", "KH0000"):
        page = page_of(browser, asked)
        assert "王芳" not in page
        assert "没有这样的客户" not in page


def test_a_broad_word_tells_of_no_one_and_costs_nothing(few, wang, zhang, sign_in):
    for name in ("云南甲甲", "云南乙乙", "云南丙丙"):
        a_customer(wang, name=f"{name}茶厂")
    a_customer(zhang, name="云南丁丁茶厂")
    browser = sign_in(zhang)
    page = page_of(browser, "云南")
    assert "客户很多" in page
    assert "丁丁" in page
    assert "王芳" not in page
    # Whole names are told, however many have them in theirs.
    a_customer(wang, name="云南")
    assert page_of(browser, "云南").count("王芳") == 1
    assert HistoryEntry.objects.filter(verb="told_of_customer").count() == 1


def test_what_a_pool_tells_and_hides(few, wang, zhang, sign_in):
    theirs, other = a_pool(hidden=["status", "last_contact_at"]), a_pool()
    theirs.members.add(zhang)
    for pool, name in ((theirs, "玉溪红塔"), (other, "曲靖珠江")):
        put_in(pool, a_customer(wang, name=f"{name}包装厂", status="negotiating"))
    browser = sign_in(zhang)
    page = page_of(browser, "红塔包装")
    assert str(theirs) in page
    assert "谈判" not in page
    assert not learnt_by(zhang)
    page = page_of(browser, "珠江包装")
    assert "谈判" in page
    assert str(other) not in page
    assert len(learnt_by(zhang)) == 1


def test_that_a_report_was_returned_is_told_to_whom_it_concerns(
    wang, zhang, lina, sign_in
):
    report = a_customer(wang, name="昆明翠湖仪器厂", registered=False)
    with acting(lina, verb="returned"):
        Customer.objects.filter(pk=report.pk).update(
            registration=Registration.RETURNED, return_reason="重复"
        )
    page = page_of(sign_in(zhang), "翠湖")
    assert "尚未登记" in page
    assert "已退回" not in page
    assert "已退回" in page_of(sign_in(wang), "翠湖")


def test_more_than_a_page_asks_for_a_longer_name(few, zhang, sign_in):
    for number in range(3):
        a_customer(zhang, name=f"翠湖{number}号厂")
    assert "还有更多" in page_of(sign_in(zhang), "翠湖")
    answer = check("翠湖", zhang)
    assert (len(answer.hits), answer.has_more) == (2, True)


def test_as_many_queries_for_many(wang, zhang, sign_in, django_assert_max_num_queries):
    browser = sign_in(zhang)
    for number in range(9):
        a_customer(zhang, name=f"翠湖{number}号厂")
    asked_for(browser, "翠湖")
    with django_assert_max_num_queries(12):
        asked_for(browser, "翠湖")


def test_the_owner_is_told_who_asks(of_wang, wang, zhang, sign_in):
    browser = sign_in(zhang)
    url = f"/customers/{of_wang.pk}/asking/"
    assert browser.post(url).status_code == 404
    asked_for(browser, "翠湖")
    page = words(browser.post(url, {"note": "本周要去昆明"}, follow=True))
    assert "已告知王芳" in page
    notice = Notice.objects.get(person=wang, verb="asked_about")
    assert (notice.actor_name, notice.reason) == ("张伟", "本周要去昆明")


@pytest.fixture
def asks(of_wang, zhang, sign_in):
    """Return a function by which 张伟, who has found it, asks about 王芳's customer."""
    browser = sign_in(zhang)
    asked_for(browser, "翠湖")
    return lambda customer=of_wang: words(
        browser.post(f"/customers/{customer.pk}/asking/", {"q": "翠湖"}, follow=True)
    )


def test_one_asks_about_a_customer_once_a_day(asks, of_wang, wang):
    page = asks()
    assert "今天已询问" in page
    assert 'value="翠湖"' in page
    assert "询问过王芳" in asks()
    assert Notice.objects.get(person=wang, verb="asked_about").number == 1
    entry = HistoryEntry.objects.get(verb="asked_owner")
    assert (entry.actor_name, entry.subject_id) == ("张伟", of_wang.pk)


def test_one_asks_about_few_customers_a_day(asks, wang, zhang, monkeypatch):
    monkeypatch.setattr(asking, "MOST_ASKED", 1)
    other = a_customer(wang, name="翠湖东路茶庄")
    check("翠湖", zhang)
    assert "已告知王芳" in asks()
    assert "今天已询问 1 个客户" in asks(other)


def test_who_gets_no_such_notice_is_not_told(asks, wang):
    Unwanted.objects.create(person=wang, verb="asked_about")
    page = asks()
    assert "已告知" not in page
    assert "王芳不接收此类通知" in page
    assert not HistoryEntry.objects.filter(verb="asked_owner").exists()


def test_nobody_asks_themselves(zhang, sign_in):
    mine = a_customer(zhang)
    answer = sign_in(zhang).post(f"/customers/{mine.pk}/asking/")
    assert answer.status_code == 422
    assert "您自己的客户" in words(answer)


def test_who_was_told_a_department_alone_asks_about_no_customer(
    of_wang, zhang, sign_in
):
    browser = sign_in(zhang)
    said = words(browser.get("/customers/similar/", {"name": of_wang.name}))
    assert "销售二部" in said
    assert not has_learnt_of(of_wang, zhang)
    assert browser.post(f"/customers/{of_wang.pk}/asking/").status_code == 404


def test_the_log_says_which_customer_was_found_and_by_what(
    of_wang, zhang, zhou, sign_in
):
    asked_for(sign_in(zhang), "翠湖仪")
    browser = sign_in(zhou)
    asked = {"q": "翠湖仪", "verb": "told_of_customer", "kind": "customers.customer"}
    assert "昆明翠湖仪器有限公司" in words(browser.get(reverse("log"), asked))
    entry = HistoryEntry.objects.get(verb="told_of_customer")
    address = reverse("log_detail", args=[entry.pk])
    assert "昆明翠湖仪器有限公司" in words(browser.get(address))
    zhou.role_assignments.create(
        role=Role.objects.get(code="information_administrator")
    )
    page = words(sign_in(zhou).get(address))
    assert f'href="{of_wang.get_absolute_url()}"' in page


def test_what_is_in_a_pool_leads_there(wang, zhang, sign_in):
    pool = a_pool()
    pool.members.add(zhang)
    customer = put_in(pool, a_customer(wang, name="玉溪红塔包装有限公司"))
    page = words(asked_for(sign_in(zhang), "红塔包装"))
    assert f"/pools/{pool.pk}/customers/{customer.pk}/" in page
    assert sign_in(zhang).post(f"/customers/{customer.pk}/asking/").status_code == 422


def test_nobody_tries_out_what_a_pool_hides_of_a_telephone(wang, zhang, sign_in):
    pool = a_pool()
    pool.members.add(zhang)
    put_in(pool, a_customer(wang, name="玉溪红塔包装有限公司", phone="13908771104"))
    browser = sign_in(zhang)
    assert "139****1104" in words(browser.get(pool.get_absolute_url()))
    assert "红塔" not in words(asked_for(browser, "13908771104"))
    answer = browser.get("/customers/similar/", {"phone": "13908771104"})
    assert answer.text.strip() == ""
    asked = {"name": "玉溪红塔包装有限公司"}
    named = browser.get("/customers/similar/", asked).text
    assert "它在公海" in named
    assert f'href="{pool.get_absolute_url()}"' in named
    pool.members.clear()
    named = browser.get("/customers/similar/", asked).text
    assert "它在公海" in named
    assert str(pool) not in named


def test_who_may_not_see_customers_does_not_check(sign_in):
    guard = hire("guard", "门卫")
    assert asked_for(sign_in(guard), "翠湖").status_code == 403


def test_the_list_leads_there_and_it_leads_to_a_new_one(zhang, sign_in):
    browser = sign_in(zhang)
    assert 'href="/check/"' in words(browser.get("/customers/"))
    page = words(asked_for(browser, "丽江雪山"))
    menu = page[page.index("<nav") : page.index("<main")]
    assert 'href="/customers/" class="active"' in menu
    assert "没有这样的客户" in page
    form = browser.get("/customers/add/", {"name": "丽江雪山"}).context["form"]
    assert form["name"].value() == "丽江雪山"
    assert not Customer.objects.exists()
