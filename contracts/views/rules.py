"""The pages of approval rules."""

import re

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import DeleteView, ListView, TemplateView
from django.views.generic.edit import CreateView, UpdateView

from contracts.approvers import APPROVE
from contracts.forms import ApprovalRuleForm, StepFormSet
from contracts.models import ApprovalRule
from contracts.models.facts import facts
from crm.approval.approvers import Approvers
from crm.approval.condition_forms import ConditionForm, ConditionFormSet, initial_of
from crm.approval.conditions import in_words
from crm.rights.permissions import permission
from crm.views import PageMixin
from crm.views.conflict import conflict_page, is_stale, stale_page

LIST = reverse_lazy("approvalrule_list")
LINE = reverse_lazy("approvalrule_condition")
CONDITIONS = "conditions"
#: The name of the field of a line, which says which line it is.
NAMED = re.compile(r"(?P<line>conditions-\d{1,3})-field", re.ASCII)


class RuleList(PageMixin, ListView):
    """All rules in the order in which they are tried."""

    model = ApprovalRule
    suffix = "list"

    def get_queryset(self):
        """Return the rules with their steps."""
        rows = ApprovalRule.objects.visible_to(self.request.user)
        return rows.select_related("last_resort").prefetch_related(
            "steps__role", "steps__person", "conditions"
        )

    def get_context_data(self, **context):
        """Say on which fields each rule looks, and what the person may do."""
        user, known = self.request.user, facts()
        approvers = Approvers(APPROVE)
        for rule in self.object_list:
            rule.further = in_words(rule.conditions.all(), known)
            rule.shown_steps = [
                {"step": step, "is_idle": not approvers.may_come_to(step)}
                for step in rule.steps.all()
            ]
        return super().get_context_data(
            may_add=user.has_perm(permission("add", ApprovalRule)),
            may_change=user.has_perm(permission("change", ApprovalRule)),
            may_delete=user.has_perm(permission("delete", ApprovalRule)),
            **context,
        )


def locked(request, action):
    """Return the rules on which a person may do this, locked while it is done."""
    rules = ApprovalRule.objects.visible_to(request.user, action)
    if request.method == "POST":
        return rules.select_for_update(of=("self",), no_key=True)
    return rules


class RuleForm(PageMixin):
    """What adding and editing share: further conditions, and steps, numbered anew."""

    model = ApprovalRule
    form_class = ApprovalRuleForm
    suffix = "form"
    success_url = LIST

    def get_queryset(self):
        """Return the rules that the person may work on."""
        return locked(self.request, self.action)

    def get_form_kwargs(self):
        """Tell the form who fills it in."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    @cached_property
    def formset(self):
        """The steps of the rule."""
        data = self.request.POST if self.request.method == "POST" else None
        return StepFormSet(
            data, instance=self.object, form_kwargs={"user": self.request.user}
        )

    @cached_property
    def conditions(self):
        """The conditions on any field; left as they are where none were sent."""
        sent = self.request.POST
        known, rule = facts(), self.object
        return ConditionFormSet(
            sent if f"{CONDITIONS}-TOTAL_FORMS" in sent else None,
            prefix=CONDITIONS,
            initial=initial_of(rule.conditions.all(), known) if rule else [],
            form_kwargs={"facts": known, "address": LINE},
        )

    def get_context_data(self, **context):
        """Add conditions and steps, and the way back."""
        rule = self.object
        return super().get_context_data(
            title=_("Edit: %s") % rule if rule else _("Add an approval rule"),
            formset=self.formset,
            conditions=self.conditions,
            lines_title=_("Steps, in this order"),
            cancel_url=LIST,
            can_add_another=rule is None,
            **context,
        )

    def form_valid(self, form):
        """Save the rule with all its parts, or show what is wrong with them."""
        sent = self.conditions.is_bound
        if not self.formset.is_valid() or (sent and not self.conditions.is_valid()):
            return self.form_invalid(form)
        with transaction.atomic():
            self.object = form.save()
            self.formset.instance = self.object
            self.formset.save()
            if sent:
                self.conditions.write(self.object)
        messages.success(self.request, _("Saved: %s") % self.object)
        goes_on = "save_and_add" in self.request.POST
        return redirect(self.request.path if goes_on else LIST)

    def form_invalid(self, form):
        """Show what is wrong, with everything that was typed, as 422."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


class ConditionLine(PageMixin, TemplateView):
    """A line of the form that fits the field which it names."""

    model = ApprovalRule
    template_name = "parts/line.html"

    def get_context_data(self, **context):
        """Add the line."""
        sent, known = self.request.GET, facts()
        lines = (match for key in sent if (match := NAMED.fullmatch(key)))
        prefix = next((match["line"] for match in lines), f"{CONDITIONS}-0")
        chosen = sent.get(f"{prefix}-field", "")
        line = ConditionForm(
            prefix=prefix,
            initial={"field": chosen if chosen in known else ""},
            facts=known,
            address=LINE,
        )
        ConditionFormSet(prefix=CONDITIONS).add_fields(line, None)
        return super().get_context_data(line=line, **context)


class RuleCreate(RuleForm, CreateView):
    """Add a rule."""

    action = "add"


class RuleUpdate(RuleForm, UpdateView):
    """Edit a rule; rounds under way keep the steps they began with."""

    action = "change"

    def post(self, request, *args, **kwargs):
        """Save, unless somebody else was quicker."""
        self.object = self.get_object()
        if is_stale(request, self.object):
            now = self.get_queryset().get(pk=self.object.pk)
            return conflict_page(request, now, self.get_form())
        return super().post(request, *args, **kwargs)


class RuleDelete(PageMixin, DeleteView):
    """Delete a rule; rounds under way keep the steps they began with."""

    model = ApprovalRule
    action = "delete"
    suffix = "confirm_delete"
    success_url = LIST

    def get_queryset(self):
        """Return the rules that the person may delete."""
        return locked(self.request, self.action)

    def get_context_data(self, **context):
        """Add the way back."""
        version = self.object.version
        return super().get_context_data(cancel_url=LIST, version=version, **context)

    def post(self, request, *args, **kwargs):
        """Delete what was seen."""
        self.object = self.get_object()
        if is_stale(request, self.object):
            return stale_page(request, self.object)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        """Delete it and say so."""
        name = str(self.object)
        answer = super().form_valid(form)
        messages.success(self.request, _("Deleted: %s") % name)
        return answer
