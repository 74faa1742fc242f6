"""The pages of hand-overs: what somebody leaves behind, to whom it goes, receipts."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic.edit import FormView

from crm.accounts import open_sessions
from crm.display import moment_text
from crm.models import User
from crm.views import PageMixin
from crm.views.conflict import is_stale, stale_page
from crm.views.fresh import FreshPassword
from crm.views.verbs import refused_page
from system.handovers import work
from system.handovers.doing import is_genuine
from system.handovers.forms import SPLITS, HandoverForm
from system.leaving.lines import full_accounts, left_with, lines
from system.leaving.models import Handover
from system.people import administration

RIGHT = "crm.change_user"
#: Lines that ask whoever decides on contracts.
OF_APPROVAL = ("contracts.ApprovalRule.last_resort", "contracts.ApprovalStep.person")
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
    def split(self):
        """The rule for customers that was chosen."""
        asked = self.request.POST if self.request.method == "POST" else self.request.GET
        known = dict(SPLITS)
        return asked.get("split") if asked.get("split") in known else "all"

    def get(self, request, *args, **kwargs):
        """Show the page of somebody who is there."""
        self.person  # noqa: B018 - whoever may not see the person gets no page
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        """Hand over, unless the person is another one by now."""
        if is_stale(request, self.person):
            return stale_page(request, self.person, request.path)
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self):
        """Tell the form who leaves, who fills it in, and by which rule."""
        keys = {line.key for line, _number in self.left}
        return {
            **super().get_form_kwargs(),
            "leaver": self.person,
            "user": self.request.user,
            "split": self.split,
            "asks_approver": not keys.isdisjoint(OF_APPROVAL),
        }

    def get_context_data(self, **context):
        """Add what is left, the rules to choose from, and former hand-overs."""
        left = [(capfirst(str(line.label)), n) for line, n in self.left]
        sessions = open_sessions.open_sessions_of(self.person).count()
        return super().get_context_data(
            person=self.person,
            version=self.person.version,
            left=left,
            sessions=sessions,
            splits=SPLITS,
            split=self.split,
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
            return refused_page(self.request, self.person, error)
        messages.success(self.request, _("Handed over: %s") % self.person)
        return redirect(handover)


def _visible(user):
    """Return the hand-overs of people on whom somebody may work."""
    if not user.has_perm(RIGHT):
        raise PermissionDenied
    people = administration.administered(user, "change").values("pk")
    return Handover.objects.filter(leaver__in=people).select_related("leaver", "by")


@require_safe
def handovers(request):
    """Show the newest hand-overs."""
    found = _visible(request.user).defer("receipt")[:ROWS]
    people = administration.administered(request.user, "change")
    full = full_accounts().filter(pk__in=people.values("pk"))[:ROWS]
    context = {"handovers": found, "full": full}
    return render(request, "system/handovers/list.html", context)


@require_safe
def handover(request, pk):
    """Show the receipt of a hand-over, to be printed and signed."""
    found = get_object_or_404(_visible(request.user), pk=pk)
    is_done = found.status == Handover.Status.DONE
    left = left_with(found.leaver)
    context = {
        "object": found,
        "groups": _facts(found),
        "gone": _gone(found),
        "late": _gone(found, late=True),
        "left": [(capfirst(str(line.label)), number) for line, number in left],
        "is_genuine": is_done and is_genuine(found),
        "job": None if is_done else found.job,
        "wizard_url": reverse("user_handover", args=[found.leaver_id]),
    }
    return render(request, "system/handovers/receipt.html", context)


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


def _facts(found):
    plan = found.plan
    lines_ = (
        ("leaver", _("leaver"), found.leaver),
        ("to", _("successor"), User.objects.get(pk=plan["to"])),
        ("split", _("Customers"), dict(SPLITS)[plan["split"]]),
        ("by", _("handed over by"), found.by),
        ("prepared_at", _("prepared at"), moment_text(found.prepared_at)),
        ("done_at", _("done at"), moment_text(found.done_at)),
        ("left_on", _("left on"), found.leaver.left_on),
        ("account", _("Account"), _account(found.leaver)),
    )
    facts = [{"name": n, "label": w, "value": v} for n, w, v in lines_]
    return [(_("Hand-over"), facts)]


def _account(person):
    return _("may sign in") if person.works_here else _("closed")
