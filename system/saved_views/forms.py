"""The form of a saved view."""

from django import forms
from django.http import QueryDict
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import gettext_lazy as _

from crm.forms.records import ModelForm
from crm.models import Department, SavedView
from crm.views.lists import ModelList
from crm.views.personal import asked_for

#: So many entries a menu holds beside its own.
MOST_PINNED = 12


def is_list(name):
    """Say whether an address of this name is a list."""
    try:
        view_class = resolve(reverse(name)).func.view_class
    except (NoReverseMatch, AttributeError):
        return False
    return issubclass(view_class, ModelList)


class SavedViewForm(ModelForm):
    """What a view is called, and whom it is shared with.

    What it asks for comes along with a new one; the list itself changes that later.
    """

    groups = (
        (_("What it is called"), ("name",)),
        (_("Shared with"), ("role", "department")),
    )

    listing = forms.CharField(widget=forms.HiddenInput, max_length=60)

    class Meta(ModelForm.Meta):
        model = SavedView
        fields = ("name", "role", "department", "query")
        widgets = {"query": forms.HiddenInput}
        help_texts = {
            "role": _("Whoever holds it sees the view, each with their own rights."),
            "department": _("With all that lie below it."),
        }

    def __init__(self, *args, **options):
        """Ask for list and conditions only where the view is new."""
        super().__init__(*args, **options)
        self.fields["department"].queryset = Department.objects.order_by("path")
        if self.instance.pk:
            del self.fields["listing"], self.fields["query"]

    def clean_listing(self):
        """Take the name of a list only."""
        name = self.cleaned_data["listing"]
        if not is_list(name):
            raise forms.ValidationError(_("There is no such list."))
        return name

    def clean_query(self):
        """Leave out what only a page says."""
        return asked_for(QueryDict(self.cleaned_data["query"])).urlencode()

    def clean_name(self):
        """Call no two views of one's own and of one list the same."""
        name = self.cleaned_data["name"].strip()
        listing = self.instance.listing or self.data.get("listing", "")
        same = SavedView.objects.filter(owner=self.user, listing=listing, name=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("You have a view of this name already."))
        return name

    def save(self, commit=True):
        """Save; a new one is theirs who keeps it."""
        if self.instance._state.adding:
            self.instance.owner = self.user
            self.instance.listing = self.cleaned_data["listing"]
        return super().save(commit)
