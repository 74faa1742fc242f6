"""What is due gets its job: once for each due moment, whoever looks first."""

import logging

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from crm.jobs.asking import ask_alone
from crm.jobs.background import UPGRADE, work_of
from crm.jobs.models import Schedule

log = logging.getLogger(__name__)


@transaction.atomic
def start_due(now=None):
    """Make the jobs of the schedules that are due; return them.

    Moments that passed unseen are made up for by one job. Who comes second finds the
    row locked, or moved on; the key of the job holds even then. Work that waits or runs
    already, by hand or since the last time, is not done twice. Work that this version
    does not know is left to the newer one that brought it, for a day.
    """
    now = now or timezone.now()
    rows = Schedule.objects.filter(active=True, next_at__lte=now).order_by("pk")
    jobs = []
    for schedule in rows.select_for_update(no_key=True, skip_locked=True):
        is_known = work_of(schedule.task_path) is not None
        if not is_known and now - schedule.next_at < UPGRADE:
            continue
        if job := _started(schedule):
            jobs.append(job)
        schedule.set_next(now)
        schedule.save(update_fields=["next_at"])
    return jobs


def _started(schedule):
    work = work_of(schedule.task_path)
    if work is None:
        log.warning("This version does not know the work %s", schedule.task_path)
        return None
    if work.func.needed is not None and not work.func.needed():
        return None
    moment = schedule.next_at.isoformat()
    key = f"schedule {schedule.pk} {moment}"
    try:
        return ask_alone(work, by=None, key=key, schedule=schedule)
    except ValidationError:
        log.info("%s waits or runs already", schedule.task_path)
        return None
