"""The addresses of the notices."""

from django.urls import path

from crm.notices import views

urlpatterns = [
    path("", views.notices, name="notice_list"),
    path("read/", views.read, name="notice_read"),
    path("settings/", views.settings, name="notice_settings"),
]
