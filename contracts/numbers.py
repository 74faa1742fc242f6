"""Numbers of the menu: what was rejected."""

from contracts.models import Amendment, Contract
from crm.navigation.numbers import MenuNumber


def _rejected(user):
    return [
        Contract.objects.visibility(user).own().filter(status=Contract.Status.REJECTED)
    ]


def _rejected_changes(user):
    rows = Contract.objects.visibility(user).own()
    return [rows.filter(amendment_state=Amendment.State.REJECTED)]


rejected, rejected_changes = MenuNumber(_rejected), MenuNumber(_rejected_changes)
