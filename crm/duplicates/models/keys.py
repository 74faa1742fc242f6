"""What rows have of the traits of their kind, so that an index finds who shares it."""

from hashlib import blake2b

from django.db import models


class Key(models.Model):
    """One thing that a row has: its digest stands for kind, trait and text.

    Derived of the rows by `crm.duplicates.matching`, and made anew by it.
    """

    kind = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    trait = models.CharField(max_length=20)
    digest = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        indexes = (
            models.Index(fields=("digest", "row_id"), name="duplicates_key_found"),
            models.Index(fields=("kind", "row_id"), name="duplicates_key_of_row"),
        )

    def __str__(self):
        return f"{self.kind} {self.row_id} {self.trait}"


def digest(kind, trait, text):
    """Return the number that stands for a text of a trait of a kind."""
    key = f"{kind}\0{trait}\0{text}".encode()
    return int.from_bytes(blake2b(key, digest_size=8).digest(), signed=True)
