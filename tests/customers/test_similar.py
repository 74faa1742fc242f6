"""Before a customer is entered again: what there is already, and who may know."""

import pytest

from crm import disclosures
from crm.duplicates.matching import look_at
from crm.models import HistoryEntry
from customers.models import Customer
from tests.factories import a_contact, a_customer
from tests.pages import form_of
from tests.samples import counts, preview, run

pytestmark = pytest.mark.django_db

SIMILAR, ADD = "/customers/similar/", "/customers/add/"


def enter(browser, **fields):
    """Send the form of a new customer."""
    return browser.post(ADD, {**form_of(browser, ADD), **fields})


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ({"name": "昆明滇润食品有限责任公司"}, "名称相同"),
        ({"name": "昆明滇潤食品 有限公司"}, "名称相同"),
        ({"name": "滇润"}, "简称相同"),
        ({"name": "另一家", "phone": "+86 871 6312 3456"}, "电话相同"),
        ({"name": "甲", "credit_code": "91530100713417034Y"}, "信用代码相同"),
    ],
)
def test_one_is_told_while_typing_what_there_is_already(zhang, sign_in, typed, word):
    known = a_customer(
        zhang,
        name="昆明滇润食品有限公司",
        short_name="滇润",
        phone="0871-63123456转801",
        credit_code="91530100713417034Y",
    )
    page = sign_in(zhang).get(SIMILAR, typed).content.decode()
    assert known.get_absolute_url() in page
    assert word in page
    # No reason helps beside a credit code: it stands once.
    assert ('name="duplicate_reason"' in page) is (word != "信用代码相同")


#: What says that two are one firm, but not that going on needs a reason.
ALIKE = [
    (
        {"website": "https://www.dianrun.cn/about"},
        {"website": "dianrun.cn"},
        "网站相同",
    ),
    ({"website": "https://www.dianrun.cn/"}, {"email": "b@dianrun.cn"}, "域名相同"),
    ({"email": "a@dianrun.cn"}, {"email": "b@DianRun.cn"}, "域名相同"),
    ({"email": "a@dianrun.cn"}, {"email": "A@dianrun.cn"}, "邮箱相同"),
    ({"email": "a@163.com"}, {"email": "b@163.com"}, ""),
    ({"email": "a@qq.com"}, {"website": "https://qq.com"}, ""),
    ({"name": "昆明滇润食品有限公司"}, {"name": "滇润食品（昆明）公司"}, "除地名"),
    (
        {"name": "李静", "nature": "person"},
        {"name": "李静", "nature": "person"},
        "姓名相同",
    ),
]


@pytest.mark.parametrize(("known", "typed", "word"), ALIKE)
def test_typing_knows_by_what_a_scan_knows(zhang, wang, sign_in, known, typed, word):
    one = a_customer(zhang, **{"name": "甲方"} | known)
    look_at(one)
    page = sign_in(zhang).get(SIMILAR, {"name": "乙方"} | typed).content.decode()
    assert (one.get_absolute_url() in page) is bool(word)
    assert word in page
    assert "duplicate_reason" not in page
    other = sign_in(wang).get(SIMILAR, {"name": "乙方"} | typed).content.decode()
    assert one.get_absolute_url() not in other
    own = {"website", "email"} & typed.keys() and bool(word)
    assert (str(zhang.department) in other) is bool(own)


def test_a_file_knows_by_what_a_scan_knows(zhang, sign_in):
    one = a_customer(zhang, name="甲方", website="https://www.dianrun.cn")
    look_at(one)
    found = preview(sign_in(zhang), "客户名称,电子邮箱\n乙方,b@dianrun.cn\n")
    assert [row[2][0][1] for row in found.preview["alike"]] == [one.pk]
    assert found.preview["doubles"] == 0  # it comes in all the same


@pytest.mark.parametrize("typed", [{}, {"name": "大理东方贸易有限公司"}, {"pk": "x"}])
def test_nothing_is_told_where_nothing_is_alike(zhang, sign_in, typed):
    a_customer(zhang, name="昆明滇润食品有限公司")
    answer = sign_in(zhang).get(SIMILAR, typed)
    assert answer.status_code == 200
    assert answer.content.strip() == b""


def test_who_may_add_no_customer_is_told_nothing(nobody, sign_in):
    assert sign_in(nobody).get(SIMILAR, {"name": "甲"}).status_code == 403
    assert sign_in(nobody).post(SIMILAR).status_code == 405


@pytest.mark.parametrize("person", ["zhang", "lina"])
def test_going_on_needs_a_reason_that_the_history_keeps(
    person, request, zhang, sign_in
):
    a_customer(zhang, name="昆明滇润食品有限公司")
    browser = sign_in(request.getfixturevalue(person))
    refused = enter(browser, name="昆明滇润食品有限公司", address="人民路1号")
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "名称相同" in page
    assert "人民路1号" in page
    assert Customer.objects.count() == 1
    answer = enter(browser, name="昆明滇润食品有限公司", duplicate_reason="大理的分店")
    assert answer.status_code == 302
    made = Customer.objects.order_by("pk").last()
    entry = HistoryEntry.objects.get(verb="entered_all_the_same", object_id=made.pk)
    assert entry.changes["reason"] == [None, "大理的分店"]


def test_a_name_that_is_only_alike_asks_for_no_reason(zhang, sign_in):
    a_customer(zhang, name="昆明华夏科技有限公司")
    assert enter(sign_in(zhang), name="昆明华霞科技有限公司").status_code == 302


def test_correcting_another_field_asks_nothing(zhang, sign_in):
    for _time in range(2):
        one = a_customer(zhang, name="昆明滇润食品有限公司")
    browser, url = sign_in(zhang), f"/customers/{one.pk}/edit/"
    form = form_of(browser, url)
    assert browser.post(url, {**form, "address": "人民路1号"}).status_code == 302
    form = form_of(browser, url)
    changed = {**form, "name": "昆明滇润食品（有限公司）"}
    assert browser.post(url, changed).status_code == 422


def test_of_others_customers_one_learns_only_whom_to_ask(zhang, wang, sign_in):
    a_customer(wang, name="深圳前洲供应链有限公司", address="秘密路1号")
    page = sign_in(zhang).get(SIMILAR, {"name": "深圳前洲供应链公司"}).content.decode()
    assert str(wang.department) in page
    for secret in ("前洲", "秘密", wang.name, "KH0", "/customers/"):
        assert secret not in page
    assert enter(sign_in(zhang), name="深圳前洲供应链有限公司").status_code == 422


def test_one_learns_of_few_others_customers_a_day(zhang, wang, sign_in, monkeypatch):
    monkeypatch.setattr(disclosures, "MOST_A_DAY", 2)
    for name in ("前洲", "后洲", "中洲"):
        a_customer(wang, name=f"深圳{name}供应链有限公司")
    browser, pages = sign_in(zhang), []
    for name in ("前洲", "后洲", "后洲", "中洲", "前洲"):
        answer = browser.get(SIMILAR, {"name": f"深圳{name}供应链有限公司"})
        pages.append(str(wang.department) in answer.content.decode())
    assert pages == [True, True, True, False, True]
    assert HistoryEntry.objects.filter(verb=disclosures.DISCLOSED).count() == 2


CODES = ("91530100713417034Y", "91530902323106547R", "91110000100000008J")


@pytest.fixture
def codes(wang, monkeypatch):
    """Two credit codes of 王芳's customers and one of nobody's; a day tells of one."""
    monkeypatch.setattr(disclosures, "MOST_A_DAY", 1)
    for code in CODES[:2]:
        a_customer(wang, name=f"深圳{code}", credit_code=code, external_number=code)
    return CODES


def errors(answer):
    """Return all that a form says of what was sent, as one text."""
    found = answer.context["form"].errors if answer.status_code == 422 else {}
    return " ".join(error for said in found.values() for error in said)


def refusals(browser, field, values):
    """Return what the form says of one value of a field after the other."""
    sent = [{"name": f"第{n}家", field: value} for n, value in enumerate(values)]
    return [errors(enter(browser, **fields)) for fields in sent]


@pytest.mark.parametrize("field", ["credit_code", "external_number"])
def test_the_form_answers_for_few_hidden_numbers_a_day(codes, zhang, sign_in, field):
    taken, other, free = codes
    before = Customer.objects.count()
    said = refusals(sign_in(zhang), field, (taken, other, free, taken))
    assert said == [said[0], str(disclosures.ENOUGH), said[1], said[0]]
    assert said[0] not in ("", said[1])
    assert Customer.objects.count() == before


def test_a_number_that_one_sees_is_answered_for_always(codes, zhang, sign_in):
    own = "91530102323106547G"
    a_customer(zhang, name="自己的", credit_code=own)
    said = refusals(sign_in(zhang), "credit_code", (codes[0], own, own))
    assert str(disclosures.ENOUGH) not in said
    assert "" not in said


def test_editing_a_customer_tells_no_more_than_adding(codes, zhang, sign_in):
    taken, other, free = codes
    page = f"/customers/{a_customer(zhang, name='自己的').pk}/edit/"
    browser, said = sign_in(zhang), []
    for code in (taken, other, free):
        sent = {**form_of(browser, page), "credit_code": code}
        said.append(errors(browser.post(page, sent)))
    assert said[1:] == [str(disclosures.ENOUGH)] * 2


@pytest.mark.parametrize("known", ["skip", "update"])
def test_an_import_tells_no_more_than_the_form(codes, zhang, sign_in, known):
    own = a_customer(zhang, name="自己的")
    rows = [f"第{n}家,{code}\n" for n, code in enumerate(codes)]
    text = "名称,信用代码\n" + "".join(rows)
    seen = preview(sign_in(zhang), text, known=known).preview
    said = [reason for *_row, reason in seen["reasons"]]
    assert said[1:] == [str(disclosures.ENOUGH)] * 2
    assert said[0] != said[1]
    done = run(sign_in(zhang), f"名称,信用代码\n自己的,{codes[1]}\n", known="update")
    assert counts(done) == (1, 0, 0, 0, 1)
    own.refresh_from_db()
    assert own.credit_code == ""
    assert HistoryEntry.objects.filter(verb=disclosures.DISCLOSED).count() == 1


def test_who_sees_all_is_always_answered(codes, lina, sign_in):
    said = refusals(sign_in(lina), "credit_code", codes)
    assert [bool(one) for one in said] == [True, True, False]
    assert str(disclosures.ENOUGH) not in said


def test_a_hidden_contact_s_number_counts_as_well(codes, zhang, sign_in):
    hidden, own = Customer.objects.first(), a_customer(zhang, name="自己的")
    for code in codes[:2]:
        a_contact(hidden, external_number=code)
    browser, said = sign_in(zhang), []
    for code in codes[:2]:
        page = f"/contacts/add/?customer={own.pk}"
        sent = {**form_of(browser, page), "name": "赵", "external_number": code}
        said.append(errors(browser.post(page, sent)))
    assert said[1] == str(disclosures.ENOUGH)
    assert said[0] not in ("", said[1])


def test_of_others_beside_ones_own_one_is_told_that_they_are_others(
    zhang, wang, sign_in
):
    a_customer(zhang, name="昆明滇润食品有限公司")
    typed = {"name": "昆明滇润食品"}
    browser = sign_in(zhang)
    assert "询问" not in browser.get(SIMILAR, typed).content.decode()
    a_customer(wang, name="昆明滇润食品有限责任公司")
    page = browser.get(SIMILAR, typed).content.decode()
    assert f"公司另有相似客户，请向{wang.department}询问。" in page
    assert "公司已有此客户" not in page
