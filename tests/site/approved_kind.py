"""A second kind that is approved, at work beside contracts: no view of its own.

`test_approve_a_kind.py` runs it in a process of its own, where the app is installed.
"""

import os
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts import approval
from crm.approval.deciding import flow_of
from crm.models import Role, User
from crm.notices.models import Notice
from system.leaving.lines import lines
from system.leaving.relations import asked_by_rules, unclassed
from system.reminders.work import remind_person
from tests.contracts.test_approval import LARGE, verdict
from tests.crm.concessions import FLOW, Concession, Decision, Round, Rule
from tests.factories import a_contract
from tests.pages import form_of
from tests.site.test_menu_numbers import numbers

pytestmark = pytest.mark.django_db
RIGHTS = {
    "salesperson": ("view", "add", "change", "register", "submit"),
    "supervisor": ("view", "approve", "register", "submit"),
    "system_administrator": (),
}
RULES = "/system/approval-rules/concessions/"
HEAD = "负责人所在部门主管"
CARD = re.compile(
    r"<section [^>]*data-card=\"approvals_waiting\".*?</section>", re.DOTALL
)
DESK = "/approvals/?kind=trial.concession"


@pytest.fixture(scope="session")
def django_db_modify_db_settings():
    """Work in a copy of the tests' database."""
    connection.settings_dict["TEST"]["NAME"] = os.environ["CRM_CLONE"]


@pytest.fixture(autouse=True)
def rights(db):
    """Let sellers and supervisors work with concessions, and one keep the rules."""
    for code, actions in RIGHTS.items():
        role = Role.objects.get(code=code)
        names = [f"trial.{action}_concession" for action in actions]
        if not actions:
            names = [f"trial.{action}_rule" for action in Rule.actions]
        role.grants |= dict.fromkeys(names, "all")
        role.save(update_fields=["grants"])


@pytest.fixture
def rule(zhou, sign_in):
    """周敏 writes by the general page that 5 % or more need the head."""
    browser = sign_in(zhou)
    form = form_of(browser, f"{RULES}add/")
    form |= {"name": "折扣审批", "discount_from": "5", "steps-0-asks": "head"}
    form |= {"steps-TOTAL_FORMS": "1", "steps-INITIAL_FORMS": "0"}
    assert browser.post(f"{RULES}add/", form).status_code == 302
    page = browser.get(RULES).text
    for said in (
        "折扣审批",
        "折扣不低于",
        HEAD,
        "记录符合的第一条规则",
    ):
        assert said in page
    assert "合同符合的第一条规则" not in page
    assert 'href="/system/approval-rules/"' in page  # the rules of contracts
    return Rule.objects.get()


def written(browser, discount="8"):
    """Fill in the form of a concession and return it."""
    form = form_of(browser, "/concessions/add/")
    form |= {"title": "泵站项目", "discount": discount}
    assert browser.post("/concessions/add/", form).status_code == 302
    return Concession.objects.latest("pk")


def handed_in(browser, **fields):
    """Write a concession, submit it by its button and return it."""
    concession = written(browser, **fields)
    page = concession.get_absolute_url()
    answer = browser.post(f"{page}submission/", {"version": concession.version})
    assert answer.status_code == 302
    concession.refresh_from_db()
    return concession


def reminded(person, day):
    """Remind a person, as the clock does on a day; return what they have been told."""
    remind_person(User.objects.with_grants().get(pk=person.pk), day)
    told = Notice.objects.filter(person=person, verb__startswith="waits")
    return set(told.values_list("verb", "subject_label", "number"))


def rows_of(answer):
    """Return the rows of the desk."""
    return answer.context["rows"]


def cost(browser, address):
    """Return how many queries a page takes, in a process that knows it."""
    browser.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    return len(queries)


def test_it_is_forecast_submitted_shown_and_decided(zhang, zhao, rule, sign_in):
    browser = sign_in(zhang)
    told = browser.post("/concessions/forecast/", {"discount": "8"}).text
    assert f"提交后需审批：{HEAD}（规则“折扣审批”）" in " ".join(told.split())
    told = browser.post("/concessions/forecast/", {"discount": "1"}).text
    assert "无需审批" in told
    concession = handed_in(browser)
    assert concession.status == "pending"
    page = browser.get(concession.get_absolute_url()).text
    for said in ("等待审批", "赵强", "flow-drawing", "recall/"):
        assert said in page
    assert browser.get(f"{concession.get_absolute_url()}edit/").status_code == 409
    browser = sign_in(zhao)
    assert numbers(browser) == {"/approvals/": "1"}
    desk = browser.get("/approvals/")  # of the kind of which something waits
    (row,) = rows_of(desk)
    assert (row["record"], desk.context["kind"]) == (concession, "trial.concession")
    for said in ("泵站项目", "折扣审批", "flow-drawing", 'data-total="1"'):
        assert said in desk.text
    main = desk.text.partition("<main")[2]
    assert "合同" not in main.replace("合同 0", "")
    form = {"kind": "trial.concession", "ids": [concession.pk], "seen": [row["seen"]]}
    answer = browser.post(DESK, form | {"approved": "true"}, follow=True)
    assert "已批准 1 项。" in answer.text
    concession.refresh_from_db()
    assert concession.status == "approved"
    assert Decision.objects.get().by == zhao


def test_of_two_kinds_each_row_is_decided_on_as_what_it_is(zhang, zhao, rule, sign_in):
    concession = handed_in(sign_in(zhang))
    contract = a_contract(zhang, amount=LARGE)
    contract.refresh_from_db()
    alone = cost(sign_in(zhao), DESK)
    approval.submit(contract, by=zhang)
    browser = sign_in(zhao)
    assert numbers(browser) == {"/approvals/": "2"}
    assert cost(browser, DESK) == alone <= 12
    assert cost(browser, "/approvals/") <= 14  # of a contract, and what was quoted
    desk = browser.get("/approvals/")  # the first kind of which anything waits
    assert [row["record"] for row in rows_of(desk)] == [contract]
    assert f'href="{DESK}"' in desk.text
    (row,) = rows_of(browser.get(DESK))
    verdict = {"approved": "false", "opinion": "折扣太高", "seen": [row["seen"]]}
    answer = browser.post(DESK, verdict | {"ids": [concession.pk]}, follow=True)
    assert "已驳回 1 项。" in answer.text
    concession.refresh_from_db()
    contract.refresh_from_db()
    assert (concession.status, contract.status) == ("rejected", "pending")
    assert browser.get("/approvals/?kind=trial.nothing").status_code == 404
    told = Notice.objects.get(person=zhang, verb="rejected")
    page = sign_in(zhang).get("/notices/").text
    assert (told.subject_label, told.reason) == ("trial.concession", "折扣太高")
    notice = re.search(r"<li[^>]*data-verb=\"rejected\".*?</li>", page, re.S)
    assert "让利" in notice[0]
    assert "合同" not in notice[0]


def test_workbench_and_clock_know_of_both_kinds(zhang, zhao, qian, rule, sign_in):
    concession = handed_in(sign_in(zhang))
    alone = cost(sign_in(zhao), "/")
    contract = a_contract(zhang, amount=LARGE)
    approval.submit(contract, by=zhang)
    browser = sign_in(zhao)
    assert cost(browser, "/") == alone
    card = CARD.search(browser.get("/").text)[0]
    assert re.findall(r"<a href=\"([^\"]*)\">(?!2|\d+ 待)", card)[1:] == [
        concession.get_absolute_url(),
        contract.get_absolute_url(),
        contract.customer.get_absolute_url(),
    ]
    assert CARD.search(sign_in(zhang).get("/").text) is None
    Notice.objects.all().delete()
    later = timezone.localdate() + timedelta(days=30)
    for person, verb in ((zhao, "waits"), (qian, "waits_below")):
        assert reminded(person, later) == {
            (verb, "trial.concession", 1),
            (verb, "contracts.contract", 1),
        }
        with CaptureQueriesContext(connection) as both:
            reminded(person, later)  # nothing is new
        verdict(contract, zhao, approved=False, opinion="太贵")
        with CaptureQueriesContext(connection) as one:
            reminded(person, later)
        assert len(both) == len(one)
        approval.submit(contract, by=zhang)


def test_its_own_page_decides_and_takes_back(zhang, zhao, liu, rule, sign_in):
    concession = handed_in(sign_in(zhang))
    page = concession.get_absolute_url()
    version = {"version": concession.version}
    assert sign_in(liu).post(f"{page}recall/", version).status_code == 403
    assert sign_in(zhang).post(f"{page}recall/", version).status_code == 302
    concession.refresh_from_db()
    browser = sign_in(zhang)
    browser.post(f"{page}submission/", {"version": concession.version})
    concession.refresh_from_db()
    browser = sign_in(zhao)
    (approve, reject) = browser.get(page).context["actions"]
    assert (approve["key"], reject["key"]) == ("approval", "rejection")
    sent = {field["name"]: field.get("value", "") for field in approve["fields"]}
    answer = browser.post(approve["url"], sent | {"version": concession.version})
    assert answer.status_code == 302
    states = Round.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["recalled", "approved"]


def test_whoever_decides_on_nothing_has_no_desk(zhang, chen, sign_in):
    for person in (zhang, chen):
        assert sign_in(person).get("/approvals/").status_code == 403
        assert sign_in(person).get(DESK).status_code == 403
    assert sign_in(chen).get(RULES).status_code == 403
    assert FLOW.turns.right == "trial.approve_concession"
    assert flow_of(Concession) is FLOW
    assert flow_of(User) is None


def test_whoever_leaves_is_asked_by_its_rules_no_more():
    named = {"trial.Rule.last_resort", "trial.RuleStep.person"}
    assert named <= asked_by_rules()
    keys = {line.key for line in lines()}
    assert named <= keys
    assert [name for name in unclassed(keys) if name.startswith("trial.")] == []
