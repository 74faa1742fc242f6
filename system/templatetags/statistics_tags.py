"""Whether the workbench has charts."""

from django import template

from crm.charts.counting import charts_of
from crm.rights.permissions import permission
from crm.rights.roles import Reach
from system.statistics.views import seen_kinds

register = template.Library()


@register.simple_tag(takes_context=True)
def sees_charts(context):
    """Say whether the person sees more than what is their own of anything charted."""
    user = context["user"]
    return any(
        user.rights.reach(permission("view", model)) != Reach.OWN
        for model in seen_kinds(user)
        if any(chart.on_workbench for chart in charts_of(model))
    )
