"""What 系统工具 puts on the workbench."""

from datetime import datetime, time, timedelta

from django import template
from django.apps import apps
from django.db.models import Count, Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crm.display import date_text
from crm.models.record import Registration
from system.inbox.reports import kinds, together

register = template.Library()

#: Rows that a card shows.
ROWS = 5


@register.inclusion_tag("parts/card.html", takes_context=True)
def returned_reports(context):
    """Show what came back to the person with a reason, and what still waits."""
    user = context["user"]
    models = [m for m in kinds(user, "add") if m not in kinds(user)]
    if not models:
        return {}
    mine = [
        model.objects.visible_to(user)
        .filter(reporter=user)
        .exclude(registration=Registration.REGISTERED)
        .order_by()
        for model in models
    ]
    counted = together(
        rows.annotate(model_label=_label(rows))
        .values_list("model_label", "registration")
        .annotate(n=Count("pk"))
        for rows in mine
    )
    counts = {(label, state): n for label, state, n in counted}
    return {
        "key": "returned_reports",
        "title": _("My reports"),
        "figures": [
            _figure_of(model, state, count, user)
            for state in (Registration.RETURNED, Registration.REPORTED)
            for model in models
            if (count := counts.get((model._meta.label_lower, state), 0))
        ],
        "rows": _returned(mine) if _any_returned(counts) else [],
        "empty": "" if counts else _("Nothing was returned, nothing waits."),
    }


def _label(rows):
    return Value(rows.model._meta.label_lower)


def _figure_of(model, state, count, user):
    """Return the number of one's reports of a kind that are returned or wait."""
    query = urlencode({"reporter": user.pk, "registration": state})
    words = _("%(kind)s returned"), _("%(kind)s awaiting registration")
    label = words[state == Registration.REPORTED]
    return {
        "label": label % {"kind": model._meta.verbose_name_plural},
        "value": count,
        "url": f"{model.page('list')}?{query}",
        "tone": "bad" if state == Registration.RETURNED else "",
    }


def _any_returned(counts):
    return any(state == Registration.RETURNED for _label, state in counts)


def _returned(mine):
    """Return the reports that came back last, with the reasons."""
    newest = together(
        rows.filter(registration=Registration.RETURNED)
        .annotate(model_label=_label(rows))
        .values_list("changed_at", "model_label", "pk")
        for rows in mine
    ).order_by("-changed_at")[:ROWS]
    wanted = {}
    for _at, label, pk in newest:
        wanted.setdefault(label, []).append(pk)
    found = []
    for label, pks in wanted.items():
        found += apps.get_model(label).objects.filter(pk__in=pks)
    found.sort(key=lambda record: record.changed_at, reverse=True)
    return [
        {
            "title": str(record),
            "url": record.get_absolute_url(),
            "when": date_text(timezone.localtime(record.changed_at)),
            "note": record.return_reason,
            "tone": "bad",
        }
        for record in found
    ]


@register.inclusion_tag("parts/card.html", takes_context=True)
def inbox_by_age(context):
    """Show the information administrator how long reports have been waiting."""
    user = context["user"]
    models = kinds(user)
    if not models:
        return {}
    today = timezone.localdate()
    bounds = _start(today), _start(today - timedelta(days=3))
    counted = together(
        model.objects.awaiting(user)
        .order_by()
        .annotate(model_label=Value(model._meta.label_lower))
        .values_list("model_label")
        .annotate(
            new=Count("pk", filter=Q(created_at__gte=bounds[0])),
            older=Count("pk", filter=Q(created_at__lt=bounds[0])),
            oldest=Count("pk", filter=Q(created_at__lt=bounds[1])),
        )
        for model in models
    )
    rows = list(counted)
    new, older, old = (sum(row[place] for row in rows) for place in (1, 2, 3))
    days = [today - timedelta(days=n) for n in range(5)]
    ages = (
        (_("all"), new + older, {}, ""),
        (_("today"), new, {"created_at_after": days[0]}, ""),
        (
            _("1–3 days"),
            older - old,
            {"created_at_after": days[3], "created_at_before": days[1]},
            "warn",
        ),
        (_("older"), old, {"created_at_before": days[4]}, "bad"),
    )
    return {
        "key": "inbox_by_age",
        "title": _("Registration inbox"),
        "url": reverse("inbox"),
        "figures": [
            {"label": label, "value": n, "url": _inbox(conditions), "tone": tone}
            for label, n, conditions, tone in ages
        ],
        "rows": [
            {
                "title": apps.get_model(label)._meta.verbose_name_plural,
                "url": _inbox({"kind": label}),
                "when": str(new + older),
            }
            for label, new, older, _oldest in rows
        ],
    }


def _inbox(conditions):
    query = urlencode(conditions)
    return f"{reverse('inbox')}?{query}" if query else reverse("inbox")


def _start(day):
    return timezone.make_aware(datetime.combine(day, time.min))
