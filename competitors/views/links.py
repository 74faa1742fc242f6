"""Links out of the house, for pages that show a web address."""

from django.utils.html import format_html


def outward(url):
    """Return a link that tells the other side nothing about where it was followed."""
    link = '<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>'
    return format_html(link, url, url)
