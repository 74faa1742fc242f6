"""`manage.py handover 7`: print the receipt of a hand-over again, and check it."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from system.handovers.doing import is_genuine
from system.leaving.models import Handover


def legible(receipt):
    """Return a receipt on lines of its own; one that was spoilt, as it stands."""
    try:
        lines = json.loads(receipt)
    except ValueError:
        return receipt
    return json.dumps(lines, ensure_ascii=False, sort_keys=True, indent=1)


class Command(BaseCommand):
    """Print what has gone to whom; fail if it is not what was written then."""

    help = "Print the receipt of a hand-over again and check its SHA-256."

    def add_arguments(self, parser):
        """Take the number of the hand-over, and a SHA-256 that was kept elsewhere."""
        parser.add_argument("number", type=int)
        parser.add_argument("--sha256", help="as the signed receipt has it")

    def handle(self, *args, number, sha256, **options):
        """Print the receipt and its SHA-256, then say whether both hold."""
        handover = Handover.objects.filter(pk=number).first()
        if handover is None:
            raise CommandError(_("There is no hand-over with this number."))
        if handover.status != Handover.Status.DONE:
            raise CommandError(_("This hand-over is not done yet."))
        self.stdout.write(legible(handover.receipt))
        self.stdout.write(f"SHA-256 {handover.sha256}")
        if not is_genuine(handover) or sha256 not in (None, handover.sha256):
            raise CommandError(_("This receipt is not what was written then."))
        self.stdout.write(_("Checked: the receipt is what was written then."))
