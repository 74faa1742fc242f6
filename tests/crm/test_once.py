"""What stands once among the records of a kind: however it is written."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction

from competitors.models import Competitor
from contracts.models import Product
from tests.factories import a_competitor, a_product

pytestmark = pytest.mark.django_db

CODES = [("DUP-1", "dup-1"), ("DUP-1", " ＤＵＰ—1"), ("A 12", "a12")]
NAMES = [
    ("竞品（甲）", "竞品(甲)"),
    ("ABC Rival", "abc  rival"),
    ("臺灣電子", "台湾电子"),
    ("Müller·Co", "muller co"),
]


def product(by, code, **more):
    """Return a product of a code."""
    return a_product(by, code=code, name=f"产品{code}", **more)


def competitor(by, name, **more):
    """Return a competitor of a name."""
    return a_competitor(by, name=name, **more)


@pytest.mark.parametrize(("one", "other"), CODES)
def test_a_code_is_taken_in_every_writing(one, other, lina, sign_in):
    known = product(lina, one)
    page = sign_in(lina).post("/products/add/", {"code": other, "name": "别的"})
    said = page.content.decode()
    assert "该产品编码已存在。" in said
    assert f'<a href="{known.get_absolute_url()}" target="_blank">产品{one}</a>' in said
    assert page.context["form"].errors.keys() >= {"code"}
    assert Product.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        product(lina, other)


@pytest.mark.parametrize(("one", "other"), NAMES)
def test_a_competitor_is_there_once_in_every_writing(one, other, lina, sign_in):
    known = competitor(lina, one)
    page = sign_in(lina).post("/competitors/add/", {"name": other})
    assert known.get_absolute_url() in str(page.context["form"].errors["name"])
    assert Competitor.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        competitor(lina, other)


def test_other_codes_and_names_are_free(lina):
    for code in ("A1", "A-1", "A-2", "+", "-"):
        product(lina, code)
    for name in ("甲", "甲有限公司", "C", "C++", "•••", "（）"):
        competitor(lina, name)


def test_a_report_that_one_does_not_see_is_told_without_its_name(chen, lina, sign_in):
    hidden = competitor(lina, "竞品（甲）", registered=False)
    page = sign_in(chen).post("/competitors/add/", {"name": "竞品(甲)"})
    error = str(page.context["form"].errors["name"])
    assert "已报送、尚未登记" in error
    assert hidden.get_absolute_url() not in page.content.decode()


@pytest.fixture
def before_keys(lina):
    """Rows as they were before keys were compared, and then migrated."""
    with connection.cursor() as cursor:
        for name in ("product_code_once", "competitor_name_once"):
            cursor.execute(f"DROP INDEX {name}")
    rows = [product(lina, code) for code in ("DUP-1", "dup-1", "Dup－1", "A")]
    rows += [competitor(lina, name) for name in ("竞品（甲）", "竞品(甲)")]
    versions = [row.version for row in rows]
    with connection.cursor() as cursor:  # a migration finds no change under way
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for migration in (
        "contracts.migrations.0016_folded_once",
        "competitors.migrations.0006_folded_once",
    ):
        editor = SimpleNamespace(connection=connection)
        import_module(migration).keyed(None, editor)
    with connection.cursor() as cursor:
        for table, column in (
            ("contracts_product", "code_key"),
            ("competitors_competitor", "name_key"),
        ):
            cursor.execute(
                f"CREATE UNIQUE INDEX ON {table} ({column}) WHERE deleted_at IS NULL"
            )
    for row, version in zip(rows, versions, strict=True):
        row.refresh_from_db()
        assert row.version == version
    return rows


def test_what_was_there_twice_stays_and_is_named(before_keys, lina, sign_in):
    first, second, third, other, rival, twin = before_keys
    browser = sign_in(lina)
    for row, twins in ((second, {first, third}), (other, set()), (twin, {rival})):
        assert set(row.twins()) == twins
        page = browser.get(row.get_absolute_url()).content.decode()
        assert ("仅写法不同" in page) is bool(twins)
        for one in twins:
            assert f'href="{one.get_absolute_url()}"' in page


def test_an_old_twin_can_be_saved_and_mended(before_keys, lina):
    _first, second, *_rest = before_keys
    second.name = "改了名的"
    second.full_clean()
    second.save()
    second.code = "DUP-2"
    second.full_clean()
    second.save()
    assert second.code_key == "DUP-2"
    assert not second.twins()
    second.code = "dup-1"
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()
