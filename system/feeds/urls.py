"""The addresses of what other sites tell."""

from django.urls import path

from system.feeds import entries, sources

urlpatterns = [
    path("feed/", entries.FeedEntryList.as_view(), name="feedentry_list"),
    path(
        "feed/<int:pk>/taking/",
        entries.FeedEntryTaking.as_view(),
        name="feedentry_taking",
    ),
    path(
        "feed/<int:pk>/dismissal/",
        entries.FeedEntryDismissal.as_view(),
        name="feedentry_dismissal",
    ),
    path("sources/", sources.NewsSourceList.as_view(), name="newssource_list"),
    path("sources/add/", sources.NewsSourceCreate.as_view(), name="newssource_create"),
    path(
        "sources/<int:pk>/",
        sources.NewsSourceUpdate.as_view(),
        name="newssource_update",
    ),
    path(
        "sources/<int:pk>/delete/",
        sources.NewsSourceDelete.as_view(),
        name="newssource_delete",
    ),
    path(
        "sources/<int:pk>/reading/",
        sources.NewsSourceReading.as_view(),
        name="newssource_reading",
    ),
]
