"""What one switches in a browser: the language, light or dark."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseBadRequest, HttpResponseRedirect
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from crm.accounts.languages import keep
from crm.addresses import only_sent_to, own_place

#: What one may choose; who has chosen nothing has it as the system.
THEMES = {"system": _("As the system"), "light": _("Light"), "dark": _("Dark")}


@login_not_required
@only_sent_to
def language(request):
    """Switch the language and go back to where one was."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest()
    translation.activate(chosen)
    if request.user.is_authenticated:
        request.user.speak(chosen)
    return kept(request, settings.LANGUAGE_COOKIE_NAME, chosen)


@login_not_required
@only_sent_to
def theme(request):
    """Switch between light and dark and go back to where one was."""
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        return HttpResponseBadRequest()
    return kept(request, settings.THEME_COOKIE_NAME, chosen)


def chosen_theme(request):
    """Context processor: the theme of this browser, a key of `THEMES`."""
    chosen = request.COOKIES.get(settings.THEME_COOKIE_NAME)
    return {"theme": chosen if chosen in THEMES else "system"}


def kept(request, cookie, chosen):
    """Return the way back, with a cookie that keeps what was chosen for a year."""
    target = own_place(request.POST.get("next") or request.headers.get("Referer", ""))
    response = HttpResponseRedirect(target)
    keep(response, cookie, chosen)
    return response
