"""The form of a role: a table of kinds and actions with a reach in each cell."""

from collections import Counter

from django import forms
from django.core.exceptions import ValidationError
from django.utils.crypto import get_random_string
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from crm.forms.records import ModelForm
from crm.kinds import every_permission, kinds
from crm.models import Role
from crm.rights.permissions import permission
from crm.rights.roles import ACTION_LABELS, Reach
from system.people import administration

CHOICES = (("", pgettext_lazy("reach", "none")), *Reach.choices)
#: What so many kinds can do at most is no column of its own.
FEW = 2


def compared(roles, *, shows_all):
    """Return [{kind, right, cells, differ}] of what some roles allow.

    Args:
        roles: the roles; a cell is the reach of one, in words, or "".
        shows_all: whether rights that all of them have alike are told, too.
    """
    reaches, found = dict(Reach.choices), []
    for model in kinds():
        for action, words in ACTION_LABELS.items():
            if action not in model.actions:
                continue
            held = [role.grants.get(permission(action, model), "") for role in roles]
            differ = len(set(held)) > 1
            if differ or (shows_all and any(held)):
                cells = [str(reaches.get(reach, "")) for reach in held]
                kind = model._meta.verbose_name
                line = {"kind": kind, "right": words, "differ": differ}
                found.append({**line, "cells": list(zip(roles, cells, strict=True))})
    return found


class RoleForm(ModelForm):
    """A role; each permission is a field of its own, named like the permission."""

    class Meta(ModelForm.Meta):
        model = Role
        fields = ("name", "requires_second_factor")

    def __init__(self, *args, **options):
        """Add a choice of reach for every permission there is."""
        super().__init__(*args, **options)
        for name in sorted(every_permission()):
            self.fields[name] = forms.ChoiceField(
                choices=CHOICES,
                required=False,
                initial=self.instance.grants.get(name, ""),
            )

    @cached_property
    def columns(self):
        """The actions that many kinds have: each is a column."""
        having = Counter(action for model in kinds() for action in model.actions)
        return [action for action in ACTION_LABELS if having[action] > FEW]

    @property
    def actions(self):
        """The labels of the columns."""
        return [ACTION_LABELS[action] for action in self.columns]

    @property
    def lines(self):
        """[{kind, cells, more}]: for each column a cell, whose field may be None.

        What few kinds can do would make a column of blanks: it stands in `more`.
        """
        return [
            {
                "kind": model._meta.verbose_name,
                "cells": [self._cell(model, action) for action in self.columns],
                "more": [
                    self._cell(model, action)
                    for action in ACTION_LABELS
                    if action in model.actions and action not in self.columns
                ],
            }
            for model in kinds()
        ]

    def _cell(self, model, action):
        may = action in model.actions
        return {
            "action": ACTION_LABELS[action],
            "label": f"{model._meta.verbose_name} · {ACTION_LABELS[action]}",
            "field": self[permission(action, model)] if may else None,
        }

    def clean(self):
        """Gather the rights; refuse such as do not exist."""
        values = super().clean()
        for name in self.data:
            if "." in name and name not in every_permission():
                raise ValidationError(_("Unknown permission: %s") % name[:50])
        self.instance.grants = {
            name: values[name]
            for name in sorted(every_permission())
            if values.get(name)
        }
        return values

    def save(self, commit=True):
        """Save the role; somebody must stay in charge."""
        if not self.instance.code:
            self.instance.code = f"role-{get_random_string(8).lower()}"
        with administration.keeping_administrators(self.user):
            return super().save(commit)
