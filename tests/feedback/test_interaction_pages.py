"""Pages of interactions: who reads and writes what, and what is refused."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.models import HistoryEntry
from feedback.models import Interaction
from tests.factories import (
    a_contact,
    a_contract,
    a_customer,
    an_interaction,
    an_item,
    an_opportunity,
)
from tests.pages import books, form_of, ids, shows

pytestmark = pytest.mark.django_db

ADD = "/interactions/add/"
POISON = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7|add:7 }}'


def contract_with(customer, **fields):
    """Return a contract with a customer, of its owner."""
    return a_contract(customer.owner, customer=customer, **fields)


def filled(browser, customer, /, **fields):
    """Return the fields of a new interaction with a customer, as one would send."""
    usual = {
        "customer": customer.pk,
        "method": an_item("interaction_method", "visit").pk,
        "occurred_at": "2026-06-01T09:30",
        "subject": "拜访采购部",
    }
    return form_of(browser, ADD) | usual | fields


def errors(answer):
    """Return {field: [codes]} of a form that was refused."""
    assert answer.status_code == 422
    found = answer.context["form"].errors.as_data()
    return {name: [error.code for error in each] for name, each in found.items()}


def test_what_a_salesperson_notes_is_in_the_books_at_once(zhang, sign_in):
    browser, customer = sign_in(zhang), a_customer(zhang)
    contact = a_contact(customer)
    data = filled(browser, customer, contact=contact.pk, next_contact_at="")
    answer = browser.post(ADD, data)
    interaction = Interaction.objects.get()
    assert answer.url == interaction.get_absolute_url()
    assert interaction.registration == "registered"
    assert interaction.owner == interaction.reporter == zhang
    assert interaction.registered_by == zhang
    customer.refresh_from_db()
    assert customer.last_contact_at == interaction.occurred_at


def test_a_researcher_reads_all_and_writes_own(zhang, chen, sign_in):
    mine = an_interaction(a_customer(zhang), by=chen)
    theirs = an_interaction(a_customer(zhang))
    reported = an_interaction(a_customer(zhang), registered=False)
    browser = sign_in(chen)
    assert set(ids(browser.get("/interactions/"))) == {mine.pk, theirs.pk}
    assert browser.get(theirs.get_absolute_url()).status_code == 200
    assert browser.get(reported.get_absolute_url()).status_code == 404
    for row, status in ((mine, 200), (theirs, 404)):
        for page in ("update", "delete"):
            url = reverse(f"interaction_{page}", args=[row.pk])
            assert browser.get(url).status_code == status


def test_what_is_not_registered_is_marked_in_the_list(zhang, sign_in):
    interaction = an_interaction(a_customer(zhang), registered=False)
    mark = '<span class="pill pill-warn">待登记</span>'
    browser = sign_in(zhang)
    assert mark in browser.get("/interactions/").content.decode()
    interaction.register(zhang)
    assert mark not in browser.get("/interactions/").content.decode()


def test_who_owns_the_customer_sees_what_others_wrote(zhang, wang, chen, sign_in):
    interaction = an_interaction(a_customer(zhang), by=chen)
    assert sign_in(zhang).get(interaction.get_absolute_url()).status_code == 200
    assert sign_in(wang).get(interaction.get_absolute_url()).status_code == 404


def test_a_team_member_sees_the_interactions(zhang, wang, sign_in):
    interaction = an_interaction(a_customer(zhang))
    interaction.customer.memberships.create(user=wang, may_write=False)
    browser = sign_in(wang)
    assert ids(browser.get("/interactions/")) == [interaction.pk]
    url = reverse("interaction_update", args=[interaction.pk])
    assert browser.get(url).status_code == 404


def test_without_a_role_nothing_opens(nobody, zhou, zhang, sign_in):
    interaction = an_interaction(a_customer(zhang))
    for person in (nobody, zhou):
        browser = sign_in(person)
        for url in ("/interactions/", ADD, interaction.get_absolute_url()):
            assert browser.get(url).status_code == 403


@pytest.mark.parametrize("field", ["customer", "contact", "opportunity", "contract"])
def test_a_foreign_choice_is_refused_at_its_field(zhang, wang, sign_in, field):
    browser, customer = sign_in(zhang), a_customer(zhang)
    other = a_customer(wang)
    foreign = {
        "customer": other,
        "contact": a_contact(other),
        "opportunity": an_opportunity(wang, customer=other),
        "contract": contract_with(other),
    }[field]
    before, data = books(), filled(browser, customer, **{field: foreign.pk})
    answer = browser.post(ADD, data)
    assert errors(answer) == {field: ["invalid_choice"]}
    assert books() == before


@pytest.mark.parametrize("field", ["contact", "opportunity", "contract"])
def test_a_choice_of_another_own_customer_is_refused_too(zhang, sign_in, field):
    browser, customer, other = sign_in(zhang), a_customer(zhang), a_customer(zhang)
    wrong = {
        "contact": a_contact,
        "opportunity": lambda its: an_opportunity(zhang, customer=its),
        "contract": contract_with,
    }[field](other)
    answer = browser.post(ADD, filled(browser, customer, **{field: wrong.pk}))
    assert errors(answer) == {field: ["invalid_choice"]}


def test_the_address_fills_in_the_customer(zhang, sign_in):
    browser, customer = sign_in(zhang), a_customer(zhang)
    mine, others = a_contact(customer), a_contact(a_customer(zhang))
    form = browser.get(f"{ADD}?customer={customer.pk}").context["form"]
    assert str(form["customer"].value()) == str(customer.pk)
    offered = [str(key) for key, _label in form.fields["contact"].widget.choices]
    assert str(mine.pk) in offered
    assert str(others.pk) not in offered


def test_a_contract_brings_its_customer_along(zhang, wang, sign_in):
    browser, contract = sign_in(zhang), a_contract(zhang)
    form = browser.get(f"{ADD}?contract={contract.pk}").context["form"]
    assert form["customer"].value() == contract.customer_id
    foreign = a_contract(wang)
    answer = browser.get(f"{ADD}?contract={foreign.pk}")
    assert answer.status_code == 200
    assert not answer.context["form"]["customer"].value()
    assert not shows(answer, foreign.customer.name)


def test_the_search_box_of_a_contact_asks_within_the_customer(zhang, sign_in):
    customer, other = a_customer(zhang), a_customer(zhang)
    contact = a_contact(customer)
    a_contact(other)
    url = f"/options/customers.contact/?q=&customer={customer.pk}"
    found = sign_in(zhang).get(url).json()["results"]
    assert [row["id"] for row in found] == [contact.pk]


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"subject": "　"}, {"subject": ["required"]}),
        ({"method": ""}, {"method": ["required"]}),
        ({"occurred_at": "0001-01-01T00:00"}, {"occurred_at": ["business_date"]}),
        ({"occurred_at": "nonsense"}, {"occurred_at": ["invalid"]}),
        (
            {"next_contact_at": "9999-12-31T00:00"},
            {"next_contact_at": ["business_date"]},
        ),
        ({"next_contact_at": "2026-05-01T09:00"}, {"next_contact_at": ["early"]}),
        ({"subject": "题" * 201}, {"subject": ["max_length"]}),
        ({"customer": ""}, {"customer": ["required"]}),
        ({"customer": "9" * 30}, {"customer": ["invalid_choice"]}),
    ],
)
def test_bad_input_is_said_at_the_field(zhang, sign_in, fields, refused):
    browser, customer = sign_in(zhang), a_customer(zhang)
    before, data = books(), filled(browser, customer, content="写好的", **fields)
    answer = browser.post(ADD, data)
    assert errors(answer) == refused
    assert shows(answer, "写好的")
    assert books() == before


def test_nothing_is_noted_before_it_happens(zhang, sign_in):
    browser, customer = sign_in(zhang), a_customer(zhang)
    ahead = timezone.localtime() + timedelta(days=2)
    data = filled(browser, customer, occurred_at=f"{ahead:%Y-%m-%dT%H:%M}")
    assert errors(browser.post(ADD, data)) == {"occurred_at": ["ahead"]}
    soon = timezone.localtime() + timedelta(hours=20)
    data = filled(browser, customer, occurred_at=f"{soon:%Y-%m-%dT%H:%M}")
    assert browser.post(ADD, data).status_code == 302


def test_serial_entry_repeats_what_repeats(lina, zhang, sign_in):
    browser, customer = sign_in(lina), a_customer(zhang)
    data = filled(browser, customer, reporter=zhang.pk, save_and_add="1")
    answer = browser.post(ADD, data)
    form = browser.get(answer.url).context["form"]
    assert str(form["reporter"].value()) == str(zhang.pk)
    assert str(form["customer"].value()) == str(customer.pk)
    assert str(form["method"].value()) == str(data["method"])
    assert form["occurred_at"].value() == "2026-06-01T09:30"
    assert not form["subject"].value()
    assert Interaction.objects.get().owner == zhang


def test_a_stale_form_shows_both_texts(zhang, sign_in):
    interaction = an_interaction(a_customer(zhang), subject="旧主题")
    browser = sign_in(zhang)
    url = reverse("interaction_update", args=[interaction.pk])
    data = form_of(browser, url)
    Interaction.objects.filter(pk=interaction.pk).update(subject="别人的主题")
    answer = browser.post(url, data | {"subject": "我的主题"})
    assert answer.status_code == 409
    assert shows(answer, "别人的主题")
    assert shows(answer, "我的主题")
    interaction.refresh_from_db()
    assert interaction.subject == "别人的主题"


def test_a_change_is_told_old_and_new(zhang, sign_in):
    now = timezone.now().replace(second=0, microsecond=0)
    interaction = an_interaction(a_customer(zhang), subject="旧主题", occurred_at=now)
    browser = sign_in(zhang)
    url = reverse("interaction_update", args=[interaction.pk])
    browser.post(url, form_of(browser, url) | {"subject": "新主题"})
    entry = HistoryEntry.objects.filter(label="feedback.interaction").latest("id")
    assert entry.changes == {"subject": ["旧主题", "新主题"]}
    assert entry.actor_id == zhang.pk
    page = browser.get(f"/history/feedback.interaction/{interaction.pk}/")
    assert shows(page, "旧主题")
    assert shows(page, "新主题")


def test_what_somebody_else_knows_stays_when_one_saves(zhang, wang, sign_in):
    """An interaction of one's own at a customer who is no longer one's own."""
    customer = a_customer(wang)
    mine = an_interaction(customer, by=zhang, contact=a_contact(customer))
    browser = sign_in(zhang)
    url = reverse("interaction_update", args=[mine.pk])
    data = form_of(browser, url)
    assert "customer" not in data
    assert browser.post(url, data | {"subject": "新主题"}).status_code == 302
    mine.refresh_from_db()
    assert (mine.subject, mine.customer) == ("新主题", customer)
    assert mine.contact is not None


def test_a_researcher_learns_of_no_contract(zhang, chen, sign_in):
    contract = a_contract(zhang, title="绝密合同")
    interaction = an_interaction(contract.customer, contract=contract)
    for person, told in ((zhang, True), (chen, False)):
        browser = sign_in(person)
        page = browser.get(interaction.get_absolute_url())
        assert shows(page, str(contract)) is told
        listed = browser.get("/interactions/?column=subject&column=contract")
        assert listed.context["total"] == 1
        assert shows(listed, str(contract)) is told


@pytest.mark.parametrize("field", ["subject", "content", "customer_feedback", "result"])
def test_scripts_in_texts_stay_texts(zhang, sign_in, field):
    interaction = an_interaction(a_customer(zhang), **{field: POISON})
    browser = sign_in(zhang)
    for url in (
        interaction.get_absolute_url(),
        f"/interactions/?column={field}&column=customer",
        reverse("interaction_update", args=[interaction.pk]),
        reverse("interaction_delete", args=[interaction.pk]),
    ):
        page = browser.get(url).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=采购", True),
        ("q=huaxia", True),
        ("q=华夏", True),
        ("q=便宜", True),
        ("q=没有", False),
        ("q=%25", False),
        ("subject=采购", True),
        ("customer_feedback=便宜", True),
        ("occurred_at_after=2026-06-01&occurred_at_before=2026-06-01", True),
        ("occurred_at_after=2026-06-02", False),
        ("next_contact_at_before=2026-06-30", True),
        ("next_contact_at_before=2026-06-07", False),
    ],
)
def test_conditions_find_an_interaction(zhang, sign_in, query, found):
    an_interaction(
        a_customer(zhang, name="华夏科技"),
        subject="拜访采购部",
        customer_feedback="希望再便宜一点",
        occurred_at="2026-06-01T09:30+08:00",
        next_contact_at="2026-06-08T09:30+08:00",
    )
    answer = sign_in(zhang).get(f"/interactions/?{query}")
    assert not answer.context["errors"]
    assert (answer.context["total"] == 1) is found


def test_every_column_sorts(zhang, sign_in):
    contract = a_contract(zhang)
    contact = a_contact(contract.customer)
    an_interaction(contract.customer, contract=contract, contact=contact)
    an_interaction(a_customer(zhang))
    browser = sign_in(zhang)
    for name in browser.get("/interactions/").context["table"].columns.names():
        for sort in (name, f"-{name}"):
            answer = browser.get(f"/interactions/?sort={sort}")
            assert not answer.context["errors"], sort
            assert answer.context["total"] == 2


def test_a_list_costs_the_same_for_three_rows_as_for_thirty(zhang, sign_in):
    browser, contract = sign_in(zhang), a_contract(zhang)
    contact = a_contact(contract.customer)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            browser.get("/interactions/?per_page=50")
        return len(queries)

    def more(number):
        for _time in range(number):
            an_interaction(contract.customer, contract=contract, contact=contact)

    more(3)
    few = cost()
    more(27)
    assert cost() == few <= 15


def test_the_customer_shows_its_interactions(zhang, sign_in):
    customer = a_customer(zhang)
    an_interaction(customer)
    an_interaction(a_customer(zhang))
    tabs = sign_in(zhang).get(customer.get_absolute_url()).context["tabs"]
    tab = next(tab for tab in tabs if tab["key"] == "interaction")
    assert tab["count"] == 1
    assert sign_in(zhang).get(tab["url"]).context["total"] == 1
    back = quote(f"{customer.get_absolute_url()}?tab=interaction", safe="")
    assert tab["add_url"] == f"{ADD}?customer={customer.pk}&next={back}"
