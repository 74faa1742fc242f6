"""What happened to one record: the last part of its page."""

from django.apps import apps
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from crm.duplicates.models import Merge
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
    label = model._meta.label_lower
    entries = HistoryEntry.objects.filter(subject_label=label, subject_id=pk)
    if losers := model.traits and Merge.objects.losers_of(model, pk):
        # What became of these is told here, too; that they went into it is told once.
        theirs = HistoryEntry.objects.filter(subject_label=label, subject_id__in=losers)
        entries = (entries | theirs.exclude(verb__in=("merged", "unmerged"))).order_by(
            "-id"
        )
    return render(
        request,
        "generic/history.html",
        {"object": record, "entries": grouped(readable(entries[:200], request.user))},
    )
