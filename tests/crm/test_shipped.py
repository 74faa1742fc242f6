"""What a new version brings arrives at installations with data, and undoes nothing."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from contracts.models import ApprovalRule
from contracts.shipped import fill as fill_rules
from crm import shipped
from crm.models import DictionaryItem, HistoryEntry, Role, Shipment
from crm.shipped.dictionary_items import shipped_items
from crm.shipped.roles import shipped_roles

pytestmark = pytest.mark.django_db

BASELINE = import_module("crm.migrations.0003_shipments")


@pytest.fixture
def new_version(monkeypatch):
    """Return a function that puts another permission, item and role on board."""

    def bring(permission="customers.export_product", reach="own", code="salesperson"):
        role = shipped_roles()[code]
        grants = role["grants"] | {permission: reach}
        monkeypatch.setitem(shipped_roles(), code, role | {"grants": grants})

    return bring


def grants(code):
    """Return what a role holds now."""
    return Role.objects.get(code=code).grants


def notes(verb="shipped"):
    """Return the history entries of what was shipped."""
    return HistoryEntry.objects.filter(verb=verb).order_by("-pk")


def test_a_new_permission_is_granted_to_the_shipped_role_and_noted(new_version):
    new_version("contracts.export_product", "all")
    shipped.fill()
    assert grants("salesperson")["contracts.export_product"] == "all"
    entry = notes().first()
    assert (entry.label, entry.title, entry.actor_id) == ("crm.role", "业务员", None)
    assert "contracts.export_product" in entry.changes["grants"][1]


def test_nothing_new_changes_nothing_and_asks_little(django_assert_max_num_queries):
    before = notes().count(), Shipment.objects.count()
    with django_assert_max_num_queries(12):
        shipped.fill()
    assert (notes().count(), Shipment.objects.count()) == before


def test_what_the_company_took_from_a_role_stays_away(new_version):
    role = Role.objects.get(code="salesperson")
    del role.grants["customers.export_customer"]
    role.save(update_fields=["grants"])
    new_version("contracts.export_product", "all")
    shipped.fill()
    assert "customers.export_customer" not in grants("salesperson")
    assert "contracts.export_product" in grants("salesperson")


def test_a_reach_the_company_set_is_kept_and_an_untouched_one_follows(new_version):
    role = Role.objects.get(code="salesperson")
    role.grants["customers.view_customer"] = "department"
    role.save(update_fields=["grants"])
    new_version("customers.view_customer", "all")
    new_version("customers.view_contact", "all")
    shipped.fill()
    assert grants("salesperson")["customers.view_customer"] == "department"
    assert grants("salesperson")["customers.view_contact"] == "all"


def test_a_right_that_ships_narrower_is_narrowed_where_nobody_changed_it():
    right = "contracts.register_receipt"
    assert grants("finance")[right] == "own"
    role = Role.objects.get(code="finance")
    role.grants[right] = "all"
    role.save(update_fields=["grants"])
    kind = Shipment.Kind.ROLE
    Shipment.objects.create(kind=kind, place="finance", name=right, value="all")
    shipped.fill()
    assert grants("finance")[right] == "own"
    assert grants("finance")["contracts.confirm_receipt"] == "all"


def test_what_the_company_granted_itself_before_keeps_its_reach(new_version):
    role = Role.objects.get(code="salesperson")
    role.grants["contracts.export_product"] = "own"
    role.save(update_fields=["grants"])
    new_version("contracts.export_product", "all")
    shipped.fill()
    assert grants("salesperson")["contracts.export_product"] == "own"


def test_a_deleted_role_stays_deleted_and_a_renamed_one_keeps_its_name(new_version):
    Role.objects.filter(code="researcher").delete()
    Role.objects.filter(code="salesperson").update(name="客户经理")
    new_version("contracts.export_product", "all", "researcher")
    new_version("contracts.export_product", "all", "salesperson")
    shipped.fill()
    assert not Role.objects.filter(code="researcher").exists()
    assert Role.objects.get(code="salesperson").name == "客户经理"
    assert "contracts.export_product" in grants("salesperson")


def test_a_new_role_arrives_unless_the_company_has_one_of_its_name(monkeypatch):
    Role.objects.create(code="ours", name="客服")
    for code, name in (("auditor", "审计"), ("service", "客服")):
        role = {"name": name, "grants": {"contracts.view_contract": "all"}}
        monkeypatch.setitem(shipped_roles(), code, role)
    shipped.fill()
    assert grants("auditor") == {"contracts.view_contract": "all"}
    assert Role.objects.get(name="客服").code == "ours"
    shipped.fill()
    assert not Role.objects.filter(code="service").exists()


def test_a_new_item_is_added_and_retired_renamed_and_deleted_ones_are_left(
    monkeypatch,
):
    retired, renamed, gone = DictionaryItem.objects.filter(kind="customer_source")[:3]
    DictionaryItem.objects.filter(pk=retired.pk).update(active=False)
    DictionaryItem.objects.filter(pk=renamed.pk).update(label="老客户带来")
    DictionaryItem.objects.filter(pk=gone.pk).delete()
    DictionaryItem.objects.create(kind="customer_source", code="tv", label="电视")
    monkeypatch.setattr(
        shipped,
        "shipped_items",
        lambda: (
            *shipped_items(),
            ("customer_source", "fair", "展销会", "Fair", 900),
            ("customer_source", "television", "电视", "Television", 910),
        ),
    )
    shipped.fill()
    labels = dict(
        DictionaryItem.objects.filter(kind="customer_source").values_list(
            "code", "label"
        )
    )
    assert labels["fair"] == "展销会"
    assert "television" not in labels
    assert labels[renamed.code] == "老客户带来"
    assert gone.code not in labels
    assert not DictionaryItem.objects.get(pk=retired.pk).active
    assert notes().first().title == "展销会"


def test_a_deleted_approval_rule_is_not_made_again():
    ApprovalRule.objects.all().delete()
    fill_rules()
    assert not ApprovalRule.objects.exists()


@pytest.fixture
def first_release():
    """An installation of the first release, which noted nothing, as it is upgraded.

    The company took the export of products from supervisors, deleted researchers,
    all sources of customers and the approval rules.
    """
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE crm_shipment")
    Role.objects.update(grants={})
    for code, granted in BASELINE.ROLES.items():
        held = {name: reach for reach in granted for name in granted[reach].split()}
        Role.objects.filter(code=code).update(grants=held)
    role = Role.objects.get(code="supervisor")
    del role.grants["contracts.export_product"]
    role.save(update_fields=["grants"])
    Role.objects.filter(code="researcher").delete()
    DictionaryItem.objects.filter(kind="customer_source").delete()
    ApprovalRule.objects.all().delete()
    BASELINE.note_the_first_release(apps, None)


@pytest.mark.usefixtures("first_release")
def test_an_installation_of_the_first_release_gets_what_is_new_and_keeps_its_own(
    new_version,
):
    new_version("contracts.import_product", "own", "supervisor")
    shipped.fill()
    fill_rules()
    held = grants("supervisor")
    assert held["contracts.import_product"] == "own"
    assert "contracts.export_product" not in held
    assert not Role.objects.filter(code="researcher").exists()
    first = set(BASELINE.ITEMS["customer_source"].split())
    again = DictionaryItem.objects.filter(kind="customer_source", code__in=first)
    assert not again.exists()
    assert not ApprovalRule.objects.filter(name__in=BASELINE.RULES).exists()


@pytest.mark.usefixtures("first_release")
def test_after_the_upgrade_whoever_changed_nothing_holds_what_ships():
    shipped.fill()
    for code in ("salesperson", "information_administrator", "system_administrator"):
        assert grants(code).items() >= shipped_roles()[code]["grants"].items(), code


def test_an_empty_database_has_no_first_release():
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE crm_shipment")
    Role.objects.all().delete()
    BASELINE.note_the_first_release(apps, None)
    assert not Shipment.objects.exists()
