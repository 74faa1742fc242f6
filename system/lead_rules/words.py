"""A rule of assignment in words."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.display import number_text


def conditions_of(rule):
    """Return [(label, what it looks for)] of a rule; nothing where any lead meets it.

    Args:
        rule: with its terms, read.
    """
    terms = rule.terms.all()
    names = {
        pgettext("lead", "source"): [t.source for t in terms if t.source_id],
        _("region"): [t.region for t in terms if t.region_id],
        _("industry"): [t.industry for t in terms if t.industry_id],
    }
    found = [
        (capfirst(label), "、".join(map(str, some)))
        for label, some in names.items()
        if some
    ]
    low, high = rule.budget_from, rule.budget_to
    if low is not None or high is not None:
        ends = ("" if end is None else number_text(end) for end in (low, high))
        found.append((capfirst(_("budget (CNY)")), " – ".join(ends)))
    return found
