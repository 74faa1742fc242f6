"""The addresses of 系统工具."""

from django.urls import include, path

urlpatterns = [
    path("system/inbox/", include("system.inbox.urls")),
]
