"""The first account of an installation without demo data."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from crm.models import User

pytestmark = pytest.mark.django_db


def test_the_first_administrator_gets_a_password_to_change(client):
    told = StringIO()
    call_command("administrator", "admin", "周敏", stdout=told)
    username, password = told.getvalue().split()[:2]
    assert client.login(username=username, password=password)
    assert User.objects.get().has_perm("crm.add_user")


def test_a_second_one_is_entered_by_the_first(zhou):
    with pytest.raises(CommandError, match="already"):
        call_command("administrator", "other", "某人")


def test_a_wrong_name_is_refused():
    with pytest.raises(CommandError):
        call_command("administrator", "two words", "某人")
    assert not User.objects.exists()
