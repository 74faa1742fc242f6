"""The one table of what happened: who, when, what, old → new, from where."""

import json

from django.db import DEFAULT_DB_ALIAS, models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.guards.actor import BY_NEW_VERSION, acting
from crm.guards.triggers import append_only, signed_by_the_database

TELL = "SELECT * FROM crm_tell(%s, %s, %s, %s, %s, %s, %s)"


class HistoryEntry(models.Model):
    """One thing that happened; written by triggers, never changed, never deleted.

    `label` and `object_id` name the row that changed, `subject_label` and
    `subject_id` the record whose history shows it (a contract for its lines).
    `changes` is {field: [old, new]} as PostgreSQL's to_jsonb wrote them. The
    actor has no foreign key: an entry outlives everything it speaks of.
    """

    actions = ("view",)
    append_only = True
    only_read = True

    at = models.DateTimeField(_("at"), db_default=models.functions.Now())
    actor_id = models.BigIntegerField(_("actor"), null=True)
    actor_name = models.CharField(_("actor"), max_length=150, blank=True)
    verb = models.CharField(_("action"), max_length=40)
    label = models.CharField(_("kind"), max_length=60, blank=True)
    object_id = models.BigIntegerField(null=True)
    subject_label = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    title = models.CharField(_("record"), max_length=200, blank=True)
    changes = models.JSONField(_("changes"), default=dict)
    address = models.CharField(_("address"), max_length=45, blank=True)
    request_id = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("operation log")
        default_permissions = ()
        ordering = ("-id",)
        indexes = (
            models.Index(
                fields=("subject_label", "subject_id", "-id"), name="history_subject"
            ),
            models.Index(fields=("actor_id", "-id"), name="history_actor"),
            models.Index(fields=("verb", "-id"), name="history_verb"),
            models.Index(fields=("-at",), name="history_at"),
        )
        triggers = (append_only(), signed_by_the_database())

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.verb} {self.title}"

    @property
    def doer(self):
        """Who did it: a person, or the system where a new version did."""
        is_system = not self.actor_name and self.verb == BY_NEW_VERSION
        return gettext("the system") if is_system else self.actor_name

    @classmethod
    def record(
        cls,
        actor,
        verb,
        *,
        subject=None,
        kind=None,
        title="",
        changes=None,
        request=None,
    ):
        """Write and return an entry for what changed no row: a sign-in, an export.

        Whatever is done to a list as a whole is told by this one call: its `kind`, and
        in `changes` how many `rows` there were and by which `conditions`. The act must
        be one of `crm.guards.acts.SAID`, its word one of `crm.history.words`.

        Args:
            actor: the person, or None when nobody is known.
            verb: what was done.
            subject: the record it was done to, if there is one.
            kind: the model of the rows it was done to, if they were many.
            title: what to show when there is no subject.
            changes: {name: [old, new]}, or any small JSON object.
            request: from where, if it came by one.

        Raises:
            DatabaseError: it is no act that the program tells of by itself.
        """
        about = subject if subject is not None else kind
        label = about._meta.label_lower if about is not None else ""
        number = subject.pk if subject is not None else None
        known = actor if actor is not None and actor.is_authenticated else None
        said = [
            verb,
            label,
            number,
            (str(subject) if subject is not None else title)[:200],
            json.dumps(changes or {}),
            request.META.get("REMOTE_ADDR", "") if request else "",
            getattr(request, "id", "") if request else "",
        ]
        with acting(known):  # the database itself takes the actor from it
            return cls.objects.db_manager(DEFAULT_DB_ALIAS).raw(TELL, said)[0]
