"""The five roles that ship: which permissions each holds, and over whose rows.

One table, used once to fill the database; afterwards the roles are edited in
系统工具. A permission is written `app.action_model`; its reach says whose rows
it covers.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy


class Reach(TextChoices):
    """Whose rows a permission covers, from narrow to wide."""

    OWN = "own", _("own")
    SUBORDINATES = "subordinates", _("own and subordinates'")
    DEPARTMENT = "department", _("own department")
    DEPARTMENT_TREE = "department_tree", _("own department and below")
    ALL = "all", _("all")


WIDTH = {reach: width for width, reach in enumerate(Reach.values)}

#: Every model whose rights are asked, and the actions that exist for it.
RECORD = ("view", "add", "change", "delete", "export", "register")
LISTED = (*RECORD, "import")
ACTIONS = {
    "customers.customer": LISTED,
    "customers.contact": LISTED,
    "feedback.interaction": RECORD,
    "contracts.contract": (*LISTED, "submit", "approve", "complete", "terminate"),
    "contracts.product": LISTED,
    "competitors.competitor": LISTED,
    "competitors.encounter": RECORD,
    "competitors.newsitem": RECORD,
    "contracts.approvalrule": ("view", "add", "change", "delete"),
    "crm.user": ("view", "add", "change"),
    "crm.department": ("view", "add", "change", "delete"),
    "crm.role": ("view", "add", "change", "delete"),
    "crm.deputy": ("view", "add", "change", "delete"),
    "crm.dictionaryitem": ("view", "add", "change", "delete"),
    "crm.historyentry": ("view",),
}

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
}

EVERY_PERMISSION = frozenset(
    f"{label.split('.')[0]}.{action}_{label.split('.')[1]}"
    for label, actions in ACTIONS.items()
    for action in actions
)

BUSINESS = tuple(label for label, actions in ACTIONS.items() if "register" in actions)
IMPORTED = tuple(label for label, actions in ACTIONS.items() if "import" in actions)
READ, WRITE = ("view", "export"), ("view", "add", "change", "delete", "export")


def grants(*rules):
    """Return {permission: reach} from rules of (reach, actions, model labels)."""
    granted = {}
    for reach, actions, labels in rules:
        for label in labels:
            app, model = label.split(".")
            for action in actions:
                granted[f"{app}.{action}_{model}"] = str(reach)
    return granted


MARKET = ("competitors.competitor", "competitors.encounter", "competitors.newsitem")
#: What those who work with a customer enter is in the books at once.
AT_CUSTOMERS = (
    "customers.contact",
    "feedback.interaction",
    "competitors.encounter",
)
OWN_DEPUTY = (Reach.OWN, ("view", "add", "change", "delete"), ("crm.deputy",))

SHIPPED = {
    "salesperson": {
        "name": "业务员",
        "name_en": gettext_noop("Salesperson"),
        "grants": grants(
            (
                Reach.OWN,
                WRITE,
                (
                    "customers.customer",
                    "customers.contact",
                    "feedback.interaction",
                    "contracts.contract",
                    "competitors.encounter",
                ),
            ),
            (Reach.OWN, ("submit",), ("contracts.contract",)),
            (Reach.OWN, ("register",), AT_CUSTOMERS),
            (
                Reach.ALL,
                ("view",),
                (
                    "contracts.product",
                    "competitors.competitor",
                    "competitors.newsitem",
                ),
            ),
            (Reach.OWN, ("import",), ("customers.customer",)),
        ),
    },
    "researcher": {
        "name": "市场调研人员",
        "name_en": gettext_noop("Market researcher"),
        "grants": grants(
            (
                Reach.ALL,
                ("view",),
                ("customers.customer", "customers.contact", "contracts.product"),
            ),
            (Reach.OWN, WRITE, ("feedback.interaction", *MARKET)),
            (Reach.ALL, READ, ("feedback.interaction", *MARKET)),
        ),
    },
    "information_administrator": {
        "name": "信息管理员",
        "name_en": gettext_noop("Information administrator"),
        "grants": grants(
            (Reach.ALL, RECORD, BUSINESS),
            (Reach.ALL, ("import",), IMPORTED),
            (
                Reach.ALL,
                ("submit", "complete", "terminate"),
                ("contracts.contract",),
            ),
            (
                Reach.ALL,
                ("view", "add", "change", "delete"),
                ("crm.dictionaryitem",),
            ),
            (Reach.ALL, ("view",), ("contracts.approvalrule",)),
        ),
    },
    "supervisor": {
        "name": "业务主管",
        "name_en": gettext_noop("Supervisor"),
        "grants": grants(
            (
                Reach.DEPARTMENT_TREE,
                WRITE,
                (
                    "customers.customer",
                    "customers.contact",
                    "feedback.interaction",
                    "contracts.contract",
                    "competitors.encounter",
                ),
            ),
            (Reach.OWN, ("register",), AT_CUSTOMERS),
            (
                Reach.DEPARTMENT_TREE,
                ("submit", "approve", "complete", "terminate"),
                ("contracts.contract",),
            ),
            (
                Reach.ALL,
                READ,
                (
                    "contracts.product",
                    "competitors.competitor",
                    "competitors.newsitem",
                ),
            ),
            OWN_DEPUTY,
        ),
    },
    "system_administrator": {
        "name": "系统管理员",
        "name_en": gettext_noop("System administrator"),
        "grants": grants(
            # A person is never deleted: whoever leaves may no longer sign in.
            (Reach.ALL, ("view", "add", "change"), ("crm.user",)),
            (
                Reach.ALL,
                ("view", "add", "change", "delete"),
                (
                    "crm.department",
                    "crm.role",
                    "crm.deputy",
                    "crm.dictionaryitem",
                    "contracts.approvalrule",
                ),
            ),
            (Reach.ALL, ("view",), ("crm.historyentry",)),
        ),
    },
}
