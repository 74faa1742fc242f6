"""Views of lists that people keep under a name: conditions, order and columns.

A view says what is asked for, never what is found: whoever opens it sees what they may.
"""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from crm.guards.receivers import only_to_who_works_here
from crm.guards.triggers import noted, stamped
from crm.models.departments import Department
from crm.models.people import User
from crm.models.roles import Role
from crm.models.versions import Versioned, person


class SavedViewQuerySet(models.QuerySet):
    """Views, as those who keep them and those they are shared with see them."""

    def visible_to(self, user):
        """Return a person's own, and those shared with them."""
        return self.filter(Q(owner=user.pk) | Q(pk__in=self._shared(user).values("pk")))

    def shared_with(self, user):
        """Return those that somebody else shares with a person."""
        return self.filter(pk__in=self._shared(user).values("pk")).exclude(
            owner=user.pk
        )

    def shared(self):
        """Return those that are shared with anybody."""
        return self.exclude(role=None, department=None)

    def _shared(self, user):
        """Return what is shared with whom holds the role and works in the department.

        Or below it; where one of the two is not said, it does not matter.
        """
        held = User.roles.through.objects.filter(user=user.pk, role=OuterRef("role"))
        own = Department.objects.filter(pk=user.department_id).values("path")
        rows = self.model.objects.order_by().shared().alias(own=Subquery(own))
        within = Q(own__startswith=F("department__path"))
        return rows.filter(Q(role=None) | Exists(held), Q(department=None) | within)

    def pinned_by(self, user):
        """Return what a person has in the menu, in their order."""
        pins = Pin.objects.filter(view=OuterRef("pk"), person=user.pk)
        rows = self.visible_to(user).alias(place=Subquery(pins.values("place")))
        return rows.filter(place__isnull=False).order_by("place", "pk")


class SavedView(Versioned):
    """A view of a list: one's own, or shared with a role, a department or both."""

    owner = person(_("owner"), editable=False)
    #: The name of the list's address.
    listing = models.CharField(_("list"), max_length=60, editable=False)
    name = models.CharField(_("view name"), max_length=60)
    #: Conditions, order and columns as a query string.
    query = models.TextField(_("conditions"), max_length=4000, blank=True)
    role = models.ForeignKey(
        Role,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("shared with role"),
        related_name="+",
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("shared with department"),
        related_name="+",
    )

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        default_permissions = ()
        ordering = ("listing", "name", "pk")
        triggers = (
            stamped(),
            noted("crm.savedview", title="name"),
            only_to_who_works_here("owner_id"),
        )

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the address of the list as the view shows it.

        Of a list that there is no more, that of one's views.
        """
        try:
            return f"{reverse(self.listing)}?view={self.pk}"
        except NoReverseMatch:
            return reverse("savedview_list")

    @property
    def asked(self):
        """What it asks for, as a QueryDict of its own."""
        return QueryDict(self.query, mutable=True)


class Pin(models.Model):
    """That a person has a view in the menu, and at which place."""

    person = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="pins")
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint("person", "view", name="pin_once"),)

    def __str__(self):
        return f"{self.person_id} {self.view_id}"
