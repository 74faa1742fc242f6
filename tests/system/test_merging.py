"""合并: what was entered twice becomes one, and comes apart again."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, models, transaction
from django.db.transaction import atomic
from django.utils import timezone

from competitors.models import NewsCustomer
from contracts import approval
from contracts.models import Contract
from crm.duplicates import merging, moving, work
from crm.duplicates.models import Merge, Pair, mergeable
from crm.duplicates.undoing import undo
from crm.guards.actor import acting
from crm.jobs.models import Job
from crm.models import HistoryEntry
from crm.notices.models import Notice
from customers.models import Contact, Customer, Relation
from feedback.models import Interaction
from tests.contracts.test_approval import LARGE, verdict
from tests.factories import (
    a_competitor,
    a_contact,
    a_contract,
    a_customer,
    a_news_item,
    a_product,
    an_encounter,
    an_interaction,
)
from tests.pages import form_of
from tests.people import dismiss
from tests.races import LOST, ROUNDS, signed_in, together, won

pytestmark = pytest.mark.django_db


def merge(winner, *losers, by, **choices):
    """Merge rows as the page does: locked, and read anew."""
    rows = merging.locked(type(winner), [r.pk for r in (winner, *losers)])
    chosen = {name: row.pk for name, row in choices.items()}
    kept = rows[winner.pk]
    done = merging.merge(kept, [rows[r.pk] for r in losers], by=by, choices=chosen)
    winner.refresh_from_db()
    return done


def take_back(done, by):
    """Take a merge back as the page does; return what stayed."""
    return undo(Merge.objects.select_for_update(no_key=True).get(pk=done.pk), by=by)


@pytest.fixture
def twice(zhang):
    """昆明恒信商贸, entered twice by 张伟."""
    one = a_customer(zhang, name="昆明恒信商贸有限公司", phone="0871-63123456")
    name, address = "恒信商贸（昆明）有限公司", "北京路1号金色大厦"
    two = a_customer(zhang, name=name, address=address)
    return one, two


def in_force(customer, zhao, title="水泵采购合同"):
    """Return a contract of a customer that 赵强 has approved."""
    contract = a_contract(customer.owner, customer=customer, amount=LARGE, title=title)
    product = a_product(customer.owner, name="水泵")
    contract.lines.create(product=product, quantity=1, unit_price=LARGE)
    contract.refresh_from_db()
    approval.submit(contract, by=customer.owner)
    verdict(contract, zhao)
    contract.refresh_from_db()
    return contract


# --- What moves -----------------------------------------------------------------------


@pytest.mark.parametrize("model", mergeable(), ids=lambda m: m._meta.model_name)
def test_every_key_to_a_kind_is_moved_along(model):
    found = {
        field
        for other in apps.get_models(include_auto_created=True)
        for field in other._meta.concrete_fields
        if field.related_model is model
        and field.remote_field.on_delete is not models.DO_NOTHING
    }
    assert set(moving.links(model)) == found
    for link in found:  # nobody adds to a row that has just gone into another one
        names = {trigger.name for trigger in link.model._meta.triggers}
        assert "parents_live" in names, link
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f'"
            " AND confrelid = %s::regclass",
            [model._meta.db_table],
        )
        assert cursor.fetchone() == (len(found),)


def test_what_hangs_on_the_other_one_goes_to_the_one_that_is_kept(twice, lina, wang):
    one, two = twice
    contact = a_contact(two, name="李明")
    contract = a_contract(two.owner, customer=two, contact=contact)
    call = an_interaction(two, contact=contact)
    fight = an_encounter(a_competitor(lina), two)
    deleted = a_contact(two, name="何处")
    deleted.discard(lina)
    child = a_customer(wang, parent=two)
    done = merge(one, two, by=lina, address=two)
    for row in (contact, contract, call, fight):
        row.refresh_from_db()
        assert (row.customer_id, row.customer_owner_id) == (one.pk, one.owner_id)
    child.refresh_from_db()
    assert child.parent_id == one.pk
    assert Contact.everything.get(pk=deleted.pk).customer_id == one.pk
    assert (one.address, one.last_contact_at) == ("北京路1号金色大厦", call.occurred_at)
    assert one.name in fight.title
    assert not Customer.objects.filter(pk=two.pk).exists()
    assert done.fields == {"address": ["", "北京路1号金色大厦"]}
    assert connection.check_constraints() is None
    assert Notice.objects.get(person=one.owner, verb="merged").subjects[0][0] == one.pk


def test_what_would_clash_is_joined_or_said_already(twice, lina, wang, liu):
    one, two = twice
    one.file_entries.create(subject="market", text="云南", author=lina)
    two.file_entries.create(subject="market", text="贵州", author=wang)
    two.file_entries.create(subject="quality", text="稳定", author=wang)
    one.memberships.create(user=wang)
    two.memberships.create(user=wang, may_write=True)
    two.memberships.create(user=liu)
    mine, theirs = a_contact(one, primary=True), a_contact(two, primary=True)
    third = a_customer(wang)
    for customer in twice:
        customer.relations.create(kind="supplies", other=third)
    two.relations.create(kind="partner_of", other=one)
    news = a_news_item(lina)
    for customer in twice:
        NewsCustomer.objects.create(news=news, customer=customer)
    merge(one, two, by=lina)
    texts = dict(one.file_entries.values_list("subject", "text"))
    assert texts["quality"] == "稳定"
    assert texts["market"].startswith("云南\n\n（恒信商贸（昆明）有限公司，")
    assert texts["market"].endswith("\n贵州")
    team = dict(one.memberships.values_list("user", "may_write"))
    assert team == {wang.pk: True, liu.pk: False}
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (theirs.customer_id, mine.primary, theirs.primary) == (one.pk, True, False)
    assert Relation.objects.filter(customer=one).count() == 1
    assert [row.pk for row in news.customers.all()] == [one.pk]


def test_a_contract_that_holds_keeps_what_was_approved(twice, lina, zhao):
    one, two = twice
    contract = in_force(two, zhao)
    round_ = contract.rounds.get()
    merge(one, two, by=lina)
    again = Contract.objects.get(pk=contract.pk)
    assert (again.customer_id, again.status) == (one.pk, "registered")
    assert (again.number, again.edition) == (contract.number, contract.edition)
    assert again.edited_by_id == contract.edited_by_id
    kept = contract.rounds.get()
    assert (kept.snapshot, kept.sha256) == (round_.snapshot, round_.sha256)
    with pytest.raises(IntegrityError), atomic():  # nobody else may
        Contract.objects.filter(pk=contract.pk).update(
            customer=a_customer(zhao, name="别家")
        )


def test_what_is_being_decided_upon_is_waited_for(twice, lina, zhang, zhao):
    one, two = twice
    contract = a_contract(zhang, customer=two, amount=LARGE)
    approval.submit(contract, by=zhang)
    with pytest.raises(ValidationError, match=contract.number):
        merge(one, two, by=lina)
    verdict(contract, zhao)
    change = approval.amend(Contract.objects.get(pk=contract.pk), by=zhang)
    merge(one, two, by=lina)
    change.refresh_from_db()
    assert (change.customer_id, change.edited_by_id) == (one.pk, zhang.pk)
    contract.refresh_from_db()
    approval.submit_change(contract, by=zhang)
    verdict(contract, zhao)
    assert Contract.objects.get(pk=contract.pk).customer_id == one.pk


def test_several_become_one_and_products_keep_their_lines(zhang, lina, zhao, twice):
    one, two = twice
    three = a_customer(zhang, name="恒信商贸")
    calls = [an_interaction(two), an_interaction(three)]
    merge(one, two, three, by=lina)
    assert set(one.interactions.all()) == set(calls)
    contract = in_force(one, zhao)
    old = contract.lines.get().product
    new = a_product(zhang, name="水 泵")
    merge(new, old, by=lina)
    again = Contract.objects.get(pk=contract.pk)
    assert again.lines.get().product == new
    assert again.edited_by_id == contract.edited_by_id
    rivals = [a_competitor(lina, name="竞品甲"), a_competitor(lina, name="竞品甲公司")]
    for place, rival in enumerate(rivals):
        rival.products.create(name="泵", price_from=place or None, remarks=f"注{place}")
    merge(*rivals, by=lina)
    product = rivals[0].products.get()
    assert (product.price_from, product.remarks) == (Decimal(1), "注0；注1")
    people = [a_contact(one, name="李明"), a_contact(one, name="李明")]
    call = an_interaction(one, contact=people[1])
    merge(*people, by=lina)
    call.refresh_from_db()
    assert call.contact_id == people[0].pk


# --- Who may --------------------------------------------------------------------------


def test_whoever_may_not_change_both_merges_nothing(twice, wang, chen, zhang, lina):
    one, two = twice
    foreign = a_customer(wang, name="恒信商贸")
    for person, winner, loser in ((wang, one, two), (chen, one, two)):
        with pytest.raises(PermissionDenied):
            merge(winner, loser, by=person)
    one.memberships.create(user=wang, may_write=True)
    with pytest.raises(PermissionDenied):  # a member of the team deletes nothing
        merge(foreign, one, by=wang)
    report = a_customer(zhang, registered=False)
    with pytest.raises(ValidationError):  # what holds goes into no mere report
        merge(report, one, by=lina)
    assert not Merge.objects.exists()


def test_the_other_address_leads_to_what_was_kept(twice, lina, wang, sign_in):
    one, two = twice
    contact = a_contact(two)
    merge(one, two, by=lina)
    three = a_customer(lina, name="恒信")
    merge(three, one, by=lina)
    browser = sign_in(lina)
    for gone in twice:
        answer = browser.get(f"/customers/{gone.pk}/")
        assert (answer.status_code, answer.url) == (302, f"/customers/{three.pk}/")
    assert sign_in(wang).get(f"/customers/{two.pk}/").status_code == 404
    contact.refresh_from_db()
    assert contact.customer_id == three.pk
    bin_ = sign_in(lina).get("/system/recycle-bin/").content.decode()
    assert two.name not in bin_  # it comes back by taking the merge back
    rows = Customer.everything.exclude(deleted_at=None)
    assert rows.exists()
    assert not Merge.objects.left_out_of(rows).exists()  # nor is it emptied out


# --- What the history tells -----------------------------------------------------------


def test_the_history_of_both_is_read_where_they_are_one(twice, lina, zhang, sign_in):
    one, two = twice
    a_contact(two)
    two.file_entries.create(subject="market", text="贵州", author=zhang)
    before = HistoryEntry.objects.order_by("pk").last().pk
    pair = Pair.objects.create(
        kind="customers.customer", low_id=one.pk, high_id=two.pk, score=90
    )
    sent = {"version": 1, "winner": one.pk, "ids": [one.pk, two.pk]}
    sent |= {f"version_{row.pk}": row.version for row in twice}
    sent |= {"keep_address": two.pk}
    address = f"/system/duplicates/{pair.pk}/merge/"
    assert sign_in(lina).post(address, sent).status_code == 302
    entries = HistoryEntry.objects.filter(pk__gt=before).exclude(verb="signed_in")
    assert {entry.verb for entry in entries} == {"merged"}
    assert {entry.actor_id for entry in entries} == {lina.pk}
    page = sign_in(lina).get(f"/history/customers.customer/{one.pk}/")
    shown = page.context["entries"]
    assert {entry.subject_id for entry in shown} == {one.pk, two.pk}
    assert any(e.verb == "created" and e.subject_id == two.pk for e in shown)
    assert not any(e.verb == "merged" and e.subject_id == two.pk for e in shown)
    (merged,) = (e for e in shown if e.verb == "merged")  # with all its parts
    told = [c["new"] for part in merged.parts for c in part.readable_changes]
    assert two.name in told


def test_whoever_saw_what_is_kept_before_looks_anew(twice, lina, zhang, sign_in):
    one, two = twice
    browser = sign_in(zhang)
    seen = form_of(browser, f"/customers/{one.pk}/edit/") | {"remarks": "新"}
    done = merge(one, two, by=lina)  # nothing of it changed, and yet it did
    assert browser.post(f"/customers/{one.pk}/edit/", seen).status_code == 409
    sent = {"version": seen["version"]}
    assert browser.post(f"/customers/{one.pk}/delete/", sent).status_code == 409
    seen = form_of(browser, f"/customers/{one.pk}/edit/") | {"remarks": "新"}
    take_back(done, lina)
    assert browser.post(f"/customers/{one.pk}/edit/", seen).status_code == 409
    one.refresh_from_db()
    assert one.changed_by == lina


# --- The way back ---------------------------------------------------------------------


def test_a_merge_comes_apart_as_if_it_had_never_been(twice, lina, wang, zhao):
    one, two = twice
    one.file_entries.create(subject="market", text="云南", author=lina)
    two.file_entries.create(subject="market", text="贵州", author=wang)
    two.memberships.create(user=wang)
    contact = a_contact(two, primary=True)
    a_contact(one, primary=True)
    contract = in_force(two, zhao)
    call = an_interaction(two, contact=contact, contract=contract)
    Pair.objects.create(
        kind="customers.customer", low_id=one.pk, high_id=two.pk, score=90
    )
    seen = [_columns(row) for row in (one, two, contact, contract, call)]
    done = merge(one, two, by=lina, address=two, phone=one)
    assert Pair.objects.get().state == "merged"
    assert take_back(done, lina) == []
    assert [_columns(r) for r in (one, two, contact, contract, call)] == seen
    assert dict(one.file_entries.values_list("subject", "text")) == {"market": "云南"}
    assert not one.memberships.exists()
    assert two.memberships.get().user == wang
    assert Pair.objects.get().state == "open"
    with pytest.raises(ValidationError) as refused:
        take_back(done, lina)
    assert refused.value.code == "conflict"
    merge(one, two, by=lina)  # and once more


#: What counts changes, and what is derived of the moment.
STAMPS = ("version", "changed_at", "changed_by_id", "told_at", "planned_at")


def _columns(row):
    row = type(row).objects.get(pk=row.pk)
    names = (field.attname for field in row._meta.concrete_fields)
    return {name: getattr(row, name) for name in names if name not in STAMPS}


def test_what_was_touched_since_stays(twice, lina, zhang):
    one, two = twice
    calls = [an_interaction(two), an_interaction(two)]
    done = merge(one, two, by=lina, address=two)
    type(calls[0]).objects.filter(pk=calls[0].pk).update(subject="改过")
    Customer.objects.filter(pk=one.pk).update(address="新地址")
    kept = take_back(done, lina)
    assert {"model": "feedback.interaction", "row": calls[0].pk} in kept
    assert len(kept) == 2
    for call in calls:
        call.refresh_from_db()
    assert [call.customer_id for call in calls] == [one.pk, two.pk]
    one.refresh_from_db()
    assert one.address == "新地址"


def test_the_way_back_is_open_for_thirty_days_and_to_who_may(twice, lina, wang):
    one, two = twice
    done = merge(one, two, by=lina)
    with pytest.raises(PermissionDenied):
        take_back(done, wang)
    later = a_customer(lina, name="恒信")
    merge(later, one, by=lina)
    with pytest.raises(ValidationError, match="恒信"):  # the later one first
        take_back(done, lina)
    old = Merge.objects.order_by("pk").last()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE duplicates_merge DISABLE TRIGGER USER")
        Merge.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=31))
        connection.check_constraints()
        cursor.execute("ALTER TABLE duplicates_merge ENABLE TRIGGER USER")
    with pytest.raises(ValidationError, match="30"):
        take_back(old, lina)
    with pytest.raises(IntegrityError), atomic():  # PostgreSQL says so, too
        Merge.objects.filter(pk=old.pk).update(undone_at=timezone.now(), undone_by=lina)


def test_nobody_says_that_rows_are_merged_without_merging_them(twice, lina):
    one, two = twice
    with atomic():
        Merge.objects.create(
            kind="customers.customer", winner_id=one.pk, losers=[two.pk], by=lina
        )
        with pytest.raises(IntegrityError), atomic():
            connection.check_constraints()
        transaction.set_rollback(True)
    with pytest.raises(IntegrityError), atomic():
        Merge.objects.create(
            kind="customers.customer", winner_id=one.pk, losers=[one.pk], by=lina
        )


def test_nothing_goes_back_to_who_has_left(zhang, wang, liu, lina):
    one, two = a_customer(wang, name="甲"), a_customer(zhang, name="乙")
    done = merge(one, two, by=lina, owner=two)
    assert one.owner == zhang
    with acting(lina):
        Customer.objects.filter(pk=one.pk).update(owner=liu)
    dismiss(zhang)
    take_back(done, lina)
    two.refresh_from_db()
    assert (two.deleted_at, two.owner) == (None, liu)
    three, four = a_customer(wang, name="丙"), a_customer(liu, name="丁")
    done = merge(three, four, by=lina, owner=four)
    dismiss(wang)
    assert {"row": three.pk, "field": "owner_id"}.items() <= take_back(done, lina)[
        0
    ].items()
    three.refresh_from_db()
    assert three.owner == liu


def test_nothing_goes_on_to_who_cannot_have_it_either(zhang, wang, lina):
    one, two = a_customer(wang, name="甲"), a_customer(zhang, name="乙")
    done = merge(one, two, by=lina, owner=one)
    dismiss(zhang)
    dismiss(wang)
    with pytest.raises(ValidationError, match="“甲”的负责人已离职") as refused:
        take_back(done, lina)
    assert refused.value.code == "conflict"
    assert Customer.everything.get(pk=two.pk).deleted_at
    with acting(lina):
        Customer.objects.filter(pk=one.pk).update(owner=lina)
    take_back(done, lina)
    two.refresh_from_db()
    assert (two.deleted_at, two.owner) == (None, lina)


# --- Very much at once ----------------------------------------------------------------


def test_much_is_merged_by_a_job_and_taken_back_by_one(
    twice, lina, wang, sign_in, worker, monkeypatch
):
    monkeypatch.setattr(work, "AT_ONCE", 3)
    one, two = twice
    contact = a_contact(two)
    calls = [an_interaction(two, contact=contact) for _n in range(4)]
    pair = Pair.objects.create(
        kind="customers.customer", low_id=one.pk, high_id=two.pk, score=90
    )
    sent = {"version": 1, "winner": one.pk, "ids": [one.pk, two.pk]}
    sent |= {f"version_{row.pk}": row.version for row in twice}
    sent |= {"keep_address": two.pk}
    browser, address = sign_in(lina), f"{pair.get_absolute_url()}merge/"
    answer = browser.post(address, sent)
    job = Job.objects.get()
    assert (answer.status_code, answer.url) == (302, job.get_absolute_url())
    assert browser.post(address, sent).status_code == 409  # it is asked for already
    page = browser.get(pair.get_absolute_url())
    assert not page.context["may_merge"]
    assert "正在后台合并" in page.text
    worker.drain()
    job.refresh_from_db()
    assert (job.status, job.done, job.total) == ("done", 5, 5)
    one.refresh_from_db()
    assert (one.interactions.count(), one.address) == (4, "北京路1号金色大厦")
    entries = HistoryEntry.objects.filter(verb="merged")
    assert {entry.request_id for entry in entries} == {f"job-{job.pk}"}
    page = browser.get(f"/history/customers.customer/{one.pk}/")
    (merged,) = (e for e in page.context["entries"] if e.verb == "merged")
    assert merged.actor_id == lina.pk
    type(calls[0]).objects.filter(pk=calls[0].pk).update(subject="改过")
    undo_it = f"/system/merges/{Merge.objects.get().pk}/undo/"
    assert sign_in(wang).post(undo_it).status_code == 404
    again, browser = Job.objects.exclude(pk=job.pk), sign_in(lina)
    assert browser.post(undo_it).url == again.get().get_absolute_url()
    worker.drain()
    assert again.get().status == "done"
    assert [call.customer_id for call in Interaction.objects.order_by("pk")] == [
        one.pk,
        *[two.pk] * 3,
    ]
    assert browser.post(undo_it).status_code == 409


def test_a_job_merges_what_was_seen_with_the_rights_of_now(
    twice, zhang, sign_in, worker, monkeypatch
):
    monkeypatch.setattr(work, "AT_ONCE", 0)
    one, two = twice
    a_contact(two)
    pair = Pair.objects.create(
        kind="customers.customer", low_id=one.pk, high_id=two.pk, score=90
    )
    changes = (
        lambda: Customer.objects.filter(pk=two.pk).update(remarks="改过"),
        lambda: zhang.roles.clear(),
    )
    for change, reason in zip(changes, ("refused", "refused"), strict=True):
        two.refresh_from_db()
        given = {"by": zhang, "choices": {}}
        job = work.merge(pair, one, [two], **given)
        change()
        worker.drain()
        job.refresh_from_db()
        assert (job.status, job.reason) == ("failed", reason)
        assert Customer.objects.filter(pk=two.pk).exists()


# --- Two at once ----------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_crossing_merges_one_wins(zhang, lina):
    for _turn in ROUNDS:
        a, b, c = (a_customer(zhang, name=f"甲{n}") for n in "abc")
        pairs = [(a, b), (b, a), (b, c), (c, a)]

        def work(number, pairs=pairs):
            with atomic():
                winner, loser = (row.pk for row in pairs[number])
                rows = merging.locked(Customer, [winner, loser])
                if len(rows) < 2:
                    return 409
                merging.merge(rows[winner], [rows[loser]], by=lina)
                return 302

        outcomes = together(len(pairs), work)
        live = Customer.objects.filter(pk__in=[a.pk, b.pk, c.pk]).count()
        merges = Merge.objects.in_force().filter(winner_id__in=[a.pk, b.pk, c.pk])
        assert 1 <= live == 3 - len(won(outcomes))
        assert len(won(outcomes)) == merges.count() >= 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_behind_by_whoever_is_quicker(zhang, lina):
    people = (lina, lina, zhang, lina, zhang, lina, zhang)
    browsers = [signed_in(person) for person in people]
    for turn in ROUNDS:
        one = a_customer(zhang, name=f"昆明恒信{turn}商贸有限公司")
        two = a_customer(zhang, name=f"恒信{turn}商贸（昆明）")
        rival, third = a_competitor(lina), a_customer(zhang)
        pair = Pair.objects.create(
            kind="customers.customer", low_id=one.pk, high_id=two.pk, score=90
        )
        edit = form_of(browsers[1], f"/customers/{two.pk}/edit/") | {"remarks": "新"}
        fight = form_of(browsers[2], f"/encounters/add/?customer={two.pk}")
        fight |= {"competitor": rival.pk}
        relation = {"kind": "supplies", "other": third.pk}
        file = SimpleUploadedFile("说明.txt", "恒信".encode())
        sent = {"version": 1, "winner": one.pk, "ids": [one.pk, two.pk]}
        sent |= {f"version_{row.pk}": row.version for row in (one, two)}
        asked = (
            (f"/system/duplicates/{pair.pk}/merge/", sent),
            (f"/customers/{two.pk}/edit/", edit),
            ("/encounters/add/", fight),
            (f"/customers/{two.pk}/relations/add/", relation),
            (
                f"/customers/{two.pk}/attachments/",
                {"file": file, "version": two.version},
            ),
            (f"/customers/{two.pk}/delete/", {"version": two.version}),
            (f"/customers/{one.pk}/delete/", {"version": one.version}),
        )

        def work(number, asked=asked):
            return browsers[number].post(*asked[number]).status_code

        answers = together(len(asked), work)
        assert set(answers) <= LOST | {302, 422}
        merged = Merge.objects.filter(winner_id=one.pk).exists()
        assert merged == (answers[0] == 302)
        kept = one if merged else two
        if answers[2] == 302:
            assert kept.encounters.count() == 1
        if answers[3] == 302:
            assert kept.relations.count() == 1
        if answers[4] == 302:
            assert kept.attachments.count() == 1
        for quicker in (1, 5, 6):  # one saw what was no more
            assert (answers[0], answers[quicker]) != (302, 302)
        assert merged <= Customer.objects.filter(pk=one.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_added_past_all_pages_is_not_left_behind_either(zhang, lina):
    for turn in ROUNDS:
        one, two = (a_customer(zhang, name=f"恒信{turn}{n}") for n in "ab")
        works = [partial(merge_for_good, one, two, lina), *adding_to(two, lina)]

        def work(number, works=works):
            with atomic():
                works[number]()

        together(len(works), work)
        if Customer.objects.filter(pk=two.pk).exists():
            continue  # the merge itself was told to try again
        for link in moving.links(Customer):
            rows = link.model._base_manager.filter(**{link.name: two})
            assert not rows.exists(), link


def adding_to(customer, by):
    """Return what adds rows of every sort to a customer, each when it is called."""
    third, news = a_customer(by), a_news_item(by)
    file = {"name": "a.txt", "sha256": "0" * 64, "size": 1, "uploaded_by": by}
    return (
        partial(customer.attachments.create, **file),
        partial(customer.file_entries.create, subject="market", text="云南", author=by),
        partial(customer.memberships.create, user=by),
        partial(third.relations.create, kind="supplies", other=customer),
        partial(NewsCustomer.objects.create, news=news, customer=customer),
        partial(a_contact, customer),
        partial(an_interaction, customer),
        partial(a_contract, by, customer=customer),
    )


@pytest.mark.django_db(transaction=True)
def test_a_merge_is_taken_back_once(zhang, lina):
    browsers = [signed_in(lina), signed_in(lina)]
    for turn in ROUNDS:
        one, two = (a_customer(zhang, name=f"甲{turn}{n}") for n in "ab")
        call = an_interaction(two)
        done = merge_for_good(one, two, lina)

        def work(number, done=done):
            address = f"/system/merges/{done.pk}/undo/"
            return browsers[number].post(address).status_code

        assert sorted(together(2, work)) in ([302, 409], [302, 503])
        call.refresh_from_db()
        assert call.customer_id == two.pk


def merge_for_good(winner, loser, by):
    """Merge two rows in a transaction of their own."""
    with atomic():
        return merge(winner, loser, by=by)
