"""What was looked for, marked where it stands."""

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from crm.folding import marked

register = template.Library()


@register.filter
def marks(text, keyword):
    """Return the text as HTML with <mark> around what a keyword finds in it."""
    if not keyword:
        return conditional_escape(text)
    return SafeString(
        "".join(
            format_html("<mark>{}</mark>", piece) if hit else conditional_escape(piece)
            for piece, hit in marked(str(text), keyword)
        )
    )
