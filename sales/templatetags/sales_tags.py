"""What 销售过程 puts on the workbench, and how its pages write values of targets."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.display import time_text
from crm.navigation import REPORTED
from crm.navigation.menu import numbers_of
from sales.models import DayReport
from sales.targets.attainment import value_text

register = template.Library()


@register.filter
def by_rule(value, rule):
    """Write a value of a target: things that are counted have no places."""
    return value_text(value, rule)


@register.inclusion_tag("parts/card.html", takes_context=True)
def my_day_report(context):
    """Show whether today's report is handed in, to whoever writes some."""
    found = numbers_of(context["user"], REPORTED).get(REPORTED)
    if found is None:
        return {}
    row = {
        "title": _("Not yet handed in: write it"),
        "url": DayReport.page("create"),
        "when": _("until %s") % "20:00",
    }
    if found:
        row = {
            "title": _("Handed in"),
            "url": reverse("dayreport_detail", args=[found["pk"]]),
            "when": time_text(found["at"]),
            "note": _("late") if found["late"] else "",
        }
    title, url = _("Day report"), DayReport.page("list")
    return {"key": "my_day_report", "title": title, "url": url, "rows": [row]}
