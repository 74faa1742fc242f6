"""Departments, the tree that people belong to."""

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from crm.guards.receivers import only_to_who_works_here
from crm.guards.refusals import BY_TRIGGER
from crm.guards.triggers import department_path, department_path_below, noted, stamped
from crm.guards.watermarks import ANY_CHANGE, PEOPLE, watermarked
from crm.models.versions import Versioned


class DepartmentQuerySet(models.QuerySet):
    """Departments as a tree."""

    def at_or_below(self, person, department):
        """Return the departments at or below a person's own and headed ones.

        Args:
            person: the person's id.
            department: the id of the person's own department.
        """
        roots = Department.objects.filter(Q(pk=department) | Q(head=person))
        whole = ExpressionWrapper(OuterRef("path"), models.CharField())
        above = roots.alias(whole=whole).filter(whole__startswith=F("path"))
        return self.filter(Exists(above.order_by()))

    def nearest_head(self, who):
        """Return the id of the next head up the tree from a person, not that person.

        Args:
            who: the relation to the person; empty for people themselves.
        """
        path = f"{who}__department__path" if who else "department__path"
        whole = ExpressionWrapper(OuterRef(path), models.CharField())
        active = apps.get_model("crm.User").objects.active()
        heads = self.filter(head__in=active.values("pk")).alias(whole=whole)
        above = heads.filter(whole__startswith=F("path"))
        above = above.exclude(head=OuterRef(who or "pk"))
        return Subquery(above.order_by(Length("path").desc()).values("head")[:1])


def ids_of_people(departments):
    """Return the ids of the people of some departments and of all below them."""
    within = Q(pk__in=())
    for department in departments:
        within |= Q(department__path__startswith=department.path)
    people = apps.get_model("crm.User").objects.filter(within).order_by("pk")
    return list(people.values_list("pk", flat=True))


def people_below(person, steps):
    """Return the ids of those from whom so many steps up the heads lead to a person."""
    people = apps.get_model("crm.User").objects.order_by()
    people = people.alias(above=Department.objects.nearest_head(""))
    found = people.filter(above=person.pk).values("pk")
    for _step in range(1, steps):
        found = people.filter(above__in=found).values("pk")
    return found


class Department(Versioned):
    """A department; `path` ("/1/4/") is kept by a trigger and never holds a cycle."""

    actions = ("view", "add", "change", "delete")
    sort_field = "path"
    name_field = "name"

    name = models.CharField(_("name"), max_length=100)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("parent department"),
        related_name="children",
    )
    head = models.ForeignKey(
        "crm.User",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("head"),
        related_name="headed_departments",
    )
    path = models.CharField(max_length=500, editable=False, default="/")

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        default_permissions = ()
        ordering = ("path",)
        constraints = (
            models.UniqueConstraint(
                "parent",
                "name",
                name="department_name_once_per_parent",
                nulls_distinct=False,
                violation_error_message=_("This department exists already."),
            ),
        )
        triggers = (
            department_path(),
            department_path_below(),
            stamped(ignored=("path",)),
            noted("crm.department", title="name", ignored=("path",)),
            watermarked(PEOPLE, ANY_CHANGE),
            only_to_who_works_here("head_id"),
        )

    def __str__(self):
        return self.name

    def clean(self):
        """Refuse a parent that lies below this department (PostgreSQL does too)."""
        if self.pk and self.parent and f"/{self.pk}/" in self.parent.path:
            raise ValidationError({"parent": BY_TRIGGER["department_circle"]})
