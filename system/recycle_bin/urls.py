"""The addresses of the recycle bin."""

from django.urls import path

from system.recycle_bin import views

urlpatterns = [
    path("", views.RecycleBin.as_view(), name="recycle_bin"),
    path(
        "<str:label>/<int:pk>/restoration/",
        views.Restore.as_view(),
        name="recycle_bin_restore",
    ),
    path(
        "<str:label>/<int:pk>/belonging/",
        views.RestoreWith.as_view(),
        name="recycle_bin_restore_with",
    ),
]
