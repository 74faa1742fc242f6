"""The approver's desk: what waits for a decision, decided singly or together.

It shows one kind at a time, so that however many kinds there are it asks as often.
"""

import re

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from crm.approval.approvers import Approvers
from crm.approval.deciding import decided_by, flows, turns_of
from crm.approval.progress import progress_of, rounds_shown
from crm.approval.verdict_forms import STEP_SEEN, DecisionForm, whole_step, wrong_with
from crm.text import about
from crm.views.approval.buttons import take_back_button
from crm.views.verbs import REFUSED

ROWS = 50
#: A record, the round and the version of it that were seen, and the step.
SEEN = re.compile(
    r"(?P<record>\d{1,18}):(?P<round>\d{1,18}):(?P<version>\d{1,18})"
    rf"(:(?P<step>{STEP_SEEN}))?",
    re.ASCII,
)


class ApprovalDesk(PermissionRequiredMixin, TemplateView):
    """The records of a kind that wait for the person, the longest waiting first.

    The address names the kind (`kind`); one that names none shows the first of which
    anything waits. What is sent without a name is about the first kind there is.
    """

    template_name = "approval/desk.html"
    raise_exception = True

    def has_permission(self):
        """Let in whoever may decide on anything; a kind, whoever may decide on it."""
        named = self._named
        return bool(self.open_flows) if named is None else named in self.open_flows

    @cached_property
    def open_flows(self):
        """The flows of the kinds on which the person may decide."""
        return decided_by(self.request.user)

    @cached_property
    def flow(self):
        """The flow of the kind that is shown, or decided on."""
        if self._named is not None:
            return self._named
        if self.request.method == "POST":
            return flows()[0]
        user = self.request.user
        busy = (flow for flow in self.open_flows if turns_of(user, flow))
        return next(busy, self.open_flows[0])

    @cached_property
    def _named(self):
        """The flow of the kind that is named, None where none is."""
        sent = self.request.POST.get("kind") or self.request.GET.get("kind")
        if not sent:
            return None
        for flow in flows():
            if flow.model._meta.label_lower == sent:
                return flow
        raise Http404

    def get_context_data(self, **context):
        """Add the rows of the page, and the kinds that there are."""
        user, flow = self.request.user, self.flow
        approvers, turns = Approvers(flow.right), list(turns_of(user, flow))
        page = Paginator(turns, ROWS).get_page(self.request.GET.get("page"))
        shown = [progress_of(flow, one, user, approvers) for one in self._records(page)]
        order = {pk: place for place, pk in enumerate(page.object_list)}
        # What was decided, or handed in anew, since the turns were read waits no more.
        open_still = [one for one in shown if one.open and one.open.pk in order]
        rows = [_row(flow, progress) for progress in open_still]
        rows.sort(key=lambda row: order[row["round"].pk])
        flow.tell(rows, user)
        opened = self._opened(rows)
        return super().get_context_data(
            opened=opened,
            whole=flow.whole(opened, user) if opened else None,
            has_gone=bool(opened and self._asked and not self._is(opened)),
            flow=flow,
            words=flow.words,
            kind=flow.model._meta.label_lower,
            kinds=self._kinds(),
            lately=self._lately(),
            rows=rows,
            page_obj=page,
            **context,
        )

    @property
    def _asked(self):
        """The id of the record that the address asks to be open, as it says it."""
        return self.request.GET.get("row", "")

    def _is(self, row):
        return str(row["record"].pk) == self._asked

    def _opened(self, rows):
        """Return the row that is open: the one asked for, else the first; or None.

        Each row learns its address, and which one is the next after it.
        """
        given = {"kind": self.flow.model._meta.label_lower}
        if page := self.request.GET.get("page"):
            given["page"] = page
        for row, after in zip(rows, [*rows[1:], *rows[-2:-1], None], strict=False):
            row["url"] = f"?{urlencode(given | {'row': row['record'].pk})}"
            row["next"] = after["record"].pk if after else ""
        opened = next(filter(self._is, rows), next(iter(rows), None))
        if opened:
            opened["is_open"] = True
            opened["sure"] = _(self.flow.words.sure_of_one) % opened["number"]
        return opened

    def _lately(self):
        """Return [{number, button}] of what the person may take back yet."""
        flow, found = self.flow, []
        for verdict in flow.to_take_back(self.request.user):
            record = getattr(verdict, flow.record)
            button = take_back_button(record, verdict)
            found.append({"number": _number_of(flow, record), "button": button})
        return found

    def _kinds(self):
        """Return [{label, number, url, is_open}] where there are several kinds."""
        user = self.request.user
        return [
            {
                "label": flow.model._meta.verbose_name_plural,
                "number": len(turns_of(user, flow)),
                "url": address_of(flow),
                "is_open": flow is self.flow,
            }
            for flow in self.open_flows
            if len(self.open_flows) > 1
        ]

    def _records(self, page):
        """Return the records of the rounds of a page, with all their rounds."""
        records = turns_of(self.request.user, self.flow)
        ids = [records[pk] for pk in page.object_list]
        if not ids:
            return []
        rows = self.flow.asked_of(self.request.user, ids)
        return rows.prefetch_related(*rounds_shown(self.flow))

    def post(self, request, *args, **kwargs):
        """Decide on each of the ticked records by the same rule as on one."""
        if self.flow not in self.open_flows:
            return self.handle_no_permission()
        form = DecisionForm(request.POST)
        ids = [pk for pk in request.POST.getlist("ids") if _is_id(pk)]
        if not ids:
            return self._answer([_(self.flow.words.tick)], 422)
        if not form.is_valid():
            return self._answer(wrong_with(form), 422)
        done, refused, status = self._decide_on(ids, form.cleaned_data)
        if refused and not done:
            return self._answer(refused, status)
        return self._done(done, refused, form.cleaned_data["approved"])

    def _decide_on(self, ids, given):
        """Decide on records; return how many, why not on the rest, and a status."""
        done, refused, status = 0, [], 422
        ticked = list(self._ticked(ids))
        for record in ticked:
            try:
                with transaction.atomic():
                    self._decide(record, given)
                done += 1
            except ValidationError as error:
                refused += [about(record, message) for message in error.messages]
                status = REFUSED.get(getattr(error, "code", ""), 422)
        gone = set(map(int, ids)) - {record.pk for record in ticked}
        if late := self._late(gone):
            refused, status = refused + late, 409
        if len(late) < len(gone):
            refused.append(_(self.flow.words.not_open))
            status = status if ticked or late else 404
        return done, refused, status

    def _late(self, gone):
        """Return what to say of those that were shown here and are decided by now."""
        user, seen, flow = self.request.user, self._seen(), self.flow
        shown = [(pk, seen[str(pk)][0]) for pk in sorted(gone) if str(pk) in seen]
        return [
            about(getattr(round_, flow.record), message)
            for pk, round_id in shown[:ROWS]
            if (round_ := flow.late_for(user, pk, round_id)) is not None
            for message in flow.late(pk, round_id).messages
        ]

    def _ticked(self, ids):
        """Return the records in a fixed order, so that two desks cannot block."""
        rows = self.flow.model.objects.visible_to(self.request.user, "approve")
        return rows.filter(pk__in=ids).order_by("pk")

    def _decide(self, record, given):
        """Give the verdict on the round that the page showed."""
        round_, version, step = self._seen().get(str(record.pk), (0, 0, None))
        self.flow.decide(
            record,
            by=self.request.user,
            approved=given["approved"],
            opinion=given["opinion"],
            round_id=round_,
            seen=version,
            step_seen=step,
        )

    def _seen(self):
        """Return {record: (round, version, step or None)} as the page showed them."""
        found = map(SEEN.fullmatch, self.request.POST.getlist("seen"))
        return {
            one["record"]: (
                int(one["round"]),
                int(one["version"]),
                whole_step(one["step"]),
            )
            for one in found
            if one
        }

    def _answer(self, refused, status):
        """Show the desk again with what was typed, and ticked of what has not moved.

        In the form that was sent: only that of what is open beside the list says what
        comes next.
        """
        sent, ids = self.request.POST, set(self.request.POST.getlist("ids"))
        given = {"refused": refused, "opinion": sent.get("opinion", "")}
        context = self.get_context_data()
        opened = context["opened"]
        if "next" in sent and opened and str(opened["record"].pk) in ids:
            context["refused_one"] = given
        else:
            seen = sent.getlist("seen")
            ticked = [one for one in seen if one.split(":")[0] in ids]
            context |= given | {"ticked": ticked}
        return self.render_to_response(context, status=status)

    def _done(self, done, refused, approved):
        words = self.flow.words
        said = words.approved if approved else words.rejected
        messages.success(self.request, said % done)
        for reason in refused:
            messages.error(self.request, reason)
        return redirect(self._next_url())

    def _next_url(self):
        """Return where the desk goes on: with what the page named as the next one."""
        after = self.request.POST.get("next", "")
        if _is_id(after):
            return address_of(self.flow, row=after)
        several = len(self.open_flows) > 1
        return address_of(self.flow) if several else reverse("approval_list")


def address_of(flow, **more):
    """Return where the desk shows a kind, and what of it."""
    query = urlencode({"kind": flow.model._meta.label_lower, **more})
    return f"{reverse('approval_list')}?{query}"


def _number_of(flow, record):
    return getattr(record, flow.number_field) if flow.number_field else str(record)


def _row(flow, progress):
    """Return what the desk shows of a record, or of what is proposed of it."""
    record, round_ = progress.record, progress.open
    return {
        "record": record,
        "number": _number_of(flow, record),
        "title": round_.content.get(flow.title_field, ""),
        "round": round_,
        "seen": f"{record.pk}:{round_.pk}:{record.version}:{progress.step_seen}",
        "is_proposed": flow.proposed(round_) is not None,
        "proposal": progress.proposal,
        "extent": flow.extent(round_.content),
        "progress": progress,
    }


def _is_id(text):
    return text.isascii() and text.isdigit() and len(text) < 19
