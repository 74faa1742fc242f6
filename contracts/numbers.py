"""Numbers of the menu: what was rejected, and what waits to be confirmed."""

from contracts.models import Amendment, Contract, Receipt
from crm.navigation.numbers import MenuNumber


def _rejected(user):
    return [
        Contract.objects.visibility(user).own().filter(status=Contract.Status.REJECTED)
    ]


def _rejected_changes(user):
    rows = Contract.objects.visibility(user).own()
    return [rows.filter(amendment_state=Amendment.State.REJECTED)]


def _to_confirm(user):
    if user.rights.reach("contracts.confirm_receipt") is None:
        return []
    rows = Receipt.objects.visible_to(user, "confirm")
    return [rows.filter(status=Receipt.Status.ENTERED)]


rejected, rejected_changes = MenuNumber(_rejected), MenuNumber(_rejected_changes)
to_confirm = MenuNumber(_to_confirm)
