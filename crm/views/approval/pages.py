"""The pages of a kind that is approved and says all about itself on model and flow."""

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from crm.approval.progress import progress_of, rounds_shown
from crm.views.approval.buttons import pending_buttons, submit_button
from crm.views.approval.forecast import ForecastMixin, forecast_url
from crm.views.approval.rule_routes import rule_urls
from crm.views.approval.verbs import verb_urls
from crm.views.conflict import conflict_page, is_stale
from crm.views.deletion import RecordDelete
from crm.views.entry import RecordCreate, RecordUpdate
from crm.views.plain import plain_pages
from crm.views.records import RecordDetail
from crm.views.routes import record_urls
from crm.views.verbs import refused_page

RULES = "system/approval-rules/"


class ApprovedDetail(RecordDetail):
    """A record, how far its approval has come, and what one may do."""

    flow = None
    template_name = "approval/record_detail.html"

    def get_queryset(self):
        """Return the records with their rounds."""
        rows = super().get_queryset().select_related("owner__department")
        return rows.prefetch_related(*rounds_shown(self.flow))

    @cached_property
    def progress(self):
        """The rounds of the record, newest first, with what each step waits for."""
        flow, user = self.flow, self.request.user
        return progress_of(flow, self.object, user, flow.approvers())

    def get_context_data(self, **context):
        """Add how far the approval has come."""
        return super().get_context_data(progress=self.progress, **context)

    def actions(self):
        """Return the buttons that right and state allow."""
        record, user = self.object, self.request.user
        allowed = record.allowed(user, "submit", "approve")
        if self.progress.open:
            return pending_buttons(record, user, self.progress, allowed)
        if not record.is_writable:
            return self.registration_actions()
        submits = "submit" in allowed
        return [*([submit_button(record)] if submits else ()), *super().actions()]


class WrittenOnly:
    """A page for what is still being written; for everything else it says why not.

    A record says by `is_writable` whether it is; the page names the `flow` of its kind.
    """

    def get(self, request, *args, **kwargs):
        """Show the page while it is written."""
        return self._frozen() or super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        """Change it while it is written."""
        return self._frozen() or super().post(request, *args, **kwargs)

    @cached_property
    def record(self):
        """The record, read once for the question and for the page."""
        return super().get_object()

    def get_object(self, queryset=None):
        """Return the record."""
        return self.record

    def is_open(self):
        """Say whether the record allows what the page is for."""
        return self.record.is_writable

    def why_not(self):
        """Return why what does not change any more does not change."""
        return _(self.flow.words.frozen)

    def _frozen(self):
        if self.is_open():
            return None
        error = ValidationError(self.why_not(), code="conflict")
        return refused_page(self.request, self.record, error)


class TypedWhileWritten(WrittenOnly):
    """A form for it: who is overtaken while typing sees what was typed."""

    def post(self, request, *args, **kwargs):
        """Save it while it is written."""
        record = self.object = self.record
        if record.is_writable or not is_stale(request, record):
            return super().post(request, *args, **kwargs)
        now = self.get_queryset().get(pk=record.pk)
        return conflict_page(request, now, self.get_form(), self.why_not())


class ApprovedCreate(ForecastMixin, RecordCreate):
    """Report or register a record."""


class ApprovedUpdate(TypedWhileWritten, ForecastMixin, RecordUpdate):
    """Edit a record that nobody decides upon."""


class ApprovedDelete(WrittenOnly, RecordDelete):
    """Put a record that nobody decides upon into the recycle bin."""


def approved_urls(kind):
    """Return all addresses of a kind that is approved.

    Those of its records and their verbs, of its rules, and of what will be asked. A
    kind of which one is to be more writes it as a class of its own.

    Args:
        kind: its Flow.
    """
    listing, page, form = plain_pages(kind.model)

    class Page(ApprovedDetail, page):
        flow = kind

    class Create(ApprovedCreate):
        flow = kind

    class Update(ApprovedUpdate):
        flow = kind

    class Delete(ApprovedDelete):
        flow = kind

    pages = {"create": Create, "update": Update, "delete": Delete}
    return [
        *record_urls(listing, Page, form, **pages),
        *verb_urls(kind),
        forecast_url(kind),
        *rule_urls(kind, f"{RULES}{kind.model.segment}/"),
    ]
