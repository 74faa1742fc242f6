"""The roles that ship: which permissions each holds, and over whose rows.

One table, used to fill the database (`crm.shipped`); afterwards the roles are edited
in 系统工具. A permission is written `app.action_model`; its reach says whose rows
it covers.
"""

from functools import cache

from django.apps import apps
from django.utils.translation import gettext_noop

from crm.kinds import impersonal, imported
from crm.rights.permissions import permission
from crm.rights.roles import Reach

READ, WRITE = ("view", "export"), ("view", "add", "change", "delete", "export")
REGISTER = (*WRITE, "register")
MANAGE = ("view", "add", "change", "delete")

MARKET = ("competitors.competitor", "competitors.encounter", "competitors.newsitem")
#: What those who work with a customer enter is in the books at once.
AT_CUSTOMERS = (
    "customers.contact",
    "customers.counterpart",
    "customers.dealregistration",
    "sales.lead",
    "sales.opportunity",
    "sales.quotation",
    "feedback.interaction",
    "competitors.encounter",
    "contracts.receipt",
    "contracts.invoice",
    "contracts.creditassessment",
)
#: What is entered by whoever sells.
SELLING = (
    "customers.customer",
    "contracts.contract",
    *AT_CUSTOMERS,
)
#: What whoever sells looks up.
FOR_ALL = ("contracts.product", "competitors.competitor", "competitors.newsitem")
POOLS = ("customers.pool", "customers.recyclerule")
SALES_RULES = (
    "sales.quotationapprovalrule",
    "sales.pipeline",
    "sales.targetrule",
    "sales.leadrule",
)
#: Lists for everybody and for groups; of those that name customers, one's customers'.
PRICES = (Reach.OWN, ("view",), ("contracts.pricelist",))
OWN_DEPUTY = (Reach.OWN, MANAGE, ("crm.deputy",))
#: What people write of themselves is in the books at once; heads read it.
OF_ONESELF = ("sales.workplan", "sales.dayreport")
OWN_WORK = (Reach.OWN, (*REGISTER, "import"), OF_ONESELF)
#: Whoever sets targets locks those of others below, and decides on changes to them.
SET_TARGETS = (*WRITE, "import", "decide")
#: Everybody plans for themselves.
OWN_CALENDAR = (Reach.OWN, MANAGE, ("calendar.calendarevent",))


def imported_for_all():
    """Return the kinds that who enters for others imports: not what is of oneself."""
    return [model for model in imported() if not model.personal]


#: {code: {name, name_en, rules of (reach, actions, labels of kinds or a function that
#: returns the kinds)}}; a function, where kinds to come are meant, too.
ROLES = {
    "salesperson": {
        "name": "业务员",
        "name_en": gettext_noop("Salesperson"),
        "rules": (
            (Reach.OWN, WRITE, SELLING),
            (Reach.OWN, ("submit",), ("contracts.contract", "sales.quotation")),
            (Reach.OWN, ("register",), AT_CUSTOMERS),
            (Reach.ALL, ("view",), FOR_ALL),
            (Reach.OWN, ("import",), ("customers.customer", "sales.lead")),
            OWN_WORK,
            (Reach.OWN, READ, ("sales.target",)),
            PRICES,
            OWN_CALENDAR,
        ),
    },
    "researcher": {
        "name": "市场调研人员",
        "name_en": gettext_noop("Market researcher"),
        "rules": (
            (
                Reach.ALL,
                ("view",),
                ("customers.customer", "customers.contact", "contracts.product"),
            ),
            (Reach.OWN, WRITE, ("feedback.interaction", "sales.lead", *MARKET)),
            (Reach.ALL, READ, ("feedback.interaction", *MARKET)),
            OWN_WORK,
            (Reach.OWN, READ, ("sales.target",)),
            PRICES,
            OWN_CALENDAR,
        ),
    },
    "information_administrator": {
        "name": "信息管理员",
        "name_en": gettext_noop("Information administrator"),
        "rules": (
            (Reach.ALL, REGISTER, impersonal),
            (Reach.ALL, ("import",), imported_for_all),
            (Reach.ALL, ("credit",), ("customers.customer",)),
            (
                Reach.ALL,
                ("submit", "complete", "terminate"),
                ("contracts.contract",),
            ),
            (Reach.ALL, ("reopen",), ("sales.opportunity",)),
            (Reach.ALL, ("submit",), ("sales.quotation",)),
            (
                Reach.ALL,
                MANAGE,
                (
                    "crm.dictionaryitem",
                    "announcements.announcement",
                    "competitors.newssource",
                    *POOLS,
                ),
            ),
            (
                Reach.ALL,
                ("view",),
                ("contracts.approvalrule", *SALES_RULES),
            ),
            OWN_CALENDAR,
        ),
    },
    "supervisor": {
        "name": "业务主管",
        "name_en": gettext_noop("Supervisor"),
        "rules": (
            (Reach.DEPARTMENT_TREE, WRITE, SELLING),
            (Reach.OWN, ("register",), AT_CUSTOMERS),
            (
                Reach.DEPARTMENT_TREE,
                ("submit", "approve", "complete", "terminate"),
                ("contracts.contract",),
            ),
            (Reach.DEPARTMENT_TREE, ("submit", "approve"), ("sales.quotation",)),
            (Reach.DEPARTMENT_TREE, ("decide",), ("customers.dealregistration",)),
            (Reach.DEPARTMENT_TREE, ("confirm",), ("contracts.creditassessment",)),
            (Reach.DEPARTMENT_TREE, ("credit",), ("customers.customer",)),
            (Reach.DEPARTMENT_TREE, ("reopen",), ("sales.opportunity",)),
            (Reach.DEPARTMENT_TREE, SET_TARGETS, ("sales.target",)),
            (Reach.OWN, ("register",), ("sales.target",)),
            (Reach.ALL, READ, FOR_ALL),
            (Reach.DEPARTMENT_TREE, READ, OF_ONESELF),
            (Reach.DEPARTMENT_TREE, MANAGE, ("announcements.announcement",)),
            PRICES,
            OWN_DEPUTY,
            OWN_CALENDAR,
            (Reach.DEPARTMENT_TREE, ("view",), ("calendar.calendarevent",)),
        ),
    },
    "sales_director": {
        "name": "销售总监",
        "name_en": gettext_noop("Sales director"),
        "rules": (
            (
                Reach.ALL,
                READ,
                (
                    "customers.customer",
                    "customers.contact",
                    "customers.counterpart",
                    "customers.dealregistration",
                    "feedback.interaction",
                    "contracts.contract",
                    "contracts.product",
                    "contracts.pricelist",
                    "contracts.invoice",
                    "contracts.creditassessment",
                    "sales.lead",
                    "sales.opportunity",
                    "sales.quotation",
                    *OF_ONESELF,
                    *MARKET,
                ),
            ),
            (
                Reach.ALL,
                ("add", "change", "delete", "reopen"),
                ("sales.opportunity",),
            ),
            (Reach.ALL, ("add", "change", "delete", "import"), ("sales.lead",)),
            (Reach.ALL, SET_TARGETS, ("sales.target",)),
            (
                Reach.OWN,
                ("register",),
                ("sales.lead", "sales.opportunity", "sales.target"),
            ),
            (Reach.ALL, ("decide",), ("customers.dealregistration",)),
            (Reach.ALL, ("confirm",), ("contracts.creditassessment",)),
            (Reach.ALL, ("credit",), ("customers.customer",)),
            (Reach.ALL, ("approve",), ("sales.quotation",)),
            (
                Reach.ALL,
                MANAGE,
                (*SALES_RULES, *POOLS),
            ),
            (Reach.ALL, ("view",), ("calendar.calendarevent",)),
            OWN_DEPUTY,
            OWN_CALENDAR,
        ),
    },
    "finance": {
        "name": "财务",
        "name_en": gettext_noop("Finance"),
        "rules": (
            (
                Reach.ALL,
                (*WRITE, "confirm"),
                ("contracts.receipt", "contracts.creditassessment"),
            ),
            (Reach.ALL, ("credit",), ("customers.customer",)),
            (
                Reach.ALL,
                (*WRITE, "import", "issue"),
                ("contracts.invoice",),
            ),
            (
                Reach.OWN,
                ("register",),
                (
                    "contracts.receipt",
                    "contracts.invoice",
                    "contracts.creditassessment",
                ),
            ),
            (Reach.ALL, READ, ("customers.customer", "contracts.contract")),
            (
                Reach.ALL,
                ("view",),
                ("customers.contact", "contracts.product", "contracts.pricelist"),
            ),
            OWN_CALENDAR,
        ),
    },
    "system_administrator": {
        "name": "系统管理员",
        "name_en": gettext_noop("System administrator"),
        "rules": (
            # A person is never deleted: whoever leaves may no longer sign in.
            (Reach.ALL, ("view", "add", "change"), ("crm.user",)),
            (
                Reach.ALL,
                MANAGE,
                (
                    "crm.department",
                    "crm.role",
                    "crm.deputy",
                    "crm.dictionaryitem",
                    "contracts.approvalrule",
                    *SALES_RULES,
                    "competitors.newssource",
                    *POOLS,
                    "jobs.holiday",
                    "announcements.announcement",
                ),
            ),
            (
                Reach.ALL,
                ("view", "change"),
                ("jobs.job", "jobs.schedule", "jobs.reminder"),
            ),
            (
                Reach.ALL,
                ("view", "change"),
                ("papers.company", "papers.papertemplate"),
            ),
            (Reach.ALL, ("view", "change"), ("system.importrun",)),
            (Reach.ALL, ("view",), ("crm.historyentry",)),
            (Reach.ALL, ("view", "add", "export"), ("backups.backup",)),
            OWN_CALENDAR,
        ),
    },
}


@cache
def shipped_roles():
    """Return {code: {name, name_en, grants}}."""
    return {
        code: {
            "name": role["name"],
            "name_en": role["name_en"],
            "grants": granted(*role["rules"]),
        }
        for code, role in ROLES.items()
    }


def granted(*rules):
    """Return {permission: reach} of some rules."""
    return {
        permission(action, model): str(reach)
        for reach, actions, kinds in rules
        for model in (kinds() if callable(kinds) else map(apps.get_model, kinds))
        for action in actions
    }
