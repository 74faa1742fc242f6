"""The addresses of 系统工具."""

from django.urls import include, path

from system.inbox.returned import Returned

urlpatterns = [
    path("system/returned/", Returned.as_view(), name="returned_list"),
    path("system/inbox/", include("system.inbox.urls")),
    path("system/", include("system.people.urls")),
    path("system/", include("system.handovers.urls")),
    path("system/dictionaries/", include("system.dictionaries.urls")),
    path("system/", include("system.log.urls")),
    path("system/", include("system.jobs.urls")),
    path("system/announcements/", include("system.announcements.urls")),
    path("calendar/", include("system.calendar.urls")),
    path("system/backups/", include("system.backups.urls")),
    path("system/papers/", include("system.papers.urls")),
    path("news/", include("system.feeds.urls")),
    path("pipelines/", include("system.pipelines.urls")),
    path("targets/rules/", include("system.target_rules.urls")),
    path("leads/rules/", include("system.lead_rules.urls")),
    path("pools/", include("system.pools.urls")),
    path("system/reminders/", include("system.reminders.urls")),
    path("system/", include("system.duplicates.urls")),
    path("help/", include("system.help.urls")),
    path("system/recycle-bin/", include("system.recycle_bin.urls")),
    path("", include("system.saved_views.urls")),
    path("statistics/", include("system.statistics.urls")),
    path("", include("system.exports.urls")),
    path("", include("system.imports.urls")),
]
