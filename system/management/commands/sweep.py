"""`manage.py sweep`: remove what is left behind, put in order what has grown.

It seals the history as well.
"""

from django.core.management.base import BaseCommand

from crm.history import sealing
from system import milestones, sweeping


class Command(BaseCommand):
    """The worker does this by its schedules; this does all of it at once."""

    help = "Remove files that nothing speaks of any more, and old notices."

    def handle(self, **options):
        """Do it, and say how much it was."""
        count, size = sweeping.sweep()
        for forget_some in sweeping.OVER:
            while forget_some():
                pass
        milestones.straighten()
        sealing.seal()
        if options["verbosity"]:
            self.stdout.write(f"{count} 个文件 / files, {size:,} B")
