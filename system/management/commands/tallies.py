"""`manage.py tallies`: compare the kept numbers with the tables; write them anew."""

from importlib import import_module

from django.core.management.base import BaseCommand, CommandError

from crm.kinds import business
from system import tallies


class Command(BaseCommand):
    """Counts every record once; not something that a page does."""

    help = "Compare the kept numbers of records with the tables, or repair them."

    def add_arguments(self, parser):
        """Take --repair."""
        parser.add_argument(
            "--repair", action="store_true", help="write the numbers anew"
        )

    def handle(self, *, repair: bool = False, **options):
        """Say what differs; without --repair a difference is an error."""
        modules = [
            import_module(model.kept_sums) for model in business() if model.kept_sums
        ]
        if repair:
            tallies.repair()
            for module in modules:
                module.repair()
        found = tallies.differences()
        for one in found:
            self.stdout.write(
                f"{one.label} owner={one.owner_id} other={one.other_id}"
                f" registered={one.registered} state={one.state!r}:"
                f" {one.n:+} {one.amount:+}"
            )
        others = [one for module in modules for one in module.differences()]
        for one in others:
            self.stdout.write(str(one))
        if found or others:
            raise CommandError(
                "台账与数据表不一致，请运行 manage.py tallies --repair / "
                "The ledger differs from the tables: run manage.py tallies --repair"
            )
        self.stdout.write("OK")
