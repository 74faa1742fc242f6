"""A first walk through the pages of somebody's work, one sentence or two on each."""

from django.conf import settings
from django.http import HttpResponseBadRequest, HttpResponseRedirect
from django.urls import reverse

from crm.accounts.languages import keep
from crm.addresses import only_sent_to
from crm.navigation import MENU
from crm.navigation.menu import is_open
from crm.views.switches import kept
from system.help.tour_steps import PARTS


def steps_of(user):
    """Return {page: step} of a tour in its order: pages open to the person, once."""
    items = [item for group in MENU for item in group.items]
    # A page of its own name says who may open it, not what merely leads there.
    by_name = {item.url_name: item for item in sorted(items, key=_is_whole)}
    steps = {}
    for part in PARTS:
        if _has(user, part):
            for step in part.steps:
                item = by_name.get(step.page)
                if item is None or is_open(item, user):
                    steps.setdefault(step.page, step)
    return steps


def _is_whole(item):
    return not item.passing


def _has(user, part):
    above = part.above is not None and user.has_perm(part.above)
    return not above and (part.right is None or user.has_perm(part.right))


def place_of(request):
    """Return the page where the tour of a person goes on, the first if none is open."""
    at = request.COOKIES.get(settings.TOUR_COOKIE_NAME)
    steps = steps_of(request.user)
    return at if at in steps else next(iter(steps))


def tour(request):
    """Context processor: the step of the tour that one is at, on its own page alone.

    `tour` is {step, number, total, back, on}: back and on name pages, "" at the ends.
    """
    at = getattr(request.resolver_match, "url_name", None)
    if at is None or request.COOKIES.get(settings.TOUR_COOKIE_NAME) != at:
        return {}
    steps = steps_of(request.user) if request.user.is_authenticated else {}
    if at not in steps:
        return {}
    pages = ["", *steps, ""]
    number = pages.index(at)
    return {
        "tour": {
            "step": steps[at],
            "number": number,
            "total": len(steps),
            "back": pages[number - 1],
            "on": pages[number + 1],
        }
    }


@only_sent_to
def go_on(request):
    """Open a step of one's tour, or end it, for this browser."""
    page = request.POST.get("step", "")
    if not page:
        return kept(request, settings.TOUR_COOKIE_NAME, "done")
    if page not in steps_of(request.user):
        return HttpResponseBadRequest()
    response = HttpResponseRedirect(reverse(page))
    keep(response, settings.TOUR_COOKIE_NAME, page)
    return response
