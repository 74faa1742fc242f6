"""Merges: which rows became one, what moved, and whether that was taken back."""

from datetime import timedelta

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.duplicates.models.pairs import mergeable
from crm.models.kind_names import KindField

#: So long a merge can be taken back.
UNDONE_WITHIN = timedelta(days=30)

BEGINS = """
IF NEW.undone_at IS NOT NULL OR NEW.winner_id = ANY (NEW.losers)
    OR cardinality(NEW.losers) = 0 OR EXISTS (
        SELECT FROM duplicates_merge
        WHERE kind = NEW.kind AND undone_at IS NULL
            AND losers && (NEW.losers || NEW.winner_id)
    ) THEN
    RAISE EXCEPTION 'one of these rows is merged already'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'merge_once';
END IF;
NEW.at := now();
NEW.by_id := coalesce(
    nullif(current_setting('crm.actor', true), '')::bigint, NEW.by_id
);
RETURN NEW;
"""
#: What moved is written by the transaction that moves it; afterwards a merge is only
#: taken back, once and in time.
MOVES = """
IF (NEW.kind, NEW.winner_id, NEW.losers, NEW.went_in, NEW.at, NEW.by_id)
    IS DISTINCT FROM
    (OLD.kind, OLD.winner_id, OLD.losers, OLD.went_in, OLD.at, OLD.by_id)
    OR (NEW.fields, NEW.moved) IS DISTINCT FROM (OLD.fields, OLD.moved)
        AND OLD.at <> now()
    OR NEW.kept IS DISTINCT FROM OLD.kept AND OLD.undone_at IS DISTINCT FROM now()
THEN
    RAISE EXCEPTION 'what a merge did never changes'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'merge_kept';
END IF;
IF OLD.undone_at IS NOT NULL THEN
    NEW.undone_at := OLD.undone_at;
    NEW.undone_by_id := OLD.undone_by_id;
ELSIF NEW.undone_at IS NOT NULL THEN
    IF OLD.at < now() - interval '30 days' THEN
        RAISE EXCEPTION 'it is too late to take this back'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merge_too_late';
    END IF;
    NEW.undone_at := now();
    NEW.undone_by_id := coalesce(
        nullif(current_setting('crm.actor', true), '')::bigint, NEW.undone_by_id
    );
END IF;
RETURN NEW;
"""
#: Whoever says that rows are merged has merged them by the end of the transaction: the
#: guards of contracts let nobody else change what is frozen.
HOLDS = """
SELECT * INTO now_row FROM duplicates_merge WHERE id = NEW.id;
EXECUTE format(
    'SELECT count(*) FROM %I WHERE id = ANY ($1) AND deleted_at IS NOT NULL',
    replace(NEW.kind, '.', '_')
) INTO gone USING NEW.losers;
IF gone <> (
    CASE WHEN now_row.undone_at IS NULL THEN cardinality(NEW.losers) ELSE 0 END
) THEN
    RAISE EXCEPTION 'these rows are not what the merge says'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'merge_holds';
END IF;
RETURN NULL;
"""
#: What is kept is another one now, or again: whoever saw it before looks anew, also
#: where nothing was chosen for it.
TOUCHES = """
EXECUTE format(
    'UPDATE %I SET version = version + 1, changed_at = clock_timestamp(),'
    ' changed_by_id = coalesce($2, changed_by_id) WHERE id = $1',
    replace(NEW.kind, '.', '_')
) USING NEW.winner_id, coalesce(NEW.undone_by_id, NEW.by_id);
RETURN NULL;
"""


class MergeQuerySet(models.QuerySet):
    """Merges, and who may see them."""

    def visible_to(self, user, action="view"):
        """Return the merges into rows on which the person may do this.

        What was kept may lie in the recycle bin: why it cannot be parted again is said
        to whoever asks.
        """
        seen = Q(pk__in=())
        for model in mergeable():
            rows = model.everything.order_by().visible_to(user, action)
            if not rows.query.is_empty():
                winner = Exists(rows.filter(pk=OuterRef("winner_id")))
                seen |= Q(winner, kind=model._meta.label_lower)
        return self.filter(seen)

    def in_force(self):
        """Return those that were not taken back."""
        return self.filter(undone_at=None)

    def of_kind(self, model):
        """Return the merges of a kind."""
        return self.filter(kind=model._meta.label_lower)

    def left_out_of(self, rows):
        """Return some rows of a kind without those that went into another one."""
        merges = self.in_force().of_kind(rows.model)
        gone = merges.filter(losers__contains=[OuterRef("pk")])
        return rows.filter(~Exists(gone)) if rows.model.traits else rows

    def winner_of(self, model, pk):
        """Return the id of the row that another one has become, or None."""
        # A number beyond all ids is asked for as an id: an array would not take it.
        found = model._base_manager.filter(pk=pk).values_list("pk", flat=True).first()
        last, seen = pk, set()
        while found is not None and found not in seen:
            seen.add(found)
            last = found
            rows = self.in_force().of_kind(model).filter(losers__contains=[found])
            found = rows.values_list("winner_id", flat=True).first()
        return last if last != pk else None

    def losers_of(self, model, pk):
        """Return the ids of all rows that have become this one."""
        found, more = set(), {pk}
        while more:
            rows = self.in_force().of_kind(model).filter(winner_id__in=more)
            more = {
                one
                for losers in rows.values_list("losers", flat=True)
                for one in losers
            }
            more -= found
            found |= more
        return found


class Merge(models.Model):
    """Some rows of a kind that became one: it is kept, the others lie in the bin.

    `fields` is {column: [before, after]} of what was chosen for the one that is kept,
    `moved` what went to it (`crm.duplicates.moving`), `kept` what stayed with it when
    the merge was taken back: it had been touched since.
    """

    kind = KindField(_("kind"), max_length=60)
    winner_id = models.BigIntegerField()
    losers = ArrayField(models.BigIntegerField())
    #: What these were called: the history of what is kept tells it.
    went_in = ArrayField(
        models.TextField(), verbose_name=_("Went into it"), default=list
    )
    fields = models.JSONField(default=dict)
    moved = models.JSONField(default=list)
    kept = models.JSONField(default=list)
    at = models.DateTimeField(_("merged at"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("merged by"),
        related_name="+",
    )
    undone_at = models.DateTimeField(_("taken back at"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("taken back by"),
        related_name="+",
    )

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        default_permissions = ()
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="merge_undone_by_somebody",
            ),
        )
        indexes = (
            models.Index(fields=("kind", "winner_id"), name="merge_winner"),
            GinIndex(fields=("losers",), name="merge_losers"),
        )
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="begins",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=BEGINS,
            ),
            pgtrigger.Trigger(
                name="moves",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=MOVES,
            ),
            pgtrigger.Trigger(
                name="holds",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                declare=[("now_row", "record"), ("gone", "bigint")],
                func=HOLDS,
            ),
            pgtrigger.Trigger(
                name="touches",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("undone_at"),
                func=TOUCHES,
            ),
            pgtrigger.Trigger(
                name="noted",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("undone_at"),
                func=(
                    "PERFORM crm_note_history(TG_OP, 'duplicates.merge', 'id',"
                    " '{fields,moved,kept,at,by_id,undone_by_id,winner_id}',"
                    " NEW.kind, 'winner_id',"
                    " CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END,"
                    " to_jsonb(NEW)); RETURN NULL;"
                ),
            ),
        )

    def __str__(self):
        return f"{self.kind} {self.losers} → {self.winner_id}"

    @property
    def model(self):
        """The kind of the rows."""
        return apps.get_model(self.kind)

    @property
    def tied_ids(self):
        """The id of what is kept: the history calls a merge by its name."""
        return (self.winner_id,)

    @property
    def weight(self):
        """How many rows moved."""
        return sum(len(one.get("rows", ())) for one in self.moved)

    @property
    def can_be_undone(self):
        """Whether it holds, and its time is not over."""
        return self.undone_at is None and timezone.now() - self.at < UNDONE_WITHIN
