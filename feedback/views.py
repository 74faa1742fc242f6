"""The pages of interactions, and the appraisal that is reckoned from them."""

from contextlib import suppress

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from crm.attachments import attach
from crm.charts.periods import WORDS, Period, period_of
from crm.models import Intake
from crm.models.groups import responsible
from crm.views import PageMixin, RecordDetail, RecordList
from crm.views.in_place import InPlaceCreate
from customers.models import Counterpart
from feedback.appraisal import Appraisal
from feedback.filters import InteractionFilter
from feedback.forms import AppraisalForm
from feedback.models import Interaction
from feedback.tables import InteractionTable


class InteractionList(RecordList):
    """The interactions one may see."""

    model = Interaction
    table_class = InteractionTable
    filterset_class = InteractionFilter
    empty_hint = gettext_lazy(
        "Note each call, visit and message, and what the customer said."
    )


class InteractionDetail(RecordDetail):
    """One contact with a customer."""

    model = Interaction
    groups = (
        *Interaction.groups[:-1],
        responsible("entered_by", "created_at"),
    )


class FollowUp(InPlaceCreate):
    """A short form for what was just said: a page, or a part of the page one is at.

    `?customer=7`, `?contact=7`, `?opportunity=7` or `?contract=7` names whom one spoke
    with, and about what.
    """

    title = gettext_lazy("Follow up")

    def get_initial(self):
        """Take it that one does it as the last time."""
        last = Interaction.everything.filter(reporter=self.request.user)
        methods = last.order_by("-occurred_at").values_list("method", flat=True)
        return {"method": methods.first(), **super().get_initial()}

    def saved(self, form):
        """Save and return the record; None if it or one of its files is refused."""
        uploads = form.cleaned_data["files"]
        try:
            return super().saved(form)
        except ValidationError as error:
            form.add_error("files", error)
            if error.code != "quota":  # it was handed in, although nothing came of it
                with suppress(ValidationError):
                    Intake.spend(self.request.user, *uploads)
            return None

    def save(self, form):
        """Save and return the record with its files."""
        record, by = super().save(form), self.request.user
        uploads = form.cleaned_data["files"]
        if uploads:
            Intake.spend(by, *uploads)
        for upload in uploads:
            attach(record, upload, by)
        return record


#: Periods that are offered, the first of them where none is asked for.
OFFERED = ("this_quarter", "last_quarter", "this_month", "last_month", "this_year")


class CounterpartAppraisal(PageMixin, TemplateView):
    """考核: how counterparts were spoken with from `?first=` to `?last=`."""

    model = Counterpart
    template_name = "feedback/appraisal.html"
    reads_from_replica = True

    def get_context_data(self, **context):
        """Add the figures of the period; of wrong days it says so, this quarter's."""
        today = timezone.localdate()
        usual = period_of(OFFERED[0], today)
        given = self.request.GET
        form = AppraisalForm(given if given.keys() & {"first", "last"} else None)
        period = usual
        if form.is_valid() and form.cleaned_data["first"]:
            period = Period(form.cleaned_data["first"], form.cleaned_data["last"])
        elif not form.is_bound:
            form.initial = {"first": usual.first, "last": usual.last}
        offered = ((WORDS[word], period_of(word, today)) for word in OFFERED)
        return super().get_context_data(
            title=_("Appraisal of counterparts"),
            form=form,
            period=period,
            appraisal=Appraisal(self.request.user, period.first, period.last),
            words=[
                (label, f"?{_days(one)}", _days(one) == _days(period))
                for label, one in offered
            ],
            **context,
        )


def _days(period):
    return urlencode({"first": period.first, "last": period.last})
