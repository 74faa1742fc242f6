"""Nothing that a kind of record needs is forgotten: what is missing is named."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import models
from django.urls import reverse
from django.utils import timezone

from crm.kinds import business
from crm.models import Region, User
from crm.navigation import MENU
from crm.rights.permissions import permission
from crm.shipped.roles import shipped_roles
from customers.models import Customer
from tests.site.world import rows_of

#: Who holds all rights to every kind, whatever they are.
OF_ALL = {"information_administrator"}
#: What begins today may as well begin tomorrow.
BEGINNING = ("starts_on", "since")


def name_of(model):
    """Name a kind of record in the list of tests."""
    return model._meta.label


@pytest.mark.parametrize("kind", business(), ids=name_of)
def test_every_kind_stands_in_the_menu_for_those_who_may_see_it(kind):
    entries = {item.url_name: item for group in MENU for item in group.items}
    entry = entries[f"{kind._meta.model_name}_list"]
    assert reverse(entry.url_name) == f"/{kind.segment}/"


def test_the_menu_opens_every_kind_by_the_right_to_see_it():
    opened = {p for group in MENU for item in group.items for p in item.opened_by}
    assert {permission("view", kind) for kind in business()} <= opened


@pytest.mark.parametrize("kind", business(), ids=name_of)
def test_somebody_works_with_every_kind_by_a_role_that_ships(kind):
    holding = {
        code
        for code, role in shipped_roles().items()
        if permission("view", kind) in role["grants"]
    }
    # What people write of themselves is not for those who enter for everybody.
    assert holding > (set() if kind.personal else OF_ALL)


@pytest.mark.django_db
def test_the_demo_shows_every_kind(settings):
    settings.LOCAL = settings.DEMO = True
    call_command("demo", verbosity=0)
    assert [kind._meta.label for kind in business() if not kind.objects.exists()] == []


@pytest.mark.parametrize("kind", business(), ids=name_of)
def test_a_tab_is_no_relation_that_is_not_there(kind):
    for name in kind.tab_under:
        assert kind._meta.get_field(name).related_model in business()


@pytest.mark.django_db
def test_what_is_called_by_one_column_is_called_so_everywhere(zhang):
    rows = [*rows_of(zhang).values(), zhang, Region.objects.first()]
    named = [row for row in rows if row.name_field]
    assert {Customer, User, Region} <= {type(row) for row in named}
    for row in named:
        assert str(row) == getattr(row, row.name_field)


def _days_of_deeds():
    """Return the fields that are filled in with today: something was done that day."""
    fields = (field for model in apps.get_models() for field in model._meta.fields)
    days = (one for one in fields if isinstance(one, models.DateField))
    today = (one for one in days if one.default == timezone.localdate)
    return [one for one in today if one.name not in BEGINNING]


@pytest.mark.parametrize("field", _days_of_deeds(), ids=str)
def test_what_was_done_was_not_done_tomorrow(field):
    tomorrow = timezone.localdate() + timedelta(days=1)
    field.run_validators(tomorrow - timedelta(days=1))
    with pytest.raises(ValidationError):
        field.run_validators(tomorrow)
