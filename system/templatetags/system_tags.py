"""What 系统工具 puts on the workbench."""

from datetime import timedelta

from django import template
from django.conf import settings
from django.db.models import Count, Value
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from contracts.models import Contract
from crm.accounts import attempts
from crm.display import moment_text
from crm.jobs.working_days import missing_year
from crm.models import HistoryEntry, User
from crm.models.record import Registration
from crm.queries.days import on_days, start_of
from crm.queries.figures import Counted, capped
from crm.queries.prepared import PreparedFor
from crm.queries.unions import together
from system.help.first_steps import steps_for
from system.help.tour import place_of
from system.inbox.reports import kinds_for
from system.inbox.returned import newest_returned

register = template.Library()

#: Rows that a card shows.
ROWS = 5


@register.inclusion_tag("help/first_steps.html", takes_context=True)
def first_steps(context):
    """Show what one may begin with, until it is put away."""
    request = context["request"]
    if settings.STEPS_COOKIE_NAME in request.COOKIES:
        return {}
    return {
        "steps": steps_for(request.user),
        "tour_at": place_of(request),
        "csrf_token": context["csrf_token"],
    }


@register.inclusion_tag("parts/card.html", takes_context=True)
def returned_reports(context):
    """Show what came back to the person with a reason, and what still waits."""
    user = context["user"]
    models = _reported_kinds(user)
    counted = _numbers_of_reports(user) if models else ()
    found = {(label, state): number for label, state, number in counted}
    if not found:
        return {}
    returned = any(state == Registration.RETURNED for _label, state in found)
    return {
        "key": "returned_reports",
        "title": _("My reports"),
        "figures": [
            _figure_of(model, state, found[model._meta.label_lower, state], user)
            for state in (Registration.RETURNED, Registration.REPORTED)
            for model in models
            if (model._meta.label_lower, state) in found
        ],
        "rows": newest_returned(user, ROWS) if returned else (),
    }


def _reported_kinds(user):
    """Return the kinds of which the person brings reports and registers none."""
    registered, seen = kinds_for(user), kinds_for(user, "view")
    brought = kinds_for(user, "add")
    return [model for model in brought if model in seen and model not in registered]


def _reports(user):
    """Return the person's reports as (label, rows) of each kind."""
    for model in _reported_kinds(user):
        rows = model.objects.reported_by(user).order_by()
        yield Value(model._meta.label_lower), rows


def _counts_of_reports(user):
    """Return rows (kind, registration, number) of the person's reports."""
    return together(
        rows.values_list(label, "registration").annotate(n=Count("pk"))
        for label, rows in _reports(user)
    )


_numbers_of_reports = PreparedFor(_counts_of_reports)


def _figure_of(model, state, count, user):
    """Return the number of one's reports of a kind that are returned or wait."""
    query = {"reporter": user.pk, "registration": state}
    if model is Contract and state == Registration.REPORTED:
        query["status"] = Contract.Status.REPORTED.value  # a draft waits for nobody
    words = _("%(kind)s returned"), _("%(kind)s awaiting registration")
    label = words[state == Registration.REPORTED]
    return {
        "label": label % {"kind": model._meta.verbose_name_plural},
        "value": count,
        "url": f"{model.page('list')}?{urlencode(query)}",
        "tone": "bad" if state == Registration.RETURNED else "",
    }


@register.inclusion_tag("parts/card.html", takes_context=True)
def inbox_by_age(context):
    """Show the information administrator how long reports have been waiting."""
    user = context["user"]
    models = kinds_for(user)
    if not models:
        return {}
    of_kinds = _waiting_by_age(user, models)
    new, middle, old = map(sum, zip(*of_kinds, strict=True))
    today = timezone.localdate()
    days = [today - timedelta(days=n) for n in range(5)]
    between = {"created_at_after": days[3], "created_at_before": days[1]}
    ages = (
        (_("all"), new + middle + old, {}, ""),
        (_("today"), new, {"created_at_after": days[0]}, ""),
        (_("1–3 days"), middle, between, "warn"),
        (_("older"), old, {"created_at_before": days[4]}, "bad"),
    )
    return {
        "key": "inbox_by_age",
        "title": _("Registration inbox"),
        "url": reverse("inbox"),
        "figures": [
            {
                "label": label,
                "value": capped(n),
                "url": _inbox(conditions),
                "tone": tone,
            }
            for label, n, conditions, tone in ages
        ],
        "rows": [
            {
                "title": model._meta.verbose_name_plural,
                "url": _inbox({"kind": model._meta.label_lower}),
                "when": str(capped(sum(numbers))),
            }
            for model, numbers in zip(models, of_kinds, strict=True)
            if any(numbers)
        ],
    }


def _waiting_by_age(user, models):
    """Return [(of today, of the three days before, of earlier)] of reports by kind."""
    today = timezone.localdate()
    yesterday, earlier = (today - timedelta(days=n) for n in (1, 4))
    spans = {"new": (today, None), "middle": (today - timedelta(days=3), yesterday)}
    spans["old"] = None, earlier
    counts = {
        f"{place} {span}": Counted(
            model.objects.awaiting(user).filter(on_days("created_at", *days))
        )
        for place, model in enumerate(models)
        for span, days in spans.items()
    }
    numbers = dict(zip(counts, _numbers(user, counts), strict=True))
    return [
        tuple(numbers[f"{place} {span}"] for span in spans)
        for place, _model in enumerate(models)
    ]


def _numbers(user, counts):
    """Return the values of some counts, in one query."""
    return (
        User.objects.filter(pk=user.pk).order_by().values_list(*counts.values()).get()
    )


def _inbox(conditions):
    query = urlencode(conditions)
    return f"{reverse('inbox')}?{query}" if query else reverse("inbox")


@register.inclusion_tag("parts/card.html", takes_context=True)
def missing_holidays(context):
    """Remind the system administrator in December of next year's holidays."""
    if not context["user"].has_perm("jobs.change_holiday"):
        return {}
    year = missing_year()
    if year is None:
        return {}
    return {
        "key": "missing_holidays",
        "title": _("Holidays and make-up days"),
        "url": reverse("holiday_list"),
        "rows": [
            {
                "title": _("Enter those of %s") % year,
                "url": reverse("holiday_create"),
                "when": _("missing"),
                "tone": "warn",
            }
        ],
    }


@register.inclusion_tag("parts/card.html", takes_context=True)
def house_figures(context):
    """Show the system administrator who may sign in and who could not."""
    user = context["user"]
    if not user.has_perms(("crm.view_user", "crm.view_historyentry")):
        return {}
    today = timezone.localdate()
    people = User.objects.visible_to(user).filter(is_active=True)
    locked = User.objects.visible_to(user).alias(lowered=Lower("username"))
    failed = HistoryEntry.objects.filter(verb="sign_in_failed", at__gte=start_of(today))
    counts = {
        "active": Counted(people),
        "new": Counted(people.filter(last_login=None)),
        "locked": Counted(locked.filter(lowered__in=attempts.all_locked())),
        "failed": Counted(failed),
    }
    numbers = dict(zip(counts, _numbers(user, counts), strict=True))
    active = {"is_active": "true"}
    new = active | {"signed_in": "false"}
    day = {"verb": "sign_in_failed", "at_after": today, "at_before": today}
    return {
        "key": "house_figures",
        "title": _("People and sign-ins"),
        "url": reverse("user_list"),
        "figures": [
            _figure(_("may sign in"), numbers["active"], "user_list", active),
            _figure(_("never signed in"), numbers["new"], "user_list", new, "warn"),
            _figure(
                _("locked after failed sign-ins"),
                numbers["locked"],
                "user_list",
                {"locked": "true"},
                "bad",
            ),
            _figure(
                _("failed sign-ins today"), numbers["failed"], "signins", day, "bad"
            ),
        ],
        "more": {"label": _("Sign-in log"), "url": reverse("signins")},
    }


@register.inclusion_tag("parts/card.html", takes_context=True)
def refusals(context):
    """Show the system administrator what was refused to whom, the newest first."""
    user = context["user"]
    if not user.has_perms(("crm.view_user", "crm.view_historyentry")):
        return {}
    entries = HistoryEntry.objects.filter(verb="refused")
    reach = user.rights.reach("crm.view_historyentry")
    entries = entries.filter(user.rights.owned_by(reach, "actor_id"))
    return {
        "key": "refusals",
        "title": _("What was refused"),
        "url": f"{reverse('log')}?verb=refused",
        "rows": [
            {
                "title": entry.title,
                "url": reverse("log_detail", args=[entry.pk]),
                "when": moment_text(entry.at),
                "note": entry.actor_name or entry.address,
            }
            for entry in entries.order_by("-pk")[:ROWS]
        ],
        "empty": _("Nothing was refused."),
        "more": {"label": _("Operation log"), "url": reverse("log")},
    }


def _figure(label, number, page, query, tone=""):
    """Return a number that leads to the list of what it counts."""
    url = f"{reverse(page)}?{urlencode(query)}"
    return {"label": label, "value": capped(number), "url": url, "tone": tone}
