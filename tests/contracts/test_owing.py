"""What was received for a contract and what is owed still: kept, to the cent."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from contracts import occasions, receiving
from contracts.differences import differences
from contracts.models import Contract, Instalment
from contracts.views import receivables
from crm.models import Department, HistoryEntry, Role
from crm.rights.roles import Reach
from tests.contracts.test_approval import LARGE, end, in_state, refused
from tests.contracts.test_instalments import at_the_end, planned
from tests.contracts.test_receipts import HALF, confirmed, owing, pays
from tests.factories import a_contract, a_customer
from tests.people import hire

pytestmark = pytest.mark.django_db


@pytest.fixture
def he(head_office):
    """何敏 of finance."""
    return hire("finance", "何敏", "finance", department=head_office)


def kept(contract):
    """Return what is kept of a contract."""
    contract.refresh_from_db()
    return contract.received, contract.unpaid, contract.next_due_on


def test_a_contract_knows_what_came_in_and_what_is_due_next(zhang, zhao, he):
    customer = a_customer(zhang)
    contract, (first, second) = owing(zhang, zhao, customer)
    assert kept(contract) == (0, LARGE, first.due_on)
    money = confirmed(customer, HALF + 1, zhang, he)
    pays(money, he, (first, HALF))
    assert kept(contract) == (HALF, HALF, second.due_on)
    pays(money, he, (first, HALF - 1), (second, 1))
    assert kept(contract) == (HALF, HALF, first.due_on)
    pays(money, he, (first, 0), (second, 0))
    assert kept(contract) == (0, LARGE, first.due_on)
    assert differences() == []


def test_money_makes_no_new_version_of_a_contract_and_no_entry_of_its_plan(
    zhang, zhao, he
):
    customer = a_customer(zhang)
    contract, (first, _second) = owing(zhang, zhao, customer)
    contract.refresh_from_db()
    told = HistoryEntry.objects.filter(subject_label="contracts.contract").count()
    pays(confirmed(customer, HALF, zhang, he), he, (first, HALF))
    after = Contract.objects.get(pk=contract.pk)
    assert (after.version, after.changed_at) == (contract.version, contract.changed_at)
    rows = HistoryEntry.objects.filter(subject_label="contracts.contract")
    assert rows.count() == told


def test_a_draft_owes_nothing_and_neither_does_what_ended_early(zhang, zhao):
    draft = a_contract(zhang, amount=LARGE)
    planned(draft, HALF, HALF)
    assert kept(draft) == (0, 0, None)
    contract, (first, _second) = owing(zhang, zhao)
    assert kept(contract) == (0, LARGE, first.due_on)
    end(contract, zhao)
    assert kept(contract) == (0, 0, None)


def test_one_without_a_plan_owes_its_amount_by_no_day(zhang, zhao):
    contract = in_state("registered", zhang, zhao)
    assert kept(contract) == (0, contract.amount, None)


def test_a_plan_that_moves_moves_what_is_due(zhang, zhao):
    contract, (first, second) = owing(zhang, zhao)
    first.due_on = second.due_on + timedelta(days=1)
    first.save()
    assert kept(contract)[2] == second.due_on


@pytest.mark.parametrize(
    "lie",
    [
        "UPDATE contracts_contract SET received = 5, unpaid = 7, next_due_on = now()",
        "UPDATE contracts_instalment SET paid = 5",
    ],
)
def test_nobody_writes_what_is_kept(lie, zhang, zhao):
    contract, (first, _second) = owing(zhang, zhao)
    before = Contract.objects.get(pk=contract.pk)
    with connection.cursor() as cursor:
        cursor.execute(lie)
    assert kept(contract) == (0, LARGE, first.due_on)
    assert Contract.objects.get(pk=contract.pk).version == before.version
    assert not Instalment.objects.filter(paid__gt=0).exists()


def test_no_instalment_is_paid_more_than_its_amount(zhang, zhao, he):
    customer = a_customer(zhang)
    _contract, (first, _second) = owing(zhang, zhao, customer)
    money = confirmed(customer, LARGE, zhang, he)
    amounts = {first.pk: HALF + Decimal("0.01")}
    refused("conflict", receiving.allocate, money, amounts, by=he)
    with pytest.raises(IntegrityError), transaction.atomic():
        money.allocations.create(instalment=first, amount=HALF + 1)
    assert differences() == []


def test_what_is_wrong_is_told_and_repaired(zhang, zhao, he, sign_in, capsys):
    """Only who owns the tables can do this: the triggers are off."""
    customer = a_customer(zhang)
    contract, (first, _second) = owing(zhang, zhao, customer)
    at_the_end()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("contracts_contract", "contracts_instalment"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        Contract.objects.filter(pk=contract.pk).update(received=1)
        Instalment.objects.filter(pk=first.pk).update(paid=2)
        for table in ("contracts_contract", "contracts_instalment"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    found = [(one.record.pk, one.column, one.kept, one.right) for one in differences()]
    assert found == [(contract.pk, "paid", 2, 0), (contract.pk, "received", 1, 0)]
    page = sign_in(he).get("/receivables/differences/")
    assert contract.number in page.content.decode()
    with pytest.raises(CommandError):
        call_command("tallies")
    assert "received" in capsys.readouterr().out
    call_command("tallies", repair=True)
    assert differences() == []
    assert (
        "data-total" not in sign_in(he).get(page.request["PATH_INFO"]).content.decode()
    )


def test_a_day_beside_no_day_differs(zhang, zhao):
    """Only who owns the tables can do this: the triggers are off."""
    without = in_state("registered", zhang, zhao)
    with_plan, (first, _second) = owing(zhang, zhao)
    at_the_end()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE contracts_contract DISABLE TRIGGER USER")
        Contract.objects.filter(pk=without.pk).update(next_due_on="2026-01-01")
        Contract.objects.filter(pk=with_plan.pk).update(next_due_on=None)
        cursor.execute("ALTER TABLE contracts_contract ENABLE TRIGGER USER")
    found = {one.record.pk: (one.column, one.right) for one in differences()}
    assert found == {
        without.pk: ("next_due_on", None),
        with_plan.pk: ("next_due_on", first.due_on),
    }


#: Days ago, by which something was due, and the band of each.
DAYS = (0, -1, 29, 30, 31, 90, 91)
BANDS = ("coming", "coming", "30", "30", "60", "90", "older")


@pytest.fixture
def late(zhang, zhao):
    """A contract whose seven instalments were due so many days ago, of one yuan more
    each."""
    amounts = [Decimal(place + 1) for place in range(len(DAYS))]
    amounts[-1] += LARGE - sum(amounts)
    contract, rows = owing(zhang, zhao, a_customer(zhang), amounts=amounts)
    today = timezone.localdate()
    for row, days in zip(rows, DAYS, strict=True):
        row.due_on = today - timedelta(days=days)
        row.save()
    return contract


def values(browser, address="/receivables/"):
    """Return {band: amount} of all that a person sees."""
    page = browser.get(address).content.decode()
    foot = page[page.index("<tfoot>") : page.index("</tfoot>")]
    found = re.findall(r'data-band="(\w+)" data-value="([\d.]+)"', foot)
    return {band: Decimal(amount) for band, amount in found}


def test_ageing_counts_days_after_the_day_it_was_due(late, zhang, sign_in):
    browser = sign_in(zhang)
    assert values(browser) == {
        "coming": 3,
        "30": 3 + 4,
        "60": 5,
        "90": 6,
        "older": LARGE - 21,
        "late": LARGE - 3,
    }
    for band in dict.fromkeys(BANDS):
        answer = browser.get(f"/receivables/?band={band}")
        assert len(answer.context["page_obj"].object_list) == BANDS.count(band)
    first = browser.get("/receivables/").context["page_obj"].object_list[0]
    assert first.days == 91


def test_what_was_paid_is_owed_no_more(late, zhang, he, sign_in):
    rows = {row.due_on: row for row in late.instalments.all()}
    oldest = rows[min(rows)]
    money = confirmed(late.customer, oldest.amount, zhang, he)
    pays(money, he, (oldest, oldest.amount - 5))
    assert values(sign_in(zhang))["older"] == 5
    pays(money, he, (oldest, oldest.amount))
    assert "older" not in values(sign_in(zhang))


def test_receivables_begin_at_the_contracts_one_sees(late, zhang, wang, zhao, sign_in):
    assert "<tfoot>" not in sign_in(wang).get("/receivables/").content.decode()
    browser = sign_in(zhao)
    assert values(browser)["60"] == 5
    for whose, number in ((zhang, 5), (wang, 0)):
        answer = browser.get(f"/receivables/?owner={whose.pk}")
        assert len(answer.context["page_obj"].object_list) == number
    end(late, zhao)
    assert "<tfoot>" not in browser.get("/receivables/").content.decode()


def test_those_beyond_the_table_stand_in_one_line(
    late, liu, zhao, sign_in, monkeypatch
):
    monkeypatch.setattr(receivables, "MOST_PEOPLE", 1)
    owing(liu, zhao, a_customer(liu))
    page = sign_in(zhao).get("/receivables/").content.decode()
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    assert "张伟" in body
    assert "刘洋" not in body
    assert "其他 1 人" in body
    assert values(sign_in(zhao))["coming"] == 3 + LARGE


def test_bad_addresses_have_no_page(zhang, late, sign_in):
    browser = sign_in(zhang)
    for asked in ("band=x", "owner=x", "owner=99999999999999999999"):
        assert browser.get(f"/receivables/?{asked}").status_code == 404
    assert browser.get("/receivables/?page=77").status_code == 200


def test_only_who_confirms_all_money_compares_it(zhang, zhao, he, sign_in):
    rights = ("contracts.view_receipt", "contracts.confirm_receipt")
    grants = dict.fromkeys(rights, Reach.DEPARTMENT)
    Role.objects.create(code="cashier", name="出纳", grants=grants)
    cashier = hire("cashier", "钱一", "cashier", department=zhang.department)
    for person, status in ((zhang, 403), (zhao, 403), (cashier, 403), (he, 200)):
        answer = sign_in(person).get("/receivables/differences/")
        assert answer.status_code == status


def test_the_clock_tells_the_owner_then_the_head_then_the_head_above(
    late, zhang, zhao, head_office
):
    boss = hire("boss", "钱进", "supervisor", department=head_office)
    Department.objects.filter(pk=head_office.pk).update(head=boss)
    today = timezone.localdate()

    def told(due, person, days):
        (rows,) = due(person, [person.pk], days, today)
        return list(rows.values_list("pk", flat=True))

    assert told(occasions.late, zhang, (3,)) == [late.pk]
    assert told(occasions.late, zhang, (92,)) == []
    assert told(occasions.late_below, zhao, (7,)) == [late.pk]
    assert told(occasions.late_below, zhang, (7,)) == []
    assert told(occasions.late_far_below, boss, (30,)) == [late.pk]
    assert told(occasions.late_far_below, zhao, (30,)) == []


def test_the_list_of_contracts_finds_what_is_overdue(late, zhang, zhao, sign_in):
    owing(zhang, zhao)
    yesterday = timezone.localdate() - timedelta(days=1)
    answer = sign_in(zhang).get(
        f"/contracts/?next_due_on_before={yesterday}&unpaid_min=1"
        "&column=number&column=received&column=unpaid&column=next_due_on"
    )
    assert [row.pk for row in answer.context["page_obj"].object_list] == [late.pk]
    assert f"{LARGE:,.2f}" in answer.content.decode()
