"""Imports that are broken off, sent twice or run side by side; the other kinds."""

import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from competitors.models import Competitor
from contracts.models import Product
from customers.models import Contact, Customer
from system.imports import previewing, reading, running
from system.models import ImportRun
from tests.factories import a_customer
from tests.races import ROUNDS, signed_in, somebody_waits, together, won
from tests.samples import chosen, counts, preview, run

pytestmark = pytest.mark.django_db
FIVE = "名称,邮箱\n" + "".join(f"公司{n},{'x' if n == 3 else ''}\n" for n in range(5))


def test_a_large_preview_goes_on_by_slices(lina, sign_in, monkeypatch):
    monkeypatch.setattr(previewing, "SLICE", 2)
    browser = sign_in(lina)
    found = preview(browser, FIVE + "公司0,\n公司4,\n")
    address, seen = reverse("import_preview", args=[found.pk]), []
    page = browser.get(address).content.decode()
    assert f'hx-post="{address}"' in page
    for _ in range(4):
        seen.append(found.preview["read"])
        assert browser.post(address).url == address
        found.refresh_from_db()
    assert seen == [2, 4, 6, 7]
    names = ("read", "created", "skipped", "refused")
    assert [found.preview[name] for name in names] == [7, 4, 2, 1]
    assert f'hx-post="{address}"' not in browser.get(address).content.decode()
    assert not reading.seen_path(found.sha256, found.pk).exists()
    assert not Customer.objects.exists()


def test_an_import_need_not_wait_for_its_preview(lina, wang, sign_in, monkeypatch):
    monkeypatch.setattr(previewing, "SLICE", 2)
    browser = sign_in(lina)
    found = preview(browser, FIVE)
    address = reverse("import_preview", args=[found.pk])
    browser.post(reverse("import_run", args=[found.pk]))
    found.refresh_from_db()
    assert counts(found) == (5, 4, 0, 0, 1)
    browser.post(address)
    found.refresh_from_db()
    assert found.preview["read"] == 2
    assert sign_in(wang).post(address).status_code == 404


@pytest.mark.parametrize("first", ["mapping", "run"])
@pytest.mark.parametrize("second", ["mapping", "reading", "run"])
def test_of_two_windows_at_one_step_the_first_decides(lina, sign_in, first, second):
    browser = sign_in(lina)
    found = preview(browser, FIVE)
    mapping = reverse("import_mapping", args=[found.pk])
    stale = {"version": found.decisions, **chosen(browser, mapping)}
    assert browser.post(reverse(f"import_{first}", args=[found.pk]), stale).url
    found.refresh_from_db()
    held = ImportRun.objects.values().get()
    answer = browser.post(
        reverse(f"import_{second}", args=[found.pk]), stale | {"known": "update"}
    )
    assert answer.status_code == 409
    assert "已被修改" in answer.text
    assert ImportRun.objects.values().get() == held


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_on_one_import_at_once_one_is_refused(lina):
    ways, browsers = ("skip", "create"), [signed_in(lina), signed_in(lina)]
    for turn, _round in enumerate(ROUNDS, start=1):
        found = preview(browsers[0], f"名称\n甲{turn}公司\n")
        address = reverse("import_run", args=[found.pk])

        def decide(number, address=address, version=found.decisions):
            sent = {"version": version, "doubles": ways[number]}
            return browsers[number].post(address, sent).status_code

        answers = together(2, decide)
        assert won(answers) == [302]
        found.refresh_from_db()
        assert found.doubles == ways[answers.index(302)]


def test_the_pages_of_an_import_name_the_version_that_they_show(lina, sign_in):
    browser = sign_in(lina)
    found = preview(browser, FIVE)
    field = f'<input type="hidden" name="version" value="{found.decisions}">'
    for step in ("mapping", "preview"):
        page = browser.get(reverse(f"import_{step}", args=[found.pk])).text
        assert page.count(field) == {"mapping": 2, "preview": 1}[step]


@pytest.mark.parametrize("slice_", [2, 3000])
def test_the_first_of_two_contradicting_rows_holds_however_far_apart(
    lina, sign_in, monkeypatch, slice_, worker, django_capture_on_commit_callbacks
):
    for module in (previewing, running):
        monkeypatch.setattr(module, "SLICE", slice_)
    known = a_customer(lina, name="甲公司", address="昆明")
    rows = ("甲公司,大理", "乙公司,丽江", "丙公司,楚雄", "甲公司,玉溪", "乙公司,曲靖")
    text = "名称,地址\n" + "".join(f"{row}\n" for row in rows)
    browser = sign_in(lina)
    found = preview(browser, text, known="update")
    while not found.preview["done"]:
        browser.post(reverse("import_preview", args=[found.pk]))
        found.refresh_from_db()
    names = ("read", "created", "updated", "skipped")
    said = [found.preview[name] for name in names]
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(reverse("import_run", args=[found.pk]))
        worker.drain()
    found.refresh_from_db()
    known.refresh_from_db()
    assert known.address == "大理"
    assert Customer.objects.get(name="乙公司").address == "丽江"
    twins = dict(found.taken.values_list("number", "twin"))
    assert (twins[5], twins[6]) == (2, 3)
    done = (found.read, found.created, found.updated, found.skipped)
    assert done == tuple(said) == (5, 2, 1, 2)
    folder = reading.path_of(found.sha256).parent
    assert not [*folder.glob("*.marks"), *folder.glob("*.said")]


def test_steps_cannot_be_left_out(lina, sign_in):
    browser = sign_in(lina)
    found = preview(browser, FIVE)
    ImportRun.objects.update(state="uploaded")
    assert browser.get(reverse("import_run", args=[found.pk])).status_code == 405
    answer = browser.post(reverse("import_run", args=[found.pk]))
    assert answer.url == reverse("import_mapping", args=[found.pk])
    assert not Customer.objects.exists()


def test_one_row_that_the_database_refuses_harms_no_other(lina, sign_in):
    a_customer(lina, name="华夏")
    text = "客户,姓名,首要联系人\n华夏,张三,是\n华夏,李四,是\n华夏,王五,否\n"
    browser = sign_in(lina)
    found = run(browser, text, address="/contacts/import/")
    assert counts(found) == (3, 2, 0, 0, 1)
    assert found.refusals.get().number == 3
    assert found.refusals.get().reasons[0][1]


def test_queries_grow_with_batches_not_with_rows(lina, sign_in):
    browser, asked = sign_in(lina), []
    for size in (1, 10, 300):  # the first begins the notice that the others add to
        rows = "".join(f"公司{size}-{n},云南省昆明市\n" for n in range(size))
        found = preview(browser, f"名称,地址\n{rows}")
        with CaptureQueriesContext(connection) as queries:
            browser.post(reverse("import_run", args=[found.pk]))
        asked.append(len(queries))
    # Rows that look like others cost two more, however many they are.
    assert asked[1] <= asked[2] <= asked[1] + 2 < 50


@pytest.mark.django_db(transaction=True)
def test_imports_side_by_side_make_no_doubles(lina, sign_in):
    browser = sign_in(lina)
    for turn, _round in enumerate(ROUNDS, start=1):
        rows = "".join(f"第{turn}批{n}号公司\n" for n in range(50))
        keys = [preview(browser, f"名称\n{rows}").pk for _ in range(2)]
        together(4, lambda number, keys=keys: running.advance(keys[number % 2]))
        assert Customer.objects.count() == 50 * turn
        runs = ImportRun.objects.filter(pk__in=keys)
        assert sorted((r.read, r.created, r.skipped) for r in runs) == [
            (50, 0, 50),
            (50, 50, 0),
        ]


@pytest.mark.django_db(transaction=True)
def test_what_somebody_is_writing_is_read_before_it_is_changed(lina, sign_in):
    known = a_customer(lina, name="甲公司", address="昆明", phone="0871-63123456")
    text = "名称,电话\n甲公司,0871-63123457\n"
    found = preview(sign_in(lina), text, known="update")
    held = threading.Event()

    def write():
        with transaction.atomic():
            edited = Customer.objects.select_for_update().get(pk=known.pk)
            edited.address = "大理古城"
            edited.save(update_fields=["address"])
            held.set()
            somebody_waits()

    def bring():
        held.wait(timeout=60)
        running.advance(found.pk)

    together(2, lambda number: (write, bring)[number]())
    known.refresh_from_db()
    assert (known.address, known.phone) == ("大理古城", "0871-63123457")
    assert list(Customer.objects.search("大理古城", lina)) == [known]
    assert list(Customer.objects.search("63123457", lina)) == [known]


def test_contacts_come_under_their_customers(lina, zhang, sign_in):
    mine = a_customer(zhang, name="华夏科技有限公司", short_name="华夏")
    text = (
        "姓名,公司名称,职务,手机号码,性别,决策角色,生日\n"
        "张三,华夏科技有限公司,经理,13800138000,先生,采购人,1980/2/29\n"
        f"李四,{mine.number},,,女,,\n"
        "王五,没有公司,,,,,\n"
    )
    browser = sign_in(lina)
    found = run(browser, text, address="/contacts/import/")
    assert counts(found) == (3, 2, 0, 0, 1)
    contact = Contact.objects.get(name="张三")
    assert (contact.customer, contact.title, contact.gender) == (mine, "经理", "male")
    assert contact.decision_role.code == "buyer"
    assert f"{contact.birthday}" == "1980-02-29"
    again = run(browser, text, address="/contacts/import/")
    assert counts(again) == (3, 0, 0, 2, 1)
    assert sign_in(zhang).get("/contacts/import/").status_code == 403


def test_products_are_known_by_their_code(lina, sign_in):
    text = '产品编码,产品名称,产品单位,价格\n001,钻头,把,"¥1,200.50"\n002,螺母,个,0.1\n'
    browser, address = sign_in(lina), "/products/import/"
    assert counts(run(browser, text, address=address)) == (2, 2, 0, 0, 0)
    drill = Product.objects.get(code="001")
    assert (drill.name, str(drill.price), drill.unit.code) == (
        "钻头",
        "1200.50",
        "handle",
    )
    text = text.replace("0.1", "0.2")
    found = run(browser, text, address=address, known="update")
    assert counts(found) == (2, 0, 1, 1, 0)


def test_competitors_are_imported(lina, sign_in):
    text = (
        "竞争对手,威胁等级,别名,城市,官网\n东方公司,高,东方、DF,昆明,www.example.com\n"
    )
    browser, address = sign_in(lina), "/competitors/import/"
    assert counts(run(browser, text, address=address)) == (1, 1, 0, 0, 0)
    rival = Competitor.objects.get()
    assert (rival.threat, rival.aliases) == ("high", ["东方", "DF"])
    assert rival.region.full_name == "云南省昆明市"
    assert counts(run(browser, text, address=address)) == (1, 0, 0, 1, 0)


@pytest.mark.parametrize(
    "segment",
    [
        "customers",
        "contacts",
        "interactions",
        "contracts",
        "products",
        "competitors",
        "encounters",
        "news",
    ],
)
def test_every_list_can_be_exported(lina, sign_in, segment):
    for kind in ("csv", "xlsx"):
        answer = sign_in(lina).get(f"/{segment}/export/", {"format": kind})
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content)


def test_contacts_that_are_known_take_no_query_each(lina, sign_in):
    browser, asked = sign_in(lina), []
    customer = a_customer(lina, name="华夏")
    for size in (5, 50):
        rows = "".join(
            f"华夏,{size}号{n},1380013{size:02}{n:02}\n" for n in range(size)
        )
        text = f"客户,姓名,手机\n{rows}"
        run(browser, text, address="/contacts/import/")
        found = preview(browser, text, address="/contacts/import/")
        with CaptureQueriesContext(connection) as queries:
            browser.post(reverse("import_run", args=[found.pk]))
        asked.append(len(queries))
        found.refresh_from_db()
        assert found.skipped == size
    assert asked[0] == asked[1] < 40
    assert customer.contacts.count() == 55


def test_a_preview_that_an_older_version_began_begins_anew(lina, sign_in):
    browser = sign_in(lina)
    found = preview(browser, FIVE)
    old = {"created": 1, "read": 1, "position": 2, "done": False, "seen": 0}
    ImportRun.objects.filter(pk=found.pk).update(preview=old)
    address = reverse("import_preview", args=[found.pk])
    assert browser.get(address).status_code == 200
    assert browser.post(address).status_code == 302
    found.refresh_from_db()
    assert (found.preview["read"], found.preview["created"]) == (5, 4)
