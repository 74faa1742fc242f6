"""Numbers beside pages of the menu: all that a person's menu shows, in one query.

Each is the number of rows on the list behind the entry, told up to `SHOWN`.
"""

from django.apps import apps
from django.db.models import Value
from django.utils.module_loading import import_string

from crm.queries.figures import Counted
from crm.queries.prepared import PreparedFor

#: More than so many are told as 99+.
SHOWN = 99


class MenuNumber:
    """A number of the menu.

    Args:
        parts: a function from a person to the querysets of what is counted; no row
            stands in two of them.
    """

    def __init__(self, parts):
        self.parts = parts

    def expression(self, user):
        """Return what the query asks for: one value."""
        parts = self.parts(user)
        return Counted(*parts, most=SHOWN + 1) if parts else Value(0)

    def read(self, value, user):
        """Return the number that the value says."""
        return value


def numbers_for(user, names):
    """Return {name: number} of some `MenuNumber`s, named by where they stand."""
    answers = user.rights.answers
    if names and not answers.get("menu", {}).keys() >= set(names):
        (row,) = _query(names)(user)
        answers["menu"] = {
            name: import_string(name).read(value, user)
            for name, value in zip(names, row, strict=True)
        }
    return answers.get("menu", {})


_queries = {}


def _query(names):
    """Return the query of some numbers; there are as many as sorts of menus."""
    if names not in _queries:

        def menu_numbers(user):
            own = apps.get_model("crm.User").objects.filter(pk=user.pk).order_by()
            values = [import_string(name).expression(user) for name in names]
            return own.values_list(*values)

        _queries[names] = PreparedFor(menu_numbers)
    return _queries[names]


def text_of(number):
    """Return a number as the menu shows it; nothing for none."""
    return f"{SHOWN}+" if number > SHOWN else str(number or "")


def key_of(groups):
    """Return addresses and numbers of a menu in one word, those one is at marked."""
    entries = (item for group in groups for item in group["items"])
    return " ".join(
        f"{item['url']}{'*' * item['active']}{item['number']}{item.get('version', '')}"
        for item in entries
    )
