"""The pages of leads, and their verbs."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from crm import dictionaries
from crm.rights.permissions import permission
from crm.views import RecordCreate, RecordDetail, RecordList, RecordVerb
from crm.views.approval.buttons import button
from sales import leads
from sales.filters import LeadFilter
from sales.forms import InvalidityForm, LeadEntryForm, ReopeningForm, TouchForm
from sales.leads.assigning import assign_one, assign_reopened, is_in_use
from sales.leads.words import words_of
from sales.models import Lead, LeadRule
from sales.tables import LeadTable
from sales.views.moves import FilledVerb

BASICS, REACH, WANTED, CONSENT, PEOPLE = Lead.groups
Status = Lead.Status
#: So many of its last assignments the page of a lead tells.
ASSIGNMENTS = 6
#: How each status is coloured; those in which it waits are a warning.
TONES = {Status.CONVERTED: "good", Status.INVALID: "bad", Status.WORKING: "info"}


class LeadList(RecordList):
    """The leads one may see."""

    model = Lead
    table_class = LeadTable
    filterset_class = LeadFilter
    empty_hint = gettext_lazy("Add who asked for something, or import a list.")

    def get_context_data(self, **context):
        """Say whether the person may see by which rules they are assigned."""
        may = self.request.user.has_perm(permission("view", LeadRule))
        return super().get_context_data(may_see_rules=may, **context)


class LeadCreate(RecordCreate):
    """Add a lead; it may go by the rules at once."""

    def get_form_class(self):
        """Ask for that, too."""
        return LeadEntryForm


class LeadDetail(RecordDetail):
    """A lead: who it is, who works on it, and what became of it."""

    model = Lead
    queryset = Lead.objects.select_related(
        "owner__department",
        "reporter",
        "region",
        "touched_by",
        "customer",
        "contact",
        "opportunity",
    )
    groups = (
        BASICS,
        REACH,
        WANTED,
        (
            gettext_lazy("How far it is"),
            (
                "status",
                "status_since",
                "assigned_at",
                "first_touched_at",
                "touched_by",
                "touch_method",
                "touch_text",
                "invalid_reason",
                "move_note",
            ),
        ),
        (
            gettext_lazy("What the lead became"),
            ("converted_at", "customer", "contact", "opportunity"),
        ),
        CONSENT,
        PEOPLE,
    )

    def get_context_data(self, **context):
        """Say how it stands by a colour, too."""
        tone = TONES.get(self.object.status, "warn")
        rows = self.object.assignments.select_related("rule", "person")[:ASSIGNMENTS]
        return super().get_context_data(
            tone=tone, assignments=[(row.at, words_of(row)) for row in rows], **context
        )

    def actions(self):
        """Return the buttons: what leads on comes first."""
        lead, user = self.object, self.request.user
        if "change" not in lead.allowed(user, "change"):
            return super().actions()
        return [*_moves(lead), *super().actions()]


def _moves(lead):
    """Return the buttons of what can be done to a lead as it stands."""
    if lead.status == Status.INVALID:
        reason = {"name": "note", "label": _("Reason"), "required": True}
        return [button(lead, "reopening", _("Open again"), fields=[reason])]
    if lead.status not in Lead.OPEN or not lead.is_registered:
        return []
    convert = button(
        lead, "conversion", _("Convert to a customer"), method="get", style="success"
    )
    assign = [button(lead, "assignment", _("Assign"), method="get")]
    if lead.status == Status.UNASSIGNED and is_in_use():
        assign.append(button(lead, "by_rules", _("Assign by the rules")))
    touch = [] if lead.status == Status.WORKING else [_touch(lead)]
    return [*touch, convert, *assign, _invalidity(lead)]


def _touch(lead):
    fields = [
        {
            "name": "method",
            "label": _("interaction method").capitalize(),
            "type": "select",
            "options": dictionaries.options_of("interaction_method"),
            "required": True,
        },
        {"name": "text", "label": _("What was talked about"), "required": True},
    ]
    return button(lead, "touch", _("Note the first contact"), fields=fields)


def _invalidity(lead):
    fields = [
        {
            "name": "reason",
            "label": _("Reason"),
            "type": "select",
            "options": dictionaries.options_of("invalid_reason"),
            "required": True,
        },
        {"name": "note", "label": _("note")},
    ]
    label = _("Make invalid")
    return button(lead, "invalidity", label, fields=fields, style="danger")


class ByRules(RecordVerb, View):
    """Give an unassigned lead away by the rules."""

    model, action = Lead, "change"

    def act(self, record):
        """Give it away, or say why nobody gets it."""
        leads.refuse_unready(record)
        if record.status != Status.UNASSIGNED:
            raise ValidationError(_("This lead is assigned already."), code="conflict")
        if assign_one(record, self.request.user) is None:
            raise ValidationError(_("No rule fits this lead: assign it by hand."))
        self.done = words_of(record.assignments.select_related("rule", "person")[0])

    def next_url(self, record):
        """Return to the lead, or to the list if one sees it no longer."""
        return next_of(record, self.request.user)


class Touch(FilledVerb, View):
    """记首次联系: note the first contact."""

    model, action = Lead, "change"

    def act(self, record):
        """Note it."""
        given = self.filled(TouchForm(self.request.POST))
        leads.touch(record, given["method"], given["text"], self.request.user)


class Invalidity(FilledVerb, View):
    """Say that nothing comes of it."""

    model, action = Lead, "change"
    worded = ("note",)

    def act(self, record):
        """Say so."""
        given = self.filled(InvalidityForm(self.request.POST))
        leads.invalidate(record, given["reason"], given["note"], self.request.user)


class Reopening(FilledVerb, View):
    """Open an invalid one again."""

    model, action = Lead, "change"
    done = gettext_lazy("It is open again, and waits to be assigned.")

    def act(self, record):
        """Open it."""
        given, user = self.filled(ReopeningForm(self.request.POST)), self.request.user
        leads.reopen(record, given["note"], user)
        if assign_reopened(record, user) is not None:
            self.done = words_of(record.assignments.select_related("rule", "person")[0])

    def next_url(self, record):
        """Return to the lead, or to the list if one sees it no longer."""
        return next_of(record, self.request.user)


def next_of(lead, user):
    """Return the page of a lead, or the list if somebody sees it no longer."""
    seen = Lead.objects.visible_to(user).filter(pk=lead.pk).exists()
    return lead.get_absolute_url() if seen else Lead.page("list")
