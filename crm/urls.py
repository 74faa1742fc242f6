"""Every address of the system; each part of it keeps its own table."""

from allauth.account import views as account
from django.urls import include, path, re_path

from crm.addresses import only_sent_to
from crm.views import (
    bookmarks,
    fresh,
    list_settings,
    profile,
    search,
    sessions,
    switches,
)
from crm.views.approval.desk import ApprovalDesk
from crm.views.choices import choices
from crm.views.health import health
from crm.views.history import history
from crm.views.timeline import timeline
from crm.views.workbench import workbench

handler500 = "crm.views.faults.server_error"

urlpatterns = [
    path("", workbench, name="home"),
    path("login/", account.login, name="account_login"),
    path("logout/", only_sent_to(account.logout), name="account_logout"),
    path("profile/", profile.profile, name="profile"),
    path(
        "profile/password/",
        account.password_change,
        name="account_change_password",
    ),
    path(
        "profile/confirm/", fresh.Confirmation.as_view(), name="account_reauthenticate"
    ),
    path("profile/second-factor/", include("allauth.mfa.urls")),
    path("profile/sessions/end/", sessions.end_others, name="session_end_others"),
    path("profile/sessions/<int:pk>/end/", sessions.end, name="session_end"),
    path("password/reset/", sessions.password_reset, name="account_reset_password"),
    path(
        "password/reset/done/",
        account.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("language/", switches.language, name="language"),
    path("theme/", switches.theme, name="theme"),
    path(
        "lists/<slug:listing>/settings/",
        list_settings.list_settings,
        name="list_settings",
    ),
    path("search/", search.search, name="search"),
    path("options/<str:label>/", choices, name="options"),
    path("approvals/", ApprovalDesk.as_view(), name="approval_list"),
    path("timeline/<str:label>/<int:pk>/", timeline, name="timeline"),
    path("history/<str:label>/<int:pk>/", history, name="history"),
    path("bookmarks/", bookmarks.bookmarks, name="bookmarks"),
    path("seen/<str:label>/<int:pk>/", bookmarks.seen, name="seen"),
    path("stars/<str:label>/<int:pk>/", bookmarks.star, name="star"),
    path("notices/", include("crm.notices.urls")),
    path("health/", health, name="health"),
    path("", include("crm.bulk.urls")),
    path("", include("crm.papers.urls")),
    path("", include("customers.urls")),
    path("", include("contracts.urls")),
    path("", include("feedback.urls")),
    path("", include("sales.urls")),
    path("", include("competitors.urls")),
    path("", include("system.urls")),
]
