"""How a person has set up a list: columns in their order, rows per page, conditions."""

from django.conf import settings
from django.db import models
from django.db.models import Q

#: What a page may have of rows.
PAGE_SIZES = (10, 25, 50, 100, 200)


class ListSettings(models.Model):
    """One person's settings of one list; the address of the page goes before them."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    #: The name of the list's address.
    listing = models.CharField(max_length=60)
    columns = models.JSONField(default=list)
    per_page = models.PositiveSmallIntegerField(null=True)
    is_unfolded = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("person", "listing"), name="list_settings_once_each"
            ),
            models.CheckConstraint(
                condition=Q(per_page=None) | Q(per_page__in=PAGE_SIZES),
                name="list_settings_page_size_known",
            ),
        )

    def __str__(self):
        return self.listing
