"""The addresses of dictionaries."""

from django.urls import path

from system.dictionaries import views

urlpatterns = [
    path("", views.DictionaryItemList.as_view(), name="dictionaryitem_list"),
    path("add/", views.DictionaryItemCreate.as_view(), name="dictionaryitem_create"),
    path(
        "<int:pk>/edit/",
        views.DictionaryItemUpdate.as_view(),
        name="dictionaryitem_update",
    ),
    path(
        "<int:pk>/replacement/",
        views.DictionaryItemReplace.as_view(),
        name="dictionaryitem_replace",
    ),
    path(
        "<int:pk>/delete/",
        views.DictionaryItemDelete.as_view(),
        name="dictionaryitem_delete",
    ),
]
