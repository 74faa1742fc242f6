"""Who works here."""

from functools import cached_property

import pgtrigger
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.fields import DerivedTextField
from crm.guards.actor import acting
from crm.guards.acts import becomes
from crm.guards.department_stays import stays_in_departments
from crm.guards.parents import no_circle
from crm.guards.receivers import only_to_who_works_here
from crm.guards.refusals import BY_TRIGGER
from crm.guards.triggers import guarded, never_deleted, noted, stamped
from crm.guards.watermarks import PEOPLE, becomes_another, watermarked
from crm.models.departments import Department
from crm.models.roles import Role
from crm.models.searching import Searched
from crm.models.versions import Versioned
from crm.notices.models import Notice
from crm.queries.figures import Counted
from crm.rights.permissions import MOST_TEAMS, Rights, memberships_of, permission


def factors_of(person):
    """Return the authenticator apps that a person has set up."""
    return Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP)


#: Columns that the program keeps: their change is neither a version nor news.
KEPT = ("language", "search_text", "search_pinyin")
#: Who works here no longer, or whose last day is known.
LEAVING = Q(left_on__isnull=False) | Q(is_active=False)


class UserManager(BaseUserManager["User"]):
    """People, with what a request needs to know of them."""

    def with_grants(self):
        """Return people with department, grants of their roles, teams, unread notices.

        Of every page these are one query.
        """
        roles = Role.objects.filter(users=OuterRef("pk")).order_by()
        teams = memberships_of(OuterRef("pk"))[: MOST_TEAMS + 1]
        unread = Notice.objects.filter(
            person=OuterRef("pk"), read_at=None, in_bell=True
        )
        return self.select_related("department").annotate(
            role_grants=ArraySubquery(roles.values("grants")),
            lacks_second_factor=ExpressionWrapper(
                Exists(roles.filter(requires_second_factor=True))
                & ~Exists(factors_of(OuterRef("pk"))),
                models.BooleanField(),
            ),
            team_customers=ArraySubquery(teams.values("customer")),
            team_writes=ArraySubquery(teams.values("may_write")),
            unread_notices=Counted(unread),
        )

    def active(self, day=None):
        """Return the people who work here on a day (default: today in Shanghai)."""
        there = Q(left_on=None) | Q(left_on__gte=day or timezone.localdate())
        return self.filter(there, is_active=True)

    def seeing(self, model, action="view"):
        """Return those who work here and may see rows of a kind: its possible owners.

        Whoever is given a record must find it.
        """
        right = permission(action, model)
        roles = Role.objects.filter(users=OuterRef("pk"), grants__has_key=right)
        return self.active().filter(Exists(roles.order_by()))

    def named(self, username):
        """Return the one person with a sign-in name, in whatever letters, or none."""
        name = self.model.normalize_username(username).strip()
        return self.alias(lowered=Lower("username")).filter(lowered=name.lower())

    def get_by_natural_key(self, username):
        """Return the person who signs in with a name."""
        return self.named(username).get()

    def visible_to(self, user):
        """Return the people whose names one may see: colleagues see each other."""
        return self.all() if user.is_authenticated else self.none()

    def create_user(self, username, password=None, **fields):
        """Create and return a person; without a password nobody can sign in."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db, force_insert=True)
        return user


class User(Searched, AbstractBaseUser, Versioned):
    """A person who works here, whether or not they may still sign in."""

    actions = ("view", "add", "change")
    sort_field = "name"
    worded = ("name",)
    lettered = ("username", "employee_number", "phone", "email")
    dialled = ("phone",)
    named = ("name",)
    name_field = "name"
    acts = {
        "deactivated": becomes("is_active", "false"),
        "reactivated": becomes("is_active", "true"),
        "left": "op = 'UPDATE' AND new ->> 'left_on' IS NOT NULL",
        "rejoined": "old ->> 'left_on' IS NOT NULL AND new ->> 'left_on' IS NULL",
    }

    username = models.CharField(
        _("username"),
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("This username is taken.")},
    )
    name = models.CharField(_("full name"), max_length=50)
    employee_number = models.CharField(
        _("employee number"), max_length=30, unique=True, null=True, blank=True
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("department"),
        related_name="people",
    )
    superior = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("direct superior"),
        related_name="reports",
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    password_until = models.DateTimeField(
        _("temporary password until"), null=True, editable=False
    )
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
        editable=False,
    )
    roles = models.ManyToManyField(
        Role,
        through="RoleAssignment",
        verbose_name=_("roles"),
        related_name="users",
        blank=True,
    )

    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        default_permissions = ()
        ordering = ("name", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(superior=None) | ~Q(superior=F("pk")),
                name="nobody_is_their_own_superior",
                violation_error_message=_("Nobody is their own superior."),
            ),
            models.UniqueConstraint(
                Lower("username"),
                name="username_once_in_any_letters",
                violation_error_message=_("This username is taken."),
            ),
        )
        triggers = (
            stamped(ignored=("password", "last_login", *KEPT)),
            noted(
                "crm.user",
                title="name",
                ignored=("password", "password_until", "last_login", *KEPT),
            ),
            never_deleted(),
            no_circle(
                "superior_circle",
                "SELECT id, superior_id FROM crm_user WHERE superior_id IS NOT NULL",
                above="superior_id",
            ),
            only_to_who_works_here("superior_id"),
            guarded("is_active", verbs=("deactivated", "reactivated")),
            guarded("password", verbs=("password_set", "password_rehashed")),
            guarded("password_until", verbs=("password_set",)),
            guarded("left_on", verbs=("left", "rejoined")),
            watermarked(
                PEOPLE,
                pgtrigger.Update,
                condition=becomes_another("is_active", "left_on", "department_id"),
            ),
            stays_in_departments(),
        )

    def __str__(self):
        return self.name

    def clean(self):
        """Refuse a superior who reports to this person (PostgreSQL does too)."""
        super().clean()
        above, passed = self.pk and self.superior, set()
        while above and above.pk not in passed:
            if above.pk == self.pk:
                raise ValidationError({"superior": BY_TRIGGER["superior_circle"]})
            passed.add(above.pk)
            above = above.superior

    def is_person(self):
        """Read the name by its surname."""
        return True

    def get_absolute_url(self):
        """Return the address of the person's page in 系统工具."""
        return reverse("user_detail", args=[self.pk])

    def speak(self, language):
        """Note which language the person has switched to: letters are written in it."""
        others = User.objects.exclude(language=language)
        others.filter(pk=self.pk).update(language=language)

    def get_full_name(self):
        """Return the name as people write it, surname first."""
        return self.name

    @property
    def works_here(self):
        """Whether one may sign in: not barred, and the last day not over."""
        left = self.left_on is not None and self.left_on < timezone.localdate()
        return self.is_active and not left

    @property
    def is_password_over(self):
        """Whether a temporary password was not replaced in time."""
        return self.password_until is not None and self.password_until <= timezone.now()

    def check_password(self, raw_password):
        """Say whether it is the password; hash it anew if ours were weaker once."""

        def rehash(raw):
            self.set_password(raw)
            self._password = None  # nothing was chosen: no validator need remember it
            with acting(self, verb="password_rehashed"):
                self.save(update_fields=["password"])

        return check_password(raw_password, self.password, rehash)

    @cached_property
    def rights(self):
        """What this person may do; asked anew for every request's person."""
        grants = getattr(self, "role_grants", None)
        if grants is None:
            grants = list(self.roles.order_by().values_list("grants", flat=True))
        return Rights(self, grants)

    def has_perm(self, perm, obj=None):
        """Say whether one may do this at all or, with a record, to that record."""
        if self.rights.reach(perm) is None:
            return False
        if obj is None:
            return True
        action = perm.split(".")[1].rsplit("_", 1)[0]
        rows = type(obj).objects.visible_to(self, action)
        return rows.filter(pk=obj.pk).exists()

    def has_perms(self, perms, obj=None):
        """Say whether every one of the permissions is held."""
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label):
        """Say whether any permission of the app is held."""
        return any(p.startswith(f"{app_label}.") for p in self.rights.reaches)
