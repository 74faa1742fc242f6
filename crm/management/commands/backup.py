"""`manage.py backup`: everything in one file, or whether such a file is whole."""

import os
from contextlib import suppress
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from crm.backups import keys, shelf
from crm.backups.carrying_out import carry_out, verify
from crm.backups.models import Backup
from crm.backups.refusals import Refused, refusal_in_both

#: How much everybody else goes first.
NICE = 10


class Command(BaseCommand):
    """Makes a backup and proves it, or proves one that there is."""

    help = "Back up database and attachments into one file, and prove that it is whole."

    def add_arguments(self, parser):
        """Take a backup to be proved, if none is to be made.

        Whoever starts it in the background (`crm.backups.work`) names row and parent.
        """
        parser.add_argument("--verify", type=Path, metavar="FILE")
        parser.add_argument("--encrypt", action="store_true", help="ask a passphrase")
        parser.add_argument("--row", type=int, help="that was begun for it")
        parser.add_argument("--parent", type=int, help="process not to outlive")

    def handle(self, row, parent, **options):
        """Do it and print where the backup lies; whoever made it reads it."""
        with suppress(OSError):
            os.nice(NICE)
        try:
            if path := options["verify"]:
                manifest = verify(path.absolute(), keys.typed)
            else:
                path, manifest = self.made(row, parent, encrypt=options["encrypt"])
        except Refused as refused:
            raise CommandError(refusal_in_both(refused)) from refused
        self.tell(path, manifest)

    def made(self, row, parent, *, encrypt):
        """Make one, encrypted if that is wished here or by the environment."""
        passphrase = keys.long_enough(keys.typed()) if encrypt else keys.from_file()
        if row:
            begun = Backup.objects.get(pk=row)
        else:
            begun = shelf.begin(by=None, encrypted=bool(passphrase))
        return carry_out(begun, parent, passphrase)

    def tell(self, path, manifest):
        """Print what there is now."""
        rows = sum(number for number, _sum in manifest.tables.values())
        self.stdout.write(
            f"{path}\n{path.stat().st_size:,} B · {rows:,} 行 / rows · "
            f"{len(manifest.contents):,} 个附件 / files · 已验证 / verified"
        )
        if manifest.missing:
            self.stderr.write(
                f"附件内容早已丢失 / contents that were lost before: "
                f"{', '.join(manifest.missing)}"
            )
