"""What a person has seen last and what they have starred, of whatever kind."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from crm.kinds import business

#: So many records a person can have starred.
MOST_STARRED = 100
#: So many are remembered of those that a person has seen; what of them is not to be
#: seen any more leaves room for others.
REMEMBERED = 60
#: What makes a bookmark the one it is.
ONCE = ("person", "label", "record_id")


class BookmarkQuerySet(models.QuerySet):
    """Bookmarks: always of one person, who alone is shown them."""

    def seen(self, user):
        """Return what a person has seen, the latest first."""
        return self.filter(person=user.pk, seen_at__isnull=False).order_by("-seen_at")

    def starred(self, user):
        """Return what a person has starred, the latest first."""
        rows = self.filter(person=user.pk, starred_at__isnull=False)
        return rows.order_by("-starred_at")

    def see(self, user, record):
        """Note that a person has looked at a record, in one statement."""
        label, now = record._meta.label_lower, timezone.now()
        one = self.model(person=user, label=label, record_id=record.pk, seen_at=now)
        self.bulk_create(
            [one], update_conflicts=True, unique_fields=ONCE, update_fields=["seen_at"]
        )

    def about(self, record):
        """Return those of one record."""
        return self.filter(label=record._meta.label_lower, record_id=record.pk)

    def forget(self):
        """Drop what was seen long since, and what leads to rows that are gone."""
        place = Window(
            RowNumber(), partition_by=F("person"), order_by=F("seen_at").desc()
        )
        seen = self.filter(starred_at=None).annotate(place=place)
        self.filter(pk__in=seen.filter(place__gt=REMEMBERED).values("pk")).delete()
        kinds = {kind._meta.label_lower: kind for kind in business()}
        self.exclude(label__in=kinds).delete()
        for label, kind in kinds.items():
            rows = kind.everything.order_by().values("pk")
            self.filter(label=label).exclude(record_id__in=rows).delete()


class Bookmark(models.Model):
    """That a person has seen a record, and whether they have starred it.

    Kinds to come need no table of their own: what a row leads to is read by kind and
    visibility, and what is gone for good is swept away.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    label = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    seen_at = models.DateTimeField(null=True)
    starred_at = models.DateTimeField(null=True)

    objects = BookmarkQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=ONCE, name="bookmark_once"),
            models.CheckConstraint(
                condition=Q(seen_at__isnull=False) | Q(starred_at__isnull=False),
                name="bookmark_says_something",
            ),
        )

    def __str__(self):
        return f"{self.label} {self.record_id}"
