"""The sheet of a customer on paper."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.papers.paper import Paper, fact, frame, table
from crm.papers.sheets import record_sheet
from customers.models import Contact, Customer


def sheet_of(customer, user, _asked):
    """Return what the sheet of a customer says."""
    return record_sheet(customer, user, _("Customer sheet"), Customer.groups)


def example(user):
    """Return what the sheet of a customer says that there is not."""
    facts = [
        fact("name", _("name"), "示例制造（苏州）有限公司", wide=True),
        fact("phone", _("phone"), "0512-60000000"),
        fact("website", _("website"), "example.com"),
    ]
    heads = [(_("name"), False), (_("phone"), False)]
    contacts = table(
        Contact._meta.verbose_name_plural, heads, [["赵敏", "13800000000"]]
    )
    return {
        **frame(user, _("Customer sheet"), "KH000123 · 示例制造（苏州）有限公司"),
        "groups": [{"heading": _("Basics"), "facts": facts}],
        "tables": [contacts],
    }


SHEET = Paper(
    slug="customer_sheet",
    label=gettext_lazy("Customer sheet"),
    address="sheet",
    kind="customers.customer",
    data=sheet_of,
    example=example,
    along=("owner__department", "reporter", "region"),
)
