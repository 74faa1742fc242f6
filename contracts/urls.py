"""The addresses of 合同信息."""

from django.urls import path

from contracts.forms import ContractForm, ProductForm
from contracts.models import Amendment
from contracts.views import (
    amendments,
    approvals,
    contracts,
    forecast,
    products,
    rules,
    sheets,
    verbs,
)
from crm.views import record_urls
from crm.views.attachments import attachment_urls

urlpatterns = [
    *record_urls(
        contracts.ContractList,
        contracts.ContractDetail,
        ContractForm,
        create=contracts.ContractCreate,
        update=contracts.ContractUpdate,
        delete=contracts.ContractDelete,
    ),
    path(
        "contracts/forecast/",
        forecast.ApprovalForecast.as_view(),
        name="contract_forecast",
    ),
    path(
        "contracts/<int:pk>/submission/",
        verbs.ContractSubmission.as_view(),
        name="contract_submission",
    ),
    path(
        "contracts/<int:pk>/recall/",
        verbs.ContractRecall.as_view(),
        name="contract_recall",
    ),
    path(
        "contracts/<int:pk>/decision/",
        verbs.ContractDecision.as_view(),
        name="contract_decision",
    ),
    path(
        "contracts/<int:pk>/amendment/",
        amendments.amendment,
        name="contract_amendment",
    ),
    path(
        "contracts/<int:pk>/amendment/edit/",
        amendments.AmendmentUpdate.as_view(),
        name="contract_amendment_update",
    ),
    path(
        "contracts/<int:pk>/amendment/submission/",
        verbs.AmendmentSubmission.as_view(),
        name="contract_amendment_submission",
    ),
    path(
        "contracts/<int:pk>/amendment/recall/",
        verbs.AmendmentRecall.as_view(),
        name="contract_amendment_recall",
    ),
    path(
        "contracts/<int:pk>/amendment/withdrawal/",
        verbs.AmendmentWithdrawal.as_view(),
        name="contract_amendment_withdrawal",
    ),
    path(
        "contracts/<int:pk>/completion/",
        verbs.ContractCompletion.as_view(),
        name="contract_completion",
    ),
    path(
        "contracts/<int:pk>/termination/",
        verbs.ContractTermination.as_view(),
        name="contract_termination",
    ),
    path(
        "contracts/<int:pk>/sheet/",
        sheets.ContractSheet.as_view(),
        name="contract_sheet",
    ),
    path(
        "contracts/<int:pk>/approval-sheet/",
        sheets.ApprovalSheet.as_view(),
        name="contract_approval_sheet",
    ),
    *attachment_urls(Amendment),
    path("approvals/", approvals.ApprovalList.as_view(), name="approval_list"),
    *record_urls(products.ProductList, products.ProductDetail, ProductForm),
    path("system/approval-rules/", rules.RuleList.as_view(), name="approvalrule_list"),
    path(
        "system/approval-rules/condition/",
        rules.ConditionLine.as_view(),
        name="approvalrule_condition",
    ),
    path(
        "system/approval-rules/add/",
        rules.RuleCreate.as_view(),
        name="approvalrule_create",
    ),
    path(
        "system/approval-rules/<int:pk>/edit/",
        rules.RuleUpdate.as_view(),
        name="approvalrule_update",
    ),
    path(
        "system/approval-rules/<int:pk>/delete/",
        rules.RuleDelete.as_view(),
        name="approvalrule_delete",
    ),
]
