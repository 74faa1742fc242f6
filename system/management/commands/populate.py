"""`manage.py populate`: a company with any number of customers, to measure on."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.demo import PASSWORD
from crm.models import User
from system.population.loading import Load, tidy

#: Fewer would leave some kinds of rows out.
SMALLEST = 100


class Command(BaseCommand):
    """Fills an empty scratch database; refuses one that somebody works in."""

    help = (
        "Fill an EMPTY SCRATCH database with invented customers and everything that "
        "hangs on them. Goes wherever DATABASE_URL points, so never give it a real "
        "one; it refuses a database with people in it."
    )

    def add_arguments(self, parser):
        """Take the size, the seed and the day on which everything ends."""
        parser.add_argument("--customers", type=int, default=10_000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--pooled",
            type=int,
            default=0,
            help="percent of the customers that are in the pool",
        )
        parser.add_argument(
            "--until",
            type=date.fromisoformat,
            default=None,
            help="last day of the five years of data (default: today); the same "
            "arguments make the same rows",
        )

    def handle(self, customers, seed, until, pooled, **options):
        """Refuse where somebody works already, else fill and tidy up."""
        if customers < SMALLEST:
            raise CommandError(f"--customers: {SMALLEST} at least")
        if not 0 <= pooled <= 100:
            raise CommandError("--pooled: a number of percent")
        if until and until > timezone.localdate():
            raise CommandError("--until: not a day to come")
        if User.objects.exists():
            raise CommandError(
                "数据库中已有人员 / There are people already: this fills an empty "
                "scratch database only."
            )
        until = until or timezone.localdate()
        load = Load(customers, seed, until, self.stdout.write, pooled / 100)
        load.run()
        with load.step("vacuum, analyze"):
            tidy()
        load.tell()
        self.stdout.write(
            f"--customers {customers} --seed {seed} --until {until} --pooled {pooled}\n"
            f"password: {PASSWORD}; usernames: director, saleshead (80 %), division1, "
            "head11, seller001, researcher, infoadmin, sysadmin"
        )
