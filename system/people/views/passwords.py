"""First and other passwords: typed, or made up and shown once."""

from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from crm.views.fresh import FreshPassword
from system.pages import ModelUpdate
from system.people import administration
from system.people.forms import PasswordForm
from system.people.views.administered import PeopleMixin


class UserPassword(FreshPassword, PeopleMixin, ModelUpdate):
    """Give somebody else another password; their sessions end.

    One's own is changed on one's own page, which asks for the old one.
    """

    form_class = PasswordForm

    def rows(self):
        """Leave oneself out."""
        return super().rows().exclude(pk=self.request.user.pk)

    def get_context_data(self, **context):
        """Say whose password it is."""
        title = _("Set a password: %s") % self.object
        return super().get_context_data(title=title, **context)

    def save(self, form):
        """Set the password that was typed, or a random one until it is shown."""
        typed = form.cleaned_data["password"]
        self.password = "" if typed else administration.random_password()
        administration.set_password(
            self.object,
            typed or self.password,
            by=self.request.user,
            request=self.request,
        )
        return self.object

    def answer(self):
        """Show the password if nobody typed it."""
        return shown_once(self.request, self.object, self.password)

    def next_url(self):
        """Return to the person."""
        return self.object.get_absolute_url()


def shown_once(request, person, password, again_url=""):
    """Go to the person, or show a random password first: it is kept nowhere.

    Args:
        request: the request.
        person: whose password it is.
        password: what nobody typed, else "".
        again_url: where the next person of a series is added, if there is a series.
    """
    if not password:
        return redirect(person)
    context = {"person": person, "password": password, "again_url": again_url}
    response = render(request, "system/password_shown.html", context)
    add_never_cache_headers(response)
    return response
