"""Nothing comes to have an option that is being replaced, whoever writes it."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from competitors.models import NewsIndustry
from contracts import approval
from contracts.models import Amendment
from crm.guards.refusals import explained
from crm.models import DictionaryItem
from customers.models import Customer
from system.dictionaries.uses import replace
from system.references import references
from tests.contracts.test_approval import LARGE, verdict
from tests.factories import a_contract, a_customer, a_news_item
from tests.races import somebody_waits, together

TRIGGERS = """
SELECT array_agg(DISTINCT split_part(tgname, '_', 3)) FROM pg_trigger
WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_options_%%'
"""


def two_of(kind):
    """Return two items of a dictionary."""
    return DictionaryItem.objects.filter(kind=kind)[:2]


def chosen(customer, item):
    """Let a customer have an industry, past every form."""
    Customer.objects.filter(pk=customer.pk).update(industry=item)


def copied(customer, item):
    """Bring a customer with an industry by one statement, as PostgreSQL copies rows."""
    kept = Customer.objects.filter(pk=customer.pk)
    row = kept.values(*(f.attname for f in Customer._meta.concrete_fields)).get()
    del row["id"], row["number"]
    row |= {"name": "乙公司", "name_key": "乙公司", "industry_id": item.pk}
    Customer.objects.bulk_create([Customer(**row)])


def linked(news, item):
    """Let a piece of news be about an industry."""
    NewsIndustry.everything.create(news=news, item=item)


def industries():
    """Return the ids of all industries that customers and news have."""
    ids = set(Customer.objects.values_list("industry", flat=True))
    return (ids | set(NewsIndustry.everything.values_list("item", flat=True))) - {None}


WRITERS = [
    pytest.param(a_customer, chosen, id="changed"),
    pytest.param(a_customer, copied, id="added"),
    pytest.param(a_news_item, linked, id="linked"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("field", references(DictionaryItem), ids=str)
def test_every_table_with_options_keeps_them(field):
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS, [field.model._meta.db_table])
        assert cursor.fetchone() == (["changed", "new"],)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("made", "write"), WRITERS)
def test_who_replaces_waits_for_who_writes_and_moves_that_row(made, write, zhou, zhang):
    old, new = two_of("industry")
    row, written = made(zhang), threading.Event()

    def writing():
        with transaction.atomic():
            write(row, old)
            written.set()
            somebody_waits()

    def replacing():
        assert written.wait(timeout=60)
        with transaction.atomic():
            replace(old, new, by=zhou)

    assert together(2, lambda n: (writing, replacing)[n]()) == [None, None]
    assert industries() == {new.pk}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("made", "write"), WRITERS)
def test_who_writes_while_it_is_replaced_is_refused_in_words(made, write, zhou, zhang):
    old, new = two_of("industry")
    row, replaced = made(zhang), threading.Event()

    def replacing():
        with transaction.atomic():
            replace(old, new, by=zhou)
            replaced.set()
            somebody_waits()

    def writing():
        assert replaced.wait(timeout=60)
        with transaction.atomic():
            write(row, old)

    done, refusal = together(2, lambda n: (replacing, writing)[n]())
    assert done is None
    assert isinstance(refusal, IntegrityError)
    assert explained(refusal, Customer).messages == ["该选项已停用或被替换，请另选。"]
    assert industries() == set()


def with_kind(owner, head, item):
    """Return a contract in force of a kind of contract."""
    contract = a_contract(owner, amount=LARGE, kind=item)
    approval.submit(contract, by=owner)
    verdict(contract, head)
    return contract


def changing_to(owner, head, item):
    """Return a contract in force that waits for a kind of contract to be approved."""
    contract = with_kind(owner, head, None)
    change = approval.amend(contract, by=owner)
    Amendment.objects.filter(pk=change.pk).update(kind=item)
    approval.submit_change(contract, by=owner)
    return contract


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("made", "write", "who"),
    [
        pytest.param(with_kind, approval.amend, "zhang", id="begun"),
        pytest.param(changing_to, verdict, "zhao", id="applied"),
    ],
)
def test_what_is_only_written_follows_and_what_was_approved_keeps_its_option(
    made, write, who, zhou, zhang, zhao, request
):
    old, new = two_of("contract_kind")
    contract, by = made(zhang, zhao, old), request.getfixturevalue(who)
    written = threading.Event()

    def writing():
        with transaction.atomic():
            write(contract, by=by)
            written.set()
            somebody_waits()

    def replacing():
        assert written.wait(timeout=60)
        with transaction.atomic():
            replace(old, new, by=zhou)

    together(2, lambda n: (writing, replacing)[n]())
    contract.refresh_from_db()
    change = Amendment.everything.get(contract=contract)
    assert contract.kind == old
    assert change.kind == (new if change.state == "writing" else old)
    assert not contract.kind.active


@pytest.mark.django_db
def test_what_was_retired_before_may_be_copied(zhang, zhao):
    old, _new = two_of("contract_kind")
    contract = with_kind(zhang, zhao, old)
    DictionaryItem.objects.filter(pk=old.pk).update(active=False)
    assert approval.amend(contract, by=zhang).kind == old
