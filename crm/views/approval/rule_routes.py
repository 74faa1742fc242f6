"""The addresses of the rules of a kind that is approved."""

from django.urls import path

from crm.approval.rule_forms import rule_form, step_formset
from crm.views.approval.rules import (
    ConditionLine,
    RuleCreate,
    RuleDelete,
    RuleList,
    RuleUpdate,
)


def rule_urls(flow, address):
    """Return the addresses of the rules of a kind.

    Args:
        flow: the Flow of the kind.
        address: what they begin with, as "system/approval-rules/".
    """
    forms = {"form_class": rule_form(flow), "steps_class": step_formset(flow)}
    pages = {
        "list": ("", RuleList, {}),
        "condition": ("condition/", ConditionLine, {}),
        "create": ("add/", RuleCreate, forms),
        "update": ("<int:pk>/edit/", RuleUpdate, forms),
        "delete": ("<int:pk>/delete/", RuleDelete, {}),
    }
    name = flow.rules._meta.model_name
    return [
        path(
            f"{address}{pattern}",
            view.as_view(flow=flow, model=flow.rules, **options),
            name=f"{name}_{page}",
        )
        for page, (pattern, view, options) in pages.items()
    ]
