"""The addresses of reminders."""

from django.urls import path

from system.reminders import pages

urlpatterns = [
    path("", pages.ReminderList.as_view(), name="reminder_list"),
    path("<int:pk>/edit/", pages.ReminderUpdate.as_view(), name="reminder_update"),
]
