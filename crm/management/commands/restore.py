"""`manage.py restore FILE`: bring back a backup, to an empty place or over another."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from crm.backups import places, restoring
from crm.backups.refusals import Refused, in_both, refusal_in_both


class Command(BaseCommand):
    """Brings back a backup; what was there stays aside."""

    help = "Bring back a backup into a new database that takes the old one's place."

    def add_arguments(self, parser):
        """Take the backup."""
        parser.add_argument("file", type=Path)

    def handle(self, file, **options):
        """Do it; say what the old state is called now, and how to go back to it."""
        try:
            with places.alone() as work:
                aside = restoring.restore(file.absolute(), work, self.say)
        except Refused as refused:
            raise CommandError(refusal_in_both(refused)) from refused
        except OperationalError as error:
            raise CommandError(str(error)) from error
        if aside:
            self.stdout.write(
                f"原数据库保留为 / the former database is kept as: {aside}"
            )
        self.stdout.write("已恢复，可以启动 / restored: python3 manage.py serve")

    def say(self, sentence):
        """Print what is being done."""
        self.stdout.write(in_both(sentence))
