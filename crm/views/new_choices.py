"""What a picker lacks is added from its form: "new" beside it, and the way back."""

from urllib.parse import urlsplit

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crm.forms.lookups import LookupField
from crm.models import Record
from crm.rights.permissions import permission


def offer_new(form, request):
    """Let the pickers of a form offer new records to those who may add them.

    Args:
        form: not drawn yet.
        request: of the page to which one comes back.
    """
    here = request.get_full_path()
    for name, field in form.fields.items():
        if not isinstance(field, LookupField):
            continue
        kind = field.queryset.model
        if issubclass(kind, Record) and request.user.has_perm(permission("add", kind)):
            query = urlencode({"next": here, "into": name})
            label = _("New %s") % kind._meta.verbose_name
            field.widget.new = f"{kind.page('create')}?{query}", label


def chosen_there(back, request, record):
    """Return where one came from, the new record chosen in the picker it lacked."""
    into = request.GET.get("into", "")
    if not into.isidentifier():
        return back
    mark = "&" if urlsplit(back).query else "?"
    return f"{back}{mark}{urlencode({into: record.pk})}"
