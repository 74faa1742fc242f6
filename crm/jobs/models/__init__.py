"""The tables of the background jobs."""

from crm.jobs.models.beat import Beat
from crm.jobs.models.holiday import Holiday
from crm.jobs.models.job import Cancellation, Job
from crm.jobs.models.progress import Progress, standing
from crm.jobs.models.reminder import Reminder
from crm.jobs.models.schedule import Schedule

__all__ = [
    "Beat",
    "Cancellation",
    "Holiday",
    "Job",
    "Progress",
    "Reminder",
    "Schedule",
    "standing",
]
