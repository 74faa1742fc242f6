"""Joining in somebody's place: all that a leaver has goes to the newcomer."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import User
from system.handovers.saying import say_of
from system.handovers.work import start
from system.leaving.lines import left_with
from system.leaving.relations import asked_by_rules
from system.people import administration
from system.people.joining import JoiningForm
from system.people.views.users import UserCreate


class SuccessorForm(JoiningForm):
    """A new person, who may take the place of one who leaves.

    Whoever administers people need not see customers for it: it is the hand-over of
    a leaver's work, with its receipt, and the same right.
    """

    *BEFORE, (HEADING, FIELDS) = JoiningForm.groups
    groups = (*BEFORE, (HEADING, (*FIELDS, "replaces")))
    handover = None

    replaces = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("takes the place of"),
        required=False,
        help_text=gettext_lazy(
            "Somebody whose last day is known, or who has left: everything that is"
            " left with them is handed over, with a receipt."
        ),
    )

    def __init__(self, *args, **options):
        """Offer those who leave, if there are any."""
        super().__init__(*args, **options)
        people = administration.administered(self.user, "change")
        gone = Q(left_on__isnull=False) | Q(is_active=False)
        self.fields["replaces"].queryset = people.filter(gone).order_by("name", "pk")

    def clean(self):
        """Refuse two former owners, and whoever is asked for decisions by name."""
        values = super().clean()
        leaver = values.get("replaces")
        if leaver and values.get("customers_of"):
            error = ValidationError(_("Choose one of the two."))
            self.add_error("replaces", error)
        elif leaver:
            keys = {line.key for line, _number in left_with(leaver)}
            if not keys.isdisjoint(asked_by_rules()):
                # Nobody inherits that by joining.
                error = _(
                    "Rules of approval name this person: hand over by their page."
                )
                self.add_error("replaces", ValidationError(error))
        return values

    def save(self, commit=True):
        """Save all of it, or nothing.

        Raises:
            ValidationError: it cannot be handed over.
        """
        person = super().save(commit)
        if leaver := self.cleaned_data.get("replaces"):
            rows = User.objects.select_for_update(of=("self",), no_key=True)
            leaver = rows.get(pk=leaver.pk)
            plan = {
                "to": person.pk,
                "approver": person.pk,
                "closes": not leaver.works_here,
                "kinds": {},
            }
            self.handover = start(leaver, plan, by=self.user)
        return person


class Join(UserCreate):
    """Add a person with a first password, and with what somebody leaves to them."""

    form_class = SuccessorForm

    def save(self, form):
        """Save the person; lead to the receipt of what they take over."""
        person = super().save(form)
        if form.handover is not None:
            say_of(self.request, form.handover, links=True)
        return person
