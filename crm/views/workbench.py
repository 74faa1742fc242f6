"""The workbench, the first page after signing in."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from crm.running.replica import reads_from_replica


@require_GET
@reads_from_replica
def workbench(request):
    """Show the workbench; the template puts together what each app offers."""
    return render(request, "home.html")
