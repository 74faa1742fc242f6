"""One's own settings."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.columns import ColumnsForm
from crm.models import User
from crm.validators import validate_phone
from crm.views.conflict import conflict_page, is_stale


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


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request):
    """Show and change one's own settings."""
    rows = User.objects.select_related("department", "superior")
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",))
    person = rows.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=person)
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
        "cancel_url": reverse("home"),
    }
    return render(request, "profile.html", context, status=status)
