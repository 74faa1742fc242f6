"""The verbs of approval: POST only, each at a noun of the record."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from crm.addresses import own_place
from crm.approval.verdict_forms import GivenForm, SeenForm, wrong_with
from crm.views.approval.desk import address_of
from crm.views.verbs import RecordVerb, refused_page


class FlowVerb(RecordVerb):
    """A verb of a kind that has a `Flow`, done to the version that was seen."""

    model = flow = None

    def filled(self, form_class):
        """Return what a form of the verb was sent; a ValidationError if it is wrong."""
        form = form_class(self.request.POST)
        if not form.is_valid():
            raise ValidationError(wrong_with(form))
        return form.cleaned_data


class Submission(FlowVerb, View):
    """Hand something in, and say what comes of it."""

    action = "submit"

    def hand_in(self, record, *, by):
        """Hand it in; return the round, None if it waits in the inbox."""
        return self.flow.submit(record, by=by)

    def act(self, record):
        """Hand it in."""
        round_ = self.hand_in(record, by=self.request.user)
        if round_ is None:
            self.done = _("No rule asks for approval: it waits to be registered.")
        elif round_.unruled:
            self.done = _("No rule asks for approval: it is in the books.")
        else:
            self.done = _("Submitted for approval.")


class Recall(FlowVerb, View):
    """Take back what was submitted."""

    done = _("Recalled: it can be changed and submitted again.")

    def act(self, record):
        """Recall it."""
        self.flow.recall(record, by=self.request.user)


class Verdict(FlowVerb, View):
    """Approve or reject what waits for one."""

    action = "approve"

    def post(self, request, *args, **kwargs):
        """Decide; tell who was asked and comes late that it is over.

        What waits for them no longer they may see no longer, either.
        """
        try:
            return super().post(request, *args, **kwargs)
        except Http404:
            late = self._late()
            if late is None:
                raise
            return refused_page(request, None, late, said=self.said())

    def _late(self):
        """Return the error of who was asked and comes late; None if they were not."""
        form, record = SeenForm(self.request.POST), self.kwargs["pk"]
        form.full_clean()
        round_ = form.cleaned_data.get("round")
        late = round_ and self.flow.late_for(self.request.user, record, round_)
        return self.flow.late(record, round_) if late else None

    def act(self, record):
        """Give the verdict on the round that was seen."""
        given = self.filled(SeenForm)
        decision = self.flow.decide(
            record,
            by=self.request.user,
            approved=given["approved"],
            opinion=given["opinion"],
            round_id=given["round"],
            step_seen=given["step"],
        )
        self.done = self._said(decision)

    def _said(self, decision):
        """Say what was decided, and for whom if a deputy did."""
        said = _("Approved.") if decision.approved else _("Rejected.")
        behalf = decision.on_behalf_of
        if behalf is None or decision.by != self.request.user:
            return said
        return f"{said} {_('(on behalf of %(person)s)') % {'person': behalf}}"


class Retraction(FlowVerb, View):
    """Take back an approval of one's own."""

    asks_version = False
    done = _("Your approval is taken back: it waits for you again.")

    def act(self, record):
        """Take the verdict back that was named."""
        given = self.filled(GivenForm)
        user = self.request.user
        self.flow.take_back(record, by=user, decision_id=given["decision"])

    def next_url(self, record):
        """Stay with the record, or open it on the desk: it waits again."""
        url = record.get_absolute_url()
        here = own_place(self.request.headers.get("Referer", ""))
        return url if here.startswith(url) else address_of(self.flow, row=record.pk)


def verb_urls(flow, **verbs):
    """Return the addresses at which records of a kind are handed in and decided on.

    Args:
        flow: the Flow of the kind.
        verbs: `submission`, `recall`, `decision` or `retraction`, where a verb is not
            the general one.
    """
    model = flow.model
    views = {
        "submission": Submission,
        "recall": Recall,
        "decision": Verdict,
        "retraction": Retraction,
        **verbs,
    }
    return [
        path(
            f"{model.segment}/<int:pk>/{noun}/",
            view.as_view(model=model, flow=flow),
            name=f"{model._meta.model_name}_{noun}",
        )
        for noun, view in views.items()
    ]
