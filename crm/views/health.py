"""Whether this process can serve pages."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

PLAIN = "text/plain; charset=utf-8"


@login_not_required
@require_safe
@never_cache
def health(request):
    """Answer `ok`, or 503 when the database does not; no details for strangers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return HttpResponse("fail", status=503, content_type=PLAIN)
    return HttpResponse("ok", content_type=PLAIN)
