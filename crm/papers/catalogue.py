"""Which papers there are: those that kinds name, and the list."""

from functools import cache

from django.utils.module_loading import import_string

from crm.kinds import business
from crm.papers.listing import LIST


@cache
def papers():
    """Return {slug: Paper} of all of them."""
    named = [import_string(path) for model in business() for path in model.papers]
    return {paper.slug: paper for paper in (*named, LIST)}
