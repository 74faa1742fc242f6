"""POST-only pages that do one verb of a record, and the page that says why not."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.generic.detail import SingleObjectMixin

from crm.accounts.interrupted import forget, keep_refused
from crm.addresses import own_place, page_to_open
from crm.views.conflict import is_stale, stale_page
from crm.views.locked import LockedMixin
from crm.views.records import RecordMixin

REFUSED = {"conflict": 409, "forbidden": 403, "too_large": 413, "storage": 507}


def refused_page(request, record, error, *, said=(), form_url=None, ways=()):
    """Return the page that says why something was not done.

    Args:
        request: the POST.
        record: what it was about; None if the person does not see it: then the answer
            leads back to where they came from.
        error: a ValidationError.
        said: what the person has written, to be read there.
        form_url: the page where it stands in its form again.
        ways: [(label, address)] of where else one may go on.
    """
    status = REFUSED.get(getattr(error, "code", ""), 422)
    came_from = own_place(request.headers.get("Referer", "")[:2000])
    context = {
        "object": record,
        "back_url": page_to_open(came_from),
        "reasons": error.messages,
        "status": status,
        "said": said,
        "form_url": form_url,
        "ways": ways,
    }
    return render(request, "generic/refused.html", context, status=status)


def part_of(parts, pk):
    """Return a part of a record that one may work on, by its id.

    Raises:
        ValidationError: somebody else was quicker: it is gone (`conflict`).
    """
    part = parts.filter(pk=pk).first()
    if part is None:
        raise ValidationError(
            _("Somebody else has dealt with this in the meantime."), code="conflict"
        )
    return part


class RecordVerb(LockedMixin, RecordMixin, SingleObjectMixin):
    """A POST-only page that does one verb of a record and goes back to it.

    A subclass is also a `View`, names its `action` and writes `act(record)`; a
    ValidationError becomes a page that says why, its code the status of the answer.
    What has changed since it was seen is shown first, with a button to go on. What was
    written into its form is not lost: it is shown, and comes back in the form.
    """

    http_method_names = ("post", "options")
    done = ""
    asks_version = True
    #: The fields into which one writes in one's own words.
    worded = ("note", "opinion", "reason")

    def dispatch(self, request, *args, **kwargs):
        """Answer 405 to looking, whoever looks; only then ask for the right."""
        if request.method.lower() not in self.http_method_names:
            return self.http_method_not_allowed(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        """Do it to what was seen, say so."""
        record = self.get_object()
        if self.asks_version and is_stale(request, record):
            self.kept(record)
            return stale_page(request, record, self.back_url(record))
        try:
            with transaction.atomic():
                self.act(record)
        except ValidationError as error:
            return self.refused(record, error)
        forget(request)
        messages.success(request, self.done or _("Done: %s") % record)
        return redirect(self.next_url(record))

    def refused(self, record, error):
        """Answer a refusal with the page that says why."""
        form_url = self.kept(record)
        return refused_page(
            self.request,
            record,
            error,
            said=self.said(),
            form_url=form_url,
            ways=self.ways(record, error),
        )

    def ways(self, record, error):
        """Return [(label, address)] of where else one goes on after a refusal."""
        return []

    def said(self):
        """Return what the person has written."""
        given = (self.request.POST.get(name, "").strip() for name in self.worded)
        return [text for text in given if text]

    def kept(self, record):
        """Have the form come back as it was; return the page it stands on, or None."""
        if not (said := self.said()):
            return None
        return keep_refused(self.request, self.back_url(record), said)

    def next_url(self, record):
        """Return where to go afterwards."""
        return record.get_absolute_url()

    def back_url(self, record):
        """Return where to look at the record again."""
        return record.get_absolute_url()
