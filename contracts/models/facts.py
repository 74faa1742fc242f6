"""What conditions of approval rules may name of a contract and of its customer."""

from django.utils.translation import gettext_lazy as _

from contracts.models.contracts import Contract
from crm.approval.conditions import Fact, Sort, facts_of
from customers.models import Customer

#: What `contracts_credit` says of the customer, this contract counted: (key, label).
OF_CREDIT = (
    ("exposure", _("exposure with this contract (CNY)")),
    ("over", _("beyond the credit limit (CNY)")),
    ("overdue", _("overdue (CNY)")),
    ("overdue_days", _("days overdue")),
)


def facts():
    """Return {key: Fact} as `contracts_facts` knows them; to be kept for one page."""
    department = Fact(
        key="owner.department",
        label=_("owner's department"),
        sort=Sort.DEPARTMENT,
        group=Contract._meta.verbose_name,
    )
    credit = (
        Fact(f"credit.{key}", label, Sort.NUMBER, _("Credit"), is_related=True)
        for key, label in OF_CREDIT
    )
    found = (
        *facts_of(Contract, leave_out=("customer", "reporter")),
        department,
        *facts_of(Customer, prefix="customer.", leave_out=("reporter",)),
        *credit,
    )
    return {fact.key: fact for fact in found}


def choices():
    """Return the fields that conditions may name, as choices of a column."""
    return [(key, fact.name) for key, fact in facts().items()]
