"""The page of the company that stands at the head of every paper."""

from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from crm.forms.records import ModelForm
from crm.papers.compiling import Busy
from crm.papers.logos import logo_of
from crm.papers.models import Company
from crm.views.attachments import SANDBOX
from system.pages import ModelUpdate


class CompanyForm(ModelForm):
    """What a paper says of the company."""

    picture = forms.FileField(
        label=gettext_lazy("logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".png,.svg"}),
    )
    without = forms.BooleanField(label=gettext_lazy("without logo"), required=False)
    groups = (
        (
            gettext_lazy("Basics"),
            ("name", "address", "telephone", "tax_number", "bank", "account"),
        ),
        (gettext_lazy("Logo"), ("picture", "without")),
    )

    class Meta(ModelForm.Meta):
        model = Company
        fields = ("name", "address", "telephone", "tax_number", "bank", "account")

    def __init__(self, *args, **options):
        """Show the logo that there is; without one there is none to take away."""
        super().__init__(*args, **options)
        hint = _("A PNG or SVG picture of at most 300 kB.")
        if self.instance.logo:
            shown = '<img class="logo-shown" src="{}?{}" alt="{}"> {}'
            address, mark = reverse("company_logo"), self.instance.logo_hash[:12]
            hint = format_html(shown, address, mark, _("The logo in use."), hint)
        else:
            del self.fields["without"]
        self.fields["picture"].help_text = hint
        self.fields["name"].help_text = _(
            "Left empty, a paper names the department above all of the owner's."
        )

    def clean_picture(self):
        """Take a picture, told by its content."""
        upload = self.cleaned_data["picture"]
        if upload is None:
            return None
        try:
            return logo_of(upload)
        except Busy as error:
            raise ValidationError(
                _("Many PDFs are being made just now. Try again in half a minute.")
            ) from error

    def save(self, commit=True):
        """Take over the logo."""
        if picture := self.cleaned_data["picture"]:
            self.instance.logo, self.instance.logo_hash = picture
        elif self.cleaned_data.get("without"):
            self.instance.logo = self.instance.logo_hash = ""
        return super().save(commit)


class CompanyUpdate(ModelUpdate):
    """Say what stands at the head of every paper."""

    model = Company
    form_class = CompanyForm

    def get_object(self, queryset=None):
        """Return the one row."""
        return (self.get_queryset() if queryset is None else queryset).get(pk=1)

    def get_context_data(self, **context):
        """Name the page."""
        return super().get_context_data(title=_("Company"), **context)

    def next_url(self):
        """Stay here: there is one company."""
        return reverse("company_update")


@require_safe
@permission_required("papers.view_company", raise_exception=True)
def logo(request):
    """Send the logo, as a picture and nothing else."""
    picture = Company.own().logo
    if not picture:
        raise Http404
    headers = {
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(picture, content_type="image/svg+xml", headers=headers)
