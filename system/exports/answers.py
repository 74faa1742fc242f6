"""A table as the answer to a request."""

from django.http import FileResponse, Http404

from crm.attachments import disposition
from system.exports import sheets


def table_answer(file, name, kind):
    """Return a written table as a file that the browser saves under a name."""
    return FileResponse(
        file,
        content_type=sheets.CONTENT_TYPES[kind],
        headers={
            "Content-Disposition": disposition(f"{name}.{kind}"),
            "Cache-Control": "private, no-store",
        },
    )


def table_of(request, title, headers, rows):
    """Return a small table in the format that the address asks for."""
    kind = request.GET.get("format", "xlsx")
    if kind not in sheets.CONTENT_TYPES:
        raise Http404
    file, _count = sheets.write(kind, title, headers, rows)
    return table_answer(file, title, kind)
