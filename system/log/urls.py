"""The addresses of the operation log and the sign-in log."""

from django.urls import path

from system.log import views

urlpatterns = [
    path("log/", views.Log.as_view(), name="log"),
    path("log/<int:pk>/", views.LogDetail.as_view(), name="log_detail"),
    path("sign-ins/", views.SignIns.as_view(), name="signins"),
]
