"""Pools: who sees what is in one, who takes it out, and what limits hold."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from crm.chinese.pinyin import pinyin
from crm.guards.actor import acting
from crm.models import HistoryEntry
from crm.notices.models import Notice
from customers import pools
from customers.models import Customer, Membership, Ownership, Pool
from tests.customers.test_ownership import told, unguarded
from tests.factories import a_contact, a_customer, a_pool, an_item, put_in
from tests.people import dismiss, hire
from tests.races import ROUNDS, is_lost, together, won

pytestmark = pytest.mark.django_db


@pytest.fixture
def pool(sales_department, wang):
    """A pool of the first sales department, with 王芳 from the other one."""
    found = a_pool(name="华东公海", reclaim_days=0)
    found.departments.add(sales_department)
    found.members.add(wang)
    return found


@pytest.fixture
def gear(lina, pool):
    """A customer in it, which nobody of the two has had."""
    customer = a_customer(
        lina,
        name="公海齿轮有限公司",
        phone="13812345678",
        level=an_item("customer_level", "A"),
    )
    a_contact(customer, name="赵敏", mobile="13900001111")
    return put_in(pool, customer)


def ago(customer, days):
    """Move all that is noted of a customer's owners into the past."""
    with unguarded():
        for row in customer.ownerships.order_by("from_at", "pk"):
            row.from_at -= timedelta(days=days)
            row.to_at = row.to_at and row.to_at - timedelta(days=days)
            row.save()


# who sees it


def test_members_see_the_list_without_telephones(pool, gear, zhang, sign_in):
    page = sign_in(zhang).get(pool.get_absolute_url())
    text = page.content.decode()
    assert "公海齿轮有限公司" in text
    assert "13812345678" not in text
    assert "138****5678" in text


def test_members_see_no_page_of_it_and_nothing_that_hangs_on_it(gear, zhang, sign_in):
    browser = sign_in(zhang)
    answer = browser.get(gear.get_absolute_url())
    assert answer.url == f"/pools/{gear.pool_id}/customers/{gear.pk}/"
    for part in ("edit", "team", "file", "ownerships"):
        assert browser.get(f"{gear.get_absolute_url()}{part}/").status_code == 404
    assert "赵敏" not in browser.get("/contacts/").content.decode()


def test_to_whom_its_pool_is_nothing_it_is_not_there(gear, pool, lina, sign_in):
    pool.members.clear()
    pool.departments.clear()
    other = hire("other", "外人", "salesperson")
    assert sign_in(other).get(gear.get_absolute_url()).status_code == 404


def test_what_a_member_may_know_of_it_is_a_page_of_the_pool(pool, gear, zhang, sign_in):
    text = sign_in(zhang).get(f"/pools/{pool.pk}/customers/{gear.pk}/").content.decode()
    assert "公海齿轮有限公司" in text
    assert "138****5678" in text
    assert "13812345678" not in text
    assert "赵敏" not in text


def test_who_looked_at_it_is_noted_and_bounded(pool, gear, zhang, sign_in, monkeypatch):
    browser, address = sign_in(zhang), f"/pools/{pool.pk}/customers/{gear.pk}/"
    assert browser.get(address).status_code == 200
    assert HistoryEntry.objects.filter(actor_id=zhang.pk, verb="told_of_customer")
    monkeypatch.setattr("crm.disclosures.MOST_LOOKS", 1)
    assert browser.get(address).status_code == 200  # once a day is once
    other = put_in(pool, a_customer(zhang))
    again = browser.get(f"/pools/{pool.pk}/customers/{other.pk}/")
    assert again.status_code == 403


def test_a_member_finds_by_name_and_not_by_telephone(pool, gear, zhang, sign_in):
    browser, url = sign_in(zhang), pool.get_absolute_url()
    assert "公海齿轮" in browser.get(f"{url}?q=齿轮").content.decode()
    for number in ("1381234", "5678", "13900001111", "赵敏"):
        page = browser.get(f"{url}?q={number}").content.decode()
        assert "公海齿轮有限公司" not in page


def test_what_a_pool_hides_is_no_column_no_condition_and_no_order(
    pool, gear, zhang, lina, sign_in
):
    pool.hidden = ["level"]
    pool.save()
    browser, url = sign_in(zhang), pool.get_absolute_url()
    assert 'data-label="客户级别"' not in browser.get(url).content.decode()
    for query in (f"level={gear.level_id}", "sort=level", "sort=-phone"):
        page = browser.get(f"{url}?{query}").content.decode()
        assert "公海齿轮有限公司" not in page
    assert "A 重点" in sign_in(lina).get(url).content.decode()


def test_a_pool_is_sorted_by_since_when_each_is_there(pool, gear, lina, zhang, sign_in):
    late = put_in(pool, a_customer(lina, name="后来机电有限公司"))
    browser, url = sign_in(zhang), pool.get_absolute_url()
    page = browser.get(url).text
    assert "sort=pooled_at" in page
    for sort, names in (("", [gear, late]), ("-", [late, gear])):
        page = browser.get(f"{url}?sort={sort}pooled_at").text
        places = [page.index(str(one)) for one in names]
        assert places == sorted(places)


def test_nobody_is_called_a_member_who_cannot_claim(pool, gear, chen, zhang, sign_in):
    pool.members.add(chen)
    assert "您是成员" in sign_in(zhang).get("/pools/").text
    page = sign_in(chen).get("/pools/").text
    assert "华东公海" in page
    assert "您是成员" not in page


def test_one_releases_into_pools_that_concern_one(pool, zhang, lina, sign_in):
    others = a_pool(name="华南公海")
    house = Pool.objects.get(is_default=True)
    customer = a_customer(zhang)
    address = f"/customers/{customer.pk}/release/"
    field = sign_in(zhang).get(address).context["form"].fields["pool"]
    assert set(field.queryset) == {pool, house}
    given = {"pool": others.pk, "version": customer.version}
    given["reason"] = an_item("release_reason", "no_need").pk
    answer = sign_in(zhang).post(address, given)
    assert (answer.status_code, "华南公海" in answer.text) == (422, False)
    own = a_customer(lina)
    field = sign_in(lina).get(f"/customers/{own.pk}/release/").context["form"]
    assert set(field.fields["pool"].queryset) == {pool, house, others}


def test_people_stand_in_the_order_of_their_pinyin(lina, zhang, wang, sign_in):
    form = sign_in(lina).get("/pools/add/").context["form"]
    names = [person.name for person in form.fields["members"].queryset]
    assert names == sorted(names, key=lambda name: pinyin(name, person=True))
    assert names.index("王芳") < names.index("张伟")


def test_who_is_no_member_sees_no_pool(pool, gear, nobody, sun, sign_in):
    for person in (nobody, sun):
        browser = sign_in(person)
        assert "华东公海" not in browser.get("/pools/").content.decode()
        assert browser.get(pool.get_absolute_url()).status_code == 404


def test_an_administrator_sees_all_of_it(pool, gear, sun, sign_in):
    pool.admins.add(sun)
    text = sign_in(sun).get(pool.get_absolute_url()).content.decode()
    assert "13812345678" in text
    assert "李娜" in text  # who had it last


# claiming


def test_a_member_claims_it(gear, zhang, sign_in):
    answer = sign_in(zhang).post(f"/customers/{gear.pk}/claim/")
    assert answer.status_code == 302
    gear.refresh_from_db()
    assert (gear.owner, gear.pool) == (zhang, None)
    assert told(gear)[-1] == ("sales", "claimed")
    entry = HistoryEntry.objects.filter(subject_id=gear.pk, verb="claimed").get()
    assert entry.actor_id == zhang.pk


def test_what_hangs_on_it_comes_along(gear, zhang):
    pools.claim(gear.pk, zhang)
    assert gear.contacts.get().customer_owner == zhang


def test_claiming_is_done_by_post_alone(gear, zhang, sign_in):
    assert sign_in(zhang).get(f"/customers/{gear.pk}/claim/").status_code == 405


def test_who_is_no_member_finds_nothing_to_claim(gear, sun):
    with pytest.raises(Http404):
        pools.claim(gear.pk, sun)


def test_who_sees_all_customers_and_is_no_member_is_told_so(gear, lina):
    with pytest.raises(ValidationError, match="不是该公海的成员"):
        pools.claim(gear.pk, lina)


def test_where_administrators_assign_nobody_claims(pool, gear, zhang):
    pool.access = Pool.Access.ASSIGN_ONLY
    pool.save()
    with pytest.raises(ValidationError, match="分配"):
        pools.claim(gear.pk, zhang)


def test_nobody_claims_from_a_pool_that_is_not_in_use(pool, gear, zhang):
    pool.active = False
    pool.save()
    with pytest.raises(ValidationError, match="未启用"):
        pools.claim(gear.pk, zhang)


def test_one_holds_so_many_of_a_pool(pool, lina, zhang):
    pool.hold_limit = 2
    pool.save()
    many = [put_in(pool, a_customer(lina)) for _time in range(3)]
    for customer in many[:2]:
        pools.claim(customer.pk, zhang)
    with pytest.raises(ValidationError, match="2"):
        pools.claim(many[2].pk, zhang)
    Customer.objects.filter(pk=many[0].pk).update(status="won")
    pools.claim(many[2].pk, zhang)  # who bought does not count


def test_what_one_brought_oneself_does_not_count(pool, gear, zhang):
    pool.hold_limit = 1
    pool.save()
    a_customer(zhang)
    pools.claim(gear.pk, zhang)


def test_one_claims_so_many_a_day_given_back_or_not(pool, lina, zhang):
    pool.claim_per_day = 2
    pool.save()
    many = [put_in(pool, a_customer(lina)) for _time in range(3)]
    reason = an_item("release_reason", "other")
    for customer in many[:2]:
        mine = pools.claim(customer.pk, zhang)
        pools.release(mine, pool, reason, "", zhang)
    with pytest.raises(ValidationError, match="2"):
        pools.claim(many[2].pk, zhang)
    for customer in many[:2]:
        ago(customer, 1)
    pools.claim(many[2].pk, zhang)


@pytest.mark.parametrize("verb", ["released", "recycled"])
def test_who_had_it_waits_since_it_came_back_however_that_was(pool, zhang, verb):
    pool.reclaim_days = 30
    pool.save()
    customer = a_customer(zhang)
    with acting(None, verb=verb):
        Customer.objects.filter(pk=customer.pk).update(owner=None, pool=pool)
    with pytest.raises(ValidationError) as refused:
        pools.claim(customer.pk, zhang)
    again = timezone.localdate() + timedelta(days=30)
    assert str(again) in refused.value.messages[0]
    ago(customer, 29)
    with pytest.raises(ValidationError):
        pools.claim(customer.pk, zhang)
    ago(customer, 1)
    pools.claim(customer.pk, zhang)


def test_others_do_not_wait(pool, zhang, wang):
    pool.reclaim_days = 30
    pool.save()
    pools.claim(put_in(pool, a_customer(zhang)).pk, wang)


def test_the_reasons_are_asked_in_their_order(pool, lina, zhang, wang):
    """Whoever meets several is told the first: hold, day, cool-down."""
    pool.hold_limit, pool.claim_per_day, pool.reclaim_days = 1, 1, 30
    pool.save()
    own = put_in(pool, a_customer(zhang))
    pools.claim(put_in(pool, a_customer(lina)).pk, zhang)
    refusals = [ask(own, pool, zhang) for ask in pools.REFUSALS]
    assert [bool(said) for said in refusals] == [False, True, True, True, False]
    with pytest.raises(ValidationError) as refused:
        pools.claim(own.pk, zhang)
    assert refused.value.messages == [refusals[1]]


def test_who_comes_too_late_is_told_who_was_quicker(gear, zhang, wang, sign_in):
    pools.claim(gear.pk, wang)
    answer = sign_in(zhang).post(f"/customers/{gear.pk}/claim/")
    assert answer.status_code == 409
    assert "王芳" in answer.content.decode()


def test_who_is_no_member_is_not_told_who_has_it(gear, nobody, wang):
    pools.claim(gear.pk, wang)
    with pytest.raises(Http404):
        pools.claim(gear.pk, nobody)


def test_long_after_nobody_is_told_who_has_it(gear, zhang, wang):
    pools.claim(gear.pk, wang)
    ago(gear, 2)
    with pytest.raises(Http404):
        pools.claim(gear.pk, zhang)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", ROUNDS)
def test_of_two_who_claim_at_once_one_has_it(pool, lina, zhang, wang, _round):
    customer = put_in(pool, a_customer(lina))
    people = [zhang, wang]
    outcomes = together(2, lambda n: pools.claim(customer.pk, people[n]))
    assert len(won(outcomes)) == 1
    winner = Customer.objects.get(pk=customer.pk).owner
    (lost,) = filter(is_lost, outcomes)
    assert winner.name in lost.messages[0]
    assert told(customer)[1:] == [(None, "released"), (winner.username, "claimed")]


@pytest.mark.django_db(transaction=True)
def test_fifty_claims_at_once_break_no_limit(pool, lina, zhang):
    pool.claim_per_day, pool.hold_limit = 7, 5
    pool.save()
    many = [put_in(pool, a_customer(lina)) for _time in range(50)]
    outcomes = together(50, lambda n: pools.claim(many[n].pk, zhang))
    assert len(won(outcomes)) == 5
    assert Customer.objects.filter(owner=zhang).count() == 5
    assert pools.held(pool, zhang) == 5


# releasing


def test_a_customer_is_released_with_a_reason(pool, zhang, wang, sign_in):
    customer = a_customer(zhang)
    customer.memberships.create(user=zhang)
    reason = an_item("release_reason", "no_need")
    browser, address = sign_in(zhang), f"/customers/{customer.pk}/release/"
    assert browser.get(address).status_code == 200
    given = {"pool": pool.pk, "reason": reason.pk, "note": "预算取消"}
    given["version"] = customer.version
    assert browser.post(address, given).status_code == 302
    customer.refresh_from_db()
    assert (customer.owner, customer.pool) == (None, pool)
    now = customer.ownerships.get(to_at=None)
    assert (now.how, now.reason, now.note, now.by) == (
        "released",
        reason,
        "预算取消",
        zhang,
    )
    assert not Membership.objects.filter(customer=customer).exists()
    answer = browser.get(customer.get_absolute_url())
    assert answer.url == f"/pools/{pool.pk}/customers/{customer.pk}/"
    # Who did it may be the former owner: a member is not told.
    assert "张伟" not in sign_in(wang).get(answer.url).text.split("<main")[1]


def test_a_team_stays_where_the_pool_says_so(pool, zhang, liu):
    pool.clear_team = False
    pool.save()
    customer = a_customer(zhang)
    customer.memberships.create(user=liu)
    pools.release(customer, pool, an_item("release_reason", "other"), "", zhang)
    assert Customer.objects.visible_to(liu).filter(pk=customer.pk).exists()


def test_without_a_reason_nothing_is_released(pool, zhang, sign_in):
    customer = a_customer(zhang)
    given = {"pool": pool.pk, "version": customer.version}
    answer = sign_in(zhang).post(f"/customers/{customer.pk}/release/", given)
    assert answer.status_code == 422
    customer.refresh_from_db()
    assert customer.owner == zhang


def test_who_works_on_a_customer_with_others_does_not_release_it(
    pool, zhang, wang, sign_in
):
    customer = a_customer(zhang)
    customer.memberships.create(user=wang, may_write=True)
    answer = sign_in(wang).get(f"/customers/{customer.pk}/release/")
    assert answer.status_code == 404


def test_what_is_only_reported_is_not_released(pool, zhang):
    customer = a_customer(zhang, registered=False)
    with pytest.raises(ValidationError):
        pools.release(customer, pool, an_item("release_reason", "other"), "", zhang)


def test_a_supervisor_releases_and_the_owner_is_told(pool, zhang, zhao):
    customer = a_customer(zhang)
    pools.release(customer, pool, an_item("release_reason", "region"), "", zhao)
    assert Notice.objects.filter(person=zhang, verb="customer_released").exists()


def test_it_comes_back_into_the_pool_it_came_from(pool, gear, zhang):
    pools.claim(gear.pk, zhang)
    assert pools.home_of(gear) == pool
    assert pools.home_of(a_customer(zhang)) == Pool.objects.get(is_default=True)


# assigning


def test_an_administrator_assigns_it(pool, gear, sun, zhang, sign_in):
    pool.admins.add(sun)
    browser, address = sign_in(sun), f"/customers/{gear.pk}/assignment/"
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"to": zhang.pk}).status_code == 302
    gear.refresh_from_db()
    assert gear.owner == zhang
    assert told(gear)[-1] == ("sales", "assigned")
    assert Notice.objects.filter(person=zhang, verb="customer_assigned").exists()


def test_members_assign_nothing(gear, zhang, wang, sign_in):
    address = f"/customers/{gear.pk}/assignment/"
    assert sign_in(zhang).post(address, {"to": wang.pk}).status_code == 404
    gear.refresh_from_db()
    assert gear.owner is None


def test_nobody_is_assigned_more_than_they_may_hold(pool, gear, lina, zhang):
    pool.hold_limit = 1
    pool.save()
    pools.assign(put_in(pool, a_customer(lina)), zhang, lina)
    with pytest.raises(ValidationError):
        pools.assign(gear, zhang, lina)


def test_nobody_is_assigned_who_works_here_no_longer(gear, lina, zhang):
    dismiss(zhang)
    with pytest.raises(ValidationError):
        pools.assign(gear, zhang, lina)


def test_what_was_claimed_meanwhile_is_assigned_to_nobody(gear, lina, zhang, wang):
    pools.claim(gear.pk, wang)
    with pytest.raises(ValidationError) as refused:
        pools.assign(gear, zhang, lina)
    assert refused.value.code == "conflict"


# the pools themselves


def test_an_administrator_of_information_sets_a_pool_up(
    lina, zhang, sales_department, sign_in
):
    given = {
        "name": "华北公海",
        "access": "claim",
        "active": "on",
        "departments": [sales_department.pk],
        "admins": [zhang.pk],
        "hidden": ["address"],
        "claim_per_day": 3,
        "hold_limit": "",
        "reclaim_days": 15,
        "protect_days": 7,
        "clear_team": "on",
    }
    answer = sign_in(lina).post("/pools/add/", given)
    assert answer.status_code == 302
    made = Pool.objects.get(name="华北公海")
    assert (made.hold_limit, made.claim_per_day) == (None, 3)
    assert [*made.admins.all()] == [zhang]
    assert made.hidden == ["address"]
    assert made.has_member(zhang)


def test_salespeople_set_no_pool_up(zhang, pool, sign_in):
    browser = sign_in(zhang)
    assert browser.get("/pools/add/").status_code == 403
    assert browser.get(reverse("pool_update", args=[pool.pk])).status_code == 403


def test_one_pool_is_that_of_all_others(lina, pool, sign_in):
    assert Pool.objects.get(is_default=True).name == "公海"
    pool.refresh_from_db()
    given = {
        "name": pool.name,
        "access": "claim",
        "active": "on",
        "is_default": "on",
        "claim_per_day": 5,
        "reclaim_days": 0,
        "protect_days": 7,
        "version": pool.version,
    }
    browser, address = sign_in(lina), reverse("pool_update", args=[pool.pk])
    assert browser.post(address, given | {"active": ""}).status_code == 422
    assert browser.post(address, given).status_code == 302
    assert Pool.objects.get(is_default=True) == pool
    # It stays so until another one is ticked.
    pool.refresh_from_db()
    given |= {"is_default": "", "version": pool.version}
    assert browser.post(address, given).status_code == 302
    assert Pool.objects.get(is_default=True) == pool


def test_a_pool_with_customers_is_not_deleted(lina, pool, gear, sign_in):
    address = reverse("pool_delete", args=[pool.pk])
    answer = sign_in(lina).post(address, {"version": pool.version})
    assert answer.status_code == 409
    assert Pool.objects.filter(pk=pool.pk).exists()


def test_its_page_tells_whose_it_was(gear, zhang, lina, sign_in):
    pools.claim(gear.pk, zhang)
    text = sign_in(lina).get(f"/customers/{gear.pk}/ownerships/").content.decode()
    for words in ("李娜", "华东公海", "张伟", "领取"):
        assert words in text


def test_owners_are_asked_of_those_who_see_the_customer(gear, zhang, sign_in):
    page = sign_in(zhang).get(f"/customers/{gear.pk}/ownerships/")
    assert page.status_code == 404
    assert Ownership.objects.filter(customer=gear).count() == 2


@pytest.mark.parametrize(
    "query", ["?column=former_owner", "?column=region&column=level"]
)
def test_where_all_columns_asked_for_are_hidden_the_usual_ones_are_shown(
    query, pool, gear, zhang, sign_in
):
    pool.hidden = ["region", "level"]
    pool.save()
    answer = sign_in(zhang).get(pool.get_absolute_url() + query)
    assert answer.status_code == 200
    assert "公海齿轮有限公司" in answer.text
    assert "李娜" not in answer.text.split("<main")[1]


def test_a_pool_offers_nothing_that_leads_nowhere(pool, gear, zhang, sign_in):
    page = sign_in(zhang).get(pool.get_absolute_url()).text
    assert "/lists/" not in page
    assert "sort=phone" not in page


def test_who_cannot_work_on_customers_gets_none(pool, gear, chen, lina, sign_in):
    pool.members.add(chen)
    page = sign_in(chen).get(f"/pools/{pool.pk}/customers/{gear.pk}/").text
    assert "领取" not in page.split("<main")[1]
    came_from = {"referer": f"http://testserver{pool.get_absolute_url()}?sort=name"}
    answer = sign_in(chen).post(f"/customers/{gear.pk}/claim/", headers=came_from)
    assert answer.status_code == 403
    assert f'href="{pool.get_absolute_url()}?sort=name"' in answer.text  # leads back
    with pytest.raises(ValidationError):
        pools.assign(gear, chen, lina)


def test_a_refusal_says_how_many_one_holds(pool, zhang, lina):
    pool.hold_limit = 1
    pool.save()
    held, left = (put_in(pool, a_customer(lina)) for _number in range(2))
    pools.assign(held, zhang, lina)
    pool.hold_limit = 2
    pool.save()
    pools.assign(left, zhang, lina)
    pool.hold_limit = 1
    pool.save()
    more = put_in(pool, a_customer(lina))
    with pytest.raises(ValidationError, match="2"):
        pools.assign(more, zhang, lina)
