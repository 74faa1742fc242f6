"""The addresses of people, departments, roles and deputies."""

from django.urls import path

from system.people.views import (
    access,
    departments,
    deputies,
    passwords,
    roles,
    users,
)

urlpatterns = [
    path("users/", users.UserList.as_view(), name="user_list"),
    path("users/<int:pk>/", users.UserDetail.as_view(), name="user_detail"),
    path("users/<int:pk>/edit/", users.UserUpdate.as_view(), name="user_update"),
    path(
        "users/<int:pk>/password/",
        passwords.UserPassword.as_view(),
        name="user_password",
    ),
    path(
        "users/<int:pk>/deactivation/",
        users.UserDeactivate.as_view(),
        name="user_deactivate",
    ),
    path(
        "users/<int:pk>/second-factor/",
        access.UserSecondFactor.as_view(),
        name="user_second_factor",
    ),
    path(
        "users/<int:pk>/sessions/", access.UserSessions.as_view(), name="user_sessions"
    ),
    path("users/<int:pk>/unlock/", access.UserUnlock.as_view(), name="user_unlock"),
    path(
        "users/<int:pk>/reactivation/",
        users.UserReactivate.as_view(),
        name="user_reactivate",
    ),
    path("departments/", departments.DepartmentList.as_view(), name="department_list"),
    path(
        "departments/add/",
        departments.DepartmentCreate.as_view(),
        name="department_create",
    ),
    path(
        "departments/<int:pk>/edit/",
        departments.DepartmentUpdate.as_view(),
        name="department_update",
    ),
    path(
        "departments/<int:pk>/delete/",
        departments.DepartmentDelete.as_view(),
        name="department_delete",
    ),
    path("roles/", roles.RoleList.as_view(), name="role_list"),
    path("roles/add/", roles.RoleCreate.as_view(), name="role_create"),
    path("roles/comparison/", roles.RoleComparison.as_view(), name="role_comparison"),
    path("roles/<int:pk>/edit/", roles.RoleUpdate.as_view(), name="role_update"),
    path("roles/<int:pk>/delete/", roles.RoleDelete.as_view(), name="role_delete"),
    path("deputies/", deputies.DeputyList.as_view(), name="deputy_list"),
    path("deputies/add/", deputies.DeputyCreate.as_view(), name="deputy_create"),
    path(
        "deputies/<int:pk>/edit/",
        deputies.DeputyUpdate.as_view(),
        name="deputy_update",
    ),
    path(
        "deputies/<int:pk>/delete/",
        deputies.DeputyDelete.as_view(),
        name="deputy_delete",
    ),
]
