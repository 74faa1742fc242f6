"""The pages of hand-overs: what somebody leaves behind, to whom it goes, receipts."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Exists, Max, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic.edit import FormView

from crm.accounts import open_sessions
from crm.display import date_text, moment_text
from crm.models import User
from crm.views import PageMixin
from crm.views.conflict import is_stale, stale_page
from crm.views.fresh import FreshPassword
from crm.views.verbs import refused_page
from system.handovers import work
from system.handovers.access import visible_to
from system.handovers.doing import is_genuine
from system.handovers.forms import HandoverForm
from system.handovers.saying import say_of
from system.handovers.splitting import said_of
from system.handovers.staying import awaiting, staying_with
from system.handovers.verbs import actions_of
from system.leaving.lines import full_accounts, left_with, lines, records_left_with
from system.leaving.models import Handover
from system.leaving.relations import asked_by_rules
from system.people import administration

ROWS = 100


class HandOver(FreshPassword, PageMixin, FormView):
    """Show all that is left with a person, and hand it over."""

    model = User
    action = "change"
    form_class = HandoverForm
    template_name = "system/handovers/handover.html"

    @cached_property
    def person(self):
        """The leaver, if the reader may work on them."""
        rows = administration.administered(self.request.user, self.action)
        if self.request.method == "POST":
            rows = rows.select_for_update(of=("self",), no_key=True)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def left(self):
        """[(line, number)] of what is left with the person."""
        return left_with(self.person)

    @cached_property
    def newest(self):
        """The id of the newest hand-over of the person, 0 if there is none."""
        found = Handover.objects.filter(leaver=self.person).aggregate(pk=Max("pk"))
        return found["pk"] or 0

    @cached_property
    def asked(self):
        """What was sent: by the form, or with the address."""
        return self.request.POST if self.request.method == "POST" else self.request.GET

    def get(self, request, *args, **kwargs):
        """Show the page of somebody who is there."""
        self.person  # noqa: B018 - whoever may not see the person gets no page
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        """Hand over, unless the person is another one by now."""
        if is_stale(request, self.person):
            return stale_page(request, self.person, request.path)
        newest = str(self.newest)
        if request.POST.get("newest", newest) != newest:
            error = _("Work of %s was handed over after you opened this form.")
            error = ValidationError(error % self.person, code="conflict")
            return refused_page(request, self.person, error)
        if "show" in request.POST:
            return self.render_to_response(self.get_context_data())
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self):
        """Tell the form who leaves, who fills it in, and by which rules."""
        keys = {line.key for line, _number in self.left}
        given = super().get_form_kwargs()
        if "show" in self.asked:  # what was chosen stays chosen under other rules
            given.pop("data", None), given.pop("files", None)
            given["initial"] = {
                name: values if name.endswith("-turns") else values[-1]
                for name, values in self.asked.lists()
                if values
            }
            if self.request.method == "POST":  # an empty box sends nothing
                given["initial"].setdefault("closes", "")
        splits = {
            name.removesuffix("-split"): value
            for name, value in self.asked.items()
            if name.endswith("-split")
        }
        return {
            **given,
            "leaver": self.person,
            "user": self.request.user,
            "left": [(line, n) for line, n in self.left if line.model is not None],
            "splits": splits,
            "asks_approver": not keys.isdisjoint(asked_by_rules()),
        }

    def get_context_data(self, **context):
        """Add what is left, the rules to choose from, and former hand-overs."""
        left = [(capfirst(str(line.label)), n) for line, n in self.left]
        sessions = open_sessions.open_sessions_of(self.person).count()
        return super().get_context_data(
            person=self.person,
            version=self.person.version,
            newest=self.newest,
            left=left,
            sessions=sessions,
            movable=bool(left_with(self.person, movable=True)),
            staying=staying_with(self.person, self.request.user),
            awaiting=awaiting(self.person, self.request.user),
            former=Handover.objects.filter(leaver=self.person),
            may_close=self.person.is_active and self.person != self.request.user,
            **context,
        )

    def form_invalid(self, form):
        """Show what is wrong, as 422."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form):
        """Hand over; lead to the receipt."""
        if self.person == self.request.user:
            raise PermissionDenied
        try:
            handover = work.start(self.person, form.plan(), by=self.request.user)
        except ValidationError as error:
            if getattr(error.error_list[0], "code", "") == "blind":
                form.add_error(None, error)
                return self.form_invalid(form)
            return refused_page(self.request, self.person, error)
        say_of(self.request, handover)
        return redirect(handover)


@require_safe
def handovers(request):
    """Show the newest hand-overs."""
    found = visible_to(request.user).defer("receipt")
    found = found.annotate(
        leaves_records=records_left_with("leaver"),
        goes_on=Exists(Handover.jobs_of(OuterRef("pk")).unfinished()),
    )
    people = administration.administered(request.user, "change")
    full = full_accounts().filter(pk__in=people.values("pk"))[:ROWS]
    rows = [
        (one, _state(one, one.leaves_records, is_stopped=not one.goes_on))
        for one in found[:ROWS]
    ]
    context = {"rows": rows, "full": full}
    return render(request, "system/handovers/list.html", context)


@require_safe
def handover(request, pk):
    """Show the receipt of a hand-over, to be printed and signed."""
    found = get_object_or_404(visible_to(request.user), pk=pk)
    is_done = found.status == Handover.Status.DONE
    left = left_with(found.leaver)
    context = {
        "object": found,
        "groups": _facts(found, _lines_of(found)),
        "gone": _gone(found),
        "late": _gone(found, late=True),
        "left": [(capfirst(str(line.label)), number) for line, number in left],
        "state": _state(found, left, is_stopped=found.is_stopped),
        "staying": staying_with(found.leaver, request.user) if left else [],
        "is_genuine": is_done and is_genuine(found),
        "job": None if is_done else found.job,
        "wizard_url": reverse("user_handover", args=[found.leaver_id]),
        "actions": actions_of(found),
    }
    return render(request, "system/handovers/receipt.html", context)


def _state(found, left, *, is_stopped):
    """Return (label, tone) of how far a hand-over has come.

    Args:
        found: the hand-over.
        left: whether anything is left with the leaver.
        is_stopped: whether no job is at it.
    """
    if found.status != Handover.Status.DONE:
        if is_stopped:
            return _("stopped midway"), "bad"
        return found.get_status_display(), "info"
    if left:
        return _("handed over in part"), "warn"
    return found.get_status_display(), "good"


def _lines_of(found):
    return set(found.rows.order_by().values_list("line", flat=True).distinct())


def _gone(found, *, late=False):
    """Return [(label, successor, number)] of what has gone."""
    labels = {line.key: capfirst(str(line.label)) for line in lines()}
    rows = found.rows.filter(is_late=late).order_by("line", "to")
    rows = rows.values_list("line", "to__name").annotate(number=Count("pk"))
    order = {key: place for place, key in enumerate(labels)}
    return [
        (labels.get(line, line), name or _("ended"), number)
        for line, name, number in sorted(
            rows, key=lambda row: (order.get(row[0], 99), row[1] or "")
        )
    ]


def _facts(found, gone):
    split = "、".join(
        f"{capfirst(str(line.label))} {said_of(found.plan, line.model)}"
        for line in lines()
        if line.model is not None and line.key in gone
    )
    lines_ = (
        ("leaver", _("leaver"), _link(found.leaver)),
        ("to", _("successor"), User.objects.get(pk=found.plan["to"])),
        ("split", _("how they are shared out"), split),
        ("by", _("handed over by"), found.by),
        ("prepared_at", _("prepared at"), moment_text(found.prepared_at)),
        ("done_at", _("done at"), moment_text(found.done_at)),
        ("left_on", _("left on"), date_text(found.leaver.left_on)),
        ("account", _("Account"), _account(found.leaver)),
    )
    facts = [{"name": n, "label": w, "value": v} for n, w, v in lines_]
    return [(_("Hand-over"), facts)]


def _link(person):
    return format_html('<a href="{}">{}</a>', person.get_absolute_url(), person)


def _account(person):
    if not person.works_here:
        return _("closed")
    if Handover.objects.filter(leaver=person, is_closing=True).exists():
        return _("is closed as soon as nothing is left with it")
    return _("may sign in")
