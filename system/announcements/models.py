"""An announcement, for whom it is, and who has read it."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.guards.triggers import noted, stamped, touches
from crm.models import Department, Role, User
from crm.models.versions import Versioned, person
from crm.rights.permissions import permission
from crm.rights.roles import Reach
from crm.validators import validate_business_date


class AnnouncementQuerySet(models.QuerySet):
    """Announcements, as their readers and their publishers see them."""

    def visible_to(self, user, action="view"):
        """Return what one published or looks after; to read, what is meant for one."""
        reach = user.rights.reach(permission(action, self.model))
        if reach == Reach.ALL:
            return self
        mine = user.rights.owned_by(reach, "published_by") if reach else Q(pk__in=())
        if action == "view":
            mine |= Q(pk__in=self.model.objects.addressed_to(user).values("pk"))
        return self.filter(mine)

    def addressed_to(self, user):
        """Return what has been published by now for a person, also when it is over.

        Whoever holds one of the roles and works in one of the departments or below
        them; without roles or departments nobody is left out.
        """
        here = OuterRef("pk")
        for_roles = ForRole.objects.filter(announcement=here)
        own = Department.objects.filter(pk=user.department_id).values("path")
        below = ForDepartment.objects.filter(announcement=here)
        within = below.alias(own=Subquery(own)).filter(
            own__startswith=F("department__path")
        )
        return self.filter(
            ~Exists(for_roles) | Exists(for_roles.filter(role__users=user.pk)),
            ~Exists(below) | Exists(within),
            starts_on__lte=timezone.localdate(),
        )

    def current(self):
        """Return those of today."""
        today = timezone.localdate()
        return self.filter(starts_on__lte=today, ends_on__gte=today)

    def marked_for(self, user):
        """Return them with `is_read`: whether the person has read each."""
        readings = Reading.objects.filter(announcement=OuterRef("pk"), person=user.pk)
        return self.annotate(is_read=Exists(readings))


class Announcement(Versioned):
    """What everybody, or some roles and departments, are told from day to day.

    It stands on the workbench of its readers, the pinned ones above the others. Who
    has read it, and when, is kept.
    """

    actions = ("view", "add", "change", "delete")
    history_to = "change"  # its readers are told what it says, not what it said
    sort_field = "starts_on"

    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), max_length=20000)
    starts_on = models.DateField(
        _("shown from"), default=timezone.localdate, validators=[validate_business_date]
    )
    ends_on = models.DateField(_("shown until"), validators=[validate_business_date])
    pinned = models.BooleanField(_("pinned"), default=False)
    roles = models.ManyToManyField(
        Role,
        through="ForRole",
        verbose_name=_("for roles"),
        related_name="+",
        blank=True,
    )
    departments = models.ManyToManyField(
        Department,
        through="ForDepartment",
        verbose_name=_("for departments"),
        related_name="+",
        blank=True,
    )
    published_by = person(_("published by"), editable=False)
    created_at = models.DateTimeField(
        _("created at"), default=timezone.now, editable=False
    )

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        default_permissions = ()
        ordering = ("-starts_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="announcement_days_in_order",
                violation_error_message=_("The last day is before the first day."),
            ),
        )
        indexes = (models.Index(fields=("ends_on",), name="announcement_ends"),)
        triggers = (
            stamped(),
            noted("announcements.announcement", title="title"),
        )

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Return the address of the announcement's page."""
        return reverse("announcement_detail", args=[self.pk])

    def audience(self):
        """Return the people whom it is meant for and who work here today."""
        people = User.objects.active()
        if roles := list(self.roles.order_by().values_list("pk", flat=True)):
            people = people.filter(Exists(_held(roles)))
        if paths := list(self.departments.order_by().values_list("path", flat=True)):
            within = Q()
            for path in paths:
                within |= Q(department__path__startswith=path)
            people = people.filter(within)
        return people

    def mark_read(self, by):
        """Note that a person has read this; once is enough."""
        Reading.objects.bulk_create(
            [Reading(announcement=self, person=by)], ignore_conflicts=True
        )


def _held(roles):
    assignments = User.roles.through.objects.filter(user=OuterRef("pk"))
    return assignments.filter(role__in=roles)


class ForRole(models.Model):
    """A role that an announcement is for; a role that is named so cannot be deleted."""

    announcement = models.ForeignKey(
        Announcement, models.CASCADE, related_name="for_roles", db_index=False
    )
    role = models.ForeignKey(Role, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint("announcement", "role", name="for_role_once"),
        )
        triggers = (
            noted(
                "announcements.forrole",
                title="role_id",
                subject=("announcements.announcement", "announcement_id"),
            ),
            touches("announcements_announcement", "announcement_id"),
        )

    def __str__(self):
        return f"{self.announcement} – {self.role}"


class ForDepartment(models.Model):
    """A department that an announcement is for, with all below it."""

    announcement = models.ForeignKey(
        Announcement, models.CASCADE, related_name="for_departments", db_index=False
    )
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                "announcement", "department", name="for_department_once"
            ),
        )
        triggers = (
            noted(
                "announcements.fordepartment",
                title="department_id",
                subject=("announcements.announcement", "announcement_id"),
            ),
            touches("announcements_announcement", "announcement_id"),
        )

    def __str__(self):
        return f"{self.announcement} – {self.department}"


class Reading(models.Model):
    """That a person has read an announcement; nothing of the business: no history."""

    announcement = models.ForeignKey(
        Announcement, models.CASCADE, related_name="readings", db_index=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    at = models.DateTimeField(_("read at"), db_default=models.functions.Now())

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint("announcement", "person", name="announcement_read"),
        )

    def __str__(self):
        return f"{self.person}: {self.announcement}"
