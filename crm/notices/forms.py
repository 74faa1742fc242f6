"""Which notices one wants."""

from django import forms

from crm.notices.models import Unwanted
from crm.notices.occasions import OCCASIONS


class WishesForm(forms.Form):
    """The kinds of notices, each with a tick if the person wants it."""

    wanted = forms.MultipleChoiceField(
        label="", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, person, **options):
        """Tick what the person has not switched off."""
        unwanted = set(
            Unwanted.objects.filter(person=person).values_list("verb", flat=True)
        )
        wanted = [verb for verb in OCCASIONS if verb not in unwanted]
        super().__init__(*args, initial={"wanted": wanted}, **options)
        self.person = person
        self.fields["wanted"].choices = [(v, k.wish) for v, k in OCCASIONS.items()]

    def save(self):
        """Keep what is not ticked."""
        unwanted = set(OCCASIONS) - set(self.cleaned_data["wanted"])
        rows = Unwanted.objects.filter(person=self.person)
        rows.exclude(verb__in=unwanted).delete()
        Unwanted.objects.bulk_create(
            [Unwanted(person=self.person, verb=verb) for verb in sorted(unwanted)],
            ignore_conflicts=True,
        )
