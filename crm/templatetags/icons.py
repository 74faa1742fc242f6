"""Icons of the sprite; every template may use the tag, none needs to load it."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html

register = template.Library()


@register.simple_tag
@cache
def icon(name, extra=""):
    """Draw one icon, hidden from readers: the words beside it say it.

    Args:
        name: its name in the sprite.
        extra: further classes.
    """
    look = f"icon {extra}".rstrip()
    address = f"{static('vendor/icons/sprite.svg')}#tabler-{name}"
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', look, address
    )
