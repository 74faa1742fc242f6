"""The addresses of 客户信息."""

from django.urls import path

from crm.papers.urls import paper_urls
from crm.views import record_urls
from customers.forms import (
    ContactForm,
    CounterpartForm,
    CustomerForm,
    DealRegistrationForm,
)
from customers.models import Customer
from customers.views import (
    checking,
    collisions,
    contacts,
    counterparts,
    customers,
    parts,
    pooling,
    pools,
    protection,
    registrations,
)

urlpatterns = [
    path("customers/similar/", customers.similar, name="customer_similar"),
    *record_urls(
        customers.CustomerList,
        customers.CustomerDetail,
        CustomerForm,
        create=customers.CustomerCreate,
        update=customers.CustomerUpdate,
    ),
    *paper_urls(Customer),
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
    path("customers/<int:pk>/claim/", pooling.Claim.as_view(), name="customer_claim"),
    path(
        "customers/<int:pk>/release/",
        pooling.Release.as_view(),
        name="customer_release",
    ),
    path(
        "customers/<int:pk>/assignment/",
        pooling.Assignment.as_view(),
        name="customer_assignment",
    ),
    path(
        "customers/<int:pk>/protection/",
        protection.Protection.as_view(),
        name="customer_protection",
    ),
    path(
        "customers/<int:pk>/extension/",
        protection.Extending.as_view(),
        name="customer_extension",
    ),
    path(
        "customers/<int:pk>/ownerships/", parts.ownerships, name="customer_ownerships"
    ),
    path("check/", checking.Check.as_view(), name="customer_check"),
    path(
        "customers/<int:pk>/asking/", checking.Asking.as_view(), name="customer_asking"
    ),
    path("pools/", pools.PoolList.as_view(), name="pool_list"),
    path(
        "pools/<int:pk>/customers/", pools.PooledList.as_view(), name="pool_customers"
    ),
    path(
        "pools/<int:pk>/customers/<int:part>/",
        pools.PooledDetail.as_view(),
        name="pooled_customer",
    ),
    *record_urls(
        contacts.ContactList,
        contacts.ContactDetail,
        ContactForm,
        create=contacts.ContactCreate,
        update=contacts.ContactUpdate,
    ),
    *record_urls(
        counterparts.CounterpartList, counterparts.CounterpartDetail, CounterpartForm
    ),
    path(
        "registrations/cases/",
        collisions.CollisionList.as_view(),
        name="collision_list",
    ),
    path(
        "registrations/cases/<int:pk>/",
        collisions.CollisionDetail.as_view(),
        name="collision_detail",
    ),
    path(
        "registrations/cases/<int:pk>/ruling/",
        collisions.Ruling.as_view(),
        name="collision_ruling",
    ),
    path(
        "registrations/cases/<int:pk>/appeal/",
        collisions.Appeal.as_view(),
        name="collision_appeal",
    ),
    *record_urls(
        registrations.DealRegistrationList,
        registrations.DealRegistrationDetail,
        DealRegistrationForm,
        create=registrations.DealRegistrationCreate,
        update=registrations.DealRegistrationUpdate,
        delete=registrations.DealRegistrationDelete,
    ),
    path(
        "registrations/<int:pk>/decision/",
        registrations.Decision.as_view(),
        name="dealregistration_decision",
    ),
    path(
        "registrations/<int:pk>/withdrawal/",
        registrations.Withdrawal.as_view(),
        name="dealregistration_withdrawal",
    ),
    path(
        "registrations/<int:pk>/extension/",
        registrations.Extension.as_view(),
        name="dealregistration_extension",
    ),
]
