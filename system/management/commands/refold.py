"""`manage.py refold`: make anew what is kept of rows to find and compare them."""

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from crm.refolding import derived, refolded


class Command(BaseCommand):
    """For a version of the program that folds otherwise; pages go on meanwhile."""

    help = "Fold names, texts and codes anew, in slices; can be run again at any time."

    def add_arguments(self, parser):
        """Take where to begin."""
        parser.add_argument("--kind", help="this kind alone, as customers.customer")
        parser.add_argument("--after", type=int, default=0, help="rows after this id")

    def handle(self, *, kind=None, after=0, **options):
        """Go through all kinds and say how far it is; a key that is taken is named."""
        models = {one._meta.label_lower: one for one in apps.get_models()}
        models = {label: one for label, one in models.items() if derived(one)}
        if kind is not None and kind not in models:
            raise CommandError(f"{kind}? {' '.join(sorted(models))}")
        if after and kind is None:
            raise CommandError("--after: --kind?")
        refused = []
        for label in [kind] if kind else sorted(models):
            for slice_ in refolded(models[label], after):
                refused += [f"{label} {pk}" for pk in slice_.refused]
                if options["verbosity"]:
                    self.stdout.write(
                        f"--kind {label} --after {slice_.last}:"
                        f" {slice_.written} / {slice_.read}"
                    )
        if refused:
            raise CommandError(
                "以下记录的键与其他记录相同，保持原样 / "
                f"Kept as they are, others have the same key: {', '.join(refused)}"
            )
