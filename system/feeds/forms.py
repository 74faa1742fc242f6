"""The form of a source of news."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from competitors.feeds.hosts import target_of
from competitors.feeds.trouble import Trouble, Unread
from competitors.models import NewsSource
from crm import dictionaries
from crm.forms.records import ModelForm
from crm.models import DictionaryItem


class NewsSourceForm(ModelForm):
    """A source: what it is called, where it is read, what its news is about."""

    groups = ((gettext_lazy("Basics"), ("name", "url", "category", "active")),)

    class Meta(ModelForm.Meta):
        model = NewsSource
        fields = ("name", "url", "category", "active")
        help_texts = {
            "url": gettext_lazy(
                "Of RSS or Atom; its host is one that the administrator of the server"
                " has named."
            ),
            "category": gettext_lazy("What is taken from it gets this one."),
        }

    def __init__(self, *args, **options):
        """Offer the categories in use, and the one that was chosen before."""
        super().__init__(*args, **options)
        field, current = self.fields["category"], self.instance.category_id
        offered = dictionaries.items_of(NewsSource._meta.get_field("category").kind)
        if current and all(item.pk != current for item in offered):
            offered.append(dictionaries.items()[current])
        field.offered = offered
        field.queryset = DictionaryItem.objects.filter(pk__in=[i.pk for i in offered])
        field.widget.choices = [
            ("", field.empty_label or "---------"),
            *((item.pk, item.local_label) for item in offered),
        ]

    def clean(self):
        """Refuse an address that may not be asked: new, or to be read."""
        values = super().clean()
        url = values.get("url")
        if url and (values.get("active") or "url" in self.changed_data):
            try:
                target_of(url)
            except Unread:
                text = _("This cannot be read: %s.") % Trouble.NOT_NAMED.label
                self.add_error("url", text)
        return values

    def save(self, commit=True):
        """Save; of another address nothing is known yet."""
        if "url" in self.changed_data:
            self.instance.etag = self.instance.modified = ""
            self.instance.last_error, self.instance.last_status = "", None
            self.instance.last_read_at = None
        return super().save(commit)
