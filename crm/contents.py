"""Which contents of the attachment store something still speaks of."""

import re

from django.apps import apps
from django.db import connection
from django.db.models import JSONField, TextField
from django.db.models.functions import Cast

from crm.models import Attachment

_DIGEST = re.compile("[0-9a-f]{64}")
#: While a backup is being made nothing is removed that it has yet to copy.
KEPT = "SELECT pg_advisory_xact_lock_shared(hashtext('crm_contents'))"
MAY_GO = "SELECT pg_try_advisory_xact_lock(hashtext('crm_contents'))"


def keep():
    """Let nothing be removed until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(KEPT)


def may_go():
    """Say whether contents may be removed until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(MAY_GO)
        return cursor.fetchone()[0]


def spoken_of():
    """Return the contents of all attachments, and of those that were decided on.

    What was decided on of a kind is kept in the app that has its files.
    """
    kinds = [model for model in apps.get_models() if issubclass(model, Attachment)]
    found = set()
    for model in kinds:
        found.update(model._base_manager.values_list("sha256", flat=True))
    homes = {model._meta.app_config for model in kinds}
    neighbours = [model for home in homes for model in home.get_models()]
    for model in neighbours:
        for field in filter(_tells_of_files, model._meta.concrete_fields):
            texts = model._base_manager.annotate(as_text=Cast(field.name, TextField()))
            texts = texts.filter(as_text__contains='"sha256"').values_list(
                "as_text", flat=True
            )
            for text in texts.iterator():
                found.update(_DIGEST.findall(text))
    return found


def _tells_of_files(field):
    """Say whether a column keeps what was decided on, or is to be."""
    return isinstance(field, JSONField) or field.name == "snapshot"
