"""The addresses of 客户信息."""

from django.urls import path

from crm.views.attachments import attachment_urls
from customers.models import Customer
from customers.views import contacts, customers, parts

urlpatterns = [
    path("customers/", customers.CustomerList.as_view(), name="customer_list"),
    path("customers/add/", customers.CustomerCreate.as_view(), name="customer_create"),
    path("customers/similar/", customers.similar, name="customer_similar"),
    path(
        "customers/<int:pk>/",
        customers.CustomerDetail.as_view(),
        name="customer_detail",
    ),
    path(
        "customers/<int:pk>/edit/",
        customers.CustomerUpdate.as_view(),
        name="customer_update",
    ),
    path(
        "customers/<int:pk>/delete/",
        customers.CustomerDelete.as_view(),
        name="customer_delete",
    ),
    path("customers/<int:pk>/file/", parts.file, name="customer_file"),
    path(
        "customers/<int:pk>/file/<slug:subject>/edit/",
        parts.file_entry,
        name="customer_file_entry",
    ),
    path("customers/<int:pk>/relations/", parts.relations, name="customer_relations"),
    path(
        "customers/<int:pk>/relations/add/",
        parts.add_relation,
        name="customer_relation_create",
    ),
    path(
        "customers/<int:pk>/relations/<int:part>/delete/",
        parts.delete_relation,
        name="customer_relation_delete",
    ),
    path("customers/<int:pk>/team/", parts.team, name="customer_team"),
    path(
        "customers/<int:pk>/team/add/", parts.add_member, name="customer_member_create"
    ),
    path(
        "customers/<int:pk>/team/<int:part>/delete/",
        parts.delete_member,
        name="customer_member_delete",
    ),
    path("contacts/", contacts.ContactList.as_view(), name="contact_list"),
    path("contacts/add/", contacts.ContactCreate.as_view(), name="contact_create"),
    path("contacts/<int:pk>/", contacts.ContactDetail.as_view(), name="contact_detail"),
    path(
        "contacts/<int:pk>/edit/",
        contacts.ContactUpdate.as_view(),
        name="contact_update",
    ),
    path(
        "contacts/<int:pk>/delete/",
        contacts.ContactDelete.as_view(),
        name="contact_delete",
    ),
    *attachment_urls(Customer, "customers"),
]
