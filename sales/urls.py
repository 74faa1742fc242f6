"""The addresses of 销售过程."""

from django.urls import path

from crm.papers.urls import paper_urls
from crm.views import record_urls
from crm.views.approval.forecast import forecast_url
from crm.views.approval.pages import RULES
from crm.views.approval.rule_routes import rule_urls
from crm.views.approval.verbs import verb_urls
from sales.approval import FLOW
from sales.forms import LeadForm, OpportunityForm, QuotationForm
from sales.forms.day_reports import DayReportForm
from sales.forms.plans import WorkPlanForm
from sales.forms.quotation_forecast import forecast_of
from sales.forms.targets import TargetForm
from sales.models import DayReport, Quotation, WorkPlan
from sales.views import (
    board,
    day_reports,
    forward,
    leads,
    moves,
    opportunities,
    plans,
    quotation_verbs,
    quotations,
    readings,
    target_mine,
    target_pace,
    target_verbs,
    targets,
)

urlpatterns = [
    *record_urls(leads.LeadList, leads.LeadDetail, LeadForm, create=leads.LeadCreate),
    path("leads/<int:pk>/by-rules/", leads.ByRules.as_view(), name="lead_by_rules"),
    path(
        "leads/<int:pk>/assignment/",
        forward.Assignment.as_view(),
        name="lead_assignment",
    ),
    path(
        "leads/<int:pk>/conversion/",
        forward.Conversion.as_view(),
        name="lead_conversion",
    ),
    path("leads/<int:pk>/touch/", leads.Touch.as_view(), name="lead_touch"),
    path(
        "leads/<int:pk>/invalidity/", leads.Invalidity.as_view(), name="lead_invalidity"
    ),
    path("leads/<int:pk>/reopening/", leads.Reopening.as_view(), name="lead_reopening"),
    path("opportunities/board/", board.Board.as_view(), name="opportunity_board"),
    *record_urls(
        opportunities.OpportunityList,
        opportunities.OpportunityDetail,
        OpportunityForm,
    ),
    path(
        "opportunities/<int:pk>/stage/",
        moves.Move.as_view(),
        name="opportunity_stage",
    ),
    path(
        "opportunities/<int:pk>/chance/",
        opportunities.OpportunityChance.as_view(),
        name="opportunity_chance",
    ),
    path(
        "opportunities/<int:pk>/task/",
        moves.Task.as_view(),
        name="opportunity_task",
    ),
    path(
        "opportunities/<int:pk>/close/",
        moves.Closing.as_view(),
        name="opportunity_close",
    ),
    path(
        "opportunities/<int:pk>/reopening/",
        moves.Reopening.as_view(),
        name="opportunity_reopening",
    ),
    path(
        "quotations/prices/",
        quotations.QuotationPrices.as_view(),
        name="quotation_prices",
    ),
    forecast_url(FLOW, forecast_of),
    *record_urls(
        quotations.QuotationList,
        quotations.QuotationDetail,
        QuotationForm,
        create=quotations.QuotationCreate,
        update=quotations.QuotationUpdate,
        delete=quotations.QuotationDelete,
    ),
    *verb_urls(FLOW, submission=quotation_verbs.QuotationSubmission),
    *(
        path(
            f"quotations/<int:pk>/{noun}/",
            view.as_view(flow=FLOW),
            name=f"quotation_{noun}",
        )
        for noun, view in (
            ("sent", quotation_verbs.Sending),
            ("acceptance", quotation_verbs.Acceptance),
            ("refusal", quotation_verbs.Refusal),
            ("reopening", quotation_verbs.Reopening),
            ("renewal", quotation_verbs.Renewal),
            ("contract", quotation_verbs.ContractDraft),
        )
    ),
    *paper_urls(Quotation),
    *rule_urls(FLOW, f"{RULES}{Quotation.segment}/"),
    path("day-reports/team/", day_reports.Team.as_view(), name="dayreport_team"),
    path("day-reports/facts/", day_reports.DayFacts.as_view(), name="dayreport_facts"),
    path(
        "day-reports/of/<int:pk>/",
        day_reports.OfPerson.as_view(),
        name="dayreport_of_person",
    ),
    *record_urls(
        day_reports.DayReportList,
        day_reports.DayReportDetail,
        DayReportForm,
        create=day_reports.DayReportCreate,
        update=day_reports.DayReportUpdate,
        delete=day_reports.DayReportDelete,
    ),
    *record_urls(
        plans.WorkPlanList,
        plans.WorkPlanDetail,
        WorkPlanForm,
        create=plans.WorkPlanCreate,
        update=plans.WorkPlanUpdate,
        delete=plans.WorkPlanDelete,
    ),
    path(
        "plans/<int:pk>/lines/<int:part>/",
        plans.LineDone.as_view(),
        name="workplan_line",
    ),
    path("plans/<int:pk>/ending/", plans.Ending.as_view(), name="workplan_ending"),
    *(
        path(
            f"{kind.segment}/<int:pk>/{noun}/",
            view.as_view(model=kind),
            name=f"{kind._meta.model_name}_{noun}",
        )
        for kind in (DayReport, WorkPlan)
        for noun, view in (("reading", readings.Read), ("answer", readings.Answer))
    ),
    path("targets/pace/", target_pace.TargetPace.as_view(), name="target_pace"),
    path("targets/mine/", target_mine.MyTargets.as_view(), name="target_mine"),
    *record_urls(
        targets.TargetList,
        targets.TargetDetail,
        TargetForm,
        create=targets.TargetCreate,
        update=targets.TargetUpdate,
        delete=targets.TargetDelete,
    ),
    *(
        path(f"targets/<int:pk>/{noun}/", view.as_view(), name=f"target_{noun}")
        for noun, view in (
            ("lock", target_verbs.Locking),
            ("request", target_verbs.Asking),
            ("decision", target_verbs.Decision),
            ("withdrawal", target_verbs.Withdrawal),
        )
    ),
]
