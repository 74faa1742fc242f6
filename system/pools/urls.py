"""The addresses at which pools are set up."""

from django.urls import path

from system.pools import views

urlpatterns = [
    path("add/", views.PoolCreate.as_view(), name="pool_create"),
    path("<int:pk>/edit/", views.PoolUpdate.as_view(), name="pool_update"),
    path("<int:pk>/delete/", views.PoolDelete.as_view(), name="pool_delete"),
]
