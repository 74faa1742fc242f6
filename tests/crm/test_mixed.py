"""Records of several kinds are read at once, and are what one by one they are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.kinds import business
from crm.lists.mixed import leading_to_records, read_mixed
from customers.models import Customer
from tests.site.world import rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(zhang):
    """A row of every kind of record."""
    return rows_of(zhang)


def test_every_column_is_what_it_is_by_itself(rows):
    found = read_mixed(model.objects.all() for model in rows)
    assert {type(record) for record in found.values()} == set(business())
    for (label, pk), record in found.items():
        assert record._meta.label_lower == label
        by_itself = type(record).objects.get(pk=pk)
        for field in record._meta.concrete_fields:
            mine, other = (getattr(one, field.attname) for one in (record, by_itself))
            assert (mine, type(mine)) == (other, type(other)), (label, field)


def test_all_kinds_cost_as_many_queries_as_one(rows, zhang):
    asked = []
    for models in ([Customer], list(rows)):
        with CaptureQueriesContext(connection) as queries:
            found = read_mixed(
                (model.objects.all() for model in models), people=("reporter",)
            )
            for record in found.values():
                assert record.reporter == zhang
                for field in leading_to_records(type(record)):
                    target = getattr(record, field.name)
                    assert target is None or str(target)
        asked.append(len(queries))
    assert asked == [2, 3]


def test_nothing_is_read_of_no_rows():
    assert read_mixed([Customer.objects.none()]) == {}
