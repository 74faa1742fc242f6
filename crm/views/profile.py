"""One's own settings."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.accounts import open_sessions
from crm.forms.columns import ColumnsForm
from crm.forms.records import posted
from crm.models import User
from crm.validators import validate_phone
from crm.views.conflict import conflict_page, is_stale
from crm.views.switches import THEMES


class ProfileForm(ColumnsForm, forms.ModelForm):
    """What people may change about themselves: how to reach them."""

    class Meta:
        model = User
        fields = ("phone", "email")

    def clean_phone(self):
        """Refuse what is no telephone number."""
        phone = self.cleaned_data["phone"]
        if phone:
            validate_phone(phone)
        return phone


def _sessions(request):
    """Return {pk, device, address, since, seen_at, here} of where one is signed in."""
    key = request.session.session_key
    return [
        {
            "pk": one.pk,
            "device": open_sessions.device_words(one.device),
            "address": one.address,
            "since": one.since,
            "seen_at": one.seen_at,
            "here": one.session_key == key,
        }
        for one in open_sessions.open_sessions_of(request.user)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request):
    """Show and change one's own settings."""
    rows = User.objects.select_related("department", "superior")
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",), no_key=True)
    person = rows.get(pk=request.user.pk)
    form = ProfileForm(posted(request), instance=person)
    status = 200
    if request.method == "POST":
        if is_stale(request, person):
            now = User.objects.get(pk=person.pk)
            return conflict_page(request, now, form)
        if form.is_valid():
            form.save()
            messages.success(request, _("Saved."))
            return redirect("profile")
        status = 422
    context = {
        "title": _("My settings"),
        "form": form,
        "person": User.objects.select_related("department").get(pk=person.pk),
        "roles": person.roles.all(),
        "sessions": _sessions(request),
        "themes": THEMES,
        "cancel_url": reverse("home"),
    }
    return render(request, "profile.html", context, status=status)
