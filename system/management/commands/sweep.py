"""`manage.py sweep`: remove the files that uploads and imports have left behind."""

from django.core.management.base import BaseCommand

from system import sweeping


class Command(BaseCommand):
    """`serve` does this once an hour; a timer may where something else serves."""

    help = "Remove the files of finished imports and contents that nothing speaks of."

    def handle(self, **options):
        """Do it, and say how much it was."""
        count, size = sweeping.sweep()
        sweeping.forget_intake()
        if options["verbosity"]:
            self.stdout.write(f"{count} 个文件 / files, {size:,} B")
