"""The addresses of 交往反馈."""

from django.urls import path

from crm.views import record_urls
from feedback.forms import FollowUpForm, InteractionForm
from feedback.models import Interaction
from feedback.views import (
    CounterpartAppraisal,
    FollowUp,
    InteractionDetail,
    InteractionList,
)

follow_up = FollowUp.as_view(model=Interaction, form_class=FollowUpForm)

urlpatterns = [
    path("interactions/follow-up/", follow_up, name="interaction_follow_up_create"),
    path(
        "counterparts/appraisal/",
        CounterpartAppraisal.as_view(),
        name="counterpart_appraisal",
    ),
    *record_urls(InteractionList, InteractionDetail, InteractionForm),
]
