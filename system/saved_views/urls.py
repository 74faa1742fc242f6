"""The addresses of saved views."""

from django.urls import path

from system.saved_views import pages

urlpatterns = [
    path("views/", pages.SavedViews.as_view(), name="savedview_list"),
    path("views/add/", pages.SavedViewCreate.as_view(), name="savedview_create"),
    path(
        "views/<int:pk>/edit/", pages.SavedViewUpdate.as_view(), name="savedview_update"
    ),
    path(
        "views/<int:pk>/delete/",
        pages.SavedViewDelete.as_view(),
        name="savedview_delete",
    ),
    path(
        "views/<int:pk>/query/", pages.SavedViewQuery.as_view(), name="savedview_query"
    ),
    path("views/<int:pk>/pin/", pages.SavedViewPin.as_view(), name="savedview_pin"),
    path("views/<int:pk>/place/", pages.SavedViewMove.as_view(), name="savedview_move"),
    path(
        "views/<int:pk>/first/", pages.SavedViewFirst.as_view(), name="savedview_first"
    ),
    path("lists/<slug:listing>/views/", pages.ListViews.as_view(), name="list_views"),
]
