"""Stages ask for fields and tasks: who goes on has both, in whatever way they go."""

import pytest
from django.core.exceptions import ValidationError

from crm.models import HistoryEntry
from sales import moves
from sales.demands import tasks_left
from sales.models import Opportunity, Pipeline, Stage
from tests.crm.test_bulk import choose, confirm, states
from tests.factories import a_contact, a_lead, an_item, an_opportunity
from tests.pages import form_of, shows
from tests.sales.test_moves import refused
from tests.system.test_pipelines import filled

pytestmark = pytest.mark.django_db
KIND = Stage.Kind


def asks(stage, *requires, tasks=()):
    """Let a stage ask for fields and tasks."""
    stage.requires, stage.tasks = list(requires), list(tasks)
    stage.save()


def changed(deal, **values):
    """Change columns of an opportunity as its form does."""
    for name, value in values.items():
        setattr(deal, name, value)
    deal.save(update_fields=list(values))


def wrong(deal, by, *way):
    """Return in what words an opportunity is refused to go a way."""
    deal.refresh_from_db()  # what its stage asks for by now
    with pytest.raises(ValidationError) as caught:
        moves.move(deal, *way, by) if way else win(deal, by)
    deal.refresh_from_db()
    return "".join(caught.value.messages)


def win(deal, by):
    """Win an opportunity without a contract."""
    moves.close(deal, KIND.WON, by, note="口头订货")


def verbs_of(deal):
    """Return what was done to an opportunity, the first first."""
    rows = HistoryEntry.objects.filter(label="sales.opportunity", object_id=deal.pk)
    return list(rows.order_by("pk").values_list("verb", flat=True))


# --- Fields ---------------------------------------------------------------------------


def test_who_goes_on_has_what_the_stage_asks_for(zhang, deal, stages):
    asks(stages[2], "need", "contact", "next_step")
    said = wrong(deal, zhang, stages[2])
    assert "方案与演示" in said
    assert "联系人、需求原因、下一步" in said
    assert refused(deal, zhang, "moved", stage=stages[2]) == "opportunity_lacks"
    contact = a_contact(deal.customer)
    need = an_item("opportunity_need", "saving")
    changed(deal, contact=contact, need=need, next_step="约演示")
    moves.move(deal, stages[2], zhang)
    assert deal.stage == stages[2]


def test_what_stages_on_the_way_ask_for_is_asked_too(zhang, deal, stages):
    asks(stages[1], "need")
    asks(stages[2], "details")
    Stage.objects.filter(pk=stages[2].pk).update(active=False)
    assert "需求原因" in wrong(deal, zhang, stages[3])
    assert "详细" not in wrong(deal, zhang, stages[3])
    assert refused(deal, zhang, "moved", stage=stages[3]) == "opportunity_lacks"


def test_no_amount_says_nothing_but_no_chance_does(zhang, deal, stages):
    asks(stages[1], "amount", "probability")
    changed(deal, amount=0, probability=0)
    assert "预计金额" in wrong(deal, zhang, stages[1])
    assert refused(deal, zhang, "moved", stage=stages[1]) == "opportunity_lacks"
    changed(deal, amount=1)
    moves.move(deal, stages[1], zhang)


def test_winning_asks_for_what_its_end_asks_for(zhang, deal):
    asks(Stage.objects.get(kind=KIND.WON), "need")
    assert "需求原因" in wrong(deal, zhang)
    changed(deal, need=an_item("opportunity_need", "saving"))
    win(deal, zhang)


def test_winning_is_no_way_round_what_open_stages_ask_for(zhang, deal, stages):
    asks(stages[2], "need", tasks=["演示"])
    assert "演示" in wrong(deal, zhang)
    changed(deal, ticked=["演示"])
    assert "需求原因" in wrong(deal, zhang)
    won = Stage.objects.get(kind=KIND.WON)
    assert refused(deal, zhang, "won", stage=won) == "opportunity_lacks"
    Stage.objects.filter(pk=stages[2].pk).update(active=False)  # nobody comes there
    win(deal, zhang)


def test_who_goes_back_or_gives_up_is_asked_for_nothing(zhang, deal, stages):
    moves.move(deal, stages[1], zhang)
    asks(stages[0], "need", tasks=["拜访"])
    asks(stages[1], "need", tasks=["演示"])
    moves.move(deal, stages[0], zhang, note="客户换人")
    moves.close(deal, KIND.LOST, zhang, reason=an_item("closing_reason", "price"))
    moves.reopen(deal, zhang, "客户回头")
    assert deal.stage == stages[0]


def test_what_a_stage_asks_for_stays_filled_in(zhang, deal, stages, sign_in):
    changed(deal, next_step="约演示", details="两条产线")
    moves.move(deal, stages[1], zhang)
    asks(stages[1], "next_step", "need")
    browser, url = sign_in(zhang), f"/opportunities/{deal.pk}/edit/"
    form = form_of(browser, url)
    answer = browser.post(url, {**form, "next_step": ""})
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert list(errors) == ["next_step"]  # the need was empty before it was asked for
    assert "需求确认" in errors["next_step"][0]
    assert refused(deal, zhang, "", next_step="") == "opportunity_lacks"
    assert browser.post(url, {**form, "details": ""}).status_code == 302
    deal.refresh_from_db()
    changed(deal, need=an_item("opportunity_need", "saving"))
    win(deal, zhang)
    changed(deal, next_step="")  # what is closed goes nowhere


# --- Where it begins ------------------------------------------------------------------


def test_a_new_one_begins_where_nothing_is_missing(zhang, deal, stages, sign_in):
    asks(stages[1], "need")
    browser = sign_in(zhang)
    form = form_of(browser, "/opportunities/add/") | {
        "title": "三期",
        "customer": deal.customer_id,
        "stage": stages[1].pk,
        "amount": "9",
        "expected_on": "2099-01-01",
    }
    answer = browser.post("/opportunities/add/", form)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["need"]
    need = an_item("opportunity_need", "saving").pk
    assert (
        browser.post("/opportunities/add/", {**form, "need": need}).status_code == 302
    )


def test_a_lead_becomes_one_with_what_its_stage_asks_for(zhang, deal, stages, sign_in):
    asks(stages[1], "need", "details", "contact")
    lead = a_lead(zhang, company="玉溪水务有限公司")
    browser, url = sign_in(zhang), f"/leads/{lead.pk}/conversion/"
    form = form_of(browser, url) | {
        "opportunity": "new",
        "opportunity-title": "水务一期",
        "opportunity-stage": stages[1].pk,
        "opportunity-amount": "9",
        "opportunity-expected_on": "2099-01-01",
        "opportunity-details": "",
        "contact": "none",
    }
    answer = browser.post(url, form)
    assert answer.status_code == 422
    part = answer.context["form"].parts["opportunity"]
    assert set(part.errors) == {"stage", "need", "details"}
    assert "要求填写联系人，此处没有" in part.errors["stage"][0]
    need = an_item("opportunity_need", "saving").pk
    form |= {"opportunity-need": need, "opportunity-details": "两条产线"}
    form |= {"customer": "existing", "existing_customer": deal.customer_id}
    form |= {"contact": "new", "contact-name": "周敏"}
    assert browser.post(url, form).status_code == 302
    made = Opportunity.objects.latest("pk")
    assert (made.stage, made.contact.name) == (stages[1], "周敏")


def test_conversion_asks_for_no_more_than_stages_do(zhang, deal, stages, sign_in):
    lead = a_lead(zhang, company="玉溪水务有限公司")
    page = sign_in(zhang).get(f"/leads/{lead.pk}/conversion/")
    fields = page.context["form"].parts["opportunity"].fields
    assert not {"need", "probability", "next_step", "next_contact_at"} & set(fields)


# --- Tasks ----------------------------------------------------------------------------


def test_who_goes_on_has_done_the_tasks_of_the_stage(zhang, deal, stages, sign_in):
    asks(stages[0], tasks=["拜访", "确认决策人"])
    assert "拜访、确认决策人" in wrong(deal, zhang, stages[1])
    assert "拜访、确认决策人" in wrong(deal, zhang)
    assert refused(deal, zhang, "moved", stage=stages[1]) == "opportunity_tasks"
    browser, page = sign_in(zhang), f"/opportunities/{deal.pk}/"
    for task in ("拜访", "确认决策人"):
        seen = {"version": Opportunity.objects.get(pk=deal.pk).version}
        answer = browser.post(f"{page}task/", {"task": task, "done": "on", **seen})
        assert answer.status_code == 302
    assert browser.get(page).text.count('data-done="yes"') == 2
    deal.refresh_from_db()
    moves.move(deal, stages[1], zhang)
    assert verbs_of(deal) == ["created", "task_done", "task_done", "moved"]


def test_a_refusal_tells_all_that_is_missing_and_leads_there_and_back(
    zhang, deal, stages, sign_in
):
    asks(stages[0], tasks=["拜访"])
    asks(stages[1], "need")
    page = f"/opportunities/{deal.pk}/"
    sent = {"stage": stages[1].pk, "version": deal.version}
    board = "/opportunities/board/?owner=me"
    answer = sign_in(zhang).post(f"{page}stage/", {**sent, "next": board})
    assert answer.status_code == 422
    assert answer.context["reasons"] == [
        "“初步接洽”的任务尚未完成：拜访。",
        "进入“需求确认”前请先填写：需求原因。",
    ]
    assert dict(answer.context["ways"]) == {
        "去填写": f"{page}edit/?next=%2Fopportunities%2Fboard%2F%3Fowner%3Dme",
        "回到刚才的页面": board,
    }


def test_what_is_ticked_is_named_and_not_the_deal(zhang, deal, stages, sign_in):
    asks(stages[0], tasks=["拜访"])
    browser, page = sign_in(zhang), f"/opportunities/{deal.pk}/"
    for done, said in (("on", "任务已完成：拜访"), ("", "任务已改为未完成：拜访")):
        version = Opportunity.objects.get(pk=deal.pk).version
        sent = {"task": "拜访", "done": done, "version": version}
        assert shows(browser.post(f"{page}task/", sent, follow=True), said)


def test_a_task_is_opened_again(zhang, deal, stages):
    asks(stages[0], tasks=["拜访"])
    deal.refresh_from_db()
    moves.tick(deal, "拜访", zhang, is_done=True)
    moves.tick(deal, "拜访", zhang, is_done=False)
    assert tasks_left(deal) == ["拜访"]
    assert verbs_of(deal)[-1] == "changed"


def test_the_tasks_of_stages_that_are_passed_are_asked_for_too(zhang, deal, stages):
    asks(stages[1], tasks=["演示"])
    said = wrong(deal, zhang, stages[2])
    assert said == "请先进入“需求确认”并完成其任务：演示。"
    assert refused(deal, zhang, "moved", stage=stages[2]) == "opportunity_tasks"
    moves.move(deal, stages[1], zhang)
    moves.move(deal, stages[0], zhang, note="绕行")
    assert "演示" in wrong(deal, zhang, stages[2])
    moves.move(deal, stages[1], zhang)
    moves.tick(deal, "演示", zhang, is_done=True)
    moves.move(deal, stages[2], zhang)
    moves.move(deal, stages[0], zhang, note="客户换人")
    moves.move(deal, stages[3], zhang)  # what was done once is done


def test_what_is_ticked_already_is_not_ticked_again(zhang, deal, stages):
    asks(stages[0], tasks=["拜访", "确认决策人"])
    deal.refresh_from_db()
    for task in ("拜访", "确认决策人", "拜访"):
        moves.tick(deal, task, zhang, is_done=True)
    assert deal.ticked == ["拜访", "确认决策人"]
    assert verbs_of(deal) == ["created", "task_done", "task_done"]


def test_only_tasks_of_its_stage_are_ticked_by_whoever_may_change_it(
    zhang, liu, deal, stages, sign_in
):
    asks(stages[1], tasks=["演示"])
    url = f"/opportunities/{deal.pk}/task/"
    sent = {"task": "演示", "done": "on", "version": deal.version}
    assert sign_in(zhang).post(url, sent).status_code == 409
    asks(stages[0], tasks=["演示"])
    assert sign_in(liu).post(url, sent).status_code == 404
    assert sign_in(zhang).post(url, {**sent, "version": 0}).status_code == 409
    deal.refresh_from_db()
    assert deal.ticked == []


def test_the_board_tells_what_is_left(zhang, deal, stages, sign_in):
    asks(stages[0], tasks=["拜访", "确认决策人"])
    deal.refresh_from_db()
    moves.tick(deal, "拜访", zhang, is_done=True)
    assert shows(sign_in(zhang).get("/opportunities/board/"), "剩 1 项任务")


def test_the_page_tells_what_the_next_stage_asks_for(zhang, deal, stages, sign_in):
    asks(stages[1], "need")
    page = sign_in(zhang).get(f"/opportunities/{deal.pk}/")
    assert shows(page, "进入“需求确认”前请先填写：需求原因")


# --- Set by the company ---------------------------------------------------------------


def test_the_company_says_what_stages_ask_for(zhou, sign_in, db):
    pipeline = Pipeline.objects.get()
    browser, url = sign_in(zhou), pipeline.get_absolute_url()
    form = filled(browser, url)
    sent = {"stages-1-requires": ["need", "contact"], "stages-1-tasks": "拜访、演示"}
    assert browser.post(url, form | sent).status_code == 302
    stage = pipeline.stages.get(name="需求确认")
    assert (stage.requires, stage.tasks) == (["need", "contact"], ["拜访", "演示"])
    form = filled(browser, url)
    answer = browser.post(url, form | {"stages-1-requires": ["owner"]})
    assert answer.status_code == 422
    many = "、".join(f"任务{n}" for n in range(11))
    answer = browser.post(url, filled(browser, url) | {"stages-1-tasks": many})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"stages-6-requires": ["need"]}, "输单和作废不要求填写任何内容。"),
        ({"stages-5-tasks": "庆功"}, "只有进行中的阶段才有任务。"),
    ],
)
def test_what_nothing_would_ask_for_is_not_set(zhou, sign_in, db, sent, said):
    browser, url = sign_in(zhou), Pipeline.objects.get().get_absolute_url()
    answer = browser.post(url, filled(browser, url) | sent)
    assert answer.status_code == 422
    assert shows(answer, said)


def test_history_tells_by_their_names_what_a_stage_asks_for(zhou, sign_in, db):
    pipeline = Pipeline.objects.get()
    browser, url = sign_in(zhou), pipeline.get_absolute_url()
    sent = {"stages-1-requires": ["contact", "need"]}
    assert browser.post(url, filled(browser, url) | sent).status_code == 302
    entry = HistoryEntry.objects.filter(label="sales.stage").latest("pk")
    page = browser.get(f"/system/log/{entry.pk}/")
    assert shows(page, "联系人、需求原因")


def test_between_stages_of_one_place_one_goes_on(zhang, deal, stages):
    Stage.objects.filter(pk=stages[1].pk).update(position=stages[0].position)
    asks(stages[0], tasks=["拜访"])
    stages[1].refresh_from_db()
    assert "拜访" in wrong(deal, zhang, stages[1])
    moves.tick(deal, "拜访", zhang, is_done=True)
    moves.move(deal, stages[1], zhang)


def test_of_many_that_are_emptied_at_once_those_of_such_a_stage_stay(
    zhang, deal, stages, sign_in
):
    changed(deal, next_step="约演示")
    moves.move(deal, stages[1], zhang)
    other = an_opportunity(zhang, next_step="约演示")
    asks(stages[1], "next_step")
    browser = sign_in(zhang)
    act = choose(browser, "edit", deal, other, kind="opportunities")
    act = confirm(browser, act, field="next_step", value="", clear="on")
    assert states(act) == {deal.pk: "refused", other.pk: "done"}
    assert "要求的内容不能为空" in act.rows.get(object_id=deal.pk).detail
