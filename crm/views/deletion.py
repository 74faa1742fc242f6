"""The page that asks before a record goes into the recycle bin."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from crm.views.conflict import is_stale, stale_page
from crm.views.locked import LockedMixin
from crm.views.records import RecordMixin


class RecordDelete(LockedMixin, RecordMixin, DetailView):
    """Ask, then put the record into the recycle bin; name what still uses it."""

    action = "delete"
    suffix = "confirm_delete"
    may_be_referred_to = False

    def get_context_data(self, **context):
        """Add what refers to the record."""
        return super().get_context_data(
            title=_("Delete: %s") % self.object,
            cancel_url=self.object.get_absolute_url(),
            used_by=self._used_by(),
            version=self.object.version,
            **context,
        )

    def post(self, request, *args, **kwargs):
        """Delete, or say why not."""
        self.object = self.get_object()
        if is_stale(request, self.object):
            return stale_page(request, self.object)
        try:
            self.object.discard(request.user)
        except ValidationError:
            return self.render_to_response(self.get_context_data(), status=409)
        messages.success(request, _("Moved to the recycle bin: %s") % self.object)
        return HttpResponseRedirect(self.model.page("list"))

    def _used_by(self):
        """Return [{label, count, url}]; rows one may not see are only counted."""
        return [
            {
                "label": model._meta.verbose_name_plural,
                "count": number,
                "url": f"{model.page('list')}?{name}={self.object.pk}"
                if hasattr(model, "page")
                else None,
            }
            for model, name, number in self.object.used_by()
        ]
