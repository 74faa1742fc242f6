"""The pages of credit: what a customer owes beside its limit, and its assessments."""

from django.db.models import F
from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.generic import DetailView, View

from contracts import assessing
from contracts.ageing import BANDS, due_in
from contracts.credit import by_band, credit_of
from contracts.credit_shown import figures_shown, may_see, rests_on, warnings_of
from contracts.filters import CreditAssessmentFilter
from contracts.guards import OWING
from contracts.models import Contract, CreditAssessment
from contracts.refusals import ASSESSMENT_FROZEN
from contracts.tables import CreditAssessmentTable
from crm.models.groups import responsible
from crm.rights.permissions import permission
from crm.views import (
    RecordCreate,
    RecordDelete,
    RecordDetail,
    RecordList,
    RecordMixin,
    RecordUpdate,
    RecordVerb,
)
from crm.views.approval.buttons import button
from crm.views.approval.pages import TypedWhileWritten, WrittenOnly
from customers.models import Customer

Status, PENDING = CreditAssessment.Status, Contract.Status.PENDING
#: So many assessments and contracts are shown, the newest and the largest first.
MOST = 20


class CreditAssessmentList(RecordList):
    """The assessments one may see."""

    model = CreditAssessment
    table_class = CreditAssessmentTable
    filterset_class = CreditAssessmentFilter
    empty_hint = gettext_lazy(
        "Assess a customer: what it paid in time suggests a grade and a limit."
    )


class Suggested:
    """The form of an assessment, beside it what the customer's payments suggest."""

    def get_context_data(self, **context):
        """Add what is known of the customer, of a new one as the address names it."""
        context = super().get_context_data(**context)
        form, assessment = context["form"], self.object
        known = assessment.basis if assessment else form.suggested
        customer = assessment.customer if assessment else form.suggested_of
        return {**context, "rests_on": rests_on(known), "customer": customer}


class CreditAssessmentCreate(Suggested, RecordCreate):
    """Propose how far to trust a customer (`?customer=7`); who confirms is told."""

    def save(self, form):
        """Save it, and tell who may confirm it."""
        saved = super().save(form)
        assessing.tell_proposed(saved, by=self.request.user)
        return saved


class CreditAssessmentDetail(RecordDetail):
    """An assessment: what is proposed, and what it rests on."""

    model = CreditAssessment
    groups = (
        *CreditAssessment.groups[:-1],
        (
            gettext_lazy("Confirmation"),
            ("assessed_on", "decided_by", "decided_at"),
        ),
        responsible("edited_by"),
    )

    def get_context_data(self, **context):
        """Add what it rests on."""
        return super().get_context_data(
            rests_on=rests_on(self.object.basis),
            is_over=self.object.valid_until < timezone.localdate(),
            **context,
        )

    def actions(self):
        """Return the buttons that right and state allow."""
        assessment, user = self.object, self.request.user
        allowed = assessment.allowed(user, "change", "confirm")
        credit = _credit_button(assessment.customer, user)
        if assessment.status == Status.CONFIRMED:
            return [*credit, *self.transfer(allowed)]
        verdicts = []
        if assessment.status == Status.PROPOSED and "confirm" in allowed:
            verdicts = _verdicts(assessment, user)
        return [*verdicts, *super().actions(), *credit]


def _credit_button(customer, user):
    """Return the way to the customer's credit, for whoever may open it."""
    if not customer.allowed(user, "view") or not may_see(user, customer):
        return []
    return [button(customer, "credit", _("Credit of the customer"), method="get")]


def _verdicts(assessment, user):
    if not assessment.may_decide(user):
        return []
    question = _("Confirm? The customer has this grade and this limit from now on.")
    reason = {"name": "reason", "label": _("Reason"), "required": True}
    return [
        button(
            assessment,
            "confirmation",
            pgettext("assessment", "Confirm"),
            style="success",
            confirm=question,
        ),
        button(assessment, "rejection", _("Reject"), fields=[reason]),
    ]


class CreditAssessmentUpdate(Suggested, TypedWhileWritten, RecordUpdate):
    """Correct an assessment; a rejected one is handed in again by that."""

    def save(self, form):
        """Save it; tell who may confirm a rejected one that it waits again."""
        again = self.object.status == Status.REJECTED
        saved = super().save(form)
        if again:
            assessing.tell_proposed(saved, by=self.request.user)
        return saved

    def why_not(self):
        """Say what can be done instead."""
        return _(ASSESSMENT_FROZEN)


class CreditAssessmentDelete(WrittenOnly, RecordDelete):
    """Put an assessment that was never confirmed into the recycle bin."""

    def why_not(self):
        """Say what can be done instead."""
        return _(CreditAssessment.stays)


class Confirmation(RecordVerb, View):
    """确认: the customer has this grade and this limit from now on."""

    model, action = CreditAssessment, "confirm"
    done = gettext_lazy("Confirmed. The customer's grade and limit are set.")

    def act(self, record):
        """Confirm it."""
        assessing.confirm(record, by=self.request.user)


class Rejection(RecordVerb, View):
    """驳回: send it back, with the reason."""

    model, action = CreditAssessment, "confirm"
    done = gettext_lazy("Rejected. Whoever entered it is told.")

    def act(self, record):
        """Reject it."""
        reason = self.request.POST.get("reason", "")
        assessing.reject(record, by=self.request.user, reason=reason)


class CustomerCredit(RecordMixin, DetailView):
    """信用: what a customer owes beside its limit, how late it is, who assessed it.

    The sums are of all its contracts, whoever's they are: half of them would let
    through what is beyond the limit. They are for those who may see an assessment of
    this customer; which contracts count is told of those one sees.
    """

    model = Customer
    template_name = "contracts/credit.html"

    def has_permission(self):
        """Ask for the right to see assessments as well."""
        right = permission("view", CreditAssessment)
        return super().has_permission() and self.request.user.has_perm(right)

    def get_object(self, queryset=None):
        """Return a customer whose assessments the person may see."""
        customer = super().get_object(queryset)
        if not may_see(self.request.user, customer):
            raise Http404
        return customer

    def get_context_data(self, **context):
        """Add sums, ageing, contracts and assessments."""
        customer, user = self.object, self.request.user
        credit, narrowed = credit_of(customer), urlencode({"customer": customer.pk})
        counting = urlencode([("status", status) for status in (*OWING, PENDING)])
        owed = by_band(customer, ((name, due_in(name)) for name in BANDS))
        return super().get_context_data(
            title=_("Credit of %s") % customer,
            customer=customer,
            credit=credit,
            figures=figures_shown(credit, customer.credit_grade),
            warnings=warnings_of(credit),
            ageing=[
                *((BANDS[name][0], owed[name]) for name in BANDS),
                (_("without a plan"), credit.unpaid - sum(owed.values())),
            ],
            contracts=list(self.contracts),
            contracts_url=f"{Contract.page('list')}?{narrowed}&{counting}",
            assessments=list(self.assessments),
            assessments_url=f"{CreditAssessment.page('list')}?{narrowed}",
            assess_url=f"{CreditAssessment.page('create')}?{narrowed}"
            if user.has_perm(permission("add", CreditAssessment))
            else "",
            today=timezone.localdate(),
            **context,
        )

    @cached_property
    def contracts(self):
        """The contracts that one sees of which something is owed, the most first."""
        user = self.request.user
        if not user.has_perm(permission("view", Contract)):
            return Contract.objects.none()
        rows = Contract.objects.visible_to(user).filter(customer=self.object)
        owing = rows.filter(status__in=OWING, unpaid__gt=0)
        waiting = rows.filter(status=PENDING)
        return (owing | waiting).order_by(F("unpaid").desc(), "-amount", "pk")[:MOST]

    @cached_property
    def assessments(self):
        """The newest assessments that one sees."""
        rows = CreditAssessment.objects.visible_to(self.request.user)
        rows = rows.filter(customer=self.object).select_related("grade", "decided_by")
        return rows.order_by("-created_at", "-pk")[:MOST]
