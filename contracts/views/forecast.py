"""Who will have to approve a contract, told while it is being written."""

from decimal import Decimal

from django.views.generic import TemplateView

from contracts.forms import ForecastForm
from contracts.models import ApprovalRule, Contract
from crm.views import PageMixin
from customers.models import Customer


class ApprovalForecast(PageMixin, TemplateView):
    """The rule that asks for approval of what is typed, and those of higher amounts.

    A part of the form of a contract, fetched anew as it is filled in; nothing is
    written. What is handed in is asked of the same rules.
    """

    model = Contract
    action = "add"
    template_name = "contracts/forecast.html"

    def get_context_data(self, **context):
        """Add the rules."""
        user = self.request.user
        said = ForecastForm(self.request.GET, user=user).said
        total = said["lines_total"]
        amount = total if said["amount"] is None else said["amount"]
        contract = Contract(
            customer=said["customer"] or Customer(),
            kind=said["kind"],
            amount=Decimal(0) if amount is None else amount,
        )
        rules = ApprovalRule.objects.prefetch_related("steps__role", "steps__person")
        fitting = rules.fitting(contract, said["lines_discount"] or Decimal(0))
        asking = [rule for rule in fitting if rule.amount_from <= contract.amount]
        higher = {
            rule.amount_from: rule
            for rule in reversed(fitting)
            if rule.amount_from > contract.amount
        }
        return super().get_context_data(
            rule=asking[0] if asking else None,
            higher=[higher[amount] for amount in sorted(higher)],
            is_known=amount is not None,
            registers=user.rights.registers(Contract) is not None,
            **context,
        )
