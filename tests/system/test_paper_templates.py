"""单据模板, sheets of customers and competitors, lists on paper."""

import pytest

from crm.models import HistoryEntry
from crm.papers import listing, shipped
from crm.papers.catalogue import papers
from crm.papers.compiling import pdf_of
from crm.papers.models import PaperTemplate
from crm.papers.paper import plain
from tests.factories import (
    a_competitor,
    a_contact,
    a_contract,
    a_customer,
    a_product,
    an_encounter,
)
from tests.pages import form_of
from tests.papers import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shipped(db):
    """Bring the rows: a test that writes for good leaves empty tables behind."""
    shipped.fill()


def test_every_paper_is_set_with_its_example(zhou):
    for slug, paper in papers().items():
        said = text_of(pdf_of(paper.source, plain(paper.example(zhou))))
        assert "总公司" in said or "示例" in said, slug


def test_a_template_is_tried_kept_and_put_back(zhou, zhang, nobody, sign_in):
    row = PaperTemplate.objects.get(slug="contract_sheet")
    page = f"/system/papers/{row.pk}/"
    browser = sign_in(zhou)
    given = form_of(browser, f"{page}edit/")
    assert given["source"].startswith("// 合同单")
    wrong = browser.post(f"{page}edit/", {**given, "source": "#show: sheet\n#oh"})
    assert wrong.status_code == 422
    assert "第 2 行第 1 列：unknown variable: oh" in wrong.content.decode()
    own = {**given, "source": "#show: sheet\n本公司格式 #data.facts.first().text"}
    preview = browser.post(f"{page}preview/", own)
    assert "本公司格式" in text_of(preview.content)
    row.refresh_from_db()
    assert row.source == ""
    assert browser.post(f"{page}edit/", own).status_code == 302
    assert browser.post(f"{page}edit/", own).status_code == 409
    contract = a_contract(zhang, title="甲 #box[乙] $x$")
    address = f"{contract.get_absolute_url()}sheet.pdf"
    said = text_of(sign_in(zhang).get(address).content)
    assert "本公司格式甲#box[乙]$x$" in said
    assert sign_in(zhang).get(f"{page}edit/").status_code == 403
    row.refresh_from_db()
    answer = sign_in(zhou).post(f"{page}restoration/", {"version": row.version})
    assert answer.status_code == 302
    assert "本公司格式" not in text_of(sign_in(zhang).get(address).content)
    kept = HistoryEntry.objects.filter(subject_label="papers.papertemplate")
    assert "本公司格式" in str(list(kept.values_list("changes", flat=True)))


def test_a_sheet_tells_only_what_its_reader_may_see(zhang, liu, chen, lina, sign_in):
    customer = a_customer(zhang, name="华夏机电")
    a_contact(customer, name="赵敏敏")
    a_contract(zhang, customer=customer, title="机密合同")
    rival = a_competitor(chen, name="对手公司")
    encounter = an_encounter(rival, customer, remarks="")
    rival.products.create(name="X1", product=a_product(lina, name="水泵"))
    sheet = f"{customer.get_absolute_url()}sheet.pdf"
    said = text_of(sign_in(zhang).get(sheet).content)
    for what in ("华夏机电", "赵敏敏", "机密合同"):
        assert what in said
    assert sign_in(liu).get(sheet).status_code == 404
    card = f"{rival.get_absolute_url()}sheet.pdf"
    said = text_of(sign_in(zhang).get(card).content)
    assert "X1" in said
    assert "水泵" in said
    assert "华夏机电" in said
    assert "华夏机电" not in text_of(sign_in(liu).get(card).content)
    assert encounter.customer == customer


def test_a_list_on_paper_says_its_conditions_and_what_is_left_out(
    lina, zhang, sign_in, monkeypatch
):
    monkeypatch.setattr(listing, "MOST", 2)
    for number in range(3):
        a_customer(zhang, name=f"华夏 #{number}")
    browser = sign_in(lina)
    export = "/customers/export/?format=pdf&q=华夏&sort=name&column=name&column=owner"
    said = text_of(browser.get(export).content)
    for what in ("华夏#0", "华夏#1", "张伟", "仅前2条", "关键词：华夏"):
        assert what in said.replace(":", "：").replace("：：", "："), said
    assert "华夏#2" not in said
    assert HistoryEntry.objects.filter(verb="exported").get().changes["rows"][1] == 2
