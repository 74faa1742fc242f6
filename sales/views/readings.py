"""Reading what people below wrote: POST only, to the version that was seen."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from crm.views import RecordVerb
from crm.views.approval.buttons import button
from sales import readings


class ReadingVerb(RecordVerb, View):
    """A verb of whoever may see the record: who that may be, the verb says."""

    model = None
    worded = ("comment",)


class Read(ReadingVerb):
    """Note that somebody above has read it, and what they say."""

    done = gettext_lazy("Noted as read.")

    def act(self, record):
        """Note it."""
        comment = self.request.POST.get("comment", "")
        readings.read(record, by=self.request.user, comment=comment)


class Answer(ReadingVerb):
    """Note what the owner answers."""

    done = gettext_lazy("Your answer stands there.")

    def act(self, record):
        """Note it."""
        comment = self.request.POST.get("comment", "")
        readings.answer(record, by=self.request.user, comment=comment)


class ReadDetail:
    """A page that tells who has read its record, and lets who is above do so.

    Mix in before `RecordDetail`.
    """

    def get_context_data(self, **context):
        """Add the readings."""
        return super().get_context_data(readings=self.readings, **context)

    @property
    def readings(self):
        """Who has read it and what was said, the first one first."""
        if not hasattr(self, "_readings"):
            rows = self.object.readings.select_related("by").order_by("pk")
            self._readings = list(rows)
        return self._readings

    def reading_buttons(self):
        """Return the buttons of reading and of answering."""
        record, user = self.object, self.request.user
        comment = {"name": "comment", "label": _("comment"), "type": "textarea"}
        if record.owner_id == user.pk:
            if not self.readings:
                return []
            asked = [{**comment, "label": _("answer"), "required": True}]
            return [button(record, "answer", _("Answer"), fields=asked)]
        if not readings.may_read(record, user):
            return []
        has_read = any(one.by_id == user.pk for one in self.readings)
        label = _("Comment") if has_read else _("Read and comment")
        style = "" if has_read else "success"
        return [button(record, "reading", label, fields=[comment], style=style)]

    def actions(self):
        """Return the buttons that right and state allow: what is closed stays."""
        record, closed = self.object, ()
        if not record.is_writable:
            closed = ("update", "delete")
        elif record.read_at is not None:
            closed = ("delete",)
        found = [one for one in super().actions() if one["key"] not in closed]
        return [*self.reading_buttons(), *found]
