"""Pipelines as a company sets them: stages renamed, retired, never lost."""

import pytest

import system.pipelines.views
from sales.models import Opportunity, Pipeline, Stage
from sales.shipped import fill
from tests.factories import an_opportunity
from tests.pages import form_of, shows

pytestmark = pytest.mark.django_db


@pytest.fixture
def pipeline(db):
    """The pipeline that ships."""
    return Pipeline.objects.get()


def filled(browser, address):
    """Return the fields of the form and of its stages, as a browser sends them."""
    formset = browser.get(address).context["formset"]
    parts = [formset.management_form, *formset.forms]
    values = {
        field.html_name: field.value()
        for part in parts
        for field in part
        if field.value() is not False and not is_unticked(field)
    }
    sent = {name: "" if value is None else value for name, value in values.items()}
    return form_of(browser, address) | sent


def is_unticked(field):
    """Say whether a field is boxes of which none is ticked: a browser sends nothing."""
    boxes = getattr(field.field.widget, "allow_multiple_selected", False)
    return boxes and not field.value()


def test_it_ships_once_and_stays_as_the_company_left_it(pipeline):
    assert pipeline.stages.filter(kind="open").count() == 5
    pipeline.name = "直销"
    pipeline.save()
    fill()
    assert [one.name for one in Pipeline.objects.all()] == ["直销"]


def test_a_renamed_stage_keeps_what_stands_in_it(zhang, zhou, sign_in, pipeline):
    deal, browser = an_opportunity(zhang), sign_in(zhou)
    address = pipeline.get_absolute_url()
    data = filled(browser, address) | {"stages-0-name": "首次接触"}
    answer = browser.post(address, data)
    assert answer.status_code == 302
    deal.refresh_from_db()
    assert deal.stage.name == "首次接触"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"stages-5-kind": "lost"}, "赢单"),
        ({"stages-5-DELETE": "on"}, "赢单"),
        ({f"stages-{n}-active": "" for n in range(5)}, "进行中"),
        ({"stages-0-probability": "101"}, "100"),
        ({"stages-0-name": "需求确认"}, "重名"),
    ],
)
def test_a_pipeline_that_leads_nowhere_is_refused(zhou, sign_in, pipeline, sent, words):
    browser, address = sign_in(zhou), pipeline.get_absolute_url()
    answer = browser.post(address, filled(browser, address) | sent)
    assert answer.status_code == 422
    assert shows(answer, words)


def test_a_stage_that_was_entered_is_not_deleted(zhang, zhou, sign_in, pipeline):
    an_opportunity(zhang)
    browser, address = sign_in(zhou), pipeline.get_absolute_url()
    data = filled(browser, address) | {"stages-0-DELETE": "on"}
    answer = browser.post(address, data)
    assert answer.status_code == 422
    assert shows(answer, "初步接洽")
    assert Stage.objects.filter(pipeline=pipeline).count() == 8


def test_a_stage_that_was_entered_keeps_its_kind(zhang, zhou, sign_in, pipeline):
    an_opportunity(zhang)
    browser, address = sign_in(zhou), pipeline.get_absolute_url()
    swapped = {"stages-0-kind": "lost", "stages-6-kind": "open"}
    answer = browser.post(address, filled(browser, address) | swapped)
    assert answer.status_code == 422
    assert shows(answer, "类型不能再改")


def made_by_form(browser, name):
    """Return a pipeline of four stages that was made on its page."""
    kinds = ("open", "won", "lost", "void")
    lines = {"stages-TOTAL_FORMS": 4, "stages-INITIAL_FORMS": 0}
    for n, kind in enumerate(kinds):
        lines |= {f"stages-{n}-name": kind, f"stages-{n}-kind": kind}
        lines |= {f"stages-{n}-position": n, f"stages-{n}-active": "on"}
        lines |= {f"stages-{n}-probability": n}
    sent = filled(browser, "/pipelines/add/") | lines | {"name": name}
    assert browser.post("/pipelines/add/", sent).status_code == 302
    return Pipeline.objects.get(name=name)


def test_a_pipeline_that_comes_into_use_while_it_is_deleted_stays(
    zhang, zhou, sign_in, pipeline, monkeypatch
):
    browser = sign_in(zhou)
    spare = made_by_form(browser, "渠道")
    opportunity = an_opportunity(zhang, stage=spare.stages.get(kind="open"))
    used = system.pipelines.views.used_by
    seen = iter([[], used(spare, zhou, parts=(Stage,))])
    monkeypatch.setattr(
        system.pipelines.views, "used_by", lambda *_row, **_parts: next(seen)
    )
    address = f"{spare.get_absolute_url()}delete/"
    answer = browser.post(address, {"version": spare.version})
    assert answer.status_code == 409
    assert shows(answer, "商机")
    assert Pipeline.objects.filter(pk=spare.pk).exists()
    assert Opportunity.objects.filter(pk=opportunity.pk).exists()


def test_a_used_pipeline_is_not_deleted_an_unused_one_is(
    zhang, zhou, sign_in, pipeline
):
    an_opportunity(zhang)
    browser = sign_in(zhou)
    spare = made_by_form(browser, "渠道")
    for one, status in ((pipeline, 409), (spare, 302)):
        data = {"version": one.version}
        answer = browser.post(f"{one.get_absolute_url()}delete/", data)
        assert answer.status_code == status


def test_only_who_may_set_them_finds_them(zhang, lina, sign_in, pipeline):
    assert sign_in(zhang).get("/pipelines/").status_code == 403
    assert sign_in(lina).get("/pipelines/").status_code == 200
    assert sign_in(lina).get(pipeline.get_absolute_url()).status_code == 403
