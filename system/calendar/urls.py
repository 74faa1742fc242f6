"""The addresses of the calendar."""

from django.urls import path

from system.calendar import feed, moving, pages, views

urlpatterns = [
    path("", views.CalendarPage.as_view(), name="calendar"),
    path("feed/", feed.feed_settings, name="calendar_feed_settings"),
    path("feed/<slug:token>.ics", feed.feed, name="calendar_feed"),
    path("add/", pages.CalendarEventCreate.as_view(), name="calendarevent_create"),
    path("<int:pk>/", pages.CalendarEventDetail.as_view(), name="calendarevent_detail"),
    path(
        "<int:pk>/edit/",
        pages.CalendarEventUpdate.as_view(),
        name="calendarevent_update",
    ),
    path(
        "<int:pk>/delete/",
        pages.CalendarEventDelete.as_view(),
        name="calendarevent_delete",
    ),
    path("<str:label>/<int:pk>/day/", moving.AnotherDay.as_view(), name="calendar_day"),
]
