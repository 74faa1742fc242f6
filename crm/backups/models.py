"""The backups that there are, and how each came out."""

from datetime import timedelta

import pgtrigger
from django.db import models
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.backups.refusals import in_words
from crm.jobs.acts import noted_of_people
from crm.models.versions import person
from crm.rights.permissions import permission

#: The newest proved backup must not be older.
LONGEST_WITHOUT = timedelta(days=2)
#: Whoever makes one is taken for dead after so long a silence.
SILENCE = timedelta(minutes=2)
#: What is noted while it is made: nothing that anybody did.
KEPT = (
    "host",
    "state",
    "percent",
    "seen_at",
    "made_at",
    "size",
    "verified",
    "verified_at",
    "copied",
    "reason",
    "named",
)


#: What decides on how good a backup is taken for: it changes only by who tried it.
PROVING = ("verified", "verified_at")
#: What is fixed once there is a file.
MADE = ("state", "made_at", "size", "host")
#: What may be done to a row besides making it (`crm.guards.actor.acting`).
MAKING, TRYING, REMOVING = "backup_made", "backup_tried", "backup_removed"


class BackupQuerySet(models.QuerySet):
    """Which backups there are."""

    def visible_to(self, user, action="view"):
        """Return all of them to whoever may have them: each is about everything."""
        right = permission(action, self.model)
        return self if user.has_perm(right) else self.none()

    def running(self):
        """Return those that are being made."""
        return self.filter(state=self.model.State.RUNNING, seen_at__gte=Now() - SILENCE)

    def is_overdue(self):
        """Say whether there is no proved backup that is young enough.

        An installation has its first days' time, too.
        """
        newest = self.filter(verified=True).order_by("-made_at").first()
        since = newest.made_at if newest else _installed_at()
        return since is not None and since < timezone.now() - LONGEST_WITHOUT


def _installed_at():
    rows = MigrationRecorder.Migration.objects.filter(app="backups")
    return rows.aggregate(first=Min("applied"))["first"]


#: No row says of itself that it is proved; what it is called and who asked for it never
#: changes; what decides over its being kept and believed only by the verbs of it.
BELIEVED = f"""
IF TG_OP = 'DELETE' THEN
    IF verb <> '{REMOVING}' THEN
        RAISE EXCEPTION 'a backup is forgotten only by the rules of keeping'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
END IF;
IF TG_OP = 'INSERT' THEN
    IF NEW.verified OR NEW.copied THEN
        RAISE EXCEPTION 'no backup is proved before it is tried'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END IF;
IF (OLD.id, OLD.name, OLD.person_id, OLD.begun_at)
    IS DISTINCT FROM (NEW.id, NEW.name, NEW.person_id, NEW.begun_at)
    OR OLD.state = 'done' AND verb <> '{MAKING}'
    AND ({", ".join(f"OLD.{name}" for name in MADE)})
    IS DISTINCT FROM ({", ".join(f"NEW.{name}" for name in MADE)})
    OR coalesce(NEW.copied, false) > coalesce(OLD.copied, false) AND verb <> '{TRYING}'
    OR verb <> '{TRYING}' AND ({", ".join(f"OLD.{name}" for name in PROVING)})
    IS DISTINCT FROM ({", ".join(f"NEW.{name}" for name in PROVING)}) THEN
    RAISE EXCEPTION 'what is known of a backup changes only by making and trying it'
        USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


class Backup(models.Model):
    """One file with everything, or the attempt to make one.

    `host` is the machine on which it lies, `verified` what the proof said, None before.
    """

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("backup", "being made")
        DONE = "done", pgettext_lazy("backup", "made")
        FAILED = "failed", pgettext_lazy("backup", "failed")

    actions = ("view", "add", "export")

    name = models.CharField(_("file name"), max_length=100, unique=True)
    person = person(_("asked for by"), null=True, db_index=False)
    host = models.CharField(_("machine"), max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.RUNNING
    )
    percent = models.PositiveSmallIntegerField(default=0)
    begun_at = models.DateTimeField(_("begun at"), default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(_("made at"), null=True)
    size = models.PositiveBigIntegerField(_("size"), null=True)
    verified = models.BooleanField(_("verified"), null=True)
    verified_at = models.DateTimeField(_("verified at"), null=True)
    copied = models.BooleanField(_("in the second place"), null=True)
    reason = models.CharField(max_length=20, blank=True)
    named = models.JSONField(default=dict)

    objects = BackupQuerySet.as_manager()

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        default_permissions = ()
        ordering = ("-begun_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("running", "done", "failed")),
                name="backup_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="done", size__isnull=False, made_at__isnull=False)
                | ~Q(state="done"),
                name="backup_done_is_made",
            ),
        )
        triggers = (
            noted_of_people("backups.backup", title="name", ignored=KEPT),
            pgtrigger.Trigger(
                name="believed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[
                    ("verb", "text := coalesce(current_setting('crm.verb', true), '')")
                ],
                func=BELIEVED,
            ),
        )

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the address of its page."""
        return reverse("backup_detail", args=[self.pk])

    @property
    def why(self):
        """Why it failed, or is not believed, in words."""
        return in_words(self.reason, self.named)

    @property
    def verdict(self):
        """What the proof said: yes, no, or waiting for it."""
        if self.state == self.State.FAILED:
            return "no"
        return {True: "yes", False: "no", None: "waiting"}[self.verified]
