"""Whether this process can serve pages."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.backups.models import Backup
from crm.jobs.models import Beat

PLAIN = "text/plain; charset=utf-8"
#: What is missing although pages are served, for whoever operates.
SILENT, OVERDUE = "no worker", "no backup"


@login_not_required
@require_safe
@never_cache
def health(request):
    """Answer `ok`, or 503 when the database does not; no details for strangers.

    Pages are served without a worker, too, so that its silence is no reason to send
    people elsewhere: the answer stays 200, with a second word for whoever operates. So
    does a proved backup that is more than two days old.
    """
    missing = []
    try:
        if Beat.objects.is_silent():
            missing.append(SILENT)
        if Backup.objects.is_overdue():
            missing.append(OVERDUE)
    except (DatabaseError, InterfaceError):
        return HttpResponse("fail", status=503, content_type=PLAIN)
    answer = f"ok, but {' and '.join(missing)}" if missing else "ok"
    return HttpResponse(answer, content_type=PLAIN)
