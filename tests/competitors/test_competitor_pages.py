"""Pages of competitors: shared knowledge, written by those who research."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from competitors.models import Competitor, CompetitorProduct
from crm.models import HistoryEntry
from tests.factories import (
    a_competitor,
    a_customer,
    a_news_item,
    a_product,
    an_encounter,
    an_item,
)
from tests.pages import books, form_of, ids, shows

pytestmark = pytest.mark.django_db

ADD = "/competitors/add/"


def lines(*products):
    """Return the fields of the products in the form of a competitor."""
    data = {
        "products-TOTAL_FORMS": len(products),
        "products-INITIAL_FORMS": sum("id" in product for product in products),
    }
    for place, product in enumerate(products):
        data |= {f"products-{place}-{name}": v for name, v in product.items()}
    return data


def filled(browser, **fields):
    """Return the fields of a new competitor, as a browser would send them."""
    return form_of(browser, ADD) | lines() | {"name": "东方科技"} | fields


def test_a_researcher_reports_a_competitor_with_products(chen, lina, sign_in):
    product = a_product(lina)
    data = filled(
        sign_in(chen),
        aliases="东科、DFKJ， 东方集团",
        website="https://example.com/",
        **lines(
            {"name": "云表", "product": product.pk, "price_from": "8000"},
            {"name": "", "price_to": ""},
        ),
    )
    answer = sign_in(chen).post(ADD, data)
    assert answer.status_code == 302, answer.context["form"].errors
    competitor = Competitor.objects.get()
    assert competitor.registration == "reported"
    assert competitor.aliases == ["东科", "DFKJ", "东方集团"]
    assert [(p.name, p.product) for p in competitor.products.all()] == [
        ("云表", product)
    ]
    page = sign_in(chen).get(answer.url)
    assert shows(page, "云表")
    assert shows(page, "8,000.00")
    assert shows(page, str(product))
    assert 'rel="noopener noreferrer"' in page.content.decode()


def test_a_reported_competitor_is_unseen_until_registered(chen, zhang, lina, sign_in):
    competitor = a_competitor(chen, registered=False)
    url = competitor.get_absolute_url()
    assert sign_in(zhang).get(url).status_code == 404
    assert sign_in(zhang).get("/competitors/").context["total"] == 0
    assert sign_in(chen).get(url).status_code == 200
    competitor.register(lina)
    assert sign_in(zhang).get(url).status_code == 200
    assert ids(sign_in(zhang).get("/competitors/")) == [competitor.pk]


def test_a_salesperson_reads_and_writes_no_competitors(zhang, chen, sign_in):
    competitor = a_competitor(chen)
    browser = sign_in(zhang)
    for url in (
        ADD,
        reverse("competitor_update", args=[competitor.pk]),
        reverse("competitor_delete", args=[competitor.pk]),
    ):
        assert browser.get(url).status_code == 403
        assert browser.post(url).status_code == 403


def test_a_researcher_writes_own_competitors_only(chen, lina, sign_in):
    theirs = a_competitor(lina)
    browser = sign_in(chen)
    assert browser.get(theirs.get_absolute_url()).status_code == 200
    for page in ("update", "delete"):
        url = reverse(f"competitor_{page}", args=[theirs.pk])
        assert browser.get(url).status_code == 404


def test_without_a_right_nothing_opens(nobody, zhou, sign_in):
    for person in (nobody, zhou):
        for url in ("/competitors/", "/encounters/", "/news/", "/news/add/"):
            assert sign_in(person).get(url).status_code == 403


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("科技", True),
        ("东科", True),
        ("dfkj", True),
        ("dongfang", True),
        ("ORIENT", True),
        ("华夏", False),
        ("100%", False),
    ],
)
def test_a_competitor_is_found_by_any_of_its_names(chen, sign_in, word, found):
    a_competitor(chen, name="东方科技", short_name="东科", aliases=["Orient Tech"])
    answer = sign_in(chen).get("/competitors/", {"q": word})
    assert (answer.context["total"] == 1) is found


def test_a_name_stands_once(chen, sign_in):
    a_competitor(chen, name="东方科技")
    browser = sign_in(chen)
    before, data = books(), filled(browser)
    answer = browser.post(ADD, data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["name"]
    assert books() == before
    with pytest.raises(IntegrityError), transaction.atomic():
        a_competitor(chen, name="东方科技")
    Competitor.objects.get().discard(chen)
    assert browser.post(ADD, data).status_code == 302


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "java\tscript:alert(1)",
        "//evil.example",
        "https:evil",
        "ftp://example.com/",
        "file:///etc/passwd",
    ],
)
def test_only_web_addresses_become_links(chen, sign_in, link):
    browser = sign_in(chen)
    answer = browser.post(ADD, filled(browser, website=link))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["website"]
    with pytest.raises(IntegrityError), transaction.atomic():
        a_competitor(chen, website=link)


@pytest.mark.parametrize(
    "product",
    [
        {"name": "云表", "price_from": "-1"},
        {"name": "云表", "price_from": "200", "price_to": "100"},
        {"name": "云表", "price_to": "1e99999"},
        {"name": "", "price_to": "5"},
        {"name": "云表", "product": "999999"},
    ],
)
def test_a_bad_product_stores_nothing(chen, sign_in, product):
    browser = sign_in(chen)
    before, data = books(), filled(browser, **lines(product))
    answer = browser.post(ADD, data)
    assert answer.status_code == 422
    assert answer.context["formset"].forms[0].errors
    assert books() == before


def test_an_unseen_product_cannot_be_chosen(chen, lina, sign_in):
    secret = a_product(lina, registration="reported", name="未公开产品")
    browser = sign_in(chen)
    assert not shows(browser.get(ADD), secret.name)
    data = filled(browser, **lines({"name": "云表", "product": secret.pk}))
    answer = browser.post(ADD, data)
    errors = answer.context["formset"].forms[0].errors.as_data()
    assert errors["product"][0].code == "invalid_choice"


def test_changes_of_products_show_in_the_history(chen, sign_in):
    competitor = a_competitor(chen)
    product = CompetitorProduct.objects.create(competitor=competitor, name="云表")
    browser = sign_in(chen)
    url = reverse("competitor_update", args=[competitor.pk])
    line = {"id": product.pk, "competitor": competitor.pk, "name": "云表二代"}
    answer = browser.post(url, form_of(browser, url) | lines(line))
    assert answer.status_code == 302
    entry = HistoryEntry.objects.latest("id")
    assert entry.changes == {"name": ["云表", "云表二代"]}
    assert (entry.subject_label, entry.subject_id) == (
        "competitors.competitor",
        competitor.pk,
    )


def test_whoever_changed_only_products_makes_other_forms_stale(chen, sign_in):
    competitor = a_competitor(chen)
    browser = sign_in(chen)
    url = reverse("competitor_update", args=[competitor.pk])
    first, second = form_of(browser, url), form_of(browser, url)
    assert browser.post(url, first | lines({"name": "云表"})).status_code == 302
    answer = browser.post(url, second | lines({"name": "雨表"}))
    assert answer.status_code == 409


def test_the_page_counts_how_encounters_ended(chen, zhang, wang, sign_in):
    competitor = a_competitor(chen)
    mine, theirs = a_customer(zhang), a_customer(wang)
    for outcome in ("we_won", "we_won", "they_won"):
        an_encounter(competitor, mine, outcome=outcome)
    an_encounter(competitor, theirs, outcome="we_won")
    an_encounter(a_competitor(chen), mine, outcome="we_won")
    for person, numbers in ((zhang, [2, 1, 0, 0]), (chen, [3, 1, 0, 0])):
        browser = sign_in(person)
        outcomes = browser.get(competitor.get_absolute_url()).context["outcomes"]
        assert [figure["value"] for figure in outcomes] == numbers
        for figure in outcomes:
            listed = browser.get(figure["url"])
            assert not listed.context["errors"]
            assert listed.context["total"] == figure["value"]


def test_threats_sort_by_weight(chen, sign_in):
    rows = {t: a_competitor(chen, threat=t).pk for t in ("low", "high", "medium")}
    found = ids(sign_in(chen).get("/competitors/?sort=-threat"))
    assert found == [rows["high"], rows["medium"], rows["low"]]


def test_scripts_in_names_stay_texts(chen, sign_in):
    poison = "<script>alert(1)</script>"
    competitor = a_competitor(chen, name=poison, aliases=[poison], strengths=poison)
    CompetitorProduct.objects.create(competitor=competitor, name=poison, remarks=poison)
    browser = sign_in(chen)
    for url in (
        "/competitors/?column=name&column=aliases&column=strengths",
        competitor.get_absolute_url(),
        reverse("competitor_update", args=[competitor.pk]),
        reverse("competitor_delete", args=[competitor.pk]),
    ):
        assert "<script>alert" not in browser.get(url).content.decode()


def numbers_of(context):
    """Return [(label, [number, …])] of both tables, and each number with its list."""
    lines = [*context["by_product"], *context["by_person"]]
    found = [(label, [cell["value"] for cell in cells]) for label, cells in lines]
    return found, [cell for _label, cells in lines for cell in cells]


def test_the_card_tells_what_won_and_who_as_far_as_one_may_see(
    chen, zhang, wang, sign_in
):
    competitor, mine, theirs = a_competitor(chen), a_customer(zhang), a_customer(wang)
    for customer, product, outcome in (
        (mine, "云表", "we_won"),
        (mine, "云表", "they_won"),
        (mine, "云表 2", "we_won"),
        (mine, "", "open"),
        (theirs, "云表", "they_won"),
    ):
        an_encounter(competitor, customer, offered_product=product, outcome=outcome)
    an_encounter(a_competitor(chen), mine, offered_product="云表", outcome="we_won")
    of_zhang = (zhang.name, [2, 1, 0, 1])
    for person, expected in (
        (zhang, [("云表", [1, 1, 0, 0]), ("云表 2", [1, 0, 0, 0]), of_zhang]),
        (
            chen,
            [
                ("云表", [1, 2, 0, 0]),
                ("云表 2", [1, 0, 0, 0]),
                of_zhang,
                (wang.name, [0, 1, 0, 0]),
            ],
        ),
    ):
        browser = sign_in(person)
        page = browser.get(competitor.get_absolute_url())
        found, cells = numbers_of(page.context)
        assert found == expected
        for cell in cells:
            listed = browser.get(cell["url"])
            assert not listed.context["errors"]
            assert listed.context["total"] == cell["value"]


def test_the_card_shows_the_newest_encounters_and_news_one_may_see(
    chen, zhang, wang, sign_in
):
    competitor = a_competitor(chen)
    mine, theirs = a_customer(zhang), a_customer(wang)
    reason = an_item("encounter_reason", "price")
    old = an_encounter(competitor, mine, happened_on="2026-01-05")
    new = an_encounter(
        competitor,
        mine,
        happened_on="2026-06-01",
        outcome="they_won",
        reason=reason,
        offered_product="云表",
    )
    an_encounter(competitor, theirs)
    news, hidden = a_news_item(chen), a_news_item(chen, registered=False)
    for item in (news, hidden):
        item.competitors.add(competitor)
    page = sign_in(zhang).get(competitor.get_absolute_url())
    met = [row["url"] for row in page.context["encounters"]]
    assert met == [new.get_absolute_url(), old.get_absolute_url()]
    assert reason.label in page.context["encounters"][0]["note"]
    assert "云表" in page.context["encounters"][0]["note"]
    assert [row["url"] for row in page.context["news"]] == [news.get_absolute_url()]
    listed = sign_in(zhang).get(page.context["news_url"])
    assert ids(listed) == [news.pk]
