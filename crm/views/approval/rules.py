"""The pages of approval rules."""

import re

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import DeleteView, ListView, TemplateView
from django.views.generic.edit import CreateView, UpdateView

from crm.approval.condition_forms import ConditionForm, ConditionFormSet, initial_of
from crm.approval.conditions import in_words
from crm.approval.deciding import flows
from crm.approval.reasons import has_conditions, head, own_line
from crm.guards.refusals import explained
from crm.rights.permissions import permission
from crm.views.conflict import UnlessOvertaken, is_stale, stale_page
from crm.views.records import PageMixin

CONDITIONS = "conditions"
#: The name of the field of a line, which says which line it is.
NAMED = re.compile(r"(?P<line>conditions-\d{1,3})-field", re.ASCII)


class RulePage(PageMixin):
    """A page of the rules of one kind."""

    model = flow = None

    def url_of(self, name, *args):
        """Return one of the addresses of the rules: list, create, condition."""
        return address_of(self.flow, name, *args)

    def locked(self):
        """Return the rules on which a person may do this, locked while it is done."""
        rules = self.model.objects.visible_to(self.request.user, self.action)
        if self.request.method == "POST":
            return rules.select_for_update(of=("self",), no_key=True)
        return rules

    def get_context_data(self, **context):
        """Add the words of the kind."""
        return super().get_context_data(words=self.flow.words, **context)


class RuleList(RulePage, ListView):
    """All rules of a kind in the order in which they are tried."""

    template_name = "approval/rule_list.html"

    def handle_no_permission(self):
        """Lead to the rules of a kind that the person may see."""
        may = self.request.user.has_perm
        for flow in flows():
            if may(permission("view", flow.rules)) and flow is not self.flow:
                return redirect(address_of(flow, "list"))
        return super().handle_no_permission()

    def get_queryset(self):
        """Return the rules with their steps."""
        rows = self.model.objects.visible_to(self.request.user)
        rows = rows.select_related("last_resort")
        parts = ("conditions",) if has_conditions(self.flow) else ()
        return rows.prefetch_related("steps__role", "steps__person", *parts)

    def get_context_data(self, **context):
        """Say on which fields each rule looks, and what the person may do."""
        user, flow = self.request.user, self.flow
        known = flow.facts() if has_conditions(flow) else {}
        approvers = flow.approvers()
        for rule in self.object_list:
            rule.own = [own_line(rule, name) for name in flow.own_conditions]
            rule.further = in_words(rule.conditions.all(), known) if known else ()
            rule.delete_url = self.url_of("delete", rule.pk)
            rule.shown_steps = [
                {"step": step, "is_idle": not approvers.may_come_to(step)}
                for step in rule.steps.all()
            ]
        return super().get_context_data(
            heads=[head(flow.rules, name) for name in flow.own_conditions],
            kinds=self._kinds(),
            add_url=self.url_of("create"),
            may_add=user.has_perm(permission("add", flow.rules)),
            may_change=user.has_perm(permission("change", flow.rules)),
            may_delete=user.has_perm(permission("delete", flow.rules)),
            **context,
        )

    def _kinds(self):
        """Return [{label, number, url, is_open}] where there are several kinds."""
        may = self.request.user.has_perm
        seen = [flow for flow in flows() if may(permission("view", flow.rules))]
        return [
            {
                "label": flow.model._meta.verbose_name_plural,
                "number": None,
                "url": address_of(flow, "list"),
                "is_open": flow is self.flow,
            }
            for flow in seen
            if len(seen) > 1
        ]


class RuleForm(RulePage):
    """What adding and editing share: further conditions, and steps, numbered anew."""

    template_name = "approval/rule_form.html"
    steps_class = None

    def get_queryset(self):
        """Return the rules that the person may work on."""
        return self.locked()

    def get_form_kwargs(self):
        """Tell the form who fills it in."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    @cached_property
    def formset(self):
        """The steps of the rule."""
        data = self.request.POST if self.request.method == "POST" else None
        user = self.request.user
        options = {"instance": self.object, "form_kwargs": {"user": user}}
        return self.steps_class(data, **options)

    @cached_property
    def conditions(self):
        """The conditions on any field; left as they are where none were sent.

        None where rules of the kind have no such conditions.
        """
        if not has_conditions(self.flow):
            return None
        sent = self.request.POST
        known, rule = self.flow.facts(), self.object
        return ConditionFormSet(
            sent if f"{CONDITIONS}-TOTAL_FORMS" in sent else None,
            prefix=CONDITIONS,
            initial=initial_of(rule.conditions.all(), known) if rule else [],
            form_kwargs={"facts": known, "address": self.url_of("condition")},
        )

    def get_context_data(self, **context):
        """Add conditions and steps, and the way back."""
        rule = self.object
        return super().get_context_data(
            title=_("Edit: %s") % rule if rule else _("Add an approval rule"),
            formset=self.formset,
            conditions=self.conditions,
            lines_title=_("Steps, in this order"),
            cancel_url=self.url_of("list"),
            can_add_another=rule is None,
            **context,
        )

    def form_valid(self, form):
        """Save the rule with all its parts, or show what is wrong with them."""
        sent = self.conditions is not None and self.conditions.is_bound
        if not self.formset.is_valid() or (sent and not self.conditions.is_valid()):
            return self.form_invalid(form)
        rule = self.object
        try:
            with transaction.atomic():
                self._save(form, with_conditions=sent)
        except IntegrityError as error:  # somebody was quicker: whom it asks has left
            self.object = rule
            form.add_error(None, explained(error, self.model))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved: %s") % self.object)
        goes_on = "save_and_add" in self.request.POST
        return redirect(self.request.path if goes_on else self.url_of("list"))

    def _save(self, form, *, with_conditions):
        self.object = form.save()
        self.formset.instance = self.object
        self.formset.save()
        if with_conditions:
            self.conditions.write(self.object)

    def form_invalid(self, form):
        """Show what is wrong, with everything that was typed, as 422."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


class ConditionLine(RulePage, TemplateView):
    """A line of the form that fits the field which it names."""

    template_name = "parts/line.html"

    def get_context_data(self, **context):
        """Add the line."""
        sent, known = self.request.GET, self.flow.facts()
        lines = (match for key in sent if (match := NAMED.fullmatch(key)))
        prefix = next((match["line"] for match in lines), f"{CONDITIONS}-0")
        chosen = sent.get(f"{prefix}-field", "")
        line = ConditionForm(
            prefix=prefix,
            initial={"field": chosen if chosen in known else ""},
            facts=known,
            address=self.url_of("condition"),
        )
        ConditionFormSet(prefix=CONDITIONS).add_fields(line, None)
        return super().get_context_data(line=line, **context)


class RuleCreate(RuleForm, CreateView):
    """Add a rule."""

    action = "add"


class RuleUpdate(UnlessOvertaken, RuleForm, UpdateView):
    """Edit a rule; rounds under way keep the steps they began with."""

    action = "change"


class RuleDelete(RulePage, DeleteView):
    """Delete a rule; rounds under way keep the steps they began with."""

    action = "delete"
    template_name = "approval/rule_confirm_delete.html"

    def get_queryset(self):
        """Return the rules that the person may delete."""
        return self.locked()

    def get_success_url(self):
        """Return where the other rules are."""
        return self.url_of("list")

    def get_context_data(self, **context):
        """Add the way back."""
        back, version = self.url_of("list"), self.object.version
        return super().get_context_data(cancel_url=back, version=version, **context)

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


def address_of(flow, name, *args):
    """Return one of the addresses of a kind's rules."""
    return reverse(f"{flow.rules._meta.model_name}_{name}", args=args)
