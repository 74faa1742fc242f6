"""The pages of registrations 报备, and their verbs."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from crm.approval.verdict_forms import DecisionForm, wrong_with
from crm.bulk.reach import within_reach
from crm.models.groups import responsible
from crm.models.ownership import is_owned
from crm.rights.permissions import permission
from crm.views import (
    RecordCreate,
    RecordDelete,
    RecordDetail,
    RecordList,
    RecordUpdate,
    RecordVerb,
)
from crm.views.approval.buttons import button
from crm.views.approval.pages import WrittenOnly
from customers import registrations
from customers.filters import DealRegistrationFilter
from customers.models import DealRegistration
from customers.tables import DealRegistrationTable

Status = DealRegistration.Status
#: How each status is coloured.
TONES = {
    Status.APPROVED: "good",
    Status.CONVERTED: "good",
    Status.REJECTED: "bad",
    Status.CONFLICT: "bad",
    Status.REQUESTED: "warn",
}
#: What becomes of one that was decided on, or collides.
PROTECTION = (
    gettext_lazy("Protection"),
    (
        "approved_on",
        "valid_until",
        "extended",
        "is_shared",
        "decided_by",
        "decided_at",
        "opinion",
        "collision",
    ),
)


class ApplicantsMixin:
    """What is done by who applied, or somebody above: not by the customer's owner.

    Whoever has the customer may be against it.
    """

    def get_queryset(self):
        """Return the registrations of people within reach."""
        rows = super().get_queryset()
        return rows.filter(within_reach(self.request.user, DealRegistration))


class DealRegistrationList(RecordList):
    """The registrations one may see."""

    model = DealRegistration
    table_class = DealRegistrationTable
    filterset_class = DealRegistrationFilter
    empty_hint = gettext_lazy(
        "Register what you work on at a customer: it is yours for a time."
    )


class DealRegistrationDetail(RecordDetail):
    """A registration: what for, until when it protects, and with what it collides."""

    model = DealRegistration
    groups = (
        *DealRegistration.groups[:-1],
        PROTECTION,
        responsible(),
    )

    def get_context_data(self, **context):
        """Say how it stands by a colour, too, and while it waits, for whom."""
        record = self.object
        tone = TONES.get(record.status, "info")
        waits = record.status == Status.REQUESTED and record.is_registered
        context = super().get_context_data(
            tone=tone,
            deciders=registrations.deciders_of(record) if waits else (),
            due_on=registrations.due_on(record) if waits else None,
            **context,
        )
        if record.decided_at is None and record.collision_id is None:
            groups = context["groups"]
            context["groups"] = [one for one in groups if one[0] != PROTECTION[0]]
        return context

    def actions(self):
        """Return the buttons that right and state allow."""
        record, user = self.object, self.request.user
        allowed = record.allowed(user, "change", "decide")
        found = []
        if record.status == Status.REQUESTED and record.is_registered:
            found = _verdicts(record, user, allowed)
        reach = user.rights.reach(permission("change", DealRegistration))
        if "change" not in allowed or not is_owned(record, user, reach):
            return found
        if registrations.is_extendable(record):
            found.append(button(record, "extension", _("Extend")))
        if record.is_registered and record.status in DealRegistration.LIVE:
            question = _("Withdraw it? Nobody decides on it any more.")
            if record.status == Status.APPROVED:
                question = _("Take it back? It protects nobody any more.")
            found.append(button(record, "withdrawal", _("Withdraw"), confirm=question))
        if record.is_writable:
            return [*found, *super().actions()]
        return [*found, *self.transfer(allowed)]


def _verdicts(record, user, allowed):
    if "decide" not in allowed or not record.may_be_decided_by(user):
        return []
    return [
        {**button(record, "decision", label, style=style, fields=fields), "key": key}
        for key, label, style, fields in (
            ("approval", _("Approve"), "success", _fields("true")),
            ("rejection", _("Reject"), "danger", _fields("false")),
        )
    ]


def _fields(approved):
    opinion = {
        "name": "opinion",
        "label": _("Opinion") if approved == "true" else _("Reason"),
        "required": approved == "false",
    }
    return [{"name": "approved", "type": "hidden", "value": approved}, opinion]


class DealRegistrationCreate(RecordCreate):
    """Register something (`?customer=7`)."""

    def save(self, form):
        """Save it, and tell who decides on it or with whom it collides."""
        saved = super().save(form)
        registrations.tell_entered(saved, by=self.request.user)
        return saved


class DealRegistrationUpdate(ApplicantsMixin, WrittenOnly, RecordUpdate):
    """Correct a registration on which nobody has decided."""

    def why_not(self):
        """Say what can be done instead."""
        return _("What was decided on does not change any more.")


class DealRegistrationDelete(ApplicantsMixin, WrittenOnly, RecordDelete):
    """Put a registration on which nobody has decided into the recycle bin."""

    def why_not(self):
        """Say what can be done instead."""
        return _("A registration stays on file: withdraw it instead.")


class Decision(RecordVerb, View):
    """审批: approve a registration, or reject it."""

    model, action = DealRegistration, "decide"

    def act(self, record):
        """Decide on it."""
        form = DecisionForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError(wrong_with(form))
        registrations.decide(
            record,
            is_approved=form.cleaned_data["approved"],
            opinion=form.cleaned_data["opinion"],
            by=self.request.user,
        )


class Withdrawal(ApplicantsMixin, RecordVerb, View):
    """撤回: take a registration back."""

    model, action = DealRegistration, "change"

    def act(self, record):
        """Take it back."""
        registrations.withdraw(record, by=self.request.user)


class Extension(ApplicantsMixin, RecordVerb, View):
    """延期: protect it longer."""

    model, action = DealRegistration, "change"

    def act(self, record):
        """Extend it."""
        registrations.extend(record, by=self.request.user)
