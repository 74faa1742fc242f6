"""What happened to one record: the last part of its page."""

from datetime import date, timedelta

from django.apps import apps
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import render
from django.urls import resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from crm.duplicates.models import Merge
from crm.history.entries import grouped, readable
from crm.history.past import as_it_was, can_return
from crm.history.words import field_of
from crm.models import HistoryEntry, Record
from crm.queries.days import start_of
from crm.rights.permissions import permission
from crm.running.replica import reads_from_replica
from crm.validators import validate_business_date


@require_GET
@reads_from_replica
def history(request, label, pk):
    """Show what happened to a row, newest first, to whom its kind lets know.

    `history_to` of a kind names what one must be allowed to do to the row.
    `?on=2026-11-01` shows first how it stood at the end of that day.
    """
    record = record_for(request, label, pk)
    model = type(record)
    label = model._meta.label_lower
    entries = HistoryEntry.objects.filter(subject_label=label, subject_id=pk)
    if losers := getattr(model, "traits", ()) and Merge.objects.losers_of(model, pk):
        # What became of these is told here, too; that they went into it is told once.
        theirs = HistoryEntry.objects.filter(subject_label=label, subject_id__in=losers)
        entries = (entries | theirs.exclude(verb__in=("merged", "unmerged"))).order_by(
            "-id"
        )
    heads = grouped(readable(entries[:200], request.user))
    _lead_back(heads, record, request.user)
    context = {"object": record, "entries": heads, **_past(record, request)}
    return render(request, "generic/history.html", context)


def record_for(request, label, pk):
    """Return the record of a label and id that the person sees; 404 without one."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise Http404 from error
    action = getattr(model, "history_to", None)
    if action is None:
        raise Http404
    record = model.objects.visible_to(request.user, action).filter(pk=pk).first()
    if record is None:
        raise Http404
    return record


def _past(record, request):
    """Return {on, past, past_error}: the day that is asked for and what was then."""
    given = request.GET.get("on", "").strip()
    if not given:
        return {"on": "", "past": None, "past_error": ""}
    try:
        day = date.fromisoformat(given)
        validate_business_date(day)
    except (ValueError, ValidationError):
        error = _("Enter a date such as 2026-11-27.")
        return {"on": given[:20], "past": None, "past_error": error}
    past = as_it_was(record, start_of(day + timedelta(days=1)), request.user)
    error = _("The record was not there yet.") if past is None else ""
    return {"on": given, "past": past, "past_error": error}


def _lead_back(entries, record, user):
    """Give each change of the record the address where its old value is put back."""
    model = type(record)
    is_record = isinstance(record, Record)
    if not (is_record and user.has_perm(permission("change", model), record)):
        return
    address = f"{record.get_absolute_url()}edit/"
    form_class = resolve(address).func.view_initkwargs["form_class"]
    asked = can_return(form_class, model)
    for entry in entries:
        is_own = (entry.label, entry.object_id) == (model._meta.label_lower, record.pk)
        if entry.one_sided or not is_own:
            continue
        for change in entry.readable_changes:
            field = field_of(model, change["name"])
            if field and model.typed_into.get(field.name, field.name) in asked:
                query = f"restore={entry.pk}&field={field.name}"
                change["back_url"] = f"{address}?{query}"
