"""The addresses of announcements."""

from django.urls import path

from system.announcements import pages

urlpatterns = [
    path("", pages.AnnouncementList.as_view(), name="announcement_list"),
    path("add/", pages.AnnouncementCreate.as_view(), name="announcement_create"),
    path("<int:pk>/", pages.AnnouncementDetail.as_view(), name="announcement_detail"),
    path(
        "<int:pk>/edit/",
        pages.AnnouncementUpdate.as_view(),
        name="announcement_update",
    ),
    path(
        "<int:pk>/delete/",
        pages.AnnouncementDelete.as_view(),
        name="announcement_delete",
    ),
    path(
        "<int:pk>/reading/",
        pages.AnnouncementReading.as_view(),
        name="announcement_reading",
    ),
]
