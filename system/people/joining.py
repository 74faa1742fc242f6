"""Joining: an account, a place, roles and somebody else's customers in one go."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.bulk.choosing import choose
from crm.bulk.forms import REMOVED
from crm.bulk.reach import goes_along, has_own_owner
from crm.bulk.work import confirm
from crm.forms.lookups import LookupField
from crm.lists.deeds import deeds_of
from crm.models import Department, User
from crm.text import single_line
from customers.models import Customer
from system.people.forms import NewUserForm

BASICS, PLACE, *OTHERS = NewUserForm.groups


class JoiningForm(NewUserForm):
    """A new person; `handed` is the transfer of the customers they take over."""

    groups = (
        BASICS,
        (PLACE[0], ("department", "new_department", *PLACE[1][1:])),
        *OTHERS,
        (gettext_lazy("Hand-over"), ("customers_of",)),
    )
    handed = None

    new_department = forms.CharField(
        label=gettext_lazy("new department"),
        max_length=Department._meta.get_field("name").max_length,
        required=False,
        help_text=gettext_lazy("Made below the department chosen before it."),
    )
    customers_of = LookupField(
        User.objects.none(),
        label=gettext_lazy("takes over the customers of"),
        required=False,
        help_text=gettext_lazy(
            "All of them that you may change, with what belongs to them; for seven "
            "days this can be undone."
        ),
    )

    Meta = NewUserForm.Meta

    def __init__(self, *args, **options):
        """Ask only for what the person who fills it in may do."""
        super().__init__(*args, **options)
        if not self.user.has_perm("crm.add_department"):
            del self.fields["new_department"]
        if "transfer" not in dict(deeds_of(self.user, Customer)):
            del self.fields["customers_of"]
        else:
            former = self.fields["customers_of"]
            former.offer(User.objects.active(), self.user)
            former.show(self["customers_of"].value())

    def clean_new_department(self):
        """Refuse a department that is there already: it can be chosen."""
        name = single_line(self.cleaned_data["new_department"])
        above = self.cleaned_data.get("department")
        if name and Department.objects.filter(name=name, parent=above).exists():
            raise ValidationError(_("This department exists already: choose it."))
        return name

    def save(self, commit=True):
        """Save all of it, or nothing.

        Raises:
            ValidationError: the customers cannot be handed over.
        """
        if name := self.cleaned_data.get("new_department"):
            above = self.cleaned_data["department"]
            made = Department.objects.create(name=name, parent=above)
            self.instance.department = made
        person = super().save(commit)
        if former := self.cleaned_data.get("customers_of"):
            self.handed = hand_over(former, person, by=self.user)
        return person


def hand_over(former, person, *, by):
    """Give somebody the customers of another and what belongs to them.

    Returns:
        The bulk action that does it: at once, or as a job where they are very many.

    Raises:
        ValidationError: there are none that `by` may change.
    """
    customers = Customer.objects.visible_to(by, "change").filter(owner=former)
    if not customers.exists():
        error = _("This person has no customers that you may hand over.")
        raise ValidationError({"customers_of": error})
    along = [kind for kind, *_how in goes_along(Customer) if has_own_owner(kind)]
    given = {
        "to": person.pk,
        "along": [kind._meta.label_lower for kind in along],
        "former": REMOVED,
        "until": "",
    }
    bulk = choose(customers, "transfer", by=by, given=given)
    confirm(bulk, given, by=by)
    return bulk
