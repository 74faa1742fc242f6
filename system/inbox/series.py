"""One report after the other: where a decision leads to.

A page of a report carries the conditions of the inbox it was opened from as `query`;
`series` says that the next report is to be opened, not the list.
"""

from django.apps import apps
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from customers.models import Customer
from system.inbox.awaiting import Awaiting
from system.inbox.forms import InboxConditions
from system.inbox.reports import is_filed, kinds_for


def given(request, name):
    """Return what a form or an address says under a name, or None."""
    return request.POST.get(name, request.GET.get(name))


def inbox_url(request):
    """Return the address of the inbox with the conditions that a page carries."""
    query = QueryDict(given(request, "query") or "").urlencode()
    return f"{reverse('inbox')}?{query}" if query else reverse("inbox")


def review_url(label, pk, query):
    """Return the address of a report's page that knows the inbox's conditions."""
    return f"{reverse('inbox_review', args=[label, pk])}?{urlencode({'query': query})}"


def next_url(request, record):
    """Return where to go after a decision: the next report, at the end the inbox.

    The next one is the oldest of those that were reported after this one; what was
    passed over comes when there is none. A customer comes before what is filed under
    it.
    """
    query = given(request, "query") or ""
    if not given(request, "series"):
        return inbox_url(request)
    for later in (record.created_at, None):
        for _at, label, pk in waiting(request.user, QueryDict(query), later):
            return review_url(*_customer_first(request.user, label, pk), query)
    return inbox_url(request)


def _customer_first(user, label, pk):
    """Return the report itself, or the one of the customer that it is filed under."""
    model = apps.get_model(label)
    if not is_filed(model) or model is Customer:
        return label, pk
    above = model.objects.filter(pk=pk).order_by().values("customer")
    customer = Customer.objects.awaiting(user).filter(pk__in=above).first()
    return (Customer._meta.label_lower, customer.pk) if customer else (label, pk)


def waiting(user, query, since=None):
    """Return the first of the reports that conditions select, as a short list.

    Args:
        user: who registers.
        query: the conditions.
        since: leave out what was reported before.
    """
    models = kinds_for(user)
    form = InboxConditions(query, user=user, kinds=models)
    if not form.is_valid():
        return []
    chosen = form.cleaned_data["kind"]

    def narrow(rows):
        rows = form.narrow(rows)
        return rows.filter(created_at__gte=since) if since else rows

    models = [m for m in models if not chosen or m._meta.label_lower in chosen]
    return list(Awaiting(user, models, narrow)[:1])
