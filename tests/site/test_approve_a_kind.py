"""A further kind is approved by the ground floor's pages: in a process that has it."""

import pytest
from django.conf import settings

from tests.site.copies import database, started

# `django_db` has the database made that is copied, also if this file is run alone.
pytestmark = [pytest.mark.installation, pytest.mark.django_db]


@pytest.fixture(scope="module")
def clone(django_db_setup, django_db_blocker):
    """Return the name of a copy of the tests' database."""
    with database("approved", django_db_blocker) as name:
        yield name


def test_a_second_kind_is_approved_without_a_view_of_its_own(clone):
    options = ("-q", "--reuse-db", "-p", "no:cacheprovider")
    given = {"DJANGO_SETTINGS_MODULE": "tests.trial.settings", "CRM_CLONE": clone}
    tests = "tests/site/approved_kind.py"
    started(settings.ROOT, "pytest", *options, tests, **given)
