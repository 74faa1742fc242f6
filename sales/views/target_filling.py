"""Filling in the values of a target: a sum spread evenly, or last year's and more."""

from decimal import ROUND_DOWN, Decimal

from django.utils.translation import gettext as _

from crm.fields import CENT
from sales.forms.targets import VALUES, FillForm
from sales.models import Target
from sales.targets.attainment import reached_by

ONE = Decimal(1)


class FilledIn:
    """A form of a target whose values a button fills in, without saving anything."""

    template_name = "sales/target_form.html"

    def get_context_data(self, **context):
        """Add how the values are filled in."""
        return super().get_context_data(**{"fill": FillForm(), **context})

    def post(self, request, *args, **kwargs):
        """Fill the values in, if that was asked for; else save."""
        if "fill" not in request.POST:
            return super().post(request, *args, **kwargs)
        self.object = self.get_object() if "pk" in self.kwargs else None
        form, fill = self.get_form(), FillForm(request.POST)
        form.is_valid()
        values, data = None, request.POST.copy()
        subject = form.subject
        if subject is not None and fill.is_valid():
            fill.refuse_parts(subject.rule, request.POST["fill"])
        if fill.is_valid() and subject is not None:
            values = values_for(subject, request.POST["fill"], fill.cleaned_data)
        data.update(zip(VALUES, map(str, values or ()), strict=False))
        for name, value in zip(VALUES, values or (), strict=False):
            data[name] = str(value)
        again = self.form_class(**{**self.get_form_kwargs(), "data": data}).unchecked()
        if values is None:
            said = _("Say first by which rule, when and for whom, and what to fill in.")
            again.add_error(None, said)
        context = self.get_context_data(form=again, fill=fill, filled=bool(values))
        return self.render_to_response(context, status=200 if values else 422)


def values_for(subject, way, given):
    """Return twelve values, None if there is nothing to make them from.

    Args:
        subject: a Target without values.
        way: `even`, or whatever else asks for last year's.
        given: the clean data of a FillForm.
    """
    if way == "even":
        total = given["fill_total"]
        return None if total is None else spread(total, subject.rule)
    before = _last_year(subject, given["fill_from"])
    percent = given["fill_percent"]
    if before is None or percent is None:
        return None
    return grown(before, percent, subject.rule)


def spread(total, rule):
    """Return twelve values that come to a sum.

    Of CNY the last month takes what is left; of things the last months take one each.
    """
    number = len(VALUES)
    each = (total / number).quantize(_least(rule), ROUND_DOWN)
    left = total - each * number
    if rule.is_count:
        more = int(left)
        return [*[each] * (number - more), *[each + ONE] * more]
    return [*[each] * (number - 1), each + left]


def grown(values, percent, rule):
    """Return so many percent of some values, nothing where they are less than that."""
    parts = (max(value, Decimal(0)) * percent * CENT for value in values)
    return [part.quantize(_least(rule), ROUND_DOWN) for part in parts]


def _least(rule):
    return ONE if rule.is_count else CENT


def _last_year(subject, source):
    """Return what was reached, or the target, of the year before; None for nothing."""
    names = {name: getattr(subject, name) for name in ("rule", "department", "person")}
    year = subject.year - 1
    if source == "target":
        found = Target.objects.registered().filter(year=year, **names).first()
        return found and found.months
    last = Target(year=year, **names)
    last.subject = (
        Target.Subject.PERSON
        if last.person_id
        else Target.Subject.DEPARTMENT
        if last.department_id
        else Target.Subject.COMPANY
    )
    months = reached_by(last).months
    return months if any(months) else None
