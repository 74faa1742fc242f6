"""The addresses that every kind of record has."""

from django.urls import path

from crm.views.attachments import attachment_urls
from crm.views.deletion import RecordDelete
from crm.views.entry import RecordCreate, RecordUpdate


def record_urls(listing, detail, form, **pages):
    """Return the five addresses of a kind, and those of its files if it has some.

    In an app's urls: `*record_urls(ContactList, ContactDetail, ContactForm)`. They
    begin with the kind's `segment`.

    Args:
        listing: the view of its list; it says which kind it is.
        detail: the view of one record's page.
        form: the form by which a record is added and edited.
        pages: `create`, `update` or `delete`, where a page is not the general one.
    """
    model = listing.model
    shaped = {"model": model, "form_class": form}
    create = pages.pop("create", RecordCreate).as_view(**shaped)
    update = pages.pop("update", RecordUpdate).as_view(**shaped)
    delete = pages.pop("delete", RecordDelete).as_view(model=model)
    if pages:
        raise TypeError(f"no such pages: {sorted(pages)}")
    segment, name = model.segment, model._meta.model_name
    return [
        path(f"{segment}/", listing.as_view(), name=f"{name}_list"),
        path(f"{segment}/add/", create, name=f"{name}_create"),
        path(f"{segment}/<int:pk>/", detail.as_view(), name=f"{name}_detail"),
        path(f"{segment}/<int:pk>/edit/", update, name=f"{name}_update"),
        path(f"{segment}/<int:pk>/delete/", delete, name=f"{name}_delete"),
        *(attachment_urls(model) if hasattr(model, "attachments") else ()),
    ]
