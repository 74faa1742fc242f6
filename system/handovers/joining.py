"""Joining in somebody's place: all that a leaver has goes to the newcomer."""

from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.forms.lookups import LookupField, lookup_url
from crm.models import User
from crm.models.people import LEAVING
from system.handovers.saying import say_of
from system.handovers.work import start
from system.leaving.lines import anything_left_with, left_with
from system.leaving.relations import asked_by_rules
from system.people import administration
from system.people.joining import JoiningForm
from system.people.views.users import UserCreate


class LeaverField(LookupField):
    """One of those who leave, or have left; first those with whom something is left."""

    def __init__(self, queryset, **options):
        """Look among all of them."""
        super().__init__(queryset, **options)
        address = format_lazy("{}?leaving=1", lookup_url(User))
        self.widget.attrs["data-lookup"] = address

    def offer(self, rows, user):
        """Offer those with whom something is left; whoever looks finds all."""
        super().offer(rows, user)
        left = rows.filter(anything_left_with("pk"))
        self.first = lambda most: left[:most]


class SuccessorForm(JoiningForm):
    """A new person, who may take the place of one who leaves.

    Whoever administers people need not see customers for it: it is the hand-over of
    a leaver's work, with its receipt, and the same right.
    """

    *BEFORE, (HEADING, FIELDS) = JoiningForm.groups
    groups = (*BEFORE, (HEADING, (*FIELDS, "replaces")))
    handover = None

    replaces = LeaverField(
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
        field = self.fields["replaces"]
        field.offer(people.filter(LEAVING).order_by("name", "pk"), self.user)
        field.show(self["replaces"].value())

    def clean(self):
        """Refuse two former owners, and whoever is asked for decisions by name."""
        values = super().clean()
        leaver = values.get("replaces")
        if leaver and values.get("customers_of"):
            error = ValidationError(_("Choose one of the two."))
            self.add_error("replaces", error)
        elif leaver:
            keys = {line.key for line, _number in left_with(leaver)}
            if not keys:
                error = ValidationError(_("Nothing is left with %s.") % leaver)
                self.add_error("replaces", error)
            elif not keys.isdisjoint(asked_by_rules()):
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
