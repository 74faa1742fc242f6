"""A form sent twice makes one record."""

from django.conf import settings
from django.db import connection, models


class Submission(models.Model):
    """The key of one filled-in form and where the record it made is found."""

    key = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    url = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        default_permissions = ()

    def __str__(self):
        return str(self.key)

    @classmethod
    def saved_by(cls, key):
        """Return the submission of a form, or None; wait while it is being saved."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(key)]
            )
        return cls.objects.filter(key=key).first()

    @classmethod
    def note(cls, key, user, url):
        """Note that a form was saved, and where what it made is found."""
        known = url if len(url) <= cls._meta.get_field("url").max_length else ""
        cls.objects.create(key=key, user=user, url=known)
