"""The templates of papers: changed on a page, tried out, put back."""

import json

import django_tables2 as tables
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.forms.records import ModelForm
from crm.lists.filters import ModelFilter
from crm.lists.tables import RecordTable
from crm.papers.catalogue import papers
from crm.papers.compiling import Busy, Refused, pdf_of, shipped
from crm.papers.models import PaperTemplate
from crm.papers.paper import plain
from crm.papers.views import in_words, pdf_answer
from system.pages import AdministeredList, ModelUpdate, ModelVerb


class TemplateTable(RecordTable):
    """Columns of the list of templates."""

    default_sort = "slug"
    linked = True

    source = tables.Column(orderable=False)

    class Meta:
        model = PaperTemplate
        fields = ("slug", "source", "changed_by", "changed_at")

    def leads_to(self, record):
        """Lead to the form."""
        if not self.linked:
            return None
        return reverse("papertemplate_update", args=[record.pk])

    def render_source(self, record):
        """Say whose it is."""
        return _("the company's own") if record.source else _("as it came along")


class TemplateFilter(ModelFilter):
    """Conditions on templates."""

    conditions = ("slug",)
    usual = ("slug",)

    class Meta:
        model = PaperTemplate
        fields = ()


class TemplateList(AdministeredList):
    """The templates of all papers."""

    model = PaperTemplate
    queryset = PaperTemplate.objects.select_related("changed_by")
    table_class = TemplateTable
    filterset_class = TemplateFilter
    template_name = "system/papers/list.html"


class TemplateForm(ModelForm):
    """A template, set with an example before it is kept."""

    class Meta(ModelForm.Meta):
        model = PaperTemplate
        fields = ("source",)

    def __init__(self, *args, **options):
        """Show the template in force; keep nothing that came along anyway."""
        super().__init__(*args, **options)
        self.paper = papers()[self.instance.slug]
        if not self.instance.source:
            self.initial["source"] = shipped(self.paper.slug)
        source = self.fields["source"]
        source.widget = forms.Textarea({"rows": 28, "spellcheck": "false"})
        source.help_text = _(
            "Written in typst. Left empty, the template that came along holds."
        )

    def clean_source(self):
        """Set the example with it; the compiler says what is wrong, and where."""
        source = self.cleaned_data["source"].replace("\r\n", "\n").strip()
        own = shipped(self.paper.slug).strip()
        try:
            self.proof = pdf_of(source or own, plain(self.paper.example(self.user)))
        except Refused as error:
            raise ValidationError(in_words(error)) from error
        except Busy as error:
            raise ValidationError(
                _("Many PDFs are being made just now. Try again in half a minute.")
            ) from error
        return "" if source == own else source


class TemplateUpdate(ModelUpdate):
    """Change a template."""

    model = PaperTemplate
    form_class = TemplateForm
    template_name = "system/papers/template_form.html"

    def get_context_data(self, **context):
        """Add what the template can say, and the one that came along."""
        slug = self.object.slug
        example = plain(papers()[slug].example(self.request.user))
        return super().get_context_data(
            object=self.object,
            is_own=bool(self.object.source),
            shipped=shipped(slug),
            example=json.dumps(example, ensure_ascii=False, indent=2),
            **context,
        )


class TemplatePreview(TemplateUpdate):
    """The example as PDF, set by what stands in the form; nothing is kept."""

    http_method_names = ("post", "options")

    def form_valid(self, form):
        """Send what was set while the form was checked."""
        return pdf_answer(form.proof, f"{self.object}.pdf")


class TemplateRestoration(ModelVerb):
    """Put back the template that came along."""

    model = PaperTemplate
    action = "change"
    done = gettext_lazy("The template that came along holds again.")

    def act(self, template):
        """Drop the company's own; the history keeps it."""
        template.source = ""
        template.save(update_fields=["source"])

    def next_url(self, template):
        """Go back to the form."""
        return reverse("papertemplate_update", args=[template.pk])

    def back_url(self, template):
        """Look at it in the form."""
        return self.next_url(template)
