"""Whether this process can serve pages."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.jobs.models import Beat

PLAIN = "text/plain; charset=utf-8"
SILENT = "ok, but no worker"


@login_not_required
@require_safe
@never_cache
def health(request):
    """Answer `ok`, or 503 when the database does not; no details for strangers.

    Pages are served without a worker, too, so that its silence is no reason to send
    people elsewhere: the answer stays 200, with a second word for whoever operates.
    """
    try:
        is_silent = Beat.objects.is_silent()
    except (DatabaseError, InterfaceError):
        return HttpResponse("fail", status=503, content_type=PLAIN)
    return HttpResponse(SILENT if is_silent else "ok", content_type=PLAIN)
