"""What pages cost: as many queries for thirty rows as for three, and never many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from contracts import approval
from contracts.approval.moves import FLOW
from contracts.models import PriceList
from crm.models import DictionaryField, User
from crm.rights.permissions import permission
from crm.shipped.roles import shipped_roles
from customers.models import DealRegistration
from sales.models import Target
from tests.contracts.test_approval import LARGE, verdict
from tests.factories import (
    a_competitor,
    a_contact,
    a_contract,
    a_customer,
    an_encounter,
    an_interaction,
)
from tests.pages import record_models
from tests.samples import preview, run
from tests.site.world import a_row, rows_of, who_enters

pytestmark = pytest.mark.django_db

MOST = 12
#: Each kind from which it offers rows asks twice: what lies beyond one's reach, and
#: the rows. An interaction and an encounter offer rows of four.
MOST_FOR_A_FORM = 14
#: Whoever decides on kinds is asked what of each lies beyond their reach, whoever heads
#: departments for those below, whoever sees not all how much of each there is.
MOST_FOR_THE_SEARCH = 15
#: Sign-in, rows, their number and sums, the dictionaries, how one has set it up, more.
MOST_FOR_A_LIST = 10
#: Its cards share queries by what they ask for; today's entries ask for days.
MOST_FOR_THE_WORKBENCH = 13
MODELS = record_models()
#: Who edits which kinds by a role that ships.
WRITTEN = [
    pytest.param(who, model, id=f"{who}-{model._meta.model_name}")
    for who, role in (
        ("zhang", "salesperson"),
        ("zhao", "supervisor"),
        ("chen", "researcher"),
        ("lina", "information_administrator"),
    )
    for model in MODELS
    if permission("change", model) in shipped_roles()[role]["grants"]
]


def name_of(model):
    """Name a kind of record in the list of tests."""
    return model._meta.model_name


def cost(browser, url):
    """Return how many queries a page takes that opens, in a process that knows it."""
    browser.get(url)
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(url)
    assert answer.status_code == 200, url
    return len(queries)


#: What rows say of themselves that refer to whatever they can refer to.
SAYING = {PriceList: {"holds_for": "group"}}
#: What each row of a kind needs of its own, made for its owner: nobody registers the
#: same twice, and a target is a person's or a department's.
OWN = {
    DealRegistration: lambda owner: {"customer": a_customer(owner)},
    Target: lambda owner: {"department": None, "person": owner},
}


def more(model, owner, among, number):
    """Add some rows of a kind that refer to whatever they can refer to."""
    fields = {
        field.name: target
        for field in model._meta.concrete_fields
        if field.is_relation
        and field.editable
        and field.name not in ("owner", "reporter")
        and (target := among.get(field.related_model) or first_of(field)) is not None
    }
    for _time in range(number):
        own = OWN[model](owner) if model in OWN else {}
        a_row(model, owner, among.get, **{**fields, **SAYING.get(model, {}), **own})


def first_of(field):
    """Return a row that a column may refer to: an item of its own dictionary."""
    rows = field.related_model._default_manager.all()
    if isinstance(field, DictionaryField):
        rows = rows.filter(kind=field.kind)
    return rows.first()


@pytest.mark.parametrize("who", ["zhang", "zhao", "lina"])
@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_a_list_costs_the_same_for_three_rows_as_for_thirty(
    model, who, zhang, sign_in, request
):
    person = request.getfixturevalue(who)
    browser = sign_in(zhang if who == "lina" and model.personal else person)
    rows = rows_of(zhang)
    more(model, zhang, rows, 2)
    url = f"{model.page('list')}?per_page=50"
    few = cost(browser, url)
    more(model, zhang, rows, 27)
    assert cost(browser, url) == few <= MOST_FOR_A_LIST


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_a_list_with_all_its_columns_costs_no_more(model, zhang, lina, sign_in):
    browser = sign_in(who_enters(model, zhang, lina))
    rows = rows_of(zhang)
    more(model, zhang, rows, 2)
    plain = browser.get(model.page("list"))
    names = plain.context["table"].columns.names()
    url = f"{model.page('list')}?per_page=50" + "".join(f"&column={n}" for n in names)
    few = cost(browser, url)
    more(model, zhang, rows, 12)
    assert cost(browser, url) == few <= MOST_FOR_A_LIST


@pytest.mark.parametrize(("who", "model"), WRITTEN)
def test_an_empty_form_costs_little_however_many_choices_it_offers(
    model, who, zhang, sign_in, request
):
    rows = rows_of(zhang)
    more(model, zhang, rows, 3)
    browser = sign_in(request.getfixturevalue(who))
    assert cost(browser, model.page("create")) <= MOST_FOR_A_FORM


@pytest.mark.parametrize("suffix", ["detail", "update", "delete"])
@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_pages_of_a_record_cost_little(model, suffix, zhang, lina, sign_in):
    row = rows_of(zhang)[model]
    url = reverse(f"{model._meta.model_name}_{suffix}", args=[row.pk])
    assert cost(sign_in(who_enters(model, zhang, lina)), url) <= MOST


@pytest.mark.parametrize(("who", "model"), WRITTEN)
def test_a_form_costs_little_whatever_its_record_names(
    who, model, zhang, sign_in, request
):
    person = request.getfixturevalue(who)
    more(model, person, rows_of(zhang), 1)
    newest = model.objects.order_by("pk").last()
    url = reverse(f"{model._meta.model_name}_update", args=[newest.pk])
    assert cost(sign_in(person), url) <= MOST_FOR_A_FORM


@pytest.mark.parametrize("who", ["zhang", "chen", "lina", "zhao", "zhou", "nobody"])
def test_the_workbench_costs_little(who, zhang, sign_in, request):
    browser = sign_in(request.getfixturevalue(who))
    rows_of(zhang)
    few = cost(browser, "/")
    for _time in range(5):
        rows_of(zhang)
    assert cost(browser, "/") == few <= MOST


def test_what_came_back_costs_little_of_however_many_kinds(zhang, lina, sign_in):
    browser, customer = sign_in(zhang), a_customer(zhang)
    few = cost(browser, "/")
    returned = [
        a_customer(zhang, registered=False),
        a_contact(customer, registered=False),
        an_interaction(customer, registered=False),
        a_contract(zhang, customer=customer, registered=False),
        an_encounter(a_competitor(lina), customer, registered=False),
    ]
    for record in returned:
        record.send_back(lina, "请补充")
    assert cost(browser, "/") == few + 1 <= MOST
    page = browser.get("/").content.decode()
    for record in returned:
        assert record.get_absolute_url() in page
        assert escape(str(record)) in page


@pytest.fixture
def busy(zhang, zhao, sun, lina):
    """Return a supervisor of whom every card has something to show."""
    rows_of(zhang)
    a_customer(zhao, next_contact_at=timezone.now())
    a_customer(zhao, registered=False).send_back(lina, "请补充")
    asked = a_contract(zhang, amount=LARGE)
    approval.submit(asked, by=zhang)
    return zhao


def rejected(owner):
    """Let a contract of somebody's stand rejected."""
    contract = a_contract(owner, amount=LARGE)
    approval.submit(contract, by=owner)
    (decider, *_others) = FLOW.deciders_of(contract.rounds.get())
    person = User.objects.get(pk=decider)
    verdict(contract, person, approved=False, opinion="价格太低")


CARDS = ("approvals_waiting", "contacts_due", "returned_reports", "team_contracts")


def test_the_workbench_of_whose_contract_stands_rejected_costs_little(
    busy, qian, sign_in
):
    browser = sign_in(busy)
    rejected(busy)
    assert cost(browser, "/") <= MOST_FOR_THE_WORKBENCH
    page = browser.get("/").content.decode()
    for card in (*CARDS, "my_contracts"):
        assert f'data-card="{card}"' in page


def test_the_workbench_costs_little_after_whose_turn_it_is_has_changed(
    busy, zhang, sign_in
):
    browser = sign_in(busy)
    before = cost(browser, "/")
    approval.submit(a_contract(zhang, amount=LARGE), by=zhang)
    with CaptureQueriesContext(connection) as queries:
        page = browser.get("/").content.decode()
    # The turns are reckoned anew.
    assert len(queries) == before + 1 <= MOST_FOR_THE_WORKBENCH
    for card in CARDS:
        assert f'data-card="{card}"' in page


@pytest.mark.parametrize("text", ["雀", "138", "13800138000"])
@pytest.mark.parametrize("who", ["zhang", "zhao", "lina"])
def test_the_search_of_everything_costs_little(who, text, zhang, sign_in, request):
    browser = sign_in(request.getfixturevalue(who))
    rows_of(zhang)
    a_contact(a_customer(zhang, phone="13800138000"), mobile="13800138000")
    assert cost(browser, f"/search/?q={text}") <= MOST_FOR_THE_SEARCH


def test_pages_of_imports_cost_the_same_for_many_rows_and_columns(lina, sign_in):
    browser, costs = sign_in(lina), []
    a_customer(lina, name="老客户", address="昆明")
    for turn, rows, more_columns in ((0, 3, 0), (1, 30, 12)):
        fields = "行业,备注,电话,网址,简称,人数,状态,企业性质,信用等级,来源,标签,地址"
        head = ["客户名称", "邮箱", "级别", *fields.split(",")[:more_columns]]
        lines = [[f"{turn}号客户{n}", "" if n % 3 else "x", "甲"] for n in range(rows)]
        lines.append(["老客户", f"a{turn}@example.com", ""])
        text = "\n".join(",".join(line) for line in (head, *lines))
        found = preview(browser, text, known="update", unknown="empty")
        done = run(browser, text, known="update", unknown="empty")
        assert (done.refused, done.updated) == (rows // 3, 1)
        pages = (
            reverse("import_mapping", args=[found.pk]),
            reverse("import_preview", args=[found.pk]),
            reverse("import_detail", args=[done.pk]),
            reverse("import_list"),
            reverse("customer_import"),
        )
        costs.append([cost(browser, page) for page in pages])
    assert costs[0] == costs[1]
    assert max(costs[0]) <= MOST, costs
