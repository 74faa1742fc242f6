"""The addresses of the registration inbox."""

from django.urls import path

from system.inbox import review, verbs, views

urlpatterns = [
    path("", views.Inbox.as_view(), name="inbox"),
    path("registration/", verbs.RegisterMany.as_view(), name="registration_many"),
    path("return/", verbs.ReturnMany.as_view(), name="registration_return_many"),
    path("<str:label>/<int:pk>/", review.Review.as_view(), name="inbox_review"),
    path(
        "<str:label>/<int:pk>/registration/",
        verbs.Register.as_view(),
        name="registration",
    ),
    path(
        "<str:label>/<int:pk>/return/",
        verbs.Return.as_view(),
        name="registration_return",
    ),
    path("<str:label>/<int:pk>/report/", verbs.ReportAgain.as_view(), name="report"),
]
