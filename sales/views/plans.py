"""The pages of work plans: written line by line, ticked off, read, carried on."""

from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from crm.forms.lookups import LookupField
from crm.related import known_to
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
from crm.views.approval.pages import TypedWhileWritten, WrittenOnly
from crm.views.verbs import part_of
from customers.models import Customer
from sales import plans
from sales.filters import WorkPlanFilter
from sales.forms.plans import PlanLines
from sales.models import WorkPlan
from sales.tables import WorkPlanTable
from sales.views.readings import ReadDetail

BASICS, PEOPLE = WorkPlan.groups


class WorkPlanList(RecordList):
    """The work plans one may see."""

    model = WorkPlan
    table_class = WorkPlanTable
    filterset_class = WorkPlanFilter
    empty_hint = gettext_lazy("Plan your week: what, for which customer, until when.")


class WorkPlanDetail(ReadDetail, RecordDetail):
    """A plan: its lines, what is done of them, who has read it."""

    model = WorkPlan
    template_name = "sales/workplan_detail.html"
    groups = (
        BASICS,
        (
            gettext_lazy("How far it is"),
            ("ends_on", "done_count", "line_count", "amount", "ended_on"),
        ),
        (PEOPLE[0], (*PEOPLE[1], "planner")),
    )

    def get_context_data(self, **context):
        """Add the lines; whom they are about is told as far as the reader sees it."""
        lines = list(self.object.lines.order_by("pk"))
        ids = {line.customer_id for line in lines} - {None}
        rows = Customer.objects.filter(pk__in=ids).order_by()
        known = {one.pk: one for one in known_to(self.request.user, rows)}
        for line in lines:
            line.named = known.get(line.customer_id)
        may_tick = self.object.is_writable and "change" in self.allowed
        return super().get_context_data(lines=lines, may_tick=may_tick, **context)

    @cached_property
    def allowed(self):
        """What the reader may do to it."""
        return self.object.allowed(self.request.user, "change")

    def actions(self):
        """Add how it is ended before its time, and how the next one goes on."""
        plan, found = self.object, super().actions()
        if "change" not in self.allowed:
            return found
        if plan.owner_id == self.request.user.pk and self.request.user.has_perm(
            permission("add", WorkPlan)
        ):
            url = f"{WorkPlan.page('create')}?after={plan.pk}"
            label = _("Carry on")
            found.append({"key": "after", "label": label, "url": url, "method": "get"})
        if plan.status == "open":
            question = _("End the plan now? It is not written any more.")
            found.append(button(plan, "ending", _("End"), confirm=question))
        return found


class WithLines:
    """A form page of a plan with its lines."""

    @cached_property
    def formset(self):
        """The lines; they offer the customers that the person may see."""
        data = self.request.POST if self.request.method == "POST" else None
        return PlanLines(
            data,
            instance=self.object,
            user=self.request.user,
            initial=self.lines_begun(),
        )

    def lines_begun(self):
        """Return the lines that are filled in already, but are not stored."""
        return []

    def get_form(self, form_class=None):
        """Tell the lines of which days the plan is, and the plan what they say."""
        form = super().get_form(form_class)
        if self.request.method == "POST":
            form.is_valid()
            self.formset.instance = form.instance
            self.formset.is_valid()
            form.instance.subjects = self.formset.subjects
        return form

    def get_context_data(self, **context):
        """Add the heading of the lines."""
        return super().get_context_data(lines_title=_("What is planned"), **context)


class WorkPlanCreate(WithLines, RecordCreate):
    """Plan a week or a month: `?after=7` takes over what another plan left open."""

    template_name = "sales/workplan_form.html"

    def get_initial(self):
        """Start on the day after the plan that is carried on, or in a free week."""
        found = super().get_initial()
        found.pop("after", None)
        if self.request.method == "POST":
            return found
        if self.carried is None:
            return {"starts_on": plans.free_week(self.request.user), **found}
        begun = {
            "period": self.carried.period,
            "starts_on": plans.following(self.carried),
        }
        return {**begun, **found}

    def lines_begun(self):
        """Return what is left open, or a line about the customer that is named."""
        if self.request.method == "POST":
            return []
        if self.carried is not None:
            rows = plans.left_open(self.carried)
            seen = known_to(self.request.user, Customer.objects.all()).order_by()
            known = set(
                seen.filter(plan_lines__plan=self.carried).values_list("pk", flat=True)
            )
            return [
                {
                    **line,
                    "customer": line["customer"] if line["customer"] in known else None,
                }
                for line in rows.values("customer", "subject", "amount")
            ]
        keys = LookupField(Customer.objects.none()).keys(
            self.request.GET.get("customers")
        )
        return [{"customer": pk} for pk in keys]

    def get_context_data(self, **context):
        """Add which plan is carried on, or which one may be."""
        offered = None
        if self.carried is None and self.request.method != "POST":
            offered = plans.one_to_carry_on(self.request.user)
        return super().get_context_data(
            carried=self.carried, offered=offered, **context
        )

    @cached_property
    def carried(self):
        """The plan that is carried on, None for none."""
        given = self.request.GET.get("after")
        if given is None:
            return None
        keys = LookupField(WorkPlan.objects.none()).keys(given)
        own = WorkPlan.objects.visible_to(self.request.user)
        return get_object_or_404(own.filter(owner=self.request.user), pk__in=keys)


class WhyNot:
    """Why a plan is not written any more."""

    def why_not(self):
        """Say it."""
        return str(WorkPlan.refused["plan_closed"])


class WorkPlanUpdate(WhyNot, TypedWhileWritten, WithLines, RecordUpdate):
    """Edit a plan that is written still."""


class WorkPlanDelete(WhyNot, WrittenOnly, RecordDelete):
    """Put a plan into the recycle bin that nobody has read."""

    def is_open(self):
        """Say whether it is written still, and nobody above has read it."""
        return super().is_open() and self.record.read_at is None

    def why_not(self):
        """Say that it was read; of a closed one that it is closed."""
        if self.record.is_writable:
            return str(WorkPlan.refused["plan_read"])
        return super().why_not()


class LineDone(RecordVerb, View):
    """Tick a line off, or take that back."""

    model = WorkPlan
    action = "change"
    worded = ("result",)

    def act(self, record):
        """Tick it."""
        line = part_of(record.lines, self.kwargs["part"])
        sent, user = self.request.POST, self.request.user
        done, result = sent.get("done") == "true", sent.get("result", "")
        plans.tick(line, by=user, done=done, result=result)
        self.done = _("Done: %s") % line if done else _("Open again: %s") % line


class Ending(RecordVerb, View):
    """End a plan before its days are over."""

    model = WorkPlan
    action = "change"
    done = gettext_lazy("The plan is ended.")

    def act(self, record):
        """End it."""
        plans.end(record, by=self.request.user)
