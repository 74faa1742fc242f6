"""The pages of rules of assignment: the list in order, a form with members."""

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import ListView

from crm.rights.permissions import permission
from sales.leads.presence import why_not_there
from sales.leads.rules import last_turns, named_by
from sales.models import LeadRule, LeadRuleMember, LeadRuleTerm
from system.lead_rules.forms import Does, LeadRuleForm, MemberFormSet
from system.lead_rules.words import conditions_of
from system.pages import ModelCreate, ModelDelete, ModelUpdate, RowsMixin
from system.references import used_by


class RulesMixin(RowsMixin):
    """Offer the rules."""

    model = LeadRule

    def may(self, action):
        """Say whether the person may do this to rules."""
        return self.request.user.has_perm(permission(action, LeadRule))


class RuleList(RulesMixin, ListView):
    """All rules in the order in which they are tried."""

    template_name = "system/lead_rules/list.html"

    def rows(self):
        """Read along what they look for, and whom they name."""
        return (
            super()
            .rows()
            .select_related("person")
            .prefetch_related(
                "terms__source", "terms__region", "terms__industry", "members__person"
            )
        )

    def get_context_data(self, **context):
        """Say each in words: what it looks for, who had the last turn, who is out."""
        rules = list(self.object_list)
        last = last_turns(rules)
        out = why_not_there({pk for rule in rules for pk in named_by(rule)})
        for rule in rules:
            rule.words = conditions_of(rule)
            rule.people = _people(rule, last, out)
        return super().get_context_data(
            title=LeadRule._meta.verbose_name_plural,
            rules=rules,
            total=len(rules),
            **{f"may_{name}": self.may(name) for name in ("add", "change", "delete")},
            **context,
        )


def _people(rule, last, out):
    """Return [{name, last, out}] of those who get leads by a rule."""
    if rule.does == Does.TURNS:
        members = rule.members.all()
    else:
        members = [rule] if rule.person_id else []
    return [
        {
            "name": one.person,
            "last": last.get((rule.pk, one.person_id)),
            "out": out.get(one.person_id, "") if one.active else _("out of use"),
        }
        for one in members
    ]


class WithMembers(RulesMixin):
    """A form of a rule and its members, which are saved together."""

    form_class = LeadRuleForm

    @cached_property
    def formset(self):
        """The members, as lines of the same form."""
        data = self.request.POST if self.request.method == "POST" else None
        return MemberFormSet(data, instance=self.object)

    def get_context_data(self, **context):
        """Add the lines."""
        return super().get_context_data(
            formset=self.formset, lines_title=_("Members who take turns"), **context
        )

    def form_valid(self, form):
        """Save both, or show what is wrong with the members."""
        if not self.formset.is_valid():
            return self.form_invalid(form)
        if form.cleaned_data["does"] == Does.TURNS and not self.formset.names_somebody:
            form.add_error(None, _("Name at least one member who takes turns."))
            return self.form_invalid(form)
        return super().form_valid(form)

    def save(self, form):
        """Save and return the rule with its members."""
        self.formset.instance = super().save(form)
        self.formset.save()
        return self.formset.instance


class RuleCreate(WithMembers, ModelCreate):
    """Add a rule."""


class RuleUpdate(WithMembers, ModelUpdate):
    """Change a rule, or take it out of use."""


class RuleDelete(RulesMixin, ModelDelete):
    """Delete a rule that never assigned anything; any other is taken out of use."""

    template_name = "system/lead_rules/confirm_delete.html"

    def used_by(self):
        """Leave out what belongs to the rule: it goes along."""
        parts = (LeadRuleTerm, LeadRuleMember)
        return used_by(self.object, self.request.user, parts=parts)
