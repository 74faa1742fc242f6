"""Holidays and make-up days: which days people work, as schedules reckon."""

from django.urls import reverse

from crm.forms.records import ModelForm
from crm.jobs.models import Holiday
from crm.lists.filters import ModelFilter
from crm.lists.tables import RecordTable
from system.pages import AdministeredList, ModelCreate, ModelDelete, ModelUpdate


class HolidayTable(RecordTable):
    """Columns of the list of holidays."""

    default_sort = "-day"
    linked = True

    class Meta:
        model = Holiday
        fields = ("day", "kind", "name")

    def leads_to(self, record):
        """Lead to the form."""
        return reverse("holiday_update", args=[record.pk]) if self.linked else None


class HolidayFilter(ModelFilter):
    """Conditions on holidays."""

    conditions = ("day", "kind")
    usual = ("day_after", "day_before", "kind")
    searched = ("name",)

    class Meta:
        model = Holiday
        fields = ()


class HolidayForm(ModelForm):
    """A day that is not what its weekday says."""

    class Meta(ModelForm.Meta):
        model = Holiday
        fields = ("day", "kind", "name")


class HolidayList(AdministeredList):
    """The days, the latest first."""

    model = Holiday
    queryset = Holiday.objects.all()
    table_class = HolidayTable
    filterset_class = HolidayFilter


class HolidayCreate(ModelCreate):
    """Add a day."""

    model = Holiday
    form_class = HolidayForm
    repeats = ("kind",)


class HolidayUpdate(ModelUpdate):
    """Change a day."""

    model = Holiday
    form_class = HolidayForm
    template_name = "system/deletable_form.html"

    def get_context_data(self, **context):
        """Offer to delete."""
        may_delete = self.request.user.has_perm("jobs.delete_holiday")
        url = reverse("holiday_delete", args=[self.object.pk]) if may_delete else None
        return super().get_context_data(delete_url=url, **context)


class HolidayDelete(ModelDelete):
    """Let a day be what its weekday says."""

    model = Holiday
