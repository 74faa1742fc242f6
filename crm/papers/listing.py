"""A list on paper: its conditions, its columns, its first rows."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.papers.compiling import pdf_of
from crm.papers.paper import Paper, frame, plain, table
from crm.papers.sheets import rows_of

#: More rows than anybody reads on paper; a file takes them all.
MOST = 1000


def list_pdf(listing, user, rows, conditions):
    """Return a list as PDF, and how many rows stand on it.

    Args:
        listing: the view of the list (`crm.views.lists.listing_at`).
        user: the reader.
        rows: those that the reader may carry away, in their order.
        conditions: those in force, in words.

    Raises:
        crm.papers.compiling.Refused, crm.papers.compiling.Busy: it cannot be set.
    """
    found = list(rows[: MOST + 1])
    printed = found[:MOST]
    number = ngettext("%d row", "%d rows", len(printed)) % len(printed)
    if len(found) > MOST:
        number = _("the first %d rows; there are more, a file holds them all") % MOST
    shown = rows_of(listing.table, listing.table.shown, printed)
    title = listing.model._meta.verbose_name_plural
    head = frame(user, title, number, department=user.department)
    said = "\n".join(conditions) or _("No conditions.")
    data = {**head, "conditions": said, "table": shown}
    return pdf_of(LIST.source, plain(data)), len(printed)


def _example(user):
    heads = [(_("Name"), False), (_("Amount"), True)]
    rows = [[f"示例 {number}", f"{number},000.00"] for number in range(1, 41)]
    head = frame(user, _("List"), ngettext("%d row", "%d rows", 40) % 40)
    return {**head, "conditions": _("No conditions."), "table": table("", heads, rows)}


LIST = Paper(
    slug="list",
    label=gettext_lazy("List"),
    address="",
    kind="",
    data=None,
    example=_example,
)
