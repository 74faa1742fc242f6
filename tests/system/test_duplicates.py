"""查重: what counts as probably the same customer."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.folding import same_name
from customers.duplicates import likely, stem
from customers.models import Customer
from tests.factories import a_customer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("华夏科技有限公司", "华夏科技有限责任公司"),
        ("华夏科技(北京)有限公司", "华夏科技（北京）有限公司"),
        ("华夏 科技有限公司", "华夏科技股份有限公司"),
        ("ＡＢＣ贸易有限公司", "abc贸易有限公司"),
        ("Acme Trading Co., Ltd.", "ACME Trading Limited"),
    ],
)
def test_legal_form_and_spelling_do_not_tell_names_apart(one, other):
    assert same_name(one) == same_name(other)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("北京华夏科技有限公司", "华夏"),
        ("云南省滇中物流有限公司", "滇中"),
        ("中国建设有限公司", "中国建设"),
        ("公司", "公司"),
    ],
)
def test_the_stem_is_what_a_firm_calls_itself(name, own):
    assert stem(name) == own


@pytest.mark.parametrize(
    ("known", "reported", "reasons"),
    [
        (
            {"name": "昆明华夏科技有限公司"},
            {"name": "昆明华夏科技有限责任公司"},
            ("name",),
        ),
        (
            {"name": "昆明华夏科技有限公司"},
            {"name": "昆明华霞科技有限公司"},
            ("similar",),
        ),
        ({"name": "昆明华夏科技有限公司"}, {"name": "华夏科技有限公司"}, ("similar",)),
        (
            {"name": "滇池食品厂", "phone": "0871-6312 3456"},
            {"name": "春城饮料厂", "phone": "(0871)63123456"},
            ("phone",),
        ),
        ({"name": "昆明华夏科技有限公司"}, {"name": "昆明华夏物流有限公司"}, None),
        ({"name": "昆明华夏科技有限公司"}, {"name": "大理东方贸易有限公司"}, None),
    ],
)
def test_probably_the_same(lina, known, reported, reasons):
    other = a_customer(lina, **known)
    one = a_customer(lina, registered=False, **reported)
    matches = likely([one], lina)[one.pk]
    assert [(m.customer, m.reasons) for m in matches] == (
        [(other, reasons)] if reasons else []
    )


def test_an_equal_credit_code_is_the_surest_sign(lina):
    other = a_customer(lina, name="甲厂", credit_code="91530100MA6K000000")
    unsaved = Customer(name="乙店", credit_code="91530100MA6K000000")
    assert [m.customer for m in likely([unsaved], lina)[None]] == [other]
    assert likely([unsaved], lina)[None][0].reasons == ("credit_code",)


def test_a_whole_page_costs_one_query(lina):
    page = [a_customer(lina, name=f"昆明华夏科技{n}有限公司") for n in range(30)]
    assert lina.rights
    with CaptureQueriesContext(connection) as queries:
        found = likely(page, lina)
    assert len(queries) == 1
    assert all(found.values())


def test_rows_that_one_may_not_see_are_no_match(zhang, wang):
    a_customer(wang, name="昆明华夏科技有限公司")
    mine = a_customer(zhang, name="昆明华夏科技有限公司", registered=False)
    assert likely([mine], zhang) == {mine.pk: []}


def test_deleted_customers_are_no_match(lina):
    other = a_customer(lina, name="昆明华夏科技有限公司")
    one = a_customer(lina, name="昆明华夏科技有限公司")
    other.discard(lina)
    assert likely([one], lina) == {one.pk: []}
