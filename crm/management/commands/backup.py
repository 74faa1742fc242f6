"""`manage.py backup`: everything in one file, or whether such a file is whole."""

import os
from contextlib import suppress
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from crm.backups import checking, making, places
from crm.backups.refusals import Refused, refusal_in_both

#: How much everybody else goes first.
NICE = 10


class Command(BaseCommand):
    """Makes a backup and proves it, or proves one that there is."""

    help = "Back up database and attachments into one file, and prove that it is whole."

    def add_arguments(self, parser):
        """Take a backup to be proved, if none is to be made."""
        parser.add_argument("--verify", type=Path, metavar="FILE")

    def handle(self, verify, **options):
        """Do it and print where the backup lies; whoever made it reads it."""
        with suppress(OSError):
            os.nice(NICE)
        try:
            with places.alone() as work:
                path = verify or making.make(work)
                told = checking.verify(path, work)
        except Refused as refused:
            raise CommandError(refusal_in_both(refused)) from refused
        rows = sum(number for number, _sum in told.tables.values())
        self.stdout.write(
            f"{path}\n{path.stat().st_size:,} B · {rows:,} 行 / rows · "
            f"{len(told.contents):,} 个附件 / files · 已验证 / verified"
        )
        if told.missing:
            self.stderr.write(
                f"附件内容早已丢失 / contents that were lost before: "
                f"{', '.join(told.missing)}"
            )
