"""Numbers of the menu: what was rejected, what waits to be decided."""

from contracts.models import Amendment, Contract, CreditAssessment, Invoice, Receipt
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


def _to_issue(user):
    if user.rights.reach("contracts.issue_invoice") is None:
        return []
    rows = Invoice.objects.visible_to(user, "issue")
    return [rows.filter(status=Invoice.Status.REQUESTED)]


def _to_assess(user):
    if user.rights.reach("contracts.confirm_creditassessment") is None:
        return []
    rows = CreditAssessment.objects.visible_to(user, "confirm")
    return [rows.filter(status=CreditAssessment.Status.PROPOSED)]


rejected, rejected_changes = MenuNumber(_rejected), MenuNumber(_rejected_changes)
to_confirm, to_issue = MenuNumber(_to_confirm), MenuNumber(_to_issue)
to_assess = MenuNumber(_to_assess)
