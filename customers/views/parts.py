"""The parts of a customer: its file, its relations, its team.

Reading asks for the right to see the customer, writing for the right to change it;
the team is arranged only by those who may change the customer without being on it.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_safe,
)

from crm.addresses import only_sent_to
from crm.forms.records import posted
from crm.related import may_open
from crm.rights.permissions import permission
from crm.views.conflict import conflict_page, is_stale, stale_page
from crm.views.verbs import part_of, refused_page
from customers.forms import FileEntryForm, MembershipForm, RelationForm, is_saved
from customers.models import Customer, FileEntry
from customers.models.network import network_of
from customers.views.drawing import drawing_of


def customer_for(request, pk, action="view"):
    """Return the customer if the person may do this to it; 403 or 404 otherwise."""
    if not request.user.has_perm(permission(action, Customer)):
        raise PermissionDenied
    rows = Customer.objects.visible_to(request.user, action)
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",), no_key=True)
    return get_object_or_404(rows, pk=pk)


def may_arrange_team(user, customer):
    """Say whether the customer is within one's own reach, not only on one's team."""
    reach = user.rights.reach(permission("change", Customer))
    if reach is None:
        return False
    within = Customer.objects.filter(user.rights.owned_by(reach, "owner"))
    return within.filter(pk=customer.pk).exists()


@require_safe
def ownerships(request, pk):
    """Show whose the customer was, from when until when, how and why."""
    customer = customer_for(request, pk)
    rows = customer.ownerships.select_related("holder", "pool", "by", "reason")
    context = {"object": customer, "ownerships": rows}
    return render(request, "customers/ownerships.html", context)


@require_safe
def file(request, pk):
    """Show the thirteen subjects of the customer file, empty ones too."""
    customer = customer_for(request, pk)
    entries = customer.file_entries.select_related("author")
    known = {entry.subject: entry for entry in entries}
    subjects = [
        {"code": code, "label": label, "entry": known.get(code)}
        for code, label in FileEntry.Subject.choices
    ]
    context = {
        "object": customer,
        "subjects": subjects,
        "known": len(known),
        "may_change": request.user.has_perm(permission("change", Customer), customer),
    }
    return render(request, "customers/customer_file.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def file_entry(request, pk, subject):
    """Write one subject of the customer file."""
    if subject not in FileEntry.Subject.values:
        raise Http404
    customer = customer_for(request, pk, "change")
    entry = customer.file_entries.filter(subject=subject).first()
    entry = entry or FileEntry(customer=customer, subject=subject)
    form = FileEntryForm(posted(request), instance=entry)
    if request.method == "POST":
        if is_stale(request, entry):
            now = customer.file_entries.filter(subject=subject).first() or entry
            return conflict_page(request, now, form)
        if form.is_valid():
            entry.author = request.user
            form.save()
            messages.success(request, _("Saved: %s") % entry)
            return redirect(tab_of(customer, "file"))
    title = f"{customer} · {entry.get_subject_display()}"
    return form_page(request, form, title, customer)


@require_safe
def relations(request, pk):
    """Show how the customer stands to others, seen from its own side."""
    customer = customer_for(request, pk)
    found = (
        customer.relations.model.objects.around(customer.pk)
        .select_related("customer", "other")
        .order_by("kind", "pk")
    )
    found = list(found)
    others = {relation.seen_from(customer)[1].pk for relation in found}
    visible = may_open(request.user, Customer, others)
    lines = []
    for relation in found:
        wording, other = relation.seen_from(customer)
        lines.append(
            {
                "relation": relation,
                "wording": wording,
                "other": other if other.pk in visible else None,
                "own": relation.customer_id == customer.pk,
            }
        )
    network = network_of(customer, request.user)
    context = {
        "object": customer,
        "lines": lines,
        "network": network,
        "drawing": drawing_of(network) if len(network.nodes) > 1 else None,
        "may_change": request.user.has_perm(permission("change", Customer), customer),
    }
    return render(request, "customers/customer_relations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add_relation(request, pk):
    """Record a relation to another customer."""
    customer = customer_for(request, pk, "change")
    if request.method == "POST" and is_stale(request, customer):
        return stale_page(request, customer)
    form = RelationForm(
        posted(request),
        customer=customer,
        user=request.user,
    )
    if request.method == "POST" and form.is_valid() and is_saved(form):
        messages.success(request, _("Saved: %s") % form.instance)
        return redirect(tab_of(customer, "relations"))
    title = _("Add a relation: %s") % customer
    return form_page(request, form, title, customer, version=customer.version)


@only_sent_to
def delete_relation(request, pk, part):
    """Remove a relation; history keeps it."""
    customer = customer_for(request, pk, "change")
    return _removed(request, customer, customer.relations, part, "relations")


@require_safe
def team(request, pk):
    """Show who works on the customer beside its owner."""
    customer = customer_for(request, pk)
    context = {
        "object": customer,
        "members": customer.memberships.select_related("user__department"),
        "may_change": may_arrange_team(request.user, customer),
    }
    return render(request, "customers/customer_team.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add_member(request, pk):
    """Take a person onto the team."""
    customer = customer_for(request, pk, "change")
    if not may_arrange_team(request.user, customer):
        raise PermissionDenied
    if request.method == "POST" and is_stale(request, customer):
        return stale_page(request, customer)
    form = MembershipForm(posted(request), customer=customer)
    if request.method == "POST" and form.is_valid() and is_saved(form):
        messages.success(request, _("Saved: %s") % form.instance)
        return redirect(tab_of(customer, "team"))
    title = _("Add a team member: %s") % customer
    return form_page(request, form, title, customer, version=customer.version)


@only_sent_to
def delete_member(request, pk, part):
    """Take a person off the team."""
    customer = customer_for(request, pk, "change")
    if not may_arrange_team(request.user, customer):
        raise PermissionDenied
    return _removed(request, customer, customer.memberships, part, "team")


def _removed(request, customer, parts, pk, tab):
    """Take a part away and return to its tab, or say that somebody was quicker."""
    if is_stale(request, customer):
        return stale_page(request, customer)
    try:
        part_of(parts, pk).delete()
    except ValidationError as error:
        return refused_page(request, customer, error)
    messages.success(request, _("Removed."))
    return redirect(tab_of(customer, tab))


def tab_of(customer, key):
    """Return the address of a customer's page with one of its tabs open."""
    return f"{customer.get_absolute_url()}?tab={key}"


def form_page(request, form, title, customer, **more):
    """Return the page of a small form, 422 if what was sent is wrong."""
    context = {"title": title, "form": form, **more}
    context["cancel_url"] = customer.get_absolute_url()
    status = 422 if form.is_bound else 200
    return render(request, "generic/page_form.html", context, status=status)
