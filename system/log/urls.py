"""The addresses of the operation log and the sign-in log."""

from django.urls import path

from system.log import seals, views
from system.log.export import LogExport

urlpatterns = [
    path("log/", views.Log.as_view(), name="log"),
    path("log/export/", LogExport.as_view(), name="log_export"),
    path("log/<int:pk>/", views.LogDetail.as_view(), name="log_detail"),
    path("seals/", seals.Seals.as_view(), name="seal_list"),
    path("seals/check/", seals.SealCheck.as_view(), name="seal_check"),
    path("sign-ins/", views.SignIns.as_view(), name="signins"),
]
