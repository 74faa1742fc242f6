"""The addresses of backups."""

from django.urls import path

from system.backups import views

urlpatterns = [
    path("", views.BackupList.as_view(), name="backup_list"),
    path("run/", views.BackupRun.as_view(), name="backup_run"),
    path("<int:pk>/", views.BackupDetail.as_view(), name="backup_detail"),
    path("<int:pk>/download/", views.BackupDownload.as_view(), name="backup_download"),
]
