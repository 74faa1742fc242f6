"""One report under review: what is reported, what it looks like, what goes along."""

from django.utils.translation import gettext as _
from django.views.generic import DetailView

from crm.display import label_of, reader
from crm.duplicates.traits import columns
from crm.lists.links import leading, linked
from crm.related import seen_from
from customers.models import Customer
from system.inbox.registering import verbs_of
from system.inbox.reports import Report, add_matches, filed_under
from system.inbox.series import given, inbox_url
from system.inbox.views import OfAnyKind, verbs


class Review(OfAnyKind, DetailView):
    """One reported record, with likely duplicates and all that is filed under it."""

    action = "register"
    template_name = "system/inbox/review.html"

    def get_template_names(self):
        """Return the one page for all kinds."""
        return [self.template_name]

    def get_context_data(self, **context):
        """Add what the administrator needs to decide."""
        return super().get_context_data(
            **review_context(self.request, self.object), **context
        )


def review_context(request, record):
    """Return what the review page shows of a record."""
    report, filed = Report(record), []
    add_matches([report], request.user)
    if isinstance(record, Customer):
        filed = filed_under(record, request.user)
    change, changes = None, []
    if record.reports_change:
        change, changes = verbs_of(record).reported_change(record)
    return {
        "report": report,
        "title": str(record),
        "facts": [(_("What is reported"), _facts(record, request.user))],
        "filed": filed,
        "change": change,
        "changes": changes,
        "comparison": _comparison(record, report.matches),
        "actions": verbs(report, query=given(request, "query") or "", series="1")
        if record.is_reported
        else None,
        "inbox_url": inbox_url(request),
    }


def _facts(record, user):
    """Return [{name, label, value}] of what is filled in, names leading on."""
    model, leads = type(record), leading(user, seen_from([record], user))
    fields = [f for f in model._meta.concrete_fields if f.editable]
    return [
        {"name": name, "label": label_of(model, name), "value": value}
        for name in (field.name for field in fields if not field.primary_key)
        if (value := linked(model, name, reader(model, name), leads)(record))
    ]


#: What of two records stands side by side, behind what their kind says.
COMPARED = ("owner", "registration")


def _comparison(record, matches):
    """Return [{name, label, own, others}]: a record beside its duplicates."""
    model, rows = type(record), []
    names = model.compared or tuple(columns(model))
    for name in (*names, *COMPARED) if matches else ():
        read = reader(model, name)
        own, others = read(record), [read(match.record) for match in matches]
        rows.append(
            {
                "name": name,
                "label": label_of(model, name),
                "own": own,
                "others": [(value, bool(value) and value == own) for value in others],
            }
        )
    return rows
