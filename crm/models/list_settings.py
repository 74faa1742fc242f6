"""How a person has set up a list: columns, widths, density, page size, conditions."""

from django.conf import settings
from django.db import models
from django.db.models import Q

#: What a page may have of rows.
PAGE_SIZES = (10, 25, 50, 100, 200)
#: What a column may be wide, in pixels.
NARROWEST, WIDEST = 40, 800


class ListSettings(models.Model):
    """One person's settings of one list; the address of the page goes before them."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    #: The name of the list's address.
    listing = models.CharField(max_length=60)
    columns = models.JSONField(default=list)
    #: {column: pixels} of those that are not as wide as what they hold.
    widths = models.JSONField(default=dict, db_default={})
    is_compact = models.BooleanField(default=False, db_default=False)
    per_page = models.PositiveSmallIntegerField(null=True)
    #: The view that the list shows to whoever asks for nothing.
    first_view = models.ForeignKey(
        "crm.SavedView", models.SET_NULL, null=True, related_name="+"
    )
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
