"""Sums in the foot of a list: over all rows that its conditions select."""

from django.db.models import Sum
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.display import number_text
from crm.queries.totals import MOST_COUNTED


def sums_of(table, conditions, total):
    """Return {html, cells, note} of the foot of a list; None where nothing is summed.

    Rows are summed as far as they are counted: of more the foot says that it does
    not tell, since no index has their sum.

    Args:
        table: the columns; `summed` names those of amounts.
        conditions: which rows, all pages of them; unless something is wrong.
        total: their Total.
    """
    shown = [column.name for column in table.shown]
    names = [name for name in table.summed if name in shown]
    if not names or not total.number:
        return None
    if not total.exact or total.number > MOST_COUNTED:
        note = _("Sums: not told of more than %s records.") % f"{MOST_COUNTED:,}"
        return {"cells": (), "html": "", "note": note}
    # None of its cells is closed, as those of the rows.
    found = conditions.rows.order_by().aggregate(**{name: Sum(name) for name in names})
    cells = [number_text(found[name]) if name in found else "" for name in shown[1:]]
    html = "".join(f"<td class=number>{one}" if one else "<td>" for one in cells)
    return {"cells": cells, "html": SafeString(html), "note": ""}
