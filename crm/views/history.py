"""What happened to one record: the last part of its page."""

from django.apps import apps
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from crm.history.entries import grouped, readable
from crm.models import HistoryEntry, Record
from crm.running.replica import reads_from_replica


@require_GET
@reads_from_replica
def history(request, label, pk):
    """Show what happened to a record, newest first, to whoever sees the record."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise Http404 from error
    if not issubclass(model, Record):
        raise Http404
    record = model.objects.visible_to(request.user).filter(pk=pk).first()
    if record is None:
        raise Http404
    entries = HistoryEntry.objects.filter(
        subject_label=model._meta.label_lower, subject_id=pk
    )
    return render(
        request,
        "generic/history.html",
        {"object": record, "entries": grouped(readable(entries[:200], request.user))},
    )
