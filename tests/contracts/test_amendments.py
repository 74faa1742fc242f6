"""A change to a contract that holds: written, decided, applied or given up."""

from decimal import Decimal
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.db.transaction import atomic

from contracts import approval
from contracts.models import Amendment, Contract
from crm.models import HistoryEntry
from sales import moves
from sales.models import Stage
from tests.contracts.test_approval import LARGE, end, in_state, refused, verdict
from tests.contracts.test_contract_pages import (
    PDF,
    address,
    do,
    fields_of,
    queries,
    words,
)
from tests.factories import (
    a_contact,
    a_contract,
    a_customer,
    a_product,
    an_opportunity,
)

pytestmark = pytest.mark.django_db

MORE = Decimal(999_000)


@pytest.fixture
def contract(zhang, zhao):
    """Return a contract of 张伟's in force: 100,000 for one pump, with a file."""
    contract = a_contract(zhang, amount=LARGE, title="水泵采购合同")
    contract.lines.create(
        product=a_product(zhang, name="水泵"), quantity=1, unit_price=LARGE
    )
    contract.attachments.create(
        name="合同.pdf", sha256="a" * 64, size=9, content_type="", uploaded_by=zhang
    )
    contract.refresh_from_db()
    approval.submit(contract, by=zhang)
    verdict(contract, zhao)
    return contract


def raised(contract, by, amount=MORE):
    """Return a change that asks for more money."""
    change = approval.amend(contract, by=by)
    change.lines.update(unit_price=amount)
    change.amount = amount
    change.save(update_fields=["amount"])
    contract.refresh_from_db()
    return change


def as_listed(browser, contract):
    """Return what a salesperson sees of the contract in list, sums and export."""
    listed = browser.get("/contracts/?status=registered&amount_min=100000")
    table = browser.get("/contracts/export/?format=csv&q=水泵")
    row = words_of_stream(table).replace(
        f",{contract.get_amendment_state_display()},", ",,"
    )
    return (
        [row.record.pk for row in listed.context["lines"]],
        row,
        words(browser.get(address(contract, "sheet"))).count("100,000.00"),
        browser.get("/search/?q=水泵采购").content.count(b"100,000.00"),
        Contract.objects.filter(pk=contract.pk)
        .values("title", "amount", "status", "edition", "changed_at", "owner")
        .get(),
        list(contract.lines.values("product", "quantity", "unit_price")),
    )


def words_of_stream(answer):
    """Return the text of a file that is sent bit by bit."""
    return b"".join(answer.streaming_content).decode()


def test_what_holds_stays_while_a_change_is_on_its_way(contract, zhang, zhao, sign_in):
    browser = sign_in(zhang)
    before = as_listed(browser, contract)
    raised(contract, zhang)
    assert as_listed(browser, contract) == before
    approval.submit_change(contract, by=zhang)
    assert as_listed(browser, contract) == before
    verdict(contract, zhao, approved=False, opinion="太贵")
    assert as_listed(browser, contract) == before
    approval.submit_change(contract, by=zhang)
    approval.recall_change(contract, by=zhang)
    assert as_listed(browser, contract) == before
    approval.withdraw(contract, by=zhang)
    assert as_listed(browser, contract) == before


def test_an_approved_change_is_applied_in_one_step(contract, zhang, zhao, qian):
    change = raised(contract, zhang)
    change.title = "水泵与阀门采购合同"
    change.save(update_fields=["title"])
    change.attachments.all().delete()
    approval.submit_change(contract, by=zhang)
    assert (contract.status, contract.amendment_state) == ("registered", "pending")
    verdict(contract, zhao, opinion="同意")
    assert (contract.status, contract.edition) == ("registered", 2)
    assert (contract.amount, contract.title) == (MORE, "水泵与阀门采购合同")
    assert contract.amendment_state == ""
    assert contract.lines.get().unit_price == MORE
    assert not contract.attachments.exists()
    assert contract in Contract.objects.search("famen", zhang)
    change.refresh_from_db()
    assert change.state == "applied"
    old, new = contract.editions.order_by("number")
    assert (old.number, new.number) == (1, 2)
    assert '"amount":"100000.00"' in old.round.snapshot
    assert '"amount":"999000.00"' in new.round.snapshot
    approval.amend(contract, by=zhang)


def test_parts_that_stay_are_not_written_anew(contract, zhang, zhao):
    line, file = contract.lines.get().pk, contract.attachments.get().pk
    change = approval.amend(contract, by=zhang)
    change.terms = "验收后付款"
    change.save(update_fields=["terms"])
    approval.submit_change(contract, by=zhang)
    verdict(contract, zhao)
    assert contract.terms == "验收后付款"
    assert (contract.lines.get().pk, contract.attachments.get().pk) == (line, file)
    assert contract.edited_by == zhang


def test_a_change_given_up_leaves_only_history(contract, zhang, zhao):
    for submitted in (False, True):
        raised(contract, zhang)
        if submitted:
            approval.submit_change(contract, by=zhang)
        approval.withdraw(contract, by=zhang)
        assert (contract.amount, contract.amendment_state) == (LARGE, "")
        assert not contract.amendments.exists()
    assert contract.rounds.first().state == "recalled"
    told = HistoryEntry.objects.filter(
        subject_label="contracts.contract", subject_id=contract.pk, verb="withdrawn"
    )
    assert told.filter(label="contracts.amendment", actor_id=zhang.pk).count() == 2
    approval.complete(contract, by=zhao)


def test_who_may_give_a_change_up(contract, zhang, wang, liu, zhao, lina):
    raised(contract, zhang)
    approval.submit_change(contract, by=zhang)
    for person in (wang, liu, zhao, lina):
        refused("forbidden", approval.withdraw, contract, by=person)
    approval.withdraw(contract, by=zhang)


def test_one_change_at_a_time(contract, zhang):
    approval.amend(contract, by=zhang)
    refused("conflict", approval.amend, contract, by=zhang)


@pytest.mark.parametrize("handed_in", [False, True])
def test_a_contract_does_not_end_while_a_change_is_open(
    contract, zhang, zhao, handed_in
):
    raised(contract, zhang)
    if handed_in:
        approval.submit_change(contract, by=zhang)
    assert "变更" in refused("conflict", approval.complete, contract, by=zhao)
    assert "变更" in refused("conflict", end, contract, zhao)
    approval.withdraw(contract, by=zhang)
    end(contract, zhao)
    assert contract.status == "terminated"


@pytest.mark.parametrize("status", ["draft", "pending", "completed", "terminated"])
def test_only_what_is_in_force_is_changed(zhang, zhao, status):
    contract = in_state(status, zhang, zhao)
    refused("conflict", approval.amend, contract, by=zhang)
    assert not Amendment.everything.exists()


def test_the_rule_is_asked_about_what_is_proposed(contract, zhang, zhao, qian):
    raised(contract, zhang, amount=Decimal(1_000_000))
    approval.submit_change(contract, by=zhang)
    assert contract.rounds.first().steps.count() == 2
    verdict(contract, zhao)
    assert contract.edition == 1
    verdict(contract, qian)
    assert contract.edition == 2


def test_a_change_that_no_rule_names_goes_through_the_inbox(contract, zhang, lina):
    change = raised(contract, zhang, amount=Decimal(80_000))
    assert approval.submit_change(contract, by=zhang) is None
    assert (contract.amount, contract.shown_amendment) == (LARGE, "pending")
    assert contract in Contract.objects.awaiting(lina)
    approval.send_back(contract, by=lina, reason="缺补充协议")
    change.refresh_from_db()
    assert (change.state, change.return_reason) == ("rejected", "缺补充协议")
    approval.submit_change(contract, by=zhang)
    approval.register(contract, by=lina)
    assert (contract.amount, contract.edition) == (Decimal(80_000), 2)
    assert contract.amendment_state == ""


def test_nobody_decides_their_own_change(contract, zhang, zhao, qian):
    approval.amend(contract, by=zhao)
    approval.submit_change(contract, by=zhang)
    refused("forbidden", verdict, contract, zhao)
    verdict(contract, qian)
    assert contract.edition == 2


def test_a_hand_over_meanwhile_is_not_undone(contract, zhang, liu, zhao):
    raised(contract, zhang)
    approval.submit_change(contract, by=zhang)
    Contract.objects.filter(pk=contract.pk).update(owner=liu)
    contract.refresh_from_db()
    verdict(contract, zhao)
    assert (contract.owner, contract.amount) == (liu, MORE)


def test_a_change_can_hand_the_contract_over(contract, zhao, liu, qian, sign_in):
    browser = sign_in(zhao)
    do(browser, contract, "amendment")
    url = address(contract, "amendment_update")
    form = fields_of(browser, url)
    assert form["owner"] == contract.owner_id
    answer = browser.post(url, form | {"owner": liu.pk})
    assert answer.status_code == 302, answer.context["form"].errors
    contract.refresh_from_db()
    assert contract.owner != liu
    approval.submit_change(contract, by=zhao)
    verdict(contract, qian)
    assert contract.owner == liu


def test_road_of_a_change_through_the_pages(contract, zhang, zhao, sign_in):
    browser = sign_in(zhang)
    answer = do(browser, contract, "amendment")
    assert answer.url == address(contract, "amendment")
    page = words(browser.get(answer.url))
    assert 'data-amendment="writing"' in page
    assert 'data-status="registered"' in page
    assert "data-unchanged" in page
    url = address(contract, "amendment_update")
    form = fields_of(browser, url) | {"lines-0-unit_price": "150000"}
    assert browser.post(url, form).status_code == 302
    assert browser.post(url, form).status_code == 409
    upload = f"/contracts/amendments/{contract.amendments.get().pk}/attachments/"
    contract.refresh_from_db()
    file = {
        "file": SimpleUploadedFile("补充协议.pdf", PDF),
        "version": contract.version,
    }
    assert browser.post(upload, file).status_code == 302
    page = words(browser.get(address(contract, "amendment")))
    for text in ("150,000.00", "100,000.00", "补充协议.pdf", "放弃变更", "提交审批"):
        assert text in page
    assert "补充协议.pdf" not in contract.attachments.values_list("name", flat=True)
    assert do(browser, contract, "amendment_submission").status_code == 302
    assert browser.get(url).status_code == 409
    assert browser.post(url, form).status_code == 409
    assert do(browser, contract, "amendment_recall").status_code == 302
    assert do(browser, contract, "amendment_submission").status_code == 302
    page = words(browser.get(address(contract)))
    assert 'data-status="registered"' in page
    assert 'data-amendment="pending"' in page
    browser = sign_in(zhao)
    desk = browser.get("/approvals/")
    assert "150,000.00" in words(desk)
    assert desk.context["rows"][0]["proposal"]
    data = {"round": contract.rounds.first().pk, "approved": "true", "opinion": ""}
    assert do(browser, contract, "decision", **data).status_code == 302
    contract.refresh_from_db()
    assert (contract.amount, contract.edition) == (Decimal(150_000), 2)
    assert contract.attachments.count() == 2
    page = words(browser.get(address(contract)))
    assert 'data-amendment=""' in page
    assert browser.get(address(contract, "amendment")).status_code == 404


def test_a_rejected_change_says_why_and_can_be_given_up(contract, zhang, zhao, sign_in):
    raised(contract, zhang)
    approval.submit_change(contract, by=zhang)
    verdict(contract, zhao, approved=False, opinion="太贵")
    browser = sign_in(zhang)
    for name in ("detail", "amendment"):
        page = words(browser.get(address(contract, name)))
        assert 'data-amendment="rejected"' in page
        assert 'data-status="registered"' in page
        for text in ("太贵", "放弃变更", "提交审批"):
            assert text in page
    assert do(browser, contract, "amendment_withdrawal").status_code == 302
    contract.refresh_from_db()
    assert (contract.amount, contract.amendment_state) == (LARGE, "")


def test_the_desk_says_that_a_change_changes_nothing(contract, zhang, zhao, sign_in):
    approval.amend(contract, by=zhang)
    approval.submit_change(contract, by=zhang)
    assert "data-unchanged" in words(sign_in(zhao).get("/approvals/"))


CHANGE_VERBS = {
    "amendment_submission": False,
    "amendment_recall": True,
    "amendment_withdrawal": True,
}


@pytest.mark.parametrize("name", CHANGE_VERBS)
def test_a_verb_of_a_change_is_done_to_what_was_seen(contract, zhang, sign_in, name):
    change = raised(contract, zhang)
    if CHANGE_VERBS[name]:
        approval.submit_change(contract, by=zhang)
    before, url = contract.amendment_state, address(contract, name)
    browser = sign_in(zhang)
    for version in ("", "0", contract.version - 1, contract.version + 1):
        assert browser.post(url, {"version": version}).status_code == 409
    assert browser.post(url, {"version": None}).status_code == 409
    change.refresh_from_db()
    assert change.state == before
    assert do(browser, contract, name).status_code == 302


def test_a_change_to_a_foreign_contract_is_not_found(contract, wang, sign_in):
    browser = sign_in(wang)
    approval.amend(contract, by=contract.owner)
    change = contract.amendments.get()
    for name in ("amendment", "amendment_update"):
        assert browser.get(address(contract, name)).status_code == 404
        assert do(browser, contract, name).status_code == 404
    for name in CHANGE_VERBS:
        assert do(browser, contract, name).status_code == 404
    url = f"/contracts/amendments/{change.pk}/attachments/"
    assert browser.post(url).status_code == 404
    file = change.attachments.get()
    assert browser.get(f"{url}{file.pk}/").status_code == 404


def test_who_only_reads_does_not_write_a_change(contract, chen, nobody, sign_in):
    approval.amend(contract, by=contract.owner)
    for person in (chen, nobody):
        browser = sign_in(person)
        assert browser.get(address(contract, "amendment")).status_code == 403
        assert do(browser, contract, "amendment_update").status_code == 403


def test_what_a_change_names_leads_there(contract, zhang, sign_in):
    contact = a_contact(contract.customer)
    change = approval.amend(contract, by=zhang)
    change.contact = contact
    change.save(update_fields=["contact"])
    page = words(sign_in(zhang).get(address(contract, "amendment")))
    facts = page.split('<div class="card facts">')[1].split("</section>")[0]
    for named in (contract.customer, contact):
        assert f'<a href="{named.get_absolute_url()}">{named}</a>' in facts


def test_a_page_of_a_change_costs_the_same_with_many_lines(contract, zhang, sign_in):
    browser = sign_in(zhang)
    change = approval.amend(contract, by=zhang)
    names = ("detail", "amendment", "amendment_update")
    few = [queries(browser, address(contract, name)) for name in names]
    for _number in range(9):
        change.lines.create(product=a_product(zhang), quantity=1, unit_price=1)
    many = [queries(browser, address(contract, name)) for name in names]
    assert few == many
    assert max(many[:2]) <= 12
    assert many[2] <= 16
    change.contract.refresh_from_db()
    change.amount = sum(line.amount for line in change.lines.all())
    change.save(update_fields=["amount"])
    approval.submit_change(contract, by=zhang)
    assert max(queries(browser, address(contract, name)) for name in names[:2]) <= 12


def test_a_change_to_a_customer_deleted_meanwhile_ends_in_words(contract, zhang, zhao):
    change = approval.amend(contract, by=zhang)
    change.customer = a_customer(zhang)
    change.save(update_fields=["customer"])
    approval.submit_change(contract, by=zhang)
    with connection.cursor() as cursor:  # as before a change held what it names
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE customers_customer DISABLE TRIGGER contracts_held")
        cursor.execute(
            "UPDATE customers_customer SET deleted_at = now(), deleted_by_id = %s"
            " WHERE id = %s",
            [zhang.pk, change.customer_id],
        )
        cursor.execute("ALTER TABLE customers_customer ENABLE TRIGGER contracts_held")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert "回收站" in refused("conflict", verdict, contract, zhao)
    verdict(contract, zhao, approved=False, opinion="客户已删除")
    change.refresh_from_db()
    assert change.state == Amendment.State.REJECTED


def put_away(row):
    """Put a row into the recycle bin, past the program's own questions."""
    type(row).everything.filter(pk=row.pk).update(deleted_at="2026-01-01T00:00Z")


@pytest.fixture
def named_by_change(contract, zhang):
    """Return what only an open change names: a customer, a contact and a product."""
    customer = a_customer(zhang, name="只在变更中的客户")
    contact = a_contact(customer)
    change = approval.amend(contract, by=zhang)
    change.customer, change.contact = customer, contact
    change.save(update_fields=["customer", "contact"])
    change.lines.update(product=a_product(zhang, name="只在变更中的产品"))
    contract.refresh_from_db()
    return contact, customer, change.lines.get().product


def test_what_an_open_change_names_stays(named_by_change, lina):
    for row in named_by_change:
        with pytest.raises(ValidationError, match="在使用"):
            row.discard(lina)
        with pytest.raises(IntegrityError, match="names this one"), atomic():
            put_away(row)


def test_what_a_given_up_change_named_can_go(named_by_change, contract, zhang, lina):
    approval.withdraw(contract, by=zhang)
    for row in named_by_change:
        row.discard(lina)
        assert not type(row).objects.filter(pk=row.pk).exists()


def test_a_change_keeps_the_customer_of_what_names_the_contract(
    contract, zhang, sign_in
):
    deal = an_opportunity(zhang, customer=contract.customer)
    moves.close(deal, Stage.Kind.WON, zhang, contract=contract)
    other = a_customer(zhang)
    change = approval.amend(contract, by=zhang)
    browser, url = sign_in(zhang), address(contract, "amendment_update")
    form = fields_of(browser, url)
    answer = browser.post(url, form | {"customer": other.pk, "contact": ""})
    assert answer.status_code == 422
    assert "留在该客户名下" in words(answer)
    change.refresh_from_db()
    assert change.customer == contract.customer
    moves.reopen(deal, zhang, "签约有误")
    change.customer = other
    change.save(update_fields=["customer"])
    moves.close(deal, Stage.Kind.WON, zhang, contract=contract)
    with pytest.raises(ValidationError, match="留在该客户名下"):
        approval.submit_change(contract, by=zhang)
    change.refresh_from_db()
    assert change.state == "writing"


def test_a_change_names_nothing_that_lies_in_the_recycle_bin(contract, zhang):
    change, draft = approval.amend(contract, by=zhang), a_contract(zhang)
    customer, product = a_customer(zhang), a_product(zhang)
    contact = a_contact(customer)
    for row in (contact, customer, product):
        put_away(row)
    rows = Amendment.objects.filter(pk=change.pk)
    for write in (
        partial(rows.update, customer=customer),
        partial(rows.update, contact=contact),
        partial(change.lines.update, product=product),
        partial(draft.lines.create, product=product, quantity=1, unit_price=1),
    ):
        with pytest.raises(IntegrityError, match="recycle bin"), atomic():
            write()


def test_what_is_sold_stays(contract, lina):
    product = contract.lines.get().product
    with pytest.raises(IntegrityError, match="names this one"), atomic():
        put_away(product)
