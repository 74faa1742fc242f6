"""The pages of the help: by page of the menu, the words, everything one can open."""

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from crm.addresses import only_sent_to
from crm.chinese.pinyin import searchable
from crm.kinds import kinds
from crm.navigation import MENU
from crm.navigation.menu import is_open, menu_for
from crm.rights.permissions import permission
from crm.views.switches import kept
from customers.models import Customer
from system.help.first_steps import steps_for
from system.help.topics import TOPICS
from system.help.tour import place_of
from system.help.words import WORDS


@require_GET
def help_page(request):
    """Say what each page is for; the one that `at` lies under stands open."""
    groups = _explained(request.user)
    topics = [topic for _label, topics in groups for topic in topics]
    at = _topic_at(request.GET.get("at", ""), topics)
    context = {
        "groups": groups,
        "at": at,
        "steps": steps_for(request.user),
        "tour_at": place_of(request),
    }
    return render(request, "help/help.html", context)


@require_GET
def words_page(request):
    """Show the words of the product in both languages."""
    return render(request, "help/words.html", {"words": WORDS})


@require_GET
def commands(request):
    """Show everything one can open or begin; scripts search in it (Ctrl+K)."""
    pages = [
        (group["label"], item["label"], item["url"])
        for group in menu_for(request)
        for item in group["items"]
    ]
    own = [(_("Workbench"), _("Starred and recently seen"), reverse("bookmarks"))]
    if request.user.has_perm(permission("view", Customer)):
        label = pgettext("duplicates", "Check")
        own.append((_("Customer information"), label, reverse("customer_check")))
    begun = [
        (_("Add"), model._meta.verbose_name, model.page("create"))
        for model in kinds()
        if "add" in model.actions
        and hasattr(model, "segment")
        and request.user.has_perm(permission("add", model))
    ]
    entries = [
        {
            "group": group,
            "label": label,
            "url": url,
            "words": f"{group} {label} {searchable(f'{group}{label}')}".lower(),
        }
        for group, label, url in (*pages, *own, *begun)
    ]
    return render(request, "help/commands.html", {"entries": entries})


@only_sent_to
def end_first_steps(request):
    """Put the first steps away, for this browser."""
    return kept(request, settings.STEPS_COOKIE_NAME, "done")


def _explained(user):
    """Return [(label, topics)] of the menu that a person has.

    A topic is {name, label, url, urls, lines}.
    """
    groups = [
        (
            group.label,
            [
                {
                    "name": item.url_name,
                    "label": item.label,
                    "url": item.url,
                    "urls": item.urls,
                    "lines": TOPICS[item.url_name],
                }
                for item in group.items
                if is_open(item, user) and not item.passing
            ],
        )
        for group in MENU
    ]
    return [(label, topics) for label, topics in groups if topics]


def _topic_at(path, topics):
    """Return the name of the topic that a page belongs to, by its address."""
    above = [topic for topic in topics if path.startswith(topic["urls"])]
    return max(above, key=lambda topic: len(topic["url"]))["name"] if above else ""
