"""Who will have to approve a contract, told while it is being written."""

from decimal import Decimal

from django.views.generic import TemplateView

from contracts.forms import ForecastForm
from contracts.models import ApprovalRule, Contract
from crm.views import PageMixin


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
        form = ForecastForm(self.request.GET, user=user)
        columns = form.columns
        amount = columns["amount"] or Decimal(0)
        rules = ApprovalRule.objects.prefetch_related("steps__role", "steps__person")
        fitting = rules.fitting(columns, form.said["lines_discount"] or Decimal(0))
        asking = [rule for rule in fitting if rule.amount_from <= amount]
        higher = {
            rule.amount_from: rule
            for rule in reversed(fitting)
            if rule.amount_from > amount
        }
        return super().get_context_data(
            rule=asking[0] if asking else None,
            higher=[higher[amount] for amount in sorted(higher)],
            is_known=columns["amount"] is not None,
            registers=user.rights.registers(Contract) is not None,
            **context,
        )
