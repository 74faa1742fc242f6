"""In which language a browser is spoken to, and so the person who signs in there."""

from django.conf import settings

#: Seconds for which a browser knows what was chosen in it.
KEPT = 365 * 24 * 3600


def spoken(request):
    """Return the language that was chosen in a browser, None if none was."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return chosen if chosen in dict(settings.LANGUAGES) else None


def speak(response, language):
    """Let the pages of a browser be in a language from now on."""
    keep(response, settings.LANGUAGE_COOKIE_NAME, language)


def keep(response, cookie, chosen):
    """Let a browser keep for a year what was chosen in it."""
    response.set_cookie(
        cookie,
        chosen,
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
