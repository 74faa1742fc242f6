"""What PostgreSQL refuses about contracts, tried with plain SQL."""

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, connection, transaction

from contracts import approval
from contracts.models import Amendment, ApprovalRule, Contract
from contracts.snapshots import content_of
from crm.approval.snapshots import canonical, digest
from crm.guards import actor
from tests.contracts.test_approval import HUGE, LARGE, absent, in_state, verdict
from tests.factories import a_contract, a_customer, a_product

pytestmark = pytest.mark.django_db


def run(statement, **values):
    """Run one statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def refused(name, statement, **values):
    """Check that PostgreSQL refuses a statement under a constraint's name."""
    with pytest.raises(Error) as caught, transaction.atomic():
        run(statement, **values)
    found = caught.value.__cause__.diag
    assert name in (found.constraint_name or found.message_primary), found
    return found


ENDS = {
    "completed": (
        "UPDATE contracts_contract SET status = %(status)s,"
        " completed_on = '2026-11-22' WHERE id = %(pk)s"
    ),
    "terminated": (
        "UPDATE contracts_contract SET status = %(status)s,"
        " terminated_on = '2026-11-22', termination_reason_id = (SELECT min(id)"
        " FROM crm_dictionaryitem WHERE kind = 'termination_reason')"
        " WHERE id = %(pk)s"
    ),
}
MOVE = "UPDATE contracts_contract SET status = %(status)s WHERE id = %(pk)s"


def set_status(contract, status):
    """Return the statement that only changes the status, and its values."""
    statement = ENDS.get(status, MOVE)
    return {"statement": statement, "status": status, "pk": contract.pk}


STATUSES = Contract.Status.values
FORBIDDEN = {
    "draft": ("pending", "rejected", "recalled", "registered", *ENDS),
    "pending": tuple(s for s in STATUSES if s != "pending"),
    "registered": tuple(s for s in STATUSES if s not in ("registered", *ENDS)),
    "completed": tuple(s for s in STATUSES if s != "completed"),
    "terminated": tuple(s for s in STATUSES if s != "terminated"),
}
EDGES = [(before, after) for before, all_ in FORBIDDEN.items() for after in all_]


@pytest.mark.parametrize(("before", "after"), EDGES)
def test_status_leaves_its_edges_for_nobody(zhang, zhao, before, after):
    contract = in_state(before, zhang, zhao)
    refused("contract_", **set_status(contract, after))
    contract.refresh_from_db()
    assert contract.status == before


def test_status_must_be_a_known_one(zhang):
    refused("contract_", **set_status(a_contract(zhang), "approved"))


def test_a_contract_begins_as_a_draft(zhang):
    contract = a_contract(zhang)
    with pytest.raises(Error, match="contract_begins_as_draft"):
        Contract.objects.create(
            title="X",
            customer=contract.customer,
            amount=1,
            owner=zhang,
            reporter=zhang,
            entered_by=zhang,
            registration="registered",
            registered_by=zhang,
            registered_at=contract.registered_at,
            status="registered",
        )


@pytest.mark.parametrize("status", ["pending", "registered", "completed", "terminated"])
@pytest.mark.parametrize(
    "change",
    [
        "title = 'X'",
        "amount = 1",
        "terms = 'X'",
        "tax_rate = 1",
        "signed_on = '2026-01-01'",
        "signatory_id = owner_id",
        "number = 'HT-1'",
        "entered_by_id = entered_by_id + 1",
        "edition = 9",
        "deleted_at = now()",
        "completed_on = '2026-01-01'",
        "registration = 'reported'",
    ],
)
def test_content_is_frozen_outside_a_draft(zhang, zhao, status, change):
    contract = in_state(status, zhang, zhao)
    statement = f"UPDATE contracts_contract SET {change} WHERE id = %(pk)s"  # noqa: S608 - the changes are literals above
    refused("contract_", statement, pk=contract.pk)


WRITTEN = "UPDATE contracts_{kind} SET {change} WHERE id = %(pk)s"


def written_by(kind, row, person, says):
    """Let a person write a row and say that somebody else did; then nobody says so."""
    another = WRITTEN.format(kind=kind, change="edited_by_id = %(who)s")
    with actor.acting(person):
        run(WRITTEN.format(kind=kind, change="title = 'X'"), pk=row.pk)
        run(another, who=says.pk, pk=row.pk)
    run(another, who=says.pk, pk=row.pk)
    row.refresh_from_db()
    return row.edited_by


def test_who_wrote_a_contract_last_says_no_other_name(zhang, liu, zhao, qian):
    contract = a_contract(zhang, amount=LARGE)
    assert written_by("contract", contract, zhao, liu) == zhao
    approval.submit(contract, by=zhang)  # to 钱进
    decides = {"by": zhao, "approved": True, "opinion": ""}
    with pytest.raises(ValidationError) as caught:
        approval.decide(contract, round_id=contract.rounds.get().pk, **decides)
    assert caught.value.code == "forbidden"


@pytest.mark.parametrize("status", ["pending", "registered", "completed", "terminated"])
def test_who_wrote_last_is_frozen_outside_a_draft(zhang, liu, zhao, status):
    contract = in_state(status, zhang, zhao)
    another = WRITTEN.format(kind="contract", change="edited_by_id = %(who)s")
    with actor.acting(zhao):
        refused("contract_frozen", another, who=liu.pk, pk=contract.pk)


def test_who_wrote_a_change_last_says_no_other_name(zhang, liu, zhao, qian):
    contract = in_state("registered", zhang, zhao)
    change = approval.amend(contract, by=zhang)
    assert written_by("amendment", change, zhao, liu) == zhao
    contract.refresh_from_db()
    approval.submit_change(contract, by=zhang)
    another = WRITTEN.format(kind="amendment", change="edited_by_id = %(who)s")
    with actor.acting(zhao):
        refused("amendment_frozen", another, who=liu.pk, pk=change.pk)


def test_a_pending_contract_keeps_its_owner(zhang, wang, zhao):
    statement = "UPDATE contracts_contract SET owner_id = %(who)s WHERE id = %(pk)s"
    pending = in_state("pending", zhang, zhao)
    refused("contract_frozen", statement, who=wang.pk, pk=pending.pk)
    registered = in_state("registered", zhang, zhao)
    run(statement, who=wang.pk, pk=registered.pk)


def test_no_word_of_the_program_moves_a_registered_contract(zhang, zhao):
    contract, other = in_state("registered", zhang, zhao), a_contract(zhang)
    statement = "UPDATE contracts_contract SET customer_id = %(who)s WHERE id = %(pk)s"
    values = {"who": other.customer_id, "pk": contract.pk}
    with actor.acting(zhang, verb="merged"):
        refused("contract_frozen", statement, **values)


LINE = (
    "INSERT INTO contracts_contractline"
    " (contract_id, product_id, quantity, unit_price, discount)"
    " VALUES (%(pk)s, %(product)s, %(quantity)s, %(price)s, %(discount)s)"
)
FILE = (
    "INSERT INTO contracts_contractattachment"
    " (contract_id, name, sha256, size, content_type, uploaded_by_id, uploaded_at)"
    " VALUES (%(pk)s, 'a.pdf', '', 1, 'application/pdf', %(who)s, now())"
)


@pytest.mark.parametrize("status", ["pending", "registered", "completed", "terminated"])
def test_lines_and_files_are_frozen_with_it(zhang, zhao, status):
    contract = a_contract(zhang, amount=LARGE)
    product = a_product(zhang)
    contract.lines.create(product=product, quantity=1, unit_price=LARGE)
    run(FILE, pk=contract.pk, who=zhang.pk)
    approval.submit(contract, by=zhang)
    if status != "pending":
        verdict(contract, zhao)
    if status in ("completed", "terminated"):
        run(**set_status(contract, status))
    line = {"product": product.pk, "quantity": 1, "price": 1, "discount": 0}
    refused("contract_frozen", LINE, pk=contract.pk, **line)
    refused("contract_frozen", FILE, pk=contract.pk, who=zhang.pk)
    for statement in (
        "UPDATE contracts_contractline SET quantity = 2 WHERE contract_id = %(pk)s",
        "DELETE FROM contracts_contractline WHERE contract_id = %(pk)s",
        "UPDATE contracts_contractattachment SET name = 'b' WHERE contract_id = %(pk)s",
        "DELETE FROM contracts_contractattachment WHERE contract_id = %(pk)s",
    ):
        refused("contract_frozen", statement, pk=contract.pk)


def test_a_line_does_not_move_to_another_contract(zhang):
    contract, other = a_contract(zhang), a_contract(zhang)
    line = contract.lines.create(product=a_product(zhang), quantity=1, unit_price=1)
    statement = (
        "UPDATE contracts_contractline SET contract_id = %(to)s WHERE id = %(id)s"
    )
    refused("contract_frozen", statement, to=other.pk, id=line.pk)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("line_quantity_not_negative", {"quantity": -1}),
        ("line_price_in_bounds", {"price": -1}),
        ("line_price_in_bounds", {"quantity": 0, "price": 10**15 + 1}),
        ("line_discount_in_bounds", {"discount": 101}),
        ("line_discount_in_bounds", {"discount": -1}),
        ("line_amount_in_bounds", {"quantity": 2, "price": 10**15}),
    ],
)
def test_numbers_of_a_line_have_bounds(zhang, name, numbers):
    line = {"quantity": 1, "price": 1, "discount": 0} | numbers
    product = a_product(zhang).pk
    refused(name, LINE, pk=a_contract(zhang).pk, product=product, **line)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("contract_amount_in_bounds", "amount = -0.01"),
        ("contract_amount_in_bounds", "amount = 1000000000000000.01"),
        ("contract_tax_in_bounds", "tax_rate = 100.01"),
        ("contract_tax_in_bounds", "tax_rate = -1"),
        ("contract_dates_in_bounds", "signed_on = '0001-01-01'"),
        ("contract_dates_in_bounds", "ends_on = '2101-01-01'"),
        (
            "contract_dates_in_order",
            "starts_on = '2026-02-01', ends_on = '2026-01-31'",
        ),
    ],
)
def test_numbers_and_dates_have_bounds(zhang, name, change):
    statement = f"UPDATE contracts_contract SET {change} WHERE id = %(pk)s"  # noqa: S608 - the changes are literals above
    refused(name, statement, pk=a_contract(zhang).pk)


def test_amount_must_be_the_sum_to_leave_the_draft(zhang, lina):
    contract = a_contract(zhang, amount=100)
    contract.lines.create(product=a_product(zhang), quantity=1, unit_price=99)
    contract.refresh_from_db()
    run(**a_round(contract, lina))
    refused("contract_amount_is_sum", **set_status(contract, "registered"))


ROUND = (
    "INSERT INTO contracts_round (contract_id, amendment_id, edition, snapshot, sha256,"
    " rule_name, unruled, submitted_by_id, submitted_at, state, closed_at)"
    " VALUES (%(pk)s, %(change)s, 1, %(text)s, %(hash)s, '', %(unruled)s, %(who)s,"
    " now(), %(state)s, CASE %(state)s WHEN 'open' THEN NULL ELSE now() END)"
)


def a_round(subject, who, *, state="approved", text=None, **more):
    """Return what writes a round by plain SQL, with a true snapshot unless told."""
    text = canonical(content_of(subject)) if text is None else text
    change = isinstance(subject, Amendment)
    return {
        "statement": ROUND,
        "pk": subject.contract_id if change else subject.pk,
        "change": subject.pk if change else None,
        "text": text,
        "hash": digest(text),
        "unruled": state == "approved",
        "who": who.pk,
        "state": state,
        **more,
    }


def test_one_round_at_a_time(zhang, zhao):
    contract = in_state("pending", zhang, zhao)
    refused("round_one_open", **a_round(contract, zhang, state="open"))


def test_a_round_has_the_hash_of_its_snapshot(zhang, zhao):
    contract = a_contract(zhang, amount=LARGE)
    refused("round_hash", **a_round(contract, zhang, state="open", hash="0" * 64))


def test_a_round_begins_open_unless_no_rule_asks(zhang, lina):
    contract = a_contract(zhang)
    refused("round_begins", **a_round(contract, lina, unruled=False))
    refused("round_begins", **a_round(contract, lina, state="open", unruled=True))


def test_a_round_says_what_the_contract_says(zhang, lina):
    contract = a_contract(zhang, amount=100)
    contract.lines.create(product=a_product(zhang), quantity=1, unit_price=100)
    contract.refresh_from_db()
    true = content_of(contract)
    line = true["lines"][0]
    for lie in (
        {},
        true | {"amount": "1.00"},
        true | {"title": "别的"},
        true | {"terms": "另有约定"},
        true | {"signed_on": "2026-01-01"},
        true | {"customer": {"id": 1, "name": ""}},
        true | {"lines": []},
        true | {"lines": [line, line]},
        true | {"lines": [line | {"unit_price": "1.00"}]},
        true | {"attachments": [{"name": "a.pdf", "sha256": "", "size": 1}]},
        true | {"edition": 2},
    ):
        values = a_round(contract, lina, text=canonical(lie))
        refused("round_snapshot", **values)
    run(**a_round(contract, lina))


def test_a_round_says_what_the_rules_say(zhang, zhao, lina):
    large, small = a_contract(zhang, amount=LARGE), a_contract(zhang)
    refused("round_rule", **a_round(large, lina))
    refused("round_rule", **a_round(small, zhang, state="open"))
    run(**a_round(large, zhang, state="open"))
    assert large.rounds.get().rule_name == "十万元以上合同"
    assert [step.asks for step in large.rounds.get().steps.all()] == ["head"]


def test_a_round_is_handed_in_by_who_holds_the_right(zhang, chen, zhao, lina):
    large, small = a_contract(zhang, amount=LARGE), a_contract(zhang)
    for person in (zhang, chen, zhao):
        refused("round_right", **a_round(small, person))
    refused("round_right", **a_round(large, chen, state="open"))
    lina.is_active = False
    history_of_access(lina)
    refused("round_right", **a_round(small, lina))


def history_of_access(person):
    """Let a person in or out, as the administrators do."""
    with actor.acting(None, verb="deactivated"):
        person.save(update_fields=["is_active"])


def test_no_step_comes_after_the_round_began(zhang, zhao, qian):
    contract = in_state("pending", zhang, zhao)
    refused(
        "round_frozen",
        "INSERT INTO contracts_roundstep (round_id, position, asks, person_id)"
        " VALUES (%(round)s, 2, 'person', %(who)s)",
        round=contract.rounds.get().pk,
        who=qian.pk,
    )


def test_an_unruled_round_does_not_help_a_pending_contract(zhang, zhao, lina):
    contract = in_state("pending", zhang, zhao)
    ApprovalRule.objects.update(active=False)
    run(**a_round(contract, lina))
    refused("contract_needs_approval", **set_status(contract, "registered"))


def test_nothing_holds_at_a_customer_that_is_only_reported(zhang, lina):
    contract = a_contract(zhang, customer=a_customer(zhang, registered=False))
    run(**a_round(contract, lina))
    refused("contract_customer_in_books", **set_status(contract, "registered"))


@pytest.mark.parametrize("state", ["approved", "rejected"])
def test_a_round_closes_only_by_its_verdicts(zhang, zhao, state):
    contract = in_state("pending", zhang, zhao)
    statement = (
        "UPDATE contracts_round SET state = %(state)s, closed_at = now()"
        " WHERE contract_id = %(pk)s"
    )
    refused("round_verdict", statement, state=state, pk=contract.pk)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE contracts_round SET state = 'open', closed_at = NULL",
        "UPDATE contracts_round SET snapshot = '{}'",
        "UPDATE contracts_round SET submitted_by_id = submitted_by_id + 1",
        "DELETE FROM contracts_round",
        "UPDATE contracts_roundstep SET position = 2",
        "DELETE FROM contracts_roundstep",
        "UPDATE contracts_decision SET approved = NOT approved",
        "UPDATE contracts_decision SET opinion = 'X'",
        "DELETE FROM contracts_decision",
        "UPDATE contracts_edition SET number = 2",
        "DELETE FROM contracts_edition",
        "DELETE FROM contracts_contract",
    ],
)
def test_what_was_decided_stays(zhang, zhao, statement):
    in_state("registered", zhang, zhao)
    with pytest.raises(Error), transaction.atomic():
        run(statement)


DECISION = (
    "INSERT INTO contracts_decision"
    " (contract_id, step_id, approved, opinion, by_id, at)"
    " VALUES (%(pk)s, %(step)s, %(approved)s, %(opinion)s, %(who)s, now())"
)


def decision(contract, who, position=1, approved=True, opinion=""):
    """Return what writes a verdict on a step of the newest round by plain SQL."""
    step = contract.rounds.first().steps.get(position=position)
    return {
        "statement": DECISION,
        "pk": contract.pk,
        "step": step.pk,
        "approved": approved,
        "opinion": opinion,
        "who": who.pk,
    }


def test_four_eyes_hold_in_the_database(zhang, zhao, lina, chen):
    contract = a_contract(zhang, amount=LARGE, entered_by=lina)
    with actor.acting(chen):
        Contract.objects.filter(pk=contract.pk).update(terms="改过")
    approval.submit(contract, by=zhang)
    for person in (zhang, lina, chen):
        refused("decision_four_eyes", **decision(contract, person))
    other = a_contract(zhang, amount=LARGE)
    approval.submit(other, by=lina)
    refused("decision_four_eyes", **decision(other, lina))


def test_a_step_gets_one_verdict(zhang, zhao, qian):
    contract = a_contract(zhang, amount=HUGE)
    approval.submit(contract, by=zhang)
    verdict(contract, zhao)
    refused("decision_in_turn", **decision(contract, zhao))


def test_steps_are_decided_in_turn(zhang, zhao, qian):
    contract = a_contract(zhang, amount=HUGE)
    approval.submit(contract, by=zhang)
    refused("decision_in_turn", **decision(contract, qian, position=2))


def test_a_closed_round_takes_no_verdict(zhang, zhao, qian):
    contract = in_state("pending", zhang, zhao)
    approval.recall(contract, by=zhang)
    refused("decision_in_turn", **decision(contract, zhao))


@pytest.mark.parametrize("opinion", ["", "   ", "　", " 　\n"])
def test_a_rejection_says_why(zhang, zhao, opinion):
    contract = in_state("pending", zhang, zhao)
    against = decision(contract, zhao, approved=False, opinion=opinion)
    refused("decision_rejection_has_reason", **against)


def test_an_ended_contract_says_how(zhang, zhao):
    contract = in_state("registered", zhang, zhao)
    for status in ("completed", "terminated"):
        statement = "UPDATE contracts_contract SET status = %(s)s WHERE id = %(pk)s"
        refused("contract_", statement, s=status, pk=contract.pk)


EDITION = (
    "INSERT INTO contracts_edition (contract_id, number, round_id, registered_at)"
    " VALUES (%(pk)s, %(number)s, %(round)s, now())"
)


def test_an_edition_is_what_was_approved(zhang, zhao):
    pending, other = (in_state(state, zhang, zhao) for state in ("pending", "draft"))
    holds = in_state("registered", zhang, zhao)
    open_, approved = (contract.rounds.get().pk for contract in (pending, holds))
    for contract, number, round_ in (
        (pending, 1, open_),
        (holds, 2, open_),
        (other, 1, open_),
        (other, 1, approved),
        (holds, 2, approved),
    ):
        values = {"pk": contract.pk, "number": number, "round": round_}
        refused("edition_of_round", EDITION, **values)


def test_only_whom_a_step_asks_decides(zhang, zhao, qian, chen, lina, sun, wang):
    contract = in_state("pending", zhang, zhao)
    for person in (chen, lina, sun, wang):
        refused("decision_right", **decision(contract, person))
    zhao.is_active = False
    history_of_access(zhao)
    refused("decision_right", **decision(contract, zhao))
    run(**decision(contract, qian))


def test_only_a_deputy_of_today_stands_in(zhang, zhao, sun):
    contract = in_state("pending", zhang, zhao)
    absent(zhao, sun, days=1)
    behalf = decision(contract, sun)
    behalf["statement"] = DECISION.replace("by_id, at", "by_id, on_behalf_of_id, at")
    behalf["statement"] = behalf["statement"].replace(", now()", ", %(behalf)s, now()")
    refused("decision_right", **behalf, behalf=zhao.pk)
    absent(zhao, sun)
    run(**behalf, behalf=zhao.pk)


def test_nobody_stands_in_for_whose_own_doing_it_is(zhao, sun, qian):
    contract = in_state("pending", zhao, zhao)
    absent(zhao, sun)
    behalf = decision(contract, sun)
    behalf["statement"] = DECISION.replace("by_id, at", "by_id, on_behalf_of_id, at")
    behalf["statement"] = behalf["statement"].replace(", now()", ", %(behalf)s, now()")
    refused("decision_four_eyes", **behalf, behalf=zhao.pk)


CHANGE = "UPDATE contracts_amendment SET {} WHERE contract_id = %(pk)s"


def test_what_holds_changes_by_an_approved_change_only(zhang, zhao):
    contract = in_state("registered", zhang, zhao)
    refused(
        "contract_frozen",
        "UPDATE contracts_contract SET edition = 2, amount = 1 WHERE id = %(pk)s",
        pk=contract.pk,
    )
    approval.amend(contract, by=zhang)
    for state in ("applied", "pending", "rejected", "recalled"):
        refused("amendment_", CHANGE.format(f"state = '{state}'"), pk=contract.pk)
    approval.submit_change(contract, by=zhang)
    for change in (
        "state = 'applied'",
        "state = 'rejected'",
        "state = 'recalled'",
        "state = 'withdrawn'",
        "state = 'writing'",
        "amount = 1",
        "owner_id = entered_by_id",
        "entered_by_id = entered_by_id + 1",
        "edition = 3",
    ):
        refused("amendment_", CHANGE.format(change), pk=contract.pk)


def test_parts_of_a_change_are_frozen_with_it(zhang, zhao):
    contract = in_state("registered", zhang, zhao)
    change = approval.amend(contract, by=zhang)
    change.lines.create(product=a_product(zhang), quantity=1, unit_price=LARGE)
    change.attachments.create(
        name="a.pdf", sha256="", size=1, content_type="", uploaded_by=zhang
    )
    approval.submit_change(contract, by=zhang)
    for statement in (
        "UPDATE contracts_amendmentline SET quantity = 2",
        "DELETE FROM contracts_amendmentline",
        "UPDATE contracts_amendmentattachment SET name = 'b'",
        "DELETE FROM contracts_amendmentattachment",
    ):
        refused("amendment_frozen", statement)


def test_four_eyes_hold_for_a_change_too(zhang, zhao, qian, sun):
    contract = in_state("registered", zhang, zhao)
    change = approval.amend(contract, by=zhang)
    with actor.acting(zhao):
        type(change).objects.filter(pk=change.pk).update(terms="改过")
    approval.submit_change(contract, by=zhang)
    refused("decision_four_eyes", **decision(contract, zhao))
    run(**decision(contract, qian))


def test_a_contract_ends_only_without_a_change_under_way(zhang, zhao):
    contract = in_state("registered", zhang, zhao)
    approval.amend(contract, by=zhang)
    for status in ("completed", "terminated"):
        refused("contract_change_open", **set_status(contract, status))


def test_the_mark_of_a_change_cannot_be_forged(zhang, zhao):
    contract = in_state("registered", zhang, zhao)
    statement = (
        "UPDATE contracts_contract SET amendment_state = 'pending' WHERE id = %(pk)s"
    )
    run(statement, pk=contract.pk)
    contract.refresh_from_db()
    assert contract.amendment_state == ""
