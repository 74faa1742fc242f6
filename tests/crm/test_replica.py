"""Which reads go to a replica, and when it is near enough; see also
test_several_machines, which tries a real one."""

import pytest
from django.apps import apps
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse
from django.test import RequestFactory

from crm.models import Department, HistoryEntry, Role, User
from crm.running import replica
from customers.models import Customer, Membership
from customers.views.customers import CustomerList


@pytest.fixture
def log(monkeypatch):
    """Return the primary's position and the clock, both set by hand."""
    now = {"position": "0/10", "time": 100.0}
    monkeypatch.setattr(replica, "position", lambda: now["position"])
    monkeypatch.setattr(replica.time, "monotonic", lambda: now["time"])
    return now


def brought_back(response):
    """Return the request of the browser that got this response."""
    request = RequestFactory().get("/")
    request.COOKIES = {name: sent.value for name, sent in response.cookies.items()}
    return request


def test_only_pages_that_show_read_from_the_replica():
    router = replica.Router()
    assert router.db_for_read(Customer) == "default"
    with replica.reading():
        assert router.db_for_read(Customer) == "replica"
        assert router.db_for_read(HistoryEntry) == "replica"
        assert router.db_for_write(Customer) == "default"
    assert router.db_for_read(Customer) == "default"


def test_people_and_rights_always_come_from_the_primary():
    router = replica.Router()
    with replica.reading():
        for model in (User, Role, Department, User.roles.through, Membership):
            assert router.db_for_read(model) == "default"
    known = {model._meta.label_lower for model in apps.get_models()}
    assert replica.ALWAYS_PRIMARY - {"django_cache.cacheentry"} <= known


def test_migrations_change_the_primary_only():
    assert replica.Router().allow_migrate("default", "crm")
    assert not replica.Router().allow_migrate("replica", "crm")


def test_lists_say_that_they_may_be_behind():
    assert CustomerList.as_view().view_class.reads_from_replica


def test_without_a_replica_nothing_is_in_the_way():
    with pytest.raises(MiddlewareNotUsed):
        replica.ReplicaMiddleware(lambda request: None)


def test_positions_are_compared_as_numbers():
    assert replica.number("A/0") > replica.number("9/FFFFFFFF")
    assert replica.number("1/9") < replica.number("1/10")


def test_a_browser_brings_back_how_far_the_log_was(log):
    response = HttpResponse()
    replica.remember(response)
    assert response.cookies["position"]["httponly"]
    assert replica.remembered(brought_back(response)) == "0/10"


@pytest.mark.parametrize("made_up", ["FFFFFFFF/FFFFFFFF", "0/10:1:x", "'", ""])
def test_a_position_that_we_did_not_give_is_not_believed(made_up):
    request = RequestFactory().get("/")
    request.COOKIES["position"] = made_up
    assert replica.remembered(request) == "0/0"


def test_a_replica_may_be_a_quarter_of_a_minute_behind_at_most(log):
    tide = replica.Tide()
    assert tide.bound() == "0/10"
    log.update(position="0/20", time=106.0)
    assert tide.bound() == "0/10"
    log.update(position="0/30", time=112.0)
    assert tide.bound() == "0/20"
    # Nobody asked for an hour: an old look says nothing.
    log.update(position="0/40", time=3712.0)
    assert tide.bound() == "0/40"
