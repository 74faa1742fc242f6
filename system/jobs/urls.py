"""The addresses of background jobs, schedules and holidays."""

from django.urls import path

from system.jobs import holidays, schedules, views

urlpatterns = [
    path("jobs/", views.jobs, name="job_list"),
    path("jobs/<int:pk>/", views.job, name="job_detail"),
    path("jobs/<int:pk>/cancellation/", views.cancel, name="job_cancel"),
    path("jobs/<int:pk>/retry/", views.retry, name="job_retry"),
    path(
        "schedules/<int:pk>/edit/",
        schedules.ScheduleUpdate.as_view(),
        name="schedule_update",
    ),
    path(
        "schedules/<int:pk>/run/", schedules.ScheduleRun.as_view(), name="schedule_run"
    ),
    path("holidays/", holidays.HolidayList.as_view(), name="holiday_list"),
    path("holidays/add/", holidays.HolidayCreate.as_view(), name="holiday_create"),
    path(
        "holidays/<int:pk>/edit/",
        holidays.HolidayUpdate.as_view(),
        name="holiday_update",
    ),
    path(
        "holidays/<int:pk>/delete/",
        holidays.HolidayDelete.as_view(),
        name="holiday_delete",
    ),
]
