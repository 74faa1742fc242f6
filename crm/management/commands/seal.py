"""`manage.py seal`: seal the history, or prove that nobody has rewritten it."""

from django.core.management.base import BaseCommand, CommandError

from crm.history import sealing
from crm.models import HistorySeal


class Command(BaseCommand):
    """`serve` seals once an hour; this does it at once, and checks by a timer."""

    help = "Seal the history; with --check compare it with its seals."

    def add_arguments(self, parser):
        """Take whether to check, and seals that were noted elsewhere."""
        parser.add_argument("--check", action="store_true")
        parser.add_argument(
            "noted", nargs="*", help="seals as they were printed: NUMBER:SHA256"
        )

    def handle(self, check, noted, **options):
        """Do it; the last seal is printed, to be kept where nobody here can write."""
        count = sealing.seal()
        seals = [str(one) for one in HistorySeal.objects.order_by("pk")]
        if missing := [one for one in noted if one not in seals]:
            raise CommandError(f"与原封印不符 / not as sealed: {', '.join(missing)}")
        if check and (broken := [str(one) for one in sealing.broken()]):
            raise CommandError(f"历史已被改动 / history rewritten: {', '.join(broken)}")
        self.stdout.write(f"OK {count:,} {seals[-1] if seals else '–'}")
