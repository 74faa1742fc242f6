"""How forms and their fields are drawn: one look."""

from django import forms
from django.forms.renderers import TemplatesSetting

from crm.forms.html import DRAWN


class BoundField(forms.BoundField):
    """A field that wears the look of the house."""

    def build_widget_attrs(self, attrs, widget=None):
        """Add the classes of the kind of widget and of an error."""
        attrs = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if isinstance(widget, forms.CheckboxInput):
            look = "form-check-input"
        elif isinstance(widget, forms.Select):
            look = "form-select"
        elif isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            look = ""
        else:
            look = "form-control"
        state = "is-invalid" if self.form.is_bound and self.errors else ""
        given = widget.attrs.get("class", "")
        attrs["class"] = " ".join(filter(None, (given, look, state)))
        return attrs


class FormRenderer(TemplatesSetting):
    """Draw forms by our own templates, fields by `crm.forms.html`."""

    form_template_name = "django/forms/form.html"
    field_template_name = "django/forms/field.html"
    bound_field_class = BoundField

    def render(self, template_name, context, request=None):
        """Draw without a template what is drawn for every field."""
        if drawn := DRAWN.get(template_name):
            return drawn(context)
        return super().render(template_name, context, request)
