"""系统工具 › 重复: found at once and by a scan, decided side by side, taken back."""

from itertools import combinations

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from crm.duplicates import matching, scan
from crm.duplicates.matching import look_at, look_at_rows
from crm.duplicates.models import Key, Merge, Pair
from crm.duplicates.traits import WORTH, compared, profile
from crm.jobs.asking import ask
from crm.jobs.models import Job
from crm.jobs.worker import Worker
from crm.models import HistoryEntry
from customers.models import Customer
from tests.factories import (
    a_competitor,
    a_contact,
    a_customer,
    a_product,
    an_interaction,
)
from tests.pages import form_of, ids

pytestmark = pytest.mark.django_db

PAGE = "/system/duplicates/"
MERGES = "/system/merges/"


@pytest.fixture
def worker():
    """A worker in this process."""
    worker = Worker()
    yield worker
    worker.lease.close()


def found(*rows):
    """Look at some rows; return {(name, name)} of the pairs there are."""
    for row in rows:
        look_at(row)
    return named()


def named():
    """Return {(name, name): reasons} of the undecided pairs."""
    return {
        tuple(
            str(pair.model.everything.get(pk=pk)) for pk in (pair.low_id, pair.high_id)
        ): pair.reasons
        for pair in Pair.objects.open()
    }


#: Two ways to write one customer, and what tells that it is one.
SAME = [
    ({"name": "昆明恒信商贸有限公司"}, {"name": "昆明恒信商貿有限責任公司"}, "name"),
    (
        {"name": "昆明恒信商贸有限公司"},
        {"name": "恒信商贸（昆明）股份有限公司"},
        "own_name",
    ),
    ({"name": "云南恒信商贸集团"}, {"name": "恒信商贸"}, "own_name"),
    ({"name": "大理恒信商贸有限公司"}, {"name": "恒信商贸（大理）公司"}, "own_name"),
    (
        {"name": "红河哈尼族彝族自治州恒信商贸"},
        {"name": "恒信商贸（红河州）"},
        "own_name",
    ),
    (
        {"name": "云南恒信实业", "short_name": "恒信"},
        {"name": "恒信有限公司"},
        "short_name",
    ),
    ({"name": "昆明恒鑫科技有限公司"}, {"name": "昆明恒信科技有限公司"}, "sound"),
    ({"name": "昆明恒信达商贸公司"}, {"name": "昆明恒信商贸有限公司"}, "similar"),
    (
        {"name": "甲方", "phone": "0871-63123456转8"},
        {"name": "乙方", "phone": "+86 871 6312 3456"},
        "phone",
    ),
    (
        {"name": "甲方", "website": "https://www.hengxin.cn/about"},
        {"name": "乙方", "website": "http://hengxin.cn"},
        "host",
    ),
    (
        {"name": "甲方", "email": "Info@Hengxin.cn"},
        {"name": "乙方", "email": "info@hengxin.cn"},
        "email",
    ),
    (
        {"name": "甲方", "email": "a@hengxin.cn"},
        {"name": "乙方", "email": "b@hengxin.cn"},
        "mail_domain",
    ),
    (
        {"name": "甲方", "email": "a@hengxin.cn"},
        {"name": "乙方", "website": "https://www.hengxin.cn"},
        "mail_domain",
    ),
]


@pytest.mark.parametrize(("one", "other", "reason"), SAME)
def test_one_customer_is_known_in_two_writings(one, other, reason, zhang):
    rows = [a_customer(zhang, **one), a_customer(zhang, **other)]
    (reasons,) = found(*rows).values()
    assert reason in reasons


#: What has something in common and is not one customer.
DIFFERENT = [
    ({"name": "昆明恒信商贸"}, {"name": "昆明大华商贸"}),
    (
        {"name": "甲方", "email": "a@qq.com"},
        {"name": "乙方", "email": "b@qq.com"},
    ),
    (
        {"name": "北京恒信商贸有限公司"},
        {"name": "上海恒信商贸有限公司"},
    ),
    ({"name": "大理恒信商贸有限公司"}, {"name": "恒信商贸（昆明市）公司"}),
    (
        {"name": "李静", "nature": "person"},
        {"name": "李静", "nature": "person", "phone": "13912340001"},
    ),
    ({"name": "甲方", "phone": "12345"}, {"name": "乙方", "phone": "12345"}),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_has_little_in_common_is_not_asked_about(one, other, zhang):
    assert not found(a_customer(zhang, **one), a_customer(zhang, **other))


def test_what_is_sifted_out_early_would_not_have_been_found(zhang):
    """As if all were compared with all: names, places, numbers in every mixture."""
    names = [
        f"{place}{own}有限公司"
        for place in ("昆明", "大理", "")
        for own in ("恒信商贸", "恒信达商贸", "恒鑫商贸")
    ]
    phones = ("", "0871-63123456", "0871-63123457")
    codes = ("", "91530100713417034Y", "91530902323106547R")
    rows = [
        a_customer(zhang, name=name, phone=phones[n % 3], credit_code=codes[n // 4])
        if n in (3, 4, 8)
        else a_customer(zhang, name=name, phone=phones[n % 2])
        for n, name in enumerate(names)
    ]
    look_at_rows(Customer, [row.pk for row in rows])
    profiles = {row.pk: profile(row, Customer.traits) for row in rows}
    scores = {
        pair: compared(*(profiles[pk] for pk in pair)).score
        for pair in combinations(sorted(profiles), 2)
    }
    worth = {pair: score for pair, score in scores.items() if score >= WORTH}
    assert 0 < len(worth) < len(scores)
    kept = Pair.objects.values_list("low_id", "high_id", "score")
    assert {(low, high): score for low, high, score in kept} == worth


def test_what_many_share_says_nothing(zhang, monkeypatch):
    monkeypatch.setattr(matching, "NEAR", 3)
    for side in ("_OLDER", "_NEWER"):
        text = getattr(matching, side).replace("LIMIT 20", "LIMIT 3")
        monkeypatch.setattr(matching, side, text)
    names = ("甲乙", "丙丁", "戊己", "庚辛", "壬癸")
    rows = [a_customer(zhang, name=n, email=f"{n}@net.cn") for n in names]
    found(*rows)
    newest = {pair.high_id for pair in Pair.objects.all()}
    assert newest == {row.pk for row in rows[1:3]}  # the rest shares it with three


def test_contacts_competitors_and_products_have_traits_of_their_own(zhang, lina):
    customer = a_customer(zhang)
    people = [
        a_contact(customer, name="张伟", mobile="13912340001"),
        a_contact(customer, name="张伟", mobile="13912340002", department="财务部"),
        a_contact(customer, name="張偉", mobile="+86 139 1234 0001"),
    ]
    assert ("张伟", "張偉") in found(*people)
    assert len(Pair.objects.all()) == 1  # two of one name and two mobiles are two
    rivals = [
        a_competitor(lina, name="大华科技有限公司"),
        a_competitor(lina, name="浙江大华", aliases=["大华科技"]),
    ]
    products = [a_product(lina, code="A-1", name="水泵"), a_product(lina, code="A1")]
    found(*rivals, *products)
    kinds = set(Pair.objects.values_list("kind", flat=True))
    assert kinds == {
        "customers.contact",
        "competitors.competitor",
        "contracts.product",
    }


def test_what_is_saved_is_looked_at_at_once(zhang, sign_in):
    a = a_customer(zhang, name="昆明恒信商贸有限公司")
    look_at(a)
    browser = sign_in(zhang)
    form = form_of(browser, "/customers/add/") | {
        "name": "昆明恒信商貿有限公司",
        "duplicate_reason": "另一家",
    }
    assert browser.post("/customers/add/", form).status_code == 302
    (pair,) = Pair.objects.all()
    new = Customer.objects.get(pk=pair.high_id)
    form = form_of(browser, f"/customers/{new.pk}/edit/") | {"name": "大理白族客栈"}
    assert browser.post(f"/customers/{new.pk}/edit/", form).status_code == 302
    assert not Pair.objects.exists()  # it looks like it no more


def test_a_scan_goes_through_everything_slice_by_slice(zhang, worker, monkeypatch):
    monkeypatch.setattr(scan, "AT_ONCE", 2)
    rows = [a_customer(zhang, name=f"昆明恒信{n}商贸有限公司") for n in "甲乙丙"]
    twins = [a_customer(zhang, name=f"恒信{n}商贸（昆明）") for n in "甲乙丙"]
    job = ask(scan.scan, by=None, everything=True)
    while worker.work():
        pass
    job.refresh_from_db()
    assert (job.status, job.done, job.total) == ("done", 6, 6)
    pairs = {(str(a), str(b)) for a, b in zip(rows, twins, strict=True)}
    assert pairs <= named().keys()
    assert Key.objects.filter(row_id=rows[0].pk).exists()
    Pair.objects.get(low_id=rows[0].pk, high_id=twins[0].pk).dismiss(zhang)
    look_at_rows(Customer, [row.pk for row in (*rows, *twins)])
    assert (str(rows[0]), str(twins[0])) not in named()
    late = a_customer(zhang, name="昆明恒信甲商贸公司")  # written past all forms
    before = named()
    ask(scan.scan, by=None)
    while worker.work():
        pass
    assert {late.name} <= {name for pair in named().keys() - before for name in pair}


def test_other_traits_have_all_looked_through_again(zhang, worker, monkeypatch):
    row = a_customer(zhang, name="昆明恒信商贸有限公司")
    for edition, total in ((1, 1), (1, 0), (2, 1)):
        monkeypatch.setattr(scan, "EDITION", edition)
        type(row).objects.filter(pk=row.pk).update(remarks="")
        job = ask(scan.scan, by=None)
        worker.drain()
        job.refresh_from_db()
        assert (job.status, job.total) == ("done", total)


def test_a_scan_that_breaks_off_goes_on_where_it_was(zhang, worker, monkeypatch):
    monkeypatch.setattr(scan, "AT_ONCE", 2)
    rows = [a_customer(zhang, name="昆明恒信商贸有限公司") for _ in range(4)]
    looked, real = [], look_at_rows

    def breaks_once(model, pks, **options):
        found = real(model, pks, **options)
        looked.append(pks)
        if len(looked) == 2:
            raise RuntimeError("killed")
        return found

    monkeypatch.setattr(scan, "look_at_rows", breaks_once)
    job = ask(scan.scan, by=None, everything=True)
    while worker.work():
        DBTaskResult.objects.filter(pk=job.queued_id).update(run_after=timezone.now())
    job.refresh_from_db()
    assert (job.status, job.done, job.total) == ("done", 4, 4)
    assert looked[1] == looked[2]  # what was broken off is done again, once
    assert Pair.objects.count() == 6
    assert Key.objects.filter(row_id__in=[row.pk for row in rows]).count() == len(
        set(Key.objects.values_list("row_id", "trait", "digest"))
    )


# --- The pages ------------------------------------------------------------------------


@pytest.fixture
def pair(zhang):
    """A customer of 张伟's that was entered twice."""
    one = a_customer(zhang, name="昆明恒信商贸有限公司", phone="0871-63123456")
    two = a_customer(zhang, name="恒信商贸（昆明）有限公司", remarks="老客户")
    found(one, two)
    return Pair.objects.get()


def form(answer, **more):
    """Return what the page of a pair would send."""
    columns, pair = answer.context["columns"], answer.context["pair"]
    best = next(c["row"] for c in columns if c["is_best"])
    return {
        "version": pair.version,
        "winner": best.pk,
        "ids": [c["row"].pk for c in columns if not c["is_other"]],
        **{f"version_{c['row'].pk}": c["row"].version for c in columns},
        **{
            f"keep_{line['name']}": cell["pk"]
            for line in answer.context["lines"]
            for cell in line["cells"]
            if cell["is_kept"]
        },
        **more,
    }


def test_the_road_from_the_list_to_a_merge_and_back(pair, lina, sign_in):
    call = an_interaction(Customer.objects.get(pk=pair.high_id))
    browser = sign_in(lina)
    listed = browser.get(PAGE)
    assert ids(listed) == [pair.pk]
    assert "除地名和公司形式外名称相同" in listed.content.decode()
    for query, number in (("score_min=99", 0), ("kind=customers.customer", 1)):
        assert len(ids(browser.get(f"{PAGE}?{query}"))) == number
    assert ids(browser.get(f"{PAGE}?q=恒信")) == [pair.pk]
    page = browser.get(pair.get_absolute_url())
    moves = {c["row"].pk: dict(c["counts"]) for c in page.context["columns"]}
    assert moves == {pair.low_id: {}, pair.high_id: {"交往": 1}}
    sent = form(page, winner=pair.low_id)
    answer = browser.post(f"{PAGE}{pair.pk}/merge/", sent)
    assert (answer.status_code, answer.url) == (302, f"/customers/{pair.low_id}/")
    kept = Customer.objects.get(pk=pair.low_id)
    assert (kept.phone, kept.remarks) == ("0871-63123456", "老客户")
    assert browser.post(f"{PAGE}{pair.pk}/merge/", sent).status_code == 404
    assert ids(browser.get(PAGE)) == []
    (merge,) = browser.get(MERGES).context["page_obj"].object_list
    undo = f"{MERGES}{merge.pk}/undo/"
    assert browser.get(undo).status_code == 405
    assert browser.post(undo).url == MERGES
    assert browser.post(undo).status_code == 409
    call.refresh_from_db()
    assert call.customer_id == pair.high_id
    assert ids(browser.get(PAGE)) == [pair.pk]


def test_what_is_not_the_same_is_remembered(pair, lina, sign_in):
    browser = sign_in(lina)
    sent = {"version": pair.version}
    assert browser.post(f"{PAGE}{pair.pk}/dismissal/", {}).status_code == 409
    assert browser.post(f"{PAGE}{pair.pk}/dismissal/", sent).status_code == 302
    assert ids(browser.get(PAGE)) == []
    assert ids(browser.get(f"{PAGE}?state=dismissed")) == [pair.pk]
    for pk in (pair.low_id, pair.high_id):
        look_at(Customer.objects.get(pk=pk))
    assert ids(browser.get(PAGE)) == []


def test_what_is_not_the_same_can_be_taken_back(pair, lina, chen, sign_in):
    pair.dismiss(lina)
    pair.refresh_from_db()
    browser, undo = sign_in(lina), f"{PAGE}{pair.pk}/reconsideration/"
    assert f'{PAGE}?state=dismissed"' in browser.get(PAGE).text
    remembered = browser.get(f"{PAGE}?state=dismissed")
    assert ids(remembered) == [pair.pk]
    assert undo in remembered.text
    assert undo in browser.get(pair.get_absolute_url()).text
    sent = {"version": pair.version}
    reader = sign_in(chen)
    assert undo not in reader.get(f"{PAGE}?state=dismissed").text
    assert reader.post(undo, sent).status_code == 403
    browser = sign_in(lina)
    assert browser.get(undo).status_code == 405
    assert browser.post(undo, {"version": 1}).status_code == 409  # of another state
    assert browser.post(undo, sent).url == pair.get_absolute_url()
    assert browser.post(undo, sent).status_code == 409
    assert ids(browser.get(PAGE)) == [pair.pk]
    assert undo not in browser.get(pair.get_absolute_url()).text
    verbs = HistoryEntry.objects.filter(label="duplicates.pair").order_by("pk")
    assert [entry.verb for entry in verbs] == ["dismissed", "reconsidered"]


def test_what_was_changed_meanwhile_is_looked_at_again(pair, lina, sign_in):
    browser = sign_in(lina)
    sent = form(browser.get(pair.get_absolute_url()))
    Customer.objects.filter(pk=pair.high_id).update(remarks="改过")
    assert browser.post(f"{PAGE}{pair.pk}/merge/", sent).status_code == 409
    for missing in ("winner", "ids"):
        page = browser.get(pair.get_absolute_url())
        left = {k: v for k, v in form(page).items() if k != missing}
        answer = browser.post(f"{PAGE}{pair.pk}/merge/", left)
        assert answer.status_code == 422
    assert not Merge.objects.exists()


@pytest.mark.parametrize("bad", ["999999", "客户", "-1", "9" * 30])
def test_a_value_is_kept_only_from_what_is_merged(bad, pair, lina, sign_in):
    browser = sign_in(lina)
    sent = form(browser.get(pair.get_absolute_url()), keep_name=bad)
    answer = browser.post(f"{PAGE}{pair.pk}/merge/", sent)
    assert answer.status_code == 422
    assert "请选择参与合并的记录之一的值。" in answer.text
    assert not Merge.objects.exists()


def test_a_pair_is_seen_by_whoever_sees_both(pair, zhang, wang, chen, zhou, sign_in):
    assert ids(sign_in(zhang).get(PAGE)) == [pair.pk]
    assert ids(sign_in(wang).get(PAGE)) == []
    assert sign_in(wang).get(pair.get_absolute_url()).status_code == 404
    page = sign_in(chen).get(pair.get_absolute_url())  # reads all, changes none
    assert page.status_code == 200
    assert not page.context["may_merge"]
    sent = form(page)
    assert sign_in(chen).post(f"{PAGE}{pair.pk}/merge/", sent).status_code == 403
    sent = {"version": pair.version}
    answer = sign_in(chen).post(f"{PAGE}{pair.pk}/dismissal/", sent)
    assert answer.status_code == 403
    assert sign_in(zhou).get(PAGE).status_code == 403
    assert sign_in(zhang).post(f"{PAGE}scan/").status_code == 403


def test_the_page_of_a_record_leads_to_what_looks_like_it(
    pair, zhang, lina, chen, wang, sign_in
):
    """Whoever may merge; a pair that is decided on is spoken of no more."""
    foreign = a_customer(wang, name="昆明恒信商贸有限责任公司")
    look_at(foreign)
    look_at(Customer.objects.get(pk=pair.low_id))
    for person, address, number in (
        (zhang, pair.low_id, 1),
        (zhang, pair.high_id, 1),
        (lina, pair.high_id, 2),
        (chen, pair.high_id, 0),
        (wang, foreign.pk, 0),
    ):
        page = sign_in(person).get(f"/customers/{address}/").text
        assert ("data-duplicates" in page) is bool(number)
        assert not number or f'data-duplicates="{number}"' in page
    page = sign_in(zhang).get(f"/customers/{pair.low_id}/").text
    assert f'<a href="{pair.get_absolute_url()}">有 1 条' in page
    pair.dismiss(zhang)
    assert (
        "data-duplicates" not in sign_in(zhang).get(f"/customers/{pair.low_id}/").text
    )


def test_so_do_those_of_other_kinds(zhang, lina, sign_in):
    customer, browser = a_customer(zhang), sign_in(lina)
    for rows in (
        [a_contact(customer, name="张伟", mobile="13912340001") for _n in "ab"],
        [a_competitor(lina, name=n) for n in ("大华科技公司", "大华科技有限公司")],
        [a_product(lina, code=code, name="水泵") for code in ("A-1", "A1")],
    ):
        found(*rows)
        for row in rows:
            pair = Pair.objects.naming(type(row), row.pk).get()
            assert pair.get_absolute_url() in browser.get(row.get_absolute_url()).text


def test_everything_is_looked_through_when_somebody_asks(lina, sign_in):
    browser = sign_in(lina)
    answer = browser.post(f"{PAGE}scan/")
    assert answer.url == Job.objects.get().get_absolute_url()
    answer = browser.post(f"{PAGE}scan/")
    assert answer.status_code == 409
    assert "已在等待或运行" in answer.text
    assert Job.objects.count() == 1


def test_pages_take_few_queries(
    pair, lina, zhang, sign_in, django_assert_max_num_queries
):
    browser = sign_in(lina)
    for _ in range(3):
        look_at(a_customer(zhang, name="昆明恒信商贸有限责任公司"))
    browser.get(PAGE)
    for address in (PAGE, pair.get_absolute_url(), MERGES):
        with django_assert_max_num_queries(12):
            assert browser.get(address).status_code == 200
