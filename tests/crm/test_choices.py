"""What pickers offer: what one may see, whatever is typed."""

import pytest

from crm.models import Region
from tests.factories import a_customer

pytestmark = pytest.mark.django_db


def options(browser, label, query=""):
    """Return the texts that a lookup offers."""
    answer = browser.get(f"/options/{label}/{query}")
    assert answer.status_code == 200
    return [row["text"] for row in answer.json()["results"]]


def test_a_lookup_offers_what_one_may_see(zhang, wang, sign_in):
    a_customer(zhang, name="我的公司")
    a_customer(wang, name="别人的公司")
    browser = sign_in(zhang)
    assert options(browser, "customers.customer") == ["我的公司"]
    assert options(browser, "customers.customer", "?q=公司") == ["我的公司"]
    assert options(browser, "customers.customer", "?q=别人") == []


def test_a_lookup_finds_people_and_regions(zhang, wang, sign_in):
    browser = sign_in(zhang)
    assert options(browser, "crm.user", "?q=王") == ["王芳"]
    region = Region.objects.get(code="530100")
    assert region.full_name in options(browser, "crm.region", "?q=昆明")


@pytest.mark.parametrize(
    "text", ["%", "%25", "_", "%5C", "%00", "' OR 1=1", "长" * 500]
)
def test_signs_in_a_lookup_are_only_signs(zhang, sign_in, text):
    a_customer(zhang, name="公司")
    assert options(sign_in(zhang), "customers.customer", f"?q={text}") in ([], ["公司"])


@pytest.mark.parametrize("text", ["%25", "_", "%5C"])
def test_a_lookup_for_signs_finds_none(zhang, sign_in, text):
    a_customer(zhang, name="公司")
    browser = sign_in(zhang)
    assert options(browser, "customers.customer", f"?q={text}") == []
    assert options(browser, "crm.user", f"?q={text}") == []
    assert options(browser, "crm.region", f"?q={text}") == []


@pytest.mark.parametrize(
    "label",
    [
        "x",
        "x.y",
        "crm",
        "crm.",
        ".",
        "a.b.c",
        "crm.role",
        "crm.historyentry",
        "crm.record",
        "crm.submission",
        "sessions.session",
        "contenttypes.contenttype",
        "customers.membership",
        "%00",
    ],
)
def test_other_tables_have_no_lookup(zhang, sign_in, label):
    assert sign_in(zhang).get(f"/options/{label}/").status_code == 404


def test_who_may_not_see_a_kind_is_offered_nothing(nobody, zhang, sign_in):
    a_customer(zhang)
    assert options(sign_in(nobody), "customers.customer") == []


def test_a_lookup_offers_no_more_than_a_page_holds(zhang, sign_in):
    for _time in range(25):
        a_customer(zhang)
    assert len(options(sign_in(zhang), "customers.customer")) == 20
