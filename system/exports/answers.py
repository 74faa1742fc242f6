"""A table as the answer to a request."""

from types import MappingProxyType

from django.http import FileResponse, Http404, StreamingHttpResponse

from crm.attachments import disposition
from system.exports import sheets


def table_answer(file, name, kind):
    """Return a written table as a file that the browser saves under a name."""
    return FileResponse(file, **_saved_as(name, kind))


def stream_answer(pieces, name, kind):
    """Return a table that is being written as a file that the browser saves."""
    return StreamingHttpResponse(pieces, **_saved_as(name, kind))


def _saved_as(name, kind):
    return {
        "content_type": sheets.CONTENT_TYPES[kind],
        "headers": {
            "Content-Disposition": disposition(f"{name}.{kind}"),
            "Cache-Control": "private, no-store",
        },
    }


def table_of(request, title, headers, rows, choices=MappingProxyType({})):
    """Return a small table in the format that the address asks for.

    `choices` are {place of a column: texts} that its cells offer.
    """
    kind = request.GET.get("format", "xlsx")
    if kind not in sheets.CONTENT_TYPES:
        raise Http404
    file = sheets.write(kind, title, headers, rows, choices)
    return table_answer(file, title, kind)
