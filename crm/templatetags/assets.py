"""What every page fetches."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html_join

from crm.running.together import files

register = template.Library()


@register.simple_tag
def own_scripts():
    """Write the tags of the scripts that every page has."""
    return _tags('<script src="{}" defer></script>', "js/together.js")


@register.simple_tag
def own_styles():
    """Write the tags of the styles that every page has."""
    return _tags('<link rel="stylesheet" href="{}">', "css/together.css")


def _tags(tag, together):
    return format_html_join("\n", tag, ((static(name),) for name in files(together)))
