"""`manage.py refold`: what is kept to find and compare rows is made anew."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from contracts.models import Product
from crm import refolding
from crm.models import HistoryEntry
from customers.models import Contact, Customer
from tests.factories import a_contact, a_customer, a_product

pytestmark = pytest.mark.django_db


def spoil(table, **columns):
    """Make kept columns what another version of the folding might have made."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for column, value in columns.items():
            cursor.execute(f"UPDATE {table} SET {column} = %s", [value])  # noqa: S608
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_all_kinds_are_found_again_and_nothing_else_changes(zhang, monkeypatch):
    monkeypatch.setattr(refolding, "SERVED_SLICE", 2)
    customers = [a_customer(zhang, name=f"华夏{n}号") for n in range(5)]
    contact = a_contact(customers[0], name="李建华", mobile="13912340001")
    spoil("customers_customer", search_text="", search_pinyin="", sort_name="")
    spoil("customers_contact", search_pinyin="x")
    assert not Customer.objects.search("hxh", zhang)
    before = list(
        Customer.everything.order_by("pk").values_list("version", "changed_at")
    )
    entries = HistoryEntry.objects.count()
    call_command("refold", verbosity=0)
    assert set(Customer.objects.search("hx", zhang)) == set(customers)
    assert list(Contact.objects.search("lijianhua", zhang)) == [contact]
    assert HistoryEntry.objects.count() == entries
    assert before == list(
        Customer.everything.order_by("pk").values_list("version", "changed_at")
    )


def test_it_goes_on_where_it_stopped_and_writes_nothing_twice(zhang, capsys):
    first, second = (a_customer(zhang, name=f"华夏{n}号") for n in range(2))
    spoil("customers_customer", search_text="")
    call_command("refold", kind="customers.customer", after=first.pk)
    assert capsys.readouterr().out.endswith(f"--after {second.pk}: 1 / 1\n")
    assert list(Customer.objects.search("华夏", zhang)) == [second]
    call_command("refold", kind="customers.customer")
    assert capsys.readouterr().out.endswith(": 1 / 2\n")
    call_command("refold", kind="customers.customer")
    assert capsys.readouterr().out.endswith(": 0 / 2\n")


def test_a_row_that_was_saved_meanwhile_stays_as_it_was_saved(zhang):
    customer = a_customer(zhang, name="华夏")
    stale = (customer.pk, customer.version - 1, *["alt"] * 4)
    assert len(refolding.derived(Customer)) == 5
    assert refolding._write(Customer, [(*stale, "alt")]) == 0


def test_a_key_that_is_taken_is_named_and_the_others_are_written(lina):
    product, other, third = (a_product(lina, code=code) for code in "ABC")
    spoil("contracts_product", search_text="")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contracts_product SET code = 'a' WHERE id = %s", [other.pk]
        )
    with pytest.raises(CommandError, match=f"contracts.product {other.pk}"):
        call_command("refold", kind="contracts.product", verbosity=0)
    assert {one.name for one in (product, third)} == {
        one.name for one in Product.objects.exclude(search_text="")
    }


@pytest.mark.parametrize("given", [{"kind": "no.kind"}, {"after": 5}])
def test_what_says_nothing_is_refused(given):
    with pytest.raises(CommandError):
        call_command("refold", **given)
