"""The addresses of 客户信息."""

from django.urls import path

from customers import views

urlpatterns = [
    path("customers/", views.CustomerList.as_view(), name="customer_list"),
    path("customers/add/", views.CustomerCreate.as_view(), name="customer_create"),
    path("customers/<int:pk>/", views.CustomerDetail.as_view(), name="customer_detail"),
    path(
        "customers/<int:pk>/edit/",
        views.CustomerUpdate.as_view(),
        name="customer_update",
    ),
    path(
        "customers/<int:pk>/delete/",
        views.CustomerDelete.as_view(),
        name="customer_delete",
    ),
    path("contacts/", views.ContactList.as_view(), name="contact_list"),
    path("contacts/add/", views.ContactCreate.as_view(), name="contact_create"),
    path("contacts/<int:pk>/", views.ContactDetail.as_view(), name="contact_detail"),
    path(
        "contacts/<int:pk>/edit/", views.ContactUpdate.as_view(), name="contact_update"
    ),
    path(
        "contacts/<int:pk>/delete/",
        views.ContactDelete.as_view(),
        name="contact_delete",
    ),
]
