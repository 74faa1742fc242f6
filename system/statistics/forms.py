"""What charts are asked for, as the address says it."""

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from crm.charts.asked import Asked
from crm.charts.crossing import Crossing
from crm.charts.periods import USUAL, WORDS, Period, period_of
from crm.forms.inputs import DayInput
from crm.forms.lookups import LookupField
from crm.forms.ranges import REVERSED
from crm.forms.typed_fields import DayField
from crm.models import Department, User
from crm.rights.permissions import permission
from crm.rights.roles import Reach
from crm.validators import validate_business_date

#: What only some pages of the statistics know.
OF_A_FILE = ("format", "chart")


class QuestionForm(forms.Form):
    """A period, and for whoever sees more than their own whose rows they are."""

    period = forms.ChoiceField(
        choices=WORDS.items(), required=False, widget=forms.HiddenInput
    )
    first = DayField(
        label=_("From day"),
        required=False,
        widget=DayInput,
        validators=[validate_business_date],
    )
    last = DayField(
        label=_("To day"),
        required=False,
        widget=DayInput,
        validators=[validate_business_date],
    )
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("owner's department and those below"),
        empty_label=_("Any"),
        required=False,
    )
    owner = LookupField(User.objects.all(), label=_("owner"), required=False)

    def __init__(self, data, *, user, models, crossing=None):
        """Take the query string, who looks, the kinds that are counted.

        `crossing` is the Crossing whose sides can be chosen, if there is one.
        """
        super().__init__(data)
        self.user, self.crossing = user, crossing
        if crossing is not None:
            self.fields.update(_sides(crossing))
        reaches = {user.rights.reach(permission("view", model)) for model in models}
        self.fields["owner"].empty_label = _("Any")
        self.fields["owner"].offers = False  # nobody before one searches
        if reaches <= {None, Reach.OWN}:
            del self.fields["department"], self.fields["owner"]
            return
        departments = Department.objects.all()
        if Reach.ALL not in reaches:
            departments = user.rights.departments
        self.fields["department"].queryset = departments

    def clean(self):
        """Tell of days the wrong way round or half given, and of unknown keys."""
        given = super().clean()
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", REVERSED)
        elif last and not first and "first" not in self.errors:
            self.add_error("first", _("Say from which day on."))
        elif first and not last and first > timezone.localdate():
            self.add_error("last", _("Say up to which day."))
        if given.get("columns") and given["columns"] == self.rows:
            self.add_error(
                "columns", _("Lines and columns are the same: choose another.")
            )
        for key in self.data.keys() - self.fields.keys() - {*OF_A_FILE, "owner-search"}:
            self.add_error(None, _("Unknown condition: %s") % key[:50])
        return given

    def asked(self, action="view"):
        """Return the Asked of a valid form."""
        given = self.cleaned_data
        return Asked(
            self.user,
            self.span,
            given.get("department"),
            given.get("owner"),
            action,
        )

    @property
    def rows(self):
        """The key of the side that the lines of the crossing are."""
        return self.cleaned_data.get("rows") or self.crossing.sides[0].key

    def charts(self, charts):
        """Return charts, each crossing with the sides that a valid form asks for."""
        columns = self.cleaned_data.get("columns")
        return [
            chart.between(self.rows, columns) if isinstance(chart, Crossing) else chart
            for chart in charts
        ]

    @property
    def word(self):
        """The word of the period, empty where it is given by days."""
        given = self.cleaned_data
        return "" if given.get("first") else given.get("period") or USUAL

    @property
    def span(self):
        """The Period that a valid form asks for."""
        today = timezone.localdate()
        if self.word:
            return period_of(self.word, today)
        given = self.cleaned_data
        return Period(given["first"], given.get("last") or today)


def _sides(crossing):
    """Return {name: field} of what the lines and the columns of a crossing are.

    Lines are the first side unless another one is chosen.
    """
    sides = [(side.key, capfirst(str(side.label))) for side in crossing.sides]
    none = ("", _("only won and lost"))
    return {
        name: forms.ChoiceField(label=label, choices=choices, required=False)
        for name, label, choices in (
            ("rows", _("won and lost: lines"), sides),
            ("columns", _("won and lost: columns"), [none, *sides]),
        )
    }
