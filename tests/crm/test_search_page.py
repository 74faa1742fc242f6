"""The search of everything: each kind with what one may see of it."""

import pytest

from tests.factories import a_contact, a_customer

pytestmark = pytest.mark.django_db


def test_the_search_finds_everything_one_may_see(zhang, wang, sign_in):
    mine = a_contact(a_customer(zhang, name="华夏科技"), name="华先生")
    a_contact(a_customer(wang, name="华东贸易"), name="华女士")
    answer = sign_in(zhang).get("/search/?q=华")
    groups = {
        group["label"]: [row.record for row in group["rows"]]
        for group in answer.context["groups"]
    }
    assert groups == {"客户": [mine.customer], "联系人": [mine]}
    assert "华东" not in answer.text
    assert "华女士" not in answer.text


@pytest.mark.parametrize(
    "text", ["", " ", "　", "%00", "%25", "_", "%5C", "x" * 5000, "%F0%9F%A6%84"]
)
def test_a_search_for_nothing_finds_nothing(zhang, sign_in, text):
    a_customer(zhang, name="公司")
    answer = sign_in(zhang).get(f"/search/?q={text}")
    assert answer.status_code == 200
    assert answer.context["groups"] == []
