"""Which notices one wants, and how."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crm.notices.declared import occasions
from crm.notices.models import ByMail, Unwanted
from crm.notices.sending import wishes_of


def _ticks(label):
    return forms.MultipleChoiceField(
        label=label, required=False, widget=forms.CheckboxSelectMultiple
    )


class WishesForm(forms.Form):
    """The kinds of notices, each with a tick if the person wants it: bell and mail."""

    wanted = _ticks(_("In the bell"))
    mailed = _ticks(_("By mail, one letter a day"))

    def __init__(self, *args, person, **options):
        """Tick what the person has not switched off, and what goes by mail."""
        unwanted, by_mail = wishes_of(person)
        initial = {
            "wanted": [verb for verb in occasions() if verb not in unwanted],
            "mailed": [verb for verb in occasions() if verb in by_mail],
        }
        super().__init__(*args, initial=initial, **options)
        self.person = person
        for field in self.fields.values():
            field.choices = [(v, k.wish) for v, k in occasions().items()]
        if hindrance := self._hindrance():
            self.fields["mailed"].disabled = True
            self.fields["mailed"].help_text = hindrance

    def _hindrance(self):
        """Return why nothing goes by mail, if so."""
        if not settings.EMAIL_HOST:
            return _("No mail server is set up.")
        return "" if self.person.email else _("You have no e-mail address.")

    def save(self):
        """Keep what is not ticked for the bell, and what is for mail."""
        self._keep(Unwanted, set(occasions()) - set(self.cleaned_data["wanted"]))
        self._keep(ByMail, set(self.cleaned_data["mailed"]))

    def _keep(self, model, verbs):
        rows = model.objects.filter(person=self.person)
        rows.exclude(verb__in=verbs).delete()
        model.objects.bulk_create(
            [model(person=self.person, verb=verb) for verb in sorted(verbs)],
            ignore_conflicts=True,
        )
