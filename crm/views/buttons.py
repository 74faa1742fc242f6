"""The buttons of a record's page: what this person may do to this record."""

from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from crm.accounts.interrupted import taken
from crm.lists.deeds import deeds_of
from crm.models.groups import typed_alone
from crm.models.ownership import is_owned
from crm.models.record import Registration
from crm.rights.permissions import permission


class ButtonsMixin:
    """Offer editing, deleting, handing over and what leads into the books."""

    def star(self):
        """Return the star of the record for parts/star.html."""
        label, pk = self.model._meta.label_lower, self.object.pk
        return {"label": label, "pk": pk, "is_on": self.read["star"]}

    def typed(self, actions):
        """Return the fields that are changed where they are read: of what one edits.

        Args:
            actions: the buttons that this person has.
        """
        form = reverse(f"{self.model._meta.model_name}_update", args=[self.object.pk])
        may = any(action["url"] == form for action in actions)
        left = self.object.left_to_others(self.request.user)
        return [one for one in typed_alone(self.model) if may and one not in left]

    def actions(self):
        """Return the buttons that this person has on this record."""
        record, found = self.object, []
        allowed = record.allowed(self.request.user, "change", "delete")
        for action, suffix, label in (
            ("change", "update", _("Edit")),
            ("delete", "delete", _("Delete")),
        ):
            if action in allowed:
                name = f"{self.model._meta.model_name}_{suffix}"
                found.append(
                    {
                        "key": suffix,
                        "label": label,
                        "url": reverse(name, args=[record.pk]),
                        "method": "get",
                        "style": "danger" if action == "delete" else "primary",
                    }
                )
        found += [*self.transfer(allowed), *self.registration_actions()]
        papers = map(import_string, self.model.papers)
        return [*found, *(paper.button(record) for paper in papers)]

    def transfer(self, allowed):
        """Return the button that gives the record to somebody else, if one may.

        Args:
            allowed: what the person may do to it.
        """
        record, user = self.object, self.request.user
        if "change" not in allowed or "transfer" not in dict(
            deeds_of(user, self.model)
        ):
            return []
        reach = user.rights.reach(permission("change", self.model))
        if record.owner_id is None or not is_owned(record, user, reach):
            return []
        fields = (("ids", record.pk), ("action", "transfer"))
        return [
            {
                "key": "transfer",
                "label": _("Transfer"),
                "url": reverse(f"{self.model._meta.model_name}_bulk"),
                "method": "post",
                "hidden": fields,
            }
        ]

    def registration_actions(self):
        """Return the buttons that move the record on its way into the books."""
        record, user, found = self.object, self.request.user, []
        args = [self.model._meta.label_lower, record.pk]
        brought = user.pk in (record.reporter_id, record.entered_by_id)
        if record.registration == Registration.RETURNED and brought:
            found.append(_verb("report", _("Report again"), args))
        if record.is_reported and record.allowed(user, "register"):
            reason = {"name": "reason", "label": _("Reason"), "required": True}
            found.append(_verb("registration", _("Register"), args, style="success"))
            found.append(
                _verb("registration_return", _("Return"), args, fields=[reason])
            )
        return found


def refilled(actions, request):
    """Return buttons, unfolded and filled in the one whose form was sent for nothing.

    Several may lead to one address, as winning and losing do: it is the one that
    agrees most with what was sent.
    """
    kept = taken(request)
    address = kept["action"].partition("?")[0] if kept else None
    forms = [one for one in actions if one["url"] == address and one.get("fields")]
    if not forms:
        return actions
    request.is_refilled = True
    sent = kept["fields"]
    own = max(forms, key=lambda form: sum(_agrees(f, sent) for f in form["fields"]))
    return [_filled(one, sent) if one is own else one for one in actions]


def _agrees(field, sent):
    """Say whether what was sent for a field is what the field can send."""
    given = [field.get("value"), *(value for value, _label in field.get("options", ()))]
    return sent.get(field["name"], [""])[0] in map(str, given)


def _filled(action, sent):
    fields = [
        {**field, "value": sent[field["name"]][0]}
        if field["name"] in sent and field.get("type") != "hidden"
        else field
        for field in action["fields"]
    ]
    version = sent.get("version", [action["version"]])[0]
    return {**action, "fields": fields, "version": version, "is_open": True}


def _verb(name, label, args, **more):
    """Return a button that does a verb; its address is some higher part's."""
    url = reverse(name, args=args)
    return {"key": name, "label": label, "url": url, "method": "post", **more}
