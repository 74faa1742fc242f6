"""What is not there, or not open: the page says so and leads on."""

import re

import pytest

from tests.factories import a_customer

pytestmark = pytest.mark.django_db


def _ways(page):
    main = page[page.index('class="refusal"') :]
    return re.findall(r'href="([^"]+)"', main[: main.index("</div>")])


def test_a_record_that_is_not_there_leads_to_its_list(zhang, sign_in):
    answer = sign_in(zhang).get("/customers/999999/")
    assert answer.status_code == 404
    assert _ways(answer.text) == ["/", "/customers/"]


def test_one_of_somebody_else_reads_the_same(zhang, wang, sign_in):
    theirs = a_customer(wang)
    browser = sign_in(zhang)
    pages = [
        re.sub(r"\d{4,}|csrf[^>]+>|value=\"\w{20,}\"", "", browser.get(address).text)
        for address in (f"/customers/{theirs.pk}/", "/customers/999999/")
    ]
    shown = [page[page.index('class="refusal"') :] for page in pages]
    assert shown[0].split("</div>")[0] == shown[1].split("</div>")[0]


def test_what_one_may_not_do_leads_where_one_may_go(zhang, sign_in):
    answer = sign_in(zhang).get("/system/users/")
    assert answer.status_code == 403
    assert _ways(answer.text) == ["/"]


def test_an_address_of_nothing_leads_to_the_workbench(zhang, sign_in):
    assert _ways(sign_in(zhang).get("/nichts/").text) == ["/"]
