"""How far a right reaches, and the words of what one may have a right to do."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Reach(TextChoices):
    """Whose rows a permission covers, from narrow to wide."""

    OWN = "own", _("own")
    SUBORDINATES = "subordinates", _("own and subordinates'")
    DEPARTMENT = "department", _("own department")
    DEPARTMENT_TREE = "department_tree", _("own department and below")
    ALL = "all", _("all")


WIDTH = {reach: width for width, reach in enumerate(Reach.values)}

#: The actions as the role page heads its columns with them.
ACTION_LABELS = {
    "view": pgettext_lazy("right", "view"),
    "add": pgettext_lazy("right", "add"),
    "change": pgettext_lazy("right", "change"),
    "delete": pgettext_lazy("right", "delete"),
    "export": pgettext_lazy("right", "export"),
    "import": pgettext_lazy("right", "import"),
    "register": pgettext_lazy("right", "register"),
    "submit": pgettext_lazy("right", "submit"),
    "approve": pgettext_lazy("right", "approve"),
    "complete": pgettext_lazy("right", "complete"),
    "terminate": pgettext_lazy("right", "terminate"),
    "reopen": pgettext_lazy("right", "open again"),
    "confirm": pgettext_lazy("right", "confirm"),
    "issue": pgettext_lazy("right", "issue"),
    "decide": pgettext_lazy("right", "decide"),
    "credit": pgettext_lazy("right", "set credit"),
}
