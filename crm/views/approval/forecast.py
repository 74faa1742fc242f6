"""Who will have to approve a record, told while it is being written."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import path, reverse
from django.views.generic import TemplateView

from crm.approval import forecast
from crm.approval.refusals import refused_in_words
from crm.guards.refusals import explained
from crm.rights.permissions import permission
from crm.views.records import PageMixin


class ApprovalForecast(PageMixin, TemplateView):
    """The rule that asks for approval of what is typed, and those that would of more.

    A part of the form of a record, fetched anew as it is filled in; nothing is
    written. What is handed in is asked of the same rules. It is sent as a form is:
    a text can be longer than an address.
    """

    model = flow = None
    action = "add"
    template_name = "approval/forecast.html"
    #: A function from what is typed and the person, where a kind has one of its own.
    forecast_of = None

    def post(self, request, *args, **kwargs):
        """Answer what is typed by now."""
        return self.render_to_response(self.get_context_data(**kwargs))

    def get_context_data(self, **context):
        """Add the forecast, and whether the person puts such records into the books."""
        user, request = self.request.user, self.request
        typed = request.POST if request.method == "POST" else request.GET
        if self.forecast_of is None:
            found = forecast.forecast_of(self.flow, typed, user)
        else:
            found = self.forecast_of(typed, user)
        registers = user.rights.registers(self.model) is not None
        return super().get_context_data(forecast=found, registers=registers, **context)


class ForecastMixin:
    """The form of a record that tells who will have to approve it.

    Left of the page that adds or edits it, or what is proposed beside it;
    `forecast_form` reads what is typed.
    """

    flow = None
    forecast_form = forecast.TypedForm
    template_name = "approval/record_form.html"

    def saved(self, form):
        """Save and return the record; None if PostgreSQL refuses it, in its words."""
        try:
            with refused_in_words(self.flow.refusals), transaction.atomic():
                return self.save(form)
        except ValidationError as error:
            form.add_error(None, error)
        except IntegrityError as error:
            form.add_error(None, explained(error, self.flow.model))
        return None

    def get_context_data(self, **context):
        """Add where the forecast is asked for, and by which fields."""
        kind = self.flow.model
        name = f"{kind._meta.model_name}_forecast"
        may = self.request.user.has_perm(permission("add", kind))
        return super().get_context_data(
            forecast_url=reverse(name) if may else "",
            forecast_names=",".join(self.forecast_form.names(kind)),
            **context,
        )


def forecast_url(flow, forecast_of=None):
    """Return the address at which the form of a kind asks for its forecast."""
    model = flow.model
    view = ApprovalForecast.as_view(flow=flow, model=model, forecast_of=forecast_of)
    name = f"{model._meta.model_name}_forecast"
    return path(f"{model.segment}/forecast/", view, name=name)
