"""The pages of opportunities."""

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.generic import DetailView

from contracts.models import Contract
from crm import dictionaries
from crm.kinds import settling_of
from crm.rights.permissions import permission
from crm.views import RecordDetail, RecordList, RecordMixin
from crm.views.approval.buttons import button
from sales.chances import LEAST, chance_of
from sales.demands import lacks_for, tasks_of
from sales.filters import OpportunityFilter
from sales.forms import contracts_of
from sales.guards.opportunities import REFUSED
from sales.models import Opportunity, Quotation, Stage
from sales.moves import may_reopen, open_stages, quoted, unapproved
from sales.tables import OpportunityTable

BASICS, PROGRESS, NEXT, PEOPLE = Opportunity.groups
KIND = Stage.Kind
#: So many contracts of the customer are offered, the newest first.
MOST_OFFERED = 50


class OpportunityList(RecordList):
    """The opportunities one may see."""

    model = Opportunity
    table_class = OpportunityTable
    filterset_class = OpportunityFilter
    empty_hint = gettext_lazy(
        "Add what a customer may buy, or open a customer and add it there."
    )


class OpportunityDetail(RecordDetail):
    """An opportunity: what it is about, in which stages it stood for how long."""

    model = Opportunity
    queryset = Opportunity.objects.select_related(
        "customer", "contact", "owner__department", "reporter", "stage__pipeline"
    )
    groups = (
        BASICS,
        (
            PROGRESS[0],
            (
                *PROGRESS[1],
                "times_put_off",
                "closed_on",
                "closing_reason",
                "contract",
            ),
        ),
        NEXT,
        PEOPLE,
    )

    def get_context_data(self, **context):
        """Add the way through the stages."""
        return super().get_context_data(
            steps=self.steps(),
            stays=self.stays,
            chance=self.chance(),
            ahead=self.ahead(),
            tasks=tasks_of(self.object),
            may_tick=self.is_moved_by_reader,
            not_won_yet=self.not_won_yet(),
            **context,
        )

    def not_won_yet(self):
        """Return why the reader cannot win it, who would have a button otherwise."""
        if self.is_moved_by_reader and unapproved(self.quoted):
            return REFUSED["opportunity_quoted"]
        return None

    @cached_property
    def stays(self):
        """The stays in stages, the newest first, each with its days."""
        rows = self.object.stays.select_related("stage", "by", "reason")
        now, stays = timezone.now(), list(rows)
        for stay in stays:
            stay.days = ((stay.left_at or now) - stay.entered_at).days
            stay.is_stuck = stay.left_at is None and self.object.is_stuck
        return stays

    @cached_property
    def last(self):
        """The stage in which it is open, or was open last."""
        return next(s.stage for s in self.stays if s.stage.kind == KIND.OPEN)

    @cached_property
    def stages(self):
        """The open stages of its pipeline: in use, or the one in which it stands."""
        return open_stages(self.object.stage.pipeline_id, standing=[self.last.pk])

    def steps(self):
        """Return [{stage, state}] of the way: done, here, or ahead."""
        here, last = self.object.stage, self.last
        found = [
            {"stage": stage, "state": _state(stage, last, is_open=here == last)}
            for stage in self.stages
        ]
        if here.kind != KIND.OPEN:
            found.append({"stage": here, "state": here.kind})
        return found

    def ahead(self):
        """Return the stage that comes next with what it lacks for it, or None."""
        deal = self.object
        later = [s for s in self.stages if s.position > deal.stage.position]
        if deal.status != Opportunity.Status.OPEN or not later:
            return None
        fields = lacks_for(deal, later[0], self.stages)
        return {"stage": later[0], "lacks": "、".join(fields)} if fields else None

    @cached_property
    def is_moved_by_reader(self):
        """Whether it is open and the reader may move it."""
        deal, user = self.object, self.request.user
        is_open = deal.status == Opportunity.Status.OPEN
        return is_open and "change" in deal.allowed(user, "change")

    def chance(self):
        """Return the probability in percent that counts."""
        own = self.object.probability
        return self.object.stage.probability if own is None else own

    def actions(self):
        """Return the buttons: moving and closing come first."""
        record, user = self.object, self.request.user
        if "change" not in record.allowed(user, "change"):
            return super().actions()
        if record.status == Opportunity.Status.OPEN:
            own = [
                *self._moves(),
                *self._closings(),
                *self._quotes(),
                *self._drafts(),
            ]
            return [*own, *super().actions()]
        if may_reopen(record, user):
            return [self._reopening(), *super().actions()]
        return super().actions()

    def _moves(self):
        here = self.object.stage
        others = [stage for stage in self.stages if stage != here]
        ahead = [stage for stage in others if stage.position > here.position]
        back = [stage for stage in others if stage.position < here.position]
        found = []
        if ahead:
            found.append(self._move(_("Advance"), ahead, "success", is_back=False))
        if back:
            found.append(
                self._move(pgettext("opportunity", "Put back"), back, "", is_back=True)
            )
        return found

    def _move(self, label, stages, style, *, is_back):
        fields = [
            {
                "name": "stage",
                "label": _("To the stage"),
                "type": "select",
                "options": [(stage.pk, str(stage)) for stage in stages],
                "required": True,
            },
            {
                "name": "note",
                "label": _("Reason") if is_back else _("note"),
                "required": is_back,
            },
        ]
        return button(self.object, "stage", label, fields=fields, style=style)

    def _closings(self):
        reasons = {
            "name": "reason",
            "label": _("Reason"),
            "type": "select",
            "options": dictionaries.options_of("closing_reason"),
        }
        note = {"name": "note", "label": _("note")}
        contract = {
            "name": "contract",
            "label": _("Won by the contract"),
            "type": "select",
            "options": [
                (row.pk, str(row))
                for row in contracts_of(self.object, self.request.user)[:MOST_OFFERED]
            ],
        }
        why = {"name": "note", "label": _("Without a contract: why")}
        lost = [{**reasons, "required": True}, *self._rivals(), note]
        won = [self._closing("won", _("Win"), [contract, reasons, why])]
        return [
            *([] if unapproved(self.quoted) else won),
            self._closing("lost", _("Lose"), lost),
            self._closing("void", _("Void"), [{**reasons, "required": True}, note]),
        ]

    @cached_property
    def quoted(self):
        """How the quotations for it stand."""
        return quoted(self.object)

    def _quotes(self):
        """Return the button that begins a quotation with what is known here."""
        if not self.request.user.has_perm(permission("add", Quotation)):
            return []
        query = urlencode({"opportunity": self.object.pk, **self._known()})
        url = f"{Quotation.page('create')}?{query}"
        label = pgettext("verb", "Quote")
        return [{"key": "quote", "label": label, "url": url, "method": "get"}]

    def _known(self):
        """Return what of it a quotation and a contract begin with."""
        deal = self.object
        known = {"customer": deal.customer_id, "title": deal.title}
        return known | ({"contact": deal.contact_id} if deal.contact_id else {})

    def _drafts(self):
        """Return the button that begins the contract with what is known here."""
        if Quotation.Status.ACCEPTED in self.quoted:  # it makes the contract
            return []
        if not self.request.user.has_perm(permission("add", Contract)):
            return []
        url = f"{Contract.page('create')}?{urlencode(self._known())}"
        label = _("Draft the contract")
        return [{"key": "draft", "label": label, "url": url, "method": "get"}]

    def _rivals(self):
        """Return the field of who won, where an encounter over it is open."""
        found = settling_of(Opportunity).open_over(self.object, self.request.user)
        options = [(row.pk, str(row)) for row in found[:MOST_OFFERED]]
        field = {
            "name": "winner",
            "label": _("Lost to"),
            "type": "select",
            "options": options,
        }
        return [field] if options else []

    def _closing(self, kind, label, fields):
        hidden = {"name": "kind", "type": "hidden", "value": kind}
        return button(self.object, "close", label, fields=[hidden, *fields])

    def _reopening(self):
        reason = {"name": "note", "label": _("Reason"), "required": True}
        return button(self.object, "reopening", _("Open again"), fields=[reason])


class OpportunityChance(RecordMixin, DetailView):
    """How likely it is won by how those like it ended, fetched by its page."""

    model = Opportunity
    http_method_names = ("get", "head", "options")
    reads_from_replica = True

    def get_template_names(self):
        """Return a part of a page to htmx, a page to who comes without scripts."""
        is_part = "HX-Request" in self.request.headers
        return ["sales/chance.html" if is_part else "sales/chance_page.html"]

    def get_queryset(self):
        """Read along what is a sign."""
        rows = super().get_queryset()
        return rows.select_related("stage", "owner", "source", "customer__industry")

    def get_context_data(self, **context):
        """Reckon it of an open one."""
        is_open = self.object.status == Opportunity.Status.OPEN
        reckoned = chance_of(self.object, self.request.user) if is_open else None
        return super().get_context_data(reckoned=reckoned, least=LEAST, **context)


def _state(stage, last, *, is_open):
    """Say how an open stage stands to the last one in which the opportunity was."""
    if stage.position < last.position:
        return "done"
    if stage == last:
        return "here" if is_open else "done"
    return "ahead"
