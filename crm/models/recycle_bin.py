"""A record's way into the recycle bin and back; what stands against either."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.utils import timezone
from django.utils.translation import gettext

from crm.guards import actor
from crm.guards.refusals import explained
from crm.queries.figures import Counted, capped


class InBin(models.Model):
    """What is put into the recycle bin before it is gone; its columns are Record's."""

    class Meta:
        abstract = True

    @classmethod
    def holders(cls):
        """Return [(model, field name)] of what refers to such records and holds them.

        Also by foreign keys that nothing is reached back through.
        """
        return [
            (relation.related_model, relation.field.name)
            for relation in cls._meta.get_fields(include_hidden=True)
            if getattr(relation, "on_delete", None) is models.PROTECT
            and relation.one_to_many
        ]

    def used_by(self):
        """Return [(model, field name, number)] of live rows that refer to this.

        A kind whose rows do not hold for ever what they name says by `holding` which
        do. All in one query, each counted as far as is cheap.
        """
        relations = self.holders()
        if not relations:
            return []
        counts = [
            Counted(
                getattr(model, "holding", model._default_manager).filter(**{name: self})
            )
            for model, name in relations
        ]
        own = type(self).everything.filter(pk=self.pk).order_by()
        numbers = own.values_list(*counts).get()
        pairs = zip(relations, numbers, strict=True)
        return [(*relation, capped(number)) for relation, number in pairs if number]

    def discard(self, by):
        """Put the record into the recycle bin.

        Raises:
            ValidationError: other records refer to it.
        """
        if self.used_by():
            raise ValidationError(
                gettext("This is in use and cannot be deleted."), code="in_use"
            )
        rows = type(self).objects.filter(pk=self.pk)
        try:
            with actor.acting(by, verb="deleted"):
                rows.update(deleted_at=timezone.now(), deleted_by=by)
        except IntegrityError as error:  # somebody has just added what refers to it
            raise explained(error, type(self)) from error

    def restore(self, by):
        """Take the record out of the recycle bin.

        Raises:
            ValidationError: something it belongs to is in the recycle bin itself, or
                another record has taken its place meanwhile.
        """
        for field in self._meta.concrete_fields:
            target = getattr(self, field.name) if field.is_relation else None
            if isinstance(target, InBin) and target.deleted_at:
                raise ValidationError(
                    gettext("Restore “%s” first: this belongs to it.") % target
                )
        rows = type(self).everything.filter(pk=self.pk).exclude(deleted_at=None)
        try:
            with actor.acting(by, verb="restored"):
                rows.update(deleted_at=None, deleted_by=None)
        except IntegrityError as error:
            raise explained(error, type(self)) from error
