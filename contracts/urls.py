"""The addresses of 合同信息."""

from django.urls import path

from contracts.approval import FLOW
from contracts.forms import (
    ContractForm,
    CreditAssessmentForm,
    InvoiceForm,
    PriceListForm,
    ProductForm,
    ReceiptForm,
    forecast_of,
)
from contracts.models import Amendment, Contract
from contracts.views import (
    amendments,
    contracts,
    credit,
    instalments,
    invoices,
    listed,
    price_lists,
    products,
    receipts,
    receivables,
    sheets,
    verbs,
)
from crm.papers.urls import paper_urls
from crm.views import record_urls
from crm.views.approval.forecast import forecast_url
from crm.views.approval.rule_routes import rule_urls
from crm.views.approval.verbs import verb_urls
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
    forecast_url(FLOW, forecast_of),
    path("contracts/prices/", listed.ListedPrices.as_view(), name="contract_prices"),
    *verb_urls(FLOW, submission=verbs.ContractSubmission, recall=verbs.ContractRecall),
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
        "contracts/<int:pk>/instalments/",
        instalments.PlanUpdate.as_view(),
        name="contract_instalments",
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
    *paper_urls(Contract),
    *attachment_urls(Amendment),
    *record_urls(products.ProductList, products.ProductDetail, ProductForm),
    *record_urls(
        price_lists.PriceListList,
        price_lists.PriceListDetail,
        PriceListForm,
        create=price_lists.PriceListCreate,
        update=price_lists.PriceListUpdate,
    ),
    *record_urls(
        receipts.ReceiptList,
        receipts.ReceiptDetail,
        ReceiptForm,
        update=receipts.ReceiptUpdate,
        delete=receipts.ReceiptDelete,
    ),
    path(
        "receipts/<int:pk>/confirmation/",
        receipts.Confirmation.as_view(),
        name="receipt_confirmation",
    ),
    path(
        "receipts/<int:pk>/rejection/",
        receipts.Rejection.as_view(),
        name="receipt_rejection",
    ),
    path(
        "receipts/<int:pk>/allocation/",
        receipts.AllocationUpdate.as_view(),
        name="receipt_allocation",
    ),
    *record_urls(
        invoices.InvoiceList,
        invoices.InvoiceDetail,
        InvoiceForm,
        create=invoices.InvoiceCreate,
        update=invoices.InvoiceUpdate,
        delete=invoices.InvoiceDelete,
    ),
    path("invoices/<int:pk>/issue/", invoices.Issue.as_view(), name="invoice_issue"),
    path(
        "invoices/<int:pk>/rejection/",
        invoices.Rejection.as_view(),
        name="invoice_rejection",
    ),
    path("invoices/<int:pk>/void/", invoices.Void.as_view(), name="invoice_void"),
    path(
        "invoices/<int:pk>/courier/",
        invoices.Courier.as_view(),
        name="invoice_courier",
    ),
    *record_urls(
        credit.CreditAssessmentList,
        credit.CreditAssessmentDetail,
        CreditAssessmentForm,
        create=credit.CreditAssessmentCreate,
        update=credit.CreditAssessmentUpdate,
        delete=credit.CreditAssessmentDelete,
    ),
    path(
        "credit-assessments/<int:pk>/confirmation/",
        credit.Confirmation.as_view(),
        name="creditassessment_confirmation",
    ),
    path(
        "credit-assessments/<int:pk>/rejection/",
        credit.Rejection.as_view(),
        name="creditassessment_rejection",
    ),
    path(
        "customers/<int:pk>/credit/",
        credit.CustomerCredit.as_view(),
        name="customer_credit",
    ),
    path("receivables/", receivables.Receivables.as_view(), name="receivable_list"),
    path(
        "receivables/differences/",
        receivables.Differences.as_view(),
        name="receivable_differences",
    ),
    *rule_urls(FLOW, "system/approval-rules/"),
]
