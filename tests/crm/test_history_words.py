"""The history in words: every kind, column and act that can appear in it."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from contracts.models import ContractLine
from crm.guards.actor import acting
from crm.history.entries import grouped, readable
from crm.history.words import FACTS, VERBS, act, same_act, word_of
from crm.models import HistoryEntry
from customers.models import FileEntry
from tests.factories import a_contract, a_customer, a_product
from tests.pages import form_of, our_apps, shows

NOTED = [
    model
    for model in apps.get_models()
    if any(trigger.name == "noted" for trigger in getattr(model._meta, "triggers", ()))
]
LATIN = re.compile(r"[a-z]{3,}")
WRITTEN = re.compile(r'(?:verb=|HistoryEntry\.record\(\s*[^"()]*,\s*)"([a-z_]+)"')


@pytest.fixture(autouse=True)
def _chinese():
    with translation.override("zh-hans"):
        yield


@pytest.mark.parametrize("model", NOTED, ids=lambda model: model._meta.label_lower)
def test_every_kind_and_column_of_the_history_has_a_chinese_word(model):
    names = [str(model._meta.verbose_name)]
    columns = [field.column for field in model._meta.concrete_fields]
    names += [word_of(model, "changed", column) or "" for column in columns]
    names += [
        str(label)
        for field in model._meta.concrete_fields
        for value, label in field.flatchoices or ()
        if not str(value).startswith("tests.")  # work that other tests declare
        and field.name != "language"  # each is named in itself
    ]
    assert [name for name in names if LATIN.search(name)] == []


@pytest.mark.parametrize("words", [VERBS, FACTS], ids=["acts", "facts"])
def test_every_act_has_a_chinese_word(words):
    assert [key for key, word in words.items() if str(word).isascii()] == []


def test_every_act_that_the_program_writes_is_known():
    written = set()
    for app in our_apps():
        for path in Path(settings.ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                written |= set(WRITTEN.findall(path.read_text()))
    assert {"registered", "exported", "signed_in"} <= written
    assert written - set(VERBS) == set()


def test_of_two_words_for_one_act_there_is_one():
    assert same_act("deleted") == ["deleted", "removed"]
    assert act("flown") == "其他操作"
    for verb, word in {
        "registered": "登记",
        "returned": "退回",
        "completed": "完成",
        "terminated": "终止",
    }.items():
        assert act(verb) == word


def entry_of(row, user):
    """Return the newest entry of a row, told to a reader."""
    entries = HistoryEntry.objects.filter(label=row._meta.label_lower)
    return readable(entries.filter(object_id=row.pk).order_by("-pk")[:1], user)[0]


@pytest.mark.django_db
def test_parts_are_titled_by_what_they_are(zhang, lina, zhou):
    line = ContractLine.objects.create(
        contract=a_contract(zhang),
        product=a_product(lina, name="智能网关"),
        quantity=2,
        unit_price=100,
    )
    assert entry_of(line, lina).readable_title == "智能网关"
    assert entry_of(line, zhou).readable_title == "（您无权查看）"
    entry = FileEntry.objects.create(
        customer=a_customer(zhang), subject="satisfaction", text="满意", author=zhang
    )
    assert entry_of(entry, lina).readable_title == entry.get_subject_display()
    assert entry_of(zhang.role_assignments.get(), zhou).readable_title == "业务员"


@pytest.mark.django_db
def test_an_addition_is_told_without_arrows_and_folded(zhang, sign_in):
    customer = a_customer(zhang, name="昆明滇池食品有限公司")
    address = reverse("history", args=["customers.customer", customer.pk])
    page = sign_in(zhang).get(address).content.decode()
    assert "<details>" in page
    assert "<ins>昆明滇池食品有限公司</ins>" in page
    assert "arrow-right" not in page.partition('class="history"')[2]


@pytest.mark.django_db
def test_a_contract_and_its_lines_saved_together_are_one_entry(zhang, lina, sign_in):
    product, browser = a_product(lina, name="智能网关"), sign_in(lina)
    form = form_of(browser, "/contracts/add/") | {
        "title": "网关采购",
        "customer": a_customer(zhang).pk,
        "amount": "200",
        "lines-TOTAL_FORMS": "2",
        "lines-INITIAL_FORMS": "0",
    }
    for number in range(2):
        form |= {
            f"lines-{number}-product": product.pk,
            f"lines-{number}-quantity": "1",
            f"lines-{number}-unit_price": "100",
            f"lines-{number}-discount": "0",
        }
    kind = HistoryEntry.objects.filter(subject_label="contracts.contract")
    assert browser.post("/contracts/add/", form).status_code == 302
    heads = grouped(readable(kind.order_by("-pk"), lina))
    assert [(head.label, len(head.parts)) for head in heads] == [
        ("contracts.contract", 2)
    ]
    address = reverse("history", args=["contracts.contract", heads[0].subject_id])
    page = browser.get(address)
    assert page.content.decode().count('class="history-entry"') == 1
    assert shows(page, "智能网关")


@pytest.mark.django_db
def test_the_log_shows_a_step_once_and_its_page_shows_all_of_it(
    zhang, lina, zhou, sign_in
):
    customer = a_customer(zhang)
    browser = sign_in(lina)
    url = reverse("customer_file_entry", args=[customer.pk, "satisfaction"])
    browser.post(url, form_of(browser, url) | {"text": "总体满意"})
    log = sign_in(zhou).get("/system/log/", {"kind": "customers.customer"})
    first = log.context["page_obj"].object_list[0]
    page = log.content.decode().partition("<tbody")[2].partition("</tbody")[0]
    assert first.kind_label == "客户档案"
    assert not re.search(r">\s*(satisfaction|Customer|Role|Step)\b", page)
    detail = browser.get(reverse("log_detail", args=[first.pk]))
    assert shows(detail, "总体满意")


@pytest.mark.django_db
def test_of_the_log_one_word_finds_both_verbs(zhang, zhou, sign_in):
    customer = a_customer(zhang)
    with acting(zhang):
        customer.discard(zhang)
    assignment = zhang.role_assignments.get()
    assignment.delete()
    log = sign_in(zhou).get("/system/log/", {"verb": "deleted"})
    verbs = {entry.verb for entry in log.context["page_obj"].object_list}
    assert verbs == {"deleted", "removed"}
