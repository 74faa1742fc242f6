"""What one has decided on one sees from then on, whoever's it becomes."""

import pytest

from contracts.models import Contract, Insight
from crm.models import User
from customers.models import Customer
from tests.contracts.test_approval import absent, in_state, verdict
from tests.races import together

pytestmark = pytest.mark.django_db


def known():
    """Return what the insights say, and what verdicts and contracts say."""
    columns = ("person", "contract", "owner", "customer_owner")
    whose = ("pk", "owner", "customer_owner")
    decided = Contract.objects.filter(decisions__isnull=False)
    asked = {*decided.values_list("decisions__by", *whose)} | {
        *decided.exclude(decisions__on_behalf_of=None).values_list(
            "decisions__on_behalf_of", *whose
        )
    }
    return sorted(Insight.objects.values_list(*columns)), sorted(asked)


def seen(person):
    """Return the contracts that a person sees, in each of the ways to ask that."""
    rows, person = Contract.objects, User.objects.get(pk=person.pk)  # of this request
    parts = [
        pk for part in rows.visibility(person).parts() for pk in part.values_list("pk")
    ]
    sums = rows.visibility(person).sums("status", "amount")
    assert len(parts) == sum(int(number) for _o, _s, number, _a in sums)
    assert sorted(parts) == sorted(rows.visibility(person).in_order().values_list("pk"))
    assert sorted(parts) == sorted(rows.visible_to(person).values_list("pk"))
    return {pk for (pk,) in parts}


def test_an_insight_says_whose_the_contract_is_by_now(zhang, wang, zhao, sun):
    contract = in_state("registered", zhang, zhao)
    assert (
        known() == ([(zhao.pk, contract.pk, zhang.pk, contract.customer.owner_id)],) * 2
    )
    Contract.objects.filter(pk=contract.pk).update(owner=wang)
    assert known()[0] == known()[1]
    Customer.objects.filter(pk=contract.customer_id).update(owner=sun)
    assert known()[0] == known()[1] == [(zhao.pk, contract.pk, wang.pk, sun.pk)]


def test_who_decided_on_it_sees_it_wherever_it_goes(zhang, wang, zhao, sun):
    contract, other = (in_state("registered", zhang, zhao) for _time in range(2))
    for row in (contract, other):
        Customer.objects.filter(pk=row.customer_id).update(owner=wang)
    Contract.objects.filter(pk=contract.pk).update(owner=wang)
    assert seen(zhao) == {contract.pk, other.pk}
    assert seen(zhang) == {other.pk}


def test_a_deputy_sees_what_waits_and_what_was_decided(zhang, zhao, sun):
    contract, other = (in_state("pending", zhang, zhao) for _time in range(2))
    assert seen(sun) == set()
    absent(zhao, sun)
    assert seen(sun) == {contract.pk, other.pk}
    verdict(contract, sun)
    assert known()[0] == known()[1]
    zhao.absences.all().delete()
    assert seen(sun) == {contract.pk}


@pytest.mark.django_db(transaction=True)
def test_a_verdict_and_a_handover_at_once_agree(zhang, wang, zhao):
    contract = in_state("pending", zhang, zhao)

    def work(number):
        if number:
            rows = Customer.objects.filter(pk=contract.customer_id)
            return rows.update(owner=wang)
        return verdict(Contract.objects.get(pk=contract.pk), zhao)

    together(2, work)
    assert known()[0] == known()[1] != []
