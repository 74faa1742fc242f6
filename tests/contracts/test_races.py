"""Many at once, on real connections: numbers, submissions, verdicts."""

import json
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from contracts import approval
from contracts.models import (
    AmendmentLine,
    Contract,
    ContractLine,
    Instalment,
    Product,
    Retraction,
)
from tests.contracts.test_approval import HUGE, LARGE, in_state
from tests.contracts.test_contract_pages import PDF, address, fields_of
from tests.factories import a_contract, a_customer, a_product, stamps
from tests.races import ROUNDS, signed_in, together, won

pytestmark = pytest.mark.django_db(transaction=True)


def test_fifty_contracts_at_once_get_numbers_without_a_gap(zhang):
    customer = a_customer(zhang)

    def create(number):
        contract = Contract(
            **stamps(zhang), title=f"合同{number}", customer=customer, amount=1
        )
        contract.enter(zhang)
        return contract.number

    numbers = sorted(together(50, create))
    days = {number.split("-")[1] for number in numbers}
    assert numbers == [f"HT-{day}-{n:03}" for day in days for n in range(1, 51)]


def test_a_number_given_back_leaves_no_gap(zhang):
    first = a_contract(zhang)
    with pytest.raises(IntegrityError):
        a_contract(zhang, amount=-1)
    second = a_contract(zhang)
    assert int(second.number[-3:]) == int(first.number[-3:]) + 1


def test_numbers_go_on_after_the_thousandth(zhang):
    a_contract(zhang)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contracts_daynumber SET given = 999")
    assert a_contract(zhang).number.endswith("-1000")


def test_a_contract_is_submitted_once(zhang, zhao):
    contract = a_contract(zhang, amount=LARGE)
    outcomes = together(
        8, lambda _n: approval.submit(Contract.objects.get(pk=contract.pk), by=zhang)
    )
    assert len(won(outcomes)) == 1
    assert contract.rounds.count() == 1
    refused = [e for e in outcomes if isinstance(e, ValidationError)]
    assert {e.code for e in refused} <= {"conflict"}


def test_a_contract_is_decided_once(zhang, zhao):
    for _round in ROUNDS:
        contract = a_contract(zhang, amount=LARGE)
        round_ = approval.submit(contract, by=zhang)

        def decide(number, pk=contract.pk, seen=round_.pk):
            return approval.decide(
                Contract.objects.get(pk=pk),
                by=zhao,
                approved=number % 2 == 0,
                opinion="意见",
                round_id=seen,
            )

        (decision,) = won(together(4, decide))
        assert contract.decisions.get() == decision
        contract.refresh_from_db()
        assert contract.status == ("registered" if decision.approved else "rejected")


def test_recall_and_verdict_exclude_each_other(zhang, zhao):
    for _round in ROUNDS:
        contract = a_contract(zhang, amount=LARGE)
        round_ = approval.submit(contract, by=zhang)

        def work(number, pk=contract.pk, seen=round_.pk):
            stored = Contract.objects.get(pk=pk)
            if number % 2:
                return approval.recall(stored, by=zhang)
            return approval.decide(
                stored, by=zhao, approved=True, opinion="", round_id=seen
            )

        outcomes = together(4, work)
        assert len(won(outcomes)) == 1
        contract.refresh_from_db()
        decided = bool(won(outcomes[::2]))
        assert contract.status == ("registered" if decided else "recalled")
        assert contract.decisions.count() == decided


def test_an_approval_is_taken_back_or_gone_on_from_and_never_both(zhang, zhao, qian):
    for _round in ROUNDS:
        contract = a_contract(zhang, amount=HUGE)
        round_ = approval.submit(contract, by=zhang)
        seen = {"opinion": "", "round_id": round_.pk}
        stored = Contract.objects.get(pk=contract.pk)
        given = approval.decide(stored, by=zhao, approved=True, **seen)

        def work(number, pk=contract.pk, given=given.pk, seen=seen):
            stored = Contract.objects.get(pk=pk)
            if number % 2:
                approval.FLOW.take_back(stored, by=zhao, decision_id=given)
                return "taken back"
            approval.decide(stored, by=qian, approved=True, **seen)
            return "gone on"

        (outcome,) = won(together(4, work))
        contract.refresh_from_db()
        went_on = outcome == "gone on"
        assert contract.status == ("registered" if went_on else "pending")
        assert contract.decisions.count() == 2 * went_on
        assert Retraction.objects.filter(contract=contract).count() == 1 - went_on


def test_no_line_slips_in_beside_a_submission(zhang, zhao):
    pump = a_product(zhang)
    for _round in ROUNDS:
        contract = a_contract(zhang, amount=LARGE)
        contract.lines.create(product=pump, quantity=1, unit_price=LARGE)

        def work(number, pk=contract.pk):
            if number:
                return ContractLine.objects.create(
                    contract_id=pk, product=pump, quantity=1, unit_price=1
                )
            return approval.submit(Contract.objects.get(pk=pk), by=zhang)

        assert won(together(2, work))
        contract.refresh_from_db()
        total = sum(line.amount for line in contract.lines.all())
        assert (contract.status == "pending") == (total == contract.amount)


def test_no_instalment_slips_in_beside_a_submission(zhang):
    for _round in ROUNDS:
        contract = a_contract(zhang, amount=LARGE)
        contract.instalments.create(due_on="2027-01-01", amount=LARGE)

        def work(number, pk=contract.pk):
            if number:
                return Instalment.objects.create(
                    contract_id=pk, due_on="2027-02-01", amount=1
                )
            return approval.submit(Contract.objects.get(pk=pk), by=zhang)

        assert won(together(2, work))
        contract.refresh_from_db()
        total = sum(row.amount for row in contract.instalments.all())
        assert (contract.status == "pending") == (total == contract.amount)


def test_two_who_plan_one_contract_in_force_leave_one_plan(zhang, zhao):
    for _round in ROUNDS:
        contract = in_force(zhang, zhao)

        def work(_number, pk=contract.pk, amount=contract.amount):
            with transaction.atomic():
                for part in (amount - 1, Decimal(1)):
                    Instalment.objects.create(
                        contract_id=pk, due_on="2027-01-01", amount=part
                    )

        assert len(won(together(2, work))) == 1
        total = sum(row.amount for row in contract.instalments.all())
        assert total == contract.amount


def in_force(zhang, zhao):
    """Return a contract of 张伟's in force, with one line."""
    contract = in_state("registered", zhang, zhao)
    return Contract.objects.get(pk=contract.pk)


def proposed(contract, zhang):
    """Return a change to a contract with one line, which asks for the same sum."""
    change = approval.amend(contract, by=zhang)
    change.lines.all().delete()
    change.lines.create(product=a_product(zhang), quantity=1, unit_price=change.amount)
    return change


def test_a_change_is_approved_or_given_up(zhang, zhao):
    for _round in ROUNDS:
        contract = in_force(zhang, zhao)
        change = proposed(contract, zhang)
        round_ = approval.submit_change(contract, by=zhang)

        def work(number, pk=contract.pk, seen=round_.pk):
            stored = Contract.objects.get(pk=pk)
            if number % 2:
                return approval.withdraw(stored, by=zhang)
            return approval.decide(
                stored, by=zhao, approved=True, opinion="", round_id=seen
            )

        outcomes = together(4, work)
        assert len(won(outcomes)) == 1
        change.refresh_from_db()
        contract.refresh_from_db()
        applied = bool(won(outcomes[::2]))
        assert change.state == ("applied" if applied else "withdrawn")
        assert (contract.edition, contract.amendment_state) == (1 + applied, "")


def test_no_line_slips_in_beside_the_submission_of_a_change(zhang, zhao):
    pump = a_product(zhang)
    for _round in ROUNDS:
        contract = in_force(zhang, zhao)
        change = proposed(contract, zhang)

        def work(number, pk=contract.pk, change=change.pk):
            if number:
                return AmendmentLine.objects.create(
                    amendment_id=change, product=pump, quantity=1, unit_price=1
                )
            return approval.submit_change(Contract.objects.get(pk=pk), by=zhang)

        outcomes = together(2, work)
        assert len(won(outcomes)) == 1, outcomes
        change.refresh_from_db()
        total = sum(line.amount for line in change.lines.all())
        assert (change.state == "pending") == (total == change.amount)


def test_a_contract_is_changed_or_completed(zhang, zhao):
    for _round in ROUNDS:
        contract = in_force(zhang, zhao)

        def work(number, pk=contract.pk):
            stored = Contract.objects.get(pk=pk)
            if number % 2:
                approval.complete(stored, by=zhao)
            else:
                approval.amend(stored, by=zhang)
            return number % 2

        winners = won(together(4, work))
        contract.refresh_from_db()
        state = (contract.status, contract.amendment_state)
        expected = ("completed", "") if winners == [1] else ("registered", "writing")
        assert len(winners) == 1
        assert state == expected


def test_a_file_comes_before_the_submission_of_a_change_or_not_at_all(zhang, zhao):
    browser = signed_in(zhang)
    for _round in ROUNDS:
        contract = in_force(zhang, zhao)
        change = proposed(contract, zhang)
        version = Contract.objects.get(pk=contract.pk).version
        files = f"/contracts/amendments/{change.pk}/attachments/"

        def work(number, pk=contract.pk, files=files, version=version):
            if number:
                file = SimpleUploadedFile("补充.pdf", PDF)
                sent = {"file": file, "version": version}
                return browser.post(files, sent).status_code
            return approval.submit_change(Contract.objects.get(pk=pk), by=zhang)

        round_, status = outcomes = together(2, work)
        assert won(outcomes)[0] == round_
        change.refresh_from_db()
        assert change.state == "pending"
        taken = [file.name for file in change.attachments.all()]
        assert [file in round_.snapshot for file in taken] == [True] * len(taken)
        assert bool(taken) == (status in won(outcomes))


def test_an_edit_comes_before_the_submission_or_not_at_all(zhang, zhao):
    browsers = [signed_in(zhang), signed_in(zhang)]
    for _round in ROUNDS:
        contract = a_contract(zhang, amount=LARGE)
        edit = address(contract, "update")
        sent = fields_of(browsers[0], edit) | {"version": contract.version}

        def work(number, pk=contract.pk, edit=edit, sent=sent):
            if number % 2:
                browser = browsers[number // 2]
                return browser.post(edit, sent | {"terms": f"条款{number}"}).status_code
            return approval.submit(Contract.objects.get(pk=pk), by=zhang)

        outcomes = together(4, work)
        (round_,) = won(outcomes[::2])
        edits = won(outcomes[1::2])
        assert edits in ([302], [])
        contract.refresh_from_db()
        assert contract.status == "pending"
        assert json.loads(round_.snapshot)["terms"] == contract.terms
        assert bool(contract.terms) == bool(edits)


def test_what_a_change_brings_is_there_when_it_is_applied(zhang, zhao, lina):
    for _round in ROUNDS:
        contract = in_force(zhang, zhao)
        change = proposed(contract, zhang)
        product = change.lines.get().product
        round_ = approval.submit_change(contract, by=zhang)

        def work(number, pk=contract.pk, product=product.pk, seen=round_.pk):
            if number % 2:
                return Product.objects.get(pk=product).discard(lina)
            return approval.decide(
                Contract.objects.get(pk=pk),
                by=zhao,
                approved=True,
                opinion="",
                round_id=seen,
            )

        outcomes = together(4, work)
        assert len(won(outcomes[::2])) == 1
        assert not won(outcomes[1::2])
        product.refresh_from_db()
        contract.refresh_from_db()
        assert (product.deleted_at, contract.edition) == (None, 2)


def test_no_line_of_a_change_names_a_product_in_the_recycle_bin(zhang, zhao, lina):
    for _round in ROUNDS:
        change, product = proposed(in_force(zhang, zhao), zhang), a_product(zhang)

        def work(number, change=change.pk, product=product.pk):
            if number % 2:
                return Product.objects.get(pk=product).discard(lina)
            return AmendmentLine.objects.create(
                amendment_id=change, product_id=product, quantity=1, unit_price=1
            )

        together(4, work)
        product.refresh_from_db()
        assert (product.deleted_at is None) == change.lines.filter(
            product=product
        ).exists()


def test_an_external_number_is_applied_to_one_contract(zhang, zhao):
    for number in ROUNDS:
        asked = {}
        for _each in range(2):
            contract = in_force(zhang, zhao)
            change = proposed(contract, zhang)
            change.external_number = f"OA-{number}"
            change.save(update_fields=["external_number", "external_key"])
            asked[contract.pk] = approval.submit_change(contract, by=zhang).pk

        pairs = list(asked.items())

        def work(number, pairs=pairs):
            pk, seen = pairs[number % 2]
            return approval.decide(
                Contract.objects.get(pk=pk),
                by=zhao,
                approved=True,
                opinion="",
                round_id=seen,
            )

        assert len(won(together(4, work))) == 1
        assert Contract.objects.filter(external_key=f"OA-{number}").count() == 1
        states = {c.amendment_state for c in Contract.objects.filter(pk__in=asked)}
        assert states == {"", "pending"}
