"""What is agreed before a hand-over: who gets what, and whether the account closes."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.approval.deciding import flows
from crm.forms.lookups import LookupField, LookupMultipleField, ReadTogether
from crm.models import User
from system.handovers.splitting import parts_of, rules_for
from system.shares import IN_TURN


class HandoverForm(forms.Form):
    """Successors, a rule for each kind, and the end of the account.

    A kind has a field `<kind>-split` with its rules, and those that its rule asks
    for: `<kind>-to`, `<kind>-turns`, `<kind>-part-<key>`. Beside them the page says
    by `<kind>-shown` for which rule they were drawn.
    """

    to = LookupField(
        User.objects.none(),
        label=gettext_lazy("successor"),
        help_text=gettext_lazy("Gets what no rule gives to somebody else."),
    )
    approver = LookupField(
        User.objects.none(),
        label=gettext_lazy("asked for decisions instead"),
        required=False,
    )
    closes = forms.BooleanField(
        label=gettext_lazy("close the account when nothing is left"),
        required=False,
        initial=True,
    )

    def __init__(self, *args, leaver, user, left, splits, asks_approver, **options):
        """Ask for what the rules need to know.

        Args:
            leaver: who leaves.
            user: who fills in the form.
            left: [(line, number)] of the records that are left with the leaver.
            splits: {name of a kind: the rule that was chosen}; else its default.
            asks_approver: whether rules of approval name the leaver.
        """
        super().__init__(*args, **options)
        self.left, self.rules = left, {}
        for line, _number in left:
            self._ask_of(line, splits)
        self._ask_by_parts(leaver)
        if asks_approver:
            self.fields["approver"].required = True
        else:
            del self.fields["approver"]
        self._offer(User.objects.active().exclude(pk=leaver.pk), user)

    def _ask_of(self, line, splits):
        """Add the fields of a kind."""
        model, name = line.model, line.model._meta.model_name
        choices = rules_for(model)
        split = splits.get(name)
        if split not in dict(choices):
            split = choices[0][0]
        self.rules[name] = split
        self.fields[f"{name}-split"] = forms.ChoiceField(
            label=gettext_lazy("how they are shared out"),
            choices=[(key, capfirst(str(words))) for key, words in choices],
            required=False,
        )
        self.initial[f"{name}-split"] = split
        if split == IN_TURN:
            self.fields[f"{name}-turns"] = LookupMultipleField(
                User.objects.none(),
                label=gettext_lazy("those who take turns"),
                required=False,
            )
        elif split == "all":
            self._ask_for(f"{name}-to", gettext_lazy("to whom, if not the successor"))

    def _ask_by_parts(self, leaver):
        """Add the fields of kinds that are shared out by what one of theirs says."""
        asked = [
            (line, split)
            for line, _number in self.left
            if (split := self.rules[line.model._meta.model_name])
            in line.model.shared_by
        ]
        found = parts_of([(line.rows(leaver), split) for line, split in asked])
        for (line, _split), parts in zip(asked, found, strict=True):
            for key, label in parts:
                self._ask_for(f"{line.model._meta.model_name}-part-{key}", label)

    def _ask_for(self, name, label):
        self.fields[name] = LookupField(
            User.objects.none(), label=label, required=False
        )

    def _offer(self, people, user):
        """Let all fields of people read them together."""
        together = ReadTogether()
        rights = [flow.right for flow in flows()]
        deciders = people.filter(roles__grants__has_any_keys=rights).distinct()
        for name, field in self.fields.items():
            if isinstance(field, LookupField | LookupMultipleField):
                field.offer(deciders if name == "approver" else people, user)
                field.show(self[name].value())
                if name != "approver":
                    together.add(field)

    @cached_property
    def groups(self):
        """[(heading, bound fields)]: what concerns all, then each kind."""
        names = ("to", "approver", "closes")
        found = [("", [self[name] for name in names if name in self.fields])]
        for line, number in self.left:
            start = f"{line.model._meta.model_name}-"
            own = [self[name] for name in self.fields if name.startswith(start)]
            found.append((f"{capfirst(str(line.label))} {number}", own))
        return found

    def clean(self):
        """Ask who takes turns; refuse a rule whose fields nobody has seen yet."""
        values = super().clean()
        for name, split in self.rules.items():
            if self.data.get(f"{name}-shown", split) != split:
                error = ValidationError(_("Now say who gets what by this rule."))
                self.add_error(f"{name}-split", error)
            elif split == IN_TURN and not values.get(f"{name}-turns"):
                error = ValidationError(_("Name who takes turns."))
                self.add_error(f"{name}-turns", error)
        return values

    def plan(self):
        """Return what was agreed, as `Handover.plan` has it."""
        values = self.cleaned_data
        to = values["to"].pk
        return {
            "to": to,
            "approver": (values.get("approver") or values["to"]).pk,
            "closes": values["closes"],
            "kinds": {
                line.model._meta.label_lower: self._rule(line.model._meta.model_name)
                for line, _number in self.left
            },
        }

    def _rule(self, name):
        values, start = self.cleaned_data, f"{name}-part-"
        parts = {
            key.removeprefix(start): person.pk
            for key, person in values.items()
            if key.startswith(start) and person
        }
        if turns := values.get(f"{name}-turns"):
            parts = [person.pk for person in turns]
        to = values.get(f"{name}-to") or values["to"]
        return {"split": self.rules[name], "to": to.pk, "parts": parts}
