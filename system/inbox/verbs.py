"""What one does with a report: register it, return it, report it again."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import View

from crm.models import Record
from crm.models.list_settings import PAGE_SIZES
from crm.views import RecordVerb
from crm.views.conflict import is_stale, stale_page
from customers.models import Customer
from system.inbox.registering import register_all, verbs_of
from system.inbox.reports import (
    Report,
    add_filed,
    add_matches,
    customers_first,
    filed_under,
    loaded,
)
from system.inbox.review import review_context
from system.inbox.series import given, inbox_url, next_url
from system.inbox.views import OfAnyKind, Registrars

#: Rows that one click may register.
MOST = PAGE_SIZES[-1]
NOT_THERE = gettext_lazy("What was chosen is not, or not all, in your inbox.")


class ReportVerb(OfAnyKind, RecordVerb, View):
    """A verb of a reported record; it leads back to the inbox it was done in."""

    action = "register"

    def next_url(self, record):
        """Return the next report, the inbox with its conditions, or the record."""
        if given(self.request, "query") is None:
            return super().next_url(record)
        return next_url(self.request, record)


class Register(ReportVerb):
    """登记: put a reported record into the books, with what is filed under it.

    A registered record that is probably the same must have been looked at before:
    the form names those it has shown in `seen`.
    """

    def post(self, request, *args, **kwargs):
        """Register, unless there is a duplicate that nobody has looked at."""
        record = self.object = self.get_object()
        report, filed = Report(record), self.filed(record)
        if is_stale(request, record) or filed is None:
            url = reverse("inbox_review", args=[report.label, record.pk])
            return stale_page(request, record, url, repeatable=False)
        if record.is_reported:
            add_matches([report], request.user)
        if unseen(report, request.POST.getlist("seen")):
            context = self.get_context_data(**review_context(request, record))
            context["must_decide"] = True
            return render(request, "system/inbox/review.html", context, status=422)
        done, refused = register_all([report, *filed], request.user)
        if report not in done:
            return self.refused(
                record, {one.key: error for one, error in refused}[report.key]
            )
        announce(request, done, refused)
        return redirect(self.next_url(record))

    def filed(self, record):
        """Return the reports filed under the customer that are to go with it.

        The form names each with the version that was seen, or all of them by one word;
        None if any of them is another one by now.
        """
        chosen = set(self.request.POST.getlist("with_filed"))
        if not chosen or not isinstance(record, Customer):
            return []
        user, whole = self.request.user, Report(record)
        filed = filed_under(record, user, locked=True)
        add_filed([whole], user)
        if chosen == {whole.seen_filed}:
            return filed
        going = [report for report in filed if report.seen in chosen]
        return going if len(going) == len(chosen) else None


def unseen(report, seen):
    """Return the registered likely duplicates that the form has not shown."""
    return [match for match in report.duplicates if str(match.record.pk) not in seen]


def announce(request, done, refused):
    """Say what was registered and what was not."""
    if len(done) > 1:
        sentence = ngettext(
            "%d record registered.", "%d records registered.", len(done)
        )
        messages.success(request, sentence % len(done))
    elif done:
        messages.success(request, _registered(done[0]))
    for report, error in refused:
        sentence = _("Not registered: %(record)s. %(reasons)s")
        reasons = " ".join(error.messages)
        messages.warning(
            request, sentence % {"record": report.record, "reasons": reasons}
        )


def _registered(report):
    """Say that one record is registered, with the way to what comes next."""
    return format_html(
        '{} <a href="{}">{}</a>',
        _("Registered: %s") % report.record,
        report.record.get_absolute_url(),
        _("Open"),
    )


class Many(Registrars, View):
    """A verb of the ticked rows of the inbox, each by the same rules."""

    http_method_names = ("post", "options")

    def post(self, request, *args, **kwargs):
        """Do it to what was not changed since it was seen; say what was left."""
        ids = set(request.POST.getlist("ids"))
        reports = loaded(self.chosen(), request.user, locked=True)
        if not reports:
            words, status = (NOT_THERE, 404) if ids else (_("Nothing was chosen."), 422)
            return self.nothing_done([words], status)
        seen = set(request.POST.getlist("seen"))
        stale = [report for report in reports if report.seen not in seen]
        if stale and len(stale) == len(reports):
            words = _("“%s” was changed after you looked at it.")
            return self.nothing_done([words % one.record for one in stale], 409)
        try:
            done, refused = self.act([r for r in reports if r not in stale])
        except ValidationError as error:
            return self.nothing_done(error.messages, 422)
        late = _("It was changed after you looked at it.")
        refused += [(report, ValidationError(late)) for report in stale]
        self.announce(done, refused)
        if len(ids) > len(reports):
            messages.warning(request, NOT_THERE)
        return redirect(inbox_url(request))

    def nothing_done(self, reasons, status):
        """Answer that nothing was done, and why."""
        context = {
            "reasons": reasons,
            "status": status,
            "back_url": inbox_url(self.request),
        }
        return render(self.request, "generic/refused.html", context, status=status)

    def chosen(self):
        """Return (created_at, kind, id) of the ticked rows of kinds one registers."""
        allowed, found = {model._meta.label_lower for model in self.kinds}, []
        for key in dict.fromkeys(self.request.POST.getlist("ids")[:MOST]):
            kind, _colon, pk = key.partition(":")
            if kind in allowed and pk.isascii() and pk.isdigit() and len(pk) < 19:
                found.append((None, kind, int(pk)))
        return found


class RegisterMany(Many):
    """Register the ticked rows of the inbox."""

    def act(self, reports):
        """Register what may be; what has likely duplicates is to be looked at."""
        free = [report for report in reports if not report.duplicates]
        done, refused = register_all(free, self.request.user)
        look = _("Look at the likely duplicates first.")
        doubtful = [report for report in reports if report.duplicates]
        return done, refused + [(report, ValidationError(look)) for report in doubtful]

    def announce(self, done, refused):
        """Say what was registered and what was not."""
        announce(self.request, done, refused)


class ReturnMany(Many):
    """Return the ticked rows of the inbox, all for one reason."""

    def act(self, reports):
        """Return them, customers before what is filed under them."""
        user = self.request.user
        reason = Record.reason_to_return(given_reason(self.request.POST))
        done, refused = [], []
        for report in customers_first(reports):
            try:
                with transaction.atomic():
                    send_back(report.record, user, reason)
            except ValidationError as error:
                refused.append((report, error))
            else:
                done.append(report)
        return done, refused

    def announce(self, done, refused):
        """Say how many were returned, and what was not."""
        sentence = ngettext("%d record returned.", "%d records returned.", len(done))
        if done:
            messages.success(self.request, sentence % len(done))
        for report, error in refused:
            sentence = _("Not returned: %(record)s. %(reasons)s")
            words = {"record": report.record, "reasons": " ".join(error.messages)}
            messages.warning(self.request, sentence % words)


def given_reason(sent):
    """Return the reason that a form gives: what was typed, else the one chosen."""
    typed = sent.get("reason", "")
    return typed if typed.strip() else sent.get("kept_reason", "")


def send_back(record, by, reason):
    """Return one record to its reporter."""
    verbs_of(record).send_back(record, by=by, reason=reason)


class Return(ReportVerb):
    """退回: give a reported record back to its reporter, with the reason."""

    def act(self, record):
        """Return it."""
        send_back(record, self.request.user, given_reason(self.request.POST))
        self.done = _("Returned: %s") % record


class ReportAgain(ReportVerb):
    """重新报送: the reporter hands a returned record in again."""

    action = "change"

    def act(self, record):
        """Report it again."""
        user = self.request.user
        if user.pk not in (record.reporter_id, record.entered_by_id):
            raise PermissionDenied
        verbs_of(record).report_again(record, by=user)
        self.done = _("Reported again: %s") % record
