"""The addresses of 交往反馈."""

from crm.views import record_urls
from feedback.forms import InteractionForm
from feedback.views import InteractionDetail, InteractionList

urlpatterns = record_urls(InteractionList, InteractionDetail, InteractionForm)
