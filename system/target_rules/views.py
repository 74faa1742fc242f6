"""The pages of rules for targets."""

from django.views.generic import ListView

from sales.models import TargetRule
from system.pages import ModelCreate, ModelDelete, ModelUpdate, RowsMixin
from system.target_rules.forms import TargetRuleForm, column_choices, metric_choices


class TargetRulesMixin(RowsMixin):
    """Offer the rules."""

    model = TargetRule


class TargetRuleList(TargetRulesMixin, ListView):
    """All rules."""

    template_name = "system/target_rules/list.html"

    def get_context_data(self, **context):
        """Say what each counts, and what the person may do."""
        may = self.request.user.has_perm
        metrics = dict(metric_choices())
        days, people = dict(column_choices("days")), dict(column_choices("people"))
        return super().get_context_data(
            title=TargetRule._meta.verbose_name_plural,
            lines=[
                (
                    rule,
                    metrics.get(rule.metric, rule.metric),
                    days.get(rule.day, rule.day),
                    people.get(rule.person, rule.person),
                )
                for rule in self.object_list
            ],
            total=len(self.object_list),
            may_add=may("sales.add_targetrule"),
            may_change=may("sales.change_targetrule"),
            may_delete=may("sales.delete_targetrule"),
            **context,
        )


class TargetRuleCreate(TargetRulesMixin, ModelCreate):
    """Add a rule."""

    form_class = TargetRuleForm


class TargetRuleUpdate(TargetRulesMixin, ModelUpdate):
    """Set a rule."""

    form_class = TargetRuleForm


class TargetRuleDelete(TargetRulesMixin, ModelDelete):
    """Delete a rule by which no target is set."""
