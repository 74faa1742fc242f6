"""Two rows that look like one thing, and what a person said to that."""

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm.duplicates.traits import labels_of
from crm.guards import actor
from crm.guards.acts import becomes
from crm.guards.triggers import stamped
from crm.kinds import business
from crm.models.kind_names import KindField
from crm.models.versions import Versioned
from crm.rights.permissions import permission

#: What the program reckons anew: no decision of anybody.
RECKONED = ("score", "reasons", "found_at")


def mergeable():
    """Return the kinds that say by which traits two rows of theirs are one thing."""
    return [model for model in business() if model.traits]


class PairQuerySet(models.QuerySet):
    """Pairs, and who may see them."""

    def visible_to(self, user, action="view"):
        """Return the pairs of which the person may do this to both rows."""
        seen = Q(pk__in=())
        for model in mergeable():
            rows = model.objects.order_by().visible_to(user, action)
            if rows.query.is_empty():
                continue
            seen |= _both_among(rows)
        return self.filter(seen)

    def for_merging(self, record, user):
        """Return the undecided ones in which a record stands, for whoever may merge.

        That is who may delete rows of its kind, and change both of these.
        """
        model = type(record)
        if not model.traits or not user.has_perm(permission("delete", model)):
            return self.none()
        rows = model.objects.order_by().visible_to(user, "change")
        if rows.query.is_empty():
            return self.none()
        return self.open().naming(model, record.pk).filter(_both_among(rows))

    def open(self):
        """Return those that nobody has decided on."""
        return self.filter(state=Pair.State.OPEN)

    def naming(self, model, *pks):
        """Return the pairs in which some rows of a kind stand."""
        rows = self.filter(kind=model._meta.label_lower)
        return rows.filter(Q(low_id__in=pks) | Q(high_id__in=pks))


def _both_among(rows):
    """Return the condition that both rows are among some of their kind."""
    both = (Exists(rows.filter(pk=OuterRef(name))) for name in ("low_id", "high_id"))
    return Q(*both, kind=rows.model._meta.label_lower)


class Pair(Versioned):
    """Two rows of a kind, the older one first, how much they look alike and by what."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("pair", "undecided")
        DISMISSED = "dismissed", pgettext_lazy("pair", "not the same")
        MERGED = "merged", pgettext_lazy("pair", "merged")

    acts = {
        "dismissed": becomes("state", "dismissed"),
        "reconsidered": becomes("state", "open"),
    }

    kind = KindField(_("kind"), max_length=60)
    low_id = models.BigIntegerField()
    high_id = models.BigIntegerField()
    score = models.PositiveSmallIntegerField(_("score"))
    reasons = models.JSONField(_("what they have in common"), default=list)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.OPEN
    )
    found_at = models.DateTimeField(_("found at"), db_default=Now())
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("decided by"),
        related_name="+",
        db_index=False,
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)

    objects = PairQuerySet.as_manager()

    class Meta:
        verbose_name = _("likely duplicate")
        verbose_name_plural = _("likely duplicates")
        default_permissions = ()
        ordering = ("-score", "-pk")
        constraints = (
            models.UniqueConstraint("kind", "low_id", "high_id", name="pair_once"),
            models.CheckConstraint(
                condition=Q(low_id__lt=F("high_id")), name="pair_older_first"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("open", "dismissed", "merged")),
                name="pair_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_by=None, decided_at=None)
                | ~Q(state="open")
                & Q(decided_by__isnull=False)
                & Q(decided_at__isnull=False),
                name="pair_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(score__lte=100), name="pair_score_of_hundred"
            ),
        )
        indexes = (
            models.Index(fields=("state", "-score", "-id"), name="pair_surest"),
            models.Index(fields=("kind", "high_id"), name="pair_of_newer"),
        )
        triggers = (
            stamped(ignored=RECKONED),
            pgtrigger.Protect(
                name="same_rows",
                operation=pgtrigger.UpdateOf("kind", "low_id", "high_id"),
            ),
            pgtrigger.Trigger(
                name="noted",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("state"),
                func=(
                    "PERFORM crm_note_history(TG_OP, 'duplicates.pair', 'id',"
                    " '{version,changed_at,changed_by_id,score,reasons,found_at,"
                    "decided_at,decided_by_id}', NEW.kind, 'low_id',"
                    " to_jsonb(OLD), to_jsonb(NEW)); RETURN NULL;"
                ),
            ),
        )

    def __str__(self):
        return f"{self.low_id} = {self.high_id}"

    def get_absolute_url(self):
        """Return the address of the page where both stand side by side."""
        return reverse("duplicate_detail", args=[self.pk])

    @property
    def model(self):
        """The kind of the two rows."""
        return apps.get_model(self.kind)

    @property
    def tied_ids(self):
        """The ids of both: the history calls a pair by their names."""
        return (self.low_id, self.high_id)

    def reason_labels(self):
        """Return what the two have in common, in the reader's language."""
        return labels_of(self.model, self.reasons)

    def dismiss(self, by):
        """Remember that the two are not the same: nobody is asked again.

        Raises:
            ValidationError: somebody else has decided on them.
        """
        values = {"decided_by": by, "decided_at": Now()}
        self._move(self.State.OPEN, self.State.DISMISSED, by, "dismissed", values)

    def reconsider(self, by):
        """Forget that somebody said they are not the same: it is asked again.

        Raises:
            ValidationError: nobody says so any more.
        """
        values = {"decided_by": None, "decided_at": None}
        self._move(self.State.DISMISSED, self.State.OPEN, by, "reconsidered", values)

    def _move(self, before, after, by, verb, values):
        rows = type(self).objects.filter(pk=self.pk, state=before)
        with actor.acting(by, verb=verb):
            done = rows.update(state=after, **values)
        if not done:
            raise ValidationError(
                gettext("Somebody else has dealt with this in the meantime."),
                code="conflict",
            )
