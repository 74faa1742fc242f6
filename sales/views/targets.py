"""The pages of targets: the list, one with what was reached, the forms."""

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.views import RecordCreate, RecordDelete, RecordDetail, RecordList, RecordUpdate
from crm.views.approval.buttons import button
from crm.views.approval.pages import TypedWhileWritten, WrittenOnly
from sales.filters import TargetFilter
from sales.models import Target
from sales.models.targets import FROZEN, STAYS
from sales.tables import TargetTable
from sales.targets import targeting
from sales.targets.attainment import Clock, reached_by
from sales.targets.coverage import children_of
from sales.views.target_filling import FilledIn
from sales.views.target_lines import month_lines, spans_of

BASICS, _VALUES = Target.groups


class TargetList(RecordList):
    """The targets one may see."""

    model = Target
    table_class = TargetTable
    filterset_class = TargetFilter
    template_name = "sales/target_list.html"
    empty_hint = gettext_lazy(
        "Set a target for the company, a department or a person: twelve values of a"
        " year."
    )


class TargetDetail(RecordDetail):
    """A target: what was reached of it, by which pace, and what was asked for."""

    model = Target
    template_name = "sales/target_detail.html"
    queryset = Target.objects.select_related(
        "rule", "department", "person__department", "locked_by", "owner", "reporter"
    )
    groups = (
        (BASICS[0], ("subject", *BASICS[1])),
        (gettext_lazy("How it stands"), ("total", "status", "locked_by", "locked_at")),
        (gettext_lazy("Who is responsible"), ("owner", "reporter")),
    )

    def get_context_data(self, **context):
        """Add what was reached, the parts it has, and the changes."""
        target = self.object
        reached, clock = reached_by(target), Clock(target.year)
        return super().get_context_data(
            lines=month_lines(target, reached, clock),
            spans=spans_of(target, reached, clock),
            measure=target.rule.measure,
            is_own=target.person_id == self.request.user.pk,
            knows_holidays=clock.knows_holidays,
            children=children_of(target, self.request.user),
            changes=self.changes,
            **context,
        )

    @cached_property
    def changes(self):
        """What was asked for, the newest first."""
        rows = self.object.changes.select_related("requested_by", "decided_by")
        return list(rows)

    @cached_property
    def open_change(self):
        """What waits to be decided on, or None."""
        return next((one for one in self.changes if one.is_open), None)

    def actions(self):
        """Return the buttons that right and state allow."""
        target, user = self.object, self.request.user
        if target.is_writable:
            return [*self._locking(target, user), *super().actions()]
        found = []
        if change := self.open_change:
            found = _verdicts(target, change, user)
        elif targeting.may_ask(user, target):
            label = _("Ask for a change")
            found = [button(target, "request", label, method="get", style="primary")]
        return [*found, *self.registration_actions()]

    def _locking(self, target, user):
        if not target.is_registered or not targeting.stands_above(user, target):
            return []
        question = _("Lock it? Its values then change only by a request with a reason.")
        return [button(target, "lock", _("Lock"), style="success", confirm=question)]


def _verdicts(target, change, user):
    """Return the buttons of a change that waits."""
    if change.requested_by_id == user.pk:
        question = _("Take it back? The target stays as it is.")
        hidden = [("change", change.pk)]
        return [
            button(target, "withdrawal", _("Withdraw"), confirm=question, hidden=hidden)
        ]
    if not targeting.stands_above(user, target):
        return []
    return [
        {**button(target, "decision", label, style=style, fields=fields), "key": key}
        for key, label, style, fields in (
            ("grant", _("Grant the change"), "success", _fields(change, "true")),
            ("refusal", _("Refuse the change"), "danger", _fields(change, "false")),
        )
    ]


def _fields(change, granted):
    opinion = {
        "name": "opinion",
        "label": _("Opinion") if granted == "true" else _("Reason"),
        "required": granted == "false",
    }
    return [
        {"name": "change", "type": "hidden", "value": change.pk},
        {"name": "granted", "type": "hidden", "value": granted},
        opinion,
    ]


class TargetCreate(FilledIn, RecordCreate):
    """Set a target (`?rule=1&year=2026&person=7`)."""


class TargetUpdate(TypedWhileWritten, FilledIn, RecordUpdate):
    """Edit a target that is not locked."""

    def why_not(self):
        """Say what can be done instead."""
        return _(FROZEN)


class TargetDelete(WrittenOnly, RecordDelete):
    """Put a target that is not locked into the recycle bin."""

    def why_not(self):
        """Say what can be done instead."""
        return _(STAYS)
