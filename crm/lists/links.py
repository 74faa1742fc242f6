"""Names that lead to what they name: rows of ours, telephones, mail, web addresses.

Record pages and lists ask here. A related row is linked where its reader may open it
(`crm.related`); links out of the house tell the other side nothing about us.
"""

import re
from functools import cache

from django.db.models import EmailField
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from crm.chinese.folding.telephones import dialled
from crm.models import Record, User
from crm.rights.permissions import permission
from crm.text import digits
from crm.validators import validate_http_url, validate_phone

_BETWEEN_NUMBERS = re.compile(r"(\s*[/;,、；，]\s*)")
WEB = '<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>'


def web_link(url):
    """Return a link out of the house; what is no web address stays a text."""
    if not url.startswith(("http://", "https://")):
        return url
    return format_html(WEB, url, url)


def mail_link(address):
    """Return a link that writes a letter."""
    return format_html('<a href="mailto:{}">{}</a>', address, address)


def phone_links(text):
    """Return a text of telephone numbers, each of which can be called."""
    pieces = _BETWEEN_NUMBERS.split(text)
    return SafeString("".join(map(_phone_link, pieces)))


def _phone_link(text):
    number, *extension = dialled(text).split() or ("",)
    if len(number) < 3:
        return escape(text)
    # What keeps all its digits behind a plus is a number abroad.
    abroad = "+" if text.lstrip()[:1] in "+＋" and digits(text) == number else ""
    called = ",".join((f"{abroad}{number}", *extension))
    return format_html('<a href="tel:{}">{}</a>', called, text)


def linked(model, name, read, leads):
    """Return a function from a record to the HTML of one of its fields.

    Args:
        model: the kind of the records.
        name: the field; a path or property is never linked.
        read: the function from a record to its text.
        leads: a function that says of (model, id) whether the reader may open it.
    """
    field = _fields(model).get(name)
    if field is None:
        return read
    if field.many_to_one:
        return _related(field, read, leads)
    draw = _outward(field)
    if draw is None:
        return read
    return lambda record: draw(text) if (text := read(record)) else ""


def _related(field, read, leads):
    target, attname = field.related_model, field.attname
    if not issubclass(target, Record | User):
        return read

    def draw(record):
        text, pk = read(record), getattr(record, attname)
        if not text or not leads(target, pk):
            return text
        return SafeString(f'<a href="{address_of(target)}{pk}/">{escape(text)}</a>')

    return draw


def _outward(field):
    """Return what draws the values of a field as links, or None."""
    if isinstance(field, EmailField):
        return mail_link
    if validate_http_url in field.validators:
        return web_link
    return phone_links if validate_phone in field.validators else None


def leading(user, seen_ids):
    """Return the function that says whether a reader may open a row.

    Args:
        user: the reader.
        seen_ids: what `crm.related.seen` says of records.
    """
    opens_people = user is not None and user.has_perm(permission("view", User))

    def leads(model, pk):
        return opens_people if model is User else pk in seen_ids.get(model, ())

    return leads


@cache
def address_of(model):
    """Return what the addresses of all rows of a kind start with."""
    return reverse(f"{model._meta.model_name}_detail", args=[0]).removesuffix("0/")


@cache
def _fields(model):
    return {field.name: field for field in model._meta.concrete_fields}
